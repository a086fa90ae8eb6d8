"""Which concept somebody's function computes, and how it differs if it nearly does.

The function is run on the probes of every implementation with fitting inputs, under adapters, and held against
fingerprints, from the simplest explanation to the least simple:

1. an implementation, as it is or with axes of length one put in;
2. an implementation with one of its options at another value;
3. an implementation with one edit of its text, by the list of operators;
4. an implementation whose every value is multiplied by one number per shape;
5. an implementation with axes exchanged or inputs in another order;
6. an implementation, to the precision of float32 only.

What fits none is unknown, and the nearest implementation is named with the first entry in which they differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from kg.conform import placed as placing
from kg.conform.adapters import Adapter, chosen_output, layouts, rearrangements
from kg.conform.adapters import declared as read
from kg.conform.calling import Caller
from kg.conform.fingerprints import Group, Library, Print, base, distance, missed
from kg.conform.foreign import Foreign, ForeignLost
from kg.conform.heads import head
from kg.conform.rounding import FORMATS
from kg.conform.scales import Outputs, Run, factors_of, formula
from kg.errors import UsageError
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


def identify(
    graph: Graph,
    library: Library,
    foreign: Foreign,
    declared: Sequence[str] = (),
    libraries: Sequence[str] | None = None,
) -> Identification:
    """Find the concept that a function computes."""
    try:
        return _identify(graph, library, foreign, declared, libraries)
    except ForeignLost as lost:
        return Identification(nearest=_alike(library, foreign.name), difference=str(lost))


def _identify(
    graph: Graph, library: Library, foreign: Foreign, declared: Sequence[str], libraries: Sequence[str] | None
) -> Identification:
    if declared:
        # A step that no implementation knows the inputs of is a slip of the pen.
        names = sorted({name for group in library.groups for name in group.inputs})
        placing.refuse_unknown_keywords(foreign, read(declared, names))
    caller = Caller(foreign, libraries, library)
    seen: list[Run] = []
    # As it is before any adapter: a few rows that happen to be another function's say less than one edit.
    for stage, arrange in enumerate((_as_it_is, _further_layouts, rearrangements)):
        runs: list[Run] = []
        for group in library.groups:
            runs.extend(_runs(caller, group, _adapters(foreign, group, declared, arrange, stage)))
        if not seen and runs and not caller.repeats(runs[0]):
            return Identification(difference="two calls with the same inputs give different numbers")
        if stage == 0 and runs and all(map(_gives_an_input, runs)):
            return Identification(difference="it gives back one of its inputs as it is")
        moves_entries = arrange is rearrangements
        found = _exact(graph, library, runs, seen if moves_entries else ())
        if found is None and not moves_entries:
            coarse = _coarser(graph, library, runs)
            # What it is to half of the digits can only be an edit of that.
            most = MOST_EDITED if coarse is None else 1 + len(coarse.also)
            found = _edited(graph, library, runs, most) or coarse or _scaled(graph, library, runs)
        if found is not None:
            return found
        seen += runs
    trouble = caller.trouble
    return (
        _where_sizes_are_equal(graph, library, caller, declared)
        or _coarser(graph, library, seen)
        or _unknown(graph, library, foreign, seen, trouble)
    )


def _where_sizes_are_equal(
    graph: Graph, library: Library, caller: Caller, declared: Sequence[str]
) -> Identification | None:
    """What it is where two dimensions of the implementation are equal, of a function that takes no others."""
    for arrange in (_as_it_is, _further_layouts):
        runs: list[Run] = []
        for group in library.groups:
            for narrower in group.narrower if len(group.inputs) > 1 else []:
                adapters = _adapters(caller.foreign, narrower, declared, arrange, 0)
                runs.extend(_runs(caller, narrower, adapters))
        found = _exact(graph, library, runs, ())
        if found is not None:
            equal = next(_equal_sizes(library, runs, str(found.match), found.adapter))
            words = f"where {equal} are of one length; at others it raises or is another"
            found.difference = f"{words}, {found.difference}" if found.difference else words
            found.exact = False
            return found
        if declared:
            break
    return None


def _equal_sizes(library: Library, runs: Sequence[Run], name: str, adapter: str) -> Iterator[str]:
    """Which sizes had to be equal for it to be this implementation."""
    for one, run, known in _candidates(library, runs):
        if base(one) == name and run.adapter.name == adapter and missed(known, run.outputs, run.unit) <= 1:
            yield run.group.equal
    yield "two dimensions"


def _as_it_is(inputs: Mapping[str, Any]) -> Iterator[Adapter]:
    yield Adapter()


def _further_layouts(inputs: Mapping[str, Any]) -> Iterator[Adapter]:
    return (adapter for adapter in layouts(inputs) if adapter.steps)


def _coarser(graph: Graph, library: Library, runs: Sequence[Run]) -> Identification | None:
    """What it is to half as many digits as it answers in; the others are then no function of ours."""
    single = FORMATS["float32"].unit
    for chosen in ([run for run in runs if not run.adapter.steps], runs):
        found = _exact(graph, library, [replace(run, unit=single) for run in chosen if run.unit < single], ())
        if found is not None:
            words = "to the precision of float32, and not to that in which it answers"
            found.difference = f"{words}, {found.difference}" if found.difference else words
            found.exact = False
            return found
    return None


def _adapters(
    foreign: Foreign,
    group: Group,
    declared: Sequence[str],
    arrange: Callable[[dict[str, Any]], Iterator[Adapter]],
    stage: int,
) -> Iterable[Adapter]:
    """The adapters to try on a group: the declared one, or those of the stage."""
    if declared:
        one = _read(declared, group)
        return [] if stage or one is None else [one]
    return arrange(group.probes[0]) if _may_fit(foreign, group) else []


def _read(declared: Sequence[str], group: Group) -> Adapter | None:
    """The declared adapter, or None where the group has no inputs of the names that it speaks of."""
    try:
        return read(declared, group.inputs)
    except UsageError:
        return None


def _may_fit(foreign: Foreign, group: Group) -> bool:
    count = len(group.inputs)
    return placing.fits(foreign.parameters, count, {}) or placing.fits(foreign.parameters, 1, {})


def _runs(caller: Caller, group: Group, adapters: Iterable[Adapter]) -> Iterator[Run]:
    for adapter in adapters:
        count = 1 if adapter.is_list else len(group.inputs)
        if not placing.fits(caller.foreign.parameters, count, adapter.keywords):
            continue
        run = caller.run(group, adapter)
        if run is not None:
            yield run


def _selections(run: Run, known: Print) -> Iterator[Run]:
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


def _cost(adapter: Adapter) -> tuple[int, str]:
    return len(adapter.steps), adapter.name


def _candidates(library: Library, runs: Sequence[Run]) -> Iterator[tuple[str, Run, Print]]:
    """Every implementation with every run on its probes, the simplest adapters first."""
    for run in sorted(runs, key=lambda one: _cost(one.adapter)):
        for name in run.group.names:
            known = library.of(name, run.group)
            for selected in _selections(run, known):
                yield name, selected, known


def _exact(
    graph: Graph, library: Library, runs: Sequence[Run], before: Sequence[Run]
) -> Identification | None:
    found: dict[str, Adapter] = {}
    for name, run, known in _candidates(library, runs):
        if name not in found and missed(known, run.outputs, run.unit) <= 1:
            found[name] = run.adapter
    if not found:
        return None
    simplest = min(_simplicity(name, adapter) for name, adapter in found.items())
    alike = [name for name, adapter in found.items() if _simplicity(name, adapter) == simplest]
    chosen = head(graph, alike)
    adapter = found[chosen]
    also = sorted({base(name) for name in alike if base(name) != base(chosen)})
    # Run as it is, it gave other numbers of the same shapes: then the rearrangement is a difference.
    exact = not any(
        chosen in run.group.names and distance(library.of(chosen, run.group), run.outputs) < math.inf
        for run in before
        if not run.adapter.steps
    )
    name, words, steps = base(chosen), adapter.words, adapter.name
    if name != chosen:
        number = chosen[len(name) + 1 : -1]
        words = _joined(f"with {number.replace('=', ' = ')}", adapter)
        steps = ",".join([*(step.name for step in adapter.steps), number])
    return Identification(name, exact, also, name, words, steps)


def _simplicity(name: str, adapter: Adapter) -> int:
    return 2 * len(adapter.steps) + (name != base(name))


def _near(library: Library, runs: Sequence[Run]) -> list[tuple[float, str, Run]]:
    """Implementations with outputs of the same shapes, the nearest first."""
    near: dict[str, tuple[float, str, Run]] = {}
    for name, run, known in _candidates(library, runs):
        apart = distance(known, run.outputs)
        if apart < near.get(name, (math.inf,))[0]:
            near[name] = (apart, name, run)
    return sorted(near.values(), key=lambda one: (one[0], one[1]))


def _edited(graph: Graph, library: Library, runs: Sequence[Run], most: int) -> Identification | None:
    """An option set otherwise, or one edit of the text."""
    # A text that was cut down to one of its inputs is no near miss.
    near = _near(library, [run for run in runs if not _gives_an_input(run)])[:most]
    edits: dict[str, tuple[str, Run]] = {}
    settings: dict[str, tuple[str, str, Run]] = {}
    for number, (_, name, run) in enumerate(near):
        # The nearest explain it, or those after them: not all texts have to be edited for a near miss.
        if number % BATCH == 0 and (edits or settings):
            break
        for words, setting, known in library.variants(name, run.group):
            if missed(known, run.outputs, run.unit) > 1:
                continue
            if setting:
                settings.setdefault(name, (words, setting, run))
            else:
                edits.setdefault(name, (words, run))
    if settings:
        chosen = head(graph, settings)
        words, setting, run = settings[chosen]
        others = sorted(name for name in settings if name != chosen)
        adapter = ",".join([*(step.name for step in run.adapter.steps), setting])
        return Identification(chosen, True, others, chosen, _joined(words, run.adapter), adapter)
    if not edits:
        return None
    # An edit that many implementations of one function explain is named by the head of them.
    chosen = head(graph, edits)
    words, run = edits[chosen]
    return Identification(chosen, False, [], chosen, _joined(words, run.adapter), run.adapter.name)


def _gives_an_input(run: Run) -> bool:
    """Whether all it does is to give back one of its inputs."""
    return all(
        found is None
        or (len(found) == 1 and any(_equal(value, found[0]) for value in run.group.probes[number].values()))
        for number, found in enumerate(run.outputs)
    )


def _equal(value: Any, found: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | int | float) and np.array_equal(value, found)


def _joined(words: str, adapter: Adapter) -> str:
    return f"{words}, {adapter.words}" if adapter.words else words


def _scaled(graph: Graph, library: Library, runs: Sequence[Run]) -> Identification | None:
    """Every value multiplied by one number, which may depend on the sizes."""
    found: dict[str, tuple[Run, list[float]]] = {}
    for name, run, known in _candidates(library, [run for run in runs if not _gives_an_input(run)]):
        factors = factors_of(known, run)
        if factors and name not in found:
            found[name] = (run, factors)
    if not found:
        return None
    chosen = head(graph, found)
    run, factors = found[chosen]
    name = base(chosen)
    words = f"times {formula(run, library.of(chosen, run.group), factors)}"
    return Identification(name, False, [], name, _joined(words, run.adapter), run.adapter.name)


def _unknown(
    graph: Graph, library: Library, foreign: Foreign, runs: Sequence[Run], trouble: str
) -> Identification:
    as_it_is = [run for run in runs if not run.adapter.steps]
    near = _near(library, as_it_is) or _near(library, runs)
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
        return Identification(nearest=_alike(library, foreign.name), difference=why)
    apart = near[0][0]
    tied = [one for one in near if one[0] <= apart * (1 + 1e-9)]
    chosen = head(graph, [name for _, name, _ in tied])
    name = base(chosen)
    run = next(run for _, name, run in tied if name == chosen)
    words = _first_difference(library.of(chosen, run.group), run)
    return Identification(nearest=name, difference=_joined(words, run.adapter), adapter=run.adapter.name)


def _alike(library: Library, name: str) -> str | None:
    last = name.rpartition(".")[2].lower()
    ranked = [
        (SequenceMatcher(None, last, known).ratio(), known)
        for group in library.groups
        for known in group.names
    ]
    best = max(ranked, default=(0.0, ""))
    return best[1] if best[0] >= 0.5 else None


def _first_difference(known: Print, run: Run) -> str:
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
