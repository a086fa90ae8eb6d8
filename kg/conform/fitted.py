"""Functions that are an implementation with a number in it that its user chose: 1.702 in ``x * sigmoid(1.702 * x)``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg.conform.calling import selections
from kg.conform.families import Family, of_text, with_factor
from kg.conform.fingerprints import Domains, Group, Library, base, group_of
from kg.conform.placed import fits
from kg.conform.prints import Print, taken
from kg.conform.scales import Run
from kg.conform.solving import Fit, Solver

# Of how many implementations the texts are opened, the nearest first.
MOST_OPENED = 12


def by_inputs(
    library: Library,
    solver: Solver,
    runs: Sequence[Run],
    runs_on: Callable[[Group], Iterable[Run]],
    keywords: Mapping[str, Any],
    what: str,
) -> dict[str, Fit]:
    """Implementations of which the function has some inputs set to numbers.

    `what` is "one number", "filled or two numbers" (a vector of one number, or two of them), or "and a factor" for one
    number and a multiple of all that comes out.
    """
    known: dict[Domains, list[Run]] = {}
    for run in runs:
        known.setdefault(run.group.domains, []).append(run)
    found: dict[str, Fit] = {}
    for domains, all_families in library.families.items():
        families = [made for one in all_families for made in _of_sort(one, what)]
        if not families or not fits(solver.caller.foreign.parameters, len(domains), keywords):
            continue
        group = None if domains in known else group_of(domains, ())
        own = known.get(domains) or ([] if group is None else [*runs_on(group)])
        for run in sorted(own, key=lambda one: len(one.adapter.steps)):
            for family in families:
                if family.name not in found:
                    _add(found, solver, family, run)
    return found


def _of_sort(family: Family, what: str) -> Iterator[Family]:
    """The family where it is of this sort: the fewer numbers explain a function, the more is said by it."""
    is_one = len(family.numbers) == 1 and not family.is_filled
    match what:
        case "one number":
            yield from [family] if is_one else []
        case "filled or two numbers":
            yield from [] if is_one else [family]
        case "and a factor":
            yield from [with_factor(family)] if is_one else []


def by_text(library: Library, solver: Solver, near: Iterable[tuple[float, str, Run]]) -> dict[str, Fit]:
    """Near implementations with one of their numbers at another value, or of a multiple of their input."""
    found: dict[str, Fit] = {}
    for _, name, run in list(near)[:MOST_OPENED]:
        if name != base(name):
            continue
        for family in of_text(
            library.index, library.index.implementations[name], library.implementations[name]
        ):
            if name not in found:
                _add(found, solver, family, run)
    return found


def _add(found: dict[str, Fit], solver: Solver, family: Family, run: Run) -> None:
    shape = _shape(family, run.group)
    for selected in selections(run, shape):
        fit = solver.fit(family, selected) if _alike(shape, selected) else None
        if fit is not None:
            found[family.name] = fit
            return


def _shape(family: Family, group: Group) -> Print:
    """What the family gives at some number, for the shapes of it."""
    number = [0.5 if one.usual is None else one.usual + 0.5 for one in family.numbers]
    return taken(family.at(*number), group.probes, 0)


def _alike(shape: Print, run: Run) -> bool:
    pairs = [
        (v, f) for v, f in zip(shape.values, run.outputs, strict=True) if v is not None and f is not None
    ]
    return bool(pairs) and all([x.shape for x in v] == [x.shape for x in f] for v, f in pairs)
