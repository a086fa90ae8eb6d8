"""Softmax attention in pieces: merging what blocks of keys have gathered, and what moves between slow and fast memory.

Conventions: a state is a row (maximum, normaliser, weighted sum of values), the last two relative to the maximum; scores
are divided by √d; no mask; memory traffic is counted in numbers read or written.
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Real, array_namespace, constant, shift


def softmax_state_merge(first: Real[Array, "n e+2"], second: Real[Array, "n e+2"]) -> Real[Array, "n e+2"]:
    """The state of two sets of keys together: the larger maximum, and both sums rescaled to it and added.

    Conventions: column 0 the maximum, column 1 the normaliser, the rest the weighted sum.
    Source: :cite:t:`milakov2018online`.
    """
    xp = array_namespace(first)
    m, other = first[:, :1], second[:, :1]
    top = xp.maximum(m, other)
    content = first[:, 1:] * xp.exp(m - top) + second[:, 1:] * xp.exp(other - top)
    return xp.concat([top, content], axis=1)


def tree_softmax_attention(
    q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
) -> Real[Array, "n e"]:
    """Softmax attention by merging the states of single keys pairwise, in the shape of a balanced tree.

    Conventions: scale 1/√d; no mask; an odd state is carried up unmerged.
    Source: :cite:t:`rabe2021self`.
    """
    xp = array_namespace(q)
    scores = q @ k.mT / xp.sqrt(constant(q, k.shape[1]))
    one = xp.ones((q.shape[0], 1), dtype=q.dtype)
    states = [xp.concat([scores[:, j, None], one, one * v[j, None, :]], axis=1) for j in range(k.shape[0])]
    # One round more than the tree is deep does no harm: a single state is carried up as it is.
    for _ in range(k.shape[0].bit_length()):
        pairs = [softmax_state_merge(a, b) for a, b in zip(states[::2], states[1::2], strict=False)]
        states = pairs if len(states) == 2 * len(pairs) else [*pairs, states[-1]]
    return states[0][:, 2:] / states[0][:, 1:2]


def tiled_softmax_attention(
    q: Real[Array, "n d"],
    k: Real[Array, "m d"],
    v: Real[Array, "m e"],
    *,
    rows: int = 2,
    columns: int = 2,
    traffic: Any = None,
) -> Real[Array, "n e"]:
    """For each block of keys in fast memory, every block of queries: load it with its state, extend, write back.

    Conventions: scale 1/√d; the output is kept normalised from block to block; `traffic`, if a list, receives how many
    numbers each load and each write moves.
    Source: :cite:t:`dao2022flashattention`, Algorithm 1.
    """
    xp = array_namespace(q)
    root = xp.sqrt(constant(q, q.shape[1]))
    outputs: dict[int, Any] = {}
    for first in range(0, k.shape[0], columns):
        keys, values = k[first : first + columns, :], v[first : first + columns, :]
        _record(traffic, keys, values)
        for start in range(0, q.shape[0], rows):
            queries = q[start : start + rows, :]
            scores = queries @ keys.mT / root
            if first == 0:
                top = shift(scores, axis=-1)
                weights = xp.exp(scores - top)
                total = xp.sum(weights, axis=-1, keepdims=True)
                output = weights @ values / total
            else:
                output, old, sum_before = outputs[start]
                top = shift(xp.concat([old, scores], axis=-1), axis=-1)
                weights, kept = xp.exp(scores - top), sum_before * xp.exp(old - top)
                total = kept + xp.sum(weights, axis=-1, keepdims=True)
                output = (kept * output + weights @ values) / total
            outputs[start] = output, top, total
            _record(traffic, queries, output, top, total)
            _record(traffic, output, top, total)
    return xp.concat([outputs[start][0] for start in range(0, q.shape[0], rows)], axis=0)


def materialised_softmax_attention(
    q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], *, traffic: Any = None
) -> Real[Array, "n e"]:
    """Scores, weights and output in three passes, with the whole table of scores and of weights in slow memory.

    Conventions: scale 1/√d; `traffic`, if a list, receives how many numbers each load and each write moves.
    Source: :cite:t:`dao2022flashattention`, Algorithm 0.
    """
    xp = array_namespace(q)
    _record(traffic, q, k)
    scores = xp.sum(q[:, None, :] * k[None, :, :], axis=2) / xp.sqrt(constant(q, q.shape[1]))
    _record(traffic, scores)
    _record(traffic, scores)
    likeness = xp.exp(scores - shift(scores, axis=-1))
    weights = likeness / xp.sum(likeness, axis=-1, keepdims=True)
    _record(traffic, weights)
    _record(traffic, weights, v)
    output = xp.sum(weights[:, :, None] * v[None, :, :], axis=1)
    _record(traffic, output)
    return output


def _record(traffic: Any, *arrays: Any) -> None:
    """Note how many numbers are moved."""
    if traffic is not None:
        traffic.append(sum(len(x) * x.shape[1] for x in arrays))


def round_to_significand(x: Real[Array, "n e"], *, bits: int = 3) -> Real[Array, "n e"]:
    """The nearest number with the stated number of binary digits, for numbers between 1/16 and 16 in size.

    Conventions: ties go up; smaller numbers become zero, so there is no underflow to study here; larger ones too.
    """
    xp = array_namespace(x)
    rounded = 0 * x
    for exponent in range(-4, 4):
        below = constant(x, 16)
        for _ in range(4 - exponent):
            below = below / 2
        unit = below
        for _ in range(bits - 1):
            unit = unit / 2
        nearest = xp.floor(x / unit + 0.5) * unit
        inside = (xp.abs(x) >= below) & (xp.abs(x) < 2 * below)
        rounded = xp.where(inside, nearest, rounded)
    return rounded
