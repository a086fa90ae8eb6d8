"""Functions as people write them by hand, in several layouts, that are what their names say."""

from __future__ import annotations

import numpy as np
from scipy.linalg import lstsq, matmul_toeplitz


def flash(q, k, v):
    """Softmax attention over blocks of keys, written by hand."""
    total = np.zeros((len(q), v.shape[1]), dtype=q.dtype)
    norm, top = np.zeros((len(q), 1), dtype=q.dtype), np.full((len(q), 1), -np.inf, dtype=q.dtype)
    for start in range(0, len(k), 3):
        scores = q @ k[start : start + 3].T / np.sqrt(np.asarray(k.shape[1], dtype=q.dtype))
        new = np.maximum(top, scores.max(axis=1, keepdims=True))
        weights, faded = np.exp(scores - new), np.exp(top - new)
        total, norm = (
            total * faded + weights @ v[start : start + 3],
            norm * faded + weights.sum(1, keepdims=True),
        )
        top = new
    return total / norm


def features_first(q, k, v):
    weights = np.exp(k.T @ q / np.sqrt(len(q)))
    return v @ weights / weights.sum(axis=0)


def other_order(v, k, q):
    """The inputs are known by their names."""
    return flash(q, k, v)


def gru(x, h, u, w, b, *, reset=True):
    z, r = (1 / (1 + np.exp(-(u[i] @ h + w[i] @ x + b[i]))) for i in (0, 1))
    return (1 - z) * h + z * np.tanh(u[2] @ (r * h if reset else h) + w[2] @ x + b[2])


def retention(q, k, v, decay):
    state, out = np.zeros((k.shape[1], v.shape[1])), []
    for i in range(len(q)):
        state = decay * state + np.outer(k[i], v[i])
        out.append(q[i] @ state)
    return np.stack(out)


def delta_rule(q, k, v, beta):
    memory, out = np.zeros((v.shape[1], k.shape[1])), []
    for q_t, k_t, v_t, rate in zip(q, k, v, beta, strict=True):
        memory = memory + rate * np.outer(v_t - memory @ k_t, k_t)
        out.append(memory @ q_t)
    return np.stack(out)


def leverage_by_qr(a):
    return (np.linalg.qr(a)[0] ** 2).sum(axis=1)


def scipy_least_squares(a, b):
    return lstsq(a, b)[0]


def scipy_toeplitz(column, row, x):
    return matmul_toeplitz((column, row), x)


def softmax_in_float32(s):
    e = np.exp((s - s.max(axis=-1, keepdims=True)).astype(np.float32))
    return e / e.sum(axis=-1, keepdims=True)
