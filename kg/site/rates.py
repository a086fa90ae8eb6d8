"""Pictures of claims about rates, limits and laws, from their own checks: what the judge looks at, as it computes it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from kg.site.plot import Panel, Plot, Series
from kg.verify.declare import Check
from kg.verify.expectation import draw_samples
from kg.verify.rate import SAMPLES_EACH
from kg.verify.trial import Trial


def rate_plot(trial: Trial, check: Check) -> Plot:
    """Errors against n for a claim and its first control, and the line of the stated slope."""
    grid = sorted(check.sizes["n"])
    errors, stated = _errors(trial, grid)
    slope = math.log(errors[-1] / errors[-2]) / math.log(grid[-1] / grid[-2])
    line = [errors[-1] * (n / grid[-1]) ** stated for n in grid]
    series = [
        Series(f"error of the check; slope {slope:.2f}".replace("-", "−"), grid, errors, "points"),
        Series(f"stated slope {stated:g}".replace("-", "−"), grid, line),
    ]
    for control in check.controls[:1]:
        broken, _ = _errors(trial.variant(control.function, control.wording), grid)
        series.append(Series(f"control: {control.wording}", grid, broken, "points"))
    return Plot((Panel(series=tuple(series), x_label="n", y_label="error", log=True),))


def limit_plot(trial: Trial, check: Check) -> Plot:
    """Values against n for a claim and its first control, and the stated limit."""
    grid = sorted(check.sizes["n"])
    values, limit = _values(trial, grid)
    series = [
        Series("values of the check", grid, values, "points"),
        Series(f"stated limit {limit:.5g}".replace("-", "−"), grid, [limit] * len(grid)),
    ]
    for control in check.controls[:1]:
        broken, _ = _values(trial.variant(control.function, control.wording), grid)
        series.append(Series(f"control: {control.wording}", grid, broken, "points"))
    return Plot((Panel(series=tuple(series), x_label="n", y_label="value"),))


def _errors(trial: Trial, grid: Sequence[int]) -> tuple[list[float], float]:
    """Root mean square of the errors at each size, and the stated exponent."""
    found, stated = _each(trial, "rate 0", grid)
    return [float(np.sqrt(np.mean(np.square(values)))) for values in found], stated


def _values(trial: Trial, grid: Sequence[int]) -> tuple[list[float], float]:
    found, stated = _each(trial, "limit", grid)
    return [float(np.mean(values)) for values in found], stated


def _each(trial: Trial, purpose: str, grid: Sequence[int]) -> tuple[list[Any], float]:
    found, stated = [], 0.0
    for n in grid:
        value, exponent = draw_samples(trial, {"n": n}, f"{trial.seed} {purpose} {n}", SAMPLES_EACH)
        found.append(np.asarray(value, dtype=float))
        stated = float(np.asarray(exponent))
    return found, stated


def law_plot(trial: Trial, check: Check) -> Plot:
    """Share of samples up to each value for a claim, and the distribution function it states or the other sample's."""
    sizes = next(iter(trial.sizes()))
    samples, other = draw_samples(trial, sizes, f"{trial.seed} law picture", DRAWS)
    found = np.sort(np.asarray(samples, dtype=float).reshape(-1))
    if check.relation == "same law":
        label, stated = "other side", np.sort(np.asarray(other, dtype=float).reshape(-1))
        line = _share(label, stated)
    else:
        order = np.argsort(np.asarray(samples, dtype=float).reshape(-1))
        law = np.asarray(other, dtype=float).reshape(-1)[order]
        line = Series("stated law", _thinned(found), _thinned(law))
    series = (line, _share(f"{len(found)} draws", found, "points"))
    return Plot((Panel(series=series, x_label="value", y_label="share of draws up to it"),))


DRAWS = 2000
SHOWN = 60
"""Places at which a distribution function is drawn."""


def _thinned(values: Any) -> list[float]:
    # The outermost draws would stretch the picture; a hundredth at each end is left out.
    places = np.linspace(0.01, 0.99, SHOWN) * (len(values) - 1)
    return [float(values[int(place)]) for place in places]


def _share(label: str, ordered: Any, style: str = "line") -> Series:
    share = (np.arange(len(ordered)) + 0.5) / len(ordered)
    step = 3 if style == "points" else 1
    return Series(label, _thinned(ordered)[::step], _thinned(share)[::step], style)
