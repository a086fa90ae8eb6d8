"""Checks of the claims about attention beside kernel regression and mean shift."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Positive, Real, check, condition

# Regression -----------------------------------------------------------------------------------------------------


def _dual_coefficients(use, k, y, ridge):
    """(κ(k, k) + λI)⁻¹ y, what a regression makes of its values."""
    xp = array_namespace(k)
    gram = use("exponential_kernel")(k, k) + ridge * xp.eye(k.shape[0], dtype=k.dtype)
    return xp.linalg.solve(gram, y)


@condition(generic=True)
def positive_ridge(ridge):
    return bool(np.all(ridge > 0))


@check
def kernel_ridge_regression_is_attention_to_its_dual_coefficients(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], y: Real[Array, "m e"], ridge: Positive[Array, ""]
):
    xp = array_namespace(q)
    total = xp.sum(use("exponential_kernel")(q, k), axis=1, keepdims=True)
    read = use("softmax_attention")(q, k, _dual_coefficients(use, k, y, ridge))
    return use("kernel_ridge_regression")(q, k, y, ridge), total * read


@kernel_ridge_regression_is_attention_to_its_dual_coefficients.control(
    "the values in place of the coefficients"
)
def _(use, q, k, y, ridge):
    total = array_namespace(q).sum(use("exponential_kernel")(q, k), axis=1, keepdims=True)
    return use("kernel_ridge_regression")(q, k, y, ridge), total * use("softmax_attention")(q, k, y)


@kernel_ridge_regression_is_attention_to_its_dual_coefficients.control(
    "no product with the total of the kernel"
)
def _(use, q, k, y, ridge):
    read = use("softmax_attention")(q, k, _dual_coefficients(use, k, y, ridge))
    return use("kernel_ridge_regression")(q, k, y, ridge), read


@check
def softmax_attention_is_not_a_kernel_regression(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], y: Real[Array, "m e"], ridge: Positive[Array, ""]
):
    return use("softmax_attention")(q, k, y), use("kernel_ridge_regression")(q, k, y, ridge)


@softmax_attention_is_not_a_kernel_regression.counterexample
def _():
    return {"q": [[0]], "k": [[0], [1]], "y": [[1], [0]], "ridge": 1}


@softmax_attention_is_not_a_kernel_regression.control(
    "the values are the dual coefficients of the regression"
)
def _(use, q, k, y, ridge):
    xp = array_namespace(q)
    total = xp.sum(use("exponential_kernel")(q, k), axis=1, keepdims=True)
    read = use("softmax_attention")(q, k, _dual_coefficients(use, k, y, ridge))
    return total * read, use("kernel_ridge_regression")(q, k, y, ridge)


# Mean shift -----------------------------------------------------------------------------------------------------


@check
def mean_shift_step_is_softmax_attention_to_points_of_equal_length(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"]
):
    return use("mean_shift_step")(q, k), use("softmax_attention")(q, k, k)


@mean_shift_step_is_softmax_attention_to_points_of_equal_length.control("one point is twice as long")
def _(use, q, k):
    k = array_namespace(k).concat([2 * k[:1, :], k[1:, :]])
    return use("mean_shift_step")(q, k), use("softmax_attention")(q, k, k)


@mean_shift_step_is_softmax_attention_to_points_of_equal_length.control("the residual is kept: x + attention")
def _(use, q, k):
    return use("mean_shift_step")(q, k), q + use("softmax_attention")(q, k, k)


@condition
def at_least_one_point(m, d):
    return m >= 1 and d >= 1


@check
def mean_shift_step_is_gradient_ascent_on_the_log_density(
    use, x: Real[Array, "n d"], points: Real[Array, "m d"]
):
    xp = array_namespace(x)
    return use("mean_shift_step")(x, points), x + xp.sqrt(constant(x, x.shape[1])) * _ascent(use, x, points)


def _ascent(use, x, points):
    """The gradient of the logarithm of the density of the points, up to its constant, at each x."""
    xp = array_namespace(x)
    identity = xp.eye(x.shape[1], dtype=x.dtype)

    def density(place):
        return _row_sums(use("gaussian_kernel")(place, points))

    slopes = [jvp(density, x, 0 * x + identity[i, :]) for i in range(x.shape[1])]
    return xp.stack(slopes, axis=-1) / density(x)[:, None]


def _row_sums(table):
    return array_namespace(table).sum(table, axis=1)


@mean_shift_step_is_gradient_ascent_on_the_log_density.control("the gradient of the density itself")
def _(use, x, points):
    xp = array_namespace(x)
    density = _row_sums(use("gaussian_kernel")(x, points))[:, None]
    slope = density * _ascent(use, x, points)
    return use("mean_shift_step")(x, points), x + xp.sqrt(constant(x, x.shape[1])) * slope


@mean_shift_step_is_gradient_ascent_on_the_log_density.control("a step of length one")
def _(use, x, points):
    return use("mean_shift_step")(x, points), x + _ascent(use, x, points)
