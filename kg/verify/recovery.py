"""The judge of probabilities: an event happens with at least the stated probability.

A check returns (happened, probability): an array of booleans, one per independent draw, and the stated lower bound.
The claim is accepted when the number of successes is not improbably small for that probability (exact binomial, size
10⁻⁶), in so many draws that the control, whose probability is below it, is rejected by the same test with power 10⁻⁶.

A stated probability is seldom sharp, and a larger one may be true as well. So how often the event did happen stands
beside it, and a mutant that only states another probability which the same draws bear out counts as equivalent.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kg.verify.declare import Check
from kg.verify.expectation import draw_samples, not_one_each
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict, shape_text

ALPHA = 1e-6
PILOT = 200
MOST_SAMPLES = 20_000
SHAPES = 1


def judge(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Settle a probability against each of its controls."""
    if not check.controls:
        return verdict.but(
            outcome="cantTell", reason="a probability needs a control that succeeds less often"
        )
    shapes: list[str] = []
    seen: list[str] = []
    least = 1.0
    for number, sizes in zip(range(SHAPES), trial.sizes(), strict=False):
        seed = f"{trial.seed} recovery {number}"
        pooled = not_one_each(trial, sizes, seed)
        if pooled:
            return verdict.but(outcome="cantTell", reason=pooled)
        count, stated = plan(trial, check, sizes, seed)
        if stated is None:
            return verdict.but(
                outcome="cantTell",
                reason="the stated probability is not between 0 and 1: the bound is vacuous",
            )
        if count > MOST_SAMPLES:
            return verdict.but(
                outcome="cantTell", reason="no control succeeds clearly less often than is stated"
            )
        p = tail(trial, sizes, f"{seed} fresh", count)
        if p < ALPHA:
            return verdict.but(
                outcome="failed",
                reason=f"too few successes for the stated probability at {shape_text(sizes)}",
                p_value=p,
            )
        for control in check.controls:
            if tail(trial.variant(control.function, control.wording), sizes, f"{seed} fresh", count) >= ALPHA:
                return verdict.but(
                    outcome="cantTell", reason=f"the control was not rejected: {control.wording}"
                )
        successes, _ = counted(trial, sizes, f"{seed} fresh", count)
        seen.append(f"{successes} successes in {count} draws, at least {stated:.3g} of them were promised")
        least = min(least, p)
        shapes.append(shape_text(sizes))
    return verdict.but(
        outcome="passed",
        strength="Statistical",
        log2_error=math.ceil(math.log2(ALPHA)),
        controls=(len(check.controls), len(check.controls)),
        method=f"exact binomial test, size and power 10⁻⁶ against the control; {'; '.join(seen)}",
        shapes=tuple(shapes),
        p_value=least,
    )


def caught(trial: Trial, changed: Trial, check: Check) -> bool | None:
    """Whether a changed statement is rejected in the claim's own number of draws; None if it is true as well."""
    sizes = next(iter(trial.sizes()))
    seed = f"{trial.seed} recovery 0"
    count, stated = plan(trial, check, sizes, seed)
    if stated is None:
        return False
    if tail(changed, sizes, f"{seed} fresh", count) < ALPHA:
        return True
    return None if counted(changed, sizes, f"{seed} fresh", count)[1] != stated else False


def plan(trial: Trial, check: Check, sizes: dict[str, int], seed: str) -> tuple[int, float | None]:
    """How many draws tell the stated probability from that of the best control, and the stated probability."""
    return trial.once(seed, lambda: _planned(trial, check, sizes, seed))  # type: ignore[no-any-return]


def _planned(trial: Trial, check: Check, sizes: dict[str, int], seed: str) -> tuple[int, float | None]:
    _, stated = counted(trial, sizes, f"{seed} pilot", PILOT)
    if not 0 < stated < 1:
        return 0, None
    rates = []
    for control in check.controls:
        happened, claimed = counted(
            trial.variant(control.function, control.wording), sizes, f"{seed} pilot", PILOT
        )
        # A control may break the event or overstate the probability; what counts is the gap between the two.
        rates.append((happened + 1) / (PILOT + 2) - claimed + stated)
    return draws_needed(stated, max(rates)), stated


def draws_needed(stated: float, rival: float) -> int:
    """Fewest draws, up to doubling, in which size and power of the binomial test are both 10⁻⁶."""
    from scipy.stats import binom

    count = 16
    while count <= MOST_SAMPLES:
        allowed = binom.ppf(ALPHA, count, stated) - 1
        if allowed >= 0 and rival < stated and binom.sf(allowed, count, max(rival, 1e-12)) < ALPHA:
            return count
        count *= 2
    return count


def tail(trial: Trial, sizes: dict[str, int], seed: str, count: int) -> float:
    """Probability of so few successes or fewer, were the stated probability exact; 0 where it is no probability."""
    from scipy.stats import binom

    successes, stated = counted(trial, sizes, seed, count)
    if not 0 < stated < 1:
        return 0.0
    return float(binom.cdf(successes, count, stated))


def counted(trial: Trial, sizes: dict[str, int], seed: str, count: int) -> tuple[int, float]:
    """Successes among `count` draws, and the stated probability."""
    happened, stated = draw_samples(trial, sizes, seed, count)
    flags: Any = np.asarray(happened).reshape(-1)
    return int(np.sum(flags.astype(bool))), float(np.asarray(stated))
