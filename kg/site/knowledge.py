"""What the pages are made from: the graph, the code it is checked with, and the words of the vocabulary.

Each part is loaded when a page first asks for it, so that a build with nothing to do loads nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kg.names import VOCABULARY, local_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.code import CodeIndex
    from kg.graph import Claim, Concept, Graph, Paper
    from kg.project import Project


@dataclass(frozen=True)
class Term:
    """A word of the vocabulary, as ``vocabulary.ttl`` explains it."""

    iri: str
    name: str
    label: str
    comment: str
    rank: int


class Knowledge:
    """One project's graph and code, read once per build."""

    def __init__(self, project: Project) -> None:
        self.project = project

    @cached_property
    def graph(self) -> Graph:
        """The graph of the project."""
        from kg.graph import load

        return load(self.project)

    @property
    def code(self) -> CodeIndex:
        """The project's implementations and checks, read without importing them."""
        return self.graph.code

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        """The kinds of claim, strengths, groups and statuses, by local name."""
        query = f"""
            PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX kg: <{VOCABULARY}>
            SELECT ?term ?label ?comment ?rank
            WHERE {{ ?term rdfs:label ?label ; rdfs:comment ?comment . OPTIONAL {{ ?term kg:rank ?rank }}
                     FILTER(STRSTARTS(STR(?term), "{VOCABULARY}")) }}"""
        rows = self.graph.store.query(query, use_default_graph_as_union=True)
        found = {}
        for row in rows:
            iri = row["term"].value
            rank = int(row["rank"].value) if row["rank"] is not None else 0
            name = local_name(iri)
            found[name] = Term(iri, name, row["label"].value, row["comment"].value, rank)
        return found

    def word(self, name: str) -> str:
        """How the vocabulary says ``name`` in words: ``EqualUpTo`` is “equality up to a group”."""
        return self.terms[name].label if name in self.terms else name

    def explanation(self, name: str) -> str:
        """The vocabulary's explanation of ``name``, or nothing."""
        return self.terms[name].comment if name in self.terms else ""

    @cached_property
    def inputs(self) -> str:
        """A digest of every file the pages can depend on; equal digests mean equal pages."""
        state = hashlib.sha256()
        for path in sorted(self._input_files()):
            state.update(self.project.relative(path).as_posix().encode())
            state.update(path.read_bytes())
        return state.hexdigest()

    def _input_files(self) -> Iterator[Path]:
        from kg.code import package_folder

        yield from (path for path in self.project.ontology.rglob("*") if path.suffix in {".ttl", ".rq"})
        if self.project.bibliography.exists():
            yield self.project.bibliography
        for package in (self.project.implementations, self.project.checks):
            yield from package_folder(self.project, package).glob("*.py")

    def claims_citing(self, paper: Paper) -> tuple[Claim, ...]:
        """Claims with this paper among their sources."""
        return tuple(
            claim
            for claim in self.graph.claims.values()
            if any(source.paper == paper.key for source in claim.sources)
        )

    def papers_of(self, concept: Concept) -> tuple[Paper, ...]:
        """Papers that the claims about a concept come from."""
        keys = {
            source.paper
            for claim in self.graph.claims_about(concept.name, narrower=False)
            for source in claim.sources
        }
        return tuple(paper for key, paper in self.graph.papers.items() if key in keys)

    def title(self, name: str) -> str:
        """A name as a reader says it: ``gelu_is_gated_by_a_gaussian`` is “GELU is gated by a Gaussian”."""
        words = [self._spellings.get(word, word) for word in name.replace("-", "_").split("_")]
        return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        """Words that labels write with capitals, by their small form.

        The first word of a label counts only where labels begin small, as ours do; elsewhere its capital says nothing.
        """
        labels = [label for concept in self.graph.concepts.values() for label in (concept.label, *concept.alt_labels)]
        begin_small = sum(label[:1].islower() for label in labels) * 2 >= len(labels)
        found: dict[str, str] = {}
        for label in labels:
            for place, word in enumerate(label.split()):
                telling = word if place or begin_small else word[1:]
                if word.isalnum() and telling != telling.lower():
                    found.setdefault(word.lower(), word)
        return found
