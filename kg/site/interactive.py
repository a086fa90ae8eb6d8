"""The parts of a page that a script brings to life: the map, its table's filters, and the query editor.

Only HTML shows them. The data they work on is embedded as JSON that no text inside it can end, so that the page works
from a file as well as from a server; labels and addresses are escaped here and nowhere trusted.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sphinx.writers.html5 import HTML5Translator

    from kg.site.mapdata import Filter

RELATIONS = {
    "left": "left side",
    "right": "right side",
    "about": "about",
    "broader": "is a kind of",
    "related": "related to",
    "repairedBy": "repaired by",
    "cites": "cites",
    "together": "behind one claim with",
}
"""How a line between two things is said."""


class kg_map(nodes.General, nodes.Element):  # noqa: N801  docutils names nodes so
    """A map or its table: ``data`` is all it shows, ``filters`` what it can be narrowed by, ``words`` its wording."""


class kg_row(nodes.Inline, nodes.TextElement):  # noqa: N801
    """Marks the table row it stands in with the name of the thing the row is about."""


class kg_ask(nodes.General, nodes.Element):  # noqa: N801
    """The query editor; ``data`` holds the starters, the prefixes and which IRIs have pages."""


def interactive_map(
    data: dict[str, Any],
    filters: Sequence[Filter],
    *,
    name: str,
    ways: tuple[str, str],
    twin: str,
    is_drawn: bool = True,
) -> nodes.Element:
    """A map as a node: ``name`` is what it is called, ``ways`` how the two directions are, ``twin`` its other page."""
    text = json.dumps(data, sort_keys=True)
    return kg_map("", data=text, filters=list(filters), name=name, ways=ways, twin=twin, is_drawn=is_drawn)


def query_editor(data: dict[str, Any]) -> nodes.Element:
    """The query editor as a node."""
    return kg_ask("", data=json.dumps(data, sort_keys=True))


def row_mark(name: str) -> nodes.Element:
    """A mark for the script: this table row is about this thing."""
    return kg_row("", "", name_of=name)


def embedded(data: object, ident: str) -> str:
    """Data as a script element that no browser runs; ``</script>`` inside a title must not end it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'<script type="application/json" id="{ident}">{text}</script>\n'


def _html_map(translator: HTML5Translator, node: nodes.Element) -> None:
    def address(docname: str) -> str:
        return translator.builder.get_relative_uri(translator.docnames[0], docname)

    data: dict[str, Any] = json.loads(node["data"])
    translator.body.append(_map(node, address(node["twin"]), "connects" in data))
    translator.body.append(embedded(_packed(data, address), "kg-map-data"))
    raise nodes.SkipNode


def _packed(data: dict[str, Any], address: Callable[[str], str]) -> dict[str, Any]:
    """The data as few bytes: boxes are named by their number, addresses by their folder, and nothing empty is said."""
    numbers = {entry["id"]: number for number, entry in enumerate(data["nodes"])}
    folders = {entry["docname"].partition("/")[0] for entry in data["nodes"]}
    used = {relation for _, _, relation in data["edges"]}
    for entry in data["nodes"]:
        entry["folder"] = entry.pop("docname").partition("/")[0]
    return {
        **data,
        "nodes": [
            {key: value for key, value in entry.items() if value not in ("", [])} for entry in data["nodes"]
        ],
        "edges": [[numbers[source], numbers[target], relation] for source, target, relation in data["edges"]],
        "upwards": [[numbers[lower], numbers[upper]] for lower, upper in data["upwards"]],
        "relations": {relation: words for relation, words in RELATIONS.items() if relation in used},
        "addresses": {folder: address(f"{folder}/NAME") for folder in sorted(folders)},
    }


def _map(node: nodes.Element, twin: str, can_connect: bool) -> str:
    up, down = (escape(way) for way in node["ways"])
    drawing = _DRAWING.format(name=escape(node["name"])) if node["is_drawn"] else ""
    other = "The same as a table" if node["is_drawn"] else "The same as a drawing"
    return (
        f'<div class="kg-map" data-kind="{"drawing" if node["is_drawn"] else "table"}">\n'
        '<form hidden aria-label="What is shown">\n'
        '<label class="kg-wide">Search <input type="search" name="text" list="kg-map-titles" autocomplete="off"></label>\n'
        f"{_fields(node['filters'])}\n"
        '<label>Years from <input type="number" name="since" min="1700" max="2100"></label>\n'
        '<label>to <input type="number" name="until" min="1700" max="2100"></label>\n'
        '<button type="submit">Focus</button>\n'
        '<button type="reset">Show all</button>\n'
        f'<span class="kg-map-focus" hidden>{_FOCUS.format(up=up, down=down)}</span>\n'
        f"{_CONNECT if can_connect else ''}"
        "</form>\n"
        '<datalist id="kg-map-titles"></datalist>\n'
        '<p class="kg-map-count" role="status" hidden></p>\n'
        '<div class="kg-map-chain" hidden></div>\n'
        f"{drawing}"
        f'<p class="kg-map-twin"><a href="{escape(twin, quote=True)}">{other}</a></p>\n'
        "</div>\n"
    )


