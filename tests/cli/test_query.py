"""``kg query``: answers in every format, and the ways to ask."""

from __future__ import annotations

import csv
import io
import json

import pyoxigraph as ox
import pytest

LABELS = "SELECT ?concept ?label { ?concept skos:prefLabel ?label } ORDER BY ?label"
EVERY_TERM = """SELECT ?iri ?text ?tagged ?number ?nothing ?node {
    BIND(concept:x AS ?iri) BIND("tab\\there \\"quoted\\" <&>, √\\nnext" AS ?text) BIND("mot"@fr AS ?tagged)
    BIND(3 AS ?number) BIND(BNODE() AS ?node) }"""


def test_a_query_is_answered_as_a_table_with_short_names(kg):
    lines = kg("query", "-e", LABELS).out.splitlines()
    assert lines[0].split() == ["concept", "label"]
    assert "concept:horner_evaluation" in lines[2]
    assert lines[2].endswith("Horner's rule")


def test_the_prefixes_of_the_project_need_no_declaration(kg):
    answer = kg(
        "query", "-e", "ASK { claim:horner_evaluation_is_power_evaluation kg:left concept:horner_evaluation }"
    )
    assert answer.out == "yes\n"


def test_a_prefix_of_the_project_may_be_declared_all_the_same(kg):
    answer = kg(
        "query", "-e", "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> ASK { ?x a skos:Concept }"
    )
    assert answer.out == "yes\n"


def test_a_query_may_come_from_a_file(kg, tmp_path):
    path = tmp_path / "question.rq"
    path.write_text(LABELS)
    assert kg("query", path).out == kg("query", "-e", LABELS).out


def test_a_query_may_come_from_stdin(kg):
    assert kg("query", "-", stdin=LABELS).out == kg("query", "-e", LABELS).out


def test_a_stored_question_is_asked_by_its_name(kg, toy):
    (toy / "ontology" / "questions").mkdir()
    (toy / "ontology" / "questions" / "which_labels.rq").write_text(f"# question: Which labels?\n{LABELS}")
    assert kg("query", "which_labels").out == kg("query", "-e", LABELS).out


def test_without_a_query_the_stored_questions_are_listed(kg, toy):
    (toy / "ontology" / "questions").mkdir()
    (toy / "ontology" / "questions" / "which_labels.rq").write_text(f"# question: Which labels?\n{LABELS}")
    assert kg("query").out.splitlines()[-1].split(maxsplit=1) == ["which_labels", "Which labels?"]


def test_an_unknown_question_is_answered_with_a_guess(kg, toy):
    (toy / "ontology" / "questions").mkdir()
    (toy / "ontology" / "questions" / "which_labels.rq").write_text(LABELS)
    answer = kg("query", "wich_labels")
    assert answer.status == 2
    assert "did you mean 'which_labels'?" in answer.err


def test_a_query_given_as_a_file_name_is_told_about_e(kg):
    answer = kg("query", "SELECT * { ?s ?p ?o }")
    assert answer.status == 2
    assert "give a query itself with -e" in answer.err


def test_two_queries_at_once_are_misuse(kg):
    assert kg("query", "-", "-e", LABELS).status == 2


def test_a_query_that_is_not_utf8_is_reported_at_its_line(kg, tmp_path):
    path = tmp_path / "latin.rq"
    path.write_bytes(b"# fine\nSELECT * { ?s ?p '\xe9' }")
    answer = kg("query", path)
    assert answer.status == 2
    assert f"{path}:2: this line is not UTF-8" in answer.err


