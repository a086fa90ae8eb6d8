"""The power method and gradient ascent against SciPy, finite differences and values worked out by hand."""

import numpy as np
from scipy.linalg import svdvals
from scipy.optimize import approx_fprime

from kg.impl.operatornorm import power_method, projected_gradient_ascent, relu_network

RNG = np.random.default_rng(22)


def network(h=5, d=3, e=4):
    return RNG.normal(size=(h, d)), RNG.normal(size=h), RNG.normal(size=(e, h)), RNG.normal(size=e)


def test_a_network_of_two_units_by_hand():
    w1, b1 = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0.0, -5.0])
    w2, b2 = np.array([[2.0, 10.0]]), np.array([1.0])
    # The first unit passes 3, the second is off at 4 − 5.
    np.testing.assert_allclose(relu_network(w1, b1, w2, b2, np.array([3.0, 4.0])), [7])


def test_one_step_of_the_power_method_on_a_diagonal_matrix():
    # JᵀJ = diag(4, 1), so (3, 4) goes to (12, 4), of length √160.
    step = power_method(np.diag([2.0, 1.0]), np.array([0.6, 0.8]), 1)
    np.testing.assert_allclose(step, [np.array([12, 4]) / np.sqrt(160)], rtol=1e-14)


def test_the_power_method_finds_the_largest_singular_value():
    j = RNG.normal(size=(4, 3))
    v = power_method(j, np.array([1.0, 0.0, 0.0]), 400)[-1]
    np.testing.assert_allclose(np.linalg.norm(j @ v), svdvals(j)[0], rtol=1e-12)


def test_a_step_of_the_ascent_follows_the_gradient_of_the_squared_change():
    w1, b1, w2, b2 = network()
    x, start = RNG.normal(size=3), np.array([0.6, 0.0, 0.8])
    clean = relu_network(w1, b1, w2, b2, x)

    def loss(point):
        return 0.5 * np.sum((relu_network(w1, b1, w2, b2, point) - clean) ** 2)

    for epsilon in (0.01, 2.0):  # inside and beyond the cell: a gradient either way
        gradient = approx_fprime(x + epsilon * start, loss, 1e-8)
        step = projected_gradient_ascent(w1, b1, w2, b2, x, np.asarray(epsilon), start, steps=1)[0]
        np.testing.assert_allclose(step, gradient / np.linalg.norm(gradient), atol=1e-4)


def test_the_ascent_returns_one_unit_vector_for_each_step():
    w1, b1, w2, b2 = network()
    directions = projected_gradient_ascent(
        w1, b1, w2, b2, RNG.normal(size=3), np.asarray(0.001), np.array([0.0, 1.0, 0.0]), steps=4
    )
    assert directions.shape == (4, 3)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1)
