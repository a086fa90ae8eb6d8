"""How Turtle is written: syntax, layout, and what a parser reads into a string.

Each case is one edit of a sound project (file, old text, new text) and all that ``kg lint`` then says.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Edit = Callable[[str, str, str], None]
Lint = Callable[[], list[str]]
Case = tuple[str, str, str, list[str]]

CLAIMS = "ontology/claims/evaluation.ttl"
CONCEPTS = "ontology/concepts/evaluation.ttl"
SECOND = "power_evaluation_is_linear_in_the_coefficients"

TEXT: dict[str, Case] = {
    "LaTeX with a single backslash, read as a backspace": (
        CLAIMS,
        "\\\\sum_i (a_i",
        "\\beta (a_i",
        [
            f"{CLAIMS}:19: '\\beta' in a string is a backspace and eta, not LaTeX: double the backslash: '\\\\beta'",
        ],
    ),
    "a formula with a brace that stays open": (
        CLAIMS,
        "\\\\sum_i (a_i",
        "\\\\sum_{i (a_i",
        [
            f"{CLAIMS}:19: kg:formula is not LaTeX: a {{ is never closed: "
            "close it, or write \\\\{ where a brace is to be seen"
        ],
    ),
    "a formula with a bracket that nothing opened": (
        CLAIMS,
        "\\\\sum_i (a_i + b_i)",
        "\\\\sum_i (a_i + b_i\\\\right)",
        [
            f"{CLAIMS}:19: kg:formula is not LaTeX: a \\right closes nothing: "
            "close it, or write \\\\{ where a brace is to be seen"
        ],
    ),
    "a formula in a reason that stays open": (
        CLAIMS,
        "the powers are fixed",
        "the $x^i are fixed",
        [
            f"{CLAIMS}:20: kg:because holds an odd number of $: "
            "put $ before and after every formula, and \\\\$ where a dollar is meant"
        ],
    ),
    "braces that are to be seen": (CLAIMS, "\\\\sum_i (a_i", "\\\\{\\\\sum_i (a_i", []),
    "LaTeX with a single backslash, read as a tab": (
        CLAIMS,
        "the powers are fixed",
        "the $\\tau$ are fixed",
        [f"{CLAIMS}:20: '\\tau' in a string is a tab and au, not LaTeX: double the backslash: '\\\\tau'"],
    ),
    "LaTeX with a single backslash, read as a line break": (
        CLAIMS,
        "the powers are fixed",
        "the $\\nabla$ are fixed",
        [
            f"{CLAIMS}:20: '\\nabla' in a string is a line break and abla, not LaTeX: double the backslash: '\\\\nabla'"
        ],
    ),
    "LaTeX that is no Turtle at all": (
        CLAIMS,
        "\\\\cdots",
        "\\cdots",
        [
            f"{CLAIMS}:10: not valid Turtle (Unexpected escape character '\\c'): "
            "double the backslash at column 45, as in \\\\sum",
        ],
    ),
    "a raw control character": (
        CLAIMS,
        "the powers are fixed",
        "the \x07 powers are fixed",
        [f"{CLAIMS}:20: a string holds the control character U+0007: remove it"],
    ),
    "a formula on two lines": (
        CLAIMS,
        '"\\\\sum_i (a_i',
        '"\\n\\\\sum_i (a_i',
        [f"{CLAIMS}:19: a formula holds a line break: write it as one line, with every backslash doubled"],
    ),
    "a stanza that does not begin in column 0": (
        CLAIMS,
        f"claim:{SECOND}",
        f"  claim:{SECOND}",
        [
            f"{CLAIMS}:16: the stanza of '{SECOND}' does not begin in column 0: "
            "begin the line with the subject, so that it can be found",
        ],
    ),
    "a line in column 0 that should be indented": (
        CLAIMS,
        "    kg:about",
        "kg:about",
        [
            f"{CLAIMS}:17: a line in the middle of a stanza begins in column 0: "
            "indent it by four spaces, or end the stanza above with ' .'",
        ],
    ),
    "a stanza that is not ended": (
        CLAIMS,
        "kg:intent cito:citesAsAuthority ] .\n\n",
        "kg:intent cito:citesAsAuthority ]\n\n",
        [
            f"{CLAIMS}:16: not valid Turtle (A dot is expected at the end of statements): "
            "end the stanza above with ' .', or separate its lines with ';'",
        ],
    ),
    "a string that is not closed": (
        CLAIMS,
        'of their values."@en',
        "of their values.@en",
        [
            f"{CLAIMS}:18: not valid Turtle (Line jumps are not allowed in string literals, use \\n): "
            'close the string on its own line, or put it between """ and """',
        ],
    ),
    "a byte order mark": (
        CLAIMS,
        "@prefix kg:",
        "\ufeff@prefix kg:",
        [
            f"{CLAIMS}:1: not valid Turtle (\ufeff is not a valid subject or graph name): "
            "save the file without a byte order mark",
        ],
    ),
    "a prefix that is not declared": (
        CONCEPTS,
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n",
        "",
        [
            f"{CONCEPTS}:4: not valid Turtle (The prefix skos: has not been declared): "
            "add '@prefix skos: <http://www.w3.org/2004/02/skos/core#> .' at the top of the file",
        ],
    ),
    "a prefix that is misspelt": (
        CLAIMS,
        "kg:about concept:",
        "kg:about concpt:",
        [
            f"{CLAIMS}:17: not valid Turtle (The prefix concpt: has not been declared): did you mean 'concept'?",
        ],
    ),
    "an IRI that is not absolute": (
        CLAIMS,
        'concept:power_evaluation ;\n    kg:statement "The',
        '<power_evaluation> ;\n    kg:statement "The',
        [
            f"{CLAIMS}:17: not valid Turtle (No scheme found in an absolute IRI): "
            "write the whole IRI at column 14, or a name with a prefix",
        ],
    ),
}

BIBLIOGRAPHY: dict[str, Case] = {
    "a work that nothing cites": (
        "references.bib",
        "",
        "@misc{newton1687, title={T}, author={A, B}, year=1687, url={https://example.org}}\n",
        ["references.bib:19: nothing cites 'newton1687': cite it in a claim, or remove it"],
    ),
    "a work that cannot be read, cited by a claim": (
        "references.bib",
        "{Horner, William George}",
        "{Horner, William George",
        [
            "references.bib:1: this entry cannot be read (Unexpected block start: `@book`. Was still looking for "
            "field-value closing `,` or `}`): close every brace and quote, and put a comma between fields",
        ],
    ),
}


def test_a_sound_project_has_no_problems(lint: Lint) -> None:
    assert lint() == []


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"), (TEXT | BIBLIOGRAPHY).values(), ids=list(TEXT | BIBLIOGRAPHY)
)
def test_lint_reports_exactly(
    edit: Edit, lint: Lint, name: str, old: str, new: str, expected: list[str]
) -> None:
    edit(name, old, new)
    assert lint() == expected


def test_every_problem_is_reported_at_once_and_sorted(edit: Edit, lint: Lint) -> None:
    edit(CLAIMS, "ref:horner1819new", "ref:horner1819")
    edit(CLAIMS, "kg:about concept:power_evaluation", "kg:about concept:powr_evaluation")
    edit(CONCEPTS, "skos:altLabel", "skos:altlabel")
    edit("references.bib", "year    = {1819}", "year    = {in 1819}")
    assert [message.split(": ")[0] for message in lint()] == [
        f"{CLAIMS}:13",
        f"{CLAIMS}:17",
        f"{CONCEPTS}:12",
        "references.bib:1",
    ]


def test_a_broken_file_does_not_hide_the_problems_of_the_others(edit: Edit, lint: Lint) -> None:
    edit(CONCEPTS, "skos:altLabel", "skos:altLabel ;")
    edit(CLAIMS, "ref:horner1819new", "ref:horner1819")
    found = lint()
    assert found[0].startswith(f"{CLAIMS}:13: 'horner1819' is not in references.bib")
    assert found[1].startswith(f"{CONCEPTS}:12: not valid Turtle")
    assert len(found) == 2


def test_a_file_that_is_not_utf8_is_reported_at_its_line(toy: Path, lint: Lint) -> None:
    path = toy / CLAIMS
    path.write_bytes(path.read_bytes().replace(b"Every term", b"\xc9very term"))
    [message] = lint()
    assert message.startswith(f"{CLAIMS}:11: not valid Turtle (Invalid UTF-8")
    assert message.endswith(": save the file as UTF-8")


def test_a_file_cut_short_makes_nothing_else_look_left_over(toy: Path, lint: Lint) -> None:
    path = toy / CLAIMS
    path.write_text(path.read_text(encoding="utf-8")[:900], encoding="utf-8")
    assert [message.partition(" (")[0] for message in lint()] == [f"{CLAIMS}:13: not valid Turtle"]
