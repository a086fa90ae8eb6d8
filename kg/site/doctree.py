"""Small words for building document trees, so that a page reads like its outline.

Pages are built from nodes and never from markup: text that comes from the graph or from BibTeX stays text, whatever
characters it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes

from kg.site.knowledge import Knowledge, short_citation
from kg.site.status import Status, status_of

if TYPE_CHECKING:
    from kg.graph import Claim, Concept, Paper, Place

Inline = nodes.Node | str
"""A piece of a paragraph."""

Row = list[list[Inline]]
"""The cells of a table row, each a list of pieces."""


def settled(tree: nodes.Element) -> nodes.Element:
    """A tree whose text is shown as the graph says it; Sphinx would curl quotes and turn "--" into a dash."""
    for element in tree.findall(nodes.TextElement):
        element["support_smartquotes"] = False
    return tree


def inline(*parts: Inline) -> list[nodes.Node]:
    """Strings become text; nodes stay."""
    return [nodes.Text(part) if isinstance(part, str) else part for part in parts]


def para(*parts: Inline, classes: Sequence[str] = ()) -> nodes.paragraph:
    """A paragraph."""
    return nodes.paragraph("", "", *inline(*parts), classes=list(classes))


def strong(text: str) -> nodes.strong:
    """Text set strongly."""
    return nodes.strong("", text)


def mono(text: str) -> nodes.literal:
    """Text that is typed as it stands."""
    return nodes.literal("", text)


def span(text: str, *classes: str) -> nodes.inline:
    """Text with a style of its own."""
    return nodes.inline("", text, classes=list(classes))


def link(text: str, address: str) -> nodes.Node:
    """A link that leaves the site; an address that is not of the web, such as ``javascript:``, stays text."""
    if not address.lower().startswith(("https://", "http://")):
        return nodes.Text(text)
    return nodes.reference("", text, refuri=address, internal=False)


def section(title: str | Sequence[Inline], *children: nodes.Node, ident: str) -> nodes.section:
    """A section; ``ident`` is its anchor on the page."""
    parts = [title] if isinstance(title, str) else title
    return nodes.section("", nodes.title("", "", *inline(*parts)), *children, ids=[ident])


def bullets(items: Iterable[nodes.Node | Sequence[Inline]], classes: Sequence[str] = ()) -> nodes.bullet_list:
    """A list; an item is a block, or the inline parts of one paragraph."""
    entries = [item if isinstance(item, nodes.Node) else para(*item) for item in items]
    return nodes.bullet_list("", *(nodes.list_item("", entry) for entry in entries), classes=list(classes))


def definitions(pairs: Iterable[tuple[Sequence[Inline], Sequence[Inline]]]) -> nodes.definition_list:
    """Terms and what they mean."""
    return nodes.definition_list(
        "",
        *(
            nodes.definition_list_item(
                "", nodes.term("", "", *inline(*term)), nodes.definition("", para(*meaning))
            )
            for term, meaning in pairs
        ),
        classes=["kg-definitions"],
    )


def table(
    head: Sequence[str], rows: Iterable[Sequence[Sequence[Inline]]], classes: Sequence[str] = ()
) -> nodes.table:
    """A table with a head; a cell holds inline parts."""
    columns = [nodes.colspec(colwidth=1) for _ in head]
    top = nodes.thead("", _row([title] for title in head))
    body = nodes.tbody("", *(_row(row) for row in rows))
    group = nodes.tgroup("", *columns, top, body, cols=len(head))
    return nodes.table("", group, classes=["kg-table", *classes])


def _row(cells: Iterable[Sequence[Inline]]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", para(*cell)) for cell in cells))


def source_code(text: str, language: str, caption: Sequence[Inline] = ()) -> nodes.Element:
    """A listing, with what it is above it."""
    # Forced, because a listing is coloured as well as may be: Pygments does not know all of SPARQL's paths.
    block = nodes.literal_block(text, text, language=language, force=True)
    if not caption:
        return block
    return nodes.container("", para(*caption, classes=["kg-caption"]), block, classes=["kg-listing"])


def place(node: nodes.Node, where: Place) -> nodes.Node:
    """Mark a node and everything in it as coming from a stanza, so that a warning about it says which."""
    for element in node.findall(nodes.Element):
        element.source, element.line = str(where.path), where.line
    return node


_MATHS = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$\n]+)\$|`(?P<code>[^`\n]+)`", re.DOTALL)


def prose(text: str) -> list[nodes.Node]:
    """Paragraphs of plain text in which ``$…$`` and ``$$…$$`` are formulas and `` `…` `` is code."""
    blocks: list[nodes.Node] = []
    for piece in re.split(r"\n\s*\n", text.strip()):
        parts: list[nodes.Node] = []
        for part in _prose_parts(piece):
            if isinstance(part, nodes.math_block):
                if parts:
                    blocks.append(para(*parts))
                blocks.append(part)
                parts = []
            else:
                parts.append(part)
        if any(part.astext().strip() for part in parts):
            blocks.append(para(*parts))
    return blocks


def _prose_parts(text: str) -> Iterable[nodes.Node]:
    end = 0
    for match in _MATHS.finditer(text):
        if match.start() > end:
            yield nodes.Text(text[end : match.start()])
        if match["block"] is not None:
            yield formula(match["block"].strip())
        elif match["inline"] is not None:
            yield nodes.math("", match["inline"])
        else:
            yield mono(match["code"])
        end = match.end()
    if end < len(text):
        yield nodes.Text(text[end:])


def line_of_prose(text: str) -> list[nodes.Node]:
    """The same for one sentence that stands inside a paragraph."""
    return [
        nodes.math("", part.astext()) if isinstance(part, nodes.math_block) else part
        for part in _prose_parts(text)
    ]


def formula(tex: str) -> nodes.math_block:
    """A displayed formula."""
    return nodes.math_block("", tex, nowrap=False, number=None, label=None)


def xref(kind: str, name: str, *label: Inline) -> addnodes.pending_xref:
    """A reference to a page of the graph, checked when the site is put together."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", "", *inline(*(label or (name,)))),
        refdomain="kg",
        reftype=kind,
        reftarget=name,
        refexplicit=True,
        refwarn=True,
    )


