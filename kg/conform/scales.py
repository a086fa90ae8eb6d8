"""Functions that are another one times a number, which may depend on the sizes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.conform.adapters import Adapter
from kg.conform.fingerprints import Group
from kg.conform.prints import Print, missed

Outputs = list["list[Any] | None"]


@dataclass(frozen=True)
class Run:
    """What the function gave on the probes of a group under an adapter; `unit` is that of the coarsest output."""

    group: Group
    adapter: Adapter
    outputs: Outputs
    unit: float


def factors_of(known: Print, run: Run) -> list[float]:
    """The number by which each probe's values are multiplied, or nothing if there is no such number."""
    factors = []
    for value, found in zip(known.values, run.outputs, strict=True):
        if value is None:
            continue
        if found is None or len(value) != 1 or len(found) != 1 or value[0].shape != np.shape(found[0]):
            return []
        # A number of its own can be had from any single entry: only larger outputs say something.
        if value[0].size < 2 or not np.all(np.isfinite(found[0])):
            return []
        a, b = value[0].reshape(-1), np.reshape(found[0], -1)
        square = float(np.vdot(a, a).real)
        if square == 0:
            return []
        factor = complex(np.vdot(a, b)) / square
        if factor == 0 or abs(factor.imag) > 1e-9 * abs(factor):
            return []
        factors.append(factor.real)
    if len(factors) < 2:
        return []
    scaled = iter(factors)
    undone: Outputs = [
        None if value is None or found is None else [np.asarray(found[0]) / next(scaled)]
        for value, found in zip(known.values, run.outputs, strict=True)
    ]
    return factors if missed(known, undone, run.unit) <= 1 else []


def formula(run: Run, known: Print, factors: Sequence[float]) -> str:
    """The factors as a formula in one size or one input, where one fits; else the numbers."""
    used = [i for i, value in enumerate(known.values) if value is not None]
    for words, values in _formulas(run, used):
        if all(math.isclose(v, f, rel_tol=1e-6) for v, f in zip(values, factors, strict=True)):
            return words
    if math.isclose(min(factors), max(factors), rel_tol=1e-9):
        return f"{factors[0]:.10g}"
    return ", ".join(f"{factor:.6g}" for factor in factors) + " on the probes"


def _formulas(run: Run, used: Sequence[int]) -> Iterator[tuple[str, list[float]]]:
    for number in (-1.0, 2.0, 0.5, math.sqrt(2), 1 / math.sqrt(2), math.pi, math.sqrt(math.pi), 2 * math.pi):
        yield f"{number:.6g}", [number] * len(used)
    for name, array in run.group.probes[used[0]].items():
        if np.ndim(array) == 0 and not isinstance(array, bool):
            yield name, [float(np.real(run.group.probes[i][name])) for i in used]
        for axis in range(np.ndim(array)):
            size = [run.group.probes[i][name].shape[axis] for i in used]
            text = f"the size of axis {axis} of {name}"
            for words, form in FORMS.items():
                yield words.format(text), [form(n) for n in size]


FORMS: dict[str, Callable[[int], float]] = {
    "{}": float,
    "the root of {}": math.sqrt,
    "one over {}": lambda n: 1 / n,
    "one over the root of {}": lambda n: 1 / math.sqrt(n),
    "√((n − 1)/n), n {}": lambda n: math.sqrt((n - 1) / n),
    "√(n/(n − 1)), n {}": lambda n: math.sqrt(n / (n - 1)) if n > 1 else math.inf,
    "n/(n − 1), n {}": lambda n: n / (n - 1) if n > 1 else math.inf,
    "(n − 1)/n, n {}": lambda n: (n - 1) / n,
}
