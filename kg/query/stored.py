"""The stored questions of a project, and the answers they had when somebody last looked at them.

A question is ``ontology/questions/NAME.rq``, its answer the table ``ontology/questions/answers/NAME.csv``. The order of
rows is for readers and plays no part in the comparison: a question may leave the order of equal rows open.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.project import Project

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose answer is not the stored one: rows that are new and rows that are gone.

    ``rows`` is the whole answer of today with the names of its columns first, empty if the question is gone.
    """

    name: str
    path: Path
    problem: str
    rows: tuple[Row, ...] = ()
    new: tuple[Row, ...] = ()
    gone: tuple[Row, ...] = ()


def questions(project: Project) -> dict[str, Path]:
    """Every stored question by name."""
    return {path.stem: path for path in sorted((project.ontology / "questions").glob("*.rq"))}


def answer_path(project: Project, name: str) -> Path:
    """Where the answer to a question is stored."""
    return project.ontology / "questions" / "answers" / f"{name}.csv"


def changes(project: Project, names: Iterable[str], *, runs: int, seconds: float | None) -> Iterator[Change]:
    """The named questions whose answer of today is not the stored one, and stored answers to no question.

    Raises: UsageError if a question cannot be answered, or not by a table.
    """
    for name in names:
        change = _change(project, name, answer_of_today(project, name, runs=runs, seconds=seconds))
        if change is not None:
            yield change
    known = questions(project)
    for path in sorted((project.ontology / "questions" / "answers").glob("*.csv")):
        if path.stem not in known:
            yield Change(path.stem, path, "no question of this name is left")


def record(found: Iterable[Change]) -> None:
    """Store the answers of today, and remove those that answer no question."""
    from kg.files import write_whole

    for change in found:
        if not change.rows:
            change.path.unlink()
            continue
        change.path.parent.mkdir(parents=True, exist_ok=True)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(change.rows)
        write_whole(change.path, text.getvalue())


def answer_of_today(project: Project, name: str, *, runs: int, seconds: float | None) -> tuple[Row, ...]:
    """The answer to a question: the names of its columns, then its rows.

    Raises: UsageError if it cannot be answered, or not by a table.
    """
    from kg.query.process import Question, answer_within

    text = questions(project)[name].read_text(encoding="utf-8")
    answer = json.loads(answer_within(Question(project, text, name, "json", runs=runs), seconds).text)
    if not isinstance(answer, dict) or "results" not in answer:
        raise UsageError(f"{name}: a stored question is answered by a table: write it with SELECT")
    columns: Row = tuple(answer["head"]["vars"])
    bindings = answer["results"]["bindings"]
    return (columns, *(tuple(row.get(column, {}).get("value", "") for column in columns) for row in bindings))


def _change(project: Project, name: str, today: tuple[Row, ...]) -> Change | None:
    path = answer_path(project, name)
    if not path.is_file():
        return Change(name, path, "no answer is stored", today, today[1:])
    with path.open(encoding="utf-8", newline="") as file:
        stored = tuple(tuple(row) for row in csv.reader(file))
    if stored[:1] != today[:1]:
        return Change(name, path, "it has other columns", today, today[1:], stored[1:])
    now, before = Counter(today[1:]), Counter(stored[1:])
    if now == before:
        return None
    new, gone = tuple((now - before).elements()), tuple((before - now).elements())
    return Change(name, path, f"rows: {len(new)} new, {len(gone)} gone", today, new, gone)
