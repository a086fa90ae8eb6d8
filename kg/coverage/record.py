"""Surveying implementations in a pool of processes, and the record of it in ``ontology/generated/coverage.ttl``."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.coverage import Coverage
from kg.errors import UsageError
from kg.files import write_whole
from kg.names import closest, local_name, prefixes, turtle_literal

if TYPE_CHECKING:
    from kg.graph import Graph

SECONDS = 900.0
"""What one implementation may take: some are reached by thirty claims, each of which takes a second to ask."""

_HEADER = "# Written by `kg verify --implementations`; do not edit. What the claims notice of edits of each implementation.\n"

Progress = Callable[[Coverage, int, int], None]


def digests(graph: Graph) -> dict[str, str]:
    """For each implementation that a claim reaches, a digest of it and of all these claims, in order of name."""
    watched: dict[str, list[str]] = {}
    today = graph.digests
    for claim, reached in graph.reached.items():
        for name in reached:
            watched.setdefault(name, []).append(today[claim])
    return {
        name: hashlib.sha256("\n".join([name, *sorted(watched[name])]).encode()).hexdigest()[:32]
        for name in sorted(watched)
    }


def cover(
    graph: Graph,
    names: Sequence[str] | None = None,
    *,
    everything: bool = False,
    jobs: int = 2,
    progress: Progress | None = None,
) -> list[Coverage]:
    """For each implementation that a claim reaches (or those named), which of its mutants no claim of the graph notices.

    Surveyed are those whose record is stale, or all of them. Whatever was done is recorded, also when it is stopped.

    Raises:
        UsageError: for a name that is no implementation, or one that no claim reaches.
    """
    today = digests(graph)
    wanted = list(today) if names is None else sorted({_reached(name, today) for name in names})
    results = recorded(graph, today)
    pending = [name for name in wanted if everything or name not in results]
    try:
        for done, result in enumerate(_survey(graph, pending, jobs), start=1):
            results[result.implementation] = result
            if progress is not None:
                progress(result, done, len(pending))
    finally:
        if pending:
            _write(graph, today, results)
    return [results[name] for name in wanted]


def _reached(name: str, today: Mapping[str, str]) -> str:
    plain = name.rpartition(":")[2]
    if plain not in today:
        guess = closest(plain, today)
        hint = f"did you mean '{guess}'?" if guess else "see: kg list --only concepts"
        raise UsageError(f"{name}: there is no implementation of this name that a claim reaches: {hint}")
    return plain


def _survey(graph: Graph, names: Iterable[str], jobs: int) -> Iterator[Coverage]:
    from concurrent.futures import as_completed

    from pebble import ProcessExpired, ProcessPool

    from kg.verify.schedule import single_threaded, start_worker

    single_threaded()
    with ProcessPool(max_workers=max(1, jobs), initializer=start_worker, initargs=(graph.project,)) as pool:
        futures: dict[Any, str] = {pool.schedule(_one, args=(name,), timeout=SECONDS): name for name in names}
        try:
            for future in as_completed(futures):
                name = futures[future]
                try:
                    yield future.result()
                except TimeoutError:
                    yield Coverage(name, reason=f"stopped after {SECONDS:g} seconds")
                except ProcessExpired as error:
                    yield Coverage(name, reason=f"its process died (exit code {error.exitcode})")
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def _one(name: str) -> Coverage:
    from kg.coverage.watchers import survey
    from kg.verify.schedule import graph_of_worker
    from kg.verify.workshop import load

    graph = graph_of_worker()
    return survey(graph, load(graph.project), name)


# --- the record


def recorded(graph: Graph, wanted: Mapping[str, str] | None = None) -> dict[str, Coverage]:
    """What earlier surveys showed of these implementations (of all), by name; a stale record is left out."""
    today = digests(graph) if wanted is None else wanted
    found = {}
    for name, facts in _stanzas(graph).items():
        if facts.get("digest") == [today.get(name)]:
            found[name] = Coverage(
                name,
                caught=int(facts["mutantsKilled"][0]),
                equivalent=int(facts["mutantsEquivalent"][0]),
                by=set(facts.get("noticedBy", ())),
                unnoticed=sorted(facts.get("unnoticed", ())),
            )
    return found


def coverage_path(graph: Graph) -> Path:
    """Where the surveys of a project lie."""
    return graph.project.ontology / "generated" / "coverage.ttl"


def _stanzas(graph: Graph) -> dict[str, dict[str, list[str]]]:
    """What the record says of each implementation, from the file alone: to show one concept the graph need not be parsed."""
    from pyoxigraph import NamedNode, RdfFormat, parse

    found: dict[str, dict[str, list[str]]] = {}
    try:
        for quad in parse(path=coverage_path(graph), format=RdfFormat.TURTLE):
            name, value = (
                local_name(str(getattr(quad.subject, "value", ""))),
                str(getattr(quad.object, "value", "")),
            )
            said = local_name(value) if isinstance(quad.object, NamedNode) else value
            found.setdefault(name, {}).setdefault(local_name(quad.predicate.value), []).append(said)
    except FileNotFoundError:
        return {}
    return found


def _write(graph: Graph, digest: Mapping[str, str], results: Mapping[str, Coverage]) -> Path:
    """Write every finished survey, in order of name. Atomic."""
    base = prefixes(graph.project.base)
    path = coverage_path(graph)
    path.parent.mkdir(parents=True, exist_ok=True)
    header = [f"@prefix {prefix}: <{base[prefix]}> .\n" for prefix in ("kg", "claim", "concept", "coverage")]
    stanzas = [
        _stanza(results[name], digest[name])
        for name in digest
        if name in results and not results[name].reason
    ]
    write_whole(path, "".join([_HEADER, *header, *stanzas]))
    return path


def _stanza(result: Coverage, digest: str) -> str:
    rows = [
        f"kg:surveyed concept:{result.implementation}",
        f"kg:mutantsKilled {result.caught}",
        f"kg:mutantsTotal {result.tried}",
        f"kg:mutantsEquivalent {result.equivalent}",
    ]
    if result.by:
        rows.append("kg:noticedBy " + " , ".join(f"claim:{name}" for name in sorted(result.by)))
    rows += [f"kg:unnoticed {turtle_literal(edit)}" for edit in sorted(result.unnoticed)]
    rows.append(f"kg:digest {turtle_literal(digest)}")
    return f"\ncoverage:{result.implementation} a kg:Coverage ;\n    " + " ;\n    ".join(rows) + " .\n"
