"""Gradient steps that are projected back on a convex set.

Conventions: vectors are one-dimensional; the set is centred at the clean input.
"""

from __future__ import annotations

from itertools import combinations

from kg.numbers import Array, Positive, Real, array_namespace


def projected_step_on_a_cross_polytope(
    x: Real[Array, "d"], gradient: Real[Array, "d"], length: Positive[Array, ""]
) -> Real[Array, "d"]:
    """The point of ‖z‖₁ ≤ 1 nearest to v = x + αg: every |v_i| less the same θ, and zero where θ is more.

    θ is the largest of zero and (Σ_{i∈S}|v_i| − 1)/|S| over all sets S of coordinates.
    Conventions: by enumeration of 2^d − 1 sets.
    """
    xp = array_namespace(x)
    v = x + length * gradient
    sizes, zero = xp.abs(v), 0 * length
    thresholds = [zero]
    for count in range(1, v.shape[0] + 1):
        sums = [sum((sizes[i] for i in s), zero) for s in combinations(range(v.shape[0]), count)]
        thresholds += [(total - 1) / count for total in sums]
    return xp.sign(v) * xp.maximum(sizes - xp.max(xp.stack(thresholds)), 0 * v)


def steepest_vertex_of_a_cross_polytope(gradient: Real[Array, "d"]) -> Real[Array, "d"]:
    """sign(g_i) e_i for the largest |g_i|: the point of ‖z‖₁ ≤ 1 at which g·z is largest.

    Conventions: where two moduli are tied for the largest there is no such vertex, and the result is zero.
    """
    xp = array_namespace(gradient)
    sizes = xp.abs(gradient)
    entries = []
    for i in range(gradient.shape[0]):
        others = [sizes[j] for j in range(gradient.shape[0]) if j != i]
        largest = xp.max(xp.stack([*others, 0 * sizes[i]]))
        entries.append(xp.where(sizes[i] > largest, xp.sign(gradient[i]), 0 * gradient[i]))
    return xp.stack(entries)
