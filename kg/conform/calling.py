"""Somebody's function called on the probes of a group of implementations, in the number system in which it answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from kg.conform.adapters import Adapter, chosen_output
from kg.conform.fingerprints import Group, Library
from kg.conform.foreign import Foreign, ForeignError, ForeignLost
from kg.conform.placed import Placed, System
from kg.conform.prints import Print
from kg.conform.rounding import FORMATS, UNITS
from kg.conform.scales import Outputs, Run

AS_IT_IS = 10**6


@dataclass
class Caller:
    """Calls the function in the number system in which it answers, and remembers which one that is."""

    foreign: Foreign
    libraries: Sequence[str] | None
    library: Library
    least_unit: float = 0.0
    _troubles: Counter[str] = field(default_factory=Counter)
    _settled: System | None = None

    @property
    def trouble(self) -> str:
        """What most calls without an answer ended in."""
        return next((words for words, _ in self._troubles.most_common(1)), "")

    def run(self, group: Group, adapter: Adapter) -> Run | None:
        """Its outputs on the probes; None if it gives none on the first two."""
        outputs: Outputs = []
        unit = max(FORMATS["float64"].unit, self.least_unit)
        if not self._may_match(group, adapter):
            return None
        for number, probe in enumerate(group.probes):
            found = self._call(group, adapter, probe)
            if found is None:
                outputs.append(None)
                if number == 1 and outputs == [None, None]:
                    return None
                continue
            values, dtypes = found
            unit = max([unit, *(UNITS[d] for d in dtypes if d in UNITS)])
            outputs.append(values)
        return Run(group, adapter, outputs, unit)

    def _may_match(self, group: Group, adapter: Adapter) -> bool:
        """Whether outputs have the shapes of an implementation's, where that is known without running the function."""
        system = next(iter(self._systems()))
        if system.library != "jax" or not group.names:
            return True
        placed = Placed(self.foreign, _named(group.inputs), adapter, system)
        try:
            found, _ = placed.outputs(group.probes[0], {}, "shapes")
        except ForeignLost:
            raise
        except (ForeignError, ValueError, IndexError) as error:
            self._note(error, adapter)
            return False
        if "unknown" in self.foreign.answered_in:
            return True
        shapes = [np.shape(one) for one in found]
        for name in group.names:
            value = self.library.of(name, group).values[0]
            wanted = None if value is None else [np.shape(one) for one in value]
            if wanted in (None, shapes) or (len(wanted) == 1 and wanted[0] in shapes):
                return True
        return False

    def _call(
        self, group: Group, adapter: Adapter, probe: dict[str, Any]
    ) -> tuple[list[Any], list[str]] | None:
        for system in self._systems():
            placed = Placed(self.foreign, _named(group.inputs), adapter, system)
            try:
                found = placed.outputs(probe, {})
            except ForeignLost:
                raise
            except (ForeignError, ValueError, IndexError) as error:
                self._note(error, adapter)
                continue
            if self._settled is None:
                self._settled = system
            return found
        return None

    def _note(self, error: Exception, adapter: Adapter) -> None:
        # What a function says of inputs in one list, or of arrays of another library, matters if it says nothing else.
        about_types = "TypeError" in str(error).partition(":")[0]
        self._troubles[str(error)] += (1 if adapter.steps else AS_IT_IS) * (1 if about_types else AS_IT_IS)

    def _systems(self) -> Iterable[System]:
        if self._settled is not None:
            return [self._settled]
        # A function of JAX takes NumPy's arrays, too, but then nothing is known of it beforehand.
        libraries = self.libraries or sorted(self.foreign.systems, key=lambda name: name != "jax")
        return [System(library, dtype) for dtype in ("float64", "float32") for library in libraries]

    def turns_into_float32(self, run: Run) -> bool:
        """Whether float64 inputs are rounded to float32 before anything is done with them; remembered if so."""
        single = FORMATS["float32"].unit
        if run.unit < single and self._same_at(run, lambda x: x.astype(np.float32).astype(np.float64)):
            # A function of signs, or of nothing, does not see the rounding either.
            self.least_unit = 0.0 if self._same_at(run, lambda x: x * (1 + 2.0**-10)) else single
        return bool(self.least_unit)

    def _same_at(self, run: Run, change: Callable[[Any], Any]) -> bool:
        probes = tuple(
            {
                name: change(value) if isinstance(value, np.ndarray) and value.dtype == np.float64 else value
                for name, value in probe.items()
            }
            for probe in run.group.probes
        )
        again = self.run(replace(run.group, probes=probes), run.adapter)
        return again is not None and _same(run, again)

    def repeats(self, run: Run) -> bool:
        """Whether the same call gives the same numbers again."""
        again = self.run(run.group, run.adapter)
        return again is not None and _same(run, again)


def _same(one: Run, other: Run) -> bool:
    return all(
        (a is None and b is None)
        or (
            a is not None
            and b is not None
            and all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=False))
        )
        for a, b in zip(one.outputs, other.outputs, strict=True)
    )


def selections(run: Run, known: Print) -> Iterator[Run]:
    """The run itself, and with one of its outputs where the implementation has one and the function more."""
    if run.adapter.output is not None:
        chosen = run.adapter.output
        cut: Outputs = [None if o is None or len(o) <= chosen else [o[chosen]] for o in run.outputs]
        yield Run(run.group, run.adapter, cut, run.unit)
        return
    yield run
    counts = {len(o) for o in run.outputs if o is not None}
    if all(value is None or len(value) == 1 for value in known.values) and max(counts, default=1) > 1:
        for i in range(min(counts)):
            cut = [None if o is None else [o[i]] for o in run.outputs]
            yield Run(run.group, run.adapter.then(chosen_output(i)), cut, run.unit)


def _named(inputs: Sequence[str]) -> Callable[..., Any]:
    """A stand-in for the implementations of a group: only its inputs matter here."""
    return lambda **_: inputs
