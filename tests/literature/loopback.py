"""A stand-in for api.openalex.org on this machine, so that pyalex can be tested as it is.

pyalex cannot be pointed elsewhere, so requests are led here by the two variables that requests itself reads:
``HTTPS_PROXY`` and ``REQUESTS_CA_BUNDLE``. The proxy refuses every other host, which also shows that none is asked.
"""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import trustme

HOST = "api.openalex.org"


@dataclass(frozen=True)
class Reply:
    """What the server does with one request: answers, late, only in part, or not at all."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    cut: int | None = None
    resets: bool = False

    @property
    def content(self) -> bytes:
        """The body as bytes; anything but bytes is written as JSON."""
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Request:
    """What was asked."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    target: str


Answerer = Callable[[Request], Reply]


class Loopback:
    """The server: ``answer`` decides, ``requests`` remembers."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.bundle = folder / "authority.pem"
        authority.cert_pem.write_to_path(str(self.bundle))
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(HOST).configure_cert(self._context)
        self.requests: list[Request] = []
        self.refused: list[str] = []
        self.works: dict[str, dict[str, Any]] = {}
        self.planned: dict[str, list[Reply]] = {}
        self.answer: Answerer = self.catalogue
        self._server = _Server(("127.0.0.1", 0), self)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """What a process must have in its environment to be led here."""
        proxy = f"http://127.0.0.1:{self._server.server_address[1]}"
        return {"HTTPS_PROXY": proxy, "REQUESTS_CA_BUNDLE": str(self.bundle), "NO_PROXY": ""}

    def add(self, work: dict[str, Any], *names: str) -> None:
        """Put a work into the catalogue, under its own identifiers and these."""
        own = [str(work[name]) for name in ("id", "doi") if work.get(name)]
        for name in (*own, *names):
            self.works[_mark(name)] = work

    def catalogue(self, request: Request) -> Reply:
        """Answer as OpenAlex would, out of the works that were added; what was planned comes first."""
        one = request.path.removeprefix("/works").strip("/")
        planned = self.planned.get(_mark(one) if one else "list")
        if planned:
            return planned.pop(0)
        if one:
            work = self.works.get(_mark(one))
            return Reply(work) if work else Reply(b"<html>not found</html>", 404)
        return Reply(self._listed(request.query))

    def _listed(self, query: dict[str, str]) -> dict[str, Any]:
        filters = dict(part.split(":", 1) for part in query.get("filter", "").split(","))
        works = list({work["id"]: work for work in self.works.values()}.values())
        for name in ("openalex_id", "doi"):
            if name in filters:
                marks = [_mark(one) for one in filters[name].split("|")]
                works = [self.works[mark] for mark in marks if mark in self.works]
        if "locations.landing_page_url" in filters:
            wanted = set(filters["locations.landing_page_url"].split("|"))
            works = [w for w in works if any(place["landing_page_url"] in wanted for place in w["locations"])]
        if "cites" in filters:
            ids = {_mark(one) for one in filters["cites"].split("|")}
            types = filters["type"].split("|")
            works = [
                w for w in works if w["type"] in types and ids & {_mark(r) for r in w["referenced_works"]}
            ]
        if "title.search" in filters:
            words = filters["title.search"].lower().replace("+", " ").split()
            works = [w for w in works if all(word in (w["title"] or "").lower() for word in words)]
        cost = 0.001 if "title.search" in filters else 0.0001
        meta = {"count": len(works), "per_page": 100, "next_cursor": None, "cost_usd": cost}
        return {"meta": meta, "results": works, "group_by": []}

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    @property
    def context(self) -> ssl.SSLContext:
        """The TLS side of the server."""
        return self._context


def _mark(name: str) -> str:
    return (
        unquote(name)
        .lower()
        .removeprefix("doi:")
        .removeprefix("https://doi.org/")
        .rpartition("openalex.org/")[2]
    )


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], loopback: Loopback) -> None:
        self.loopback = loopback
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of several tests."""


class _Handler(socketserver.BaseRequestHandler):
    server: _Server

    def handle(self) -> None:
        """Tunnel to the one host there is, then speak HTTP inside."""
        first = _head(self.request)
        host = first.split(" ")[1].partition(":")[0]
        if host != HOST:
            self.server.loopback.refused.append(host)
            self.request.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
        self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with (
            suppress(OSError),
            self.server.loopback.context.wrap_socket(self.request, server_side=True) as inner,
        ):
            while self._one(inner):
                pass

    def _one(self, inner: ssl.SSLSocket) -> bool:
        head = _head(inner)
        if not head:
            return False
        lines = head.split("\r\n")
        target = lines[0].split(" ")[1]
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in lines[1:] if line)}
        request = Request(parts.path, query, headers, target)
        self.server.loopback.requests.append(request)
        reply = self.server.loopback.answer(request)
        time.sleep(reply.wait)
        if reply.resets:
            return False
        content = reply.content
        sent = {"Content-Type": "application/json", "Content-Length": str(len(content)), **reply.headers}
        rows = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        body = content if reply.cut is None else content[: reply.cut]
        inner.sendall(f"HTTP/1.1 {reply.status} X\r\n{rows}\r\n".encode() + body)
        return reply.cut is None


def _head(connection: Any) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(4096)
        if not more:
            return ""
        data += more
    return data.decode("latin-1")


@contextmanager
def loopback(folder: Path) -> Iterator[Loopback]:
    """A server for the time of a test."""
    server = Loopback(folder)
    try:
        yield server
    finally:
        server.close()
