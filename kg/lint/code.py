"""Rules about the join between statements and Python, which is by name only: no name is left over on either side."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kg.code import CheckFunction, CodeIndex, Function
from kg.lint.draft import Draft, Problem
from kg.names import did_you_mean

_USE = re.compile(r"\buse\(\s*[\"'](\w+)[\"']")
_PUBLIC = re.compile(r"^def ([A-Za-z]\w*)\(", re.MULTILINE)
_DECLARED = re.compile(r"^@(?:check|condition)\b(?:(?!\n\S)[\s\S]|\n[@)])*\ndef (\w+)\(", re.MULTILINE)
_ATTACHED = re.compile(r"^@(\w+)\.(control|witness|counterexample|sampler)\b", re.MULTILINE)


def unchecked_claims(draft: Draft) -> Iterator[Problem]:
    """Claims that nothing can run: no check of that name, and no two implementations to compare."""
    code = draft.code
    if code is None:
        error = draft.code_error
        if error is not None:
            yield Problem(error.path, error.line, error.problem, error.advice)
        return
    for claim in draft.graph.claims.values():
        if claim.name in code.checks or claim.kind == "Report":
            continue
        sides = [name for name in (claim.left, claim.right) if name is not None]
        lacking = [name for name in sides if name not in code.implementations]
        if len(sides) == 2 and not lacking:
            continue
        advice = f"write one in {_folder(draft, draft.project.checks)}/{claim.topic}.py"
        if len(sides) == 2:
            advice += (
                f", or implement {' and '.join(lacking)} in {_folder(draft, draft.project.implementations)}"
            )
        yield draft.problem(claim.iri, f"'{claim.name}' has no check", advice)


def _folder(draft: Draft, package: str) -> str:
    return package.replace(".", "/")


def checks_without_control(draft: Draft) -> Iterator[Problem]:
    """Checks that nobody has seen fail."""
    for check in draft.code.checks.values() if draft.code is not None else ():
        if not check.controls:
            advice = f'add one: @{check.name}.control("what is broken, in words")'
            yield _at(draft, check, f"the check '{check.name}' has no negative control", advice)
        for wording, _ in check.controls:
            if not wording.strip():
                advice = "name what is broken, in words"
                yield _at(draft, check, f"a control of '{check.name}' does not say what it breaks", advice)


def orphan_checks(draft: Draft) -> Iterator[Problem]:
    """Checks that bear no claim's name."""
    for check in draft.code.checks.values() if draft.code is not None and draft.is_whole else ():
        if check.name not in draft.graph.claims and check.name not in draft.unclear:
            advice = did_you_mean(check.name, draft.graph.claims, "state the claim, or remove the check")
            yield _at(draft, check, f"the check '{check.name}' names no claim", advice)


def orphan_implementations(draft: Draft) -> Iterator[Problem]:
    """Public functions among the implementations that bear no concept's name."""
    for function in draft.code.implementations.values() if draft.code is not None and draft.is_whole else ():
        if function.name not in draft.graph.concepts and function.name not in draft.unclear:
            other = "define the concept, or begin the name of a helper with _"
            advice = did_you_mean(function.name, draft.graph.concepts, other)
            yield _at(draft, function, f"the implementation '{function.name}' names no concept", advice)


def unknown_uses(draft: Draft) -> Iterator[Problem]:
    """Implementations that a check asks for and that do not exist."""
    code = draft.code
    for check in code.checks.values() if code is not None else ():
        for line, name in _uses(check):
            if code is not None and name not in code.implementations:
                folder = _folder(draft, draft.project.implementations)
                advice = did_you_mean(name, code.implementations, f"implement it in {folder}")
                path = draft.project.relative(check.path)
                yield Problem(path, line, f"'{name}' is no implementation", advice)


def _uses(check: CheckFunction) -> Iterator[tuple[int, str]]:
    lines = check.path.read_text(encoding="utf-8").split("\n")
    for text in (check.source, *(source for _, source in check.controls)):
        for found in _USE.finditer(text):
            wanted = text[: found.end()].rsplit("\n", 1)[-1]
            starts = [number for number, line in enumerate(lines, 1) if line.startswith(wanted)]
            yield (starts[0] if starts else check.line), found.group(1)


