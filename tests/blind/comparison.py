"""How a rewritten function and the project's are compared: called on the same numbers, never read.

Tolerances are 64·ε·scale·size. `size` is the number of terms that are added up one after another, `scale` a
bound for what one rounding can do to the result: the sum of the absolute values of the terms, multiplied by the
condition number of any system that is solved or any division that cancels. 64 leaves room for the constants
of error analysis and for another order of operations, not for another formula.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

EPS = float(np.finfo(np.float64).eps)
SEEDS = (11, 12, 13, 14, 15)


def the_projects(topic: str, name: str) -> Callable[..., Any]:
    """The project's function of that name, to be called and not to be looked at."""
    return getattr(importlib.import_module(f"kg.impl.{topic}"), name)


def roundoff(scale: float, size: int) -> float:
    """The largest difference that rounding explains."""
    return 64 * EPS * float(scale) * size


def assert_agree(one: Any, other: Any, *, scale: float, size: int) -> None:
    """Two arrays of one shape whose entries differ by roundoff only."""
    one, other = np.asarray(one), np.asarray(other)
    assert one.shape == other.shape
    one, other = _as_floats(one), _as_floats(other)
    assert np.all(np.isfinite(one))
    difference = float(np.max(np.abs(one - other), initial=0.0))
    assert difference <= roundoff(scale, size), f"differ by {difference:g} of {roundoff(scale, size):g}"


def assert_exactly_equal(one: Any, other: Any) -> None:
    """Two arrays of fractions or whole numbers that are the same."""
    one, other = np.asarray(one), np.asarray(other)
    assert one.shape == other.shape
    assert all(a == b for a, b in zip(one.ravel(), other.ravel(), strict=True))


def fractions(rng: np.random.Generator, *shape: int, low: int = -9, high: int = 9) -> np.ndarray:
    """Random fractions with small numerators and denominators, in an array of objects."""
    from fractions import Fraction

    tops = rng.integers(low, high + 1, size=shape)
    bottoms = rng.integers(1, 8, size=shape)
    flat = [Fraction(int(a), int(b)) for a, b in zip(tops.ravel(), bottoms.ravel(), strict=True)]
    result = np.empty(len(flat), dtype=object)
    result[:] = flat
    return result.reshape(shape)


def random_unitary(rng: np.random.Generator, n: int, *, real: bool = False) -> np.ndarray:
    """An orthogonal or unitary matrix from the QR factorisation of a Gaussian one."""
    g = rng.normal(size=(n, n))
    if not real:
        g = g + 1j * rng.normal(size=(n, n))
    return np.linalg.qr(g)[0]


def largest(*arrays: Any) -> float:
    """One plus the largest absolute entry: a scale that is never zero."""
    return 1.0 + max(float(np.max(np.abs(_as_floats(np.asarray(a))), initial=0.0)) for a in arrays)


def _as_floats(array: np.ndarray) -> np.ndarray:
    if array.dtype == object:
        return np.array([float(v) for v in array.ravel()]).reshape(array.shape)
    return array if array.dtype.kind == "c" else array.astype(np.float64)
