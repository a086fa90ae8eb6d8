"""Each page that shows commands with their output is followed from the top; what it quotes is what is printed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pages import DOCS, Command, File, Follower, start, steps, words

PAGES = (
    "tour.md",
    "how-to/add-a-claim.md",
    "how-to/bounds-refutations-and-other-kinds.md",
    "how-to/bring-your-own-ontology.md",
    "how-to/publish-the-site.md",
)


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_a_page_print_what_it_quotes(name: str, tmp_path: Path) -> None:
    path = DOCS / name
    folder = tmp_path / "clone"
    folder.mkdir()
    follower = Follower(start(path, folder), tmp_path / "programs")
    found = list(steps(path.read_text(encoding="utf-8")))
    assert sum(isinstance(step, Command) for step in found) >= 3
    for step in found:
        printed = follower.do(step)
        if isinstance(step, Command):
            assert words(step.quoted) == words(printed), (
                f"{step.text} prints\n\n{printed}\nif that is right: python tests/docs/pages.py docs/{name}"
            )


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_no_command_without_its_output(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    commands = [line for line in text.splitlines() if line.strip().startswith("$ ")]
    assert len(commands) == sum(isinstance(step, Command) for step in steps(text))


def test_steps_are_found_in_their_order_and_without_their_margin() -> None:
    page = (
        "1. Write\n\n   ```{code-block} turtle\n   :caption: a/b.ttl\n\n   text\n     more\n   ```\n\n"
        "2. Run\n\n   ```console\n   $ kg lint\n   no problems\n   $ kg list x\n   ```\n"
    )
    assert list(steps(page)) == [
        File("a/b.ttl", "text\n  more\n"),
        Command("kg lint", "no problems\n"),
        Command("kg list x", ""),
    ]
