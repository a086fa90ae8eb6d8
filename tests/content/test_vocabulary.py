"""Every word of the vocabulary is explained, and no other word is used."""

import re
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, RDFS

from kg.query.functions import NAMES as FUNCTIONS

ONTOLOGY = Path(__file__).parents[2] / "ontology"
KG = "https://w3id.org/ml-equivalences/vocabulary#"
EARL = rdflib.Namespace("http://www.w3.org/ns/earl#")
STRENGTHS = ["Proved", "IdentityTested", "Enclosed", "Scaled", "Statistical", "Sampled", "Reported"]
KINDS = {
    "Identity", "Reduction", "EqualUpTo", "InExpectation", "InLaw", "Convergence",
    "Limit", "Bound", "Recovery", "Cost", "Refutation", "Report",
}  # fmt: skip


@pytest.fixture(scope="module")
def vocabulary() -> rdflib.Graph:
    return rdflib.Graph().parse(ONTOLOGY / "vocabulary.ttl")


def declared(vocabulary: rdflib.Graph) -> set[str]:
    return {str(term).removeprefix(KG) for term in vocabulary.subjects(RDF.type) if str(term).startswith(KG)}


def test_every_word_has_a_label_and_an_explanation(vocabulary: rdflib.Graph) -> None:
    unexplained = [
        name
        for name in declared(vocabulary)
        if not vocabulary.value(rdflib.URIRef(KG + name), RDFS.label)
        or len(str(vocabulary.value(rdflib.URIRef(KG + name), RDFS.comment))) < 30
    ]
    assert unexplained == []


@pytest.mark.parametrize(
    "path",
    sorted(p for p in ONTOLOGY.rglob("*") if p.suffix in {".ttl", ".rq"}),
    ids=lambda path: str(path.relative_to(ONTOLOGY)),
)
def test_only_declared_words_are_used(path: Path, vocabulary: rdflib.Graph) -> None:
    text = re.sub(r'"(?:[^"\\]|\\.)*"', '""', path.read_text("utf-8"))
    code = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    # kg:path and its like are functions that a question calls: they are defined by code, and are no terms of the data.
    functions = set(FUNCTIONS) if path.suffix == ".rq" else set()
    assert set(re.findall(r"\bkg:(\w+)", code)) <= declared(vocabulary) | functions


def test_the_kinds_of_claim_are_the_twelve(vocabulary: rdflib.Graph) -> None:
    kinds = vocabulary.subjects(RDFS.subClassOf, rdflib.URIRef(KG + "Claim"))
    assert {str(kind).removeprefix(KG) for kind in kinds} == KINDS


def test_strengths_are_ranked_from_proof_down_to_report(vocabulary: rdflib.Graph) -> None:
    rank = rdflib.URIRef(KG + "rank")
    ranked = sorted(vocabulary.subject_objects(rank), key=lambda pair: -int(str(pair[1])))
    assert [(str(name).removeprefix(KG), int(str(number))) for name, number in ranked] == list(
        zip(STRENGTHS, range(7, 0, -1), strict=True)
    )


def test_evidence_is_a_test_result_to_other_programs(vocabulary: rdflib.Graph) -> None:
    assert (rdflib.URIRef(KG + "Evidence"), RDFS.subClassOf, EARL.TestResult) in vocabulary
