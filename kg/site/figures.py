"""The figure that needs a node of its own: the neighbourhood drawing.

Only HTML shows it. Every page also says in words what its figure shows, and that is what other builders print.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.interactive import RELATIONS
from kg.site.neighbourhood import Figure, svg

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sphinx.writers.html5 import HTML5Translator


class kg_neighbourhood(nodes.General, nodes.Element):  # noqa: N801  docutils names nodes so
    """A neighbourhood drawing; ``figure`` is all it shows."""


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


def _skip(translator: nodes.NodeVisitor, node: nodes.Element) -> None:
    raise nodes.SkipNode


HTML_VISITORS: Mapping[type[nodes.Element], Callable[..., None]] = {kg_neighbourhood: _html_neighbourhood}
"""Each node with what writes it in HTML; every other builder skips it."""

skip = _skip
