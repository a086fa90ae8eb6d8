"""The neighbourhood of works to walk in: who cites whom, and which works speak of which concepts.

Nodes are ``("work", key)`` for works of the bibliography, ``("work", "W…")`` for others that OpenAlex records as cited,
and ``("concept", name)``. Where no citations are recorded, the concepts alone connect works: a missing edge means
"unknown", never "none".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from kg.bibliography import OWN_WORK
from kg.names import local_name

if TYPE_CHECKING:
    import networkx as nx

    from kg.graph import Graph
    from kg.literature.facts import Fact

Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Work:
    """A work that may be read: ``key`` is a BibTeX key, or a record of OpenAlex for a work that is not ours."""

    key: str
    title: str
    is_ours: bool
    is_read: bool
    taken_back: str


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The works, who cites whom (by key), the concepts of each work, and the graph that a walk goes over."""

    works: Mapping[str, Work]
    cites: Mapping[str, frozenset[str]]
    cited_by: Mapping[str, frozenset[str]]
    concepts: Mapping[str, frozenset[str]]
    graph: nx.Graph[Any]


def read(graph: Graph, also_read: Iterable[str] = ()) -> Neighbourhood:
    """The neighbourhood of a project's bibliography.

    A work counts as read if somebody has confirmed a locator in it, or if it is named in ``also_read``.
    """
    import networkx as nx

    from kg.literature import facts

    found = facts.read(graph.store)
    by_key = facts.of_works(graph.sources.bibliography.entries, found)
    works = _works(graph, by_key, found, frozenset(also_read))
    cites = _citations(works, by_key)
    cited_by: dict[str, set[str]] = {}
    for citing, cited in cites.items():
        for one in cited:
            cited_by.setdefault(one, set()).add(citing)
    concepts = _concepts(graph, works)
    network: nx.Graph[Any] = nx.Graph()
    network.add_nodes_from(("work", key) for key in works)
    network.add_nodes_from(("concept", name) for name in graph.concepts)
    network.add_edges_from((("work", a), ("work", b)) for a, cited in cites.items() for b in cited)
    network.add_edges_from(
        (("work", key), ("concept", name)) for key, names in concepts.items() for name in names
    )
    broader = ((concept.name, above) for concept in graph.concepts.values() for above in concept.broader)
    network.add_edges_from((("concept", a), ("concept", b)) for a, b in broader if b in graph.concepts)
    return Neighbourhood(
        works, cites, {key: frozenset(by) for key, by in cited_by.items()}, concepts, network
    )


def _works(
    graph: Graph, by_key: Mapping[str, tuple[Fact, ...]], found: Iterable[Fact], also_read: frozenset[str]
) -> dict[str, Work]:
    confirmed = {
        source.paper
        for claim in graph.claims.values()
        for source in claim.sources
        if source.status == "Confirmed"
    }
    works = {
        paper.key: Work(
            paper.key,
            paper.title,
            is_ours=True,
            is_read=paper.key in confirmed or paper.key in also_read,
            taken_back=_taken_back(by_key.get(paper.key, ())),
        )
        for paper in graph.papers.values()
        if paper.key != OWN_WORK
    }
    ours = {fact.record for facts_ in by_key.values() for fact in facts_}
    for fact in found:
        if fact.record not in ours and fact.title:
            title, back = fact.title, _taken_back((fact,))
            works[fact.record] = Work(fact.record, title, False, fact.record in also_read, back)
    return works


def _taken_back(records: Iterable[Fact]) -> str:
    for fact in records:
        if fact.is_retracted:
            return "retracted"
        if fact.is_withdrawn:
            return "withdrawn"
    return ""


def _citations(
    works: Mapping[str, Work], by_key: Mapping[str, tuple[Fact, ...]]
) -> dict[str, frozenset[str]]:
    keys = {fact.record: key for key, found in by_key.items() for fact in found}
    cites = {}
    for key, found in by_key.items():
        cited = {keys.get(record, record) for fact in found for record in fact.cited}
        cites[key] = frozenset(one for one in cited if one in works and one != key)
    return {key: cited for key, cited in cites.items() if cited and key in works}


def _concepts(graph: Graph, works: Mapping[str, Work]) -> dict[str, frozenset[str]]:
    """The concepts of each work: of the claims that cite it, and those that its title names."""
    found = {key: set(names) for key, names in by_titles(graph, works).items()}
    for key, claims in by_claims(graph, works).items():
        found.setdefault(key, set()).update(*claims.values())
    return {key: frozenset(names) for key, names in found.items() if names}


def by_claims(graph: Graph, works: Mapping[str, Work]) -> dict[str, dict[str, frozenset[str]]]:
    """Work → claim that cites it → the concepts of the claim."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for claim in graph.claims.values():
        names = frozenset(name for name in claim.concepts if name in graph.concepts)
        for key in sorted({source.paper for source in claim.sources}):
            if key in works:
                found.setdefault(key, {})[claim.name] = names
    return found


def by_titles(graph: Graph, works: Mapping[str, Work]) -> dict[str, frozenset[str]]:
    """Work → the concepts that its title names; nothing where titles cannot be read for want of simplemma."""
    if find_spec("simplemma") is None:
        return {}
    from kg.linking.labels import read as read_labels
    from kg.linking.linker import Linker

    linker = Linker(read_labels(graph.store))
    found = {}
    for key, work in works.items():
        names = {local_name(iri) for iri in linker.link(work.title).about}
        found[key] = frozenset(name for name in names if name in graph.concepts)
    return found
