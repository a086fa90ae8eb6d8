"""Checks of the claims about sparse recovery, and the conditions they hold under."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Natural, Normal, Real, Size, UnitRows, check, condition


@condition
def unit_norm_columns(a):
    xp = array_namespace(a)
    return bool(np.all(abs(xp.sum(a * a, axis=0) - 1) * 2**30 < 1))


@unit_norm_columns.sampler
def _(a):
    # Stereographic projection of all rows but the last: points of the sphere without a square root.
    xp = array_namespace(a)
    t = a[:-1, :]
    square = xp.sum(t * t, axis=0, keepdims=True)
    return {"a": xp.concat([2 * t, square - 1], axis=0) / (square + 1)}


@condition(generic=True)
def no_ties_in_correlation(a, y, sparsity):
    xp = array_namespace(a)
    residual, chosen = y, []
    for _ in range(sparsity):
        correlation = xp.abs(a.mT @ residual)
        best = int(xp.argmax(correlation, axis=0))
        others = [j for j in range(a.shape[1]) if j != best]
        # Beyond rounding: equality but for the last bits is a tie, and so is a residual of nothing but rounding.
        behind = xp.take(correlation, np.asarray(others), axis=0) * (2**30 + 1) < correlation[best] * 2**30
        if not (np.all(behind) and bool(correlation[best] * 2**30 > xp.sum(xp.abs(y)))):
            return False
        chosen.append(best)
        support = xp.stack([a[:, j] for j in chosen], axis=1)
        residual = y - support @ xp.linalg.solve(support.mT @ support, support.mT @ y)
    return True


@check(sizes={"n": (5, 7), "d": (6, 8, 11)})
def orthogonal_matching_pursuit_by_qr_is_orthogonal_matching_pursuit(
    use, a: Real[Array, "n d"], y: Real[Array, "n"], sparsity: Natural[int, "2 4"]
):
    by_qr = use("orthogonal_matching_pursuit_by_qr")(a, y, sparsity=sparsity)
    return by_qr, use("orthogonal_matching_pursuit")(a, y, sparsity=sparsity)


@orthogonal_matching_pursuit_by_qr_is_orthogonal_matching_pursuit.control(
    "plain matching pursuit: chosen columns are never fitted again"
)
def _(use, a, y, sparsity):
    xp = array_namespace(a)
    residual, coefficients = y, 0 * a[0, :]
    for _ in range(sparsity):
        correlation = a.mT @ residual
        here = np.arange(a.shape[1]) == int(xp.argmax(xp.abs(correlation), axis=0))
        share = xp.where(here, correlation, 0)
        coefficients = coefficients + share
        residual = residual - a @ share
    return coefficients, use("orthogonal_matching_pursuit")(a, y, sparsity=sparsity)


@orthogonal_matching_pursuit_by_qr_is_orthogonal_matching_pursuit.control(
    "the last chosen column is left out"
)
def _(use, a, y, sparsity):
    by_qr = use("orthogonal_matching_pursuit_by_qr")(a, y, sparsity=sparsity - 1)
    return by_qr, use("orthogonal_matching_pursuit")(a, y, sparsity=sparsity)


# What is recovered, and what is not ------------------------------------------------------------------------------


def _finds_two_ones(use, a):
    """For each matrix: does the pursuit return the vector with ones in its first two places?"""
    pursue = use("orthogonal_matching_pursuit")
    wanted = (np.arange(a.shape[2]) < 2).astype(float)
    return np.asarray(
        [np.allclose(pursue(one, one @ wanted, sparsity=2), wanted, rtol=0, atol=1e-6) for one in a]
    )


def _stated_probability(n, d, m):
    """1 − δ where the number of measurements is n = 20 m ln(d/δ)."""
    return 1 - d * np.exp(-n / (20 * m))


@check(sizes={"n": (268,), "d": (280,)})
def orthogonal_matching_pursuit_recovers_a_sparse_vector_with_stated_probability(
    use, a: Normal[Array, "samples n d"], n: Size[int, "n"], d: Size[int, "d"]
):
    return _finds_two_ones(use, a), _stated_probability(n, d, 2)


@orthogonal_matching_pursuit_recovers_a_sparse_vector_with_stated_probability.control(
    "the columns depend on each other: all lie in a random space of three dimensions"
)
def _(use, a, n, d):
    return _finds_two_ones(use, a[:, :, :3] @ a[:, :3, :]), _stated_probability(n, d, 2)


@check
def orthogonal_matching_pursuit_does_not_recover_every_sparse_vector(
    use, a: Real[Array, "n d"], entries: Real[Array, "2"]
):
    xp = array_namespace(a)
    x = xp.concat([entries, xp.zeros((a.shape[1] - 2,), dtype=a.dtype)], axis=0)
    return use("orthogonal_matching_pursuit")(a, a @ x, sparsity=2), x


@orthogonal_matching_pursuit_does_not_recover_every_sparse_vector.counterexample
def _():
    last = ["4/7", "4/7", "4/7", "1/7"]
    return {
        "a": [[*[int(i == j) for j in range(4)], last[i]] for i in range(4)],
        "entries": [1, 1],
    }


@orthogonal_matching_pursuit_does_not_recover_every_sparse_vector.control(
    "a vector with a single entry that is not zero"
)
def _(use, a, entries):
    xp = array_namespace(a)
    x = xp.concat([entries[:1], xp.zeros((a.shape[1] - 1,), dtype=a.dtype)], axis=0)
    return use("orthogonal_matching_pursuit")(a, a @ x, sparsity=1), x


# Coherence -------------------------------------------------------------------------------------------------------


def _largest_square(a):
    """The largest squared inner product of two different rows."""
    xp = array_namespace(a)
    n = a.shape[0]
    return xp.max((xp.where(np.eye(n, dtype=bool), 0, a @ a.mT)) ** 2)


@check(relation="<=", sizes={"n": (4, 6), "d": (3,)})
def coherence_is_at_least_the_welch_bound(
    use, a: UnitRows[Array, "n d"], n: Size[int, "n"], d: Size[int, "d"]
):
    return constant(a, n - d) / (d * (n - 1)), _largest_square(a)


@coherence_is_at_least_the_welch_bound.control("the bound on the squares is put on the inner products' roots")
def _(use, a, n, d):
    return array_namespace(a).sqrt(constant(a, n - d) / (d * (n - 1))), _largest_square(a)


@coherence_is_at_least_the_welch_bound.control("the bound is not divided by the dimension")
def _(use, a, n, d):
    return constant(a, n - d) / (n - 1), _largest_square(a)


@coherence_is_at_least_the_welch_bound.witness
def _(n):
    # The diagonals of a tetrahedron, and those of an icosahedron.
    if n == 4:
        return {"a": np.asarray([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)}
    g = (1 + np.sqrt(5)) / 2
    axes = np.asarray([[0, 1, g], [0, 1, -g], [1, g, 0], [1, -g, 0], [g, 0, 1], [-g, 0, 1]])
    return {"a": axes / np.sqrt(1 + g * g)}
