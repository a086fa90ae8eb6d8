"""The pages of the competency questions: what can be asked of the graph, and what it answers today."""

from __future__ import annotations

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


@dataclass(frozen=True)
class Question:
    """One ``.rq`` file: its comment at the top is the question in words."""

    name: str
    words: str
    text: str
    path: Path


def questions(knowledge: Knowledge) -> Mapping[str, Question]:
    """The project's competency questions by name."""
    found = {}
    for path in sorted((knowledge.project.ontology / "questions").glob("*.rq")):
        text = path.read_text("utf-8")
        found[path.stem] = Question(path.stem, _words(text) or knowledge.title(path.stem), text, path)
    return found


def _words(text: str) -> str:
    """The comment a query opens with: its first paragraph, which is the question."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#") or not line.lstrip("# ").strip():
            break
        lines.append(line.lstrip("# ").strip())
    return " ".join(lines)


def questions_page(knowledge: Knowledge) -> nodes.section:
    """All questions."""
    found = questions(knowledge)
    lead = para("Questions this graph must be able to answer, each with its query and the answer of this build.")
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
        section("Answer", *_answer(knowledge, question), ident="answer"),
        section("Query", source_code(question.text, "sparql", [mono(where)]), ident="query"),
        section("How to run it", source_code(f"kg query {where}", "console"), ident="run"),
        ident="question",
    )


def _answer(knowledge: Knowledge, question: Question) -> list[nodes.Node]:
    from kg.query import select

    result = select(knowledge.graph, question.text)
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
    if name in graph.claims and graph.claims[name].iri == text:
        return [xref("claim", name, knowledge.title(name))]
    if name in graph.concepts and graph.concepts[name].iri == text:
        return [xref("concept", name, graph.concepts[name].label)]
    if name in graph.papers and graph.papers[name].iri == text:
        return [xref("paper", name, graph.papers[name].title)]
    if name in knowledge.terms and knowledge.terms[name].iri == text:
        return [knowledge.word(name)]
    return [text]
