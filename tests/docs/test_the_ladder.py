"""The page about the ladder of strengths: its commands are run and what it quotes is compared with what they print.

Of ``kg show`` the page quotes the evidence, between ellipses, without the line that says whether it is fresh.  After
evidence has changed, ``python tests/docs/test_the_ladder.py`` writes the new output into the page; then read the page.
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "explanation" / "the_ladder.md"
STRENGTHS = ("Proved", "IdentityTested", "Enclosed", "Scaled", "Statistical", "Sampled", "Reported")
CONSOLE = re.compile(r"^```console\n\$ (.*?)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Every command of the page with the output it quotes."""
    return CONSOLE.findall(PAGE.read_text(encoding="utf-8"))


def words(text: str) -> str:
    """Text without its line breaks, so that the width of a terminal plays no part."""
    return " ".join(text.split())


def evidence_of(printed: str) -> str:
    """The evidence in the output of ``kg show``, between ellipses, as the page quotes it."""
    found = re.search(r"^Evidence\n(.*?)^  (?:Fresh|Stale):", printed, re.MULTILINE | re.DOTALL)
    assert found, printed
    return f"…\n{found[0].rpartition('  ')[0]}…\n"


def run(command: str, folder: Path) -> str:
    """What a ``kg`` command prints on stdout; of ``kg show``, the evidence."""
    program, *arguments = shlex.split(command)
    assert program == "kg"
    done = subprocess.run(
        [sys.executable, "-m", "kg.cli", *arguments],
        cwd=folder,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return evidence_of(done.stdout) if arguments[0] == "show" else done.stdout


def copy_of_the_project(folder: Path) -> Path:
    """A copy to verify in, as verifying writes evidence."""
    for name in ("ontology", "kg"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "assets"))
    (folder / "docs").mkdir()  # the project names it
    for name in ("pyproject.toml", "references.bib"):
        shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a command is run: the project itself if it only reads."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    reads = request.getfixturevalue("command").startswith("kg show ")
    return ROOT if reads else copy_of_the_project(tmp_path)


@pytest.mark.parametrize(("command", "quoted"), examples(), ids=[command[:60] for command, _ in examples()])
def test_a_command_of_the_page_prints_what_the_page_quotes(command: str, quoted: str, place: Path) -> None:
    printed = run(command, place)
    assert words(quoted) == words(printed), f"{command} prints\n\n{printed}\nrefresh the page and read it"


def test_the_python_examples_of_the_page_give_what_it_says() -> None:
    (block,) = re.findall(
        r"^```pycon\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    test = doctest.DocTestParser().get_doctest(block, {}, "the_ladder", str(PAGE), 0)
    report: list[str] = []
    failed, attempted = doctest.DocTestRunner(verbose=False).run(test, out=report.append)
    assert attempted >= 5
    assert not failed, "".join(report)


def test_every_strength_has_a_section_in_the_order_of_the_ladder() -> None:
    headings = re.findall(r"^## (\w+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [heading for heading in headings if heading in STRENGTHS] == list(STRENGTHS)


@pytest.mark.parametrize("strength", ["Proved", "IdentityTested", "Scaled", "Statistical", "Sampled"])
def test_the_section_of_a_strength_shows_a_claim_that_has_it(strength: str) -> None:
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (section,) = [text for text in sections if text.startswith(f"{strength}\n")]
    assert f"Passed, {strength}" in section


def test_constants_of_the_judges_are_those_the_page_names() -> None:
    from kg.verify import bound, cost, expectation, floating, refutation, residue, scaling

    page = words(PAGE.read_text(encoding="utf-8"))
    low, high = scaling.PRECISIONS
    for text in (
        f"below $2^{{{residue.TARGET}}}$ at every shape",
        f"at {low} and at {high} bits",
        f"the {high - low} bits gained",
        f"in ball arithmetic at {refutation.BITS} bits",
    ):
        assert words(text) in page
    assert (residue.SHAPES, scaling.DRAWS, floating.DRAWS) == (3, 3, 3)
    assert (bound.STARTS, bound.STEPS, cost.SHAPES) == (12, 60, 8)
    assert (expectation.ALPHA, floating.POWER) == (1e-6, 1000)


def test_the_evidence_is_found_in_the_output_of_show() -> None:
    printed = "a_claim\n\nEvidence\n  Passed, at most 2^-175.\n  Fresh: nothing has changed.\n\nCode\n"
    assert evidence_of(printed) == "…\nEvidence\n  Passed, at most 2^-175.\n…\n"


def refresh() -> None:
    """Write what the commands print now into the page."""
    with tempfile.TemporaryDirectory() as folder:
        copy = copy_of_the_project(Path(folder))

        def renewed(found: re.Match[str]) -> str:
            place = ROOT if found[1].startswith("kg show ") else copy
            return f"```console\n$ {found[1]}\n{run(found[1], place)}```"

        PAGE.write_text(CONSOLE.sub(renewed, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    refresh()
