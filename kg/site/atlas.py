"""The layout of the concept map: every topic area drawn by itself, the areas packed on shelves like an atlas.

One drawing of the whole graph by forces is unreadable at any speed; areas keep neighbours together, and computing
places here means that the reader's browser only paints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

from kg.site.graphviz import Point, Size
from kg.site.graphviz import lay_out as lay_out_boxes

PADDING = 16
HEADING = 64
GAP = 24
PROPORTION = 1.6


@dataclass(frozen=True)
class Place:
    """Centre and size of a box."""

    x: float
    y: float
    width: float
    height: float


def lay_out(
    areas: Mapping[str, Iterable[str]], sizes: Mapping[str, Size], edges: Iterable[tuple[str, str]]
) -> tuple[dict[str, Place], dict[str, Place]]:
    """Places of all boxes and of the areas that hold them; ``edges`` run in reading order."""
    edges = sorted(set(edges))
    drawn = {area: _area(sorted(members), sizes, edges) for area, members in sorted(areas.items())}
    corners = _shelves({area: size for area, (_, size) in drawn.items()})
    boxes: dict[str, Place] = {}
    frames: dict[str, Place] = {}
    for area, (places, size) in drawn.items():
        left, top = corners[area]
        frames[area] = Place(left + size.width / 2, top + size.height / 2, size.width, size.height)
        for name, (x, y) in places.items():
            boxes[name] = Place(round(left + x, 1), round(top + y, 1), sizes[name].width, sizes[name].height)
    return boxes, frames


def _area(
    members: list[str], sizes: Mapping[str, Size], edges: list[tuple[str, str]]
) -> tuple[dict[str, Point], Size]:
    """Places inside one area, from its upper left corner, and its size with padding and heading."""
    inside = set(members)
    joined = [edge for edge in edges if inside.issuperset(edge)]
    linked = {name for edge in joined for name in edge}
    loose = _rows([name for name in members if name not in linked])
    own = {name: sizes[name] for name in members}
    layout = lay_out_boxes(own, [*joined, *loose], ranksep="0.3", nodesep="0.12")
    places = {name: (x + PADDING, y + PADDING + HEADING) for name, (x, y) in layout.centres.items()}
    return places, Size(layout.size.width + 2 * PADDING, layout.size.height + 2 * PADDING + HEADING)


def _rows(loose: list[str]) -> list[tuple[str, str]]:
    """Lines, never drawn, that set boxes without lines in rows of about a square, not in one tall column."""
    per_row = max(1, round(sqrt(len(loose)) / 1.6))
    return [(a, b) for place, (a, b) in enumerate(pairwise(loose), 1) if place % per_row]


def _shelves(sizes: Mapping[str, Size]) -> dict[str, Point]:
    """Upper left corners of rectangles set on shelves, tallest first, in about the shape of a screen."""
    total = sum((size.width + GAP) * (size.height + GAP) for size in sizes.values())
    widest = max((size.width for size in sizes.values()), default=0)
    tried = [_shelved(sizes, max(widest, sqrt(total * step / 4))) for step in range(4, 17)]
    return min(tried, key=lambda corners: abs(log(_proportion(corners, sizes) / PROPORTION)))


@dataclass
class _Stack:
    """Areas one below the other on a shelf: the left edge and width, the next free height, the shelf's floor."""

    left: float
    width: float
    free: float
    floor: float


def _shelved(sizes: Mapping[str, Size], shelf_width: float) -> dict[str, Point]:
    """On a shelf as high as its first area, lower areas are stacked while there is room beneath one."""
    corners: dict[str, Point] = {}
    stacks: list[_Stack] = []
    right = top = floor = 0.0
    for area in sorted(sizes, key=lambda name: (-sizes[name].height, name)):
        size = sizes[area]
        fits = (s for s in stacks if size.width <= s.width and s.free + size.height <= s.floor)
        stack = next(fits, None)
        if stack is None:
            if right + size.width > shelf_width or not stacks:
                right, top = 0.0, floor and floor + GAP
                floor = top + size.height
            stack = _Stack(right, size.width, top, floor)
            stacks.append(stack)
            right += size.width + GAP
        corners[area] = (stack.left, stack.free)
        stack.free += size.height + GAP
    return corners


def _proportion(corners: Mapping[str, Point], sizes: Mapping[str, Size]) -> float:
    """Width over height of everything together."""
    right = max((x + sizes[area].width for area, (x, _) in corners.items()), default=1.0)
    bottom = max((y + sizes[area].height for area, (_, y) in corners.items()), default=1.0)
    return right / bottom
