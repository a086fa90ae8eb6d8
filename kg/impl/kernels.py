"""Kernels and the averages built on them.

Conventions: queries, keys and values are rows; a kernel matrix has one row per query and one column per key.
"""

from __future__ import annotations

from kg.numbers import Array, Normal, Positive, Real, array_namespace, constant, pi


def exponential_kernel(q: Real[Array, "n d"], k: Real[Array, "m d"]) -> Positive[Array, "n m"]:
    """The table of exp(q_i·k_j/√d) over queries and keys.

    Conventions: scale 1/√d; nothing is subtracted from the exponents, so large scores overflow in floats.
    Source: :cite:t:`tsai2019dissection`.
    """
    xp = array_namespace(q)
    products = xp.sum(q[:, None, :] * k[None, :, :], axis=-1)
    return xp.exp(products / xp.sqrt(constant(q, q.shape[-1])))


def nadaraya_watson_smoother(weights: Positive[Array, "n m"], v: Real[Array, "m e"]) -> Real[Array, "n e"]:
    """Rows Σ_j w_ij v_j / Σ_j w_ij: at each query the weighted mean of the observed values.

    Conventions: weights are normalised over the observed points, for each query apart.
    Source: :cite:t:`nadaraya1964estimating`, :cite:t:`watson1964smooth`.
    """
    xp = array_namespace(weights)
    rows = []
    for i in range(weights.shape[0]):
        share = weights[i, :] / xp.sum(weights[i, :])
        rows.append(xp.sum(share[:, None] * v, axis=0))
    return xp.stack(rows)


def positive_random_features(
    x: Real[Array, "n d"], w: Normal[Array, "samples d"]
) -> Positive[Array, "samples n"]:
    """exp(w·x − |x|²/2), one number for each random direction w and point x.

    Conventions: no factor 1/√d and no factor 1/√m over m directions; directions are standard normal.
    Source: :cite:t:`choromanski2021rethinking`.
    """
    xp = array_namespace(x)
    return xp.exp(w @ x.mT - xp.sum(x * x, axis=-1) / 2)


def arc_cosine_kernel(x: Real[Array, "n d"], y: Real[Array, "m d"]) -> Real[Array, "n m"]:
    """|x||y| (sin θ + (π − θ) cos θ) / (2π) for the angle θ between two points: the kernel of order one.

    Conventions: half of the kernel of Cho and Saul, so that it is the mean of a product of rectified features.
    Source: :cite:t:`cho2009kernel`.
    """
    xp = array_namespace(x)
    inner = x @ y.mT
    # (sin θ |x||y|)² by Lagrange's identity, as a sum of squared areas: |x|²|y|² − (x·y)² would round below zero.
    square = xp.zeros_like(inner)
    for i in range(x.shape[-1]):
        for j in range(i):
            square = square + (x[:, i, None] * y[None, :, j] - x[:, j, None] * y[None, :, i]) ** 2
    across = xp.sqrt(square)
    return (across + (pi(x) - xp.atan2(across, inner)) * inner) / (2 * pi(x))


def product_kernel(
    q: Real[Array, "n d"], k: Real[Array, "m d"], s: Real[Array, "n e"], t: Real[Array, "m e"]
) -> Positive[Array, "n m"]:
    """The exponential kernel of contents q, k times the exponential kernel of positions s, t, entry by entry.

    Conventions: each factor has the scale of its own width, 1/√d and 1/√e.
    Source: :cite:t:`tsai2019dissection`.
    """
    xp = array_namespace(q)
    content = xp.exp(q @ k.mT / xp.sqrt(constant(q, q.shape[-1])))
    position = xp.exp(s @ t.mT / xp.sqrt(constant(s, s.shape[-1])))
    return content * position
