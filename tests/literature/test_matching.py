"""When a record is about the work of an entry, and when it only looks like it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from conftest import recorded_works

from kg.bibliography import Entry, parse
from kg.literature.matching import conflicts, is_surely, share_a_surname, similarity
from kg.literature.record import Record, record


def entry(title: str, year: int = 2017, type_: str = "inproceedings") -> Entry:
    fields = f"title = {{{title}}}, author = {{Vaswani, Ashish and Kaiser, {{\\L}}ukasz}}, year = {year}"
    [found] = parse(f"@{type_}{{a, {fields}, booktitle = {{B}}, url = {{https://example.org}}}}").entries
    return found


def its_record(title: str, *, year: int | None = 2017, preprint: bool = False) -> Record:
    read = record(recorded_works()["W2162348455"])
    assert read is not None
    return replace(
        read, title=title, year=year, authors=("Ashish Vaswani", "Lukasz Kaiser"), is_preprint=preprint
    )


TITLE = "Attention Is All You Need"


def aspects(one: Entry, other: Record) -> list[str]:
    return [conflict.aspect for conflict in conflicts(one, other)]


@pytest.mark.parametrize(
    "title",
    [
        "Attention is all you need",
        "Attention Is All You Need.",
        "ATTENTION  IS ALL—YOU NEED",
        "Atténtion is all you need",
    ],
)
def test_capitals_accents_and_punctuation_do_not_matter(title: str) -> None:
    assert aspects(entry(TITLE), its_record(title)) == []


@pytest.mark.parametrize(
    "title",
    [
        "Attention Is Not All You Need",
        "Is Attention All You Need for Vision?",
        "All You Need Is Love",
        "",
        "…",
    ],
)
def test_a_title_that_is_another_one_is_a_conflict(title: str) -> None:
    assert aspects(entry(TITLE), its_record(title)) == ["title"]


def test_no_common_surname_is_a_conflict() -> None:
    assert aspects(entry(TITLE), replace(its_record(TITLE), authors=("Noam Chomsky",))) == ["authors"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Chang, Ming-Wei", "Ming‐Wei Chang"),
        ("van Beethoven, Ludwig", "Ludwig van Beethoven"),
        ("Erdős, Paul", "P. Erdos"),
        ("Tsai, Yao-Hung Hubert", "Tsai Yao-Hung"),
        ("{\\v{S}}eba, Petr".replace("{\\v{S}}", "Š"), "Petr Seba"),
    ],
)
def test_one_name_in_two_spellings_is_shared(ours: str, theirs: str) -> None:
    assert share_a_surname([ours], [theirs])


def test_a_given_name_is_no_surname() -> None:
    assert not share_a_surname(["Kaiser, Ashish"], ["Ashish Vaswani"])


@pytest.mark.parametrize(
    ("year", "expected"), [(2015, ["year"]), (2016, []), (2018, []), (2019, ["year"]), (None, [])]
)
def test_a_year_may_differ_by_one_or_be_unknown(year: int | None, expected: list[str]) -> None:
    assert aspects(entry(TITLE), its_record(TITLE, year=year)) == expected


@pytest.mark.parametrize(("year", "expected"), [(2010, []), (2018, []), (2019, ["year"])])
def test_a_preprint_may_be_older_than_what_it_became_but_not_younger(year: int, expected: list[str]) -> None:
    assert aspects(entry(TITLE), its_record(TITLE, year=year, preprint=True)) == expected
    unpublished = entry(TITLE, type_="misc")
    assert aspects(unpublished, its_record(TITLE, year=2010, preprint=True)) == ["year"]


def test_by_its_title_alone_a_record_is_believed_only_if_nothing_is_left_unsaid() -> None:
    assert is_surely(entry(TITLE), its_record(TITLE))
    assert not is_surely(entry(TITLE), its_record(TITLE, year=None))
    assert not is_surely(entry(TITLE), replace(its_record(TITLE), authors=()))


def test_words_in_another_order_are_near_and_no_words_are_far() -> None:
    assert similarity("Rainbow, a network", "a network rainbow") == 100
    assert similarity("", "") == 0
