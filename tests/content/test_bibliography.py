"""The bibliography parses whole, and the traps its records hold have been avoided."""

import re
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_file
from bibtexparser.library import Library

ROOT = Path(__file__).parents[2]
# A record that is often printed wrongly, and what is right.
TRAPS = [
    ("tsai2019dissection", "pages", "4344--4353"),
    ("tsai2019dissection", "title", "An Unified"),
    ("cao2021choose", "url", "/2021/hash/d0921d442ee91b896ad95059d13df618"),
    ("guo2023boundary", "year", "2023"),
    ("andreoli2019convolution", "eprint", "1905.01289"),
    ("guth2024rainbow", "note", "version 1"),
    ("roth2020adversarial", "title", "is a Form of"),
    ("krbalek2000statistical", "author", "{\\v{S}}eba, Petr"),
]


@pytest.fixture(scope="module")
def library() -> Library:
    return parse_file(str(ROOT / "references.bib"))


def test_every_entry_parses(library: Library) -> None:
    assert library.failed_blocks == []
    assert len(library.entries) > 15


def test_keys_are_surname_year_and_a_word(library: Library) -> None:
    keys = [entry.key for entry in library.entries if entry.key != "this_project"]
    assert [key for key in keys if not re.fullmatch(r"[a-z]+\d{4}[a-z]+", key)] == []


def test_every_work_can_be_reached(library: Library) -> None:
    unreachable = [
        entry.key
        for entry in library.entries
        if entry.key != "this_project" and not {"doi", "eprint", "url"} & entry.fields_dict.keys()
    ]
    assert unreachable == []


def test_years_agree_with_keys(library: Library) -> None:
    wrong = [e.key for e in library.entries if e.key != "this_project" and e["year"] not in e.key]
    assert wrong == []


@pytest.mark.parametrize(("key", "field", "right"), TRAPS)
def test_a_record_that_is_often_wrong_is_right(key: str, field: str, right: str, library: Library) -> None:
    assert right in library.entries_dict[key][field]
