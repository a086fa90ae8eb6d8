"""Tensors made of matrix blocks, and the scores of several attention heads as one tensor.

Conventions: blocks and heads are listed along the first axis of their factors; no scale, no softmax.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def block_term_tensor(
    a: Real[Array, "r i l"], b: Real[Array, "r j l"], c: Real[Array, "k r"]
) -> Real[Array, "i j k"]:
    """Σ_r (A_r B_rᵀ)∘c_r, a sum of matrices of rank l, each times a vector.

    Conventions: all blocks have the same rank, that is, terms of multilinear rank (l, l, 1).
    Source: :cite:t:`delathauwer2008decompositions`.
    """
    xp = array_namespace(a)
    blocks = [(a[r, :, :] @ b[r, :, :].mT)[:, :, None] * c[None, None, :, r] for r in range(a.shape[0])]
    return xp.sum(xp.stack(blocks), axis=0)


def query_key_tensor(w_q: Real[Array, "h i d"], w_k: Real[Array, "h j d"]) -> Real[Array, "i j h"]:
    """The tensor whose slice h is W_Q^h (W_K^h)ᵀ: all that the scores of h heads depend on.

    Conventions: heads are listed along the last axis of the result.
    Source: :cite:t:`cordonnier2020multihead`.
    """
    xp = array_namespace(w_q)
    return xp.stack([w_q[h, :, :] @ w_k[h, :, :].mT for h in range(w_q.shape[0])], axis=2)


def collaborative_attention_scores(
    x: Real[Array, "n i"],
    z: Real[Array, "m j"],
    w_q: Real[Array, "i r"],
    w_k: Real[Array, "j r"],
    mixing: Real[Array, "h r"],
) -> Real[Array, "h n m"]:
    """x W_Q diag(m_h) (z W_K)ᵀ for each head: one projection for all heads, whose dimensions each head weights anew.

    Conventions: no scale; before the softmax.
    Source: :cite:t:`cordonnier2020multihead`.
    """
    xp = array_namespace(x)
    queries, keys = x @ w_q, z @ w_k
    return xp.stack([(queries * mixing[h, None, :]) @ keys.mT for h in range(mixing.shape[0])])


def single_block_attention(
    g: Real[Array, "r"], q: Real[Array, "n r"], k: Real[Array, "m r"], v: Real[Array, "p r"]
) -> Real[Array, "n m p"]:
    """The tensor Σ_r g_r q_ir k_jr v_pr: queries, keys and values multiplied along one common index.

    Conventions: the core tensor is diagonal; no softmax; nothing is summed over positions.
    Source: :cite:t:`ma2019tensorized`.
    """
    xp = array_namespace(q)
    weighted = q * g[None, :]
    products = weighted[:, None, None, :] * k[None, :, None, :] * v[None, None, :, :]
    return xp.sum(products, axis=-1)
