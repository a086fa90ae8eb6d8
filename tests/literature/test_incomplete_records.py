"""A record may lack any of its fields, hold null, or something else altogether: nothing breaks, nothing is invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Answer
from conftest import recorded_works
from loopback import Loopback

from kg.bibliography import parse
from kg.literature.record import abstract, record

Kg = Callable[..., Answer]
WORK = recorded_works()["W2162348455"]
UNKNOWN_WITHOUT = {"id", "title", "display_name"}


def changed(field: str, how: str) -> dict[str, Any]:
    if how == "missing":
        return {name: value for name, value in WORK.items() if name != field}
    return {
        **WORK,
        field: {
            "null": None,
            "a number": 7,
            "a text": "x",
            "a list": [None, [], {}],
            "a mapping": {"": None},
        }[how],
    }


def test_the_recorded_work_has_the_fields_that_openalex_has_now() -> None:
    assert len(WORK) == 49


@pytest.mark.parametrize("how", ["missing", "null", "a number", "a text", "a list", "a mapping"])
@pytest.mark.parametrize("field", list(WORK))
def test_any_field_may_be_anything(field: str, how: str) -> None:
    read = record(changed(field, how))
    assert (read is None) == (field == "id")
    abstract(changed(field, how))


@pytest.mark.parametrize("field", list(WORK))
def test_a_null_in_any_field_is_survived_by_the_command(
    kg: Kg, server: Loopback, library: Path, field: str
) -> None:
    server.works["10.1038/35002501"] = changed(field, "null")
    answer = kg("enrich", "myers2000biodiversity", "--format", "json")
    [found] = json.loads(answer.out)
    # display_name repeats the title, so that either is enough.
    assert found["standing"] == ("failed" if field == "id" else "verified")
    if field == "is_retracted":
        text = (library / "ontology" / "generated" / "literature.ttl").read_text(encoding="utf-8")
        assert "isRetracted" not in text, "what is not said is not known"
    assert kg("lint").err.endswith(("problem\n", "problems\n"))


@pytest.mark.parametrize("field", list(WORK))
def test_a_null_in_any_field_is_survived_when_a_work_is_cited(
    kg: Kg, server: Loopback, library: Path, field: str
) -> None:
    path = library / "references.bib"
    path.write_text("% empty\n", encoding="utf-8")
    server.works["10.1038/35002501"] = changed(field, "null")
    answer = kg("cite", "10.1038/35002501")
    # Without a name, authors or a year there is nothing to write an entry from.
    refused = field in ("id", "authorships", "publication_year")
    assert answer.status == (1 if refused else 0), answer.err
    found = parse(path.read_text(encoding="utf-8"))
    assert len(found.entries) == (0 if refused else 1)
    assert not [fault for fault in found.faults if fault.lost]


def test_an_unknown_field_is_ignored() -> None:
    assert record({**WORK, "invented_tomorrow": {"a": 1}}) == record(WORK)


def test_a_title_that_is_empty_is_no_title() -> None:
    read = record(recorded_works()["W2963341956"])
    assert read is not None
    assert read.title == ""


def test_an_abstract_with_gaps_and_doubled_positions_is_rebuilt_in_order() -> None:
    assert abstract({"abstract_inverted_index": {"b": [4], "a": [0, 9], "c": [4]}}) == "a b c a"


def test_what_a_payload_says_is_data_and_no_turtle(kg: Kg, server: Loopback, library: Path) -> None:
    nasty = 'Biodiversity hotspots for conservation priorities "] . <https://example.org/x> <https://example.org/y> <https://example.org/z> . \\ \n \x07'
    server.works["10.1038/35002501"] = {
        **WORK,
        "title": nasty,
        "authorships": [{"author": {"display_name": 'Norman\nMyers\r"\\'}}],
        "referenced_works": ["W1> . <x> <y> <z", 3, None],
    }
    kg("enrich", "myers2000biodiversity")
    assert kg("query", "-e", "ASK { ?x <https://example.org/y> ?z }").out == "no\n"
    titles = kg("query", "-e", "SELECT ?t { ?r a kg:Record ; dcterms:title ?t }", "--format", "json").out
    assert '\\"] . <https://example.org/x> <https://example.org/y> <https://example.org/z> .' in titles
