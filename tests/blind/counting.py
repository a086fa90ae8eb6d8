"""Numbers that count the operations done with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np


class Counted:
    """A number with a shared tally of multiplications, additions and divisions; a subtraction is an addition."""

    def __init__(self, value: Any, tally: Counter[str]) -> None:
        self.value, self.tally = value, tally

    def _result(self, kind: str, value: Any) -> Counted:
        self.tally[kind] += 1
        return Counted(value, self.tally)

    def __add__(self, other: Any) -> Counted:
        return self._result("+", self.value + plain(other))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Counted:
        return self._result("+", self.value - plain(other))

    def __rsub__(self, other: Any) -> Counted:
        return self._result("+", plain(other) - self.value)

    def __mul__(self, other: Any) -> Counted:
        return self._result("×", self.value * plain(other))

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Counted:
        return self._result("÷", self.value / plain(other))


def plain(value: Any) -> Any:
    """The number itself."""
    return value.value if isinstance(value, Counted) else value


def counted(array: np.ndarray, tally: Counter[str]) -> np.ndarray:
    """The same numbers, all reporting to one tally."""
    result = np.empty(array.size, dtype=object)
    result[:] = [Counted(value, tally) for value in array.ravel().tolist()]
    return result.reshape(array.shape)


def plain_array(array: np.ndarray) -> np.ndarray:
    """An array of the numbers themselves."""
    return np.array([plain(value) for value in np.asarray(array).ravel()]).reshape(np.shape(array))


def tally_of(function: Callable[..., Any], *arrays: np.ndarray, counted_zero: bool = False) -> dict[str, int]:
    """How many multiplications, additions and divisions the function did, on numbers that count."""
    tally: Counter[str] = Counter()
    padding = {"zero": Counted(0.0, tally)} if counted_zero else {}
    result = function(*(counted(a, tally) for a in arrays), **padding)
    assert np.all(np.isfinite(plain_array(result)))
    return {kind: tally[kind] for kind in "×+÷"}


def circulant_inputs(n: int, e: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A first column, a first row, and e columns to be multiplied."""
    rng = np.random.default_rng(n)
    return rng.normal(size=n), rng.normal(size=n), rng.normal(size=(n, e))
