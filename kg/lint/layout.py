"""Rules about the text of Turtle files: syntax, where stanzas begin, and what the parser reads into a string."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pyoxigraph import Literal

from kg.lint.draft import Draft, Problem
from kg.names import STANDARD_PREFIXES, VOCABULARY, compact, local_name
from kg.sources import TurtleFile, string_literals

# A LaTeX command that begins with a letter Turtle reads as an escape: \tau is a tab and "au". A line break is only
# suspect before a letter, because nothing else tells a written \n from \nabla.
_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\([tbrf]|n(?=[a-z]))([A-Za-z]*)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\t|\r(?!\n)")
_NAMES = {"t": "a tab", "b": "a backspace", "r": "a return", "f": "a form feed", "n": "a line break"}
_INTEGERS = {STANDARD_PREFIXES["xsd"] + name for name in ("integer", "nonNegativeInteger", "positiveInteger")}


def syntax_errors(draft: Draft) -> Iterator[Problem]:
    """Files that are not Turtle."""
    for error in draft.errors:
        yield Problem(error.path, error.line, error.problem, error.advice)


def stanzas_out_of_place(draft: Draft) -> Iterator[Problem]:
    """Stanzas that do not begin in column 0, and lines that begin there without being a stanza."""
    broken = {error.path for error in draft.errors}
    for file in draft.own_files:
        if file.place in broken:
            continue
        for head in file.heads:
            if head.column != 1:
                name = local_name(head.iri)
                advice = "begin the line with the subject, so that it can be found"
                yield Problem(
                    file.place, head.line, f"the stanza of '{name}' does not begin in column 0", advice
                )
        for line in file.unindented:
            advice = "indent it by four spaces, or end the stanza above with ' .'"
            yield Problem(file.place, line, "a line in the middle of a stanza begins in column 0", advice)


def control_characters(draft: Draft) -> Iterator[Problem]:
    """LaTeX that Turtle read as an escape, and other characters that no text should hold."""
    for file in draft.own_files:
        for line, literal in string_literals(file.text):
            yield from _escapes(file, line, literal)
            for found in _CONTROL.finditer(literal):
                problem = f"a string holds the control character U+{ord(found.group()):04X}"
                yield Problem(file.place, line + literal.count("\n", 0, found.start()), problem, "remove it")
    formula = VOCABULARY + "formula"
    for file, subject, quad in draft.quads():
        if quad.predicate.value == formula and isinstance(quad.object, Literal) and "\n" in quad.object.value:
            advice = "write it as one line, with every backslash doubled"
            yield draft.in_file(file, subject, "a formula holds a line break", advice, formula)


def _escapes(file: TurtleFile, line: int, literal: str) -> Iterator[Problem]:
    for found in _ESCAPE.finditer(literal):
        letter, rest = found.groups()
        written = f"\\{letter}{rest}"
        yield Problem(
            file.place,
            line + literal.count("\n", 0, found.start()),
            f"'{written}' in a string is {_NAMES[letter]}{f' and {rest}' if rest else ''}, not LaTeX",
            f"double the backslash: '\\{written}'",
        )


def unbalanced_latex(draft: Draft) -> Iterator[Problem]:
    """Formulas, and what stands between dollar signs, that LaTeX could not read to the end."""
    for file, subject, quad in draft.quads():
        if not isinstance(quad.object, Literal) or not quad.predicate.value.startswith(VOCABULARY):
            continue
        name, text = local_name(quad.predicate.value), quad.object.value
        if name == "formula":
            parts = [text]
        elif name in _PROSE:
            parts = re.split(r"(?<!\\)\$", text)
            if len(parts) % 2 == 0:
                advice = "put $ before and after every formula, and \\\\$ where a dollar is meant"
                yield draft.in_file(file, subject, f"kg:{name} holds an odd number of $", advice, name)
                continue
            parts = parts[1::2]
        else:
            continue
        for part in parts:
            fault = _unclosed(part)
            if fault:
                advice = "close it, or write \\\\{ where a brace is to be seen"
                yield draft.in_file(file, subject, f"kg:{name} is not LaTeX: {fault}", advice, name)


_PROSE = ("because", "note", "where", "statement", "asUsuallySaid")
_PAIRS = re.compile(r"\\(?:left|right|begin|end)(?![A-Za-z])(?:\{[a-z]+\*?\})?|\\.|[{}]", re.DOTALL)


def _unclosed(latex: str) -> str:
    """What is opened and not closed, or closed and not opened; empty if nothing is."""
    opened: list[str] = []
    for found in _PAIRS.findall(latex):
        closes = {"}": "{", "\\right": "\\left"}.get(found, found.replace("\\end", "\\begin"))
        if found == "{" or found.startswith(("\\left", "\\begin")):
            opened.append(found)
        elif found == "}" or found.startswith(("\\right", "\\end")):
            last = opened.pop() if opened else ""
            if last != closes:
                return f"a {found} closes nothing"
    return f"a {opened[-1]} is never closed" if opened else ""


def malformed_numbers(draft: Draft) -> Iterator[Problem]:
    """Integers that are none: RDF accepts any text under any datatype."""
    for file, subject, quad in draft.quads():
        value = quad.object
        if not isinstance(value, Literal) or value.datatype.value not in _INTEGERS:
            continue
        if not re.fullmatch(r"[+-]?\d+", value.value):
            name = compact(quad.predicate.value)
            problem = f"'{value.value}' under {name} is no integer"
            yield draft.in_file(file, subject, problem, "write a number without quotes", quad.predicate.value)
