"""Fixtures: a project with a bibliography, a stand-in for OpenAlex, and the command run inside this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Answer

sys.path.insert(0, str(Path(__file__).parent))

from loopback import Loopback, loopback

from kg.cli import run

PAYLOADS = Path(__file__).parent / "payloads"
PROJECT = """\
[tool.kg]
base = "https://example.org/reading/"
implementations = "reading.impl"
checks = "reading.checks"
"""


def recorded(name: str) -> Any:
    """The body of a recorded interaction."""
    return json.loads((PAYLOADS / "recorded" / f"{name}.json").read_text(encoding="utf-8"))["body"]


def recorded_works() -> dict[str, dict[str, Any]]:
    """Every work among the recordings, by its identifier."""
    works = [*recorded("oa_snowball__1")["results"], *recorded("oa_snowball__5_cut")["results"]]
    works += [recorded("pro_request_single_identifier__0"), recorded("api_call_200__0")]
    return {work["id"].rpartition("/")[2]: work for work in works}


def synthetic(name: str) -> dict[str, Any]:
    """A payload made by hand after the server's schema, for a work of our own bibliography."""
    found = json.loads((PAYLOADS / "synthetic" / f"{name}.json").read_text(encoding="utf-8"))
    assert found.pop("note").startswith("synthetic")
    return dict(found["body"])


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own for every test, no key, and no way out but the one a test opens."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("OPENALEX_API_KEY", "KG_DEBUG", "https_proxy", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setattr("kg.literature.transport.PER_SECOND", 1000)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """OpenAlex on this machine, with the recorded works in its catalogue."""
    with loopback(tmp_path) as found:
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        for work in recorded_works().values():
            found.add(work)
        yield found
        assert not found.refused, f"other hosts were asked: {found.refused}"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A project that is little more than a bibliography."""
    folder = tmp_path / "reading"
    (folder / "ontology").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    bibliography = (PAYLOADS / "references.bib").read_bytes()
    (folder / "references.bib").write_bytes(bibliography)
    return folder


@pytest.fixture
def kg(library: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run ``kg`` with these arguments on that project."""

    def called(*arguments: object) -> Answer:
        capsys.readouterr()
        status = run(["--project", str(library), *map(str, arguments)])
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        return Answer(status, found.out, found.err)

    return called


@pytest.fixture
def toy_kg(toy: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """The same on the copy of the second project, which has claims."""

    def called(*arguments: object) -> Answer:
        capsys.readouterr()
        status = run(["--project", str(toy), *map(str, arguments)])
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        return Answer(status, found.out, found.err)

    return called
