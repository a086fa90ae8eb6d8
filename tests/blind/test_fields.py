"""A disk with a disk inside and a neural field: the project's functions against those rewritten."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from comparison import SEEDS, assert_agree, assert_exactly_equal, fractions, largest, the_projects
from rewritten import fields as mine

DISKS = [
    (m, rho, sigma)
    for m in (1, 2, 5)
    for rho in (0.03, 0.3, 0.7, 0.97)
    for sigma in (1e-3, 0.4, 1.0, 7.0, 1e4)
]


@pytest.mark.parametrize(("m", "rho", "sigma"), DISKS)
def test_the_map_of_a_disk_has_the_eigenvalues_that_matching_gives(m: int, rho: float, sigma: float) -> None:
    solved = mine.disk_transmission_problem(m, rho, sigma)
    assert solved == mine.neumann_to_dirichlet_disk(m, Fraction(rho), Fraction(sigma))
    # The closed form divides by 1 + μρ^{2m}, which may cancel; the values themselves may be as large as the quotient.
    contrast = (sigma - 1) / (sigma + 1)
    scale = (1 + float(solved)) / (1 + contrast * rho ** (2 * m))
    closed = the_projects("inverse", "neumann_to_dirichlet_disk")(m, np.float64(rho), np.float64(sigma))
    assert_agree(float(solved), closed, scale=scale, size=4 * m)


@pytest.mark.parametrize(("m", "rho", "sigma"), DISKS)
def test_the_project_solves_the_transmission_problem(m: int, rho: float, sigma: float) -> None:
    # A linear system of three equations, as ill conditioned as the best scaling of its rows and columns leaves it.
    matrix = np.array(mine.transmission_system(m, rho, sigma)[0])
    condition = float(np.linalg.cond(scaled(matrix)))
    theirs = the_projects("inverse", "disk_transmission_problem")(m, np.float64(rho), np.float64(sigma))
    solved = float(mine.disk_transmission_problem(m, rho, sigma))
    assert_agree(solved, theirs, scale=condition * (1 + solved), size=4 * m)


def scaled(matrix: np.ndarray) -> np.ndarray:
    """Rows, then columns, divided by their largest entries."""
    matrix = matrix / np.max(np.abs(matrix), axis=0, keepdims=True)
    return matrix / np.max(np.abs(matrix), axis=1, keepdims=True)


@pytest.mark.parametrize(("m", "rho", "sigma"), [(1, 0.5, 3.0), (2, 0.8, 0.2), (3, 0.6, 40.0), (5, 0.9, 2.0)])
def test_the_differential_equation_itself_gives_these_eigenvalues(m: int, rho: float, sigma: float) -> None:
    closed = mine.neumann_to_dirichlet_disk(m, rho, sigma)
    assert (
        abs(mine.eigenvalue_by_integration(m, rho, sigma) - closed) <= 1e-10
    )  # the solver keeps 12 digits a step


@pytest.mark.parametrize("r", [0.03, 0.3, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_the_convolution_with_an_exponential_kernel_is_undone_locally(seed: int, r: float) -> None:
    f = fractions(np.random.default_rng(seed), 7)
    exact = mine.exponential_kernel_convolution(f, Fraction(r))
    assert len(exact) == 9
    assert_exactly_equal(mine.local_field_operator(exact, Fraction(r)), f)
    floats, scale = f.astype(float), largest(f)
    spread = the_projects("waves", "exponential_kernel_convolution")(floats, np.float64(r))
    assert_agree(exact, spread, scale=scale, size=7 * 8)  # powers up to the eighth
    # The operator takes differences of numbers of the size of u and divides by (1 − r)².
    there = the_projects("waves", "local_field_operator")(spread, np.float64(r))
    assert_agree(f, there, scale=4 * scale / (1 - r) ** 2, size=7 * 8)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_local_operator_is_as_defined(seed: int) -> None:
    rng = np.random.default_rng(seed)
    u, r = rng.normal(size=5), rng.uniform(0, 0.95)
    theirs = the_projects("waves", "local_field_operator")(u, np.float64(r))
    assert_agree(mine.local_field_operator(u, r), theirs, scale=4 * largest(u) / (1 - r) ** 2, size=3)
