"""What the concept map and the citation view draw: boxes, lines and filters as plain data for the page's script.

The same data feed the drawing and the table that needs no script. Every field is text or a number; the page turns
``docname`` into an address and escapes all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.path import EQUIVALENCES, SUPPORTS, rank, usable_claims
from kg.site.atlas import lay_out_area
from kg.site.graphviz import Size, box_size, wrapped
from kg.site.knowledge import short_citation
from kg.site.neighbourhood import Line, claim_lines
from kg.site.status import STRENGTHS, Status, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.graph import Claim, Concept
    from kg.site.knowledge import Knowledge

Entry = dict[str, Any]
"""A box: ``id``, ``docname``, ``title``, ``sign`` and ``label``, ``words`` to search, values to filter by, its place in its area."""

Filter = tuple[str, str, list[tuple[str, str]]]
"""A filter: the field of a box it looks at, its words, its options as (value, words)."""

LEVELS = (*(name.lower() for name in STRENGTHS), "canttell", "failed", "none")
"""Every strength a claim can be shown with, strongest first."""


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


def map_data(knowledge: Knowledge, *, is_drawn: bool = True, topic: str = "") -> dict[str, Any]:
    """All concepts and claims with their lines, or those of one topic; without places where nothing is drawn."""
    graph = knowledge.graph
    lines = list(graph_lines(knowledge))
    usable = {claim.name for claim in usable_claims(graph, (*EQUIVALENCES, *SUPPORTS))}
    entries = {name: _concept_entry(concept) for name, concept in graph.concepts.items()}
    for name, claim in graph.claims.items():
        entries[name] = _claim_entry(knowledge, claim, is_usable=name in usable)
    if topic:
        kept = _of_topic(knowledge, topic)
        entries = {name: entry for name, entry in entries.items() if name in kept}
        lines = [line for line in lines if kept.issuperset((line_name(line.source), line_name(line.target)))]
    data: dict[str, Any] = {
        "nodes": list(entries.values()),
        "edges": [[line_name(line.source), line_name(line.target), line.relation] for line in lines],
        "upwards": sorted(set(_upwards(knowledge, lines))),
        "areas": [],
        "connects": {"equivalences": EQUIVALENCES, "supports": SUPPORTS},
    }
    if is_drawn:
        data["areas"] = _placed(knowledge, entries, lines)
    return data


def _of_topic(knowledge: Knowledge, topic: str) -> set[str]:
    """Concepts and claims of a topic, and the concepts that those claims speak of."""
    graph = knowledge.graph
    claims = [claim for claim in graph.claims.values() if claim.topic == topic]
    spoken_of = {name for claim in claims for name in claim.concepts if name in graph.concepts}
    own = {concept.name for concept in graph.concepts.values() if concept.topic == topic}
    return own | spoken_of | {claim.name for claim in claims}


def _upwards(knowledge: Knowledge, lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """Pairs (lower, upper): a kind below what it is a kind of, a case below what it reduces to, a claim below its concepts."""
    claims = knowledge.graph.claims
    for line in lines:
        source, target = line_name(line.source), line_name(line.target)
        if line.relation == "left" and claims[source].kind == "Reduction":
            yield target, source
        elif line.relation in {"broader", "left", "right", "about"}:
            yield source, target


def _concept_entry(concept: Concept) -> Entry:
    words = " ".join(concept.alt_labels)
    return _entry(f"concept/{concept.name}", concept.label, concept.topic, words, kind=["concept"])


def _claim_entry(knowledge: Knowledge, claim: Claim, *, is_usable: bool) -> Entry:
    graph, evidence = knowledge.graph, claim.evidence
    papers = sorted({source.paper for source in claim.sources if source.paper in graph.papers})
    years = sorted({year for key in papers if (year := graph.papers[key].year)})
    status = status_of(knowledge, claim)
    made = _entry(
        f"claim/{claim.name}",
        knowledge.title(claim.name),
        claim.topic,
        claim.statement,
        status,
        kind=["claim", claim.kind],
        paper=papers,
        years=years,
    )
    if is_usable:
        established = evidence.strength if evidence and evidence.outcome == "passed" else None
        labels = [graph.conditions[name].label for name in claim.conditions if name in graph.conditions]
        made |= {"rank": rank(established), "conditions": labels}
        made |= {"upTo": (claim.up_to or "a group").lower()} if claim.kind == "EqualUpTo" else {}
    return made


def _entry(
    docname: str, title: str, topic: str, words: str, status: Status | None = None, **fields: Any
) -> Entry:
    return {
        "id": line_name(docname),
        "docname": docname,
        "title": title,
        "label": wrapped(f"{status.sign} {title}" if status else title),
        "sign": status.sign if status else "",
        "words": words,
        "topic": topic,
        "strength": status.level if status else "",
        "freshness": status.freshness if status else "",
        "summary": status.summary if status else "concept",
        **fields,
    }


def line_name(docname: str) -> str:
    """The name in a page's name: ``claim/foo`` is ``foo``."""
    return docname.partition("/")[2]


def _placed(knowledge: Knowledge, entries: Mapping[str, Entry], lines: Iterable[Line]) -> list[Entry]:
    """Give every entry its place in its area; returns the areas that hold them."""
    members: dict[str, list[str]] = {}
    for name, entry in entries.items():
        members.setdefault(entry["topic"], []).append(name)
    sizes = {name: box_size(entry["label"]) for name, entry in entries.items()}
    read = [_in_reading_order(line) for line in lines]
    areas: list[Entry] = []
    for topic in sorted(members):
        places, size = lay_out_area(members[topic], sizes, read)
        for name, (x, y) in places.items():
            box = {"x": x, "y": y, "width": sizes[name].width, "height": sizes[name].height}
            entries[name].update(box, area=len(areas))
        title = knowledge.topic_title(topic)
        areas.append({"field": "topic", "value": topic, "title": title, **area_size(size)})
    return areas


def area_size(size: Size) -> dict[str, float]:
    """How an area's size is written."""
    return {"width": round(size.width, 1), "height": round(size.height, 1)}


def _in_reading_order(line: Line) -> tuple[str, str]:
    source, target = line_name(line.source), line_name(line.target)
    return (target, source) if line.backwards else (source, target)


def map_filters(knowledge: Knowledge) -> list[Filter]:
    """What the map and its table can be narrowed by."""
    graph = knowledge.graph
    claims = graph.claims.values()
    statuses = [status_of(knowledge, claim) for claim in claims]
    kinds = [kind for kind in graph.kinds if any(claim.kind == kind for claim in claims)]
    levels = {status.level: status.strength for status in statuses}
    fresh = {status.freshness: status.freshness_in_words.partition(":")[0] for status in statuses}
    cited = {source.paper for claim in claims for source in claim.sources}
    papers = [paper for paper in graph.papers.values() if paper.key in cited]
    return [
        ("topic", "Area", [("", "all"), *((topic, knowledge.topic_title(topic)) for topic in graph.topics)]),
        (
            "kind",
            "Kind",
            [("", "everything"), ("concept", "concepts"), ("claim", "claims")]
            + [(kind, knowledge.word(kind)) for kind in kinds],
        ),
        ("strength", "Strength", [("", "any"), *((one, levels[one]) for one in LEVELS if one in levels)]),
        ("freshness", "Evidence", [("", "any"), *sorted(fresh.items())]),
        (
            "paper",
            "Paper",
            [
                ("", "any"),
                *sorted(((paper.key, short_citation(paper)) for paper in papers), key=lambda it: it[1]),
            ],
        ),
    ]
