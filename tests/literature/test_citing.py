"""``kg cite``: what is found is shown and appended, what is there is named, what is doubtful is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Answer
from conftest import recorded_works, synthetic
from loopback import Loopback

from kg.bibliography import parse
from kg.literature.entry import escaped, key, titled
from kg.literature.record import Record, record

Kg = Callable[..., Answer]


def text(library: Path) -> str:
    return (library / "references.bib").read_text(encoding="utf-8")


def test_a_doi_becomes_an_entry_at_the_end_and_nothing_else_changes(
    kg: Kg, server: Loopback, library: Path
) -> None:
    before = text(library)
    answer = kg("cite", "10.1371/journal.pone.0173152")
    assert answer.status == 0
    assert text(library) == before + "\n" + answer.out
    assert answer.out == (
        "@article{ravenscroft2017measuring,\n"
        "  author  = {Ravenscroft, James and Liakata, Maria and Clare, Amanda and Duma, Daniel},\n"
        "  title   = {Measuring scientific impact beyond academia: An assessment of existing impact metrics and "
        "proposed improvements},\n"
        "  journal = {PLoS ONE},\n"
        "  volume  = {12},\n"
        "  number  = {3},\n"
        "  pages   = {e0173152},\n"
        "  year    = {2017},\n"
        "  doi     = {10.1371/journal.pone.0173152}\n"
        "}\n"
    )
    assert "added to references.bib as ravenscroft2017measuring" in answer.err
    assert parse(text(library)).faults == ()


def test_a_preprint_keeps_the_version_that_was_cited(kg: Kg, server: Loopback, library: Path) -> None:
    answer = kg("cite", "https://arxiv.org/abs/1609.08144v2")
    assert answer.status == 0
    [entry] = [entry for entry in parse(text(library)).entries if entry.key == "wu2016google"]
    assert (entry.entry_type, entry.eprint, entry.doi) == ("misc", "1609.08144v2", None)


def test_several_works_are_cited_at_once_and_what_fails_stops_nothing(
    kg: Kg, server: Loopback, library: Path
) -> None:
    answer = kg("cite", "10.7717/peerj.4375", "10.1/nowhere", "arXiv:1609.08144")
    assert answer.status == 1
    assert [entry.key for entry in parse(text(library)).entries][-2:] == ["piwowar2018state", "wu2016google"]


@pytest.mark.parametrize(
    "same",
    [
        "10.1038/35002501",
        "https://doi.org/10.1038/35002501",
        "biodiversity hotspots for conservation priorities",
    ],
)
def test_a_work_that_is_there_is_named_and_nobody_is_asked(
    kg: Kg, server: Loopback, library: Path, same: str
) -> None:
    before = text(library)
    answer = kg("cite", same)
    assert answer.status == 0
    assert re.fullmatch(
        r"references.bib:\d+: this work is already here as myers2000biodiversity\n", answer.err
    )
    assert answer.out.startswith("@article{myers2000biodiversity,")
    assert text(library) == before
    assert server.requests == []


def test_a_title_is_found_by_its_words(kg: Kg, server: Loopback, library: Path) -> None:
    answer = kg(
        "cite",
        "measuring scientific impact beyond academia: an assessment of existing impact metrics and proposed improvements",
    )
    assert answer.status == 0
    assert "spent $0.0010" in answer.err
    assert "doi     = {10.1371/journal.pone.0173152}" in answer.out


def test_a_title_that_is_not_surely_the_one_is_refused_with_the_candidates(
    kg: Kg, server: Loopback, library: Path
) -> None:
    before = text(library)
    answer = kg("cite", "measuring scientific impact")
    assert answer.status == 1
    assert answer.err.startswith(
        "kg: measuring scientific impact: no title is surely this one: cite one of these by its identifier:\n"
    )
    assert (
        "\n  doi:10.1371/journal.pone.0173152  James Ravenscroft et al., 2017: Measuring scientific impact"
        in answer.err
    )
    assert text(library) == before


REFUSALS = {
    "10.9999/nowhere": "10.9999/nowhere: OpenAlex has no work of this identifier: check it, or write the entry by hand",
    "https://openreview.net/forum?id=HnlCZATopvr": "https://openreview.net/forum?id=HnlCZATopvr: OpenAlex cannot be "
    "asked for openreview identifiers: give its DOI, its arXiv identifier, or the words of its title",
    "attention": "attention: this is no identifier and too short for a title: "
    "give a DOI, an arXiv identifier, or the whole title in quotes",
    "arXiv:9999.99999": "arXiv:9999.99999: this looks like an identifier, but is none: copy it again",
    "10.12/x": "10.12/x: this looks like an identifier, but is none: copy it again",
    "words that no title holds": "words that no title holds: no work of this title was found: "
    "give a DOI or an arXiv identifier",
    "10.4018/jnn.20180101": "10.4018/jnn.20180101: the record lacks its title, its authors or its year: "
    "write the entry by hand",
}


@pytest.mark.parametrize(("work", "message"), REFUSALS.items(), ids=list(REFUSALS))
def test_what_cannot_be_found_is_refused_with_what_to_do(
    kg: Kg, server: Loopback, library: Path, work: str, message: str
) -> None:
    before = text(library)
    answer = kg("cite", work)
    assert answer.status == 1
    assert f"kg: {message}\n" in answer.err
    assert text(library) == before


def test_a_record_that_bears_another_doi_than_was_asked_for_is_refused(kg: Kg, server: Loopback) -> None:
    server.add(synthetic("tsai2019dissection_published"), "10.1000/other")
    answer = kg("cite", "10.1000/other")
    assert answer.status == 1
    assert "bears doi:10.18653/v1/d19-1443" in answer.err
    assert "look which of the two is right" in answer.err


def test_a_number_of_the_anthology_is_asked_for_by_its_doi(kg: Kg, server: Loopback) -> None:
    server.add(synthetic("tsai2019dissection_published"))
    answer = kg("cite", "https://aclanthology.org/D19-1443", "--dry-run")
    assert answer.status == 0
    assert "  doi       = {10.18653/v1/d19-1443}" in answer.out
    assert "  url       = {https://aclanthology.org/D19-1443}" in answer.out


def test_a_retracted_work_is_announced(kg: Kg, server: Loopback) -> None:
    server.works["10.7717/peerj.4375"] = {**recorded_works()["W2741809807"], "is_retracted": True}
    assert "it has been RETRACTED" in kg("cite", "10.7717/peerj.4375").err


def test_a_dry_run_writes_nothing(kg: Kg, server: Loopback, library: Path) -> None:
    before = text(library)
    assert kg("cite", "10.7717/peerj.4375", "--dry-run").out.startswith("@")
    assert text(library) == before


def test_offline_what_is_in_the_cache_is_cited_and_the_rest_is_told(kg: Kg, server: Loopback) -> None:
    kg("cite", "10.7717/peerj.4375", "--dry-run")
    answer = kg("cite", "10.7717/peerj.4375", "arXiv:1609.08144", "--offline")
    assert answer.status == 1
    assert "@" in answer.out
    assert (
        "arXiv:1609.08144: this was never asked for, and --offline asks nothing: ask without it" in answer.err
    )


def test_a_doi_with_braces_cannot_break_out_of_its_field(kg: Kg, server: Loopback, library: Path) -> None:
    work = {
        **recorded_works()["W2741809807"],
        "doi": "https://doi.org/10.1000/x},note={evil}}",
        "locations": [],
    }
    server.add({**work, "ids": {}, "primary_location": None}, "10.1000/x},note={evil}}")
    assert kg("cite", "10.1000/x},note={evil}}").status == 0
    found = parse(text(library))
    assert not [fault for fault in found.faults if fault.lost]
    assert "note" not in dict(found.entries[-1].fields)
    assert found.entries[-1].identifiers == ("doi:10.1000/x},note={evil}}",)


def test_a_sum_that_is_no_number_is_no_limit(kg: Kg, server: Loopback) -> None:
    for option in ("--max-cost", "--timeout"):
        for word in ("nan", "inf"):
            answer = kg("cite", "some words of a title", option, word)
            assert answer.status == 2
            assert f"{word} is not a number of finite size" in answer.err
    assert server.requests == []


def test_a_search_that_is_too_dear_is_not_made(kg: Kg, server: Loopback) -> None:
    answer = kg("cite", "some words of a title", "--max-cost", "0")
    assert "a search costs more than --max-cost allows: allow more, or give a DOI" in answer.err
    assert server.requests == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), 'name a work: a DOI, arXiv:…, or "the words of its title"'),
        (("--rename", "a", "b", "10.1/x"), "--rename takes two keys and no works: do one after the other"),
    ],
)
def test_misuse_is_told(kg: Kg, arguments: tuple[str, ...], message: str) -> None:
    answer = kg("cite", *arguments)
    assert (answer.status, answer.err) == (2, f"kg: {message}\n")


def test_a_broken_bibliography_is_not_added_to(kg: Kg, server: Loopback, library: Path) -> None:
    (library / "references.bib").write_text("@misc{a, title = {T\n", encoding="utf-8")
    answer = kg("cite", "10.7717/peerj.4375")
    assert answer.status == 1
    assert answer.err.startswith("kg: references.bib:1: this entry cannot be read")
    assert server.requests == []


def invented(author: str, title: str, year: int = 2020) -> Record:
    read = record(recorded_works()["W2162348455"])
    assert read is not None
    return Record(
        **{
            **{name: getattr(read, name) for name in read.__slots__},
            "authors": (author,),
            "title": title,
            "year": year,
        }
    )


@pytest.mark.parametrize(
    ("author", "title", "expected"),
    [
        ("Ludwig van Beethoven", "On the Sonata", "vanbeethoven2020sonata"),
        ("Łukasz Kaiser", "A 3D Model of É", "kaiser2020model"),
        ("Joel A. Tropp Jr.", "The Way", "tropp2020way"),
        ("Plato", "Of Is To", "plato2020"),
    ],
)
def test_a_key_is_surname_year_and_a_telling_word(author: str, title: str, expected: str) -> None:
    assert key(invented(author, title), []) == expected


def test_a_key_that_is_taken_is_made_with_the_next_word_and_then_with_a_letter() -> None:
    read = invented("Ada Lovelace", "Analytical engines")
    assert key(read, ["Lovelace2020analytical"]) == "lovelace2020engines"
    assert key(read, ["lovelace2020analytical", "lovelace2020engines"]) == "lovelace2020analyticalb"


def test_prose_survives_the_way_into_bibtex_and_back() -> None:
    odd = "100% of R&D_{#1} costs $5 ~ x^2 \\ {RNNs}: Naïve Łukasiewicz"
    entry = f"@misc{{a, title = {{{titled(odd)}}}, author = {{{escaped('Ō, Å')}}}, year = 2020, url = {{https://e.org}}}}"
    [read] = parse(entry).entries
    assert read.title == odd
    assert read.authors == ("Ō, Å",)
