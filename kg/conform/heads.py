"""Which of several implementations of one function its name is: the head of the family.

The rule, in order: the concept that the others are declared to be implementations of (``kg:implementationOf``, followed
to its end); else the one that is broader than another of them; else the one with the most claims; else the first by name.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode

from kg.graph import Graph
from kg.names import VOCABULARY, local_name


def declared_heads(graph: Graph) -> dict[str, str]:
    """For each concept that is declared to be an implementation of another, that other one."""
    predicate = NamedNode(VOCABULARY + "implementationOf")
    return {
        local_name(quad.subject.value): local_name(quad.object.value)
        for quad in graph.store.quads_for_pattern(None, predicate, None, None)
        if isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode)
    }


def head(graph: Graph, names: Iterable[str]) -> str:
    """The head of a set of implementations that compute one function."""
    found = sorted(names)
    declared = declared_heads(graph)

    def rank(name: str) -> tuple[bool, bool, int, int, str]:
        reduced = sum(declared.get(other) == name for other in found)
        name, _, fixed = name.partition("(")
        concept = graph.concepts.get(name)
        above = sum(name in graph.concepts[other].broader for other in found if other in graph.concepts)
        claims = len(graph.claims_about(name, narrower=False)) if concept else 0
        return bool(fixed), declared.get(name) in found, -(100 * reduced + 10 * above), -claims, name

    return min(found, key=rank)
