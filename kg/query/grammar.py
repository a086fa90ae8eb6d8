"""The query part of the SPARQL 1.1 grammar as data, and a recogniser that finds where a text leaves it.

pyoxigraph says whether a query is well formed, but the place it gives for a mistake is most often the end of
the text. This module is asked only after pyoxigraph has refused: it never decides whether a query runs. The
rules follow section 19.8 of the recommendation; ``'…'`` is a keyword or sign, a name in capitals a kind of
token, a capitalised name another rule; an indented line continues the one above.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from kg.query.tokens import Token

_GRAMMAR = """
Query: Prologue ( Select | Construct | Describe | Ask ) Values? END
Prologue: ( 'BASE' IRIREF | 'PREFIX' NAME IRIREF )*
Select: SelectClause Dataset* Where Modifiers
SubSelect: SelectClause Where Modifiers Values?
SelectClause: 'SELECT' ( 'DISTINCT' | 'REDUCED' )? ( '*' | ( Var | '(' Expression 'AS' Var ')' )+ )
Construct: 'CONSTRUCT' ( '{' TriplesTemplate? '}' Dataset* Where Modifiers
  | Dataset* 'WHERE' '{' TriplesTemplate? '}' Modifiers )
Describe: 'DESCRIBE' ( ( Var | Iri )+ | '*' ) Dataset* Where? Modifiers
Ask: 'ASK' Dataset* Where Modifiers
Dataset: 'FROM' 'NAMED'? Iri
Where: 'WHERE'? Group
Modifiers: ( 'GROUP' 'BY' GroupBy+ )? ( 'HAVING' Constraint+ )? ( 'ORDER' 'BY' OrderBy+ )? LimitOffset?
GroupBy: BuiltIn | FunctionCall | '(' Expression ( 'AS' Var )? ')' | Var
OrderBy: ( 'ASC' | 'DESC' ) Bracketted | Constraint | Var
LimitOffset: 'LIMIT' INTEGER ( 'OFFSET' INTEGER )? | 'OFFSET' INTEGER ( 'LIMIT' INTEGER )?
Values: 'VALUES' DataBlock
TriplesTemplate: TriplesSame ( '.' TriplesSame )* '.'?
Group: '{' ( SubSelect | GroupBody ) '}'
GroupBody: TriplesBlock? ( NotTriples '.'? TriplesBlock? )*
TriplesBlock: TriplesSame ( '.' TriplesSame )* '.'?
NotTriples: Group ( 'UNION' Group )* | 'OPTIONAL' Group | 'MINUS' Group | 'GRAPH' VarOrIri Group
  | 'SERVICE' 'SILENT'? VarOrIri Group | 'FILTER' Constraint | 'BIND' '(' Expression 'AS' Var ')'
  | 'VALUES' DataBlock
DataBlock: Var '{' DataValue* '}' | '(' Var* ')' '{' ( '(' DataValue* ')' )* '}'
DataValue: Iri | Literal | 'UNDEF'
Constraint: Bracketted | BuiltIn | FunctionCall
FunctionCall: Iri Arguments
Arguments: '(' ( 'DISTINCT'? Expression ( ',' Expression )* )? ')'
TriplesSame: Term Properties | Nested Properties?
Properties: Verb Objects ( ';' ( Verb Objects )? )*
Objects: Node ( ',' Node )*
Verb: Var | Path
Path: Sequence ( '|' Sequence )*
Sequence: Element ( '/' Element )*
Element: '^'? PathPrimary ( '?' | '*' | '+' )?
PathPrimary: Iri | 'A' | '!' ( OneInSet | '(' ( OneInSet ( '|' OneInSet )* )? ')' ) | '(' Path ')'
OneInSet: '^'? ( Iri | 'A' )
Nested: '(' Node+ ')' | '[' Properties ']'
Node: Term | Nested
VarOrIri: Var | Iri
Term: Var | Iri | Literal | BLANK | '[' ']' | '(' ')'
Expression: And ( '||' And )*
And: Relation ( '&&' Relation )*
Relation: Sum ( ( '=' | '!=' | '<=' | '>=' | '<' | '>' ) Sum | 'NOT'? 'IN' List )?
List: '(' ( Expression ( ',' Expression )* )? ')'
Sum: Product ( ( '+' | '-' ) Product )*
Product: Unary ( ( '*' | '/' ) Unary )*
Unary: ( '!' | '+' | '-' )? Primary
Primary: Bracketted | BuiltIn | Iri Arguments? | Literal | Var
Bracketted: '(' Expression ')'
BuiltIn: Aggregate | 'NOT'? 'EXISTS' Group | FUNCTION List
Aggregate: AGGREGATE '(' 'DISTINCT'? ( '*' | Expression ) ( ';' 'SEPARATOR' '=' STRING )? ')'
Literal: STRING ( LANGUAGE | '^^' Iri )? | ( '+' | '-' )? ( INTEGER | NUMBER ) | 'TRUE' | 'FALSE'
Iri: IRIREF | NAME
Var: VARIABLE
"""

AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_FUNCTION_WORDS = """
    STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE
    LCASE ENCODE_FOR_URI CONTAINS STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES
    SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384 SHA512 COALESCE IF STRLANG STRDT
    SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE
