"""The pages made from the graph: which there are, and the document tree of each.

A page is a function from the graph to a document tree. That one function is also what decides whether a page is out
of date: a page whose tree has not changed is not read again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from docutils import nodes

from kg.site.doctree import settled
from kg.site.pages.area import area_page
from kg.site.pages.ask import ask_page
from kg.site.pages.claim import claim_page
from kg.site.pages.concept import concept_page
from kg.site.pages.indexes import (
    areas_page,
    claims_page,
    concepts_page,
    conditions_page,
    home_page,
    papers_page,
    strengths_page,
    summary,
    vocabulary_page,
)
from kg.site.pages.map import citations_page, citations_table_page, map_page, map_table_page, map_tree_page
from kg.site.pages.paper import paper_page
from kg.site.pages.questions import question_page, questions, questions_page
from kg.site.pages.seed_list import list_page
from kg.site.searched import narrowed

if TYPE_CHECKING:
    from kg.site.knowledge import Knowledge

_SINGLE: Mapping[str, Callable[[Knowledge], nodes.section]] = {
    "index": home_page,
    "map": map_page,
    "map-table": map_table_page,
    "map-tree": map_tree_page,
    "citations": citations_page,
    "citations-table": citations_table_page,
    "ask": ask_page,
    "list": list_page,
    "claims": claims_page,
    "strengths": strengths_page,
    "concepts": concepts_page,
    "areas": areas_page,
    "papers": papers_page,
    "conditions": conditions_page,
    "questions": questions_page,
    "vocabulary": vocabulary_page,
}

_FRAGMENTS: Mapping[str, Callable[[Knowledge], nodes.Element]] = {"summary": summary}
"""What has no page of its own and can be shown on any."""

_FAMILIES: Mapping[str, Callable[[Knowledge, str], nodes.section]] = {
    "concept": concept_page,
    "claim": claim_page,
    "paper": paper_page,
    "area": area_page,
    "question": question_page,
}


def docnames(knowledge: Knowledge) -> tuple[str, ...]:
    """The documents the graph gives rise to."""
    graph = knowledge.graph
    members = {
        "concept": graph.concepts,
        "claim": graph.claims,
        "paper": graph.papers,
        "area": graph.topics,
        "question": questions(knowledge),
    }
    return (*_SINGLE, *(f"{family}/{name}" for family, names in members.items() for name in names))


def page(knowledge: Knowledge, docname: str) -> nodes.Element:
    """The document tree of one page or fragment.

    Raises: KeyError if the graph has no such page.
    """
    family, _, name = docname.partition("/")
    tree = _FAMILIES[family](knowledge, name) if name else {**_SINGLE, **_FRAGMENTS}[docname](knowledge)
    return settled(narrowed(tree, docname))


def fingerprint(knowledge: Knowledge, docname: str) -> str:
    """A digest of everything a page shows; empty if the graph no longer has it."""
    try:
        tree = page(knowledge, docname)
    except KeyError:
        return ""
    return hashlib.sha256(tree.pformat().encode()).hexdigest()
