"""Layers as sums of outer products of a map of positions and a map of features, multi-head attention among them.

Conventions: tokens are rows; heads and terms are listed along the first axis; scores are divided by the square root of
the width of the keys; no mask.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace, constant, shift


def mixed_product_layer(
    a: Real[Array, "k m n"], theta: Real[Array, "k p q"], x: Real[Array, "m p"]
) -> Real[Array, "n q"]:
    """Σ_k A_kᵀ x Θ_k: every term mixes the positions by A_k and the features by Θ_k.

    Conventions: A_k has a row for each input position and a column for each output position.
    Source: :cite:t:`andreoli2019convolution`.
    """
    xp = array_namespace(x)
    terms = [a[k, :, :].mT @ x @ theta[k, :, :] for k in range(a.shape[0])]
    return xp.sum(xp.stack(terms), axis=0)


def multi_head_attention(
    x: Real[Array, "n d"],
    w_q: Real[Array, "h d c"],
    w_k: Real[Array, "h d c"],
    w_v: Real[Array, "h d e"],
    w_o: Real[Array, "h e o"],
) -> Real[Array, "n o"]:
    """Σ_h P_h x W_V^h W_O^h with the patterns P_h = softmax(x W_Q^h (x W_K^h)ᵀ/√c): self-attention with several heads.

    Conventions: scale 1/√c; no mask, no biases; W_O is cut into one block for each head, so that concatenating the
    heads and multiplying by W_O is the sum over heads.
    Source: :cite:t:`vaswani2017attention`.
    """
    xp = array_namespace(x)
    heads = []
    for h in range(w_q.shape[0]):
        queries, keys, values = x @ w_q[h, :, :], x @ w_k[h, :, :], x @ w_v[h, :, :]
        scores = queries @ keys.mT / xp.sqrt(constant(x, w_q.shape[2]))
        weights = xp.exp(scores - shift(scores, axis=-1))
        pattern = weights / xp.sum(weights, axis=-1, keepdims=True)
        heads.append(pattern @ values @ w_o[h, :, :])
    return xp.sum(xp.stack(heads), axis=0)


def softmax_free_multi_head_attention(
    x: Real[Array, "n d"], z: Real[Array, "m f"], a: Real[Array, "h d f"], b: Real[Array, "h f e"]
) -> Real[Array, "n e"]:
    """y_i = Σ_j Σ_h (x_iᵀ A_h z_j) z_jᵀ B_h: attention from x to z whose scores are used as they are.

    Conventions: A_h stands for W_Q^h (W_K^h)ᵀ and B_h for W_V^h W_O^h; no scale, no mask, no normalisation.
    Source: :cite:t:`this_project`.
    """
    xp = array_namespace(x)
    outputs = []
    for i in range(x.shape[0]):
        terms = []
        for h in range(a.shape[0]):
            for j in range(z.shape[0]):
                score = xp.sum(x[i, :] * (a[h, :, :] @ z[j, :]))
                terms.append(score * (z[j, :] @ b[h, :, :]))
        outputs.append(xp.sum(xp.stack(terms), axis=0))
    return xp.stack(outputs)
