"""Attention without softmax, in its two orders of multiplication.

Conventions: rows are grid points and columns are functions sampled on them; sums over grid points carry the weight
1/n of a uniform grid; layer normalisation, which the full layers add, is applied outside.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def galerkin_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """q(kᵀv)/n: the d×e table of the inner products ⟨k_l, v_j⟩, then combinations of the columns of q.

    Conventions: weight 1/n; no softmax; no scale 1/√d.
    Source: :cite:t:`cao2021choose`.
    """
    inner_products = k.mT @ v / k.shape[0]
    return q @ inner_products


def fourier_attention(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """(qkᵀ)v/n: the kernel q(x_i)·k(x_j), then its sum over grid points against v.

    Conventions: weight 1/n; no softmax; no scale 1/√d.
    Source: :cite:t:`cao2021choose`.
    """
    xp = array_namespace(q)
    kernel = xp.sum(q[:, None, :] * k[None, :, :], axis=-1)
    return kernel @ v / v.shape[0]
