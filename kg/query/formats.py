"""Answers in the standard formats of SPARQL 1.1: results as CSV, TSV, JSON or XML, triples as Turtle.

pyoxigraph can write these too, but only for a whole answer that nobody has looked at; these writers work on a
:class:`kg.query.Result`, which may have been cut at a limit. Tests read their output back with pyoxigraph.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as xml

from kg import names
from kg.errors import UsageError
from kg.query import Result

if TYPE_CHECKING:
    from kg.query import Term

FORMATS = ("table", "csv", "tsv", "json", "xml", "ttl")
_RESULTS = "http://www.w3.org/2005/sparql-results#"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def written(result: Result, form: str, base: str) -> str:
    """The answer as text in one of ``FORMATS`` other than ``table``.

    Raises: UsageError if the format cannot hold this kind of answer.
    """
    if result.triples is not None:
        if form not in {"ttl", "json"}:
            raise UsageError(f"--format {form}: the answer is a graph: use --format ttl or table")
        return _turtle(result, base) if form == "ttl" else _json_ld(result)
    if form == "ttl":
        raise UsageError(
            "--format ttl: the answer is a table, not a graph: use json or csv, or write CONSTRUCT"
        )
    if result.boolean is not None and form in {"csv", "tsv"}:
        raise UsageError(f"--format {form}: the answer to ASK is yes or no: use --format json, xml or table")
    return {"csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}[form](result)


def _turtle(result: Result, base: str) -> str:
    import pyoxigraph as ox

    data = ox.serialize(result.triples or (), format=ox.RdfFormat.TURTLE, prefixes=names.prefixes(base))
    return (data or b"").decode()


def _json_ld(result: Result) -> str:
    import pyoxigraph as ox

    return (ox.serialize(result.triples or (), format=ox.RdfFormat.JSON_LD) or b"").decode()


def _csv(result: Result) -> str:
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(result.variables)
    rows.writerows([plain(term) for term in row] for row in result.rows)
    return stream.getvalue()


def plain(term: Term | None) -> str:
    """A term without the marks of its kind: the IRI, the text of a literal, ``_:label`` of a blank node."""
    import pyoxigraph as ox

    if term is None:
        return ""
    return term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)


def _tsv(result: Result) -> str:
    # str() of a pyoxigraph term is its N-Triples form, in which tabs and line ends are escaped.
    lines = ["\t".join("?" + variable for variable in result.variables)]
    lines += ["\t".join("" if term is None else str(term) for term in row) for row in result.rows]
    return "\n".join(lines) + "\n"


def _json(result: Result) -> str:
    if result.boolean is not None:
        answer: dict[str, Any] = {"head": {}, "boolean": result.boolean}
    else:
        bindings = [
            {variable: _json_term(term) for variable, term in zip(result.variables, row, strict=True) if term}
            for row in result.rows
        ]
        answer = {"head": {"vars": list(result.variables)}, "results": {"bindings": bindings}}
    return json.dumps(answer, ensure_ascii=False, indent=2) + "\n"


def _json_term(term: Term) -> dict[str, Any]:
    import pyoxigraph as ox

    match term:
        case ox.NamedNode():
            return {"type": "uri", "value": term.value}
        case ox.BlankNode():
            return {"type": "bnode", "value": term.value}
        case ox.Literal():
            return {"type": "literal", "value": term.value, **_literal_marks(term, "xml:lang")}
    parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
    return {"type": "triple", "value": {name: _json_term(part) for name, part in parts.items()}}


def _literal_marks(literal: Any, language: str) -> dict[str, str]:
    if literal.language:
        return {language: literal.language}
    return {} if literal.datatype.value == _STRING else {"datatype": literal.datatype.value}


def _xml(result: Result) -> str:
    root = xml.Element("sparql", xmlns=_RESULTS)
    head = xml.SubElement(root, "head")
    for variable in result.variables:
        xml.SubElement(head, "variable", name=variable)
    if result.boolean is not None:
        xml.SubElement(root, "boolean").text = str(result.boolean).lower()
    else:
        results = xml.SubElement(root, "results")
        for row in result.rows:
            _xml_row(xml.SubElement(results, "result"), result.variables, row)
    xml.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + xml.tostring(root, encoding="unicode") + "\n"


def _xml_row(parent: xml.Element, variables: tuple[str, ...], row: tuple[Term | None, ...]) -> None:
    for variable, term in zip(variables, row, strict=True):
        if term is not None:
            _xml_term(xml.SubElement(parent, "binding", name=variable), term)


def _xml_term(parent: xml.Element, term: Term) -> None:
    import pyoxigraph as ox

    match term:
        case ox.NamedNode():
            xml.SubElement(parent, "uri").text = term.value
        case ox.BlankNode():
            xml.SubElement(parent, "bnode").text = term.value
        case ox.Literal():
            marks = _literal_marks(term, "xml:lang")
            xml.SubElement(parent, "literal", marks).text = term.value
        case _:
            triple = xml.SubElement(parent, "triple")
            for name, part in (
                ("subject", term.subject),
                ("predicate", term.predicate),
                ("object", term.object),
            ):
                _xml_term(xml.SubElement(triple, name), part)
