"""From triples to typed things: one pass over the store, then look-ups in dictionaries.

Where the graph is incomplete (no label, no statement) the reader fills in an empty text and goes on: saying what is
missing, and where, is the work of ``kg lint``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, Literal, NamedNode, Store

from kg.entities import Claim, Concept, Condition, Evidence, ListItem, Paper, Place, Source
from kg.names import STANDARD_PREFIXES, VOCABULARY, local_name
from kg.sources import Sources

_SKOS, _RDFS = STANDARD_PREFIXES["skos"], STANDARD_PREFIXES["rdfs"]
_TYPE = STANDARD_PREFIXES["rdf"] + "type"
_KG = VOCABULARY

_Term = NamedNode | BlankNode | Literal


class Reader:
    """Everything the store says, by subject and predicate."""

    def __init__(self, store: Store, sources: Sources) -> None:
        self.sources = sources
        self._facts: dict[str, dict[str, list[_Term]]] = {}
        for quad in store:
            subject, value = quad.subject, quad.object
            if isinstance(subject, NamedNode | BlankNode) and isinstance(
                value, NamedNode | BlankNode | Literal
            ):
                self._facts.setdefault(subject.value, {}).setdefault(quad.predicate.value, []).append(value)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The local names of every class below kg:Claim."""
        return tuple(sorted({local_name(iri) for iri in self._classes_below(_KG + "Claim")}))

    @cached_property
    def aliases(self) -> dict[str, str]:
        """Former name → present name."""
        pairs = [(old, iri) for iri in self._facts for old in self._texts(iri, _KG + "formerly")]
        return {old: local_name(iri) for old, iri in sorted(pairs)}

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """What was observed, by the name of the claim."""
        found = [self._evidence(iri) for iri in self._of_type(_KG + "Evidence")]
        return {item.claim: item for item in sorted(found, key=lambda item: item.claim)}

    def concepts(self) -> Iterator[Concept]:
        """Every skos:Concept; broader and related hold in both directions, whichever one was written."""
        narrower = self._inverse(_SKOS + "broader")
        broader = self._inverse(_SKOS + "narrower")
        everything = self._of_type(_SKOS + "Concept")
        # Lines of the user's list are skos:related to concepts as well; the relation among concepts is meant here.
        related = {
            iri: found.intersection(everything) for iri, found in self._inverse(_SKOS + "related").items()
        }
        for iri in everything:
            yield Concept(
                iri=iri,
                name=local_name(iri),
                label=self._text(iri, _SKOS + "prefLabel") or local_name(iri).replace("_", " "),
                alt_labels=self._texts(iri, _SKOS + "altLabel"),
                definition=self._text(iri, _SKOS + "definition") or "",
                broader=_merged(self._names(iri, _SKOS + "broader"), broader.get(iri)),
                narrower=_merged(self._names(iri, _SKOS + "narrower"), narrower.get(iri)),
                related=_merged(self._names(iri, _SKOS + "related"), related.get(iri)),
                conventions=self._conventions(iri),
                exact_matches=self._iris(iri, _SKOS + "exactMatch"),
                topic=self._text(iri, _KG + "topic") or "",
                place=self._place(iri),
            )

    def claims(self) -> Iterator[Claim]:
        """Everything whose type is a kind of claim."""
        kinds = self._classes_below(_KG + "Claim")
        for iri in self._facts:
            kind = next((type_ for type_ in self._iris(iri, _TYPE) if type_ in kinds), None)
            if kind is not None:
                yield self._claim(iri, local_name(kind))

    def papers(self) -> Iterator[Paper]:
        """Every entry of the bibliography."""
        place = self.sources.bibliography_place
        for entry in self.sources.bibliography.entries:
            yield Paper(
                iri=f"{self.sources.project.base}reference/{entry.key}",
                key=entry.key,
                entry_type=entry.entry_type,
                title=entry.title,
                authors=entry.authors,
                author_list=entry.author_list,
                year=entry.year,
                venue=entry.venue,
                doi=entry.doi,
                eprint=entry.eprint,
                url=entry.url,
                bibtex=entry.bibtex,
                place=Place(place, entry.line),
            )

    def conditions(self) -> Iterator[Condition]:
        """Every kg:Condition."""
        for iri in self._of_type(_KG + "Condition"):
            label = self._text(iri, _RDFS + "label") or local_name(iri).replace("_", " ")
            definition = self._text(iri, _SKOS + "definition") or ""
            yield Condition(iri, local_name(iri), label, definition, self._place(iri))

    def items(self) -> Iterator[ListItem]:
        """Every line of the user's list."""
        for iri in self._of_type(_KG + "ListItem"):
            yield ListItem(
                iri=iri,
                name=local_name(iri),
                section=self._text(iri, _KG + "section") or "",
                order=self._number(iri, _KG + "order") or 0,
                text=self._text(iri, _KG + "text") or "",
                asks=self._names(iri, _KG + "asks"),
                answered_by=self._names(iri, _KG + "answeredBy"),
                concepts=self._names(iri, _SKOS + "related"),
                place=self._place(iri),
            )

    def _claim(self, iri: str, kind: str) -> Claim:
        return Claim(
            iri=iri,
            name=local_name(iri),
            kind=kind,
            left=self._name(iri, _KG + "left"),
            right=self._name(iri, _KG + "right"),
            about=self._names(iri, _KG + "about"),
            statement=self._text(iri, _KG + "statement") or "",
            formula=self._text(iri, _KG + "formula"),
            because=self._text(iri, _KG + "because"),
            conditions=self._names(iri, _KG + "condition"),
            where=self._text(iri, _KG + "where"),
            sources=self._sources(iri),
            up_to=self._name(iri, _KG + "upTo"),
            as_usually_said=self._text(iri, _KG + "asUsuallySaid"),
            repaired_by=self._name(iri, _KG + "repairedBy"),
            note=self._text(iri, _KG + "note"),
            topic=self._text(iri, _KG + "topic") or "",
            place=self._place(iri),
            evidence=self.evidence.get(local_name(iri)),
        )

    def _sources(self, iri: str) -> tuple[Source, ...]:
        found = [
            Source(
                paper=self._present(self._name(node, _KG + "cites") or ""),
                locator=self._text(node, _KG + "locator") or "",
                status=self._name(node, _KG + "locatorStatus") or "",
                intent=self._name(node, _KG + "intent"),
            )
            for node in self._iris(iri, _KG + "source")
        ]
        return tuple(sorted(found, key=lambda source: (source.paper, source.locator, source.status)))

    def _present(self, name: str) -> str:
        """A name of today: the key of a work may have been another when it was cited."""
        return name if name in self._keys else self.aliases.get(name, name)

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(entry.key for entry in self.sources.bibliography.entries)

    def _conventions(self, iri: str) -> tuple[tuple[str, str], ...]:
        nodes = self._iris(iri, _KG + "convention")
        pairs = ((self._text(node, _KG + "aspect"), self._text(node, _KG + "setting")) for node in nodes)
        return tuple(sorted((aspect or "", setting or "") for aspect, setting in pairs))

    def _evidence(self, iri: str) -> Evidence:
        counts = [
            self._number(iri, _KG + name) for name in ("mutantsKilled", "mutantsTotal", "mutantsEquivalent")
        ]
        killed, total, equivalent = counts
        has_mutants = killed is not None and total is not None
        return Evidence(
            claim=self._name(iri, _KG + "claim") or local_name(iri),
            outcome=self._name(iri, STANDARD_PREFIXES["earl"] + "outcome") or "untested",
            strength=self._name(iri, _KG + "strength"),
            method=self._text(iri, _KG + "method"),
            log2_error=self._number(iri, _KG + "log2ErrorProbability"),
            controls=(
                self._number(iri, _KG + "controlsRejected") or 0,
                self._number(iri, _KG + "controlsTotal") or 0,
            ),
            mutants=(killed or 0, total or 0, equivalent or 0) if has_mutants else None,
            shapes=self._texts(iri, _KG + "shapes"),
            reason=self._text(iri, _KG + "reason"),
            digest=self._text(iri, _KG + "digest"),
        )

    def _place(self, iri: str) -> Place:
        path, line = self._heads.get(iri, (self.sources.bibliography_place, 1))
        return Place(path, line)

    @cached_property
    def _heads(self) -> dict[str, tuple[Path, int]]:
        # Reversed, so that the first of several stanzas about one subject wins.
        files = reversed(self.sources.turtle)
        return {head.iri: (file.place, head.line) for file in files for head in reversed(file.heads)}

    def _of_type(self, type_: str) -> list[str]:
        return [iri for iri in self._facts if type_ in self._iris(iri, _TYPE)]

    def _classes_below(self, top: str) -> set[str]:
        below = self._inverse(_RDFS + "subClassOf")
        found: set[str] = set()
        pending = [top]
        while pending:
            fresh = below.get(pending.pop(), set()) - found
            found |= fresh
            pending += sorted(fresh)
        return found

    def _inverse(self, predicate: str) -> dict[str, set[str]]:
        """Object → the subjects that point at it."""
        found: dict[str, set[str]] = {}
        for subject in self._facts:
            for iri in self._iris(subject, predicate):
                found.setdefault(iri, set()).add(subject)
        return found

    def _values(self, subject: str, predicate: str) -> list[_Term]:
        return self._facts.get(subject, {}).get(predicate, [])

    def _iris(self, subject: str, predicate: str) -> tuple[str, ...]:
        values = self._values(subject, predicate)
        return tuple(sorted(value.value for value in values if not isinstance(value, Literal)))

    def _names(self, subject: str, predicate: str) -> tuple[str, ...]:
        return tuple(sorted({local_name(iri) for iri in self._iris(subject, predicate)}))

    def _name(self, subject: str, predicate: str) -> str | None:
        return next(iter(self._names(subject, predicate)), None)

    def _texts(self, subject: str, predicate: str) -> tuple[str, ...]:
        values = self._values(subject, predicate)
        return tuple(sorted({value.value for value in values if isinstance(value, Literal)}))

    def _text(self, subject: str, predicate: str) -> str | None:
        """The English text, or the one without a language, or any."""
        values = [value for value in self._values(subject, predicate) if isinstance(value, Literal)]
        values.sort(key=lambda value: (value.language != "en", value.language or "", value.value))
        return values[0].value if values else None

    def _number(self, subject: str, predicate: str) -> int | None:
        text = self._text(subject, predicate)
        try:
            return int(text) if text is not None else None
        except ValueError:
            return None


def _merged(names: tuple[str, ...], iris: set[str] | None) -> tuple[str, ...]:
    return tuple(sorted({*names, *(local_name(iri) for iri in iris or ())}))
