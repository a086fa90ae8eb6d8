"""Queries that cannot be read: the message says where, what is wrong and what to do."""

from __future__ import annotations

import pytest

MISTAKES = [
    # text, line, column, part of the message
    ("", 1, 1, "the query is empty"),
    ("# only a comment", 1, 17, "the query is empty"),
    ("SELEC ?x { ?x ?p ?o }", 1, 1, "did you mean SELECT?"),
    ("SELECT ?s {\n  ?s ?p ?o FILTR(?o > 3)\n}", 2, 12, "did you mean FILTER?"),
    ("SELECT ?s { ?s ?p }", 1, 19, "the triple before this is not complete"),
    ("SELECT ?s { ?s ?p ?o . ?s }", 1, 27, "the triple before this is not complete"),
    ("SELECT ?s {\n  ?s ?p ?o\n  ?s ?q ?r }", 3, 3, "put a '.' before it"),
    ("SELECT ?s { ?s ?p ?o", 1, 21, "the '{' of line 1, column 11 is still open here: close it with '}'"),
    ("SELECT ?s { ?s ?p ?o FILTER(?o > 3 }", 1, 36, "the '(' of line 1, column 28 is still open here"),
    ("SELECT ?s { ?s ?p ?o } }", 1, 24, "this '}' closes nothing"),
    ("SELECT ?s { ?s ?p ?o FILTER ?o > 3 }", 1, 29, "write FILTER(?x > 3)"),
    ("SELECT ?s { ?s ?p ?o FILTER(?o > 3 AND ?o < 9) }", 1, 36, "write &&"),
    ("SELECT ?s { ?s ?p ?o FILTER(?o == 3) }", 1, 33, "write = for equality"),
    ("SELECT ?s, ?o { ?s ?p ?o }", 1, 10, "not separated by commas"),
    ("SELECT ?s COUNT(?o) AS ?n { ?s ?p ?o }", 1, 11, "write (COUNT(?x) AS ?name)"),
    ("SELECT (COUNT(?o)) { ?s ?p ?o }", 1, 18, "write ( … AS ?name)"),
    ("SELECT ?s", 1, 10, "add WHERE { … }"),
    (
        "SELECT ?s { ?s ?p ?o } LIMIT 3 ORDER BY ?s",
        1,
        32,
        "the order is GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET",
    ),
    ('SELECT ?s { ?s ?p "text }', 1, 19, "this string is never closed"),
    ('SELECT ?s { ?s ?p """text }', 1, 21, "this string is never closed"),
    ("SELECT ?s { ?s ?p <a b> }", 1, 19, "this IRI is not closed or holds a blank"),
    ("SELECT ?s { ?s ?p <a> }", 1, 19, "<a> is not a whole IRI"),
    ("SELECT ? { ?s ?p ?o }", 1, 8, "this variable has no name"),
    ("SELECT ?s { ?s A kg:Claim }", 1, 16, "a small a"),
    ("PREFIX x <http://x> SELECT ?s { ?s ?p ?o }", 1, 8, "PREFIX needs a name that ends in a colon"),
    ("SELECT ?s {\n\t?s clam:left ?o }", 2, 5, "the prefix 'clam:' is not declared: did you mean 'claim:'?"),
    ("SELECT ?s { ?s unheard:of ?o }", 1, 16, "declare it above with PREFIX unheard: <…>"),
    ("SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }", 1, 8, "?s is neither grouped nor inside an aggregate"),
    ("SELECT ?s { ?s ?p ?o BIND(3 AS ?o) }", 1, 32, "?o has a value already"),
    ("SELECT (1 AS ?s) {\n  ?s ?p ?o }", 1, 14, "?s has a value already"),
    ("SELECT (1 AS ?n) { { ?s ?p ?o } ?n ?p ?o }", 1, 14, "?n has a value already"),
    ("SELECT ?s { ?s ?p ?o } LIMIT ten", 1, 30, "'ten' is not a word of SPARQL"),
    ("SELECT ?s { ?s ?p ?o OPTIONAL ?s ?p ?x }", 1, 31, "expected '{'"),
    ("SELECT ?s { ?s 'text' ?o }", 1, 16, "cannot stand here"),
    ("SELECT ?s {\r\n  ?s ?p ?o .\r\n  ?s ?p }", 3, 9, "the triple before this is not complete"),
    ("SELECT ?é { ?é ?𝔘 }", 1, 19, "the triple before this is not complete"),
]


@pytest.mark.parametrize(
    ("text", "line", "column", "words"), MISTAKES, ids=[mistake[0] for mistake in MISTAKES]
)
def test_a_mistake_is_shown_where_it_is(text: str, line: int, column: int, words: str, kg):
    answer = kg("query", "-e", text)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith(f"kg: -e:{line}:{column}: ")
    assert words in answer.err


def test_the_line_is_shown_with_a_mark_under_the_mistake(kg):
    answer = kg("query", "-e", "SELECT ?s {\n\t?s ?p }")
    assert answer.err.splitlines()[1:] == ["    2 | \t?s ?p }", "        \t      ^"]


def test_undeclared_prefixes_do_not_shift_the_line(kg, tmp_path):
    path = tmp_path / "wrong.rq"
    path.write_text("SELECT ?claim {\n  ?claim kg:left concept:gelu\n  ?claim kg:right ?other\n}\n")
    assert kg("query", path).err.startswith(f"kg: {path}:3:3: '?claim' begins a new triple")


@pytest.mark.parametrize(
    "text", ["{" * 60 + "}" * 60, "\x00", "SELECT", "((((", "\\", "'", "<", "SELECT * { ?s ?p 1e }", "🙂"]
)
def test_nonsense_is_a_mistake_and_no_internal_error(text: str, kg):
    answer = kg("query", "-e", text) if "\x00" not in text else kg("query", "-", stdin=text)
    assert answer.status == 2
    assert "internal error" not in answer.err


def test_who_asks_for_claims_of_no_kind_is_told_how_to_ask_for_all_kinds(kg):
    answer = kg("query", "-e", "SELECT ?c { ?c a kg:Claim }")
    assert answer.status == 0
    assert "write a/rdfs:subClassOf kg:Claim for all kinds" in answer.err
    meant = kg("query", "-e", "SELECT ?c { ?c a/rdfs:subClassOf kg:Claim }")
    assert "horner_evaluation_is_power_evaluation" in meant.out
    assert meant.err == ""


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (
            "SELECT ?c { ?c a kg:Identty }",
            "nothing in the graph is called kg:Identty: did you mean 'Identity'?",
        ),
        ("SELECT ?c { ?c kg:lft ?x }", "nothing in the graph is called kg:lft: did you mean 'left'?"),
        (
            "SELECT ?c { ?c kg:left concept:horner_evalution }",
            "nothing in the graph is called concept:horner_evalution: did you mean 'horner_evaluation'?",
        ),
    ],
)
def test_a_misspelt_name_in_a_query_without_answers_is_guessed(query, said, kg):
    answer = kg("query", "-e", query)
    assert answer.status == 0
    assert said in answer.err


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?c { ?c a kg:Refutation ; kg:left concept:horner_evaluation }",
        "SELECT ?c { ?c kg:statement 'kg:nothing' } # kg:nothing",
        "PREFIX kg: <http://other.example/> SELECT ?c { ?c a kg:Nothing }",
        "SELECT (kg:path(concept:horner_evaluation, concept:power_evaluation) AS ?why) {}",
    ],
)
def test_nothing_is_said_of_names_that_are_known_or_none_of_ours(query, kg):
    assert "nothing in the graph is called" not in kg("query", "-e", query).err
