"""Checks of the claims about boundary value problems, and the conditions of a disk with a disk inside."""

from __future__ import annotations

from kg.numbers import constant
from kg.verify import Array, Natural, Real, check, condition


@condition
def inclusion_inside_the_disk(rho):
    return bool((rho > 0) & (rho < 1))


@inclusion_inside_the_disk.sampler
def _(rho):
    return {"rho": 1 / (1 + rho * rho)}


@condition
def positive_conductivity(sigma):
    return bool(sigma > 0)


@positive_conductivity.sampler
def _(sigma):
    return {"sigma": sigma * sigma}


@condition
def positive_angular_order(m):
    return m >= 1


@positive_angular_order.sampler
def _(m):
    return {"m": max(1, abs(m))}


@check
def neumann_to_dirichlet_disk_is_the_disk_transmission_solution(
    use, m: Natural[int, "1 5"], rho: Real[Array, ""], sigma: Real[Array, ""]
):
    return use("neumann_to_dirichlet_disk")(m, rho, sigma), use("disk_transmission_problem")(m, rho, sigma)


@neumann_to_dirichlet_disk_is_the_disk_transmission_solution.control("the inclusion is overlooked: 1/m")
def _(use, m, rho, sigma):
    return constant(rho, 1) / m, use("disk_transmission_problem")(m, rho, sigma)


@neumann_to_dirichlet_disk_is_the_disk_transmission_solution.control("the contrast has the wrong sign")
def _(use, m, rho, sigma):
    # Exchanging σ for 1/σ turns (σ−1)/(σ+1) into its negative.
    return use("neumann_to_dirichlet_disk")(m, rho, 1 / sigma), use("disk_transmission_problem")(
        m, rho, sigma
    )


@neumann_to_dirichlet_disk_is_the_disk_transmission_solution.control(
    "the inclusion enters by ρ^m, not by ρ^{2m}"
)
def _(use, m, rho, sigma):
    reflected = (sigma - 1) / (sigma + 1) * rho**m
    return (1 - reflected) / (1 + reflected) / m, use("disk_transmission_problem")(m, rho, sigma)
