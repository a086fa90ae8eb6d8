"""Matrices, transforms, kernels on grids, optics and random matrices against SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy
import torch
from scipy.linalg import expm, qr, toeplitz
from scipy.special import eval_hermitenorm, roots_hermitenorm
from sklearn.metrics.pairwise import polynomial_kernel

from kg.impl.complex import discrete_fourier_transform, parseval_energy, signal_energy
from kg.impl.inverse import disk_transmission_problem, neumann_to_dirichlet_disk
from kg.impl.kernels import arc_cosine_kernel
from kg.impl.leverage import (
    fourier_leverage,
    fourier_matrix,
    least_squares,
    leverage_by_gram_schmidt,
    leverage_by_solve,
    leverage_scores,
)
from kg.impl.operatornorm import power_method
from kg.impl.optics import mach_zehnder_closed_form, mach_zehnder_interferometer
from kg.impl.rainbow import (
    cholesky_features,
    monomial_features,
    nuclear_norm_formula,
    orthogonal_procrustes,
    tensor_square_features,
)
from kg.impl.randommatrix import gue_moments, harer_zagier_moments, polygon_gluings
from kg.impl.toeplitz import fft_toeplitz_product, radix_2_toeplitz_product, toeplitz_product
from kg.impl.waves import exponential_kernel_convolution, local_field_operator

PEERS = {
    "leverage_scores": "scipy.linalg.qr",
    "leverage_by_solve": "scipy.linalg.qr",
    "leverage_by_gram_schmidt": "scipy.linalg.qr",
    "least_squares": "scipy.linalg.lstsq",
    "arc_cosine_kernel": "scipy.integrate.quad",
    "fourier_leverage": "scipy.linalg.qr",
    "fourier_matrix": "torch.polar",
    "toeplitz_product": "scipy.linalg.toeplitz",
    "fft_toeplitz_product": "scipy.linalg.matmul_toeplitz",
    "radix_2_toeplitz_product": "scipy.linalg.matmul_toeplitz",
    "discrete_fourier_transform": "scipy.fft.fft",
    "parseval_energy": "scipy.fft.fft",
    "signal_energy": "scipy.linalg.norm",
    "orthogonal_procrustes": "scipy.linalg.orthogonal_procrustes",
    "nuclear_norm_formula": "torch.linalg.matrix_norm",
    "cholesky_features": "scipy.linalg.cholesky",
    "tensor_square_features": "scipy.linalg.khatri_rao",
    "monomial_features": "sklearn.metrics.pairwise.polynomial_kernel",
    "power_method": "scipy.linalg.svd",
    "mach_zehnder_interferometer": "scipy.linalg.expm",
    "mach_zehnder_closed_form": "scipy.linalg.expm",
    "exponential_kernel_convolution": "scipy.signal.convolve",
    "local_field_operator": "scipy.ndimage.correlate1d",
    "neumann_to_dirichlet_disk": "scipy.integrate.solve_bvp",
    "disk_transmission_problem": "scipy.integrate.solve_bvp",
    "gue_moments": "scipy.linalg.eigvalsh",
    "harer_zagier_moments": "scipy.special.roots_hermitenorm",
    "polygon_gluings": "scipy.special.roots_hermitenorm",
}


def _basis(a: np.ndarray) -> np.ndarray:
    return qr(a, mode="economic")[0]


def test_leverage_scores_are_the_squared_rows_of_a_householder_basis(rng, agree) -> None:
    a = rng.standard_normal((9, 4))
    theirs = np.sum(_basis(a) ** 2, axis=1)
    for ours in (leverage_scores, leverage_by_solve, leverage_by_gram_schmidt):
        agree(ours(a), theirs)


def test_least_squares_by_the_normal_equations(rng, agree) -> None:
    a, b = rng.standard_normal((9, 4)), rng.standard_normal(9)
    agree(least_squares(a, b), scipy.linalg.lstsq(a, b)[0])


def test_the_arc_cosine_kernel_is_a_mean_over_the_directions_of_the_plane(agree) -> None:
    # E r² = 2 for a normal vector of the plane, and the direction is uniform.
    x, angle = np.asarray([[2.0, 0.0]]), 2.2
    y = 3 * np.asarray([[np.cos(angle), np.sin(angle)]])
    mean, _ = scipy.integrate.quad(
        lambda t: 6 * np.cos(t) * np.cos(t - angle) / np.pi, angle - np.pi / 2, np.pi / 2, epsabs=1e-14
    )
    agree(arc_cosine_kernel(x, y), np.asarray([[mean]]))


def test_fourier_features_and_their_leverage(rng, agree) -> None:
    points, weights = rng.standard_normal(7), rng.uniform(0.1, 1, 7)
    frequencies = np.asarray([-2.0, 0.5, 3.0])
    lengths = np.sqrt(weights)[:, None] * np.ones((7, 3))
    waves = torch.polar(torch.from_numpy(lengths), torch.from_numpy(np.outer(points, frequencies)))
    agree(fourier_matrix(points, weights, frequencies), waves)
    agree(fourier_leverage(points, weights, frequencies), np.sum(np.abs(_basis(waves.numpy())) ** 2, axis=1))


@pytest.mark.parametrize("n", [1, 2, 5, 8, 13])
def test_toeplitz_products_by_three_routes(rng, agree, n) -> None:
    column, row, x = rng.standard_normal(n), rng.standard_normal(n), rng.standard_normal((n, 3))
    agree(toeplitz_product(column, row, x), toeplitz(column, row) @ x)
    fast = scipy.linalg.matmul_toeplitz((column, row), x)
    agree(fft_toeplitz_product(column, row, x), fast)
    agree(radix_2_toeplitz_product(column, row, x), fast)


@pytest.mark.parametrize("n", [1, 2, 7, 12])
def test_the_unitary_fourier_transform_and_both_energies(rng, agree, n) -> None:
    x = rng.standard_normal((3, n)) + 1j * rng.standard_normal((3, n))
    agree(discrete_fourier_transform(x), scipy.fft.fft(x, norm="ortho"))
    agree(signal_energy(x[0]), scipy.linalg.norm(x[0]) ** 2)
    agree(parseval_energy(x[0]), scipy.linalg.norm(scipy.fft.fft(x[0], norm="ortho")) ** 2)


def test_the_procrustes_distance_and_its_formula(rng, agree) -> None:
    a, b = rng.standard_normal((2, 3, 7))
    rotation, _ = scipy.linalg.orthogonal_procrustes(a.T, b.T)  # vectors are rows there
    agree(orthogonal_procrustes(a, b), np.sum((a.T @ rotation - b.T) ** 2))
    nuclear = float(torch.linalg.matrix_norm(torch.from_numpy(b @ a.T), "nuc"))
    agree(nuclear_norm_formula(a, b), np.sum(a**2) + np.sum(b**2) - 2 * nuclear)


def test_features_of_a_gram_matrix_and_of_the_squared_kernel(rng, agree) -> None:
    x = rng.standard_normal((5, 5))
    gram = x @ x.T + np.eye(5)
    agree(cholesky_features(gram, features=3), scipy.linalg.cholesky(gram, lower=True)[:, :3])
    rows = rng.standard_normal((4, 3))
    agree(tensor_square_features(rows), scipy.linalg.khatri_rao(rows.T, rows.T).T)


def test_monomial_features_have_the_inner_products_of_the_squared_kernel(rng, agree) -> None:
    rows = rng.standard_normal((4, 3))
    features = monomial_features(rows)
    agree(features @ features.T, polynomial_kernel(rows, degree=2, gamma=1, coef0=0))


def test_the_power_method_ends_at_the_leading_singular_vector(rng, agree) -> None:
    # Singular values 4, 2, 1: after 60 steps the second direction has shrunk by 4^−60.
    left, right = _basis(rng.standard_normal((5, 3))), _basis(rng.standard_normal((3, 3)))
    j = left @ np.diag([4.0, 2.0, 1.0]) @ right.T
    _, values, rows = scipy.linalg.svd(j)
    last = power_method(j, np.asarray([0.6, 0.0, 0.8]), 60)[-1]
    agree(last * np.sign(last @ rows[0]), rows[0])
    agree(np.linalg.norm(j @ last), values[0])


def test_interferometers_are_products_of_matrix_exponentials(rng, agree) -> None:
    theta, phi = rng.uniform(-3, 3, 2)
    splitter = expm(1j * math.pi / 4 * np.asarray([[0, 1], [1, 0]]))
    upper = np.diag([1.0, 0.0])
    theirs = splitter @ expm(1j * theta * upper) @ splitter @ expm(1j * phi * upper)
    for ours in (mach_zehnder_interferometer, mach_zehnder_closed_form):
        agree(ours(np.asarray(theta), np.asarray(phi)), theirs)


def test_the_exponential_kernel_on_a_grid_and_the_operator_that_undoes_it(rng, agree) -> None:
    f, r = rng.standard_normal(6), 0.3
    kernel = (1 - r) / (1 + r) * r ** np.abs(np.arange(-7, 8))
    # Eight points, each at most seven steps from any other: the middle of the full convolution.
    theirs = scipy.signal.convolve(np.pad(f, 1), kernel, method="direct")[7:15]
    agree(exponential_kernel_convolution(f, np.asarray(r)), theirs)
    u = rng.standard_normal(8)
    stencil = np.asarray([-r, 1 + r**2, -r]) / (1 - r) ** 2
    agree(local_field_operator(u, np.asarray(r)), scipy.ndimage.correlate1d(u, stencil)[1:-1])


@pytest.mark.parametrize(("m", "rho", "sigma"), [(1, 0.5, 3.0), (2, 0.4, 0.2), (5, 0.8, 7.0)])
def test_the_disk_is_what_a_boundary_value_solver_finds(m, rho, sigma) -> None:
    # Inside u is a multiple of r^m, so that at ρ the flux is σ m u/ρ; only the ring is left to solve for.
    def slopes(r, state):
        u, du = state
        return np.vstack([du, m**2 * u / r**2 - du / r])

    def ends(inner, outer):
        return np.asarray([inner[1] - sigma * m * inner[0] / rho, outer[1] - 1])

    grid = np.linspace(rho, 1, 40)
    solution = scipy.integrate.solve_bvp(
        slopes, ends, grid, np.vstack([grid, np.ones(40)]), tol=1e-10, max_nodes=20_000
    )
    assert solution.success
    ours = [
        f(m, np.asarray(rho), np.asarray(sigma))
        for f in (neumann_to_dirichlet_disk, disk_transmission_problem)
    ]
    # A hundred times the tolerance of the solver, which bounds a residual and not the error.
    np.testing.assert_allclose(ours, solution.y[0, -1], rtol=1e-8)


def test_gue_moments_are_means_of_powers_of_eigenvalues(rng, agree) -> None:
    n = 5
    g = rng.standard_normal((n, n))
    upper = np.triu(g, 1) + 1j * np.tril(g, -1).T
    h = (upper + upper.conj().T) / math.sqrt(2) + np.diag(np.diag(g))
    values = scipy.linalg.eigvalsh(h / math.sqrt(n))
    agree(gue_moments(g), [np.mean(values**4), np.mean(values**6)])


@pytest.mark.parametrize("n", [1, 2, 3, 6])
def test_expected_moments_are_integrals_of_the_density_of_eigenvalues(agree, n) -> None:
    # The density of the n eigenvalues is Σ_k He_k²/k! times the normal weight; the quadrature is exact.
    nodes, weights = roots_hermitenorm(2 * n + 6)
    density = sum(eval_hermitenorm(k, nodes) ** 2 / math.factorial(k) for k in range(n))
    moments = [weights @ (density * nodes ** (2 * p)) / math.sqrt(2 * math.pi) / n ** (p + 1) for p in (2, 3)]
    for ours in (harer_zagier_moments, polygon_gluings):
        agree(ours(np.asarray(float(n))), moments)
