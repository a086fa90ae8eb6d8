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


def sphere_projection(x: Real[Array, "n d"]) -> Real[Array, "n d"]:
    """√d times the direction of each row after it has been projected onto the vectors with mean zero.

    Conventions: the image lies on the sphere of radius √d in a space of d − 1 dimensions.
    Source: :cite:t:`brody2023expressivity`.
    """
    xp = array_namespace(x)
    d = x.shape[1]
    projection = xp.eye(d, dtype=x.dtype) - xp.ones((d, d), dtype=x.dtype) / d
    rows = []
    for i in range(x.shape[0]):
        p = projection @ x[i, :]
        rows.append(p * xp.sqrt(d / xp.sum(p * p)))
    return xp.stack(rows)


def weight_normalisation(v: Real[Array, "d"], length: Any = 1) -> Real[Array, "d"]:
    """The weight vector g v/|v|: its direction and its length are trained apart.

    Conventions: one neuron; g is called `length` and may have either sign.
    Source: :cite:t:`salimans2016weight`.
    """
    xp = array_namespace(v)
    return length * v / xp.sqrt(xp.sum(v * v))


def weight_normalisation_gradient(
    v: Real[Array, "d"], gradient: Real[Array, "d"], length: Any = 1
) -> Real[Array, "d"]:
    """What a gradient with respect to g v/|v| becomes with respect to v: (g/|v|)(G − (G·v/|v|²) v).

    Conventions: as :func:`weight_normalisation`.
    Source: :cite:t:`salimans2016weight`.
    """
    xp = array_namespace(v)
    square = xp.sum(v * v)
    along = xp.sum(gradient * v) / square
    return (gradient - along * v) * length / xp.sqrt(square)


def pre_layer_norm_network(
    x: Real[Array, "n d"],
    gain: Real[Array, "l d"],
    bias: Real[Array, "l d"],
    w_in: Real[Array, "l d h"],
    w_out: Real[Array, "l h d"],
    *,
    epsilon: Any = 0,
) -> Real[Array, "n d"]:
    """Residual branches that read the layer-normalised stream, and a last layer normalisation.

    Each branch is x + tanh((LN(x)·γ + β) W_in) W_out.
    Conventions: gain γ and bias β belong to the normalisation before a branch; the last one has neither.
    Source: :cite:t:`jiang2023prermsnorm`.
    """
    xp = array_namespace(x)
    for layer in range(w_in.shape[0]):
        normed = _centred_over_deviation(x, epsilon) * gain[layer, :] + bias[layer, :]
        x = x + xp.tanh(normed @ w_in[layer, :, :]) @ w_out[layer, :, :]
    return _centred_over_deviation(x, epsilon)


def _centred_over_deviation(x: Any, epsilon: Any) -> Any:
    xp = array_namespace(x)
    centred = x - xp.sum(x, axis=1, keepdims=True) / x.shape[1]
    return centred / xp.sqrt(xp.sum(centred * centred, axis=1, keepdims=True) / x.shape[1] + epsilon)


def pre_rms_norm_network(
    x: Real[Array, "n d"],
    w_in: Real[Array, "l d h"],
    b_in: Real[Array, "l h"],
    w_out: Real[Array, "l h d"],
    *,
    epsilon: Any = 0,
) -> Real[Array, "n d"]:
    """Residual branches that read the stream over its root mean square, and a last such normalisation.

    Each branch is x + tanh(RMSNorm(x) W_in + b_in) W_out.
    Conventions: no gain; the mean is never subtracted.
    Source: :cite:t:`jiang2023prermsnorm`.
    """
    xp = array_namespace(x)
    for layer in range(w_in.shape[0]):
        size = xp.sqrt(xp.mean(x * x, axis=-1) + epsilon)
        inside = (x / size[:, None]) @ w_in[layer, :, :] + b_in[layer, :]
        x = x + xp.tanh(inside) @ w_out[layer, :, :]
    return x / xp.sqrt(xp.mean(x * x, axis=-1) + epsilon)[:, None]
