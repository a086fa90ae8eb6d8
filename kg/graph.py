"""The graph of a project: concepts, claims, papers, conditions and the user's list.

The store holds the triples and answers queries; the typed mappings are read from it in one pass and kept between
commands, so that a command that only reads them parses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from pyoxigraph import Store

from kg.entities import Claim, Concept, Condition, Evidence, ListItem, Paper, Place, Source
from kg.errors import UsageError
from kg.names import did_you_mean, local_name
from kg.project import Project
from kg.reader import Reader
from kg.sources import Sources, fill, lost, read
from kg.things import Things, keep_of, kept, key_of, of

if TYPE_CHECKING:
    from kg.code import CodeIndex
    from kg.traced import Traced

__all__ = [
    "Claim",
    "Concept",
    "Condition",
    "Evidence",
    "Graph",
    "ListItem",
    "Paper",
    "Place",
    "Source",
    "load",
]


class Graph:
    """One project's graph: query ``store`` with ``use_default_graph_as_union=True``, or read the typed mappings."""

    def __init__(
        self, project: Project, parse: Callable[[], tuple[Store, Sources]], known: Things | None = None
    ) -> None:
        """``parse`` is asked for the triples once, when somebody wants more than the things that are ``known``."""
        self.project = project
        self._parse = parse
        self._known = known
        self._code_of: tuple[object, Traced] | None = None

    @cached_property
    def store(self) -> Store:
        """The triples, a named graph for each source file."""
        return self._parsed[0]

    @cached_property
    def sources(self) -> Sources:
        """The files that the triples were read from."""
        return self._parsed[1]

    @cached_property
    def things(self) -> Things:
        """Everything with a name."""
        return self._known or of(Reader(self.store, self.sources))

    @property
    def concepts(self) -> Mapping[str, Concept]:
        """Every concept by name, sorted."""
        return MappingProxyType(self.things.concepts)

    @property
    def claims(self) -> Mapping[str, Claim]:
        """Every claim by name, sorted."""
        return MappingProxyType(self.things.claims)

    @property
    def papers(self) -> Mapping[str, Paper]:
        """Every cited work by BibTeX key, sorted."""
        return MappingProxyType(self.things.papers)

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """Every named condition by name, sorted."""
        return MappingProxyType(self.things.conditions)

    @property
    def items(self) -> Mapping[str, ListItem]:
        """The lines of the user's list by name, in their order."""
        return MappingProxyType(self.things.items)

    @property
    def evidence(self) -> Mapping[str, Evidence]:
        """What machines observed, by the claim's name; kept even where the claim is gone."""
        return MappingProxyType(self.things.evidence)

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Every topic that holds a concept or a claim."""
        concepts = {concept.topic for concept in self.concepts.values()}
        return tuple(sorted(concepts | {claim.topic for claim in self.claims.values()}))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of claim that the vocabulary knows: the subclasses of kg:Claim."""
        return self.things.kinds

    @property
    def aliases(self) -> Mapping[str, str]:
        """Former names (kg:formerly) with the present one."""
        return MappingProxyType(self.things.aliases)

    @property
    def code(self) -> CodeIndex:
        """The implementations, checks and conditions of the project as they are now, read without importing them."""
        from kg.code import index

        return index(self.project)

    def find(self, name: str) -> Concept | Claim | Paper:
        """What is called ``name``, or was formerly; a prefix or a whole IRI does no harm.

        Raises: UsageError with a guess if nothing is.
        """
        wanted = local_name(name).rpartition(":")[2]
        wanted = wanted if self._named(wanted) else self.aliases.get(wanted, wanted)
        found = self._named(wanted)
        if not wanted.strip():
            raise UsageError("the name is empty: see what there is with kg list")
        if found is None:
            known = [*self.concepts, *self.claims, *self.papers, *self.aliases]
            advice = did_you_mean(wanted, known, f"search with: kg list {wanted}")
            raise UsageError(f"{name}: there is no concept, claim or paper of this name: {advice}")
        return found

    def _named(self, name: str) -> Concept | Claim | Paper | None:
        return self.concepts.get(name) or self.claims.get(name) or self.papers.get(name)

    def claims_about(self, concept: str, narrower: bool = True) -> tuple[Claim, ...]:
        """The claims that speak of a concept, or of one narrower than it, sorted by name."""
        names = self._with_narrower(concept) if narrower else {concept}
        return tuple(claim for claim in self.claims.values() if names.intersection(claim.concepts))

    def _with_narrower(self, concept: str) -> set[str]:
        found: set[str] = set()
        pending = [concept]
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += self.concepts[name].narrower if name in self.concepts else ()
        return found

    def is_stale(self, claim: Claim) -> bool:
        """Whether nothing vouches for the claim as it is now: no evidence, or evidence of another digest."""
        return claim.evidence is None or claim.evidence.digest != self.digests[claim.name]

    def stale_claims(self) -> frozenset[str]:
        """The names of all stale claims, by one look at the files: to ask claim by claim looks at them each time."""
        observed = [claim for claim in self.claims.values() if claim.evidence is not None]
        # A project that records works only has no code to ask.
        digests = self.digests if observed else {}
        current = {one.name for one in observed if one.evidence and one.evidence.digest == digests[one.name]}
        return frozenset(self.claims.keys() - current)

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of every claim, of the code as it is now: a session may edit a file and ask again."""
        return self.traced.digests

    @property
    def reached(self) -> Mapping[str, tuple[str, ...]]:
        """The implementations that the check of every claim can reach, of the code as it is now."""
        return self.traced.reached

    @property
    def traced(self) -> Traced:
        """What the code as it is now says of every claim, without its text."""
        from kg.code import stamps
        from kg.traced import traced

        now = stamps(self.project)
        if self._code_of is None or self._code_of[0] != now:
            self._code_of = now, traced(self.project, self.claims)
        return self._code_of[1]

    @cached_property
    def _parsed(self) -> tuple[Store, Sources]:
        return self._parse()


def load(project: Project) -> Graph:
    """The graph of a project; its things come from the user's cache if no source has changed.

    Raises: SourceError at the first Turtle file that cannot be parsed or BibTeX entry that cannot be read.
    """
    key = key_of(project)
    found = kept(project, key)
    graph = Graph(project, lambda: _parsed(project), found)
    if found is None:
        keep_of(project, key, graph.things)
    return graph


def _parsed(project: Project) -> tuple[Store, Sources]:
    found = read(project)
    store = Store()
    errors = [*fill(store, found), *lost(found)]
    if errors:
        raise errors[0]
    return store, found
