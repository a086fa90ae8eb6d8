"""What the pages are made from: the graph, the code it is checked with, and the words of the vocabulary.

Each part is loaded when a page first asks for it, so that a build with nothing to do loads nothing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import QuerySolutions

from kg.names import VOCABULARY, local_name
from kg.project import built_in_root
from kg.sources import SHARED_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.code import CodeIndex
    from kg.coverage import Coverage
    from kg.graph import Claim, Concept, Graph, Paper
    from kg.literature.facts import Fact
    from kg.project import Project
    from kg.reasoning.derived import Derived


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

    def __init__(self, project: Project, pictures: str = "") -> None:
        self.project = project
        self.pictures = pictures

    @cached_property
    def graph(self) -> Graph:
        """The graph of the project."""
        from kg.graph import load

        return load(self.project)

    @cached_property
    def code(self) -> CodeIndex:
        """The project's implementations and checks, read without importing them."""
        return self.graph.code

    @cached_property
    def stale(self) -> frozenset[str]:
        """The names of the claims that nothing vouches for as they are now."""
        return self.graph.stale_claims()

    @cached_property
    def terms(self) -> Mapping[str, Term]:
        """The kinds of claim, strengths, groups and statuses, by local name."""
        query = f"""
            PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX kg: <{VOCABULARY}>
            SELECT ?term ?label ?comment ?rank
            WHERE {{ ?term rdfs:label ?label ; rdfs:comment ?comment . OPTIONAL {{ ?term kg:rank ?rank }}
                     FILTER(STRSTARTS(STR(?term), "{VOCABULARY}")) }}"""
        rows = self.graph.store.query(query, use_default_graph_as_union=True)
        assert isinstance(rows, QuerySolutions)
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
        for path in sorted({*self._input_files()}):
            state.update(self.project.relative(path).as_posix().encode())
            state.update(path.read_bytes())
        return state.hexdigest()

    def _input_files(self) -> Iterator[Path]:
        from kg.code import package_folder

        shared = built_in_root()
        if shared is not None:
            yield from (shared / "ontology" / name for name in SHARED_FILES)
        yield from (path for path in self.project.ontology.rglob("*") if path.suffix in {".ttl", ".rq"})
        if self.project.bibliography.exists():
            yield self.project.bibliography
        packages = (self.project.implementations, self.project.checks, self.pictures)
        for package in filter(None, packages):
            yield from package_folder(self.project, package).glob("*.py")

    @cached_property
    def records(self) -> Mapping[str, tuple[Fact, ...]]:
        """What OpenAlex says of the works, by BibTeX key; empty where nothing was fetched."""
        from kg.literature.facts import of_works, read

        return of_works(self.graph.sources.bibliography.entries, read(self.graph.store))

    @cached_property
    def derived(self) -> Mapping[str, tuple[Derived, ...]]:
        """Equivalences that nobody stated and that follow from stated ones, by each of the concepts they join."""
        from kg.reasoning.derived import derived_path, recorded

        if not derived_path(self.graph).is_file():
            # Which records are of today's claims takes long to find out, and is of no use without records.
            return {}
        found: dict[str, list[Derived]] = {}
        for one in recorded(self.graph).values():
            for name in dict.fromkeys((one.what.start, one.what.end)):
                found.setdefault(name, []).append(one)
        return {name: tuple(ones) for name, ones in found.items()}

    @cached_property
    def coverage(self) -> Mapping[str, Coverage]:
        """Which edits of each implementation the claims notice, where that was surveyed for today's claims."""
        from kg.coverage.record import coverage_path, recorded

        # What is of today takes reading all the code, and is of no use without records.
        return recorded(self.graph) if coverage_path(self.graph).is_file() else {}

    def orientation(self, topic: str) -> str:
        """One line on what an area is about: the comment that its file of concepts, or else of claims, opens with."""
        for folder in ("concepts", "claims"):
            path = self.project.ontology / folder / f"{topic}.ttl"
            if path.is_file():
                first = path.read_text("utf-8").partition("\n")[0]
                if first.startswith("#"):
                    return first.lstrip("#").strip()
        return ""

    def claims_citing(self, paper: Paper) -> tuple[Claim, ...]:
        """Claims with this paper among their sources."""
        return tuple(
            claim
            for claim in self.graph.claims.values()
            if any(source.paper == paper.key for source in claim.sources)
        )

    def related_to(self, concept: Concept) -> tuple[str, ...]:
        """Related concepts by name; lines of the list are related to concepts too, and not meant here."""
        return tuple(name for name in concept.related if name not in self.graph.items)

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
        words = name.replace("-", "_").split("_")
        said = [self._spellings.get(word, word) for word in words]
        between = [self._joints.get(pair, " ") for pair in pairwise(words)]
        text = "".join(part for pair in zip(said, [*between, ""], strict=True) for part in pair)
        return text[:1].upper() + text[1:]

    def topic_title(self, topic: str) -> str:
        """A topic as a reader says it: the stem ``operatornorm`` is spelled as the concept ``operator_norm`` is."""
        spelled = (name for name in self.graph.concepts if name.replace("_", "") == topic)
        return self.title(next(spelled, self._apart(topic)))

    def _apart(self, topic: str) -> str:
        """A stem that is two words of the graph written together, with ``_`` between them; each may be a plural."""

        def is_known(part: str) -> bool:
            return part in self._words or (part.endswith("s") and part[:-1] in self._words)

        if not is_known(topic):
            for place in range(2, len(topic) - 3):
                if is_known(topic[:place]) and is_known(topic[place:]):
                    return f"{topic[:place]}_{topic[place:]}"
        return topic

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words that names of concepts and claims are made of."""
        names = (*self.graph.concepts, *self.graph.claims)
        return frozenset(word for name in names for word in name.split("_"))

    def label_of(self, kind: str, name: str) -> str | None:
        """What a concept, claim, paper or topic is called on a page; nothing if there is no such thing."""
        graph = self.graph
        if kind == "concept" and name in graph.concepts:
            return graph.concepts[name].label
        if kind == "paper" and name in graph.papers:
            return short_citation(graph.papers[name])
        if kind == "topic" and name in graph.topics:
            return self.topic_title(name)
        if kind == "condition" and name in graph.conditions:
            return graph.conditions[name].label
        return self.title(name) if kind == "claim" and name in graph.claims else None

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        """Labels, definitions and statements: how the graph itself writes its words."""
        concepts = self.graph.concepts.values()
        labels = [label for concept in concepts for label in (concept.label, *concept.alt_labels)]
        definitions = [concept.definition for concept in concepts]
        return (*labels, *definitions, *(claim.statement for claim in self.graph.claims.values()))

    @cached_property
    def _joints(self) -> Mapping[tuple[str, str], str]:
        """The hyphen or dash between two words that texts always join: ``gram_schmidt`` is “Gram–Schmidt”."""
        found: dict[tuple[str, str], str] = {}
        apart: set[tuple[str, str]] = set()
        for text in self._texts:
            # Each word is the left of one pair and the right of another, so the right one is only looked at.
            for left, joint, right in re.findall(r"(\w+)([-– ])(?=(\w+))", text):
                pair = (_plain(left), _plain(right))
                if joint == " ":
                    apart.add(pair)
                else:
                    found.setdefault(pair, joint)
        return {pair: joint for pair, joint in found.items() if pair not in apart}

    @cached_property
    def _spellings(self) -> Mapping[str, str]:
        """Words that texts write with capitals or accents, by how a name writes them: ``nystrom`` is “Nyström”.

        The first word of a label counts only where many labels begin small, as ours do; else its capital says nothing.
        In a sentence only words after another word count. A word that texts also write small, such as "and" beside
        the gate AND, keeps its small form.
        """
        concepts = self.graph.concepts.values()
        labels = [label for concept in concepts for label in (concept.label, *concept.alt_labels)]
        begin_small = sum(label[:1].islower() for label in labels) * 5 >= len(labels)
        texts = self._texts[len(labels) :]
        small = {word for text in self._texts for word in re.findall(r"\w+", text) if word.islower()}
        found: dict[str, str] = {}
        for label in labels:
            for place, word in enumerate(re.findall(r"\w+", label)):
                telling = word if place or begin_small else word[1:]
                if telling != telling.lower() and word.lower() not in small:
                    found.setdefault(_plain(word), word)
        for text in texts:
            for word in re.findall(r"(?<=[a-z,;] )[^\W\d_]{3,}", text):
                if word != word.lower() and word.lower() not in small:
                    found.setdefault(_plain(word), word)
        return found


def _plain(word: str) -> str:
    """A word as a name has it: small, and without accents."""
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()


def short_citation(paper: Paper) -> str:
    """“Katharopoulos et al. 2020”."""
    surnames = [author.split(",")[0].strip() for author in paper.authors]
    if not surnames:
        who = paper.title
    elif len(surnames) <= 2:
        who = " and ".join(surnames)
    else:
        who = f"{surnames[0]} et al."
    return f"{who} {paper.year}" if paper.year else who
