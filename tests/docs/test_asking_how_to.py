"""The page about asking: each of its commands that needs no other machine does something, and its question can be kept."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from pages import Command, Follower

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "ask-a-question.md").read_text(encoding="utf-8")
ELSEWHERE = ("oxigraph", "curl", "kg serve", "--endpoint", "--record", "--check", "export nq", "kg find")
"""These are run by the tests of the endpoint, of the server, of stored answers and of dataflow."""


def commands() -> list[str]:
    """Every command of the page that is answered on the spot."""
    blocks = re.findall(r"^ *```console\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
    return [line for line in lines if not any(part in line for part in ELSEWHERE)]


@pytest.fixture(scope="module")
def follower(tmp_path_factory: pytest.TempPathFactory) -> Follower:
    """A reader in this clone, with one cache for all commands."""
    return Follower(ROOT, tmp_path_factory.mktemp("programs"))


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_page_is_answered(command: str, follower: Follower, tmp_path: Path) -> None:
    if "question.rq" in command:
        question = tmp_path / "question.rq"
        question.write_text("SELECT ?claim { ?claim kg:statement ?words } LIMIT 3", encoding="utf-8")
        command = command.replace("question.rq", str(question))
    assert follower.do(Command(command, ""))


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    exec(compile(block, "ask-a-question.md", "exec"), {})
    assert "gelu_is_not_an_antiderivative_of_a_cdf" in capsys.readouterr().out


def test_the_functions_of_the_page_are_those_a_query_may_call() -> None:
    from kg.query.functions import NAMES

    assert set(re.findall(r"^\| `kg:(\w+)\(", PAGE, re.MULTILINE)) == set(NAMES)
