"""The group of all verbs. A verb is imported when it is called, so that one does not pay for the others."""

from __future__ import annotations

from importlib import import_module

import click

from kg.cli.verb import Verbs, project_option

VERBS = (
    "lint",
    "verify",
    "list",
    "show",
    "query",
    "path",
    "derive",
    "conform",
    "identify",
    "find",
    "cases",
    "properties",
    "discover",
    "map",
    "serve",
    "new",
    "cite",
    "enrich",
    "link",
    "next",
    "export",
    "diff",
)


class LazyVerbs(Verbs):
    """Verbs found by name: ``kg show`` is ``kg.cli.show.command``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people meet them."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if cmd_name not in VERBS:
            return None
        found = import_module(f"kg.cli.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found


@click.group(cls=LazyVerbs, examples=("kg show softmax_attention",))
@click.version_option(package_name="kg", message="kg %(version)s")
@project_option
def kg() -> None:
    """Equivalences of machine-learning theory, each with a check that runs.

    Answers go to stdout, talk to stderr. Exit status: 0 fine, 1 found something, 2 misused.
    The project is the nearest folder upwards whose pyproject.toml has a table [tool.kg], else the built-in graph.
    """
