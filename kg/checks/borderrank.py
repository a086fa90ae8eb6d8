"""Checks of the claims about border rank: hyperdeterminants, and a tensor without a best approximation."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Positive, Real, check, condition


@condition(generic=True)
def step_not_zero(epsilon):
    return bool(np.all(epsilon != 0))


def _determinants(*factors):
    xp = array_namespace(factors[0])
    return xp.prod(xp.stack([xp.linalg.det(factor) for factor in factors]))


# Hyperdeterminants ----------------------------------------------------------------------------------------------


@check
def hyperdeterminant_of_two_terms_is_a_square(
    use, a: Real[Array, "2 2"], b: Real[Array, "2 2"], c: Real[Array, "2 2"]
):
    return use("hyperdeterminant")(use("cp_tensor")(a, b, c)), _determinants(a, b, c) ** 2


hyperdeterminant_of_two_terms_is_a_square.explain(
    "constant changed: 1 → 0", "the factors are square, so rows and columns are equally many"
)


@hyperdeterminant_of_two_terms_is_a_square.control("a third rank-one term is added")
def _(use, a, b, c):
    xp = array_namespace(a)
    more = [
        xp.concat([factor, xp.sum(factor * factor, axis=1, keepdims=True)], axis=1) for factor in (a, b, c)
    ]
    return use("hyperdeterminant")(use("cp_tensor")(*more)), _determinants(a, b, c) ** 2


@hyperdeterminant_of_two_terms_is_a_square.control("the determinants are not squared")
def _(use, a, b, c):
    return use("hyperdeterminant")(use("cp_tensor")(a, b, c)), _determinants(a, b, c)


@check
def change_of_bases_multiplies_the_hyperdeterminant_by_squared_determinants(
    use,
    t: Real[Array, "2 2 2"],
    u: Real[Array, "2 2"],
    v: Real[Array, "2 2"],
    w: Real[Array, "2 2"],
):
    moved = use("hyperdeterminant")(use("tucker_tensor")(t, u, v, w))
    return moved, _determinants(u, v, w) ** 2 * use("hyperdeterminant")(t)


@change_of_bases_multiplies_the_hyperdeterminant_by_squared_determinants.control(
    "the determinants are not squared"
)
def _(use, t, u, v, w):
    moved = use("hyperdeterminant")(use("tucker_tensor")(t, u, v, w))
    return moved, _determinants(u, v, w) * use("hyperdeterminant")(t)


@change_of_bases_multiplies_the_hyperdeterminant_by_squared_determinants.control(
    "one of the axes keeps its basis"
)
def _(use, t, u, v, w):
    xp = array_namespace(t)
    moved = use("hyperdeterminant")(use("tucker_tensor")(t, u, v, xp.eye(2, dtype=t.dtype)))
    return moved, _determinants(u, v, w) ** 2 * use("hyperdeterminant")(t)


# The W tensor ---------------------------------------------------------------------------------------------------

# e₂∘e₁∘e₁ + e₁∘e₂∘e₁ + e₁∘e₁∘e₂
_W = np.asarray([[[0, 1], [1, 0]], [[1, 0], [0, 0]]])


def _square_distance_to_w(t):
    xp = array_namespace(t)
    return xp.sum((t - xp.asarray(_W, dtype=t.dtype)) ** 2)


def _two_factors(epsilon):
    """(1, ε) and (1, 0) as columns: the directions of the two terms."""
    xp = array_namespace(epsilon)
    one = constant(epsilon, 1)
    return xp.stack([xp.stack([one, one]), xp.stack([epsilon, 0 * one])])


def _two_terms(use, epsilon):
    """The two terms as a CP tensor; their weights 1/ε and −1/ε stand in the first factor."""
    xp = array_namespace(epsilon)
    directions = _two_factors(epsilon)
    weights = xp.stack([1 / epsilon, -1 / epsilon])
    return use("cp_tensor")(directions * weights[None, :], directions, directions)


@check
def w_tensor_neighbour_is_a_sum_of_two_terms(use, epsilon: Real[Array, ""]):
    return use("w_tensor_neighbour")(epsilon), _two_terms(use, epsilon)


w_tensor_neighbour_is_a_sum_of_two_terms.explain(
    "constant changed: 1 → 0", "the factors are square, so rows and columns are equally many"
)


@w_tensor_neighbour_is_a_sum_of_two_terms.control("the terms are added instead of subtracted")
def _(use, epsilon):
    directions = _two_factors(epsilon)
    return use("w_tensor_neighbour")(epsilon), use("cp_tensor")(directions / epsilon, directions, directions)


@w_tensor_neighbour_is_a_sum_of_two_terms.control("one of the three factors is not moved")
def _(use, epsilon):
    xp = array_namespace(epsilon)
    directions, still = _two_factors(epsilon), _two_factors(0 * epsilon)
    weights = xp.stack([1 / epsilon, -1 / epsilon])
    return (
        use("w_tensor_neighbour")(epsilon),
        use("cp_tensor")(directions * weights[None, :], directions, still),
    )


@check
def w_tensor_neighbour_is_as_close_as_its_step_is_small(use, epsilon: Real[Array, ""]):
    square = epsilon * epsilon
    return _square_distance_to_w(use("w_tensor_neighbour")(epsilon)), 3 * square + square * square


@w_tensor_neighbour_is_as_close_as_its_step_is_small.control("only the first order of the error is counted")
def _(use, epsilon):
    return _square_distance_to_w(use("w_tensor_neighbour")(epsilon)), 3 * epsilon * epsilon


@w_tensor_neighbour_is_as_close_as_its_step_is_small.control("the difference is not divided by the step")
def _(use, epsilon):
    square = epsilon * epsilon
    undivided = epsilon * use("w_tensor_neighbour")(epsilon)
    return _square_distance_to_w(undivided), 3 * square + square * square


@check(relation="<=")
def best_approximation_of_a_tensor_need_not_exist(use, delta: Positive[Array, ""]):
    # Were there a best sum of two terms, its squared distance δ would be positive, and none would come closer.
    return delta, _square_distance_to_w(_two_terms(use, delta / (4 + 2 * delta)))


@best_approximation_of_a_tensor_need_not_exist.counterexample
def _():
    return {"delta": "1/1000000"}


@best_approximation_of_a_tensor_need_not_exist.control(
    "a single term stays at a squared distance of five thirds"
)
def _(use, delta):
    xp = array_namespace(delta)
    direction = xp.stack([constant(delta, 1), delta])[:, None]
    # The multiple of the rank-one tensor that comes closest.
    weight = 3 * delta / xp.sum(direction * direction) ** 3
    nearest = use("cp_tensor")(weight * direction, direction, direction)
    return constant(delta, 5) / 3, _square_distance_to_w(nearest)
