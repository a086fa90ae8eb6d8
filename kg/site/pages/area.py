"""The page of a topic area: what it is about, its concepts, its claims, and the areas it is joined to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.doctree import (
    Inline,
    bullets,
    claim_item,
    concept_item,
    joined,
    page_link,
    para,
    section,
    topic_link,
)
from kg.site.kinds import by_kind, heading
from kg.site.status import tally

if TYPE_CHECKING:
    from kg.site.knowledge import Knowledge


def area_page(knowledge: Knowledge, topic: str) -> nodes.section:
    """The whole page."""
    concepts = [concept for concept in knowledge.graph.concepts.values() if concept.topic == topic]
    claims = [claim for claim in knowledge.graph.claims.values() if claim.topic == topic]
    parts: list[nodes.Node] = [para(page_link("areas", "Areas"), classes=["kg-trail"])]
    about = knowledge.orientation(topic)
    if about:
        parts.append(para(about, classes=["kg-lead"]))
    fares = f": {tally(knowledge, claims)}" if claims else ""
    parts.append(para(f"{len(concepts)} concepts and {len(claims)} claims{fares}."))
    parts += _joined_to(knowledge, topic)
    if concepts:
        listed = bullets(concept_item(knowledge, concept) for concept in concepts)
        parts.append(section("Concepts", listed, ident="concepts"))
    groups = [
        section(
            heading(knowledge, kind),
            bullets(claim_item(knowledge, one) for one in own),
            ident=f"claims-{kind}",
        )
        for kind, own in by_kind(knowledge, claims)
    ]
    if groups:
        parts.append(section("Claims", *groups, ident="claims"))
    return section(knowledge.topic_title(topic), *parts, ident="area")


def _joined_to(knowledge: Knowledge, topic: str) -> list[nodes.Node]:
    """Other areas, by the number of claims that speak of a concept here and of one there."""
    concepts = knowledge.graph.concepts
    shared: Counter[str] = Counter()
    for claim in knowledge.graph.claims.values():
        areas = {concepts[name].topic for name in claim.concepts if name in concepts}
        if topic in areas:
            shared.update(areas - {topic})
    if not shared:
        return []
    ordered = sorted(shared, key=lambda other: (-shared[other], other))
    linked: list[Inline] = joined(
        nodes.inline("", "", topic_link(knowledge, other), nodes.Text(f" ({shared[other]})"))
        for other in ordered
    )
    return [para("Joined by claims to ", *linked, ".")]
