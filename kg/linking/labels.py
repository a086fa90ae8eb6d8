"""What the concepts of any ontology are called: SKOS labels, or RDFS labels of classes.

Our own concepts come the same way as those of a file named by somebody else; nothing here knows our vocabulary but
for ``kg:homonym``, a phrase that holds a label of the concept and means something else, and ``kg:otherField``, a word
that shows a text to be of a field where the label does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import SourceError, UsageError
from kg.names import STANDARD_PREFIXES, VOCABULARY

if TYPE_CHECKING:
    from pyoxigraph import Store

_SKOS, _RDFS, _OWL = (STANDARD_PREFIXES[prefix] for prefix in ("skos", "rdfs", "owl"))
_TYPE = STANDARD_PREFIXES["rdf"] + "type"
_CLASSES = (_OWL + "Class", _RDFS + "Class")


@dataclass(frozen=True, slots=True)
class Named:
    """A concept with its names. ``near`` are the IRIs of its broader, narrower and related concepts."""

    iri: str
    preferred: str
    others: tuple[str, ...]
    broader: tuple[str, ...]
    near: tuple[str, ...]
    homonyms: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


def read(store: Store, language: str = "en") -> tuple[Named, ...]:
    """Every concept in a store that has a label, sorted by IRI.

    Labels in ``language`` or in none; a concept that has only others is known by those.
    """
    subjects = _subjects(store, _SKOS + "prefLabel", None) | _subjects(store, _TYPE, _SKOS + "Concept")
    if not subjects:
        # Beside a thesaurus, classes are its vocabulary and not what texts are about.
        subjects = {iri for class_ in _CLASSES for iri in _subjects(store, _TYPE, class_)}
    preferred = _texts(store, _SKOS + "prefLabel", language)
    plain = _texts(store, _RDFS + "label", language)
    others = [_texts(store, _SKOS + name, language) for name in ("altLabel", "hiddenLabel")]
    homonyms, elsewhere = (_texts(store, VOCABULARY + name, language) for name in ("homonym", "otherField"))
    broader, near = _relations(store)
    found = []
    for iri in sorted(subjects):
        first = [*preferred.get(iri, ()), *plain.get(iri, ())]
        if first:
            rest = [*first[1:], *(text for texts in others for text in texts.get(iri, ()))]
            above = tuple(sorted(broader.get(iri, ())))
            around = tuple(sorted(near.get(iri, ())))
            apart = (tuple(texts.get(iri, ())) for texts in (homonyms, elsewhere))
            found.append(Named(iri, first[0], tuple(rest), above, around, *apart))
    return tuple(found)


def read_file(path: Path) -> tuple[Named, ...]:
    """The concepts in an RDF file: Turtle, N-Triples, RDF/XML, JSON-LD, by its ending.

    Raises: UsageError if it cannot be read or holds no concept; SourceError where its syntax is wrong.
    """
    from pyoxigraph import RdfFormat, Store

    form = RdfFormat.from_extension(path.suffix.lstrip(".").lower())
    if form is None:
        raise UsageError(
            f"{path}: what format this is cannot be told from its ending: use .ttl, .nt, .rdf or .jsonld"
        )
    store = Store()
    try:
        store.load(input=path.read_bytes(), format=form, base_iri="https://example.org/")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}): name a file with concepts") from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise SourceError(path, line, f"this cannot be parsed ({error})", "correct the file") from None
    found = read(store)
    if not found:
        raise UsageError(f"{path}: no concept with a label is in it: use skos:prefLabel or rdfs:label")
    return found


def _quads(store: Store, predicate: str, value: str | None = None) -> Iterable[Any]:
    from pyoxigraph import NamedNode

    return store.quads_for_pattern(None, NamedNode(predicate), NamedNode(value) if value else None, None)


def _subjects(store: Store, predicate: str, value: str | None) -> set[str]:
    found = (quad.subject for quad in _quads(store, predicate, value))
    return {subject.value for subject in found if hasattr(subject, "value")}


def _texts(store: Store, predicate: str, language: str) -> Mapping[str, list[str]]:
    """Subject → its texts; those of other languages only where there is none of ours."""
    ours: dict[str, set[str]] = {}
    foreign: dict[str, set[str]] = {}
    for quad in _quads(store, predicate):
        subject, value = quad.subject, quad.object
        if hasattr(subject, "value") and hasattr(value, "language"):
            tag = value.language or ""
            right = not tag or tag == language or tag.startswith(language + "-")
            (ours if right else foreign).setdefault(subject.value, set()).add(value.value)
    return {iri: sorted(texts) for iri, texts in {**foreign, **ours}.items()}


def _relations(store: Store) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
    broader: dict[str, set[str]] = {}
    near: dict[str, set[str]] = {}
    kinds = (
        (_SKOS + "broader", True, False),
        (_SKOS + "narrower", False, True),
        (_SKOS + "related", False, False),
        (_RDFS + "subClassOf", True, False),
    )
    for predicate, up, down in kinds:
        for quad in _quads(store, predicate):
            one, other = (getattr(term, "value", "") for term in (quad.subject, quad.object))
            near.setdefault(one, set()).add(other)
            near.setdefault(other, set()).add(one)
            if up:
                broader.setdefault(one, set()).add(other)
            if down:
                broader.setdefault(other, set()).add(one)
    return broader, near
