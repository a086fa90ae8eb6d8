"""The same query to another engine, over the SPARQL 1.1 Protocol.

Engines differ in what they ask when nobody says: their default graph, or the union of all graphs. So the graphs are
always named in ``default-graph-uri``. The form-encoded POST is the one way of asking that every engine understands.
A query that fails while its answer is on the way is reported by no status: the answer merely ends early. Hence its length
is checked, and text that does not close counts as cut.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

from kg import names
from kg.errors import FetchError, UsageError
from kg.query import Result
from kg.query.guard import refuse_unsafe
from kg.query.tokens import query_form, tokens

USER, PASSWORD, TOKEN = "KG_ENDPOINT_USER", "KG_ENDPOINT_PASSWORD", "KG_ENDPOINT_TOKEN"
LARGEST = 2**30
"""Bytes of an answer that are read at most."""

_TABLE = "application/sparql-results+json"
_GRAPH = "application/n-triples, text/turtle;q=0.9"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def credentials(environment: Mapping[str, str]) -> str:
    """The value of the header ``Authorization``, from the environment; empty if it holds nothing.

    Raises: UsageError if it holds half of what is needed.
    """
    user, password, token = (environment.get(name, "") for name in (USER, PASSWORD, TOKEN))
    if token:
        return f"Bearer {token}"
    if bool(user) != bool(password):
        missing, given = (PASSWORD, USER) if user else (USER, PASSWORD)
        raise UsageError(f"{given} is set and {missing} is not: set both, or neither")
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Another engine: where it is, which graphs it is asked about, how long it may take, and who asks."""

    url: str
    default_graphs: Sequence[str] = ()
    seconds: float = 60.0
    authorization: str = ""

    def select(self, text: str, base: str, limit: int | None = None, *, name: str = "query") -> Result:
        """The answer to a query; the prefixes of a project with this base IRI need not be declared.

        Raises: UsageError for an update or an address that cannot be used; FetchError if there is no whole answer.
        """
        from kg.query.results import graph, table

        refuse_unsafe(text, name, elsewhere=True)
        form = query_form(text)
        is_graph = form in {"CONSTRUCT", "DESCRIBE"}
        parameters = [("query", _with_prefixes(text, base))]
        parameters += [("default-graph-uri", graph_iri) for graph_iri in self.default_graphs]
        kind, content = self._posted(urlencode(parameters).encode(), _GRAPH if is_graph else _TABLE, name)
        try:
            return graph(content, kind, limit) if is_graph else table(content, form == "ASK", limit)
        except ValueError as error:
            raise FetchError(f"{self.url}: {error}") from None

    def _posted(self, body: bytes, accept: str, name: str) -> tuple[str, bytes]:
        """The media type and the whole text of the answer."""
        deadline = time.monotonic() + self.seconds
        connection, path = _connection(self.url, bool(self.authorization), self.seconds)
        headers = {
            "Accept": accept,
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "kg",
            "Connection": "close",
        }
        if self.authorization:
            headers["Authorization"] = self.authorization
        try:
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            content = _read(response, connection, deadline)
        except TimeoutError:
            raise FetchError(
                f"{self.url}: no whole answer within {self.seconds:g} s: give it more time with --timeout, "
                "or make the query narrower"
            ) from None
        except (http.client.HTTPException, OSError) as error:
            raise FetchError(f"{self.url}: {_reason(error)}") from None
        finally:
            connection.close()
        if response.status != 200:
            raise self._refusal(response, content, name)
        return response.headers.get_content_type(), content

    def _refusal(self, response: http.client.HTTPResponse, content: bytes, name: str) -> Exception:
        said = " ".join(content.decode(errors="replace").split())[:300]
        status = f"{response.status} {response.reason}".strip()
        if response.status in {401, 407}:
            scheme = (response.headers.get("WWW-Authenticate") or "a password").split(" ")[0]
            if self.authorization:
                return FetchError(
                    f"{self.url}: it refuses these credentials ({scheme}): correct {_VARIABLES}"
                )
            return FetchError(f"{self.url}: it asks for a password ({scheme}): set {_VARIABLES}")
        if 300 <= response.status < 400:
            target = response.headers.get("Location") or "an address it does not name"
            return FetchError(f"{self.url}: it has moved to {target}: give that address to --endpoint")
        if response.status == 400:
            return UsageError(f"{name}: {self.url} cannot read this query: {said or 'it does not say why'}")
        return FetchError(
            f"{self.url}: it answers {status}: {said or 'it does not say why; try again later'}"
        )


_VARIABLES = f"{USER} and {PASSWORD}, or {TOKEN}, in the environment"


def _connection(url: str, has_secret: bool, seconds: float) -> tuple[http.client.HTTPConnection, str]:
    """A connection that is not open yet, and the path to ask."""
    parts = _address(url)
    if has_secret and parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise UsageError(
            f"{url}: a password would travel in the clear: give an address that begins with https"
        )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    assert parts.hostname is not None
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.hostname, parts.port, timeout=seconds), path
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(parts.hostname, parts.port, timeout=seconds, context=context), path


def _address(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or not url.isascii() or any(letter <= " " for letter in url):
        raise UsageError(f"{url}: this is no address of an endpoint: write it as https://example.org/sparql")
    if parts.username is not None:
        raise UsageError(
            f"--endpoint: an address is seen by others: keep the password out of it, and set {_VARIABLES}"
        )
    return parts


def _read(
    response: http.client.HTTPResponse, connection: http.client.HTTPConnection, deadline: float
) -> bytes:
    """The whole answer. Each part of it may take what is left of the time, not the whole time again."""
    parts: list[bytes] = []
    size = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if connection.sock is not None:
            connection.sock.settimeout(left)
        part = response.read1(1 << 20)
        if not part:
            break
        parts.append(part)
        size += len(part)
        if size > LARGEST:
            raise http.client.HTTPException(
                f"the answer is larger than {LARGEST >> 20} MiB: add LIMIT to the query"
            )
    missing = response.length
    if missing:
        raise http.client.IncompleteRead(b"", missing)
    return b"".join(parts)


def _reason(error: Exception) -> str:
    """What went wrong on the way, in words, and what to do."""
    if isinstance(error, http.client.IncompleteRead):
        return "the answer is cut off: ask again, or make the query narrower"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there: start the endpoint, or correct the address"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection ({error.reason or error}): check the certificate, or the address"
    if isinstance(error, ConnectionError | http.client.RemoteDisconnected):
        return "it closed the connection without an answer: ask again, or look at its log"
    if isinstance(error, http.client.BadStatusLine | http.client.LineTooLong):
        return "what listens there does not speak HTTP: correct the address"
    if isinstance(error, OSError):
        return f"it cannot be reached ({error.strerror or error}): check the address and the network"
    return str(error) or type(error).__name__


def _with_prefixes(text: str, base: str) -> str:
    """The query with the prefixes it uses and does not declare, on its own first line so that lines keep their numbers."""
    found = tokens(text)
    declared = {found[at + 1].prefix for at, token in enumerate(found[:-1]) if token.word == "PREFIX"}
    used = {token.prefix for token in found if token.kind == "prefixed name"} - declared
    known = names.prefixes(base)
    return "".join(f"PREFIX {prefix}: <{known[prefix]}> " for prefix in sorted(used & known.keys())) + text
