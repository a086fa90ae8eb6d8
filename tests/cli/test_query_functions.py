"""Functions inside a query: evidence that is run or reused, a counterexample, a chain in words; all of it within limits."""

from __future__ import annotations

from pathlib import Path

from kg.project import find_project

TOY = Path(__file__).parents[1] / "projects" / "toy"

OUTCOMES = "SELECT ?c (kg:verify(?c) AS ?outcome) { ?c a kg:Identity } ORDER BY ?c"
CLAIM = "claim:horner_evaluation_is_power_evaluation"


def test_a_claim_without_evidence_is_run(kg):
    answer = kg("query", "-e", f"SELECT (kg:verify({CLAIM}) AS ?outcome) {{}}", "--format", "csv")
    assert answer.out == "outcome\nhttp://www.w3.org/ns/earl#passed\n"


def test_recorded_evidence_is_reused(kg):
    assert kg("verify").status == 0
    answer = kg("query", "-e", OUTCOMES, "--format", "csv", "--runs", 0)
    assert (answer.status, answer.out.count("earl#passed")) == (0, 2)


def test_stale_evidence_is_not_reused(kg, edit):
    kg("verify")
    edit("polynomials/impl/evaluation.py", "def horner_evaluation", "def horner_evaluation")
    edit("polynomials/checks/evaluation.py", "", "\n\nTHREE = 3\n")
    edit("ontology/claims/evaluation.ttl", 'kg:statement "', 'kg:statement "Again: ')
    answer = kg("query", "-e", OUTCOMES, "--runs", 0)
    assert answer.status == 2
    assert "their evidence is missing or stale" in answer.err


def test_a_query_runs_only_so_many_claims(kg):
    answer = kg("query", "-e", OUTCOMES, "--runs", 1)
    assert (answer.status, answer.out) == (2, "")
    assert "-e: the query would run more than 1 claim, because" in answer.err
    assert "run kg verify first, or allow more with --runs" in answer.err


def test_a_claim_is_run_once_however_often_a_query_asks(kg):
    text = f"SELECT (kg:verify({CLAIM}) AS ?o) {{ VALUES ?n {{ 1 2 3 4 5 }} FILTER(kg:verify({CLAIM}) = earl:passed) }}"
    answer = kg("query", "-e", text, "--runs", 1, "--format", "csv")
    assert answer.out.count("earl#passed") == 5


def test_what_is_no_claim_has_no_outcome(kg):
    answer = kg("query", "-e", "SELECT (kg:verify(concept:horner_evaluation) AS ?o) {}", "--format", "csv")
    assert answer.out == 'o\n""\n'


def test_a_true_claim_has_no_counterexample(kg):
    answer = kg(
        "query", "-e", f"SELECT (kg:counterexample({CLAIM}) AS ?x) {{}}", "--format", "csv", "--runs", 0
    )
    assert answer.out == 'x\n""\n'


def test_a_chain_of_claims_is_told_in_words(kg):
    text = "SELECT (kg:path(concept:horner_evaluation, concept:power_evaluation) AS ?why) {}"
    answer = kg("query", "-e", text, "--format", "csv")
    assert "horner_evaluation is power_evaluation: " in answer.out
    assert "by horner_evaluation_is_power_evaluation (Identity, untested" in answer.out


def test_without_a_chain_there_is_none(kg):
    answer = kg(
        "query",
        "-e",
        "SELECT (kg:path(concept:horner_evaluation, concept:nothing) AS ?w) {}",
        "--format",
        "csv",
    )
    assert answer.out == 'w\n""\n'


def test_a_function_given_too_much_or_too_little_says_what_it_takes(kg):
    answer = kg("query", "-e", "SELECT (kg:path(concept:horner_evaluation) AS ?w) {}")
    assert answer.status == 2
    assert "kg:path(?a, ?b) takes two arguments" in answer.err
    answer = kg("query", "-e", f"SELECT (kg:verify({CLAIM}, 2) AS ?w) {{}}")
    assert "kg:verify(?claim) takes one argument" in answer.err


def test_a_run_that_takes_too_long_is_stopped_with_its_query(kg):
    answer = kg("query", "-e", OUTCOMES, "--timeout", 0.05)
    assert answer.status == 2
    assert "stopped after 0.05 s" in answer.err


def test_what_goes_wrong_inside_a_function_is_said_and_not_taken_for_no_answer(kg, monkeypatch):
    from kg.errors import SourceError
    from kg.query.process import Question, outcome

    def broken(project):
        raise SourceError("ontology/claims/evaluation.ttl", 3, "this line is half written", "finish it")

    monkeypatch.setattr("kg.graph.load", broken)
    text = "SELECT ?why { BIND(kg:path(concept:power_evaluation, concept:horner_evaluation) AS ?why) }"
    question = Question(project=find_project(TOY), text=text, runs=0)
    assert outcome(question) == (
        "misused",
        "query: ontology/claims/evaluation.ttl:3: this line is half written: finish it",
    )
