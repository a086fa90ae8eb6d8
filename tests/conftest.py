"""Fixtures for tests about a whole project: a copy of the second project, free to be broken."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

TOY = Path(__file__).parent / "projects" / "toy"


@pytest.fixture(autouse=True, scope="session")
def hears_ctrl_c() -> None:
    """A shell that starts the tests in the background makes them, and every process they start, deaf to Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def as_wide_as_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are broken alike in every shell, and by workers that pytest starts."""
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the second project, with nothing recorded yet."""
    ignored = shutil.ignore_patterns("__pycache__", "generated")
    return Path(shutil.copytree(TOY, tmp_path / "toy", ignore=ignored))


@pytest.fixture
def edit(toy: Path) -> Callable[[str, str, str], None]:
    """Replace one text in one file of the copy; a missing file is made, an empty old text means the end."""

    def change(name: str, old: str, new: str) -> None:
        path = toy / name
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        assert old in text, f"the test is out of date: {old!r} is not in {name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")

    return change
