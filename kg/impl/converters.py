"""Analogue-to-digital converters: their rectifiers, the codes they write, and the noise they add on purpose.

Conventions: bits are numbers 0 and 1, the most significant first along the last axis.
"""

from __future__ import annotations

from kg.impl.activation import relu
from kg.numbers import Array, Real, Uniform, array_namespace


def folding_adc(u: Real[Array, "k"], *, bits: int = 8) -> Real[Array, "k bits"]:
    """The bits 1[y ≥ 0] of a chain of stages y ← 1 − 2|y| that starts at y = 2u − 1.

    Conventions: u in [0, 1); a tie counts as 1; the absolute value is the full-wave rectifier of the stage.
    """
    xp = array_namespace(u)
    y = 2 * u - 1
    found = []
    for _ in range(bits):
        found.append(xp.where(y >= 0, 1, 0 * y))
        y = 1 - 2 * abs(y)
    return xp.stack(found, axis=-1)


def gray_code(u: Real[Array, "k"], *, bits: int = 8) -> Real[Array, "k bits"]:
    """The bits of k ⊕ ⌊k/2⌋ for the number k = ⌊2ⁿu⌋ of n bits: each binary digit, exclusive-or the one before it.

    Conventions: u in [0, 1).
    Source: :cite:t:`gray1953pulse`.
    """
    xp = array_namespace(u)
    found = []
    before = 0 * u
    for place in range(1, bits + 1):
        digit = xp.floor(u * 2**place) - 2 * xp.floor(u * 2 ** (place - 1))
        found.append(digit + before - 2 * digit * before)
        before = digit
    return xp.stack(found, axis=-1)


def absolute_value(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """The number itself where it is not negative, its negative elsewhere."""
    xp = array_namespace(x)
    return xp.where(x >= 0, x, -x)


def absolute_value_from_relus(x: Real[Array, "n"]) -> Real[Array, "n"]:
    """relu(x) + relu(−x): two half-wave rectifiers of opposite sense, added.

    Source: :cite:t:`shang2016understanding`, where the two halves are kept apart as features.
    """
    return relu(x) + relu(-x)


def tent_square(x: Real[Array, "n"], *, tents: int = 3) -> Real[Array, "n"]:
    """x − Σ_s g_s(x)/4^s over the first `tents` compositions g_s of the tent g(x) = 1 − |2x − 1| with itself.

    Conventions: x in [0, 1].
    Source: :cite:t:`yarotsky2017error`.
    """
    tooth, total = x, x
    for s in range(1, tents + 1):
        tooth = 1 - abs(2 * tooth - 1)
        total = total - tooth / 4**s
    return total


def stochastic_rounding(x: Real[Array, "n"], u: Uniform[Array, "samples n"]) -> Real[Array, "samples n"]:
    """⌊x⌋ + 1[u < x − ⌊x⌋]: the next whole number up with a probability equal to the part after the point.

    Conventions: the step is 1; u is uniform on [0, 1).
    Source: :cite:t:`croci2022stochastic`.
    """
    xp = array_namespace(x)
    below = xp.floor(x)
    return below + xp.where(u < x - below, 1, 0 * u)


def dithered_rounding(x: Real[Array, "n"], u: Uniform[Array, "samples k n"]) -> Real[Array, "samples n"]:
    """⌊x + Σ_i (u_i − ½) + ½⌋: noise, uniform about zero, is added k times before rounding to the nearest.

    Conventions: the step is 1; a tie is rounded up; the noise is not taken off again (non-subtractive dither).
    Source: :cite:t:`gray1993dithered`.
    """
    xp = array_namespace(x)
    return xp.floor(x + xp.sum(u - 0.5, axis=-2) + 0.5)


def sigma_delta(x: Real[Array, "... n"], start: Real[Array, "..."]) -> Real[Array, "... n"]:
    """Bits q_t = ±1, the sign of v_t = u_{t−1} + x_t, where u_t = v_t − q_t is what is still owed.

    Conventions: first order; the sign of zero is plus; `start` is u_0; time runs along the last axis.
    Source: :cite:t:`daubechies2003approximating`.
    """
    xp = array_namespace(x)
    owed, bits = start, []
    for t in range(x.shape[-1]):
        v = owed + x[..., t]
        bits.append(xp.where(v >= 0, 1, 0 * v - 1))
        owed = v - bits[-1]
    return xp.stack(bits, axis=-1)
