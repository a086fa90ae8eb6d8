"""Where a thing sits: a small drawing of what it is joined to, as SVG with links, laid out by Graphviz.

The picture needs no script, prints, and is walked with the keyboard. What it shows is also said in words on the
page, so that nothing depends on seeing it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from kg.site.graphviz import LINE_HEIGHT, Point, Size, box_size, lay_out, wrapped
from kg.site.status import status_of

if TYPE_CHECKING:
    from kg.graph import Claim, Concept
    from kg.site.knowledge import Knowledge

MOST_CLAIMS = 10
"""A drawing of more claims than this is unreadable; the page lists them all."""

LETTERS = 19
"""Letters to a line in a box: the narrower the boxes, the more ranks of them fit a column."""

MARGIN = 5
"""Pixels around a drawing, so that the thick border of a box at the edge is not cut."""


@dataclass(frozen=True)
class Box:
    """One box: ``docname`` is the page it links to, ``level`` its style."""

    docname: str
    label: str
    level: str
    freshness: str = ""


@dataclass(frozen=True)
class Line:
    """One line between the pages ``source`` and ``target``; ``backwards`` swaps them in the layout only."""

    source: str
    target: str
    relation: str
    backwards: bool = False


@dataclass(frozen=True)
class Figure:
    """A drawing around ``centre``."""

    centre: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def around_concept(knowledge: Knowledge, concept: Concept) -> Figure:
    """A concept with its claims, their other sides, and what is broader, narrower and related."""
    own = f"concept/{concept.name}"
    names = {concept.name}
    lines: list[Line] = []
    claims = list(knowledge.graph.claims_about(concept.name, narrower=False))[:MOST_CLAIMS]
    for claim in claims:
        lines += claim_lines(claim)
        names |= set(claim.concepts)
    for other in concept.broader:
        lines.append(Line(own, f"concept/{other}", "broader"))
    for other in concept.narrower:
        lines.append(Line(f"concept/{other}", own, "broader"))
    for other in knowledge.related_to(concept):
        lines.append(Line(own, f"concept/{other}", "related"))
    names |= {*concept.broader, *concept.narrower, *knowledge.related_to(concept)}
    return _figure(knowledge, own, names, claims, lines)


def around_claim(knowledge: Knowledge, claim: Claim) -> Figure:
    """A claim with its concepts, the claims that share both of its sides, and what repairs what."""
    claims = [claim, *claims_beside(knowledge, claim)][:MOST_CLAIMS]
    lines = [line for each in claims for line in claim_lines(each)]
    names = set(claim.concepts)
    kept = names | {each.name for each in claims}
    lines = [
        line for line in lines if line.source.split("/")[1] in kept and line.target.split("/")[1] in kept
    ]
    return _figure(knowledge, f"claim/{claim.name}", names, claims, lines)


def claims_beside(knowledge: Knowledge, claim: Claim) -> list[Claim]:
    """The claims that share a concept with this one, and those that repair it or that it repairs."""
    found = []
    for other in knowledge.graph.claims.values():
        repairs = other.repaired_by == claim.name or claim.repaired_by == other.name
        shared = len({*claim.concepts} & {*other.concepts})
        if other.name != claim.name and (repairs or shared):
            found.append((not repairs, -shared, other.name))
    return [knowledge.graph.claims[name] for _, _, name in sorted(found)]


def claim_lines(claim: Claim) -> list[Line]:
    """The lines that leave a claim."""
    own = f"claim/{claim.name}"
    sides = [name for name in (claim.left, claim.right) if name]
    lines = [Line(own, f"concept/{name}", "about") for name in claim.about if name not in sides]
    if claim.left:
        lines.append(Line(own, f"concept/{claim.left}", "left", backwards=True))
    if claim.right:
        lines.append(Line(own, f"concept/{claim.right}", "right"))
    if claim.repaired_by:
        lines.append(Line(own, f"claim/{claim.repaired_by}", "repairedBy"))
    return lines


def _figure(
    knowledge: Knowledge, centre: str, concepts: set[str], claims: list[Claim], lines: list[Line]
) -> Figure:
    known = knowledge.graph.concepts
    boxes = [
        Box(f"concept/{name}", known[name].label, "concept") for name in sorted(concepts) if name in known
    ]
    for claim in claims:
        status = status_of(knowledge, claim)
        label = f"{status.sign} {knowledge.title(claim.name)}"
        boxes.append(Box(f"claim/{claim.name}", label, status.level, status.freshness))
    drawn = {box.docname for box in boxes}
    kept = sorted(
        {line for line in lines if line.source in drawn and line.target in drawn},
        key=lambda line: (line.source, line.target, line.relation),
    )
    return Figure(centre, tuple(boxes), tuple(kept))


def svg(figure: Figure, address: Callable[[str], str], words: Callable[[str], str]) -> str:
    """The drawing as an SVG element; ``address`` gives the link to a page, ``words`` says a relation."""
    labels = {box.docname: wrapped(box.label, LETTERS) for box in figure.boxes}
    sizes = {docname: box_size(label) for docname, label in labels.items()}
    ends = [
        (line.target, line.source) if line.backwards else (line.source, line.target) for line in figure.lines
    ]
    layout = lay_out(sizes, ends, ranksep="0.25", nodesep="0.14")
    width, height = layout.size.width + 2 * MARGIN, layout.size.height + 2 * MARGIN
    curves = [
        f'<path class="kg-line kg-{line.relation}" d="{_path(curve)}"><title>{escape(words(line.relation))}</title></path>'
        for line, curve in zip(figure.lines, layout.curves, strict=True)
    ]
    boxes = [
        _box(
            box, labels[box.docname], sizes[box.docname], layout.centres[box.docname], figure.centre, address
        )
        for box in figure.boxes
    ]
    # Narrow columns shrink a wide drawing, but never below a readable size: then it scrolls.
    style = f"width:{width:.0f}px;min-width:{0.75 * width:.0f}px"
    frame = f"{-MARGIN} {-MARGIN} {width:.0f} {height:.0f}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{frame}" style="{style}">{"".join([*curves, *boxes])}</svg>'


def _path(curve: Sequence[Point]) -> str:
    (x, y), *rest = curve
    return f"M{x},{y}C{' '.join(f'{x},{y}' for x, y in rest)}"


def _box(box: Box, label: str, size: Size, centre: Point, own: str, address: Callable[[str], str]) -> str:
    """One box with its text; all but the page's own are links."""
    styles = ["kg-box", f"kg-{box.level}", f"kg-{box.freshness}" if box.freshness else ""]
    x, y = centre
    lines = label.split("\n")
    top = y - (len(lines) - 1) * LINE_HEIGHT / 2
    text = "".join(
        f'<text x="{x}" y="{top + place * LINE_HEIGHT:.1f}">{escape(line)}</text>'
        for place, line in enumerate(lines)
    )
    frame = (
        f'<rect x="{x - size.width / 2:.1f}" y="{y - size.height / 2:.1f}" '
        f'width="{size.width}" height="{size.height}" rx="6"/>'
    )
    if box.docname == own:
        return f'<g class="{" ".join([*styles, "kg-centre"])}">{frame}{text}</g>'
    target = escape(address(box.docname), quote=True)
    return f'<a class="{" ".join(styles)}" href="{target}">{frame}{text}</a>'
