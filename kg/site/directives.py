"""Directives that put a part of the graph on any page: a claim, a concept, a paper, a path, the answer of a query.

``kg:claim``, ``kg:concept`` and ``kg:paper`` take a name, ``kg:path`` two concepts, ``kg:query`` the name of a stored
question or a SPARQL query as its content, ``kg:map`` the topic of which it draws the concept map::

    .. kg:claim:: gelu_is_the_normal_cdf_gate

    .. kg:path:: galerkin_attention fourier_attention

    .. kg:query::

       SELECT ?claim WHERE { ?claim a kg:Refutation }

What a directive shows is remembered, so that a change of the graph reads exactly the pages again that show it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from kg.errors import KgError
from kg.site.doctree import (
    Inline,
    badge,
    bullets,
    claim_item,
    claim_link,
    concept_link,
    formula,
    line_of_prose,
    paper_link,
    para,
    prose,
)
from kg.site.status import status_of, tally

if TYPE_CHECKING:
    from kg.site.knowledge import Knowledge


def claim_part(knowledge: Knowledge, name: str) -> nodes.Element:
    """A claim in a box: name, strength, sentence, formula."""
    claim = knowledge.graph.claims[name]
    shown: list[nodes.Node] = [
        para(claim_link(knowledge, name), " ", badge(status_of(knowledge, claim))),
        para(*line_of_prose(claim.statement)),
    ]
    if claim.formula:
        shown.append(formula(claim.formula))
    return _box(shown)


def concept_part(knowledge: Knowledge, name: str) -> nodes.Element:
    """A concept in a box: label, definition, how its claims fare."""
    concept = knowledge.graph.concepts[name]
    claims = knowledge.graph.claims_about(name, narrower=False)
    fares = [para(f"{len(claims)} claims: {tally(knowledge, claims)}.")] if claims else []
    return _box([para(concept_link(knowledge, name)), *prose(concept.definition), *fares])


def paper_part(knowledge: Knowledge, key: str) -> nodes.Element:
    """A paper in a box: who, title, what it states."""
    paper = knowledge.graph.papers[key]
    claims = knowledge.claims_citing(paper)
    fares = (
        bullets(claim_item(knowledge, claim) for claim in claims)
        if claims
        else para("No claim cites it yet.")
    )
    return _box([para(paper_link(paper), f", {paper.title}"), fares])


def path_part(knowledge: Knowledge, ends: str) -> nodes.Element:
    """The shortest chain of equivalences between two concepts, or what says that there is none."""
    from kg.path import relation, shortest_chain

    start, _, end = ends.partition(" ")
    chain = shortest_chain(knowledge.graph, start, end.strip())
    if chain is None:
        return _box([para("No chain of equivalences joins ", *_ends(knowledge, start, end.strip()), ".")])
    steps: list[list[Inline]] = [
        [
            concept_link(knowledge, step.start),
            " and ",
            concept_link(knowledge, step.end),
            ": ",
            *claim_item(knowledge, knowledge.graph.claims[step.claim]),
        ]
        for step in chain
    ]
    said = relation(knowledge.graph, chain)
    for name in (chain[0].start, chain[-1].end):
        said = said.replace(name, knowledge.graph.concepts[name].label, 1)
    return _box([para(f"{said[:1].upper()}{said[1:]}:"), bullets(steps)])


def _ends(knowledge: Knowledge, start: str, end: str) -> list[Inline]:
    return [concept_link(knowledge, start), " and ", concept_link(knowledge, end)]


def query_part(knowledge: Knowledge, text: str) -> nodes.Element:
    """The answer of a stored question or of a query."""
    from kg.site.pages.questions import answer, questions

    stored = questions(knowledge).get(text)
    asked = (stored.text, stored.name) if stored else (text, "query")
    return nodes.container("", *answer(knowledge, *asked), classes=["kg-part"])


def map_part(knowledge: Knowledge, topic: str) -> nodes.Element:
    """The concept map of one topic."""
    from kg.site.pages.map import topic_map

    return topic_map(knowledge, topic)


def _box(shown: list[nodes.Node]) -> nodes.Element:
    return nodes.container("", *shown, classes=["kg-part"])


PARTS: Mapping[str, Callable[[Knowledge, str], nodes.Element]] = {
    "claim": claim_part,
    "concept": concept_part,
    "paper": paper_part,
    "path": path_part,
    "query": query_part,
    "map": map_part,
}
"""What each directive shows, from the graph and its argument."""


class PartDirective(SphinxDirective):
    """A part of the graph on a page of an author's."""

    kind: ClassVar[str]
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """What the part shows; a name that the graph does not know is an error at its line."""
        from kg.site.domain import KgDomain

        domain = KgDomain.of(self.env)
        asked = f"{self.kind}:{self._asked()}"
        try:
            tree = domain.part(asked)
        except KeyError:
            raise self.error(self._unknown(domain.knowledge)) from None
        except KgError as error:
            raise self.error(str(error)) from None
        domain.note_part(self.env.docname, asked, tree)
        return [tree]

    def _asked(self) -> str:
        return " ".join(self.arguments[0].split())

    def _unknown(self, knowledge: Knowledge) -> str:
        from kg.names import did_you_mean

        members = {
            "claim": knowledge.graph.claims,
            "concept": knowledge.graph.concepts,
            "paper": knowledge.graph.papers,
            "map": knowledge.graph.topics,
        }
        name = self._asked()
        advice = did_you_mean(name, members.get(self.kind, ()), f"search with: kg list {name}")
        kind = "topic" if self.kind == "map" else self.kind
        return f"{name}: there is no {kind} of this name: {advice}"


class QueryDirective(PartDirective):
    """The same for a query, which may stand in the content."""

    kind = "query"
    required_arguments = 0
    optional_arguments = 1
    has_content = True

    def _asked(self) -> str:
        return "\n".join(self.content) if self.content else " ".join((self.arguments or [""])[0].split())


def directive(kind: str) -> type[PartDirective]:
    """The directive for one kind of part."""
    return (
        QueryDirective
        if kind == "query"
        else type(f"{kind.title()}Directive", (PartDirective,), {"kind": kind})
    )
