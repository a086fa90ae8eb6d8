"""Trace moments against eigenvalues, and the recursion against published small values."""

from math import comb

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kg.impl.randommatrix import gue_moments, harer_zagier_moments, polygon_gluings


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
