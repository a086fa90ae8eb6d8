"""Discovery: collisions that the graph neither states nor derives, each judged in full, and near misses."""

from __future__ import annotations

import inspect
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.reasoning.collisions import Collision, Known, collisions
from kg.reasoning.fingerprints import values
from kg.reasoning.forms import Form, evaluate, sizes_of, text
from kg.reasoning.grouping import Family, families
from kg.reasoning.table import Entry, Table, filled
from kg.verify.declare import Condition
from kg.verify.verdict import Finding

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.verify.trial import Trial
    from kg.verify.workshop import Workshop

SECONDS = 60.0
Progress = Callable[["Judged", int, int], None]


@dataclass(frozen=True)
class Judged:
    """A collision with what the judges said; `ordered` if it was judged only where n0 > n1 > …."""

    collision: Collision
    finding: Finding
    ordered: bool = False

    @property
    def outcome(self) -> str:
        return {True: "passed", False: "failed", None: "cantTell"}[self.finding.accepted]


@dataclass(frozen=True)
class NearMiss:
    """Two forms that are equal up to one number: a factor, or an added constant."""

    left: Entry
    right: Entry
    what: str
    number: str


@dataclass(frozen=True)
class Search:
    """Everything that a search found, and how far it went."""

    table: Table
    collisions: tuple[Collision, ...]
    judged: tuple[Judged, ...]
    near: tuple[NearMiss, ...]
    families: tuple[Family, ...] = ()

    @property
    def kept(self) -> tuple[Judged, ...]:
        """What passed."""
        return tuple(one for one in self.judged if one.outcome == "passed")

    @property
    def dropped(self) -> Counter[str]:
        return Counter(one.dropped for one in self.collisions if one.dropped)


def discover(
    graph: Graph, *, compose: bool = True, judge: bool = True, jobs: int = 2, progress: Progress | None = None
) -> Search:
    """Fill the table, sort its collisions out, and judge those that are left."""
    from kg.verify.workshop import load

    table = filled(load(graph.project).implementations, compose=compose)
    known = Known(graph, table)
    found = tuple(collisions(known))
    left = [one for one in found if not one.dropped]
    judged = tuple(_judged(graph, left, jobs, progress)) if judge else ()
    passed = [one for one in judged if one.outcome == "passed"]
    return Search(table, found, judged, tuple(_near(known)), tuple(families(passed, known.alias)))


# --- judging


def trial_of(workshop: Workshop, first: Form, second: Form, *, ordered: bool = False) -> Trial:
    """The comparison of two forms of one signature as the judges want it."""
    from kg.verify.trial import Trial

    domains = dict(first.leaves)

    def compare(use: Callable[[str], Callable[..., Any]], **inputs: Any) -> tuple[Any, Any]:
        sizes = sizes_of(first, inputs)
        return (
            evaluate(first.expression, use, inputs, sizes),
            evaluate(second.expression, use, inputs, sizes),
        )

    name = f"{text(first.expression)} = {text(second.expression)}"
    conditions = [_falling(first.dimensions)] if ordered and len(first.dimensions) > 1 else []
    return Trial(name, compare, domains, conditions, workshop.implementations, name)


def _falling(dimensions: Sequence[str]) -> Condition:
    """The first dimension is the largest: matrices are tall, as the fingerprints were taken."""

    def first_is_largest(**sizes: int) -> bool:
        return all(sizes[dimensions[0]] > sizes[other] for other in dimensions[1:])

    parameters = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in dimensions]
    first_is_largest.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return Condition(first_is_largest, generic=True)


def judge_one(workshop: Workshop, collision: Collision) -> Judged:
    """All judges on one collision; where they reject or cannot run it, once more with tall matrices only."""
    from kg.verify import equality

    finding = Finding(accepted=None)
    for ordered in (False, True):
        trial = trial_of(workshop, collision.left.form, collision.right.form, ordered=ordered)
        if ordered and not trial.conditions:
            break
        try:
            found = equality.settle(trial)
        except Exception:
            found = _in_floats(trial)
        if found.accepted:
            return Judged(collision, found, ordered)
        finding = finding if ordered and finding.accepted is False else found
    return Judged(collision, finding)


def _in_floats(trial: Trial) -> Finding:
    """The weakest judge, for texts that leave an exact arithmetic in other ways than by saying so."""
    from kg.verify import floating

    try:
        return floating.judge(trial)
    except Exception as error:
        return Finding(accepted=None, reason=f"{type(error).__name__}: {error}")


def _judged(
    graph: Graph, wanted: Sequence[Collision], jobs: int, progress: Progress | None
) -> Iterator[Judged]:
    from pebble import ProcessPool

    from kg.verify.schedule import start_worker

    results: dict[int, Judged] = {}
    with ProcessPool(max_workers=max(1, jobs), initializer=start_worker, initargs=(graph.project,)) as pool:
        futures = [pool.schedule(_work, args=(one,), timeout=SECONDS) for one in wanted]
        try:
            for at, future in enumerate(futures):
                try:
                    results[at] = future.result()
                except TimeoutError:
                    results[at] = Judged(
                        wanted[at], Finding(accepted=None, reason=f"stopped after {SECONDS:g} seconds")
                    )
                except Exception as error:
                    results[at] = Judged(
                        wanted[at], Finding(accepted=None, reason=f"{type(error).__name__}: {error}")
                    )
                if progress is not None:
                    progress(results[at], at + 1, len(wanted))
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise
    yield from results.values()


def _work(collision: Collision) -> Judged:
    import warnings

    from kg.verify.schedule import graph_of_worker
    from kg.verify.workshop import load

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return judge_one(load(graph_of_worker().project), collision)


# --- near misses


def _near(known: Known) -> Iterator[NearMiss]:
    """Pairs that a factor or an added number joins, at their most general dimensions, each pair of names once."""
    seen: set[frozenset[str]] = set()
    for what, buckets in (("a factor", known.table.scaled), ("an added constant", known.table.shifted)):
        for bucket in sorted((b for b in buckets.values() if len(b) > 1), key=_generality):
            first, *others = sorted(bucket, key=lambda one: (one.size, text(one.form.expression)))
            for other in others:
                names = frozenset((*first.form.functions, *other.form.functions))
                if len(names) < 2 or names in seen or any(known.joined(*pair) for pair in _pairs(names)):
                    continue
                number = _number(known, first, other, what)
                if number is not None and not known.speaking(names):
                    seen.add(names)
                    yield NearMiss(first, other, what, number)


def _pairs(names: frozenset[str]) -> Iterator[tuple[str, str]]:
    yield from itertools.combinations(sorted(names), 2)


def _generality(bucket: list[Entry]) -> tuple[int, str]:
    return -len(bucket[0].form.dimensions), bucket[0].signature


def _number(known: Known, first: Entry, second: Entry, what: str) -> str | None:
    """The factor or the added number, or None where the two are simply equal."""
    world = known.table.worlds[first.signature]
    assert world is not None
    one, other = (values(entry.form, known.table.use, world).first_numbers for entry in (first, second))
    if what == "a factor":
        at = int(np.argmax(np.abs(one)))
        number = other[at] / one[at]
        return None if abs(number - 1) < 1e-6 else _as_text(number)
    number = other[0] - one[0]
    return None if abs(number) < 1e-6 * (1 + abs(one[0])) else _as_text(number)


def _as_text(number: Any) -> str:
    value = complex(number)
    return f"{value.real:.6g}" if abs(value.imag) < 1e-9 else f"{value:.6g}"


def by_reason(found: Mapping[str, int]) -> list[tuple[str, int]]:
    """Reasons with their numbers, the most frequent first."""
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))
