"""The logistic function, its antiderivative, and the unit that is an exponential below zero.

Conventions: functions act on every entry; natural exponentials and logarithms.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Real, array_namespace


def logistic(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """σ(x) = 1 / (1 + e^(−x)).

    Conventions: for x below −700 the exponential overflows in float64.
    """
    xp = array_namespace(x)
    return 1 / (1 + xp.exp(-x))


def softplus(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """log(1 + e^x).

    Conventions: for x above 700 the exponential overflows in float64; below −37 the sum is one and the logarithm zero.
    """
    xp = array_namespace(x)
    return xp.log(1 + xp.exp(x))


def elu(x: Real[Array, "n"], alpha: Positive[Array, ""]) -> Real[Array, "n"]:
    """x where it is positive, α (e^x − 1) elsewhere.

    Conventions: α is the limit far below, with its sign changed; at α = 1 the slope has no jump.
    """
    xp = array_namespace(x)
    return xp.where(x > 0, x, alpha * (xp.exp(xp.where(x > 0, 0 * x, x)) - 1))
