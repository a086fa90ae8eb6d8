"""A bibliography that is changed by a command differs from what it was in what was asked, and in no other byte."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.bibliography import parse
from kg.errors import UsageError
from kg.literature.edit import appended, renamed, with_field

ODD = (
    "% a comment, with an odd   gap\r\n\r\n@Article ( odd2020one ,title={T}  ,\r\n\tyear = 2020,\r\n journal=jan # {x},\r\n"
    "  note = {odd2020one, once more}, url={https://example.org/%7E}\r\n)\r\n\r\n\r\nfree text\r\n"
    "@misc{other2021two, title = {T\\'e}, author={A, B}, year=2021, url={https://example.org/2}}"
)


def changes(before: str, after: str) -> list[str]:
    compared = difflib.ndiff(before.splitlines(keepends=True), after.splitlines(keepends=True))
    return [line for line in compared if line[0] in "+-"]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_an_entry_is_appended_in_the_line_endings_of_the_file(ending: str) -> None:
    before = f"@misc{{a,{ending}  year = 2020{ending}}}{ending}"
    after = appended(before, "@misc{b,\n  year = 2021\n}\n")
    assert after == before + ending + f"@misc{{b,{ending}  year = 2021{ending}}}{ending}"


def test_a_file_without_a_last_line_ending_gets_one_first() -> None:
    assert appended(ODD, "@misc{c}") == ODD + "\r\n\r\n@misc{c}\r\n"


def test_a_renamed_key_is_kept_as_a_former_one_and_all_else_stays() -> None:
    after = renamed(ODD, "other2021two", "new2021two")
    assert after == ODD.replace("{other2021two,", "{new2021two, formerly = {other2021two},")
    [entry] = [entry for entry in parse(after).entries if entry.key == "new2021two"]
    assert entry.formerly == ("other2021two",)


def test_only_the_key_is_renamed_where_a_note_holds_it_too() -> None:
    after = renamed(ODD, "odd2020one", "new2020one")
    assert "note = {odd2020one, once more}" in after
    assert after.count("new2020one") == 1
    assert len(changes(ODD, after)) == 2


def test_an_entry_is_changed_and_not_its_copy_in_a_comment() -> None:
    entry = "@misc{a2020one, title = {T}, author = {A, B}, year = 2020, url = {https://example.org}}"
    after = renamed(f"@comment{{{entry}}}\n{entry}\n", "a2020one", "b2020one")
    assert after.startswith(f"@comment{{{entry}}}\n@misc{{b2020one, formerly")


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("@misc{a}", "@misc{b, formerly = {a}}"),
        ("@misc{ a }", "@misc{ b, formerly = {a}}"),
        ('@misc{a, formerly = "x" # "y", title = {T}}', "@misc{b, formerly = {xy, a}, title = {T}}"),
        ("@misc(a, title = {T})", "@misc(b, formerly = {a}, title = {T})"),
    ],
)
def test_a_key_is_renamed_however_its_entry_is_written(entry: str, expected: str) -> None:
    assert renamed(f"{entry}\n", "a", "b") == f"{expected}\n"


def test_a_key_that_is_renamed_twice_has_both_former_ones() -> None:
    twice = renamed(renamed(ODD, "other2021two", "b2021two"), "b2021two", "c2021two")
    assert parse(twice).entries[-1].formerly == ("other2021two", "b2021two")


def test_a_field_is_replaced_where_it_stands() -> None:
    after = with_field(ODD, "odd2020one", "year", "1999")
    assert changes(ODD, after) == ["- \tyear = 2020,\r\n", "+ \tyear = {1999},\r\n"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("odd2020", "x", "odd2020: there is no such entry in the bibliography: did you mean 'odd2020one'?"),
        ("odd2020one", "Other2021Two", "Other2021Two: there is already an entry of this key: choose another"),
        ("odd2020one", "a/b", "a/b: this cannot be a key: use only letters, digits, _ and -"),
    ],
)
def test_a_rename_that_cannot_be_is_refused(old: str, new: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        renamed(ODD, old, new)
    assert str(raised.value) == message


def test_the_command_renames_and_claims_and_facts_still_find_the_work(
    toy_kg: Callable[..., object], toy: Path
) -> None:
    before = (toy / "references.bib").read_text(encoding="utf-8")
    answer = toy_kg("cite", "--rename", "horner1819new", "horner1819method")
    assert answer.status == 0
    assert len(changes(before, (toy / "references.bib").read_text(encoding="utf-8"))) == 3
    shown = toy_kg("show", "horner1819new")
    assert shown.out.startswith("horner1819method\n")
    assert "horners_rule_is" in shown.out or "Claims" in shown.out
    asked = "ASK { ref:horner1819new dcterms:isReplacedBy ref:horner1819method }"
    assert toy_kg("query", "-e", asked).out == "yes\n"
    linted = toy_kg("lint")
    assert "'horner1819new' has been renamed: write 'horner1819method'" in linted.out


def test_the_bibliography_is_exported_byte_for_byte(
    kg: Callable[..., object], library: Path, tmp_path: Path
) -> None:
    odd = (library / "references.bib").read_bytes().replace(b"\n", b"\r\n") + b"\r\n% the end"
    (library / "references.bib").write_bytes(odd)
    assert kg("export", "bib", "--output", tmp_path / "copy.bib").status == 0
    assert (tmp_path / "copy.bib").read_bytes() == odd
