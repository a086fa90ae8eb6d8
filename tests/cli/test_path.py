"""``kg path``: which claims may be joined into a chain, and what running the chain shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

HEAD = """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix claim: <https://example.org/polynomials/claim/> .
@prefix concept: <https://example.org/polynomials/concept/> .
@prefix evidence: <https://example.org/polynomials/evidence/> .
@prefix cond: <https://example.org/polynomials/condition/> .
@prefix earl: <http://www.w3.org/ns/earl#> .
@prefix ref: <https://example.org/polynomials/reference/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


@pytest.fixture
def claims(toy: Path) -> Callable[..., None]:
    """Write claims ``"A =Identity= B"`` about concepts a, b, c, …, each named ``a_identity_b``."""

    def written(*lines: str, more: str = "") -> None:
        text = [HEAD]
        concepts = set()
        for line in lines:
            left, kind, right = line.replace("=", " ").split()
            concepts |= {left, right}
            text.append(
                f"\nclaim:{left}_{kind.lower()}_{right} a kg:{kind} ;\n"
                f"    kg:left concept:{left} ; kg:right concept:{right} ;\n"
                f'    kg:statement "{left} and {right}."@en ;\n'
                f'    kg:source [ kg:cites ref:horner1819new ; kg:locator "§ 1" ; kg:locatorStatus kg:Confirmed ] .\n'
            )
        text += [
            f'\nconcept:{name} a skos:Concept ;\n    skos:prefLabel "{name}"@en .\n'
            for name in sorted(concepts)
        ]
        (toy / "ontology" / "claims" / "chains.ttl").write_text("".join([*text, more]))

    return written


@pytest.fixture
def chain(kg) -> Callable[[str, str], dict]:
    """The chain between two concepts as data, from recorded evidence."""

    def found(start: str, end: str) -> dict:
        return json.loads(kg("path", start, end, "--no-run", "--format", "json").out)

    return found


def names(found: dict) -> list[str]:
    return [step["claim"] for step in found["steps"]]


def test_a_chain_is_found_run_and_shown_with_its_sources(kg):
    answer = kg("path", "horner_evaluation", "power_evaluation")
    assert answer.status == 0
    for words in (
        "horner_evaluation is power_evaluation\n",
        "1. horner_evaluation = power_evaluation",
        "horner1819new, the whole paper (unconfirmed)",
        "Weakest link\n  horner_evaluation_is_power_evaluation: IdentityTested",
        "Every link passes again",
        "The two ends agree (residues modulo",
    ):
        assert words in answer.out


def test_a_chain_that_fails_when_it_is_run_is_something_found(kg, edit):
    edit("polynomials/impl/evaluation.py", "value = value * x + a[i]", "value = value * x - a[i]")
    answer = kg("path", "horner_evaluation", "power_evaluation")
    assert answer.status == 1
    assert "horner_evaluation_is_power_evaluation: failed" in answer.out
    assert "The two ends DO NOT AGREE" in answer.out


def test_running_is_told_as_data(kg):
    found = json.loads(kg("path", "power_evaluation", "horner_evaluation", "--format", "json").out)
    assert found["run"]["holds"] is True
    assert found["run"]["end_to_end"] is True
    assert found["steps"][0]["reversed"] is True


def test_identities_are_walked_both_ways(claims, chain):
    claims("a =Identity= b", "c =Identity= b")
    found = chain("a", "c")
    assert names(found) == ["a_identity_b", "c_identity_b"]
    assert [step["reversed"] for step in found["steps"]] == [False, True]
    assert found["relation"] == "a is c"


def test_the_shortest_chain_is_chosen(claims, chain):
    claims("a =Identity= b", "b =Identity= c", "a =Identity= c")
    assert names(chain("a", "c")) == ["a_identity_c"]


def test_reductions_in_one_direction_make_a_special_case(claims, chain):
    claims("a =Reduction= b", "b =Identity= c", "c =Reduction= d")
    assert chain("a", "d")["relation"] == "a is a case of d"
    assert chain("d", "a")["relation"] == "a is a case of d"
    assert names(chain("d", "a")) == ["c_reduction_d", "b_identity_c", "a_reduction_b"]


def test_two_cases_of_one_thing_are_not_equivalent(claims, chain):
    claims("a =Reduction= b", "c =Reduction= b")
    found = chain("a", "c")
    assert found["equivalence"] is False
    assert found["relation"] is None


def test_two_generalisations_of_one_thing_are_not_equivalent(claims, chain):
    claims("b =Reduction= a", "b =Reduction= c")
    assert chain("a", "c")["equivalence"] is False


