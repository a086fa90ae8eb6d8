"""Checks of the claims that least squares is attention."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Positive, Real, Size, check

# Least squares as attention ------------------------------------------------------------------------------------


@check(sizes={"t": (2, 3, 4), "d": (2, 3), "n": (2, 3), "e": (2, 3)})
def recursive_least_squares_is_ridge_regression(
    use,
    k: Real[Array, "t d"],
    v: Real[Array, "t e"],
    q: Real[Array, "n d"],
    penalty: Positive[Array, ""],
):
    return use("recursive_least_squares")(k, v, q, penalty), use("ridge_regression")(k, v, q, penalty)


@recursive_least_squares_is_ridge_regression.control("the gain lacks the one in its denominator")
def _(use, k, v, q, penalty):
    first = use("recursive_least_squares")(k[:1, :], v[:1, :], q, penalty)
    square = array_namespace(k).sum(k[0, :] * k[0, :]) / penalty
    return first * (1 + square) / square, use("ridge_regression")(k[:1, :], v[:1, :], q, penalty)


@recursive_least_squares_is_ridge_regression.control("the penalty is divided by the number of pairs")
def _(use, k, v, q, penalty):
    return use("recursive_least_squares")(k, v, q, penalty), use("ridge_regression")(
        k, v, q, penalty / k.shape[0]
    )


@check(sizes={"t": (2, 3, 4), "d": (2, 3), "n": (2, 3), "e": (2, 3)})
def dual_ridge_regression_is_ridge_regression(
    use,
    k: Real[Array, "t d"],
    v: Real[Array, "t e"],
    q: Real[Array, "n d"],
    penalty: Positive[Array, ""],
):
    return use("dual_ridge_regression")(k, v, q, penalty), use("ridge_regression")(k, v, q, penalty)


@dual_ridge_regression_is_ridge_regression.control("the values are read as they are, not decorrelated")
def _(use, k, v, q, penalty):
    plain = k.shape[0] * use("fourier_attention")(q, k, v) / penalty
    return plain, use("ridge_regression")(k, v, q, penalty)


@dual_ridge_regression_is_ridge_regression.control("the penalty is twice as large")
def _(use, k, v, q, penalty):
    return use("dual_ridge_regression")(k, v, q, 2 * penalty), use("ridge_regression")(k, v, q, penalty)


@check(sizes={"t": (2, 3, 4), "d": (2, 3), "n": (2, 3), "e": (2, 3)})
def ridge_regression_is_linear_attention_to_the_residuals(
    use,
    k: Real[Array, "t d"],
    v: Real[Array, "t e"],
    q: Real[Array, "n d"],
    penalty: Positive[Array, ""],
):
    return use("ridge_regression")(k, v, q, penalty), _to_residuals(use, k, v, q, penalty)


def _to_residuals(use, k, v, q, penalty):
    residuals = v - use("dual_ridge_regression")(k, v, k, penalty)
    return k.shape[0] * use("fourier_attention")(q, k, residuals) / penalty


@ridge_regression_is_linear_attention_to_the_residuals.control("the values are read instead of the residuals")
def _(use, k, v, q, penalty):
    plain = k.shape[0] * use("fourier_attention")(q, k, v) / penalty
    return use("ridge_regression")(k, v, q, penalty), plain


@ridge_regression_is_linear_attention_to_the_residuals.control("the penalty does not divide")
def _(use, k, v, q, penalty):
    return use("ridge_regression")(k, v, q, penalty), penalty * _to_residuals(use, k, v, q, penalty)


def _example(penalty):
    """Two keys, two values and a query: fixed, so that only the penalty changes."""
    import numpy as np

    return (
        np.asarray([[1.0, 2.0], [0.5, -1.0]]),
        np.asarray([[1.0], [2.0]]),
        np.asarray([[1.0, 1.0]]),
        penalty,
    )


@check(sizes={"n": (16, 32, 64, 128, 256, 512, 1024)})
def scaled_ridge_regression_tends_to_linear_attention(use, n: Size[int, "n"]):
    k, v, q, penalty = _example(n)
    return use("ridge_regression")(k, n * v, q, penalty)[0, 0], 2 * use("fourier_attention")(q, k, v)[0, 0]


@scaled_ridge_regression_tends_to_linear_attention.control(
    "linear attention is divided by the number of keys"
)
def _(use, n):
    k, v, q, penalty = _example(n)
    return n * use("ridge_regression")(k, v, q, penalty)[0, 0], use("fourier_attention")(q, k, v)[0, 0]


@scaled_ridge_regression_tends_to_linear_attention.control("the mean of the values")
def _(use, n):
    k, v, q, penalty = _example(n)
    return n * use("ridge_regression")(k, v, q, penalty)[0, 0], (v[0, 0] + v[1, 0]) / 2
