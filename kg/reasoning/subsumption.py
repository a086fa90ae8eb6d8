"""The order of generality: what a concept is a case of, what its cases are, and which limits join them.

A reduction says that its left side is a case of its right side, ``skos:broader`` that a concept is narrower in meaning.
Concepts that identities join stand at one place of the order.  A limit is no case: it is listed beside the order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kg.path import usable_claims

if TYPE_CHECKING:
    from kg.graph import Graph

EQUAL, CASE, NARROWER = "equal", "case", "narrower"
LIMITS = ("Limit", "Convergence")


@dataclass(frozen=True, slots=True)
class Step:
    """One step between neighbours of the order; `claim` is empty where only ``skos:broader`` says it."""

    start: str
    end: str
    what: str
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Reached:
    """A concept that is reached, and the shortest way there."""

    concept: str
    steps: tuple[Step, ...]

    @property
    def depth(self) -> int:
        """How many times something more general, or more special, was met on the way; equal concepts do not count."""
        return sum(step.what != EQUAL for step in self.steps)

    @property
    def is_shown(self) -> bool:
        """Whether every step is a claim, rather than a subordination of words."""
        return all(step.what != NARROWER for step in self.steps)


class Order:
    """The order of a graph, walked upwards to what is more general and downwards to cases."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def above(self, concept: str) -> list[Reached]:
        """What the concept is a case of, directly and through others, the nearest first."""
        return self._walk(concept, self._up)

    def below(self, concept: str) -> list[Reached]:
        """The cases of the concept, directly and through others, the nearest first."""
        return self._walk(concept, self._down)

    def equal(self, concept: str) -> list[Reached]:
        """The concepts that identities join with it."""
        return self._walk(concept, self._same)

    def limits(self, concept: str) -> list[Step]:
        """Limits and convergences between the concept and another: from what tends to what it tends to."""
        found = [
            Step(str(claim.left), str(claim.right), claim.kind.lower(), claim.name)
            for claim in usable_claims(self._graph, LIMITS)
            if concept in (claim.left, claim.right)
        ]
        return sorted(found, key=lambda step: step.claim)

    def joins(self, first: str, second: str) -> list[str]:
        """The least concepts that both are cases of: no other common one lies below them."""
        ups = [{reached.concept for reached in self.above(one)} | {one} for one in (first, second)]
        common = ups[0] & ups[1]
        # Of concepts that lie above each other only the names can choose; those above something else in common go.
        above = {one: {reached.concept for reached in self.above(one)} for one in common}
        return sorted(
            one
            for one in common
            if not any(one in above[other] and other not in above[one] for other in common)
        )

    def cycles(self) -> list[tuple[str, str]]:
        """Pairs that are cases of each other without an identity that says so: the two are perhaps equal."""
        found = []
        for concept in self._graph.concepts:
            same = {reached.concept for reached in self.equal(concept)}
            for reached in self.above(concept):
                back = {one.concept for one in self.above(reached.concept) if one.is_shown}
                if (
                    concept < reached.concept
                    and reached.is_shown
                    and concept in back
                    and reached.concept not in same
                ):
                    found.append((concept, reached.concept))
        return found

    @cached_property
    def _same(self) -> Mapping[str, list[Step]]:
        return _by_start(step for step in self._steps if step.what == EQUAL)

    @cached_property
    def _up(self) -> Mapping[str, list[Step]]:
        return _by_start(self._steps)

    @cached_property
    def _down(self) -> Mapping[str, list[Step]]:
        return _by_start(
            step if step.what == EQUAL else Step(step.end, step.start, step.what, step.claim)
            for step in self._steps
        )

    @cached_property
    def _steps(self) -> list[Step]:
        found = []
        for claim in usable_claims(self._graph, ("Identity", "Reduction")):
            left, right = str(claim.left), str(claim.right)
            if claim.kind == "Reduction":
                found.append(Step(left, right, CASE, claim.name))
            else:
                found += [Step(left, right, EQUAL, claim.name), Step(right, left, EQUAL, claim.name)]
        for concept in self._graph.concepts.values():
            found += [
                Step(concept.name, broader, NARROWER)
                for broader in concept.broader
                if broader in self._graph.concepts
            ]
        return found

    def _walk(self, concept: str, steps: Mapping[str, list[Step]]) -> list[Reached]:
        """Breadth first, so that every way is a shortest one; claims before words among equally short ones."""
        ways: dict[str, tuple[Step, ...]] = {concept: ()}
        queue = deque([concept])
        while queue:
            here = queue.popleft()
            for step in steps.get(here, ()):
                if step.end not in ways:
                    ways[step.end] = (*ways[here], step)
                    queue.append(step.end)
        del ways[concept]
        found = [Reached(name, way) for name, way in ways.items()]
        return sorted(found, key=lambda one: (one.depth, len(one.steps), one.concept))


def _by_start(steps: Iterator[Step] | list[Step]) -> Mapping[str, list[Step]]:
    order = (EQUAL, CASE, NARROWER)
    found: dict[str, list[Step]] = {}
    for step in sorted(steps, key=lambda one: (order.index(one.what), one.end, one.claim)):
        found.setdefault(step.start, []).append(step)
    return found
