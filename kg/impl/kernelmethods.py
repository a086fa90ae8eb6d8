"""Kernel ridge regression and mean shift.

Conventions: points are rows; the exponential kernel has the scale 1/√d, the Gaussian weights have the squared
bandwidth √d.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Real, array_namespace, constant


def kernel_ridge_regression(
    q: Real[Array, "n d"], k: Real[Array, "m d"], y: Real[Array, "m e"], ridge: Positive[Array, ""]
) -> Real[Array, "n e"]:
    """κ(q, k) (κ(k, k) + λI)⁻¹ y for the exponential kernel κ: the function that fits the values y at the points k.

    Conventions: scale 1/√d in the kernel; λ is added once, not times the number of points.
    """
    xp = array_namespace(q)
    scale = xp.sqrt(constant(q, k.shape[-1]))
    gram = xp.exp(k @ k.mT / scale) + ridge * xp.eye(k.shape[0], dtype=k.dtype)
    return xp.exp(q @ k.mT / scale) @ xp.linalg.solve(gram, y)


def mean_shift_step(x: Real[Array, "n d"], points: Real[Array, "m d"]) -> Real[Array, "n d"]:
    """Move each x to the mean of the points, weighted by a Gaussian of their distance from it.

    Conventions: the square of the bandwidth is √d; the points stay where they are; one step.
    Source: :cite:t:`fukunaga1975estimation`, :cite:t:`cheng1995mean`.
    """
    xp = array_namespace(x)
    bandwidth_squared = xp.sqrt(constant(x, x.shape[1]))
    moved = []
    for i in range(x.shape[0]):
        nearness = xp.exp(-xp.sum((points - x[i, :]) ** 2, axis=1) / bandwidth_squared / 2)
        moved.append(nearness @ points / xp.sum(nearness))
    return xp.stack(moved)
