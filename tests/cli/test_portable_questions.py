"""The stored questions have the same answers here, behind ``kg serve``, and in a server of another make."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.query.functions import NAMES

ROOT = Path(__file__).parent.parent.parent
QUESTIONS = sorted((ROOT / "ontology" / "questions").glob("*.rq"))
PORTABLE = [path for path in QUESTIONS if not any(f"kg:{name}(" in path.read_text() for name in NAMES)]


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the graph, so that an edit meanwhile changes no answer."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "ontology", folder / "ontology")
    shutil.copy(ROOT / "references.bib", folder)
    (folder / "pyproject.toml").write_text(
        '[tool.kg]\nname = "copy"\nbase = "https://w3id.org/ml-equivalences/"\n'
        'implementations = "kg.impl"\nchecks = "kg.checks"\n'
    )
    return Path(folder)


@pytest.fixture(autouse=True)
def cache(project: Path, monkeypatch) -> None:
    """One cache for all questions: the bibliography is read once."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(project / "cache"))


@pytest.fixture(scope="module")
def engine(project, tmp_path_factory) -> Iterator[str]:
    """The address of an Oxigraph server that holds the graph as ``kg export nq`` writes it."""
    folder, program = tmp_path_factory.mktemp("engine"), Path(sys.executable).with_name("oxigraph")
    assert program.exists(), "the server to compare with is missing: pip install 'kg[test]'"
    quads = folder / "graph.nq"
    subprocess.run(
        [sys.executable, "-m", "kg.cli", "--project", project, "export", "nq", "--output", quads], check=True
    )
    subprocess.run(
        [program, "load", "--location", folder / "store", "--file", quads], check=True, capture_output=True
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    process = subprocess.Popen(
        [
            program,
            "serve-read-only",
            "--union-default-graph",
            "--location",
            folder / "store",
            "--bind",
            address,
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _wait_for(address)
    yield f"http://{address}/query"
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def served(project) -> Iterator[str]:
    """The address of ``kg serve``."""
    command = [sys.executable, "-m", "kg.cli", "--project", str(project), "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip()
    process.terminate()
    process.communicate()


def _wait_for(address: str) -> None:
    host, _, port = address.rpartition(":")
    for _ in range(200):
        try:
            socket.create_connection((host, int(port))).close()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nothing listens at {address}")


def rows(text: str) -> list[str]:
    """The rows of an answer, in an order of their own: a question may leave the order of equal rows open."""
    answer = ox.parse_query_results(text, format=ox.QueryResultsFormat.JSON)
    if isinstance(answer, ox.QueryBoolean):
        return [str(bool(answer))]
    names = [variable.value for variable in answer.variables]
    return [" ".join(names), *sorted(" | ".join(str(value) for value in row) for row in answer)]


@pytest.mark.parametrize("question", PORTABLE, ids=lambda path: path.stem)
def test_a_portable_question_has_the_same_rows_in_every_engine(question: Path, call, project, served, engine):
    def asked(*options: str) -> list[str]:
        answer = call("--project", project, "query", question, "--format", "json", *options)
        assert answer.status == 0, answer.err
        return rows(answer.out)

    here = asked()
    assert asked("--endpoint", engine, "--default-graph", "none") == here
    assert asked("--endpoint", served) == here


def test_the_graphs_of_the_project_may_be_named_one_by_one(call, project, engine):
    text = ("query", "-e", "SELECT ?c ?s { ?c a kg:Refutation ; kg:statement ?s }", "--format", "json")
    here = call("--project", project, *text)
    there = call("--project", project, *text, "--endpoint", engine)
    assert rows(there.out) == rows(here.out)
    assert len(rows(here.out)) > 2
