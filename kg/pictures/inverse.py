"""Pictures of what boundary data of a disk say about its inside."""

from __future__ import annotations

from typing import Any

from kg.site.pictures import Use, picture
from kg.site.plot import Panel, Plot, Series, curves, matrix

POINTS = 256
RESOLUTION = 41


def _boundary() -> Any:
    import numpy as np

    angles = 2 * np.pi * np.arange(POINTS) / POINTS
    return np.stack([np.cos(angles), np.sin(angles)], axis=1), angles


def _over_the_disk(use: Use, order: int) -> Any:
    """The index on a square grid, zero outside the disk."""
    import numpy as np

    boundary, angles = _boundary()
    side = np.linspace(-1, 1, RESOLUTION)
    x, y = np.meshgrid(side, -side)
    inside = x**2 + y**2 < 0.97
    points = np.stack([x[inside], y[inside]], axis=1)
    table = np.zeros(x.shape)
    probes = use("dipole_potential")(points, boundary)
    table[inside] = use("direct_sampling_index")(probes, np.cos(order * angles))
    return table


def _along_the_axis(use: Use, order: int) -> Any:
    import numpy as np

    boundary, angles = _boundary()
    r = np.linspace(-0.95, 0.95, 77)
    probes = use("dipole_potential")(np.stack([r, 0 * r], axis=1), boundary)
    return r, use("direct_sampling_index")(probes, np.cos(order * angles))


@picture(
    "The index over the disk for the voltage of an inclusion at the centre. For the current of first order it is √(1 − r²), "
    "largest at the centre where the inclusion is. For the current of second order it is the component of the point along "
    "the dipole times the same root: zero at the centre, positive on one side and negative on the other."
)
def direct_sampling_index(use: Use) -> Plot:
    """The index of two currents over the disk, and along its axis beside the closed forms."""
    import numpy as np

    axes = {"x_label": "first axis", "y_label": "second axis"}
    disks = tuple(matrix(_over_the_disk(use, order), **axes) for order in (1, 2))
    r, first = _along_the_axis(use, 1)
    _, second = _along_the_axis(use, 2)
    few = slice(None, None, 4)
    root = np.sqrt(1 - r**2)
    series = (
        Series("√(1 − r²)", list(r), list(root)),
        Series("z₁ √(1 − r²)", list(r), list(r * root)),
        Series("index, first order", list(r[few]), list(first[few]), "points"),
        Series("index, second order", list(r[few]), list(second[few]), "points"),
    )
    return Plot((*disks, Panel(series=series, x_label="z₁, along the dipole", y_label="index")))


@picture(
    "The factor from flux to voltage for three waves, times their order, against the conductivity inside: all are "
    "one where there is no contrast, and the higher the wave, the less it sees."
)
def neumann_to_dirichlet_disk(use: Use) -> Plot:
    """How the boundary map depends on the inclusion."""
    import numpy as np

    sigma, rho = np.linspace(0.05, 6, 120), np.asarray(0.6)
    ratio = use("neumann_to_dirichlet_disk")
    lines = {f"m = {m}": [m * ratio(m, rho, np.asarray(s)) for s in sigma] for m in (1, 2, 4)}
    return Plot((curves(sigma, lines, x_label="conductivity inside σ", y_label="m × factor, ρ = 0.6"),))


@picture(
    "Real parts of powers: the second and third wave drawn over the disk, with four and six sectors of changing sign."
)
def harmonic_extension_disk(use: Use) -> Plot:
    """Two harmonic functions on the disk."""
    import numpy as np

    side = np.linspace(-1, 1, RESOLUTION)
    x, y = np.meshgrid(side, -side)
    inside = x**2 + y**2 < 1
    panels = []
    for order in (2, 3):
        table = np.zeros(x.shape)
        table[inside] = use("harmonic_extension_disk")(order, np.stack([x[inside], y[inside]], axis=1))
        panels.append(matrix(table, x_label=f"wave {order}", y_label=""))
    return Plot(tuple(panels))
