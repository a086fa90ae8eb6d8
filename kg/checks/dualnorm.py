"""Checks of the claims about worst perturbations in balls of several norms."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Positive, Probability, Real, check, condition

# Linear models ---------------------------------------------------------------------------------------------------


@condition
def at_least_one_input(d):
    return d > 0


@check
def margin_at_the_worst_vertex_is_the_margin_less_the_largest_weight(
    use, w: Real[Array, "d"], x: Real[Array, "d"], epsilon: Positive[Array, ""]
):
    return use("margin_at_the_worst_vertex")(w, x, epsilon), use("margin_less_the_largest_weight")(
        w, x, epsilon
    )


@margin_at_the_worst_vertex_is_the_margin_less_the_largest_weight.control(
    "the sum of the moduli of the weights, which is dual to the largest entry"
)
def _(use, w, x, epsilon):
    return use("margin_at_the_worst_vertex")(w, x, epsilon), use("margin_less_the_dual_norm")(w, x, epsilon)


@margin_at_the_worst_vertex_is_the_margin_less_the_largest_weight.control("the perturbation helps")
def _(use, w, x, epsilon):
    return use("margin_at_the_worst_vertex")(w, x, epsilon), use("margin_less_the_largest_weight")(
        w, x, -epsilon
    )


def _exponents(s):
    """p = 1 + t and q = 1 + 1/t, for which 1/p + 1/q = 1, with t between 1/4 and 4."""
    t = (1 + 15 * s) / 4
    return 1 + t, 1 + 1 / t


@check(relation="<=")
def margin_under_a_perturbation_is_at_least_the_margin_less_the_dual_norm(
    use,
    w: Real[Array, "d"],
    x: Real[Array, "d"],
    direction: Real[Array, "d"],
    epsilon: Positive[Array, ""],
    s: Probability[Array, ""],
):
    norm, (p, q) = use("p_norm"), _exponents(s)
    moved = x + epsilon * direction / norm(direction, p)
    return w @ x - epsilon * norm(w, q), w @ moved


@margin_under_a_perturbation_is_at_least_the_margin_less_the_dual_norm.control(
    "the weights are measured in the norm of the perturbation"
)
def _(use, w, x, direction, epsilon, s):
    norm, p = use("p_norm"), _exponents(s)[0]
    moved = x + epsilon * direction / norm(direction, p)
    return w @ x - epsilon * norm(w, p), w @ moved


@margin_under_a_perturbation_is_at_least_the_margin_less_the_dual_norm.control(
    "the Euclidean length of the weights, whatever the ball"
)
def _(use, w, x, direction, epsilon, s):
    norm, p = use("p_norm"), _exponents(s)[0]
    moved = x + epsilon * direction / norm(direction, p)
    return w @ x - epsilon * norm(w, constant(w, 2)), w @ moved


@margin_under_a_perturbation_is_at_least_the_margin_less_the_dual_norm.witness
def _(w, s):
    _, q = _exponents(s)
    return {"direction": -np.sign(w) * np.abs(w) ** (q - 1)}


# Least squares with uncertain data -------------------------------------------------------------------------------


@condition(generic=True)
def residual_not_zero(a, y, x):
    return bool(np.any(y - a @ x != 0))


@condition(generic=True)
def coefficients_not_zero(x):
    return bool(np.any(x != 0))


@check(sizes={"n": (1, 2, 3)})
def residual_at_the_worst_columns_is_the_residual_plus_the_lasso_penalty(
    use, a: Real[Array, "m n"], y: Real[Array, "m"], x: Real[Array, "n"], c: Positive[Array, ""]
):
    return use("residual_at_the_worst_columns")(a, y, x, c), use("residual_plus_the_lasso_penalty")(
        a, y, x, c
    )


@residual_at_the_worst_columns_is_the_residual_plus_the_lasso_penalty.control(
    "the Euclidean length of the coefficients, as for a change of the matrix as a whole"
)
def _(use, a, y, x, c):
    right = use("residual_plus_the_length_of_the_coefficients")
    return use("residual_at_the_worst_columns")(a, y, x, c), right(a, y, x, c)


@check
def residual_at_the_worst_matrix_is_the_residual_plus_the_length_of_the_coefficients(
    use, a: Real[Array, "m n"], y: Real[Array, "m"], x: Real[Array, "n"], c: Positive[Array, ""]
):
    # Neither is negative, so that comparing squares is enough; it spares residues the choice of a root.
    right = use("residual_plus_the_length_of_the_coefficients")
    return use("residual_at_the_worst_matrix")(a, y, x, c) ** 2, right(a, y, x, c) ** 2


@residual_at_the_worst_matrix_is_the_residual_plus_the_length_of_the_coefficients.control(
    "the sum of the moduli of the coefficients, as for a change of each column by itself"
)
def _(use, a, y, x, c):
    right = use("residual_plus_the_lasso_penalty")
    return use("residual_at_the_worst_matrix")(a, y, x, c) ** 2, right(a, y, x, c) ** 2


@residual_at_the_worst_matrix_is_the_residual_plus_the_length_of_the_coefficients.control(
    "the square of the length of the coefficients, as in ridge regression"
)
def _(use, a, y, x, c):
    xp, r = array_namespace(x), y - a @ x
    return use("residual_at_the_worst_matrix")(a, y, x, c) ** 2, (xp.sqrt(r @ r) + c * xp.sum(x * x)) ** 2
