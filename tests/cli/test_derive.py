"""``kg derive``: what follows from the stated claims is run and recorded."""

from __future__ import annotations

import json


def test_where_nothing_follows_that_is_said_with_status_0(kg):
    answer = kg("derive")
    assert answer.status == 0
    assert "0 equivalences follow" in answer.out


def test_the_answer_as_json_is_a_list(kg):
    assert json.loads(kg("derive", "--format", "json").out) == []


def test_no_claim_of_a_tree_is_redundant(kg):
    answer = kg("derive", "--redundant")
    assert answer.status == 0
    assert "0 claims are asserted and also derivable" in answer.out


def test_help_says_what_the_exit_status_means(kg):
    answer = kg("derive", "--help")
    assert "cannot all be right" in answer.out
