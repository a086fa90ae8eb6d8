"""Softmax attention, its online form, its limits, and layers that are attention to stored keys.

Conventions: queries, keys and values are rows; scores are divided by the square root of the width of the keys; every
query sees every key; logarithms and exponentials are natural.
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Real, array_namespace, constant, erf, shift


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


def softmax(s: Real[Array, "n m"]) -> Real[Array, "n m"]:
    """exp(s_j) / Σ_l exp(s_l) along the last axis.

    Conventions: temperature one; base e; at least one score.
    Source: :cite:t:`boyd2004convex`.
    """
    xp = array_namespace(s)
    weights = xp.exp(s - shift(s, axis=-1))
    return weights / xp.sum(weights, axis=-1, keepdims=True)


def softmax_one_attention(
    q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
) -> Real[Array, "n e"]:
    """Σ_j exp(s_j) v_j / (1 + Σ_j exp(s_j)): softmax attention with one added to the denominator.

    Conventions: scale 1/√d; no mask; the weights of a query sum to less than one.
    Source: :cite:t:`miller2023attention`.
    """
    xp = array_namespace(q)
    scores = q @ k.mT / xp.sqrt(constant(q, k.shape[-1]))
    # The added one is the exponential of a score of zero, so the maximum is taken over that one, too.
    largest = shift(xp.concat([scores, 0 * scores[:, :1]], axis=-1), axis=-1)
    weights = xp.exp(scores - largest)
    return weights @ v / (xp.exp(-largest) + xp.sum(weights, axis=-1, keepdims=True))


def feed_forward_layer(
    x: Real[Array, "n d"], w1: Real[Array, "h d"], w2: Real[Array, "e h"]
) -> Real[Array, "n e"]:
    """W₂ σ(W₁ x) for each row x, with σ the GELU.

    Conventions: no biases; tokens are rows.
    Source: :cite:t:`vaswani2017attention`.
    """
    hidden = x @ w1.mT
    return (hidden * (1 + erf(hidden / array_namespace(x).sqrt(constant(x, 2)))) / 2) @ w2.mT


def key_value_memory(
    q: Real[Array, "n d"], k: Real[Array, "h d"], v: Real[Array, "h e"]
) -> Real[Array, "n e"]:
    """Σ_i σ(q·k_i) v_i, memory by memory: attention to stored keys with activations σ for weights, σ the GELU.

    Conventions: no scale; the weights may have either sign and are not divided by their sum.
    Source: :cite:t:`geva2021memories`.
    """
    xp = array_namespace(q)
    total: Any = xp.zeros((q.shape[0], v.shape[1]), dtype=q.dtype)
    for i in range(k.shape[0]):
        match = xp.sum(q * k[i, :], axis=-1)
        weight = 0.5 * match * (1 + erf(match / xp.sqrt(constant(q, 2))))
        total = total + weight[:, None] * v[i, :]
    return total


def mean_pooling(v: Real[Array, "m e"]) -> Real[Array, "e"]:
    """The mean of the rows.

    Conventions: every row counts the same.
    """
    return array_namespace(v).sum(v, axis=0) / v.shape[0]
