"""Degenerate inputs: the places where a true-looking sentence quietly needs a condition.

One token, one key, one feature; nothing at all; every entry zero; every row the same; all entries tied.  At each, either
a condition of the claim excludes the input, or both sides agree, or both have no finite value.  A side that has a value
where the other has none is a missing condition.  An empty array is tried too; a side that refuses it with an error gives
no wrong answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from kg.numbers.arrays import NotTestable, Redraw
from kg.verify import floating
from kg.verify.draws import FloatSource, dimension_names
from kg.verify.trial import Trial


def trouble(trial: Trial) -> str:
    """Where the two sides part on a degenerate input that no condition excludes; empty if nowhere."""
    for words, sizes, change in _cases(trial):
        outcome = _agree(trial, sizes, change)
        if outcome:
            return f"{outcome} for {words}; state the condition that excludes it"
    return ""


Change = Callable[[Any], Any]


def _cases(trial: Trial) -> Iterator[tuple[str, dict[str, int], Change]]:
    usual = next(iter(trial.sizes()))
    names = [n for n in dimension_names(trial.domains) if n not in trial.allowed]
    for size in (1, 0):
        for name in names:
            sizes = {**usual, name: size}
            if _admitted(trial, sizes):
                yield f"{name} = {size}", sizes, lambda raw: raw
    if names and _admitted(trial, ones := {**usual, **dict.fromkeys(names, 1)}):
        yield "all sizes 1", ones, lambda raw: raw
    yield "all entries zero", usual, np.zeros_like
    yield "all entries equal", usual, lambda raw: np.full_like(raw, 0.5)
    yield (
        "all rows equal",
        usual,
        lambda raw: np.broadcast_to(raw[:1], raw.shape).copy() if raw.ndim > 1 else raw,
    )


def _admitted(trial: Trial, sizes: dict[str, int]) -> bool:
    return all(
        c.predicate(**{a: sizes[a] for a in c.arguments})
        for c in trial.conditions
        if set(c.arguments) <= set(sizes)
    )


def _agree(trial: Trial, sizes: dict[str, int], change: Change) -> str:
    """What is wrong at one degenerate input, or an empty string."""
    try:
        drawn = FloatSource(f"{trial.seed} degenerate")
        trial.draw(sizes, drawn)
        source = drawn.again([change(np.asarray(r)) for r in drawn.raw])
        with np.errstate(all="ignore"):
            left, right = trial.sides(trial.draw(sizes, source), source)
    except (Redraw, NotTestable):
        return ""
    except Exception:
        # An error is no wrong answer; whether both sides refuse alike is not what the claim says.
        return ""
    finite = [all(np.all(np.isfinite(np.asarray(x))) for x in side) for side in (left, right)]
    if finite[0] != finite[1]:
        return f"the {'left' if finite[0] else 'right'} side has a value and the other has none"
    if not finite[0]:
        return ""
    tolerances = floating.tolerance(trial, sizes, source, left, right)
    for a, b, allowed in zip(left, right, tolerances, strict=True):
        gap = float(np.max(np.abs(np.asarray(a) - np.asarray(b)), initial=0.0))
        if gap > 64 * allowed:
            return f"the sides differ (by {gap:.2g})"
    return ""
