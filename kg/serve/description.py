"""What an endpoint says of itself (SPARQL 1.1 Service Description): a GET without a query is answered with this."""

from __future__ import annotations

import pyoxigraph as ox

from kg.names import VOCABULARY
from kg.project import Project, source_graphs
from kg.query import Result
from kg.query.formats import written
from kg.query.functions import NAMES

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_RESULTS = ("SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV")
_GRAPHS = ("Turtle", "N-Triples", "JSON-LD")
_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def description(project: Project, address: str, form: str, *, with_functions: bool) -> str:
    """The description of the endpoint at this address in one of the formats of a graph."""
    service, dataset = ox.BlankNode("service"), ox.BlankNode("dataset")
    triples = [
        ox.Triple(service, _TYPE, _sd("Service")),
        ox.Triple(service, _sd("endpoint"), ox.NamedNode(address)),
        ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query")),
        ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph")),
        ox.Triple(service, _sd("defaultDataset"), dataset),
        ox.Triple(dataset, _TYPE, _sd("Dataset")),
    ]
    formats = (ox.NamedNode(_FORMATS + name) for name in (*_RESULTS, *_GRAPHS))
    triples += [ox.Triple(service, _sd("resultFormat"), one) for one in formats]
    for number, graph in enumerate(source_graphs(project)):
        node = ox.BlankNode(f"graph{number}")
        triples += [
            ox.Triple(dataset, _sd("namedGraph"), node),
            ox.Triple(node, _TYPE, _sd("NamedGraph")),
            ox.Triple(node, _sd("name"), ox.NamedNode(graph)),
        ]
    if with_functions:
        names = (ox.NamedNode(VOCABULARY + name) for name in NAMES)
        triples += [ox.Triple(service, _sd("extensionFunction"), name) for name in names]
    return written(Result(triples=tuple(triples)), form, project.base)


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)
