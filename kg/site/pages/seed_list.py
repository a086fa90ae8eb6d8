"""The page of the user's list: every line with the claims that answer it, and how many of them stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.doctree import (
    Inline,
    Row,
    badge,
    bullets,
    claim_link,
    concept_link,
    paper_link,
    para,
    section,
    span,
    table,
)
from kg.site.kinds import by_kind, heading
from kg.site.status import status_of, tally

if TYPE_CHECKING:
    from kg.graph import Claim, ListItem
    from kg.site.knowledge import Knowledge


def list_page(knowledge: Knowledge) -> nodes.section:
    """The whole page, in the sections of the list."""
    items = list(knowledge.graph.items.values())
    parts: list[nodes.Node] = [para(_count(knowledge, items), classes=["kg-lead"])]
    if items:
        parts += [_overview(knowledge, items), para(_READING)]
    for place, (title, group) in enumerate(groupby(items, key=lambda item: item.section)):
        own = list(group)
        lines = nodes.enumerated_list(
            "", *(_line(knowledge, item) for item in own), enumtype="arabic", start=own[0].order, suffix="."
        )
        parts.append(section(title, para(_count(knowledge, own)), lines, ident=f"section-{place + 1}"))
    return section("The list", *parts, ident="the-list")


def _answers(knowledge: Knowledge, items: Sequence[ListItem]) -> list[Claim]:
    names = dict.fromkeys(name for item in items for name in item.answered_by)
    return [knowledge.graph.claims[name] for name in names if name in knowledge.graph.claims]


def _count(knowledge: Knowledge, items: Sequence[ListItem]) -> str:
    """How many lines have an answer, and how many of those rest on current, passed evidence throughout."""
    if not items:
        return "The list is empty."
    answered = [item for item in items if _answers(knowledge, [item])]
    standing = [
        item for item in answered if all(_stands(knowledge, claim) for claim in _answers(knowledge, [item]))
    ]
    claims = _answers(knowledge, items)
    lines = "line" if len(items) == 1 else "lines"
    if not claims:
        return f"{len(items)} {lines}, none answered yet."
    return (
        f"{len(items)} {lines}, {len(answered)} answered by {len(claims)} "
        f"{'claim' if len(claims) == 1 else 'claims'}: {tally(knowledge, claims)}. "
        f"For {len(standing)} of them every answer has passed its check and the evidence is current."
    )


def _stands(knowledge: Knowledge, claim: Claim) -> bool:
    status = status_of(knowledge, claim)
    return status.freshness == "current" and status.level not in {"failed", "canttell", "none"}


def _line(knowledge: Knowledge, item: ListItem) -> nodes.list_item:
    beside: list[Inline] = []
    for key in item.asks:
        if key in knowledge.graph.papers:
            beside += [" · ", paper_link(knowledge.graph.papers[key])]
    for name in item.concepts:
        beside += [" · ", concept_link(knowledge, name)]
    said = para(span(item.text, "kg-asked"), *beside)
    answers = _answers(knowledge, [item])
    if not answers:
        return nodes.list_item("", said, para("Not answered yet."))
    groups: list[nodes.Node] = []
    for kind, own in by_kind(knowledge, answers):
        groups.append(para(heading(knowledge, kind), classes=["kg-group"]))
        groups.append(bullets((_answer(knowledge, claim) for claim in own), classes=["kg-answers"]))
    counted = para(
        f"{len(answers)} {_claims(answers)}: {tally(knowledge, answers)}.", classes=["kg-explained"]
    )
    return nodes.list_item("", said, counted, *groups)


def _answer(knowledge: Knowledge, claim: Claim) -> list[Inline]:
    """One claim: its name is a sentence already, so only what is usually said instead is added."""
    said = f" instead of “{claim.as_usually_said}”" if claim.as_usually_said else ""
    return [
        badge(status_of(knowledge, claim)),
        " ",
        claim_link(knowledge, claim.name),
        span(said, "kg-statement"),
    ]


def _claims(claims: Sequence[Claim]) -> str:
    return "claim" if len(claims) == 1 else "claims"


_READING = (
    "Each line stands as its author wrote it. Below it are the claims that make it precise, grouped by what they say; "
    "what people often say and is false comes last. A claim stands if it has passed its check and the evidence is "
    "current."
)


def _overview(knowledge: Knowledge, items: Sequence[ListItem]) -> nodes.table:
    """One row for each section: lines, answered lines, claims, how many of these stand and how many refute."""
    rows: list[Row] = []
    for title, group in groupby(items, key=lambda item: item.section):
        own = list(group)
        claims = _answers(knowledge, own)
        counts = (
            len(own),
            sum(bool(_answers(knowledge, [item])) for item in own),
            len(claims),
            sum(_stands(knowledge, claim) for claim in claims),
            sum(claim.kind == "Refutation" for claim in claims),
        )
        cells: Row = [[title]]
        cells += [[str(count)] for count in counts]
        rows.append(cells)
    head = ["Section", "Lines", "Answered", "Claims", "Standing", "Refutations"]
    return table(head, rows, classes=["kg-overview"])
