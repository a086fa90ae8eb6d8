"""``kg export``, ``kg map`` and the reference page."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.cli.app import VERBS
from kg.cli.reference import page

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "command-line.md"
CLAIM = ox.NamedNode("https://example.org/polynomials/claim/horner_evaluation_is_power_evaluation")


def test_turtle_holds_the_whole_graph_once(kg):
    turtle = list(ox.parse(kg("export", "ttl").out, format=ox.RdfFormat.TURTLE))
    distinct = kg(
        "query", "-e", "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }", "--format", "csv"
    )
    assert len(turtle) == len(set(turtle)) == int(distinct.out.split()[1])


def test_n_quads_say_which_file_a_triple_is_from(kg):
    quads = list(ox.parse(kg("export", "nq").out, format=ox.RdfFormat.N_QUADS))
    graphs = {
        quad.graph_name.value
        for quad in quads
        if quad.subject == CLAIM and quad.predicate.value.endswith("#left")
    }
    assert graphs == {"https://example.org/polynomials/source/ontology/claims/evaluation.ttl"}


def test_json_ld_is_json(kg):
    assert CLAIM.value in {node["@id"] for node in json.loads(kg("export", "jsonld").out)}


def test_the_bibliography_is_exported_as_it_is(kg, toy):
    assert kg("export", "bib").out == (toy / "references.bib").read_text()


@pytest.mark.parametrize("form", ["ttl", "nq", "jsonld", "bib"])
def test_the_same_graph_gives_the_same_bytes(form, kg):
    assert kg("export", form).out == kg("export", form).out


def test_an_export_may_go_into_a_file(kg, tmp_path):
    answer = kg("export", "nq", "--output", tmp_path / "graph.nq")
    assert answer.out == ""
    assert (tmp_path / "graph.nq").read_text() == kg("export", "nq").out


def test_an_unknown_format_is_answered_with_a_guess(kg):
    answer = kg("export", "ttll")
    assert answer.status == 2
    assert "did you mean 'ttl'?" in answer.err


def test_the_map_is_built_and_its_first_page_printed(kg, tmp_path, monkeypatch):
    site = importlib.util.find_spec("kg.site")
    assert site is not None
    asked = {}

    def build(project, out, **options):
        asked.update(name=project.name, out=out, **options)
        return out / "index.html"

    # Building a site is tested with the site; here only what the command asks for.
    monkeypatch.setattr("kg.site.build", build)
    answer = kg("map", "--out", tmp_path / "public", "--strict")
    assert answer.out == f"{tmp_path}/public/index.html\n"
    assert asked == {"name": "polynomials", "out": tmp_path / "public", "jobs": 1, "strict": True}


# --- the reference page


def test_the_reference_page_is_what_help_says():
    made = "python -m kg.cli.reference > docs/reference/command-line.md"
    assert PAGE.read_text(encoding="utf-8") == page(), f"make it again: {made}"


@pytest.mark.parametrize("verb", [*VERBS, "new claim", "new concept"])
def test_every_command_is_on_the_reference_page(verb):
    assert f"### kg {verb}\n" in PAGE.read_text(encoding="utf-8")


def test_the_reference_page_does_not_depend_on_the_terminal(monkeypatch):
    before = page()
    monkeypatch.setenv("COLUMNS", "40")
    assert page() == before
