"""``kg.open()``: the graph from a session, asked, verified, edited and verified again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.errors import UsageError
from kg.verify import record, verify

Make = Callable[..., Any]


def test_a_project_is_opened_asked_and_verified(toy: Path) -> None:
    graph = kg.open(str(toy))
    assert [c.name for c in graph.concepts()] == ["horner_evaluation", "power_evaluation"]
    assert len(graph.claims()) == len(graph.claims(kind="Identity")) == 2
    assert len(graph.claims(about="horner_evaluation")) == 1
    assert graph.claims(topic="evaluation") == graph.claims()
    assert graph.claims(kind="Bound") == []
    assert {p.key for p in graph.papers()} == {"horner1819new", "higham2002accuracy"}
    verdicts = graph.verify(jobs=1)
    assert [v.outcome for v in verdicts] == ["passed", "passed"]
    assert all(graph.is_stale(v.claim) for v in verdicts)
    record(graph.graph, verdicts)
    assert not any(kg.open(str(toy)).is_stale(v.claim) for v in verdicts)


def test_a_chain_between_two_concepts_is_run(toy: Path) -> None:
    run = kg.open(str(toy)).path("horner_evaluation", "power_evaluation")
    assert run is not None
    assert run.end_to_end is True
    assert run.strength == "IdentityTested"


@pytest.mark.parametrize(
    "ask",
    [
        lambda g: g.find("horner_evaluatoin"),
        lambda g: g.claims(about="horner_evaluatoin"),
        lambda g: g.is_stale("horner_evaluation_is_power_evaluatio"),
        lambda g: g.verify("horner_evaluation_is_power_evaluatio"),
        lambda g: g.path("horner_evaluatoin", "power_evaluation"),
    ],
    ids=["find", "claims", "is_stale", "verify", "path"],
)
def test_a_name_that_is_misspelt_is_answered_with_a_guess(toy: Path, ask: Callable[[Any], Any]) -> None:
    with pytest.raises(UsageError, match=r"did you mean 'horner_evaluation"):
        ask(kg.open(str(toy)))


def test_an_unknown_kind_is_answered_with_a_guess(toy: Path) -> None:
    with pytest.raises(UsageError, match="Identity"):
        kg.open(str(toy)).claims(kind="identity")


def test_a_graph_that_was_opened_before_an_edit_knows_that_its_evidence_is_stale(make: Make) -> None:
    tiny = make("""
    def left(x: Real[Array, "n"]) -> Array:
        return x * x

    def right(x: Real[Array, "n"]) -> Array:
        return x**2
    """)
    record(tiny.graph, verify(tiny.graph, jobs=1))
    graph = tiny.graph
    assert [v.outcome for v in verify(graph, jobs=1)] == ["passed"]
    assert not graph.is_stale(graph.claims["the_claim"])
    tiny.edit("impl", "x**2", "x**4")
    assert graph.is_stale(graph.claims["the_claim"])
    (verdict,) = verify(graph, jobs=1)
    assert verdict.outcome == "failed"
    assert verdict.digest == tiny.digest()
