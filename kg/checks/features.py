"""Random features: what their means are, and what they are not."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, pi
from kg.verify import Array, Normal, Orthogonal, Positive, Probability, Real, check


@check
def expectation_of_attention_with_one_random_feature_ignores_the_query(
    use, k: Real[Array, "d"], v: Real[Array, "2 e"], w: Normal[Array, "samples d"]
):
    outputs = _attend_with_one_feature(use("positive_random_features"), k, v, w)
    return outputs, use("softmax_attention")(np.zeros((1, k.shape[0])), np.stack([k, -k]), v)


def _attend_with_one_feature(features, k, v, w):
    """For each direction by itself, linear attention of the query k to the keys k and −k."""
    # The feature of the query stands above and below the line, as in an implementation that does not know it cancels.
    weights = features(np.stack([k]), w) * features(np.stack([k, -k]), w)
    return weights @ v / np.sum(weights, axis=1, keepdims=True)


@expectation_of_attention_with_one_random_feature_ignores_the_query.control(
    "unbiased: the softmax attention of the query itself"
)
def _(use, k, v, w):
    outputs = _attend_with_one_feature(use("positive_random_features"), k, v, w)
    root = k.shape[0] ** 0.25
    return outputs, use("softmax_attention")(np.stack([k]) * root, np.stack([k, -k]) * root, v)


@expectation_of_attention_with_one_random_feature_ignores_the_query.control(
    "the keys are not opposite, so that their lengths differ"
)
def _(use, k, v, w):
    features = use("positive_random_features")
    weights = features(np.stack([k, -2 * k]), w)
    outputs = weights @ v / np.sum(weights, axis=1, keepdims=True)
    return outputs, use("softmax_attention")(np.zeros((1, k.shape[0])), np.stack([k, -k]), v)


expectation_of_attention_with_one_random_feature_ignores_the_query.explain(
    "features(np.stack([k]), w) / features(", "reciprocal features exchange the weights of two opposite keys"
)
expectation_of_attention_with_one_random_feature_ignores_the_query.explain(
    "-k → k", "two equal keys have weight one half each, whatever the query"
)


@check
def expectation_of_rectified_random_features_is_the_arc_cosine_kernel(
    use, x: Positive[Array, "2 d"], y: Positive[Array, "3 d"], w: Normal[Array, "samples d"]
):
    relu = use("relu")
    products = relu(w @ x.mT)[:, :, None] * relu(w @ y.mT)[:, None, :]
    return products, use("arc_cosine_kernel")(x, y)


@expectation_of_rectified_random_features_is_the_arc_cosine_kernel.control(
    "the kernel of Cho and Saul, which is twice as large"
)
def _(use, x, y, w):
    relu = use("relu")
    products = relu(w @ x.mT)[:, :, None] * relu(w @ y.mT)[:, None, :]
    return products, 2 * use("arc_cosine_kernel")(x, y)


@expectation_of_rectified_random_features_is_the_arc_cosine_kernel.control(
    "half of the inner product, the mean when only one of the two is rectified"
)
def _(use, x, y, w):
    relu = use("relu")
    products = relu(w @ x.mT)[:, :, None] * relu(w @ y.mT)[:, None, :]
    return products, 0.5 * x @ y.mT


@check(sizes={"d": (2, 3, 5)})
def arc_cosine_kernel_is_a_function_of_the_angle(
    use,
    axes: Orthogonal[Array, "d d"],
    lengths: Positive[Array, "2"],
    turn: Probability[Array, ""],
):
    x, y, theta = _at_an_angle(axes, lengths, turn)
    return _both_ways(use, x, y), [_of_the_angle(lengths, theta), _of_the_angle(lengths, pi(turn) - theta)]


def _at_an_angle(axes, lengths, turn):
    """Two points of a plane that lies anyhow in space, their lengths and the angle between them given."""
    xp, theta = array_namespace(axes), pi(turn) * turn
    toward = xp.cos(theta) * axes[0, :] + xp.sin(theta) * axes[1, :]
    return lengths[0] * axes[0, :], lengths[1] * toward, theta


def _both_ways(use, x, y):
    """The kernel of the first point with the second, and with the second reflected in the origin."""
    xp, kernel = array_namespace(x), use("arc_cosine_kernel")
    values = kernel(xp.stack([x]), xp.stack([y, -y]))
    return [values[0, 0], values[0, 1]]


def _of_the_angle(lengths, theta):
    xp = array_namespace(lengths)
    share = xp.sin(theta) + (pi(lengths) - theta) * xp.cos(theta)
    return lengths[0] * lengths[1] * share / (2 * pi(lengths))


@arc_cosine_kernel_is_a_function_of_the_angle.control("the angle itself in place of what is missing to π")
def _(use, axes, lengths, turn):
    xp, (x, y, theta) = array_namespace(axes), _at_an_angle(axes, lengths, turn)
    share = xp.sin(theta) + theta * xp.cos(theta)
    return _both_ways(use, x, y)[0], lengths[0] * lengths[1] * share / (2 * pi(lengths))


@arc_cosine_kernel_is_a_function_of_the_angle.control("the kernel of order zero times both lengths")
def _(use, axes, lengths, turn):
    x, y, theta = _at_an_angle(axes, lengths, turn)
    return _both_ways(use, x, y)[0], lengths[0] * lengths[1] * (pi(lengths) - theta) / (2 * pi(lengths))
