"""``kg cases``: the order of generality, walked up and down, with the claims that say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix claim: <https://example.org/polynomials/claim/> .
@prefix concept: <https://example.org/polynomials/concept/> .
@prefix ref: <https://example.org/polynomials/reference/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


@pytest.fixture
def order(toy: Path, kg: Callable) -> Callable[..., dict]:
    """The answer about a concept, given claims ``"a Reduction b"`` and subordinations ``"a broader b"``."""

    def asked(concept: str, *lines: str) -> dict:
        claims, broader, names = [], {}, set()
        for line in lines:
            left, kind, right = line.split()
            names |= {left, right}
            if kind == "broader":
                broader[left] = right
                continue
            claims.append(
                f"\nclaim:{left}_{kind.lower()}_{right} a kg:{kind} ;\n"
                f"    kg:left concept:{left} ; kg:right concept:{right} ;\n"
                f'    kg:statement "{left} and {right}."@en ;\n'
                f'    kg:source [ kg:cites ref:horner1819new ; kg:locator "§ 1" ; kg:locatorStatus kg:Confirmed ] .\n'
            )
        stanzas = [
            f'\nconcept:{name} a skos:Concept ;\n    skos:prefLabel "{name}"@en'
            + (f" ;\n    skos:broader concept:{broader[name]} .\n" if name in broader else " .\n")
            for name in sorted(names)
        ]
        (toy / "ontology" / "claims" / "order.ttl").write_text("".join([HEAD, *claims, *stanzas]))
        return json.loads(kg("cases", concept, "--format", "json").out)

    return asked


def names(reached: list[dict]) -> list[str]:
    return [one["concept"] for one in reached]


def test_a_reduction_leads_up_from_the_case_and_down_from_the_general(order) -> None:
    assert names(order("a", "a Reduction b")["above"]) == ["b"]
    assert names(order("b", "a Reduction b")["below"]) == ["a"]


def test_the_way_is_walked_through_others_and_said_step_by_step(order) -> None:
    found = order("a", "a Reduction b", "b Reduction c")
    assert names(found["above"]) == ["b", "c"]
    assert [step["claim"] for step in found["above"][1]["steps"]] == ["a_reduction_b", "b_reduction_c"]
    assert [one["depth"] for one in found["above"]] == [1, 2]


def test_two_cases_of_one_concept_are_no_cases_of_each_other(order) -> None:
    found = order("a", "a Reduction c", "b Reduction c")
    assert names(found["above"]) == ["c"]
    assert found["below"] == []


def test_equal_concepts_share_what_lies_above_and_below_them(order) -> None:
    found = order("a", "a Identity b", "b Reduction c", "d Reduction b")
    assert names(found["equal"]) == ["b"]
    assert (names(found["above"]), names(found["below"])) == (["c"], ["d"])


def test_a_subordination_of_words_is_walked_and_marked_as_not_shown(order) -> None:
    (one,) = order("a", "a broader b")["above"]
    assert (one["concept"], one["shown"]) == ("b", False)


def test_a_limit_stands_beside_the_order_and_joins_no_cases(order) -> None:
    found = order("a", "a Limit b", "b Reduction c")
    assert found["above"] == []
    assert found["limits"] == [{"from": "a", "to": "b", "kind": "limit", "claim": "a_limit_b"}]


def test_the_least_common_general_concepts_of_two_are_found(kg, order) -> None:
    order("a", "a Reduction c", "b Reduction c", "c Reduction d")
    assert json.loads(kg("cases", "a", "b", "--format", "json").out) == ["c"]


def test_two_concepts_with_nothing_in_common_say_so_and_exit_with_one(kg, order) -> None:
    order("a", "a Reduction c", "b Reduction d")
    answer = kg("cases", "a", "b")
    assert answer.status == 1
    assert "nothing is known that both a and b are cases of" in answer.err


def test_depth_limits_the_walk(kg, order) -> None:
    order("a", "a Reduction b", "b Reduction c")
    assert "c, through b" not in kg("cases", "a", "--depth", "1").out
    assert "c, through b: b_reduction_c" in kg("cases", "a").out


def test_a_claim_is_no_concept(kg, order) -> None:
    order("a", "a Reduction b")
    answer = kg("cases", "a_reduction_b")
    assert answer.status == 2
    assert "this is no concept" in answer.err


def test_softmax_attention_is_a_case_of_a_kernel_smoother(call) -> None:
    found = json.loads(call("cases", "softmax_attention", "--format", "json").out)
    assert "nadaraya_watson_smoother" in names(found["above"])
    assert "online_softmax_attention" in names(found["equal"])
