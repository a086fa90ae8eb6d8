"""The unit disk with a concentric disk of another conductivity inside: its boundary map, and what probes it from there.

Conventions: conductivity 1 between the radii ρ and 1, σ within ρ; the flux is outward; angular dependence e^{imθ}.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Natural, Positive, Probability, Real, UnitRows, array_namespace, constant


def neumann_to_dirichlet_disk(
    m: Natural[int, "1 5"], rho: Probability[Array, ""], sigma: Positive[Array, ""]
) -> Real[Array, ""]:
    """The factor (1/m)(1 − μρ^{2m})/(1 + μρ^{2m}) from flux to voltage, with the contrast μ = (σ−1)/(σ+1).

    Conventions: outer conductivity 1; outer radius 1; the voltage has mean zero.
    Source: :cite:t:`this_project`.
    """
    contrast = (sigma - 1) / (sigma + 1)
    reflected = contrast * rho ** (2 * m)
    return (1 - reflected) / (1 + reflected) / m


def disk_transmission_problem(
    m: Natural[int, "1 5"], rho: Probability[Array, ""], sigma: Positive[Array, ""]
) -> Real[Array, ""]:
    """The boundary value of the solution with unit flux e^{imθ}, from the conditions at r = ρ and r = 1.

    Inside u = a r^m, outside u = b r^m + c r^{−m}. Voltage and flux match at ρ, the flux is one at the boundary.

    Conventions: outer conductivity 1; outer radius 1; the voltage has mean zero.
    Source: :cite:t:`guo2023boundary`.
    """
    xp = array_namespace(rho)
    grows, decays = rho**m, 1 / rho**m
    zero, order = constant(rho, 0), constant(rho, m)
    matrix = xp.stack(
        [
            xp.stack([grows, -grows, -decays]),
            xp.stack([sigma * m * grows / rho, -m * grows / rho, m * decays / rho]),
            xp.stack([zero, order, -order]),
        ]
    )
    coefficients = xp.linalg.solve(matrix, xp.stack([zero, zero, constant(rho, 1)]))
    return coefficients[1] + coefficients[2]


def finite_volume_disk(m: Natural[int, "1 5"], sigma: Positive[Array, "n"]) -> Real[Array, "n+1"]:
    """The solution with unit flux e^{imθ} on n rings of equal width, at their middles and at the boundary.

    What flows into a ring through its two faces leaves along the ring, m² σ u h/r; between two middles lie two half
    rings in series.

    Conventions: σ is constant on each ring; outer radius 1; the innermost face has radius zero and lets nothing through.
    """
    xp = array_namespace(sigma)
    n = sigma.shape[0]
    ring = np.arange(n)
    half = 1 / (2 * n * sigma)
    faces = xp.asarray(ring[1:], dtype=sigma.dtype) / n
    nothing = xp.zeros((1,), dtype=sigma.dtype)
    through = xp.concat([nothing, faces / (half[1:] + half[:-1]), nothing])
    along = m**2 * sigma / (xp.asarray(ring, dtype=sigma.dtype) + 0.5)
    rows, columns = ring[:, None], ring[None, :]
    matrix = (
        xp.where(xp.asarray(rows == columns), (along + through[1:] + through[:-1])[:, None], 0)
        - xp.where(xp.asarray(rows == columns + 1), through[:-1][:, None], 0)
        - xp.where(xp.asarray(rows == columns - 1), through[1:][:, None], 0)
    )
    flux = xp.asarray(ring == n - 1, dtype=sigma.dtype)
    u = xp.linalg.solve(matrix, flux)
    return xp.concat([u, u[-1:] + half[-1:]])


def harmonic_extension_disk(m: Natural[int, "1 5"], points: Real[Array, "n 2"]) -> Real[Array, "n"]:
    """Re (x + iy)^m / m at the points: the harmonic function on the unit disk with the flux cos mθ at its boundary.

    Conventions: conductivity 1 everywhere; the function is zero at the centre.
    Source: :cite:t:`guo2023boundary`.
    """
    x, y = points[:, 0], points[:, 1]
    real, imaginary = x, y
    for _ in range(m - 1):
        real, imaginary = x * real - y * imaginary, y * real + x * imaginary
    return real / m


def dipole_potential(sources: Real[Array, "n 2"], points: UnitRows[Array, "m 2"]) -> Real[Array, "n m"]:
    """(x − z)·e₁/|x − z|² at points x of the unit circle: the potential of a dipole at z in an insulated disk.

    Conventions: conductivity 1; the dipole points along the first axis; a factor 1/π is left out.
    Source: :cite:t:`bruhl2001explicit`.
    """
    xp = array_namespace(sources)
    gaps = points[None, :, :] - sources[:, None, :]
    return gaps[:, :, 0] / xp.sum(gaps * gaps, axis=-1)


def direct_sampling_index(probes: Real[Array, "n m"], data: Real[Array, "m"]) -> Real[Array, "n"]:
    """The cosine of the angle between the data and each probing function, as functions on the boundary.

    Conventions: one probing function per row; inner products are plain sums over boundary points.
    Source: :cite:t:`chow2014direct`.
    """
    xp = array_namespace(probes)
    lengths = xp.sqrt(xp.sum(probes * probes, axis=1)) * xp.sqrt(xp.sum(data * data))
    return probes @ data / lengths
