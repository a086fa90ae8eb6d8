"""Checks of the claims about boundary value problems, and the conditions of a disk with a disk inside."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, jvp, unit_root
from kg.verify import Array, Natural, Positive, Probability, Real, Size, UnitRows, check, condition


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


_CELLS = (8, 16, 32, 64)
_ORDERS = (1, 2, 3)


def _with_inclusion(n, conductivity):
    """Conductivities of n rings, half of which belong to an inclusion of radius one half."""
    return np.where(np.arange(n) < n // 2, conductivity, 1.0)


def _boundary_errors(use, n, conductivity, stated):
    errors = []
    for m in _ORDERS:
        u = use("finite_volume_disk")(m, _with_inclusion(n, conductivity))
        errors.append(u[-1] - use("neumann_to_dirichlet_disk")(m, np.asarray(0.5), np.asarray(stated)))
    return errors


@check(sizes={"n": _CELLS})
def finite_volumes_tend_to_the_boundary_map_of_a_disk_with_second_order(use, n: Size[int, "n"]):
    return _boundary_errors(use, n, 4.0, 4.0), -2


@finite_volumes_tend_to_the_boundary_map_of_a_disk_with_second_order.control(
    "the contrast has the wrong sign"
)
def _(use, n):
    return _boundary_errors(use, n, 4.0, 0.25), -2


@finite_volumes_tend_to_the_boundary_map_of_a_disk_with_second_order.control("the inclusion is overlooked")
def _(use, n):
    return _boundary_errors(use, n, 1.0, 4.0), -2


# Harmonic extension ---------------------------------------------------------------------------------------------


def _chebyshev(m, x):
    """cos mθ from x = cos θ, by cos (m+1)θ = 2 cos θ cos mθ − cos (m−1)θ."""
    before, wave = 1 + 0 * x, x
    for _ in range(m - 1):
        before, wave = wave, 2 * x * wave - before
    return wave


def _laplacian(u, points):
    """The sum of the two second derivatives, by dual numbers inside dual numbers."""
    xp = array_namespace(points)
    unit = xp.eye(2, dtype=points.dtype)
    directions = [0 * points + unit[i, :] for i in range(2)]
    return sum(jvp(lambda y, w=w: jvp(u, y, 0 * y + w[0, :]), points, w) for w in directions)


def _neumann_problem(use, m, points):
    """Minus the divergence of the flux inside, and the flux through the boundary."""

    def u(y):
        return use("harmonic_extension_disk")(m, y)

    return [_laplacian(u, points), jvp(u, points, points)]


@check
def harmonic_extension_disk_solves_the_neumann_problem(
    use, m: Natural[int, "1 5"], points: UnitRows[Array, "n 2"]
):
    wave = _chebyshev(m, points[:, 0])
    return _neumann_problem(use, m, points), [0 * wave, wave]


@harmonic_extension_disk_solves_the_neumann_problem.control("Helmholtz's equation in place of Laplace's")
def _(use, m, points):
    wave = _chebyshev(m, points[:, 0])
    laplacian, flux = _neumann_problem(use, m, points)
    return [laplacian - use("harmonic_extension_disk")(m, points), flux], [0 * wave, wave]


@harmonic_extension_disk_solves_the_neumann_problem.control("the voltage is given and not the flux")
def _(use, m, points):
    wave = _chebyshev(m + 1, points[:, 0])
    return use("harmonic_extension_disk")(m + 1, points), wave


@check
def harmonic_extension_disk_falls_as_a_power_of_the_radius(
    use, m: Natural[int, "1 5"], r: Probability[Array, ""], points: UnitRows[Array, "n 2"]
):
    return use("harmonic_extension_disk")(m, r * points), r**m * _chebyshev(m, points[:, 0]) / m


@harmonic_extension_disk_falls_as_a_power_of_the_radius.control("it falls with the same power for all orders")
def _(use, m, r, points):
    return use("harmonic_extension_disk")(m + 1, r * points), r * _chebyshev(m + 1, points[:, 0]) / (m + 1)


@harmonic_extension_disk_falls_as_a_power_of_the_radius.control("it is not divided by the order")
def _(use, m, r, points):
    return use("harmonic_extension_disk")(m + 1, r * points), r ** (m + 1) * _chebyshev(m + 1, points[:, 0])


@check(sizes={"n": _CELLS})
def finite_volumes_tend_to_the_harmonic_extension_with_second_order(use, n: Size[int, "n"]):
    return _profile_errors(use, n, 0), -2


def _profile_errors(use, n, power):
    """Finite volumes, times the wave in one direction, against the extension there, times a power of the radius."""
    radii = (np.arange(n) + 0.5) / n
    points = np.stack([0.6 * radii, 0.8 * radii], axis=1)
    errors = []
    for m in _ORDERS:
        u = use("finite_volume_disk")(m, np.ones(n))[:-1]
        errors.append(u * _chebyshev(m, 0.6) - radii**power * use("harmonic_extension_disk")(m, points))
    return errors


@finite_volumes_tend_to_the_harmonic_extension_with_second_order.control(
    "the extension falls by one power more"
)
def _(use, n):
    return _profile_errors(use, n, 1), -2


# The range criterion --------------------------------------------------------------------------------------------


def _circle(x, n):
    """n equidistant points of the unit circle, as cosines and sines made of roots of unity."""
    xp = array_namespace(x)
    forth, back = (xp.stack([unit_root(x, n, sign * j) for j in range(n)]) for sign in (1, -1))
    return xp.stack([(forth + back) / 2, (forth - back) / (2 * 1j)], axis=1)


def _dipole_coefficients(use, r, n):
    """2/n times the sums of the dipole's potential against cos mθ, for m = 1 … n − 1."""
    xp = array_namespace(r)
    points = _circle(r, n)
    potential = use("dipole_potential")(xp.stack([r, 0 * r])[None, :], points)[0, :]
    waves = [_chebyshev(m, points[:, 0]) for m in range(1, n)]
    return xp.stack([2 * xp.sum(potential * wave) / n for wave in waves])


