"""Why is A the same as B? The shortest chain of claims from one concept to the other.

Identities and equalities up to a group may be walked both ways. A reduction says that its left side is a case of its
right side, so it composes with others only in its own direction: if two attentions are both cases of kernel
smoothing, nothing follows about the two. A chain of equivalence therefore takes all its reductions forwards or all
of them backwards. Bounds, limits and equalities in the mean are no equivalences; they only *support* one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise, permutations
from typing import TYPE_CHECKING

from kg.errors import UsageError
from kg.names import did_you_mean, local_name

if TYPE_CHECKING:
    import networkx as nx

    from kg.graph import Claim, Graph

EQUIVALENCES = ("Identity", "EqualUpTo", "Reduction")
SUPPORTS = ("Bound", "Convergence", "Limit", "InExpectation", "InLaw")
_RANKS = ("Proved", "IdentityTested", "Enclosed", "Scaled", "Statistical", "Sampled", "Reported")

# A step costs this much and at most len(_RANKS) more for weak evidence, so that the number of steps counts first.
_STEP = 1000
# A claim that only speaks of two concepts is a longer way than one that is about how they compare.
_MENTION = 500


@dataclass(frozen=True, slots=True)
class Step:
    """One claim of a chain, walked from ``start`` to ``end``; ``is_reversed`` if from its right side to its left."""

    start: str
    end: str
    claim: str
    kind: str
    is_reversed: bool


def shortest_chain(graph: Graph, start: str, end: str, *, without: str = "") -> tuple[Step, ...] | None:
    """The shortest chain of equivalences from one concept to another, the better verified among equally short ones.

    Claims that are known to fail are left out, and the claim named `without`.
    Raises: UsageError if one of the two is no concept, or both are the same.
    """
    start, end = _ends(graph, start, end)
    claims = [claim for claim in usable_claims(graph, EQUIVALENCES) if claim.name != without]
    forwards = _walk(claims, start, end, _holds_backwards)
    backwards = _turned(_walk(claims, end, start, _holds_backwards))
    return _cheaper(graph, forwards, backwards)


def all_chains(graph: Graph) -> Iterator[tuple[Step, ...]]:
    """The shortest chain of every two concepts that equivalences join, each pair once, in order of name."""
    import networkx as nx

    joined = _joined(usable_claims(graph, EQUIVALENCES), _holds_backwards)
    ways = {start: nx.single_source_dijkstra_path(joined, start, weight="cost") for start in joined}
    for start, end in combinations(sorted(joined), 2):
        forwards = _steps(joined, ways[start].get(end))
        backwards = _turned(_steps(joined, ways[end].get(start)))
        chain = _cheaper(graph, forwards, backwards)
        if chain is not None:
            yield chain


def _holds_backwards(claim: Claim) -> bool:
    return claim.kind != "Reduction"


def _cheaper(graph: Graph, *chains: tuple[Step, ...] | None) -> tuple[Step, ...] | None:
    found = [chain for chain in chains if chain is not None]
    return min(found, key=lambda chain: sum(_cost(graph.claims[step.claim]) for step in chain), default=None)


def supporting_chain(graph: Graph, start: str, end: str) -> tuple[Step, ...] | None:
    """The shortest chain through claims of any kind that are about two concepts, walked either way.

    It shows how two concepts are connected, not that they are equal. A claim that equates or bounds the two counts
    before one that only speaks of both.
    Raises: UsageError as :func:`shortest_chain` does.
    """
    start, end = _ends(graph, start, end)
    claims = usable_claims(graph, (*EQUIVALENCES, *SUPPORTS))
    mentions = _mentions(graph, (*EQUIVALENCES, *SUPPORTS))
    return _walk(claims, start, end, lambda _: True, mentions)


def relation(graph: Graph, chain: Sequence[Step]) -> str:
    """What a chain of equivalences says of its two ends."""
    start, end = chain[0].start, chain[-1].end
    groups = dict.fromkeys(
        (graph.claims[step.claim].up_to or "a group").lower() for step in chain if step.kind == "EqualUpTo"
    )
    if any(step.kind == "Reduction" and step.is_reversed for step in chain):
        start, end = end, start
    is_case = any(step.kind == "Reduction" for step in chain)
    words = f"{start} is {'a case of ' if is_case else ''}{end}"
    return f"{words}, up to {' and '.join(groups)}" if groups else words


def conditions(graph: Graph, chain: Iterable[Step]) -> tuple[str, ...]:
    """Every named condition of a chain, each once; all of them must hold."""
    names = (name for step in chain for name in graph.claims[step.claim].conditions)
    return tuple(dict.fromkeys(names))


def rank(strength: str | None) -> int:
    """The place of a strength, 0 for the strongest; what is not established at all comes last."""
    return _RANKS.index(strength) if strength in _RANKS else len(_RANKS)


def _ends(graph: Graph, start: str, end: str) -> tuple[str, str]:
    names = tuple(_concept(graph, name) for name in (start, end))
    if names[0] == names[1]:
        raise UsageError(f"{start}: both ends of the path are this concept: name two")
    return names[0], names[1]


def _concept(graph: Graph, name: str) -> str:
    plain = local_name(name).rpartition(":")[2]
    plain = plain if plain in graph.concepts else graph.aliases.get(plain, plain)
    if plain in graph.concepts:
        return plain
    if plain in graph.claims:
        raise UsageError(
            f"{name}: this is a claim, and a path joins concepts: see its two with kg show {plain}"
        )
    advice = did_you_mean(plain, graph.concepts, "see: kg list --only concepts")
    raise UsageError(f"{name}: there is no concept of this name: {advice}")


def usable_claims(graph: Graph, kinds: Sequence[str]) -> list[Claim]:
    """Claims of these kinds between two different concepts that are not known to fail."""
    return [
        claim
        for claim in graph.claims.values()
        if claim.kind in kinds
        and claim.left in graph.concepts
        and claim.right in graph.concepts
        and claim.left != claim.right
        and not (claim.evidence and claim.evidence.outcome == "failed" and not graph.is_stale(claim))
    ]


def _cost(claim: Claim) -> int:
    evidence = claim.evidence
    return _STEP + rank(evidence.strength if evidence and evidence.outcome == "passed" else None)


def _walk(
    claims: Iterable[Claim],
    start: str,
    end: str,
    is_two_way: Callable[[Claim], bool],
    mentions: Iterable[tuple[Claim, Step]] = (),
) -> tuple[Step, ...] | None:
    import networkx as nx

    joined = _joined(claims, is_two_way)
    joined.add_nodes_from((start, end))
    for claim, step in mentions:
        _join(joined, claim, step, _MENTION)
    try:
        return _steps(joined, nx.shortest_path(joined, start, end, weight="cost"))
    except nx.NetworkXNoPath:
        return None


def _joined(claims: Iterable[Claim], is_two_way: Callable[[Claim], bool]) -> nx.DiGraph[str]:
    import networkx as nx

    joined: nx.DiGraph[str] = nx.DiGraph()
    for claim in claims:
        left, right = str(claim.left), str(claim.right)
        _join(joined, claim, Step(left, right, claim.name, claim.kind, is_reversed=False))
        if is_two_way(claim):
            _join(joined, claim, Step(right, left, claim.name, claim.kind, is_reversed=True))
    return joined


def _steps(joined: nx.DiGraph[str], nodes: Sequence[str] | None) -> tuple[Step, ...] | None:
    return None if nodes is None else tuple(joined.edges[pair]["step"] for pair in pairwise(nodes))


def _join(joined: nx.DiGraph[str], claim: Claim, step: Step, extra: int = 0) -> None:
    known, cost = joined.get_edge_data(step.start, step.end), _cost(claim) + extra
    if known is None or cost < known["cost"]:
        joined.add_edge(step.start, step.end, step=step, cost=cost)


def _mentions(graph: Graph, kinds: Sequence[str]) -> Iterator[tuple[Claim, Step]]:
    """Steps between two concepts that a claim speaks of; what is refuted, reported or counted connects nothing."""
    for claim in graph.claims.values():
        if claim.kind not in kinds or (claim.evidence and claim.evidence.outcome == "failed"):
            continue
        sides = (side for side in (claim.left, claim.right) if side)
        spoken_of = [name for name in dict.fromkeys((*sides, *claim.about)) if name in graph.concepts]
        for start, end in permutations(spoken_of, 2):
            yield claim, Step(start, end, claim.name, claim.kind, is_reversed=False)


def _turned(chain: tuple[Step, ...] | None) -> tuple[Step, ...] | None:
    if chain is None:
        return None
    return tuple(
        replace(step, start=step.end, end=step.start, is_reversed=not step.is_reversed)
        for step in reversed(chain)
    )