@pytest.mark.parametrize("kind", ["Bound", "Limit", "Convergence", "InExpectation", "InLaw"])
def test_what_is_no_equivalence_only_supports(kind, claims, kg):
    claims("a =Identity= b", f"b ={kind}= c")
    answer = kg("path", "a", "c", "--no-run")
    assert answer.status == 0
    assert answer.out.startswith(
        "No chain of equivalences joins a and c. That they belong together is supported by:"
    )


@pytest.mark.parametrize("kind", ["Refutation", "Report", "Cost"])
def test_what_relates_nothing_is_never_a_link(kind, claims, kg):
    claims("a =Identity= b", f"b ={kind}= c")
    answer = kg("path", "a", "c", "--no-run")
    assert (answer.status, answer.out) == (1, "")
    assert "no chain of claims joins a and c" in answer.err


def test_a_longer_equivalence_is_preferred_to_a_shorter_support(claims, chain):
    claims("a =Bound= c", "a =Identity= b", "b =Identity= c")
    assert chain("a", "c")["equivalence"] is True


def test_no_chain_is_null_as_data(claims, kg):
    claims("a =Identity= b", "c =Identity= d")
    answer = kg("path", "a", "d", "--format", "json")
    assert (answer.status, answer.out) == (1, "null\n")


def test_conditions_are_united_each_once(claims, chain, kg):
    condition = "a kg:Condition ;\n    rdfs:label"
    claims(
        "a =Identity= b",
        "b =Identity= c",
        more=f'\ncond:one {condition} "the first"@en .\n\ncond:two {condition} "the second"@en .\n'
        "\nclaim:a_identity_b\n    kg:condition cond:one , cond:two .\n\nclaim:b_identity_c\n    kg:condition cond:two .\n",
    )
    assert sorted(chain("a", "c")["conditions"]) == ["one", "two"]
    assert kg("path", "a", "c", "--no-run").out.count("two: the second") == 1


def test_the_groups_of_equalities_up_to_something_are_named(claims, chain):
    claims(
        "a =EqualUpTo= b",
        "b =EqualUpTo= c",
        more="\nclaim:a_equalupto_b\n    kg:upTo kg:Scale .\n\nclaim:b_equalupto_c\n    kg:upTo kg:Sign .\n",
    )
    assert chain("a", "c")["relation"] == "a is c, up to scale and sign"


def test_a_claim_known_to_fail_is_no_link(kg, edit):
    edit("polynomials/impl/evaluation.py", "value = value * x + a[i]", "value = value * x - a[i]")
    kg("verify")
    answer = kg("path", "horner_evaluation", "power_evaluation")
    assert (answer.status, answer.out) == (1, "")


def test_a_claim_that_failed_before_it_was_mended_is_tried_again(kg, edit):
    edit("polynomials/impl/evaluation.py", "value = value * x + a[i]", "value = value * x - a[i]")
    kg("verify")
    edit("polynomials/impl/evaluation.py", "value = value * x - a[i]", "value = value * x + a[i]")
    assert kg("path", "horner_evaluation", "power_evaluation").status == 0


def test_the_link_that_never_ran_is_the_weakest(kg, claims, chain):
    kg("verify")
    claims("power_evaluation =Identity= a")
    found = chain("horner_evaluation", "a")
    assert found["weakest"] == "power_evaluation_identity_a"
    assert [step["strength"] for step in found["steps"]] == ["IdentityTested", None]


def test_between_equally_short_chains_the_better_verified_one_is_chosen(kg, claims, chain):
    kg("verify")
    claims("horner_evaluation =Identity= power_evaluation")
    assert names(chain("horner_evaluation", "power_evaluation")) == ["horner_evaluation_is_power_evaluation"]


def test_ends_that_a_link_cannot_compute_are_not_compared_and_that_is_said(kg, claims):
    claims("power_evaluation =Identity= a")
    answer = kg("path", "horner_evaluation", "a")
    assert answer.status == 1
    assert "not compared with each other: power_evaluation_identity_a has no check" in " ".join(
        answer.out.split()
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("horner_evaluation", "horner_evaluation"), "both ends of the path are this concept"),
        (("horner_evaluation", "power_evaluatoin"), "did you mean 'power_evaluation'?"),
        (
            ("horner_evaluation_is_power_evaluation", "power_evaluation"),
            "this is a claim, and a path joins concepts",
        ),
        (("horner_evaluation",), "Missing argument 'B'"),
    ],
)
def test_ends_that_are_not_two_concepts_are_misuse(arguments, words, kg):
    answer = kg("path", *arguments)
    assert (answer.status, answer.out) == (2, "")
    assert words in answer.err
