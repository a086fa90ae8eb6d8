"""Trace moments against eigenvalues, and the recursion against published small values."""

from math import comb

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kg.impl.randommatrix import (
    gue_moments,
    haar_unitary,
    harer_zagier_moments,
    has_real_eigenvalues,
    householder_unitary,
    karlin_mcgregor_determinant,
    least_wishart_eigenvalue,
    noncolliding_walks,
    polygon_gluings,
    three_level_gap_ratio,
    two_level_spacing,
    wishart_second_moment,
)


def hermitian(g: np.ndarray) -> np.ndarray:
    """The matrix built entry by entry."""
    n = len(g)
    h = np.zeros((n, n), dtype=complex)
    for j in range(n):
        h[j, j] = g[j, j]
        for k in range(j + 1, n):
            h[j, k] = (g[j, k] + 1j * g[k, j]) / np.sqrt(2)
            h[k, j] = np.conj(h[j, k])
    return h / np.sqrt(n)


def test_moments_are_mean_powers_of_eigenvalues() -> None:
    g = np.random.default_rng(11).standard_normal((3, 5, 5))
    spectra = np.stack([np.linalg.eigvalsh(hermitian(one)) for one in g])
    expected = np.stack([np.mean(spectra**4, axis=1), np.mean(spectra**6, axis=1)], axis=-1)
    assert_allclose(gue_moments(g), expected, rtol=1e-11)


def test_a_diagonal_matrix_by_hand() -> None:
    # H = diag(1, 2)/√2: the moments are (1 + 16)/4/2 and (1 + 64)/8/2.
    assert_allclose(gue_moments(np.diag([1.0, 2.0])), [17 / 8, 65 / 16])


@pytest.mark.parametrize("means", [harer_zagier_moments, polygon_gluings])
def test_at_size_one_the_means_are_moments_of_a_normal_number(means) -> None:
    assert_allclose(means(np.asarray(1.0)), [3.0, 15.0])


@pytest.mark.parametrize("means", [harer_zagier_moments, polygon_gluings])
def test_at_size_two_the_means_are_nine_quarters_and_fifteen_halves(means) -> None:
    assert_allclose(means(np.asarray(2.0)), [9 / 4, 15 / 2])


@pytest.mark.parametrize("means", [harer_zagier_moments, polygon_gluings])
def test_large_matrices_have_catalan_numbers(means) -> None:
    catalan = [comb(2 * p, p) / (p + 1) for p in (2, 3)]
    assert_allclose(means(np.asarray(1e8)), catalan)


def test_a_factor_with_positive_diagonal_turns_with_the_matrix() -> None:
    rng = np.random.default_rng(21)
    z, v = rng.standard_normal((2, 4, 4)) + 1j * rng.standard_normal((2, 4, 4))
    v = np.linalg.qr(v)[0]
    assert_allclose(haar_unitary(v @ z), v @ haar_unitary(z), atol=1e-12)


@pytest.mark.parametrize("unitary", [haar_unitary, householder_unitary])
def test_the_factor_is_unitary_and_leaves_a_triangle(unitary) -> None:
    z = np.random.default_rng(22).standard_normal((4, 4)) + 1j * np.random.default_rng(23).standard_normal(
        (4, 4)
    )
    q = unitary(z)
    assert_allclose(q.conj().T @ q, np.eye(4), atol=1e-12)
    assert_allclose(np.tril(q.conj().T @ z, -1), 0, atol=1e-12)


def test_factors_by_hand() -> None:
    # The first column (3, 4)/5; reflections take it with the other sign, and the last number as well.
    assert_allclose(haar_unitary(np.asarray([[3.0, 0], [4, 5]])), [[0.6, -0.8], [0.8, 0.6]])
    assert_allclose(householder_unitary(np.asarray([[3.0, 0], [4, 5]]))[:, 0], [-0.6, -0.8])


def test_moments_and_spacings_by_hand() -> None:
    assert_allclose(wishart_second_moment(np.asarray([[1.0, 1.0], [0.0, 2.0]])), (1 + 1 + 1 + 4) / 2)
    assert_allclose(least_wishart_eigenvalue(np.diag([3.0, 0.5])), 0.5)
    assert_allclose(two_level_spacing(np.asarray([[4.0, 0.0], [0.0, 0.0]])), np.sqrt(np.pi))
    assert_allclose(three_level_gap_ratio(np.diag([0.0, 1.0, 5.0])), 0.25)


def test_a_rotation_has_no_real_eigenvalues_and_a_reflection_has() -> None:
    assert has_real_eigenvalues(
        np.asarray([[[0.0, -1.0], [1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]]])
    ).tolist() == [0, 1]


@pytest.mark.parametrize("count", [noncolliding_walks, karlin_mcgregor_determinant])
def test_macmahons_number_of_plane_partitions_in_a_box(count) -> None:
    # Three walkers of six steps, four up and two down: plane partitions in a box of 2 by 3 by 4.
    ones = np.ones((6, 17))
    assert_allclose(count(ones, ones)[2], 490)
