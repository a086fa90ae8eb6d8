"""The title and abstract of a work, from what is at hand: the bibliography and the answers kept by ``kg enrich``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.literature.cache import Answers
    from kg.project import Project


def titled_abstract(project: Project, name: str, answers: Answers | None = None) -> tuple[str, str] | None:
    """Title and abstract (empty if none is at hand) of a work named by DOI, arXiv identifier or BibTeX key.

    None if neither the bibliography nor the cache knows the work. Nothing is fetched.
    """
    from kg.literature.cache import Answers as Kept
    from kg.literature.enrich import questions
    from kg.literature.identifiers import askable, identifier
    from kg.sources import read_bibliography

    answers = answers or Kept()
    wanted = identifier(name)
    asked: Iterable[str] = [question] if wanted and (question := askable(wanted)) else []
    title = ""
    for entry in read_bibliography(project).entries:
        if entry.key == name or name in entry.formerly or (wanted and str(wanted) in entry.identifiers):
            title, asked = entry.title, [*questions(entry), *asked]
    recorded, abstract = _kept(asked, answers)
    title = title or recorded
    return (title, abstract) if title else None


def _kept(asked: Iterable[str], answers: Answers) -> tuple[str, str]:
    from kg.literature.record import abstract

    title = text = ""
    for question in asked:
        answer = answers.get(question)
        if answer is not None and answer.record is not None:
            title = title or str(answer.record.get("title") or "")
            text = text or abstract(answer.record)
    return title, text
