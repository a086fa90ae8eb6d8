"""What query text may not do: change the graph, read a file, reach the network.

pyoxigraph answers ``SERVICE`` by opening a connection and offers no switch against it, so such text must
never reach it. Its parser needs no blank between a keyword and what follows: ``SERVICEex:sparql {`` and
``trueSERVICE<…>{`` are read as SERVICE clauses. Hence a clause is looked for *inside* words and prefixes too;
only variables, strings, IRIs, comments, language tags and the local part of a name may hold these letters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.query.tokens import Token

_UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
_WORDS = (*sorted(_UPDATES), "SERVICE", "FROM")
_DEEPEST = 64


def refuse_unsafe(text: str, name: str, *, elsewhere: bool = False) -> None:
    """Refuse updates, ``SERVICE`` and ``FROM``; ``name`` is how the query is called in the message.

    A query that is answered ``elsewhere`` may say which graphs and services that engine is to ask.
    Raises:
        UsageError: naming the clause and where it stands.
    """
    if _is_harmless(text):
        return
    from kg.query.tokens import tokens

    found = tokens(text)
    depth = 0
    for at, token in enumerate(found):
        depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
        problem = _update(found, at) or _depth(depth)
        if not elsewhere:
            problem = problem or _service(found, at) or _dataset(found, at)
        if problem:
            raise UsageError(f"{name}:{token.line}:{token.column}: {problem}")


def _is_harmless(text: str) -> bool:
    # Most queries hold none of the words in any place, and cutting a text into tokens has to be paid for.
    capitals = text.upper()
    brackets = text.count("(") + text.count("[") + text.count("{")
    return brackets <= _DEEPEST and not any(word in capitals for word in _WORDS)


def _depth(depth: int) -> str:
    # pyoxigraph takes minutes to read deeply nested brackets and cannot be interrupted meanwhile.
    if depth > _DEEPEST:
        return f"brackets are nested more than {_DEEPEST} deep: split the query, or name intermediate nodes"
    return ""


def _update(found: list[Token], at: int) -> str:
    # The first word after the prologue decides whether a text is an update; elsewhere ADD is no keyword.
    if found[at].word in _UPDATES and at == _first_after_prologue(found):
        return (
            f"{found[at].word} is an update, and a query changes nothing: "
            "edit the Turtle files; they are the only source of the graph"
        )
    return ""


def _first_after_prologue(found: list[Token]) -> int:
    at = 0
    while found[at].word in {"PREFIX", "BASE"}:
        at += 3 if found[at].word == "PREFIX" else 2
        if at >= len(found):
            return -1
    return at


def _service(found: list[Token], at: int) -> str:
    token = found[at]
    held = token.text if token.kind in {"word", "number", "stray", "open"} else token.prefix
    # A prefix may be called service:, as long as no group follows its name and makes it a clause.
    opens_group = token.kind != "prefixed name" or found[at + 1].text == "{"
    if "SERVICE" in held.upper() and opens_group:
        return (
            "SERVICE would send part of the query to another machine, which kg does not do: "
            "ask that endpoint itself, or query the local graph only"
        )
    return ""


def _dataset(found: list[Token], at: int) -> str:
    token = found[at]
    follows = found[min(at + 1, len(found) - 1)]
    named = follows.word == "NAMED" or follows.kind in {"iri", "prefixed name"}
    if token.word == "FROM" and named:
        return (
            "FROM is not allowed, because nothing is loaded by a query: leave it out to ask the whole graph, "
            "or use GRAPH ?file { … } to ask one source file"
        )
    return ""
