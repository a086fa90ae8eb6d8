"""Rectifiers in analogue-to-digital converters, and the codes they write.

Conventions: bits are numbers 0 and 1, the most significant first along the last axis.
"""

from __future__ import annotations

from kg.impl.activation import relu
from kg.numbers import Array, Real, array_namespace


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
