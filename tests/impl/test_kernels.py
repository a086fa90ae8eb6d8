"""The kernels and their smoother against SciPy and values known by hand."""

import numpy as np
import pytest
from scipy.special import softmax

from kg.impl.kernels import (
    arc_cosine_kernel,
    exponential_kernel,
    nadaraya_watson_smoother,
    positive_random_features,
)

RNG = np.random.default_rng(1)
Q, K, V = RNG.standard_normal((3, 4)), RNG.standard_normal((5, 4)), RNG.standard_normal((5, 2))


def test_the_exponential_kernel_divided_by_its_row_sums_is_the_softmax_of_scipy() -> None:
    kernel = exponential_kernel(Q, K)
    np.testing.assert_allclose(
        kernel / kernel.sum(axis=1, keepdims=True), softmax(Q @ K.T / 2, axis=1), rtol=1e-13
    )


def test_the_exponential_kernel_of_orthogonal_vectors_is_one() -> None:
    assert exponential_kernel(np.array([[1.0, 0.0]]), np.array([[0.0, 7.0]])) == 1


def test_the_exponential_kernel_divides_by_the_root_of_the_width() -> None:
    assert exponential_kernel(np.ones((1, 4)), np.ones((1, 4)))[0, 0] == pytest.approx(np.exp(2), rel=1e-15)


def test_the_smoother_is_the_weighted_average_of_numpy() -> None:
    weights = RNG.random((3, 5))
    expected = [np.average(V, axis=0, weights=row) for row in weights]
    np.testing.assert_allclose(nadaraya_watson_smoother(weights, V), expected, rtol=1e-13)


def test_the_smoother_with_equal_weights_is_the_mean() -> None:
    np.testing.assert_allclose(
        nadaraya_watson_smoother(np.ones((1, 4)), np.array([[1.0], [2], [3], [6]])), [[3]]
    )


def test_the_smoother_reproduces_constants() -> None:
    np.testing.assert_allclose(
        nadaraya_watson_smoother(RNG.random((3, 5)), np.full((5, 1), 7.0)), np.full((3, 1), 7)
    )


def test_a_positive_feature_is_one_at_the_origin_and_e_to_the_three_halves_along_a_direction_of_length_two() -> (
    None
):
    features = positive_random_features(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[2.0, 5.0]]))
    np.testing.assert_allclose(features, [[1.0, np.exp(1.5)]])


def test_the_arc_cosine_kernel_of_parallel_opposite_and_orthogonal_points_is_known() -> None:
    x, y = np.array([[3.0, 0.0]]), np.array([[2.0, 0.0], [-2.0, 0.0], [0.0, 2.0]])
    np.testing.assert_allclose(arc_cosine_kernel(x, y), [[3.0, 0.0, 3 / np.pi]], atol=1e-15)
