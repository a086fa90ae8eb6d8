"""From a refused query to a message that helps: what is wrong, exactly where, and what to do.

The place comes from :mod:`kg.query.grammar`. The advice comes from a short list of the mistakes people make,
each a function of the offending token and its neighbours; the first that recognises its mistake speaks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

from kg import names
from kg.query.grammar import AGGREGATES, FUNCTIONS, furthest, keywords
from kg.query.tokens import Lines, Token, tokens

_PAIRS = {")": "(", "}": "{", "]": "["}
_READABLE = {
    "VARIABLE": "a variable",
    "IRIREF": "an IRI",
    "NAME": "a prefixed name",
    "STRING": "a string",
    "END": "the end",
}


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Line and column from 1, what is wrong there, and what to do."""

    line: int
    column: int
    problem: str
    advice: str


@dataclass(frozen=True, slots=True)
class _Mistake:
    found: list[Token]
    at: int
    expected: frozenset[str]

    @property
    def token(self) -> Token:
        return self.found[self.at]

    @property
    def before(self) -> Token:
        return self.found[max(self.at - 1, 0)]

    @property
    def after(self) -> Token:
        return self.found[min(self.at + 1, len(self.found) - 1)]


def diagnose(text: str, prefixes: Mapping[str, str], engine_message: str) -> Diagnosis:
    """Why pyoxigraph refused ``text``; ``prefixes`` are those declared for it."""
    found = tokens(text)
    try:
        leaves = furthest(found)
    except RecursionError:
        leaves = None
    unknown = _unknown_prefix(found, prefixes)
    if unknown and (leaves is None or unknown.start < found[leaves.at].start):
        return _prefix_diagnosis(unknown, found, prefixes)
    if leaves is None:
        return _from_engine(text, found, engine_message)
    mistake = _Mistake(found, leaves.at, frozenset(leaves.expected))
    for rule in _RULES:
        if words := rule(mistake):
            return Diagnosis(mistake.token.line, mistake.token.column, *words)
    return Diagnosis(
        mistake.token.line,
        mistake.token.column,
        f"{_shown(mistake.token)} cannot stand here",
        _options(mistake),
    )


def _shown(token: Token) -> str:
    return "the end of the query" if token.kind == "end" else f"'{token.text}'"


def _options(mistake: _Mistake) -> str:
    shown = {"'A'": "a", **_READABLE}
    named = [name for name in mistake.expected if name.startswith("'") or name in _READABLE]
    words = sorted(shown.get(name, name) for name in named)
    return f"expected {', '.join(words[:7])}{' or others' if len(words) > 7 else ''}"


def _unknown_prefix(found: list[Token], prefixes: Mapping[str, str]) -> Token | None:
    declared = {*prefixes, *_declared(found)}
    return next(
        (token for token in found if token.kind == "prefixed name" and token.prefix not in declared), None
    )


def _declared(found: list[Token]) -> set[str]:
    return {name.prefix for word, name in pairwise(found) if word.word == "PREFIX"}


def _prefix_diagnosis(token: Token, found: list[Token], prefixes: Mapping[str, str]) -> Diagnosis:
    known = {*prefixes, *_declared(found)}
    otherwise = f"declare it above with PREFIX {token.prefix}: <…>; known are {', '.join(sorted(known))}"
    guess = names.closest(token.prefix, known)
    advice = f"did you mean '{guess}:'?" if guess else otherwise
    return Diagnosis(token.line, token.column, f"the prefix '{token.prefix}:' is not declared", advice)


def _from_engine(text: str, found: list[Token], message: str) -> Diagnosis:
    """A mistake of meaning, which the grammar cannot see; pyoxigraph's own words if it is not a known one."""
    match = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    line, column, words = (int(match[1]), int(match[2]), match[3]) if match else (1, 1, message)
    line, column = min((line, column), Lines(text).place(len(text.rstrip())))
    known = _ungrouped(found, words) or _relative_iri(found, words) or _bound_again(found)
    if known:
        return known
    advice = f"the engine says: {' '.join(words.split())[:120]}"
    return Diagnosis(line, column, "this cannot be read as a query, here or before", advice)


