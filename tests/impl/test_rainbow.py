"""Procrustes alignment against SciPy, and features with given inner products."""

import numpy as np
import pytest
import scipy.linalg
from numpy.testing import assert_allclose

from kg.impl.rainbow import (
    cholesky_features,
    layer_alignment_error,
    monomial_features,
    nuclear_norm_formula,
    orthogonal_procrustes,
    random_feature_kernel,
    tensor_square_features,
)

VALUES = [orthogonal_procrustes, nuclear_norm_formula]


@pytest.mark.parametrize("value", VALUES)
def test_the_distance_is_the_one_after_scipys_rotation(value) -> None:
    rng = np.random.default_rng(7)
    a, b = rng.standard_normal((2, 4, 9))
    rotation, _ = scipy.linalg.orthogonal_procrustes(a.T, b.T)
    assert_allclose(value(a, b), np.linalg.norm(a.T @ rotation - b.T) ** 2, rtol=1e-10)


@pytest.mark.parametrize("value", VALUES)
def test_a_reflected_copy_is_at_distance_zero(value) -> None:
    a = np.asarray([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    assert_allclose(value(a, np.diag([1.0, -1.0]) @ a), 0, atol=1e-12)


@pytest.mark.parametrize("value", VALUES)
def test_vectors_of_other_lengths_leave_the_squared_differences(value) -> None:
    # A = diag(1, 2), B = diag(3, 5): no rotation helps, and (3−1)² + (5−2)² = 13 is left.
    assert_allclose(value(np.diag([1.0, 2.0]), np.diag([3.0, 5.0])), 13.0)


def test_cholesky_features_are_numpys_cholesky_factor() -> None:
    x = np.random.default_rng(8).standard_normal((3, 3))
    assert_allclose(cholesky_features(x @ x.T), np.linalg.cholesky(x @ x.T), atol=1e-10)


def test_features_rebuilt_from_a_gram_matrix_have_it() -> None:
    x = np.random.default_rng(9).standard_normal((8, 3))
    y = cholesky_features(x @ x.T, features=3)
    assert_allclose(y @ y.T, x @ x.T, atol=1e-12)


def test_two_lists_of_quadratic_features_by_hand() -> None:
    x = np.asarray([[2.0, 3.0]])
    assert_allclose(tensor_square_features(x), [[4, 6, 6, 9]])
    assert_allclose(monomial_features(x), [[4, 9, 6 * np.sqrt(2)]])


@pytest.mark.parametrize("features", [tensor_square_features, monomial_features])
def test_quadratic_features_have_the_squared_kernel(features) -> None:
    x = np.random.default_rng(10).standard_normal((5, 4))
    assert_allclose(features(x) @ features(x).T, (x @ x.T) ** 2)


def test_a_layer_of_two_neurons_by_hand() -> None:
    # Only the first neuron fires for both points: 1 · 2 over two neurons.
    g = np.asarray([[[1.0, 0.0], [0.0, -1.0]]])
    assert_allclose(random_feature_kernel(g, np.asarray([[1.0, 1.0]]), np.asarray([[2.0, -3.0]])), [1.0])


def test_layers_of_commuting_kernels_are_as_far_apart_as_the_roots() -> None:
    assert_allclose(layer_alignment_error(np.diag([9.0, 1.0]), np.diag([25.0, 1.0])), 2.0)