@pytest.mark.parametrize("form", ["json", "xml", "tsv"])
def test_other_engines_read_our_results_back(form: str, kg):
    formats = {
        "json": ox.QueryResultsFormat.JSON,
        "xml": ox.QueryResultsFormat.XML,
        "tsv": ox.QueryResultsFormat.TSV,
    }
    answer = kg("query", "-e", EVERY_TERM, "--format", form)
    (row,) = ox.parse_query_results(answer.out, format=formats[form])
    assert row["iri"] == ox.NamedNode("https://example.org/polynomials/concept/x")
    assert row["text"] == ox.Literal('tab\there "quoted" <&>, √\nnext')
    assert row["tagged"] == ox.Literal("mot", language="fr")
    assert row["number"] == ox.Literal(3)
    assert row["nothing"] is None
    assert isinstance(row["node"], ox.BlankNode)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_other_engines_read_yes_and_no_back(form: str, kg):
    formats = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML}
    answer = kg("query", "-e", "ASK { ?x a kg:NoSuchThing }", "--format", form)
    assert not bool(ox.parse_query_results(answer.out, format=formats[form]))


def test_csv_holds_the_bare_values(kg):
    rows = list(csv.DictReader(io.StringIO(kg("query", "-e", EVERY_TERM, "--format", "csv").out, newline="")))
    assert rows[0]["text"] == 'tab\there "quoted" <&>, √\nnext'
    assert rows[0]["tagged"] == "mot"
    assert rows[0]["nothing"] == ""


def test_a_graph_is_answered_as_turtle(kg):
    answer = kg("query", "-e", "CONSTRUCT { ?c a kg:Claim } WHERE { ?c a kg:Identity }", "--format", "ttl")
    triples = list(ox.parse(answer.out, format=ox.RdfFormat.TURTLE))
    assert {triple.subject.value.rpartition("/")[2] for triple in triples} == {
        "horner_evaluation_is_power_evaluation",
        "power_evaluation_is_linear_in_the_coefficients",
    }


def test_a_description_is_answered_as_turtle(kg):
    answer = kg("query", "-e", "DESCRIBE concept:horner_evaluation", "--format", "ttl")
    assert 'skos:prefLabel "Horner\'s rule"@en' in answer.out


def test_the_same_graph_gives_the_same_turtle(kg):
    arguments = (
        "query",
        "-e",
        "CONSTRUCT WHERE { ?c a skos:Concept ; skos:prefLabel ?l }",
        "--format",
        "ttl",
    )
    assert kg(*arguments).out == kg(*arguments).out


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * { ?s ?p ?o }", "ttl"),
        ("ASK { }", "csv"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "csv"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "xml"),
    ],
)
def test_a_format_that_cannot_hold_the_answer_is_refused(text: str, form: str, kg):
    answer = kg("query", "-e", text, "--format", form)
    assert (answer.status, answer.out) == (2, "")
    assert f"--format {form}" in answer.err


def test_a_limit_cuts_the_answer_and_says_so(kg):
    answer = kg("query", "-e", LABELS, "--limit", 1, "--format", "json")
    assert len(json.loads(answer.out)["results"]["bindings"]) == 1
    assert answer.err == "only the first 1: there are more\n"


def test_a_limit_that_cuts_nothing_says_nothing(kg):
    assert kg("query", "-e", "ASK {}", "--limit", 1).err == ""


def test_select_star_keeps_the_order_in_which_the_variables_were_written(kg):
    answer = kg("query", "-e", "SELECT * { ?zebra a kg:Identity ; kg:left ?apple }", "--format", "csv")
    assert answer.out.splitlines()[0] == "zebra,apple"


def test_numbers_stand_on_the_right_in_a_table(kg):
    lines = kg("query", "-e", "SELECT ?n { VALUES ?n { 5 1234 } }").out.splitlines()
    assert lines[2:] == ["   5", "1234"]


def test_a_query_without_answers_prints_the_head_alone(kg):
    answer = kg("query", "-e", "SELECT ?x { ?x a kg:NoSuchThing }", "--format", "csv")
    assert (answer.status, answer.out) == (0, "x\n")


def test_a_function_nobody_knows_is_no_internal_error(kg):
    answer = kg("query", "-e", "SELECT (concept:f(1) AS ?x) {}")
    assert answer.status == 2
    assert "there is no function <" in answer.err
    assert "use those of SPARQL and kg:verify" in answer.err
    answer = kg("query", "-e", "SELECT (kg:verfy(1) AS ?x) {}")
    assert answer.err == "kg: -e: there is no function kg:verfy: did you mean 'verify'?\n"
