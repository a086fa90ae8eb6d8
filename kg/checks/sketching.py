"""Checks of the claims about random projections."""

from __future__ import annotations

import itertools

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Normal, Real, Size, UnitRows, check

# Random projections --------------------------------------------------------------------------------------------


def _sketched_product(use, r, x, y):
    sketch = use("gaussian_sketch")
    return array_namespace(x).sum(sketch(r, x) * sketch(r, y), axis=-1)


def _three_point_rule(x, variables):
    """Nodes and weights of the product of three-point rules, exact for the normal law up to degree five in each."""
    xp = array_namespace(x)
    root, third = xp.sqrt(constant(x, 3)), constant(x, 1) / 6
    table = np.asarray(list(itertools.product((-1, 0, 1), repeat=variables)))
    nodes = root * xp.asarray(table, dtype=x.dtype)
    weights = xp.prod(xp.asarray(np.where(table == 0, 4, 1), dtype=x.dtype) * third, axis=1)
    return nodes, weights


def _sketched_by_rule(use, x, y, k):
    """Inner products after a sketch with k combinations, at the nodes of the rule, and the weights of the nodes."""
    xp = array_namespace(x)
    nodes, weights = _three_point_rule(x, k * x.shape[0])
    r = xp.reshape(nodes, (nodes.shape[0], k, x.shape[0]))
    return _sketched_product(use, r, x, y), weights


@check(sizes={"n": (1, 2), "k": (2, 3)})
def mean_of_a_sketched_inner_product_is_the_inner_product(
    use, x: Real[Array, "n"], y: Real[Array, "n"], k: Size[int, "k"]
):
    xp = array_namespace(x)
    products, weights = _sketched_by_rule(use, x, y, k)
    return xp.sum(weights * products), xp.sum(x * y)


@mean_of_a_sketched_inner_product_is_the_inner_product.control("the sketch is not divided by √k")
def _(use, x, y, k):
    xp = array_namespace(x)
    products, weights = _sketched_by_rule(use, x, y, k)
    return k * xp.sum(weights * products), xp.sum(x * y)


@mean_of_a_sketched_inner_product_is_the_inner_product.control("each vector has a sketch of its own")
def _(use, x, y, k):
    xp = array_namespace(x)
    nodes, weights = _three_point_rule(x, k * x.shape[0])
    r = xp.reshape(nodes, (nodes.shape[0], k, x.shape[0]))
    sketch = use("gaussian_sketch")
    products = xp.sum(sketch(r, x) * sketch(xp.flip(r, axis=1), y), axis=-1)
    return xp.sum(weights * products), xp.sum(x * y)


mean_of_a_sketched_inner_product_is_the_inner_product.explain(
    "axis=-1) → xp.sum(r * x[None, None, :], axis=-2)",
    "adding up over combinations instead of entries has the same mean; only the error is another",
)


def _squared_error(use, x, y, k):
    """The mean over the rule, in place of the normal law, of the squared error of a sketch with k combinations."""
    xp = array_namespace(x)
    products, weights = _sketched_by_rule(use, x, y, k)
    error = products - xp.sum(x * y)
    return xp.sum(weights * error * error)


@check(sizes={"n": (1, 2), "k": (2, 3)})
def squared_error_of_a_sketched_inner_product_falls_as_one_over_k(
    use, x: Real[Array, "n"], y: Real[Array, "n"], k: Size[int, "k"]
):
    xp = array_namespace(x)
    return _squared_error(use, x, y, k), (xp.sum(x * x) * xp.sum(y * y) + xp.sum(x * y) ** 2) / k


@squared_error_of_a_sketched_inner_product_falls_as_one_over_k.control(
    "the squared inner product is left out"
)
def _(use, x, y, k):
    xp = array_namespace(x)
    return _squared_error(use, x, y, k), xp.sum(x * x) * xp.sum(y * y) / k


@squared_error_of_a_sketched_inner_product_falls_as_one_over_k.control(
    "it falls as one over the square of the number of combinations"
)
def _(use, x, y, k):
    xp = array_namespace(x)
    return _squared_error(use, x, y, k), (xp.sum(x * x) * xp.sum(y * y) + xp.sum(x * y) ** 2) / (k * k)


@squared_error_of_a_sketched_inner_product_falls_as_one_over_k.control(
    "it is the error of two combinations, however many there are"
)
def _(use, x, y, k):
    xp = array_namespace(x)
    return _squared_error(use, x, y, k + 1), (xp.sum(x * x) * xp.sum(y * y) + xp.sum(x * y) ** 2) / 2


@check(sizes={"k": (128,), "n": (4, 8)})
def sketched_length_is_within_half_with_stated_probability(
    use, r: Normal[Array, "samples k n"], x: UnitRows[Array, "n"]
):
    return _within(use, r, x), 1 - 2 * np.exp(-r.shape[1] / 32)


def _within(use, r, x, tolerance=0.5):
    """Whether the squared length of the sketch of a unit vector is off by at most the tolerance."""
    xp = array_namespace(x)
    return xp.abs(_sketched_product(use, r, x, x) - 1) <= tolerance


@sketched_length_is_within_half_with_stated_probability.control("within a tenth")
def _(use, r, x):
    return _within(use, r, x, tolerance=0.1), 1 - 2 * np.exp(-r.shape[1] / 32)


@sketched_length_is_within_half_with_stated_probability.control("the sketch has eight combinations")
def _(use, r, x):
    return _within(use, r[:, :8, :], x), 1 - 2 * np.exp(-r.shape[1] / 32)
