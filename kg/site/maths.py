"""Formulas rendered while the site is built: KaTeX inside the Python process, no Node and no script in the page.

A formula KaTeX cannot read becomes a warning at its place (hence a failed build under ``-W``), never red text that
nobody notices. The result is HTML with MathML inside: it can be read aloud, copied and printed.
"""

from __future__ import annotations

import json
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util import logging

from kg.site import assets

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)

# Strict, so that what other LaTeX systems would refuse is refused here too; but letters such as φ may be typed as
# they are, which keeps formulas readable in the Turtle file.
_SCRIPT = """
function kgRender(tex, display) {
  const allowed = ["unicodeTextInMathMode", "newLineInDisplayMode"];
  const strict = (code) => allowed.includes(code) ? "ignore" : "error";
  try {
    const html = katex.renderToString(tex, {displayMode: display, throwOnError: true, strict, output: "htmlAndMathml"});
    return JSON.stringify({html});
  } catch (error) {
    return JSON.stringify({problem: String(error.message)});
  }
}
0
"""


class MathsError(ValueError):
    """KaTeX cannot read a formula; the message says where in it."""


@lru_cache(maxsize=1)
def _engine() -> Any:
    import quickjs

    assets.require()
    context = quickjs.Context()
    context.eval(assets.KATEX.read_text("utf-8") + ";0")
    context.eval(_SCRIPT)
    return context


@cache
def render(tex: str, *, display: bool) -> str:
    """A formula as HTML with MathML.

    Raises: MathsError if it is not LaTeX that KaTeX understands.
    """
    answer: dict[str, str] = json.loads(_engine().eval(f"kgRender({json.dumps(tex)}, {json.dumps(display)})"))
    if "problem" in answer:
        raise MathsError(answer["problem"].removeprefix("KaTeX parse error: "))
    return answer["html"]


def visit_inline(translator: HTML5Translator, node: nodes.Element) -> None:
    """Write an inline formula."""
    translator.body.append(_html(node, display=False))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.Element) -> None:
    """Write a displayed formula, with its number if it has one."""
    html = _html(node, display=True)
    number = f'<span class="eqno">({node["number"]})</span>' if node.get("number") else ""
    anchors = "".join(f'<span id="{escape(name)}"></span>' for name in node["ids"])
    translator.body.append(f'<div class="math kg-formula">{anchors}{number}{html}</div>\n')
    raise nodes.SkipNode


def _html(node: nodes.Element, *, display: bool) -> str:
    tex = node.astext()
    try:
        return render(tex, display=display)
    except MathsError as error:
        log.warning("formula %r: %s", tex, error, location=node, type="kg", subtype="maths")
        return f'<code class="kg-formula-refused">{escape(tex)}</code>'
