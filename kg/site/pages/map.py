"""The page of the concept map: the data of the drawing, and the same as two tables that need no script."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from docutils import nodes

from kg.site.atlas import Place, lay_out
from kg.site.doctree import (
    Inline,
    Row,
    badge,
    claim_link,
    concept_link,
    para,
    section,
    span,
    table,
    topic_link,
)
from kg.site.figures import RELATIONS, kg_map, row_mark
from kg.site.graphviz import box_size, wrapped
from kg.site.neighbourhood import Line, claim_lines
from kg.site.status import STRENGTHS, Status, status_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.site.knowledge import Knowledge


def map_page(knowledge: Knowledge) -> nodes.section:
    """The whole page."""
    lines = list(graph_lines(knowledge))
    figure = kg_map("", data=json.dumps(_data(knowledge, lines), sort_keys=True), choices=_choices(knowledge))
    return section(
        "Concept map",
        para(
            "Every concept and every claim. A claim stands between its two sides; its colour and sign say how "
            "strongly it is established, a solid border that the evidence is current, a dashed one that it is "
            "stale, a dotted one that there is none. Choose a box to read its page."
        ),
        _legend(knowledge),
        figure,
        section("All concepts and claims", _node_table(knowledge), ident="nodes"),
        section("All connections", _edge_table(knowledge, lines), ident="edges"),
        ident="map",
    )


def graph_lines(knowledge: Knowledge) -> Iterator[Line]:
    """Every typed line of the graph: claims to their concepts and repairs, concepts to each other."""
    graph = knowledge.graph
    known = {f"concept/{name}" for name in graph.concepts} | {f"claim/{name}" for name in graph.claims}
    for claim in graph.claims.values():
        yield from (line for line in claim_lines(claim) if line.target in known)
    for concept in graph.concepts.values():
        own = f"concept/{concept.name}"
        for name in concept.broader:
            if f"concept/{name}" in known:
                yield Line(own, f"concept/{name}", "broader")
        for name in concept.related:
            # Stated from both ends or from one, it is one line.
            if f"concept/{name}" in known and (
                concept.name < name or concept.name not in graph.concepts[name].related
            ):
                yield Line(own, f"concept/{name}", "related")


def _data(knowledge: Knowledge, lines: list[Line]) -> dict[str, Any]:
    graph = knowledge.graph
    entries: dict[str, dict[str, Any]] = {}
    for concept in graph.concepts.values():
        words = " ".join(concept.alt_labels)
        entries[concept.name] = _entry(
            f"concept/{concept.name}", "concept", concept.label, concept.topic, words
        )
    for claim in graph.claims.values():
        status = status_of(knowledge, claim)
        title = knowledge.title(claim.name)
        entries[claim.name] = _entry(
            f"claim/{claim.name}", claim.kind, title, claim.topic, claim.statement, status
        )
    areas: dict[str, list[str]] = {}
    for name, entry in entries.items():
        areas.setdefault(entry["topic"], []).append(name)
    sizes = {name: box_size(entry["label"]) for name, entry in entries.items()}
    boxes, frames = lay_out(areas, sizes, [_in_reading_order(line) for line in lines])
    for name, entry in entries.items():
        entry |= asdict(boxes[name])
    return {
        "nodes": list(entries.values()),
        "edges": [
            {"source": _name(line.source), "target": _name(line.target), "relation": line.relation}
            for line in lines
        ],
        "areas": [
            {"topic": topic, "title": knowledge.topic_title(topic), **_frame(frames[topic])}
            for topic in frames
        ],
        "relations": RELATIONS,
    }


def _frame(place: Place) -> dict[str, float]:
    return {key: round(value, 1) for key, value in asdict(place).items()}


def _entry(
    docname: str, kind: str, title: str, topic: str, words: str, status: Status | None = None
) -> dict[str, Any]:
    return {
        "id": _name(docname),
        "docname": docname,
        "kind": kind,
        "title": title,
        "label": wrapped(f"{status.sign} {title}" if status else title),
        "words": words,
        "topic": topic,
        "strength": status.level if status else "",
        "freshness": status.freshness if status else "",
        "summary": status.summary if status else "concept",
    }


def _name(docname: str) -> str:
    return docname.partition("/")[2]


def _in_reading_order(line: Line) -> tuple[str, str]:
    source, target = _name(line.source), _name(line.target)
    return (target, source) if line.backwards else (source, target)


def _choices(knowledge: Knowledge) -> list[tuple[str, str, list[tuple[str, str]]]]:
    claims = knowledge.graph.claims.values()
    kinds = [kind for kind in knowledge.graph.kinds if any(claim.kind == kind for claim in claims)]
    levels = {status.level: status.strength for status in (status_of(knowledge, claim) for claim in claims)}
    ordered = [*(name.lower() for name in STRENGTHS), "canttell", "failed", "none"]
    return [
        (
            "kind",
            "Kind",
            [("", "everything"), ("concept", "concepts"), ("claim", "claims")]
            + [(kind, knowledge.word(kind)) for kind in kinds],
        ),
        (
            "strength",
            "Strength",
            [("", "any")] + [(level, levels[level]) for level in ordered if level in levels],
        ),
        (
            "topic",
            "Area",
            [("", "all")] + [(topic, knowledge.topic_title(topic)) for topic in knowledge.graph.topics],
        ),
    ]


def _legend(knowledge: Knowledge) -> nodes.paragraph:
    seen = {
        status.level: status for status in (status_of(knowledge, c) for c in knowledge.graph.claims.values())
    }
    parts: list[Inline] = [span("concept", "kg-badge", "kg-concept")]
    for level in [*(name.lower() for name in STRENGTHS), "canttell", "failed", "none"]:
        if level in seen:
            status = seen[level]
            parts += [" ", span(f"{status.sign} {status.strength}", "kg-badge", f"kg-{level}", "kg-current")]
    return para(*parts, classes=["kg-legend"])


def _node_table(knowledge: Knowledge) -> nodes.table:
    rows: list[Row] = []
    for concept in knowledge.graph.concepts.values():
        name: list[Inline] = [row_mark(concept.name), concept_link(knowledge, concept.name)]
        rows.append([name, [""], ["concept"], [topic_link(knowledge, concept.topic)]])
    for claim in knowledge.graph.claims.values():
        status = status_of(knowledge, claim)
        name = [row_mark(claim.name), claim_link(knowledge, claim.name)]
        fares: list[Inline] = [badge(status), f" {status.freshness_in_words}"]
        rows.append([name, fares, [knowledge.word(claim.kind)], [topic_link(knowledge, claim.topic)]])
    return table(["Name", "Strength and freshness", "Kind", "Area"], rows, classes=["kg-twin"])


def _edge_table(knowledge: Knowledge, lines: list[Line]) -> nodes.table:
    rows: list[Row] = [
        [
            [row_mark(_name(line.source), _name(line.target)), _end(knowledge, line.source)],
            [RELATIONS[line.relation]],
            [_end(knowledge, line.target)],
        ]
        for line in lines
    ]
    return table(["From", "Connection", "To"], rows, classes=["kg-twin"])


def _end(knowledge: Knowledge, docname: str) -> nodes.Node:
    kind, _, name = docname.partition("/")
    return concept_link(knowledge, name) if kind == "concept" else claim_link(knowledge, name)
