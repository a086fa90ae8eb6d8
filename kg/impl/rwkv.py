"""Averages whose weights come from keys and positions alone: the attention free transformer and RWKV.

Conventions: keys and values are rows of the same width; every channel is averaged on its own; a token reads itself and the
tokens before it.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Real, array_namespace, shift


def attention_free_transformer(
    k: Real[Array, "n e"], v: Real[Array, "n e"], bias: Real[Array, "n n"]
) -> Real[Array, "n e"]:
    """In each channel the average of v_j with the weights exp(k_j + b_ij), over the tokens j ≤ i.

    Conventions: causal; the gate by the query, which multiplies the output, is left out.
    Source: :cite:t:`zhai2021attention`.
    """
    xp = array_namespace(k)
    n = k.shape[0]
    admitted = xp.asarray(np.arange(n)[:, None] >= np.arange(n)[None, :])
    logits = k[None, :, :] + bias[:, :, None]
    weights = xp.where(admitted[:, :, None], xp.exp(logits - shift(k, axis=0)[None, :, :]), 0)
    return xp.sum(weights * v[None, :, :], axis=1) / xp.sum(weights, axis=1)


def rwkv_recurrence(
    k: Real[Array, "n e"], v: Real[Array, "n e"], decay: Real[Array, ""], bonus: Real[Array, ""]
) -> Real[Array, "n e"]:
    """RWKV token by token: a numerator and a denominator in each channel, which fade by e^−w with every token.

    Conventions: a token reads its own key raised by the bonus u, and what is written has not faded yet when the next
    token reads it; one w and one u for all channels.
    Source: :cite:t:`peng2023rwkv`.
    """
    xp = array_namespace(k)
    top, bottom = 0 * v[0, :], 0 * v[0, :]
    outputs = []
    for t in range(k.shape[0]):
        here = xp.exp(k[t, :])
        raised = xp.exp(bonus) * here
        outputs.append((top + raised * v[t, :]) / (bottom + raised))
        top = xp.exp(-decay) * top + here * v[t, :]
        bottom = xp.exp(-decay) * bottom + here
    return xp.stack(outputs)


def rwkv_attention(
    k: Real[Array, "n e"], v: Real[Array, "n e"], decay: Real[Array, ""], bonus: Real[Array, ""]
) -> Real[Array, "n e"]:
    """RWKV as an average: in each channel v_j has the weight exp(k_j − (t−1−j)w) for j < t, and exp(u + k_t) for j = t.

    Conventions: one w and one u for all channels.
    Source: :cite:t:`peng2023rwkv`.
    """
    xp = array_namespace(k)
    outputs = []
    for t in range(k.shape[0]):
        logits = [k[j, :] - (t - 1 - j) * decay for j in range(t)] + [k[t, :] + bonus]
        weights = xp.exp(xp.stack(logits))
        outputs.append(xp.sum(weights * v[: t + 1, :], axis=0) / xp.sum(weights, axis=0))
    return xp.stack(outputs)
