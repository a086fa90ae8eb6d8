"""The judge of bounds: left ≤ right, by adversarial search, with a tightness witness where the bound is sharp.

A check returns (left, right), arrays of equal shape, and the claim is left ≤ right entrywise.  The search climbs from
random inputs towards violations; a bound that is claimed sharp shows where it is attained, and there the bound shrunk
by one part in a thousand must break.  A bound without a witness is recorded as not sharp, with its slack.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kg.numbers.arrays import Redraw
from kg.verify.declare import Check, Control
from kg.verify.draws import FloatSource
from kg.verify.floating import UNIT
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict, shape_text

STARTS = 12
STEPS = 60
SHRINK = 1e-3


def judge(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Search for a violation, try the witness and the shrunken bound, and see every control violated."""
    worst, shapes, trouble = search(trial)
    if trouble:
        return verdict.but(outcome="cantTell", reason=trouble)
    if worst > 1:
        return verdict.but(
            outcome="failed", reason=f"the bound is violated: left exceeds right (ratio {worst:.4g})"
        )
    rejected, unseen = _controls(trial, check.controls)
    method = f"adversarial search in float64, {STARTS} starts of {STEPS} steps"
    verdict = verdict.but(
        outcome="passed", strength="Sampled", controls=(rejected, len(check.controls)), shapes=tuple(shapes)
    )
    if check.witness_function is None:
        return _settled(
            verdict.but(
                method=f"{method}; not sharp: no input came closer than {_coarse(worst)} of the bound"
            ),
            unseen,
        )
    gap = _witness_gap(trial.variant(check.witness_function, "witness"))
    if gap is None or gap > SHRINK / 2:
        return verdict.but(
            outcome="cantTell", strength=None, method=method, reason="the witness does not attain the bound"
        )
    return _settled(
        verdict.but(method=f"{method}; attained at the witness, where the bound shrunk by 1/1000 breaks"),
        unseen,
    )


def _settled(verdict: Verdict, unseen: list[str]) -> Verdict:
    if unseen:
        return verdict.but(
            outcome="cantTell", strength=None, reason=f"the control was not rejected: {unseen[0]}"
        )
    return verdict


def _coarse(ratio: float) -> str:
    """Rounded up to tenths, so that the sentence does not depend on the last bits of a search."""
    return f"{np.ceil(max(0.0, ratio) * 10) / 10:.1f}"


def search(trial: Trial) -> tuple[float, list[str], str]:
    """Largest left/right found (over 1 only when beyond rounding), the shapes tried, and what went wrong if anything."""
    worst = -np.inf
    shapes: list[str] = []
    for number, sizes in zip(range(STARTS), trial.sizes(), strict=False):
        value, trouble = _climb(trial, sizes, f"{trial.seed} bound {number}")
        if trouble:
            return worst, shapes, f"{trouble} at {shape_text(sizes)}"
        shapes.append(shape_text(sizes))
        worst = max(worst, value)
        if worst > 1:
            break
    return float(worst), sorted(set(shapes)), ""


def _climb(trial: Trial, sizes: dict[str, int], seed: str) -> tuple[float, str]:
    source, value = None, -np.inf
    for attempt in range(50):
        source = FloatSource(f"{seed} {attempt}")
        try:
            value = ratio(*trial.sides(trial.draw(sizes, source), source))
            break
        except Redraw:
            continue
    if source is None or not np.isfinite(value):
        return value, "a side is not a finite number, or no inputs could be drawn"
    rng = np.random.default_rng(list(seed.encode()))
    raw, step = source.raw, 1.0
    for _ in range(STEPS if raw else 0):
        tried = [r + step * rng.standard_normal(np.shape(r)) for r in raw]
        replay = FloatSource(source_seed(seed, attempt), tried)
        try:
            new = ratio(*trial.sides(trial.draw(sizes, replay), replay))
        except (Redraw, np.linalg.LinAlgError):
            continue
        if np.isfinite(new) and new > value:
            value, raw, step = new, tried, step * 1.2
            if value > 1:
                break
        else:
            step = max(step * 0.9, 1e-3)
    return value, ""


def source_seed(seed: str, attempt: int) -> str:
    """The structural draws (permutations, masks, integers) stay those of the start while the numbers move."""
    return f"{seed} {attempt}"


def ratio(left: Sequence[Any], right: Sequence[Any]) -> float:
    """max left/right over entries, as 1 + excess/scale; within rounding of the scale it never exceeds 1."""
    best = -np.inf
    for a, b in zip(left, right, strict=True):
        a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
        if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
            return float("nan")
        scale = np.maximum(np.abs(a), np.abs(b)) + UNIT
        # Two sides each computed with a relative error of a few hundred units in the last place.
        margin = 1024 * UNIT * (1 + np.log2(1 + a.size))
        excess = (a - b) / scale
        best = max(
            best,
            float(
                np.max(np.where(excess > margin, 1 + excess, np.minimum(1.0, 1 + excess)), initial=-np.inf)
            ),
        )
    return best


def _witness_gap(trial: Trial) -> float | None:
    """Smallest relative gap (right − left)/right at the witness, or None where the bound is exceeded or undefined."""
    source = FloatSource(f"{trial.seed} witness")
    left, right = trial.sides(trial.draw(next(iter(trial.sizes())), source), source)
    gaps = []
    for a, b in zip(left, right, strict=True):
        a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
        scale = np.maximum(np.abs(a), np.abs(b)) + UNIT
        gaps.append(float(np.min((b - a) / scale, initial=np.inf)))
    if any(not np.isfinite(g) or g < -1e-9 for g in gaps):
        return None
    return max(0.0, min(gaps))


def _controls(trial: Trial, controls: Sequence[Control]) -> tuple[int, list[str]]:
    unseen = []
    for control in controls:
        worst, _, trouble = search(trial.variant(control.function, control.wording))
        if trouble or worst <= 1:
            unseen.append(control.wording)
    return len(controls) - len(unseen), unseen
