"""The command run inside this process: fixtures that a folder of tests takes into its own conftest."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kg.cli import run


@dataclass(frozen=True)
class Answer:
    """What a command did: its exit status, what it printed, what it said."""

    status: int
    out: str
    err: str


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own for every test, also in the processes it starts."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KG_DEBUG", raising=False)


@pytest.fixture(autouse=True)
def modules() -> Iterator[None]:
    """Forget the code of the project afterwards: the next test has another copy of the same name."""
    path = list(sys.path)
    yield
    sys.path[:] = path
    for name in [name for name in sys.modules if name.partition(".")[0] == "polynomials"]:
        del sys.modules[name]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Run ``kg`` with these arguments and this text on stdin."""

    def called(*arguments: object, stdin: str = "") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        return Answer(status, found.out, found.err)

    return called


@pytest.fixture
def kg(call: Callable[..., Answer], toy: Path) -> Callable[..., Answer]:
    """The same on the copy of the second project."""

    def called(*arguments: object, **options: Any) -> Answer:
        return call("--project", toy, *arguments, **options)

    return called
