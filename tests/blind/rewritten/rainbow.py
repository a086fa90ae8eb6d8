"""Rotations that align features, and features with given inner products, from their definitions."""

from __future__ import annotations

import math

import numpy as np


def best_rotation(a, b):
    """O = U Vᵀ for B Aᵀ = U S Vᵀ."""
    u, _, vt = np.linalg.svd(b @ a.T)
    return u @ vt


def distance_after(o, a, b):
    """‖O A − B‖² entry by entry."""
    return sum(v * v for v in np.ravel(o @ a - b))


def orthogonal_procrustes(a, b):
    """The squared distance left at the rotation built from singular vectors."""
    return distance_after(best_rotation(a, b), a, b)


def nuclear_norm_formula(a, b):
    """‖A‖² + ‖B‖² − 2 ‖B Aᵀ‖_*, the last the sum of the singular values."""
    squares = sum(v * v for v in np.ravel(a)) + sum(v * v for v in np.ravel(b))
    return squares - 2 * sum(np.linalg.svd(b @ a.T, compute_uv=False))


def cholesky_features(gram, features):
    """Rows whose inner products are the given ones: the columns of the Cholesky factor, as many as the rank."""
    n = len(gram)
    result = np.zeros((n, features))
    for j in range(features):
        for i in range(j, n):
            rest = gram[i, j] - sum(result[i, k] * result[j, k] for k in range(j))
            result[i, j] = math.sqrt(rest) if i == j else rest / result[j, j]
    return result


def tensor_square_features(x):
    """All products of two coordinates, in both orders."""
    return np.array([[a * b for a in row for b in row] for row in x])


def monomial_features(x):
    """The squares and then, once for each pair and by its larger index, the product times √2."""
    rows = []
    for row in x:
        pairs = [math.sqrt(2) * row[i] * row[j] for i in range(len(row)) for j in range(i)]
        rows.append([a * a for a in row] + pairs)
    return np.array(rows)


def rotation_between(x, y):
    """(XᵀX)⁻¹XᵀY, the rotation in the claim on equal Gram matrices."""
    return np.linalg.solve(x.T @ x, x.T @ y)


def rotation_onto(x, y):
    """An orthogonal O with X O = Y if the Gram matrices are equal, even if the features are not independent."""
    u, _, vt = np.linalg.svd(x.T @ y)
    return u @ vt
