"""Checks of the claims about products of experts."""

from __future__ import annotations

import itertools

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Positive, Probability, Real, check, condition


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


@condition
def no_group_of_experts_empty(k, m):
    return k >= 1 and m >= 1


@check
def mixture_of_mixtures_is_a_mixture(
    use,
    p: Probability[Array, "k n"],
    u: Probability[Array, "k"],
    q: Probability[Array, "m n"],
    v: Probability[Array, "m"],
):
    return _mixed_at_once(use, p, u, q, v), _mixed_twice(use, p, u, q, v, lambda w: array_namespace(w).sum(w))


def _mixed_at_once(use, p, u, q, v):
    xp = array_namespace(p)
    return use("mixture_of_experts")(xp.concat([p, q]), xp.concat([u, v]))


def _mixed_twice(use, p, u, q, v, share):
    """Two groups of experts are mixed, and then the two mixtures with the shares of their groups."""
    xp, mixture = array_namespace(p), use("mixture_of_experts")
    return mixture(xp.stack([mixture(p, u), mixture(q, v)]), xp.stack([share(u), share(v)]))


@mixture_of_mixtures_is_a_mixture.control("the two groups weigh the same")
def _(use, p, u, q, v):
    return _mixed_at_once(use, p, u, q, v), _mixed_twice(use, p, u, q, v, lambda w: 1 + 0 * w[0])


@mixture_of_mixtures_is_a_mixture.control("a group weighs as much as its first expert")
def _(use, p, u, q, v):
    return _mixed_at_once(use, p, u, q, v), _mixed_twice(use, p, u, q, v, lambda w: w[0])


# Keys as experts -------------------------------------------------------------------------------------------------


@check
def softmax_attention_to_distributions_is_a_mixture_of_experts(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Probability[Array, "m e"]
):
    gates = use("exponential_kernel")(q, k)
    return use("softmax_attention")(q, k, v), _a_mixture_each(use, v, gates)


def _a_mixture_each(use, v, gates):
    """For each row of gates, the mixture of the rows of v."""
    rows = [use("mixture_of_experts")(v, gates[i, :]) for i in range(gates.shape[0])]
    xp = array_namespace(v)
    return xp.stack(rows) if rows else xp.zeros((0, v.shape[1]), dtype=v.dtype)


@softmax_attention_to_distributions_is_a_mixture_of_experts.control(
    "the gates are the scores, not their exponentials"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    scores = q @ k.mT / xp.sqrt(constant(q, q.shape[-1]))
    return use("softmax_attention")(q, k, v), _a_mixture_each(use, v, scores)


@softmax_attention_to_distributions_is_a_mixture_of_experts.control(
    "the experts' outcomes are weighted twice"
)
def _(use, q, k, v):
    gates = use("exponential_kernel")(q, k)
    return use("softmax_attention")(q, k, v), _a_mixture_each(use, v, gates**2)
