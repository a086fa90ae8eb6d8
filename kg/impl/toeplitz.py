"""Toeplitz products in one and two dimensions, and linear attention under a mask.

Conventions: an n×n Toeplitz matrix with f(i−j) in row i and column j is given by its first column f(0), …, f(n−1) and
its first row f(0), …, f(−(n−1)), whose first entry is not read; cells of a grid are listed row by row, and the table of
f(k, l) over offsets starts at the most negative ones; a mask multiplies the weights before they are normalised.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace, unit_root


def toeplitz_matrix(column: Real[Array, "n"], row: Real[Array, "n"]) -> Real[Array, "n n"]:
    """The n×n matrix with f(i−j) in row i and column j.

    Conventions: the first entry of the row is not read, as in scipy.linalg.toeplitz.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(column)
    n = column.shape[0]
    entries = [[column[i - j] if i >= j else row[j - i] for j in range(n)] for i in range(n)]
    return xp.stack([xp.stack(entry) for entry in entries])


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


def block_toeplitz_matrix(offsets: Real[Array, "2*a-1 2*b-1"]) -> Real[Array, "a*b a*b"]:
    """The matrix with f(i−k, j−l) in the row of cell (i, j) and the column of cell (k, l) of an a×b grid.

    Conventions: cells row by row; offsets from 1 − a and 1 − b upwards.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(offsets)
    a, b = (offsets.shape[0] + 1) // 2, (offsets.shape[1] + 1) // 2
    windows = [xp.flip(offsets[i : i + a, j : j + b], axis=(0, 1)) for i in range(a) for j in range(b)]
    return xp.stack([xp.reshape(window, (a * b,)) for window in windows])


def block_toeplitz_product(offsets: Real[Array, "2*a-1 2*b-1"], x: Real[Array, "a b"]) -> Real[Array, "a b"]:
    """Σ_kl f(i−k, j−l) x_kl at every cell of the grid: each cell spreads f around itself.

    Conventions: a picture goes in and a picture comes out; offsets from 1 − a and 1 − b upwards.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(x)
    a, b = x.shape
    total = xp.zeros((a, b), dtype=x.dtype)
    for k in range(a):
        for m in range(b):
            total = total + offsets[a - 1 - k : 2 * a - 1 - k, b - 1 - m : 2 * b - 1 - m] * x[k, m]
    return total


def radix_2_block_toeplitz_product(
    offsets: Real[Array, "2*a-1 2*b-1"], x: Real[Array, "a b"]
) -> Real[Array, "a b"]:
    """The same sums by laying the offsets around a torus, where two-dimensional Fourier transforms do the work.

    Conventions: each side of the torus is the first power of two that is at least 2a − 1 and 2b − 1; transforms are
    written out; all numbers are real, and imaginary parts of the result are dropped.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(x)
    a, b = x.shape
    height, width = 1 << (2 * a - 2).bit_length(), 1 << (2 * b - 2).bit_length()
    torus = xp.roll(_zeros_around(offsets, height, width), (1 - a, 1 - b), axis=(0, 1))
    spectrum = _transform_both_axes(torus, -1) * _transform_both_axes(_zeros_around(x, height, width), -1)
    return xp.real(_transform_both_axes(spectrum, 1))[:a, :b] / (height * width)


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


def toeplitz_masked_linear_attention(
    phi_q: Real[Array, "n c"],
    phi_k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    column: Real[Array, "n"],
    row: Real[Array, "n"],
) -> Real[Array, "n e"]:
    """Masked linear attention whose mask is a Toeplitz matrix and is only ever applied by fast Fourier transforms.

    Conventions: all features and columns go through one product; the column of ones, which normalises, stands last.
    Source: :cite:t:`choromanski2022masked`, :cite:t:`luo2021stable`.
    """
    xp = array_namespace(phi_q)
    (n, c), width = phi_q.shape, v.shape[1] + 1
    columns = xp.concat([v, xp.ones((n, 1), dtype=v.dtype)], axis=1)
    products = xp.reshape(phi_k[:, :, None] * columns[:, None, :], (n, c * width))
    spread = xp.reshape(radix_2_toeplitz_product(column, row, products), (n, c, width))
    total = xp.sum(phi_q[:, :, None] * spread, axis=1)
    return total[:, :-1] / total[:, -1:]


def row_wise_kronecker_product(g: Real[Array, "n c"], h: Real[Array, "n d"]) -> Real[Array, "n c*d"]:
    """Row i is the Kronecker product of row i of G and row i of H: every product of two of their entries.

    Conventions: the entries of H run fastest.
    """
    xp = array_namespace(g)
    return xp.concat([g[:, r, None] * h for r in range(g.shape[1])], axis=1)


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


def _zeros_around(x: Array, height: int, width: int) -> Array:
    """A picture in the upper left corner of a larger one that is zero elsewhere."""
    xp = array_namespace(x)
    right = xp.zeros((x.shape[0], width - x.shape[1]), dtype=x.dtype)
    below = xp.zeros((height - x.shape[0], width), dtype=x.dtype)
    return xp.concat([xp.concat([x, right], axis=1), below], axis=0)


def _transform_both_axes(x: Array, sign: int) -> Array:
    """The transform of the columns, then of the rows."""
    xp = array_namespace(x)
    return xp.permute_dims(
        _radix_2_transform(xp.permute_dims(_radix_2_transform(x, sign), (1, 0)), sign), (1, 0)
    )
