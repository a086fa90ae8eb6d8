"""Tensors that sums of few rank-one terms come arbitrarily close to without reaching them.

Conventions: three axes of length two; slices are taken along the first axis.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def hyperdeterminant(t: Real[Array, "2 2 2"]) -> Real[Array, ""]:
    """Cayley's hyperdeterminant of a 2×2×2 tensor: the discriminant of det(x T₁ + y T₂) as a quadratic form in x and y.

    Conventions: T₁ and T₂ are the slices along the first axis.
    Source: :cite:t:`desilva2008tensor`.
    """
    first = t[0, 0, 0] * t[0, 1, 1] - t[0, 0, 1] * t[0, 1, 0]
    second = t[1, 0, 0] * t[1, 1, 1] - t[1, 0, 1] * t[1, 1, 0]
    mixed = (
        t[0, 0, 0] * t[1, 1, 1] + t[0, 1, 1] * t[1, 0, 0] - t[0, 0, 1] * t[1, 1, 0] - t[0, 1, 0] * t[1, 0, 1]
    )
    return mixed * mixed - 4 * first * second


def w_tensor_neighbour(epsilon: Real[Array, ""]) -> Real[Array, "2 2 2"]:
    """((e₁ + ε e₂)∘(e₁ + ε e₂)∘(e₁ + ε e₂) − e₁∘e₁∘e₁)/ε, a difference of two rank-one terms, multiplied out.

    Conventions: its limit for ε → 0 is the W tensor e₂∘e₁∘e₁ + e₁∘e₂∘e₁ + e₁∘e₁∘e₂.
    Source: :cite:t:`desilva2008tensor`.
    """
    xp = array_namespace(epsilon)
    one = xp.ones((), dtype=epsilon.dtype)
    e_1, moved = xp.stack([one, 0 * one]), xp.stack([one, epsilon])
    cube = moved[:, None, None] * moved[None, :, None] * moved[None, None, :]
    return (cube - e_1[:, None, None] * e_1[None, :, None] * e_1[None, None, :]) / epsilon
