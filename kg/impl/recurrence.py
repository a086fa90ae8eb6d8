"""Linear attention: all at once, as a masked table, token by token, and by running totals; its derivatives, and features.

Conventions: φ(queries), φ(keys) and values are given as rows; the feature map φ is outside; every output row is
divided by the sum of its weights; causal forms include the diagonal.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Real, array_namespace


def linear_attention(
    phi_q: Real[Array, "n c"], phi_k: Real[Array, "m c"], v: Real[Array, "m e"]
) -> Real[Array, "n e"]:
    """φ(q)ᵀ(Σ_j φ(k_j)v_jᵀ) / φ(q)ᵀ(Σ_j φ(k_j)): keys meet values first, and every query reads every key.

    Conventions: no mask.
    Source: :cite:t:`katharopoulos2020transformers`, Equation (6).
    """
    xp = array_namespace(phi_q)
    summary = phi_k.mT @ v
    total = xp.sum(phi_k, axis=0)
    return (phi_q @ summary) / (phi_q @ total[:, None])


def causal_linear_attention(
    phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """The n×n table of φ(q_i)·φ(k_j), struck out for j > i, with its rows divided by their sums, times the values.

    Conventions: the diagonal is kept.
    Source: :cite:t:`katharopoulos2020transformers`, Equation (8).
    """
    xp = array_namespace(phi_q)
    n = phi_q.shape[0]
    admitted = xp.asarray(np.arange(n)[:, None] >= np.arange(n)[None, :])
    weights = xp.where(admitted, phi_q @ phi_k.mT, 0)
    return (weights / xp.sum(weights, axis=-1, keepdims=True)) @ v


def linear_attention_recurrence(
    phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """A state S, z updated by each token and then read by it: S += φ(k)vᵀ, z += φ(k), y = φ(q)ᵀS / φ(q)ᵀz.

    Conventions: S and z start at zero; update first, then read.
    Source: :cite:t:`katharopoulos2020transformers`, Equations (16) to (20).
    """
    xp = array_namespace(phi_q)
    S = xp.zeros((phi_k.shape[1], v.shape[1]), dtype=v.dtype)
    z = xp.zeros((phi_k.shape[1],), dtype=v.dtype)
    outputs = []
    for i in range(phi_q.shape[0]):
        S = S + phi_k[i, :, None] * v[i, None, :]
        z = z + phi_k[i, :]
        outputs.append((phi_q[i, :] @ S) / (phi_q[i, :] @ z))
    return xp.stack(outputs)


def prefix_sum_attention(
    phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """Running totals of φ(k_j)v_jᵀ and of φ(k_j) over the positions j ≤ i, each read by its query.

    Conventions: the total at a position includes that position.
    Source: :cite:t:`katharopoulos2020transformers`, Equations (10) to (12).
    """
    xp = array_namespace(phi_q)
    products = xp.cumulative_sum(phi_k[:, :, None] * v[:, None, :], axis=0)
    totals = xp.cumulative_sum(phi_k, axis=0)
    numerators = xp.sum(phi_q[:, :, None] * products, axis=1)
    return numerators / xp.sum(phi_q * totals, axis=1, keepdims=True)


def cumulative_sum_gradient(
    phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"], g: Real[Array, "n e"]
) -> tuple[Real[Array, "n c"], Real[Array, "n c"], Real[Array, "n e"]]:
    """The derivatives of Σ_i g_i·y_i, for numerators y_i = Σ_{j ≤ i} (φ(q_i)·φ(k_j)) v_j, by running totals.

    Conventions: one array each for φ(q), φ(k) and v; running totals from the first token for φ(q), from the last for the
    other two.
    Source: :cite:t:`katharopoulos2020transformers`, Equations (13) to (15).
    """
    xp = array_namespace(phi_q)
    written = xp.cumulative_sum(phi_k[:, :, None] * v[:, None, :], axis=0)
    wanted = xp.flip(phi_q[:, :, None] * g[:, None, :], axis=0)
    wanted = xp.flip(xp.cumulative_sum(wanted, axis=0), axis=0)
    by_query = xp.sum(written * g[:, None, :], axis=2)
    by_key = xp.sum(wanted * v[:, None, :], axis=2)
    by_value = xp.sum(wanted * phi_k[:, :, None], axis=1)
    return by_query, by_key, by_value


def elu_features(x: Real[Array, "n c"]) -> Real[Array, "n c"]:
    """elu(x) + 1: the exponential of x below zero and x + 1 above, positive everywhere.

    Source: :cite:t:`katharopoulos2020transformers`, Equation (7).
    """
    xp = array_namespace(x)
    below = xp.where(x > 0, 0 * x, x)
    return xp.where(x > 0, x + 1, xp.exp(below))
