"""``kg find PATTERN``: the implementations whose dataflow contains a pattern."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import deliver, format_option, graph, say, verb

if TYPE_CHECKING:
    from kg.graph import Graph


@verb("find", "kg find 'x * f(x)'", "kg find 'exp(_) / sum(_)'", "kg find 'a @ b @ c' --sparql")
@click.argument("pattern")
@click.option("--sparql", is_flag=True, help="Print the query that the pattern becomes, and run nothing.")
@format_option("text", "json")
def command(pattern: str, sparql: bool, form: str) -> int:
    """Find the implementations that compute a pattern.

    In a pattern _ is any value, a name the same value each time, a known operation such as exp, sum or sqrt itself, and any other call of a short name something computed from its argument.
    Implementations are traced once, and again when their code changes: indexing and reshaping leave no trace, loops unroll. Exit status 1 if there is none.
    """
    from kg.names import local_name
    from kg.reasoning.dataflow import flows, store_of
    from kg.reasoning.patterns import compiled

    found = graph()
    traced = flows(found)
    query = compiled(pattern, {one.name for flow in traced for one in flow.operations})
    if sparql:
        deliver(query, None)
        return FINE
    answer: Any = store_of(found, traced).query(query)
    names = [local_name(row["concept"].value) for row in answer]
    if form == "json":
        rows = [{"name": name, "place": _place(found, name)} for name in names]
        deliver(json.dumps(rows, ensure_ascii=False, indent=2), None)
    elif names:
        from kg import render

        deliver(
            render.table(("implementation", "place"), [(name, _place(found, name)) for name in names]), None
        )
    untraced = sum(bool(flow.why_not) for flow in traced)
    say(
        f"{len(names)} of {len(traced) - untraced} implementations contain it; {untraced} could not be traced"
    )
    return FINE if names else FOUND


def _place(found: Graph, name: str) -> str:
    function = found.code.implementations[name]
    path = found.project.relative(Path(function.path))
    if path.is_absolute():
        # A function outside the project belongs to an installed package; where that lies is this machine's business.
        path = Path(*path.parts[-3:])
    return f"{path.as_posix()}:{function.line}"
