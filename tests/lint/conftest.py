"""Fixtures: a copy of the second project, free to be broken, and a cache of its own for every test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.lint import problems
from kg.project import find_project

TOY = Path(__file__).parents[1] / "projects" / "toy"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache directory, empty."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_args, **_options: folder)
    return folder


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    """A copy of the second project."""
    return Path(shutil.copytree(TOY, tmp_path / "toy", ignore=shutil.ignore_patterns("__pycache__")))


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


@pytest.fixture
def lint(toy: Path) -> Callable[[], list[str]]:
    """What ``kg lint`` says about the copy, line by line."""
    return lambda: [str(problem) for problem in problems(find_project(toy))]
