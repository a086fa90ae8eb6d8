"""Bounds over a whole interval, by balls: nothing is sampled, every point of the interval is covered.

The interval is cut into boxes.  On each, right − left is enclosed by its mean-value form f(m) + f'(X)(X − m), where
the derivative over the box comes from dual numbers over balls; plain evaluation would need far more boxes near a
maximum.  A box on which the enclosure is not negative is done; one at whose midpoint the bound fails for certain
refutes it; any other is halved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np

from kg.numbers.arrays import NotTestable, Redraw, SystemArray
from kg.numbers.balls import Balls, precision
from kg.numbers.dual import Dual

BITS = 96
MOST_BOXES = 60_000


@dataclass(frozen=True)
class Enclosure:
    """True if right − left ≥ 0 on the whole interval, False with a point, None if the boxes ran out."""

    holds: bool | None
    boxes: int
    point: float | None = None


def enclose(gap: Callable[[Any], Any], low: Any, high: Any) -> Enclosure:
    """Decide gap(x) ≥ 0 for every x in [low, high]; `gap` maps a 0-d array of any arithmetic to one.

    Args:
        gap: right − left of a bound.
        low: a Python int, float or fraction, exact.
        high: the same.
    """
    with precision(BITS):
        system = Balls()
        boxes = [(flint.arb(low), flint.arb(high))]
        count = 0
        while boxes:
            a, b = boxes.pop()
            count += 1
            if count > MOST_BOXES:
                return Enclosure(None, count)
            middle = ((a + b) / 2).mid()
            try:
                if _nonnegative(gap, system, a, b, middle):
                    continue
                if _value(gap, system, middle) < 0:
                    return Enclosure(False, count, float(middle))
            except (NotTestable, Redraw):
                # A kink or a pole inside the box: a smaller box may not have it.
                pass
            boxes += [(a, middle), (middle, b)]
    return Enclosure(True, count)


def _array(system: Balls, value: Any) -> SystemArray:
    out = np.empty((), dtype=object)
    out[()] = value
    return SystemArray(system, (out,))


def _value(gap: Callable[[Any], Any], system: Balls, x: Any) -> Any:
    return gap(_array(system, x)).parts[0].reshape(-1)[0]


def _nonnegative(gap: Callable[[Any], Any], system: Balls, a: Any, b: Any, middle: Any) -> bool:
    """Whether the mean-value form proves the gap not negative on [a, b]."""
    box = a.union(b)
    slope = gap(Dual(_array(system, box), _array(system, flint.arb(1)))).tangent.parts[0].reshape(-1)[0]
    enclosure = _value(gap, system, middle) + slope * (box - middle)
    return bool(enclosure >= 0)
