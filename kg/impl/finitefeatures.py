"""Kernels with finitely many features, and the features.

Conventions: points are rows; degree two; no scale.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace, constant


def polynomial_kernel(q: Real[Array, "n d"], k: Real[Array, "m d"]) -> Real[Array, "n m"]:
    """The table of (q_i·k_j)² over queries and keys.

    Conventions: degree two, homogeneous; no scale.
    Source: :cite:t:`katharopoulos2020transformers`.
    """
    xp = array_namespace(q)
    return xp.sum(q[:, None, :] * k[None, :, :], axis=-1) ** 2


def quadratic_features(x: Real[Array, "n d"]) -> Real[Array, "n d*d"]:
    """All d² products x_i x_j of two entries of a row, row by row.

    Conventions: x_i x_j and x_j x_i are both listed.
    Source: :cite:t:`katharopoulos2020transformers`.
    """
    xp = array_namespace(x)
    return xp.reshape(x[:, :, None] * x[:, None, :], (x.shape[0], x.shape[1] * x.shape[1]))


def distinct_quadratic_features(x: Real[Array, "n d"]) -> Real[Array, "n d*(d+1)/2"]:
    """The squares x_i² and, for i < j, the products √2 x_i x_j: d(d+1)/2 numbers for each row.

    Conventions: the factor √2 stands for the two equal products x_i x_j and x_j x_i.
    """
    xp = array_namespace(x)
    root = xp.sqrt(constant(x, 2))
    columns = []
    for i in range(x.shape[1]):
        columns.append(x[:, i] * x[:, i])
        columns += [root * x[:, i] * x[:, j] for j in range(i + 1, x.shape[1])]
    return xp.stack(columns, axis=1)
