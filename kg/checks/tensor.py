"""Checks of the claims about tensors, their decompositions and sums of Kronecker products."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Natural, Real, check, condition


@condition(generic=True)
def nonzero_iterate(weights, components, x):
    scores = components @ x
    step = components.mT @ (weights * scores * scores)
    return bool(np.any(step != 0))


@condition
def ranks_within_dimensions(t, r1, r2, r3):
    return all(1 <= rank <= length for rank, length in zip((r1, r2, r3), t.shape, strict=True))


@ranks_within_dimensions.sampler
def _(t, r1, r2, r3):
    wrapped = [1 + (rank - 1) % length for rank, length in zip((r1, r2, r3), t.shape, strict=True)]
    return dict(zip(("r1", "r2", "r3"), wrapped, strict=True))


@condition(generic=True)
def invertible_pivot_block(left, right):
    k = left.shape[0]
    block = _rearrangement_of_rank_k(left, right)[:k, :k]
    xp = array_namespace(block)
    determinant = xp.linalg.det(block)
    # A margin, because in floats a singular block rarely has a determinant of exactly zero.
    return bool(2**40 * determinant * determinant > xp.sum(block * block) ** k)


def _unit(v):
    xp = array_namespace(v)
    return v / xp.sqrt(xp.sum(v * v))


# Tensor power iteration -----------------------------------------------------------------------------------------


@check
def tensor_power_iteration_is_polynomial_attention(
    use, weights: Real[Array, "r"], components: Real[Array, "r d"], x: Real[Array, "d"]
):
    values = weights[:, None] * components
    read = use("polynomial_attention")(x[None, :], components, values)
    return use("tensor_power_iteration")(weights, components, x), _unit(read[0, :])


@tensor_power_iteration_is_polynomial_attention.control("the weights are a softmax of the scores")
def _(use, weights, components, x):
    xp = array_namespace(x)
    scores = xp.exp(components @ x)
    read = (scores / xp.sum(scores)) @ (weights[:, None] * components)
    return use("tensor_power_iteration")(weights, components, x), _unit(read)


@tensor_power_iteration_is_polynomial_attention.control("the scores are not squared")
def _(use, weights, components, x):
    read = (components @ x) @ (weights[:, None] * components)
    return use("tensor_power_iteration")(weights, components, x), _unit(read)


@tensor_power_iteration_is_polynomial_attention.control(
    "the values do not carry the weights of the components"
)
def _(use, weights, components, x):
    read = use("polynomial_attention")(x[None, :], components, components)
    return use("tensor_power_iteration")(weights, components, x), _unit(read[0, :])


# Truncated HOSVD ------------------------------------------------------------------------------------------------


def _unfold(t, axis):
    xp = array_namespace(t)
    return xp.reshape(xp.moveaxis(t, axis, 0), (t.shape[axis], -1))


def _tails(t, ranks):
    """For each axis, the sum of the squares of the singular values that its truncation drops."""
    xp = array_namespace(t)
    dropped = [xp.linalg.svdvals(_unfold(t, axis))[rank:] for axis, rank in enumerate(ranks)]
    return [xp.sum(values * values) for values in dropped]


def _square_error(t, approximation):
    return array_namespace(t).sum((t - approximation) ** 2)


def _projected(t, bases):
    """The orthogonal projection of a tensor on the spans of one basis for each axis."""
    xp = array_namespace(t)
    for axis, basis in enumerate(bases):
        front = xp.moveaxis(t, axis, 0)
        flat = basis @ (basis.mT @ xp.reshape(front, (front.shape[0], -1)))
        t = xp.moveaxis(xp.reshape(flat, front.shape), 0, axis)
    return t


def _alternating_approximation(t, ranks, starts, sweeps=2):
    """A tensor of these multilinear ranks near t: from the spans of `starts`, improve one axis at a time."""
    xp = array_namespace(t)
    bases = [xp.linalg.qr(start[:, :rank])[0] for start, rank in zip(starts, ranks, strict=True)]
    for axis in list(range(len(ranks))) * sweeps:
        others = [basis if i != axis else xp.eye(t.shape[i]) for i, basis in enumerate(bases)]
        u, _, _ = xp.linalg.svd(_unfold(_projected(t, others), axis), full_matrices=False)
        bases[axis] = u[:, : ranks[axis]]
    return _projected(t, bases)


@check
def hosvd_error_is_at_most_the_sum_of_the_tails(
    use, r1: Natural[int, "1 7"], r2: Natural[int, "1 7"], r3: Natural[int, "1 7"], t: Real[Array, "a b c"]
):
    ranks = (r1, r2, r3)
    whole, tails = array_namespace(t).sum(t * t), _tails(t, ranks)
    # Both sides are relative, so that nothing cut at all is rounding on the left and zero on the right.
    error = _square_error(t, use("hosvd")(t, ranks=ranks)) / whole
    # That an axis is cut at all is seen from below; at the witness, where the first alone is, from above.
    return [error, *(tail / whole for tail in tails[1:])], [sum(tails) / whole, error, error]


hosvd_error_is_at_most_the_sum_of_the_tails.explain(
    "t * t → t / t", "both sides are divided by the same positive number, and any other would do"
)


@hosvd_error_is_at_most_the_sum_of_the_tails.witness
def _(t):
    # Only the first axis is cut, so there is one projection and nothing is counted twice.
    return {"r1": 1, "r2": t.shape[1], "r3": t.shape[2]}


@hosvd_error_is_at_most_the_sum_of_the_tails.control("the largest tail alone bounds the error")
def _(use, r1, r2, r3, t):
    ranks = (r1, r2, r3)
    return _square_error(t, use("hosvd")(t, ranks=ranks)), max(_tails(t, ranks))


@hosvd_error_is_at_most_the_sum_of_the_tails.control("the trailing singular vectors are kept instead")
def _(use, r1, r2, r3, t):
    xp = array_namespace(t)
    ranks = (r1, r2, r3)
    kept = [
        xp.linalg.svd(_unfold(t, axis), full_matrices=False)[0][:, -rank:] for axis, rank in enumerate(ranks)
    ]
    return _square_error(t, _projected(t, kept)), sum(_tails(t, ranks))


# The first axis is always cut: with nothing cut both sides are zero, which would pass for a sharp bound.
@check(sizes={"a": (4, 5)})
def hosvd_error_is_at_most_the_number_of_axes_times_the_best(
    use,
    r1: Natural[int, "1 3"],
    r2: Natural[int, "1 7"],
    r3: Natural[int, "1 7"],
    t: Real[Array, "a b c"],
    u: Real[Array, "a a"],
    v: Real[Array, "b b"],
    w: Real[Array, "c c"],
):
    ranks = (r1, r2, r3)
    rival = _square_error(t, _alternating_approximation(t, ranks, (u, v, w)))
    error = _square_error(t, use("hosvd")(t, ranks=ranks))
    # From below, so that an axis that is not cut does not pass for a better approximation.
    return [error, *_tails(t, ranks)], [t.ndim * rival, error, error, error]


@hosvd_error_is_at_most_the_number_of_axes_times_the_best.control("the error is at most the best")
def _(use, r1, r2, r3, t, u, v, w):
    ranks = (r1, r2, r3)
    rival = _alternating_approximation(t, ranks, (u, v, w))
    return _square_error(t, use("hosvd")(t, ranks=ranks)), _square_error(t, rival)


# Sums of Kronecker products -------------------------------------------------------------------------------------


@check
def rearranged_sum_of_kronecker_products_is_a_sum_of_outer_products(
    use, a: Real[Array, "k m p"], b: Real[Array, "k n q"]
):
    operator = use("sum_of_kronecker_products")(a, b)
    rearranged = use("kronecker_rearrangement")(operator, a.shape[1], a.shape[2])
    return rearranged, use("sum_of_outer_products")(a, b)


@rearranged_sum_of_kronecker_products_is_a_sum_of_outer_products.control("the factors change places")
def _(use, a, b):
    operator = use("sum_of_kronecker_products")(b, a)
    rearranged = use("kronecker_rearrangement")(operator, a.shape[1], a.shape[2])
    return rearranged, use("sum_of_outer_products")(a, b)


@rearranged_sum_of_kronecker_products_is_a_sum_of_outer_products.control(
    "the blocks are listed column by column"
)
def _(use, a, b):
    xp = array_namespace(a)
    (_, m, p), (_, n, q) = a.shape, b.shape
    blocks = xp.reshape(use("sum_of_kronecker_products")(a, b), (m, n, p, q))
    by_columns = xp.reshape(xp.permute_dims(blocks, (2, 0, 1, 3)), (m * p, n * q))
    return by_columns, use("sum_of_outer_products")(a, b)


def _operator_of_rearrangement(rearranged, m, n, p, q):
    """The matrix whose rearrangement is given: entry (i·n + s, j·q + t) stands in row i·p + j, column s·q + t."""
    xp = array_namespace(rearranged)
    entries = xp.reshape(rearranged, (m, p, n, q))
    return xp.reshape(xp.permute_dims(entries, (0, 2, 1, 3)), (m * n, p * q))


def _terms_from_a_pivot(rearranged, m, n, p, q, k):
    """Factors of k Kronecker products, read off a rearranged operator by its leading k by k block."""
    xp = array_namespace(rearranged)
    rows = xp.linalg.solve(rearranged[:k, :k], rearranged[:k, :])
    return xp.reshape(rearranged[:, :k].mT, (k, m, p)), xp.reshape(rows, (k, n, q))


def _rearrangement_of_rank_k(left, right):
    xp = array_namespace(left)
    return xp.reshape(left, (left.shape[0], -1)).mT @ xp.reshape(right, (right.shape[0], -1))


@check(sizes={"k": (2, 3)})
def operator_whose_rearrangement_has_rank_k_is_a_sum_of_k_kronecker_products(
    use, left: Real[Array, "k m p"], right: Real[Array, "k n q"]
):
    (k, m, p), (_, n, q) = left.shape, right.shape
    operator = _operator_of_rearrangement(_rearrangement_of_rank_k(left, right), m, n, p, q)
    rearranged = use("kronecker_rearrangement")(operator, m, p)
    return use("sum_of_kronecker_products")(*_terms_from_a_pivot(rearranged, m, n, p, q, k)), operator


@operator_whose_rearrangement_has_rank_k_is_a_sum_of_k_kronecker_products.control(
    "one term fewer than the rank"
)
def _(use, left, right):
    (k, m, p), (_, n, q) = left.shape, right.shape
    operator = _operator_of_rearrangement(_rearrangement_of_rank_k(left, right), m, n, p, q)
    rearranged = use("kronecker_rearrangement")(operator, m, p)
    return use("sum_of_kronecker_products")(*_terms_from_a_pivot(rearranged, m, n, p, q, k - 1)), operator


@operator_whose_rearrangement_has_rank_k_is_a_sum_of_k_kronecker_products.control(
    "the blocks of the operator are not listed as rows first"
)
def _(use, left, right):
    xp = array_namespace(left)
    (k, m, p), (_, n, q) = left.shape, right.shape
    operator = _operator_of_rearrangement(_rearrangement_of_rank_k(left, right), m, n, p, q)
    unordered = xp.reshape(operator, (m * p, n * q))
    return use("sum_of_kronecker_products")(*_terms_from_a_pivot(unordered, m, n, p, q, k)), operator


def _tail(matrix, rank):
    xp = array_namespace(matrix)
    values = xp.linalg.svdvals(matrix)[rank:]
    return xp.sum(values * values)


def _leading_terms(rearranged, m, n, p, q, k):
    """Factors of the k Kronecker products that come closest: the leading singular triples of the rearrangement."""
    xp = array_namespace(rearranged)
    u, values, vt = xp.linalg.svd(rearranged, full_matrices=False)
    return xp.reshape((u[:, :k] * values[None, :k]).mT, (k, m, p)), xp.reshape(vt[:k, :], (k, n, q))


@check(sizes={"k": (1, 2, 3)})
def distance_to_k_kronecker_products_is_at_least_the_tail_of_the_rearrangement(
    use, operator: Real[Array, "m n p q"], a: Real[Array, "k m p"], b: Real[Array, "k n q"]
):
    xp = array_namespace(operator)
    (k, m, p), (_, n, q) = a.shape, b.shape
    matrix = xp.reshape(operator, (m * n, p * q))
    tail = _tail(use("kronecker_rearrangement")(matrix, m, p), k)
    return tail, xp.sum((matrix - use("sum_of_kronecker_products")(a, b)) ** 2)


@distance_to_k_kronecker_products_is_at_least_the_tail_of_the_rearrangement.witness
def _(use, operator, a):
    m, n, p, q = operator.shape
    matrix = array_namespace(operator).reshape(operator, (m * n, p * q))
    rearranged = use("kronecker_rearrangement")(matrix, m, p)
    nearest = _leading_terms(rearranged, m, n, p, q, a.shape[0])
    return dict(zip(("a", "b"), nearest, strict=True))


@distance_to_k_kronecker_products_is_at_least_the_tail_of_the_rearrangement.control("one term more is used")
def _(use, operator, a):
    xp = array_namespace(operator)
    (m, n, p, q), k = operator.shape, a.shape[0]
    matrix = xp.reshape(operator, (m * n, p * q))
    rearranged = use("kronecker_rearrangement")(matrix, m, p)
    nearest = use("sum_of_kronecker_products")(*_leading_terms(rearranged, m, n, p, q, k + 1))
    return _tail(rearranged, k), xp.sum((matrix - nearest) ** 2)


@distance_to_k_kronecker_products_is_at_least_the_tail_of_the_rearrangement.control(
    "the singular values are those of the operator itself"
)
def _(use, operator, a):
    xp = array_namespace(operator)
    (m, n, p, q), k = operator.shape, a.shape[0]
    matrix = xp.reshape(operator, (m * n, p * q))
    rearranged = use("kronecker_rearrangement")(matrix, m, p)
    nearest = use("sum_of_kronecker_products")(*_leading_terms(rearranged, m, n, p, q, k))
    return _tail(matrix, k), xp.sum((matrix - nearest) ** 2)
