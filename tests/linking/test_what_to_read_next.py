"""``kg next`` suggests works with the path that leads to them, and leaves out what was read or taken back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from kg.graph import load
from kg.linking.forgetting import TASKS, evaluate
from kg.linking.neighbourhood import read
from kg.linking.recovery import Rank, rank, recovered
from kg.linking.walk import personalised_pagerank
from kg.project import find_project

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


def evaluated(answer: Any) -> dict[tuple[str, str], dict[str, Any]]:
    assert answer.status == 0, answer.err
    return {(one["task"], one["method"].split(",")[0]): one for one in json.loads(answer.out)}


def test_hidden_references_of_cora_come_back_as_well_as_measured_before(kg: Callable[..., Any]) -> None:
    found = evaluated(kg("next", "--evaluate", "--citations", HERE / "cora.cites", "--format", "json"))
    walk, popularity, random = found.values()
    assert walk["candidates"] == 2708
    assert walk["low"] <= 0.315 <= walk["high"]
    assert walk["recall_20"] > 0.6
    assert walk["mrr"] > 3 * popularity["mrr"] > 3 * random["mrr"]
    assert 3 < popularity["ratio_low"] < popularity["ratio"] < popularity["ratio_high"]


def test_what_our_claims_cite_is_forgotten_and_comes_back_better_than_by_chance() -> None:
    graph = load(find_project(HERE.parents[1]))
    found = {(one.task, one.method.split(",")[0]): one for one in evaluate(graph, read(graph), hidden=150)}
    for task in TASKS:
        walk = found[task, "personalised PageRank"]
        assert walk.candidates > 100
        assert walk.low > 2 * found[task, "random"].mrr
        assert all(one.ratio_low > 1 for (what, _), one in found.items() if what == task and one is not walk)


def test_a_work_to_which_nothing_else_leads_comes_back_no_better_than_by_chance(
    kg: Callable[..., Any], toy: Path
) -> None:
    # The concepts of the claim are cut off from each other, and no title names them.
    path = toy / "ontology" / "concepts" / "evaluation.ttl"
    text = path.read_text(encoding="utf-8").replace("    skos:related concept:power_evaluation ;\n", "")
    path.write_text(text, encoding="utf-8")
    path = toy / "ontology" / "claims" / "evaluation.ttl"
    text = path.read_text(encoding="utf-8").replace("ref:higham2002accuracy", "ref:horner1819new")
    path.write_text(text, encoding="utf-8")
    found = evaluated(kg("next", "--evaluate", "--format", "json"))
    walk = found["all claims forgotten", "personalised PageRank"]
    # Of the seven works one has "Horner's rule" in its title, and comes before it for that concept.
    assert walk["median_rank"] == 4.5
    assert walk["mrr"] == pytest.approx((1 / 4 + 1 / 4.5) / 2)
    assert ("all claims forgotten", "popularity") not in found


def test_what_is_hidden_is_said_and_so_is_what_is_unknown(kg: Callable[..., Any], toy: Path) -> None:
    answer = kg("next", "--evaluate")
    assert "hidden, each ranked among all 7 works but those known to belong there" in answer.err
    assert "no work cites 4 others that are known here: kg enrich brings what works cite" in answer.err
    (toy / "ontology" / "generated" / "literature.ttl").unlink()
    answer = kg("next", "--evaluate")
    assert (
        "no citations are recorded, so which work cites which is unknown: none were walked over, and none hidden"
        in answer.err
    )


def test_references_are_hidden_where_no_claim_cites_anything(kg: Callable[..., Any], toy: Path) -> None:
    shutil.rmtree(toy / "ontology" / "claims")
    path = toy / "ontology" / "generated" / "literature.ttl"
    text = path.read_text(encoding="utf-8")
    every = " , ".join(f"<https://openalex.org/W{number}>" for number in (1, 2, 3, 4))
    record = RECORD.format(number=5, key="e", title="On Horner's rule", more="")
    path.write_text(
        text.replace(record, record.replace("prov:gen", f"cito:cites {every} ;\n    prov:gen")), "utf-8"
    )
    with (toy / "references.bib").open("a", encoding="utf-8") as file:
        file.write(WORK.format(kind="article", key="f", title="Zeta"))
    with path.open("a", encoding="utf-8") as file:
        more = "cito:cites <https://openalex.org/W1> ;"
        file.write(RECORD.format(number=6, key="f", title="Zeta", more=more))
    found = evaluated(kg("next", "--evaluate", "--format", "json"))
    assert {task for task, _ in found} == {"references"}
    assert found["references", "personalised PageRank"]["candidates"] == 6


def test_without_a_claim_that_cites_there_is_nothing_to_hide(kg: Callable[..., Any], toy: Path) -> None:
    shutil.rmtree(toy / "ontology" / "claims")
    answer = kg("next", "--evaluate")
    assert (answer.status, answer.err) == (
        2,
        "kg: there is nothing to hide: cite works in claims, more than one, first\n",
    )


def test_a_rank_within_a_tie_is_the_middle_of_it_and_chance_is_computed() -> None:
    score, free = np.array([0.0, 0.0, 0.0, 1.0, 2.0]), np.array([True, True, True, True, False])
    assert rank(score, 0, free) == Rank(3.0, 4)
    assert rank(score, 3, free) == Rank(1.0, 4)
    ours, chance = recovered("x", {"ours": [Rank(1.0, 4), Rank(2.0, 4)]}, ["a", "b"], 5)
    assert ours.mrr == 0.75
    assert chance.mrr == pytest.approx((1 + 1 / 2 + 1 / 3 + 1 / 4) / 4)
    assert (chance.recall_10, chance.median_rank, ours.ratio) == (1.0, 2.5, 1.0)
