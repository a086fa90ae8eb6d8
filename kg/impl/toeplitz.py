"""Toeplitz products by three routes, and linear attention under a mask.

Conventions: an n×n Toeplitz matrix with f(i−j) in row i and column j is given by its first column f(0), …, f(n−1) and
its first row f(0), …, f(−(n−1)), whose first entry is not read; a mask multiplies the weights before they are
normalised.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace, unit_root


def toeplitz_product(
    column: Real[Array, "n"], row: Real[Array, "n"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """The dense matrix of f(i−j) times the columns of x, or times x if that is a vector.

    Conventions: the first entry of the row is not read, as in scipy.linalg.toeplitz.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(column)
    n = column.shape[0]
    rows = [xp.concat([xp.flip(column[: i + 1], axis=0), row[1 : n - i]]) for i in range(n)]
    return xp.stack(rows) @ x


def fft_toeplitz_product(
    column: Real[Array, "n"], row: Real[Array, "n"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """The same product by embedding the matrix in a circulant one, which the Fourier transform makes diagonal.

    Conventions: the circulant matrix has the first power of two that is at least 2n − 1 rows; all numbers are real, and
    imaginary parts of the result are dropped.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(column)
    circulant, padded = _circulant_embedding(column, row, x)
    spectrum = xp.fft.fft(circulant, axis=0) * xp.fft.fft(padded, axis=0)
    return xp.real(xp.fft.ifft(spectrum, axis=0))[: x.shape[0], ...]


def radix_2_toeplitz_product(
    column: Real[Array, "n"], row: Real[Array, "n"], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """The same embedding with the fast Fourier transform written out, so that its operations can be counted.

    Conventions: forward sign e^(−2πikn/N); factors of one and the zeros of the padding are multiplied by as well; all
    numbers are real, and imaginary parts of the result are dropped.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(column)
    circulant, padded = _circulant_embedding(column, row, x)
    spectrum = _radix_2_transform(circulant, -1) * _radix_2_transform(padded, -1)
    return xp.real(_radix_2_transform(spectrum, 1))[: x.shape[0], ...] / spectrum.shape[0]


def masked_linear_attention(
    phi_q: Real[Array, "n c"], phi_k: Real[Array, "m c"], v: Real[Array, "m e"], mask: Real[Array, "n m"]
) -> Real[Array, "n e"]:
    """Rows Σ_j M_ij (φ(q_i)·φ(k_j)) v_j, divided by the sum of their weights M_ij (φ(q_i)·φ(k_j)).

    Conventions: the mask is a table of numbers and enters the normaliser too.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(phi_q)
    weights = mask * (phi_q @ phi_k.mT)
    return (weights @ v) / xp.sum(weights, axis=-1, keepdims=True)


def mask_product_attention(
    phi_q: Real[Array, "n c"], phi_k: Real[Array, "m c"], v: Real[Array, "m e"], mask: Real[Array, "n m"]
) -> Real[Array, "n e"]:
    """Σ_r diag(φ(q)_r) M diag(φ(k)_r) [v 1]: the mask meets one feature at a time; the last column normalises.

    Conventions: the mask is only ever multiplied with vectors, so any fast product with it serves.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(phi_q)
    columns = xp.concat([v, xp.ones((v.shape[0], 1), dtype=v.dtype)], axis=1)
    total = xp.zeros((phi_q.shape[0], columns.shape[1]), dtype=v.dtype)
    for r in range(phi_q.shape[1]):
        total = total + phi_q[:, r, None] * (mask @ (phi_k[:, r, None] * columns))
    return total[:, :-1] / total[:, -1:]


def _circulant_embedding(column: Array, row: Array, x: Array) -> tuple[Array, Array]:
    """The first column of the circulant matrix, and x with zeros below: both as tall as a power of two, both with as
    many axes as x."""
    xp = array_namespace(column)
    n = column.shape[0]
    length = 1 << (2 * n - 2).bit_length()
    gap = xp.zeros((length - (2 * n - 1),), dtype=column.dtype)
    circulant = xp.concat([column, gap, xp.flip(row[1:], axis=0)])
    padding = xp.zeros((length - n, *x.shape[1:]), dtype=x.dtype)
    return _along_first_axis(circulant, x), xp.concat([x, padding], axis=0)


def _along_first_axis(numbers: Array, x: Array) -> Array:
    """One number for each row of x, whether x is a vector or a matrix."""
    return array_namespace(x).reshape(numbers, (-1,) + (1,) * (x.ndim - 1))


def _radix_2_transform(x: Array, sign: int) -> Array:
    """Σ_n e^(sign·2πikn/N) x_n down the columns, N a power of two: two halves, then one butterfly."""
    xp = array_namespace(x)
    length = x.shape[0]
    if length == 1:
        return x
    even = _radix_2_transform(x[0::2, ...], sign)
    odd = _radix_2_transform(x[1::2, ...], sign)
    turns = xp.stack([unit_root(x, length, sign * k) for k in range(length // 2)])
    turned = _along_first_axis(turns, odd) * odd
    return xp.concat([even + turned, even - turned], axis=0)