def _ungrouped(found: list[Token], words: str) -> Diagnosis | None:
    if "SELECT contains a variable that is unbound" not in words:
        return None
    kinds = [token.word for token in found]
    grouped = {token.text for token in found[kinds.index("GROUP") :]} if "GROUP" in kinds else set()
    depth = 0
    for token in found[kinds.index("SELECT") :]:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind == "variable" and depth == 0 and token.text not in grouped:
            problem = f"{token.text} is neither grouped nor inside an aggregate"
            return Diagnosis(
                token.line, token.column, problem, f"add GROUP BY {token.text}, or SAMPLE({token.text})"
            )
    return None


def _relative_iri(found: list[Token], words: str) -> Diagnosis | None:
    if "IRI parsing failed" not in words:
        return None
    for token in found:
        if token.kind == "iri" and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", token.text):
            return Diagnosis(
                token.line,
                token.column,
                f"{token.text} is not a whole IRI",
                "write <https://…>, or prefix:name",
            )
    return None


def _bound_again(found: list[Token]) -> Diagnosis | None:
    """``BIND(… AS ?x)`` below a use of ``?x`` in the same group, or ``SELECT (… AS ?x)`` above one."""
    groups: list[set[str]] = [set()]
    selected: dict[str, Token] = {}
    for at, token in enumerate(found):
        if token.text == "{":
            groups.append(set())
        elif token.text == "}" and len(groups) > 1:
            inner = groups.pop()
            groups[-1] |= inner
        elif token.kind == "variable":
            named = found[at - 1].word == "AS"
            again = token if named and token.text in groups[-1] else None
            again = again or (selected.get(token.text) if len(groups) > 1 else None)
            if again:
                problem = f"{token.text} has a value already"
                return Diagnosis(again.line, again.column, problem, "give the expression another name")
            if named and len(groups) == 1:
                selected[token.text] = token
            groups[-1].add(token.text)
    return None


_Rule = Callable[[_Mistake], tuple[str, str] | None]


def _empty(mistake: _Mistake) -> tuple[str, str] | None:
    if len(mistake.found) == 1:
        return "the query is empty", "write for example SELECT ?claim WHERE { ?claim a kg:Identity }"
    return None


def _open_string(mistake: _Mistake) -> tuple[str, str] | None:
    token = mistake.token
    long_quote = (
        token.kind == "string" and mistake.before.kind == "string" and mistake.before.text in {'""', "''"}
    )
    if token.kind == "open" or (long_quote and token.start == mistake.before.start + 2):
        return (
            "this string is never closed",
            "end it with the quote it begins with; long strings take three quotes",
        )
    return None


def _bad_iri(mistake: _Mistake) -> tuple[str, str] | None:
    if mistake.token.text == "<" and "IRIREF" in mistake.expected:
        return (
            "this IRI is not closed or holds a blank",
            "write it as <https://…> without blanks, or as prefix:name",
        )
    return None


def _bare_question_mark(mistake: _Mistake) -> tuple[str, str] | None:
    if mistake.token.text in {"?", "$"}:
        return "this variable has no name", "write a letter after the question mark, as in ?claim"
    return None


def _prologue(mistake: _Mistake) -> tuple[str, str] | None:
    if mistake.before.word == "PREFIX":
        return "PREFIX needs a name that ends in a colon", "write PREFIX name: <https://…>"
    return None


def _type_word(mistake: _Mistake) -> tuple[str, str] | None:
    if mistake.token.text == "A" and "'A'" in mistake.expected:
        return "'A' is not a word of SPARQL", "the short form of rdf:type is a small a"
    return None


def _unclosed(mistake: _Mistake) -> tuple[str, str] | None:
    """The opening bracket that is still waiting when the text ends or another bracket closes too early."""
    waiting: list[Token] = []
    for token in mistake.found[: mistake.at]:
        if token.kind == "sign" and token.text in _PAIRS.values():
            waiting.append(token)
        elif token.text in _PAIRS and waiting:
            waiting.pop()
    text = mistake.token.text
    closes_other = text in _PAIRS and waiting and waiting[-1].text != _PAIRS[text]
    if waiting and (mistake.token.kind == "end" or closes_other):
        opener = waiting[-1]
        closer = {value: key for key, value in _PAIRS.items()}[opener.text]
        return (
            f"the '{opener.text}' of line {opener.line}, column {opener.column} is still open here",
            f"close it with '{closer}'",
        )
    if text in _PAIRS and not waiting:
        return f"this '{text}' closes nothing", f"remove it, or open it with '{_PAIRS[text]}'"
    return None


