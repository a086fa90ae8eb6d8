"""Generating one token after another with softmax attention: all at once, with a cache, and from the beginning each time.

Conventions: queries, keys and values are rows; scores are divided by the square root of the width of the keys; a token
reads itself and the tokens before it.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Real, array_namespace, constant, shift


def causal_softmax_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """Softmax attention in which scores of later keys are struck out of the n×n table.

    Conventions: scale 1/√d; the diagonal is kept.
    Source: :cite:t:`vaswani2017attention`.
    """
    xp = array_namespace(q)
    n = q.shape[0]
    scores = q @ k.mT / xp.sqrt(constant(q, k.shape[1]))
    admitted = xp.asarray(np.arange(n)[:, None] >= np.arange(n)[None, :])
    weights = xp.where(admitted, xp.exp(scores - shift(scores, axis=-1)), 0)
    return (weights / xp.sum(weights, axis=-1, keepdims=True)) @ v


def cached_softmax_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """Token after token, with the keys and values met so far kept in a cache that grows by one row each time.

    Source: :cite:t:`oren2024transformers`.
    """
    xp = array_namespace(q)
    keys, values = k[:0, :], v[:0, :]
    outputs = []
    for t in range(q.shape[0]):
        keys = xp.concat([keys, k[t, None, :]], axis=0)
        values = xp.concat([values, v[t, None, :]], axis=0)
        outputs.append(cached_attention_step(q[t, :], keys, values))
    return xp.stack(outputs)


def cached_attention_step(
    q: Real[Array, "d"], keys: Real[Array, "m d"], values: Real[Array, "m e"]
) -> Real[Array, "e"]:
    """One query against a cache of keys and values: scores, exponentials, the sum of weighted values, one normaliser.

    Source: :cite:t:`oren2024transformers`.
    """
    xp = array_namespace(q)
    scores = (keys @ q) / xp.sqrt(constant(q, q.shape[0]))
    weights = xp.exp(scores - shift(scores, axis=0))
    return (weights @ values) / xp.sum(weights)
