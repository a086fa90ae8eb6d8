"""Somebody's function, in a process of its own: a call that hangs, crashes or eats memory costs only itself."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from kg.conform import wire
from kg.errors import UsageError
from kg.names import did_you_mean

SECONDS_TO_LOAD = 120.0
SECONDS_PER_CALL = 10.0
GIGABYTES = 4.0


class ForeignError(Exception):
    """The function raised, or gives no answer that could be used."""


class ForeignLost(ForeignError):
    """The function did not answer in time, or took its process with it: it is not asked again."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of the function, as far as it can be said in JSON."""

    name: str
    kind: str
    required: bool
    default: Any


class Foreign:
    """The function ``MODULE:FUNCTION``, found from `folder` first.

    Raises:
        UsageError: if there is no such module or function, or it cannot be imported.
    """

    def __init__(
        self, reference: str, folder: Path, *, seconds: float = SECONDS_PER_CALL, gigabytes: float = GIGABYTES
    ) -> None:
        self.reference = reference
        self.module, _, self.name = reference.partition(":")
        if not self.module or not self.name:
            raise UsageError(
                f"{reference}: a function is named by its module and its name: write e.g. mypkg:flash"
            )
        self._folder, self._seconds, self._bytes = folder, seconds, int(gigabytes * 2**30)
        self._process: subprocess.Popen[bytes] | None = None
        self.calls = 0
        self.parameters: list[Parameter] | None = None
        self.systems: list[str] = []
        self.answered_in: list[str] = []
        self._start()

    def __enter__(self) -> Foreign:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        self._process.wait()
        self._process = None

    def call(
        self,
        args: Sequence[Any],
        kwargs: Mapping[str, Any] | None = None,
        *,
        system: str = "numpy",
        dtype: str = "float64",
        do: str = "call",
    ) -> tuple[list[Any], list[str]]:
        """What the function returns, as a flat list of arrays widened to float64, and their types as computed.

        With `do` "shapes" it is traced only, which JAX can do, and the arrays are zeros.
        `answered_in` then says of which libraries the arrays were.

        Raises:
            ForeignError: if it raises, hangs or dies.
        """
        self.calls += 1
        arrays: list[Any] = []
        specs = [_spec(one, arrays) for one in args]
        named = {name: _spec(one, arrays) for name, one in (kwargs or {}).items()}
        request = {"do": do, "system": system, "dtype": dtype, "args": specs, "kwargs": named}
        if self._process is None:
            self._start()
        answer, outputs = self._ask(request, arrays, self._seconds)
        if "error" in answer:
            place = f" ({answer['place']})" if answer["place"] else ""
            raise ForeignError(f"{answer['error']}: {answer['message']}{place}")
        self.answered_in = answer["libraries"]
        return outputs, answer["dtypes"]

    def _start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
        for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            environment.setdefault(variable, "1")
        # JAX makes float32 of every float64 unless it is told otherwise.
        environment.setdefault("JAX_ENABLE_X64", "1")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.conform.host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("KG_DEBUG") else subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        request = {
            "do": "load",
            "module": self.module,
            "function": self.name,
            "folder": str(self._folder),
            "bytes": self._bytes,
        }
        try:
            answer, _ = self._ask(request, (), SECONDS_TO_LOAD)
        except ForeignError as error:
            raise UsageError(f"{self.reference}: {self.module} cannot be imported ({error})") from None
        self._understand(answer)

    def _understand(self, answer: dict[str, Any]) -> None:
        """Take the description of the function, or say why there is none."""
        problem = ""
        if "error" in answer:
            at = f" at {answer['place']}" if answer["place"] else ""
            problem = (
                f"{self.module} cannot be imported: {answer['error']}: {answer['message']}{at}: "
                "correct it, or run kg with the Python that has what it needs"
            )
        elif answer.get("missing") == "module":
            advice = did_you_mean(
                self.module, answer["modules"], "start kg in the folder that holds it, or install it"
            )
            problem = f"there is no module '{self.module}': {advice}"
        elif answer.get("missing") == "call":
            problem = f"'{self.name}' is a {answer['type']}, which cannot be called: name a function"
        elif "missing" in answer:
            advice = did_you_mean(answer["missing"], answer["names"], "name a function that it defines")
            problem = f"{self.module} has no '{answer['missing']}': {advice}"
        if problem:
            self.close()
            raise UsageError(f"{self.reference}: {problem}")
        described = answer["parameters"]
        self.parameters = None if described is None else [Parameter(**one) for one in described]
        self.systems = answer["systems"]

    def _ask(
        self, request: dict[str, Any], arrays: Sequence[Any], seconds: float
    ) -> tuple[dict[str, Any], list[Any]]:
        assert self._process is not None
        deadline = time.monotonic() + seconds
        try:
            assert self._process.stdin is not None
            wire.write(self._process.stdin, request, arrays)  # type: ignore[arg-type]
            return wire.read(lambda count: self._receive(count, deadline, seconds))
        except (OSError, EOFError):
            raise ForeignLost(self._death()) from None
        except ValueError as error:
            self.close()
            raise ForeignLost(f"it sent something that is no answer: {error}") from None
        except BaseException:
            # A call that was cut short leaves an answer behind that belongs to no question.
            self.close()
            raise

    def _receive(self, count: int, deadline: float, seconds: float) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        stream, data = self._process.stdout.fileno(), bytearray()
        while len(data) < count:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stream], [], [], left)[0]:
                raise ForeignLost(f"no answer within {seconds:g} seconds")
            # Unbuffered, so that what select sees is all there is.
            piece = os.read(stream, count - len(data))
            if not piece:
                raise EOFError
            data += piece
        return bytes(data)

    def _death(self) -> str:
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        code = self._process.returncode
        self.close()
        if code is not None and code < 0:
            with contextlib.suppress(ValueError):
                return f"its process died ({signal.Signals(-code).name})"
        return f"its process ended (exit code {code})"


def _spec(value: Any, arrays: list[Any]) -> dict[str, Any]:
    if isinstance(value, np.ndarray | np.generic):
        arrays.append(np.asarray(value))
        return {"array": len(arrays) - 1}
    if isinstance(value, list | tuple) and any(isinstance(x, np.ndarray) for x in value):
        return {"list": [_spec(one, arrays) for one in value]}
    return {"value": value}
