"""Kernel integrals on grids against integrals known by hand."""

import numpy as np

from kg.impl.neuraloperator import (
    discretised_kernel_integral,
    integral_transformer_layer,
    normalised_kernel_integral,
)


def test_simpson_weights_integrate_cubics_exactly() -> None:
    y = np.asarray([0.0, 0.5, 1.0])
    weights = np.asarray([1.0, 4.0, 1.0]) / 6
    kernel = np.asarray([[1.0, 1.0, 1.0], [0.0, 0.5, 1.0]])  # 1 and y
    result = discretised_kernel_integral(kernel, weights, (y**2)[:, None])
    np.testing.assert_allclose(result[:, 0], [1 / 3, 1 / 4], rtol=1e-15)


def test_a_point_of_weight_two_is_a_point_met_twice() -> None:
    kernel, v = np.asarray([[1.0, 3.0]]), np.asarray([[5.0], [1.0]])
    once = normalised_kernel_integral(kernel, np.asarray([2.0, 1.0]), v)
    twice = normalised_kernel_integral(
        np.asarray([[1.0, 1.0, 3.0]]), np.ones(3), np.asarray([[5.0], [5.0], [1.0]])
    )
    np.testing.assert_allclose(once, twice, rtol=1e-15)
    np.testing.assert_allclose(once, [[13 / 5]], rtol=1e-15)


def test_without_queries_the_integral_transformer_layer_returns_the_values() -> None:
    v = np.arange(6.0).reshape(3, 2)
    np.testing.assert_array_equal(integral_transformer_layer(np.zeros((3, 2)), v, v), v)


def test_the_integral_transformer_layer_of_ones() -> None:
    # Every score is 4/√4 = 2, and the mean of the values is one.
    ones = np.ones((5, 4))
    np.testing.assert_allclose(integral_transformer_layer(ones, ones, ones), 3 * ones, rtol=1e-15)
