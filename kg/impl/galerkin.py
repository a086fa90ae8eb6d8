"""Attention without softmax, in its two orders of multiplication, and the projection it resembles.

Conventions: rows are grid points and columns are functions sampled on them; sums over grid points carry the weight
1/n of a uniform grid; layer normalisation, which the full layers add, is applied outside.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Real, array_namespace


def galerkin_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """q(kᵀv)/n: the d×e table of the inner products ⟨k_l, v_j⟩, then combinations of the columns of q.

    Conventions: weight 1/n; no softmax; no scale 1/√d.
    Source: :cite:t:`cao2021choose`.
    """
    inner_products = k.mT @ v / k.shape[0]
    return q @ inner_products


def fourier_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """(qkᵀ)v/n: the kernel q(x_i)·k(x_j), then its sum over grid points against v.

    Conventions: weight 1/n; no softmax; no scale 1/√d.
    Source: :cite:t:`cao2021choose`.
    """
    xp = array_namespace(q)
    kernel = xp.sum(q[:, None, :] * k[None, :, :], axis=-1)
    return kernel @ v / v.shape[0]


def petrov_galerkin_projection(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """q(kᵀq)⁻¹kᵀv: what the columns of q can make of v so that the columns of k see no difference.

    Conventions: q spans the trial space, k the test space; the weight 1/n of the inner products cancels.
    Source: :cite:t:`xu2003some`.
    """
    xp = array_namespace(q)
    n = q.shape[0]
    return q @ xp.linalg.solve(k.mT @ q / n, k.mT @ v / n)


def discrete_gram_matrix(q: Real[Array, "n d"], k: Real[Array, "n e"]) -> Real[Array, "e d"]:
    """The inner products of the columns of q with those of k as functions on the grid: kᵀq/n.

    Conventions: weight 1/n; one row per test function in k, one column per trial function in q; nothing is conjugated.
    Source: :cite:t:`cao2021choose`.
    """
    return k.mT @ q / q.shape[-2]


def causal_fourier_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """The kernel q(x_i)·k(x_j) with everything above the diagonal set to zero, times v, over n.

    Conventions: weight 1/n for every row, however many keys it reads; a position reads itself.
    Source: :cite:t:`cao2021choose`.
    """
    xp = array_namespace(q)
    n = q.shape[0]
    earlier = xp.asarray(np.arange(n)[:, None] >= np.arange(n)[None, :])
    return xp.where(earlier, q @ k.mT, 0) @ v / n


def causal_galerkin_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """Each query times the table of the inner products gathered so far, Σ_{j≤i} k_j v_jᵀ / n.

    Conventions: weight 1/n for every row, however many keys it reads; a position reads itself.
    Source: :cite:t:`katharopoulos2020transformers`.
    """
    xp = array_namespace(q)
    gathered = xp.zeros((k.shape[1], v.shape[1]), dtype=v.dtype)
    rows = []
    for i in range(q.shape[0]):
        gathered = gathered + k[i, :, None] * v[i, None, :]
        rows.append(q[i, :] @ gathered / q.shape[0])
    return xp.stack(rows)