_FOCUS = (
    '<label>Show <select name="way"><option value="">everything near</option>'
    '<option value="up">{up}</option><option value="down">{down}</option></select></label>\n'
    '<label>Steps <input type="number" name="depth" min="1" max="9" value="1"></label>\n'
    '<button type="button" class="kg-map-unfocus">Leave the focus</button>\n'
)

_CONNECT = """\
<fieldset><legend>How are these two connected?</legend>
<label>From <input type="text" name="from" list="kg-map-concepts" autocomplete="off"></label>
<label>To <input type="text" name="to" list="kg-map-concepts" autocomplete="off"></label>
<button type="button" class="kg-map-connect">Connect</button>
</fieldset>
<datalist id="kg-map-concepts"></datalist>
"""

_DRAWING = """\
<div class="kg-map-frame" hidden>
<div class="kg-map-canvas" tabindex="0" role="application" aria-label="{name}. Arrow keys move, Enter opens the page, F focuses, U shows what is above, D what is below, S starts and T ends a connection, Escape goes back, plus and minus zoom, 0 fits." aria-describedby="kg-map-card"></div>
<div class="kg-map-zoom"><button type="button" data-zoom="1.4" aria-label="Zoom in">+</button><button type="button" data-zoom="0.7" aria-label="Zoom out">−</button><button type="button" data-zoom="0">Fit</button></div>
</div>
<p class="kg-map-card" id="kg-map-card" aria-live="polite" hidden></p>
<noscript><p>The drawing needs JavaScript; the table holds everything it shows.</p></noscript>
"""


def _fields(filters: Sequence[Filter]) -> str:
    """One drop-down list per filter."""
    fields = []
    for name, words, options in filters:
        given = "".join(
            f'<option value="{escape(value, quote=True)}">{escape(said)}</option>' for value, said in options
        )
        fields.append(f'<label>{escape(words)} <select name="{name}" data-filter>{given}</select></label>')
    return "\n".join(fields)


def _html_row(translator: HTML5Translator, node: nodes.Element) -> None:
    translator.body.append(f'<span data-kg-row="{escape(node["name_of"], quote=True)}"></span>')
    raise nodes.SkipNode


def _html_ask(translator: HTML5Translator, node: nodes.Element) -> None:
    data: dict[str, Any] = json.loads(node["data"])
    own = translator.docnames[0]
    data["pages"] = {
        iri: translator.builder.get_relative_uri(own, docname) for iri, docname in data["pages"].items()
    }
    root = translator.builder.get_relative_uri(own, "index").removesuffix("index.html")
    data["files"] = {"graph": f"{root}graph.trig", "static": f"{root}_static/"}
    options = "".join(
        f'<option value="{escape(name, quote=True)}">{escape(one["words"])}</option>'
        for name, one in data["starters"].items()
    )
    translator.body.append(_ASK.format(options=options))
    translator.body.append(embedded(data, "kg-ask-data"))
    raise nodes.SkipNode


_ASK = """\
<div class="kg-ask">
<form hidden aria-label="Ask the graph">
<label class="kg-wide">Start from a question <select name="starter"><option value="">an empty page</option>{options}</select></label>
<p class="kg-ask-why"></p>
<div class="kg-ask-editor"></div>
<p class="kg-ask-buttons"><button type="submit" class="kg-main">Ask</button>
<button type="button" class="kg-ask-stop" disabled>Stop</button>
<button type="button" class="kg-ask-csv" disabled>Save as CSV</button>
<button type="button" class="kg-ask-json" disabled>Save as JSON</button>
<a class="kg-ask-link" href="#">Link to this query</a></p>
</form>
<p class="kg-ask-said" role="status" hidden></p>
<div class="kg-ask-answer" tabindex="0" role="region" aria-label="Answer" hidden></div>
<noscript><p>Asking in the page needs JavaScript. Every question above has a page with its answer, and <code>kg query</code> answers any other.</p></noscript>
</div>
"""

HTML_VISITORS: Mapping[type[nodes.Element], Callable[..., None]] = {
    kg_map: _html_map,
    kg_row: _html_row,
    kg_ask: _html_ask,
}
"""Each node with what writes it in HTML; every other builder skips it."""

SCRIPTS: Mapping[type[nodes.Element], str] = {kg_map: "kg-map.js", kg_ask: "kg-ask.js"}
"""The script that a page with such a node needs, and no other page loads."""
