"""Rules that are SPARQL queries: ``rules/*.rq``.

The header of such a file says, in comments, its title, the problem and the advice. The query returns the offending
``?subject``; its other variables may stand in the message in braces, and ``?mention`` names a term whose line, within
the stanza, is the place to show. ``?base`` is bound to the project's base IRI. Prefixes need no declaration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pyoxigraph import Literal, NamedNode, QuerySolutions, Variable

from kg.lint.draft import Draft, Problem
from kg.names import compact, local_name, sparql_prologue


@dataclass(frozen=True, slots=True)
class Rule:
    """One query with its explanation; its name is its file's stem."""

    name: str
    title: str
    problem: str
    advice: str
    query: str


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Every rule that is a query, by name."""
    found = [path for path in files("kg.lint").joinpath("rules").iterdir() if path.name.endswith(".rq")]
    return tuple(
        _rule(path.name.removesuffix(".rq"), path.read_text(encoding="utf-8"))
        for path in sorted(found, key=lambda path: path.name)
    )


def _rule(name: str, text: str) -> Rule:
    header = dict(re.findall(r"^# (\w+): (.*)$", text, re.MULTILINE))
    return Rule(name, header["title"], header["problem"], header["advice"], text)


def broken_rules(draft: Draft) -> Iterator[Problem]:
    """Run every query over the whole graph."""
    prologue = sparql_prologue(draft.project.base)
    base = Literal(draft.project.base)
    for rule in rules():
        answers = draft.graph.store.query(
            prologue + rule.query,
            use_default_graph_as_union=True,
            substitutions={Variable("base"): base} if "?base" in rule.query else None,
        )
        if not isinstance(answers, QuerySolutions):
            raise TypeError(f"the rule {rule.name} is no SELECT query")
        names = [variable.value for variable in answers.variables]
        for row in answers:
            values = {name: row[name] for name in names if row[name] is not None}
            values.setdefault("base", base)
            yield _problem(draft, rule, values)


def _problem(draft: Draft, rule: Rule, values: Mapping[str, object]) -> Problem:
    subject, mention = values["subject"], values.get("mention")
    words = {name: _word(value, name, draft.project.base) for name, value in values.items()}
    return draft.problem(
        subject.value if isinstance(subject, NamedNode) else "",
        _filled(rule.problem, words),
        _filled(rule.advice, words),
        mention.value if isinstance(mention, NamedNode) else "",
    )


def _filled(text: str, words: Mapping[str, str]) -> str:
    # A text may show Turtle with braces of its own, so only names of variables count.
    return re.sub(r"\{(\w+)\}", lambda found: words.get(found.group(1), found.group()), text)


def _word(value: object, name: str, base: str) -> str:
    if isinstance(value, NamedNode):
        is_term = name in ("property", "missing")
        return compact(value.value, base) if is_term else local_name(value.value)
    return value.value if isinstance(value, Literal) else str(value)
