"""Every problem of a project at once: ``path:line: what is wrong: what to do``, sorted.

Rules about what a stanza must hold are SPARQL queries in ``rules/*.rq``, one file each, whose comment header is
their title, message and advice. Rules that need text, names or Python are functions, one module per kind of source.
Nothing here stops at the first fault: a file that cannot be parsed is reported, and the rest is still checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.lint import bibliography, citations, code, layout, names, queries, unfinished
from kg.lint.draft import Draft, Problem
from kg.project import Project

__all__ = ["Draft", "Problem", "problems", "problems_of"]

CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    layout.syntax_errors,
    layout.stanzas_out_of_place,
    layout.control_characters,
    layout.unbalanced_latex,
    layout.malformed_numbers,
    names.twice_defined,
    names.unwritable,
    names.unknown_terms,
    names.unknown_references,
    names.former_names,
    bibliography.faults,
    bibliography.unused_entries,
    bibliography.unknown_citations,
    citations.malformed_locators,
    citations.repeated_places,
    citations.unknown_intents,
    code.unchecked_claims,
    code.checks_without_control,
    code.orphan_checks,
    code.orphan_implementations,
    code.unknown_uses,
    code.twice_written,
    code.attached_to_nothing,
    code.parameters_that_differ,
    code.conditions_on_one_side,
    queries.broken_rules,
)
"""Every rule; each takes the draft and yields the problems it finds."""

UNFINISHED: tuple[Callable[[Draft], Iterator[Problem]], ...] = (unfinished.stanzas, unfinished.functions)
"""What ``kg new`` left to be filled in."""


def problems(project: Project) -> list[Problem]:
    """Everything that is wrong with a project, by file and line; an empty list if nothing is."""
    return problems_of(Draft(project))


def problems_of(draft: Draft) -> list[Problem]:
    """The same of a project that has been read already."""
    open_ends = {problem for check in UNFINISHED for problem in check(draft)}
    places = {(problem.path, problem.line) for problem in open_ends}
    others = {problem for check in CHECKS for problem in check(draft)}
    # What is still to be written is said once; that it is also unknown or too short would only be noise.
    found = open_ends | {problem for problem in others if (problem.path, problem.line) not in places}
    return sorted(found, key=lambda problem: (problem.path.as_posix(), problem.line, str(problem)))
