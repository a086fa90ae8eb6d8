"""Which concept somebody's function computes, and how it differs if it nearly does.

The function is run on the probes of every implementation with fitting inputs, under adapters, and held against
fingerprints, from the simplest explanation to the least simple:

1. an implementation, as it is or with axes of length one put in;
2. an implementation of which some number that is an input has one value;
3. an implementation with one of its options at another value;
4. an implementation with one edit of its text, by the list of operators;
5. an implementation whose every value is multiplied by one number per shape;
6. an implementation with a number in its text, or all of an input, at one value, or two numbers;
7. an implementation with axes exchanged or inputs in another order;
8. an implementation where two of its dimensions are equal, or all are powers of two;
9. an implementation, to the precision of float32 only.

Numbers are fitted and confirmed on inputs drawn anew (:mod:`kg.conform.solving`).  What fits none is unknown, and the
nearest implementation is named with the first entry in which they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from kg.conform import answers, fitted
from kg.conform import placed as placing
from kg.conform.adapters import Adapter, layouts, rearrangements
from kg.conform.adapters import declared as read
from kg.conform.answers import MOST_EDITED, Identification, with_words
from kg.conform.calling import Caller
from kg.conform.fingerprints import Group, Library, base
from kg.conform.foreign import Foreign, ForeignLost
from kg.conform.prints import missed
from kg.conform.rounding import FORMATS
from kg.conform.row_by_row import not_row_by_row
from kg.conform.scales import Run
from kg.conform.solving import Solver
from kg.errors import UsageError
from kg.graph import Graph

TO_SINGLE = "to the precision of float32, and not to that in which it answers"
Arrange = Callable[[dict[str, Any]], Iterator[Adapter]]


def identify(
    graph: Graph,
    library: Library,
    foreign: Foreign,
    declared: Sequence[str] = (),
    libraries: Sequence[str] | None = None,
) -> Identification:
    """Find the concept that a function computes."""
    names = sorted({name for group in library.groups for name in group.inputs})
    # A step that no implementation knows the inputs of is a slip of the pen.
    keywords = read(declared, names).keywords
    if declared:
        placing.refuse_unknown_keywords(foreign, read(declared, names))
    search = _Search(graph, library, Caller(foreign, libraries, library), declared, keywords)
    try:
        return search.answer()
    except ForeignLost as lost:
        return Identification(nearest=answers.alike(library, foreign.name), difference=str(lost))


@dataclass
class _Search:
    """One function, and what was seen of it so far."""

    graph: Graph
    library: Library
    caller: Caller
    declared: Sequence[str]
    keywords: Mapping[str, Any]
    seen: list[Run] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.solver = Solver(self.caller)

    def answer(self) -> Identification:
        # As it is before any adapter: a few rows that happen to be another function's say less than one edit.
        for arrange in (_as_it_is, self._further_layouts, rearrangements):
            runs = [run for group in self.library.groups for run in self._runs(group, arrange)]
            if not self.seen and runs and not self.caller.repeats(runs[0]):
                return Identification(difference="two calls with the same inputs give different numbers")
            if arrange is _as_it_is and runs and all(map(answers.gives_an_input, runs)):
                return Identification(difference="it gives back one of its inputs as it is")
            if not self.seen and runs and self.caller.turns_into_float32(runs[0]):
                runs = [replace(run, unit=max(run.unit, self.caller.least_unit)) for run in runs]
            found = self._among(runs, arrange)
            if found is not None:
                return with_words(found, TO_SINGLE) if found.match and self.caller.least_unit else found
            self.seen += runs
        return (
            self._where_sizes_are_equal()
            or (None if self.seen else self._at_powers_of_two())
            or self._coarser(self.seen)
            or answers.unknown(self.graph, self.library, self.caller, self.seen)
        )

    def _among(self, runs: Sequence[Run], arrange: Arrange) -> Identification | None:
        """The simplest explanation of these runs."""
        found = answers.exact(self.graph, self.library, runs, self.seen)
        if found is not None:
            found = answers.at_larger_sizes(self.library, self.caller, runs, found)
            return self._of_several_rows(runs, found) if arrange is _as_it_is else found
        if arrange is rearrangements:
            return None
        coarse = self._coarser(runs)
        # What it is to half of the digits can only be an edit of that.
        most = MOST_EDITED if coarse is None else 1 + len(coarse.also)
        near = answers.nearest_of(self.library, answers.that_do_something(runs))
        return (
            (self._with_inputs(runs, arrange, "one number") if coarse is None else None)
            or answers.edited(self.graph, self.library, near[:most], self.solver)
            or coarse
            or answers.scaled(self.graph, self.library, runs)
            or self._with_inputs(runs, arrange, "filled or two numbers")
            or answers.of_fits(self.graph, fitted.by_text(self.library, self.solver, near))
            or self._with_inputs(runs, arrange, "and a factor")
        )

    def _with_inputs(self, runs: Sequence[Run], arrange: Arrange, what: str) -> Identification | None:
        """An implementation with numbers for some of its inputs."""
        found = fitted.by_inputs(
            self.library, self.solver, runs, lambda group: self._runs(group, arrange), self.keywords, what
        )
        return answers.of_fits(self.graph, found)

    def _of_several_rows(self, runs: Sequence[Run], found: Identification) -> Identification:
        """What is said of one row is no answer if the function takes several, and does something else with them."""
        wider = not_row_by_row(self.graph, self.library, runs, str(found.match))
        if wider is None:
            return found
        run, words = wider
        near = answers.nearest_of(self.library, [run])
        other = answers.edited(self.graph, self.library, near[:MOST_EDITED], self.solver)
        if other is None:
            return with_words(found, words)
        other.difference += f"; it is {found.match} {words}"
        return other

    def _where_sizes_are_equal(self) -> Identification | None:
        """What it is where two dimensions of the implementation are equal, of a function that takes no others."""
        for arrange in (_as_it_is, self._further_layouts):
            runs: list[Run] = []
            for group in self.library.groups:
                # Making probes that the function cannot be called with takes most of the time otherwise.
                for narrower in group.narrower if len(group.inputs) > 1 and self._fits(group) else []:
                    runs.extend(self._runs(narrower, arrange, declared_too=True))
            found = answers.exact(self.graph, self.library, runs)
            if found is not None:
                equal = next(self._equal_sizes(runs, str(found.match), found.adapter))
                return with_words(
                    found, f"where {equal} are of one length; at others it raises or is another"
                )
            if self.declared:
                break
        return None

    def _at_powers_of_two(self) -> Identification | None:
        """What it is of larger inputs with no odd size, for a function that answers at no others."""
        for arrange in (_as_it_is, self._further_layouts):
            runs: list[Run] = []
            for group in self.library.groups:
                larger = group.larger if self._fits(group) else None
                runs.extend(self._runs(larger, arrange, declared_too=True) if larger else [])
            found = answers.exact(self.graph, self.library, runs)
            if found is not None:
                return with_words(
                    found, f"at sizes of 16, 32 and 64; at others it raises ({self.caller.trouble})"
                )
        return None

    def _equal_sizes(self, runs: Sequence[Run], name: str, adapter: str) -> Iterator[str]:
        """Which sizes had to be equal for it to be this implementation."""
        for one, run, known in answers.candidates(self.library, runs):
            if (
                base(one) == name
                and run.adapter.name == adapter
                and missed(known, run.outputs, run.unit) <= 1
            ):
                yield run.group.equal
        yield "two dimensions"

    def _coarser(self, runs: Sequence[Run]) -> Identification | None:
        """What it is to half as many digits as it answers in; the others are then no function of ours."""
        single = FORMATS["float32"].unit
        for chosen in ([run for run in runs if not run.adapter.steps], runs):
            coarse = [replace(run, unit=single) for run in chosen if run.unit < single]
            found = answers.exact(self.graph, self.library, coarse)
            if found is not None:
                return with_words(found, TO_SINGLE)
        return None

    def _further_layouts(self, inputs: Mapping[str, Any]) -> Iterator[Adapter]:
        """Layouts other than the identity; axes for some inputs only if it gives nothing without.

        A function that counts its queries by the first axis sees one where an axis was put before them.
        """
        answered = any(known is not None for known in answers.nearest_of(self.library, self.seen)[:1])
        return (
            adapter
            for adapter in layouts(inputs)
            if adapter.steps and not (answered and any(":" in step.name for step in adapter.steps))
        )

    def _fits(self, group: Group) -> bool:
        return placing.fits(self.caller.foreign.parameters, len(group.inputs), self.keywords)

    def _runs(self, group: Group, arrange: Arrange, *, declared_too: bool = False) -> Iterator[Run]:
        """The function on the probes of a group, under the declared adapter or those of a stage."""
        adapters: Iterable[Adapter]
        if self.declared:
            one = _read(self.declared, group)
            adapters = [] if one is None or not (declared_too or arrange is _as_it_is) else [one]
        else:
            adapters = arrange(group.probes[0]) if self._may_fit(group) else []
        for adapter in adapters:
            count = 1 if adapter.is_list else len(group.inputs)
            if placing.fits(self.caller.foreign.parameters, count, adapter.keywords):
                run = self.caller.run(group, adapter)
                if run is not None:
                    yield run

    def _may_fit(self, group: Group) -> bool:
        parameters = self.caller.foreign.parameters
        return placing.fits(parameters, len(group.inputs), {}) or placing.fits(parameters, 1, {})


def _as_it_is(inputs: Mapping[str, Any]) -> Iterator[Adapter]:
    yield Adapter()


def _read(declared: Sequence[str], group: Group) -> Adapter | None:
    """The declared adapter, or None where the group has no inputs of the names that it speaks of."""
    try:
        return read(declared, group.inputs)
    except UsageError:
        return None
