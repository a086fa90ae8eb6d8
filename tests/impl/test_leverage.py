"""Leverage scores against NumPy's and SciPy's factorisations, and values worked out by hand."""

import numpy as np
import pytest
import scipy.linalg
from numpy.testing import assert_allclose

from kg.impl.leverage import (
    fourier_leverage,
    fourier_matrix,
    least_squares,
    leverage_by_gram_schmidt,
    leverage_by_solve,
    leverage_scores,
    volume_sampled_least_squares,
)

METHODS = [leverage_scores, leverage_by_solve, leverage_by_gram_schmidt]


@pytest.fixture
def tall() -> np.ndarray:
    return np.random.default_rng(1).standard_normal((9, 4))


@pytest.mark.parametrize("method", METHODS)
def test_scores_are_the_squared_rows_of_scipys_orthonormal_basis(method, tall) -> None:
    assert_allclose(method(tall), np.sum(scipy.linalg.orth(tall) ** 2, axis=1), rtol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_for_a_column_of_ones_every_row_has_the_same_share(method) -> None:
    assert_allclose(method(np.ones((5, 1))), np.full(5, 1 / 5))


@pytest.mark.parametrize("method", METHODS)
def test_a_straight_line_through_three_points_has_scores_five_two_five_sixths(method) -> None:
    line = np.asarray([[1.0, -1.0], [1.0, 0.0], [1.0, 1.0]])
    assert_allclose(method(line), [5 / 6, 2 / 6, 5 / 6])


@pytest.mark.parametrize("method", METHODS)
def test_a_row_that_alone_uses_a_column_has_score_one(method, tall) -> None:
    lonely = np.zeros((9, 1))
    lonely[3] = 7.0
    assert_allclose(method(np.hstack([tall, lonely]))[3], 1.0)


@pytest.mark.parametrize("method", METHODS)
def test_mixing_the_columns_changes_no_score(method, tall) -> None:
    mixed = tall @ np.random.default_rng(2).standard_normal((4, 4))
    assert_allclose(method(mixed), method(tall), rtol=1e-9)


def test_the_fourier_matrix_holds_weighted_waves() -> None:
    rows = fourier_matrix(np.asarray([0.0, np.pi / 2]), np.asarray([1.0, 4.0]), np.asarray([0.0, 1.0]))
    assert_allclose(rows, [[1, 1], [2, 2j]], atol=1e-15)


def test_fourier_leverage_is_the_largest_share_over_random_sums_of_waves() -> None:
    rng = np.random.default_rng(3)
    points, weights, frequencies = rng.standard_normal(6), rng.random(6) + 0.1, np.asarray([-1.0, 0.5, 2.0])
    shares = fourier_leverage(points, weights, frequencies)
    rows = np.sqrt(weights)[:, None] * np.exp(1j * np.outer(points, frequencies))
    assert_allclose(shares, np.linalg.norm(np.linalg.qr(rows)[0], axis=1) ** 2, rtol=1e-10)
    sums = np.abs(rows @ (rng.standard_normal((3, 500)) + 1j * rng.standard_normal((3, 500)))) ** 2
    largest = np.max(sums / np.sum(sums, axis=0), axis=1)
    assert np.all(largest <= shares)
    assert np.all(largest > 0.7 * shares)


def test_orthogonal_waves_on_a_regular_grid_share_their_energy_evenly() -> None:
    points, weights = 2 * np.pi * np.arange(8) / 8, np.full(8, 1 / 8)
    assert_allclose(fourier_leverage(points, weights, np.asarray([0.0, 1.0, 3.0])), np.full(8, 3 / 8))


def test_a_line_through_three_points_has_the_slope_and_height_of_the_textbook() -> None:
    line, heights = np.asarray([[1.0, -1.0], [1.0, 0.0], [1.0, 1.0]]), np.asarray([0.0, 0.0, 3.0])
    for solve in (least_squares, volume_sampled_least_squares):
        assert_allclose(solve(line, heights), [1.0, 1.5])


def test_volume_sampling_passes_over_sets_of_dependent_rows() -> None:
    a, b = np.asarray([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), np.asarray([1.0, 2.0, 5.0])
    assert_allclose(volume_sampled_least_squares(a, b), [1.0, 5.0])
