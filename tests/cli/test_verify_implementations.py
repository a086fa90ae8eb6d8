"""``kg verify --implementations``: which edits of the reference implementations no claim notices."""

from __future__ import annotations

import json

import pytest

HORNER, POWERS = "horner_evaluation", "power_evaluation"


def rows(answer) -> dict[str, dict[str, object]]:
    return {row["implementation"]: row for row in json.loads(answer.out)}


@pytest.fixture
def loose(edit) -> None:
    """The one claim about Horner's form looks at the point zero only, where most edits of it cannot be seen."""
    edit(
        "polynomials/checks/evaluation.py",
        'use("horner_evaluation")(a, x),',
        'use("horner_evaluation")(a, 0 * x),',
    )
    edit(
        "polynomials/checks/evaluation.py",
        'use("power_evaluation")(a, x)\n\n\n@horner',
        'use("power_evaluation")(a, 0 * x)\n\n\n@horner',
    )


def test_every_edit_of_every_implementation_is_noticed_and_that_is_recorded(kg, toy):
    answer = kg("verify", "--implementations")
    assert answer.status == 0
    assert answer.out.startswith("2 implementations: ")
    assert answer.out.strip().endswith(" 0 noticed by no claim")
    record = (toy / "ontology" / "generated" / "coverage.ttl").read_text()
    assert "coverage:horner_evaluation a kg:Coverage" in record
    assert "kg:noticedBy claim:horner_evaluation_is_power_evaluation" in record
    assert kg("lint").status == 0


def test_what_is_recorded_is_not_surveyed_again_until_a_claim_changes(kg, edit):
    first = kg("verify", "--implementations")
    again = kg("verify", "--implementations")
    assert again.err == ""
    assert again.out == first.out
    edit("polynomials/checks/evaluation.py", "evaluate(a + b, x)", "evaluate(b + a, x)")
    assert "1/1 power_evaluation: " in kg("verify", "--implementations").err


def test_an_edit_that_no_claim_notices_is_named(kg, loose):
    answer = kg("verify", "--implementations", HORNER)
    assert answer.status == 1
    assert "horner_evaluation: nobody notices " in answer.out
    found = rows(kg("verify", "--implementations", HORNER, "--format", "json"))[HORNER]
    assert found["unnoticed"]
    shown = kg("show", HORNER).out
    assert f"{found['caught']} of {found['tried']} automatic edits are noticed by some claim" in shown
    assert f"noticed by none: {found['unnoticed'][0]}" in shown


def test_a_scale_that_no_claim_pins_down_is_named(kg, edit):
    # Compared are ratios to the value at the first point, which do not know the scale of Horner's form.
    edit(
        "polynomials/checks/evaluation.py",
        'return use("horner_evaluation")(a, x), use("power_evaluation")(a, x)\n\n\n@horner',
        'h, p = use("horner_evaluation")(a, x), use("power_evaluation")(a, x)\n'
        "    return h / h[:1], p / p[:1]\n\n\n@horner",
    )
    answer = kg("verify", "--implementations", HORNER)
    assert answer.status == 1
    assert "scaled slightly: return " in answer.out
    assert "* 10001 / 10000" in answer.out


def test_only_named_implementations_are_surveyed_and_the_record_of_others_is_kept(kg, toy):
    kg("verify", "--implementations")
    answer = kg("verify", "--implementations", "--all", POWERS, "--format", "json")
    assert list(rows(answer)) == [POWERS]
    assert "1/1 power_evaluation" in answer.err
    assert "coverage:horner_evaluation " in (toy / "ontology" / "generated" / "coverage.ttl").read_text()


def test_a_name_that_is_no_implementation_is_an_error_with_a_guess(kg):
    answer = kg("verify", "--implementations", "horner_evaluatoin")
    assert answer.status == 2
    assert "did you mean 'horner_evaluation'?" in answer.err


@pytest.mark.parametrize("option", [("--reseed",), ("-k", "horner"), ("--fail-fast",), ("--format", "junit")])
def test_options_that_are_about_claims_are_refused(kg, option):
    answer = kg("verify", "--implementations", *option)
    assert answer.status == 2
    assert "--implementations goes with none of" in answer.err
