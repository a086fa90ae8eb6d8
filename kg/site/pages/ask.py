"""The page on which a reader asks the graph in SPARQL, answered inside the browser."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from docutils import nodes

from kg.names import prefixes
from kg.site.doctree import bullets, page_link, para, section, source_code
from kg.site.interactive import query_editor
from kg.site.pages.questions import questions

if TYPE_CHECKING:
    from kg.site.knowledge import Knowledge


def _family(folder: str, names: dict[str, str]) -> dict[str, Any]:
    """Which IRIs have pages in a folder: what their IRIs begin with, and their names; another IRI is given in full."""
    starts = Counter(iri.removesuffix(name) for iri, name in names.items() if iri.endswith(name))
    start = max(starts, key=lambda one: (starts[one], one), default="")
    others = {iri: name for iri, name in names.items() if iri != start + name}
    regular = [name for iri, name in names.items() if iri not in others]
    return {"folder": folder, "start": start, "names": regular, "others": others}


def ask_page(knowledge: Knowledge) -> nodes.section:
    """The whole page."""
    found = questions(knowledge)
    graph = knowledge.graph
    families = (("concept", graph.concepts), ("claim", graph.claims), ("paper", graph.papers))
    data = {
        "starters": {
            name: {"words": one.words, "why": one.why, "text": one.text} for name, one in found.items()
        },
        "prefixes": prefixes(knowledge.project.base),
        "pages": [
            _family(folder, {things[name].iri: name for name in things}) for folder, things in families
        ],
    }
    starters = bullets([page_link(f"question/{name}", one.words)] for name, one in found.items())
    return section(
        "Ask the graph",
        para(
            "A query in SPARQL 1.1 is answered here, in your browser, over the whole graph of this site: nothing is "
            "sent anywhere, and it works offline. All prefixes of the graph are known without being declared. "
            "Results that have a page link to it."
        ),
        query_editor(data),
        section("Questions to start from", starters if found else para("None yet."), ident="starters"),
        section(
            "The graph as a file",
            para(
                "The engine reads ",
                nodes.literal("", "graph.trig"),
                " from the folder of this site: RDF in TriG, one named graph for each source file. "
                "Browsers let a page read files only from a web server; where this page was opened as a file, "
                "start one in the site's folder:",
            ),
            source_code("python -m http.server --bind 127.0.0.1 8000", "console"),
            ident="file",
        ),
        ident="ask",
    )
