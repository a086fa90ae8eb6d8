"""Fixtures: a cache of its own for every test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg.lint import problems
from kg.project import find_project


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache directory, empty."""
    folder = tmp_path / "cache"
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_args, **_options: folder)
    return folder


@pytest.fixture
def lint(toy: Path) -> Callable[[], list[str]]:
    """What ``kg lint`` says about the copy, line by line."""
    return lambda: [str(problem) for problem in problems(find_project(toy))]
