"""The command line: ``kg VERB``. One module a verb; nothing heavy is imported before it is needed.

This module is the only place where errors become messages and exit statuses:

====== ==================================================================
0      fine
1      something was found: a problem, a claim that does not hold, no path
2      misused: a mistake on the command line or in a query; a stop; our own fault
====== ==================================================================
"""

from __future__ import annotations

import atexit
import gc
import os
import re
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import click

FINE, FOUND, MISUSED = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit status; never a traceback unless ``KG_DEBUG`` is set."""
    # Imports make many objects that stay, and looking through them again and again takes a tenth of a short command.
    gc.set_threshold(100_000, 20, 20)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show √ must not stop a command.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        status = run(arguments)
    except KeyboardInterrupt:  # before there was a command to stop
        _say("kg: stopped")
        status = MISUSED
    try:
        sys.stdout.flush()
    except OSError as error:
        status = _unwritable(error)
    _leave(status)


def _open_closed_streams() -> None:
    """Give a stream that the caller closed, as ``kg list >&-`` does, a place to go; Python has None for it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - it stays open to the end


def _leave(status: int) -> NoReturn:
    """End the process without taking every object apart first, which lasts longer than a short question."""
    if threading.active_count() > 1:
        sys.exit(status)
    atexit._run_exitfuncs()
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status, with whatever went wrong said on stderr."""
    import click

    from kg.cli.app import kg
    from kg.errors import KgError, UsageError

    try:
        return int(kg.main(arguments, prog_name="kg", standalone_mode=False) or FINE)
    except click.exceptions.NoArgsIsHelpError as error:
        _say(error.format_message())
        return MISUSED
    except click.ClickException as error:
        return _misused(error)
    except KgError as error:
        _say(f"kg: {error}")
        return MISUSED if isinstance(error, UsageError) else FOUND
    except (click.Abort, KeyboardInterrupt):
        _say("kg: stopped")
        return MISUSED
    except OSError as error:
        return _unwritable(error)
    except SystemExit as error:
        return _ended(error)
    except BaseException as error:  # a panic inside pyoxigraph is no Exception
        return _internal(error)


def _misused(error: click.ClickException) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "kg"
    _say(f"{path}: {error.format_message()} (help: {path} --help)")
    return MISUSED


def _ended(error: SystemExit) -> int:
    """Somebody called ``sys.exit``: click does where a pipe was closed, all others are told where it stands."""
    import traceback

    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    # An error of a worker process brings its own way there as a text.
    places += re.findall(r'File "([^"]+)", line (\d+)', str(error.__cause__ or ""))
    files = [(file, line) for file, line in places if not file.startswith("<")]
    if not files or f"{os.sep}click{os.sep}" in files[-1][0]:
        return error.code if isinstance(error.code, int) else FOUND
    place = f"{os.path.relpath(files[-1][0])}:{files[-1][1]}"
    _say(f"kg: {place}: this ends the program (exit status {error.code}): take it out of what runs on import")
    return FOUND


def _internal(error: BaseException) -> int:
    if os.environ.get("KG_DEBUG"):
        raise error
    words = " ".join(str(error).split()) or "no message"
    _say(
        f"kg: internal error: {type(error).__name__}: {words}: please report it, "
        "with what KG_DEBUG=1 prints before the same command"
    )
    return MISUSED


def _unwritable(error: OSError) -> int:
    """What the system refused. A reader that went away, as ``head`` does, is no mistake and nothing is said."""
    if isinstance(error, BrokenPipeError):
        status = FOUND
    else:
        _say(
            f"kg: {error.filename or 'the answer'}: {error.strerror or error}: make room, or write elsewhere"
        )
        status = MISUSED
    # What is still buffered goes nowhere, or else Python would complain while it ends.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _say(message: str) -> None:
    # A word of a thousand letters was pasted by mistake, and repeating all of it would hide what is said about it.
    message = re.sub(r"\S{1000,}", lambda word: f"{word[0][:100]}…", message)
    print(message, file=sys.stderr)  # noqa: T201 - what cannot be said otherwise
