"""The judge of costs: operations are counted, never timed.

A check returns (counted, formula): the number of operations an implementation performs, by ``count_operations``, and
the integer the claim states, at the sizes drawn.  They must be equal as integers at every size tried.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.errors import CheckError
from kg.verify.declare import Check
from kg.verify.draws import FloatSource
from kg.verify.trial import Trial, flatten
from kg.verify.verdict import Verdict, shape_text

SHAPES = 8


def judge(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Compare integer counts over several sizes; every control must miss at some size."""
    shapes = []
    for sizes in _several(trial):
        counted, formula = counts(trial, sizes)
        if counted != formula:
            return verdict.but(
                outcome="failed", reason=f"counted {counted}, claimed {formula} at {shape_text(sizes)}"
            )
        shapes.append(shape_text(sizes))
    rejected = sum(misses(trial.variant(c.function, c.wording)) for c in check.controls)
    verdict = verdict.but(controls=(rejected, len(check.controls)), shapes=tuple(sorted(shapes)))
    if rejected < len(check.controls):
        missing = next(c.wording for c in check.controls if not misses(trial.variant(c.function, c.wording)))
        return verdict.but(outcome="cantTell", reason=f"the control was not rejected: {missing}")
    return verdict.but(
        outcome="passed",
        strength="Proved",
        method=f"scalar operations counted at {len(shapes)} sizes, equal as integers",
    )


def _several(trial: Trial) -> list[dict[str, int]]:
    found: list[dict[str, int]] = []
    for _, sizes in zip(range(SHAPES * 4), trial.sizes(), strict=False):
        if sizes not in found:
            found.append(sizes)
    return found[:SHAPES]


def counts(trial: Trial, sizes: dict[str, int]) -> tuple[list[int], list[int]]:
    """Both sides as lists of integers.

    Raises:
        CheckError: if a side is not made of integers.
    """
    left, right = _sides(trial, sizes)
    return _integers(trial, left), _integers(trial, right)


def _sides(trial: Trial, sizes: dict[str, int]) -> tuple[list[Any], list[Any]]:
    source = FloatSource(f"{trial.seed} cost")
    left, right = trial.sides(trial.draw(sizes, source), source)
    return _numbers(left), _numbers(right)


def _numbers(side: Any) -> list[Any]:
    return [v for x in flatten(side) for v in np.asarray(x, dtype=object).reshape(-1)]


def _integers(trial: Trial, values: list[Any]) -> list[int]:
    if any(v != int(v) for v in values):
        raise CheckError(f"{trial.name}: a cost must be a whole number of operations, got {values}")
    return [int(v) for v in values]


def misses(trial: Trial) -> bool:
    """Whether the count and the formula differ at some size; a formula that gives no whole number differs as well."""
    return any(
        abs(a - b) > 1e-6 * max(1, abs(a))
        for sizes in _several(trial)
        for a, b in zip(*_sides(trial, sizes), strict=True)
    )
