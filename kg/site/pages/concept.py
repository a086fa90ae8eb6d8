"""The page of a concept: what it is, where it sits, what is claimed about it and how those claims fare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.doctree import (
    Inline,
    bullets,
    claim_item,
    concept_item,
    concept_link,
    definitions,
    line_of_prose,
    link,
    page_link,
    paper_link,
    para,
    place,
    prose,
    section,
    source_code,
    span,
    strong,
    topic_link,
)
from kg.site.figures import drawing
from kg.site.neighbourhood import around_concept

if TYPE_CHECKING:
    from kg.graph import Claim, Concept
    from kg.site.knowledge import Knowledge


def concept_page(knowledge: Knowledge, name: str) -> nodes.section:
    """The whole page."""
    concept = knowledge.graph.concepts[name]
    claims = knowledge.graph.claims_about(name, narrower=False)
    page = section(
        concept.label[:1].upper() + concept.label[1:],
        _trail(knowledge, concept),
        *_definition(concept),
        *_conventions(concept),
        _where_it_sits(knowledge, concept),
        *_claims(knowledge, [claim for claim in claims if claim.kind != "Refutation"]),
        *_falsehoods(knowledge, [claim for claim in claims if claim.kind == "Refutation"]),
        *_implementation(knowledge, concept),
        *_papers(knowledge, concept),
        *_on_the_list(knowledge, concept),
        ident="concept",
    )
    place(page, concept.place)
    return page


def _trail(knowledge: Knowledge, concept: Concept) -> nodes.paragraph:
    return para(
        page_link("concepts", "Concepts"), " › ", topic_link(knowledge, concept.topic), classes=["kg-trail"]
    )


def _definition(concept: Concept) -> list[nodes.Node]:
    blocks = prose(concept.definition)
    if blocks and isinstance(blocks[0], nodes.Element):
        blocks[0]["classes"].append("kg-lead")
    if concept.alt_labels:
        blocks.append(para(strong("Also called: "), "; ".join(concept.alt_labels), "."))
    if concept.exact_matches:
        parts: list[Inline] = []
        for address in concept.exact_matches:
            parts += [", "] if parts else []
            parts.append(link(address.rsplit("/", 1)[-1], address))
        blocks.append(para(strong("The same thing elsewhere: "), *parts))
    return blocks


def _conventions(concept: Concept) -> list[nodes.Node]:
    if not concept.conventions:
        return []
    pairs: list[tuple[list[Inline], list[Inline]]] = [
        ([aspect], [*line_of_prose(setting)]) for aspect, setting in concept.conventions
    ]
    return [section("Conventions", definitions(pairs), ident="conventions")]


def _where_it_sits(knowledge: Knowledge, concept: Concept) -> nodes.section:
    parts: list[nodes.Node] = [
        drawing(around_concept(knowledge, concept), f"What “{concept.label}” is joined to")
    ]
    for words, names in (
        ("Is a kind of", concept.broader),
        ("Kinds of it", concept.narrower),
        ("Related", knowledge.related_to(concept)),
    ):
        if names:
            linked: list[Inline] = []
            for name in names:
                linked += [", "] if linked else []
                linked.append(concept_link(knowledge, name))
            parts.append(para(strong(f"{words}: "), *linked))
    parts.append(para(page_link("map", "Find it on the concept map"), classes=["kg-onmap"]))
    return section("Where it sits", *parts, ident="where")


def _claims(knowledge: Knowledge, claims: list[Claim]) -> list[nodes.Node]:
    if not claims:
        return [section("Claims", para("Nothing is claimed about it yet."), ident="claims")]
    kinds = dict.fromkeys(
        kind for kind in knowledge.graph.kinds if any(claim.kind == kind for claim in claims)
    )
    groups: list[nodes.Node] = []
    for kind in kinds:
        own = [claim for claim in claims if claim.kind == kind]
        word = knowledge.word(kind)
        groups.append(
            section(
                word[:1].upper() + word[1:],
                bullets(claim_item(knowledge, claim) for claim in own),
                ident=f"claims-{kind.lower()}",
            )
        )
    return [section("Claims", *groups, ident="claims")]


def _falsehoods(knowledge: Knowledge, refutations: list[Claim]) -> list[nodes.Node]:
    if not refutations:
        return []
    items: list[list[Inline]] = [
        [
            span(f"“{claim.as_usually_said}” ", "kg-false") if claim.as_usually_said else "",
            *claim_item(knowledge, claim),
        ]
        for claim in refutations
    ]
    return [section("Often said, and false", bullets(items), ident="falsehoods")]


def _implementation(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    function = knowledge.code.implementations.get(concept.name)
    if function is None:
        return []
    where = f"{knowledge.project.relative(function.path).as_posix()}:{function.line}"
    return [
        section(
            "Implementation", source_code(function.source, "python", [span(where, "kg-where")]), ident="code"
        )
    ]


def _papers(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    papers = knowledge.papers_of(concept)
    if not papers:
        return []
    items: list[list[Inline]] = [[paper_link(paper), f", {paper.title}"] for paper in papers]
    return [section("Papers", bullets(items), ident="papers")]


def _on_the_list(knowledge: Knowledge, concept: Concept) -> list[nodes.Node]:
    items: list[list[Inline]] = [
        [item.section, ": ", item.text]
        for item in knowledge.graph.items.values()
        if concept.name in item.concepts
    ]
    if not items:
        return []
    said = para("Asked about in ", page_link("list", "the list"), ":")
    return [section("On the list", said, bullets(items), ident="list")]


def topic_page(knowledge: Knowledge, topic: str) -> nodes.section:
    """The page of a topic area: its concepts and its claims."""
    concepts = [concept for concept in knowledge.graph.concepts.values() if concept.topic == topic]
    claims = [claim for claim in knowledge.graph.claims.values() if claim.topic == topic]
    parts: list[nodes.Node] = [para(page_link("areas", "Areas"), classes=["kg-trail"])]
    if concepts:
        listed = bullets(concept_item(knowledge, concept) for concept in concepts)
        parts.append(section("Concepts", listed, ident="concepts"))
    if claims:
        parts.append(
            section("Claims", bullets(claim_item(knowledge, claim) for claim in claims), ident="claims")
        )
    return section(knowledge.topic_title(topic), *parts, ident="area")
