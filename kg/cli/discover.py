"""``kg discover``: equalities between implementations that the graph does not know of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import apart, deliver, format_option, graph, say, verb

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.reasoning.discovery import Judged, Search


@verb("discover", "kg discover", "kg discover --plain --format json", "kg discover --page extent.md")
@click.option("--plain", is_flag=True, help="Do not feed one implementation into another.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=2, show_default=True, help="Processes that judge."
)
@click.option(
    "--page", type=click.Path(path_type=Path, dir_okay=False), help="Also write what was looked at."
)
@format_option("text", "json")
def command(plain: bool, jobs: int, page: Path | None, form: str) -> int:
    """Search for equalities that the graph neither states nor derives.

    Every implementation is run on fixed random inputs, as it is, with a parameter set to 0, 1 or the identity, transposed, with inputs exchanged or shared, and fed into every other.
    What gives the same is judged like a claim, unless it is trivial or known; what passes is printed as Turtle with its check, for a person to judge whether it is worth keeping. Equalities that hold for one reason are printed once, with the others named.
    Exit status 1 if something was found.
    """
    from kg.reasoning.discovery import discover
    from kg.reasoning.stanzas import page as written

    found = graph()
    with apart():
        search = discover(found, compose=not plain, jobs=jobs, progress=_progress)
    if page is not None:
        from kg.files import write_whole

        write_whole(page, written(search))
        say(f"written to {page}")
    deliver(_json(search) if form == "json" else _text(found, search), None)
    return FOUND if any(one.outcome == "passed" for one in search.judged) else FINE


def _progress(judged: Judged, done: int, total: int) -> None:
    say(f"{done}/{total} {judged.outcome} {judged.collision.words}")


def _text(graph: Graph, search: Search) -> str:
    from kg.reasoning.discovery import by_reason
    from kg.reasoning.stanzas import stanza

    passed = search.kept
    parts = [stanza(graph, family) for family in search.families]
    counts = [f"# {count} dropped: {reason}" for reason, count in by_reason(search.dropped)]
    undecided = len(search.judged) - len(passed)
    total = (
        f"# {sum(search.table.counts.values())} forms, {len(search.collisions)} collisions, {len(passed)} equal and new "
        f"for {len(search.families)} reasons, {undecided} rejected or undecided, {len(search.near)} near misses"
    )
    return "\n".join([*parts, *counts, *_near(search), total]) + "\n"


def _near(search: Search) -> list[str]:
    from kg.reasoning.forms import text

    return [
        f"# near: {text(one.right.form.expression)} is {text(one.left.form.expression)} with {one.what} ({one.number})"
        for one in search.near
    ]


def _json(search: Search) -> str:
    from kg.reasoning.forms import text

    family = {id(one): at for at, family in enumerate(search.families) for one in family.members}
    rows = {
        "forms": dict(search.table.counts),
        "left_out": search.table.left_out,
        "dropped": dict(search.dropped),
        "judged": [
            {
                "left": text(one.collision.left.form.expression),
                "right": text(one.collision.right.form.expression),
                "inputs": one.collision.left.signature,
                "outcome": one.outcome,
                "strength": one.finding.strength if one.outcome == "passed" else None,
                "largest_dimension_first": one.ordered,
                "shapes": one.finding.shapes,
                "reason": one.finding.reason,
                "family": family.get(id(one)),
            }
            for one in search.judged
        ],
        "families": [family.words for family in search.families],
        "near": [
            {
                "left": text(one.left.form.expression),
                "right": text(one.right.form.expression),
                "by": one.what,
                "number": one.number,
            }
            for one in search.near
        ],
    }
    return json.dumps(rows, ensure_ascii=False, indent=2)
