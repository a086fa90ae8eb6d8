"""Counts: the same text run over floats while every scalar operation is counted, exactly.

A matrix product of m×n by n×k counts mnk multiplications and mk(n−1) additions; an elementwise operation counts its
output once.  Multiplication by the literals 0, 1 and −1 and negation are free, moving data is free, a comparison is
a comparison.  Real and complex operations are counted apart: a complex multiplication is not a real one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.numbers.arrays import Parts, System, SystemArray


class Counts(System):
    """Parts are ``(floats,)``. `tally` counts operations by name; complex ones carry the prefix ``complex ``."""

    name = "counts"

    def __init__(self) -> None:
        self.tally: Counter[str] = Counter()

    def literal(self, number: Any) -> Parts:
        values = np.asarray(number)
        return (values.astype(complex if values.dtype.kind == "c" else float),)

    rationals = literal

    def _count(self, operation: str, amount: int, *operands: Any) -> None:
        kind = "complex " if any(np.iscomplexobj(o) for o in operands) else ""
        if amount > 0:
            self.tally[kind + operation] += amount

    def _binary(self, operation: str, a: Parts, b: Parts, f: Callable[[Any, Any], Any]) -> Parts:
        result = np.asarray(f(a[0], b[0]))
        self._count(operation, result.size, a[0], b[0])
        return (result,)

    def add(self, a: Parts, b: Parts) -> Parts:
        return self._binary("add", a, b, np.add)

    def subtract(self, a: Parts, b: Parts) -> Parts:
        return self._binary("add", a, b, np.subtract)

    def negative(self, a: Parts) -> Parts:
        return (-a[0],)

    def multiply(self, a: Parts, b: Parts) -> Parts:
        for one in (a[0], b[0]):
            if one.ndim == 0 and one in (0, 1, -1):
                return (np.asarray(a[0] * b[0]),)
        return self._binary("multiply", a, b, np.multiply)

    def divide(self, a: Parts, b: Parts) -> Parts:
        return self._binary("divide", a, b, np.divide)

    def matmul(self, a: Parts, b: Parts) -> Parts:
        result = np.asarray(a[0] @ b[0])
        inner = a[0].shape[-1]
        self._count("multiply", result.size * inner, a[0], b[0])
        self._count("add", result.size * (inner - 1), a[0], b[0])
        return (result,)

    def sum(self, a: Parts, axis: int) -> Parts:
        result = np.sum(a[0], axis=axis, keepdims=True)
        self._count("add", a[0].size - result.size, a[0])
        return (result,)

    def elementwise(self, operation: str, a: Parts) -> Parts:
        if operation in ("conj", "real", "imag"):
            return (np.asarray(getattr(np, operation)(a[0])),)
        if operation == "erf":
            from scipy.special import erf

            self._count("erf", a[0].size)
            return (np.asarray(erf(a[0])),)
        self._count(operation, a[0].size, a[0])
        return (np.asarray(getattr(np, operation)(a[0])),)

    def compare(self, operation: str, a: Parts, b: Parts) -> npt.NDArray[np.bool_]:
        functions = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
        function = functions.get(operation, np.equal if operation == "==" else np.not_equal)
        result = np.asarray(function(a[0], b[0]))
        self._count("compare", result.size)
        return result

    def extremum(self, operation: str, a: Parts, axis: int) -> Parts:
        result = getattr(np, operation)(a[0], axis=axis, keepdims=True)
        self._count("compare", a[0].size - result.size)
        return (result,)

    def argextremum(self, operation: str, a: Parts, axis: int) -> npt.NDArray[np.intp]:
        self._count("compare", a[0].size - a[0].size // a[0].shape[axis])
        return np.asarray(np.argmax(a[0] if operation == "max" else -a[0], axis=axis))

    def choose(self, condition: Any, a: Parts, b: Parts) -> Parts:
        return (np.where(condition, a[0], b[0]),)

    def pi(self) -> Parts:
        return (np.asarray(np.pi),)

    def unit_root(self, order: int, power: int) -> Parts:
        return (np.asarray(np.exp(2j * np.pi * power / order)),)

    def align(self, many: Sequence[Parts]) -> list[Parts]:
        return list(many)


def count_operations(function: Callable[..., Any], *arguments: Any) -> Counter[str]:
    """Run a function once on floats and count its scalar operations by kind.

    Arguments that are arrays of real or complex floats become counted numbers; everything else passes unchanged.

    >>> import numpy as np
    >>> sorted(count_operations(lambda a, b: a @ b, np.ones((2, 3)), np.ones((3, 5))).items())
    [('add', 20), ('multiply', 30)]
    """
    system = Counts()
    numbers = [
        SystemArray(system, (a,)) if isinstance(a, np.ndarray) and a.dtype.kind in "fc" else a
        for a in arguments
    ]
    function(*numbers)
    return system.tally
