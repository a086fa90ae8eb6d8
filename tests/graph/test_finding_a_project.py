"""Which project is meant, and what is said where that cannot be told."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kg import project as projects
from kg.errors import UsageError
from kg.names import BASE
from kg.project import built_in_project, find_project

Edit = Callable[[str, str, str], None]

TABLE = """\
[tool.kg]
base = "https://example.org/x/"
implementations = "x.impl"
checks = "x.checks"
"""


def test_a_named_folder_is_read(toy: Path) -> None:
    project = find_project(toy)
    assert (project.name, project.base) == ("polynomials", "https://example.org/polynomials/")
    assert project.ontology == toy / "ontology"
    assert project.bibliography == toy / "references.bib"
    assert (project.implementations, project.checks) == ("polynomials.impl", "polynomials.checks")
    assert project.docs is None


def test_the_project_is_found_upwards_from_the_working_directory(
    toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(toy / "ontology" / "claims")
    assert find_project().root == toy


def test_a_pyproject_of_something_else_is_passed_over(toy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = toy / "ontology"
    (inner / "pyproject.toml").write_text("[project]\nname = 'else'\n")
    monkeypatch.chdir(inner)
    assert find_project().root == toy


def test_without_a_project_the_built_in_one_is_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    project = find_project()
    assert project == built_in_project()
    assert project.base == BASE
    assert (project.ontology / "vocabulary.ttl").is_file()


def test_an_installed_wheel_brings_the_built_in_project_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site-packages" / "kg"
    (package / "_data" / "ontology").mkdir(parents=True)
    (package / "_data" / "ontology" / "vocabulary.ttl").touch()
    monkeypatch.setattr(projects, "_PACKAGE", package)
    project = built_in_project()
    assert project.root == package / "_data"
    assert (project.base, project.implementations, project.checks) == (BASE, "kg.impl", "kg.checks")


def test_an_installation_without_a_graph_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projects, "_PACKAGE", tmp_path / "kg")
    with pytest.raises(UsageError, match=r"holds no graph of its own: change to a project's folder"):
        built_in_project()


def test_settings_that_are_left_out_have_defaults(tmp_path: Path) -> None:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "references.bib").touch()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x-graph"\n' + TABLE)
    project = find_project(tmp_path)
    assert project.name == "x-graph"
    assert project.ontology == tmp_path / "ontology"
    assert project.bibliography == tmp_path / "references.bib"


def test_a_folder_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere: there is no such folder: give --project a folder"):
        find_project(tmp_path / "nowhere")


def test_a_folder_without_pyproject_is_told_what_to_add(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"(?s)there is no pyproject.toml here: add one .*\[tool.kg\]\nname = "
    ):
        find_project(tmp_path)


def test_a_pyproject_without_the_table_is_told_what_to_add(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(UsageError, match=r"(?s)pyproject.toml: there is no table \[tool.kg\]: add .*base = "):
        find_project(tmp_path)


BROKEN_TABLES = {
    "broken TOML": (
        'base = "',
        'base = https://"',
        r"pyproject.toml:3: this is not TOML (Invalid value (at line 3, column 8)): correct it",
    ),
    "an unknown key": (
        'bibliography = "',
        'bibliografy = "',
        "pyproject.toml: [tool.kg] has an unknown key 'bibliografy': did you mean 'bibliography'?",
    ),
    "a value that is no text": (
        'ontology = "ontology"',
        "ontology = 3",
        'pyproject.toml: [tool.kg] ontology is not a text: write it as ontology = "…"',
    ),
    "a base that is no IRI": (
        "https://example.org/polynomials/",
        "polynomials",
        "pyproject.toml: [tool.kg] base 'polynomials' is not an absolute IRI that ends in / or #: "
        'write it as base = "https://example.org/my-equivalences/"',
    ),
    "no package of checks": (
        'checks = "polynomials.checks"\n',
        "",
        "pyproject.toml: [tool.kg] has no checks: a complete table looks like",
    ),
    "a missing ontology": (
        'ontology = "ontology"',
        'ontology = "onto"',
        "pyproject.toml: the ontology folder 'onto' does not exist: create it, or correct [tool.kg] ontology",
    ),
    "a missing bibliography": (
        '"references.bib"',
        '"refs.bib"',
        "pyproject.toml: the bibliography 'refs.bib' does not exist: create it, or correct [tool.kg] bibliography",
    ),
    "missing docs": (
        "[tool.kg]\n",
        '[tool.kg]\ndocs = "docs"\n',
        "pyproject.toml: the docs folder 'docs' does not exist: create it, or correct [tool.kg] docs",
    ),
    "a table that is none": (
        "[tool.kg]\n",
        "[tool]\nkg = 1\n[other]\n",
        "pyproject.toml: tool.kg is not a table: write it as",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), BROKEN_TABLES.values(), ids=list(BROKEN_TABLES))
def test_a_table_that_cannot_be_used_is_reported(
    toy: Path, edit: Edit, old: str, new: str, message: str
) -> None:
    edit("pyproject.toml", old, new)
    with pytest.raises(UsageError, match=re.escape(message)):
        find_project(toy)
