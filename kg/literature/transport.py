"""One question to OpenAlex through pyalex, and everything that can go wrong with it as one of a few errors.

pyalex is used as it is, with three things it leaves to its caller: a session with a timeout (its own waits for
ever), what to do when the server says *not now* (urllib3 would sleep up to six hours), and its nine kinds of
exception. The key goes out in a header, and into nothing that is written or said.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Any

import pyalex
import requests
from pyalex.api import QueryError

from kg.errors import FetchError

HOST = "api.openalex.org"
KEY_VARIABLE = "OPENALEX_API_KEY"
TRIES = 3
FIRST_PAUSE = 0.25
PER_SECOND, PER_SECOND_WITH_KEY = 8, 25
"""The server allows 10 questions a second without a key and 30 with a free one."""

LONGEST_WAIT = 60.0
"""A server that asks for more patience than this many seconds has run out of budget, not of breath."""


class NotFoundError(FetchError):
    """OpenAlex has no such work."""


class BadQuestionError(FetchError):
    """OpenAlex refuses the question as it is put."""


class DeniedError(FetchError):
    """The key is missing where one is needed, or is not accepted."""


class ExhaustedError(FetchError):
    """The budget of the day is used up; ``resets_in`` seconds it is there again, if the server said so."""

    def __init__(self, message: str, resets_in: float | None = None) -> None:
        super().__init__(message)
        self.resets_in = resets_in


class UnreachableError(FetchError):
    """No answer came, after several tries."""


class GarbledError(FetchError):
    """An answer came that is none."""


class Transport:
    """The connection: asks one question at a time, not too fast, and counts what it costs."""

    def __init__(self, key: str | None = None, *, timeout: float = 30.0) -> None:
        self.spent = 0.0
        self.remaining: float | None = None
        self.calls = 0
        self._key = key
        self._interval = 1 / (PER_SECOND_WITH_KEY if key else PER_SECOND)
        self._asked_at = 0.0
        self._last: requests.Response | None = None
        self._session = _Session(timeout)
        self._session.hooks["response"].append(self._note)

    def ask(self, query: Any, price: float = 0.0) -> Any:
        """The payload of a pyalex query: a work, or a list of works with its ``meta``.

        Raises: one of the errors of this module; whatever it is, nothing has been lost but this question.
        """
        pyalex.config.api_key = self._key
        error: FetchError | None = None
        for attempt in range(TRIES):
            self._keep_pace()
            spent, self._last = self.spent, None
            try:
                found = query._get_from_url(query.url, self._session)
            except Exception as raised:
                error = self._error(raised)
                if not isinstance(error, UnreachableError | GarbledError):
                    raise error from None
                if attempt + 1 < TRIES:
                    time.sleep(self._patience(FIRST_PAUSE * 2**attempt))
                continue
            if self.spent == spent:
                self.spent += _number(getattr(found, "meta", None) or {}, "cost_usd", price)
            return found
        assert error is not None
        raise error

    def _keep_pace(self) -> None:
        wait = self._asked_at + self._interval - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self._asked_at = time.monotonic()
        self.calls += 1

    def _note(self, response: requests.Response, **_: object) -> None:
        self._last = response
        self.spent += _number(response.headers, "X-RateLimit-Cost-USD", 0.0)
        if "X-RateLimit-Remaining-USD" in response.headers:
            self.remaining = _number(response.headers, "X-RateLimit-Remaining-USD", 0.0)

    def _patience(self, otherwise: float) -> float:
        """How long to wait before the next try: what the server asked for, if it did."""
        wait = _retry_after(self._last)
        return otherwise if wait is None else min(wait, LONGEST_WAIT)

    def _error(self, raised: Exception) -> FetchError:
        response = self._last
        status = response.status_code if response is not None else None
        words = self._words(response)
        if status == requests.codes.not_found:
            return NotFoundError(f"{HOST}: there is no such work: check the identifier")
        if status == requests.codes.bad_request or (isinstance(raised, QueryError) and status != 401):
            return BadQuestionError(f"{HOST}: the question was refused ({words}): please report it")
        if status in (requests.codes.unauthorized, requests.codes.forbidden):
            advice = f"correct or unset the variable {KEY_VARIABLE}"
            return DeniedError(f"{HOST}: access was denied ({words}): {advice}")
        if status == requests.codes.too_many:
            return self._limited(response, words)
        if status is not None and status >= 500:
            return UnreachableError(f"{HOST}: the server failed (status {status}): try again later")
        if isinstance(raised, requests.RequestException) and not isinstance(raised, ValueError):
            what = type(raised).__name__
            advice = "check the network, or use --offline to work from the cache"
            return UnreachableError(f"{HOST}: no answer came ({what}): {advice}")
        advice = "try again later; if it stays so, the format has changed and kg needs an update"
        return GarbledError(f"{HOST}: the answer cannot be read ({type(raised).__name__}): {advice}")

    def _limited(self, response: requests.Response | None, words: str) -> FetchError:
        if "upgrade" in words.lower():
            return BadQuestionError(f"{HOST}: the question needs a paid plan ({words}): ask without it")
        wait = _retry_after(response)
        is_empty = self.remaining == 0
        if not is_empty and (wait is None or wait <= LONGEST_WAIT):
            return UnreachableError(f"{HOST}: too many questions at once: try again later")
        when = "tomorrow" if wait is None else f"in {span(wait)}"
        advice = f"go on then, or set {KEY_VARIABLE}; what was fetched is kept"
        return ExhaustedError(
            f"{HOST}: the budget of the day is used up, it is renewed {when}: {advice}", wait
        )

    def _words(self, response: requests.Response | None) -> str:
        """What the server says for itself, in one line, without the key."""
        if response is None:
            return "no words"
        try:
            said = response.json()
            text = str(said.get("message") or said.get("error") or "no words")
        except (ValueError, AttributeError, RuntimeError, requests.RequestException):
            text = f"status {response.status_code}"
        text = " ".join(re.sub(r"<[^>]*>", " ", text).split())
        return (text.replace(self._key, "…") if self._key else text)[:200]


class _Session(requests.Session):
    """A session that does not wait for ever."""

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self._timeout = timeout

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """As requests does, within the time that was given."""
        options.setdefault("timeout", self._timeout)
        return super().request(*arguments, **options)


def span(seconds: float) -> str:
    """A stretch of time for people: ``40 s``, ``12 min``, ``13 h``."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def _retry_after(response: requests.Response | None) -> float | None:
    """The seconds of a Retry-After header, which may also be a date."""
    text = response.headers.get("Retry-After") if response is not None else None
    if not text:
        return None
    try:
        return max(float(text), 0.0)
    except ValueError:
        pass
    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, TypeError):
        return None


def _number(values: Mapping[str, Any], name: str, otherwise: float) -> float:
    try:
        return float(values.get(name, otherwise))
    except (TypeError, ValueError):
        return otherwise
