"""The delta rule over a sequence: token by token, all at once, and in blocks; with and without a gate.

Conventions: queries, keys and values are rows; the memory W has one row per entry of a value, starts at zero, is written
first and then read, so that the diagonal is included; nothing is divided by a sum of weights.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Real, array_namespace


def delta_rule_recurrence(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], beta: Real[Array, "n"]
) -> Real[Array, "n e"]:
    """DeltaNet token by token: W ← W (I − β k kᵀ) + β v kᵀ, then y = W q.

    Conventions: W has one row per entry of a value; β is the rate at which a token writes.
    Source: :cite:t:`yang2024delta`.
    """
    xp = array_namespace(q)
    W = xp.zeros((v.shape[1], k.shape[1]), dtype=v.dtype)
    identity = xp.eye(k.shape[1], dtype=k.dtype)
    outputs = []
    for t in range(q.shape[0]):
        outer = k[t, :, None] * k[t, None, :]
        W = W @ (identity - beta[t] * outer) + beta[t] * v[t, :, None] * k[t, None, :]
        outputs.append(W @ q[t, :])
    return xp.stack(outputs)


def parallel_delta_rule(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], beta: Real[Array, "n"]
) -> Real[Array, "n e"]:
    """Causal linear attention to the values u that solve u_t = β_t (v_t − Σ_{j<t} (k_t·k_j) u_j).

    Conventions: the solution is found by substitution from the first token to the last.
    Source: :cite:t:`yang2024delta`.
    """
    xp = array_namespace(q)
    solved: list[Array] = []
    for t in range(q.shape[0]):
        known = sum((xp.sum(k[t, :] * k[j, :]) * u for j, u in enumerate(solved)), 0 * v[t, :])
        solved.append(beta[t] * (v[t, :] - known))
    outputs = [
        sum((xp.sum(q[t, :] * k[j, :]) * solved[j] for j in range(t + 1)), 0 * v[t, :])
        for t in range(q.shape[0])
    ]
    return xp.stack(outputs)


def chunked_delta_rule(
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    beta: Real[Array, "n"],
    *,
    chunk: int = 2,
) -> Real[Array, "n e"]:
    """DeltaNet in blocks: T = (I + stril(diag(β) K Kᵀ))⁻¹ diag(β), W = T K, U = T V in each, a memory across them.

    Conventions: stril is the part below the diagonal; the last block may be short; the memory has one row per entry of
    a value.
    Source: :cite:t:`yang2024networks`, Equations (4) to (9).
    """
    xp = array_namespace(q)
    memory = xp.zeros((v.shape[1], k.shape[1]), dtype=v.dtype)
    blocks = []
    for start in range(0, q.shape[0], chunk):
        Q, K, V = (x[start : start + chunk, :] for x in (q, k, v))
        rates = beta[start : start + chunk, None] * xp.eye(K.shape[0], dtype=k.dtype)
        T = xp.linalg.solve(xp.eye(K.shape[0], dtype=k.dtype) + xp.tril(rates @ K @ K.mT, k=-1), rates)
        corrected = T @ V - (T @ K) @ memory.mT
        blocks.append(Q @ memory.mT + xp.tril(Q @ K.mT) @ corrected)
        memory = memory + corrected.mT @ K
    return xp.concat(blocks, axis=0)


def gated_delta_rule_recurrence(
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    beta: Real[Array, "n"],
    decays: Real[Array, "n"],
) -> Real[Array, "n e"]:
    """Gated DeltaNet token by token: W fades by the factor α of the token, then learns by the delta rule.

    Conventions: W ← α W (I − β k kᵀ) + β v kᵀ, then y = W q.
    Source: :cite:t:`yang2024networks`.
    """
    xp = array_namespace(q)
    W = xp.zeros((v.shape[1], k.shape[1]), dtype=v.dtype)
    outputs = []
    for t in range(q.shape[0]):
        faded = decays[t] * W
        error = v[t, :] - faded @ k[t, :]
        W = faded + beta[t] * error[:, None] * k[t, None, :]
        outputs.append(W @ q[t, :])
    return xp.stack(outputs)


def chunked_gated_delta_rule(
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    beta: Real[Array, "n"],
    decays: Real[Array, "n"],
    *,
    chunk: int = 2,
) -> Real[Array, "n e"]:
    """Gated DeltaNet in blocks: the delta rule's, with every pair (i, j) weighed by the decay between j and i.

    Conventions: the decay from j to i is the product of the factors after j up to i, formed without division; the last
    block may be short.
    Source: :cite:t:`yang2024networks`.
    """
    xp = array_namespace(q)
    memory = xp.zeros((v.shape[1], k.shape[1]), dtype=v.dtype)
    blocks = []
    for start in range(0, q.shape[0], chunk):
        Q, K, V = (x[start : start + chunk, :] for x in (q, k, v))
        between, since = _decays_inside(decays[start : start + chunk])
        rates = beta[start : start + chunk, None] * xp.eye(K.shape[0], dtype=k.dtype)
        identity = xp.eye(K.shape[0], dtype=k.dtype)
        T = xp.linalg.solve(identity + xp.tril(rates @ (between * (K @ K.mT)), k=-1), rates)
        corrected = T @ V - (T @ (since[:, None] * K)) @ memory.mT
        blocks.append(since[:, None] * (Q @ memory.mT) + (between * (Q @ K.mT)) @ corrected)
        memory = since[-1] * memory + (between[-1, :, None] * corrected).mT @ K
    return xp.concat(blocks, axis=0)


def _decays_inside(decays: Array) -> tuple[Array, Array]:
    """The table of products decays[j+1]…decays[i], zero above the diagonal, and the products decays[0]…decays[i]."""
    xp = array_namespace(decays)
    row = 0 * decays
    rows: list[Array] = []
    since: list[Array] = []
    for i in range(decays.shape[0]):
        here = xp.asarray(np.arange(decays.shape[0]) == i)
        row = xp.where(here, 1, decays[i] * row)
        rows.append(row)
        since.append(decays[i] * since[-1] if since else decays[i])
    return xp.stack(rows), xp.stack(since)
