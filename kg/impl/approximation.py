"""Cheaper stand-ins for a large matrix: landmarks, crosses, projections, and iterations towards an inverse.

Conventions: landmarks are the first rows and columns unless they are given; attention scores are divided by √d.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.numbers import Array, Normal, Real, array_namespace, constant, shift


def nystrom_approximation(a: Real[Array, "n+2 m+2"], *, landmarks: int = 2) -> Real[Array, "n+2 m+2"]:
    """A_{:J} A_{JJ}⁻¹ A_{J:}: a matrix from its first columns, its first rows and where they cross.

    Conventions: J is the first `landmarks` indices; an inverse, so the crossing block must have one.
    Source: :cite:t:`xiong2021nystromformer`.
    """
    xp = array_namespace(a)
    crossing = a[:landmarks, :landmarks]
    coefficients = xp.linalg.solve(crossing, a[:landmarks, :])
    return xp.sum(a[:, :landmarks, None] * coefficients[None, :, :], axis=1)


def cur_decomposition(
    a: Real[Array, "n+3 m+3"], *, rows: Sequence[int] = (0, 2), columns: Sequence[int] = (1, 2)
) -> Real[Array, "n+3 m+3"]:
    """C U R: chosen columns, the inverse of the block where they cross the chosen rows, and those rows.

    Conventions: U is the inverse of the crossing block, not the U that minimises the error.
    """
    xp = array_namespace(a)
    c = xp.stack([a[:, j] for j in columns], axis=-1)
    r = xp.stack([a[i, :] for i in rows])
    crossing = xp.stack([c[i, :] for i in rows])
    return c @ xp.linalg.inv(crossing) @ r


def cross_approximation(
    a: Real[Array, "n+3 m+3"], *, rows: Sequence[int] = (0, 2), columns: Sequence[int] = (1, 2)
) -> Real[Array, "n+3 m+3"]:
    """The sum of crosses: at each step the remainder's column times its row over its pivot is moved to the sum.

    Conventions: the pivots are given, in order; the remainder of a matrix of rank k is zero after k steps.
    """
    xp = array_namespace(a)
    remainder, total = a, xp.zeros(a.shape, dtype=a.dtype)
    for i, j in zip(rows, columns, strict=True):
        cross = remainder[:, j, None] * remainder[i, None, :] / remainder[i, j]
        total = total + cross
        remainder = remainder - cross
    return total


def nystromformer_attention(
    q: Real[Array, "n d"],
    k: Real[Array, "m d"],
    v: Real[Array, "m e"],
    q_landmarks: Real[Array, "2 d"],
    k_landmarks: Real[Array, "2 d"],
) -> Real[Array, "n e"]:
    """Queries to landmark keys, the inverse between landmarks, landmark queries to keys: each block its own softmax.

    Conventions: landmarks are given, in the paper they are means of segments; an inverse in place of the iterated
    pseudo-inverse; scale 1/√d.
    Source: :cite:t:`xiong2021nystromformer`.
    """
    xp = array_namespace(q)
    root = xp.sqrt(constant(q, q.shape[1]))
    blocks = []
    for left, right in ((q, k_landmarks), (q_landmarks, k_landmarks), (q_landmarks, k)):
        scores = left @ right.mT / root
        weights = xp.exp(scores - shift(scores, axis=-1))
        blocks.append(weights / xp.sum(weights, axis=-1, keepdims=True))
    return blocks[0] @ xp.linalg.solve(blocks[1], blocks[2] @ v)


def cubic_inverse_step(a: Real[Array, "n n"], z: Real[Array, "n n"]) -> Real[Array, "n n"]:
    """One step towards the inverse of A: Z ← ¼ Z (13 − AZ (15 − AZ (7 − AZ))).

    Conventions: numbers stand for multiples of the identity.
    Source: :cite:t:`xiong2021nystromformer`.
    """
    xp = array_namespace(a)
    one = xp.eye(a.shape[0], dtype=a.dtype)
    az = a @ z
    return z @ (13 * one - az @ (15 * one - az @ (7 * one - az))) / 4


def linformer_attention(
    q: Real[Array, "n d"],
    k: Real[Array, "m d"],
    v: Real[Array, "m e"],
    e: Real[Array, "r m"],
    f: Real[Array, "r m"],
) -> Real[Array, "n e"]:
    """Softmax attention to r mixtures of the keys, E K, which carry r mixtures of the values, F V.

    Conventions: scale 1/√d; one head.
    Source: :cite:t:`wang2020linformer`.
    """
    xp = array_namespace(q)
    keys, values = e @ k, f @ v
    scores = q @ keys.mT / xp.sqrt(constant(q, keys.shape[1]))
    weights = xp.exp(scores - shift(scores, axis=-1))
    return weights @ values / xp.sum(weights, axis=-1, keepdims=True)


def gaussian_sketch(r: Normal[Array, "samples k n"], x: Real[Array, "n"]) -> Real[Array, "samples k"]:
    """R x/√k: a long vector as k random combinations of its entries, for each of many random matrices R.

    Conventions: standard normal entries, divided by the root of the number of combinations.
    """
    xp = array_namespace(x)
    k: Any = r.shape[1]
    return xp.sum(r * x[None, None, :], axis=-1) / xp.sqrt(constant(x, k))
