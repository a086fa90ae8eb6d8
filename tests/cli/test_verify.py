"""``kg verify``: what it prints, records and exits with. How claims are judged is tested elsewhere."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

CLAIM, OTHER = "horner_evaluation_is_power_evaluation", "power_evaluation_is_linear_in_the_coefficients"


@pytest.fixture
def broken(edit) -> None:
    """One implementation is wrong."""
    edit("polynomials/impl/evaluation.py", "value = value * x + a[i]", "value = value * x - a[i]")


def outcomes(answer) -> dict[str, str]:
    return {verdict["claim"]: verdict["outcome"] for verdict in json.loads(answer.out)}


def test_claims_that_hold_are_summed_up_by_strength_and_outcome(kg):
    answer = kg("verify")
    assert answer.status == 0
    assert answer.out.split() == ["2", "IdentityTested", "2", "claims:", "2", "passed"]
    assert "2 run now, 0 taken from the recorded evidence" in answer.err


def test_evidence_is_recorded(kg, toy):
    kg("verify")
    assert f"evidence:{CLAIM} a kg:Evidence" in (toy / "ontology" / "generated" / "evidence.ttl").read_text()


def test_what_is_fresh_is_not_run_again(kg):
    kg("verify")
    answer = kg("verify")
    assert answer.status == 0
    assert "0 run now, 2 taken from the recorded evidence" in answer.err


def test_all_runs_everything_again_and_records_the_same_bytes(kg, toy):
    kg("verify")
    before = (toy / "ontology" / "generated" / "evidence.ttl").read_bytes()
    answer = kg("verify", "--all")
    assert "2 run now, 0 taken" in answer.err
    assert (toy / "ontology" / "generated" / "evidence.ttl").read_bytes() == before


def test_a_named_claim_is_run_alone_and_the_evidence_of_others_is_kept(kg, toy):
    kg("verify")
    answer = kg("verify", CLAIM, "--all", "--format", "json")
    assert list(outcomes(answer)) == [CLAIM]
    assert f"evidence:{OTHER} " in (toy / "ontology" / "generated" / "evidence.ttl").read_text()


def test_a_broken_implementation_makes_its_claim_fail(kg, broken):
    answer = kg("verify")
    assert answer.status == 1
    assert answer.out.startswith(f"failed    {CLAIM}: ")
    assert "1 passed, 1 failed" in answer.out


def test_json_holds_every_field_of_a_verdict(kg):
    (verdict, _) = json.loads(kg("verify", "--format", "json").out)
    assert set(verdict) >= {
        *("claim", "kind", "outcome", "strength", "method", "error_probability", "controls", "mutants"),
        *("shapes", "seconds", "stale", "reason"),
    }
    assert set(verdict["controls"]) == {"rejected", "total"}
    assert set(verdict["mutants"]) == {"killed", "total", "equivalent"}


def test_a_junit_report_counts_failures(kg, broken):
    suite = ElementTree.fromstring(kg("verify", "--format", "junit").out)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    assert suite.find(f"testcase[@name='{CLAIM}']/failure") is not None


def test_a_report_may_go_into_a_file(kg, tmp_path):
    path = tmp_path / "verdicts.json"
    answer = kg("verify", "--format", "json", "--output", path)
    assert answer.out == ""
    assert len(json.loads(path.read_text())) == 2


def test_a_file_that_cannot_be_written_is_said(kg, tmp_path):
    answer = kg("verify", "--format", "json", "--output", tmp_path / "no" / "such" / "folder")
    assert answer.status == 2
    assert "cannot be written" in answer.err


@pytest.mark.parametrize(
    ("expression", "claims"),
    [
        ("linear", [OTHER]),
        ("LINEAR", [OTHER]),
        ("not linear", [CLAIM]),
        ("power and (horner or linear)", [CLAIM, OTHER]),
        ("power and not horner", [OTHER]),
    ],
)
def test_claims_are_chosen_by_an_expression(expression, claims, kg):
    assert list(outcomes(kg("verify", "-k", expression, "--format", "json"))) == claims


@pytest.mark.parametrize(
    "expression", ["horner(", "1 + 1", "", "__import__('os')", "a.b", "horner if linear else 1"]
)
def test_an_expression_that_cannot_be_read_is_misuse(expression, kg):
    answer = kg("verify", "-k", expression)
    assert answer.status == 2
    assert "cannot be read" in answer.err


def test_an_expression_that_fits_nothing_is_misuse(kg):
    answer = kg("verify", "-k", "zebra")
    assert answer.status == 2
    assert "no claim fits" in answer.err


def test_an_unknown_claim_is_answered_with_a_guess(kg):
    answer = kg("verify", "horner_evaluation_is_power_evaluatoin")
    assert answer.status == 2
    assert f"did you mean '{CLAIM}'?" in answer.err


def test_fail_fast_stops_at_the_first_claim_that_does_not_hold(kg, broken):
    answer = kg("verify", CLAIM, OTHER, "--fail-fast", "--jobs", 1, "--format", "json")
    assert answer.status == 1
    # The claim that fails comes first, and the one after it was not reached.
    assert outcomes(answer) == {CLAIM: "failed"}


def test_no_process_at_all_is_misuse(kg):
    assert kg("verify", "--jobs", 0).status == 2


def test_evidence_that_cannot_be_written_is_said_and_the_report_still_given(kg, toy):
    (toy / "ontology" / "generated").write_text("a file where the folder should be")
    answer = kg("verify")
    assert "not recorded: " in answer.err
    assert "2 passed" in answer.out


def test_few_claims_are_told_one_by_one_how_sure_they_are(kg):
    answer = kg("verify", "horner_evaluation_is_power_evaluation")
    sure = "horner_evaluation_is_power_evaluation: Passed, IdentityTested (equal modulo random primes). Were it false"
    assert sure in answer.err
    assert sure not in answer.out
