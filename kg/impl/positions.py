"""What attention knows of positions: biases and masks of its scores, and rotations of its queries and keys.

Conventions: queries, keys and values are rows; scores are divided by the square root of the width of the keys; a bias is
added to scores and a mask multiplies their exponentials; causal forms include the diagonal; a rotary embedding turns
neighbouring pairs of features, and a pair (x, y) stands for the complex number x + iy.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Positive, Real, array_namespace, cis, constant, shift


def biased_softmax_attention(
    q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], bias: Real[Array, "n m"]
) -> Real[Array, "n e"]:
    """Rows of softmax(q kᵀ/√d + B) times the values.

    Conventions: scale 1/√d, for the scores and not for the bias; at least one key.
    Source: :cite:t:`vaswani2017attention`.
    """
    xp = array_namespace(q)
    scores = q @ k.mT / xp.sqrt(constant(q, k.shape[-1])) + bias
    weights = xp.exp(scores - shift(scores, axis=-1))
    return weights @ v / xp.sum(weights, axis=-1, keepdims=True)


def masked_softmax_attention(
    q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], mask: Positive[Array, "n m"]
) -> Real[Array, "n e"]:
    """Rows Σ_j M_ij exp(q_i·k_j/√d) v_j, divided by the sum of their weights.

    Conventions: scale 1/√d; the mask acts before normalisation and enters the normaliser; a zero forbids a pair.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(q)
    rows = []
    for i in range(q.shape[0]):
        scores = xp.sum(q[i, None, :] * k, axis=-1) / xp.sqrt(constant(q, k.shape[-1]))
        weights = mask[i, :] * xp.exp(scores - shift(scores))
        rows.append(xp.sum(weights[:, None] * v, axis=0) / xp.sum(weights))
    return xp.stack(rows)


def relative_bias_attention(
    q: Real[Array, "n d"],
    k: Real[Array, "n d"],
    v: Real[Array, "n e"],
    column: Real[Array, "n"],
    row: Real[Array, "n"],
) -> Real[Array, "n e"]:
    """Softmax attention with a learned number b(i−j) added to the score of query i and key j.

    Conventions: scale 1/√d for the scores alone; b(0), …, b(n−1) is the column and b(0), …, b(1−n) the row, whose
    first entry is not read; one head.
    Source: :cite:t:`luo2021stable`.
    """
    xp = array_namespace(q)
    n, outputs = q.shape[0], []
    for i in range(n):
        biases = xp.concat([xp.flip(column[: i + 1], axis=0), row[1 : n - i]])
        scores = k @ q[i, :] / xp.sqrt(constant(q, k.shape[-1])) + biases
        weights = xp.exp(scores - shift(scores))
        outputs.append(weights @ v / xp.sum(weights))
    return xp.stack(outputs)


def alibi_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], slope: Real[Array, ""]
) -> Real[Array, "n e"]:
    """Causal softmax attention whose score falls by a slope for every step between query and key.

    Conventions: scale 1/√d for the scores alone; bias −slope·(i−j) for j ≤ i; one head.
    Source: :cite:t:`press2022train`.
    """
    xp = array_namespace(q)
    outputs = []
    for i in range(q.shape[0]):
        steps = xp.asarray(np.arange(i, -1, -1), dtype=q.dtype)
        scores = k[: i + 1, :] @ q[i, :] / xp.sqrt(constant(q, k.shape[-1])) - slope * steps
        weights = xp.exp(scores - shift(scores))
        outputs.append(weights @ v[: i + 1, :] / xp.sum(weights))
    return xp.stack(outputs)


def key_bias_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], bias: Real[Array, "n"]
) -> Real[Array, "n e"]:
    """Causal softmax attention with one number for each key added to all scores of that key.

    Conventions: scale 1/√d for the scores alone; diagonal included.
    """
    xp = array_namespace(q)
    positions = np.arange(q.shape[0])
    admitted = xp.asarray(positions[:, None] >= positions[None, :])
    scores = q @ k.mT / xp.sqrt(constant(q, k.shape[-1])) + bias[None, :]
    weights = xp.where(admitted, xp.exp(scores - shift(scores)), 0)
    return weights @ v / xp.sum(weights, axis=-1, keepdims=True)


def rotary_embedding(
    x: Real[Array, "n 2*h"], positions: Real[Array, "n"], frequencies: Real[Array, "h"]
) -> Real[Array, "n 2*h"]:
    """Turn pair number c of the features of a row by the angle position · frequency number c.

    Conventions: pairs of neighbours, (x₀, x₁), (x₂, x₃), …; turns are anticlockwise.
    Source: :cite:t:`su2024roformer`, Equation (34).
    """
    xp = array_namespace(x)
    angles = positions[:, None] * frequencies[None, :]
    cos, sin = xp.cos(angles), xp.sin(angles)
    first, second = x[:, 0::2], x[:, 1::2]
    turned = xp.stack([cos * first - sin * second, sin * first + cos * second], axis=2)
    return xp.reshape(turned, x.shape)


