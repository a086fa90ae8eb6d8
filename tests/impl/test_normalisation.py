"""Implementations of normalisation against SciPy, finite differences and values worked out by hand."""

import numpy as np
from scipy.optimize import approx_fprime
from scipy.stats import zscore

from kg.impl.normalisation import (
    instance_norm,
    layer_norm,
    layer_norm_jacobian,
    pre_layer_norm_network,
    pre_rms_norm_network,
    rms_norm,
    scaled_projection,
    sphere_projection,
    weight_normalisation,
    weight_normalisation_gradient,
)

RNG = np.random.default_rng(21)


def test_layer_norm_is_the_z_score_of_each_row():
    x = RNG.normal(size=(4, 6))
    np.testing.assert_allclose(layer_norm(x), zscore(x, axis=1, ddof=0), rtol=1e-12)


def test_layer_norm_of_one_two_three():
    np.testing.assert_allclose(layer_norm(np.array([[1.0, 2.0, 3.0]])), [[-np.sqrt(1.5), 0, np.sqrt(1.5)]])


def test_epsilon_is_added_to_the_variance_and_not_to_the_deviation():
    # Variance 1, so √(1 + 3) = 2.
    np.testing.assert_allclose(layer_norm(np.array([[-1.0, 1.0]]), epsilon=3), [[-0.5, 0.5]])
    np.testing.assert_allclose(rms_norm(np.array([[1.0, 1.0]]), epsilon=3), [[0.5, 0.5]])
    np.testing.assert_allclose(instance_norm(np.array([[-1.0], [1.0]]), epsilon=3), [[-0.5], [0.5]])


def test_instance_norm_is_the_z_score_of_each_column():
    x = RNG.normal(size=(7, 3))
    np.testing.assert_allclose(instance_norm(x), zscore(x, axis=0, ddof=0), rtol=1e-12)


def test_rms_norm_makes_every_row_as_long_as_the_root_of_its_width():
    x = RNG.normal(size=(4, 9))
    np.testing.assert_allclose(np.linalg.norm(rms_norm(x), axis=1), 3)
    np.testing.assert_allclose(rms_norm(np.array([[3.0, 4.0]])), np.array([[3, 4]]) / np.sqrt(12.5))


def test_the_jacobian_agrees_with_finite_differences_with_and_without_epsilon():
    x = RNG.normal(size=5)
    for epsilon in (0, 0.5):
        numerical = approx_fprime(x, lambda y, e=epsilon: layer_norm(y[None, :], epsilon=e)[0], 1e-7)
        np.testing.assert_allclose(layer_norm_jacobian(x, epsilon=epsilon), numerical, atol=1e-6)


def test_the_jacobian_has_rank_two_less_than_the_width_and_equal_singular_values():
    x = RNG.normal(size=6)
    values = np.linalg.svd(layer_norm_jacobian(x), compute_uv=False)
    np.testing.assert_allclose(values, [1 / np.std(x)] * 4 + [0, 0], atol=1e-14)


def test_the_scaled_projection_kills_constants_and_the_row_and_keeps_what_is_orthogonal():
    x = np.array([-1.0, 0.0, 1.0])
    p = scaled_projection(x)
    np.testing.assert_allclose(p @ np.ones(3), 0, atol=1e-15)
    np.testing.assert_allclose(p @ x, 0, atol=1e-15)
    w = np.array([1.0, -2.0, 1.0])
    np.testing.assert_allclose(p @ w, w / np.sqrt(2 / 3), rtol=1e-14)


def test_the_sphere_projection_has_mean_zero_and_length_root_d():
    x = RNG.normal(size=(4, 6))
    np.testing.assert_allclose(sphere_projection(x).sum(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(sphere_projection(x), axis=1), np.sqrt(6))
    np.testing.assert_allclose(sphere_projection(x), zscore(x, axis=1), rtol=1e-12)


def test_weight_normalisation_has_the_stated_length_and_its_gradient_agrees_with_finite_differences():
    v, gradient = RNG.normal(size=5), RNG.normal(size=5)
    np.testing.assert_allclose(weight_normalisation(np.array([3.0, 4.0]), 10), [6, 8])
    numerical = approx_fprime(v, lambda u: gradient @ weight_normalisation(u, 2.0), 1e-7)
    np.testing.assert_allclose(weight_normalisation_gradient(v, gradient, 2.0), numerical, atol=1e-6)


def test_a_network_without_branches_is_one_normalisation():
    x = RNG.normal(size=(3, 4))
    nothing = np.zeros((2, 4, 5)), np.zeros((2, 5, 4))
    gain = np.ones((2, 4))
    np.testing.assert_allclose(
        pre_layer_norm_network(x, gain, 0 * gain, *nothing), zscore(x, axis=1), rtol=1e-12
    )
    plain = x / np.sqrt(np.mean(x**2, axis=1, keepdims=True))
    np.testing.assert_allclose(pre_rms_norm_network(x, nothing[0], np.ones((2, 5)), nothing[1]), plain)


def test_one_branch_of_each_network_by_hand():
    # LN(−1, 1) = (−1, 1); gain 2, bias 1: (−1, 3); times (1, 1) is 2; tanh 2 goes to the second feature.
    x, w_in, w_out = np.array([[-1.0, 1.0]]), np.ones((1, 2, 1)), np.array([[[0.0, 1.0]]])
    layer = pre_layer_norm_network(x, np.array([[2.0, 2.0]]), np.ones((1, 2)), w_in, w_out)
    np.testing.assert_allclose(layer, [[-1, 1]])
    # RMSNorm(−1, 1) = (−1, 1), inside 0 + 2: the stream is (−1, 1 + tanh 2).
    stream = np.array([-1.0, 1 + np.tanh(2)])
    rms = pre_rms_norm_network(x, w_in, np.array([[2.0]]), w_out)
    np.testing.assert_allclose(rms, [stream / np.sqrt(np.mean(stream**2))])
