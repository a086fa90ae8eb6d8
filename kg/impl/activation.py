"""Activation functions: the rectifier, the normal distribution function and what is made of it.

Φ and φ are the standard normal distribution function and density.  To compare functions that involve Φ, one side must
find it by a route of its own.  Here the side of the error function is `normal_cdf` and `gelu`; the other is the
integral

    Φ(−a) = (a e^(−a²/2) / π) ∫₀^∞ e^(−t²/2) / (t² + a²) dt,   a > 0,

by the midpoint rule at t = (2k + 1)/8.  The rule converges so fast that its error, once the pole at t = ia has been
taken off, is below 2^−340, for either sign of a (the error of the rule is of order e^(−32π²) = 2^−455, what the 88 nodes
leave out is below 2^−350).  A fixed number of nodes therefore serves every precision up to 320 bits, and no further.

Conventions: functions act on every entry; mean 0 and variance 1.
"""

from __future__ import annotations

from kg.numbers import Array, Normal, Real, array_namespace, constant, erf, pi

_NODES = 88


def relu(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """The positive part: x where it is positive, 0 elsewhere."""
    xp = array_namespace(x)
    return xp.where(x > 0, x, 0 * x)


def normal_cdf(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """Φ(x) = ½ (1 + erf(x/√2))."""
    xp = array_namespace(x)
    return 0.5 * (1 + erf(x / xp.sqrt(constant(x, 2))))


def normal_density(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """φ(x) = e^(−x²/2) / √(2π)."""
    xp = array_namespace(x)
    return xp.exp(-x * x / 2) / xp.sqrt(2 * pi(x))


def gelu(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """½ x (1 + erf(x/√2)).

    Conventions: the exact form, not the one with a hyperbolic tangent. For x below about −5 the sum 1 + erf cancels in
    floating point; `normal_cdf_gate` does not.
    Source: :cite:t:`hendrycks2016gelu`.
    """
    xp = array_namespace(x)
    return 0.5 * x * (1 + erf(x / xp.sqrt(constant(x, 2))))


def normal_cdf_gate(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """x times the lower tail Φ(x) = ½ erfc(−x/√2), the tail being computed without cancellation.

    For x < 0 it is Φ(x) = (|x| e^(−x²/2)/π) ∫₀^∞ e^(−t²/2) / (t² + x²) dt, by the midpoint rule at t = (2k + 1)/8,
    the pole at t = ix taken off; the error is below 2^−340. For x > 0 it is one minus the tail at −x.

    Conventions: accurate relative to the result for very negative x too.
    """
    xp = array_namespace(x)
    pole = 0.5 * (1 + xp.tanh(4 * pi(x) * x))
    total = 0 * x
    for k in range(_NODES):
        square = constant(x, (2 * k + 1) ** 2) / 64
        total = total + xp.exp(-(x * x + square) / 2) / (square + x * x)
    return x * (pole - x * total / (4 * pi(x)))


def normal_ramp(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """∫_{−∞}^x Φ(t) dt, the mean of the positive part of x + Z for a standard normal Z.

    It is (e^(−x²/2)/π) ∫₀^∞ t² e^(−t²/2) / (t² + x²) dt for x < 0, and x more than its mirror image for x > 0. The
    integral is found by the midpoint rule at t = (2k + 1)/8, the pole at t = ix taken off; the error is below 2^−340.
    """
    xp = array_namespace(x)
    pole = 0.5 * x * (1 + xp.tanh(4 * pi(x) * x))
    total = 0 * x
    for k in range(_NODES):
        square = constant(x, (2 * k + 1) ** 2) / 64
        total = total + square * xp.exp(-(x * x + square) / 2) / (square + x * x)
    return pole + total / (4 * pi(x))


def stochastic_gate(x: Real[Array, "n"], z: Normal[Array, "samples n"]) -> Real[Array, "samples n"]:
    """x where the threshold z is at most x, 0 elsewhere: the identity, switched on and off.

    Source: :cite:t:`hendrycks2016gelu`.
    """
    xp = array_namespace(x)
    return xp.where(z <= x, x, 0 * z)


def gelu_tanh(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """½ x (1 + tanh(√(2/π) (x + 0.044715 x³))).

    Conventions: the approximate form of GELU; the exact one is `gelu`.
    Source: :cite:t:`hendrycks2016gelu`.
    """
    xp = array_namespace(x)
    inner = xp.sqrt(2 / pi(x)) * (x + constant(x, 44715) / 1000000 * x**3)
    return 0.5 * x * (1 + xp.tanh(inner))


def swish(x: Real[Array, "n"], beta: Real[Array, ""]) -> Real[Array, "n"]:
    """x σ(βx) = x / (1 + e^(−βx)).

    Conventions: β is a number; at β = 1 this is SiLU. For βx below −700 the exponential overflows in float64.
    Source: :cite:t:`ramachandran2017searching`.
    """
    xp = array_namespace(x)
    return x / (1 + xp.exp(-beta * x))
