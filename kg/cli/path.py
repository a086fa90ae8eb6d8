"""``kg path A B``: the chain of claims that joins two concepts, and what running it end to end shows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from kg import render
from kg.cli import FINE, FOUND
from kg.cli.verb import apart, deliver, format_option, graph, say, verb

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.path import Step
    from kg.verify import ChainRun


@dataclass(frozen=True, slots=True)
class _Answer:
    """A chain, whether it is one of equivalences, and what running it showed, if it was run."""

    graph: Graph
    chain: tuple[Step, ...]
    is_equivalence: bool
    run: ChainRun | None

    def strength(self, at: int) -> tuple[str | None, str]:
        """The strength of a link, None if it is not established, and how that is said."""
        if self.run is not None:
            verdict = self.run.links[at]
            passed = verdict.outcome == "passed"
            return (verdict.strength if passed else None), (
                verdict.strength or "passed" if passed else verdict.outcome
            )
        claim = self.graph.claims[self.chain[at].claim]
        is_stale = self.graph.is_stale(claim)
        holds = claim.evidence is not None and claim.evidence.outcome == "passed" and not is_stale
        strength = claim.evidence.strength if claim.evidence and holds else None
        return strength, render.standing(claim.evidence, is_stale)

    def weakest(self) -> int:
        """The link that the whole chain hangs by, the first of several."""
        from kg.path import rank

        return max(range(len(self.chain)), key=lambda at: rank(self.strength(at)[0]))


@verb("path", "kg path online_softmax_attention softmax_attention")
@click.argument("start", metavar="A")
@click.argument("end", metavar="B")
@click.option("--no-run", is_flag=True, help="Show recorded evidence instead of running the chain.")
@format_option("text", "json")
def command(start: str, end: str, no_run: bool, form: str) -> int:
    """Show why concept A is concept B.

    The answer is the shortest chain of claims that joins them, run end to end: every link is verified again, and where both ends take the same inputs they are compared with each other. If no
    chain of equivalences exists, one that supports the two belonging together is shown as such: through bounds, limits, and claims that speak of both.
    Exit status 1 if there is no chain, or it does not hold when it is run.
    """
    from kg.path import shortest_chain, supporting_chain

    found = graph()
    chain = shortest_chain(found, start, end)
    is_equivalence = chain is not None
    chain = chain or supporting_chain(found, start, end)
    if chain is None:
        say(f"no chain of claims joins {start} and {end}: what is known of each is shown by kg show")
        if form == "json":
            deliver("null", None)
        return FOUND
    answer = _Answer(found, chain, is_equivalence, None if no_run else _run(found, chain))
    deliver(
        json.dumps(_json(answer), ensure_ascii=False, indent=2) if form == "json" else _text(answer), None
    )
    return FOUND if answer.run is not None and not _holds(answer.run) else FINE


def _run(graph: Graph, chain: Sequence[Step]) -> ChainRun:
    from kg.verify import run_chain

    say(f"running {len(chain)} claim{'' if len(chain) == 1 else 's'}")
    with apart():
        return run_chain(graph, [step.claim for step in chain], chain[0].start)


def _holds(run: ChainRun) -> bool:
    return run.end_to_end is not False and all(link.outcome == "passed" for link in run.links)


def _json(answer: _Answer) -> dict[str, Any]:
    from kg.path import conditions, relation

    claims = [answer.graph.claims[step.claim] for step in answer.chain]
    steps = [
        {
            "claim": step.claim,
            "from": step.start,
            "to": step.end,
            "kind": step.kind,
            "reversed": step.is_reversed,
            "strength": answer.strength(at)[0],
            "sources": [
                {"paper": s.paper, "locator": s.locator, "status": s.status} for s in claims[at].sources
            ],
        }
        for at, step in enumerate(answer.chain)
    ]
    run = answer.run
    return {
        "equivalence": answer.is_equivalence,
        "relation": relation(answer.graph, answer.chain) if answer.is_equivalence else None,
        "steps": steps,
        "conditions": list(conditions(answer.graph, answer.chain)),
        "weakest": answer.chain[answer.weakest()].claim,
        "run": run
        and {
            "holds": _holds(run),
            "links": [link.as_json() for link in run.links],
            "end_to_end": run.end_to_end,
            "method": run.method,
            "why_not": run.why_not,
        },
    }


def _text(answer: _Answer) -> str:
    from kg.path import conditions, relation

    graph, first, last = answer.graph, answer.chain[0].start, answer.chain[-1].end
    if answer.is_equivalence:
        title = f"{relation(graph, answer.chain)}\n"
    else:
        title = (
            f"No chain of equivalences joins {first} and {last}. That they belong together is supported by:\n"
        )
    weakest = answer.weakest()
    known = [graph.conditions[name] for name in conditions(graph, answer.chain) if name in graph.conditions]
    parts = [
        title,
        *(_step_text(answer, at) for at in range(len(answer.chain))),
        render.section("Conditions, all of which must hold", [f"{c.name}: {c.label}" for c in known]),
        render.section("Weakest link", f"{answer.chain[weakest].claim}: {answer.strength(weakest)[1]}"),
        render.section("Run now", _run_sentences(answer.run)) if answer.run else "",
    ]
    return "".join(parts)


def _step_text(answer: _Answer, at: int) -> str:
    step = answer.chain[at]
    claim = answer.graph.claims[step.claim]
    read = " (read from right to left)" if step.is_reversed else ""
    lines = [
        claim.statement,
        f"{claim.name} [{claim.kind}, {answer.strength(at)[1]}]{read}",
        *(render.source_text(source) for source in claim.sources),
    ]
    joins_its_sides = {step.start, step.end} == {claim.left, claim.right}
    heading = render.sides_text(claim) if joins_its_sides else f"{step.start} and {step.end} in one claim"
    return render.section(f"{at + 1}. {heading}", lines)


def _run_sentences(run: ChainRun) -> list[str]:
    broken = [
        f"{link.claim}: {link.outcome}, {link.reason}" for link in run.links if link.outcome != "passed"
    ]
    links = broken or [f"Every link passes again; the chain is as strong as {run.strength}."]
    if run.end_to_end is None:
        return [*links, f"The two ends were not compared with each other: {run.why_not}."]
    verdict = "agree" if run.end_to_end else "DO NOT AGREE"
    return [*links, f"The two ends {verdict} ({run.method or run.why_not})."]
