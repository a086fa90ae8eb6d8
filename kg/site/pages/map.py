"""The concept map and the citation view, each a drawing and a table that says the same without any script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.citations import citation_data, citation_filters, citation_lines, cited_works
from kg.site.doctree import (
    Inline,
    Row,
    badge,
    claim_link,
    concept_link,
    page_link,
    paper_link,
    para,
    section,
    span,
    table,
    topic_link,
)
from kg.site.interactive import RELATIONS, interactive_map, row_mark
from kg.site.mapdata import LEVELS, graph_lines, line_name, map_data, map_filters
from kg.site.status import status_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.graph import Paper
    from kg.site.knowledge import Knowledge

_WAYS = ("what it is a kind or case of", "what is a kind or case of it")
_TIMES = ("what it cites", "what cites it")


def map_page(knowledge: Knowledge) -> nodes.section:
    """The drawing of all concepts and claims."""
    figure = interactive_map(
        map_data(knowledge), map_filters(knowledge), name="Concept map", ways=_WAYS, twin="map-table"
    )
    return section(
        "Concept map",
        para(
            "Every concept and every claim, by area. A claim stands between its two sides; its colour and sign say "
            "how strongly it is established, a solid border that the evidence is current, a dashed one that it is "
            "stale, a dotted one that there is none. Choose an area to come closer, a box to read its page."
        ),
        _legend(knowledge),
        figure,
        ident="map",
    )


def topic_map(knowledge: Knowledge, topic: str) -> nodes.Element:
    """The drawing of one topic's claims and what they speak of, for a page of an author's; one fits on a page.

    Raises: KeyError if the graph has no such topic.
    """
    if topic not in knowledge.graph.topics:
        raise KeyError(topic)
    filters = [one for one in map_filters(knowledge) if one[0] != "topic"]
    name = f"Concept map: {knowledge.topic_title(topic)}"
    data = map_data(knowledge, topic=topic)
    return interactive_map(data, filters, name=name, ways=_WAYS, twin="map-table")


def map_table_page(knowledge: Knowledge) -> nodes.section:
    """The same as a table."""
    figure = interactive_map(
        map_data(knowledge, is_drawn=False),
        map_filters(knowledge),
        name="Concept map",
        ways=_WAYS,
        twin="map",
        is_drawn=False,
    )
    joined = _joined(knowledge)
    return section(
        "Concept map as a table",
        para("Everything the ", page_link("map", "concept map"), " shows, area by area, line by line."),
        figure,
        section("All concepts and claims", _node_table(knowledge, joined), ident="nodes"),
        ident="map-table",
    )


def _joined(knowledge: Knowledge) -> Mapping[str, list[list[Inline]]]:
    """For each name what it is joined to, in words with links."""
    found: dict[str, list[list[Inline]]] = {}
    for line in graph_lines(knowledge):
        kind, _, name = line.target.partition("/")
        end = concept_link(knowledge, name) if kind == "concept" else claim_link(knowledge, name)
        found.setdefault(line_name(line.source), []).append([f"{RELATIONS[line.relation]} ", end])
    return found


def _node_table(knowledge: Knowledge, joined: Mapping[str, list[list[Inline]]]) -> nodes.table:
    graph = knowledge.graph
    rows: list[Row] = []
    for topic in graph.topics:
        area = topic_link(knowledge, topic)
        for concept in graph.concepts.values():
            if concept.topic == topic:
                name: list[Inline] = [row_mark(concept.name), concept_link(knowledge, concept.name)]
                rows.append([[area.deepcopy()], name, ["concept"], [""], _listed(joined, concept.name), [""]])
        for claim in graph.claims.values():
            if claim.topic == topic:
                status = status_of(knowledge, claim)
                keys = dict.fromkeys(source.paper for source in claim.sources if source.paper in graph.papers)
                papers = _commas([[paper_link(graph.papers[key])] for key in keys])
                fares: list[Inline] = [badge(status), f" {status.freshness_in_words}"]
                name = [row_mark(claim.name), claim_link(knowledge, claim.name)]
                joins = _listed(joined, claim.name)
                rows.append([[area.deepcopy()], name, [knowledge.word(claim.kind)], fares, joins, papers])
    head = ["Area", "Name", "Kind", "Strength and freshness", "Connections", "Papers"]
    return table(head, rows, classes=["kg-twin"])


def _listed(joined: Mapping[str, list[list[Inline]]], name: str) -> list[Inline]:
    return _commas(joined.get(name, []))


def _commas(parts: Sequence[list[Inline]]) -> list[Inline]:
    said = [piece for part in parts for piece in (*part, ", ")]
    return said[:-1] or [""]


def _legend(knowledge: Knowledge) -> nodes.paragraph:
    seen = {
        status.level: status for status in (status_of(knowledge, c) for c in knowledge.graph.claims.values())
    }
    parts: list[Inline] = [span("concept", "kg-badge", "kg-concept")]
    for level in LEVELS:
        if level in seen:
            status = seen[level]
            parts += [" ", span(f"{status.sign} {status.strength}", "kg-badge", f"kg-{level}", "kg-current")]
    return para(*parts, classes=["kg-legend"])


def citations_page(knowledge: Knowledge) -> nodes.section:
    """The drawing of all works by year."""
    figure = interactive_map(
        citation_data(knowledge),
        citation_filters(knowledge),
        name="Citation view",
        ways=_TIMES,
        twin="citations-table",
    )
    return section(
        "Citation view",
        para("Every work of the bibliography, oldest on the left. ", *_known(knowledge)),
        figure,
        ident="citations",
    )


def citations_table_page(knowledge: Knowledge) -> nodes.section:
    """The same as a table."""
    figure = interactive_map(
        citation_data(knowledge, is_drawn=False),
        citation_filters(knowledge),
        name="Citation view",
        ways=_TIMES,
        twin="citations",
        is_drawn=False,
    )
    return section(
        "Citations as a table",
        para("Everything the ", page_link("citations", "citation view"), " shows. ", *_known(knowledge)),
        figure,
        section("All works", _work_table(knowledge), ident="nodes"),
        ident="citations-table",
    )


def _known(knowledge: Knowledge) -> list[Inline]:
    """What is known of citations, so that a missing line is not read as a missing citation."""
    recorded = cited_works(knowledge)
    whole = len(knowledge.graph.papers)
    dotted = "A dotted line joins two works that one claim rests on."
    if not recorded:
        words = f"No record of who cites whom has been fetched yet, so no such line is drawn. {dotted}"
        return [words, " ", *_enrich()]
    number = sum(map(len, recorded.values()))
    known = f"An arrow says that a work cites another, as recorded for {len(recorded)} of {whole} works"
    return [f"{known}: {number} citations. {dotted}"]


def _enrich() -> list[Inline]:
    return ["The command ", nodes.literal("", "kg enrich"), " fetches the records."]


def _work_table(knowledge: Knowledge) -> nodes.table:
    papers = knowledge.graph.papers
    joined: dict[str, dict[str, list[str]]] = {key: {} for key in papers}
    for source, target, relation in citation_lines(knowledge):
        joined[source].setdefault(relation, []).append(target)
        joined[target].setdefault("cited" if relation == "cites" else relation, []).append(source)
    rows: list[Row] = [
        [
            [str(paper.year or "unknown")],
            [row_mark(paper.key), paper_link(paper), f". {paper.title}"],
            *(
                _works(papers, joined[paper.key].get(relation, ()))
                for relation in ("cites", "cited", "together")
            ),
        ]
        for paper in sorted(papers.values(), key=lambda paper: (paper.year or 0, paper.key))
    ]
    head = ["Year", "Work", "Cites", "Is cited by", "Behind one claim with"]
    return table(head, rows, classes=["kg-twin"])


def _works(papers: Mapping[str, Paper], keys: Sequence[str]) -> list[Inline]:
    return _commas([[paper_link(papers[key])] for key in keys])
