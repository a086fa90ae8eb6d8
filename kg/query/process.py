"""A query in a process of its own, which can be stopped at any moment: after a time, with Ctrl-C, or for its memory.

pyoxigraph looks at no signal and no clock while it evaluates. The process is a fork where that is safe (Linux, no
other thread), which costs two milliseconds, and a new interpreter elsewhere. The child works out the whole answer as
text and sends it back; it ends by itself if its parent does.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kg.errors import KgError, UsageError
from kg.project import Project
from kg.query import EVERYTHING, DamagedStore, Dataset, Result, select

if TYPE_CHECKING:
    from kg.cache import KeptOpen

MEMORY = 4 * 2**30
"""Bytes that a query may use beyond what the process has at its start."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query and how it is to be answered; ``runs`` is how many claims it may verify, None for no functions at all."""

    project: Project
    text: str
    name: str = "query"
    form: str = "json"
    limit: int | None = None
    runs: int | None = None
    dataset: Dataset = EVERYTHING


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer as text, and whether a limit left some of it out."""

    text: str
    is_cut: bool


def answer(question: Question, kept: KeptOpen | None = None) -> Answer:
    """The answer, worked out here and now from the kept store.

    Raises: UsageError for a query that cannot be answered; SourceError for a source that cannot be read.
    """
    from kg.cache import KeptOpen

    kept = kept or KeptOpen(question.project)
    try:
        result = _result(question, kept)
    except DamagedStore:
        kept.forget()
        try:
            result = _result(question, kept)
        except DamagedStore as error:
            raise UsageError(f"{question.name}: the query cannot be answered: {error}") from None
    return Answer(text_of(result, question.form, question.project.base), result.is_cut)


def _result(question: Question, kept: KeptOpen) -> Result:
    functions = None
    if question.runs is not None and "(" in question.text:
        from kg.query.functions import Functions

        functions = Functions(question.project, question.runs)
    result = select(
        kept,
        question.text,
        question.limit,
        name=question.name,
        functions=None if functions is None else functions.by_name(),
        dataset=question.dataset,
    )
    if functions:
        functions.raise_failure(question.name)
    return result


def text_of(result: Result, form: str, base: str) -> str:
    """A result as text in one of the formats of ``kg query``.

    Raises: UsageError if the format cannot hold this kind of answer.
    """
    if form == "table":
        from kg.render import result_text

        return result_text(result, base)
    from kg.query.formats import written

    return written(result, form, base)


# --- the child


def answer_within(question: Question, seconds: float | None, memory: int = MEMORY) -> Answer:
    """The answer, worked out in a child process.

    Raises: UsageError as :func:`answer` does, and if the time or the memory is not enough.
    """
    return worked_out_within(partial(outcome, question), question.name, seconds, memory)


def worked_out_within(
    work: Callable[[], Outcome], name: str, seconds: float | None, memory: int = MEMORY
) -> Answer:
    """What some work on a query comes to, done in a child process; it has to be picklable where there is no fork.

    Raises: UsageError if the work says so, and if the time or the memory is not enough.
    """
    run = _forked if _may_fork() else _spawned
    status, words = run(work, seconds, memory)
    match status:
        case "answer" | "cut answer":
            return Answer(words, status == "cut answer")
        case "time":
            raise UsageError(
                f"{name}: stopped after {seconds:g} s: make the query narrower, "
                "or give it more time with --timeout"
            )
        case "memory":
            raise UsageError(
                f"{name}: the answer needs more than {memory / 2**30:.3g} GiB of memory: "
                "make the query narrower, or add LIMIT to it"
            )
        case "misused":
            raise UsageError(words)
        case "error":
            raise KgError(words)
    raise RuntimeError(words)


Outcome = tuple[str, str]
"""``answer`` or ``cut answer`` with the text; ``misused``, ``error`` or ``internal`` with words; ``time``; ``memory``."""


def outcome(question: Question, kept: KeptOpen | None = None) -> Outcome:
    """The answer or what prevents it, never an exception: what a process can tell another."""
    return outcome_of(lambda: answer(question, kept))


def outcome_of(work: Callable[[], Answer]) -> Outcome:
    """The same for any work that gives an answer."""
    try:
        found = work()
        return ("cut answer" if found.is_cut else "answer"), found.text
    except UsageError as error:
        return "misused", str(error)
    except KgError as error:
        return "error", str(error)
    except MemoryError:
        return "memory", ""
    except BaseException as error:  # a panic inside pyoxigraph is no Exception
        return "internal", f"{type(error).__name__}: {error}"


def limit_memory(memory: int) -> None:
    """Let this process use so much more memory than it does now, where the system can be told so."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + memory, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _may_fork() -> bool:
    # Only the thread that forks lives on in the child; a lock that another one holds is never released there, and work
    # that is handed to another one is never done. The threads of linear algebra do nothing a query waits for, those of
    # RocksDB do: there are some as soon as this process has opened a store itself.
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return False
    names = (Path(f"/proc/self/task/{task}/comm") for task in os.listdir("/proc/self/task"))
    return not any(name.read_text(encoding="utf-8").startswith("rocksdb") for name in names)


