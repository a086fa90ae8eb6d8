"""Normalisation of rows and columns, and what its derivative is, from their definitions."""

from __future__ import annotations

import math

import numpy as np


def layer_norm(x, epsilon=0.0):
    """Each row minus its mean, over its standard deviation with the biased variance."""
    return np.array([_normalised(row, epsilon) for row in x])


def rms_norm(x, epsilon=0.0):
    """Each row over the root of the mean of its squares."""
    rows = []
    for row in x:
        root = math.sqrt(sum(v * v for v in row) / len(row) + epsilon)
        rows.append([v / root for v in row])
    return np.array(rows)


def instance_norm(x, epsilon=0.0):
    """Each column minus its mean, over its standard deviation."""
    return np.array([_normalised(column, epsilon) for column in np.transpose(x)]).T


def deviation(row, epsilon=0.0):
    """The root of the biased variance, with ε inside the root."""
    mean = math.fsum(row) / len(row)
    return math.sqrt(math.fsum((v - mean) ** 2 for v in row) / len(row) + epsilon)


def layer_norm_jacobian(x, epsilon=0.0):
    """∂y_i/∂x_j for y = c/s: (∂c_i/∂x_j)/s − c_i (∂s/∂x_j)/s², with ∂s/∂x_j = c_j/(d s)."""
    d = len(x)
    mean, s = sum(x) / d, deviation(x, epsilon)
    c = [v - mean for v in x]
    return np.array(
        [
            [((1.0 if i == j else 0.0) - 1 / d) / s - c[i] * c[j] / (d * s) / s**2 for j in range(d)]
            for i in range(d)
        ]
    )


def scaled_projection(x):
    """(1/σ)(I − P) with P the projection onto the span of the constants and x, from an orthonormal basis of it."""
    d = len(x)
    q = np.linalg.qr(np.column_stack([np.ones(d), x]))[0]
    return (np.eye(d) - q @ q.T) / deviation(x)


def derivative_along(x, w, h):
    """The derivative of layer normalisation of the row x along w, by differences of the fourth order."""
    ahead, behind = (layer_norm([x + step * w])[0] for step in (h, -h))
    far, back = (layer_norm([x + 2 * step * w])[0] for step in (h, -h))
    return (8 * (ahead - behind) - (far - back)) / (12 * h)


def diagonal_of_the_basis(x):
    """(1/n) x̃ᵀx̃ on its diagonal: the squared norms of the columns as functions on the grid."""
    return np.array([sum(v * v for v in column) / len(x) for column in np.transpose(x)])


def _normalised(row, epsilon):
    mean, s = sum(row) / len(row), deviation(row, epsilon)
    return [(v - mean) / s for v in row]
