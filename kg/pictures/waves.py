"""Pictures of neural fields: the speed of fronts, and the field that a patch of activity makes."""

from __future__ import annotations

from kg.site.pictures import Use, picture
from kg.site.plot import Panel, Plot, Series, curves


@picture(
    "The speed of a front against the threshold: fast and forward at low thresholds, at rest at one half, and backward above; "
    "the curve has no bound at either end."
)
def front_speed(use: Use) -> Plot:
    """Speed for two ranges of the kernel."""
    import numpy as np

    kappa = np.linspace(0.08, 0.92, 169)
    lines = {
        f"range σ = {s:g}": [use("front_speed")(np.asarray(k), np.asarray(s)) for k in kappa]
        for s in (1.0, 2.0)
    }
    return Plot((curves(kappa, lines, x_label="threshold κ", y_label="speed"),))


@picture(
    "What a point has gathered when a front of a given speed arrives: a falling curve from one to zero that crosses one half at "
    "rest. Where it meets a threshold, the front has that speed."
)
def front_activity(use: Use) -> Plot:
    """Activity at arrival against speed, with a threshold to read a speed from."""
    import numpy as np

    speed, one = np.linspace(-4, 4, 161), np.asarray(1.0)
    activity = [use("front_activity")(np.asarray(c), one) for c in speed]
    kappa = 0.3
    own = float(use("front_speed")(np.asarray(kappa), one))
    series = (
        Series("activity at arrival", list(speed), [float(a) for a in activity]),
        Series("threshold 0.3", list(speed), [kappa] * len(speed)),
        Series("speed of that front", [own], [kappa], "points"),
    )
    return Plot((Panel(series=series, x_label="speed c", y_label="activity", y_range=(0.0, 1.0)),))


@picture(
    "A patch of firing, flat in the middle of the line, and the field it makes: smooth, with tails that decay exponentially."
)
def exponential_kernel_convolution(use: Use) -> Plot:
    """A patch and its field."""
    import numpy as np

    places = np.arange(-20, 21)
    patch = (abs(places) <= 6) * 1.0
    field = use("exponential_kernel_convolution")(patch, np.asarray(0.7))
    series = (
        Series("field", [-21, *places, 21], list(field)),
        Series("firing", list(places - 0.5), list(patch), "steps"),
    )
    return Plot((Panel(series=series, x_label="place"),))
