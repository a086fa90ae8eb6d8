"""Number systems: one text of an implementation, many arithmetics.

An implementation starts with ``xp = array_namespace(q)`` and uses the functions of the Python array API.  What the
standard lacks is here, as functions whose first argument says which arithmetic is meant:

>>> import numpy as np
>>> x = np.asarray([1.0, 4.0])
>>> float(constant(x, 2)), float(pi(x)) > 3.14
(2.0, True)

Rules for implementation text (each broken rule is an error with advice, never a silent float): never branch on a
value, never assign to items, no ``float()``, literals are integers or short dyadic floats (0.5), other constants are
``constant(x, 44715) / 1000000`` or ``xp.sqrt(constant(x, 2))``; masks go through ``where(mask, exp(s), 0)``; a maximum
that only stabilises is ``shift``; integers and masks are structure and stay plain NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.domains import (
    Array,
    Complex,
    ComplexNormal,
    Interval,
    Mask,
    Natural,
    Normal,
    Orthogonal,
    Permutation,
    Positive,
    PositiveDefinite,
    Probability,
    Real,
    Size,
    Symmetric,
    Uniform,
    Unitary,
    UnitRows,
)
from kg.numbers.arrays import Contaminated, NotTestable, Redraw, SystemArray
from kg.numbers.counting import count_operations

__all__ = [
    "Array",
    "Complex",
    "ComplexNormal",
    "Contaminated",
    "Interval",
    "Mask",
    "Natural",
    "Normal",
    "NotTestable",
    "Orthogonal",
    "Permutation",
    "Positive",
    "PositiveDefinite",
    "Probability",
    "Real",
    "Redraw",
    "Size",
    "Symmetric",
    "Uniform",
    "UnitRows",
    "Unitary",
    "array_namespace",
    "cis",
    "constant",
    "count_operations",
    "erf",
    "jvp",
    "pi",
    "shift",
    "unit_root",
]


def array_namespace(*arrays: Any) -> Any:
    """The array-API namespace of the first argument that is an array of numbers, of a dual number before any other."""
    for x in arrays:
        if hasattr(x, "__kg_namespace__") and not isinstance(x, SystemArray):
            return x.__array_namespace__()
    for x in arrays:
        if isinstance(x, SystemArray):
            return x.__array_namespace__()
    for x in arrays:
        if hasattr(x, "dtype"):
            from kg.numbers.floats import float_namespace

            return float_namespace(x)
    raise TypeError("array_namespace() needs at least one array; pass an argument that is one")


def constant(x: Any, value: int) -> Any:
    """An integer as a 0-d number of the arithmetic of `x` (with its dtype)."""
    return array_namespace(x).asarray(value, dtype=x.dtype)


def pi(x: Any) -> Any:
    """π in the arithmetic of `x`."""
    xp = array_namespace(x)
    value = xp.pi
    return value if not isinstance(value, float) else xp.asarray(value, dtype=_real_dtype(xp, x))


def _real_dtype(xp: Any, x: Any) -> Any:
    return xp.real(x).dtype if xp.isdtype(x.dtype, "complex floating") else x.dtype


def erf(x: Any) -> Any:
    """The error function 2/√π ∫₀ˣ exp(−t²) dt, entrywise."""
    xp = array_namespace(x)
    return x.wrap(x.system.elementwise("erf", x.parts)) if isinstance(x, SystemArray) else xp.erf(x)


def shift(x: Any, axis: int = -1) -> Any:
    """A maximum along an axis (kept) that is used only to stabilise: the result may not depend on it.

    Over floats it is the maximum; over residues a fresh random element, which tests that independence.
    """
    if hasattr(x, "__kg_namespace__"):
        return x.shift(axis)
    if isinstance(x, SystemArray):
        return x.wrap(x.system.shift(x.parts, axis))
    return array_namespace(x).max(x, axis=axis, keepdims=True)


def cis(x: Any) -> Any:
    """cos x + i sin x, the point of the unit circle at the real angle x."""
    xp = array_namespace(x)
    return xp.cos(x) + 1j * xp.sin(x)


def unit_root(x: Any, order: int, power: int = 1) -> Any:
    """exp(2πi · power / order) in the arithmetic of `x`."""
    if isinstance(x, SystemArray):
        return x.wrap(x.system.unit_root(order, power % order))
    xp = array_namespace(x)
    return xp.asarray(np.exp(2j * np.pi * (power % order) / order))


def jvp(function: Any, x: Any, direction: Any) -> Any:
    """The derivative of `function` at `x` along `direction`, by dual numbers over any arithmetic."""
    from kg.numbers.dual import derivative

    return derivative(function, x, direction)
