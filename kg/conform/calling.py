"""Somebody's function called on the probes of a group of implementations, in the number system in which it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.conform.adapters import Adapter
from kg.conform.fingerprints import Group, Library
from kg.conform.foreign import Foreign, ForeignError, ForeignLost
from kg.conform.placed import Placed, System
from kg.conform.rounding import FORMATS, UNITS
from kg.conform.scales import Outputs, Run


@dataclass
class Caller:
    """Calls the function in the number system in which it answers, and remembers which one that is."""

    foreign: Foreign
    libraries: Sequence[str] | None
    library: Library
    trouble: str = ""
    _settled: System | None = None

    def run(self, group: Group, adapter: Adapter) -> Run | None:
        """Its outputs on the probes; None if it gives none on the first two."""
        outputs: Outputs = []
        unit = FORMATS["float64"].unit
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
        if system.library != "jax":
            return True
        placed = Placed(self.foreign, _named(group.inputs), adapter, system)
        try:
            found, _ = placed.outputs(group.probes[0], {}, "shapes")
        except ForeignLost:
            raise
        except (ForeignError, ValueError, IndexError) as error:
            self.trouble = self.trouble or str(error)
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
                self.trouble = self.trouble or str(error)
                continue
            if self._settled is None:
                self._settled = system
            return found
        return None

    def _systems(self) -> Iterable[System]:
        if self._settled is not None:
            return [self._settled]
        # A function of JAX takes NumPy's arrays, too, but then nothing is known of it beforehand.
        libraries = self.libraries or sorted(self.foreign.systems, key=lambda name: name != "jax")
        return [System(library, dtype) for dtype in ("float64", "float32") for library in libraries]

    def repeats(self, run: Run) -> bool:
        """Whether the same call gives the same numbers again."""
        again = self.run(run.group, run.adapter)
        return again is not None and all(
            (a is None and b is None)
            or (
                a is not None
                and b is not None
                and all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=False))
            )
            for a, b in zip(run.outputs, again.outputs, strict=True)
        )


def _named(inputs: Sequence[str]) -> Callable[..., Any]:
    """A stand-in for the implementations of a group: only its inputs matter here."""
    return lambda **_: inputs
