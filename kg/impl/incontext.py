"""Learning from examples in the prompt: gradient steps as attention, training as attention, and least squares online.

Conventions: one example per row; a linear model maps a row x to x Wᵀ, so W has one row per output; losses are halved
mean squares or halved squares as stated; nothing is normalised unless it says so.
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Positive, Real, array_namespace


def gradient_step_prediction(
    x: Real[Array, "n d"],
    y: Real[Array, "n e"],
    w: Real[Array, "e d"],
    x_test: Real[Array, "d"],
    rate: Any = 1,
) -> Real[Array, "e"]:
    """What a linear model predicts after one step of gradient descent on (1/2n) Σ |W x_i − y_i|².

    Conventions: loss with ½ and divided by n; `rate` is the learning rate.
    Source: :cite:t:`vonoswald2023transformers`.
    """
    n = x.shape[0]
    gradient = (x @ w.mT - y).mT @ x / n
    return (w - rate * gradient) @ x_test


def gradient_descent_prediction(
    x: Real[Array, "n d"], y: Real[Array, "n e"], x_test: Real[Array, "d"], *, rate: Any = 1, steps: int = 2
) -> Real[Array, "e"]:
    """What a linear model predicts after some steps of gradient descent on (1/2n) Σ |W x_i − y_i|² from W = 0.

    Conventions: loss with ½ and divided by n; full batches.
    """
    xp = array_namespace(x)
    w = xp.zeros((y.shape[1], x.shape[1]), dtype=x.dtype)
    for _ in range(steps):
        w = w - rate * ((x @ w.mT - y).mT @ x) / x.shape[0]
    return w @ x_test


def linear_self_attention(
    context: Real[Array, "n c"],
    token: Real[Array, "c"],
    w_q: Real[Array, "c c"],
    w_k: Real[Array, "c c"],
    w_v: Real[Array, "c c"],
    p: Real[Array, "c c"],
) -> Real[Array, "c"]:
    """One token after a layer of self-attention without softmax: e + P Σ_i (W_V e_i)(W_K e_i)ᵀ (W_Q e).

    Conventions: the sum runs over the context only, not over the token itself; residual connection; no normaliser.
    Source: :cite:t:`vonoswald2023transformers`.
    """
    xp = array_namespace(context)
    query = w_q @ token
    update = xp.zeros(token.shape, dtype=token.dtype)
    for i in range(context.shape[0]):
        key, value = w_k @ context[i, :], w_v @ context[i, :]
        update = update + value * xp.sum(key * query)
    return token + p @ update


def trained_linear_layer(
    w: Real[Array, "e d"],
    x: Real[Array, "t d"],
    y: Real[Array, "t e"],
    x_test: Real[Array, "n d"],
    rate: Positive[Array, ""],
    *,
    decay: Any = 0,
) -> Real[Array, "n e"]:
    """Outputs of a linear layer trained by plain stochastic gradient descent on ½|W x_t − y_t|², an example at a time.

    Conventions: before each step the weights shrink by the factor 1 − decay; the gradient is taken before that.
    Source: :cite:t:`irie2022dual`.
    """
    for t in range(x.shape[0]):
        error = w @ x[t, :] - y[t, :]
        w = (1 - decay) * w - rate * error[:, None] * x[t, None, :]
    return x_test @ w.mT


def attention_to_training_inputs(
    w: Real[Array, "e d"],
    x: Real[Array, "t d"],
    y: Real[Array, "t e"],
    x_test: Real[Array, "n d"],
    rate: Positive[Array, ""],
    *,
    decay: Any = 0,
) -> Real[Array, "n e"]:
    """The first layer's output plus values e_t weighted by ⟨x_t, x⟩: the dual form, which forms no trained weights.

    The value of example t is −rate times the error made on it when its turn came, itself read by the same attention.
    Conventions: no normaliser; with decay, a value shrinks by 1 − decay with each later example.
    Source: :cite:t:`irie2022dual`.
    """
    xp = array_namespace(x)
    kept = 1
    values: list[Array] = []
    for t in range(x.shape[0] + 1):
        queries = x[t : t + 1, :] if t < x.shape[0] else x_test
        output = kept * (queries @ w.mT)
        for s in range(t):
            output = output + (queries @ x[s, :])[:, None] * values[s][None, :]
        if t == x.shape[0]:
            return output
        values = [(1 - decay) * value for value in values] + [rate * (y[t, :] - output[0, :])]
        kept = kept * (1 - decay)
    return xp.zeros((0, 0), dtype=x.dtype)


def ridge_regression(
    k: Real[Array, "t d"], v: Real[Array, "t e"], q: Real[Array, "n d"], penalty: Positive[Array, ""]
) -> Real[Array, "n e"]:
    """Predictions at the queries of least squares from keys to values with the penalty λ|W|², by normal equations.

    Conventions: minimises Σ|W k_t − v_t|² + λ|W|², no factor 1/t; no intercept.
    Source: :cite:t:`vonoswald2023uncovering`.
    """
    xp = array_namespace(k)
    moments = k.mT @ k + penalty * xp.eye(k.shape[1], dtype=k.dtype)
    return q @ xp.linalg.solve(moments, k.mT @ v)


def recursive_least_squares(
    k: Real[Array, "t d"], v: Real[Array, "t e"], q: Real[Array, "n d"], penalty: Positive[Array, ""]
) -> Real[Array, "n e"]:
    """The same predictions online: each pair corrects the weights, and the inverse is updated by Sherman–Morrison.

    Conventions: the inverse starts as 1/λ; no forgetting; the weights start at zero.
    Source: :cite:t:`vonoswald2023uncovering`.
    """
    xp = array_namespace(k)
    inverse = xp.eye(k.shape[1], dtype=k.dtype) / penalty
    w = xp.zeros((v.shape[1], k.shape[1]), dtype=k.dtype)
    for t in range(k.shape[0]):
        moved = inverse @ k[t, :]
        gain = moved / (1 + xp.sum(k[t, :] * moved))
        w = w + (v[t, :] - w @ k[t, :])[:, None] * gain[None, :]
        inverse = inverse - gain[:, None] * moved[None, :]
    return q @ w.mT


def dual_ridge_regression(
    k: Real[Array, "t d"], v: Real[Array, "t e"], q: Real[Array, "n d"], penalty: Positive[Array, ""]
) -> Real[Array, "n e"]:
    """The same predictions as attention: scores q·k_t, and values that solve (K Kᵀ + λ) α = V.

    Conventions: linear kernel, not normalised; penalty λ without a factor 1/t.
    """
    xp = array_namespace(k)
    gram = xp.sum(k[:, None, :] * k[None, :, :], axis=-1)
    alpha = xp.linalg.solve(gram + penalty * xp.eye(k.shape[0], dtype=k.dtype), v)
    return xp.sum((q @ k.mT)[:, :, None] * alpha[None, :, :], axis=1)
