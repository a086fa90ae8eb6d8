"""The README and the guide for contributors name what there is, and point at what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kg.cli.app import VERBS
from kg.project import find_project
from kg.query.stored import questions

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_is_in_the_readme(verb: str) -> None:
    assert re.search(rf"\bkg {verb}\b", README), f"say in README.md what kg {verb} is for"


@pytest.mark.parametrize("text", [README, GUIDE], ids=["README", "CONTRIBUTING"])
def test_no_command_is_named_that_does_not_exist(text: str) -> None:
    code = " ".join(re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL))
    assert set(re.findall(r"\bkg ([a-z]+)\b", code)) <= set(VERBS)


@pytest.mark.parametrize("text", [README, GUIDE], ids=["README", "CONTRIBUTING"])
def test_what_is_linked_or_named_by_its_path_exists(text: str) -> None:
    paths = set(re.findall(r"\]\(([^)#:]+)\)", text)) | set(re.findall(r"`([a-z]+/[\w./-]*)`", text))
    assert paths
    # Recorded on the first run of kg derive and of kg enrich.
    made = {"ontology/generated/derived.ttl", "ontology/generated/literature.ttl"}
    assert {path for path in paths - made if not (ROOT / path).exists()} == set()


def test_the_strengths_of_the_readme_are_those_of_the_vocabulary_but_reports() -> None:
    vocabulary = (ROOT / "ontology" / "vocabulary.ttl").read_text(encoding="utf-8")
    strengths = re.findall(r"^kg:(\w+) a kg:Strength", vocabulary, re.MULTILINE)
    assert [*re.findall(r"^\| ([A-Z]\w+) \|", README, re.MULTILINE), "Reported"] == strengths


def test_questions_named_in_the_documentation_exist() -> None:
    known = questions(find_project(ROOT))
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        named = re.findall(r"kg query (what_\w+)", text) + re.findall(r"\{doc\}`/question/(\w+)`", text)
        assert set(named) - {"what_is_the_same"} <= known.keys(), path
