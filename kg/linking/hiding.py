"""How good a reading list is: hide one reference of a work, and see where it comes back.

The query work itself is taken out of the graph with all its edges, so the walk starts from its other references and
cannot step over the hidden edge. Ranks are among *all* works: against a hundred sampled ones every method looks good.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import SourceError, UsageError
from kg.linking.walk import ALPHA, walk, without

_ROUNDS = 1000
_FEWEST = 4


@dataclass(frozen=True, slots=True)
class Recovered:
    """How hidden references came back under one method; the interval (95 %, over query works) is of ``mrr``."""

    method: str
    hidden: int
    candidates: int
    mrr: float
    low: float
    high: float
    recall_10: float
    recall_20: float
    ndcg_10: float
    median_rank: float


def read_citations(path: Path) -> dict[str, tuple[str, ...]]:
    """Work → the works it cites, from lines "cited citing".

    Raises: UsageError if the file cannot be read; SourceError at a line that has not two names.
    """
    found: dict[str, list[str]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}): name a file of citations") from None
    for at, line in enumerate(lines, 1):
        parts = line.split()
        if parts and len(parts) != 2:
            raise SourceError(
                path, at, "this is no citation", "write the cited work, a space, the citing work"
            )
        if parts:
            found.setdefault(parts[1], []).append(parts[0])
    return {citing: tuple(dict.fromkeys(cited)) for citing, cited in found.items()}


def evaluate(
    citations: Mapping[str, Sequence[str]], *, hidden: int = 600, alpha: float = ALPHA
) -> tuple[Recovered, ...]:
    """Personalised PageRank against popularity, on the same hidden references.

    Raises: UsageError if no work has four references among the works.
    """
    import numpy as np
    from scipy.sparse import coo_array

    works = sorted({*citations, *(one for cited in citations.values() for one in cited)})
    number = {work: at for at, work in enumerate(works)}
    pairs = sorted({(number[a], number[b]) for a, cited in citations.items() for b in cited if a != b})
    references: dict[int, list[int]] = {}
    for citing, cited_ in pairs:
        references.setdefault(citing, []).append(cited_)
    queries = [
        (citing, one) for citing, cited in references.items() if len(cited) >= _FEWEST for one in cited
    ]
    if not queries:
        raise UsageError(
            f"no work cites {_FEWEST} others that are known here: kg enrich brings what works cite"
        )
    queries = sorted(random.Random(0).sample(queries, min(hidden, len(queries))))
    rows, columns = np.array(pairs).T
    shape = (len(works), len(works))
    once = coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
    weights = ((once + once.T) > 0).astype(float).tocsr()
    cited_often = np.asarray(once.sum(axis=0)).ravel()
    ranks: dict[str, list[float]] = {f"personalised PageRank, alpha {alpha}": [], "popularity": []}
    for citing, target in queries:
        seeds = [one for one in references[citing] if one != target]
        start = np.zeros(len(works))
        start[seeds] = 1.0
        out = [citing, *seeds]
        less = np.zeros(len(works))
        less[references[citing]] = 1.0
        scores = (walk(without(weights, [citing]), start, alpha=alpha, tolerance=1e-7), cited_often - less)
        for method, score in zip(ranks, scores, strict=True):
            ranks[method].append(_rank(score, target, out))
    groups = [citing for citing, _ in queries]
    return tuple(_recovered(method, found, groups, len(works)) for method, found in ranks.items())


def _rank(score: Any, target: int, out: Sequence[int]) -> float:
    """The rank among all that are not left out; in a tie, the middle of the tied ranks."""
    import numpy as np

    free = np.ones(len(score), dtype=bool)
    free[list(out)] = False
    others = score[free]
    better, equal = int((others > score[target]).sum()), int((others == score[target]).sum())
    return better + (equal + 1) / 2


def _recovered(method: str, ranks: Sequence[float], groups: Sequence[int], works: int) -> Recovered:
    by_query: dict[int, list[float]] = {}
    for group, rank in zip(groups, ranks, strict=True):
        by_query.setdefault(group, []).append(rank)
    draw = random.Random(1)
    blocks = list(by_query.values())
    means = sorted(
        _mean(1 / rank for block in draw.choices(blocks, k=len(blocks)) for rank in block)
        for _ in range(_ROUNDS)
    )
    return Recovered(
        method=method,
        hidden=len(ranks),
        candidates=works,
        mrr=_mean(1 / rank for rank in ranks),
        low=means[int(0.025 * _ROUNDS)],
        high=means[int(0.975 * _ROUNDS) - 1],
        recall_10=_mean(float(rank <= 10) for rank in ranks),
        recall_20=_mean(float(rank <= 20) for rank in ranks),
        ndcg_10=_mean(1 / math.log2(1 + rank) if rank <= 10 else 0.0 for rank in ranks),
        median_rank=sorted(ranks)[len(ranks) // 2],
    )


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
