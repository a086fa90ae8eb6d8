"""Every command of the how-to page runs."""

from __future__ import annotations

import json
import re
import shlex
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "find-concepts-in-a-text.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^ *```console\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = [line.strip() for block in BLOCKS for line in block.splitlines()]


@pytest.fixture
def abstract(tmp_path: Path) -> Path:
    """The file that the page tells its reader to write."""
    found = re.search(r":caption: abstract\.txt\n\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found
    path = tmp_path / "abstract.txt"
    path.write_text(textwrap.dedent(found[1]), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_page_runs(
    call: Callable[..., Any], abstract: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(ROOT)
    words = [str(abstract) if word == "abstract.txt" else word for word in shlex.split(command)]
    assert words[0] == "kg"
    answer = call(*words[1:])
    assert answer.status == 0, answer.err


def test_the_text_of_the_page_is_linked_as_the_page_says(call: Callable[..., Any], abstract: Path) -> None:
    answer = call("link", abstract)
    assert "leverage   set aside" in re.sub(r" +", " ", answer.out).replace(" set", "   set")
    assert "expectation_maximisation" in answer.out
    assert "considerable" not in answer.out


STATED = re.findall(r"^\| `([\w.]+)`, [^|]*\| ([\d.]+) \([^|]*\| ([\d.]*)", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("name", "mentions", "about"), STATED)
def test_the_numbers_of_the_page_are_those_of_the_linker(
    call: Callable[..., Any], name: str, mentions: str, about: str
) -> None:
    path = ROOT / "tests" / "linking" / name
    concepts = ["--concepts", path.with_suffix(".ttl")] if path.with_suffix(".ttl").exists() else []
    found = json.loads(call("link", "--evaluate", path, *concepts, "--format", "json").out)
    # New labels move them a little; more than that has to be said on the page.
    assert found["mentions"]["f1"] == pytest.approx(float(mentions), abs=0.015)
    if about:
        assert found["about"]["f1"] == pytest.approx(float(about), abs=0.03)


def test_the_page_states_a_number_for_every_set_of_marked_texts() -> None:
    sets = {path.name for kind in ("*.txt", "*.jsonl") for path in (ROOT / "tests" / "linking").glob(kind)}
    assert {name for name, _, _ in STATED} == sets
