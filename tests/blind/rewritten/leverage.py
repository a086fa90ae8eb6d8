"""Leverage scores, their Fourier form, and matching pursuit, from their definitions.

Every function but the Fourier ones also runs on arrays of fractions, exactly.
"""

from __future__ import annotations

import numpy as np


def solve(matrix, right):
    """The solution of a square system by elimination with the largest pivot."""
    n = len(matrix)
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    x = [0] * n
    for k in reversed(range(n)):
        x[k] = (rows[k][n] - sum(rows[k][j] * x[j] for j in range(k + 1, n))) / rows[k][k]
    return np.array(x)


def inner(a, b):
    """Σ conj(a_i) b_i."""
    return sum(x.conjugate() * y for x, y in zip(a, b, strict=True))


def gram(a):
    """A*A, entry by entry."""
    columns = range(a.shape[1])
    return np.array([[inner(a[:, i], a[:, j]) for j in columns] for i in columns])


def projection(a):
    """The whole matrix A (A*A)⁻¹ A*."""
    inverse_times = np.array([solve(gram(a), np.conj(row)) for row in a]).T
    return a @ inverse_times


def leverage_scores(a):
    """The diagonal of the projection onto the column space."""
    return np.diag(projection(a)).copy()


def leverage_by_solve(a):
    """a_iᵀ y_i for the solution of (AᵀA) y_i = a_i."""
    table = gram(a)
    return np.array([sum(p * q for p, q in zip(row, solve(table, row), strict=True)) for row in a])


def leverage_by_gram_schmidt(a):
    """Squared lengths of the rows of Q, from columns made orthogonal one after another."""
    columns = []
    for k in range(a.shape[1]):
        column = a[:, k]
        for other in columns:
            column = column - other * (inner(other, column) / inner(other, other))
        columns.append(column)
    return np.array([sum(c[i] * c[i] / inner(c, c) for c in columns) for i in range(len(a))])


def fourier_matrix(points, weights, frequencies):
    """√p_t e^{iλ_j x_t} in row t and column j."""
    return np.array(
        [[np.sqrt(p) * np.exp(1j * f * x) for f in frequencies] for x, p in zip(points, weights, strict=True)]
    )


def fourier_leverage(points, weights, frequencies):
    """p(x) v(x)* G⁻¹ v(x), with G_jk = Σ_t p_t e^{i(λ_k−λ_j)x_t} and v(x)_j = e^{−iλ_j x}."""
    table = np.array(
        [
            [
                sum(p * np.exp(1j * (k - j) * x) for x, p in zip(points, weights, strict=True))
                for k in frequencies
            ]
            for j in frequencies
        ]
    )
    waves = [np.array([np.exp(-1j * f * x) for f in frequencies]) for x in points]
    return np.array([p * inner(v, np.linalg.solve(table, v)) for v, p in zip(waves, weights, strict=True)])


def energy_share(points, weights, frequencies, c):
    """The share of its energy that the sum of waves Σ c_j e^{iλ_j x} puts at each point."""
    energy = np.array(
        [
            p * abs(sum(b * np.exp(1j * f * x) for b, f in zip(c, frequencies, strict=True))) ** 2
            for x, p in zip(points, weights, strict=True)
        ]
    )
    return energy / sum(energy)


def most_concentrated(points, weights, frequencies, t):
    """Coefficients of the sum of waves that puts the largest share at point t: G⁻¹ v(x_t)."""
    a = fourier_matrix(points, weights, frequencies)
    return np.linalg.solve(a.conj().T @ a, np.exp(-1j * np.asarray(frequencies) * points[t]))


def orthogonal_matching_pursuit(a, y, sparsity):
    """Choose a column, fit all chosen ones again by least squares, subtract, repeat."""
    chosen, coefficients, rest = [], [], y
    for _ in range(sparsity):
        chosen.append(
            max((j for j in range(a.shape[1]) if j not in chosen), key=lambda j: abs(inner(a[:, j], rest)))
        )
        part = a[:, chosen]
        coefficients = solve(gram(part), [inner(part[:, i], y) for i in range(len(chosen))])
        rest = y - part @ coefficients
    return _spread(chosen, coefficients, a.shape[1])


def orthogonal_matching_pursuit_by_qr(a, y, sparsity):
    """The same choices with an orthonormal basis; the coefficients by back substitution at the end."""
    chosen, basis, rest = [], [], y
    for _ in range(sparsity):
        chosen.append(
            max((j for j in range(a.shape[1]) if j not in chosen), key=lambda j: abs(inner(a[:, j], rest)))
        )
        q = a[:, chosen[-1]]
        for other in basis:
            q = q - inner(other, q) * other
        basis.append(q / np.sqrt(inner(q, q)))
        rest = rest - inner(basis[-1], rest) * basis[-1]
    x = np.zeros(sparsity)
    for k in reversed(range(sparsity)):
        later = sum(inner(basis[k], a[:, chosen[j]]) * x[j] for j in range(k + 1, sparsity))
        x[k] = (inner(basis[k], y) - later) / inner(basis[k], a[:, chosen[k]])
    return _spread(chosen, x, a.shape[1])


def _spread(chosen, coefficients, width):
    result = np.zeros(width, dtype=np.asarray(coefficients).dtype)
    for j, value in zip(chosen, coefficients, strict=True):
        result[j] = value
    return result
