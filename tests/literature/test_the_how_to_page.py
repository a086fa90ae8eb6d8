"""Every command of the how-to page is run, in its order, on a bibliography that has what it names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Answer
from loopback import Loopback

Kg = Callable[..., Answer]
PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "keep-the-bibliography.md"
COMMANDS = [
    line
    for block in re.findall(
        r"^```console\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    for line in block.splitlines()
]


def test_the_commands_of_the_page_do_what_it_says(
    kg: Kg, server: Loopback, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library)
    assert len(COMMANDS) >= 10
    for command in COMMANDS:
        name, *arguments = shlex.split(command)
        answer = kg(*arguments)
        assert name == "kg"
        # Two works of this bibliography contradict their recorded records, so that 1 is an honest answer.
        assert answer.status in (0, 1), f"{command}\n{answer.err}"
        assert "internal error" not in answer.err
    assert "formerly = {myers2000biodiversity}" in (library / "references.bib").read_text(encoding="utf-8")
    assert (library / "works.jsonld").is_file()


def test_the_words_that_acknowledge_are_all_on_the_page() -> None:
    from kg.bibliography.model import ACKNOWLEDGEABLE

    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{word}`" in text for word in ACKNOWLEDGEABLE)
