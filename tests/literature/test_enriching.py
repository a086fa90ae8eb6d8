"""``kg enrich`` with untouched pyalex, against recorded answers: what is asked, found, written down and kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Answer
from conftest import recorded_works, synthetic
from loopback import Loopback, Reply

from kg.bibliography import parse
from kg.literature.cache import digest
from kg.literature.facts import of_works, read_file
from kg.project import find_project

Kg = Callable[..., Answer]
OWN = Path(__file__).parents[2] / "references.bib"


def facts(library: Path) -> str:
    return (library / "ontology" / "generated" / "literature.ttl").read_text(encoding="utf-8")


def findings(answer: Answer) -> dict[str, dict[str, Any]]:
    return {one["key"]: one for one in json.loads(answer.out)}


def test_works_are_asked_for_by_identifier_and_that_is_free(kg: Kg, server: Loopback) -> None:
    answer = kg("enrich", "--format", "json")
    assert answer.status == 1, "one record contradicts its entry"
    assert {key: one["standing"] for key, one in findings(answer).items()} == {
        "nishioka2020trends": "verified",
        "ravenscroft2020measuring": "verified",
        "pennington2014glove": "verified",
        "devlin2019bert": "contradicted",
        "myers2000biodiversity": "verified",
        "mikolov2013distributed": "not asked",
    }
    assert all(request.path.startswith("/works/doi") for request in server.requests)
    assert "5 questions for single works (free): about $0\n" in answer.err
    assert "5 questions asked, $0 spent" in answer.err


def test_a_contradiction_is_shown_side_by_side_and_the_record_is_not_believed(
    kg: Kg, server: Loopback, library: Path
) -> None:
    before = (library / "references.bib").read_bytes()
    found = findings(kg("enrich", "--format", "json"))["devlin2019bert"]
    title = "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding"
    assert found["conflicts"] == [{"aspect": "title", "stated": title, "recorded": "no title"}]
    stanza = facts(library).split("<https://openalex.org/W2963341956> a")[1].split(" .\n")[0]
    assert "cito:cites" not in stanza
    assert (library / "references.bib").read_bytes() == before


def test_every_record_says_where_it_is_from_when_it_came_and_what_came(
    kg: Kg, server: Loopback, library: Path
) -> None:
    kg("enrich")
    stanza = facts(library).split("<https://openalex.org/W2162348455> a")[1].split(" .\n")[0]
    assert "prov:wasDerivedFrom <https://api.openalex.org/works/doi:10.1038/35002501>" in stanza
    assert 'prov:generatedAtTime "20' in stanza
    assert f'kg:payloadDigest "{digest(recorded_works()["W2162348455"])}"' in stanza
    assert stanza.count("<https://openalex.org/W") == len(recorded_works()["W2162348455"]["referenced_works"])


def test_no_abstract_is_published(kg: Kg, server: Loopback, library: Path) -> None:
    kg("enrich", "--cited")
    assert "abstract" not in facts(library)
    assert "Conservationists are far from able to assist" not in facts(library)


def test_the_second_run_asks_nothing_and_writes_the_same_bytes(
    kg: Kg, server: Loopback, library: Path
) -> None:
    kg("enrich")
    first, asked = facts(library), len(server.requests)
    assert "5 answers in the cache, 0 questions" in kg("enrich").err
    assert len(server.requests) == asked
    assert facts(library) == first


def test_offline_works_from_the_cache_and_says_what_was_never_asked(
    kg: Kg, server: Loopback, library: Path
) -> None:
    kg("enrich", "myers2000biodiversity")
    asked = len(server.requests)
    found = findings(kg("enrich", "--offline", "--format", "json"))
    assert len(server.requests) == asked == 1
    assert found["myers2000biodiversity"]["standing"] == "verified"
    assert found["pennington2014glove"]["remark"] == "never asked, and offline now"


def test_a_dry_run_offline_plans_no_question(kg: Kg, server: Loopback) -> None:
    kg("enrich", "myers2000biodiversity")
    answer = kg("enrich", "--offline", "--dry-run")
    assert answer.err == "1 answers in the cache, and --offline asks for no more\n"


def test_facts_outlive_a_refresh_that_fails(kg: Kg, server: Loopback, library: Path) -> None:
    kg("enrich")
    before = facts(library)
    server.answer = lambda _request: Reply(resets=True)
    assert kg("enrich", "--refresh").status == 1
    assert facts(library) == before


def test_facts_outlive_a_lost_cache(
    kg: Kg, server: Loopback, library: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kg("enrich", "--cited")
    before = facts(library)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "empty"))
    kg("enrich", "--offline")
    assert facts(library) == before


def test_refresh_asks_again(kg: Kg, server: Loopback) -> None:
    kg("enrich", "myers2000biodiversity")
    kg("enrich", "myers2000biodiversity", "--refresh")
    assert len(server.requests) == 2


def test_a_dry_run_says_what_it_would_cost_and_asks_nothing(kg: Kg, server: Loopback, library: Path) -> None:
    answer = kg("enrich", "--search", "--notices", "--dry-run")
    assert answer.status == 0
    assert answer.err == (
        "0 answers in the cache, 5 questions for single works (free), 1 lists, up to 1 searches: about $0.0011\n"
    )
    assert server.requests == []
    assert not (library / "ontology" / "generated").exists()


def test_a_title_is_searched_only_if_asked_for_and_a_doubtful_match_is_refused(
    kg: Kg, server: Loopback
) -> None:
    answer = kg("enrich", "mikolov2013distributed", "--search", "--format", "json")
    found = findings(answer)["mikolov2013distributed"]
    assert found["standing"] == "doubtful"
    assert found["conflicts"] == [{"aspect": "year", "stated": "2013", "recorded": "2025"}]
    assert answer.status == 1
    assert "$0.0010 spent" in answer.err


def test_a_title_search_that_agrees_in_everything_is_believed(
    kg: Kg, server: Loopback, library: Path
) -> None:
    path = library / "references.bib"
    text = path.read_text(encoding="utf-8").replace("doi     = {10.1038/35002501}", "isbn = {0898715210}")
    path.write_text(text, encoding="utf-8")
    found = findings(kg("enrich", "myers2000biodiversity", "--search", "--format", "json"))
    assert found["myers2000biodiversity"]["standing"] == "verified"
    assert found["myers2000biodiversity"]["found_by"] == "title"
    assert 'kg:recordOf "isbn:9780898715217"' in facts(library)


def test_a_preprint_that_its_doi_does_not_find_is_found_by_its_address(kg: Kg, server: Loopback) -> None:
    del server.works["10.48550/arxiv.2007.14454"]
    assert (
        findings(kg("enrich", "ravenscroft2020measuring", "--format", "json"))["ravenscroft2020measuring"][
            "standing"
        ]
        == "not found"
    )
    answer = kg("enrich", "ravenscroft2020measuring", "--search", "--format", "json")
    found = findings(answer)["ravenscroft2020measuring"]
    assert (found["standing"], found["records"]) == ("verified", ["W3045921891"])
    assert "$0.0001 spent" in answer.err


def test_nothing_is_asked_that_costs_more_than_is_allowed(kg: Kg, server: Loopback) -> None:
    answer = kg("enrich", "mikolov2013distributed", "--search", "--max-cost", "0.0005")
    assert server.requests == []
    assert answer.status == 1
    assert "1 questions were not asked: they would cost more than --max-cost allows" in answer.err


def test_a_batch_asks_for_many_at_once_and_for_the_rest_singly(kg: Kg, server: Loopback) -> None:
    del server.works["10.1038/35002501"]
    assert (
        findings(kg("enrich", "--batch", "--format", "json"))["myers2000biodiversity"]["standing"]
        == "not found"
    )
    assert [request.path for request in server.requests] == ["/works", "/works/doi%3A10.1038%2F35002501"]
    assert (
        server.requests[0]
        .query["filter"]
        .startswith("doi:10.1145/3383583.3398584|10.48550/arxiv.2007.14454|")
    )


def test_a_batch_and_single_questions_give_the_same_facts(
    kg: Kg, server: Loopback, library: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def without_times() -> list[str]:
        return [line for line in facts(library).splitlines() if "generatedAtTime" not in line]

    kg("enrich")
    singly = without_times()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    kg("enrich", "--batch")
    assert without_times() == singly


def test_the_works_cited_get_titles(kg: Kg, server: Loopback, library: Path) -> None:
    kg("enrich", "ravenscroft2020measuring", "--cited")
    known = {fact.record: fact for fact in read_file(find_project(library))}
    assert known["W2593028313"].title.startswith("Measuring scientific impact beyond academia")
    assert not known["W2593028313"].is_ours
    # The title of this one holds <i> and <sup>.
    assert known["W2091406001"].title.endswith("distributions of b2 and √b1")


def test_the_neighbourhood_is_asked_for_in_lists_that_fit_an_address(kg: Kg, server: Loopback) -> None:
    kg("enrich", "--cited")
    lists = [request for request in server.requests if request.path == "/works"]
    assert len(lists) >= 3
    assert all(len(request.target) < 4000 for request in lists)
    assert all(len(request.query["filter"].split("|")) <= 100 for request in lists)


def test_no_reference_listed_is_unknown_and_not_none(kg: Kg, server: Loopback, library: Path) -> None:
    server.works["10.1038/35002501"] = {**recorded_works()["W2162348455"], "referenced_works": []}
    kg("enrich", "myers2000biodiversity")
    assert "cito:cites" not in facts(library)
    assert "references unknown" in kg("show", "myers2000biodiversity").out


def test_a_renamed_key_loses_no_fact(kg: Kg, server: Loopback, library: Path) -> None:
    kg("enrich")
    before = facts(library)
    kg("cite", "--rename", "myers2000biodiversity", "myers2000hotspots")
    kg("enrich", "--offline")
    assert facts(library) == before
    entries = parse((library / "references.bib").read_text(encoding="utf-8")).entries
    assert [
        fact.record for fact in of_works(entries, read_file(find_project(library)))["myers2000hotspots"]
    ] == ["W2162348455"]
    assert kg("enrich", "--offline", "myers2000biodiversity").out.count("myers2000hotspots") == 1


def test_facts_about_a_work_that_is_gone_are_gone(kg: Kg, server: Loopback, library: Path) -> None:
    kg("enrich")
    path = library / "references.bib"
    head, _, tail = path.read_text(encoding="utf-8").partition("@article{myers2000")
    path.write_text(head + tail.partition("\n}\n")[2], encoding="utf-8")
    kg("enrich", "--offline")
    assert "W2162348455> a kg:Record" not in facts(library)


def test_a_published_record_and_its_preprint_are_linked_as_versions(
    kg: Kg, server: Loopback, library: Path
) -> None:
    [entry] = [e for e in parse(OWN.read_text(encoding="utf-8")).entries if e.key == "tsai2019dissection"]
    (library / "references.bib").write_text(entry.bibtex + "\n", encoding="utf-8")
    for name in ("tsai2019dissection_published", "tsai2019dissection_preprint"):
        server.add(synthetic(name))
    answer = kg("enrich", "--format", "json")
    assert findings(answer)["tsai2019dissection"]["records"] == ["W9000000003", "W9000000004"]
    assert answer.status == 0
    assert "dcterms:isVersionOf <https://openalex.org/W9000000003>" in facts(library)


def test_a_preprint_record_of_another_work_is_no_version_of_ours(
    kg: Kg, server: Loopback, library: Path
) -> None:
    [entry] = [e for e in parse(OWN.read_text(encoding="utf-8")).entries if e.key == "tsai2019dissection"]
    (library / "references.bib").write_text(entry.bibtex + "\n", encoding="utf-8")
    server.add(synthetic("tsai2019dissection_published"))
    server.add({**synthetic("tsai2019dissection_preprint"), "title": "Tutoring systems"})
    assert findings(kg("enrich", "--format", "json"))["tsai2019dissection"]["standing"] == "contradicted"
    assert "dcterms:isVersionOf" not in facts(library)


def test_the_record_of_another_work_under_our_identifier_is_a_conflict_and_changes_nothing(
    kg: Kg, server: Loopback, library: Path
) -> None:
    [entry] = [e for e in parse(OWN.read_text(encoding="utf-8")).entries if e.key == "vaswani2017attention"]
    (library / "references.bib").write_text(entry.bibtex + "\n", encoding="utf-8")
    server.add(synthetic("vaswani2017attention"), "10.48550/arxiv.1706.03762")
    found = findings(kg("enrich", "--format", "json"))["vaswani2017attention"]
    assert [conflict["aspect"] for conflict in found["conflicts"]] == ["title", "authors", "year"]
    assert "kg:publishedAs" not in facts(library)


def test_an_unknown_key_is_misuse_with_a_guess(kg: Kg) -> None:
    answer = kg("enrich", "myers2000biodiversitt")
    assert answer.status == 2
    assert answer.err == (
        "kg: myers2000biodiversitt: there is no such entry in references.bib: did you mean 'myers2000biodiversity'?\n"
    )


def test_offline_and_refresh_contradict_each_other(kg: Kg) -> None:
    answer = kg("enrich", "--offline", "--refresh")
    assert (answer.status, answer.err) == (
        2,
        "kg: --offline and --refresh contradict each other: give one of them\n",
    )


def test_facts_changed_by_hand_are_told_with_their_line(kg: Kg, server: Loopback, library: Path) -> None:
    kg("enrich", "myers2000biodiversity")
    path = library / "ontology" / "generated" / "literature.ttl"
    path.write_text(facts(library).replace("kg:isRetracted", "kg:isRetracted ;;", 1) + '"', encoding="utf-8")
    answer = kg("enrich", "--offline")
    assert answer.status == 1
    assert "this file was changed by hand: delete the file and run kg enrich again" in answer.err


def process(library: Path, server: Loopback, tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, **server.environment, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "kg.cli", "--project", str(library), *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)


def test_the_command_in_a_process_of_its_own_sends_the_key_and_shows_it_nowhere(
    server: Loopback, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENALEX_API_KEY", "secret-0123456789")
    with process(library, server, tmp_path, "enrich", "--search") as run:
        out, err = run.communicate(timeout=60)
    assert {request.headers["authorization"] for request in server.requests} == {"Bearer secret-0123456789"}
    assert all("secret" not in request.target for request in server.requests)
    written = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.json")] + [
        facts(library),
        out,
        err,
    ]
    assert len(written) > 5
    assert not any("secret-0123456789" in text for text in written)


def test_what_was_fetched_before_an_interruption_is_not_asked_for_again(
    server: Loopback, library: Path, tmp_path: Path
) -> None:
    server.planned["10.3115/v1/d14-1162"] = [Reply(b"", wait=30)]
    with process(library, server, tmp_path, "enrich") as run:
        while len(server.requests) < 3:
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=30)
    assert run.returncode == 2
    assert err.rstrip().endswith("kg: stopped")
    server.planned.clear()
    with process(library, server, tmp_path, "enrich") as run:
        _, err = run.communicate(timeout=60)
    assert "2 answers in the cache, 3 questions" in err
    assert len(server.requests) == 6
