"""The errors that reach people: data on the exception, words in ``__str__``, never a traceback.

Each message reads *place: what is wrong: what to do*. The class says who has to act.
"""

from __future__ import annotations

from pathlib import Path


class KgError(Exception):
    """Anything a person can cause or mend; ``str(error)`` is the message for them."""


class SourceError(KgError):
    """An author must act: a Turtle, BibTeX or Python file says something that cannot be used."""

    def __init__(self, path: Path | str, line: int, problem: str, advice: str) -> None:
        super().__init__(path, line, problem, advice)
        self.path = Path(path)
        self.line = line
        self.problem = problem
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.path.as_posix()}:{self.line}: {self.problem}: {self.advice}"


class CheckError(KgError):
    """A maintainer must act: a check or an implementation cannot be run as it is written."""


class FetchError(KgError):
    """The network must act: something outside could not be reached, or answered nonsense."""


class UsageError(KgError):
    """The person at the keyboard must act: the command was misused (exit status 2)."""
