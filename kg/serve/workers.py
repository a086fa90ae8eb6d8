"""Processes that answer queries, each with the store open. One that takes too long is killed, and another started."""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import IO

from kg.cache import KeptOpen
from kg.query.process import MEMORY, Outcome, Question, limit_memory, outcome


class Busy(Exception):
    """Every worker has something to do, and none was free in time."""


class Workers:
    """A fixed number of workers; :meth:`ask` may be called from any thread."""

    def __init__(self, count: int) -> None:
        self._free: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._all = [_Worker() for _ in range(count)]
        for worker in self._all:
            self._free.put(worker)

    def ask(self, question: Question, seconds: float) -> Outcome:
        """The outcome of a query that may take so long, after waiting as long at most for a worker.

        Raises: Busy.
        """
        try:
            worker = self._free.get(timeout=seconds)
        except queue.Empty:
            raise Busy from None
        try:
            return worker.ask(question, seconds)
        finally:
            self._free.put(worker)

    def stop(self) -> None:
        """End every worker, whatever it does."""
        for worker in self._all:
            worker.kill()


class _Worker:
    """One process, started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_late = False

    def ask(self, question: Question, seconds: float) -> Outcome:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        self._is_late = False
        timer = threading.Timer(seconds, self._stop_late)
        timer.start()
        try:
            _send(process.stdin, pickle.dumps(question))
            status, words = pickle.loads(_receive(process.stdout))
            return str(status), str(words)
        except (OSError, EOFError):
            self.kill()
            # A worker that ends by itself was ended by the system or its engine, and both do so for lack of memory.
            return ("time", "") if self._is_late else ("memory", "")
        finally:
            timer.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            # A group of its own: what a query has started is killed with it, and Ctrl-C reaches only the server.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kg.serve.workers"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if os.environ.get("KG_DEBUG") else subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._process

    def _stop_late(self) -> None:
        self._is_late = True
        self.kill()

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        with suppress(OSError):
            process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                if stream is not None:
                    stream.close()


def _send(stream: IO[bytes], content: bytes) -> None:
    stream.write(len(content).to_bytes(8, "big") + content)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes:
    """One message.

    Raises: EOFError if the other side is gone.
    """
    size = stream.read(8)
    content = stream.read(int.from_bytes(size, "big")) if len(size) == 8 else b""
    if not content:
        raise EOFError
    return content


# --- the worker's own side


def main() -> None:
    """Answer questions from stdin until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    limit_memory(MEMORY)
    kept: KeptOpen | None = None
    with suppress(EOFError, BrokenPipeError):
        while True:
            question: Question = pickle.loads(_receive(sys.stdin.buffer))
            if kept is None or kept.project != question.project:
                kept = KeptOpen(question.project)
            _send(sys.stdout.buffer, pickle.dumps(outcome(question, kept)))


def _end_with_parent(parent: int) -> None:
    # While a query is evaluated nobody looks at stdin.
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


if __name__ == "__main__":
    main()
