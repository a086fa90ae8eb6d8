"""Pictures of activation functions with their slopes; the slopes are exact, by dual numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.site.pictures import Use, picture
from kg.site.plot import Panel, Plot, Series, curves


def _grid(low: float = -4.0, high: float = 4.0, count: int = 161) -> Any:
    import numpy as np

    return np.linspace(low, high, count)


def _slope(function: Callable[[Any], Any], x: Any) -> Any:
    """The derivative of every entry, by running the very text of the function over dual numbers."""
    import numpy as np

    from kg.numbers.dual import Dual

    return function(Dual(x, np.ones_like(x))).tangent


def _with_slope(label: str, function: Callable[[Any], Any]) -> Panel:
    x = _grid()
    return curves(x, {label: function(x), "its slope": _slope(function, x)})


@picture("Zero up to the origin, a straight line of slope one after it; the slope jumps from zero to one.")
def relu(use: Use) -> Plot:
    """The ramp and its slope."""
    x = _grid()
    return Plot((curves(x, {"ReLU": use("relu")(x), "its slope": (x > 0) * 1.0}),))


@picture(
    "On the left GELU beside ReLU: it dips below zero, to −0.17 at about −0.75, and approaches ReLU on both sides. On the "
    "right its slope, which leaves the interval from zero to one: below zero left of the dip, above one from about 0.75 on."
)
def gelu(use: Use) -> Plot:
    """GELU beside ReLU, and its slope beside the distribution function."""
    x, function = _grid(), use("gelu")
    values = curves(x, {"GELU": function(x), "ReLU": use("relu")(x)}, title="values")
    slopes = curves(
        x, {"slope of GELU": _slope(function, x), "normal distribution function": use("normal_cdf")(x)}
    )
    return Plot((values, slopes))


@picture(
    "Swish for three scales. The larger the scale, the closer it is to ReLU and the smaller its dip, which at scale 1 "
    "reaches −0.28. Beside it the slope at scale 1, which runs from just below zero to just above one."
)
def swish(use: Use) -> Plot:
    """Swish for three scales, and one slope."""
    import numpy as np

    x, function = _grid(-6, 6), use("swish")
    lines = {f"β = {beta:g}": function(x, np.asarray(beta)) for beta in (0.3, 1.0, 10.0)}

    values = curves(x, lines, y_label="x σ(βx)")
    slope = _slope(lambda x: function(x, np.asarray(1.0)), x)
    return Plot((values, curves(x, {"slope at β = 1": slope, "value at β = 1": lines["β = 1"]})))


@picture(
    "The difference between GELU with a hyperbolic tangent and GELU itself, in units of one ten-thousandth: two bumps "
    "above zero, just below five units high, and between them two smaller ones below zero."
)
def gelu_tanh(use: Use) -> Plot:
    """What the approximation is off by."""
    x = _grid(-5, 5, 321)
    error = 1e4 * (use("gelu_tanh")(x) - use("gelu")(x))
    return Plot((curves(x, {"difference": error}, y_label="difference × 10⁴"),))


@picture(
    "The S-shaped distribution function of the standard normal law, and the bell of its slope, the density."
)
def normal_cdf(use: Use) -> Plot:
    """Distribution function and density."""
    x = _grid()
    return Plot((curves(x, {"Φ": use("normal_cdf")(x), "φ, its slope": use("normal_density")(x)}),))


@picture(
    "The ramp of the normal law runs above ReLU and rounds its corner; the difference from GELU is the normal density."
)
def normal_ramp(use: Use) -> Plot:
    """The ramp between ReLU and GELU."""
    x = _grid()
    lines = {"ramp of the normal law": use("normal_ramp")(x), "GELU": use("gelu")(x), "ReLU": use("relu")(x)}
    return Plot((curves(x, lines),))


@picture(
    "For thirteen arguments, the mean of 400 numbers that were let through or not, on the curve of GELU: the gate itself only "
    "ever gives the argument or zero."
)
def stochastic_gate(use: Use) -> Plot:
    """Means of many draws on the curve of their expectation."""
    import numpy as np

    x, few = _grid(-3, 3), _grid(-3, 3, 13)
    z = np.random.default_rng(2).standard_normal((400, few.size))
    means = use("stochastic_gate")(few, z).mean(axis=0)
    series = (
        Series("GELU", list(x), list(use("gelu")(x))),
        Series("mean of 400 draws", list(few), list(means), "points"),
    )
    return Plot((Panel(series=series, x_label="x"),))