@condition
def at_least_two_boundary_points(n):
    return n >= 2


@check
def fourier_coefficients_of_a_dipole_are_powers_of_its_radius(
    use, n: Size[int, "n"], r: Probability[Array, ""]
):
    xp = array_namespace(r)
    folded = xp.stack([(r ** (m - 1) + r ** (n - m - 1)) / (1 - r**n) for m in range(1, n)])
    return _dipole_coefficients(use, r, n), folded


@fourier_coefficients_of_a_dipole_are_powers_of_its_radius.control(
    "the power is that of the wave, not one less"
)
def _(use, n, r):
    xp = array_namespace(r)
    folded = xp.stack([(r**m + r ** (n - m)) / (1 - r**n) for m in range(1, n)])
    return _dipole_coefficients(use, r, n), folded


@fourier_coefficients_of_a_dipole_are_powers_of_its_radius.control(
    "waves that the grid cannot tell apart are forgotten"
)
def _(use, n, r):
    xp = array_namespace(r)
    return _dipole_coefficients(use, r, n), xp.stack([r ** (m - 1) for m in range(1, n)])


_INCLUSION = 0.9
_POINTS = 1024


def _picard_term(use, m, r, noise):
    """Squared component of a dipole along the wave of order m, over what the inclusion changes at that order."""
    # Midpoints, so that the symmetric potential is integrated exactly on a half circle as well.
    angles = 2 * np.pi * (np.arange(_POINTS) + 0.5) / _POINTS
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    potential = use("dipole_potential")(np.asarray([[r, 0.0]]), circle)[0]
    component = np.mean(potential * np.cos(m * angles))
    change = use("disk_transmission_problem")(m, np.asarray(_INCLUSION), np.asarray(1.05)) - 1 / m
    return component**2 / abs(change + noise)


def _picard_ratio(use, m, r, noise=0.0):
    return _picard_term(use, m + 1, r, noise) / _picard_term(use, m, r, noise)


@check(sizes={"n": (6, 12, 24, 48)})
def picard_ratio_inside_the_inclusion_is_below_one(use, n: Size[int, "n"]):
    return _picard_ratio(use, n, 0.85) - (0.85 / _INCLUSION) ** 2, -1


@picard_ratio_inside_the_inclusion_is_below_one.control("the ratio of the radii, not squared")
def _(use, n):
    return _picard_ratio(use, n, 0.85) - 0.85 / _INCLUSION, -1


@picard_ratio_inside_the_inclusion_is_below_one.control("an error of a hundredth in the measured map")
def _(use, n):
    return _picard_ratio(use, n, 0.85, noise=0.01) - (0.85 / _INCLUSION) ** 2, -1


@check(sizes={"n": (6, 12, 24, 48)})
def picard_ratio_outside_the_inclusion_is_above_one(use, n: Size[int, "n"]):
    return _picard_ratio(use, n, 0.95) - (0.95 / _INCLUSION) ** 2, -1


@picard_ratio_outside_the_inclusion_is_above_one.control(
    "the point counts as one of the inclusion's boundary"
)
def _(use, n):
    return _picard_ratio(use, n, 0.95) - 1.0, -1


@picard_ratio_outside_the_inclusion_is_above_one.control("an error of a hundredth in the measured map")
def _(use, n):
    return _picard_ratio(use, n, 0.95, noise=0.01) - (0.95 / _INCLUSION) ** 2, -1


# The rings as a network ------------------------------------------------------------------------------------------


@check
def finite_volumes_on_rings_are_a_continued_fraction(
    use, m: Natural[int, "1 5"], sigma: Positive[Array, "n"]
):
    return use("finite_volume_disk")(m, sigma), _ladder(m, sigma, 2)


def _ladder(m, sigma, halves):
    """Voltages of a ladder of conductors when one unit flows in at its end: from the centre out, and then back."""
    xp = array_namespace(sigma)
    n = sigma.shape[0]
    leaks = [m**2 * sigma[k] / (constant(sigma, 2 * k + 1) / 2) for k in range(n)]
    # Between the middles of two rings: half of each, of length 1/(2n), crossed at the radius k/n.
    links = [2 * k / (1 / sigma[k - 1] + 1 / sigma[k]) for k in range(1, n)]
    inward = [leaks[0]]
    for link, leak in zip(links, leaks[1:], strict=True):
        inward.append(leak + 1 / (1 / link + 1 / inward[-1]))
    voltages = [1 / inward[-1]]
    for link, admittance in zip(reversed(links), reversed(inward[:-1]), strict=True):
        voltages.append(voltages[-1] * link / (link + admittance))
    return xp.stack([*reversed(voltages), voltages[0] + 1 / (halves * n * sigma[n - 1])])


@finite_volumes_on_rings_are_a_continued_fraction.control(
    "a whole ring lies before the boundary, not half of one"
)
def _(use, m, sigma):
    return use("finite_volume_disk")(m, sigma), _ladder(m, sigma, 1)


@finite_volumes_on_rings_are_a_continued_fraction.control("the angular order is one too")
def _(use, m, sigma):
    return use("finite_volume_disk")(m + 1, sigma), _ladder(1, sigma, 2)
