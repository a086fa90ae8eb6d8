"""Tensors: power iteration, the higher-order singular value decomposition, and sums of Kronecker products.

Conventions: real numbers; vectorisation and unfolding read row by row (the last index runs fastest); components,
keys and terms of a sum are listed along the first axis.
"""

from __future__ import annotations

import math
from typing import Any

from kg.numbers import Array, Real, Size, array_namespace


def tensor_power_iteration(
    weights: Real[Array, "r"], components: Real[Array, "r d"], x: Real[Array, "d"]
) -> Real[Array, "d"]:
    """One step of the power method on the tensor T = Σ_r λ_r a_r⊗a_r⊗a_r: T(·, x, x) divided by its length.

    Conventions: order three; the tensor is formed in full; Euclidean length one after the step.
    Source: :cite:t:`anandkumar2014tensor`.
    """
    xp = array_namespace(x)
    a = components
    tensor = xp.einsum("r,ri,rj,rk->ijk", weights, a, a, a)
    contracted = xp.einsum("ijk,j,k->i", tensor, x, x)
    return contracted / xp.sqrt(xp.sum(contracted * contracted))


def polynomial_attention(
    q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
) -> Real[Array, "n e"]:
    """Rows Σ_j (q·k_j)² v_j: attention whose weights are squared scores.

    Conventions: degree two; no scale; the weights are not divided by their sum.
    """
    scores = q @ k.mT
    return (scores * scores) @ v


def hosvd(t: Real[Array, "a b c"], *, ranks: tuple[int, ...]) -> Real[Array, "a b c"]:
    """Project every axis of a tensor on the leading left singular vectors of its unfolding along that axis.

    Conventions: any number of axes; all unfoldings are those of the given tensor, none of a truncated one; returns
    the approximation at full size, not the core.
    Source: :cite:t:`delathauwer2000multilinear`.
    Raises: ValueError if there is not one rank for each axis.
    """
    xp = array_namespace(t)
    if len(ranks) != t.ndim:
        raise ValueError(f"hosvd needs one rank for each of the {t.ndim} axes, got {len(ranks)}")
    approximation = t
    for axis, rank in enumerate(ranks):
        unfolding = xp.reshape(xp.moveaxis(t, axis, 0), (t.shape[axis], -1))
        u, _, _ = xp.linalg.svd(unfolding, full_matrices=False)
        leading = u[:, :rank]
        approximation = _multiply_along(approximation, leading @ leading.mT, axis)
    return approximation


def _multiply_along(t: Any, matrix: Any, axis: int) -> Any:
    """Multiply every fibre of a tensor along an axis by a matrix."""
    xp = array_namespace(t)
    front = xp.moveaxis(t, axis, 0)
    product = matrix @ xp.reshape(front, (front.shape[0], -1))
    return xp.moveaxis(xp.reshape(product, (matrix.shape[0], *front.shape[1:])), 0, axis)


def sum_of_kronecker_products(a: Real[Array, "k m p"], b: Real[Array, "k n q"]) -> Real[Array, "mn pq"]:
    """Σ_k A_k⊗B_k, the matrix made of the blocks A_k[i, j] B_k.

    Conventions: row-major, so that it sends vec(X) to vec(Σ_k A_k X B_kᵀ).
    Source: :cite:t:`andreoli2019convolution`, where it is called a mixed product.
    """
    xp = array_namespace(a)
    total = 0
    for term in range(a.shape[0]):
        rows = [
            xp.concat([a[term, i, j] * b[term, :, :] for j in range(a.shape[2])], axis=1)
            for i in range(a.shape[1])
        ]
        total = total + xp.concat(rows, axis=0)
    return total


def kronecker_rearrangement(
    matrix: Real[Array, "mn pq"], rows: Size[int, "m"], columns: Size[int, "p"]
) -> Real[Array, "mp nq"]:
    """Cut a matrix into `rows` × `columns` equal blocks and write each block as one row.

    Conventions: row i·columns + j holds block (i, j), read row by row.
    Source: :cite:t:`vanloan1993approximation`.
    Raises: ValueError if the matrix cannot be cut so.
    """
    xp = array_namespace(matrix)
    if matrix.shape[0] % rows or matrix.shape[1] % columns:
        raise ValueError(f"a matrix of shape {matrix.shape} has no {rows} by {columns} equal blocks")
    height, width = matrix.shape[0] // rows, matrix.shape[1] // columns
    blocks = xp.permute_dims(xp.reshape(matrix, (rows, height, columns, width)), (0, 2, 1, 3))
    return xp.reshape(blocks, (rows * columns, height * width))


def sum_of_outer_products(a: Real[Array, "k m p"], b: Real[Array, "k n q"]) -> Real[Array, "mp nq"]:
    """Σ_k vec(A_k) vec(B_k)ᵀ.

    Conventions: vec reads a matrix row by row.
    """
    xp = array_namespace(a)
    left = xp.reshape(a, (a.shape[0], math.prod(a.shape[1:])))
    right = xp.reshape(b, (b.shape[0], math.prod(b.shape[1:])))
    return left.mT @ right
