"""Which format an answer is written in, from the header ``Accept``."""

from __future__ import annotations

from collections.abc import Mapping

TABLE: Mapping[str, str] = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
"""Media types of a table, and what ``kg query --format`` calls them; the first is what nobody has to ask for."""

TRUTH: Mapping[str, str] = {kind: form for kind, form in TABLE.items() if form in {"json", "xml"}}
"""The same for the answer to ASK, which CSV and TSV cannot hold."""

GRAPH: Mapping[str, str] = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/ld+json": "json",
    "application/x-turtle": "ttl",
}
"""The same for a graph."""


def offered(query_form: str) -> Mapping[str, str]:
    """The media types in which an answer to this form of query can be written."""
    if query_form in {"CONSTRUCT", "DESCRIBE"}:
        return GRAPH
    return TRUTH if query_form == "ASK" else TABLE


def chosen(accept: str, kinds: Mapping[str, str]) -> str | None:
    """The media type that is wanted most, the earlier of equally wanted ones; None if none is acceptable."""
    if not accept.strip():
        return next(iter(kinds))
    wishes = [_wish(part) for part in accept.split(",") if part.strip()]
    best = max(kinds, key=lambda kind: _quality(kind, wishes))
    return best if _quality(best, wishes) > 0 else None


def _wish(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = next((piece[2:].strip() for piece in parameters if piece.startswith("q=")), "1")
    try:
        return kind, min(max(float(quality), 0.0), 1.0)
    except ValueError:
        return kind, 0.0


def _quality(kind: str, wishes: list[tuple[str, float]]) -> float:
    """How much a media type is wanted: what is said of it, else of its family, else of everything."""
    for pattern in (kind, kind.partition("/")[0] + "/*", "*/*"):
        for wish, quality in wishes:
            if wish == pattern:
                return quality
    return 0.0
