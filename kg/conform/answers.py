"""Answers: what runs of a function say of it when they are held against the fingerprints of implementations."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from kg.conform.adapters import Adapter
from kg.conform.calling import Caller, selections
from kg.conform.fingerprints import Library, base
from kg.conform.foreign import ForeignLost
from kg.conform.heads import head
from kg.conform.prints import Print, distance, missed
from kg.conform.scales import Run, factors_of, formula
from kg.conform.solving import Fit, Solver
from kg.graph import Graph

# How many implementations are edited, the nearest first, and how many before a look at what was found.
MOST_EDITED = 24
BATCH = 8


@dataclass
class Identification:
    """The answer; `match` is None if the function is unknown."""

    match: str | None = None
    exact: bool = False
    also: list[str] = field(default_factory=list)
    nearest: str | None = None
    difference: str = ""
    adapter: str = "identity"

    def as_json(self) -> dict[str, Any]:
        return vars(self)

    def sentence(self, reference: str) -> str:
        """The answer in words."""
        if self.match is None:
            near = f"; nearest {self.nearest}" if self.nearest else ""
            return f"{reference}: unknown{near}{', ' if near else ': '}{self.difference}"
        also = f"\nthe same function: {', '.join(self.also)}" if self.also else ""
        return f"{reference} is {self.match}{f' {self.difference}' if self.difference else ''}{also}"


def candidates(library: Library, runs: Sequence[Run]) -> Iterator[tuple[str, Run, Print]]:
    """Every implementation with every run on its probes, the simplest adapters first."""
    for run in sorted(runs, key=lambda one: _cost(one.adapter)):
        for name in run.group.names:
            known = library.of(name, run.group)
            for selected in selections(run, known):
                yield name, selected, known


def _cost(adapter: Adapter) -> tuple[int, str]:
    return len(adapter.steps), adapter.name


def exact(
    graph: Graph, library: Library, runs: Sequence[Run], before: Sequence[Run] = ()
) -> Identification | None:
    """An implementation that the function is to rounding; `before` are the runs that were none, as it is."""
    found: dict[str, Adapter] = {}
    for name, run, known in candidates(library, runs):
        if name not in found and missed(known, run.outputs, run.unit) <= 1:
            found[name] = run.adapter
    if not found:
        return None
    simplest = min(_simplicity(name, adapter) for name, adapter in found.items())
    alike = [name for name, adapter in found.items() if _simplicity(name, adapter) == simplest]
    chosen = head(graph, alike)
    adapter = found[chosen]
    also = sorted({base(name) for name in alike if base(name) != base(chosen)})
    # Run as it is, it gave other numbers of the same shapes: then the adapter is a difference.
    is_exact = not any(
        chosen in run.group.names and distance(library.of(chosen, run.group), run.outputs) < math.inf
        for run in before
        if not run.adapter.steps
    )
    name, words, steps = base(chosen), adapter.words, adapter.name
    if name != chosen:
        number = chosen[len(name) + 1 : -1]
        words = joined(f"with {number.replace('=', ' = ')}", adapter)
        steps = ",".join([*(step.name for step in adapter.steps), number])
    if not is_exact:
        words = f"{words}; as it is, it gives other numbers"
    return Identification(name, is_exact, also, name, words, steps)


def _simplicity(name: str, adapter: Adapter) -> int:
    return 2 * len(adapter.steps) + (name != base(name))


def nearest_of(library: Library, runs: Sequence[Run]) -> list[tuple[float, str, Run]]:
    """Implementations with outputs of the same shapes, the nearest first."""
    near: dict[str, tuple[float, str, Run]] = {}
    for name, run, known in candidates(library, runs):
        apart = distance(known, run.outputs)
        if apart < near.get(name, (math.inf,))[0]:
            near[name] = (apart, name, run)
    return sorted(near.values(), key=lambda one: (one[0], one[1]))


def edited(
    graph: Graph, library: Library, near: Sequence[tuple[float, str, Run]], solver: Solver
) -> Identification | None:
    """An option set otherwise, or one edit of the text, of one of the near ones; confirmed on fresh inputs."""
    edits: dict[str, tuple[str, Run]] = {}
    settings: dict[str, tuple[str, str, Run]] = {}
    for number, (_, name, run) in enumerate(near):
        # The nearest explain it, or those after them: not all texts have to be edited for a near miss.
        if number % BATCH == 0 and (edits or settings):
            break
        for words, setting, known in library.variants(name, run.group):
            if name in (settings if setting else edits) or missed(known, run.outputs, run.unit) > 1:
                continue
            if not solver.confirms(run, library.described(name, words)):
                continue
            if setting:
                settings[name] = words, setting, run
            else:
                edits[name] = words, run
    if settings:
        chosen = head(graph, settings)
        words, setting, run = settings[chosen]
        others = sorted(name for name in settings if name != chosen)
        adapter = ",".join([*(step.name for step in run.adapter.steps), setting])
        return Identification(chosen, True, others, chosen, joined(words, run.adapter), adapter)
    if not edits:
        return None
    # An edit that many implementations of one function explain is named by the head of them.
    chosen = head(graph, edits)
    words, run = edits[chosen]
    return Identification(chosen, False, [], chosen, joined(words, run.adapter), run.adapter.name)


def of_fits(graph: Graph, found: Mapping[str, Fit]) -> Identification | None:
    """An implementation with a number in it that was fitted and confirmed."""
    if not found:
        return None
    chosen = head(graph, found)
    one = found[chosen]
    also = sorted(name for name in found if name != chosen and found[name].setting == one.setting)
    steps = ",".join([*(step.name for step in one.run.adapter.steps), *filter(None, [one.setting])])
    words = joined(f"with {one.words}", one.run.adapter)
    is_setting = one.family.is_setting
    return Identification(chosen, is_setting, also if is_setting else [], chosen, words, steps or "identity")


def at_larger_sizes(
    library: Library, caller: Caller, runs: Sequence[Run], found: Identification
) -> Identification:
    """The same, unless it is another function at sizes that no probe has: blocks of 16 are never folded at 7."""
    explaining = (
        (name, run)
        for name, run, known in candidates(library, runs)
        if base(name) == found.match and missed(known, run.outputs, run.unit) <= 1
    )
    name, run = next(explaining, ("", None))
    larger = run.group.larger if run is not None else None
    if run is None or larger is None or not found.exact:
        return found
    known = library.of(name, larger)
    if any(value is None for value in known.values):
        return found
    try:
        there = caller.run(larger, run.adapter)
    except ForeignLost:
        # Too slow at these sizes to be asked.
        return found
    if there is None:
        return with_words(found, f"at small sizes; at {larger.equal} it gives nothing ({caller.trouble})")
    unit = max(there.unit, run.unit)
    if any(missed(known, one.outputs, unit) <= 1 for one in selections(there, known)):
        return found
    return with_words(
        found, f"at small sizes; at {larger.equal} it is another: {first_difference(known, there)}"
    )


def with_words(found: Identification, words: str) -> Identification:
    """The same, which is no implementation exactly, for this reason."""
    found.difference = f"{words}, {found.difference}" if found.difference else words
    found.exact = False
    return found


def that_do_something(runs: Sequence[Run]) -> list[Run]:
    """Without runs on one of which an input came back: a text cut down to one of its inputs is no near miss."""
    return [run for run in runs if not gives_an_input(run)]


def gives_an_input(run: Run) -> bool:
    """Whether all it does is to give back one of its inputs."""
    return all(
        found is None
        or (len(found) == 1 and any(_equal(value, found[0]) for value in run.group.probes[number].values()))
        for number, found in enumerate(run.outputs)
    )


def _equal(value: Any, found: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | int | float) and np.array_equal(value, found)


def joined(words: str, adapter: Adapter) -> str:
    return f"{words}, {adapter.words}" if adapter.words else words


def scaled(graph: Graph, library: Library, runs: Sequence[Run]) -> Identification | None:
    """Every value multiplied by one number, which may depend on the sizes."""
    found: dict[str, tuple[Run, list[float]]] = {}
    for name, run, known in candidates(library, that_do_something(runs)):
        factors = factors_of(known, run)
        if factors and name not in found:
            found[name] = (run, factors)
    if not found:
        return None
    chosen = head(graph, found)
    run, factors = found[chosen]
    name = base(chosen)
    words = f"times {formula(run, library.of(chosen, run.group), factors)}"
    return Identification(name, False, [], name, joined(words, run.adapter), run.adapter.name)


def unknown(graph: Graph, library: Library, caller: Caller, runs: Sequence[Run]) -> Identification:
    """The nearest implementation with the first difference, or why there is none."""
    trouble = caller.trouble
    as_it_is = [run for run in runs if not run.adapter.steps]
    near = nearest_of(library, as_it_is) or nearest_of(library, runs)
    if not near:
        why = (
            f"it answers on no inputs that an implementation takes ({trouble})"
            if trouble
            else (
                "it takes another number of inputs than any implementation"
                if not runs
                else "its outputs have the shapes of no implementation's"
            )
        )
        return Identification(nearest=alike(library, caller.foreign.name), difference=why)
    apart = near[0][0]
    tied = [one for one in near if one[0] <= apart * (1 + 1e-9)]
    chosen = head(graph, [name for _, name, _ in tied])
    name = base(chosen)
    run = next(run for _, name, run in tied if name == chosen)
    words = first_difference(library.of(chosen, run.group), run)
    return Identification(nearest=name, difference=joined(words, run.adapter), adapter=run.adapter.name)


def alike(library: Library, name: str) -> str | None:
    """The implementation with the most similar name, if one is similar."""
    last = name.rpartition(".")[2].lower()
    ranked = [
        (SequenceMatcher(None, last, known).ratio(), known)
        for group in library.groups
        for known in group.names
    ]
    best = max(ranked, default=(0.0, ""))
    return best[1] if best[0] >= 0.6 else None


def first_difference(known: Print, run: Run) -> str:
    for number, (value, found) in enumerate(zip(known.values, run.outputs, strict=True)):
        if value is None or found is None:
            continue
        one = Print((value,), (known.moved[number],))
        if missed(one, [found], run.unit) <= 1:
            continue
        for a, b in zip(value, found, strict=True):
            b = np.asarray(b)
            wrong = ~(np.abs(a - b) <= 1e-6 * (float(np.max(np.abs(a), initial=0.0)) or 1.0))
            place = tuple(int(i) for i in np.argwhere(wrong)[0]) if wrong.any() else (0,) * a.ndim
            at = f"entry {list(place)}" if place else "the value"
            shapes = ", ".join(f"{name} {list(np.shape(x))}" for name, x in run.group.probes[number].items())
            return f"first difference at {at} for inputs of shapes {shapes}: {b[place]:.6g} instead of {a[place]:.6g}"
    return "the difference is one of rounding"
