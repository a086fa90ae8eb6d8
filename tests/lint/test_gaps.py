"""Gaps are named with their line when they are asked for, and are no problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kg.lint import Draft, problems
from kg.lint.gaps import gaps
from kg.project import find_project


def told(toy: Path) -> list[str]:
    return [str(gap) for gap in gaps(Draft(find_project(toy)))]


def test_a_place_nobody_has_looked_up_is_a_gap_until_it_is_confirmed(toy: Path) -> None:
    path = toy / "ontology" / "claims" / "evaluation.ttl"
    assert any("which nobody has looked up: read it there and confirm it" in gap for gap in told(toy))
    path.write_text(
        path.read_text(encoding="utf-8").replace("kg:Unconfirmed", "kg:Confirmed"), encoding="utf-8"
    )
    assert not any("nobody has looked up" in gap for gap in told(toy))


def test_a_claim_with_a_single_source_is_a_gap(toy: Path) -> None:
    assert any("alone: look for a second source" in gap for gap in told(toy))


def test_a_work_without_a_claim_is_a_gap(toy: Path, edit: Callable[[str, str, str], None]) -> None:
    work = "@misc{lonely1999work, title={T}, author={A, B}, year=1999, url={https://example.org}}\n"
    edit("references.bib", "", "\n" + work)
    assert "references.bib:20: no claim comes from 'lonely1999work': state what it shows" in told(toy)


def test_a_concept_without_a_work_is_a_gap(toy: Path, edit: Callable[[str, str, str], None]) -> None:
    definition = (
        "A concept that no claim is about, so that nothing is known of where it is from or who uses it."
    )
    stanza = f'\nconcept:lonely a skos:Concept ; skos:prefLabel "lonely"@en ; skos:definition "{definition}"@en .\n'
    edit("ontology/concepts/evaluation.ttl", "", stanza)
    assert any("no work of others stands behind the concept 'lonely'" in gap for gap in told(toy))


def test_gaps_are_no_problems(toy: Path) -> None:
    assert told(toy)
    assert problems(find_project(toy)) == []
