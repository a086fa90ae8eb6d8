"""Kernels and the averages built on them.

Conventions: queries, keys and values are rows; a kernel matrix has one row per query and one column per key.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Real, array_namespace, constant


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
