"""The judges of rates and limits: how an error falls with n, and what a sequence tends to.

A check takes the size ``n`` (``n: Size[int, "n"]``) and whatever it draws.

* **Convergence.** It returns (errors, exponent): the errors are positive, one per replicate if random, and are claimed to
  behave as n^exponent.  Each replicate gives the slope of log error against log n over the sizes of the check; the
  t-interval over replicates must hold the stated exponent, exclude its nearest rival a half away, and be narrower than
  half that gap, so that too few or too small sizes settle nothing.
* **Limit.** It returns (value, limit).  The values on the doubling grid are extrapolated; the change of the extrapolated
  value, or its standard error where values are random, is its error bar.  The stated limit must lie within ten error bars, and ten error bars within half the distance
  to the control's limit: a coarse grid cannot accept a nearby wrong limit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kg.verify.declare import Check
from kg.verify.draws import SAMPLES
from kg.verify.expectation import draw_samples
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict

GAP = 0.5
REPLICATES = 12
SAMPLES_EACH = 200
LEVEL = 1e-6
# A slope that changes by less from one pair of sizes to the next counts as constant.
SETTLED = 0.005
# Groups of samples left out in turn, for the error bar of a limit of random values.
GROUPS = 20


def judge_convergence(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Fit the exponent and see that it is the stated one and not its neighbour."""
    grid = _grid(check)
    if len(grid) < 4:
        return verdict.but(
            outcome="cantTell", reason="a rate needs at least four sizes: @check(sizes={'n': (…)})"
        )
    accepted, slope, width, stated = fitted(trial, grid)
    if accepted is None:
        reason = (
            f"the slopes spread by ±{width:.2g}, too wide to tell exponents {GAP} apart"
            if not width <= GAP / 2
            else "the slope changes more and more along the sizes: larger sizes are needed"
        )
        return verdict.but(outcome="cantTell", reason=reason)
    if not accepted:
        return verdict.but(
            outcome="failed", reason=f"the error falls as n^{slope:.2f} ± {width:.2f}, not as n^{stated:g}"
        )
    rejected = [
        c for c in check.controls if fitted(trial.variant(c.function, c.wording), grid)[0] is not True
    ]
    verdict = verdict.but(
        controls=(len(rejected), len(check.controls)),
        shapes=(f"n={grid[0]} to {grid[-1]}",),
        method=f"slope of log error against log n over {len(grid)} sizes holds {stated:g} and excludes {stated - GAP:g} and {stated + GAP:g}",
    )
    return _settled(verdict, check, rejected)


def _settled(verdict: Verdict, check: Check, rejected: list[Any]) -> Verdict:
    if len(rejected) < len(check.controls):
        missing = next(c.wording for c in check.controls if c not in rejected)
        return verdict.but(outcome="cantTell", reason=f"the control was not rejected: {missing}")
    return verdict.but(outcome="passed", strength="Statistical")


def fitted(trial: Trial, grid: tuple[int, ...]) -> tuple[bool | None, float, float, float]:
    """Verdict on the exponent, the mean slope, the half-width of its interval, and the stated exponent."""
    random = any(SAMPLES in domain.dims for domain in trial.domains.values())
    slopes, stated = [], 0.0
    for replicate in range(REPLICATES if random else 1):
        errors = []
        for n in grid:
            error, exponent = draw_samples(
                trial, {"n": n}, f"{trial.seed} rate {replicate} {n}", SAMPLES_EACH
            )
            errors.append(float(np.sqrt(np.mean(np.square(np.asarray(error, dtype=float))))))
            stated = float(np.asarray(exponent))
        slopes += _slopes(grid, errors, random)
    mean = float(np.mean(slopes))
    width = _half_width(slopes) if random else abs(slopes[-1] - slopes[-2])
    mean = mean if random else slopes[-1]
    if not math.isfinite(mean) or width > GAP / 2 or (not random and not _settling(slopes)):
        return None, mean, width, stated
    return abs(mean - stated) <= max(width, 0.05), mean, width, stated


def _slopes(grid: tuple[int, ...], errors: list[float], random: bool) -> list[float]:
    """One least-squares slope per replicate; for a sequence without randomness the slopes between neighbours."""
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = np.log(np.asarray(grid, dtype=float)), np.log(np.asarray(errors))
    if random:
        return [float(np.polyfit(x, y, 1)[0])] if np.all(np.isfinite(y)) else [float("nan")]
    return [float(v) for v in np.diff(y) / np.diff(x)]


def _settling(slopes: list[float]) -> bool:
    """Whether the slope changes less and less along the sizes; where it changes more, the power is not in sight yet."""
    changes = np.abs(np.diff(slopes))
    return len(changes) < 2 or bool(changes[-1] <= max(SETTLED, changes[-2]))


