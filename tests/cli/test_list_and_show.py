"""``kg list`` and ``kg show``."""

from __future__ import annotations

import json

import pytest

CLAIM = "horner_evaluation_is_power_evaluation"


def names(answer) -> list[str]:
    return [entry["name"] for entry in json.loads(answer.out)]


def test_everything_is_listed_concepts_first(kg):
    answer = kg("list", "--format", "json")
    assert names(answer) == [
        "horner_evaluation",
        "power_evaluation",
        CLAIM,
        "power_evaluation_is_linear_in_the_coefficients",
        "higham2002accuracy",
        "horner1819new",
    ]
    assert answer.err == "2 concepts, 2 claims, 2 papers\n"


def test_every_word_of_the_text_must_occur_in_any_case(kg):
    assert names(kg("list", "HORNER", "rule", "--format", "json")) == ["horner_evaluation", CLAIM]


def test_other_names_of_a_concept_are_searched(kg):
    assert names(kg("list", "synthetic division", "--format", "json")) == ["horner_evaluation"]


def test_authors_are_searched(kg):
    assert names(kg("list", "higham", "--format", "json")) == ["higham2002accuracy"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--only", "concepts"], ["horner_evaluation", "power_evaluation"]),
        (["--only", "papers"], ["higham2002accuracy", "horner1819new"]),
        (["--kind", "identity"], [CLAIM, "power_evaluation_is_linear_in_the_coefficients"]),
        (["--kind", "Refutation"], []),
        (["--topic", "evaluation", "--only", "concepts"], ["horner_evaluation", "power_evaluation"]),
        (["--strength", "Proved"], []),
    ],
)
def test_filters_narrow_the_list(options, found, kg):
    assert names(kg("list", *options, "--format", "json")) == found


def test_a_claim_that_never_ran_is_untested(kg):
    assert "untested" in kg("list", "--only", "claims").out


def test_a_claim_is_listed_with_its_strength_once_it_is_verified(kg):
    kg("verify", CLAIM)
    assert names(kg("list", "--strength", "IdentityTested", "--format", "json")) == [CLAIM]


def test_a_claim_whose_statement_changed_is_listed_as_stale(kg, edit):
    kg("verify", CLAIM)
    edit("ontology/claims/evaluation.ttl", "gives the same value", "always gives the same value")
    row = next(line for line in kg("list").out.splitlines() if line.startswith(CLAIM))
    assert "IdentityTested (stale)" in row


def test_nothing_found_is_said_and_is_fine(kg):
    answer = kg("list", "zebra")
    assert (answer.status, answer.out) == (0, "")
    assert "nothing matches" in answer.err


@pytest.mark.parametrize(
    ("option", "value", "guess"),
    [
        ("--kind", "Identiy", "Identity"),
        ("--topic", "evalution", "evaluation"),
        ("--only", "claim", "claims"),
    ],
)
def test_an_unknown_filter_is_answered_with_a_guess(option, value, guess, kg):
    answer = kg("list", option, value)
    assert answer.status == 2
    assert f"did you mean '{guess}'?" in answer.err


# --- show


def test_a_claim_is_shown_with_what_it_says_and_why(kg):
    shown = kg("show", CLAIM).out
    for words in (
        "Identity on evaluation, ontology/claims/evaluation.ttl:7",
        "Horner's rule gives the same value",
        "horner_evaluation = power_evaluation",
        "a_0 + x\\,(a_1",
        "Every term of the sum but the first",
        "higham2002accuracy, Section 5.1 (unconfirmed)",
        "Never run",
        "polynomials/impl/evaluation.py:",
        "must be rejected: the coefficients are read from the other end",
        "power_evaluation_is_linear_in_the_coefficients [Identity, untested]",
    ):
        assert words in shown


def test_what_machines_observed_is_shown_in_words(kg):
    kg("verify", CLAIM)
    shown = " ".join(kg("show", CLAIM).out.split())
    assert "Passed, IdentityTested (equal modulo random primes)." in shown
    assert "with probability at most 2^-" in shown
    assert "1 of 1 deliberately broken variant rejected." in shown
    assert "Fresh: nothing it depends on has changed since." in shown


def test_stale_evidence_is_shown_as_stale(kg, edit):
    kg("verify", CLAIM)
    edit("polynomials/impl/evaluation.py", "value = value * x + a[i]", "value = x * value + a[i]")
    assert "Stale: the statement, the check or an implementation has changed" in kg("show", CLAIM).out


def test_a_concept_is_shown_with_its_code_and_claims(kg):
    shown = kg("show", "horner_evaluation").out
    for words in (
        "also called nested multiplication",
        "constant term first",
        "horner_evaluation(a: Real",
        CLAIM,
    ):
        assert words in shown


def test_a_paper_is_shown_with_the_claims_it_supports(kg):
    shown = kg("show", "horner1819new").out
    for words in (
        "A New Method of Solving",
        "https://doi.org/10.1098/rstl.1819.0023",
        f"{CLAIM} [",
        "the whole paper",
    ):
        assert words in shown


def test_a_claim_as_json_holds_the_words_of_verify(kg):
    kg("verify", CLAIM)
    shown = json.loads(kg("show", CLAIM, "--format", "json").out)
    assert (shown["what"], shown["left"], shown["right"]) == (
        "claim",
        "horner_evaluation",
        "power_evaluation",
    )
    assert shown["place"] == "ontology/claims/evaluation.ttl:7"
    assert shown["evidence"]["outcome"] == "passed"
    assert shown["evidence"]["controls"] == {"rejected": 1, "total": 1}
    assert shown["evidence"]["error_probability"] < 2**-60
    assert shown["evidence"]["stale"] is False
    assert set(shown["implementations"]) == {"horner_evaluation", "power_evaluation"}


@pytest.mark.parametrize(("name", "what"), [("power_evaluation", "concept"), ("horner1819new", "paper")])
def test_concepts_and_papers_are_json_as_well(name, what, kg):
    assert json.loads(kg("show", name, "--format", "json").out)["what"] == what


@pytest.mark.parametrize("name", ["claim:" + CLAIM, f"https://example.org/polynomials/claim/{CLAIM}"])
def test_a_prefix_or_a_whole_iri_does_no_harm(name, kg):
    assert kg("show", name).out == kg("show", CLAIM).out


def test_an_unknown_name_is_answered_with_a_guess(kg):
    answer = kg("show", "horner_evaluatoin")
    assert (answer.status, answer.out) == (2, "")
    assert "did you mean 'horner_evaluation'?" in answer.err


def test_no_path_of_this_machine_is_shown(kg, toy):
    for name in ("horner_evaluation", CLAIM, "horner1819new"):
        assert str(toy) not in kg("show", name).out + kg("show", name, "--format", "json").out