def page_link(docname: str, *label: Inline) -> addnodes.pending_xref:
    """A reference to any page of the site by its document name."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", "", *inline(*label)),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{docname}",
        refexplicit=True,
        refwarn=True,
    )


def concept_link(knowledge: Knowledge, name: str) -> addnodes.pending_xref:
    """A concept by its label."""
    concept = knowledge.graph.concepts.get(name)
    return xref("concept", name, concept.label if concept else name)


def claim_link(knowledge: Knowledge, name: str) -> addnodes.pending_xref:
    """A claim by its name, said as a sentence."""
    return xref("claim", name, knowledge.title(name))


def paper_link(paper: Paper) -> addnodes.pending_xref:
    """A paper by its authors and year."""
    return xref("paper", paper.key, short_citation(paper))


def topic_link(knowledge: Knowledge, topic: str) -> addnodes.pending_xref:
    """A topic area."""
    return xref("topic", topic, knowledge.topic_title(topic))


def condition_link(name: str, label: str) -> addnodes.pending_xref:
    """A named condition, explained on the page of conditions."""
    return xref("condition", name, label)


def joined(parts: Iterable[Inline], between: str = ", ") -> list[Inline]:
    """Inline parts with something between each two."""
    found: list[Inline] = []
    for part in parts:
        found += [between, part] if found else [part]
    return found


def badge(status: Status) -> nodes.inline:
    """Strength by sign, colour and word; freshness by border and, unless current, by word."""
    text = f"{status.sign} {status.strength}"
    if status.freshness == "stale":
        text += " (stale)"
    return span(text, "kg-badge", f"kg-{status.level}", f"kg-{status.freshness}")


def claim_item(knowledge: Knowledge, claim: Claim) -> list[Inline]:
    """A claim in a list: badge, linked name, sentence."""
    return [
        badge(status_of(knowledge, claim)),
        " ",
        claim_link(knowledge, claim.name),
        span(f" {claim.statement}", "kg-statement"),
    ]


def concept_item(knowledge: Knowledge, concept: Concept) -> list[Inline]:
    """A concept in a list: linked label and the first sentence of its definition."""
    return [
        concept_link(knowledge, concept.name),
        span(f" {_first_sentence(concept.definition)}", "kg-statement"),
    ]


def _first_sentence(text: str) -> str:
    match = re.match(r".+?[.!?](?=\s|$)", text, re.DOTALL)
    return match[0] if match else text
