"""Random matrices of finite size, random layers and the speed of fronts against SciPy, NumPy and PyTorch."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import scipy
import torch
from numpy.linalg import matrix_power

from kg.impl.rainbow import layer_alignment_error, random_feature_kernel
from kg.impl.randommatrix import (
    haar_unitary,
    has_real_eigenvalues,
    householder_unitary,
    karlin_mcgregor_determinant,
    least_wishart_eigenvalue,
    noncolliding_walks,
    three_level_gap_ratio,
    two_level_spacing,
    wishart_second_moment,
)
from kg.impl.waves import front_activity, front_activity_by_quadrature, front_speed

PEERS = {
    "haar_unitary": "scipy.stats.unitary_group",
    "householder_unitary": "scipy.linalg.qr",
    "wishart_second_moment": "scipy.linalg.eigvalsh",
    "least_wishart_eigenvalue": "scipy.linalg.svdvals",
    "two_level_spacing": "scipy.linalg.eigvalsh",
    "three_level_gap_ratio": "scipy.linalg.eigvalsh",
    "has_real_eigenvalues": "scipy.linalg.eigvals",
    "noncolliding_walks": "numpy.linalg.matrix_power",
    "karlin_mcgregor_determinant": "numpy.linalg.matrix_power",
    "random_feature_kernel": "torch.nn.functional.relu",
    "layer_alignment_error": "scipy.linalg.orthogonal_procrustes",
    "front_speed": "scipy.optimize.brentq",
    "front_activity": "scipy.integrate.quad",
    "front_activity_by_quadrature": "scipy.integrate.trapezoid",
}


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def hermitian(g: np.ndarray) -> np.ndarray:
    above = (np.triu(g, 1) + 1j * np.tril(g, -1).T) / np.sqrt(2)
    return above + above.conj().T + np.diag(np.diag(g))


@pytest.mark.parametrize("n", [2, 3, 6])
def test_scipy_draws_the_same_haar_matrix_from_the_same_numbers(n: int, agree) -> None:
    parts = np.random.RandomState(n).normal(size=(2, n, n))
    drawn = scipy.stats.unitary_group.rvs(n, random_state=np.random.RandomState(n))
    agree(haar_unitary((parts[0] + 1j * parts[1]) / np.sqrt(2)), drawn)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_householder_reflections_are_those_of_lapack(n: int, agree) -> None:
    z = normal(3, n, n) + 1j * normal(4, n, n)
    agree(householder_unitary(z), scipy.linalg.qr(z)[0])


@pytest.mark.parametrize("imaginary", [0, 1j])
def test_the_second_moment_is_the_mean_squared_eigenvalue(imaginary: complex, agree) -> None:
    x = normal(5, 3, 7) + imaginary * normal(6, 3, 7)
    agree(wishart_second_moment(x), np.mean(scipy.linalg.eigvalsh(x @ x.conj().T / 7) ** 2))


def test_the_least_eigenvalue(agree) -> None:
    x = normal(7, 4, 4) + 1j * normal(8, 4, 4)
    agree(least_wishart_eigenvalue(x), 4 * scipy.linalg.svdvals(x)[-1] ** 2)


def test_spacings_of_two_and_of_three_levels(agree) -> None:
    low, high = scipy.linalg.eigvalsh(hermitian(normal(9, 2, 2)))
    agree(two_level_spacing(normal(9, 2, 2)), (high - low) * np.sqrt(np.pi) / 4)
    gaps = np.diff(scipy.linalg.eigvalsh(hermitian(normal(10, 3, 3))))
    agree(three_level_gap_ratio(normal(10, 3, 3)), min(gaps) / max(gaps))


def test_eigenvalues_are_real_where_the_discriminant_says_so() -> None:
    matrices = normal(11, 200, 2, 2)
    expected = [np.all(scipy.linalg.eigvals(one).imag == 0) for one in matrices]
    np.testing.assert_array_equal(has_real_eigenvalues(matrices).astype(bool), expected)


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_numbers_of_walks_are_entries_of_powers_of_adjacency_matrices(steps: int, agree) -> None:
    places = range(2 * steps + 5)
    one = np.asarray([[float(abs(x - y) == 1) for y in places] for x in places])
    triples = list(combinations(places, 3))
    three = np.asarray(
        [[np.prod([one[x, y] for x, y in zip(a, b, strict=True)]) for b in triples] for a in triples]
    )
    start = (steps, steps + 2, steps + 4)
    ends = [(2 * k, 2 * k + 2, 2 * k + 4) for k in range(steps, -1, -1)]
    never_met = [matrix_power(three, steps)[triples.index(start), triples.index(end)] for end in ends]
    walks = np.ones((steps, 2 * steps + 5))
    agree(noncolliding_walks(walks, walks), never_met)
    minors = [np.linalg.det(matrix_power(one, steps)[np.ix_(start, end)]) for end in ends]
    agree(karlin_mcgregor_determinant(walks, walks), minors)


def test_the_kernel_of_a_random_layer(agree) -> None:
    g, x, y = normal(12, 5, 8, 3), normal(13, 5, 3), normal(14, 5, 3)
    relu = torch.nn.functional.relu
    layer = torch.from_numpy(g)
    first, second = (relu(torch.einsum("snd,sd->sn", layer, torch.from_numpy(p))) for p in (x, y))
    agree(random_feature_kernel(g, x, y), (first * second).mean(dim=-1).numpy())


def test_the_alignment_error_is_what_scipys_rotation_leaves(agree) -> None:
    first, second = normal(15, 2, 3, 6)
    rotation, _ = scipy.linalg.orthogonal_procrustes(first, second)
    left = np.linalg.norm(first @ rotation - second)
    agree(layer_alignment_error(first @ first.T, second @ second.T), left)


def received(s: float, c: float, sigma: float) -> float:
    """What a point receives at a time s before the front reaches it, times the decay since."""
    tail = np.exp(-abs(c) * s / sigma) / 2
    return float(np.exp(-s) * (tail if c > 0 else 1 - tail))


@pytest.mark.parametrize("kappa", [0.1, 0.4, 0.7])
def test_the_speed_is_the_root_of_the_threshold_condition(kappa: float) -> None:
    def excess(c: float) -> float:
        return float(scipy.integrate.quad(received, 0, np.inf, args=(c, 0.8))[0]) - kappa

    bracket = (1e-9, 20) if kappa < 0.5 else (-20, -1e-9)
    speed = scipy.optimize.brentq(excess, *bracket)
    assert float(front_speed(np.asarray(kappa), np.asarray(0.8))) == pytest.approx(speed, rel=1e-7)


@pytest.mark.parametrize("c", [-1.5, 0.3, 4.0])
def test_the_activity_at_a_front(c: float, agree) -> None:
    speed, sigma = np.asarray(c), np.asarray(0.8)
    integral = scipy.integrate.quad(received, 0, np.inf, args=(c, 0.8))[0]
    assert float(front_activity(speed, sigma)) == pytest.approx(integral, rel=1e-7)
    values = [received(i / 8, c, 0.8) for i in range(40 * 8 + 1)]
    agree(front_activity_by_quadrature(speed, sigma, steps=8), scipy.integrate.trapezoid(values, dx=1 / 8))
