"""SymPy as one more number system: the same text of an implementation, turned into expressions."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
import sympy

from kg.numbers.arrays import NotTestable, Parts, System, SystemArray, each, exact, objects
from kg.verify.trial import Trial


class GaveUp(Exception):
    """The limit of processor time was reached."""


class Expressions(System):
    """Parts are ``(expressions,)``: one object array of SymPy expressions in real symbols."""

    name = "SymPy expressions"

    def __init__(self) -> None:
        self._fresh = 0

    def variables(self, shape: tuple[int, ...], **assumptions: bool) -> Parts:
        """Fresh symbols, real unless more is assumed."""
        out = np.empty(shape, dtype=object)
        out.reshape(-1)[...] = [self._symbol(assumptions or {"real": True}) for _ in range(out.size)]
        return (out,)

    def _symbol(self, assumptions: dict[str, bool]) -> sympy.Symbol:
        self._fresh += 1
        return sympy.Symbol(f"x{self._fresh}", **assumptions)

    def literal(self, number: Any) -> Parts:
        def one(v: Any) -> Any:
            if isinstance(v, sympy.Basic):
                return v
            if isinstance(v, complex):
                return one(v.real) + sympy.I * one(v.imag)
            return sympy.Rational(exact(v))

        return (each(one, np.asarray(number, dtype=object)),)

    def add(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] + b[0]),)

    def negative(self, a: Parts) -> Parts:
        return (objects(-a[0]),)

    def multiply(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] * b[0]),)

    def divide(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] / b[0]),)

    def matmul(self, a: Parts, b: Parts) -> Parts:
        return (objects(a[0] @ b[0]),)

    def sum(self, a: Parts, axis: int) -> Parts:
        return (objects(np.add.reduce(a[0], axis=axis, keepdims=True)),)

    def elementwise(self, operation: str, a: Parts) -> Parts:
        rules = {
            "exp": sympy.exp,
            "sqrt": sympy.sqrt,
            "real": sympy.re,
            "imag": sympy.im,
            "conj": sympy.conjugate,
        }
        if operation not in rules:
            raise self.unsupported(operation)
        return (each(rules[operation], a[0]),)

    def shift(self, a: Parts, axis: int) -> Parts:
        return self.variables(tuple(1 if i == axis % a[0].ndim else s for i, s in enumerate(a[0].shape)))

    def solve(self, a: Parts, b: Parts) -> Parts:
        solution = sympy.Matrix(a[0]).LUsolve(sympy.Matrix(b[0]))
        return (objects(np.array(solution.tolist(), dtype=object)),)

    def unit_root(self, order: int, power: int) -> Parts:
        angle = 2 * sympy.pi * sympy.Rational(power, order)
        return (objects(sympy.cos(angle) + sympy.I * sympy.sin(angle)),)


class SymbolSource:
    """Symbols for the inputs; structure from a seed, as in every other arithmetic."""

    def __init__(self, seed: str, system: Expressions) -> None:
        self.structure = np.random.default_rng([1, *seed.encode()])
        self.system = system

    def real(self, shape: tuple[int, ...]) -> SystemArray:
        return SystemArray(self.system, self.system.variables(shape))

    def positive(self, shape: tuple[int, ...]) -> SystemArray:
        return SystemArray(self.system, self.system.variables(shape, positive=True))

    probability = positive

    def normal(self, shape: tuple[int, ...]) -> SystemArray:
        raise NotTestable("random draws are judged in floats")

    uniform = normal


@contextmanager
def processor_limit(seconds: float) -> Iterator[None]:
    """Raise GaveUp once the process has used so much processor time."""

    def stop(signum: int, frame: FrameType | None) -> None:
        raise GaveUp

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def prove(trial: Trial, sizes: dict[str, int], seconds: float) -> str:
    """``proved``, ``not zero as far as it can tell`` or ``gave up``, for the difference of the sides at these sizes.

    A fraction is zero where its expanded numerator is, which decides rational functions and is the fastest way we
    found; what is left goes to ``simplify``.  Nothing is remembered from earlier runs.
    """
    sympy.core.cache.clear_cache()
    system = Expressions()
    source = SymbolSource(trial.seed, system)
    try:
        with processor_limit(seconds):
            left, right = trial.sides(trial.draw(sizes, source), source)
            differences = [
                x - y
                for a, b in zip(left, right, strict=True)
                for x, y in zip(a.parts[0].reshape(-1), b.parts[0].reshape(-1), strict=True)
            ]
            zero = all(_is_zero(difference) for difference in differences)
    except GaveUp:
        return "gave up"
    return "proved" if zero else "not zero as far as it can tell"


def _is_zero(difference: Any) -> bool:
    numerator, _ = sympy.fraction(sympy.together(difference))
    return bool(sympy.expand(numerator) == 0 or sympy.simplify(difference) == 0)
