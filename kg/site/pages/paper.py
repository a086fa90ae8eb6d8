"""The page of a paper: its record, and how everything stated from it fares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.doctree import (
    Inline,
    Row,
    badge,
    bullets,
    claim_link,
    definitions,
    line_of_prose,
    link,
    page_link,
    para,
    place,
    section,
    source_code,
    table,
)
from kg.site.knowledge import short_citation
from kg.site.status import status_of, tally

if TYPE_CHECKING:
    from kg.graph import Paper
    from kg.site.knowledge import Knowledge


def paper_page(knowledge: Knowledge, key: str) -> nodes.section:
    """The whole page."""
    paper = knowledge.graph.papers[key]
    page = section(
        paper.title,
        para(page_link("papers", "Papers"), " › ", short_citation(paper), classes=["kg-trail"]),
        definitions(_record(paper)),
        _statements(knowledge, paper),
        *_asked(knowledge, paper),
        section("BibTeX", source_code(paper.bibtex, "bibtex"), ident="bibtex"),
        ident="paper",
    )
    place(page, paper.place)
    return page


def _record(paper: Paper) -> list[tuple[list[Inline], list[Inline]]]:
    record: list[tuple[list[Inline], list[Inline]]] = [
        (["Authors"], ["; ".join(paper.authors) or "unknown"]),
        (["Year"], [str(paper.year) if paper.year else "unknown"]),
    ]
    if paper.venue:
        record.append((["Published in"], [paper.venue]))
    if paper.doi:
        record.append((["DOI"], [link(paper.doi, f"https://doi.org/{paper.doi}")]))
    if paper.eprint:
        record.append((["arXiv"], [link(paper.eprint, f"https://arxiv.org/abs/{paper.eprint}")]))
    if paper.url:
        record.append((["Address"], [link(paper.url, paper.url)]))
    return record


def _statements(knowledge: Knowledge, paper: Paper) -> nodes.section:
    claims = knowledge.claims_citing(paper)
    if not claims:
        return section("What it states", para("No claim cites it yet."), ident="claims")
    rows: list[Row] = [
        [
            [claim_link(knowledge, claim.name), ". ", *line_of_prose(claim.statement)],
            [source.locator],
            [knowledge.word(source.status)],
            [badge(status_of(knowledge, claim))],
        ]
        for claim in claims
        for source in claim.sources
        if source.paper == paper.key
    ]
    counted = para(f"{len(claims)} {'claim' if len(claims) == 1 else 'claims'}: {tally(knowledge, claims)}.")
    listed = table(["Claim", "Where", "Place", "Strength"], rows, classes=["kg-claims"])
    return section("What it states, and how that fares", counted, listed, ident="claims")


def _asked(knowledge: Knowledge, paper: Paper) -> list[nodes.Node]:
    items = [item for item in knowledge.graph.items.values() if paper.key in item.asks]
    if not items:
        return []
    listed = bullets([item.section, ": ", item.text] for item in items)
    return [
        section(
            "On the list", para("Asked about in ", page_link("list", "the list"), ":"), listed, ident="list"
        )
    ]
