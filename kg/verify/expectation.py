"""The judge of expectations: an equivalence test whose margin is half the gap to the claim's own control.

A check returns (samples, value): an array whose first axis is ``samples`` and the value its mean is claimed to have.
The claim is accepted when the mean of a fresh sample lies within the margin with room for sampling error at size ALPHA,
and each control, a nearby wrong value or a broken sampler, is rejected by the same test with the same sample size.
"Not rejected" alone is never taken for "equal": a sample too small to reject the control settles nothing, and neither
does one whose spread is carried by a single draw, as the normal approximation is then worth nothing.

It is looked at early where that saves work. A claim is accepted at half the sample if its mean is already told from the
control's; it is rejected at the whole sample only. A control or mutant is rejected at the first look that leaves no
doubt that it is beyond the margin.
"""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np

from kg.domains import Domain
from kg.verify.declare import Check
from kg.verify.draws import SAMPLES, FloatSource
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict, shape_text

ALPHA = 1e-6
# Two-sided normal quantile for size ALPHA; one-sided it leaves half of it, so that two looks share ALPHA.
SIZE_QUANTILE = 4.892
PILOT = 4000
# How much larger a sample is drawn before its tails are called too heavy.
MORE = 8
MOST_SAMPLES = 4_000_000
SHAPES = 2
# Share of the sum of squared deviations that one draw may have; for normal numbers it is below 1 % from 4000 draws on.
MOST_OF_ONE = 0.1
# Draws made to see that each sample comes from its own draw alone.
TOGETHER = 16


