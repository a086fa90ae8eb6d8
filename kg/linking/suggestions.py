"""What to read next: works near the seeds by personalised PageRank, each with the path that leads to it.

The order is that of the walk alone; co-citation and shared concepts explain it and do not change it. Fusing the
rankings was measured on Cora and was worse than the walk.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.names import did_you_mean

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.linking.neighbourhood import Neighbourhood, Node

GAPS = ("unconfirmed", "works", "concepts", "sources")
"""What one can aim at: locators to look up, works without a claim, concepts without a work, claims with one source."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A work to read, its rank and score, why, and which gap it may close."""

    rank: int
    key: str
    title: str
    score: float
    reasons: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the walk begins, which works may be suggested (None: all unread ones), and what each may help with."""

    seeds: Mapping[Node, float]
    allowed: Mapping[str, tuple[str, ...]] | None


def seeds_for(graph: Graph, near: Neighbourhood, name: str | None) -> dict[Node, float]:
    """The seeds for a concept with what is narrower, for a work, or (no name) for everything read or used so far.

    Raises: UsageError with a guess for a name that is neither concept nor work.
    """
    if name is None:
        read = {key for key, work in near.works.items() if work.is_read}
        used = {source.paper for claim in graph.claims.values() for source in claim.sources}
        return {("work", key): 1.0 for key in sorted(read or used) if key in near.works}
    name = graph.aliases.get(name, name)
    if name in near.works:
        return {("work", name): 1.0}
    if name not in graph.concepts:
        advice = did_you_mean(name, [*graph.concepts, *near.works], f"search with: kg list {name}")
        raise UsageError(f"{name}: there is no concept or work of this name: {advice}")
    return {("concept", one): 1.0 for one in sorted({name, *graph.concepts[name].narrower})}


def aim(graph: Graph, near: Neighbourhood, name: str | None, gap: str | None) -> Aim:
    """What to start from and what to suggest, for a name and a kind of gap."""
    if gap is None:
        return Aim(seeds_for(graph, near, name), None)
    allowed: dict[str, list[str]] = {}
    seeds: dict[Node, float] = {}
    if gap == "unconfirmed":
        for claim in graph.claims.values():
            for source in claim.sources:
                if source.status != "Confirmed":
                    allowed.setdefault(source.paper, []).append(f"look up {source.locator} for {claim.name}")
    elif gap == "works":
        used = {source.paper for claim in graph.claims.values() for source in claim.sources}
        allowed = {
            key: ["no claim comes from it yet"]
            for key, w in near.works.items()
            if w.is_ours and key not in used
        }
    elif gap == "concepts":
        backed = {
            name
            for claim in graph.claims.values()
            if any(source.paper in near.works for source in claim.sources)
            for name in claim.concepts
        }
        bare = sorted(set(graph.concepts) - backed)
        seeds = {("concept", one): 1.0 for one in bare}
        for key, names in near.concepts.items():
            for one in sorted(names.intersection(bare)):
                allowed.setdefault(key, []).append(f"no work stands behind {one} yet")
    else:
        seeds, allowed = _single_sources(graph, near)
    chosen = seeds_for(graph, near, name) if name is not None or not seeds else seeds
    return Aim(chosen, {key: tuple(texts) for key, texts in allowed.items() if key in near.works})


def _single_sources(graph: Graph, near: Neighbourhood) -> tuple[dict[Node, float], dict[str, list[str]]]:
    allowed: dict[str, list[str]] = {}
    seeds: dict[Node, float] = {}
    by_concept: dict[str, set[str]] = {}
    for key, names in near.concepts.items():
        for name in names:
            by_concept.setdefault(name, set()).add(key)
    for claim in graph.claims.values():
        works = {source.paper for source in claim.sources}
        if len(works) == 1:
            seeds |= {("work", key): 1.0 for key in works if key in near.works}
            others = {key for name in claim.concepts for key in by_concept.get(name, ())} - works
            for key in sorted(others):
                allowed.setdefault(key, []).append(f"may be a second source of {claim.name}")
    return seeds, allowed


def suggest(near: Neighbourhood, aimed: Aim, limit: int | None = None) -> tuple[Suggestion, ...]:
    """The works to read, best first. Seeds, works taken back and (unless a gap allows them) works read are left out.

    Raises: UsageError if there is nothing to start from.
    """
    from kg.linking.walk import personalised_pagerank

    start: dict[Hashable, float] = {
        node: weight for node, weight in aimed.seeds.items() if node in near.graph
    }
    if not start:
        raise UsageError("there is nothing to start from: name a concept or a work with --for")
    shares = personalised_pagerank(near.graph, start)
    seeds = set(aimed.seeds)
    found = [
        (shares[("work", key)], key)
        for key in near.works
        if shares[("work", key)] > 0 and why_not(near, aimed, key) is None
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1]))
    return tuple(
        Suggestion(
            rank,
            key,
            near.works[key].title,
            score,
            reasons(near, seeds, key),
            (aimed.allowed or {}).get(key, ()),
        )
        for rank, (score, key) in enumerate(found[:limit], 1)
    )


def why_not(near: Neighbourhood, aimed: Aim, key: str) -> str | None:
    """Why a work is never suggested here; None if it may be."""
    work = near.works[key]
    if work.taken_back:
        return f"it was {work.taken_back}"
    if aimed.allowed is not None:
        return None if key in aimed.allowed else "it closes no gap of this kind"
    if ("work", key) in aimed.seeds:
        return "the search starts from it"
    return "it has been read" if work.is_read else None


def reasons(near: Neighbourhood, seeds: set[Node], key: str) -> tuple[str, ...]:
    """Why a work is near, in words: citations, co-citations with seeds, shared concepts; else a shortest path."""
    names = {name for kind, name in seeds if kind == "concept"}
    anchors = {name for kind, name in seeds if kind == "work"} - {key}
    anchors |= {work for work, held in near.concepts.items() if held & names and work != key}
    found = []
    cited_by = sorted(near.cited_by.get(key, frozenset()) & anchors)
    cites = sorted(near.cites.get(key, frozenset()) & anchors)
    together = _cited_together(near, key, anchors)
    if cited_by:
        found.append(f"cited by {_listed(cited_by)}")
    if cites:
        found.append(f"cites {_listed(cites)}")
    if together:
        found.append(f"cited with {_listed(together)}")
    held = near.concepts.get(key, frozenset())
    wanted = names | {name for work in anchors for name in near.concepts.get(work, ())}
    shared = sorted(held & wanted, key=lambda name: (name not in names, name))
    if shared:
        found.append(f"about {_listed(shared)}")
    return tuple(found) or (_path(near, seeds, key),)


def _cited_together(near: Neighbourhood, key: str, anchors: set[str]) -> list[str]:
    counts: dict[str, int] = {}
    for citing in near.cited_by.get(key, ()):
        for other in near.cites[citing] & anchors:
            counts[other] = counts.get(other, 0) + 1
    return sorted(counts, key=lambda other: (-counts[other], other))


def _path(near: Neighbourhood, seeds: set[Node], key: str) -> str:
    import networkx as nx

    start = sorted(seed for seed in seeds if seed in near.graph)
    _, path = nx.multi_source_dijkstra(near.graph, start, ("work", key), weight=None)
    return "reached by way of " + " - ".join(name for _, name in path[:-1])


def _listed(names: list[str]) -> str:
    shown = names[:3]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    joined = ", ".join(shown[:-1]) + (f" and {shown[-1]}" if len(shown) > 1 else shown[0])
    return ", ".join(shown) + more if more else joined
