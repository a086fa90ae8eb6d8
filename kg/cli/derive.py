"""``kg derive``: run what follows from the stated claims, and say which claims follow from others."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from kg import render
from kg.cli import FINE, FOUND
from kg.cli.verb import apart, deliver, format_option, graph, say, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.graph import Graph
    from kg.reasoning.derived import Derived


@verb("derive", "kg derive", "kg derive --redundant", "kg derive --all --jobs 2 --format json")
@click.option("--all", "everything", is_flag=True, help="Run fresh ones too, not only stale ones.")
@click.option("--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Processes to use.")
@click.option("--redundant", is_flag=True, help="List claims that also follow from others, and run nothing.")
@format_option("text", "json")
def command(everything: bool, jobs: int, redundant: bool, form: str) -> int:
    """Run every equivalence that follows from stated ones.

    Two concepts that a chain of claims joins are compared directly, with the parameters that the links substitute; a cycle of claims is walked once around. What cannot be put together is listed with the reason.
    Results are recorded in ontology/generated/derived.ttl.
    Exit status 1 if one fails: then the claims named beside it cannot all be right.
    """
    found = graph()
    if redundant:
        return _redundant(found, form)
    from kg.reasoning.derived import derive

    with apart():
        results = derive(found, everything=everything, jobs=jobs, progress=_progress)
    deliver(_json(results) if form == "json" else _text(results), None)
    return FOUND if any(result.outcome == "failed" for result in results) else FINE


def _progress(result: Derived, done: int, total: int) -> None:
    say(f"{done}/{total} {result.outcome} {result.what.start} = {result.what.end}")


def _json(results: Sequence[Derived]) -> str:
    rows: list[dict[str, Any]] = [
        {
            "from": one.what.start,
            "to": one.what.end,
            "relation": one.what.relation,
            "claims": list(one.what.claims),
            "conditions": list(one.what.conditions),
            "weakest": one.what.weakest,
            "outcome": one.outcome,
            "strength": one.strength,
            "method": one.method,
            "reason": one.reason,
            "contradiction": list(one.contradiction),
        }
        for one in results
    ]
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _text(results: Sequence[Derived]) -> str:
    failed = [one for one in results if one.outcome == "failed"]
    parts = [
        render.section(
            f"{one.what.start} against {one.what.end}: FAILED",
            [one.reason, "These claims cannot all be right:", *one.contradiction],
        )
        for one in failed
    ]
    strengths = Counter(one.strength for one in results if one.outcome == "passed")
    parts += [f"{count:5} {strength}\n" for strength, count in strengths.most_common()]
    undecided = Counter(one.reason for one in results if one.outcome == "cantTell")
    if undecided:
        lines = [f"{count} × {reason}" for reason, count in undecided.most_common(8)]
        parts.append(
            render.section(f"{sum(undecided.values())} could not be put together, most often", lines)
        )
    passed = sum(strengths.values())
    parts.append(f"\n{len(results)} equivalences follow: {passed} run and passed, {len(failed)} failed\n")
    return "".join(parts)


def _redundant(found: Graph, form: str) -> int:
    from kg.reasoning.families import redundant

    rows = redundant(found)
    if form == "json":
        deliver(
            json.dumps(
                [{"claim": name, "chain": [s.claim for s in chain]} for name, chain in rows], indent=2
            ),
            None,
        )
        return FINE
    parts = [
        render.section(f"{name} also follows from", [step.claim for step in chain]) for name, chain in rows
    ]
    deliver("".join([*parts, f"{len(rows)} claims are asserted and also derivable\n"]), None)
    return FINE
