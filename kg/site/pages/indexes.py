"""Pages that list: all concepts, claims, papers, areas, conditions, and claims by strength."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.doctree import (
    Inline,
    Row,
    badge,
    bullets,
    claim_item,
    claim_link,
    concept_item,
    line_of_prose,
    paper_link,
    para,
    section,
    span,
    table,
    topic_link,
)
from kg.site.status import STRENGTHS, status_of, tally

if TYPE_CHECKING:
    from kg.graph import Claim
    from kg.site.knowledge import Knowledge


def concepts_page(knowledge: Knowledge) -> nodes.section:
    """All concepts by area, with what else each is called."""
    concepts = knowledge.graph.concepts.values()
    areas = [
        section(
            [topic_link(knowledge, topic)],
            bullets(concept_item(knowledge, concept) for concept in concepts if concept.topic == topic),
            ident=f"area-{topic}",
        )
        for topic in knowledge.graph.topics
        if any(concept.topic == topic for concept in concepts)
    ]
    lead = para(f"{len(concepts)} concepts, each with what is claimed about it and how those claims fare.")
    return section("Concepts", lead, *areas, ident="concepts")


def claims_page(knowledge: Knowledge) -> nodes.section:
    """All claims in one table."""
    claims = list(knowledge.graph.claims.values())
    rows: list[Row] = [
        [
            [claim_link(knowledge, claim.name)],
            [badge(status_of(knowledge, claim))],
            [knowledge.word(claim.kind)],
            [topic_link(knowledge, claim.topic)],
        ]
        for claim in claims
    ]
    counted = para(f"{len(claims)} claims: {tally(knowledge, claims)}.") if claims else para("No claims yet.")
    listed = table(["Claim", "Strength", "Kind", "Area"], rows, classes=["kg-claims"])
    return section("Claims", counted, listed, ident="claims")


def strengths_page(knowledge: Knowledge) -> nodes.section:
    """All claims by how strongly they are established, strongest first, each rung explained."""
    levels: dict[str, list[Claim]] = {}
    for claim in knowledge.graph.claims.values():
        levels.setdefault(status_of(knowledge, claim).level, []).append(claim)
    rungs: list[nodes.Node] = []
    for strength in STRENGTHS:
        claims = levels.get(strength.lower(), [])
        listed = bullets(claim_item(knowledge, claim) for claim in claims) if claims else para("None.")
        word = knowledge.word(strength)
        rungs.append(
            section(
                f"{word[:1].upper()}{word[1:]} ({len(claims)})",
                para(knowledge.explanation(strength), classes=["kg-explained"]),
                listed,
                ident=f"strength-{strength.lower()}",
            )
        )
    below = (
        (
            "Undecided",
            "canttell",
            "The check ran and could not decide, or something a verified claim needs is missing.",
        ),
        ("Failed", "failed", "The check found the claim false, or it does not do what it says."),
        ("Not checked", "none", "No evidence has been recorded."),
    )
    for title, level, words in below:
        claims = levels.get(level, [])
        if claims:
            listed = bullets(claim_item(knowledge, claim) for claim in claims)
            rungs.append(section(f"{title} ({len(claims)})", para(words), listed, ident=f"strength-{level}"))
    lead = para("Strength is observed by the checks, never declared. Strongest first.")
    return section("Claims by strength", lead, *rungs, ident="strengths")


def papers_page(knowledge: Knowledge) -> nodes.section:
    """All papers, with how many claims come from each."""
    rows: list[Row] = []
    for paper in knowledge.graph.papers.values():
        claims = knowledge.claims_citing(paper)
        rows.append(
            [[paper_link(paper)], [paper.title], [tally(knowledge, claims) if claims else "no claim yet"]]
        )
    listed = table(["Paper", "Title", "What it states"], rows, classes=["kg-papers"])
    return section("Papers", para(f"{len(rows)} papers."), listed, ident="papers")


def areas_page(knowledge: Knowledge) -> nodes.section:
    """The topic areas with what each holds."""
    rows: list[Row] = []
    for topic in knowledge.graph.topics:
        concepts = sum(concept.topic == topic for concept in knowledge.graph.concepts.values())
        claims = [claim for claim in knowledge.graph.claims.values() if claim.topic == topic]
        fares = tally(knowledge, claims) if claims else "none"
        about = span(knowledge.orientation(topic), "kg-explained")
        counts: list[Inline] = [f"{concepts} concepts, {len(claims)} claims: {fares}"]
        rows.append([[topic_link(knowledge, topic), " ", about], counts])
    listed = table(["Area", "What it holds"], rows, classes=["kg-areas"])
    return section("Areas", listed, ident="areas")


def conditions_page(knowledge: Knowledge) -> nodes.section:
    """The named conditions, each with the claims that need it."""
    entries: list[nodes.Node] = []
    for condition in sorted(knowledge.graph.conditions.values(), key=lambda one: one.label.lower()):
        needing = [claim for claim in knowledge.graph.claims.values() if condition.name in claim.conditions]
        listed = [bullets([claim_link(knowledge, claim.name)] for claim in needing)] if needing else []
        entries.append(
            section(
                condition.label[:1].upper() + condition.label[1:],
                para(*line_of_prose(condition.definition)),
                *listed,
                ident=f"condition-{condition.name}",
            )
        )
    lead = para("What inputs must satisfy for a claim to hold, and which claims need it.")
    return section("Conditions", lead, *(entries or [para("No conditions yet.")]), ident="conditions")


def vocabulary_page(knowledge: Knowledge) -> nodes.section:
    """The classes, properties and individuals of the vocabulary, as the ontology explains them."""
    groups: dict[str, list[nodes.definition_list_item]] = {"Classes and individuals": [], "Properties": []}
    for term in sorted(knowledge.terms.values(), key=lambda term: term.name):
        group = "Classes and individuals" if term.name[:1].isupper() else "Properties"
        said = [nodes.literal("", f"kg:{term.name}"), nodes.Text(f"  {term.label}")]
        entry = nodes.term("", "", *said, ids=[f"term-{term.name}"])
        groups[group].append(nodes.definition_list_item("", entry, nodes.definition("", para(term.comment))))
    parts = [
        section(
            title,
            nodes.definition_list("", *items, classes=["kg-definitions"]),
            ident=title.split()[0].lower(),
        )
        for title, items in groups.items()
    ]
    lead = para(
        "The words this graph is written in. Standard vocabularies are used where they have the word."
    )
    return section("Vocabulary", lead, *parts, ident="vocabulary")


def summary(knowledge: Knowledge) -> nodes.paragraph:
    """How much there is and how it fares, in one paragraph; any page can show it by ``kg:page:: summary``."""
    graph, claims = knowledge.graph, list(knowledge.graph.claims.values())
    counted = f"{len(graph.concepts)} concepts, {len(claims)} claims, {len(graph.papers)} papers."
    return para(f"{counted} Claims: {tally(knowledge, claims)}." if claims else counted)


def home_page(knowledge: Knowledge) -> nodes.section:
    """The front page of a project that has none of its own."""
    from sphinx import addnodes

    entries = [
        "map",
        "citations",
        "ask",
        "claims",
        "strengths",
        "concepts",
        "areas",
        "papers",
        "conditions",
        "questions",
        "vocabulary",
    ]
    if knowledge.graph.items:
        entries.insert(3, "list")
    tree = addnodes.toctree(
        "",
        parent="index",
        entries=[(None, entry) for entry in entries],
        includefiles=entries,
        maxdepth=1,
        caption=None,
        glob=False,
        hidden=False,
        includehidden=False,
        numbered=0,
        titlesonly=True,
        rawentries=[],
        rawcaption="",
    )
    return section(
        knowledge.project.name,
        summary(knowledge),
        nodes.compound("", tree, classes=["toctree-wrapper"]),
        ident="home",
    )
