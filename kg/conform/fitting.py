"""How somebody's function wants to be called: under which adapter, over which number systems."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.conform import placed as placing
from kg.conform.adapters import Adapter, chosen_output, layouts, transposed
from kg.conform.foreign import Foreign, ForeignError, ForeignLost
from kg.conform.placed import Placed, System
from kg.conform.rounding import UNITS
from kg.domains import domains_of
from kg.numbers.arrays import NotTestable, Redraw
from kg.verify.draws import FloatSource, Undrawable, draw, sizes_for
from kg.verify.trial import flatten

ROUGHLY = 1e-2


@dataclass(frozen=True)
class Fitting:
    """How the function is called: the adapter, the systems it admits, and why it does not admit the others."""

    adapter: Adapter
    systems: tuple[System, ...]
    refused: Mapping[str, str]


@dataclass(frozen=True)
class _Probe:
    """Inputs, the reference's outputs there, and whether it gives a single one."""

    inputs: dict[str, Any]
    outputs: tuple[Any, ...]
    single: bool

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        return [x.shape for x in self.outputs]


def fit(
    foreign: Foreign, reference: Callable[..., Any], declared: Adapter, libraries: Sequence[str] | None
) -> Fitting:
    """Find out how the function wants to be called: the first adapter under which it gives outputs of the right shape.

    Only axes of length one are put in, unless the function does not run at all otherwise: an adapter never makes a wrong
    function right. Heads before tokens and tokens before heads have the same shapes: of such layouts, where the function
    does not run without, it is the one that gives the reference's values, if one does.
    """
    probes = _probes(reference)
    if not probes:
        return Fitting(declared, tuple(placing.systems(foreign, _asked(libraries))), {})
    first: dict[str, str] = {}
    runs: Fitting | None = None
    for adapter in _candidates(declared, probes[0].inputs):
        admitted_systems, refused = [], {}
        for system in placing.systems(foreign, _asked(libraries)):
            try:
                trouble = _trouble(Placed(foreign, reference, adapter, system), probes)
            except ForeignLost as lost:
                return Fitting(adapter, (), {str(system): str(lost)})
            if trouble:
                refused[str(system)] = trouble
            else:
                admitted_systems.append(system)
        if admitted_systems:
            fitting = Fitting(adapter, tuple(admitted_systems), refused)
            if adapter.is_as_typed or declared.steps:
                return fitting
            if _agrees(Placed(foreign, reference, adapter, admitted_systems[0]), probes):
                return fitting
            runs = runs or fitting
        first = first or refused
    return runs or Fitting(declared, (), first)


def _asked(libraries: Sequence[str] | None) -> dict[str, None] | None:
    return dict.fromkeys(libraries) if libraries else None


def _candidates(declared: Adapter, inputs: Mapping[str, Any]) -> Iterator[Adapter]:
    if declared.steps:
        yield declared
        if declared.output is None:
            yield declared.then(chosen_output(0))
        return
    for adapter in (*layouts(inputs), Adapter((transposed(),))):
        yield adapter
        yield adapter.then(chosen_output(0))


def _probes(reference: Callable[..., Any]) -> list[_Probe]:
    """Two draws of inputs with the outputs there."""
    found: list[_Probe] = []
    try:
        domains = domains_of(reference)
        for number, sizes in zip(range(12), sizes_for(domains, (), "fit"), strict=False):
            inputs = draw(domains, sizes, (), FloatSource(f"fit {number}"))
            try:
                with np.errstate(all="ignore"):
                    result = reference(**inputs)
            except Exception:
                # Sizes that a condition of the claims excludes.
                continue
            outputs = tuple(np.asarray(x) for x in flatten(result))
            found.append(_Probe(inputs, outputs, not isinstance(result, tuple | list | dict)))
            if len(found) == 2:
                break
    except (TypeError, Undrawable, NotTestable, Redraw):
        return found
    return found


def _trouble(candidate: Placed, probes: Sequence[_Probe]) -> str:
    """Why the function cannot be called so, or an empty string."""
    for probe in probes:
        shapes = probe.shapes
        try:
            outputs, dtypes = candidate.outputs(probe.inputs, {})
        except ForeignLost:
            raise
        except ForeignError as error:
            return str(error)
        except (NotTestable, ValueError) as problem:
            return str(problem)
        if reason := _elsewhere(candidate, dtypes):
            return reason
        if candidate.adapter.output is not None:
            if candidate.adapter.output >= len(outputs):
                return f"it returns {len(outputs)} arrays only"
            outputs, dtypes = [outputs[candidate.adapter.output]], [dtypes[candidate.adapter.output]]
        if [x.shape for x in outputs] != shapes:
            wanted = shapes[0] if probe.single else shapes
            return f"it returns shapes {[x.shape for x in outputs]}, not {wanted}"
    return ""


def _agrees(candidate: Placed, probes: Sequence[_Probe]) -> bool:
    """Whether the function gives the values of the reference, as far as its layout goes: what differs is judged later."""
    for probe in probes:
        outputs, _ = candidate.outputs(probe.inputs, {})
        if candidate.adapter.output is not None:
            outputs = [outputs[candidate.adapter.output]]
        for a, b in zip(probe.outputs, outputs, strict=True):
            if not np.allclose(
                a, b, rtol=0, atol=ROUGHLY * float(np.max(np.abs(a), initial=0.0)), equal_nan=True
            ):
                return False
    return True


def _elsewhere(candidate: Placed, dtypes: Sequence[str]) -> str:
    """Why a function that could be called so is judged in another system, or an empty string."""
    library, dtype = candidate.system.library, candidate.system.dtype
    answers = candidate.foreign.answered_in
    if library == "numpy" and "jax" in answers:
        return "it answers with arrays of JAX, and is given those"
    coarser = [one for one in dtypes if one in UNITS and UNITS[one] > UNITS[dtype]]
    return f"given {dtype} it computes in {coarser[0]}, and is judged there" if coarser else ""
