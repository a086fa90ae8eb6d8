"""Checks of the claims about products of experts."""

from __future__ import annotations

import itertools

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Positive, Real, check


@check
def restricted_boltzmann_machine_is_a_product_of_experts(
    use, w: Real[Array, "n m"], b: Real[Array, "n"], c: Real[Array, "m"]
):
    return use("restricted_boltzmann_machine")(w, b, c), use("rbm_product_of_experts")(w, b, c)


@restricted_boltzmann_machine_is_a_product_of_experts.control("the expert of the visible biases is left out")
def _(use, w, b, c):
    return use("restricted_boltzmann_machine")(w, b, c), use("rbm_product_of_experts")(w, 0 * b, c)


@restricted_boltzmann_machine_is_a_product_of_experts.control("the hidden experts are added, not multiplied")
def _(use, w, b, c):
    xp = array_namespace(w)
    states = np.asarray(list(itertools.product((0, 1), repeat=w.shape[0])))
    v = xp.asarray(states, dtype=w.dtype)
    weights = xp.exp(v @ b) * xp.sum(1 + xp.exp(v @ w + c), axis=1)
    return use("restricted_boltzmann_machine")(w, b, c), weights / xp.sum(weights)


# Scores of noised experts ----------------------------------------------------------------------------------------


def _sum_of_scores(x, first, second, noise):
    """Of two centred normal experts, each of which has been given the noise."""
    return -x / (first + noise) - x / (second + noise)


def _score_of_the_product(x, first, second, noise):
    """Of the product of the two experts, to which the noise is given afterwards."""
    return -x / (1 / (1 / first + 1 / second) + noise)


@check
def sum_of_noised_scores_is_not_the_score_of_the_noised_product(
    use,
    x: Real[Array, ""],
    first: Positive[Array, ""],
    second: Positive[Array, ""],
    noise: Positive[Array, ""],
):
    return _sum_of_scores(x, first, second, noise), _score_of_the_product(x, first, second, noise)


@sum_of_noised_scores_is_not_the_score_of_the_noised_product.counterexample
def _():
    return {"x": 1, "first": 1, "second": 1, "noise": 1}


@sum_of_noised_scores_is_not_the_score_of_the_noised_product.control("without noise the scores do add")
def _(use, x, first, second, noise):
    return _sum_of_scores(x, first, second, 0 * noise), _score_of_the_product(x, first, second, 0 * noise)
