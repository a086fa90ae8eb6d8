"""Checks of the claims about kernels: attention as smoothing with one, and kernels as means over random features."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Normal, Real, check, condition

# Kernel smoothing -----------------------------------------------------------------------------------------------


@check
def softmax_attention_is_a_kernel_smoother(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    weights = use("exponential_kernel")(q, k)
    return use("softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(weights, v)


@softmax_attention_is_a_kernel_smoother.control("the weights are normalised over the queries")
def _(use, q, k, v):
    xp = array_namespace(q)
    weights = use("exponential_kernel")(q, k)
    return use("softmax_attention")(q, k, v), (weights / xp.sum(weights, axis=0, keepdims=True)) @ v


@softmax_attention_is_a_kernel_smoother.control("the kernel lacks the scale 1/√d")
def _(use, q, k, v):
    weights = array_namespace(q).exp(q @ k.mT)
    return use("softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(weights, v)


@softmax_attention_is_a_kernel_smoother.control(
    "the kernel is Gaussian in q − k while the keys differ in length"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    gaps = q[:, None, :] - k[None, :, :]
    weights = xp.exp(-xp.sum(gaps * gaps, axis=-1) / (2 * xp.sqrt(constant(q, q.shape[1]))))
    return use("softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(weights, v)


# The order of the tokens ----------------------------------------------------------------------------------------


def _projected(attend, w_q, w_k, w_v):
    """Self-attention of one head as a function of the tokens alone."""
    return lambda x: attend(x @ w_q, x @ w_k, x @ w_v)


def _reordered(x, order):
    xp = array_namespace(x)
    return xp.take(x, xp.asarray(order), axis=0)


def _both_ways(layer, x):
    """The layer after reordering, and reordering after the layer.

    A swap of two neighbours and a rotation of all tokens generate every order, so these two orders stand for all.
    """
    tokens = list(range(x.shape[0]))
    orders = [tokens[1::-1] + tokens[2:], tokens[1:] + tokens[:1]]
    return [layer(_reordered(x, order)) for order in orders], [
        _reordered(layer(x), order) for order in orders
    ]


@check
def softmax_attention_is_permutation_equivariant(
    use, x: Real[Array, "n d"], w_q: Real[Array, "d c"], w_k: Real[Array, "d c"], w_v: Real[Array, "d e"]
):
    return _both_ways(_projected(use("softmax_attention"), w_q, w_k, w_v), x)


@softmax_attention_is_permutation_equivariant.control("a causal mask hides later tokens")
def _(use, x, w_q, w_k, w_v):
    return _both_ways(_projected(use("causal_softmax_attention"), w_q, w_k, w_v), x)


@softmax_attention_is_permutation_equivariant.control("each token carries its position")
def _(use, x, w_q, w_k, w_v):
    xp = array_namespace(x)
    layer = _projected(use("softmax_attention"), w_q, w_k, w_v)
    positions = xp.asarray(np.arange(x.shape[0])[:, None], dtype=x.dtype)
    return _both_ways(lambda tokens: layer(tokens + positions), x)


@softmax_attention_is_permutation_equivariant.control("the output is expected not to move at all")
def _(use, x, w_q, w_k, w_v):
    layer = _projected(use("softmax_attention"), w_q, w_k, w_v)
    moved, _ = _both_ways(layer, x)
    return moved, [layer(x) for _ in moved]


@check
def causal_softmax_attention_is_not_permutation_equivariant(
    use, x: Real[Array, "n d"], w_q: Real[Array, "d c"], w_k: Real[Array, "d c"], w_v: Real[Array, "d e"]
):
    return _both_ways(_projected(use("causal_softmax_attention"), w_q, w_k, w_v), x)


@causal_softmax_attention_is_not_permutation_equivariant.counterexample
def _():
    return {"x": [[0], [1]], "w_q": [[1]], "w_k": [[1]], "w_v": [[1]]}


@causal_softmax_attention_is_not_permutation_equivariant.control("every token reads every token")
def _(use, x, w_q, w_k, w_v):
    return _both_ways(_projected(use("softmax_attention"), w_q, w_k, w_v), x)


@causal_softmax_attention_is_not_permutation_equivariant.control(
    "only what the last token reads is compared, and it stays the last"
)
def _(use, x, w_q, w_k, w_v):
    layer = _projected(use("causal_softmax_attention"), w_q, w_k, w_v)
    order = [*range(x.shape[0] - 2, -1, -1), x.shape[0] - 1]
    return layer(_reordered(x, order))[-1, :], layer(x)[-1, :]


# Random features ------------------------------------------------------------------------------------------------


@condition(generic=True)
def standard_normal_directions(w):
    # A law cannot be read off a draw. What one draw can exclude is excluded: no standard normal number is that large.
    return bool(np.all(abs(np.asarray(w)) < 12))


@condition
def short_points(q, k):
    return bool(np.max(q * q) <= 1 / 4 and np.max(k * k) <= 1 / 4)


@short_points.sampler
def _(q, k):
    return {"q": q / 4, "k": k / 4}


@check(sizes={"d": (5, 7)})
def expectation_of_positive_random_features_is_the_exponential_kernel(
    use, q: Real[Array, "2 d"], k: Real[Array, "3 d"], w: Normal[Array, "samples d"]
):
    root = q.shape[1] ** 0.25
    features = use("positive_random_features")
    products = features(q / root, w)[:, :, None] * features(k / root, w)[:, None, :]
    return products - use("exponential_kernel")(q, k), 0


def _products_of_features(use, q, k, w, features):
    shrink = q.shape[1] ** 0.25
    products = features(q / shrink, w)[:, :, None] * features(k / shrink, w)[:, None, :]
    return products - use("exponential_kernel")(q, k), 0


@expectation_of_positive_random_features_is_the_exponential_kernel.control(
    "the factor exp(−|x|²/2) is left out"
)
def _(use, q, k, w):
    return _products_of_features(use, q, k, w, lambda x, w: np.exp(w @ x.mT))


@expectation_of_positive_random_features_is_the_exponential_kernel.control("directions of variance 2")
def _(use, q, k, w):
    return _products_of_features(use, q, k, 2**0.5 * w, use("positive_random_features"))


@expectation_of_positive_random_features_is_the_exponential_kernel.control(
    "only the keys are shrunk by d^(1/4)"
)
def _(use, q, k, w):
    features = use("positive_random_features")
    products = features(q, w)[:, :, None] * features(k / k.shape[1] ** 0.25, w)[:, None, :]
    return products - use("exponential_kernel")(q, k), 0


# Products of kernels --------------------------------------------------------------------------------------------


def _side_by_side(q, k, s, t):
    """Queries and keys that hold content and position side by side, each part at the scale of its own width."""
    xp = array_namespace(q)
    d, e = q.shape[1], s.shape[1]
    root = xp.sqrt(constant(q, d + e))
    query = [q * root / xp.sqrt(constant(q, d)), s * root / xp.sqrt(constant(s, e))]
    return xp.concat(query, axis=1), xp.concat([k, t], axis=1)


@condition
def contents_and_positions_not_empty(d, e):
    return d >= 1 and e >= 1


@check
def attention_to_contents_beside_positions_is_a_product_kernel_smoother(
    use,
    q: Real[Array, "n d"],
    k: Real[Array, "m d"],
    s: Real[Array, "n e"],
    t: Real[Array, "m e"],
    v: Real[Array, "m f"],
):
    query, key = _side_by_side(q, k, s, t)
    weights = use("product_kernel")(q, k, s, t)
    return use("softmax_attention")(query, key, v), use("nadaraya_watson_smoother")(weights, v)


@attention_to_contents_beside_positions_is_a_product_kernel_smoother.control(
    "positions are added to contents, which makes cross terms"
)
def _(use, q, k, v):
    s, t = 2 * q, 3 * k
    weights = use("product_kernel")(q, k, s, t)
    return use("softmax_attention")(q + s, k + t, v), use("nadaraya_watson_smoother")(weights, v)


@attention_to_contents_beside_positions_is_a_product_kernel_smoother.control(
    "the position kernel multiplies weights that are already divided by their sum"
)
def _(use, q, k, s, t, v):
    xp = array_namespace(q)
    query, key = _side_by_side(q, k, s, t)
    content = use("exponential_kernel")(q, k)
    weights = content / xp.sum(content, axis=1, keepdims=True) * use("exponential_kernel")(s, t)
    return use("softmax_attention")(query, key, v), weights @ v


@attention_to_contents_beside_positions_is_a_product_kernel_smoother.control("the kernels are added")
def _(use, q, k, s, t, v):
    query, key = _side_by_side(q, k, s, t)
    weights = use("exponential_kernel")(q, k) + use("exponential_kernel")(s, t)
    return use("softmax_attention")(query, key, v), use("nadaraya_watson_smoother")(weights, v)


@check
def product_kernel_is_the_exponential_kernel_of_vectors_side_by_side(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], s: Real[Array, "n e"], t: Real[Array, "m e"]
):
    query, key = _side_by_side(q, k, s, t)
    return use("product_kernel")(q, k, s, t), use("exponential_kernel")(query, key)


@product_kernel_is_the_exponential_kernel_of_vectors_side_by_side.control(
    "both parts have the scale of the whole width"
)
def _(use, q, k, s, t):
    xp = array_namespace(q)
    query, key = xp.concat([q, s], axis=1), xp.concat([k, t], axis=1)
    return use("product_kernel")(q, k, s, t), use("exponential_kernel")(query, key)


@product_kernel_is_the_exponential_kernel_of_vectors_side_by_side.control("the kernels are added")
def _(use, q, k, s, t):
    query, key = _side_by_side(q, k, s, t)
    added = use("exponential_kernel")(q, k) + use("exponential_kernel")(s, t)
    return added, use("exponential_kernel")(query, key)


# The mean of values ---------------------------------------------------------------------------------------------


@check
def softmax_attention_stays_between_the_smallest_and_the_largest_value(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    return _within(use("softmax_attention")(q, k, v), v)


def _within(output, v):
    """The smallest value of each column against the output, and the output against the largest."""
    xp = array_namespace(v)
    smallest, largest = xp.min(v, axis=0, keepdims=True), xp.max(v, axis=0, keepdims=True)
    return [smallest + 0 * output, output], [output, largest + 0 * output]


@softmax_attention_stays_between_the_smallest_and_the_largest_value.witness
def _(v):
    return {"v": 0 * v + v[:1, :]}


@softmax_attention_stays_between_the_smallest_and_the_largest_value.control(
    "scores as weights, without softmax and divided by the number of keys"
)
def _(use, k, v):
    return _within(use("galerkin_attention")(k, k, v), v)


@softmax_attention_stays_between_the_smallest_and_the_largest_value.control(
    "weights of either sign that sum to one"
)
def _(use, q, k, v):
    return _within(use("linear_attention")(q, k, v), v)
