"""The page about the ladder of strengths: its commands are run and what it quotes is compared with what they print.

Times, and whether evidence is fresh or stale, are not compared.  A line of the page that holds only an ellipsis stands for
any number of lines.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "the_ladder.md"
STRENGTHS = ("Proved", "IdentityTested", "Enclosed", "Scaled", "Statistical", "Sampled", "Reported")


def blocks(language: str) -> list[str]:
    """The code blocks of the page in one language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def examples() -> list[tuple[str, str]]:
    """Every command of the page with the output it quotes."""
    return [
        (command[2:], quoted) for command, _, quoted in (block.partition("\n") for block in blocks("console"))
    ]


def words(text: str) -> str:
    """Text without its line breaks, so that the width of a terminal plays no part."""
    return " ".join(text.split())


def pieces(quoted: str) -> list[str]:
    """The stretches of output between ellipses."""
    return [words(piece) for piece in re.split(r"^…$", quoted, flags=re.MULTILINE) if piece.strip()]


def missing(quoted: str, printed: str) -> str | None:
    """The first quoted stretch that is not in the output, each looked for behind the one before."""
    rest = words(printed)
    for piece in pieces(quoted):
        _, found, rest = rest.partition(piece)
        if not found:
            return piece
    return None


def run(command: str, folder: Path) -> str:
    """What a ``kg`` command prints on stdout."""
    program, *arguments = shlex.split(command)
    assert program == "kg"
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100", "XDG_CACHE_HOME": str(folder / ".cache")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project to verify in, as verifying writes evidence."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("ontology", "kg"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "assets"))
    for name in ("pyproject.toml", "references.bib"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.mark.parametrize(("command", "quoted"), examples(), ids=lambda text: text.split("\n")[0][:60])
def test_a_command_of_the_page_prints_what_the_page_quotes(command: str, quoted: str, clone: Path) -> None:
    printed = run(command, clone)
    piece = missing(quoted, printed)
    assert piece is None, f"the page quotes\n\n{piece}\n\nbut {command} prints\n\n{printed}"


def test_the_python_examples_of_the_page_give_what_it_says() -> None:
    (block,) = blocks("pycon")
    test = doctest.DocTestParser().get_doctest(block, {}, "the_ladder", str(PAGE), 0)
    report: list[str] = []
    failed, attempted = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert attempted >= 5
    assert not failed, "".join(report)


def test_every_strength_has_a_section_in_the_order_of_the_ladder() -> None:
    headings = re.findall(r"^## (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [heading for heading in headings if heading in STRENGTHS] == list(STRENGTHS)


def test_the_rungs_that_the_examples_stand_on_are_quoted_as_such() -> None:
    quoted = "".join(quoted for _, quoted in examples())
    for strength in ("Proved", "IdentityTested", "Scaled", "Statistical", "Sampled"):
        assert strength in quoted


def test_constants_of_the_judges_are_those_the_page_names() -> None:
    from kg.verify import bound, cost, expectation, floating, refutation, residue, scaling

    page = words(PAGE.read_text(encoding="utf-8"))
    for text in (
        f"below $2^{{{residue.TARGET}}}$ (or {residue.MOST_DRAWS} draws are made)",
        f"at {scaling.PRECISIONS[0]} and at {scaling.PRECISIONS[1]} bits",
        f"the {scaling.PRECISIONS[1] - scaling.PRECISIONS[0]} bits gained",
        f"in ball arithmetic at {refutation.BITS} bits",
    ):
        assert text in page
    assert (residue.DRAWS, scaling.DRAWS, floating.DRAWS) == (3, 3, 3)
    assert (bound.STARTS, bound.STEPS, cost.SHAPES) == (12, 60, 8)
    assert (expectation.ALPHA, floating.POWER) == (1e-6, 1000)


def test_a_quotation_that_differs_in_one_number_is_noticed() -> None:
    printed = "Evidence\n  Passed, at most 2^-175.\n  3 of 3 were\n  rejected."
    assert missing("…\nPassed, at most 2^-175.\n…\nrejected.", printed) is None
    assert missing("…\nPassed, at most 2^-176.", printed) == "Passed, at most 2^-176."
    assert missing("rejected.\n…\nPassed", printed) == "Passed"
