"""Unit propagation: what follows, why it follows, and which facts cannot all be right."""

from __future__ import annotations

import cProfile
import pstats
import sys
from pathlib import Path

from kg.reasoning.propagation import Fact, Link, Literal, Rule, contradictions, propagate

COMPACT = Rule("closed_and_bounded_is_compact", (("closed", True), ("bounded", True)), ("compact", True))
COUNTABLE = Rule("finite_is_countable", (("finite", True),), ("countable", True))


def facts(*literals: Literal) -> list[Fact]:
    return [Fact(one, f"fact {at}") for at, one in enumerate(literals)]


def test_a_rule_concludes_from_all_of_its_premises_and_not_from_some() -> None:
    both = propagate(facts(Literal("x", "closed"), Literal("x", "bounded")), [COMPACT])
    one = propagate(facts(Literal("x", "closed")), [COMPACT])
    assert both.known("x", "compact") is True
    assert one.known("x", "compact") is None


def test_the_contrapositive_of_a_rule_is_used() -> None:
    closure = propagate(facts(Literal("x", "closed"), Literal("x", "compact", holds=False)), [COMPACT])
    assert closure.known("x", "bounded") is False


def test_a_rule_may_ask_for_the_absence_of_a_property() -> None:
    rule = Rule("open or closed", (("open", False),), ("closed", True))
    assert propagate(facts(Literal("x", "open", holds=False)), [rule]).known("x", "closed") is True
    assert propagate(facts(Literal("x", "closed", holds=False)), [rule]).known("x", "open") is True


def test_nothing_is_concluded_of_other_objects() -> None:
    closure = propagate(facts(Literal("x", "finite"), Literal("y", "closed")), [COUNTABLE])
    assert closure.known("y", "countable") is None


def test_a_link_carries_a_property_forwards_and_its_absence_backwards() -> None:
    link = Link("y is x", "x", "y", frozenset({"finite"}))
    assert propagate(facts(Literal("x", "finite")), [], [link]).known("y", "finite") is True
    assert propagate(facts(Literal("y", "finite", holds=False)), [], [link]).known("x", "finite") is False
    assert propagate(facts(Literal("y", "finite")), [], [link]).known("x", "finite") is None


def test_a_link_on_a_part_of_the_inputs_carries_nothing_backwards() -> None:
    link = Link("y is x here", "x", "y", frozenset({"finite"}), is_partial=True)
    assert propagate(facts(Literal("x", "finite")), [], [link]).known("y", "finite") is True
    assert propagate(facts(Literal("y", "finite", holds=False)), [], [link]).known("x", "finite") is None


def test_a_proof_prints_as_a_tree_from_the_conclusion_to_the_facts() -> None:
    link = Link("y is x", "x", "y", frozenset({"compact"}))
    closure = propagate(facts(Literal("x", "closed"), Literal("x", "bounded")), [COMPACT], [link])
    proof = closure.proof(Literal("y", "compact"))
    assert proof is not None
    assert list(proof.lines()) == [
        "y has compact, by y is x",
        "  x has compact, by closed_and_bounded_is_compact",
        "    x has bounded, by fact 1",
        "    x has closed, by fact 0",
    ]
    assert sorted(proof.facts()) == ["fact 0", "fact 1"]


def test_what_does_not_follow_has_no_proof() -> None:
    closure = propagate(facts(Literal("x", "closed")), [COMPACT])
    assert closure.proof(Literal("x", "compact")) is None


def test_a_contradiction_names_only_facts_that_it_cannot_do_without() -> None:
    given = facts(
        Literal("x", "open"),
        Literal("x", "closed"),
        Literal("x", "bounded"),
        Literal("x", "compact", holds=False),
        Literal("y", "finite"),
    )
    (found,) = contradictions(given, [COMPACT, COUNTABLE])
    assert found.facts == ("fact 1", "fact 2", "fact 3")
    assert "and yet" in list(found.lines())


def test_of_two_ways_to_a_contradiction_the_shorter_is_first() -> None:
    given = facts(
        Literal("x", "closed"),
        Literal("x", "bounded"),
        Literal("x", "compact", holds=False),
        Literal("y", "finite"),
        Literal("y", "finite", holds=False),
    )
    assert contradictions(given, [COMPACT])[0].facts == ("fact 3", "fact 4")


def test_facts_that_agree_contradict_nothing() -> None:
    given = facts(Literal("x", "closed"), Literal("x", "bounded"), Literal("x", "compact"))
    assert contradictions(given, [COMPACT]) == []


def test_nine_hundred_rules_on_the_scale_of_pi_base_take_less_than_a_million_calls(monkeypatch) -> None:
    """A tenth of a second; calls are counted because they are the same on every machine, and seconds are not."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "benchmarks"))
    import propagation as benchmark

    given, rules = benchmark.instance(7, 0.3)
    rules = benchmark.filled_up(rules)
    assert (len(rules), len({fact.literal.thing for fact in given})) == (900, 220)
    with cProfile.Profile() as profile:
        closure = propagate(given, rules)
    assert pstats.Stats(profile).total_calls < 1_000_000
    assert len(closure.literals()) > len(given)
    assert contradictions(given, rules) == []
    sys.modules.pop("propagation")
