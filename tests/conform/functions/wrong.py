"""The same, each with one mistake that somebody would make, and some that do harm."""

from __future__ import annotations

import math
import time

import numpy as np


def scale_missing(q, k, v):
    scores = q @ k.T
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights @ v / weights.sum(axis=1, keepdims=True)


def not_normalised(q, k, v):
    return np.exp(q @ k.T / math.sqrt(k.shape[1])) @ v


def fails_at_one_token(q, k, v):
    if len(q) < 2:
        raise ValueError("at least two queries, please")
    weights = np.exp(q @ k.T / math.sqrt(k.shape[1]))
    return weights @ v / weights.sum(axis=1, keepdims=True)


def sees_no_self(q, k, v):
    """Causal, but the diagonal is struck out too."""
    n = len(q)
    weights = np.where(np.tril(np.ones((n, n)), -1) > 0, np.exp(q @ k.T / math.sqrt(k.shape[1])), 0)
    with np.errstate(all="ignore"):
        return weights @ v / weights.sum(axis=1, keepdims=True)


def sees_one_ahead(q, k, v):
    n = len(q)
    weights = np.where(np.tril(np.ones((n, n)), 1) > 0, np.exp(q @ k.T / math.sqrt(k.shape[1])), 0)
    return weights @ v / weights.sum(axis=1, keepdims=True)


def softmax_along_the_rows(s):
    weights = np.exp(s)
    return weights / weights.sum(axis=0)


def unbiased_variance(x):
    return (x - x.mean(axis=-1, keepdims=True)) / x.std(axis=-1, keepdims=True, ddof=1)


def root_missing(x):
    centred = x - x.mean(axis=-1, keepdims=True)
    return centred / (centred * centred).mean(axis=-1, keepdims=True)


def gelu_by_tanh(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def decay_after_the_update(q, k, v, decay):
    state, out = np.zeros((k.shape[1], v.shape[1])), []
    for i in range(len(q)):
        state = decay * (state + np.outer(k[i], v[i]))
        out.append(q[i] @ state)
    return np.stack(out)


def gated_delta_decay_after_the_update(q, k, v, beta, decays):
    memory, out = np.zeros((v.shape[1], k.shape[1])), []
    for t in range(len(q)):
        error = v[t] - memory @ k[t]
        memory = decays[t] * (memory + beta[t] * np.outer(error, k[t]))
        out.append(memory @ q[t])
    return np.stack(out)


def gate_turned_round(x, h, u, w, b, *, reset=True):
    z, r = (1 / (1 + np.exp(-(u[i] @ h + w[i] @ x + b[i]))) for i in (0, 1))
    return z * h + (1 - z) * np.tanh(u[2] @ (r * h if reset else h) + w[2] @ x + b[2])


def no_reset(x, h, u, w, b):
    z = 1 / (1 + np.exp(-(u[0] @ h + w[0] @ x + b[0])))
    return (1 - z) * h + z * np.tanh(u[2] @ h + w[2] @ x + b[2])


def cp_with_a_factor_twice(a, b, c):
    return 2 * np.einsum("ir,jr,kr->ijk", a, b, c)


def never_the_same(q, k, v):
    return np.random.default_rng().standard_normal((len(q), v.shape[1]))


def never_returns(q, k, v):
    while True:
        time.sleep(1)


def dies(q, k, v):
    import os

    os._exit(3)


def eats_memory(q, k, v):
    return np.ones(10**11)


def chatters(q, k, v):
    """Right, but prints, reads and warns."""
    import sys

    sys.stdout.write("hello\n")
    sys.stdin.read()
    scores = q @ k.T / np.sqrt(np.asarray(k.shape[1], dtype=q.dtype))
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return weights @ v / weights.sum(axis=1, keepdims=True)


def something_else(q, k, v):
    return np.sin(q @ k.T) @ np.cos(v) + 1


def gives_it_back(x):
    return x


def narrow_inside(q, k, v):
    """Softmax attention whose scores are rounded to float32 on their way."""
    s = (q @ k.T / np.sqrt(q.shape[-1])).astype(np.float32)
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return (p / p.sum(axis=-1, keepdims=True)) @ v


def one_width_only(q, k, v):
    """Softmax attention for values as wide as the keys, as some libraries have it."""
    if q.shape[-1] != v.shape[-1]:
        raise ValueError("the values have another width")
    s = q @ k.T / np.sqrt(q.shape[-1])
    p = np.exp(s - s.max(axis=-1, keepdims=True))
    return (p / p.sum(axis=-1, keepdims=True)) @ v
