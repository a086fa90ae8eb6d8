"""Projects that are broken in every way people break them: a clear message, the right exit status, no traceback."""

from __future__ import annotations

import json

import pytest

CLAIM = "horner_evaluation_is_power_evaluation"
COMMANDS = [
    ("list",),
    ("show", CLAIM),
    ("verify",),
    ("query", "-e", "ASK {}"),
    ("export", "ttl"),
    ("path", "a", "b"),
]


def verdict(kg) -> dict:
    answer = kg("verify", CLAIM, "--format", "json")
    assert answer.status == 1
    (found,) = json.loads(answer.out)
    return found


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_broken_turtle_is_reported_at_its_line_by_every_command(command, kg, edit):
    edit("ontology/claims/evaluation.ttl", "kg:left concept:horner_evaluation ;", "kg:left ;")
    answer = kg(*command)
    assert (answer.status, answer.out) == (1, "")
    assert answer.err.startswith("kg: ontology/claims/evaluation.ttl:8: ")


def test_broken_turtle_is_a_problem_for_lint_among_others(kg, edit):
    edit("ontology/claims/evaluation.ttl", "kg:left concept:horner_evaluation ;", "kg:left ;")
    answer = kg("lint")
    assert answer.status == 1
    assert "ontology/claims/evaluation.ttl:8: " in answer.out


def test_a_broken_bibtex_entry_is_reported_at_its_line(kg, edit):
    edit("references.bib", "author  = {Horner, William George},", "author  = {Horner, William George,")
    for command in (("list",), ("lint",)):
        answer = kg(*command)
        assert answer.status == 1
        assert "references.bib:" in answer.out + answer.err


def test_a_check_that_raises_is_undecided_with_its_error(kg, edit):
    edit(
        "polynomials/checks/evaluation.py",
        'return use("horner_evaluation")(a, x), use',
        'raise OSError("boom"); return use',
    )
    found = verdict(kg)
    assert found["outcome"] == "cantTell"
    assert "OSError: boom" in found["reason"]


def test_a_check_that_returns_one_side_is_undecided(kg, edit):
    edit(
        "polynomials/checks/evaluation.py",
        'return use("horner_evaluation")(a, x), use("power_evaluation")(a, x)',
        'return use("horner_evaluation")(a, x)',
    )
    assert verdict(kg)["outcome"] in {"cantTell", "failed"}


def test_two_sides_that_are_not_numbers_do_not_agree(kg, edit):
    edit(
        "polynomials/checks/evaluation.py",
        'return use("horner_evaluation")(a, x), use("power_evaluation")(a, x)',
        'return use("horner_evaluation")(a, x) * float("nan"), use("power_evaluation")(a, x) * float("nan")',
    )
    assert verdict(kg)["outcome"] in {"cantTell", "failed"}


def test_inputs_that_can_never_be_drawn_are_undecided_with_the_reason(kg, edit, toy):
    edit(
        "ontology/claims/evaluation.ttl",
        "    kg:left concept:horner_evaluation ;",
        "    kg:condition cond:impossible ;\n    kg:left concept:horner_evaluation ;",
    )
    base = "https://example.org/polynomials/condition/"
    edit("ontology/claims/evaluation.ttl", "@prefix kg:", f"@prefix cond: <{base}> .\n@prefix kg:")
    (toy / "ontology" / "conditions.ttl").write_text(
        f"@prefix cond: <{base}> .\n@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n\n"
        'cond:impossible a kg:Condition ;\n    rdfs:label "impossible"@en ;\n    skos:definition "It never holds."@en .\n'
    )
    (toy / "polynomials" / "checks" / "conditions.py").write_text(
        '"""Conditions."""\n\nfrom kg.verify import condition\n\n\n@condition\ndef impossible(x):\n    return False\n'
    )
    found = verdict(kg)
    assert found["outcome"] == "cantTell"
    assert "drawn" in found["reason"] or "condition" in found["reason"]


def test_a_check_that_is_not_python_is_reported_at_its_line(kg, edit):
    edit("polynomials/checks/evaluation.py", "@check\ndef horner", "@check\ndefine horner")
    answer = kg("verify")
    assert answer.status == 1
    assert "polynomials/checks/evaluation.py:10: not valid Python" in answer.err


def test_a_check_that_ends_its_process_costs_only_itself(kg, edit):
    edit("polynomials/checks/evaluation.py", "    return use", "    import os; os._exit(3)\n    return use")
    answer = kg("verify", "--format", "json")
    assert answer.status == 1
    found = {each["claim"]: each["outcome"] for each in json.loads(answer.out)}
    assert found == {CLAIM: "cantTell", "power_evaluation_is_linear_in_the_coefficients": "passed"}


@pytest.mark.parametrize(
    "command", [*COMMANDS, ("lint",), ("map",), ("new", "concept", "x")], ids=lambda command: command[0]
)
def test_a_folder_without_a_project_is_misuse(command, call, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    answer = call("--project", tmp_path / "empty", *command)
    assert (answer.status, answer.out) == (2, "")
    assert "there is no table [tool.kg]" in answer.err


def test_an_unknown_setting_is_misuse_and_answered_with_a_guess(kg, edit):
    edit("pyproject.toml", "ontology =", "ontolgy =")
    answer = kg("list")
    assert answer.status == 2
    assert "did you mean 'ontology'?" in answer.err


def test_a_project_file_that_is_not_toml_is_misuse(kg, edit):
    edit("pyproject.toml", "[tool.kg]", "[tool.kg")
    answer = kg("list")
    assert answer.status == 2
    assert "this is not TOML" in answer.err


@pytest.mark.parametrize(
    "command",
    [("show", "nothing_of_this_name"), ("verify", "nothing_of_this_name"), ("path", "nothing", "x")],
)
def test_an_unknown_name_is_misuse(command, kg):
    answer = kg(*command)
    assert (answer.status, answer.out) == (2, "")
    assert "no c" in answer.err
