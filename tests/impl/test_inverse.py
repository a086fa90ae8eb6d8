"""The boundary map of a disk against a finite-volume solution of the differential equation and known limits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.linalg import solve_banded

from kg.impl.inverse import (
    dipole_potential,
    direct_sampling_index,
    disk_transmission_problem,
    finite_volume_disk,
    harmonic_extension_disk,
    neumann_to_dirichlet_disk,
)

BOTH = [neumann_to_dirichlet_disk, disk_transmission_problem]

BoundaryMap = Callable[[int, Any, Any], Any]


def by_finite_volumes(m: int, rho: float, sigma: float, cells: int) -> float:
    """The boundary value of (r s u′)′ = m² s u / r with s u′(1) = 1; `rho` lies on a face between two cells."""
    h = 1 / cells
    centres = (np.arange(cells) + 0.5) * h
    s = np.where(centres < rho, sigma, 1.0)
    # Flux through an inner face: two half cells in series.
    through = np.arange(1, cells) * h / (h / 2 / s[:-1] + h / 2 / s[1:])
    diagonal = m**2 * s * h / centres + np.append(through, 0) + np.append(0, through)
    bands = np.array([np.append(0, -through), diagonal, np.append(-through, 0)])
    u = solve_banded((1, 1), bands, np.append(np.zeros(cells - 1), 1.0))
    return float(u[-1] + h / 2)


@pytest.mark.parametrize("boundary_map", BOTH)
@pytest.mark.parametrize(("m", "sigma"), [(1, 4.0), (2, 0.25), (3, 10.0)])
def test_finite_volumes_tend_to_it_with_second_order(boundary_map: BoundaryMap, m: int, sigma: float) -> None:
    exact = float(boundary_map(m, np.asarray(0.5), np.asarray(sigma)))
    coarse, fine = (abs(by_finite_volumes(m, 0.5, sigma, cells) - exact) for cells in (400, 800))
    assert fine < 1e-4
    assert coarse / fine == pytest.approx(4, rel=0.05)


@pytest.mark.parametrize("boundary_map", BOTH)
@pytest.mark.parametrize("m", [1, 2, 5])
def test_without_contrast_the_factor_is_one_over_the_order(boundary_map: BoundaryMap, m: int) -> None:
    assert boundary_map(m, np.asarray(0.7), np.asarray(1.0)) == pytest.approx(1 / m, rel=1e-14)


@pytest.mark.parametrize("boundary_map", BOTH)
def test_a_value_by_hand(boundary_map: BoundaryMap) -> None:
    # m = 1, ρ² = 1/4, μ = 1/2: (1 − 1/8) / (1 + 1/8).
    assert boundary_map(1, np.asarray(0.5), np.asarray(3.0)) == pytest.approx(7 / 9, rel=1e-14)


@pytest.mark.parametrize("boundary_map", BOTH)
def test_a_perfect_insulator_inside_leaves_the_annulus(boundary_map: BoundaryMap) -> None:
    # No flux enters at ρ, so b r^m + c r^{−m} has b = c ρ^{−2m}, and the factor is (b + c) / m(b − c).
    rho, m = 0.5, 2
    limit = (1 + rho ** (2 * m)) / (1 - rho ** (2 * m)) / m
    assert boundary_map(m, np.asarray(rho), np.asarray(1e-12)) == pytest.approx(limit, rel=1e-10)


@pytest.mark.parametrize(("m", "sigma"), [(1, 4.0), (3, 0.5)])
def test_finite_volumes_on_a_dense_matrix_are_those_on_bands(m: int, sigma: float) -> None:
    conductivity = np.where(np.arange(20) < 10, sigma, 1.0)
    assert finite_volume_disk(m, conductivity)[-1] == pytest.approx(
        by_finite_volumes(m, 0.5, sigma, 20), rel=1e-12
    )


def test_the_harmonic_extension_of_order_two_is_a_saddle() -> None:
    points = np.asarray([[0.5, 0.0], [0.0, 0.5], [0.3, 0.3], [0.0, 0.0]])
    np.testing.assert_allclose(harmonic_extension_disk(2, points), [0.125, -0.125, 0.0, 0.0], atol=1e-16)


def test_a_dipole_at_the_centre_has_the_potential_cos() -> None:
    angles = np.linspace(0, 6, 7)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    np.testing.assert_allclose(dipole_potential(np.zeros((1, 2)), circle)[0], np.cos(angles), rtol=1e-14)


def test_the_index_is_one_for_data_that_are_a_multiple_of_the_probe() -> None:
    probes = np.asarray([[1.0, 2.0, 2.0], [2.0, -1.0, 0.0]])
    np.testing.assert_allclose(direct_sampling_index(probes, 3 * probes[0]), [1.0, 0.0], atol=1e-15)
