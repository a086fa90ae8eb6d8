"""Derived equivalences run, and recorded in ``ontology/generated/derived.ttl``.

Whatever follows from stated claims is executed as one comparison of its two ends.  Where it fails although every link
passes, the claims contradict each other, and the shortest part of the chain that fails is the smallest such set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.files import write_whole
from kg.names import VOCABULARY, prefixes, turtle_literal
from kg.reasoning.families import Derivable, derivable

if TYPE_CHECKING:
    from kg.graph import Graph

_HEADER = (
    "# Written by `kg derive`; do not edit. One stanza for each equivalence that follows from stated ones.\n"
)
SECONDS = 120.0

Progress = Callable[["Derived", int, int], None]


@dataclass(frozen=True)
class Derived:
    """A derived equivalence and what running it showed; `contradiction` names claims that cannot all be right."""

    what: Derivable
    outcome: str
    strength: str | None
    method: str
    reason: str
    contradiction: tuple[str, ...] = ()


def derive(
    graph: Graph, *, everything: bool = False, jobs: int = 2, progress: Progress | None = None
) -> list[Derived]:
    """Every derivable equivalence, run where its record is stale or `everything` is asked for; in order of name.

    Whatever has been run is recorded, also when it is stopped.
    """
    from pebble import ProcessPool

    from kg.verify.schedule import start_worker

    wanted = derivable(graph)
    known = recorded(graph, wanted)
    results = {} if everything else dict(known)
    pending = [one for one in wanted if one.name not in results]
    done = len(results)
    if pending:
        with ProcessPool(
            max_workers=max(1, jobs), initializer=start_worker, initargs=(graph.project,)
        ) as pool:
            # The longest first: a chain costs about what its links do.
            order = sorted(pending, key=lambda one: (-len(one.steps), one.name))
            futures = {pool.schedule(_run, args=(one,), timeout=SECONDS): one for one in order}
            try:
                for result in _collected(futures):
                    results[result.what.name] = result
                    done += 1
                    if progress is not None:
                        progress(result, done, len(wanted))
            except BaseException:
                pool.stop()  # type: ignore[no-untyped-call]
                record(graph, _in_order(wanted, {**known, **results}))
                raise
    record(graph, _in_order(wanted, results))
    return _in_order(wanted, results)


def _in_order(wanted: Sequence[Derivable], results: Mapping[str, Derived]) -> list[Derived]:
    return [results[one.name] for one in wanted if one.name in results]


def _collected(futures: Mapping[Any, Derivable]) -> Iterator[Derived]:
    from concurrent.futures import as_completed

    for future in as_completed(futures):
        one = futures[future]
        try:
            yield future.result()
        except TimeoutError:
            yield Derived(one, "cantTell", None, "", f"stopped after {SECONDS:g} seconds")
        except Exception as error:
            yield Derived(one, "cantTell", None, "", f"{type(error).__name__}: {error}")


def _run(one: Derivable) -> Derived:
    import warnings

    from kg.verify.chain import compare_ends
    from kg.verify.schedule import graph_of_worker
    from kg.verify.workshop import load

    graph = graph_of_worker()
    workshop = load(graph.project)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = compare_ends(workshop, _links(graph, one))
        if found.accepted is None:
            return Derived(one, "cantTell", None, "", found.reason)
        if found.accepted:
            return Derived(one, "passed", found.strength, found.method, "")
        return Derived(one, "failed", None, found.method, found.reason, _smallest(graph, one))


def _links(graph: Graph, one: Derivable) -> list[Any]:
    from kg.verify.compose import Link

    return [Link(graph.claims[step.claim], step.start, step.end) for step in one.steps]


def _smallest(graph: Graph, one: Derivable) -> tuple[str, ...]:
    """The shortest part of the chain that already fails."""
    from kg.verify.chain import compare_ends
    from kg.verify.workshop import load

    links, workshop = _links(graph, one), load(graph.project)
    for length in range(1, len(links)):
        for at in range(len(links) - length + 1):
            part = links[at : at + length]
            if compare_ends(workshop, part).accepted is False:
                return tuple(link.claim.name for link in part)
    return one.claims


# --- the record


def derived_path(graph: Graph) -> Path:
    """Where the derived equivalences of a project lie."""
    return graph.project.ontology / "generated" / "derived.ttl"


def recorded(graph: Graph, wanted: Iterable[Derivable] | None = None) -> dict[str, Derived]:
    """What earlier runs recorded of these (of all), by name; only a record with the same digest is of use."""
    today = {one.name: one for one in (derivable(graph) if wanted is None else wanted)}
    found = {}
    for name, facts in _stanzas(graph).items():
        one = today.get(name)
        if one is not None and facts.get("digest") == [one.digest]:
            text = {key: (facts.get(key) or [""])[0] for key in ("outcome", "strength", "method", "reason")}
            against = tuple(facts.get("contradiction", ()))
            found[name] = Derived(
                one, text["outcome"], text["strength"] or None, text["method"], text["reason"], against
            )
    return found


def _stanzas(graph: Graph) -> dict[str, dict[str, list[str]]]:
    from kg.names import local_name

    rows: Any = graph.store.query(
        f"SELECT ?s ?p ?o {{ ?s a <{VOCABULARY}DerivedEquivalence> ; ?p ?o }}",
        use_default_graph_as_union=True,
    )
    found: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        value = row["o"].value
        is_iri = type(row["o"]).__name__ == "NamedNode"
        facts = found.setdefault(local_name(row["s"].value), {})
        facts.setdefault(local_name(row["p"].value), []).append(local_name(value) if is_iri else value)
    return found


def record(graph: Graph, results: Iterable[Derived]) -> Path:
    """Write all derived equivalences, in order of name. Atomic."""
    base = prefixes(graph.project.base)
    header = [f"@prefix {p}: <{base[p]}> .\n" for p in ("kg", "claim", "concept", "cond", "derived", "earl")]
    path = derived_path(graph)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, "".join([_HEADER, *header, *map(_stanza, results)]))
    return path


def _stanza(result: Derived) -> str:
    one = result.what
    # What could not be put together is noted, so that it is not tried again, and no more is said of it.
    rows = [
        f"kg:from concept:{one.start}",
        f"kg:to concept:{one.end}",
        *(_chain(one) if result.outcome != "cantTell" else ()),
        f"earl:outcome earl:{result.outcome}",
    ]
    if result.strength:
        rows.append(f"kg:strength kg:{result.strength}")
    rows += [
        f"kg:{name} {turtle_literal(text)}"
        for name, text in (("method", result.method), ("reason", result.reason))
        if text
    ]
    if result.contradiction:
        rows.append(f"kg:contradiction {_names('claim', result.contradiction)}")
    rows.append(f"kg:digest {turtle_literal(one.digest)}")
    return f"\nderived:{one.name} a kg:DerivedEquivalence ;\n    " + " ;\n    ".join(rows) + " .\n"


def _chain(one: Derivable) -> list[str]:
    rows = [
        f"kg:relation {turtle_literal(one.relation)}",
        f"kg:chain {turtle_literal(' , '.join(one.claims))}",
        f"kg:follows {_names('claim', one.claims)}",
    ]
    if one.conditions:
        rows.append(f"kg:condition {_names('cond', one.conditions)}")
    if one.weakest:
        rows.append(f"kg:weakest kg:{one.weakest}")
    return rows


def _names(prefix: str, names: Sequence[str]) -> str:
    return " , ".join(f"{prefix}:{name}" for name in sorted(set(names)))
