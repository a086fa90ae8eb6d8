"""How good a reading list is where no citations are known: forget that claims cite a work, and see where it comes back.

Two things are forgotten in turn. *One claim*: every link between a work and a concept that rests on a single claim is
cut, together with whatever else rests on that claim alone; what is left are the other claims and the title. *All
claims*: the work stands there as it does on the day that it is cited for the first time, with nothing but its title.
Both ask ``kg next --for CONCEPT``. The works that claims link to the concept anyway are known answers: they are left
out of the ranking, as is usual where links of a graph are predicted.

What brings a work back here are titles and neighbouring concepts, and citations only where some are recorded; where
none are, nothing of this says how well they would do. A link that holds and that nobody has stated counts as wrong.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import UsageError
from kg.linking.neighbourhood import by_claims, by_titles
from kg.linking.recovery import Rank, Recovered, rank, recovered
from kg.linking.suggestions import seeds_for
from kg.linking.walk import ALPHA, walk

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.linking.neighbourhood import Neighbourhood

TASKS = ("one claim forgotten", "all claims forgotten")


@dataclass(frozen=True, slots=True)
class _Query:
    """A work, the concept to start from, and the concepts whose links to the work are cut."""

    work: str
    concept: str
    cut: frozenset[str]


def evaluate(
    graph: Graph, near: Neighbourhood, *, hidden: int = 600, alpha: float = ALPHA
) -> tuple[Recovered, ...]:
    """Personalised PageRank against simpler orders, for both things that can be forgotten.

    Raises: UsageError if no claim links a work to a concept that other works could be linked to.
    """
    field = _Field(graph, near, alpha)
    found: list[Recovered] = []
    for task, queries in zip(TASKS, (_one_claim(graph, near), _all_claims(graph, near)), strict=True):
        # Where no other work could be the answer there is no question.
        asked = (one for one in queries if field.free(one).sum() > 1)
        chosen = sorted(asked, key=lambda one: (one.work, one.concept))
        if len(chosen) > hidden:
            chosen = random.Random(0).sample(chosen, hidden)
        if chosen:
            found += _recover(task, field, graph, chosen)
    if not found:
        raise UsageError("there is nothing to hide: cite works in claims, more than one, first")
    return tuple(found)


def _one_claim(graph: Graph, near: Neighbourhood) -> Iterator[_Query]:
    """Every link that rests on one claim and on nothing else."""
    titled = by_titles(graph, near.works)
    for work, claims in by_claims(graph, near.works).items():
        for claim, concepts in claims.items():
            others = {name for other, names in claims.items() if other != claim for name in names}
            cut = concepts - others - titled.get(work, frozenset())
            for concept in cut:
                yield _Query(work, concept, cut)


def _all_claims(graph: Graph, near: Neighbourhood) -> Iterator[_Query]:
    """Every link that a claim makes; what the title says is left, of this link as of others."""
    titled = by_titles(graph, near.works)
    for work, claims in by_claims(graph, near.works).items():
        linked = frozenset(name for names in claims.values() for name in names)
        for concept in linked:
            yield _Query(work, concept, linked - titled.get(work, frozenset()))


class _Field:
    """The graph as a matrix, and which works claims link to which concepts."""

    def __init__(self, graph: Graph, near: Neighbourhood, alpha: float) -> None:
        import networkx as nx
        import numpy as np

        self.graph, self.near, self.alpha = graph, near, alpha
        self.nodes = list(near.graph)
        self.at = {node: at for at, node in enumerate(self.nodes)}
        edges = nx.to_scipy_sparse_array(near.graph, dtype=np.dtype(float), format="coo")
        self.rows, self.columns = edges.coords
        self.works = np.array([kind == "work" for kind, _ in self.nodes])
        self.known: dict[str, list[int]] = {}
        self.claimed = np.zeros(len(self.nodes))
        self.claims = by_claims(graph, near.works)
        for work, claims in self.claims.items():
            self.claimed[self.at["work", work]] = len(claims)
            for concept in {name for names in claims.values() for name in names}:
                self.known.setdefault(concept, []).append(self.at["work", work])

    def scores(self, query: _Query) -> tuple[Any, Any, Any]:
        """By the walk, by the number of seeds that a work is linked to, and by the number of claims that cite it."""
        import numpy as np
        from scipy.sparse import csr_array

        own = self.at["work", query.work]
        cut = [self.at["concept", name] for name in query.cut]
        gone = ((self.rows == own) & np.isin(self.columns, cut)) | (
            (self.columns == own) & np.isin(self.rows, cut)
        )
        kept = (np.ones(int((~gone).sum())), (self.rows[~gone], self.columns[~gone]))
        weights = csr_array(kept, shape=(len(self.nodes), len(self.nodes)))
        start = np.zeros(len(self.nodes))
        for node, weight in seeds_for(self.graph, self.near, query.concept).items():
            start[self.at[node]] = weight
        popular = self.claimed.copy()
        # The claims that are forgotten cannot speak for the work.
        popular[own] -= sum(not names.isdisjoint(query.cut) for names in self.claims[query.work].values())
        shares = walk(weights, start, alpha=self.alpha, tolerance=1e-7)
        return shares, weights @ (start > 0).astype(float), popular

    def free(self, query: _Query) -> Any:
        """The works that could be the answer: all but those that claims link to the concept anyway."""
        free = self.works.copy()
        free[self.known[query.concept]] = False
        free[self.at["work", query.work]] = True
        return free


def _recover(task: str, field: _Field, graph: Graph, queries: Sequence[_Query]) -> tuple[Recovered, ...]:
    methods = [f"personalised PageRank, alpha {field.alpha}", "linked to the concept"]
    if task == TASKS[0]:
        # With all claims forgotten nobody has cited the work yet, and popularity has nothing to say.
        methods.append("popularity")
    ranks: dict[str, list[Rank]] = {name: [] for name in methods}
    for query in queries:
        free, own = field.free(query), field.at["work", query.work]
        for name, score in zip(methods, field.scores(query), strict=False):
            ranks[name].append(rank(score, own, free))
    # Concepts of a topic share their works, so that their queries are right and wrong together.
    topics = [graph.concepts[query.concept].topic for query in queries]
    return recovered(task, ranks, topics, int(field.works.sum()))
