"""One fingerprint: the values of a function on some probes, how far rounding may move them, and how far others are."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.conform import rounding
from kg.verify.probe import MutantHung, time_limit
from kg.verify.trial import flatten

SECONDS = 2
BLUNT = 2.0**-10

# Shared over float64: the noise of a run is linear in the unit roundoff.
_UNIT = rounding.FORMATS["float64"]


@dataclass(frozen=True)
class Print:
    """Values on each probe (None where there are none) and the movement of each array under rounding in float64."""

    values: tuple[tuple[Any, ...] | None, ...]
    moved: tuple[tuple[float, ...], ...]

    @property
    def is_empty(self) -> bool:
        return all(value is None for value in self.values)


def taken(function: Callable[..., Any], probes: Sequence[Mapping[str, Any]], runs: int) -> Print:
    """The fingerprint of one of our own functions."""
    values: list[tuple[Any, ...] | None] = []
    moved: list[tuple[float, ...]] = []
    for inputs in probes:
        value, movement = values_of(function, inputs, runs)
        values.append(value)
        moved.append(movement)
    return Print(tuple(values), tuple(moved))


def values_of(
    function: Callable[..., Any], inputs: Mapping[str, Any], runs: int
) -> tuple[tuple[Any, ...] | None, tuple[float, ...]]:
    """The values of one of our functions on one probe, None if there are none, and how far rounding moves each array."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            with time_limit(SECONDS):
                plain = [np.asarray(x) for x in flatten(function(**inputs))]
                if any(x.dtype.kind not in "biufc" or _half_empty(x) for x in plain):
                    return None, ()
                movement = [0.0] * len(plain)
                for number in range(runs):
                    rounding.seeded(number)
                    noisy = flatten(rounding.rounded(function, _UNIT)(**inputs))
                    movement = [max(m, _gap(a, b)) for m, a, b in zip(movement, plain, noisy, strict=True)]
        except (MutantHung, MemoryError):
            return None, ()
        except Exception:
            # An edit that breaks a shape or a name, a size the text has no room for: no value there.
            return None, ()
    sharp = all(m <= BLUNT * max(_size(a), 2.0**-1000) for m, a in zip(movement, plain, strict=True))
    return (tuple(plain), tuple(movement)) if sharp else (None, ())


def _half_empty(a: Any) -> bool:
    """Whether more than half of the entries are no numbers. A row that a mask has emptied is none, the others count."""
    return bool(np.sum(~np.isfinite(a)) > a.size / 2)


def _gap(a: Any, b: Any) -> float:
    """The largest difference where `a` has numbers; infinite for another shape, or where `b` has no number there."""
    b = np.asarray(b)
    if a.shape != b.shape:
        return np.inf
    here = np.isfinite(a)
    gap = float(np.max(np.abs(a[here] - b[here]), initial=0.0))
    return gap if np.isfinite(gap) else np.inf


def _size(a: Any) -> float:
    return float(np.max(np.abs(a[np.isfinite(a)]), initial=0.0))


def missed(known: Print, outputs: Sequence[Sequence[Any] | None], unit: float) -> float:
    """By what factor of the rounding error outputs miss a fingerprint; infinite for other shapes, or too few probes."""
    worst, seen = 0.0, 0
    for value, movement, found in zip(known.values, known.moved, outputs, strict=True):
        if value is None:
            continue
        if found is None or [np.shape(x) for x in found] != [x.shape for x in value]:
            return np.inf
        seen += 1
        for a, m, b in zip(value, movement, found, strict=True):
            allowed = rounding.FACTOR * (unit / _UNIT.unit * m + unit * _size(a)) + 2.0**-1000
            worst = max(worst, _gap(a, np.asarray(b)) / allowed)
    return worst if seen >= min(2, len(known.values)) else np.inf


def distance(known: Print, outputs: Sequence[Sequence[Any] | None]) -> float:
    """How far outputs are from a fingerprint, from 0 to 1, for ranking; infinite for other shapes.

    One minus the modulus of the cosine between corresponding rows, averaged: a wrong scale or sign is one edit away.
    """
    total, rows = 0.0, 0
    for value, found in zip(known.values, outputs, strict=True):
        if value is None:
            continue
        if found is None or [np.shape(x) for x in found] != [x.shape for x in value]:
            return np.inf
        for a, b in zip(value, found, strict=True):
            apart = _angles(a, np.asarray(b))
            total, rows = total + float(np.sum(apart)), rows + apart.size
    return total / rows if rows else np.inf


def _angles(a: Any, b: Any) -> Any:
    if a.ndim == 0 or a.shape[-1] == 1:
        # A row of one number has every direction in common with another.
        a, b = (np.reshape(z, -1) for z in (a, b))
    if a.size == 1:
        apart, sizes = np.abs(a - b), np.abs(a) + np.abs(b)
        return np.where(sizes > 0, np.nan_to_num(apart / np.where(sizes > 0, sizes, 1), nan=1.0), 0.0)
    x, y = (z.reshape(-1, z.shape[-1]) for z in (a, b))
    here = np.isfinite(x)
    x, y = np.where(here, x, 0), np.where(here, y, 0)
    with np.errstate(all="ignore"):
        norms = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
        cosine = np.abs(np.sum(np.conj(x) * y, axis=1)) / norms
    # Rows of zeros are alike, a row without numbers is like none.
    alike = (norms == 0) & np.all(x == y, axis=1)
    return np.where(alike, 0.0, 1 - np.where(np.isfinite(cosine), np.minimum(cosine, 1.0), 0.0))
