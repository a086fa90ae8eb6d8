"""Tensors, their approximations, and sums of Kronecker products, from their definitions."""

from __future__ import annotations

import itertools
import math

import numpy as np


def contracted(weights, components, x):
    """T(·, x, x) for T = Σ_r λ_r a_r⊗a_r⊗a_r, the tensor formed in full."""
    d = len(x)
    result = []
    for i in range(d):
        entry = 0
        for j, k in itertools.product(range(d), repeat=2):
            t = sum(w * a[i] * a[j] * a[k] for w, a in zip(weights, components, strict=True))
            entry = entry + t * x[j] * x[k]
        result.append(entry)
    return np.array(result)


def tensor_power_iteration(weights, components, x):
    """The contracted tensor, divided by its length."""
    y = contracted(weights, components, x)
    return y / math.sqrt(sum(v * v for v in y))


def polynomial_attention(q, k, v):
    """Rows Σ_j (q·k_j)² v_j."""
    rows = []
    for a in q:
        weights = [sum(x * y for x, y in zip(a, b, strict=True)) ** 2 for b in k]
        rows.append(
            [sum(w * value[c] for w, value in zip(weights, v, strict=True)) for c in range(v.shape[1])]
        )
    return np.array(rows)


def unfolding(t, axis):
    """One row for each index along the axis."""
    return np.array([np.ravel(np.take(t, i, axis=axis)) for i in range(t.shape[axis])])


def along(matrix, t, axis):
    """Every fibre along the axis multiplied by a matrix."""
    slices = [
        sum(matrix[i, j] * np.take(t, j, axis=axis) for j in range(t.shape[axis])) for i in range(len(matrix))
    ]
    return np.stack(slices, axis=axis)


def hosvd(t, ranks):
    """Every axis projected on the leading left singular vectors of the unfolding of the given tensor along it."""
    result = t
    for axis, rank in enumerate(ranks):
        leading = np.linalg.svd(unfolding(t, axis), full_matrices=False)[0][:, :rank]
        result = along(leading @ leading.T, result, axis)
    return result


def tail(matrix, rank):
    """The sum of the squared singular values beyond the first few."""
    return float(np.sum(np.linalg.svd(matrix, compute_uv=False)[rank:] ** 2))


def of_multilinear_rank(rng, shape, ranks):
    """A random tensor of at most these ranks: a small core and a factor for every axis."""
    t = rng.normal(size=ranks)
    for axis, (length, rank) in enumerate(zip(shape, ranks, strict=True)):
        t = along(rng.normal(size=(length, rank)), t, axis)
    return t


def better_of_multilinear_rank(t, ranks, sweeps=20):
    """Higher-order orthogonal iteration: usually better than one truncation, of the same multilinear rank."""
    bases = [np.linalg.svd(unfolding(t, a))[0][:, :r] for a, r in enumerate(ranks)]
    for _ in range(sweeps):
        for axis, rank in enumerate(ranks):
            core = t
            for other in range(t.ndim):
                if other != axis:
                    core = along(bases[other].T, core, other)
            bases[axis] = np.linalg.svd(unfolding(core, axis), full_matrices=False)[0][:, :rank]
    result = t
    for axis, basis in enumerate(bases):
        result = along(basis @ basis.T, result, axis)
    return result


def sum_of_kronecker_products(a, b):
    """Σ_k A_k⊗B_k entry by entry: block (i, j) is A_k[i, j] B_k."""
    (_, m, p), (_, n, q) = a.shape, b.shape
    return np.array(
        [
            [
                sum(x[i // n, j // q] * y[i % n, j % q] for x, y in zip(a, b, strict=True))
                for j in range(p * q)
            ]
            for i in range(m * n)
        ]
    )


def kronecker_rearrangement(matrix, rows, columns):
    """Row i·columns + j holds block (i, j), read row by row."""
    n, q = matrix.shape[0] // rows, matrix.shape[1] // columns
    return np.array(
        [
            [matrix[i * n + s, j * q + t] for s in range(n) for t in range(q)]
            for i in range(rows)
            for j in range(columns)
        ]
    )


def sum_of_outer_products(a, b):
    """Σ_k vec(A_k) vec(B_k)ᵀ, matrices read row by row."""
    vec_a, vec_b = ([[v for row in matrix for v in row] for matrix in stack] for stack in (a, b))
    return np.array(
        [
            [sum(x[i] * y[j] for x, y in zip(vec_a, vec_b, strict=True)) for j in range(len(vec_b[0]))]
            for i in range(len(vec_a[0]))
        ]
    )


def factors_read_off(rearranged, k, a_shape, b_shape, solve):
    """vec(A_r) = column r of R, vec(B_r) = row r of R_IJ⁻¹ R_I: for the leading K by K block R_IJ."""
    leading = rearranged[:k, :k]
    vec_b = np.array([solve(leading, rearranged[:k, j]) for j in range(rearranged.shape[1])]).T
    return rearranged[:, :k].T.reshape(k, *a_shape), vec_b.reshape(k, *b_shape)


def nearest_sum(matrix, rows, columns, k):
    """The factors of the K Kronecker products that come closest, from the singular vectors of the rearrangement."""
    u, s, vt = np.linalg.svd(kronecker_rearrangement(matrix, rows, columns))
    a = (u[:, :k] * s[:k]).T.reshape(k, rows, columns)
    return a, vt[:k].reshape(k, matrix.shape[0] // rows, matrix.shape[1] // columns)
