"""Concepts form a sound thesaurus: no loops, no label twice, no relation said twice."""

import re
from collections import Counter
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, SKOS

ONTOLOGY = Path(__file__).parents[2] / "ontology"
TOPICS = {
    "activation", "attention", "complex", "converters", "experts",
    "galerkin", "gating", "inverse", "kernels", "leverage",
    "normalisation", "operatornorm", "optics", "rainbow", "randommatrix",
    "recurrence", "sparse", "tensor", "toeplitz", "waves",
}  # fmt: skip


@pytest.fixture(scope="module")
def concepts() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in sorted((ONTOLOGY / "concepts").glob("*.ttl")):
        graph.parse(path)
    return graph


def name(node: object) -> str:
    return str(node).rsplit("/", 1)[1]


def test_every_topic_has_its_file() -> None:
    assert {path.stem for path in (ONTOLOGY / "concepts").glob("*.ttl")} >= TOPICS


def test_no_concept_is_broader_than_itself(concepts: rdflib.Graph) -> None:
    loops = [name(c) for c in concepts.subjects(RDF.type, SKOS.Concept) if c in broader_than(concepts, c)]
    assert loops == []


def test_no_concept_is_both_related_to_and_narrower_than_another(concepts: rdflib.Graph) -> None:
    both = [
        (name(a), name(b))
        for a, b in concepts.subject_objects(SKOS.related)
        if b in broader_than(concepts, a) or a in broader_than(concepts, b)
    ]
    assert both == []


def test_a_relation_is_stated_on_one_side_only(concepts: rdflib.Graph) -> None:
    pairs = set(concepts.subject_objects(SKOS.related))
    assert [(name(a), name(b)) for a, b in pairs if (b, a) in pairs] == []


def test_no_two_concepts_share_a_label(concepts: rdflib.Graph) -> None:
    labels = Counter(
        str(label).casefold()
        for label_of in (SKOS.prefLabel, SKOS.altLabel)
        for _, label in concepts.subject_objects(label_of)
    )
    assert [label for label, count in labels.items() if count > 1] == []


def test_a_definition_is_two_or_three_sentences(concepts: rdflib.Graph) -> None:
    counts = {name(c): sentences(str(d)) for c, d in concepts.subject_objects(SKOS.definition)}
    assert {concept: count for concept, count in counts.items() if count not in (2, 3)} == {}


@pytest.mark.parametrize("path", sorted((ONTOLOGY / "concepts").glob("*.ttl")), ids=lambda path: path.stem)
def test_stanzas_start_in_the_first_column_with_a_snake_case_name(path: Path) -> None:
    heads = [line for line in path.read_text("utf-8").splitlines() if line and line[0] not in " #@"]
    assert heads
    assert all(re.match(r"concept:[a-z][a-z0-9_]*( a skos:Concept ;)?$", head) for head in heads), heads


def broader_than(concepts: rdflib.Graph, concept: rdflib.term.Node) -> set[rdflib.term.Node]:
    """All concepts above ``concept``; the concept itself only if there is a loop."""
    found: set[rdflib.term.Node] = set()
    todo = list(concepts.objects(concept, SKOS.broader))
    while todo:
        above = todo.pop()
        if above not in found:
            found.add(above)
            todo.extend(concepts.objects(above, SKOS.broader))
    return found


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?=\s+[A-Z(]|$)", text))
