"""The reference page of the command line, made from ``--help``: ``python -m kg.cli.reference > FILE``.

A test compares the committed page with this one, so it cannot drift.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from kg.cli.app import kg

_HEAD = """\
<!-- Made by `python -m kg.cli.reference`; edit the help texts in kg/cli, not this page. -->

# Command line

Answers go to stdout, talk goes to stderr, so that answers can be piped. Every command takes `--help` and, before or after
its name, `--project DIR`. An unknown name is answered with a guess at what was meant.

| exit status | meaning |
| --- | --- |
| 0 | fine |
| 1 | something was found: a problem, a claim that does not hold, no path |
| 2 | misused: a mistake on the command line or in a query; also a stop by Ctrl-C, or an internal error |

`KG_DEBUG=1` shows the traceback of an internal error.
"""


def page() -> str:
    """The whole page as MyST Markdown."""
    parts = [_HEAD]
    for depth, context in _contexts(_context(kg, "kg", None)):
        heading = f"{'#' * (depth + 2)} {context.command_path}" if depth else "## kg"
        parts.append(f"\n{heading}\n\n```text\n{context.command.get_help(context).rstrip()}\n```\n")
    return "".join(parts)


def _contexts(context: click.Context, depth: int = 0) -> Iterator[tuple[int, click.Context]]:
    yield min(depth, 1), context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None:
                yield from _contexts(_context(command, name, context), depth + 1)


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    # A width of its own, so that the page does not depend on the terminal it is made in.
    settings = {**command.context_settings, "terminal_width": 90}
    return click.Context(command, info_name=name, parent=parent, **settings)


if __name__ == "__main__":
    sys.stdout.write(page())
