"""Memories that fade: retention and gated linear attention.

Conventions: queries, keys and values are rows; a state starts at zero, fades, is written and then read; a token's own
contribution has not faded yet; retention and gated linear attention are not divided by a sum of weights.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Probability, Real, array_namespace, constant


def retention_recurrence(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], decay: Real[Array, ""]
) -> Real[Array, "n e"]:
    """Retention token by token: S ← γ S + k vᵀ, then y = qᵀS.

    Conventions: one factor γ for all tokens and channels; rotations, if any, were applied to queries and keys before.
    Source: :cite:t:`sun2023retentive`, Equation (6).
    """
    xp = array_namespace(q)
    S = xp.zeros((k.shape[1], v.shape[1]), dtype=v.dtype)
    outputs = []
    for t in range(q.shape[0]):
        S = decay * S + k[t, :, None] * v[t, None, :]
        outputs.append(q[t, :] @ S)
    return xp.stack(outputs)


def parallel_retention(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], decay: Real[Array, ""]
) -> Real[Array, "n e"]:
    """(q kᵀ ⊙ D) v with D_ij = γ^(i−j) for i ≥ j and 0 above the diagonal.

    Source: :cite:t:`sun2023retentive`, Equation (5).
    """
    return (decay_mask(decay, n=q.shape[0]) * (q @ k.mT)) @ v


def decay_mask(decay: Real[Array, ""], *, n: int = 4) -> Real[Array, "n n"]:
    """The table D of γ^(i−j) for i ≥ j and 0 above the diagonal.

    Source: :cite:t:`sun2023retentive`, Equation (5).
    """
    xp = array_namespace(decay)
    zero = 0 * decay
    rows = [xp.stack([decay ** (i - j) if i >= j else zero for j in range(n)]) for i in range(n)]
    return xp.stack(rows)


def chunked_retention(
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    decay: Real[Array, ""],
    *,
    chunk: int = 2,
) -> Real[Array, "n e"]:
    """Retention in blocks: the masked table inside, and a state R across that fades by γ^B over a block of B tokens.

    Conventions: row i of a block, counted from 0, reads the state through γ^(i+1) and writes to it through γ^(B−1−i);
    the last block may be short.
    Source: :cite:t:`sun2023retentive`, Equation (7).
    """
    xp = array_namespace(q)
    R = xp.zeros((k.shape[1], v.shape[1]), dtype=v.dtype)
    blocks = []
    for start in range(0, q.shape[0], chunk):
        Q, K, V = (x[start : start + chunk, :] for x in (q, k, v))
        B = Q.shape[0]
        powers = xp.stack([decay**i for i in range(B + 1)])
        offsets = np.arange(B)[:, None] - np.arange(B)[None, :]
        mask = xp.where(
            xp.asarray(offsets >= 0), xp.reshape(xp.take(powers, abs(offsets).reshape(-1), axis=0), (B, B)), 0
        )
        blocks.append((mask * (Q @ K.mT)) @ V + powers[1:, None] * (Q @ R))
        R = powers[B] * R + K.mT @ (xp.flip(powers[:B], axis=0)[:, None] * V)
    return xp.concat(blocks, axis=0)


def score_normalised_retention(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], decay: Probability[Array, ""]
) -> Real[Array, "n e"]:
    """Parallel retention with its three normalisations: by √c, by the root of a mask row's sum, by a row's own sum.

    Conventions: the last divides by the absolute value of the sum of the row, but never by less than 1.
    Source: :cite:t:`sun2023retentive`.
    """
    xp = array_namespace(q)
    mask = decay_mask(decay, n=q.shape[0])
    mask = mask / xp.sqrt(xp.sum(mask, axis=-1, keepdims=True))
    scores = mask * (q @ k.mT) / xp.sqrt(constant(q, k.shape[1]))
    totals = abs(xp.sum(scores, axis=-1, keepdims=True))
    return (scores / xp.where(totals > 1, totals, 1 + 0 * totals)) @ v


def gated_linear_attention_recurrence(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], gates: Real[Array, "n c"]
) -> Real[Array, "n e"]:
    """Gated linear attention token by token: S ← diag(α) S + k vᵀ, then y = qᵀS.

    Conventions: a token has one factor α for each entry of a key.
    Source: :cite:t:`yang2023gated`.
    """
    xp = array_namespace(q)
    S = xp.zeros((k.shape[1], v.shape[1]), dtype=v.dtype)
    outputs = []
    for t in range(q.shape[0]):
        S = gates[t, :, None] * S + k[t, :, None] * v[t, None, :]
        outputs.append(q[t, :] @ S)
    return xp.stack(outputs)


def parallel_gated_linear_attention(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], gates: Real[Array, "n c"]
) -> Real[Array, "n e"]:
    """tril((q ⊙ Γ)(k / Γ)ᵀ) v, with Γ the running products of the gates.

    Conventions: no gate is zero; over long sequences k / Γ overflows in floats, which the form in blocks avoids.
    Source: :cite:t:`yang2023gated`.
    """
    xp = array_namespace(q)
    running = [gates[0, :]]
    for t in range(1, q.shape[0]):
        running.append(running[-1] * gates[t, :])
    products = xp.stack(running)
    return xp.tril((q * products) @ (k / products).mT) @ v


def chunked_gated_linear_attention(
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    gates: Real[Array, "n c"],
    *,
    chunk: int = 2,
) -> Real[Array, "n e"]:
    """Gated linear attention in blocks: pairs inside a block meet through the product of the gates between them.

    Conventions: products of gates are formed without division; the last block may be short.
    Source: :cite:t:`yang2023gated`.
    """
    xp = array_namespace(q)
    S = xp.zeros((k.shape[1], v.shape[1]), dtype=v.dtype)
    blocks = []
    for start in range(0, q.shape[0], chunk):
        fading = k[start:start, :]
        for t in range(start, min(start + chunk, q.shape[0])):
            # The keys of the block as token t finds them, its own not faded yet.
            fading = xp.concat([gates[t, None, :] * fading, k[t, None, :]], axis=0)
            reached = xp.prod(gates[start : t + 1, :], axis=0)
            blocks.append((q[t, :] * reached) @ S + (fading @ q[t, :]) @ v[start : t + 1, :])
        S = reached[:, None] * S + fading.mT @ v[start : start + chunk, :]
    return xp.stack(blocks)
