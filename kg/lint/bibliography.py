"""Rules about the bibliography: every entry can be read, is complete, and is cited by something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import NamedNode

from kg.lint.draft import Draft, Problem
from kg.names import did_you_mean, local_name

_CITATION = re.compile(r":cite(?::\w+)?:`([^`]+)`")


def faults(draft: Draft) -> Iterator[Problem]:
    """What the reading of the file found."""
    for fault in draft.sources.bibliography.faults:
        yield Problem(draft.sources.bibliography_place, fault.line, fault.problem, fault.advice)


def unused_entries(draft: Draft) -> Iterator[Problem]:
    """Entries that no stanza and no implementation refers to."""
    if not draft.is_whole:
        return
    used = {
        local_name(quad.object.value) for _, _, quad in draft.quads() if isinstance(quad.object, NamedNode)
    }
    used |= {key for _, _, key in _citations(draft)}
    used |= {entry.field("crossref") for entry in draft.sources.bibliography.entries}
    for entry in draft.sources.bibliography.entries:
        if entry.key not in used:
            problem = f"nothing cites '{entry.key}'"
            yield Problem(
                draft.sources.bibliography_place, entry.line, problem, "cite it in a claim, or remove it"
            )


def unknown_citations(draft: Draft) -> Iterator[Problem]:
    """Keys cited in the docstring of an implementation that the bibliography does not have."""
    place = draft.sources.bibliography_place.as_posix()
    for path, line, key in _citations(draft):
        if key not in draft.graph.papers and key not in draft.unclear:
            advice = did_you_mean(key, draft.graph.papers, "add the work")
            yield Problem(path, line, f"'{key}' is not in {place}", advice)


def _citations(draft: Draft) -> Iterator[tuple[Path, int, str]]:
    code = draft.code
    for function in code.implementations.values() if code is not None else ():
        for found in _CITATION.finditer(function.source):
            line = function.line + function.source.count("\n", 0, found.start())
            for key in found.group(1).split(","):
                yield draft.project.relative(function.path), line, key.strip()
