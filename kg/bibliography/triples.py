"""Entries as triples: FaBiO and Dublin Core for libraries, schema.org for the web, our own terms for the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kg.bibliography.model import Entry
from kg.names import STANDARD_PREFIXES, VOCABULARY

if TYPE_CHECKING:
    from pyoxigraph import Literal, NamedNode

_FABIO, _SCHEMA = STANDARD_PREFIXES["fabio"], STANDARD_PREFIXES["schema"]
_DCTERMS, _PRISM = STANDARD_PREFIXES["dcterms"], STANDARD_PREFIXES["prism"]

KINDS: Mapping[str, tuple[str, str]] = {
    "article": ("JournalArticle", "ScholarlyArticle"),
    "book": ("Book", "Book"),
    "conference": ("ConferencePaper", "ScholarlyArticle"),
    "dataset": ("Dataset", "Dataset"),
    "inbook": ("BookChapter", "Chapter"),
    "incollection": ("BookChapter", "Chapter"),
    "inproceedings": ("ConferencePaper", "ScholarlyArticle"),
    "manual": ("Manual", "TechArticle"),
    "mastersthesis": ("MastersThesis", "Thesis"),
    "patent": ("Patent", "CreativeWork"),
    "phdthesis": ("DoctoralThesis", "Thesis"),
    "proceedings": ("ConferenceProceedings", "Book"),
    "software": ("ComputerProgram", "SoftwareSourceCode"),
    "techreport": ("TechnicalReport", "Report"),
}
"""The class of a BibTeX type in FaBiO and in schema.org."""


def kind(entry: Entry) -> tuple[str, str]:
    """The classes of a work in FaBiO and in schema.org, by local name."""
    if entry.entry_type not in KINDS and any(found.startswith("arxiv:") for found in entry.identifiers):
        return "Preprint", "ScholarlyArticle"
    return KINDS.get(entry.entry_type, ("Work", "CreativeWork"))


def ntriples(entry: Entry, base: str) -> str:
    """The triples of one work, one per line; a former key leads to the present one."""
    from pyoxigraph import NamedNode, Triple

    work = NamedNode(f"{base}reference/{entry.key}")
    triples = [Triple(work, NamedNode(name), value) for name, value in _pairs(entry)]
    replaced = NamedNode(_DCTERMS + "isReplacedBy")
    triples += [Triple(NamedNode(f"{base}reference/{old}"), replaced, work) for old in entry.formerly]
    return "".join(f"{triple} .\n" for triple in triples)


def _pairs(entry: Entry) -> Iterator[tuple[str, NamedNode | Literal]]:
    from pyoxigraph import Literal, NamedNode

    fabio, schema = kind(entry)
    # A FaBiO class of realisations is below fabio:Expression; fabio:Work is not, and says no more.
    classes = [_FABIO + "Expression", _SCHEMA + schema, *([_FABIO + fabio] if fabio != "Work" else [])]
    for class_ in classes:
        yield STANDARD_PREFIXES["rdf"] + "type", NamedNode(class_)
    texts: list[tuple[str, str | None]] = [
        (_DCTERMS + "title", entry.title or None),
        *((_DCTERMS + "creator", author) for author in entry.authors),
        (VOCABULARY + "authorList", entry.author_list or None),
        (_DCTERMS + "issued", str(entry.year) if entry.year is not None else None),
        (VOCABULARY + "venue", entry.venue),
        (_PRISM + "doi", entry.doi),
        (VOCABULARY + "eprint", entry.eprint),
        (_SCHEMA + "url", entry.url),
        (_PRISM + "isbn", entry.isbn),
        (VOCABULARY + "entryType", entry.entry_type),
        *((VOCABULARY + "identifier", found) for found in entry.identifiers),
        *((VOCABULARY + "formerly", name) for name in entry.formerly),
        *((VOCABULARY + "acknowledged", word) for word in entry.acknowledged),
    ]
    for name, value in texts:
        if value is not None:
            yield name, Literal(value)
