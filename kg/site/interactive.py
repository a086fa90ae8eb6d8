"""The parts of a page that a script brings to life: the map, its table's filters, and the query editor.

Only HTML shows them. The data they work on is embedded as JSON that no text inside it can end, so that the page works
from a file as well as from a server; what is only searched lies in a script beside the page, fetched when it is needed.
Labels and addresses are escaped here and nowhere trusted.
"""

from __future__ import annotations

import hashlib
import json
import os
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes

from kg.site.packing import packed
from kg.site.twin import Twin

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
    """A map as a drawing, and what can be narrowed alike: ``data`` is all it shows, ``filters`` what it is narrowed by."""


class kg_map_in_words(nodes.General, nodes.Element):  # noqa: N801
    """The same without a drawing: a table, a tree, or the fields alone for a table that the page brings."""


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
    twins: Sequence[tuple[str, str]],
    form: str = "drawing",
) -> nodes.Element:
    """A map as a node: ``name`` is what it is called, ``ways`` how the two directions are, ``twins`` its other pages.

    ``form`` is drawing, table or tree; or fields, for a page that brings its own table.
    """
    make = kg_map if form == "drawing" else kg_map_in_words
    text = json.dumps(data, sort_keys=True)
    return make("", data=text, filters=list(filters), name=name, ways=ways, twins=list(twins), form=form)


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
    builder, own = translator.builder, translator.docnames[0]

    def address(docname: str) -> str:
        return builder.get_relative_uri(own, docname)

    data: dict[str, Any] = json.loads(node["data"])
    in_words = ""
    if node["form"] in {"table", "tree"}:
        twin = Twin(data, node["filters"], RELATIONS, address)
        in_words = twin.table() if node["form"] == "table" else twin.tree()
        entries = {entry["id"]: entry for entry in data["nodes"]}
        data["nodes"] = [entries[name] for name in twin.written]
    written = packed(data, RELATIONS, address, is_named=not in_words)
    words = json.dumps([entry["words"] for entry in data["nodes"]], ensure_ascii=False, separators=(",", ":"))
    written["words"] = _root(translator) + _words_file(Path(builder.outdir), own, words)
    twins = [(address(docname), said) for docname, said in node["twins"]]
    translator.body.append(_map(node, twins, "connects" in data))
    translator.body += [in_words, embedded(written, "kg-map-data")]
    raise nodes.SkipNode


def _root(translator: HTML5Translator) -> str:
    """The way from a page to the folder of the site."""
    return translator.builder.get_relative_uri(translator.docnames[0], "index").removesuffix("index.html")


def _words_file(outdir: Path, docname: str, words: str) -> str:
    """Write what is searched and not shown as a script; its address changes with it, so that no old one is kept."""
    text = f"kgWords={words};\n"
    name = f"_words/{docname}.js"
    path = outdir / name
    path.parent.mkdir(parents=True, exist_ok=True)
    # Another process may write pages at the same time, and a reader's server may be reading.
    aside = path.with_suffix(f".{os.getpid()}")
    aside.write_text(text, "utf-8")
    aside.replace(path)
    return f"{name}?v={hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _map(node: nodes.Element, twins: Sequence[tuple[str, str]], can_connect: bool) -> str:
    up, down = (escape(way) for way in node["ways"])
    is_drawn = node["form"] == "drawing"
    drawing = _DRAWING.format(name=escape(node["name"])) if is_drawn else ""
    others = " · ".join(
        f'<a href="{escape(address, quote=True)}">The same as a {said}</a>' for address, said in twins
    )
    return (
        f'<div class="kg-map" data-kind="{node["form"]}">\n'
        '<form hidden aria-label="What is shown">\n'
        '<label class="kg-wide">Search <input type="search" name="text" list="kg-map-titles" autocomplete="off"></label>\n'
        '<button type="submit">Focus</button>\n'
        '<button type="reset">Show all</button>\n'
        f'<span class="kg-map-focus" hidden>{_FOCUS.format(up=up, down=down)}</span>\n'
        '<button type="button" class="kg-map-more" aria-expanded="false" aria-controls="kg-map-fields">'
        f"Filters{' and connections' if can_connect else ''}</button>\n"
        '<div class="kg-map-fields" id="kg-map-fields">\n'
        f"{_fields(node['filters'])}\n"
        '<label>Years from <input type="number" name="since" min="1700" max="2100"></label>\n'
        '<label>to <input type="number" name="until" min="1700" max="2100"></label>\n'
        f"{_CONNECT if can_connect else ''}"
        "</div>\n"
        "</form>\n"
        '<datalist id="kg-map-titles"></datalist>\n'
        '<datalist id="kg-map-concepts"></datalist>\n'
        '<p class="kg-map-count" role="status" hidden></p>\n'
        '<div class="kg-map-chain" hidden></div>\n'
        f"{drawing}"
        f'<p class="kg-map-twin">{others}</p>\n'
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
"""

_DRAWING = """\
<div class="kg-map-frame" hidden>
<div class="kg-map-canvas" tabindex="0" role="application" aria-label="{name}. Arrow keys move, Enter opens the page, F focuses, U shows what is above, D what is below, S starts and T ends a connection, Escape goes back, plus and minus zoom, 0 fits." aria-describedby="kg-map-card"></div>
<div class="kg-map-zoom"><button type="button" data-zoom="1.4" aria-label="Zoom in">+</button><button type="button" data-zoom="0.7" aria-label="Zoom out">−</button><button type="button" data-zoom="0">Fit</button></div>
</div>
<p class="kg-map-card" id="kg-map-card" aria-live="polite" hidden></p>
<noscript><p>The drawing needs JavaScript; its other forms, linked below, hold everything it shows.</p></noscript>
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
    builder, own = translator.builder, translator.docnames[0]
    for family in data["pages"]:
        family["address"] = builder.get_relative_uri(own, f"{family.pop('folder')}/NAME")
    root = _root(translator)
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
    kg_map_in_words: _html_map,
    kg_row: _html_row,
    kg_ask: _html_ask,
}
"""Each node with what writes it in HTML; every other builder skips it."""

SCRIPTS: Mapping[type[nodes.Element], str] = {
    kg_map: "kg-map.js",
    kg_map_in_words: "kg-twin.js",
    kg_ask: "kg-ask.js",
}
"""The script that a page with such a node needs, and no other page loads."""
