"""``kg lint`` tells what the literature says about the works that are cited, at the line of their entry."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Answer
from conftest import recorded_works
from loopback import Loopback

Kg = Callable[..., Answer]
MYERS = "10.1038/35002501"
WORK = recorded_works()["W2162348455"]
PREPRINT = recorded_works()["W3045921891"]
# What was published is invented: the recorded preprint names no journal.
PLACE = {
    "is_published": True,
    "landing_page_url": "https://doi.org/10.1000/published",
    "source": {"type": "journal", "display_name": "Journal"},
}


def lines(answer: Answer, key: str) -> list[str]:
    return [line for line in answer.out.splitlines() if f"'{key}'" in line and "nothing cites" not in line]


def change(server: Loopback, name: str, work: dict[str, Any], **fields: Any) -> None:
    server.works[name] = {**work, **fields}


CASES: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "retraction": (
        "myers2000biodiversity",
        {"is_retracted": True},
        "references.bib:36: 'myers2000biodiversity' has been retracted (https://openalex.org/W2162348455): "
        'look for what still holds and cite that, or write acknowledged = "retraction" in the entry',
        MYERS,
    ),
    "retraction told by the title": (
        "myers2000biodiversity",
        {"title": "RETRACTED: Biodiversity hotspots for conservation priorities"},
        "references.bib:36: 'myers2000biodiversity' has been retracted (https://openalex.org/W2162348455): "
        'look for what still holds and cite that, or write acknowledged = "retraction" in the entry',
        MYERS,
    ),
    "withdrawal": (
        "ravenscroft2020measuring",
        {"abstract_inverted_index": {"This": [0], "paper": [1], "has": [2], "been": [3], "withdrawn.": [4]}},
        "references.bib:11: the preprint 'ravenscroft2020measuring' has been withdrawn by its authors "
        "(https://openalex.org/W3045921891): find out why and cite something else, "
        'or write acknowledged = "withdrawal" in the entry',
        "10.48550/arxiv.2007.14454",
    ),
    "version": (
        "ravenscroft2020measuring",
        {"locations": [*PREPRINT["locations"], PLACE]},
        "references.bib:11: the preprint 'ravenscroft2020measuring' has been published as doi:10.1000/published: "
        "add that identifier and say which version the locators are of, "
        'or write acknowledged = "version" in the entry',
        "10.48550/arxiv.2007.14454",
    ),
    "conflict": (
        "myers2000biodiversity",
        {"publication_year": 2003},
        "references.bib:36: the year of 'myers2000biodiversity' is '2000' here, and '2003' in "
        "https://openalex.org/W2162348455: look at the work itself; correct the entry, "
        'or write acknowledged = "conflict" in it if it is right',
        MYERS,
    ),
}


def originally(key: str) -> dict[str, Any]:
    return PREPRINT if key.startswith("ravenscroft") else WORK


@pytest.mark.parametrize(("key", "fields", "message", "name"), CASES.values(), ids=list(CASES))
def test_what_became_of_a_work_is_told_at_its_entry(
    kg: Kg, server: Loopback, key: str, fields: dict[str, Any], message: str, name: str
) -> None:
    change(server, name, originally(key), **fields)
    kg("enrich", key)
    assert lines(kg("lint"), key) == [message]


@pytest.mark.parametrize("case", [case for case in CASES if " " not in case])
def test_what_is_acknowledged_is_not_told_again(kg: Kg, server: Loopback, library: Path, case: str) -> None:
    key, fields, _, name = CASES[case]
    change(server, name, originally(key), **fields)
    kg("enrich", key)
    path = library / "references.bib"
    text = path.read_text(encoding="utf-8").replace(f"{{{key},", f"{{{key},\n  acknowledged = {{{case}}},")
    path.write_text(text, encoding="utf-8")
    assert lines(kg("lint"), key) == []


def test_a_record_that_agrees_gives_nothing_to_tell(kg: Kg, server: Loopback) -> None:
    kg("enrich", "myers2000biodiversity")
    assert lines(kg("lint"), "myers2000biodiversity") == []


def test_an_erratum_is_found_by_what_it_cites_and_by_its_title(kg: Kg, server: Loopback) -> None:
    def notice(number: int, title: str) -> dict[str, Any]:
        cites = ["https://openalex.org/W2162348455"]
        return {
            **WORK,
            "id": f"https://openalex.org/W{number}",
            "doi": None,
            "title": title,
            "type": "erratum",
            "referenced_works": cites,
        }

    server.add(notice(9000000010, "Erratum to: Biodiversity hotspots for conservation priorities"))
    server.add(notice(9000000011, "Erratum to: Something that only cites it"))
    answer = kg("enrich", "myers2000biodiversity", "--notices")
    assert "$0.0001 spent" in answer.err
    assert lines(kg("lint"), "myers2000biodiversity") == [
        "references.bib:36: there is a notice about 'myers2000biodiversity': Erratum to: Biodiversity hotspots for "
        "conservation priorities (https://openalex.org/W9000000010): read it, correct what rests on the work, "
        'then write acknowledged = "correction" in the entry'
    ]
    kg("enrich", "myers2000biodiversity")
    assert lines(kg("lint"), "myers2000biodiversity"), (
        "a correction is not forgotten by a run that does not ask for it"
    )


def test_a_newer_version_of_a_preprint_is_told(kg: Kg, server: Loopback, library: Path) -> None:
    path = library / "references.bib"
    path.write_text(
        path.read_text(encoding="utf-8").replace("{2007.14454}", "{2007.14454v1}"), encoding="utf-8"
    )
    place = {"landing_page_url": "http://arxiv.org/abs/2007.14454v3"}
    change(server, "10.48550/arxiv.2007.14454", PREPRINT, locations=[place])
    kg("enrich", "ravenscroft2020measuring")
    assert lines(kg("lint"), "ravenscroft2020measuring") == [
        "references.bib:11: 'ravenscroft2020measuring' is cited in version 1 of the preprint, and there is a version "
        '3: compare the two and correct the locators, or write acknowledged = "version" in the entry'
    ]


def test_what_a_record_of_another_work_says_is_not_said_of_ours(kg: Kg, server: Loopback) -> None:
    change(server, MYERS, WORK, title="Something else entirely", is_retracted=True)
    kg("enrich", "myers2000biodiversity")
    [told] = lines(kg("lint"), "myers2000biodiversity")
    assert "the title of 'myers2000biodiversity' is" in told


def test_what_is_recorded_is_shown_with_the_work(kg: Kg, server: Loopback) -> None:
    kg("enrich", "myers2000biodiversity")
    shown = " ".join(kg("show", "myers2000biodiversity").out.split())
    assert (
        "What OpenAlex records W2162348455: article of 2000; published as doi:10.1038/35002501; 230 references"
        in shown
    )
    assert '"W2162348455"' in kg("show", "myers2000biodiversity", "--format", "json").out


def test_without_facts_everything_works(kg: Kg) -> None:
    assert "What OpenAlex records" not in kg("show", "myers2000biodiversity").out
    assert lines(kg("lint"), "myers2000biodiversity") == []


def test_a_notice_that_names_a_work_but_cites_another_is_not_taken_for_its_correction(
    kg: Kg, server: Loopback
) -> None:
    title = "Erratum to: Biodiversity hotspots for conservation priorities"
    cites = ["https://openalex.org/W2250539671"]
    notice = {
        **WORK,
        "id": "https://openalex.org/W9000000012",
        "doi": None,
        "title": title,
        "type": "erratum",
    }
    server.add({**notice, "referenced_works": cites})
    kg("enrich", "myers2000biodiversity", "pennington2014glove", "--notices")
    assert lines(kg("lint"), "myers2000biodiversity") == []
