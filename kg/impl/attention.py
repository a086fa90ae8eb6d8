"""Softmax attention and its online form.

Conventions: queries, keys and values are rows; scores are divided by the square root of the width of the keys; every
query sees every key; logarithms and exponentials are natural.
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Real, array_namespace, constant, shift


def softmax_attention(
    q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
) -> Real[Array, "n e"]:
    """Rows of softmax(q kᵀ/√d) times the values.

    Conventions: scale 1/√d; no mask; at least one key.
    Source: :cite:t:`vaswani2017attention`, Equation (1).
    """
    xp = array_namespace(q)
    scores = q @ k.mT / xp.sqrt(constant(q, k.shape[-1]))
    weights = xp.exp(scores - shift(scores, axis=-1))
    return weights @ v / xp.sum(weights, axis=-1, keepdims=True)


def online_softmax_attention(
    q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], *, block: int = 2
) -> Real[Array, "n e"]:
    """Softmax attention folded over blocks of keys: a running maximum, normaliser and weighted sum per query.

    Conventions: scale 1/√d; no mask; the last block may be short.
    Source: :cite:t:`milakov2018online`.
    Raises: ValueError if there are no keys.
    """
    xp = array_namespace(q)
    if k.shape[0] == 0:
        raise ValueError("online_softmax_attention needs at least one key")
    scale = xp.sqrt(constant(q, k.shape[-1]))
    maximum: Any = None
    normaliser: Any = None
    total: Any = None
    for start in range(0, k.shape[0], block):
        scores = q @ k[start : start + block, :].mT / scale
        if maximum is None:
            maximum = shift(scores, axis=-1)
            weights = xp.exp(scores - maximum)
            normaliser = xp.sum(weights, axis=-1, keepdims=True)
            total = weights @ v[start : start + block, :]
            continue
        new_maximum = shift(xp.concat([maximum, scores], axis=-1), axis=-1)
        rescale = xp.exp(maximum - new_maximum)
        weights = xp.exp(scores - new_maximum)
        normaliser = normaliser * rescale + xp.sum(weights, axis=-1, keepdims=True)
        total = total * rescale + weights @ v[start : start + block, :]
        maximum = new_maximum
    return total / normaliser
