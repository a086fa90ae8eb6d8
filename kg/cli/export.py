"""``kg export``: the whole graph in a format of others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.verb import Choice, deliver, graph, verb

if TYPE_CHECKING:
    import pyoxigraph as ox

    from kg.graph import Graph

FORMATS = ("ttl", "nq", "jsonld", "bib", "fabio", "schema")


@verb("export", "kg export ttl --output graph.ttl", "kg export schema --output works.jsonld")
@click.argument("form", metavar="FORMAT", type=Choice(FORMATS))
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write there."
)
def command(form: str, output: Path | None) -> None:
    """Write the whole graph as FORMAT.

    FORMAT is ttl (Turtle), nq (N-Quads, one graph a source file) or jsonld. The works alone: bib (the bibliography, byte for byte), fabio (FaBiO in Turtle) or schema (schema.org in JSON-LD). The same graph gives the same bytes.
    """
    found = graph()
    from kg.literature.catalogue import fabio, schema_org

    writers = {
        "ttl": _turtle,
        "nq": _quads,
        "jsonld": _json_ld,
        "bib": _bibtex,
        "fabio": fabio,
        "schema": schema_org,
    }
    deliver(writers[form](found), output)


def _bibtex(graph: Graph) -> str:
    # Read as bytes, because reading as text would change the line endings of another system.
    return graph.project.bibliography.read_bytes().decode("utf-8")


def _quads(graph: Graph) -> str:
    import pyoxigraph as ox

    dataset = ox.Dataset(graph.store)
    # Blank nodes get a new label whenever a file is loaded; canonical labels depend on the triples alone.
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    lines = (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").decode().splitlines()
    return "\n".join(sorted(lines)) + "\n"


def _turtle(graph: Graph) -> str:
    from kg.query.formats import turtle

    return turtle(_triples(graph), graph.project.base)


def _json_ld(graph: Graph) -> str:
    import pyoxigraph as ox

    return (ox.serialize(_triples(graph), format=ox.RdfFormat.JSON_LD) or b"").decode()


def _triples(graph: Graph) -> list[ox.Triple]:
    """Every triple once and in a fixed order, whichever file says it."""
    import pyoxigraph as ox

    dataset = ox.Dataset(ox.Quad(quad.subject, quad.predicate, quad.object) for quad in graph.store)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in dataset), key=str)
