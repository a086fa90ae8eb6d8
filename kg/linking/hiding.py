"""How good a reading list is: hide one reference of a work, and see where it comes back.

The query work itself is taken out of the graph with all its edges, so the walk starts from its other references and
cannot step over the hidden edge.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from kg.errors import SourceError, UsageError
from kg.linking.recovery import Rank, Recovered, rank, recovered
from kg.linking.walk import ALPHA, walk, without

_FEWEST = 4


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
    # Where a work cites all others there is no question.
    queries = [
        (citing, one)
        for citing, cited in references.items()
        if _FEWEST <= len(cited) < len(works) - 1
        for one in cited
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
    ranks: dict[str, list[Rank]] = {f"personalised PageRank, alpha {alpha}": [], "popularity": []}
    for citing, target in queries:
        seeds = [one for one in references[citing] if one != target]
        start = np.zeros(len(works))
        start[seeds] = 1.0
        free = np.ones(len(works), dtype=bool)
        free[[citing, *seeds]] = False
        less = np.zeros(len(works))
        less[references[citing]] = 1.0
        scores = (walk(without(weights, [citing]), start, alpha=alpha, tolerance=1e-7), cited_often - less)
        for method, score in zip(ranks, scores, strict=True):
            ranks[method].append(rank(score, target, free))
    return recovered("references", ranks, [citing for citing, _ in queries], len(works))
