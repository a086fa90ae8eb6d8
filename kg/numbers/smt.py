"""Reals of an SMT solver: piecewise-linear and small polynomial identities decided for every real input.

Comparisons give symbolic masks, and ``where`` a conditional, so the text is turned into one formula.  Two facts of the
solver's logic are closed off: division by zero is a free total function there, so every denominator is required not to
be zero, and a square root is a fresh y ≥ 0 with y² = x.  What was required is kept in `side_conditions`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import z3

from kg.numbers.arrays import Objects, Parts, System, each, exact, objects, refuse_single_precision


def rational(number: Any) -> Any:
    """An exact number as a z3 rational; symbolic values pass."""
    if isinstance(number, z3.ExprRef):
        return number
    value = Fraction(exact(number))
    return z3.Q(value.numerator, value.denominator)


class Reals(System):
    """Parts are ``(terms,)``: one object array of z3 real terms. Knows whether it met a product of two unknowns."""

    name = "SMT reals"

    def __init__(self) -> None:
        self.side_conditions: list[Any] = []
        self.linear = True
        self._fresh = 0

    def variables(self, shape: tuple[int, ...]) -> Parts:
        """Fresh unknowns."""
        out = np.empty(shape, dtype=object)
        out.reshape(-1)[...] = [self._unknown() for _ in range(out.size)]
        return (out,)

    @property
    def unknowns(self) -> int:
        """How many unknowns there are so far."""
        return self._fresh

    def _unknown(self) -> Any:
        self._fresh += 1
        return z3.Real(f"x{self._fresh}")

    def literal(self, number: Any) -> Parts:
        refuse_single_precision(number)
        return (each(rational, np.asarray(number, dtype=object)),)

    rationals = literal

    def add(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] + b[0]),)

    def subtract(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] - b[0]),)

    def negative(self, a: Parts) -> Parts:
        return (objects(-a[0]),)

    def _times(self, x: Any, y: Any) -> Any:
        if not (z3.is_rational_value(x) or z3.is_rational_value(y)):
            self.linear = False
        return x * y

    def multiply(self, a: Parts, b: Parts) -> Parts:
        return (each(self._times, a[0], b[0]),)

    def divide(self, a: Parts, b: Parts) -> Parts:
        def quotient(x: Any, y: Any) -> Any:
            if not z3.is_rational_value(y):
                self.linear = False
            if not z3.is_rational_value(y) or y.as_fraction() == 0:
                self.side_conditions.append(y != 0)
            return x / y

        return (each(quotient, a[0], b[0]),)

    def matmul(self, a: Parts, b: Parts) -> Parts:
        x, y = a[0], b[0]
        if x.ndim == 1 or y.ndim == 1:
            left = x if x.ndim > 1 else x[None, :]
            right = y if y.ndim > 1 else y[:, None]
            product = self.matmul((left,), (right,))[0]
            product = product if x.ndim > 1 else product[0]
            return (objects(product if y.ndim > 1 else product[..., 0]),)
        return self._drop(self.sum(self.multiply((x[..., :, :, None],), (y[..., None, :, :],)), -2), -2)

    @staticmethod
    def _drop(parts: Parts, axis: int) -> Parts:
        return (objects(np.squeeze(parts[0], axis=axis)),)

    def sum(self, a: Parts, axis: int) -> Parts:
        if a[0].shape[axis] == 0:
            shape = [1 if i == axis % a[0].ndim else s for i, s in enumerate(a[0].shape)]
            return self.literal(np.zeros(shape, dtype=int))
        return (objects(np.add.reduce(a[0], axis=axis, keepdims=True)),)

    def elementwise(self, operation: str, a: Parts) -> Parts:
        rules = {
            "abs": lambda x: z3.If(x >= 0, x, -x),
            "sign": lambda x: z3.If(x > 0, z3.RealVal(1), z3.If(x < 0, z3.RealVal(-1), z3.RealVal(0))),
            "floor": lambda x: z3.ToReal(z3.ToInt(x)),
            "sqrt": self._sqrt,
            "real": lambda x: x,
            "conj": lambda x: x,
        }
        if operation not in rules:
            raise self.unsupported(operation)
        return (each(rules[operation], a[0]),)

    def _sqrt(self, x: Any) -> Any:
        self.linear = False
        root = self._unknown()
        self.side_conditions += [root >= 0, root * root == x]
        return root

    def compare(self, operation: str, a: Parts, b: Parts) -> Any:
        tests = {
            "<": lambda x, y: x < y,
            "<=": lambda x, y: x <= y,
            ">": lambda x, y: x > y,
            ">=": lambda x, y: x >= y,
            "==": lambda x, y: x == y,
            "!=": lambda x, y: x != y,
        }
        return each(tests[operation], a[0], b[0])

    def choose(self, condition: Any, a: Parts, b: Parts) -> Parts:
        def pick(test: Any, x: Any, y: Any) -> Any:
            return z3.If(test, x, y) if isinstance(test, z3.ExprRef) else (x if test else y)

        return (each(pick, np.asarray(condition), a[0], b[0]),)

    def extremum(self, operation: str, a: Parts, axis: int) -> Parts:
        def larger(x: Any, y: Any) -> Any:
            return z3.If(x >= y if operation == "max" else x <= y, x, y)

        return (objects(np.frompyfunc(larger, 2, 1).reduce(a[0], axis=axis, keepdims=True)),)

    def shift(self, a: Parts, axis: int) -> Parts:
        return self.variables(tuple(1 if i == axis % a[0].ndim else s for i, s in enumerate(a[0].shape)))

    def align(self, many: Sequence[Parts]) -> list[Parts]:
        return list(many)


def differ(left: Objects, right: Objects) -> Any:
    """The formula that some entry of left is not that of right."""
    pairs = zip(left.reshape(-1), right.reshape(-1), strict=True)
    return reduce(z3.Or, [x != y for x, y in pairs], z3.BoolVal(False))
