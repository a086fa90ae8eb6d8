"""The endpoint and the site over HTTP, on the loopback interface only.

Pages of other sites can send requests here from a browser on this machine. So the name asked for must be one of this
machine (no rebinding of names), and a request that says it comes from another site is refused unless that site is
allowed.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kg.project import Project, source_graphs
from kg.query import Dataset
from kg.query.process import Outcome, Question
from kg.serve.description import description
from kg.serve.negotiation import GRAPH, chosen
from kg.serve.protocol import Operation, Refusal, operation
from kg.serve.workers import Busy, Workers

HOST = "127.0.0.1"
ENDPOINT = "/sparql"
_NAMES = {"localhost", HOST, "::1"}
_CONNECTIONS = 64
_GRACE = 5.0
"""Seconds that running queries are given to end when the server stops."""
_LISTENED = 2.0
"""Seconds that a client is listened to whose request was refused before it had been read."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server serves and how much of it: ``runs`` is how many claims a query may run, None for no functions."""

    project: Project
    site: Path | None = None
    seconds: float = 30.0
    rows: int = 100_000
    body: int = 1 << 20
    jobs: int = 2
    cors: tuple[str, ...] = ()
    runs: int | None = None


class Server(ThreadingHTTPServer):
    """Listens as soon as it is made; port 0 takes a free one.

    Raises: OSError if the port is taken.
    """

    daemon_threads = True

    def __init__(self, settings: Settings, port: int) -> None:
        self.settings = settings
        self.workers = Workers(settings.jobs)
        self._free = threading.BoundedSemaphore(_CONNECTIONS)
        self._running = 0
        self._lock = threading.Lock()
        super().__init__((HOST, port), partial(_Handler, directory=str(settings.site or ".")))

    @property
    def address(self) -> str:
        """Where the endpoint is."""
        return f"http://{HOST}:{self.server_address[1]}{ENDPOINT}"

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, unless there are too many already."""
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """What that thread does."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error of ours, and nobody else can be told."""

    def ask(self, asked: Operation) -> Outcome:
        """The outcome of a query.

        Raises: Busy.
        """
        settings = self.settings
        question = Question(
            settings.project,
            asked.text,
            form=asked.form,
            limit=settings.rows,
            runs=settings.runs,
            dataset=self._dataset(asked.dataset),
        )
        with self._lock:
            self._running += 1
        try:
            return self.workers.ask(question, settings.seconds)
        finally:
            with self._lock:
                self._running -= 1

    def _dataset(self, asked: Dataset) -> Dataset:
        # The union of all graphs is known to the engine; of graphs that are listed it asks one after the other.
        is_all = asked.default is not None and {*source_graphs(self.settings.project)} <= {*asked.default}
        return Dataset(None, asked.named) if is_all else asked

    def end(self) -> None:
        """Let running queries end, for a while, and stop."""
        self.server_close()
        deadline = time.monotonic() + _GRACE
        while self._running and time.monotonic() < deadline:
            time.sleep(0.02)
        self.workers.stop()