def half_split_rotary_embedding(
    x: Real[Array, "n 2*h"], positions: Real[Array, "n"], frequencies: Real[Array, "h"]
) -> Real[Array, "n 2*h"]:
    """The same turns with feature number c paired with feature number c + h: x cos + (−second half, first half) sin.

    Conventions: the first half of the features against the second; turns are anticlockwise.
    Source: :cite:t:`su2024roformer`.
    """
    xp = array_namespace(x)
    h = x.shape[1] // 2
    angles = xp.concat([positions[:, None] * frequencies[None, :]] * 2, axis=1)
    quarter_turn = xp.concat([-x[:, h:], x[:, :h]], axis=1)
    return x * xp.cos(angles) + quarter_turn * xp.sin(angles)


def rotary_scores(
    q: Real[Array, "n 2*h"],
    k: Real[Array, "m 2*h"],
    query_positions: Real[Array, "n"],
    key_positions: Real[Array, "m"],
    frequencies: Real[Array, "h"],
) -> Real[Array, "n m"]:
    """The table of inner products of queries and keys, each turned by its own position first.

    Conventions: no factor 1/√d.
    Source: :cite:t:`su2024roformer`, Equation (16).
    """
    turned = rotary_embedding(k, key_positions, frequencies)
    return rotary_embedding(q, query_positions, frequencies) @ turned.mT


def relative_rotary_scores(
    q: Real[Array, "n 2*h"],
    k: Real[Array, "m 2*h"],
    query_positions: Real[Array, "n"],
    key_positions: Real[Array, "m"],
    frequencies: Real[Array, "h"],
) -> Real[Array, "n m"]:
    """The table of q_i·R(s_j − p_i)k_j: a key is turned by how far it is ahead of the query, which is not turned.

    Conventions: no factor 1/√d.
    Source: :cite:t:`su2024roformer`, Equation (16).
    """
    xp = array_namespace(q)
    total = 0
    for c in range(frequencies.shape[0]):
        angle = (key_positions[None, :] - query_positions[:, None]) * frequencies[c]
        q_0, q_1, k_0, k_1 = (
            q[:, None, 2 * c],
            q[:, None, 2 * c + 1],
            k[None, :, 2 * c],
            k[None, :, 2 * c + 1],
        )
        ahead, across = q_0 * k_0 + q_1 * k_1, q_1 * k_0 - q_0 * k_1
        total = total + xp.cos(angle) * ahead + xp.sin(angle) * across
    return total


def complex_rotary_scores(
    q: Real[Array, "n 2*h"],
    k: Real[Array, "m 2*h"],
    query_positions: Real[Array, "n"],
    key_positions: Real[Array, "m"],
    frequencies: Real[Array, "h"],
) -> Real[Array, "n m"]:
    """The table of Re Σ_c q_c k̄_c e^{i(p − s)θ_c} over the pairs of features as complex numbers.

    Conventions: a pair (x, y) is x + iy; the key is conjugated; no factor 1/√d.
    Source: :cite:t:`su2024roformer`, Equation (35).
    """
    xp = array_namespace(q)
    z, w = q[:, 0::2] + 1j * q[:, 1::2], k[:, 0::2] + 1j * k[:, 1::2]
    ahead = query_positions[:, None, None] - key_positions[None, :, None]
    return xp.real(xp.sum(z[:, None, :] * xp.conj(w)[None, :, :] * cis(ahead * frequencies), axis=-1))


def rotary_decay_bound(
    q: Real[Array, "2*h"], k: Real[Array, "2*h"], distance: Real[Array, ""], frequencies: Real[Array, "h"]
) -> tuple[Real[Array, ""], Real[Array, ""]]:
    """max_c |h_{c+1} − h_c| and Σ_c |S_c| with h_c = q_c k̄_c, zero past the end, and S_c = Σ_{b<c} e^{iθ_b·distance}.

    Conventions: the bound is the product of the two; a pair (x, y) of features is x + iy; sums of one turn, of two, and
    so on to all; no factor 1/√d.
    Source: :cite:t:`su2024roformer`, Section 3.4.3.
    """
    xp = array_namespace(q)
    h = (q[0::2] + 1j * q[1::2]) * xp.conj(k[0::2] + 1j * k[1::2])
    steps = xp.concat([h[1:], 0 * h[:1]]) - h
    turns = xp.cumulative_sum(cis(distance * frequencies))
    return xp.max(xp.abs(steps)), xp.sum(xp.abs(turns))
