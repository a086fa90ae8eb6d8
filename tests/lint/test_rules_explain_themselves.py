"""A rule that is a query says in its header what it is about, and its message uses only what the query returns."""

from __future__ import annotations

import re

import pytest

from kg.lint.queries import Rule, rules


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_rule_has_a_title_a_problem_and_advice(rule: Rule) -> None:
    assert rule.title
    assert rule.problem
    assert rule.advice
    assert not rule.title.endswith("."), "a title is no sentence to be quoted in another"


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
def test_a_message_uses_only_what_the_query_returns(rule: Rule) -> None:
    [selected] = re.findall(r"SELECT(.*?)WHERE", rule.query, re.DOTALL)
    used = set(re.findall(r"\{(\w+)\}", rule.problem + rule.advice))
    assert used <= set(re.findall(r"\?(\w+)", selected))


def test_the_names_of_rules_are_distinct_titles_too() -> None:
    titles = [rule.title for rule in rules()]
    assert len(set(titles)) == len(titles)
