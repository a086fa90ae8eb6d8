"""Checks of the claims about sparse recovery, and the conditions they hold under."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Natural, Real, check, condition


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


# Coherence -------------------------------------------------------------------------------------------------------
