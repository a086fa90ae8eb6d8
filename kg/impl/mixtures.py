"""Mixtures of Gaussians: whose point is it (the E-step), and where do the means go (the M-step).

Conventions: points and means are rows; all components share one variance, the same in all directions.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Probability, Real, array_namespace, shift


def gaussian_mixture_responsibilities(
    x: Real[Array, "n d"],
    means: Real[Array, "m d"],
    weights: Positive[Array, "m"],
    variance: Positive[Array, ""],
) -> Probability[Array, "n m"]:
    """π_j N(x_i; μ_j, σ²I) / Σ_l π_l N(x_i; μ_l, σ²I): the probability that point i came from component j.

    Conventions: the weights π need not sum to one, as a common factor cancels.
    Source: :cite:t:`nguyen2022keys`.
    """
    xp = array_namespace(x)
    gaps = x[:, None, :] - means[None, :, :]
    exponents = -xp.sum(gaps * gaps, axis=-1) / (2 * variance)
    joint = weights * xp.exp(exponents - shift(exponents, axis=-1))
    return joint / xp.sum(joint, axis=-1, keepdims=True)


def mixture_means_update(
    responsibilities: Probability[Array, "n m"], x: Real[Array, "n d"]
) -> Real[Array, "m d"]:
    """μ_j ← Σ_i r_ij x_i / Σ_i r_ij: each component moves to the mean of the points it is responsible for.

    Conventions: sums run over the points, for each component apart.
    """
    xp = array_namespace(x)
    return responsibilities.mT @ x / xp.sum(responsibilities, axis=0)[:, None]
