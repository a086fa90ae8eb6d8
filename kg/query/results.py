"""What another engine answers, read into a :class:`kg.query.Result`.

Old engines are understood too: Virtuoso calls a typed literal ``typed-literal`` and answers ASK with a table.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.query import Result

if TYPE_CHECKING:
    from kg.query import Term

_CUT = "the answer is cut off: ask again, or make the query narrower"
_TRIPLES = {"application/n-triples": ox.RdfFormat.N_TRIPLES, "text/turtle": ox.RdfFormat.TURTLE}


def table(content: bytes, is_ask: bool, limit: int | None = None) -> Result:
    """SPARQL results in JSON.

    Raises: ValueError, whose text says what is wrong and what to do.
    """
    try:
        answer = json.loads(content)
    except ValueError:
        raise ValueError(_why_not_json(content)) from None
    try:
        if "boolean" in answer:
            return Result(boolean=bool(answer["boolean"]))
        variables = tuple(str(variable) for variable in answer["head"]["vars"])
        bindings = answer["results"]["bindings"]
        if is_ask and len(variables) == 1:
            return Result(boolean=str(bindings[0][variables[0]]["value"]).lower() in {"1", "true"})
        kept = bindings if limit is None else bindings[:limit]
        rows = tuple(tuple(_term(row.get(variable)) for variable in variables) for row in kept)
        return Result(variables=variables, rows=rows, is_cut=len(kept) < len(bindings))
    except (KeyError, TypeError, IndexError, AttributeError):
        raise ValueError(f"its answer is JSON, but no SPARQL result: {_ADDRESS}") from None


_ADDRESS = "give the address of its query service, which often ends in /query or /sparql"


def _why_not_json(content: bytes) -> str:
    start = content.lstrip()[:1]
    if start == b"{":
        return _CUT
    return f"its answer is no SPARQL result{' but a web page' if start == b'<' else ''}: {_ADDRESS}"


def _term(given: Mapping[str, Any] | None) -> Term | None:
    if given is None:
        return None
    kind, value = given["type"], given["value"]
    if kind == "uri":
        return ox.NamedNode(value)
    if kind == "bnode":
        return ox.BlankNode(_label(value))
    if kind == "triple":
        parts = [_term(value[name]) for name in ("subject", "predicate", "object")]
        return ox.Triple(*parts)  # type: ignore[arg-type]
    if "xml:lang" in given:
        return ox.Literal(value, language=given["xml:lang"])
    datatype = given.get("datatype")
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)


def _label(value: str) -> str:
    # Virtuoso writes nodeID://b10042 where a label belongs.
    return "".join(letter if letter.isalnum() else "_" for letter in value) or "b"


def graph(content: bytes, kind: str, limit: int | None = None) -> Result:
    """Triples in N-Triples or Turtle.

    Raises: ValueError, whose text says what is wrong and what to do.
    """
    form = _TRIPLES.get(kind)
    if form is None:
        raise ValueError(f"its answer is {kind or 'of no stated type'}, no graph that kg reads: {_ADDRESS}")
    try:
        quads = ox.parse(content, format=form)
        found = tuple(quad.triple for quad in islice(quads, None if limit is None else limit + 1))
    except SyntaxError:
        raise ValueError(_CUT) from None
    is_cut = limit is not None and len(found) > limit
    return Result(triples=found[:limit] if is_cut else found, is_cut=is_cut)
