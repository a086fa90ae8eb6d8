"""Random features: what their means are, and what they are not."""

from __future__ import annotations

import numpy as np

from kg.verify import Array, Normal, Positive, Real, check


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
