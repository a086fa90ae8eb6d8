"""What the literature says of our works, as Turtle: ``ontology/generated/literature.ttl``.

A stanza is about a *record*, and hangs on our work by the identifiers of the work (``kg:recordOf``), never by its
BibTeX key: renaming a key orphans nothing. Every stanza says where it comes from, when that was fetched, and the
digest of what came. Writing looks at no clock and sorts everything, so the same answers give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.files import write_whole
from kg.literature.matching import Conflict
from kg.names import STANDARD_PREFIXES, VOCABULARY, prefixes, turtle_literal

if TYPE_CHECKING:
    from pyoxigraph import Store

    from kg.bibliography import Entry
    from kg.project import Project

_HEADER = "# Written by `kg enrich` from OpenAlex (CC0); do not edit. One stanza for each record, by its identifier.\n"
_PREFIXES = ("kg", "cito", "dcterms", "prism", "prov", "xsd")
_WORKS = "https://openalex.org/"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a record comes from, when it was fetched (UTC), and the digest of what came."""

    source: str
    retrieved: str
    digest: str
    updated: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One record, as it is written down. ``of`` are the identifiers of our work; empty for a work that ours cite."""

    record: str
    of: tuple[str, ...]
    title: str
    authors: str
    year: str
    doi: str
    kind: str
    is_retracted: bool | None
    is_withdrawn: bool
    published_as: str
    arxiv_version: int | None
    version_of: str
    corrected_by: tuple[str, ...]
    cited: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    provenance: Provenance

    @property
    def is_ours(self) -> bool:
        """Whether this is a record of a work in the bibliography, and not only of one that such a work cites."""
        return bool(self.of)


def path(project: Project) -> Path:
    """Where the facts of a project lie."""
    return project.ontology / "generated" / "literature.ttl"


def write(project: Project, facts: Iterable[Fact]) -> Path:
    """Write all facts, sorted by record; whole or not at all."""
    rows = [
        _stanza(fact) for fact in sorted(facts, key=lambda fact: (not fact.is_ours, _number(fact.record)))
    ]
    known = prefixes(project.base)
    head = "".join(f"@prefix {prefix}: <{known[prefix]}> .\n" for prefix in _PREFIXES)
    place = path(project)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_whole(place, "".join([_HEADER, head, *rows]))
    return place


def _number(record: str) -> int:
    digits = record.removeprefix("W")
    return int(digits) if digits.isdigit() else 0


def _stanza(fact: Fact) -> str:
    rows = [
        *_texts("kg:recordOf", fact.of),
        *_texts("dcterms:title", [fact.title]),
        *_texts("kg:authorList", [fact.authors]),
        *_texts("dcterms:issued", [fact.year]),
        *_texts("prism:doi", [fact.doi]),
        *_texts("kg:recordType", [fact.kind]),
        *([f"kg:isRetracted {str(fact.is_retracted).lower()}"] if fact.is_retracted is not None else []),
        *(["kg:isWithdrawn true"] if fact.is_withdrawn else []),
        *_texts("kg:publishedAs", [fact.published_as]),
        *([f"kg:arxivVersion {fact.arxiv_version}"] if fact.arxiv_version else []),
        *_links("dcterms:isVersionOf", [fact.version_of]),
        *_links("kg:correctedBy", fact.corrected_by),
        *(_conflict(conflict) for conflict in fact.conflicts),
        *_links("cito:cites", fact.cited),
        f"prov:wasDerivedFrom <{_escaped_iri(fact.provenance.source)}>",
        f"prov:generatedAtTime {turtle_literal(fact.provenance.retrieved)}^^xsd:dateTime",
        *_texts("dcterms:modified", [fact.provenance.updated or ""]),
        f"kg:payloadDigest {turtle_literal(fact.provenance.digest)}",
    ]
    return f"\n<{_WORKS}{fact.record}> a kg:Record ;\n    " + " ;\n    ".join(rows) + " .\n"


def _texts(name: str, values: Sequence[str]) -> list[str]:
    given = sorted({value for value in values if value})
    return [f"{name} {' , '.join(map(turtle_literal, given))}"] if given else []


def _links(name: str, records: Sequence[str]) -> list[str]:
    given = sorted({record for record in records if record}, key=_number)
    return [f"{name} {' , '.join(f'<{_WORKS}{record}>' for record in given)}"] if given else []


def _conflict(conflict: Conflict) -> str:
    inner = f"kg:aspect {turtle_literal(conflict.aspect)} ; kg:stated {turtle_literal(conflict.stated)}"
    return f"kg:conflict [ {inner} ; kg:recorded {turtle_literal(conflict.recorded)} ]"


def _escaped_iri(iri: str) -> str:
    return "".join(f"%{ord(one):02X}" if one in '<>"{}|^`\\ ' or one < " " else one for one in iri)


# --- reading them again


def read(store: Store) -> tuple[Fact, ...]:
    """Every fact in a store, sorted by record."""
    from pyoxigraph import NamedNode

    type_ = NamedNode(STANDARD_PREFIXES["rdf"] + "type")
    record, conflict = (NamedNode(VOCABULARY + name) for name in ("Record", "conflict"))
    facts = []
    for quad in store.quads_for_pattern(None, type_, record, None):
        nodes = [
            _values(store, one.object) for one in store.quads_for_pattern(quad.subject, conflict, None, None)
        ]
        facts.append(_fact(_text(quad.subject), _values(store, quad.subject), nodes))
    return tuple(sorted(facts, key=lambda fact: _number(fact.record)))


def _values(store: Store, subject: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for quad in store.quads_for_pattern(subject, None, None, None):
        found.setdefault(quad.predicate.value, []).append(_text(quad.object))
    return found


def _text(term: Any) -> str:
    return str(getattr(term, "value", ""))


def of_works(entries: Iterable[Entry], facts: Iterable[Fact]) -> dict[str, tuple[Fact, ...]]:
    """The records of each work, by its key of today: joined by identifiers, so that a renamed key finds its own."""
    keys = {name: entry.key for entry in entries for name in entry.identifiers}
    found: dict[str, tuple[Fact, ...]] = {}
    for fact in facts:
        for key in sorted({keys[name] for name in fact.of if name in keys}):
            found[key] = (*found.get(key, ()), fact)
    return found


def read_file(project: Project) -> tuple[Fact, ...]:
    """The facts that are written down now; none if the file is absent."""
    from pyoxigraph import RdfFormat, Store

    from kg.errors import SourceError

    place = path(project)
    if not place.is_file():
        return ()
    store = Store()
    try:
        store.load(input=place.read_bytes(), format=RdfFormat.TURTLE)
    except SyntaxError as error:
        advice = "delete the file and run kg enrich again; what was fetched is in the cache"
        relative = project.relative(place)
        raise SourceError(relative, error.lineno or 1, "this file was changed by hand", advice) from None
    return read(store)


def _fact(iri: str, found: Mapping[str, list[str]], nodes: Iterable[Mapping[str, list[str]]]) -> Fact:
    terms = prefixes()

    def texts(name: str) -> tuple[str, ...]:
        prefix, _, local = name.partition(":")
        return tuple(sorted(found.get(terms[prefix] + local, ())))

    def one(name: str) -> str:
        return next(iter(texts(name)), "")

    def records(name: str) -> tuple[str, ...]:
        return tuple(sorted((text.rpartition("/")[2] for text in texts(name)), key=_number))

    return Fact(
        record=iri.rpartition("/")[2],
        of=texts("kg:recordOf"),
        title=one("dcterms:title"),
        authors=one("kg:authorList"),
        year=one("dcterms:issued"),
        doi=one("prism:doi"),
        kind=one("kg:recordType"),
        is_retracted={"true": True, "false": False}.get(one("kg:isRetracted")),
        is_withdrawn=one("kg:isWithdrawn") == "true",
        published_as=one("kg:publishedAs"),
        arxiv_version=_number(one("kg:arxivVersion")) or None,
        version_of=next(iter(records("dcterms:isVersionOf")), ""),
        corrected_by=records("kg:correctedBy"),
        cited=records("cito:cites"),
        conflicts=tuple(_conflicts(nodes)),
        provenance=Provenance(
            source=one("prov:wasDerivedFrom"),
            retrieved=one("prov:generatedAtTime"),
            digest=one("kg:payloadDigest"),
            updated=one("dcterms:modified") or None,
        ),
    )


def _conflicts(nodes: Iterable[Mapping[str, list[str]]]) -> Iterator[Conflict]:
    rows = [
        [next(iter(node.get(VOCABULARY + name, ())), "") for name in ("aspect", "stated", "recorded")]
        for node in nodes
    ]
    order = ("title", "authors", "year")
    for aspect, stated, recorded in sorted(
        rows, key=lambda row: (order.index(row[0]) if row[0] in order else 9, row)
    ):
        yield Conflict(aspect, stated, recorded)
