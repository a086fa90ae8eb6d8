"""Checks of the claims about kernels with finitely many features, and about one that has none."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Real, check, condition

# Finitely many features -----------------------------------------------------------------------------------------


@check
def polynomial_kernel_is_an_inner_product_of_quadratic_features(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"]
):
    features = use("quadratic_features")
    return use("polynomial_kernel")(q, k), features(q) @ features(k).mT


@polynomial_kernel_is_an_inner_product_of_quadratic_features.control(
    "the squares alone, without mixed products"
)
def _(use, q, k):
    return use("polynomial_kernel")(q, k), (q * q) @ (k * k).mT


@polynomial_kernel_is_an_inner_product_of_quadratic_features.control("the exponential kernel instead")
def _(use, q, k):
    features = use("quadratic_features")
    return use("exponential_kernel")(q, k), features(q) @ features(k).mT


@check
def polynomial_kernel_is_an_inner_product_of_distinct_quadratic_features(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"]
):
    features = use("distinct_quadratic_features")
    return use("polynomial_kernel")(q, k), features(q) @ features(k).mT


@polynomial_kernel_is_an_inner_product_of_distinct_quadratic_features.control("mixed products without √2")
def _(use, q, k):
    xp = array_namespace(q)
    i, j = np.triu_indices(q.shape[1])
    left, right = (xp.take(x, i, axis=1) * xp.take(x, j, axis=1) for x in (q, k))
    return use("polynomial_kernel")(q, k), left @ right.mT


@condition(generic=True)
def some_score_not_zero(q, k):
    return k.shape[0] > 0 and bool(np.all(np.sum((q @ k.mT) ** 2, axis=1) > 0))


@check
def polynomial_attention_is_linear_attention_with_quadratic_features(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    xp = array_namespace(q)
    features, attention = use("quadratic_features"), use("polynomial_attention")
    total = attention(q, k, xp.ones((k.shape[0], 1), dtype=v.dtype))
    return attention(q, k, v) / total, use("linear_attention")(features(q), features(k), v)


@polynomial_attention_is_linear_attention_with_quadratic_features.control("the totals are not divided by")
def _(use, q, k, v):
    features = use("quadratic_features")
    return use("polynomial_attention")(q, k, v), use("linear_attention")(features(q), features(k), v)


@polynomial_attention_is_linear_attention_with_quadratic_features.control("softmax attention instead")
def _(use, q, k, v):
    features = use("quadratic_features")
    return use("softmax_attention")(q, k, v), use("linear_attention")(features(q), features(k), v)


@condition(generic=True)
def as_many_independent_points_as_features(a, b, c, e):
    blocks = [(x[:-1, :] @ y[:-1, :].mT) ** 2 for x, y in ((a, b), (c, e))]
    return all(np.linalg.matrix_rank(block) == block.shape[0] for block in blocks)


@check
def polynomial_kernel_is_fixed_by_as_many_points_as_features(
    use, a: Real[Array, "4 2"], b: Real[Array, "4 2"], c: Real[Array, "7 3"], e: Real[Array, "7 3"]
):
    return _last_and_predicted([use("polynomial_kernel")(a, b), use("polynomial_kernel")(c, e)])


def _last_and_predicted(tables):
    """The last entry of each table, and what its other entries make of it if the last row depends on the others."""
    xp = array_namespace(tables[0])
    last = [table[-1, -1] for table in tables]
    return last, [table[-1, :-1] @ xp.linalg.solve(table[:-1, :-1], table[:-1, -1]) for table in tables]


@polynomial_kernel_is_fixed_by_as_many_points_as_features.control("one point fewer")
def _(use, a, b, c, e):
    kernel = use("polynomial_kernel")
    return _last_and_predicted([kernel(a[1:, :], b[1:, :]), kernel(c[1:, :], e[1:, :])])


@polynomial_kernel_is_fixed_by_as_many_points_as_features.control("the exponential kernel instead")
def _(use, a, b, c, e):
    return _last_and_predicted([use("exponential_kernel")(a, b), use("exponential_kernel")(c, e)])


def _determinants(tables):
    xp = array_namespace(tables[0])
    return [xp.linalg.det(table) for table in tables]


def _none_of(tables):
    return [constant(table, 0) for table in tables]


@check(sizes={"n": (4, 5, 7), "d": (2,)})
def softmax_attention_is_not_linear_attention_with_finitely_many_features(
    use, x: Real[Array, "n d"], y: Real[Array, "n d"]
):
    tables = [use("exponential_kernel")(x, y)]
    return _determinants(tables), _none_of(tables)


@softmax_attention_is_not_linear_attention_with_finitely_many_features.counterexample
def _():
    points = [[0, 0], [1, 0], [2, 0], [3, 0]]
    return {"x": points, "y": points}


@softmax_attention_is_not_linear_attention_with_finitely_many_features.control(
    "the polynomial kernel, which has three features in two dimensions"
)
def _(use, x, y):
    tables = [use("polynomial_kernel")(x, y)]
    return _determinants(tables), _none_of(tables)


@check
def exponential_kernel_at_multiples_of_a_query_is_a_vandermonde_matrix(
    use, u: Real[Array, "d"], k: Real[Array, "n d"]
):
    xp = array_namespace(u)
    powers = xp.exp(k @ u / xp.sqrt(constant(u, k.shape[1])))
    return xp.linalg.det(use("exponential_kernel")(_multiples(u, k, 0), k)), _differences(powers)


def _multiples(u, k, first):
    """As many multiples of u as there are keys, in steps of one."""
    whole = array_namespace(u).asarray(np.arange(first, first + k.shape[0]), dtype=u.dtype)
    return whole[:, None] * u[None, :]


def _differences(points):
    """∏_{i<j} (z_j − z_i), which vanishes only if two points are equal."""
    product = constant(points, 1)
    for j in range(points.shape[0]):
        for i in range(j):
            product = product * (points[j] - points[i])
    return product


@exponential_kernel_at_multiples_of_a_query_is_a_vandermonde_matrix.control("the differences of the scores")
def _(use, u, k):
    xp = array_namespace(u)
    scores = k @ u / xp.sqrt(constant(u, k.shape[1]))
    return xp.linalg.det(use("exponential_kernel")(_multiples(u, k, 0), k)), _differences(scores)


@exponential_kernel_at_multiples_of_a_query_is_a_vandermonde_matrix.control("the multiples begin at one")
def _(use, u, k):
    xp = array_namespace(u)
    powers = xp.exp(k @ u / xp.sqrt(constant(u, k.shape[1])))
    return xp.linalg.det(use("exponential_kernel")(_multiples(u, k, 1), k)), _differences(powers)


@check
def polynomial_attention_is_a_polynomial_kernel_smoother(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    weights = use("polynomial_kernel")(q, k)
    total = array_namespace(q).sum(weights, axis=1, keepdims=True)
    return use("polynomial_attention")(q, k, v), total * use("nadaraya_watson_smoother")(weights, v)


@polynomial_attention_is_a_polynomial_kernel_smoother.control("the sum of the weights is not multiplied back")
def _(use, q, k, v):
    weights = use("polynomial_kernel")(q, k)
    return use("polynomial_attention")(q, k, v), use("nadaraya_watson_smoother")(weights, v)


@polynomial_attention_is_a_polynomial_kernel_smoother.control("the scores of attention are divided by √d")
def _(use, q, k, v):
    xp, weights = array_namespace(q), use("polynomial_kernel")(q, k)
    total = xp.sum(weights, axis=1, keepdims=True)
    root = xp.sqrt(constant(q, q.shape[1]))
    return use("polynomial_attention")(q / root, k, v), total * use("nadaraya_watson_smoother")(weights, v)


@polynomial_attention_is_a_polynomial_kernel_smoother.control("the scores are not squared")
def _(use, q, k, v):
    xp, weights = array_namespace(q), q @ k.mT
    total = xp.sum(weights, axis=1, keepdims=True)
    return use("polynomial_attention")(q, k, v), total * use("nadaraya_watson_smoother")(weights, v)
