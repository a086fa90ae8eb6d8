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
    paper_link,
    para,
    place,
    section,
    source_code,
    strong,
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
        *_citations(knowledge, paper),
        *_recorded(knowledge, paper),
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


def _citations(knowledge: Knowledge, paper: Paper) -> list[nodes.Node]:
    """Which other works of the graph it cites, and which cite it, as far as OpenAlex knows."""
    own = knowledge.records.get(paper.key, ())
    if not own:
        return []
    names = {fact.record for fact in own}
    cited = {record for fact in own for record in fact.cited}
    others = [(key, facts) for key, facts in knowledge.records.items() if key != paper.key]
    cites = sorted(key for key, facts in others if any(fact.record in cited for fact in facts))
    cited_by = sorted(key for key, facts in others if any(names.intersection(fact.cited) for fact in facts))
    papers = knowledge.graph.papers
    parts: list[nodes.Node] = []
    for words, keys in (("Cites", cites), ("Is cited by", cited_by)):
        items: list[list[Inline]] = [
            [paper_link(papers[key]), f", {papers[key].title}"] for key in keys if key in papers
        ]
        if items:
            parts += [para(strong(f"{words}:")), bullets(items)]
    if not parts:
        parts = [para("OpenAlex knows of no citation between it and another work of this graph.")]
    return [section("Citations within this graph", *parts, ident="citations")]


def _recorded(knowledge: Knowledge, paper: Paper) -> list[nodes.Node]:
    """What OpenAlex says of the work, and where that contradicts the bibliography."""
    facts = knowledge.records.get(paper.key, ())
    if not facts:
        return []
    parts: list[nodes.Node] = []
    for fact in facts:
        words: list[Inline] = [link(fact.record, f"https://openalex.org/{fact.record}")]
        words += [f", retrieved {fact.provenance.retrieved[:10]}" if fact.provenance.retrieved else ""]
        words += [
            ". Marked as retracted" if fact.is_retracted else "",
            ". Withdrawn" if fact.is_withdrawn else "",
            ".",
        ]
        parts.append(para(*words))
    rows: list[Row] = [
        [[conflict.aspect], [conflict.stated], [conflict.recorded]]
        for fact in facts
        for conflict in fact.conflicts
    ]
    if rows:
        parts.append(para("It differs from the bibliography; neither is taken to be right:"))
        parts.append(table(["What", "Bibliography", "OpenAlex"], rows, classes=["kg-conflicts"]))
    else:
        parts.append(para("It agrees with the bibliography."))
    return [section("In OpenAlex", *parts, ident="openalex")]
