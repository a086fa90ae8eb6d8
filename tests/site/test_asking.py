"""Asking in the page: SPARQL answered by the engine inside a real browser, over the site's own file."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from playwright.sync_api import Browser, Page

from kg.graph import load
from kg.project import Project
from kg.query import select
from kg.site import assets, build

Visit = Callable[..., Page]

browser_test = pytest.mark.browser


def ask(visit: Visit, query: str) -> Page:
    """Open the page with a query in its address and wait for the answer."""
    page = visit(f"ask.html#query={quote(query)}")
    page.wait_for_selector(".kg-ask[data-answered], .kg-fault:not(:empty)")
    return page


def cells(page: Page) -> list[list[str]]:
    """The answer's cells."""
    return [row.locator("td").all_inner_texts() for row in page.locator(".kg-ask-answer tbody tr").all()]


def said(page: Page) -> str:
    """What the page says of the answer."""
    return page.locator(".kg-ask-said").inner_text()


@browser_test
def test_a_starter_is_answered_and_its_rows_link_to_pages(visit: Visit) -> None:
    page = visit("ask.html")
    page.select_option("select[name=starter]", "which_claims_speak_of_gelu")
    page.click("text=Ask >> nth=-1")
    page.wait_for_selector(".kg-ask[data-answered='1']")
    assert [row[0] for row in cells(page)] == ["claim:gelu_is_convex", "claim:gelu_is_gated_by_a_gaussian"]
    assert said(page).startswith("2 rows in ")
    assert page.url.endswith("#question=which_claims_speak_of_gelu")
    page.click(".kg-ask-answer >> text=claim:gelu_is_convex")
    page.wait_for_url("**/claim/gelu_is_convex.html")


@browser_test
def test_the_address_holds_the_whole_query(visit: Visit) -> None:
    page = ask(visit, "SELECT ?c WHERE { ?c a skos:Concept } ORDER BY ?c LIMIT 2")
    assert cells(page) == [["concept:activation"], ["concept:gaussian_gate"]]
    again = visit("ask.html" + str(page.get_attribute(".kg-ask-link", "href")).split("ask.html")[1])
    again.wait_for_selector(".kg-ask[data-answered]")
    assert cells(again) == cells(page)


@browser_test
def test_a_typed_query_is_asked_with_the_keyboard(visit: Visit) -> None:
    page = visit("ask.html")
    page.focus(".cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("ASK { claim:gelu_is_convex a kg:Refutation }")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".kg-ask[data-answered]")
    assert page.locator(".kg-ask-answer").inner_text() == "Yes."
    page.focus(".cm-content")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Ask"


@browser_test
def test_a_graph_is_answered_as_turtle(visit: Visit) -> None:
    page = ask(visit, "CONSTRUCT { ?c skos:prefLabel ?l } WHERE { ?c skos:prefLabel ?l }")
    assert '"Gaussian gate"@en' in page.locator(".kg-ask-answer pre").inner_text()


@browser_test
def test_answers_are_saved_as_csv_and_json(visit: Visit, tmp_path: Path) -> None:
    page = ask(visit, "SELECT ?l WHERE { ?c a skos:Concept ; skos:prefLabel ?l } ORDER BY ?l")
    for name in ("csv", "json"):
        with page.expect_download() as download:
            page.click(f".kg-ask-{name}")
        download.value.save_as(tmp_path / f"answer.{name}")
    with (tmp_path / "answer.csv").open(encoding="utf-8", newline="") as file:
        found = [row[0] for row in csv.reader(file)]
    results = json.loads((tmp_path / "answer.json").read_text("utf-8"))
    assert found == ["l", *(row["l"]["value"] for row in results["results"]["bindings"])]
    assert "swish" in found


@browser_test
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?x WHERE {\n ?x a kg:Claim", "at 2:"),
        ("SELECT WHERE { ?x ?y ?z }", "at 1:"),
        ("DELETE WHERE { ?x ?y ?z }", "cannot be answered"),
        ("SELECT ?x WHERE { SERVICE <http://192.0.2.1/> { ?x ?y ?z } }", "cannot be answered"),
    ],
)
def test_a_query_that_cannot_be_answered_says_why_and_asks_no_one(
    visit: Visit, query: str, words: str
) -> None:
    page = ask(visit, query)
    assert words in said(page)
    assert page.locator(".kg-ask-answer").is_hidden()


