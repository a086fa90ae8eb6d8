"""What all verbs share: ``--project``, ``--format``, help that ends with an example, the graph, files written whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.names import did_you_mean

if TYPE_CHECKING:
    from kg.graph import Graph
    from kg.project import Project

_Function = TypeVar("_Function", bound=Callable[..., Any])
_PROJECT = "kg.cli.project"


class Choice(click.Choice[str]):
    """One of a few words; a word near one of them is recognised in the message."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The choice that was meant.

        Raises: click.BadParameter, with a guess, for a word that is none.
        """
        words = [str(choice) for choice in self.choices]
        for word in words:
            if word.lower() == str(value).lower():
                return word
        advice = did_you_mean(str(value), words, f"choose from {', '.join(words)}")
        raise click.BadParameter(f"'{value}' is not known: {advice}", ctx, param)


def _remember(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.meta[_PROJECT] = value


def project_option(function: _Function) -> _Function:
    """``--project DIR``, on the group and on every verb: it may stand before the verb or after it."""
    return click.option(
        "--project",
        type=click.Path(path_type=Path),
        metavar="DIR",
        callback=_remember,
        expose_value=False,
        help="Folder of the project, if it is not this one.",
    )(function)


def format_option(*formats: str) -> Callable[[_Function], _Function]:
    """``--format`` with its choices, the first of them the default."""
    return click.option(
        "--format",
        "form",
        type=Choice(formats),
        default=formats[0],
        show_default=True,
        help="How the answer is written.",
    )


class _WithExamples(click.Command):
    def __init__(self, *arguments: Any, examples: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.examples = tuple(examples)
        self.context_settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples, one a line, as they would be typed."""
        with formatter.section("Example" if len(self.examples) == 1 else "Examples"):
            for example in self.examples:
                formatter.write(f"{' ' * formatter.current_indent}{example}\n")


class Verb(_WithExamples):
    """A command whose help ends with an example."""


class Verbs(_WithExamples, click.Group):
    """A group of commands, with a guess for an unknown one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order in which people meet them."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with our words for an unknown command."""
        name, known = args[0], self.list_commands(ctx)
        if not name.startswith("-") and name not in known:
            advice = did_you_mean(name, known, f"the commands are {', '.join(known)}")
            raise click.UsageError(f"there is no command '{name}': {advice}", ctx)
        return super().resolve_command(ctx, args)


def verb(
    name: str, *examples: str, group: click.Group | None = None
) -> Callable[[Callable[..., Any]], click.Command]:
    """Declare a function as the verb of this name, with ``--project`` and its examples."""

    def declare(function: Callable[..., Any]) -> click.Command:
        declared = click.command(name, cls=Verb, examples=examples)(project_option(function))
        if group is not None:
            group.add_command(declared)
        return declared

    return declare


def project() -> Project:
    """The project that ``--project`` or the working directory says."""
    from kg.project import find_project

    return find_project(click.get_current_context().meta.get(_PROJECT))


def is_named() -> bool:
    """Whether ``--project`` says which project is meant."""
    return _PROJECT in click.get_current_context().meta


def graph() -> Graph:
    """The graph of that project."""
    from kg.graph import load

    return load(project())


def say(message: str) -> None:
    """Talk: what is not the answer goes to stderr."""
    click.echo(message, err=True)


@contextmanager
def apart() -> Iterator[None]:
    """While code of the project runs: what it prints is talk, and goes to stderr, so that the answer stays whole."""
    sys.stdout.flush()
    kept = None
    with suppress(OSError):  # a stream that the caller closed
        kept = os.dup(1)
        os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if kept is not None:
            os.dup2(kept, 1)
            os.close(kept)


def deliver(text: str, output: Path | None) -> None:
    """The answer, on stdout or whole into a file."""
    if output is None:
        sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
    else:
        from kg.files import write_whole

        write_whole(output, text)
        say(f"written to {output}")
