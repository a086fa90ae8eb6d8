"""Answers in the standard formats of SPARQL 1.1: results as CSV, TSV, JSON or XML, triples as Turtle.

pyoxigraph can write these too, but only for a whole answer that nobody has looked at; these writers work on a
:class:`kg.query.Result`, which may have been cut at a limit. Tests read their output back with pyoxigraph.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kg import names
from kg.errors import UsageError
from kg.query import Result

if TYPE_CHECKING:
    from xml.etree import ElementTree

    import pyoxigraph as ox

    from kg.query import Term

FORMATS = ("table", "csv", "tsv", "json", "xml", "ttl", "nt")
_RESULTS = "http://www.w3.org/2005/sparql-results#"
_STRING = "http://www.w3.org/2001/XMLSchema#string"


def written(result: Result, form: str, base: str) -> str:
    """The answer as text in one of ``FORMATS`` other than ``table``.

    Raises: UsageError if the format cannot hold this kind of answer.
    """
    if result.triples is not None:
        if form not in {"ttl", "nt", "json"}:
            raise UsageError(f"--format {form}: the answer is a graph: use --format ttl, nt or table")
        return turtle(result.triples, base) if form == "ttl" else _graph(result, form)
    if form in {"ttl", "nt"}:
        raise UsageError(
            f"--format {form}: the answer is a table, not a graph: use json or csv, or write CONSTRUCT"
        )
    if result.boolean is not None and form in {"csv", "tsv"}:
        raise UsageError(f"--format {form}: the answer to ASK is yes or no: use --format json, xml or table")
    return {"csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}[form](result)


def turtle(triples: Iterable[ox.Triple], base: str) -> str:
    """Triples as Turtle with the project's prefixes, the same bytes for the same triples in the same order."""
    import pyoxigraph as ox

    data = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=names.prefixes(base)) or b""
    lines = data.decode().splitlines(keepends=True)
    # pyoxigraph writes the prefixes in another order each time.
    head = sorted(line for line in lines if line.startswith("@prefix"))
    return "".join([*head, *lines[len(head) :]])


def _graph(result: Result, form: str) -> str:
    import pyoxigraph as ox

    kind = ox.RdfFormat.N_TRIPLES if form == "nt" else ox.RdfFormat.JSON_LD
    return (ox.serialize(result.triples or (), format=kind) or b"").decode()


def _csv(result: Result) -> str:
    import csv
    import io

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
    import json

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
    from xml.etree import ElementTree

    root = ElementTree.Element("sparql", xmlns=_RESULTS)
    head = ElementTree.SubElement(root, "head")
    for variable in result.variables:
        ElementTree.SubElement(head, "variable", name=variable)
    if result.boolean is not None:
        ElementTree.SubElement(root, "boolean").text = str(result.boolean).lower()
    else:
        results = ElementTree.SubElement(root, "results")
        for row in result.rows:
            _xml_row(ElementTree.SubElement(results, "result"), result.variables, row)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _xml_row(parent: ElementTree.Element, variables: tuple[str, ...], row: tuple[Term | None, ...]) -> None:
    from xml.etree import ElementTree

    for variable, term in zip(variables, row, strict=True):
        if term is not None:
            _xml_term(ElementTree.SubElement(parent, "binding", name=variable), term)


def _xml_term(parent: ElementTree.Element, term: Term) -> None:
    from xml.etree import ElementTree

    import pyoxigraph as ox

    match term:
        case ox.NamedNode():
            ElementTree.SubElement(parent, "uri").text = term.value
        case ox.BlankNode():
            ElementTree.SubElement(parent, "bnode").text = term.value
        case ox.Literal():
            marks = _literal_marks(term, "xml:lang")
            ElementTree.SubElement(parent, "literal", marks).text = term.value
        case _:
            triple = ElementTree.SubElement(parent, "triple")
            for name, part in (
                ("subject", term.subject),
                ("predicate", term.predicate),
                ("object", term.object),
            ):
                _xml_term(ElementTree.SubElement(triple, name), part)
