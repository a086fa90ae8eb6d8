"""Entropic optimal transport: its cost, Sinkhorn's algorithm, and the metric in which that contracts.

Conventions: plans and tables of scores have one row per source and one column per target; scores are gains, that is,
minus costs; logarithms are natural.
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Natural, Positive, Probability, Real, array_namespace


def entropic_transport_cost(
    plan: Probability[Array, "n m"], scores: Real[Array, "n m"], temperature: Positive[Array, ""]
) -> Real[Array, ""]:
    """−Σ_ij P_ij S_ij + τ Σ_ij P_ij log P_ij: what a plan costs, less τ times its entropy.

    Conventions: scores are gains; the entropy is that of the table, without the constant −1 in its derivative.
    Source: :cite:t:`cuturi2013sinkhorn`.
    """
    xp = array_namespace(plan)
    return xp.sum(plan * (temperature * xp.log(plan) - scores))


def kullback_leibler_divergence(
    p: Probability[Array, "n m"], r: Probability[Array, "n m"]
) -> Real[Array, "n"]:
    """Σ_j p_j log(p_j/r_j) along the last axis.

    Conventions: in nats; p and r have the same sum, and positive entries.
    """
    xp = array_namespace(p)
    return xp.sum(p * xp.log(p / r), axis=-1)


def sinkhorn(kernel: Positive[Array, "n n"], steps: Natural[int, "1 5"]) -> Positive[Array, "n n"]:
    """Divide the rows of a positive table by their sums, then the columns by theirs, then the rows again, …

    Conventions: the first step is on the rows; one step is one axis; all marginals are one.
    Source: :cite:t:`sinkhorn1967concerning`.
    """
    xp = array_namespace(kernel)
    table = kernel
    for step in range(steps):
        axis = 1 if step % 2 == 0 else 0
        table = table / xp.sum(table, axis=axis, keepdims=True)
    return table


def sinkhorn_scaling(kernel: Positive[Array, "n n"], steps: Natural[int, "1 5"]) -> Positive[Array, "n n"]:
    """diag(u) K diag(v), where u = 1/(K v) and v = 1/(Kᵀ u) are found in turns, from v = 1.

    Conventions: u first; one step is one vector; the table is formed once, at the end.
    Source: :cite:t:`cuturi2013sinkhorn`.
    """
    xp = array_namespace(kernel)
    u: Any = xp.ones((kernel.shape[0],), dtype=kernel.dtype)
    v: Any = xp.ones((kernel.shape[1],), dtype=kernel.dtype)
    for step in range(steps):
        if step % 2 == 0:
            u = 1 / (kernel @ v)
        else:
            v = 1 / (u @ kernel)
    return u[:, None] * kernel * v


def hilbert_metric(x: Positive[Array, "m"], y: Positive[Array, "m"]) -> Real[Array, ""]:
    """log max_j (x_j/y_j) − log min_j (x_j/y_j): the distance of two positive vectors up to scale.

    Conventions: natural logarithm; zero if one vector is a multiple of the other.
    Source: :cite:t:`birkhoff1957extensions`.
    """
    xp = array_namespace(x)
    ratios = xp.log(x / y)
    return xp.max(ratios, axis=0) - xp.min(ratios, axis=0)


def projective_diameter(kernel: Positive[Array, "n m"]) -> Real[Array, ""]:
    """max log (K_ik K_jl / (K_jk K_il)): how far apart, in Hilbert's metric, two columns of the table can be.

    Conventions: natural logarithm; zero if the table has rank one.
    Source: :cite:t:`birkhoff1957extensions`.
    """
    xp = array_namespace(kernel)
    logarithms = xp.log(kernel)
    crossed = logarithms[:, None, :, None] + logarithms[None, :, None, :]
    return xp.max(crossed - logarithms[None, :, :, None] - logarithms[:, None, None, :])