class _Handler(SimpleHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "kg"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        self._respond(b"")

    def do_HEAD(self) -> None:
        self._respond(b"")

    def do_POST(self) -> None:
        try:
            self._check_origin()
            body = self._body()
        except Refusal as refusal:
            self._refuse_unread(refusal)
        else:
            self._respond(body)

    def do_OPTIONS(self) -> None:
        self.send_response(204)
        self.send_header("Allow", "GET, HEAD, POST, OPTIONS")
        if self._allowed_origin():
            self.send_header("Access-Control-Allow-Methods", "GET, POST")
            self.send_header("Access-Control-Allow-Headers", "Content-Type, Accept")
        self.end_headers()

    def do_PUT(self) -> None:
        allowed = ("Allow", "GET, HEAD, POST, OPTIONS")
        self._refuse_unread(Refusal(405, "this endpoint is read-only: use GET or POST"), allowed)

    def do_DELETE(self) -> None:
        self.do_PUT()

    def do_PATCH(self) -> None:
        self.do_PUT()

    def _respond(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        try:
            self._check_origin()
            if parts.path == ENDPOINT:
                self._endpoint(parts.query, body)
            else:
                self._page()
        except Refusal as refusal:
            self._refuse(refusal)

    def _page(self) -> None:
        if self.command == "POST":
            raise Refusal(404, f"queries are answered at {ENDPOINT}: post them there")
        if self.server.settings.site is None:
            raise Refusal(404, f"there is no site here, only {ENDPOINT}: build one with kg map")
        if self.command == "HEAD":
            super().do_HEAD()
        else:
            super().do_GET()

    # --- the endpoint

    def _endpoint(self, query: str, body: bytes) -> None:
        settings = self.server.settings
        accept = ", ".join(self.headers.get_all("Accept") or [])
        kind = self.headers.get("Content-Type") or ""
        with_functions = settings.runs is not None
        asked = operation(self.command, query, kind, body, accept, with_functions=with_functions)
        if asked is None:
            media_type = chosen(accept, GRAPH) or "text/turtle"
            address = self.server.address
            text = description(settings.project, address, GRAPH[media_type], with_functions=with_functions)
            self._send(200, media_type, text.encode())
            return
        try:
            status, words = self.server.ask(asked)
        except Busy:
            raise Refusal(503, "too many queries are being answered: ask again later") from None
        if status != "answer":
            raise _refusal(status, words, settings)
        self._send(200, asked.media_type, words.encode(errors="replace"))

    def _body(self) -> bytes:
        """The body of the request.

        Raises: Refusal if it is too large, or its length is not said.
        """
        length = self.headers.get("Content-Length") or ""
        if not length.isdigit() or self.headers.get("Transfer-Encoding"):
            raise Refusal(411, "the length of the body is not said: send Content-Length")
        if int(length) > self.server.settings.body:
            raise Refusal(
                413, f"the body is larger than {self.server.settings.body} bytes: send a shorter query"
            )
        try:
            body = self.rfile.read(int(length))
        except TimeoutError:
            raise Refusal(408, f"the body did not arrive within {self.timeout} s: send it again") from None
        if len(body) < int(length):
            raise Refusal(400, "the body ends early: send it again")
        return body

    # --- who asks

    def _check_origin(self) -> None:
        host = urlsplit("//" + (self.headers.get("Host") or HOST)).hostname
        if host not in _NAMES:
            raise Refusal(421, f"this server is not {host}: ask it as localhost")
        origin = self.headers.get("Origin")
        if origin is None or self._allowed_origin() or urlsplit(origin).netloc == self.headers.get("Host"):
            return
        raise Refusal(403, f"pages of {origin} may not ask here: allow it with kg serve --cors {origin}")

    def _allowed_origin(self) -> str:
        origin, allowed = self.headers.get("Origin") or "", self.server.settings.cors
        if "*" in allowed:
            return "*"
        return origin if origin in allowed else ""

    # --- what is sent

    def end_headers(self) -> None:
        """The headers that every answer has."""
        if origin := self._allowed_origin():
            self.send_header("Access-Control-Allow-Origin", origin)
        self.send_header("Vary", "Accept, Origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def _refuse(self, refusal: Refusal, *headers: tuple[str, str]) -> None:
        self._send(refusal.status, "text/plain", f"{refusal.words}\n".encode(errors="replace"), *headers)

    def _refuse_unread(self, refusal: Refusal, *headers: tuple[str, str]) -> None:
        """Refuse a request whose body was not read, and end the connection: the rest would be taken for the next one."""
        self.close_connection = True
        self._refuse(refusal, *headers)
        # A client that still sends when the connection is closed loses the answer, so it is listened to for a while.
        until = time.monotonic() + _LISTENED
        with suppress(OSError):
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LISTENED)
            while self.connection.recv(1 << 16) and time.monotonic() < until:
                pass

    def _send(self, status: int, media_type: str, content: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        is_text = media_type.startswith("text/")
        self.send_header("Content-Type", f"{media_type}; charset=utf-8" if is_text else media_type)
        self.send_header("Content-Length", str(len(content)))
        if status == 503:
            self.send_header("Retry-After", "5")
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def list_directory(self, path: Any) -> None:
        """Nothing: a folder without a front page is no page."""
        self._refuse(Refusal(404, "there is no such page: begin at /"))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the library's
        """Say nothing of what went well, or of what the client has been told."""


def _refusal(status: str, words: str, settings: Settings) -> Refusal:
    """What is said of a query that has no whole answer."""
    if status == "cut answer":
        return Refusal(403, f"the answer has more than {settings.rows} rows: add LIMIT to the query")
    if status == "time":
        return Refusal(503, f"stopped after {settings.seconds:g} s: make the query narrower")
    if status == "memory":
        return Refusal(503, "the answer needs too much memory: make the query narrower, or add LIMIT to it")
    return Refusal(400 if status == "misused" else 500, words)
