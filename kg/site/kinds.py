"""What claims of each kind say, as the heading of a group of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.graph import Claim
    from kg.site.knowledge import Knowledge

_HEADINGS: Mapping[str, str] = {
    "Identity": "Equal",
    "Reduction": "A case of something wider",
    "EqualUpTo": "Equal up to a group",
    "InExpectation": "Equal on average",
    "InLaw": "Equal in law",
    "Limit": "Limits",
    "Convergence": "How fast it converges",
    "Bound": "Bounds",
    "Recovery": "What can be recovered",
    "Cost": "What it costs",
    "Refutation": "Often said, and false",
    "Report": "Reported by others",
}


def heading(knowledge: Knowledge, kind: str) -> str:
    """The heading; a kind of another vocabulary is called what that calls it."""
    word = knowledge.word(kind)
    return _HEADINGS.get(kind, word[:1].upper() + word[1:])


def by_kind(knowledge: Knowledge, claims: Iterable[Claim]) -> list[tuple[str, list[Claim]]]:
    """Claims in groups of one kind, the kinds in a fixed order: what is equal first, what is false near the end."""
    own = list(claims)
    order = [*_HEADINGS, *(kind for kind in knowledge.graph.kinds if kind not in _HEADINGS)]
    groups = [(kind, [claim for claim in own if claim.kind == kind]) for kind in order]
    return [(kind, group) for kind, group in groups if group]