def _filter(mistake: _Mistake) -> tuple[str, str] | None:
    if mistake.before.word in {"FILTER", "HAVING"}:
        word = mistake.before.word
        return (
            f"the condition of {word} is not in brackets",
            f"write {word}(?x > 3), or {word} with a function",
        )
    return None


def _select_list(mistake: _Mistake) -> tuple[str, str] | None:
    if not {"'FROM'", "VARIABLE"} <= mistake.expected:
        return None
    if mistake.token.text == ",":
        return (
            "variables of SELECT are not separated by commas",
            "separate them by blanks: SELECT ?claim ?paper",
        )
    if mistake.token.word in AGGREGATES | FUNCTIONS:
        word = mistake.token.word
        return f"{word} in SELECT needs brackets and a name", f"write ({word}(?x) AS ?name)"
    return None


def _nameless_expression(mistake: _Mistake) -> tuple[str, str] | None:
    if "'AS'" in mistake.expected and mistake.token.text == ")":
        return "this expression has no name", "write ( … AS ?name)"
    return None


def _no_pattern(mistake: _Mistake) -> tuple[str, str] | None:
    if mistake.token.kind == "end" and "'WHERE'" in mistake.expected:
        return "the query has no pattern", "add WHERE { … } with what must hold"
    return None


def _modifier_order(mistake: _Mistake) -> tuple[str, str] | None:
    if mistake.token.word in {"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"} and "END" in mistake.expected:
        return (
            f"{mistake.token.word} stands too late",
            "the order is GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET",
        )
    return None


def _foreign_operator(mistake: _Mistake) -> tuple[str, str] | None:
    signs = {"AND": "&&", "OR": "||", "NOT": "!", "&": "&&"}
    operator = mistake.token.word or mistake.token.text
    if operator in signs:
        return f"'{mistake.token.text}' is no operator of SPARQL", f"write {signs[operator]}"
    if operator == "=" and mistake.before.text == "=":
        return "'==' is no operator of SPARQL", "write = for equality"
    return None


def _unknown_word(mistake: _Mistake) -> tuple[str, str] | None:
    token = mistake.token
    if token.kind != "word" or token.word in keywords():
        return None
    allowed = {name[1:-1] for name in mistake.expected if re.fullmatch("'[A-Z]+'", name)}
    near = names.closest(token.word, allowed)
    guess = near or next(iter(get_close_matches(token.word, keywords(), n=1, cutoff=0.8)), None)
    otherwise = f"write a variable as ?{token.text}, a name as prefix:{token.text}, a text in quotes"
    return f"'{token.text}' is not a word of SPARQL", f"did you mean {guess}?" if guess else otherwise


def _triple(mistake: _Mistake) -> tuple[str, str] | None:
    """A triple with too few or too many terms."""
    token = mistake.token
    if "'.'" in mistake.expected and token.kind in {"variable", "iri", "prefixed name", "blank node", "word"}:
        return (
            f"{_shown(token)} begins a new triple",
            "put a '.' before it, or ';' to say more of the same subject",
        )
    unfinished = token.text in {"}", ".", ";"} or token.word in {"FILTER", "OPTIONAL", "BIND"}
    if unfinished and {"IRIREF", "NAME"} <= mistake.expected:
        return (
            "the triple before this is not complete",
            "a triple is subject, predicate and object: ?claim kg:about ?concept .",
        )
    return None


_RULES: tuple[_Rule, ...] = (
    _empty,
    _open_string,
    _bad_iri,
    _bare_question_mark,
    _prologue,
    _type_word,
    _foreign_operator,
    _unclosed,
    _filter,
    _select_list,
    _nameless_expression,
    _no_pattern,
    _modifier_order,
    _unknown_word,
    _triple,
)
