"""What a question answers is what a loop over the graph finds: the query says what its header says."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from kg.graph import Graph, load
from kg.project import find_project
from kg.query import select

ROOT = Path(__file__).parents[2]
OWN = "this_project"


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load(find_project(ROOT))


def answer(graph: Graph, name: str) -> list[dict[str, str]]:
    """The rows of a question, empty text where nothing is bound."""
    result = select(graph, (ROOT / "ontology" / "questions" / f"{name}.rq").read_text(encoding="utf-8"))
    return [
        {key: "" if term is None else term.value for key, term in zip(result.variables, row, strict=True)}
        for row in result.rows
    ]


def column(rows: list[dict[str, str]], name: str) -> set[str]:
    return {row[name] for row in rows}


def works(claim, *, own: bool = False) -> set[str]:
    """The works a claim cites, other than this project unless asked for."""
    return {source.paper for source in claim.sources if own or source.paper != OWN}


def test_claims_that_rest_on_one_paper_cite_one_work(graph: Graph) -> None:
    found = answer(graph, "claims_that_rest_on_one_paper")
    expected = {(name, *works(claim)) for name, claim in graph.claims.items() if len(works(claim)) == 1}
    assert {(row["claim"], row["paper"]) for row in found} == expected
    alone = {row["claim"] for row in found if row["also_derived_here"] == "no"}
    assert all(OWN not in works(graph.claims[name], own=True) for name in alone)


def test_claims_derived_here_cite_nothing_else(graph: Graph) -> None:
    expected = {name for name, claim in graph.claims.items() if works(claim, own=True) == {OWN}}
    assert column(answer(graph, "derived_here"), "claim") == expected


def test_claims_verified_only_in_floating_point_are_those_with_that_strength(graph: Graph) -> None:
    expected = {
        name
        for name, claim in graph.claims.items()
        if claim.evidence and claim.evidence.outcome == "passed" and claim.evidence.strength == "Sampled"
    }
    assert column(answer(graph, "verified_only_in_floating_point"), "claim") == expected


def test_claims_not_verified_are_all_the_others(graph: Graph) -> None:
    passed = {
        name for name, claim in graph.claims.items() if claim.evidence and claim.evidence.outcome == "passed"
    }
    assert column(answer(graph, "claims_not_verified"), "claim") == graph.claims.keys() - passed


def test_a_claim_without_a_confirmed_place_has_none(graph: Graph) -> None:
    expected = {
        name
        for name, claim in graph.claims.items()
        if all(source.status != "Confirmed" for source in claim.sources)
    }
    assert column(answer(graph, "claims_without_a_confirmed_place"), "claim") == expected


def test_what_falls_with_a_paper_is_every_claim_that_cites_it(graph: Graph) -> None:
    paper = "katharopoulos2020transformers"
    rows = answer(graph, "what_falls_with_a_paper")
    for row in rows:
        others = works(graph.claims[row["claim"]], own=True) - {paper}
        assert int(row["other_works"]) == len(others)
    expected = {name for name, claim in graph.claims.items() if paper in works(claim)}
    assert column(rows, "claim") == expected
    items = {str(item.order): item for item in graph.items.values()}
    for row in rows:
        if row["line_of_the_list"]:
            answers = set(items[row["line_of_the_list"]].answered_by)
            assert row["claim"] in answers
            assert int(row["other_answers"]) == len(answers - {row["claim"]})


def test_conditions_are_counted_once_for_a_claim(graph: Graph) -> None:
    count = Counter(name for claim in graph.claims.values() for name in set(claim.conditions))
    found = {row["condition"]: int(row["claims"]) for row in answer(graph, "most_used_conditions")}
    assert found == count


def test_concepts_without_a_paper_are_in_no_claim_with_a_work(graph: Graph) -> None:
    with_a_work = {
        concept
        for claim in graph.claims.values()
        if works(claim)
        for concept in (claim.left, claim.right, *claim.about)
    }
    found = column(answer(graph, "concepts_without_a_paper"), "concept")
    assert found == graph.concepts.keys() - with_a_work


def test_works_are_counted_by_the_claims_that_cite_them(graph: Graph) -> None:
    count = Counter(work for claim in graph.claims.values() for work in works(claim))
    rows = answer(graph, "papers_with_most_claims")
    assert all(int(row["claims"]) == count[row["paper"]] for row in rows)
    left_out = count.keys() - column(rows, "paper")
    assert max(count[work] for work in left_out) <= min(int(row["claims"]) for row in rows)


def test_special_cases_are_the_two_sides_of_every_reduction(graph: Graph) -> None:
    rows = answer(graph, "special_cases_and_their_general_forms")
    expected = {
        (claim.left, claim.right, name)
        for name, claim in graph.claims.items()
        if claim.kind == "Reduction" and claim.left and claim.right and claim.left != claim.right
    }
    assert {(row["special_case"], row["general_form"], row["claim"]) for row in rows} == expected


def test_the_sections_of_the_list_count_every_answer_once(graph: Graph) -> None:
    total = Counter(
        section
        for section, _ in {
            (item.section, claim) for item in graph.items.values() for claim in item.answered_by
        }
    )
    found: Counter[str] = Counter()
    for row in answer(graph, "how_each_section_of_the_list_fares"):
        found[row["section"]] += int(row["claims"])
        assert int(row["with_a_confirmed_place"]) <= int(row["claims"])
    assert found == total


def test_what_is_said_of_two_attentions_is_split_into_one_the_other_and_both(graph: Graph) -> None:
    first, second = "softmax_attention", "linear_attention"

    def said_of(claim) -> str | None:
        sides = {claim.left, claim.right, *claim.about}
        labels = [graph.concepts[name].label for name in (first, second) if name in sides]
        return "both" if len(labels) == 2 else labels[0] if labels else None

    expected = {(said_of(claim), name) for name, claim in graph.claims.items() if said_of(claim)}
    assert {
        (row["said_of"], row["claim"]) for row in answer(graph, "softmax_and_linear_attention")
    } == expected


def test_leverage_and_attention_lists_every_claim_about_leverage(graph: Graph) -> None:
    rows = answer(graph, "leverage_and_attention")
    assert column(rows, "claim") == {claim.name for claim in graph.claims_about("leverage")}
    about_attention = {claim.name for claim in graph.claims_about("attention")}
    assert column(rows, "claim_about_attention") <= about_attention | {""}


def test_smallest_counterexamples_have_a_row_for_every_refutation(graph: Graph) -> None:
    rows = answer(graph, "smallest_counterexamples")
    assert sorted(row["refutation"] for row in rows) == sorted(
        name for name, claim in graph.claims.items() if claim.kind == "Refutation"
    )


def test_the_stored_answer_can_be_read_by_other_programs() -> None:
    folder = ROOT / "ontology" / "questions" / "answers"
    with (folder / "exact_costs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert {"claim", "statement", "formula"} <= rows[0].keys()
