"""Checks of the claims about attention along the edges of a graph."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Real, check


@check
def softmax_attention_is_message_passing_on_a_complete_graph(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    complete = np.ones((q.shape[0], q.shape[0]), dtype=bool)
    return use("softmax_attention")(q, k, v), use("graph_message_passing")(q, k, v, complete)


@softmax_attention_is_message_passing_on_a_complete_graph.control("no node reads itself")
def _(use, q, k, v):
    others = ~np.eye(q.shape[0], dtype=bool)
    return use("softmax_attention")(q, k, v), use("graph_message_passing")(q, k, v, others)


@softmax_attention_is_message_passing_on_a_complete_graph.control(
    "messages run along the edges the wrong way"
)
def _(use, q, k, v):
    complete = np.ones((q.shape[0], q.shape[0]), dtype=bool)
    return use("softmax_attention")(q, k, v), use("graph_message_passing")(k, q, v, complete)


def _leaky(x):
    return array_namespace(x).where(x > 0, x, x / constant(x, 5))


@check
def best_neighbour_of_graph_attention_is_the_same_for_every_node(
    use, h: Real[Array, "n d"], a_source: Real[Array, "d"], a_target: Real[Array, "d"]
):
    xp = array_namespace(h)
    best = xp.max(use("graph_attention_scores")(h, a_source, a_target), axis=1)
    return best, _leaky(h @ a_source + xp.max(h @ a_target))


@best_neighbour_of_graph_attention_is_the_same_for_every_node.control(
    "the best neighbour depends on the node: GATv2"
)
def _(use, h, a_source, a_target):
    xp = array_namespace(h)
    best = xp.max(_of_two(use, h, a_source, a_target), axis=1)
    return best, _leaky(h @ a_source + xp.max(h @ a_target))


@best_neighbour_of_graph_attention_is_the_same_for_every_node.control("the worst neighbour")
def _(use, h, a_source, a_target):
    xp = array_namespace(h)
    best = xp.max(use("graph_attention_scores")(h, a_source, a_target), axis=1)
    return best, _leaky(h @ a_source + xp.min(h @ a_target))


def _of_two(use, h, a_source, a_target):
    """Scores of GATv2 with two hidden numbers, of which the second is the negative of the first."""
    xp = array_namespace(h)
    w_source, w_target = (xp.stack([a, -a], axis=1) for a in (a_source, a_target))
    return use("dynamic_graph_attention_scores")(h, w_source, w_target, xp.ones((2,), dtype=h.dtype))


def _disagreements(scores):
    """Positive where two rows put the same two columns into opposite orders: less the product of the differences."""
    gaps = scores[:, :, None] - scores[:, None, :]
    return -gaps[:, None, :, :] * gaps[None, :, :, :]


def _zeros(x):
    return array_namespace(x).zeros(x.shape, dtype=x.dtype)


@check
def graph_attention_ranks_neighbours_alike_for_every_node(
    use, h: Real[Array, "n d"], a_source: Real[Array, "d"], a_target: Real[Array, "d"]
):
    opposed = _disagreements(use("graph_attention_scores")(h, a_source, a_target))
    return opposed, _zeros(opposed)


@graph_attention_ranks_neighbours_alike_for_every_node.witness
def _(h):
    return {"h": 0 * h + h[:1, :]}


@graph_attention_ranks_neighbours_alike_for_every_node.control("the linear map comes last: GATv2")
def _(use, h, a_source, a_target):
    opposed = _disagreements(_of_two(use, h, a_source, a_target))
    return opposed, _zeros(opposed)


@graph_attention_ranks_neighbours_alike_for_every_node.control("scores are inner products")
def _(use, h, a_source, a_target):
    opposed = _disagreements((h * a_source) @ (h * a_target).mT)
    return opposed, _zeros(opposed)


@check(relation="<=")
def dot_product_attention_is_not_graph_attention_on_a_complete_graph(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"]
):
    opposed = _disagreements(use("exponential_kernel")(q, k))
    return opposed, _zeros(opposed)


@dot_product_attention_is_not_graph_attention_on_a_complete_graph.counterexample
def _():
    return {"q": [[1], [-1]], "k": [[0], [1]]}


@dot_product_attention_is_not_graph_attention_on_a_complete_graph.control(
    "the scores of a graph attention network"
)
def _(use, q, k):
    opposed = _disagreements(use("graph_attention_scores")(q, k[0, :], k[-1, :]))
    return opposed, _zeros(opposed)


@check(relation="<=")
def dynamic_graph_attention_does_not_rank_neighbours_alike(
    use,
    h: Real[Array, "n d"],
    w_source: Real[Array, "d c"],
    w_target: Real[Array, "d c"],
    a: Real[Array, "c"],
):
    opposed = _disagreements(use("dynamic_graph_attention_scores")(h, w_source, w_target, a))
    return opposed, _zeros(opposed)


@dynamic_graph_attention_does_not_rank_neighbours_alike.counterexample
def _():
    return {"h": [[2], [-2]], "w_source": [[1, -1]], "w_target": [[1, -1]], "a": [1, 1]}


@dynamic_graph_attention_does_not_rank_neighbours_alike.control("the linear map comes first")
def _(use, h, w_source, w_target, a):
    opposed = _disagreements(use("graph_attention_scores")(h, w_source @ a, w_target @ a))
    return opposed, _zeros(opposed)


@check
def dynamic_graph_attention_is_a_weighted_sum_of_graph_attention(
    use,
    h: Real[Array, "n d"],
    w_source: Real[Array, "d c"],
    w_target: Real[Array, "d c"],
    a: Real[Array, "c"],
):
    return use("dynamic_graph_attention_scores")(h, w_source, w_target, a), _sum_of_static(
        use, h, w_source, w_target, a
    )


def _sum_of_static(use, h, w_source, w_target, a):
    """One graph attention for each hidden number, times the weight of that number."""
    scores = use("graph_attention_scores")
    return sum(a[r] * scores(h, w_source[:, r], w_target[:, r]) for r in range(a.shape[0]))


@dynamic_graph_attention_is_a_weighted_sum_of_graph_attention.control(
    "the hidden numbers are added before the rectifier: one graph attention"
)
def _(use, h, w_source, w_target, a):
    static = use("graph_attention_scores")(h, w_source @ a, w_target @ a)
    return use("dynamic_graph_attention_scores")(h, w_source, w_target, a), static


@dynamic_graph_attention_is_a_weighted_sum_of_graph_attention.control("source and target change places")
def _(use, h, w_source, w_target, a):
    right = _sum_of_static(use, h, w_target, w_source, a)
    return use("dynamic_graph_attention_scores")(h, w_source, w_target, a), right
