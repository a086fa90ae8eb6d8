"""Degrees: the same text run over (numerator degree, denominator), to bound how often a false identity can hide.

A value is a rational function of the inputs.  Addition takes the least common multiple of denominators, kept as a
multiset of *atoms* so that a shared denominator is counted once; division makes the divisor's numerator a new atom;
``solve`` is Cramer's rule with one shared atom.  Each exponential is a variable of its own whose degree is the sum of
the absolute integer coefficients of its exponent.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.numbers.arrays import Objects, Parts, System, each, exact, objects

Atoms = dict["Atom", int]


class Atom:
    """A polynomial that stands in a denominator, known by identity and degree."""

    __slots__ = ("degree",)

    def __init__(self, degree: int) -> None:
        self.degree = degree


def _size(atoms: Atoms) -> int:
    return sum(atom.degree * times for atom, times in atoms.items())


class Degree:
    """Degree of a numerator over a multiset of atoms; `value` if it is a constant, `weight` for use in an exponent."""

    __slots__ = ("_atom", "den", "num", "value", "weight")

    def __init__(
        self, num: int, den: Atoms | None = None, value: Fraction | None = None, weight: int = 1
    ) -> None:
        self.num = num
        self.den = den or {}
        self.value = value
        self.weight = weight
        self._atom: Atom | None = None

    def __add__(self, other: Degree) -> Degree:
        if self.value is not None and other.value is not None:
            return constant(self.value + other.value)
        if self.value == 0:
            return other
        if other.value == 0:
            return self
        den = {a: max(self.den.get(a, 0), other.den.get(a, 0)) for a in {**self.den, **other.den}}
        total = _size(den)
        num = max(self.num + total - _size(self.den), other.num + total - _size(other.den))
        return Degree(num, den, weight=self.weight + other.weight)

    __radd__ = __add__

    def __sub__(self, other: Degree) -> Degree:
        return self + (-other)

    def __neg__(self) -> Degree:
        return self if self.value is None else constant(-self.value)

    def __mul__(self, other: Degree) -> Degree:
        for factor, rest in ((self, other), (other, self)):
            if factor.value is not None:
                if rest.value is not None:
                    return constant(factor.value * rest.value)
                if factor.value == 0:
                    return factor
                scale = max(abs(factor.value.numerator), factor.value.denominator)
                return Degree(rest.num, rest.den, weight=rest.weight * scale)
        den = {a: self.den.get(a, 0) + other.den.get(a, 0) for a in {**self.den, **other.den}}
        return Degree(self.num + other.num, den, weight=self.weight * other.weight)

    def __truediv__(self, other: Degree) -> Degree:
        if other.value is not None:
            return self * constant(1 / other.value if other.value else Fraction(1))
        inverse = {other.atom(): 1} if other.num else {}
        return self * Degree(_size(other.den), inverse)

    def atom(self) -> Atom:
        """One atom per scalar, so that dividing many entries by the same number shares it."""
        if self._atom is None:
            self._atom = Atom(self.num)
        return self._atom


def constant(value: Fraction | int) -> Degree:
    value = Fraction(value)
    return Degree(0, value=value, weight=max(abs(value.numerator), value.denominator))


class Degrees(System):
    """Parts are ``(values,)``: one object array of :class:`Degree`. Counts what loosens the bound as it goes."""

    name = "degrees"

    def __init__(self) -> None:
        self.function_calls = 0
        self.function_degree = 0

    def literal(self, number: Any) -> Parts:
        values = np.asarray(number)
        if values.dtype.kind == "c":
            # A complex constant has degree 0 as a real one has; its value plays no part.
            values = np.where(values == 0, 0, 1)
        return (each(lambda v: constant(Fraction(exact(v))), values),)

    def variables(self, shape: tuple[int, ...]) -> Parts:
        """Independent inputs."""
        out = np.empty(shape, dtype=object)
        out.reshape(-1)[...] = [Degree(1) for _ in range(out.size)]
        return (out,)

    def add(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] + b[0]),)

    def subtract(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] - b[0]),)

    def negative(self, a: Parts) -> Parts:
        return (objects(-a[0]),)

    def multiply(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] * b[0]),)

    def divide(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] / b[0]),)

    def matmul(self, a: Parts, b: Parts) -> Parts:
        if a[0].shape[-1] == 0:
            return self.literal(np.zeros((*a[0].shape[:-1], *b[0].shape[1:]), dtype=int))
        return (objects(a[0] @ b[0]),)

    def sum(self, a: Parts, axis: int) -> Parts:
        if a[0].shape[axis] == 0:
            return self.literal(
                np.zeros([1 if i == axis else s for i, s in enumerate(a[0].shape)], dtype=int)
            )
        return (objects(np.add.reduce(a[0], axis=axis, keepdims=True)),)

    def elementwise(self, operation: str, a: Parts) -> Parts:
        if operation in ("conj", "real", "imag"):
            return a
        rules = {
            "exp": self._exp,
            "sqrt": self._sqrt,
            "erf": self._function,
            "tanh": self._tanh,
            "cos": self._exp,
            "sin": self._exp,
        }
        if operation not in rules:
            raise self.unsupported(operation)
        return (each(rules[operation], a[0]),)

    def _exp(self, v: Degree) -> Degree:
        if v.value == 0:
            return constant(1)
        # An exponent that has denominators or exponentials in it only matters as "the same or not the same".
        self.function_degree = max(self.function_degree, v.num + _size(v.den))
        # Two, as a nested exponential is made of the values of one function at x and at −x.
        self.function_calls += 2
        return Degree(v.weight)

    def _tanh(self, v: Degree) -> Degree:
        e = self._exp(v * constant(2))
        return (e + constant(1)) / (e + constant(1))

    def _function(self, v: Degree) -> Degree:
        self.function_degree = max(self.function_degree, v.num + _size(v.den))
        self.function_calls += 2
        return Degree(1)

    def _sqrt(self, v: Degree) -> Degree:
        return Degree(v.num, v.den, weight=v.weight)

    def shift(self, a: Parts, axis: int) -> Parts:
        return self.variables(tuple(1 if i == axis % a[0].ndim else s for i, s in enumerate(a[0].shape)))

    def _cleared(self, a: Objects) -> tuple[int, Atoms]:
        """Largest numerator degree once all entries are brought over their common denominator."""
        entries = list(a.reshape(-1))
        den: Atoms = {}
        for entry in entries:
            for atom, times in entry.den.items():
                den[atom] = max(den.get(atom, 0), times)
        total = _size(den)
        return max((entry.num + total - _size(entry.den) for entry in entries), default=0), den

    def solve(self, a: Parts, b: Parts) -> Parts:
        size = a[0].shape[-1]
        top, _ = self._cleared(a[0])
        right, right_den = self._cleared(b[0])
        _, left_den = self._cleared(a[0])
        den = dict(right_den)
        den[Atom(size * top)] = 1
        result = Degree((size - 1) * top + right + _size(left_den), den)
        out = np.empty(b[0].shape, dtype=object)
        out.reshape(-1)[...] = [Degree(result.num, result.den) for _ in range(out.size)]
        return (out,)

    def determinant(self, a: Parts) -> Parts:
        size = a[0].shape[-1]
        top, den = self._cleared(a[0])
        return (objects(Degree(size * top, {atom: size * times for atom, times in den.items()})),)

    def pi(self) -> Parts:
        return self.variables(())

    def unit_root(self, order: int, power: int) -> Parts:
        return (objects(constant(1) if power % order == 0 else Degree(0, value=None, weight=1)),)

    def align(self, many: Sequence[Parts]) -> list[Parts]:
        return list(many)

    def compare(self, operation: str, a: Parts, b: Parts) -> npt.NDArray[np.bool_]:
        raise self.unsupported("comparisons")

    def difference(self, left: Sequence[Objects], right: Sequence[Objects]) -> tuple[int, int]:
        """Largest (numerator, denominator) degree among the entries of left − right."""
        pairs = itertools.chain.from_iterable(
            zip(a.reshape(-1), b.reshape(-1), strict=True) for a, b in zip(left, right, strict=True)
        )
        degrees = [(d.num, _size(d.den)) for d in (x + y for x, y in pairs)]
        return max((n for n, _ in degrees), default=0), max((d for _, d in degrees), default=0)
