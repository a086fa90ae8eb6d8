"""A failing input made small: the smallest sizes at which the claim still fails, and the simplest numbers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from kg.conform.comparing import FAILS, Comparison, Outcome
from kg.verify.draws import FloatSource, dimension_names

SECONDS = 8.0
SIZES_TRIED = 60
_SIMPLE = (0.0, 1.0, -1.0, 2.0, 0.5, -2.0, -0.5)


def smallest(
    comparison: Comparison, sizes: Mapping[str, int], source: FloatSource, seconds: float = SECONDS
) -> tuple[dict[str, int], dict[str, Any], Outcome]:
    """Sizes, inputs by name and outcome of a failure at most as large as the given one."""
    deadline = time.monotonic() + seconds
    best, held = dict(sizes), source
    for fewer in itertools.islice(_fewer(comparison, sizes), SIZES_TRIED):
        found = _fails_at(comparison, fewer)
        if found is not None:
            best, held = fewer, found
            break
        if time.monotonic() > deadline:
            break
    held = _simplified(comparison, best, held, deadline)
    inputs = comparison.trial.draw(best, held.again(held.raw))
    return best, inputs, comparison.at(best, held)


def _fewer(comparison: Comparison, sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Admissible sizes of a smaller total, from the smallest up."""
    allowed = comparison.trial.allowed
    pools = [[s for s in allowed.get(n, range(1, size + 1)) if s <= size] for n, size in sizes.items()]
    total = sum(sizes.values())
    choices = [
        dict(zip(sizes, choice, strict=True)) for choice in itertools.islice(itertools.product(*pools), 5000)
    ]
    for choice in sorted(choices, key=lambda one: sum(one.values())):
        if sum(choice.values()) < total and admitted(comparison, choice):
            yield choice


def admitted(comparison: Comparison, sizes: Mapping[str, int]) -> bool:
    """Whether the claim's conditions allow these sizes."""
    return all(
        c.predicate(**{a: sizes[a] for a in c.arguments})
        for c in comparison.trial.conditions
        if set(c.arguments) <= set(sizes)
    )


def dimensions(comparison: Comparison) -> list[str]:
    """The dimensions that may take any size."""
    return [n for n in dimension_names(comparison.trial.domains) if n not in comparison.trial.allowed]


def _fails_at(comparison: Comparison, sizes: Mapping[str, int]) -> FloatSource | None:
    for number in range(2):
        try:
            source = comparison.drawn(sizes, f"small {number}")
        except Exception:
            # Sizes at which nothing can be drawn are no smaller input.
            return None
        if source is not None and comparison.at(sizes, source).said == FAILS:
            return source
    return None


def _simplified(
    comparison: Comparison, sizes: Mapping[str, int], source: FloatSource, deadline: float
) -> FloatSource:
    """Whole arrays made equal to a simple number, then single entries, as long as it fails."""
    current = source
    for at, array in enumerate(source.raw):
        for simple in _SIMPLE[:3]:
            current, done = _kept(comparison, sizes, current, at, np.full(np.shape(array), simple))
            if done:
                break
        if time.monotonic() > deadline:
            return current
    for at, array in enumerate(source.raw):
        for place in np.ndindex(np.shape(array)):
            if float(np.asarray(current.raw[at])[place]) in _SIMPLE:
                continue
            for simple in (*_SIMPLE, round(float(np.asarray(array)[place]), 1)):
                changed = np.array(current.raw[at], dtype=float)
                changed[place] = simple
                current, done = _kept(comparison, sizes, current, at, changed)
                if done or time.monotonic() > deadline:
                    break
            if time.monotonic() > deadline:
                return current
    return current


def _kept(
    comparison: Comparison, sizes: Mapping[str, int], source: FloatSource, at: int, changed: Any
) -> tuple[FloatSource, bool]:
    candidate = source.again([changed if i == at else r for i, r in enumerate(source.raw)])
    try:
        if comparison.at(sizes, candidate).said == FAILS:
            return candidate, True
    except Exception:
        # A number that the claim's own samplers cannot take.
        return source, False
    return source, False
