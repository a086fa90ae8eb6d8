"""``kg find PATTERN``: the implementations whose dataflow contains a pattern."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import apart, deliver, format_option, graph, say, verb

if TYPE_CHECKING:
    from kg.graph import Graph


@verb(
    "find",
    "kg find 'x * f(x)'",
    "kg find 'x + F(x)'",
    "kg find 'exp(_) / sum(_)'",
    "kg find 'a @ b @ c' --sparql",
    "kg find 'SELECT ?concept (COUNT(?o) AS ?n) { ?o kg:operation \"exp\" ; kg:within ?concept } GROUP BY ?concept'",
)
@click.argument("pattern")
@click.option("--sparql", is_flag=True, help="Print the query that the pattern becomes, and run nothing.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Stop a search that takes longer.",
)
@format_option("text", "json")
def command(pattern: str, sparql: bool, timeout: float, form: str) -> int:
    """Find the implementations that compute a pattern.

    In a pattern _ is any value, a name the same value each time, a known operation such as exp, sum or sqrt itself. A call of another short name, f(x), is something computed from its argument entry by entry; with a capital, F(x), it is anything computed from it, such as a norm of it or its product with a matrix.
    What holds braces is taken for SPARQL over the dataflow itself; --sparql shows how it looks there.
    Implementations are traced once, and again when their code changes: indexing and reshaping leave no trace, loops unroll. Exit status 1 if there is none.
    """
    from kg.names import local_name
    from kg.query.process import worked_out_within
    from kg.reasoning.dataflow import Traced, asked, flows
    from kg.reasoning.patterns import compiled

    found = graph()
    with apart():
        traced = Traced(found.project, tuple(flows(found)))
    is_query = "{" in pattern
    query = pattern if is_query else compiled(pattern, traced.operations)
    if sparql:
        deliver(query, None)
        return FINE
    written = ("table" if form == "text" else "json") if is_query else "csv"
    answer = worked_out_within(partial(asked, traced, query, "find", written), "find", timeout)
    if is_query:
        deliver(answer.text, None)
        return FINE
    names = [local_name(row) for row in answer.text.split()[1:]]
    if form == "json":
        rows = [{"name": name, "place": _place(found, name)} for name in names]
        deliver(json.dumps(rows, ensure_ascii=False, indent=2), None)
    elif names:
        from kg import render

        deliver(
            render.table(("implementation", "place"), [(name, _place(found, name)) for name in names]), None
        )
    untraced = sum(bool(flow.why_not) for flow in traced.found)
    say(
        f"{len(names)} of {len(traced.found) - untraced} implementations contain it; {untraced} could not be traced"
    )
    return FINE if names else FOUND


def _place(found: Graph, name: str) -> str:
    function = found.code.implementations[name]
    path = found.project.relative(Path(function.path))
    if path.is_absolute():
        # A function outside the project belongs to an installed package; where that lies is this machine's business.
        path = Path(*path.parts[-3:])
    return f"{path.as_posix()}:{function.line}"
