"""The judge in floating point, with tolerances derived and never chosen.

Where the same text runs over balls, each side is compared with its own value at 320 bits: if the claim is true,
|left − right| ≤ |left − left_320| + |right − right_320| by the triangle inequality, so four times that sum (and one
unit in the last place) is a bound that needs no constant of ours.  Where it does not (LAPACK inside), the error is
taken from how far the outputs move when every input moves by one unit in the last place, the backward-error model,
times a modest factor for the length of the sums.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.numbers.arrays import Contaminated, NotTestable, Redraw, SystemArray, each
from kg.numbers.balls import Balls, precision
from kg.verify.draws import FloatSource
from kg.verify.trial import Trial
from kg.verify.verdict import Finding, shape_text

DRAWS = 3
MOST_REDRAWS = 200
UNIT = 2.0**-52
# A control must miss the tolerance by this factor, or the comparison has no power (catalogue, cookbook item 7).
POWER = 1000.0
# A tolerance above this share of the sides themselves compares nothing.
BLUNT = 2.0**-10


def judge(trial: Trial, *, draws: int = DRAWS) -> Finding:
    """Compare both sides in float64 on fresh inputs."""
    finding = Finding(accepted=True, strength="Sampled")
    for number, sizes in zip(range(draws), trial.sizes(), strict=False):
        outcome, reason, _ = one_draw(trial, sizes, number)
        if outcome is not True:
            return Finding(accepted=outcome, reason=f"{reason} at {shape_text(sizes)}")
        finding.shapes.append(shape_text(sizes))
    finding.shapes = sorted(set(finding.shapes))
    finding.method = f"float64, {draws} draws, tolerance from an error analysis of each draw"
    return finding


def one_draw(
    trial: Trial, sizes: dict[str, int], number: int, *, scale: int = 1
) -> tuple[bool | None, str, float]:
    """Outcome, reason and by what factor the sides miss the tolerance."""
    reason = "no draw"
    for attempt in range(MOST_REDRAWS):
        source = FloatSource(f"{trial.seed} balls {number} {attempt}", scale=scale)
        try:
            left, right = trial.sides(trial.draw(sizes, source), source)
        except Redraw as problem:
            reason = str(problem)
            continue
        except NotTestable as problem:
            return None, f"not testable in floats: {problem}", 0.0
        return compare(trial, sizes, source, left, right)
    return None, f"no inputs could be drawn: {reason}", 0.0


def clearly_differs(trial: Trial, *, draws: int = DRAWS) -> bool:
    """Whether the sides miss the tolerance by so much, at some size, that no rounding can be the reason."""
    for number, sizes in zip(range(draws), trial.sizes(), strict=False):
        factor = one_draw(trial, sizes, number)[2]
        if factor >= POWER:
            return True
    return False


def withstands_large_inputs(trial: Trial) -> bool:
    """Whether both sides stay finite and agree on inputs 512 times as large, where an unstabilised exponential overflows."""
    try:
        with np.errstate(all="ignore"):
            return one_draw(trial, next(iter(trial.sizes())), 0, scale=512)[0] is True
    except (ArithmeticError, np.linalg.LinAlgError):
        # Python's own mathematics raises where NumPy's gives an infinity.
        return False


def compare(
    trial: Trial, sizes: dict[str, int], source: FloatSource, left: list[Any], right: list[Any]
) -> tuple[bool | None, str, float]:
    """Two sides evaluated in float64 at the inputs of `source`, against the rounding error they may have."""
    finite = [all(np.all(np.isfinite(np.asarray(x))) for x in side) for side in (left, right)]
    if not all(finite):
        # Where only one side has a value, the sides differ by more than any rounding error.
        missed = 0.0 if finite[0] == finite[1] else float("inf")
        return (
            None,
            "a side is NaN or infinite on an admissible input; state the condition that excludes it",
            missed,
        )
    worst = 0.0
    inputs = max((float(np.max(np.abs(r), initial=0.0)) for r in source.raw), default=1.0)
    for a, b, allowed in zip(left, right, tolerance(trial, sizes, source, left, right), strict=True):
        scale = max(float(np.max(np.abs(np.asarray(x)), initial=0.0)) for x in (a, b))
        # Sides that vanish (a derivative in a direction that does not matter) are held against the inputs.
        if not allowed <= BLUNT * max(scale, BLUNT**2 * inputs):
            return None, "rounding alone may part the sides so far that float64 cannot compare them", 0.0
        gap = np.abs(np.asarray(a) - np.asarray(b))
        worst = max(worst, float(np.max(gap / allowed, initial=0.0)))
    if worst > 1:
        return False, f"the sides differ by {worst:.2g} times the rounding error they may have", worst
    return True, "", worst


def tolerance(
    trial: Trial, sizes: dict[str, int], source: FloatSource, left: list[Any], right: list[Any]
) -> list[float]:
    """For each pair of arrays, how far rounding alone may part them."""
    scales = [
        max(float(np.max(np.abs(np.asarray(x)), initial=0.0)) for x in pair)
        for pair in zip(left, right, strict=True)
    ]
    try:
        errors = _against_balls(trial, sizes, source, left, right)
        factor = 4.0
    except (NotTestable, Redraw, Contaminated, AttributeError, TypeError, ValueError):
        # The text needs something balls do not have (an SVD, a random stream): use the sensitivity instead.
        errors = _sensitivity(trial, sizes, source, left, right)
        factor = 32.0 * (1 + sum(sizes.values()))
    return [factor * error + 4 * UNIT * (scale or 1.0) for error, scale in zip(errors, scales, strict=True)]


def _against_balls(
    trial: Trial, sizes: dict[str, int], source: FloatSource, left: list[Any], right: list[Any]
) -> list[float]:
    with precision(320):
        twin = source.in_balls(Balls())
        exact_left, exact_right = trial.sides(trial.draw(sizes, twin), twin)
    errors = [
        _distance(a, x) + _distance(b, y)
        for a, x, b, y in zip(left, exact_left, right, exact_right, strict=True)
    ]
    if not np.all(np.isfinite(errors)):
        # A root or a logarithm of a ball that reaches over zero: no tolerance may come of it.
        raise NotTestable("balls have no number where floats have one")
    return errors


def _distance(floats: Any, balls: Any) -> float:
    if not isinstance(balls, SystemArray):
        return float(np.max(np.abs(np.asarray(floats) - np.asarray(balls)), initial=0.0))
    exact = each(_midpoint, balls.parts[0]).astype(complex)
    return float(np.max(np.abs(np.asarray(floats) - exact), initial=0.0))


def _midpoint(value: Any) -> complex:
    return complex(float(value.real.mid()), float(value.imag.mid()))


def _sensitivity(
    trial: Trial, sizes: dict[str, int], source: FloatSource, left: list[Any], right: list[Any]
) -> list[float]:
    """Largest movement of either side over a few draws of inputs one unit in the last place away."""
    rng = np.random.default_rng(7)
    moved = [0.0] * len(left)
    for _ in range(6):
        replay = source.again(
            [np.asarray(r) * (1 + UNIT * rng.choice([-1.0, 1.0], size=np.shape(r))) for r in source.raw]
        )
        try:
            a, b = trial.sides(trial.draw(sizes, replay), replay)
        except Redraw:
            continue
        for i, (x, y, u, v) in enumerate(zip(a, b, left, right, strict=True)):
            step = float(np.max(np.abs(np.asarray(x) - u), initial=0.0)) + float(
                np.max(np.abs(np.asarray(y) - v), initial=0.0)
            )
            moved[i] = max(moved[i], step)
    return moved
