"""``kg identify``: which concept somebody's function computes, and how it differs if it nearly does."""

from __future__ import annotations

import json
from pathlib import Path

import click

from kg.cli import FINE, FOUND
from kg.cli.conform import adapter_option, limit_options, system_option
from kg.cli.verb import apart, deliver, format_option, graph, verb


@verb(
    "identify",
    "kg identify mypkg:layer",
    "kg identify torch.nn.functional:silu",
    "kg identify mypkg:attention --adapter causal=true --format json",
)
@click.argument("function", metavar="MODULE:FUNCTION")
@adapter_option
@system_option
@limit_options
@format_option("text", "json")
def command(
    function: str,
    adapters: tuple[str, ...],
    systems: tuple[str, ...],
    seconds: float,
    memory: float,
    form: str,
) -> int:
    """Say which concept of the graph a function computes.

    The function runs in a process of its own on fixed probes and is compared with every implementation, as it is and
    under adapters, and then with every implementation that has one edit of its text, an option set otherwise, or a
    number of its own: fitted, and confirmed on inputs drawn anew. Exit status 0 if it computes a concept exactly, 1 if
    it differs or is unknown. The first run takes longer: fingerprints are kept in the user's cache.
    """
    from kg.conform.fingerprints import Library
    from kg.conform.foreign import Foreign
    from kg.conform.recognition import identify
    from kg.verify.workshop import load

    found = graph()
    with apart(), Foreign(function, Path.cwd(), seconds=seconds, gigabytes=memory) as foreign:
        workshop = load(found.project)
        library = Library(found.code, workshop.implementations)
        answer = identify(found, library, foreign, adapters, systems or None)
    if form == "json":
        deliver(json.dumps(answer.as_json(), ensure_ascii=False, indent=2), None)
    else:
        deliver(answer.sentence(function), None)
    return FINE if answer.exact else FOUND
