"""Relatives of linear attention: with keys and queries normalised beforehand, and with rotary positions.

Conventions: queries, keys, their features and values are rows; every query reads every key.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace, shift


def efficient_attention(
    q: Real[Array, "n c"], k: Real[Array, "m c"], v: Real[Array, "m e"]
) -> Real[Array, "n e"]:
    """softmax over the entries of each query, times (softmax over the tokens of each key channel)ᵀ v.

    Conventions: no mask, no scale; what multiplies the values has been normalised before, so nothing is divided after.
    Source: :cite:t:`shen2018efficient`.
    """
    xp = array_namespace(q)
    chosen = xp.exp(q - shift(q, axis=1))
    shares = xp.exp(k - shift(k, axis=0))
    summary = (shares / xp.sum(shares, axis=0, keepdims=True)).mT @ v
    return (chosen / xp.sum(chosen, axis=1, keepdims=True)) @ summary


def rotary_linear_attention(
    phi_q: Real[Array, "n 2*h"],
    phi_k: Real[Array, "n 2*h"],
    v: Real[Array, "n e"],
    frequencies: Real[Array, "h"],
) -> Real[Array, "n e"]:
    """Linear attention with features turned by their position in the numerator, and not turned in the denominator.

    Conventions: no mask; positions are 0, 1, 2, …; neighbours (φ₀, φ₁), (φ₂, φ₃), … are turned together.
    Source: :cite:t:`su2024roformer`, Equation (19).
    """
    xp = array_namespace(phi_q)
    numerator = _turned(phi_q, frequencies) @ (_turned(phi_k, frequencies).mT @ v)
    return numerator / (phi_q @ xp.sum(phi_k, axis=0)[:, None])


def _turned(phi: Array, frequencies: Array) -> Array:
    """Row t of the features with pair r turned by the angle t·frequency_r."""
    xp = array_namespace(phi)
    angles = xp.stack([t * frequencies for t in range(phi.shape[0])])
    across, along = phi[:, 0::2], phi[:, 1::2]
    turned = [
        across * xp.cos(angles) - along * xp.sin(angles),
        across * xp.sin(angles) + along * xp.cos(angles),
    ]
    return xp.reshape(xp.stack(turned, axis=-1), phi.shape)
