"""Sizes that the claims are not run at: a function in blocks of 16 may be right up to 16 and wrong after.

Claims are run at sizes of a few, where a failing input can be read.  A function that gives the reference's values there
and others at larger sizes is wrong in a way that none of them sees.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from kg.conform.fingerprints import Group, canonical, group_of
from kg.conform.fitting import Fitting
from kg.conform.foreign import Foreign, ForeignError, ForeignLost
from kg.conform.placed import Placed
from kg.conform.prints import missed, taken
from kg.conform.rounding import RUNS, UNITS
from kg.domains import domains_of


def other_at_larger_sizes(foreign: Foreign, reference: Callable[..., Any], fitting: Fitting) -> str:
    """What a function does at larger sizes that agrees with the reference at small ones and not there; else nothing."""
    if not fitting.systems or fitting.adapter.held:
        return ""
    try:
        domains = domains_of(reference)
    except TypeError:
        return ""
    small = group_of(tuple(canonical(domains).items()), ())
    larger = None if small is None else small.larger
    if small is None or larger is None:
        return ""
    placed = Placed(foreign, reference, fitting.adapter, fitting.systems[0])
    try:
        if _misses(placed, reference, small) > 1 or _misses(placed, reference, larger) <= 1:
            return ""
    except ForeignLost:
        # Too slow at these sizes to be asked.
        return ""
    except ForeignError as error:
        return f"gives the values of the implementation at small sizes and none at {larger.equal}: {error}"
    return f"gives the values of the implementation at small sizes and others at {larger.equal}, where no claim is run"


def _misses(placed: Placed, reference: Callable[..., Any], group: Group) -> float:
    """By what factor of rounding the function misses the reference; nothing where that has no value."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        known = taken(reference, group.probes, RUNS)
        if any(value is None for value in known.values):
            return 0.0
        found, unit = [], UNITS[placed.system.dtype]
        for probe in group.probes:
            outputs, dtypes = placed.outputs(probe, {})
            unit = max([unit, *(UNITS[d] for d in dtypes if d in UNITS)])
            chosen = placed.adapter.output
            found.append(outputs if chosen is None else [outputs[chosen]])
        return missed(known, found, unit)
