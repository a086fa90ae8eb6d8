"""Linear attention in all its orders of multiplication, and Toeplitz products, from their definitions.

No sum starts with a zero and no table is multiplied by a library, so that the functions run on fractions and on
numbers that count what is done with them.
"""

from __future__ import annotations

import cmath
import math
from functools import reduce
from operator import add

import numpy as np


def total(terms):
    """The sum of at least one term: one addition fewer than terms."""
    return reduce(add, list(terms))


def dot(a, b):
    """Σ a_i b_i."""
    return total(x * y for x, y in zip(a, b, strict=True))


def linear_attention(phi_q, phi_k, v):
    """Keys meet values first: φ(q)ᵀ(Σ φ(k_j)v_jᵀ) over φ(q)ᵀ(Σ φ(k_j))."""
    c, e = phi_k.shape[1], v.shape[1]
    table = [[dot(phi_k[:, a], v[:, b]) for a in range(c)] for b in range(e)]
    sums = [total(phi_k[:, a]) for a in range(c)]
    rows = []
    for q in phi_q:
        weight = dot(q, sums)
        rows.append([dot(q, column) / weight for column in table])
    return np.array(rows)


def smoothed(weights, v):
    """Rows Σ_j w_ij v_j / Σ_j w_ij."""
    return np.array([[dot(w, v[:, b]) / total(w) for b in range(v.shape[1])] for w in weights])


def feature_kernel(phi_q, phi_k):
    """φ(q_i)·φ(k_j)."""
    return np.array([[dot(q, k) for k in phi_k] for q in phi_q])


def causal_linear_attention(phi_q, phi_k, v):
    """The table of φ(q_i)·φ(k_j), struck out for j > i, its rows divided by their sums, times the values."""
    table = feature_kernel(phi_q, phi_k)
    return np.array(
        [
            [dot(table[i, : i + 1], v[: i + 1, b]) / total(table[i, : i + 1]) for b in range(v.shape[1])]
            for i in range(len(v))
        ]
    )


def linear_attention_recurrence(phi_q, phi_k, v):
    """A state that starts at zero, is updated by each token and then read by it."""
    c, e = phi_k.shape[1], v.shape[1]
    s, z, rows = [[0] * e for _ in range(c)], [0] * c, []
    for q, k, value in zip(phi_q, phi_k, v, strict=True):
        s = [[s[a][b] + k[a] * value[b] for b in range(e)] for a in range(c)]
        z = [z[a] + k[a] for a in range(c)]
        rows.append([dot(q, [s[a][b] for a in range(c)]) / dot(q, z) for b in range(e)])
    return np.array(rows)


def prefix_sum_attention(phi_q, phi_k, v):
    """Running totals of φ(k_j)v_jᵀ and φ(k_j), each formed afresh, read by the query of the position."""
    rows = []
    for i, q in enumerate(phi_q):
        upto = range(i + 1)
        weight = dot(q, [total(phi_k[j, a] for j in upto) for a in range(len(q))])
        sums = [
            [total(phi_k[j, a] * v[j, b] for j in upto) for a in range(len(q))] for b in range(v.shape[1])
        ]
        rows.append([dot(q, column) / weight for column in sums])
    return np.array(rows)


def masked_linear_attention(phi_q, phi_k, v, mask):
    """Rows Σ_j M_ij (φ(q_i)·φ(k_j)) v_j over Σ_j M_ij (φ(q_i)·φ(k_j))."""
    return smoothed(mask * feature_kernel(phi_q, phi_k), v)


def mask_product_attention(phi_q, phi_k, v, mask):
    """Σ_r diag(φ(q)_r) M diag(φ(k)_r) [v 1]; the last column normalises."""
    n, e = len(phi_q), v.shape[1]
    rows = [[0] * (e + 1) for _ in range(n)]
    for r in range(phi_q.shape[1]):
        for b in range(e + 1):
            vector = [k[r] * value[b] if b < e else k[r] for k, value in zip(phi_k, v, strict=True)]
            for i in range(n):
                rows[i][b] = rows[i][b] + phi_q[i, r] * dot(mask[i], vector)
    return np.array([[row[b] / row[e] for b in range(e)] for row in rows])


def toeplitz_product(column, row, x):
    """Σ_j f(i − j) x_j with f from the first column and, above the diagonal, the first row."""
    n = len(column)
    return np.array(
        [
            [
                dot([column[i - j] if i >= j else row[j - i] for j in range(n)], x[:, b])
                for b in range(x.shape[1])
            ]
            for i in range(n)
        ]
    )


def padded_size(n):
    """The first power of two that is at least 2n − 1."""
    size = 1
    while size < 2 * n - 1:
        size *= 2
    return size


def fft_toeplitz_product(column, row, x, transform=np.fft.fft, inverse=np.fft.ifft, zero=0):
    """The same by extending the matrix to a circulant one and multiplying transforms entry by entry."""
    n = len(column)
    size = padded_size(n)
    circulant = [*column, *[zero] * (size - 2 * n + 1), *reversed(row[1:])]
    symbol = transform(circulant)
    columns = []
    for b in range(x.shape[1]):
        image = transform([*x[:, b], *[zero] * (size - n)])
        columns.append(list(inverse([s * t for s, t in zip(symbol, image, strict=True)])[:n]))
    return np.array(columns).T


def radix_2(x, sign=-1):
    """A transform of even length is two of half the length, one addition and one subtraction for each pair."""
    size = len(x)
    if size == 1:
        return list(x)
    even, odd = radix_2(x[0::2], sign), radix_2(x[1::2], sign)
    turned = [cmath.exp(sign * 2j * math.pi * k / size) * value for k, value in enumerate(odd)]
    return [e + t for e, t in zip(even, turned, strict=True)] + [
        e - t for e, t in zip(even, turned, strict=True)
    ]


def radix_2_toeplitz_product(column, row, x, zero=0):
    """The embedding with the transform written out; only the entries that are kept are divided by the size.

    `zero` is what the embedding is padded with: a zero that counts, if products with it are to be counted.
    """
    n = len(column)
    size = padded_size(n)
    image = fft_toeplitz_product(column, row, x, radix_2, lambda spectrum: radix_2(spectrum, 1), zero)
    return np.array([[value / size for value in values] for values in image])
