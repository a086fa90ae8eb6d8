"""The graph of a project: concepts, claims, papers, conditions and the user's list.

The store holds the triples and answers queries; the typed mappings are read from it in one pass, and only when
somebody asks for them, so that ``kg query`` does not pay for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, TypeVar

from pyoxigraph import Store

from kg import sources
from kg.entities import Claim, Concept, Condition, Evidence, ListItem, Paper, Place, Source
from kg.errors import UsageError
from kg.names import did_you_mean, local_name
from kg.project import Project
from kg.reader import Reader

if TYPE_CHECKING:
    from kg.code import CodeIndex

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


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_Thing = TypeVar("_Thing", bound=_Named)


def _by_name(things: Iterable[_Thing]) -> Mapping[str, _Thing]:
    return MappingProxyType({thing.name: thing for thing in sorted(things, key=lambda thing: thing.name)})


class Graph:
    """One project's graph: query ``store`` with ``use_default_graph_as_union=True``, or read the typed mappings."""

    def __init__(self, project: Project, store: Store, read: sources.Sources) -> None:
        self.project = project
        self.store = store
        self.sources = read
        self._digests: tuple[object, Mapping[str, str]] | None = None

    @cached_property
    def concepts(self) -> Mapping[str, Concept]:
        """Every concept by name, sorted."""
        return _by_name(self._reader.concepts())

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """Every claim by name, sorted."""
        return _by_name(self._reader.claims())

    @cached_property
    def papers(self) -> Mapping[str, Paper]:
        """Every cited work by BibTeX key, sorted."""
        return _by_name(self._reader.papers())

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """Every named condition by name, sorted."""
        return _by_name(self._reader.conditions())

    @cached_property
    def items(self) -> Mapping[str, ListItem]:
        """The lines of the user's list by name, in their order."""
        items = sorted(self._reader.items(), key=lambda item: (item.order, item.name))
        return MappingProxyType({item.name: item for item in items})

    @cached_property
    def evidence(self) -> Mapping[str, Evidence]:
        """What machines observed, by the claim's name; kept even where the claim is gone."""
        return MappingProxyType(self._reader.evidence)

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Every topic that holds a concept or a claim."""
        concepts = {concept.topic for concept in self.concepts.values()}
        return tuple(sorted(concepts | {claim.topic for claim in self.claims.values()}))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of claim that the vocabulary knows: the subclasses of kg:Claim."""
        return self._reader.kinds

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """Former names (kg:formerly) with the present one."""
        return MappingProxyType(self._reader.aliases)

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
        digests = self.digests
        return frozenset(
            name
            for name, claim in self.claims.items()
            if claim.evidence is None or claim.evidence.digest != digests[name]
        )

    @property
    def digests(self) -> Mapping[str, str]:
        """The digest of every claim, of the code as it is now: a session may edit a file and ask again."""
        from kg.code import claim_digests, stamps

        now = stamps(self.project)
        if self._digests is None or self._digests[0] != now:
            self._digests = now, claim_digests(self.project, self.claims)
        return self._digests[1]

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.store, self.sources)


def load(project: Project) -> Graph:
    """Read a project into a graph.

    Raises: SourceError at the first Turtle file that cannot be parsed or BibTeX entry that cannot be read.
    """
    read = sources.read(project)
    store = Store()
    errors = [*sources.fill(store, read), *sources.lost(read)]
    if errors:
        raise errors[0]
    return Graph(project, store, read)
