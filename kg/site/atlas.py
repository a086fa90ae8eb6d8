"""The layout of the concept map: every topic area drawn by itself, to be set beside the others like maps in an atlas.

One drawing of the whole graph by forces is unreadable at any speed; areas keep neighbours together, and computing
places here means that the reader's browser only paints. Which area stands beside which depends on the shape of the
reader's window, so the browser decides that (``js/shelves.ts``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import sqrt

from kg.site.graphviz import Point, Size
from kg.site.graphviz import lay_out as lay_out_boxes

PADDING = 16
HEADING = 64


def lay_out_area(
    members: Iterable[str], sizes: Mapping[str, Size], edges: Iterable[tuple[str, str]]
) -> tuple[dict[str, Point], Size]:
    """Centres of an area's boxes from its upper left corner, and its size with padding and heading.

    ``edges`` run in reading order; those that leave the area are passed by.
    """
    names = sorted(members)
    inside = set(names)
    joined = [edge for edge in sorted(set(edges)) if inside.issuperset(edge)]
    linked = {name for edge in joined for name in edge}
    loose = _rows([name for name in names if name not in linked])
    own = {name: sizes[name] for name in names}
    layout = lay_out_boxes(own, [*joined, *loose], ranksep="0.3", nodesep="0.12")
    places = {name: (x + PADDING, y + PADDING + HEADING) for name, (x, y) in layout.centres.items()}
    return places, Size(layout.size.width + 2 * PADDING, layout.size.height + 2 * PADDING + HEADING)


def _rows(loose: list[str]) -> list[tuple[str, str]]:
    """Lines, never drawn, that set boxes without lines in rows of about a square, not in one tall column."""
    per_row = max(1, round(sqrt(len(loose)) / 1.6))
    return [(a, b) for place, (a, b) in enumerate(pairwise(loose), 1) if place % per_row]
