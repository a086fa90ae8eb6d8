"""The graph from Python: ``g = kg.open()``, then ``g.claims(about="gelu")``, ``g.query("…")``, ``g.verify()``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.graph import Claim, Concept, Graph, Paper, load
from kg.names import did_you_mean
from kg.project import find_project

if TYPE_CHECKING:
    from kg.query import Result
    from kg.verify import ChainRun, Verdict


class OpenGraph:
    """A project's graph, ready to be asked. `graph` is the full object underneath."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def concepts(self, topic: str | None = None) -> list[Concept]:
        """All concepts, or those of one topic, by name."""
        return [c for c in self.graph.concepts.values() if topic in (None, c.topic)]

    def claims(
        self, about: str | None = None, kind: str | None = None, topic: str | None = None
    ) -> list[Claim]:
        """Claims by name: about a concept (or a narrower one), of a kind, of a topic.

        Raises:
            UsageError: if there is no such concept, kind or topic, with a guess at what was meant.
        """
        concept = None if about is None else self.graph.aliases.get(about, about)
        for value, known, what in (
            (concept, self.graph.concepts, "concept"),
            (kind, self.graph.kinds, "kind of claim"),
            (topic, self.graph.topics, "topic"),
        ):
            if value is not None and value not in known:
                advice = did_you_mean(value, known, f"there are {len(known)}")
                raise UsageError(f"{value}: there is no {what} of this name: {advice}")
        found: Iterable[Claim] = self.graph.claims_about(concept) if concept else self.graph.claims.values()
        return [c for c in found if kind in (None, c.kind) and topic in (None, c.topic)]

    def papers(self) -> list[Paper]:
        """All papers, by key."""
        return list(self.graph.papers.values())

    def find(self, name: str) -> Concept | Claim | Paper:
        """What is called `name`.

        Raises:
            UsageError: if nothing is, with a guess at what was meant.
        """
        return self.graph.find(name)

    def query(self, text: str, *, runs: int = 10) -> Result:
        """Run a SPARQL 1.1 query; the project's prefixes need not be declared.

        It may call kg:path, kg:verify and kg:counterexample; at most `runs` claims are verified for it.

        Raises:
            UsageError: if the query cannot be read or may not run, or would verify more claims.
        """
        from kg.query import select
        from kg.query.functions import Functions

        functions = Functions(self.graph.project, runs, self.graph)
        found = select(self.graph, text, functions=functions.by_name())
        functions.raise_failure("query")
        return found

    def verify(self, *names: str, everything: bool = False, jobs: int = 2) -> list[Verdict]:
        """Run what is stale among the named claims (all by default); nothing is written."""
        from kg.verify import verify

        return verify(self.graph, names, everything=everything, jobs=jobs)

    def path(self, start: str, end: str) -> ChainRun | None:
        """Run the shortest chain of equivalences between two concepts, or None if there is none."""
        from kg.path import shortest_chain
        from kg.verify import run_chain

        chain = shortest_chain(self.graph, start, end)
        return (
            None if chain is None else run_chain(self.graph, [step.claim for step in chain], chain[0].start)
        )

    def is_stale(self, claim: str) -> bool:
        """Whether the recorded evidence of a claim is missing or belongs to another text.

        Raises:
            UsageError: if there is no such claim, with a guess at what was meant.
        """
        from kg.verify.schedule import chosen

        return self.graph.is_stale(chosen(self.graph, [claim])[0])


def open_graph(directory: str | Path | None = None) -> OpenGraph:
    """The graph of a project.

    Raises:
        UsageError: if the folder is no project.
        SourceError: if a file of it cannot be read.
    """
    return OpenGraph(load(find_project(Path(directory) if directory is not None else None)))
