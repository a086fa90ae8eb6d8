"""Features and their rotations: the orthogonal Procrustes problem, and features with given inner products.

Conventions: all orthogonal matrices are allowed, reflections included; in the Procrustes problem vectors are columns
and the norm is the squared Frobenius norm; feature vectors are rows.
"""

from __future__ import annotations

from kg.numbers import Array, Normal, PositiveDefinite, Real, array_namespace, constant


def orthogonal_procrustes(a: Real[Array, "d n"], b: Real[Array, "d n"]) -> Real[Array, ""]:
    """‖O A − B‖² at the rotation O = U Vᵀ built from the singular vectors of B Aᵀ = U S Vᵀ.

    O = M (MᵀM)^{−1/2} for M = B Aᵀ. With the eigenvalues λ_i of MᵀM, the inverse root is Sylvester's sum
    Σ_i λ_i^{−1/2} ∏_{j≠i} (MᵀM − λ_j)/(λ_i − λ_j), which needs no eigenvectors.

    Conventions: vectors are columns; reflections allowed; the singular values of B Aᵀ are positive and distinct.
    Source: :cite:t:`guth2024rainbow`, whose code aligns by U Vᵀ.
    """
    xp = array_namespace(a)
    d = a.shape[0]
    M = b @ a.mT
    S = M.mT @ M
    identity = xp.eye(d, dtype=a.dtype)
    eigenvalues = xp.linalg.eigvalsh(S)
    inverse_root = xp.zeros((d, d), dtype=a.dtype)
    for i in range(d):
        projection = identity
        for j in range(d):
            if j != i:
                gap = eigenvalues[i] - eigenvalues[j]
                projection = projection @ (S - eigenvalues[j] * identity) / gap
        inverse_root = inverse_root + projection / xp.sqrt(eigenvalues[i])
    difference = M @ inverse_root @ a - b
    return xp.sum(difference * difference)


def nuclear_norm_formula(a: Real[Array, "d n"], b: Real[Array, "d n"]) -> Real[Array, ""]:
    """‖A‖² + ‖B‖² − 2‖B Aᵀ‖_*, the value of the Procrustes problem without any rotation.

    Conventions: vectors are columns; ‖·‖_* is the sum of the singular values.
    Source: :cite:t:`schonemann1966generalized`.
    """
    xp = array_namespace(a)
    nuclear_norm = xp.sum(xp.linalg.svdvals(b @ a.mT))
    return xp.sum(a * a) + xp.sum(b * b) - 2 * nuclear_norm


def cholesky_features(gram: PositiveDefinite[Array, "n n"], *, features: int = 3) -> Real[Array, "n 3"]:
    """Features whose inner products are the given ones: columns of the Cholesky factor of a Gram matrix of that rank.

    Conventions: feature vectors are rows; the first block of the Gram matrix, as large as its rank, is invertible.
    Source: :cite:t:`this_project`.
    """
    xp = array_namespace(gram)
    columns = []
    for j in range(features):
        column = gram[:, j] / xp.sqrt(gram[j, j])
        columns.append(column)
        gram = gram - column[:, None] * column[None, :]
    return xp.stack(columns, axis=1)


def tensor_square_features(x: Real[Array, "n d"]) -> Real[Array, "n d*d"]:
    """All products x_i x_j of two coordinates, in both orders: features of the kernel (xᵀy)².

    Conventions: feature vectors are rows.
    Source: :cite:t:`this_project`.
    """
    xp = array_namespace(x)
    n, d = x.shape
    return xp.reshape(x[:, :, None] * x[:, None, :], (n, d * d))


def monomial_features(x: Real[Array, "n d"]) -> Real[Array, "n d*(d+1)/2"]:
    """The squares x_i² and, once for each pair j < i, √2 x_i x_j: features of the kernel (xᵀy)².

    Conventions: feature vectors are rows; squares first, then pairs by the larger index i.
    Source: :cite:t:`this_project`.
    """
    xp = array_namespace(x)
    d = x.shape[1]
    root = xp.sqrt(constant(x, 2))
    squares = [x[:, i] * x[:, i] for i in range(d)]
    products = [root * x[:, i] * x[:, j] for i in range(d) for j in range(i)]
    return xp.stack(squares + products, axis=1)


def random_feature_kernel(
    g: Normal[Array, "samples n d"], x: Real[Array, "samples d"], y: Real[Array, "samples d"]
) -> Real[Array, "samples"]:
    """(1/n) Σ_i relu(⟨w_i, x⟩) relu(⟨w_i, y⟩) over the n rows w_i of g: one random layer's kernel.

    Conventions: features carry the factor 1/√n; any number of leading axes, one layer for each pair of points.
    Source: :cite:t:`guth2024rainbow`.
    """
    xp = array_namespace(g)
    first, second = xp.vecdot(g, x[..., None, :]), xp.vecdot(g, y[..., None, :])
    both = (first > 0) & (second > 0)
    return xp.sum(xp.where(both, first * second, 0), axis=-1) / g.shape[-2]


def layer_alignment_error(k: PositiveDefinite[Array, "n n"], other: PositiveDefinite[Array, "n n"]) -> Array:
    """√(tr K + tr L − 2‖Mᵀ N‖_*) with K = M Mᵀ, L = N Nᵀ: what is left between two layers after the best rotation.

    Only the inner products K and L of the activations of n points are needed, by their Cholesky factors M and N.

    Conventions: both layers have at least n neurons; any number of leading axes.
    Source: :cite:t:`guth2024rainbow`.
    """
    xp = array_namespace(k)
    M, N = xp.linalg.cholesky(k), xp.linalg.cholesky(other)
    nuclear_norm = xp.sum(xp.linalg.svdvals(M.mT @ N), axis=-1)
    return xp.sqrt(xp.linalg.trace(k) + xp.linalg.trace(other) - 2 * nuclear_norm)
