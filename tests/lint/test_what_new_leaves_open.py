"""``kg new`` writes TODO where a person must write; lint lists each of them once, at its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.graph import load
from kg.project import find_project
from kg.scaffold import new_claim, new_concept


def test_every_todo_of_a_new_claim_and_concept_is_reported_once_and_nothing_else_about_it(
    toy: Path, lint: Callable[[], list[str]]
) -> None:
    project = find_project(toy)
    new_concept(load(project), "clenshaw_evaluation", "evaluation")
    new_claim(load(project), "clenshaw_evaluation_is_power_evaluation", "evaluation", "Identity")

    messages = lint()

    assert messages
    assert all("is still TODO: write it" in message for message in messages)
    assert any("kg:left and kg:right of 'clenshaw_evaluation_is_power_evaluation'" in m for m in messages)
    assert any("the code of 'clenshaw_evaluation_is_power_evaluation'" in m for m in messages)
    assert any("skos:definition of 'clenshaw_evaluation'" in m for m in messages)
