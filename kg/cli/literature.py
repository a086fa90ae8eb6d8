"""What ``kg cite`` and ``kg enrich`` share: the entries, the client and its options, sums of money."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.errors import SourceError, UsageError

if TYPE_CHECKING:
    from kg.bibliography import Entry
    from kg.literature.openalex import OpenAlex
    from kg.project import Project

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Finite(click.FloatRange):
    """A number in a range; "nan" is in none, and would let everything pass that is compared with it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, if it is one."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a number of finite size.", param, ctx)
        return number


def client_options(function: _Function) -> _Function:
    """``--offline``, ``--refresh``, ``--max-cost`` and ``--timeout``."""
    for option in (
        click.option(
            "--timeout",
            type=Finite(min=0, min_open=True),
            default=30.0,
            show_default=True,
            metavar="SECONDS",
            help="How long to wait for one answer.",
        ),
        click.option(
            "--max-cost",
            type=Finite(min=0),
            default=0.01,
            show_default=True,
            metavar="DOLLARS",
            help="Ask nothing that would cost more in all.",
        ),
        click.option("--refresh", is_flag=True, help="Ask again for what is in the cache."),
        click.option("--offline", is_flag=True, help="Use the cache only."),
    ):
        function = option(function)
    return function


def client(*, offline: bool, refresh: bool, max_cost: float, timeout: float) -> OpenAlex:
    """OpenAlex through the cache, with what the command line allows.

    Raises: UsageError if the libraries it needs are not installed, or the options contradict each other.
    """
    if offline and refresh:
        raise UsageError("--offline and --refresh contradict each other: give one of them")
    for library in ("pyalex", "rapidfuzz"):
        if find_spec(library) is None:
            raise UsageError(f"{library} is not installed: install it with pip install 'kg[literature]'")
    from kg.literature.cache import Answers
    from kg.literature.openalex import OpenAlex
    from kg.literature.transport import KEY_VARIABLE, Transport

    key = os.environ.get(KEY_VARIABLE, "").strip() or None
    transport = None if offline else Transport(key, timeout=timeout)
    return OpenAlex(Answers(), transport, refresh=refresh, max_cost=max_cost)


def entries(project: Project, keys: Sequence[str]) -> tuple[Entry, ...]:
    """The entries with these keys, present or former; all of them if none is named.

    Raises: UsageError with a guess for a key that is none; SourceError if the file cannot be read.
    """
    from kg.names import did_you_mean
    from kg.sources import read_bibliography

    found = read_bibliography(project)
    lost = next((fault for fault in found.faults if fault.lost), None)
    if lost is not None:
        raise SourceError(project.relative(project.bibliography), lost.line, lost.problem, lost.advice)
    by_key = {old: entry for entry in found.entries for old in entry.formerly}
    by_key |= {entry.key: entry for entry in found.entries}
    place = project.relative(project.bibliography).as_posix()
    for key in keys:
        if key not in by_key:
            advice = did_you_mean(key, by_key, "add it with kg cite")
            raise UsageError(f"{key}: there is no such entry in {place}: {advice}")
    chosen = {by_key[key].key for key in keys}
    return tuple(entry for entry in found.entries if not keys or entry.key in chosen)


def cost(dollars: float) -> str:
    """A sum as people write it; a list costs a hundredth of a cent."""
    return f"${dollars:.4f}" if dollars else "$0"
