"""Fixtures: the functions of this folder, identified and conformed, and the command run inside this process."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import Answer

from kg.cli import run
from kg.conform.adapters import declared
from kg.conform.fingerprints import Library
from kg.conform.fitting import fit
from kg.conform.foreign import Foreign
from kg.conform.placed import input_names
from kg.conform.properties import Conformity, conform
from kg.conform.recognition import Identification, identify
from kg.graph import Graph, load
from kg.project import find_project
from kg.verify.workshop import Workshop
from kg.verify.workshop import load as load_workshop

FUNCTIONS = Path(__file__).parent / "functions"
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fingerprints are made once for all tests of this folder, and nowhere else."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session")
def graph(cache: None) -> Graph:
    return load(find_project(ROOT))


@pytest.fixture(scope="session")
def workshop(graph: Graph) -> Workshop:
    return load_workshop(graph.project)


@pytest.fixture(scope="session")
def library(graph: Graph, workshop: Workshop) -> Library:
    return Library(graph.code, workshop.implementations)


@pytest.fixture(scope="session")
def identified(graph: Graph, library: Library) -> Callable[..., Identification]:
    """What a function of this folder is."""

    def answer(function: str, *adapters: str) -> Identification:
        with Foreign(function, FUNCTIONS) as foreign:
            return identify(graph, library, foreign, adapters)

    return answer


@pytest.fixture(scope="session")
def conformed(graph: Graph, workshop: Workshop) -> Callable[..., list[Conformity]]:
    """What holds of a function of this folder in the place of a concept."""

    def answer(concept: str, function: str, *adapters: str, seconds: float = 10.0) -> list[Conformity]:
        reference = workshop.implementations[concept]
        with Foreign(function, FUNCTIONS, seconds=seconds) as foreign:
            fitting = fit(foreign, reference, declared(adapters, input_names(reference)), None)
            return conform(graph, workshop, concept, foreign, fitting)

    return answer


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Run ``kg`` with these arguments, from the folder of the functions."""

    def called(*arguments: object) -> Answer:
        monkeypatch.chdir(FUNCTIONS)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
        capsys.readouterr()
        status = run(["--project", str(ROOT), *(str(a) for a in arguments)])
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        return Answer(status, found.out, found.err)

    return called
