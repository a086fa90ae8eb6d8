"""Everything that can go wrong between us and OpenAlex, a row each: what is said, what is kept, how the command ends."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Answer
from conftest import recorded, recorded_works
from loopback import Loopback, Reply, Request

from kg.literature.cache import Answers
from kg.literature.openalex import OpenAlex
from kg.literature.transport import Transport

Kg = Callable[..., Answer]
MYERS = "10.1038/35002501"
ONE = ("enrich", "myers2000biodiversity", "--timeout", "0.5", "--format", "json")
GOOD = Reply(recorded_works()["W2162348455"])
RAW = GOOD.content


def standing(answer: Answer) -> str:
    assert answer.out, answer.err
    [found] = json.loads(answer.out)
    return str(found["standing"])


PASSING = {
    "too many at once, with the time to wait": [
        Reply({"error": "Rate limit exceeded"}, 429, {"Retry-After": "1"})
    ],
    "too many at once, without": [Reply({"error": "Rate limit exceeded"}, 429)],
    "an error of the server, twice": [Reply(b"", 500), Reply(b"<html>", 500)],
    "a bad gateway": [Reply(b"<html>Bad Gateway</html>", 502)],
    "out of service, with the time to wait": [Reply(b"", 503, {"Retry-After": "0"})],
    "a gateway that timed out": [Reply(b"", 504)],
    "a request that timed out": [Reply(b"", 408)],
    "an answer that does not come in time": [Reply(RAW, wait=1.0)],
    "a connection that is reset": [Reply(resets=True)],
    "a body that is shorter than announced": [Reply(RAW, cut=900)],
    "JSON that is cut": [Reply(RAW[:900])],
    "a page of HTML with status 200": [Reply(b"<html>Welcome to this hotel</html>")],
    "an answer of no known shape": [Reply({"answer": 42})],
    "an answer that is a list": [Reply([])],
}


@pytest.mark.parametrize("replies", PASSING.values(), ids=list(PASSING))
def test_what_passes_is_tried_again(kg: Kg, server: Loopback, replies: list[Reply]) -> None:
    server.planned[MYERS] = [*replies, GOOD]
    answer = kg(*ONE)
    assert standing(answer) == "verified"
    assert answer.status == 0
    assert len(server.requests) == len(replies) + 1


def test_a_wait_that_is_asked_for_is_kept(kg: Kg, server: Loopback) -> None:
    server.planned[MYERS] = [Reply({"error": "Rate limit exceeded"}, 429, {"Retry-After": "1"})]
    started = time.monotonic()
    kg(*ONE)
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize("replies", PASSING.values(), ids=list(PASSING))
def test_what_does_not_pass_is_told_and_nothing_wrong_is_kept(
    kg: Kg, server: Loopback, library: Path, replies: list[Reply]
) -> None:
    last = replies[-1]
    server.planned[MYERS] = [Reply(last.body, last.status, {}, last.wait, last.cut, last.resets)] * 3
    answer = kg(*ONE)
    assert (answer.status, standing(answer)) == (1, "failed")
    assert "kg: api.openalex.org: " in answer.err
    assert answer.err.count("kg: ") == 1
    assert not (library / "ontology" / "generated" / "literature.ttl").exists()
    assert standing(kg(*ONE)) == "verified", "the failure itself was not remembered"


def test_an_empty_budget_stops_at_once_says_when_it_is_renewed_and_keeps_what_there_is(
    kg: Kg, server: Loopback, library: Path
) -> None:
    said = {"error": "Rate limit exceeded", "message": "Daily budget exhausted", "retryAfter": 43200}
    headers = {"Retry-After": "43200", "X-RateLimit-Remaining-USD": "0"}
    server.planned["10.3115/v1/d14-1162"] = [Reply(said, 429, headers)]
    started = time.monotonic()
    answer = kg("enrich", "--format", "json")
    assert time.monotonic() - started < 1
    assert answer.status == 1
    assert (
        "kg: api.openalex.org: the budget of the day is used up, it is renewed in 12 h: go on then, "
        "or set OPENALEX_API_KEY; what was fetched is kept\n" in answer.err
    )
    assert len(server.requests) == 3
    standings = [one["standing"] for one in json.loads(answer.out)]
    assert standings == ["verified", "verified", "failed", "not asked", "not asked", "not asked"]
    text = (library / "ontology" / "generated" / "literature.ttl").read_text(encoding="utf-8")
    assert text.count("a kg:Record") == 2


def test_a_question_that_needs_a_paid_plan_is_not_taken_for_an_empty_budget(kg: Kg, server: Loopback) -> None:
    server.planned[MYERS] = [
        Reply({"error": "Plan upgrade required", "message": "Plan upgrade required"}, 429)
    ]
    answer = kg(*ONE)
    assert "the question needs a paid plan (Plan upgrade required): ask without it" in answer.err
    assert len(server.requests) == 1


def test_a_network_that_is_down_is_given_up_after_three_works(kg: Kg, server: Loopback) -> None:
    server.answer = lambda _request: Reply(resets=True)
    answer = kg("enrich", "--format", "json")
    assert [one["standing"] for one in json.loads(answer.out)][:4] == [
        "failed",
        "failed",
        "failed",
        "not asked",
    ]
    assert len(server.requests) == 9
    assert "check the network, or use --offline to work from the cache" in answer.err


def test_no_network_at_all_is_told_without_a_traceback(kg: Kg) -> None:
    answer = kg(*ONE)
    assert answer.status == 1
    assert "no answer came (ProxyError): check the network, or use --offline" in answer.err


REFUSED = {
    "a wrong filter": (recorded("opt_filter_names__0"), 400, "the question was refused (DOESNTEXIST is not"),
    "a wrong field": (recorded("opt_select_fields__0"), 400, "the question was refused (DOESNTEXIST is not"),
    "400 in JSON without an error": ({"detail": "no"}, 400, "the question was refused (no words)"),
    "400 in HTML": (b"<html>no</html>", 400, "the question was refused (status 400)"),
    "a wrong key": (recorded("pro_rate_limit_status_401__0"), 401, "access was denied (API key not found)"),
    "401 in HTML": (b"<html>no</html>", 401, "access was denied (status 401)"),
    "forbidden": ({"error": "Forbidden"}, 403, "access was denied (Forbidden)"),
}


@pytest.mark.parametrize(("body", "status", "words"), REFUSED.values(), ids=list(REFUSED))
def test_a_refusal_is_told_in_the_words_of_the_server_and_not_tried_again(
    kg: Kg, server: Loopback, body: Any, status: int, words: str
) -> None:
    server.planned[MYERS] = [Reply(body, status)]
    answer = kg(*ONE)
    assert (answer.status, standing(answer)) == (1, "failed")
    assert words in answer.err
    assert len(server.requests) == 1


def test_a_work_that_does_not_exist_is_an_answer_and_remembered(kg: Kg, server: Loopback) -> None:
    del server.works[MYERS]
    assert [standing(kg(*ONE)), standing(kg(*ONE))] == ["not found", "not found"]
    assert len(server.requests) == 1


def test_a_record_that_was_merged_into_another_is_followed(kg: Kg, server: Loopback) -> None:
    server.planned[MYERS] = [Reply(b"", 301, {"Location": "https://api.openalex.org/works/W2162348455"})]
    answer = kg(*ONE)
    assert standing(answer) == "verified"
    assert [request.path for request in server.requests][1] == "/works/W2162348455"


# --- lists


def listed(works: list[dict[str, Any]], cursor: object) -> dict[str, Any]:
    return {"meta": {"count": 500, "next_cursor": cursor}, "results": works}


def notices(number: int, start: int = 0) -> list[dict[str, Any]]:
    work = recorded_works()["W2162348455"]
    return [
        {**work, "id": f"https://openalex.org/W9{at:06}", "type": "erratum"}
        for at in range(start, start + number)
    ]


BROKEN_LISTS = {
    "no meta": [Reply({"results": []})] * 3,
    "results that are null": [Reply({"meta": {}, "results": None})] * 3,
    "results that are no records": [Reply({"meta": {}, "results": [1]})] * 3,
    "a full page and no cursor": [Reply({"meta": {"count": 500}, "results": notices(100)})],
    "a cursor that comes again": [Reply(listed(notices(100), "a")), Reply(listed(notices(100, 100), "a"))],
    "a cursor that is the first one": [Reply(listed(notices(100), "*"))],
}


@pytest.mark.parametrize("replies", BROKEN_LISTS.values(), ids=list(BROKEN_LISTS))
def test_a_list_that_is_broken_does_not_go_on_for_ever(
    kg: Kg, server: Loopback, replies: list[Reply]
) -> None:
    server.planned["list"] = list(replies)
    answer = kg("enrich", "myers2000biodiversity", "--notices", "--max-cost", "1")
    assert answer.status == 1
    assert "kg: api.openalex.org: " in answer.err
    assert not server.planned["list"]


def test_a_work_on_two_pages_counts_once_and_an_empty_page_ends_the_list(
    kg: Kg, server: Loopback, library: Path
) -> None:
    title = "Erratum: Biodiversity hotspots for conservation priorities"
    pages = [{**one, "title": title, "referenced_works": ["W2162348455"]} for one in notices(101)]
    server.planned["list"] = [
        Reply(listed(pages[:100], "a")),
        Reply(listed([pages[99], pages[100], *pages[2:100]], "b")),
        Reply(listed([], None)),
    ]
    assert kg("enrich", "myers2000biodiversity", "--notices").status == 0
    text = (library / "ontology" / "generated" / "literature.ttl").read_text(encoding="utf-8")
    assert text.count("a kg:Record") == 1 + 101
    assert [request.query["cursor"] for request in server.requests if request.path == "/works"] == [
        "*",
        "a",
        "b",
    ]


def test_a_list_holds_each_work_once(server: Loopback, tmp_path: Path) -> None:
    server.planned["list"] = [Reply(listed(notices(100), "a")), Reply(listed(notices(3, 98), None))]
    found = OpenAlex(Answers(tmp_path / "answers"), Transport(), max_cost=1).notices(["W2162348455"])
    assert found is not None
    assert len(found.records) == 101


# --- the key


def test_the_key_is_in_no_message_even_if_the_server_repeats_it(
    kg: Kg,
    server: Loopback,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("OPENALEX_API_KEY", "secret-0123456789")
    caplog.set_level(logging.DEBUG)
    said = {"error": "Invalid API key", "message": "the key secret-0123456789 is not known"}
    server.planned[MYERS] = [Reply(said, 401)]
    answer = kg(*ONE)
    assert (
        "access was denied (the key … is not known): correct or unset the variable OPENALEX_API_KEY"
        in answer.err
    )
    everything = [answer.out, answer.err, caplog.text, *(request.target for request in server.requests)]
    everything += [path.read_text(encoding="utf-8", errors="replace") for path in tmp_path.rglob("*.json")]
    assert "secret" not in "".join(everything)


def test_questions_are_not_asked_faster_than_the_server_allows(
    kg: Kg, server: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.literature.transport.PER_SECOND", 10)
    times: list[float] = []

    def timed(request: Request) -> Reply:
        times.append(time.monotonic())
        return server.catalogue(request)

    server.answer = timed
    kg("enrich")
    assert times[-1] - times[0] >= 0.1 * (len(times) - 1) * 0.95


def test_a_cache_that_was_damaged_counts_as_none(kg: Kg, server: Loopback, tmp_path: Path) -> None:
    kg(*ONE)
    for path in (tmp_path / "cache").rglob("*.json"):
        path.write_text(path.read_text(encoding="utf-8")[:50], encoding="utf-8")
    assert standing(kg(*ONE)) == "verified"
    assert len(server.requests) == 2
