"""The citation view: the works of the bibliography in columns by year, joined by who cites whom as far as is known."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, groupby
from math import sqrt
from typing import TYPE_CHECKING, Any

from kg.site.graphviz import Size, box_size, wrapped
from kg.site.knowledge import short_citation
from kg.site.mapdata import area_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.graph import Paper
    from kg.site.knowledge import Knowledge
    from kg.site.mapdata import Entry, Filter

ROW_GAP = 14
HEADING = 44
PADDING = 14


def cited_works(knowledge: Knowledge) -> Mapping[str, tuple[str, ...]]:
    """Work → the works here that it is recorded to cite; a work of which no record exists is absent."""
    from kg.literature.catalogue import citations

    return citations(knowledge.graph)


def citation_lines(knowledge: Knowledge) -> Iterator[tuple[str, str, str]]:
    """(citing, cited, "cites"), and (work, work, "together") for two that one claim rests on."""
    for key, others in cited_works(knowledge).items():
        for other in others:
            yield key, other, "cites"
    together = {
        pair
        for claim in knowledge.graph.claims.values()
        for pair in combinations(sorted({source.paper for source in claim.sources}), 2)
    }
    for one, other in sorted(together):
        if one in knowledge.graph.papers and other in knowledge.graph.papers:
            yield one, other, "together"


def citation_data(knowledge: Knowledge, *, is_drawn: bool = True) -> dict[str, Any]:
    """All works with their lines; without places where nothing is drawn."""
    papers = knowledge.graph.papers
    lines = list(citation_lines(knowledge))
    topics: dict[str, Counter[str]] = {key: Counter() for key in papers}
    for claim in knowledge.graph.claims.values():
        for key in {source.paper for source in claim.sources} & topics.keys():
            topics[key][claim.topic] += 1
    entries = {key: _entry(paper, topics[key]) for key, paper in papers.items()}
    return {
        "nodes": list(entries.values()),
        "edges": lines,
        # Upwards is back in time: what a work rests on.
        "upwards": [(source, target) for source, target, relation in lines if relation == "cites"],
        "areas": _placed(entries, papers) if is_drawn else [],
        "isInOrder": True,  # columns of years are read one after the other
    }


def _entry(paper: Paper, topics: Counter[str]) -> Entry:
    title = short_citation(paper)
    claims = sum(topics.values())
    about = "1 claim cites it" if claims == 1 else f"{claims} claims cite it"
    return {
        "id": paper.key,
        "docname": f"paper/{paper.key}",
        "title": title,
        "label": wrapped(title),
        "words": f"{paper.title} {paper.author_list} {paper.venue or ''}",
        "summary": f"{paper.title} ({about})",
        "kind": [paper.entry_type],
        "topic": sorted(topics),
        "years": [paper.year] if paper.year else [],
        "strength": "",
        "freshness": "",
    }


def _placed(entries: Mapping[str, Entry], papers: Mapping[str, Paper]) -> list[Entry]:
    """Give every work its place in a column; returns the columns with their years as areas, oldest first."""
    in_time = sorted(papers, key=lambda key: (papers[key].year or 0, key))
    areas: list[Entry] = []
    for keys in _columns(in_time, papers):
        years = [str(papers[key].year or "no year") for key in keys]
        title = years[0] if years[0] == years[-1] else f"{years[0]} – {years[-1]}"
        size = _column(keys, entries, len(areas))
        areas.append({"field": "", "value": "", "title": title, **area_size(size)})
    return areas


def _columns(keys: Sequence[str], papers: Mapping[str, Paper]) -> Iterator[list[str]]:
    """Whole years together as long as they fit, in columns high enough for the shape of a screen."""
    most = max(6, round(sqrt(3.6 * len(keys))))
    column: list[str] = []
    for _, group in groupby(keys, lambda key: papers[key].year):
        year = list(group)
        if column and len(column) + len(year) > most:
            yield column
            column = []
        column += year
        while len(column) > most:
            yield column[:most]
            column = column[most:]
    if column:
        yield column


def _column(keys: Sequence[str], entries: Mapping[str, Entry], area: int) -> Size:
    sizes = {key: box_size(entries[key]["label"]) for key in keys}
    width = max(size.width for size in sizes.values()) + 2 * PADDING
    y = float(HEADING)
    for key, size in sizes.items():
        place = {"x": width / 2, "y": y + size.height / 2}
        entries[key].update(place, width=size.width, height=size.height, area=area)
        y += size.height + ROW_GAP
    return Size(width, y)


def citation_filters(knowledge: Knowledge) -> list[Filter]:
    """What the works can be narrowed by."""
    kinds = sorted({paper.entry_type for paper in knowledge.graph.papers.values()})
    topics = [(topic, knowledge.topic_title(topic)) for topic in knowledge.graph.topics]
    return [
        ("topic", "Area", [("", "all"), *topics]),
        ("kind", "Kind", [("", "every kind"), *((kind, kind) for kind in kinds)]),
    ]
