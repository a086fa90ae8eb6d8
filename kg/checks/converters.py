"""Checks of the claims about rectifiers in converters."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Real, check, condition

_DEPTHS = (3, 8)


@condition
def off_breakpoints(u):
    xp = array_namespace(u)
    # A multiple of 2⁻ⁿ for any n up to 8 is one of 2⁻⁸.
    return bool((u * 256 != xp.floor(u * 256)).all())


@off_breakpoints.sampler
def _(u):
    """Steps of one code, once round the interval from a random start, so that the converter meets each of its codes."""
    xp = array_namespace(u)
    count = u.shape[0]
    points = u[:1] + xp.asarray(np.arange(count), dtype=u.dtype) / count
    return {"u": points - xp.floor(points)}


@check
def folding_adc_is_gray_code(use, u: Real[Array, "256"]):
    return [use("folding_adc")(u, bits=n) for n in _DEPTHS], [use("gray_code")(u, bits=n) for n in _DEPTHS]


@folding_adc_is_gray_code.control("a stage without a rectifier, y ← 2y ∓ 1, which gives the binary digits")
def _(use, u):
    return [_by_stages(u, n, _residue_stage) for n in _DEPTHS], [use("gray_code")(u, bits=n) for n in _DEPTHS]


@folding_adc_is_gray_code.control("a stage with the rectifier the other way round, y ← 2|y| − 1")
def _(use, u):
    return [_by_stages(u, n, lambda y: 2 * abs(y) - 1) for n in _DEPTHS], [
        use("gray_code")(u, bits=n) for n in _DEPTHS
    ]


@folding_adc_is_gray_code.control("the binary digits of the number in place of its Gray code")
def _(use, u):
    xp = array_namespace(u)
    digits = [xp.floor(u * 2**k) - 2 * xp.floor(u * 2 ** (k - 1)) for k in range(1, 9)]
    return [use("folding_adc")(u, bits=n) for n in _DEPTHS], [xp.stack(digits[:n], axis=-1) for n in _DEPTHS]


def _by_stages(u, bits, stage):
    xp = array_namespace(u)
    y, found = 2 * u - 1, []
    for _ in range(bits):
        found.append(xp.where(y >= 0, 1, 0 * y))
        y = stage(y)
    return xp.stack(found, axis=-1)


def _residue_stage(y):
    return array_namespace(y).where(y >= 0, 2 * y - 1, 2 * y + 1)


@check
def absolute_value_is_a_sum_of_two_relus(use, x: Real[Array, "n"]):
    return use("absolute_value")(x), use("absolute_value_from_relus")(x)


@absolute_value_is_a_sum_of_two_relus.control("half-wave rectification only")
def _(use, x):
    # The half-waves of −x² vanish, so that this control differs whatever signs are drawn.
    return use("absolute_value")(-x * x), use("relu")(-x * x)


@absolute_value_is_a_sum_of_two_relus.control(
    "the two half-waves are subtracted, which gives the number back"
)
def _(use, x):
    return use("absolute_value")(-x * x), use("relu")(-x * x) - use("relu")(x * x)
