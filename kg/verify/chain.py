"""Running a chain of equivalences end to end: each link again, and the two ends against each other where they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg import code
from kg.domains import domains_of
from kg.graph import Claim, Graph
from kg.verify import equality
from kg.verify.run import judge_claim
from kg.verify.trial import Trial
from kg.verify.verdict import STRENGTHS, Verdict
from kg.verify.workshop import Workshop, load


@dataclass(frozen=True)
class ChainRun:
    """What running a chain showed.

    `end_to_end` is None where the ends take different inputs, with the reason in `why_not`.
    """

    links: tuple[Verdict, ...]
    strength: str | None
    end_to_end: bool | None
    method: str
    why_not: str


def run_chain(graph: Graph, claims: Sequence[str], ends: tuple[str, str] | None = None) -> ChainRun:
    """Verify each claim of a chain afresh, and judge its first concept against its last.

    Args:
        claims: names of claims, in order.
        ends: the concepts at the two ends; by default the outer sides of the first and last claim.
    """
    workshop, index = load(graph.project), code.index(graph.project)
    chain = [graph.claims[name] for name in claims]
    links = tuple(judge_claim(workshop, claim, code.claim_digest(index, claim), index) for claim in chain)
    strengths = [v.strength for v in links]
    weakest = None if None in strengths else max(strengths, key=lambda s: STRENGTHS.index(str(s)))
    first, last = ends or _ends(chain)
    agreed, method, why_not = _compare_ends(workshop, chain, first, last)
    return ChainRun(links, weakest, agreed, method, why_not)


def _ends(chain: Sequence[Claim]) -> tuple[str, str]:
    if len(chain) == 1:
        return str(chain[0].left), str(chain[0].right)
    inner = {chain[1].left, chain[1].right}
    first = next((s for s in (chain[0].left, chain[0].right) if s not in inner), chain[0].left)
    inner = {chain[-2].left, chain[-2].right}
    last = next((s for s in (chain[-1].left, chain[-1].right) if s not in inner), chain[-1].right)
    return str(first), str(last)


def _compare_ends(
    workshop: Workshop, chain: Sequence[Claim], first: str, last: str
) -> tuple[bool | None, str, str]:
    left, right = workshop.implementations.get(first), workshop.implementations.get(last)
    if left is None or right is None:
        missing = first if left is None else last
        return None, "", f"{missing} has no implementation"
    if any(claim.kind != "Identity" for claim in chain):
        return (
            None,
            "",
            "a link substitutes parameters or holds up to a group, so the ends take different inputs",
        )
    inputs, others = domains_of(left), domains_of(right)
    if inputs != others:
        return None, "", f"{first}({', '.join(inputs)}) and {last}({', '.join(others)}) take different inputs"
    names = dict.fromkeys(name for claim in chain for name in claim.conditions)
    unwritten = [name for name in names if name not in workshop.conditions]
    if unwritten:
        return None, "", f"condition {unwritten[0]} has no @condition function"
    conditions = [workshop.conditions[name] for name in names]
    trial = Trial(
        name=f"{first} against {last}",
        function=lambda use, **arguments: (use(first)(**arguments), use(last)(**arguments)),
        domains=inputs,
        conditions=conditions,
        implementations=workshop.implementations,
        seed=f"{first} {last}",
    )
    finding = equality.settle(trial)
    return finding.accepted, finding.method, finding.reason
