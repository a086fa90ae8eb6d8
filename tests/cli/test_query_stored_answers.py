"""``kg query --check`` compares answers with the stored ones, ``kg query --record`` stores them."""

from __future__ import annotations

import pytest

QUESTION = "ontology/questions/what_is_claimed.rq"
ANSWER = "ontology/questions/answers/what_is_claimed.csv"
TEXT = """\
# question: What is claimed, and what does it say?
# why: A question of a test.

SELECT ?claim ?statement
WHERE { ?claim kg:statement ?statement }
ORDER BY ?claim
"""
OLD, NEW = "Horner's rule gives the same value", "Horner's rule gives another value"


@pytest.fixture
def asked(edit) -> None:
    """The second project with one stored question."""
    edit(QUESTION, "", TEXT)


@pytest.fixture
def recorded(kg, asked) -> None:
    """The same with its answer."""
    assert kg("query", "--record").status == 0


def test_a_question_without_a_stored_answer_is_found(kg, asked):
    answer = kg("query", "--check")
    assert answer.status == 1
    assert answer.out.startswith("what_is_claimed: no answer is stored\n+ ")
    assert "kg query --record" in answer.err


def test_a_recorded_answer_is_the_answer_of_today(kg, toy, recorded):
    lines = (toy / ANSWER).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "claim,statement"
    assert len(lines) == 3
    answer = kg("query", "--check")
    assert (answer.status, answer.out) == (0, "")


def test_recording_again_changes_no_byte(kg, toy, recorded):
    before = (toy / ANSWER).stat()
    assert kg("query", "--record").status == 0
    assert (toy / ANSWER).stat().st_mtime_ns == before.st_mtime_ns


def test_a_changed_answer_is_shown_with_what_is_gone_and_what_is_new(kg, edit, recorded):
    edit("ontology/claims/evaluation.ttl", OLD, NEW)
    answer = kg("query", "--check", "what_is_claimed")
    assert answer.status == 1
    title, gone, new = answer.out.splitlines()
    assert title == "what_is_claimed: rows: 1 new, 1 gone"
    assert gone.startswith("- ")
    assert OLD in gone
    assert new.startswith("+ ")
    assert NEW in new
    assert kg("query", "--record", "what_is_claimed").out == answer.out
    assert kg("query", "--check").status == 0


def test_the_order_of_rows_plays_no_part(kg, edit, recorded):
    edit(QUESTION, "ORDER BY ?claim", "ORDER BY DESC(?claim)")
    assert kg("query", "--check").status == 0


def test_other_columns_are_another_answer(kg, edit, recorded):
    edit(QUESTION, "?claim ?statement\n", "?statement ?claim\n")
    answer = kg("query", "--check")
    assert answer.status == 1
    assert answer.out.startswith("what_is_claimed: it has other columns\n")


def test_an_answer_to_no_question_is_found_and_removed(kg, toy, recorded):
    (toy / QUESTION).unlink()
    answer = kg("query", "--check")
    assert answer.status == 1
    assert "what_is_claimed: no question of this name is left" in answer.out
    assert kg("query", "--record").status == 0
    assert not (toy / ANSWER).exists()


def test_a_question_that_is_no_table_is_refused(kg, edit):
    edit(QUESTION, "", "# question: Is there a claim?\nASK { ?claim kg:statement ?statement }\n")
    answer = kg("query", "--record")
    assert answer.status == 2
    assert (
        answer.err == "kg: what_is_claimed: a stored question is answered by a table: write it with SELECT\n"
    )


def test_a_query_that_is_not_stored_has_no_stored_answer(kg, asked):
    answer = kg("query", "--check", "-e", "SELECT ?claim { ?claim kg:statement ?statement }")
    assert answer.status == 2
    assert answer.err.startswith("kg: -e: only stored questions of this project have stored answers")
    assert "did you mean 'what_is_claimed'" in kg("query", "--check", "what_is_claimd").err


def test_a_long_change_is_cut_where_it_is_shown(kg, edit):
    edit(
        QUESTION, "", "# question: What is there?\nSELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 30\n"
    )
    answer = kg("query", "--check")
    assert answer.out.splitlines()[-1] == "+ and 20 more"
    assert len(answer.out.splitlines()) == 12
