"""Balls: arbitrary precision with a rigorous error bound, by Arb through python-flint.

A number is a midpoint and a radius that surely holds the true value.  If the difference of two sides excludes 0, they
differ: a certificate.  If it holds 0 at a growing precision while its radius shrinks, they agree to that many bits:
precision scaling.  ``nan`` "contains" 0, so a difference that is not finite decides nothing.

A comparison that the balls cannot decide raises :class:`Redraw`; it never guesses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from kg.numbers.arrays import Objects, Parts, Redraw, System, each, exact, objects, refuse_single_precision


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Work at `bits` bits of precision inside the block."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def ball(number: Any) -> Any:
    """An exact rational (or a ball already) as an ``arb``; a complex literal as an ``acb``."""
    if isinstance(number, flint.arb | flint.acb):
        return number
    if isinstance(number, complex | np.complexfloating):
        return flint.acb(ball(float(number.real)), ball(float(number.imag)))
    value = exact(number)
    if isinstance(value, Fraction):
        return flint.arb(flint.fmpq(value.numerator, value.denominator))
    return flint.arb(value)


_FUNCTIONS = {
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "erf": "erf",
    "erfc": "erfc",
    "tanh": "tanh",
    "sin": "sin",
    "cos": "cos",
    "expm1": "expm1",
    "log1p": "log1p",
}


class Balls(System):
    """Parts are ``(values,)``: one object array of ``arb`` or ``acb``."""

    name = "balls"

    def literal(self, number: Any) -> Parts:
        refuse_single_precision(number)
        return (each(ball, np.asarray(number, dtype=object)),)

    rationals = literal

    def add(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] + b[0]),)

    def subtract(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] - b[0]),)

    def negative(self, a: Parts) -> Parts:
        return (objects(-a[0]),)

    def multiply(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] * b[0]),)

    def divide(self, a: Parts, b: Parts) -> Parts:
        if any(v.contains(0) if isinstance(v, flint.acb) else 0 in v for v in b[0].reshape(-1)):
            raise Redraw("a divisor may be zero")
        return (objects(a[0] / b[0]),)

    def matmul(self, a: Parts, b: Parts) -> Parts:
        if a[0].shape[-1] == 0:
            return self.literal(
                np.zeros(np.matmul(np.zeros(a[0].shape), np.zeros(b[0].shape)).shape, dtype=int)
            )
        return (objects(a[0] @ b[0]),)

    def sum(self, a: Parts, axis: int) -> Parts:
        if a[0].shape[axis] == 0:
            return self.literal(
                np.zeros([1 if i == axis else s for i, s in enumerate(a[0].shape)], dtype=int)
            )
        return (objects(np.add.reduce(a[0], axis=axis, keepdims=True)),)

    def elementwise(self, operation: str, a: Parts) -> Parts:
        if operation in _FUNCTIONS:
            name = _FUNCTIONS[operation]
            return (each(lambda v: getattr(v, name)(), a[0]),)
        special = {
            "abs": _absolute,
            "conj": _conjugate,
            "real": _real,
            "imag": _imaginary,
            "sign": _sign,
            "floor": _floor,
        }
        if operation not in special:
            raise self.unsupported(operation)
        return (each(special[operation], a[0]),)

    def compare(self, operation: str, a: Parts, b: Parts) -> npt.NDArray[np.bool_]:
        opposite = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}

        def decide(x: Any, y: Any) -> bool:
            if _holds(operation, x, y):
                return True
            if _holds(opposite[operation], x, y):
                return False
            raise Redraw("two numbers are too close to compare at this precision")

        return np.asarray(each(decide, a[0], b[0]), dtype=bool)

    def extremum(self, operation: str, a: Parts, axis: int) -> Parts:
        pick: Any = np.frompyfunc(flint.arb.max if operation == "max" else flint.arb.min, 2, 1)
        return (objects(pick.reduce(a[0], axis=axis, keepdims=True)),)

    def shift(self, a: Parts, axis: int) -> Parts:
        """Any element serves, so the one with the largest midpoint: an exact element, no widened ball."""
        index = np.argmax(each(lambda v: float(v.mid()), a[0]).astype(float), axis=axis, keepdims=True)
        return (objects(np.take_along_axis(a[0], index, axis=axis)),)

    def argextremum(self, operation: str, a: Parts, axis: int) -> npt.NDArray[np.intp]:
        middle = each(lambda v: float(v.mid()), a[0]).astype(float)
        index = np.argmax(middle if operation == "max" else -middle, axis=axis)
        chosen = np.take_along_axis(a[0], np.expand_dims(index, axis), axis=axis)
        # The winner gives way to a loser at its own place, as a ball is never certain to be at least itself.
        step = 1 if operation == "max" else -1
        own = np.indices(a[0].shape)[axis] == np.expand_dims(index, axis)
        others = objects(np.where(own, chosen - step, a[0]))
        ahead = self.compare(
            ">" if step == 1 else "<", (objects(np.broadcast_to(chosen, a[0].shape)),), (others,)
        )
        if not np.all(ahead):
            raise Redraw("two candidates are too close to choose between")
        return index  # type: ignore[no-any-return]

    def solve(self, a: Parts, b: Parts) -> Parts:
        kind, size, columns = self._matrix_kind(a[0], b[0]), a[0].shape[0], b[0].shape[1]
        try:
            x = kind(size, size, list(a[0].reshape(-1))).solve(kind(size, columns, list(b[0].reshape(-1))))
        except ZeroDivisionError:
            raise Redraw("a matrix may be singular") from None
        return (objects(np.array(x.entries(), dtype=object).reshape(size, columns)),)

    def determinant(self, a: Parts) -> Parts:
        size = a[0].shape[0]
        return (objects(self._matrix_kind(a[0])(size, size, list(a[0].reshape(-1))).det()),)

    @staticmethod
    def _matrix_kind(*arrays: Objects) -> Any:
        if any(isinstance(v, flint.acb) for array in arrays for v in array.reshape(-1)):
            return flint.acb_mat
        return flint.arb_mat

    def decomposition(self, operation: str, a: Parts) -> tuple[Parts, ...]:
        """Eigenvalues of a symmetric matrix, or singular values, each an enclosing ball, in ascending/descending order."""
        if operation == "eigvalsh":
            return ((self._eigenvalues(a[0]),),)
        if operation == "svdvals":
            x = a[0] if a[0].shape[0] >= a[0].shape[1] else a[0].T
            gram = objects(each(_conjugate, x.T) @ x)
            return (self.elementwise("sqrt", (self._eigenvalues(gram)[::-1],)),)
        raise self.unsupported(f"linalg.{operation}")

    def _eigenvalues(self, a: Objects) -> Objects:
        size = a.shape[0]
        matrix = flint.acb_mat(size, size, list(a.reshape(-1)))
        try:
            # Rigorous only for simple eigenvalues; a cluster raises and the draw is made again.
            values = matrix.eig()
        except (ValueError, ZeroDivisionError, ArithmeticError) as error:
            raise Redraw(f"eigenvalues could not be isolated ({error})") from None
        real = sorted((v.real for v in values), key=lambda v: float(v.mid()))
        return objects(np.array(real, dtype=object))

    def pi(self) -> Parts:
        return (objects(flint.arb.pi()),)

    def unit_root(self, order: int, power: int) -> Parts:
        return (objects(flint.acb(flint.fmpq(2 * power, order)).exp_pi_i()),)

    def align(self, many: Sequence[Parts]) -> list[Parts]:
        return list(many)


def _holds(operation: str, x: Any, y: Any) -> bool:
    tests = {
        "<": lambda: x < y,
        "<=": lambda: x <= y,
        ">": lambda: x > y,
        ">=": lambda: x >= y,
        "==": lambda: x == y,
        "!=": lambda: x != y,
    }
    return bool(tests[operation]())


def _absolute(v: Any) -> Any:
    return abs(v)


def _conjugate(v: Any) -> Any:
    return v.conjugate() if isinstance(v, flint.acb) else v


def _real(v: Any) -> Any:
    return v.real if isinstance(v, flint.acb) else v


def _imaginary(v: Any) -> Any:
    return v.imag if isinstance(v, flint.acb) else flint.arb(0)


def _sign(v: Any) -> Any:
    if v == 0:
        return flint.arb(0)
    if 0 in v:
        raise Redraw("the sign of a number is undecided at this precision")
    return flint.arb(1 if v > 0 else -1)


def _floor(v: Any) -> Any:
    result = v.floor()
    if result.rad() != 0:
        raise Redraw("the floor of a number is undecided at this precision")
    return result
