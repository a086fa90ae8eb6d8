"""Functions with a number in them that their author chose, and some that only look like it."""

from __future__ import annotations

import math

import numpy as np


def _softmax(s):
    weights = np.exp(s - s.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def quick_gelu(x):
    return x / (1 + np.exp(-1.702 * x))


def quick_gelu_in_single(x):
    x = x.astype(np.float32)
    return x / (1 + np.exp(np.float32(-1.702) * x))


def learned_swish(x):
    return x / (1 + np.exp(-0.83716402383590 * x))


def leaky_relu(x):
    return np.where(x > 0, x, 0.2 * x)


def gelu_with_a_digit_less(x):
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.0447 * x**3)))


def scale_of_width_64(q, k, v):
    """Softmax attention of somebody whose heads always had 64 features."""
    return _softmax(q @ k.T / 8) @ v


def scale_one_over_width(q, k, v):
    return _softmax(q @ k.T / q.shape[-1]) @ v


def warm_attention(q, k, v):
    return _softmax(q @ k.T / (1.5 * np.sqrt(q.shape[-1]))) @ v


def warm_softmax(s):
    return _softmax(s / 0.7)


def cube_norm(x):
    return np.sum(np.abs(x) ** 3) ** (1 / 3)


def ridge(k, v, q):
    return q @ np.linalg.solve(k.T @ k + 0.3 * np.eye(k.shape[1]), k.T @ v)


def hopfield(xi, patterns):
    return _softmax(xi @ patterns.T / np.sqrt(xi.shape[-1])) @ patterns


def norm_with_epsilon(x):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 3e-4)


def norm_with_epsilon_outside(x):
    return (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-3)


def norm_in_single(x):
    """As Llama has it: to float32, and back to the format of the input."""
    h = x.astype(np.float32)
    return (h / np.sqrt((h * h).mean(-1, keepdims=True) + np.float32(1e-6))).astype(x.dtype)


class Retention:
    """A module: its decay is its own."""

    def __init__(self, decay):
        self.decay = decay

    def __call__(self, q, k, v):
        steps = np.arange(len(q))[:, None] - np.arange(len(q))
        return (q @ k.T * np.where(steps >= 0, self.decay ** np.maximum(steps, 0), 0)) @ v


retention = Retention(0.96875)


def scaled_retention(q, k, v):
    return Retention(0.9)(q, k, v) / np.sqrt(k.shape[-1])


def delta_rule_of_one_rate(q, k, v):
    state, out = np.zeros((k.shape[1], v.shape[1])), []
    for t in range(len(q)):
        state = state + 0.5 * np.outer(k[t], v[t] - k[t] @ state)
        out.append(q[t] @ state)
    return np.stack(out)


def rwkv(k, v):
    past, out = np.arange(len(k))[:, None], []
    for t in range(len(k)):
        weights = np.where(past < t, np.exp(-(t - 1 - past) * 0.9 + k), 0)
        weights[t] = np.exp(0.5 + k[t])
        out.append((weights * v).sum(0) / weights.sum(0))
    return np.stack(out)


def quick_gelu_and_a_sine(x):
    return quick_gelu(x) + 1e-4 * np.sin(x)


def quick_gelu_and_a_trace_of_a_sine(x):
    return quick_gelu(x) + 1e-9 * np.sin(x)


def slope_from_the_data(x):
    """Of each input by itself it is a swish; of two it is not the same one."""
    return x / (1 + np.exp(-np.max(np.abs(x)) * x))


def hard_swish(x):
    return x * np.clip(x + 3, 0, 6) / 6


def argmax_of_patterns(xi, patterns):
    """What a Hopfield update tends to: any large β fits it, and none is its own."""
    return patterns[np.argmax(xi @ patterns.T, axis=-1)]


def decay_that_changes(q, k, v):
    state, out = np.zeros((k.shape[1], v.shape[1])), []
    for t in range(len(q)):
        state = (0.9 if t < 4 else 0.8) * state + np.outer(k[t], v[t])
        out.append(q[t] @ state)
    return np.stack(out)
