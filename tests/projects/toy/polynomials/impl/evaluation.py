"""The value of a polynomial with coefficients ``a``, constant term first, at every point of ``x``."""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def power_evaluation(a: Real[Array, "n"], x: Real[Array, "m"]) -> Array:
    """Every power of the point times its coefficient, added up.

    Source: :cite:t:`higham2002accuracy`, Section 5.1.
    """
    xp = array_namespace(a)
    power = xp.ones_like(x)
    value = a[0] * power
    for i in range(1, a.shape[0]):
        power = power * x
        value = value + a[i] * power
    return value


def horner_evaluation(a: Real[Array, "n"], x: Real[Array, "m"]) -> Array:
    """From the highest coefficient down: multiply by the point, add the next coefficient.

    Source: :cite:t:`horner1819new`.
    """
    xp = array_namespace(a)
    value = xp.zeros_like(x)
    for i in range(a.shape[0] - 1, -1, -1):
        value = value * x + a[i]
    return value
