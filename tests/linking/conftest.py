"""Fixtures: the command run inside this process, and a small thesaurus of somebody else."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Answer

from kg.cli import run

THESAURUS = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix ex: <https://example.org/c/> .
ex:attention a skos:Concept ; skos:prefLabel "attention"@en ; skos:altLabel "self-attention"@en .
ex:linear_attention a skos:Concept ; skos:prefLabel "linear attention"@en ; skos:broader ex:attention .
ex:rnn a skos:Concept ; skos:prefLabel "recurrent neural network"@en ; skos:altLabel "RNN"@en .
ex:leverage a skos:Concept ; skos:prefLabel "leverage"@en .
ex:norm a skos:Concept ; skos:prefLabel "layer normalisation"@en .
ex:em a skos:Concept ; skos:prefLabel "expectation maximisation"@en ; skos:altLabel "EM"@en ; skos:related ex:mixture .
ex:mixture a skos:Concept ; skos:prefLabel "Gaussian mixture"@en .
ex:kernel a skos:Concept ; skos:prefLabel "kernel"@en ; skos:altLabel "window"@en ; kg:homonym "popcorn kernel"@en .
ex:pane a skos:Concept ; skos:prefLabel "pane"@en ; skos:altLabel "window"@en .
ex:cp a skos:Concept ; skos:prefLabel "CP decomposition"@en .
ex:tucker a skos:Concept ; skos:prefLabel "Tucker decomposition"@en .
ex:nystrom a skos:Concept ; skos:prefLabel "Nyström method"@en .
ex:gate a skos:Concept ; skos:prefLabel "gate"@en ; kg:otherField "((" , "transistor"@en , "quantum circuit"@en ; skos:related ex:rnn .
ex:multihead a skos:Concept ; skos:prefLabel "multihead layer"@en .
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own for every test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("KG_DEBUG", raising=False)


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Run ``kg`` with these arguments and this text on stdin."""

    def called(*arguments: object, stdin: str | bytes = "") -> Answer:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        found = capsys.readouterr()
        assert "Traceback" not in found.err
        return Answer(status, found.out, found.err)

    return called


@pytest.fixture
def thesaurus(tmp_path: Path) -> Path:
    """A SKOS file that is not ours."""
    path = tmp_path / "thesaurus.ttl"
    path.write_text(THESAURUS, encoding="utf-8")
    return path
