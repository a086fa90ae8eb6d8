"""The node of a picture: a figure whose words stand in every output and whose drawing in HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx.util import logging

from kg.errors import KgError
from kg.site.doctree import para
from kg.site.pictures import draw, picture_of
from kg.site.plot import svg

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

    from kg.site.knowledge import Knowledge

log = logging.getLogger(__name__)


class kg_picture(nodes.General, nodes.Element):  # noqa: N801  docutils names nodes so
    """The drawing of a picture; ``shown`` says which, with the digest of what draws it."""


def illustration(knowledge: Knowledge, name: str) -> list[nodes.Node]:
    """The picture of a concept or claim with its text; nothing if it has none."""
    shown = picture_of(knowledge, name)
    if shown is None:
        return []
    drawing = kg_picture("", shown=shown)
    return [
        nodes.container("", drawing, para(shown.text, classes=["kg-picture-text"]), classes=["kg-picture"])
    ]


def write_html(translator: HTML5Translator, node: nodes.Element) -> None:
    """Draw the picture by running the project's functions; what goes wrong is a warning at its stanza."""
    from kg.site.domain import KgDomain

    knowledge = KgDomain.of(translator.builder.env).knowledge
    shown = node["shown"]
    try:
        drawn = svg(draw(knowledge, shown))
    except (
        KgError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ImportError,
    ) as error:
        said = f"{type(error).__name__}: {error}"
        log.warning(
            "picture %r cannot be drawn: %s", shown.name, said, location=node, type="kg", subtype="picture"
        )
        raise nodes.SkipNode from None
    translator.body.append(f'<div class="kg-panels">{drawn}</div>\n')
    raise nodes.SkipNode