def _half_width(slopes: list[float]) -> float:
    from scipy.stats import t

    spread = float(np.std(slopes, ddof=1)) / math.sqrt(len(slopes))
    return float(t.ppf(1 - LEVEL / 2, len(slopes) - 1)) * spread


def convergence_caught(trial: Trial, changed: Trial, check: Check) -> bool:
    """Whether a changed statement of a rate is no longer accepted."""
    return fitted(changed, _grid(check))[0] is not True


def judge_limit(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Extrapolate and compare with the stated limit, at the resolution that the controls demand."""
    grid = _grid(check)
    if len(grid) < 4:
        return verdict.but(
            outcome="cantTell", reason="a limit needs at least four sizes: @check(sizes={'n': (…)})"
        )
    if not check.controls:
        return verdict.but(
            outcome="cantTell", reason="a limit needs a control: the nearest wrong limit sets the resolution"
        )
    value, bar, stated = extrapolated(trial, grid)
    rivals = [extrapolated(trial.variant(c.function, c.wording), grid) for c in check.controls]
    resolution = _resolution(value, stated, rivals)
    if not 10 * bar <= resolution:
        reason = f"the extrapolation is good to {bar:.2g} only, and the control is {2 * resolution:.2g} away: larger sizes are needed"
        return verdict.but(outcome="cantTell", reason=reason)
    if abs(value - stated) > max(10 * bar, 1e-12 * max(1.0, abs(stated))):
        return verdict.but(
            outcome="failed", reason=f"the values tend to {value:.8g} ± {bar:.1g}, not to {stated:.8g}"
        )
    rejected = [c for c, r in zip(check.controls, rivals, strict=True) if not _tends(*r, resolution)]
    verdict = verdict.but(
        controls=(len(rejected), len(check.controls)),
        shapes=(f"n={grid[0]} to {grid[-1]}",),
        method=f"extrapolated over {len(grid)} doubling sizes, to better than the distance from the nearest wrong limit",
    )
    return _settled(verdict, check, rejected)


def extrapolated(trial: Trial, grid: tuple[int, ...]) -> tuple[float, float, float]:
    """Extrapolated value, its error bar, and the stated limit."""
    values, stated = [], 0.0
    for n in grid:
        value, limit = draw_samples(trial, {"n": n}, f"{trial.seed} limit {n}", SAMPLES_EACH)
        values.append(np.asarray(value, dtype=float).reshape(-1))
        stated = float(np.asarray(limit))
    estimates = _aitken([float(np.mean(v)) for v in values])
    bar = abs(estimates[-1] - estimates[-2]) + 1e-15 * abs(estimates[-1])
    return estimates[-1], max(bar, _jackknife(values)), stated


def _jackknife(values: list[Any]) -> float:
    """Standard error of the extrapolated value, from leaving out one group of samples at a time; 0 without randomness."""
    count = min(len(v) for v in values)
    if count < GROUPS:
        return 0.0
    group = np.arange(count) % GROUPS
    left_out = [_aitken([float(np.mean(v[:count][group != g])) for v in values])[-1] for g in range(GROUPS)]
    return float(np.std(left_out)) * math.sqrt(GROUPS - 1)


def _aitken(values: list[float]) -> list[float]:
    """Aitken's extrapolation of each three neighbours; the last value itself where they no longer change."""
    found = []
    for a, b, c in zip(values, values[1:], values[2:], strict=False):
        curve = (c - b) - (b - a)
        found.append(c if abs(curve) < 1e-14 * max(abs(c), 1e-300) else c - (c - b) ** 2 / curve)
    return found


def limit_caught(trial: Trial, changed: Trial, check: Check) -> bool:
    """Whether a changed statement of a limit is no longer accepted, at the resolution of the claim itself."""
    grid = _grid(check)
    return not _tends(*extrapolated(changed, grid), trial.once("resolution", lambda: _planned(trial, check)))


def _planned(trial: Trial, check: Check) -> float:
    grid = _grid(check)
    value, _, stated = extrapolated(trial, grid)
    rivals = [extrapolated(trial.variant(c.function, c.wording), grid) for c in check.controls]
    return _resolution(value, stated, rivals)


def _tends(value: float, bar: float, stated: float, resolution: float) -> bool:
    """Whether values with this extrapolation are accepted; where it does not settle they tend to nothing."""
    return 10 * bar <= resolution and abs(value - stated) <= max(10 * bar, 1e-12 * max(1.0, abs(stated)))


def _resolution(value: float, stated: float, rivals: list[tuple[float, float, float]]) -> float:
    """Half the way to the nearest control, in the limit that it states or in the values that it computes."""
    return min(max(abs(r[2] - stated), abs(r[0] - value)) for r in rivals) / 2


def _grid(check: Check) -> tuple[int, ...]:
    return tuple(sorted(check.sizes.get("n", ())))