@browser_test
def test_a_query_without_end_is_stopped_and_the_next_is_answered(visit: Visit) -> None:
    page = visit("ask.html")
    endless = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o }"
    page.evaluate(f"location.hash = 'query={quote(endless)}'")
    page.wait_for_selector("button.kg-ask-stop:not([disabled])")
    page.click(".kg-ask-stop")
    assert said(page) == "Stopped."
    page.evaluate("location.hash = 'query=ASK%20%7B%7D'")
    page.wait_for_selector(".kg-ask[data-answered]")
    assert page.locator(".kg-ask-answer").inner_text() == "Yes."


@browser_test
def test_a_hostile_label_in_an_answer_stays_text(visit: Visit) -> None:
    page = ask(visit, "SELECT ?l WHERE { concept:hostile skos:prefLabel ?l }")
    assert cells(page) == [["<img src=x onerror='document.title=1'> & </script>"]]
    assert page.title().startswith("Ask the graph")
    page = ask(visit, "SELECT (<javascript:alert(1)> AS ?x) WHERE {}")
    assert page.locator(".kg-ask-answer a").count() == 0


@browser_test
def test_the_engine_is_loaded_only_when_it_is_asked(visit: Visit) -> None:
    page = visit("ask.html")
    loaded = "performance.getEntriesByType('resource').map((entry) => entry.name).join()"
    assert "kg-ask.js" in page.evaluate(loaded)
    assert "oxigraph" not in page.evaluate(loaded)
    for name in ("index", "map", "claim/gelu_is_convex"):
        assert "kg-ask" not in visit(f"{name}.html").content()


@browser_test
def test_without_javascript_the_questions_are_there_with_their_answers(visit: Visit) -> None:
    page = visit("ask.html", script=False)
    assert page.locator(".kg-ask form").is_hidden()
    page.click("#starters li a")
    page.wait_for_selector("table.kg-answer a")


@browser_test
def test_opened_as_a_file_the_page_says_what_to_do(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    page.goto((site / "ask.html").as_uri())
    page.wait_for_selector(".kg-ask[data-ready]")
    page.click("form button.kg-main")
    assert "only from a web server" in said(page)
    page.close()


@browser_test
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_answer_is_accessible(visit: Visit, development_packages: Path, scheme: str) -> None:
    page = visit("ask.html#question=which_claims_speak_of_gelu", scheme=scheme, width=360)
    page.wait_for_selector(".kg-ask[data-answered]")
    page.evaluate((development_packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.kg-ask', {resultTypes: ['violations']})")["violations"]
    assert [fault["id"] for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_file_holds_the_graph_that_the_command_asks(gates: Project, tmp_path: Path) -> None:
    out = build(gates, tmp_path / "out", strict=True).parent
    store = ox.Store()
    store.load(input=(out / "graph.trig").read_bytes(), format=ox.RdfFormat.TRIG)
    graph = load(gates)
    assert len(store) == len(graph.store)
    question = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?file { ?claim a kg:Refutation } }"
    assert select(graph, question).rows[0][0].value == "1"  # type: ignore[union-attr]


def test_an_unchanged_graph_is_not_written_again(gates: Project, tmp_path: Path) -> None:
    out = build(gates, tmp_path / "out").parent
    written = (out / "graph.trig").stat().st_mtime_ns
    build(gates, tmp_path / "out")
    assert (out / "graph.trig").stat().st_mtime_ns == written
    concept = gates.ontology / "concepts" / "gating.ttl"
    concept.write_text(concept.read_text("utf-8").replace('"SiLU"@en', '"sigmoid linear unit"@en'), "utf-8")
    build(gates, tmp_path / "out")
    assert "sigmoid linear unit" in (out / "graph.trig").read_text("utf-8")


def test_the_scripts_stay_small_and_ship_their_licences() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in assets.STATIC.glob("*.js")}
    assert sizes["kg-map.js"] < 60_000
    assert sizes["kg-ask.js"] < 150_000
    assert sizes["kg-ask-worker.js"] < 20_000
    assert len(gzip.compress((assets.STATIC / "oxigraph.wasm").read_bytes())) < 1_700_000
    notices = (assets.STATIC / "THIRD_PARTY.txt").read_text("utf-8")
    for name in ("@codemirror/view", "@dagrejs/dagre", "oxigraph", "katex", "style-mod", "crelt"):
        assert f"\n{name} " in notices, name
    assert "Copyright (c) 2018 RUDF developers" in notices
