"""Learning in context against numpy's least squares and hand-made training loops."""

import numpy as np

from kg.impl.incontext import (
    attention_to_training_inputs,
    dual_ridge_regression,
    gradient_descent_prediction,
    gradient_step_prediction,
    linear_self_attention,
    recursive_least_squares,
    ridge_regression,
    trained_linear_layer,
)

RNG = np.random.default_rng(32)
X, Y, TEST = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 2)), RNG.normal(size=(4, 3))


def loss(w):
    return np.sum((X @ w.T - Y) ** 2) / (2 * len(X))


def test_the_step_follows_the_numerical_gradient_of_the_halved_mean_square():
    w = RNG.normal(size=(2, 3))
    gradient = np.empty_like(w)
    for index in np.ndindex(w.shape):
        h = np.zeros_like(w)
        h[index] = 1e-6
        gradient[index] = (loss(w + h) - loss(w - h)) / 2e-6
    np.testing.assert_allclose(
        gradient_step_prediction(X, Y, w, TEST[0], 0.1), (w - 0.1 * gradient) @ TEST[0], atol=1e-8
    )


def test_many_steps_reach_least_squares():
    solution, *_ = np.linalg.lstsq(X, Y, rcond=None)
    rate = 1 / np.linalg.eigvalsh(X.T @ X / len(X)).max()
    found = gradient_descent_prediction(X, Y, TEST[0], rate=rate, steps=4000)
    np.testing.assert_allclose(found, TEST[0] @ solution, rtol=1e-8)


def test_linear_self_attention_of_one_pair_by_hand():
    # Score 2·3 = 6, value 5·(1, 2), output scaled by 7, added to the token.
    one = np.eye(2)
    token, context = np.array([3.0, 0.0]), np.array([[2.0, 0.0]])
    np.testing.assert_allclose(
        linear_self_attention(context, token, one, one, 5 * one, 7 * one), [3 + 7 * 5 * 2 * 6, 0]
    )


def test_training_by_hand_for_two_examples_and_its_dual_form():
    # W = 1; first example x = 2, y = 0: error 2, W = 1 − 0.1·2·2 = 0.6; second x = 1, y = 1: error −0.4, W = 0.64.
    inputs = np.array([[1.0]]), np.array([[2.0], [1.0]]), np.array([[0.0], [1.0]]), np.array([[10.0]]), 0.1
    np.testing.assert_allclose(trained_linear_layer(*inputs), [[6.4]])
    np.testing.assert_allclose(attention_to_training_inputs(*inputs), [[6.4]])
    # With decay ½: 0.5 − 0.4 = 0.1, then error −0.9: 0.05 + 0.09 = 0.14.
    np.testing.assert_allclose(trained_linear_layer(*inputs, decay=0.5), [[1.4]])
    np.testing.assert_allclose(attention_to_training_inputs(*inputs, decay=0.5), [[1.4]])


def test_ridge_regression_in_three_forms_is_least_squares_with_rows_added():
    penalty = 0.7
    k, v = np.vstack([X, np.sqrt(penalty) * np.eye(3)]), np.vstack([Y, np.zeros((3, 2))])
    expected = TEST @ np.linalg.lstsq(k, v, rcond=None)[0]
    for form in (ridge_regression, recursive_least_squares, dual_ridge_regression):
        np.testing.assert_allclose(form(X, Y, TEST, penalty), expected, rtol=1e-10)
