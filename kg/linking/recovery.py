"""How hidden works come back: ranks among all candidates, what they amount to, and how sure that is.

A rank is among *all* works that could be the answer: against a hundred sampled ones every method looks good. Within a
tie it is the middle of the tied ranks, so that a method which says nothing is no better than chance.
"""

from __future__ import annotations

import math
import random
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ROUNDS = 1000


@dataclass(frozen=True, slots=True)
class Recovered:
    """How what was hidden in a ``task`` came back under one method.

    ``low`` to ``high`` is a 95 % bootstrap interval of ``mrr``, over groups of queries that belong together. ``ratio`` is
    how many times the reciprocal rank of this method the first method reaches, with its interval from the same draws.
    """

    task: str
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
    ratio: float
    ratio_low: float
    ratio_high: float


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a hidden work came, among how many."""

    rank: float
    among: int


def rank(score: Any, target: int, free: Any) -> Rank:
    """The rank of ``target`` by score among the works (n) that are ``free`` to be the answer."""
    others = score[free]
    better, equal = int((others > score[target]).sum()), int((others == score[target]).sum())
    return Rank(better + (equal + 1) / 2, len(others))


def recovered(
    task: str, ranks: Mapping[str, Sequence[Rank]], groups: Sequence[Hashable], works: int
) -> tuple[Recovered, ...]:
    """The measures of every method, and of chance, which is computed and not drawn. The first method is ours."""
    first = next(iter(ranks.values()))
    values = {name: [_measures(one) for one in found] for name, found in ranks.items()}
    values["random"] = [_by_chance(one.among) for one in first]
    medians = {name: sorted(one.rank for one in found)[len(found) // 2] for name, found in ranks.items()}
    medians["random"] = sorted((one.among + 1) / 2 for one in first)[len(first) // 2]
    means = _redrawn(values, groups)
    ours = next(iter(means.values()))
    found = []
    for name, rows in values.items():
        mrr, recall_10, recall_20, ndcg_10 = (_mean(column) for column in zip(*rows, strict=True))
        low, high = _middle(means[name])
        ratio_low, ratio_high = _middle([_ratio(a, b) for a, b in zip(ours, means[name], strict=True)])
        ratio = _ratio(_mean(row[0] for row in next(iter(values.values()))), mrr)
        found.append(
            Recovered(
                task=task,
                method=name,
                hidden=len(rows),
                candidates=works,
                mrr=mrr,
                low=low,
                high=high,
                recall_10=recall_10,
                recall_20=recall_20,
                ndcg_10=ndcg_10,
                median_rank=medians[name],
                ratio=ratio,
                ratio_low=ratio_low,
                ratio_high=ratio_high,
            )
        )
    return tuple(found)


def _measures(one: Rank) -> tuple[float, float, float, float]:
    """Reciprocal rank, recall at 10 and at 20, and gain at 10."""
    gain = 1 / math.log2(1 + one.rank) if one.rank <= 10 else 0.0
    return 1 / one.rank, float(one.rank <= 10), float(one.rank <= 20), gain


def _by_chance(among: int) -> tuple[float, float, float, float]:
    """What is expected of the same where every rank is as likely as any other."""
    gain = sum(1 / math.log2(1 + at) for at in range(1, min(10, among) + 1)) / among
    harmonic = sum(1 / at for at in range(1, among + 1))
    return harmonic / among, min(1.0, 10 / among), min(1.0, 20 / among), gain


def _redrawn(
    values: Mapping[str, Sequence[tuple[float, ...]]], groups: Sequence[Hashable]
) -> dict[str, list[float]]:
    """Mean reciprocal ranks in many redraws of whole groups; the same redraws for every method."""
    places: dict[Hashable, list[int]] = {}
    for at, group in enumerate(groups):
        places.setdefault(group, []).append(at)
    blocks = list(places.values())
    sums = {name: [sum(rows[at][0] for at in block) for block in blocks] for name, rows in values.items()}
    draw = random.Random(1)
    found: dict[str, list[float]] = {name: [] for name in values}
    for _ in range(_ROUNDS):
        chosen = draw.choices(range(len(blocks)), k=len(blocks))
        size = sum(len(blocks[block]) for block in chosen)
        for name, totals in sums.items():
            found[name].append(sum(totals[block] for block in chosen) / size)
    return found


def _middle(means: Sequence[float]) -> tuple[float, float]:
    """Where the middle 95 % of the redraws lie."""
    ordered = sorted(means)
    return ordered[int(0.025 * len(ordered))], ordered[int(0.975 * len(ordered)) - 1]


def _ratio(one: float, other: float) -> float:
    return one / other if other else math.inf


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return sum(listed) / len(listed)