def _forked(work: Callable[[], Outcome], seconds: float | None, memory: int) -> Outcome:
    reader, writer = os.pipe()
    alive, held = os.pipe()
    sys.stdout.flush()
    with warnings.catch_warnings():
        # From 3.12 on Python warns of every thread of the process, see above.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reader)
        os.close(held)
        _serve_parent(writer, alive, work, memory)
    os.close(writer)
    os.close(alive)
    try:
        content = _read_until_closed(reader, seconds)
        return ("time", "") if content is None else _understood(content)
    finally:
        # Whatever ended the wait, an answer or Ctrl-C: nothing of the query goes on, nor of what it started.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)
        with suppress(ProcessLookupError, PermissionError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reader)
        os.close(held)


def _serve_parent(writer: int, alive: int, work: Callable[[], Outcome], memory: int) -> NoReturn:
    """In the child: work, send the outcome, end. Nothing may leave this function but the end of the process."""
    try:
        os.setpgid(0, 0)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if not os.environ.get("KG_DEBUG"):
            # The engine says on stderr that it ran out of memory; people are told in our words.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        threading.Thread(target=_end_with_parent, args=(alive,), daemon=True).start()
        limit_memory(memory)
        status, words = work()
        with open(writer, "wb") as file:
            file.write(f"{status}\n{words}".encode(errors="surrogatepass"))
    finally:
        os._exit(0)


def _end_with_parent(alive: int) -> None:
    # Nothing is ever written: the read returns when the other end is closed.
    os.read(alive, 1)
    os._exit(1)


def _read_until_closed(reader: int, seconds: float | None) -> bytes | None:
    """All that the child sends; None if it has not finished in time."""
    import select as waiting
    import time

    deadline = None if seconds is None else time.monotonic() + seconds
    parts: list[bytes] = []
    while True:
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not waiting.select([reader], [], [], left)[0]:
            return None
        part = os.read(reader, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _understood(content: bytes) -> Outcome:
    # A child that sent nothing was ended by the system or by its own engine, and both do so for lack of memory.
    if not content:
        return "memory", ""
    status, _, words = content.decode(errors="surrogatepass").partition("\n")
    return status, words


def _spawned(work: Callable[[], Outcome], seconds: float | None, memory: int) -> Outcome:
    from multiprocessing import get_context

    context = get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    # Not a daemon, which could start no processes of its own, as a judge does.
    child = context.Process(target=_send, args=(writer, work, memory))
    child.start()
    writer.close()
    try:
        if not reader.poll(seconds):
            return "time", ""
        status, words = reader.recv()
        return str(status), str(words)
    except EOFError:
        return "memory", ""
    finally:
        child.kill()
        child.join()
        reader.close()


def _send(writer: Any, work: Callable[[], Outcome], memory: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit_memory(memory)
    writer.send(work())
    writer.close()