def judge(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Settle an expectation at two assignments of sizes."""
    if not check.controls:
        return verdict.but(
            outcome="cantTell",
            reason="an expectation needs a control: the nearest wrong value sets the margin",
        )
    shapes, most, least, rejected = [], 0, 1.0, set(range(len(check.controls)))
    for number, sizes in zip(range(SHAPES), trial.sizes(), strict=False):
        pooled = not_one_each(trial, sizes, f"{trial.seed} expectation {number}")
        if pooled:
            return verdict.but(outcome="cantTell", reason=pooled)
        outcome, reason, used, seen, p = _settle(trial, check, sizes, f"{trial.seed} expectation {number}")
        if outcome != "passed":
            return verdict.but(outcome=outcome, reason=f"{reason} at {shape_text(sizes)}")
        shapes.append(shape_text(sizes))
        most, least, rejected = max(most, used), min(least, p), rejected & seen
    method = f"equivalence test on fresh samples, size 1e-6 and power 1 − 1e-6 against the control, up to 2^{math.ceil(math.log2(most))} samples"
    verdict = verdict.but(
        controls=(len(rejected), len(check.controls)), method=method, shapes=tuple(sorted(set(shapes)))
    )
    if len(rejected) < len(check.controls):
        missing = next(c.wording for i, c in enumerate(check.controls) if i not in rejected)
        return verdict.but(outcome="cantTell", reason=f"the control was not rejected: {missing}")
    return verdict.but(
        outcome="passed", strength="Statistical", log2_error=math.ceil(math.log2(ALPHA)), p_value=least
    )


def caught(trial: Trial, changed: Trial, check: Check) -> bool:
    """Whether the test rejects a changed statement at the sizes, sample size and margin of the claim itself."""
    for number, sizes in zip(range(SHAPES), trial.sizes(), strict=False):
        seed = f"{trial.seed} expectation {number}"
        margin, count = _plan(trial, check, sizes, seed)
        if margin and _rejected(changed, sizes, f"{seed} fresh", count, margin):
            return True
    return False


def _plan(trial: Trial, check: Check, sizes: dict[str, int], seed: str) -> tuple[float, int]:
    """Margin and sample size, from a pilot and the nearest control; margin 0 if no control differs."""
    return trial.once(seed, lambda: _planned(trial, check, sizes, seed))  # type: ignore[no-any-return]


def _planned(trial: Trial, check: Check, sizes: dict[str, int], seed: str) -> tuple[float, int]:
    pilot = sample(trial, sizes, f"{seed} pilot", PILOT)
    gaps = [_gap(trial.variant(c.function, c.wording), sizes, f"{seed} pilot", pilot) for c in check.controls]
    usable = [g for g in gaps if g > 0]
    if not usable:
        return 0.0, 0
    margin = min(usable) / 2
    # The margin is that many standard errors from the claim, and as many from the control. The factor 1.3 guards
    # against a pilot that underestimates the spread.
    needed = 1.3 * (SIZE_QUANTILE * math.sqrt(pilot.variance) / margin) ** 2
    return margin, max(PILOT, math.ceil(needed))


def _settle(
    trial: Trial, check: Check, sizes: dict[str, int], seed: str
) -> tuple[str, str, int, set[int], float]:
    """Outcome, reason, sample size used, which controls were rejected, and the p-value of the mean."""
    margin, needed = _plan(trial, check, sizes, seed)
    if not margin:
        return "cantTell", "no control differs from the claim, so there is no margin", 0, set(), 1.0
    if needed > MOST_SAMPLES:
        return (
            "cantTell",
            f"telling the claim from its control needs {needed:.2g} samples",
            needed,
            set(),
            1.0,
        )
    fresh = _decisive(trial, sizes, seed, needed, margin)
    if not math.isfinite(fresh.distance):
        return "cantTell", "a sample is NaN or infinite", fresh.count, set(), 1.0
    if fresh.share > MOST_OF_ONE:
        reason = f"one draw carries {fresh.share:.0%} of the spread: the tails are too heavy for this test"
        return "cantTell", reason, fresh.count, set(), 1.0
    if fresh.distance > margin:
        if fresh.distance <= SIZE_QUANTILE * fresh.standard_error:
            return (
                "cantTell",
                "the sample is too small for its spread (heavy tails?)",
                fresh.count,
                set(),
                1.0,
            )
        return (
            "failed",
            f"the mean is {fresh.distance:.3g} from the claimed value, beyond the margin {margin:.3g}",
            fresh.count,
            set(),
            1.0,
        )
    if fresh.distance + SIZE_QUANTILE * fresh.standard_error > 2 * margin:
        return "cantTell", "the sample is too small for its spread (heavy tails?)", fresh.count, set(), 1.0
    seen = {
        i
        for i, c in enumerate(check.controls)
        if _rejected(trial.variant(c.function, c.wording), sizes, f"{seed} control", fresh.count, margin)
    }
    return "passed", "", fresh.count, seen, fresh.p_value


def _decisive(trial: Trial, sizes: dict[str, int], seed: str, needed: int, margin: float) -> Sample:
    """Half the sample if it settles the claim, else all of it; more where single draws still carry too much of it."""
    for look, count in (("half", needed // 2), ("fresh", needed), ("more", MORE * needed)):
        if count < PILOT:
            continue
        found = sample(trial, sizes, f"{seed} {look}", count)
        settles = found.distance + SIZE_QUANTILE * found.standard_error <= 2 * margin
        if not math.isfinite(found.distance) or (found.share <= MOST_OF_ONE and (settles or look == "fresh")):
            break
    return found


class Sample:
    """Mean distance from the claimed value over all entries, with the spread of the worst entry."""

    def __init__(self, samples: Any, value: Any) -> None:
        plain = np.asarray(samples).reshape(len(samples), -1)
        x = _real_columns(plain)
        self.value = _real_columns(np.broadcast_to(np.asarray(value).reshape(1, -1), (1, plain.shape[1])))
        self.count = len(x)
        self.mean = x.mean(axis=0)
        worst = int(np.argmax(np.abs(self.mean - self.value[0])))
        self.distance = float(np.abs(self.mean - self.value[0])[worst])
        self.variance = float(np.max(x.var(axis=0, ddof=1)))
        self.standard_error = math.sqrt(self.variance / self.count)
        squares = (x - self.mean) ** 2
        total = squares.sum(axis=0)
        self.share = float(np.max(squares.max(axis=0) / np.where(total > 0, total, 1)))
        # Two-sided, for the worst of the entries, so times their number.
        z = self.distance / self.standard_error if self.standard_error else math.inf * self.distance or 0.0
        self.p_value = min(1.0, x.shape[1] * math.erfc(z / math.sqrt(2)))


def _real_columns(values: Any) -> Any:
    """Real parts, then imaginary parts: the mean of a complex number has two."""
    return np.concatenate([values.real, values.imag], axis=1).astype(float)


def sample(trial: Trial, sizes: dict[str, int], seed: str, count: int) -> Sample:
    """`count` samples of both sides, summed up."""
    return Sample(*draw_samples(trial, sizes, seed, count))


def draw_samples(trial: Trial, sizes: dict[str, int], seed: str, count: int) -> tuple[Any, Any]:
    """Both sides of a check on `count` independent draws of its random inputs.

    The inputs that are not random are drawn from one seed, so that pilot, sample and controls see the same ones, and so
    do all sizes on which their shape does not depend.
    """
    inputs = trial.draw({**sizes, SAMPLES: 1}, FloatSource(f"{trial.seed} fixed"))
    random_names = [n for n, d in trial.domains.items() if SAMPLES in d.dims]
    fresh = trial.draw({**sizes, SAMPLES: count}, FloatSource(seed))
    inputs.update({name: fresh[name] for name in random_names})
    wanted = inspect.signature(trial.function).parameters
    result = trial.function(trial.use, **{k: v for k, v in inputs.items() if k in wanted})
    return result[0], result[1]


def not_one_each(trial: Trial, sizes: dict[str, int], seed: str) -> str:
    """What is wrong if the samples are not one for each draw, made from that draw alone; empty if they are.

    Eigenvalues of one matrix, or numbers sorted or centred together, are not independent, and no test here covers them.
    """
    random_names = [n for n, d in trial.domains.items() if SAMPLES in d.dims]
    if not random_names:
        return f"no input has the dimension '{SAMPLES}', so nothing is drawn"
    inputs = trial.draw({**sizes, SAMPLES: TOGETHER}, FloatSource(f"{seed} together"))
    wanted = inspect.signature(trial.function).parameters
    inputs = {k: v for k, v in inputs.items() if k in wanted}
    half = {n: _second_half(v, trial.domains[n]) for n, v in inputs.items()}
    whole = np.asarray(trial.function(trial.use, **inputs)[0])
    if np.shape(whole)[:1] != (TOGETHER,):
        return f"{TOGETHER} draws gave samples of shape {np.shape(whole)}: the first axis must hold one for each draw"
    alone = np.asarray(trial.function(trial.use, **half)[0])
    last = whole[TOGETHER // 2 :]
    if np.shape(alone) != last.shape or not np.allclose(alone, last, rtol=1e-6, equal_nan=True):
        return "a sample changes with the number of draws: the samples are not independent of each other"
    return ""


def _second_half(value: Any, domain: Domain) -> Any:
    if SAMPLES not in domain.dims:
        return value
    return value[tuple(slice(TOGETHER // 2 if d == SAMPLES else 0, None) for d in domain.dims)]


def _gap(control: Trial, sizes: dict[str, int], seed: str, pilot: Sample) -> float:
    """How far the control is from the claim: between their claimed values, or between the means of their samplers."""
    broken = sample(control, sizes, seed, PILOT)
    values = float(np.max(np.abs(broken.value - pilot.value)))
    return values if values > 0 else float(np.max(np.abs(broken.mean - pilot.mean)))


def _rejected(changed: Trial, sizes: dict[str, int], seed: str, count: int, margin: float) -> bool:
    """Whether the mean of a changed statement is beyond the margin, at the first look that leaves no doubt."""
    for part in (16, 4):
        if count >= part * PILOT:
            early = sample(changed, sizes, f"{seed} 1/{part}", count // part)
            if early.distance - SIZE_QUANTILE * early.standard_error > margin:
                return True
    return not sample(changed, sizes, seed, count).distance <= margin
