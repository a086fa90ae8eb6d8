"""Fast weights: a memory matrix that every token writes to and reads from, and single steps of Hebb's and the delta rule.

Conventions: queries, keys and values are rows; the memory starts at zero, is written first and then read, so that the
diagonal is included; nothing is divided by a sum of weights; a memory s has one row per entry of a key and one column
per entry of a value, so that it is read as sᵀq.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def unnormalised_linear_attention(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """The table of q_i·k_j, struck out for j > i, times the values.

    Conventions: no feature map, no softmax, no normaliser; the diagonal is kept.
    Source: :cite:t:`schlag2021linear`.
    """
    scores = q @ k.mT
    return array_namespace(scores).tril(scores) @ v


def fast_weight_programmer(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """A fast matrix W += v kᵀ, programmed by each token and then applied to its query: y = W q.

    Conventions: W has one row per entry of a value; it starts at zero.
    Source: :cite:t:`schlag2021linear`.
    """
    xp = array_namespace(q)
    W = xp.zeros((v.shape[1], k.shape[1]), dtype=v.dtype)
    outputs = []
    for t in range(q.shape[0]):
        W = W + v[t, :, None] * k[t, None, :]
        outputs.append(W @ q[t, :])
    return xp.stack(outputs)


def chunked_linear_attention(
    q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], *, chunk: int = 2
) -> Real[Array, "n e"]:
    """Blocks of tokens: inside a block the masked table, across blocks a memory that is updated once a block.

    Conventions: the last block may be short.
    Source: :cite:t:`yang2023gated`.
    """
    xp = array_namespace(q)
    memory = xp.zeros((k.shape[1], v.shape[1]), dtype=v.dtype)
    blocks = []
    for start in range(0, q.shape[0], chunk):
        Q, K, V = (x[start : start + chunk, :] for x in (q, k, v))
        blocks.append(Q @ memory + xp.tril(Q @ K.mT) @ V)
        memory = memory + K.mT @ V
    return xp.concat(blocks, axis=0)


def hebbian_update(
    s: Real[Array, "c e"], k: Real[Array, "c"], v: Real[Array, "e"], beta: Real[Array, ""]
) -> Real[Array, "c e"]:
    """s + β k vᵀ: what is active together is bound together, whatever the memory holds already.

    Source: :cite:t:`schlag2021linear`.
    """
    return s + beta * k[:, None] * v[None, :]


def delta_rule_update(
    s: Real[Array, "c e"], k: Real[Array, "c"], v: Real[Array, "e"], beta: Real[Array, ""]
) -> Real[Array, "c e"]:
    """s + β k (v − sᵀk)ᵀ: the memory is corrected by what it gets wrong about this key.

    Source: :cite:t:`schlag2021linear`.
    """
    error = v - s.mT @ k
    return s + beta * k[:, None] * error[None, :]


def householder_reflection(x: Real[Array, "c e"], k: Real[Array, "c"]) -> Real[Array, "c e"]:
    """The columns of x mirrored in the hyperplane orthogonal to k: x − 2 k (kᵀx)/(kᵀk)."""
    xp = array_namespace(x)
    shares = (k @ x) / xp.sum(k * k)
    return x - 2 * k[:, None] * shares[None, :]
