"""A project as it stands, faults and all: what the rules look at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pyoxigraph import BlankNode, NamedNode, Quad, Store

from kg import sources
from kg.code import CodeIndex, index
from kg.errors import SourceError
from kg.graph import Graph
from kg.names import local_name, prefixes
from kg.project import Project
from kg.sources import Head, TurtleFile


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, where, and what to do about it."""

    path: Path
    line: int
    problem: str
    advice: str

    def __str__(self) -> str:
        return f"{self.path.as_posix()}:{self.line}: {self.problem}: {self.advice}"


_AT_MARGIN = re.compile(r"^[\w-]*:([\w-]+)", re.MULTILINE)


class Draft:
    """What could be read of a project; ``graph`` holds the files that parse, ``errors`` those that do not."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.sources = sources.read(project)
        store = Store()
        self.errors = sources.fill(store, self.sources)
        self.graph = Graph(project, lambda: (store, self.sources))
        self.code_error: SourceError | None = None

    @cached_property
    def code(self) -> CodeIndex | None:
        """The project's Python, or nothing if it cannot be parsed (then ``code_error`` says why)."""
        try:
            return index(self.project)
        except SourceError as error:
            path = self.project.relative(error.path)
            self.code_error = SourceError(path, error.line, error.problem, error.advice)
            return None

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read; only then can it be said that something is left over."""
        return not self.errors and self.code is not None

    @cached_property
    def own_files(self) -> tuple[TurtleFile, ...]:
        """The Turtle files that people write in this project."""
        return tuple(
            file for file in self.sources.turtle if not file.is_generated and not file.place.is_absolute()
        )

    @cached_property
    def unclear(self) -> frozenset[str]:
        """Names that are written down, but not understood: their file is broken, or their type is unknown.

        Whatever refers to them is not called unknown, so that one fault is reported once.
        """
        broken = {error.path for error in self.errors}
        # Where a stanza is not ended the next one is not seen, so the margin is all there is to go by.
        margins = [_AT_MARGIN.findall(file.text) for file in self.own_files if file.place in broken]
        names = {name for margin in margins for name in margin}
        understood = {*self.graph.concepts, *self.graph.claims, *self.graph.conditions, *self.graph.items}
        ours = tuple(prefixes(self.project.base)[prefix] for prefix in ("concept", "claim", "cond", "item"))
        heads = {head.iri for file in self.own_files for head in file.heads}
        names |= {local_name(iri) for iri in heads if iri.startswith(ours)} - understood
        if any(fault.lost for fault in self.sources.bibliography.faults):
            text = self.project.bibliography.read_text(encoding="utf-8", errors="replace")
            names |= set(re.findall(r"^\s*@\w+\s*[{(]\s*([^,\s{}]+)", text, re.MULTILINE))
        return frozenset(names)

    def quads(self) -> Iterator[tuple[TurtleFile, str, Quad]]:
        """Every triple that a person wrote, with its file and the subject of the stanza that it stands in."""
        for file in self.own_files:
            written = list(self.graph.store.quads_for_pattern(None, None, None, NamedNode(file.graph)))
            above = {
                quad.object.value: quad.subject for quad in written if isinstance(quad.object, BlankNode)
            }
            for quad in written:
                subject = quad.subject
                while isinstance(subject, BlankNode) and subject.value in above:
                    subject = above[subject.value]
                yield file, subject.value if isinstance(subject, NamedNode) else "", quad

    def problem(self, subject: str, problem: str, advice: str, mention: str = "") -> Problem:
        """A problem of a stanza, at the line of the stanza that mentions a name, or at its beginning."""
        file, head = self._heads.get(subject, (None, None))
        if file is None or head is None:
            return self._paper_problem(subject, problem, advice)
        return Problem(file.place, _mentioned(file, head, mention), problem, advice)

    def in_file(self, file: TurtleFile, subject: str, problem: str, advice: str, mention: str) -> Problem:
        """The same where the file is known, which matters if a subject is written in several."""
        head = next((head for head in file.heads if head.iri == subject), None)
        if head is None:
            return Problem(file.place, 1, problem, advice)
        return Problem(file.place, _mentioned(file, head, mention), problem, advice)

    def _paper_problem(self, subject: str, problem: str, advice: str) -> Problem:
        name = local_name(subject)
        lines = {entry.key: entry.line for entry in self.sources.bibliography.entries}
        return Problem(self.sources.bibliography_place, lines.get(name, 1), problem, advice)

    @cached_property
    def _heads(self) -> dict[str, tuple[TurtleFile, Head]]:
        files = reversed(self.sources.turtle)
        return {head.iri: (file, head) for file in files for head in reversed(file.heads)}


def _mentioned(file: TurtleFile, head: Head, mention: str) -> int:
    """The line of a stanza on which a name is used, or at least stands; the stanza's first line if nowhere."""
    word = re.escape(local_name(mention))
    lines = file.text.split("\n")[head.line - 1 : head.last_line]
    for pattern in (rf"[:/#]{word}(?![\w-])", rf"(?<![\w-]){word}(?![\w-])") if mention else ():
        for number, line in enumerate(lines, start=head.line):
            if re.search(pattern, line):
                return number
    return head.line
