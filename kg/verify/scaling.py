"""The judge by balls: precision scaling, and certificates that two numbers differ.

Both sides are run from the same exact inputs at growing precision.  If left − right is a ball that excludes zero, the
claim is false at that input: a certificate.  If it holds zero at every precision while its radius shrinks with the unit
roundoff, the sides agree to that many bits.  A difference that is not finite, or whose radius does not shrink, decides
nothing.
"""

from __future__ import annotations

from typing import Any

import flint
import numpy as np

from kg.numbers.arrays import NotTestable, Redraw, SystemArray
from kg.numbers.balls import Balls, ball, precision
from kg.verify.draws import BallSource
from kg.verify.trial import Trial
from kg.verify.verdict import Finding, shape_text

PRECISIONS = (128, 320)
DRAWS = 3
# Agreement of two numbers that are equal with no rounding at all.
EXACT = 10**6
MOST_REDRAWS = 200


def judge(trial: Trial, *, draws: int = DRAWS) -> Finding:
    """Compare both sides at 128 and 320 bits on fresh inputs; `accepted` is None if undecided."""
    finding = Finding(accepted=True, strength="Scaled")
    bits, exact = PRECISIONS[-1], True
    for number, sizes in zip(range(draws), trial.sizes(), strict=False):
        try:
            outcome, resolution, reason = _one_draw(trial, sizes, number)
        except NotTestable as problem:
            return Finding(accepted=None, reason=f"not testable in balls: {problem}")
        if outcome is not True:
            return Finding(accepted=outcome, strength="Proved", reason=f"{reason} at {shape_text(sizes)}")
        finding.shapes.append(shape_text(sizes))
        bits = min(bits, resolution)
        exact = exact and resolution == EXACT
    finding.shapes = sorted(set(finding.shapes))
    # Rounded down to a multiple of 16 so that another build of the ball arithmetic gives the same sentence.
    if exact and not has_random_inputs(trial):
        # Nothing was drawn and nothing was rounded: the sides were compared at every input there is.
        finding.strength = "Proved"
        finding.method = "every input of these shapes enumerated in exact arithmetic"
        return finding
    agreed = "exactly" if exact else f"to at least {bits // 16 * 16} bits"
    finding.method = f"balls at 128 and 320 bits, {draws} draws; equal {agreed}"
    return finding


def has_random_inputs(trial: Trial) -> bool:
    """Whether anything but sizes is drawn."""
    return any(domain.kind != "Size" for domain in trial.domains.values())


def _one_draw(trial: Trial, sizes: dict[str, int], number: int) -> tuple[bool | None, int, str]:
    reason = "no draw"
    for attempt in range(MOST_REDRAWS):
        try:
            return _scale(trial, sizes, f"{trial.seed} balls {number} {attempt}")
        except Redraw as problem:
            reason = str(problem)
    raise NotTestable(f"no usable draw among {MOST_REDRAWS} ({reason})")


def _scale(trial: Trial, sizes: dict[str, int], seed: str) -> tuple[bool | None, int, str]:
    resolutions = []
    for bits in PRECISIONS:
        with precision(bits):
            system = Balls()
            source = BallSource(seed, system)
            left, right = trial.sides(trial.draw(sizes, source), source)
            outcome, agreed, reason = compare(system, left, right)
        if outcome is not True:
            return outcome, 0, reason
        resolutions.append(agreed)
    if resolutions == [EXACT, EXACT]:
        return True, EXACT, ""
    gained = resolutions[-1] - resolutions[0]
    if gained < (PRECISIONS[-1] - PRECISIONS[0]) * 0.9:
        return (
            None,
            0,
            f"agreement grew by only {gained} bits while the precision grew by {PRECISIONS[-1] - PRECISIONS[0]}",
        )
    return True, resolutions[-1], ""


def compare(system: Balls, left: list[Any], right: list[Any]) -> tuple[bool | None, int, str]:
    """True and the number of agreeing bits, False with a certificate, or None with the reason."""
    worst = EXACT
    for a, b in zip(left, right, strict=True):
        if not isinstance(a, SystemArray) and not isinstance(b, SystemArray):
            if not np.array_equal(np.asarray(a), np.asarray(b)):
                return False, 0, "the sides differ"
            continue
        x, y = (v.parts[0] if isinstance(v, SystemArray) else system.literal(v)[0] for v in (a, b))
        # As balls, since an exponential of an exponential is beyond the range of floats.
        scale = max((abs(v).upper() for v in x.reshape(-1) if v.is_finite()), default=flint.arb(0))
        scale = scale if scale > 0 else flint.arb(1)
        for u, v in zip(x.reshape(-1), y.reshape(-1), strict=True):
            difference = ball(u) - ball(v)
            if not difference.is_finite():
                return None, 0, "a side is not a finite number"
            size = abs(difference).upper()
            if not difference.contains(0):
                return False, 0, _diagnosis(float(size / scale))
            worst = min(worst, _agreeing_bits(size, scale))
    return True, worst, ""


def _agreeing_bits(size: Any, scale: Any) -> int:
    if size == 0:
        return EXACT
    return max(0, int(-float((size / scale).log()) / 0.6931471805599453))


def _diagnosis(relative: float) -> str:
    text = "the sides differ for certain"
    if 2.0**-60 < relative < 2.0**-48:
        text += " by about one part in 2^53: a float64 constant or cast is likely inside, not a false claim"
    elif 2.0**-27 < relative < 2.0**-21:
        text += " by about one part in 2^24: a float32 cast is likely inside, not a false claim"
    return text
