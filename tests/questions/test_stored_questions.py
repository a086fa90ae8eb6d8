"""Each stored question says what it asks and why, and its answer of today is the one somebody has looked at.

After the graph has changed, ``kg query --check`` shows which answers changed with it, and ``kg query --record`` stores
those of today.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from kg.project import find_project
from kg.query.stored import answer_of_today, answer_path, changes, questions

ROOT = Path(__file__).parents[2]
PROJECT = find_project(ROOT)
NAMES = sorted(questions(PROJECT))


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> object:
    """One cache for all questions: the bibliography is read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def text(name: str) -> str:
    return questions(PROJECT)[name].read_text(encoding="utf-8")


def test_there_are_at_least_twenty_five() -> None:
    assert len(NAMES) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_a_question_opens_with_what_and_why(name: str) -> None:
    what, why, empty, *_ = text(name).splitlines()
    assert re.fullmatch(r"# question: [A-Z].*\?", what)
    assert re.fullmatch(r"# why: [A-Za-z\"].*\.", why)
    assert not empty


@pytest.mark.parametrize("name", NAMES)
def test_a_question_gives_its_rows_in_an_order(name: str) -> None:
    assert "\nORDER BY " in text(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_question_declares_the_prefixes_it_uses_so_that_other_engines_understand_it(name: str) -> None:
    body = re.sub(r'^#.*$|"[^"]*"|<[^>]*>', "", text(name), flags=re.MULTILINE)
    declared = set(re.findall(r"^PREFIX (\w+):", body, re.MULTILINE))
    used = set(re.findall(r"(?<![\w?])(\w+):\w", re.sub(r"^PREFIX.*$", "", body, flags=re.MULTILINE)))
    assert declared == used


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_of_today_is_the_stored_one(name: str) -> None:
    (change,) = [*changes(PROJECT, [name], runs=0, seconds=60)][:1] or [None]
    assert change is None, (
        f"{change.name}: {change.problem}\ngone: {change.gone[:5]}\nnew: {change.new[:5]}\n"
        "look at it with: kg query --check; then store it with: kg query --record"
    )


def test_every_stored_answer_has_a_question() -> None:
    stored = {path.stem for path in answer_path(PROJECT, "any").parent.iterdir()}
    assert stored == set(NAMES)


def test_every_line_of_the_list_appears_in_its_question() -> None:
    with answer_path(PROJECT, "what_answers_each_line_of_the_list").open(encoding="utf-8") as file:
        assert {row["order"] for row in csv.DictReader(file)} == {str(number) for number in range(1, 24)}


def test_another_concept_in_the_line_values_gives_what_is_false_about_that_one() -> None:
    from kg.graph import load
    from kg.query import select

    asked = text("what_is_false_about_gelu").replace("{ concept:gelu }", "{ concept:layer_norm }")
    assert "layer_norm" in asked
    graph = load(PROJECT)
    found = {row[0].value for row in select(graph, asked).rows}
    about = {claim.name for claim in graph.claims_about("layer_norm") if claim.kind == "Refutation"}
    assert found == about
    assert "rms_norm_is_not_layer_norm" in found


def test_the_chain_to_the_decomposition_of_tensors_is_the_one_kg_path_walks() -> None:
    from kg.graph import load
    from kg.path import shortest_chain

    columns, *rows = answer_of_today(
        PROJECT, "chains_from_linear_attention_to_tensor_decomposition", runs=0, seconds=60
    )
    assert columns == ("from", "to", "chain")
    graph = load(PROJECT)
    for start, end, words in rows:
        chain = shortest_chain(graph, start, end)
        assert chain
        assert all(step.claim in words for step in chain)
