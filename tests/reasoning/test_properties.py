"""``kg properties``: which properties follow for concepts, with proofs, on the built-in graph and on broken ones."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

PROPERTIES = """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix claim: <https://example.org/polynomials/claim/> .
@prefix concept: <https://example.org/polynomials/concept/> .
@prefix fact: <https://example.org/polynomials/fact/> .
@prefix property: <https://example.org/polynomials/property/> .
@prefix rule: <https://example.org/polynomials/rule/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .

property:polynomial a kg:Property ; rdfs:label "polynomial"@en ; kg:ofOutputsAlone false .

property:smooth a kg:Property ; rdfs:label "smooth"@en ; kg:ofOutputsAlone false .

rule:polynomials_are_smooth a kg:PropertyRule ; kg:ifHas property:polynomial ; kg:thenHas property:smooth ;
    kg:because "Every derivative exists."@en .
"""


@pytest.fixture
def built_in(call: Callable) -> Callable:
    return lambda *arguments: call("properties", *arguments)


def test_an_equal_function_shares_a_property_and_the_proof_says_whose_it_is(built_in) -> None:
    answer = built_in("online_softmax_attention", "--why")
    assert answer.status == 0
    assert "online_softmax_attention has 'averages its values', by online_softmax_is_softmax" in answer.out
    assert "by softmax_attention_stays_between_the_smallest_and_the_largest_value" in answer.out
    assert "where at_least_one_key" in answer.out


def test_a_contrapositive_concludes_that_galerkin_attention_does_not_average(built_in) -> None:
    rows = json.loads(built_in("galerkin_attention", "--format", "json").out)
    (found,) = [row for row in rows if row["property"] == "averages_values"]
    assert found["holds"] is False
    assert found["steps"] == ["averages_are_not_cubic", "galerkin_attention_is_homogeneous_of_degree_three"]


def test_equality_on_some_inputs_only_carries_no_property(built_in) -> None:
    assert "nothing is known" in built_in("petrov_galerkin_projection").err


def test_the_facts_of_the_graph_do_not_contradict_each_other(built_in) -> None:
    answer = built_in()
    assert answer.status == 0
    assert "cannot all be right" not in answer.out


def test_a_claim_is_no_concept_and_a_misspelt_one_is_guessed(built_in) -> None:
    assert built_in("online_softmax_is_softmax").status == 2
    answer = built_in("sofmax_attention")
    assert answer.status == 2
    assert "did you mean 'softmax_attention'?" in answer.err


@pytest.fixture
def stated(kg, edit) -> Callable[..., None]:
    """Facts about horner_evaluation on the copy of the second project, each shown by one claim that has passed."""

    def write(*facts: str, claim: str = "horner_evaluation_is_power_evaluation") -> None:
        kg("verify")
        text = "".join(
            f"\nfact:f{at} a kg:PropertyFact ; kg:ofConcept concept:horner_evaluation ; kg:{fact} ;\n"
            f"    kg:shownBy claim:{claim} .\n"
            for at, fact in enumerate(facts)
        )
        edit("ontology/properties.ttl", "", PROPERTIES + text)

    return write


def test_a_contradiction_is_found_and_said_with_both_proofs(kg, stated) -> None:
    stated("hasProperty property:polynomial", "lacksProperty property:smooth")
    answer = kg("properties")
    assert answer.status == 1
    assert "These claims cannot all be right" in answer.out
    assert "and yet" in answer.out


def test_a_fact_whose_claim_speaks_of_something_else_is_an_error(kg, stated) -> None:
    stated("hasProperty property:polynomial", claim="nothing_of_this_name")
    answer = kg("properties")
    assert answer.status == 1
    assert "f0: there is no claim 'nothing_of_this_name': correct kg:shownBy" in answer.err


def test_a_fact_about_an_undeclared_property_is_an_error(kg, stated) -> None:
    stated("hasProperty property:rough")
    assert "f0: there is no property 'rough'" in kg("properties").err


def test_a_project_without_properties_says_so(kg) -> None:
    answer = kg("properties")
    assert answer.status == 0
    assert "no facts about properties" in answer.err
