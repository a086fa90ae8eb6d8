"""Pictures of eigenvalues of random matrices beside the laws they follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg.site.pictures import Use, picture
from kg.site.plot import Panel, Plot, Series

SAMPLES = 20_000


def _against_a_law(
    values: Any, law: Callable[[Any], Any], *, law_label: str, end: float, x_label: str
) -> Panel:
    """A histogram as a density, and the density of a law over it."""
    import numpy as np

    heights, edges = np.histogram(values, bins=40, range=(0, end))
    density = heights / (len(values) * (edges[1] - edges[0]))
    x = np.linspace(0, end, 161)
    series = (
        Series(f"{len(values)} matrices", list(edges), [*density, 0.0], "steps"),
        Series(law_label, list(x), list(law(x))),
    )
    return Panel(series=series, x_label=x_label, y_label="density")


def _spacings(use: Use) -> Panel:
    import numpy as np

    samples = np.random.default_rng(4).standard_normal((SAMPLES, 2, 2))
    return _against_a_law(
        use("two_level_spacing")(samples),
        lambda s: 32 / np.pi**2 * s**2 * np.exp(-4 * s**2 / np.pi),
        law_label="Wigner’s surmise",
        end=3.2,
        x_label="spacing over its mean",
    )


@picture(
    "Histogram of the spacings of two eigenvalues with Wigner’s surmise over it: the curve starts at zero like a square, has "
    "its top near 0.9 and is all but over at 2.5. Small spacings are rare."
)
def two_level_spacing(use: Use) -> Plot:
    """Spacings of 2×2 matrices."""
    return Plot((_spacings(use),))


@picture(
    "Histogram of the spacings of two eigenvalues with Wigner’s surmise over it; independent levels would instead have most "
    "of their spacings near zero."
)
def eigenvalue_spacing(use: Use) -> Plot:
    """The same, beside what independent levels would do."""
    import numpy as np

    panel = _spacings(use)
    x = np.linspace(0, 3.2, 161)
    independent = Series("independent levels", list(x), list(np.exp(-x)))
    return Plot((Panel("", (*panel.series, independent), panel.x_label, panel.y_label),))


@picture(
    "Histogram of the least eigenvalue of square complex Wishart matrices on the exponential law it follows exactly."
)
def least_wishart_eigenvalue(use: Use) -> Plot:
    """The smallest eigenvalue of 4×4 matrices."""
    import numpy as np

    noise = np.random.default_rng(5).standard_normal((2, SAMPLES, 4, 4)) / np.sqrt(2)
    values = use("least_wishart_eigenvalue")(noise[0] + 1j * noise[1])
    return Plot(
        (
            _against_a_law(
                values,
                lambda s: np.exp(-s),
                law_label="exponential law",
                end=5.0,
                x_label="n × least eigenvalue",
            ),
        )
    )


@picture(
    "The mean of the scaled largest eigenvalue against the size of the matrix: it lies below the mean of the Tracy–Widom "
    "law, −1.77, and rises towards it."
)
def largest_gue_eigenvalue_mean(use: Use) -> Plot:
    """The approach to the law at the edge of the spectrum."""
    import numpy as np

    sizes = [2, 4, 6, 8, 12, 16, 24, 32, 48]
    means = [use("largest_gue_eigenvalue_mean")(n) for n in sizes]
    scaled = [
        (mean - np.sqrt(2 * n)) * np.sqrt(2) * n ** (1 / 6) for mean, n in zip(means, sizes, strict=True)
    ]
    limit = use("tracy_widom_mean")()
    series = (
        Series("mean at size n", sizes, scaled, "points"),
        Series("mean of the Tracy–Widom law", sizes, [limit] * len(sizes)),
    )
    return Plot((Panel(series=series, x_label="n", y_label="scaled mean"),))
