"""Kernels as engineers write them: batches and heads, layouts, sizes that a card wants, work in place."""

from __future__ import annotations

import math

import numpy as np


def _softmax(s, axis=-1):
    weights = np.exp(s - s.max(axis=axis, keepdims=True))
    return weights / weights.sum(axis=axis, keepdims=True)


def causal_tokens_before_heads(q, k, v):
    """Causal attention over arrays of batch, tokens, heads and features."""
    _, tokens, _, width = q.shape
    scores = np.einsum("bqhd,bkhd->bhqk", q, k) / math.sqrt(width)
    scores = scores + np.triu(np.full((tokens, k.shape[1]), -1e9), 1)
    return np.einsum("bhqk,bkhd->bqhd", _softmax(scores), v)


def softmax_over_queries(q, k, v):
    return _softmax(q @ k.T / math.sqrt(q.shape[-1]), axis=0) @ v


def two_tokens_back(q, k, v):
    """Causal attention to the token itself and the one before: none of ours."""
    i = np.arange(len(q))
    seen = (i[:, None] >= i) & (i[:, None] - i < 2)
    return _softmax(np.where(seen, q @ k.T / math.sqrt(q.shape[-1]), -np.inf)) @ v


def widths_of_eight(q, k, v):
    assert q.shape[-1] % 8 == 0, "the width must be a multiple of 8"
    return _softmax(q @ k.T / math.sqrt(q.shape[-1])) @ v


def relu_in_place(x):
    np.maximum(x, 0, out=x)


def norm_with_gain(x, gain):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * gain


def forgets_to_rescale(q, k, v, block=16):
    """Attention folded over blocks, where what was summed is not rescaled as the maximum moves."""
    total, largest, weight = np.zeros((len(q), v.shape[1])), np.full(len(q), -np.inf), np.zeros(len(q))
    for start in range(0, len(k), block):
        scores = q @ k[start : start + block].T / math.sqrt(q.shape[1])
        new = np.maximum(largest, scores.max(axis=1))
        weights = np.exp(scores - new[:, None])
        total = total + weights @ v[start : start + block]
        weight = weight * np.exp(largest - new) + weights.sum(axis=1)
        largest = new
    return total / weight[:, None]


def forgets_to_rescale_small_blocks(q, k, v):
    return forgets_to_rescale(q, k, v, block=3)


def as_lists(q, k, v):
    return [[float(x) for x in row] for row in _softmax(q @ k.T / math.sqrt(q.shape[-1])) @ v]


def a_factor_of_its_own(x):
    return 1.6765 * x / (1 + np.exp(-x))
