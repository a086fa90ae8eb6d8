"""Places for boxes and lines, computed by Graphviz's ``dot`` inside the Python process (pygraphviz brings it along).

Graphviz is given sizes and no text. So a layout depends on nothing but its input: not on the fonts of a machine,
and not on whether Graphviz's own font library agrees with that machine's font configuration.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]

LINE_HEIGHT = 15
LETTER_WIDTH = 7.1


@dataclass(frozen=True)
class Size:
    """Width and height in pixels."""

    width: float
    height: float


@dataclass(frozen=True)
class Layout:
    """Centres of the boxes, and for each line the control points of its Bézier curve; y grows downwards."""

    size: Size
    centres: Mapping[str, Point]
    curves: Sequence[Sequence[Point]]


def wrapped(label: str, letters: int = 26) -> str:
    """A label broken into lines of about so many letters, which make a compact box."""
    return "\n".join(textwrap.wrap(label, letters, break_long_words=False)) or label


def box_size(label: str) -> Size:
    """The size of the box around a label already broken into lines, in a 12-pixel type."""
    lines = label.split("\n")
    longest = max(len(line) for line in lines)
    return Size(round(longest * LETTER_WIDTH + 18), len(lines) * LINE_HEIGHT + 12)


def lay_out(sizes: Mapping[str, Size], lines: Sequence[tuple[str, str]], **settings: str) -> Layout:
    """Boxes in layers from left to right, joined by lines; ``settings`` are Graphviz's own."""
    import pygraphviz

    drawing = pygraphviz.AGraph(directed=True, strict=False)
    drawing.graph_attr.update(rankdir="LR", **settings)
    drawing.node_attr.update(shape="box", label="", fixedsize="true")
    drawing.edge_attr.update(dir="none")
    for name, size in sizes.items():
        drawing.add_node(name, width=size.width / 72, height=size.height / 72)
    for number, (source, target) in enumerate(lines):
        drawing.add_edge(source, target, key=str(number))
    drawing.layout(prog="dot")
    _, _, width, height = (float(number) for number in drawing.graph_attr["bb"].split(","))

    def point(text: str) -> Point:
        x, y = (float(number) for number in text.split(","))
        return round(x, 1), round(height - y, 1)

    centres = {name: point(drawing.get_node(name).attr["pos"]) for name in sizes}
    curves = [
        [point(text) for text in drawing.get_edge(source, target, str(number)).attr["pos"].split()]
        for number, (source, target) in enumerate(lines)
    ]
    return Layout(Size(width, height), centres, curves)
