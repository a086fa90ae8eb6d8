"""``kg new``: what is begun, what is refused, and that nothing is left half done."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import UsageError
from kg.files import write_whole
from kg.graph import load
from kg.project import find_project


def snapshot(folder: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_new_claim_is_appended_to_its_topic(kg, toy):
    answer = kg("new", "claim", "first_is_second", "--topic", "evaluation")
    assert answer.status == 0
    claim = load(find_project(toy)).claims["first_is_second"]
    assert (claim.kind, claim.topic, claim.statement) == ("Identity", "evaluation", "TODO")
    assert answer.out.splitlines()[0] == str(claim.place)


def test_a_new_claim_gets_a_check_and_a_control(kg, toy):
    answer = kg("new", "claim", "first_is_second", "--topic", "evaluation")
    path, _, line = answer.out.splitlines()[1].rpartition(":")
    text = (toy / path).read_text()
    assert path == "polynomials/checks/evaluation.py"
    assert text.splitlines()[int(line) - 1 : int(line) + 1][1].startswith("def first_is_second(use,")
    assert '@first_is_second.control("TODO")' in text


def test_a_new_concept_gets_a_function(kg, toy):
    answer = kg("new", "concept", "third_evaluation", "--topic", "evaluation")
    concept = load(find_project(toy)).concepts["third_evaluation"]
    assert answer.out.splitlines()[0] == str(concept.place)
    assert "def third_evaluation(x: Real" in (toy / "polynomials" / "impl" / "evaluation.py").read_text()


def test_a_concept_goes_into_the_only_topic_there_is(kg, toy):
    kg("new", "concept", "third_evaluation")
    assert load(find_project(toy)).concepts["third_evaluation"].topic == "evaluation"


def test_the_topic_must_be_said_where_there_are_several(kg):
    kg("new", "concept", "root", "--topic", "roots")
    answer = kg("new", "concept", "third_evaluation")
    assert answer.status == 2
    assert "say --topic, one of evaluation, roots" in answer.err


def test_a_new_topic_begins_files_of_its_own_and_is_announced(kg, toy):
    answer = kg("new", "claim", "first_is_second", "--topic", "evalution")
    assert "'evalution' is a new topic; did you mean 'evaluation'?" in answer.err
    assert (toy / "ontology" / "claims" / "evalution.ttl").read_text().startswith("@prefix kg: ")
    ast.parse((toy / "polynomials" / "checks" / "evalution.py").read_text())


@pytest.mark.parametrize("option", ["--no-check", "--no-function"])
def test_the_function_can_be_left_out(option, kg, toy):
    what = (
        ("claim", "first_is_second", "--topic", "evaluation")
        if option == "--no-check"
        else ("concept", "third")
    )
    assert len(kg("new", *what, option).out.splitlines()) == 1


def test_lint_asks_for_what_is_still_to_do_and_for_nothing_else(kg):
    kg("new", "claim", "first_is_second", "--topic", "evaluation")
    problems = kg("lint").out.splitlines()
    assert problems
    assert all("TODO" in problem or "first_is_second" in problem for problem in problems)


def test_a_claim_that_is_still_to_do_is_undecided(kg):
    kg("new", "claim", "first_is_second", "--topic", "evaluation")
    answer = kg("verify", "first_is_second")
    assert answer.status == 1
    assert "cantTell" in answer.out


@pytest.mark.parametrize(
    "kind",
    [
        "Identity",
        "Reduction",
        "EqualUpTo",
        "InExpectation",
        "Bound",
        "Recovery",
        "Cost",
        "Refutation",
        "Report",
    ],
)
def test_every_kind_of_claim_can_be_begun(kind, kg, toy):
    assert kg("new", "claim", "first_is_second", "--topic", "evaluation", "--kind", kind.lower()).status == 0
    assert load(find_project(toy)).claims["first_is_second"].kind == kind


def test_what_is_begun_asks_for_what_the_judge_of_its_kind_wants(kg, toy):
    kinds = ("Bound", "Refutation", "InExpectation", "InLaw", "Recovery", "Convergence", "Limit", "Cost")
    names = [f"claim_{kind.lower()}" for kind in kinds]
    for name, kind in zip(names, kinds, strict=True):
        kg("new", "claim", name, "--topic", "evaluation", "--kind", kind)
    assert all(": write it" in problem for problem in kg("lint").out.splitlines())
    verdicts = json.loads(kg("verify", *names, "--format", "json").out)
    assert {one["claim"]: "TODO: return" in one["reason"] for one in verdicts} == dict.fromkeys(names, True)
    text = (toy / "polynomials" / "checks" / "evaluation.py").read_text()
    assert "@claim_bound.witness\ndef _(x):" in text
    assert "@claim_refutation.counterexample\ndef _():" in text
    assert '@check(relation="<=")\ndef claim_bound(' in text


def test_a_report_that_nothing_here_can_run_gets_no_check(kg):
    answer = kg("new", "claim", "first_is_second", "--topic", "evaluation", "--kind", "Report")
    assert len(answer.out.splitlines()) == 1


def test_an_unknown_kind_is_answered_with_a_guess(kg):
    answer = kg("new", "claim", "first_is_second", "--topic", "evaluation", "--kind", "Identty")
    assert answer.status == 2
    assert "did you mean 'Identity'?" in answer.err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("horner_evaluation", "this name is taken (ontology/concepts/evaluation.ttl:"),
        ("horner_evaluation_is_power_evaluation", "this name is taken (ontology/claims/evaluation.ttl:"),
        ("horner1819new", "this name is taken (references.bib:"),
        ("firstIsSecond", "write first_is_second"),
        ("first is second", "write first_is_second"),
        ("first-is-second", "write first_is_second"),
        ("_first", "write first"),
        ("lambda", "in snake_case"),
        ("1st", "in snake_case"),
        ('x" ; a kg:Identity . #', "a name is small letters"),
        ("../../etc", "a name is small letters"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(name, words, kg, toy):
    before = snapshot(toy)
    for arguments in (("claim", name, "--topic", "evaluation"), ("concept", name)):
        answer = kg("new", *arguments)
        assert (answer.status, answer.out) == (2, "")
        assert words in answer.err
    assert snapshot(toy) == before


@pytest.mark.parametrize("topic", ["../evaluation", "Evaluation", "a b", "class", ""])
def test_a_topic_that_cannot_be_is_refused_and_nothing_is_written(topic, kg, toy):
    before = snapshot(toy)
    answer = kg("new", "claim", "first_is_second", "--topic", topic)
    assert answer.status == 2
    assert "a topic is a word in small letters" in answer.err
    assert snapshot(toy) == before


def test_the_name_of_a_former_check_is_refused(kg, toy):
    with (toy / "polynomials" / "impl" / "evaluation.py").open("a") as file:
        file.write("\n\ndef orphan(x):\n    return x\n")
    answer = kg("new", "concept", "orphan")
    assert answer.status == 2
    assert "there is a function of this name already (polynomials/impl/evaluation.py:" in answer.err


def test_if_the_second_file_cannot_be_written_the_first_is_put_back(kg, toy, monkeypatch):
    before = snapshot(toy)

    def write(path: Path, text: str) -> None:
        if path.suffix == ".py":
            raise UsageError("the disk is full")
        write_whole(path, text)

    monkeypatch.setattr("kg.scaffold.write_whole", write)
    answer = kg("new", "claim", "first_is_second", "--topic", "evaluation")
    assert answer.status == 2
    assert "the disk is full" in answer.err
    assert snapshot(toy) == before


def test_if_the_second_file_of_a_new_topic_cannot_be_written_the_first_is_removed(kg, toy, monkeypatch):
    before = snapshot(toy)

    def write(path: Path, text: str) -> None:
        if path.suffix == ".py":
            raise UsageError("the disk is full")
        write_whole(path, text)

    monkeypatch.setattr("kg.scaffold.write_whole", write)
    assert kg("new", "claim", "first_is_second", "--topic", "roots").status == 2
    assert snapshot(toy) == before


def test_missing_prefixes_are_declared_on_top(kg, toy, edit):
    edit("ontology/claims/evaluation.ttl", "@prefix cito: <http://purl.org/spar/cito/> .\n", "")
    text = (toy / "ontology" / "claims" / "evaluation.ttl").read_text()
    (toy / "ontology" / "claims" / "evaluation.ttl").write_text(re.sub(r" ; kg:intent cito:\w+", "", text))
    assert kg("new", "claim", "first_is_second", "--topic", "evaluation").status == 0
    written = (toy / "ontology" / "claims" / "evaluation.ttl").read_text()
    assert list(ox.parse(written, format=ox.RdfFormat.TURTLE))
    assert written.index("@prefix cito:") < written.index("claim:horner")


def test_a_prefix_that_means_something_else_there_is_said(kg, edit):
    edit(
        "ontology/claims/evaluation.ttl",
        "@prefix cito: <http://purl.org/spar/cito/>",
        "@prefix cito: <http://other.example/>",
    )
    answer = kg("new", "claim", "first_is_second", "--topic", "evaluation")
    assert answer.status == 2
    assert "the prefix cito: stands for another IRI there" in answer.err


def test_missing_imports_are_added_after_the_others(kg, toy, edit):
    edit(
        "polynomials/checks/evaluation.py",
        "from kg.numbers import Array, Real\n",
        "from kg.numbers import Real\n",
    )
    edit("polynomials/checks/evaluation.py", 'Real[Array, "n"]', "Real")
    kg("new", "claim", "first_is_second", "--topic", "evaluation")
    lines = (toy / "polynomials" / "checks" / "evaluation.py").read_text().splitlines()
    assert lines[lines.index("from kg.verify import check") + 1] == "from kg.verify import Array"
