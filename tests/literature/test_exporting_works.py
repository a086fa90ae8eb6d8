"""The works for others: FaBiO and schema.org, read back by programs that know nothing of us."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import rdflib
from command_line import Answer
from conftest import recorded_works
from loopback import Loopback

from kg.bibliography import parse
from kg.bibliography.triples import KINDS, kind

Kg = Callable[..., Answer]
BASE = "https://example.org/reading/reference/"
FABIO = rdflib.Namespace("http://purl.org/spar/fabio/")
CITO = rdflib.Namespace("http://purl.org/spar/cito/")
PRISM = rdflib.Namespace("http://prismstandard.org/namespaces/basic/2.0/")


def test_fabio_is_turtle_with_classes_pages_and_containers(kg: Kg) -> None:
    graph = rdflib.Graph().parse(data=kg("export", "fabio").out, format="turtle")
    work = rdflib.URIRef(BASE + "myers2000biodiversity")
    assert (work, rdflib.RDF.type, FABIO.JournalArticle) in graph
    assert graph.value(work, PRISM.startingPage) == rdflib.Literal("853")
    assert graph.value(work, PRISM.endingPage) == rdflib.Literal("858")
    whole = graph.value(work, rdflib.URIRef("http://purl.org/vocab/frbr/core#partOf"))
    assert graph.value(whole, rdflib.DCTERMS.title) == rdflib.Literal("Nature")
    preprint = rdflib.URIRef(BASE + "ravenscroft2020measuring")
    assert (preprint, rdflib.RDF.type, FABIO.Preprint) in graph


def test_schema_org_keeps_authors_in_order_and_every_address(kg: Kg) -> None:
    works = {work["@id"]: work for work in json.loads(kg("export", "schema").out)["@graph"]}
    found = works[BASE + "pennington2014glove"]
    assert found["name"] == "GloVe: Global Vectors for Word Representation"
    assert [author["familyName"] for author in found["author"]["@list"]] == [
        "Pennington",
        "Socher",
        "Manning",
    ]
    assert found["sameAs"] == ["https://doi.org/10.3115/v1/d14-1162", "https://aclanthology.org/D14-1162"]
    assert works[BASE + "myers2000biodiversity"]["pagination"] == "853-858"
    assert works[BASE + "myers2000biodiversity"]["isPartOf"] == {"@type": "Periodical", "name": "Nature"}


def test_citations_among_our_works_are_exported_once_they_are_known(kg: Kg, server: Loopback) -> None:
    edge = (BASE + "ravenscroft2020measuring", BASE + "pennington2014glove")
    assert "citation" not in kg("export", "schema").out
    glove = "https://openalex.org/W2250539671"
    assert glove in recorded_works()["W3045921891"]["referenced_works"], "the recorded preprint cites GloVe"
    kg("enrich")
    works = {work["@id"]: work for work in json.loads(kg("export", "schema").out)["@graph"]}
    assert {"@id": edge[1]} in works[edge[0]]["citation"]
    graph = rdflib.Graph().parse(data=kg("export", "fabio").out, format="turtle")
    assert (rdflib.URIRef(edge[0]), CITO.cites, rdflib.URIRef(edge[1])) in graph


@pytest.mark.parametrize("form", ["fabio", "schema", "bib", "ttl", "nq", "jsonld"])
def test_the_same_works_give_the_same_bytes(kg: Kg, server: Loopback, form: str) -> None:
    kg("enrich", "myers2000biodiversity")
    assert kg("export", form).out == kg("export", form).out


@pytest.mark.parametrize("type_", sorted(KINDS))
def test_every_type_has_its_class(type_: str) -> None:
    [entry] = parse(f"@{type_}{{a, title={{T}}, author={{A, B}}, year=2020, eprint={{2006.16236}}}}").entries
    assert kind(entry) == KINDS[type_]
