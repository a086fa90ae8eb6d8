"""The Gaussian kernel and its shape on the sphere.

Conventions: points are rows; a table has one row per query and one column per key.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Real, UnitRows, array_namespace, constant, pi


def gaussian_kernel(q: Real[Array, "n d"], k: Real[Array, "m d"]) -> Positive[Array, "n m"]:
    """The table of exp(−|q_i − k_j|²/(2√d)) over queries and keys.

    Conventions: the square of the bandwidth is √d, the scale of the exponential kernel; one at distance zero, no
    normalising constant.
    Source: :cite:t:`tsai2019dissection`.
    """
    xp = array_namespace(q)
    gaps = q[:, None, :] - k[None, :, :]
    return xp.exp(-xp.sum(gaps * gaps, axis=-1) / (2 * xp.sqrt(constant(q, q.shape[-1]))))


def von_mises_fisher_density(
    x: UnitRows[Array, "n 3"], mu: UnitRows[Array, "m 3"], kappa: Positive[Array, ""]
) -> Positive[Array, "n m"]:
    """κ/(4π sinh κ) · exp(κ μ_j·x_i): the density at x_i of directions that gather about μ_j.

    Conventions: directions in three dimensions; a density for the area of the unit sphere.
    """
    xp = array_namespace(x)
    hyperbolic_sine = (xp.exp(kappa) - xp.exp(-kappa)) / 2
    return kappa / (4 * pi(x) * hyperbolic_sine) * xp.exp(kappa * (x @ mu.mT))
