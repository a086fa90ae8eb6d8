"""``kg cases CONCEPT``: what it is a case of, what its cases are, and its limits."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import deliver, format_option, graph, say, verb
from kg.errors import UsageError

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.reasoning.subsumption import Reached, Step


@verb(
    "cases",
    "kg cases softmax_attention",
    "kg cases retention alibi_attention",
    "kg cases linear_attention --depth 1",
)
@click.argument("concept", metavar="CONCEPT")
@click.argument("other", required=False, metavar="[OTHER]")
@click.option("--depth", type=click.IntRange(min=1), help="No more than this many steps up or down.")
@format_option("text", "json")
def command(concept: str, other: str | None, depth: int | None, form: str) -> int:
    """Show what a concept is a case of, and what its cases are.

    Each is shown with the claims that lead there: reductions, identities, and the broader concepts of the vocabulary where no claim says it. Limits stand beside the order.
    With OTHER, the least concepts that both are cases of. Exit status 1 if there is nothing to show.
    """
    from kg.reasoning.subsumption import Order

    found = graph()
    name, order = _concept(found, concept), Order(found)
    if other is not None:
        joins = order.joins(name, _concept(found, other))
        deliver(json.dumps(joins, indent=2) if form == "json" else "\n".join(joins), None)
        if not joins:
            say(f"nothing is known that both {name} and {other} are cases of")
        return FINE if joins else FOUND
    parts = {
        "equal": order.equal(name),
        "above": _within(order.above(name), depth),
        "below": _within(order.below(name), depth),
    }
    limits = order.limits(name)
    if form == "json":
        rows: dict[str, Any] = {key: [_json(one) for one in reached] for key, reached in parts.items()}
        rows["limits"] = [{"from": s.start, "to": s.end, "kind": s.what, "claim": s.claim} for s in limits]
        deliver(json.dumps(rows, ensure_ascii=False, indent=2), None)
    else:
        deliver(_text(name, parts, limits), None)
    if not any(parts.values()) and not limits:
        say(f"no claim says what {name} is a case of, or what its cases are")
        return FOUND
    return FINE


def _concept(found: Graph, name: str) -> str:
    from kg.graph import Concept

    thing = found.find(name)
    if not isinstance(thing, Concept):
        raise UsageError(f"{name}: this is no concept: see kg list --only concepts")
    return thing.name


def _within(reached: Sequence[Reached], depth: int | None) -> list[Reached]:
    """Neither the concepts that are equal to the first one nor those too far away."""
    return [one for one in reached if one.depth and (depth is None or one.depth <= depth)]


def _text(name: str, parts: dict[str, list[Reached]], limits: Sequence[Step]) -> str:
    titles = {
        "equal": f"{name} is the same as",
        "above": f"{name} is a case of",
        "below": f"cases of {name}",
    }
    lines = []
    for key, title in titles.items():
        lines.append(_section(title, [_line(one) for one in parts[key]]))
    lines.append(_section("limits", [f"{s.start} tends to {s.end}, by {s.claim}" for s in limits]))
    return "".join(lines)


def _section(title: str, lines: list[str]) -> str:
    return f"\n{title}\n" + "\n".join(lines) + "\n" if lines else ""


def _line(one: Reached) -> str:
    """The concept, indented by its distance, with the last step; the steps before it stand further up."""
    last = one.steps[-1]
    by = last.claim or "in words only (skos:broader)"
    through = f", through {last.start}" if len(one.steps) > 1 else ""
    return f"{'  ' * max(1, one.depth)}{one.concept}{through}: {by}"


def _json(one: Reached) -> dict[str, Any]:
    return {
        "concept": one.concept,
        "depth": one.depth,
        "shown": one.is_shown,
        "steps": [
            {"from": s.start, "to": s.end, "what": s.what, "claim": s.claim or None} for s in one.steps
        ],
    }
