"""A request of the SPARQL 1.1 Protocol: GET and both forms of POST, understood or refused with the right status."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import parse_qsl

from kg.errors import UsageError
from kg.query import EVERYTHING, Dataset
from kg.query.functions import NAMES
from kg.query.guard import refuse_unsafe
from kg.query.tokens import query_form, tokens
from kg.serve.negotiation import chosen, offered

_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|^`\\]*\Z")
_FORM = "application/x-www-form-urlencoded"
_QUERY, _UPDATE = "application/sparql-query", "application/sparql-update"
_MOST_PARAMETERS = 2000


class Refusal(Exception):
    """What is said instead of an answer: an HTTP status and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(status, words)
        self.status = status
        self.words = words


@dataclass(frozen=True, slots=True)
class Operation:
    """A query, the graphs it is about, and how its answer is to be written: the media type and our word for it."""

    text: str
    dataset: Dataset
    media_type: str
    form: str


def operation(
    method: str, query_string: str, content_type: str, body: bytes, accept: str, *, with_functions: bool
) -> Operation | None:
    """What a request asks for; None for a GET without a query, which asks for the description of the service.

    Raises: Refusal.
    """
    pairs = _pairs(query_string)
    if method == "POST":
        pairs = _posted(pairs, content_type, body)
    if any(name == "update" for name, _ in pairs):
        raise _NO_UPDATES
    texts = [value for name, value in pairs if name == "query"]
    if not texts and method != "POST":
        return None
    if len(texts) != 1:
        raise Refusal(400, f"{len(texts)} parameters are called query: send exactly one")
    _refuse(texts[0], with_functions)
    form = query_form(texts[0])
    kinds = offered(form)
    media_type = chosen(accept, kinds)
    if media_type is None:
        raise Refusal(406, f"the answer to {form} can be written as {', '.join(kinds)}: accept one of them")
    return Operation(texts[0], _dataset(pairs), media_type, kinds[media_type])


_NO_UPDATES = Refusal(
    403, "this endpoint is read-only: edit the Turtle files; they are the only source of the graph"
)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS)
    except UnicodeDecodeError:
        raise Refusal(400, "the parameters are not UTF-8: encode them so") from None
    except ValueError:
        raise Refusal(400, f"there are more than {_MOST_PARAMETERS} parameters: send fewer") from None


def _posted(pairs: list[tuple[str, str]], content_type: str, body: bytes) -> list[tuple[str, str]]:
    """The parameters of the address with those of the body."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == _UPDATE:
        raise _NO_UPDATES
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal(400, "the body is not UTF-8: encode it so") from None
    if kind == _QUERY:
        return [*pairs, ("query", text)]
    if kind == _FORM:
        return [*pairs, *_pairs(text)]
    raise Refusal(415, f"a query is posted as {_FORM} or {_QUERY}, not as {kind or 'nothing stated'}")


def _refuse(text: str, with_functions: bool) -> None:
    try:
        refuse_unsafe(text, "query")
    except UsageError as error:
        raise Refusal(403, str(error)) from None
    if with_functions or "(" not in text:
        return
    found = tokens(text)
    for token, follows in pairwise(found):
        called = re.search(r"[:#](\w+)>?\Z", token.text)
        if follows.text == "(" and called and called[1] in NAMES and token.kind in {"iri", "prefixed name"}:
            raise Refusal(
                403,
                f"query:{token.line}:{token.column}: kg:{called[1]} runs code of this machine, which this endpoint does "
                "not do for others: leave it out, or start kg serve with --allow-functions",
            )


def _dataset(pairs: Sequence[tuple[str, str]]) -> Dataset:
    """The graphs that the request names. If it names any, those are all there are."""
    default = tuple(value for name, value in pairs if name == "default-graph-uri")
    named = tuple(value for name, value in pairs if name == "named-graph-uri")
    for iri in (*default, *named):
        if not _IRI.match(iri):
            raise Refusal(400, f"{iri!r} names no graph: give an absolute IRI")
    return Dataset(default, named) if default or named else EVERYTHING
