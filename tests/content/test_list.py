"""The list is there in full, in order, and tied to works and concepts."""

from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, SKOS

ROOT = Path(__file__).parents[2]
BASE = "https://w3id.org/ml-equivalences/"
KG = rdflib.Namespace(BASE + "vocabulary#")
LINES = {
    "Attention mechanisms": 7,
    "Activation functions": 5,
    "Leverage scores": 1,
    "LayerNorm": 2,
    "Distributions": 5,
    "Complex-valued data, models, and devices": 3,
}


@pytest.fixture(scope="module")
def items() -> rdflib.Graph:
    return rdflib.Graph().parse(ROOT / "ontology" / "list.ttl")


def test_every_line_of_every_section_is_there(items: rdflib.Graph) -> None:
    sections = [str(section) for section in items.objects(None, KG.section)]
    assert {section: sections.count(section) for section in sections} == LINES


def test_lines_are_numbered_from_one_without_a_gap(items: rdflib.Graph) -> None:
    orders = sorted(int(str(order)) for order in items.objects(None, KG.order))
    assert orders == list(range(1, sum(LINES.values()) + 1))


def test_fifteen_works_are_linked_and_all_are_in_the_bibliography(items: rdflib.Graph) -> None:
    linked = {str(work).rsplit("/", 1)[1] for work in items.objects(None, KG.asks)}
    assert len(linked) == 15
    bibliography = (ROOT / "references.bib").read_text("utf-8")
    assert [key for key in sorted(linked) if f"{{{key}," not in bibliography] == []


def test_every_line_is_about_concepts_that_exist(items: rdflib.Graph) -> None:
    concepts = rdflib.Graph()
    for path in (ROOT / "ontology" / "concepts").glob("*.ttl"):
        concepts.parse(path)
    known = set(concepts.subjects(RDF.type, SKOS.Concept))
    assert [str(c) for c in items.objects(None, SKOS.related) if c not in known] == []
