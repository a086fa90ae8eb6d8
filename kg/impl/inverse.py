"""The boundary map of a unit disk with a concentric disk of another conductivity inside.

Conventions: conductivity 1 between the radii ρ and 1, σ within ρ; the flux is outward; angular dependence e^{imθ}.
"""

from __future__ import annotations

from kg.numbers import Array, Natural, Positive, Probability, Real, array_namespace, constant


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
