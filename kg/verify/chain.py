"""Running a chain of equivalences end to end: each link again, and the two ends against each other where they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg import code
from kg.graph import Claim, Graph
from kg.verify import equality, floating
from kg.verify.compose import Link, NotComposable, composed
from kg.verify.run import judge_claim
from kg.verify.verdict import STRENGTHS, Finding, Verdict
from kg.verify.workshop import Workshop, load


@dataclass(frozen=True)
class ChainRun:
    """What running a chain showed.

    `end_to_end` is None where the ends could not be compared, with the reason in `why_not`.
    """

    links: tuple[Verdict, ...]
    strength: str | None
    end_to_end: bool | None
    method: str
    why_not: str


def run_chain(graph: Graph, claims: Sequence[str], start: str | None = None) -> ChainRun:
    """Verify each claim of a chain afresh, and judge its first concept against its last.

    Args:
        claims: names of claims, in order.
        start: the concept at which the chain begins; by default the side of the first claim that the second lacks.
    """
    workshop, index = load(graph.project), code.index(graph.project)
    chain = links_of([graph.claims[name] for name in claims], start)
    verdicts = tuple(
        judge_claim(workshop, link.claim, code.claim_digest(index, link.claim), index) for link in chain
    )
    strengths = [v.strength for v in verdicts]
    weakest = None if None in strengths else max(strengths, key=lambda s: STRENGTHS.index(str(s)))
    found = compare_ends(workshop, chain)
    return ChainRun(verdicts, weakest, found.accepted, found.method, found.reason)


def links_of(claims: Sequence[Claim], start: str | None) -> list[Link]:
    """Claims walked one after the other from a concept."""
    chain: list[Link] = []
    here = start or _outer_side(claims)
    for claim in claims:
        there = str(claim.right if here == claim.left else claim.left)
        chain.append(Link(claim, here, there))
        here = there
    return chain


def compare_ends(workshop: Workshop, chain: Sequence[Link]) -> Finding:
    """Whether the first concept of a chain is its last; undecided, with the reason, where they cannot be compared."""
    supported = [
        link.claim for link in chain if link.claim.kind not in ("Identity", "EqualUpTo", "Reduction")
    ]
    if supported:
        reason = f"{supported[0].name} is a {supported[0].kind}, which connects its two concepts and equates nothing"
        return Finding(accepted=None, reason=reason)
    try:
        trial = composed(workshop, chain)
    except NotComposable as why:
        return Finding(accepted=None, reason=str(why))
    except Exception as error:
        return Finding(accepted=None, reason=f"the inputs of the links do not fit together: {error}")
    try:
        return equality.settle(trial)
    except Exception:
        # A text written for floats may leave an exact arithmetic in other ways than by saying so.
        return floating.judge(trial)


def _outer_side(claims: Sequence[Claim]) -> str:
    sides = [str(side) for side in (claims[0].left, claims[0].right)]
    inner = (claims[1].left, claims[1].right) if len(claims) > 1 else ()
    return next((side for side in sides if side not in inner), sides[0])
