"""Families of concepts that claims join, the chains between their members, and the cycles they close."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.path import EQUIVALENCES, Step, all_chains, conditions, rank, relation, shortest_chain, usable_claims

if TYPE_CHECKING:
    import networkx as nx

    from kg.graph import Graph


@dataclass(frozen=True)
class Derivable:
    """An equivalence that follows from a chain of at least two stated ones, or a cycle that leads back to its start."""

    name: str
    start: str
    end: str
    steps: tuple[Step, ...]
    relation: str
    conditions: tuple[str, ...]
    weakest: str | None
    digest: str

    @property
    def claims(self) -> tuple[str, ...]:
        return tuple(step.claim for step in self.steps)


def derivable(graph: Graph) -> list[Derivable]:
    """Every pair of a family by its shortest chain, and a basis of its cycles; each once, in order of name."""
    found = [*_pairs(graph), *_cycles(graph)]
    return sorted(found, key=lambda one: one.name)


def redundant(graph: Graph) -> list[tuple[str, tuple[Step, ...]]]:
    """Claims that also follow from others, with the shortest chain that does without them.

    A chain that needs more conditions than the claim says less. Another claim about the same two concepts is none: it
    speaks of other parameters.
    """
    found = []
    for claim in usable_claims(graph, EQUIVALENCES):
        chain = shortest_chain(graph, str(claim.left), str(claim.right), without=claim.name)
        if chain is None or len(chain) < 2 or not set(conditions(graph, chain)) <= set(claim.conditions):
            continue
        if _says_as_much(claim.kind, chain):
            found.append((claim.name, chain))
    return found


def _says_as_much(kind: str, chain: tuple[Step, ...]) -> bool:
    """A chain with a reduction says that one end is a case of the other, and is no substitute for an identity."""
    kinds = {step.kind for step in chain}
    if "Reduction" in kinds:
        return kind == "Reduction" and not any(s.is_reversed for s in chain if s.kind == "Reduction")
    return "EqualUpTo" not in kinds or kind == "EqualUpTo"


def families(graph: Graph) -> list[list[str]]:
    """Concepts joined by equivalences, the largest family first."""
    import networkx as nx

    parts = nx.connected_components(_joined(graph))
    return sorted((sorted(part) for part in parts), key=lambda part: (-len(part), part))


def _joined(graph: Graph) -> nx.Graph[str]:
    import networkx as nx

    joined: nx.Graph[str] = nx.Graph()
    for claim in sorted(usable_claims(graph, EQUIVALENCES), key=lambda claim: claim.name):
        joined.add_edge(str(claim.left), str(claim.right), claim=claim.name)
    return joined


def _pairs(graph: Graph) -> Iterator[Derivable]:
    for chain in all_chains(graph):
        if len(chain) > 1:
            yield _derivable(graph, f"{chain[0].start}__{chain[-1].end}", chain)


def _cycles(graph: Graph) -> Iterator[Derivable]:
    """Each cycle of a basis, cut open at its first concept: the way there by one claim, back by all the others."""
    import networkx as nx

    joined = _joined(graph)
    for nodes in sorted(sorted(nodes) and _turned(nodes) for nodes in nx.cycle_basis(joined)):
        if len(nodes) < 3:
            continue
        claims = [joined.edges[a, b]["claim"] for a, b in zip(nodes, [*nodes[1:], nodes[0]], strict=True)]
        steps = []
        for here, there, name in zip(nodes, [*nodes[1:], nodes[0]], claims, strict=True):
            claim = graph.claims[name]
            steps.append(Step(here, there, name, claim.kind, is_reversed=claim.left != here))
        yield _derivable(graph, f"{nodes[0]}__by_way_of__{nodes[1]}", tuple(steps))


def _turned(nodes: list[str]) -> list[str]:
    """A cycle from its first concept, in the direction of the smaller neighbour: one name for all its turns."""
    at = nodes.index(min(nodes))
    turned = nodes[at:] + nodes[:at]
    return turned if turned[1] < turned[-1] else [turned[0], *reversed(turned[1:])]


def _derivable(graph: Graph, name: str, chain: tuple[Step, ...]) -> Derivable:
    links = [graph.claims[step.claim] for step in chain]
    strengths = [
        c.evidence.strength if c.evidence and c.evidence.outcome == "passed" else None for c in links
    ]
    told = hashlib.blake2b(digest_size=16)
    for link in links:
        told.update(f"{link.name} {graph.digests[link.name]}\n".encode())
    said = f"{chain[0].start} is itself" if chain[0].start == chain[-1].end else relation(graph, chain)
    return Derivable(
        name,
        chain[0].start,
        chain[-1].end,
        chain,
        said,
        conditions(graph, chain),
        max(strengths, key=rank),
        told.hexdigest(),
    )
