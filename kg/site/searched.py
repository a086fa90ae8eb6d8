"""What the search of the site reads of a page that is made from the graph: what the page is about, and no more.

Every claim's page lists code, evidence, works and neighbours. Were all of it searched, most words would lead to most
pages, and the index that a browser fetches would be three times as large. A neighbour, a work or a claim in a
list has a page of its own, which is found by its own words.
"""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes

UNSEARCHED = "no-search"
"""The class that Sphinx's collector of words passes by."""

_BESIDE = {
    "claim": {
        "conditions",
        "strength",
        "sides",
        "check",
        "controls",
        "evidence",
        "sources",
        "run",
        "cite",
        "neighbours",
    },
    "concept": {"where", "claims", "falsehoods", "derived", "code", "papers", "list"},
    "paper": {"claims", "list", "citations", "openalex", "bibtex"},
    "area": {"concepts", "claims"},
    "question": {"answer", "query", "run"},
}
"""For each family of pages, the sections that are about something else."""

_LISTS = {"claims", "strengths", "concepts", "areas", "papers", "questions", "citations-table"}
"""Pages that only list what has pages of its own."""


def narrowed(tree: nodes.Element, docname: str) -> nodes.Element:
    """Mark what the search passes by; a page with a name is found by the name, too."""
    family, _, name = docname.partition("/")
    if not name:
        if docname in _LISTS:
            _pass_by(child for child in tree.children if not isinstance(child, nodes.title))
        return tree
    beside = _BESIDE[family]
    for section in tree.findall(nodes.section):
        if beside.intersection(section["ids"]):
            _pass_by([section])
    _pass_by(tree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block)))
    # Of the headings only the page's own says what it is about: every claim has a “Formula”.
    _pass_by(title for title in tree.findall(nodes.title) if title.parent is not tree)
    _pass_by(trail for trail in tree.findall(nodes.paragraph) if "kg-trail" in trail["classes"])
    tree.insert(1, nodes.meta("", name="keywords", content=name))
    return tree


def _pass_by(elements: Iterable[nodes.Node]) -> None:
    for element in elements:
        if isinstance(element, nodes.Element):
            element["classes"].append(UNSEARCHED)
