"""Implementations for one row, and functions that take several rows at once: do they do the same with each?

A function of one query may be the step of a cache.  If it takes several queries as well and does something else with
them, such as a softmax along the wrong axis, that is what its author has to hear.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from kg.conform.fingerprints import Group, Library, base
from kg.conform.heads import head
from kg.conform.prints import distance, missed
from kg.conform.scales import Run
from kg.graph import Graph
from kg.verify.trial import flatten

# Two programs of ours for one row agree to more digits than this.
CLOSE = 1e-5


def not_row_by_row(graph: Graph, library: Library, runs: Sequence[Run], name: str) -> tuple[Run, str] | None:
    """A run on inputs of one axis more where an implementation does with each row what `name` does, and it does not."""
    as_it_is = [run for run in runs if not run.adapter.steps]
    narrow = next((run for run in as_it_is if _is(library, run, name)), None)
    for wide in as_it_is if narrow is not None else ():
        assert narrow is not None
        more = [narrow.group.inputs[at] for at in _with_rows(narrow.group, wide.group)]
        extended = [
            other for other in wide.group.names if more and _extends(library, name, narrow, wide, more, other)
        ]
        if extended:
            axes = np.ndim(narrow.group.probes[0][more[0]])
            words = f"where {' and '.join(more)} has {axes} {'axis' if axes == 1 else 'axes'}"
            return wide, f"{words}; with one more that would be {base(head(graph, extended))}, and it is not"
    return None


def _is(library: Library, run: Run, name: str) -> bool:
    return name in run.group.names and missed(library.of(name, run.group), run.outputs, run.unit) <= 1


def _with_rows(narrow: Group, wide: Group) -> list[int]:
    """Which inputs have one axis more; none unless the others have as many, and some have."""
    if len(narrow.inputs) != len(wide.inputs):
        return []
    more = [
        np.ndim(b) - np.ndim(a)
        for a, b in zip(narrow.probes[0].values(), wide.probes[0].values(), strict=True)
    ]
    return [at for at, one in enumerate(more) if one == 1] if set(more) == {0, 1} else []


def _extends(library: Library, name: str, narrow: Run, wide: Run, more: Sequence[str], other: str) -> bool:
    """Whether another implementation gives for each row what `name` gives for it, in shapes that the function has."""
    known = library.of(other, wide.group)
    if distance(known, wide.outputs) == math.inf or missed(known, wide.outputs, wide.unit) <= 1:
        return False
    for probe, value in zip(wide.group.probes, known.values, strict=True):
        given = dict(zip(narrow.group.inputs, probe.values(), strict=True))
        counts = {len(given[one]) for one in more}
        if value is None or len(value) != 1 or np.ndim(value[0]) == 0 or counts != {len(value[0])}:
            return False
        rows = [_row(library, name, given, more, at) for at in range(len(value[0]))]
        if any(row is None or row.shape != value[0].shape[1:] for row in rows):
            return False
        largest = float(np.max(np.abs(value[0]), initial=0.0))
        if not np.allclose(np.stack(rows), value[0], rtol=0, atol=CLOSE * largest):
            return False
    return True


def _row(library: Library, name: str, given: Mapping[str, Any], more: Sequence[str], at: int) -> Any:
    one = {key: value[at] if key in more else value for key, value in given.items()}
    try:
        with np.errstate(all="ignore"):
            outputs = flatten(library.implementations[name](**one))
    except Exception:
        # Sizes that the implementation has no room for.
        return None
    return np.asarray(outputs[0]) if len(outputs) == 1 else None
