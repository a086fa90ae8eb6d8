"""Checks of the claims about layer normalisation and its relatives."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Natural, Real, check, condition


@condition
def zero_epsilon(epsilon):
    return epsilon == 0


@zero_epsilon.sampler
def _(epsilon):
    return {"epsilon": 0}


def _spread(x, axis):
    xp = array_namespace(x)
    centred = x - xp.mean(x, axis=axis, keepdims=True)
    return xp.sum(centred * centred, axis=axis)


@condition(generic=True)
def rows_not_constant(x):
    return bool(np.all(_spread(x, -1) > 0))


@condition(generic=True)
def columns_not_constant(x):
    return bool(np.all(_spread(x, -2) > 0))


@condition(generic=True)
def projected_rows_not_constant(x, w):
    return bool(np.all(_spread(x @ w, -1) > 0))


@condition(generic=True)
def nonzero_direction(v):
    return v.shape[0] > 0 and bool(np.any(v != 0))


def _row_norms(x):
    xp = array_namespace(x)
    return xp.sqrt(xp.sum(x * x, axis=-1))


# The derivative of layer normalisation --------------------------------------------------------------------------


@check
def layer_norm_jacobian_is_a_scaled_projection(use, x: Real[Array, "d"], epsilon: Natural[int, "0 3"]):
    return use("layer_norm_jacobian")(x, epsilon=epsilon), use("scaled_projection")(x)


@layer_norm_jacobian_is_a_scaled_projection.control("the deviation divides by d − 1")
def _(use, x):
    xp, d = array_namespace(x), x.shape[0]
    return use("layer_norm_jacobian")(x), use("scaled_projection")(x) * xp.sqrt(constant(x, d - 1) / d)


@layer_norm_jacobian_is_a_scaled_projection.control("the direction of the row itself is not projected away")
def _(use, x):
    xp, d = array_namespace(x), x.shape[0]
    centring = xp.eye(d, dtype=x.dtype) - xp.ones((d, d), dtype=x.dtype) / d
    return use("layer_norm_jacobian")(x), centring / xp.sqrt(_spread(x, -1) / d)


@layer_norm_jacobian_is_a_scaled_projection.control("one is added to the variance")
def _(use, x):
    return use("layer_norm_jacobian")(x, epsilon=1), use("scaled_projection")(x)


@check
def derivative_of_layer_norm_is_a_scaled_projection(
    use, x: Real[Array, "2 d"], direction: Real[Array, "2 d"], epsilon: Natural[int, "0 3"]
):
    xp = array_namespace(x)
    derivative = jvp(lambda y: use("layer_norm")(y, epsilon=epsilon), x, direction)
    return derivative, xp.stack([use("scaled_projection")(x[i, :]) @ direction[i, :] for i in range(2)])


@derivative_of_layer_norm_is_a_scaled_projection.control("columns are normalised instead of rows")
def _(use, x, direction):
    xp = array_namespace(x)
    derivative = jvp(use("instance_norm"), x, direction)
    return derivative, xp.stack([use("scaled_projection")(x[i, :]) @ direction[i, :] for i in range(2)])


@derivative_of_layer_norm_is_a_scaled_projection.control("the mean is not subtracted")
def _(use, x, direction):
    xp = array_namespace(x)
    derivative = jvp(use("rms_norm"), x, direction)
    return derivative, xp.stack([use("scaled_projection")(x[i, :]) @ direction[i, :] for i in range(2)])


@derivative_of_layer_norm_is_a_scaled_projection.control("one is added to the variance")
def _(use, x, direction):
    xp = array_namespace(x)
    derivative = jvp(lambda y: use("layer_norm")(y, epsilon=1), x, direction)
    return derivative, xp.stack([use("scaled_projection")(x[i, :]) @ direction[i, :] for i in range(2)])


@check(sizes={"d": (3, 5, 7)})
def layer_norm_stretches_by_at_most_one_over_the_deviation(
    use, x: Real[Array, "n d"], direction: Real[Array, "n d"], epsilon: Natural[int, "0 3"]
):
    xp = array_namespace(x)
    moved = jvp(lambda y: use("layer_norm")(y, epsilon=epsilon), x, direction)
    return _row_norms(moved), _row_norms(direction) / xp.sqrt(_spread(x, -1) / x.shape[-1])


@layer_norm_stretches_by_at_most_one_over_the_deviation.witness
def _(x):
    # Orthogonal to the constants and to the row, and supported on its first three entries.
    xp = array_namespace(x)
    a, b, c = (x[:, i] for i in range(3))
    rest = xp.zeros((x.shape[0], x.shape[1] - 3), dtype=x.dtype)
    return {"direction": xp.concat([xp.stack([b - c, c - a, a - b], axis=-1), rest], axis=-1)}


@layer_norm_stretches_by_at_most_one_over_the_deviation.control("no direction is lengthened")
def _(use, x, direction):
    return _row_norms(jvp(use("layer_norm"), x, direction)), _row_norms(direction)


@layer_norm_stretches_by_at_most_one_over_the_deviation.control(
    "the deviation about zero, not about the mean"
)
def _(use, x, direction):
    xp = array_namespace(x)
    return _row_norms(jvp(use("layer_norm"), x, direction)), _row_norms(direction) / xp.sqrt(
        xp.mean(x * x, axis=-1)
    )


# Layer normalisation as a bound on an operator ------------------------------------------------------------------


def _frobenius_norm(matrix):
    return array_namespace(matrix).linalg.vector_norm(matrix)


def _operator(use, keys, values):
    """KᵀV/n, as what Galerkin attention makes of the unit vectors."""
    xp = array_namespace(keys)
    return use("galerkin_attention")(xp.eye(keys.shape[1], dtype=keys.dtype), keys, values)


@check
def layer_normed_galerkin_operator_is_at_most_the_width(
    use, x: Real[Array, "2 n d"], epsilon: Natural[int, "0 3"]
):
    # x holds the keys and the values before they are normalised.
    keys, values = (use("layer_norm")(x[i, :, :], epsilon=epsilon) for i in range(2))
    return _frobenius_norm(_operator(use, keys, values)), constant(x, keys.shape[1])


@layer_normed_galerkin_operator_is_at_most_the_width.witness
def _(x):
    # All keys equal, all values equal.
    return {"x": array_namespace(x).broadcast_to(x[:, :1, :], x.shape)}


@layer_normed_galerkin_operator_is_at_most_the_width.control(
    "keys and values are not normalised, and scaled by ten"
)
def _(use, x):
    return _frobenius_norm(_operator(use, 10 * x[0, :, :], 10 * x[1, :, :])), constant(x, x.shape[2])


@layer_normed_galerkin_operator_is_at_most_the_width.control(
    "only the keys are normalised, and values scaled by ten"
)
def _(use, x):
    keys = use("layer_norm")(x[0, :, :])
    return _frobenius_norm(_operator(use, keys, 10 * x[1, :, :])), constant(x, x.shape[2])


@layer_normed_galerkin_operator_is_at_most_the_width.control(
    "the sum over grid points is not divided by their number"
)
def _(use, x):
    keys, values = (use("layer_norm")(x[i, :, :]) for i in range(2))
    return _frobenius_norm(x.shape[1] * _operator(use, keys, values)), constant(x, x.shape[2])


@layer_normed_galerkin_operator_is_at_most_the_width.control("the bound is the square root of the width")
def _(use, x):
    keys, values = (use("layer_norm")(x[i, :, :]) for i in range(2))
    root = array_namespace(x).sqrt(constant(x, x.shape[2]))
    return _frobenius_norm(_operator(use, keys, values)), root


# Rows are not columns: what happens to basis functions ----------------------------------------------------------


def _square_norms(x):
    """Squared norms of the columns as functions on the grid: the diagonal of XᵀX/n."""
    return array_namespace(x).mean(x * x, axis=0)


@check
def layer_norm_is_not_a_normalisation_of_the_basis(use, x: Real[Array, "3 d"]):
    xp = array_namespace(x)
    return _square_norms(use("layer_norm")(x)), xp.ones((x.shape[1],), dtype=x.dtype)


@layer_norm_is_not_a_normalisation_of_the_basis.counterexample
def _():
    # With 1 for the last 0 every column would hold the same three numbers, and the sentence would be true.
    return {"x": [[0, 1, 2], [1, 2, 0], [2, 0, 0]]}


@layer_norm_is_not_a_normalisation_of_the_basis.control(
    "the squared norms of the basis functions add up to the width"
)
def _(use, x):
    xp = array_namespace(x)
    return xp.sum(_square_norms(use("layer_norm")(x))), constant(x, x.shape[1])


@check
def instance_norm_has_basis_functions_of_unit_norm(use, x: Real[Array, "n 3"], epsilon: Natural[int, "0 3"]):
    xp = array_namespace(x)
    return _square_norms(use("instance_norm")(x, epsilon=epsilon)), xp.ones((x.shape[1],), dtype=x.dtype)


@instance_norm_has_basis_functions_of_unit_norm.control("rows are normalised instead of columns")
def _(use, x):
    xp = array_namespace(x)
    return _square_norms(use("layer_norm")(x)), xp.ones((x.shape[1],), dtype=x.dtype)


@instance_norm_has_basis_functions_of_unit_norm.control("the basis functions are orthogonal as well")
def _(use, x):
    xp = array_namespace(x)
    normed = use("instance_norm")(x)
    return normed.mT @ normed / x.shape[0], xp.eye(x.shape[1], dtype=x.dtype)


@instance_norm_has_basis_functions_of_unit_norm.control("one is added to the variance")
def _(use, x):
    xp = array_namespace(x)
    return _square_norms(use("instance_norm")(x, epsilon=1)), xp.ones((x.shape[1],), dtype=x.dtype)
