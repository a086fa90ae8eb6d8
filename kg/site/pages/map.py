"""The concept map and the citation view, each a drawing and, for every reader without a script, the same in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.citations import citation_data, citation_filters, citation_lines, cited_works
from kg.site.doctree import (
    Inline,
    Row,
    page_link,
    paper_link,
    para,
    section,
    span,
    table,
)
from kg.site.interactive import interactive_map, row_mark
from kg.site.mapdata import LEVELS, map_data, map_filters
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
        map_data(knowledge), map_filters(knowledge), name="Concept map", ways=_WAYS, twins=_twins("drawing")
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
    return interactive_map(data, filters, name=name, ways=_WAYS, twins=_twins("drawing"))


def map_table_page(knowledge: Knowledge) -> nodes.section:
    """The same as a table."""
    return _in_words(
        knowledge,
        "table",
        para(
            "Everything the ", page_link("map", "concept map"), " shows, area by area, line by line. ", _FRESH
        ),
    )


def map_tree_page(knowledge: Knowledge) -> nodes.section:
    """The same as a tree."""
    return _in_words(
        knowledge,
        "tree",
        para(
            "Everything the ",
            page_link("map", "concept map"),
            " shows, by area: a kind of something below what it is a kind of, a claim below the concept that it speaks "
            "of first. What joins two areas is in the ",
            page_link("map-table", "table"),
            f". {_FRESH}",
        ),
    )


_FRESH = "Evidence is current unless it is said to be stale."
_FORMS = {"drawing": "map", "table": "map-table", "tree": "map-tree"}


def _twins(form: str) -> list[tuple[str, str]]:
    """The pages that show the same in the other forms."""
    return [(docname, other) for other, docname in _FORMS.items() if other != form]


def _in_words(knowledge: Knowledge, form: str, lead: nodes.paragraph) -> nodes.section:
    shown = interactive_map(
        map_data(knowledge, is_drawn=False),
        map_filters(knowledge),
        name="Concept map",
        ways=_WAYS,
        twins=_twins(form),
        form=form,
    )
    return section(f"Concept map as a {form}", lead, shown, ident=f"map-{form}")


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
        twins=[("citations-table", "table")],
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
        twins=[("citations", "drawing")],
        form="fields",
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
    columns = {"cites": "Cites", "cited": "Is cited by", "together": "Behind one claim with"}
    # A column of which nothing is known would look as if nobody cited anybody.
    known = [relation for relation in columns if any(relation in lines for lines in joined.values())]
    rows: list[Row] = [
        [
            [str(paper.year or "unknown")],
            [row_mark(paper.key), paper_link(paper), f". {paper.title}"],
            *(_works(papers, joined[paper.key].get(relation, ())) for relation in known),
        ]
        for paper in sorted(papers.values(), key=lambda paper: (paper.year or 0, paper.key))
    ]
    head = ["Year", "Work", *(columns[relation] for relation in known)]
    return table(head, rows, classes=["kg-twin"])


def _works(papers: Mapping[str, Paper], keys: Sequence[str]) -> list[Inline]:
    return _commas([[paper_link(papers[key])] for key in keys])
