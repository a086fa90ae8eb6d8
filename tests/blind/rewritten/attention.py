"""Attention of every kind that reads all keys at once, and kernel smoothing, from their definitions."""

from __future__ import annotations

import math

import numpy as np


def exponential_kernel(q, k):
    """exp(q·k/√d) for every query and every key."""
    root = math.sqrt(q.shape[1])
    return np.array([[math.exp(_dot(a, b) / root) for b in k] for a in q])


def nadaraya_watson_smoother(weights, v):
    """For every query the weighted mean of the values."""
    rows = []
    for w in weights:
        total = sum(w)
        rows.append([sum(w[j] * v[j, c] for j in range(len(v))) / total for c in range(v.shape[1])])
    return np.array(rows)


def softmax_attention(q, k, v):
    """For every query the mean of the values with the softmax of its scaled scores as weights."""
    root = math.sqrt(q.shape[1])
    rows = []
    for a in q:
        scores = [_dot(a, b) / root for b in k]
        top = max(scores)
        weights = [math.exp(s - top) for s in scores]
        total = sum(weights)
        rows.append(
            [
                sum(w * value[c] for w, value in zip(weights, v, strict=True)) / total
                for c in range(v.shape[1])
            ]
        )
    return np.array(rows)


def online_softmax_attention(q, k, v, block):
    """The same by folding blocks of keys, each a triple of maximum, normaliser and weighted sum, as in the claim."""
    root = math.sqrt(q.shape[1])
    rows = []
    for a in q:
        state = None
        for start in range(0, len(k), block):
            piece = _block(a, k[start : start + block], v[start : start + block], root)
            state = piece if state is None else _merged(state, piece)
        rows.append(state[2] / state[1])
    return np.array(rows)


def self_attention(x, w_q, w_k, w_v, *, causal=False):
    """softmax(X W_Q (X W_K)ᵀ/√d) X W_V; if causal, token i reads the tokens up to i only."""
    q, k, v = x @ w_q, x @ w_k, x @ w_v
    if not causal:
        return softmax_attention(q, k, v)
    return np.concatenate([softmax_attention(q[i : i + 1], k[: i + 1], v[: i + 1]) for i in range(len(x))])


def galerkin_attention(q, k, v):
    """q (kᵀv)/n: the table of inner products of columns first."""
    n = len(k)
    table = [[sum(k[i, a] * v[i, b] for i in range(n)) for b in range(v.shape[1])] for a in range(k.shape[1])]
    return np.array(
        [[sum(row[a] * table[a][b] for a in range(len(row))) / n for b in range(v.shape[1])] for row in q]
    )


def fourier_attention(q, k, v):
    """(q kᵀ) v/n: the table of inner products of rows first."""
    n = len(k)
    return np.array(
        [[sum(_dot(row, k[j]) * v[j, b] for j in range(n)) / n for b in range(v.shape[1])] for row in q]
    )


def _block(query, keys, values, root):
    scores = np.array([_dot(query, key) / root for key in keys])
    top = scores.max()
    weights = np.exp(scores - top)
    return top, weights.sum(), weights @ values


def _merged(one, other):
    top = max(one[0], other[0])
    here, there = math.exp(one[0] - top), math.exp(other[0] - top)
    return top, here * one[1] + there * other[1], here * one[2] + there * other[2]


def _dot(a, b):
    return sum(x * y for x, y in zip(a, b, strict=True))
