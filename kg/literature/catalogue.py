"""The bibliography for others: FaBiO in Turtle for libraries, schema.org in JSON-LD for the web.

Citations between our own works come from the records of OpenAlex where there are any. What is not listed there is
unknown, not absent, so nothing in either format says that a work does not cite another.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kg.bibliography import Entry, unicode_of
from kg.bibliography.triples import kind, ntriples
from kg.literature import facts
from kg.literature.identifiers import Identifier
from kg.names import STANDARD_PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from kg.graph import Graph

_FRBR = "http://purl.org/vocab/frbr/core#"
_CONTAINERS = {
    "journal": ("Journal", "Periodical"),
    "journaltitle": ("Journal", "Periodical"),
    "booktitle": ("Book", "Book"),
}


def fabio(graph: Graph) -> str:
    """Every work in FaBiO, PRISM and Dublin Core, with what it is a part of and which of the others it cites."""
    from kg.query.formats import turtle

    found = [triple for entry in _entries(graph) for triple in _of_entry(entry, graph.project.base)]
    found += _citations(graph)
    return turtle(sorted(set(found), key=str), graph.project.base)


def schema_org(graph: Graph) -> str:
    """Every work as schema.org describes it; authors and citations in order."""
    cited = citations(graph)
    base = graph.project.base
    works = [_described(entry, base, cited.get(entry.key, ())) for entry in _entries(graph)]
    document = {"@context": STANDARD_PREFIXES["schema"], "@graph": works}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def citations(graph: Graph) -> dict[str, tuple[str, ...]]:
    """Work → the works of ours that it is recorded to cite; a work without a record is not here."""
    by_key = facts.of_works(_entries(graph), facts.read(graph.store))
    keys = {fact.record: key for key, found in by_key.items() for fact in found}
    cited = {
        key: {keys[one] for fact in found for one in fact.cited if one in keys}
        for key, found in by_key.items()
    }
    return {key: tuple(sorted(others - {key})) for key, others in sorted(cited.items())}


def _entries(graph: Graph) -> tuple[Entry, ...]:
    return graph.sources.bibliography.entries


def _of_entry(entry: Entry, base: str) -> Iterator[Triple]:
    import pyoxigraph as ox

    prism, dcterms = STANDARD_PREFIXES["prism"], STANDARD_PREFIXES["dcterms"]
    for quad in ox.parse(ntriples(entry, base), format=ox.RdfFormat.N_TRIPLES, lenient=True):
        yield quad.triple
    work = ox.NamedNode(f"{base}reference/{entry.key}")
    first, last = _pages(entry)
    printed = [("volume", entry.field("volume")), ("number", entry.field("number"))]
    for name, value in [*printed, ("startingPage", first), ("endingPage", last)]:
        if value:
            yield ox.Triple(work, ox.NamedNode(prism + name), ox.Literal(unicode_of(value)))
    if entry.field("publisher"):
        publisher = ox.Literal(unicode_of(entry.field("publisher")))
        yield ox.Triple(work, ox.NamedNode(dcterms + "publisher"), publisher)
    for field, (class_, _) in _CONTAINERS.items():
        if entry.field(field):
            whole = ox.NamedNode(f"{base}reference/{entry.key}#whole")
            fabio_class = ox.NamedNode(STANDARD_PREFIXES["fabio"] + class_)
            title = ox.Literal(unicode_of(entry.field(field)))
            yield ox.Triple(work, ox.NamedNode(_FRBR + "partOf"), whole)
            yield ox.Triple(whole, ox.NamedNode(STANDARD_PREFIXES["rdf"] + "type"), fabio_class)
            yield ox.Triple(whole, ox.NamedNode(dcterms + "title"), title)


def _citations(graph: Graph) -> Iterator[Triple]:
    import pyoxigraph as ox

    base, cites = graph.project.base, ox.NamedNode(STANDARD_PREFIXES["cito"] + "cites")
    for key, others in citations(graph).items():
        for other in others:
            ends = (ox.NamedNode(f"{base}reference/{name}") for name in (key, other))
            yield ox.Triple(next(ends), cites, next(ends))


def _described(entry: Entry, base: str, cited: tuple[str, ...]) -> Mapping[str, Any]:
    first, last = _pages(entry)
    container = next((name for name in _CONTAINERS if entry.field(name)), None)
    names = [name.partition(":") for name in entry.identifiers]
    addresses = [Identifier(scheme, value).address for scheme, _, value in names]
    found: dict[str, Any] = {
        "@id": f"{base}reference/{entry.key}",
        "@type": kind(entry)[1],
        "name": entry.title,
        "author": {"@list": [_person(author) for author in entry.authors]} if entry.authors else None,
        "datePublished": str(entry.year) if entry.year is not None else None,
        "isPartOf": {"@type": _CONTAINERS[container][1], "name": unicode_of(entry.field(container))}
        if container
        else None,
        "volumeNumber": unicode_of(entry.field("volume")),
        "issueNumber": unicode_of(entry.field("number")),
        "pagination": f"{first}-{last}" if last else first,
        "publisher": unicode_of(entry.field("publisher")),
        "identifier": list(entry.identifiers),
        "sameAs": addresses,
        "url": entry.url,
        "citation": [{"@id": f"{base}reference/{other}"} for other in cited],
    }
    return {name: value for name, value in found.items() if value}


def _person(author: str) -> Mapping[str, str]:
    surname, comma, given = author.partition(", ")
    if not comma:
        return {"@type": "Person", "name": author}
    return {"@type": "Person", "familyName": surname, "givenName": given}


def _pages(entry: Entry) -> tuple[str, str]:
    pages = unicode_of(entry.field("pages")).replace("—", "–").replace("-", "–")
    first, _, last = pages.partition("–")
    return first.strip(), last.strip()
