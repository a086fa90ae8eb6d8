"""Convolutions: around a circle, as Fourier multipliers, as sums over shifts, and as attention by position.

Conventions: positions on a circle are counted modulo its length; pictures have rows, columns and channels; a layer is
what networks call a convolution, which does not flip its kernel, with a kernel of odd sides, stride one, and zeros
outside the picture.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Complex, Real, array_namespace


def circulant_matrix(c: Complex[Array, "n"]) -> Complex[Array, "n n"]:
    """The matrix with c_((i − j) mod n) in row i and column j.

    Conventions: c is the first column, as in scipy.linalg.circulant.
    """
    xp = array_namespace(c)
    return xp.stack([xp.roll(c, j, axis=0) for j in range(c.shape[0])], axis=1)


def circular_convolution(c: Complex[Array, "n"], x: Complex[Array, "n"]) -> Complex[Array, "n"]:
    """Σ_j c_((i − j) mod n) x_j, as written.

    Conventions: offsets are taken modulo n.
    """
    xp = array_namespace(c)
    n = c.shape[0]
    rows = []
    for i in range(n):
        total = c[i] * x[0]
        for j in range(1, n):
            total = total + c[(i - j) % n] * x[j]
        rows.append(total)
    return xp.stack(rows)


def fourier_multiplier(spectrum: Complex[Array, "n"], x: Complex[Array, "n"]) -> Complex[Array, "n"]:
    """F⁻¹ (λ ⊙ F x): each frequency of x is multiplied by a number of its own.

    Conventions: minus in the exponent of F; no scale in F, 1/n in its inverse.
    """
    xp = array_namespace(spectrum)
    return xp.fft.ifft(spectrum * xp.fft.fft(x, axis=0), axis=0)


def fnet_mixing(x: Real[Array, "n d"]) -> Real[Array, "n d"]:
    """Re F_n x F_d: Fourier transforms along the tokens and along the features, of which the real part is kept.

    Conventions: no scale; minus in the exponents.
    Source: :cite:t:`leethorp2022fnet`.
    """
    xp = array_namespace(x)
    return xp.real(xp.fft.fft(xp.fft.fft(x, axis=1), axis=0))


def convolution_layer(x: Real[Array, "h w p"], kernel: Real[Array, "a b p q"]) -> Real[Array, "h w q"]:
    """y_ij = Σ_kl x_(i+k, j+l) Θ_kl over the offsets of the kernel, from its middle: cell by cell.

    Conventions: the kernel is not flipped; cells outside the picture count as zero.
    Source: :cite:t:`andreoli2019convolution`.
    """
    xp = array_namespace(x)
    (h, w, _), (a, b) = x.shape, kernel.shape[:2]
    rows = []
    for i in range(h):
        cells = []
        for j in range(w):
            total = 0 * (x[0, 0, :] @ kernel[0, 0, :, :])
            for k in range(a):
                for m in range(b):
                    row, column = i + k - a // 2, j + m - b // 2
                    if 0 <= row < h and 0 <= column < w:
                        total = total + x[row, column, :] @ kernel[k, m, :, :]
            cells.append(total)
        rows.append(xp.stack(cells))
    return xp.stack(rows)


def shift_sum(x: Real[Array, "h w p"], kernel: Real[Array, "a b p q"]) -> Real[Array, "h w q"]:
    """Σ_k S_k X Θ_k: the whole picture is shifted once for each offset of the kernel, and its channels are mixed.

    Conventions: the shift by (k, l) brings cell (i+k, j+l) to (i, j), and zeros from outside.
    Source: :cite:t:`andreoli2019convolution`.
    """
    xp = array_namespace(x)
    (h, w, p), (a, b, _, q) = x.shape, kernel.shape
    cells = xp.reshape(x, (h * w, p))
    total = xp.zeros((h * w, q), dtype=x.dtype)
    for k in range(a):
        for m in range(b):
            shift = np.kron(np.eye(h, k=k - a // 2, dtype=int), np.eye(w, k=m - b // 2, dtype=int))
            total = total + xp.asarray(shift, dtype=x.dtype) @ cells @ kernel[k, m, :, :]
    return xp.reshape(total, (h, w, q))


def positional_attention_layer(
    x: Real[Array, "h w p"], kernel: Real[Array, "a b p q"], sharpness: Real[Array, ""]
) -> Real[Array, "h w q"]:
    """Σ_k softmax_s(−α|s − i − Δ_k|²) x_s Θ_k: one head for each offset Δ_k, whose scores only know positions.

    Conventions: the keys are the cells of the picture and a frame of zeros half a kernel wide; one value and output
    matrix Θ_k for each head.
    Source: :cite:t:`cordonnier2020relationship`.
    """
    xp = array_namespace(x)
    (h, w, p), (a, b, _, q) = x.shape, kernel.shape
    top, left = a // 2, b // 2
    sides = xp.zeros((h, left, p), dtype=x.dtype)
    ends = xp.zeros((top, w + 2 * left, p), dtype=x.dtype)
    framed = xp.concat([ends, xp.concat([sides, x, sides], axis=1), ends], axis=0)
    values = xp.reshape(framed, ((h + 2 * top) * (w + 2 * left), p))
    total = xp.zeros((h * w, q), dtype=x.dtype)
    for k in range(a):
        for m in range(b):
            rows = (np.arange(h + 2 * top)[None, :] - np.arange(h)[:, None] - k) ** 2
            columns = (np.arange(w + 2 * left)[None, :] - np.arange(w)[:, None] - m) ** 2
            squares = rows[:, None, :, None] + columns[None, :, None, :]
            weights = xp.exp(-sharpness * xp.asarray(squares.reshape(h * w, values.shape[0]), dtype=x.dtype))
            heads = weights @ values / xp.sum(weights, axis=1, keepdims=True)
            total = total + heads @ kernel[k, m, :, :]
    return xp.reshape(total, (h, w, q))