"""
FUNCTIONS = frozenset(_FUNCTION_WORDS.split())
_KINDS = {
    "IRIREF": "iri",
    "NAME": "prefixed name",
    "VARIABLE": "variable",
    "BLANK": "blank node",
    "LANGUAGE": "language",
    "STRING": "string",
    "END": "end",
}


def keywords() -> frozenset[str]:
    """Every word the grammar knows, in capitals."""
    leaves = {leaf for rule in _rules().values() for leaf in _leaves(rule)}
    return frozenset(leaf[1:-1] for leaf in leaves if re.fullmatch("'[A-Z]+'", leaf)) | AGGREGATES | FUNCTIONS


@dataclass
class Furthest:
    """The last token any rule could not read, and what would have been read there instead."""

    at: int = 0
    expected: set[str] = field(default_factory=set)


def furthest(found: list[Token]) -> Furthest | None:
    """Where the tokens of a query leave the grammar; None if they are a query."""
    reader = _Reader(found)
    return None if reader.read(_rules()["Query"], 0) is not None else reader.furthest


# A rule is ("leaf", name), ("all", parts), ("any", parts) or ("some", part, least, most).
_Rule = tuple[object, ...]


class _Reader:
    """Ordered choice with backtracking: the grammar is LL(1), so the furthest failure is the mistake."""

    def __init__(self, found: list[Token]) -> None:
        self.found = found
        self.furthest = Furthest()

    def read(self, rule: _Rule, at: int) -> int | None:
        match rule:
            case ("leaf", str(name)):
                return self.read(_rules()[name], at) if name in _rules() else self._token(name, at)
            case ("all", tuple(parts)):
                return self._all(parts, at)
            case ("any", tuple(parts)):
                return next((end for part in parts if (end := self.read(part, at)) is not None), None)
            case ("some", tuple(part), int(least), most):
                return self._some(part, at, least, most)
        raise AssertionError(rule)

    def _all(self, parts: tuple[_Rule, ...], at: int) -> int | None:
        end: int | None = at
        for part in parts:
            end = self.read(part, end) if end is not None else None
        return end

    def _some(self, part: _Rule, at: int, least: int, most: object) -> int | None:
        count = 0
        while count != most and (end := self.read(part, at)) is not None and end != at:
            at, count = end, count + 1
        return at if count >= least else None

    def _token(self, name: str, at: int) -> int | None:
        if _is(self.found[at], name):
            return at + 1
        if at > self.furthest.at:
            self.furthest = Furthest(at)
        if at == self.furthest.at:
            self.furthest.expected.add(name)
        return None


def _is(token: Token, name: str) -> bool:
    if name == "'A'":
        return token.text == "a"
    if name.startswith("'"):
        return name[1:-1] == (token.word or token.text) and token.kind in {"word", "sign"}
    if name == "FUNCTION":
        return token.word in FUNCTIONS
    if name == "AGGREGATE":
        return token.word in AGGREGATES
    if name == "INTEGER":
        return token.kind == "number" and token.text.isdigit()
    return token.kind == ("number" if name == "NUMBER" else _KINDS[name])


@lru_cache(maxsize=1)
def _rules() -> dict[str, _Rule]:
    lines = (line.partition(": ") for line in _GRAMMAR.replace("\n  ", " ").strip().splitlines())
    return {name: _parse(re.findall(r"'[^']+'|\w+|[()|?*+]", body)) for name, _, body in lines}


def _parse(parts: list[str]) -> _Rule:
    """One rule body, up to the bracket that closes it, as nested tuples; consumes ``parts``."""
    choices: list[list[_Rule]] = [[]]
    while parts and (part := parts.pop(0)) != ")":
        if part == "|":
            choices.append([])
        elif part in {"?", "*", "+"}:
            choices[-1][-1] = ("some", choices[-1][-1], int(part == "+"), 1 if part == "?" else -1)
        else:
            choices[-1].append(_parse(parts) if part == "(" else ("leaf", part))
    options = tuple(sequence[0] if len(sequence) == 1 else ("all", tuple(sequence)) for sequence in choices)
    return options[0] if len(options) == 1 else ("any", options)


def _leaves(rule: object) -> set[str]:
    if isinstance(rule, tuple):
        return {rule[1]} if rule[0] == "leaf" else {leaf for part in rule for leaf in _leaves(part)}
    return set()
