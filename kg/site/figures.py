"""The two figures that need nodes of their own: the neighbourhood drawing and the concept map.

Only HTML shows them. Every page also says in words what its figure shows, and that is what other builders print.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

from kg.site.neighbourhood import Figure, svg

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

RELATIONS = {
    "left": "left side",
    "right": "right side",
    "about": "about",
    "broader": "is a kind of",
    "related": "related to",
    "repairedBy": "repaired by",
}
"""How a line between two things is said."""


class kg_neighbourhood(nodes.General, nodes.Element):  # noqa: N801  docutils names nodes so
    """A neighbourhood drawing; ``figure`` is all it shows."""


class kg_map(nodes.General, nodes.Element):  # noqa: N801
    """The concept map; ``data`` is all it shows, ``choices`` what its filters offer."""


class kg_row(nodes.Inline, nodes.TextElement):  # noqa: N801
    """Marks the table row it stands in with the names of the things the row is about."""


def drawing(figure: Figure, title: str) -> nodes.Element:
    """A neighbourhood drawing as a node."""
    return kg_neighbourhood("", figure=figure, title=title)


def _html_neighbourhood(translator: HTML5Translator, node: nodes.Element) -> None:
    def address(docname: str) -> str:
        return translator.builder.get_relative_uri(translator.docnames[0], docname)

    picture = svg(node["figure"], address, lambda relation: RELATIONS[relation])
    title = escape(node["title"], quote=True)
    # Focusable, because a keyboard must be able to scroll a drawing wider than the column.
    translator.body.append(
        f'<div class="kg-drawing" role="group" tabindex="0" aria-label="{title}">{picture}</div>\n'
    )
    raise nodes.SkipNode


def _html_map(translator: HTML5Translator, node: nodes.Element) -> None:
    data: dict[str, Any] = json.loads(node["data"])
    for entry in data["nodes"]:
        entry["url"] = translator.builder.get_relative_uri(translator.docnames[0], entry.pop("docname"))
    # "</script>" inside a title must not end the element.
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    translator.body.append(_MAP.format(choices=_fields(node["choices"]), titles=_titles(data)))
    translator.body.append(f'<script type="application/json" id="kg-map-data">{text}</script>\n')
    raise nodes.SkipNode


_MAP = """\
<div class="kg-map">
<form hidden aria-label="What the map shows">
<label>Search <input type="search" name="text" list="kg-map-titles" autocomplete="off" placeholder="a concept or a claim"></label>
{choices}
<label class="kg-map-depth" hidden>Steps from focus <input type="number" name="depth" min="1" max="9" value="1"></label>
<button type="submit">Focus</button>
<button type="reset">Show all</button>
<button type="button" class="kg-map-fit">Fit</button>
</form>
<datalist id="kg-map-titles">{titles}</datalist>
<p class="kg-map-count" role="status" hidden></p>
<div class="kg-map-canvas" tabindex="0" hidden role="application" aria-label="Concept map. Arrow keys move, Enter opens the page, F focuses, Escape leaves the focus, plus and minus zoom, 0 fits."></div>
<p class="kg-map-card" hidden></p>
<noscript><p>The drawing needs JavaScript; the tables below hold everything it shows.</p></noscript>
</div>
"""


def _fields(choices: list[tuple[str, str, list[tuple[str, str]]]]) -> str:
    """One drop-down list per filter: its name, its words, its options as (value, words)."""
    fields = []
    for name, words, options in choices:
        given = "".join(
            f'<option value="{escape(value, quote=True)}">{escape(said)}</option>' for value, said in options
        )
        fields.append(f'<label>{escape(words)} <select name="{name}">{given}</select></label>')
    return "\n".join(fields)


def _titles(data: dict[str, Any]) -> str:
    return "".join(
        f'<option value="{escape(entry["title"], quote=True)}"></option>' for entry in data["nodes"]
    )


def _html_row(translator: HTML5Translator, node: nodes.Element) -> None:
    names = escape(" ".join(node["names_of"]), quote=True)
    translator.body.append(f'<span data-kg-row="{names}"></span>')
    raise nodes.SkipNode


def row_mark(*names: str) -> nodes.Element:
    """A mark for the map's script: this table row is about these things."""
    return kg_row("", "", names_of=list(names))


def _skip(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    raise nodes.SkipNode


HTML_VISITORS = {kg_neighbourhood: _html_neighbourhood, kg_map: _html_map, kg_row: _html_row}
"""Each node with what writes it in HTML; every other builder skips it."""

skip = _skip
