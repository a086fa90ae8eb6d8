"""The pages of the competency questions: what can be asked of the graph, and what it answers today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes

from kg.names import local_name
from kg.site.doctree import Inline, bullets, mono, page_link, para, section, source_code, table, xref

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kg.site.knowledge import Knowledge

MOST_ROWS = 200
"""A longer answer is cut on the page, and the page says so."""


_HEADER = re.compile(r"^# *(question|why): *(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Question:
    """One ``.rq`` file; the question in words and why it is asked stand in the comment it opens with."""

    name: str
    words: str
    why: str
    text: str
    path: Path


def questions(knowledge: Knowledge) -> Mapping[str, Question]:
    """The project's competency questions by name."""
    found = {}
    for path in sorted((knowledge.project.ontology / "questions").glob("*.rq")):
        text = path.read_text("utf-8")
        header = dict(_HEADER.findall(text))
        words = header.get("question") or knowledge.title(path.stem)
        found[path.stem] = Question(path.stem, words, header.get("why", ""), text, path)
    return found


def questions_page(knowledge: Knowledge) -> nodes.section:
    """All questions."""
    found = questions(knowledge)
    lead = para(
        "Questions this graph must be able to answer, each with its query and the answer of this build."
    )
    listed = bullets([page_link(f"question/{name}", question.words)] for name, question in found.items())
    return section("Questions", lead, listed if found else para("No questions yet."), ident="questions")


def question_page(knowledge: Knowledge, name: str) -> nodes.section:
    """One question with its answer and its query."""
    question = questions(knowledge)[name]
    where = knowledge.project.relative(question.path).as_posix()
    return section(
        knowledge.title(name),
        para(page_link("questions", "Questions"), classes=["kg-trail"]),
        para(question.words, classes=["kg-lead"]),
        *([para(question.why)] if question.why else []),
        section("Answer", *answer(knowledge, question.text, question.name), ident="answer"),
        section("Query", source_code(question.text, "sparql", [mono(where)]), ident="query"),
        section("How to run it", source_code(f"kg query {name}", "console"), ident="run"),
        ident="question",
    )


def answer(knowledge: Knowledge, text: str, name: str) -> list[nodes.Node]:
    """What a query answers, as a table with links."""
    from kg.query import select
    from kg.query.functions import Functions

    functions = Functions(knowledge.project, 0, knowledge.graph)
    result = select(knowledge.graph, text, name=name, functions=functions.by_name())
    functions.raise_failure(name)
    if result.boolean is not None:
        return [para("Yes." if result.boolean else "No.")]
    rows = [[_cell(knowledge, term) for term in row] for row in result.rows[:MOST_ROWS]]
    if not rows:
        return [para("Nothing.")]
    listed = table([knowledge.title(name) for name in result.variables], rows, classes=["kg-answer"])
    total = len(result.rows)
    words = "1 row." if total == 1 else f"{total} rows."
    cut = para(f"{words} The first {MOST_ROWS} are shown." if total > MOST_ROWS else words)
    return [listed, cut]


def _cell(knowledge: Knowledge, term: object) -> list[Inline]:
    """A value as text; what has a page of its own as a link to it."""
    if term is None:
        return [""]
    text = str(getattr(term, "value", term))
    graph, name = knowledge.graph, local_name(text)
    is_name = text == name
    for kind, things in (("claim", graph.claims), ("concept", graph.concepts), ("paper", graph.papers)):
        if name in things and (is_name or things[name].iri == text):
            return [xref(kind, name, knowledge.label_of(kind, name) or name)]
    if name in knowledge.terms and knowledge.terms[name].iri == text:
        return [knowledge.word(name)]
    return [text]
