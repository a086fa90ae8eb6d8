"""``kg next`` suggests works with the path that leads to them, and leaves out what was read or taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from kg.linking.walk import personalised_pagerank

HERE = Path(__file__).parent
WORK = """
@{kind}{{{key},
  author = {{Someone, A.}},
  title = {{{title}}},
  journal = {{Journal}},
  year = {{2001}},
  doi = {{10.1000/{key}}}
}}
"""
RECORD = """
<https://openalex.org/W{number}> a kg:Record ;
    kg:recordOf "doi:10.1000/{key}" ;
    dcterms:title "{title}" ;
    {more}
    prov:generatedAtTime "2026-01-01T00:00:00Z"^^xsd:dateTime .
"""
HEAD = """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix cito: <http://purl.org/spar/cito/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
TITLES = {"a": "Alpha", "b": "Beta", "c": "Gamma", "d": "Delta", "e": "On Horner's rule"}
CITES = {"c": ["a", "b", "d"], "d": ["a"]}


@pytest.fixture
def kg(call: Callable[..., Any], toy: Path) -> Callable[..., Any]:
    """``kg`` on a project in which c cites a, b and d, d cites a, and b was retracted."""
    numbers = {key: number for number, key in enumerate(TITLES, 1)}
    with (toy / "references.bib").open("a", encoding="utf-8") as file:
        file.writelines(WORK.format(kind="article", key=key, title=title) for key, title in TITLES.items())
    generated = toy / "ontology" / "generated"
    generated.mkdir(exist_ok=True)
    records = []
    for key, title in TITLES.items():
        cited = [f"<https://openalex.org/W{numbers[one]}>" for one in CITES.get(key, [])]
        more = f"cito:cites {' , '.join(cited)} ;" if cited else ""
        more += " kg:isRetracted true ;" if key == "b" else ""
        records.append(RECORD.format(number=numbers[key], key=key, title=title, more=more))
    (generated / "literature.ttl").write_text(HEAD + "".join(records), encoding="utf-8")
    return lambda *arguments: call("--project", toy, *arguments)


def suggested(kg: Callable[..., Any], *arguments: object) -> dict[str, dict[str, Any]]:
    answer = kg("next", *arguments, "--format", "json")
    assert answer.status == 0, answer.err
    return {one["key"]: one for one in json.loads(answer.out)}


def test_a_suggestion_says_who_cites_it_and_with_what_it_is_cited(kg: Callable[..., Any]) -> None:
    found = suggested(kg, "--for", "a")
    assert list(found)[:2] == ["c", "d"]
    assert "cites a" in found["c"]["reasons"]
    assert "cited with a" in found["d"]["reasons"]


def test_a_retracted_work_and_a_read_one_are_never_suggested(kg: Callable[..., Any]) -> None:
    assert "b" not in suggested(kg, "--for", "a")
    assert "d" not in suggested(kg, "--for", "a", "--read", "d")


def test_why_not_tells_what_keeps_a_work_out_or_where_it_stands(kg: Callable[..., Any]) -> None:
    assert kg("next", "--for", "a", "--why-not", "b").out == "b: it was retracted\n"
    assert kg("next", "--for", "a", "--why-not", "a").out == "a: the search starts from it\n"
    assert kg("next", "--for", "a", "--read", "d", "--why-not", "d").out == "d: it has been read\n"
    assert "c: it is number 1 of" in kg("next", "--for", "a", "--why-not", "c").out


def test_a_concept_leads_to_a_work_whose_title_names_it(kg: Callable[..., Any]) -> None:
    assert suggested(kg, "--for", "horner_evaluation")["e"]["reasons"] == ["about horner_evaluation"]


def test_a_gap_names_what_a_work_may_help_with(kg: Callable[..., Any]) -> None:
    unconfirmed = suggested(kg, "--gap", "unconfirmed")
    assert unconfirmed
    assert all(gap.startswith("look up ") for one in unconfirmed.values() for gap in one["gaps"])
    assert set(suggested(kg, "--gap", "works", "--for", "a")) == {"a", "c", "d"}
    assert suggested(kg, "--gap", "sources")["horner1819new"]["gaps"] == [
        "may be a second source of power_evaluation_is_linear_in_the_coefficients"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--for", "horner_evaluatoin"], "did you mean 'horner_evaluation'?"),
        (["--read", "nobody"], "nobody: there is no work of this key"),
        (["--gap", "unconfirmd"], "did you mean 'unconfirmed'?"),
        (["--citations", "x"], "--citations needs --evaluate: give both, or neither"),
        (["--evaluate"], "no work cites 4 others that are known here: kg enrich brings what works cite"),
        (["--evaluate", "--citations", "nowhere"], "nowhere: cannot be read"),
    ],
)
def test_a_mistake_is_explained(kg: Callable[..., Any], arguments: list[str], message: str) -> None:
    answer = kg("next", *arguments)
    assert answer.status == 2
    assert message in answer.err


def test_a_line_that_is_no_citation_is_reported(kg: Callable[..., Any], tmp_path: Path) -> None:
    path = tmp_path / "bad.cites"
    path.write_text("1 2\n1 2 3\n", encoding="utf-8")
    assert "bad.cites:2: this is no citation" in kg("next", "--evaluate", "--citations", path).err


def test_the_walk_agrees_with_networkx() -> None:
    graph = nx.gnm_random_graph(60, 110, seed=3)
    for a, b in graph.edges:
        graph[a][b]["weight"] = 1.0 + (a + b) % 3
    graph.add_node("alone")
    seeds = {0: 1.0, 7: 2.0, "alone": 1.0}
    theirs = nx.pagerank(graph, personalization=seeds, tol=1e-14, max_iter=1000)
    ours = personalised_pagerank(graph, seeds)
    assert max(abs(ours[node] - theirs[node]) for node in graph) < 1e-9


def test_a_walk_without_a_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="no seed"):
        personalised_pagerank(nx.path_graph(3), {"elsewhere": 1.0})


def test_hidden_references_of_cora_come_back_as_well_as_measured_before(kg: Callable[..., Any]) -> None:
    answer = kg("next", "--evaluate", "--citations", HERE / "cora.cites", "--format", "json")
    walk, popularity = json.loads(answer.out)
    assert walk["candidates"] == 2708
    assert walk["low"] <= 0.315 <= walk["high"]
    assert walk["recall_20"] > 0.6
    assert walk["mrr"] > 3 * popularity["mrr"]
