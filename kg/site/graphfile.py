"""The graph as one file of the site, for the page that asks it and for anyone who wants all of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg import names

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.site.knowledge import Knowledge

NAME = "graph.trig"


def trig(graph: Graph) -> str:
    """Every triple in the named graph of its file, as TriG; the same graph gives the same text."""
    import pyoxigraph as ox

    dataset = ox.Dataset(graph.store)
    # Blank nodes get a new label whenever a file is loaded; canonical labels depend on the triples alone.
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    quads = sorted(dataset, key=lambda quad: (str(quad.graph_name), str(quad.triple)))
    data = ox.serialize(quads, format=ox.RdfFormat.TRIG, prefixes=names.prefixes(graph.project.base)) or b""
    lines = data.decode().splitlines(keepends=True)
    # pyoxigraph writes the prefixes in another order each time.
    head = sorted(line for line in lines if line.startswith("@prefix"))
    return "".join([*head, *lines[len(head) :]])


def write(knowledge: Knowledge, folder: Path, stamp: Path) -> None:
    """Write the file into the site unless it holds this state already, which ``stamp`` remembers."""
    path = folder / NAME
    if path.exists() and stamp.exists() and stamp.read_text("utf-8") == knowledge.inputs:
        return
    text = trig(knowledge.graph)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(knowledge.inputs, "utf-8")
