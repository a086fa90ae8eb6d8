"""The judge of laws: two distributions are equal, tested by the largest distance of distribution functions.

A check returns (samples, values).  With ``relation="="`` the values are those of the claimed distribution function *at*
the samples; with ``relation="same law"`` they are samples themselves.  One number per independent draw: eigenvalues of
one matrix are not independent, so a statistic of each matrix is what must be returned.

The claim is accepted when the distance on a fresh sample stays below half of the control's own distance, with a sample
large enough that a true law exceeds it, and the control stays below it, with probability at most 10⁻⁶ each
(Dvoretzky–Kiefer–Wolfowitz).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kg.errors import CheckError
from kg.verify.declare import Check
from kg.verify.expectation import draw_samples, not_one_each
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict, shape_text

ALPHA = 1e-6
PILOT = 4000
MOST_SAMPLES = 400_000
SHAPES = 2
# Samples times squared distance at which both errors are at most ALPHA (the threshold is half the distance).
NEEDED = {"=": 29.0, "same law": 58.0}


def judge(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Settle a law at two assignments of sizes, against each of its controls."""
    if not check.controls:
        return verdict.but(
            outcome="cantTell", reason="a law needs a control: the nearest wrong law sets the sample size"
        )
    shapes, most, worst = [], 0, 0.0
    for number, sizes in zip(range(SHAPES), trial.sizes(), strict=False):
        seed = f"{trial.seed} law {number}"
        pooled = not_one_each(trial, sizes, seed)
        if pooled:
            return verdict.but(outcome="cantTell", reason=pooled)
        near, threshold, count = plan(trial, check, sizes, seed)
        if not threshold or count > MOST_SAMPLES:
            reason = (
                "the control has the same law"
                if not threshold
                else f"telling it from its control needs {count:.2g} samples"
            )
            return verdict.but(
                outcome="cantTell", reason=f"{reason}: {near}", controls=(0, len(check.controls))
            )
        found = distance(trial, check, sizes, f"{seed} fresh", count)
        if not found <= threshold:
            reason = f"the laws are {found:.3g} apart where at most {threshold:.3g} is allowed at {shape_text(sizes)}"
            return verdict.but(outcome="failed", reason=reason)
        for control in check.controls:
            other = trial.variant(control.function, control.wording)
            if distance(other, check, sizes, f"{seed} fresh", count) <= threshold:
                return verdict.but(
                    outcome="cantTell", reason=f"the control was not rejected: {control.wording}"
                )
        worst = max(worst, found * math.sqrt(count))
        most = max(most, count)
        shapes.append(shape_text(sizes))
    method = f"largest distance of distribution functions, size and power 10⁻⁶ against the control, up to 2^{math.ceil(math.log2(most))} samples"
    return verdict.but(
        outcome="passed",
        strength="Statistical",
        log2_error=math.ceil(math.log2(ALPHA)),
        controls=(len(check.controls), len(check.controls)),
        method=method,
        shapes=tuple(sorted(set(shapes))),
        p_value=min(1.0, 2 * math.exp(-2 * worst**2)),
    )


def caught(trial: Trial, changed: Trial, check: Check) -> bool:
    """Whether a changed statement is rejected with the claim's own sample size and threshold."""
    for number, sizes in zip(range(SHAPES), trial.sizes(), strict=False):
        seed = f"{trial.seed} law {number}"
        _, threshold, count = plan(trial, check, sizes, seed)
        if threshold and not distance(changed, check, sizes, f"{seed} fresh", count) <= threshold:
            return True
    return False


def plan(trial: Trial, check: Check, sizes: dict[str, int], seed: str) -> tuple[str, float, int]:
    """The nearest control, half its distance from the claim, and the sample size; 0 if a control is too near to tell."""
    return trial.once(seed, lambda: _planned(trial, check, sizes, seed))  # type: ignore[no-any-return]


def _planned(trial: Trial, check: Check, sizes: dict[str, int], seed: str) -> tuple[str, float, int]:
    found = [
        (_gap(trial, trial.variant(c.function, c.wording), check, sizes, f"{seed} pilot"), c.wording)
        for c in check.controls
    ]
    near, wording = min(found)
    if not near > 0:
        return wording, 0.0, 0
    return wording, near / 2, max(PILOT, math.ceil(NEEDED[check.relation] / near**2))


def _gap(trial: Trial, control: Trial, check: Check, sizes: dict[str, int], seed: str) -> float:
    """How far the control is from the claim: between the two stated laws, else between its samples and its law.

    0 where the latter is no more than chance; where the samples are the same, chance plays no part.
    """
    x, stated = _both(trial, sizes, seed, PILOT)
    y, rival = _both(control, sizes, seed, PILOT)
    same = np.array_equal(x, y)
    if same and check.relation == "=":
        return float(np.max(np.abs(stated - rival)))
    found = _two_samples(stated, rival) if same else distance(control, check, sizes, seed, PILOT)
    return found if found > 2.7 / math.sqrt(PILOT) else 0.0


def distance(trial: Trial, check: Check, sizes: dict[str, int], seed: str, count: int) -> float:
    """Largest distance between the two distribution functions on `count` draws; NaN if a value is not finite."""
    x, y = _both(trial, sizes, seed, count)
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        return float("nan")
    return _two_samples(x, y) if check.relation == "same law" else _one_sample(x, y)


def _both(trial: Trial, sizes: dict[str, int], seed: str, count: int) -> tuple[Any, Any]:
    """The two sides as lists of numbers, one for each draw.

    Raises:
        CheckError: if there are more or fewer, such as all eigenvalues of each matrix.
    """
    sides = [np.asarray(side, dtype=float) for side in draw_samples(trial, sizes, seed, count)]
    for side in sides:
        if side.shape not in ((count,), (count, 1)):
            raise CheckError(
                f"{trial.name}: {count} draws gave numbers of shape {side.shape}; a law is about one number for each draw"
            )
    return sides[0].reshape(-1), sides[1].reshape(-1)


def _one_sample(x: Any, values: Any) -> float:
    order = np.argsort(x, kind="stable")
    expected, n = values[order], len(x)
    steps = np.arange(n + 1) / n
    return float(max(np.max(steps[1:] - expected), np.max(expected - steps[:-1])))


def _two_samples(x: Any, y: Any) -> float:
    both = np.concatenate([x, y])
    left = np.searchsorted(np.sort(x), both, side="right") / len(x)
    right = np.searchsorted(np.sort(y), both, side="right") / len(y)
    return float(np.max(np.abs(left - right)))
