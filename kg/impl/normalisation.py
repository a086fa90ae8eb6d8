"""Normalising rows, normalising columns, and the derivative of layer normalisation.

Conventions: one item per row, one feature per column; variances are biased (divided by the number of entries); no gain
and no bias; ε is added to the variance and is zero unless given.
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Real, array_namespace


def layer_norm(x: Real[Array, "n d"], *, epsilon: Any = 0) -> Real[Array, "n d"]:
    """Each row minus its mean, over its standard deviation.

    Conventions: biased variance; ε inside the square root, zero by default; no gain, no bias.
    Source: :cite:t:`ba2016layer`.
    """
    xp = array_namespace(x)
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean(centred * centred, axis=-1, keepdims=True)
    return centred / xp.sqrt(variance + epsilon)


def rms_norm(x: Real[Array, "n d"], *, epsilon: Any = 0) -> Real[Array, "n d"]:
    """Each row over the root of its mean square.

    Conventions: nothing is subtracted; ε inside the square root, zero by default; no gain.
    Source: :cite:t:`zhang2019root`.
    """
    xp = array_namespace(x)
    mean_square = xp.sum(x * x, axis=-1, keepdims=True) / x.shape[-1]
    return x / xp.sqrt(mean_square + epsilon)


def instance_norm(x: Real[Array, "n d"], *, epsilon: Any = 0) -> Real[Array, "n d"]:
    """Each column minus its mean over the rows, over its standard deviation.

    Conventions: biased variance; ε inside the square root, zero by default; no gain, no bias.
    """
    xp = array_namespace(x)
    deviation = xp.sqrt(xp.var(x, axis=-2, keepdims=True) + epsilon)
    return (x - xp.mean(x, axis=-2, keepdims=True)) / deviation


def layer_norm_jacobian(x: Real[Array, "d"], *, epsilon: Any = 0) -> Real[Array, "d d"]:
    """∂y_i/∂x_j of the layer normalisation y = c/s of one row, by the quotient rule.

    Here c = x − mean(x), s = √(mean(c²) + ε), ∂c_i/∂x_j = δ_ij − 1/d and ∂s/∂x_j = c_j/(d s).
    Conventions: as :func:`layer_norm`.
    """
    xp = array_namespace(x)
    d = x.shape[0]
    c = x - xp.sum(x) / d
    s = xp.sqrt(xp.sum(c * c) / d + epsilon)
    dc = xp.eye(d, dtype=x.dtype) - xp.ones((d, d), dtype=x.dtype) / d
    ds = c / (d * s)
    return (dc * s - c[:, None] * ds[None, :]) / (s * s)


def scaled_projection(x: Real[Array, "d"]) -> Real[Array, "d d"]:
    """(1/σ)(I − B(BᵀB)⁻¹Bᵀ) with B = [1, x]: onto what is orthogonal to the constants and to x, over the deviation.

    Conventions: biased variance σ² = mean(x²) − mean(x)².
    Source: :cite:t:`brody2023expressivity`, where layer normalisation is a projection followed by a rescaling.
    """
    xp = array_namespace(x)
    d = x.shape[0]
    spanning = xp.stack([xp.ones((d,), dtype=x.dtype), x], axis=-1)
    onto_span = spanning @ xp.linalg.solve(spanning.mT @ spanning, spanning.mT)
    deviation = xp.sqrt(xp.mean(x * x) - xp.mean(x) ** 2)
    return (xp.eye(d, dtype=x.dtype) - onto_span) / deviation