def twice_written(draft: Draft) -> Iterator[Problem]:
    """Functions of one name, of which the second silently takes the place of the first."""
    code = draft.code
    if code is None:
        return
    implemented = {function.path.parent for function in code.implementations.values()}
    first: dict[tuple[bool, str], str] = {}
    for path in sorted(code.imports):
        is_implementation = path.parent in implemented
        pattern = _PUBLIC if is_implementation else _DECLARED
        text, place = path.read_text(encoding="utf-8-sig"), draft.project.relative(path)
        for found in pattern.finditer(text):
            name, line = found[1], text.count("\n", 0, found.start(1)) + 1
            key = is_implementation, name
            if key in first:
                problem = f"'{name}' is written a second time, and only one of them is run"
                yield Problem(place, line, problem, f"keep one; the first is at {first[key]}")
            else:
                first[key] = f"{place.as_posix()}:{line}"


def attached_to_nothing(draft: Draft) -> Iterator[Problem]:
    """Controls, witnesses and counterexamples of a check that is not there: their module cannot be imported."""
    code = draft.code
    if code is None:
        return
    for path in sorted(code.imports):
        everything = (*code.checks.values(), *code.conditions.values())
        declared = {one.name for one in everything if one.path == path}
        text = path.read_text(encoding="utf-8-sig")
        for found in _ATTACHED.finditer(text):
            owner, part = found.groups()
            if owner in declared:
                continue
            line = text.count("\n", 0, found.start()) + 1
            what = "condition" if part == "sampler" else "check"
            if re.search(rf"^def {owner}\(", text, re.MULTILINE):
                problem, advice = f"'{owner}' is a function and no {what}", f"write @{what} above it"
            else:
                problem = f"there is no {what} '{owner}' in this file"
                advice = did_you_mean(owner, declared, f"write @{what} and def {owner}(…) above")
            yield Problem(draft.project.relative(path), line, problem, advice)


def parameters_that_differ(draft: Draft) -> Iterator[Problem]:
    """Checks that do not take ``use`` first, and controls that take an input that their check does not have."""
    for check in draft.code.checks.values() if draft.code is not None else ():
        first, wanted = _parameters(check.node)
        if first != "use":
            problem = f"the first parameter of the check '{check.name}' is not use"
            yield _at(
                draft, check, problem, f"write def {check.name}(use, …), and reach implementations by it"
            )
            continue
        for node in check.attached:
            if not any(".control(" in ast.unparse(mark) for mark in node.decorator_list):
                continue
            first, names = _parameters(node)
            unknown = [name for name in names if name not in wanted]
            if first != "use":
                problem = f"the first parameter of a control of '{check.name}' is not use"
            elif unknown:
                problem = f"a control of '{check.name}' takes '{unknown[0]}', which its check does not"
            else:
                continue
            advice = f"write def _({', '.join(['use', *wanted])}), or fewer of them"
            yield Problem(draft.project.relative(check.path), node.lineno, problem, advice)


def _parameters(node: ast.FunctionDef) -> tuple[str, list[str]]:
    """The first parameter of a function, and the others."""
    names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    return (names[0] if names else "nothing"), names[1:]


def conditions_on_one_side(draft: Draft) -> Iterator[Problem]:
    """Conditions that are stated and cannot be tested, or can be tested and are not stated."""
    code = draft.code
    if code is None:
        return
    own = {head.iri for file in draft.own_files for head in file.heads}
    for condition in draft.graph.conditions.values():
        if condition.iri in own and condition.name not in code.conditions:
            advice = did_you_mean(condition.name, _unstated(draft, code), _where_conditions_live(draft))
            yield draft.problem(condition.iri, f"the condition '{condition.name}' has no code", advice)
    for name in sorted(_unstated(draft, code)):
        advice = did_you_mean(name, draft.graph.conditions, "state it as a kg:Condition, or remove the code")
        yield _at(draft, code.conditions[name], f"'{name}' is no condition that is stated", advice)


def _unstated(draft: Draft, code: CodeIndex) -> set[str]:
    return set(code.conditions) - set(draft.graph.conditions) - draft.unclear


def _where_conditions_live(draft: Draft) -> str:
    return f"write @condition def … in {_folder(draft, draft.project.checks)}, or remove the condition"


def _at(draft: Draft, function: Function, problem: str, advice: str) -> Problem:
    return Problem(draft.project.relative(function.path), function.line, problem, advice)
