"""``kg query --endpoint``: what is sent to another engine, and what is said when it does not answer as it should."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

ROWS = {
    "head": {"vars": ["c", "n"]},
    "results": {
        "bindings": [
            {
                "c": {"type": "uri", "value": "https://example.org/polynomials/concept/horner_evaluation"},
                "n": {
                    "type": "typed-literal",
                    "value": "3",
                    "datatype": "http://www.w3.org/2001/XMLSchema#integer",
                },
            },
            {"c": {"type": "literal", "value": "mot", "xml:lang": "fr"}},
        ]
    },
}
TEXT = "SELECT * { ?c ?p ?n }"


class Engine(ThreadingHTTPServer):
    """An engine that says what a test tells it to, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.headers: dict[str, str] = {"Content-Type": "application/sparql-results+json"}
        self.content = json.dumps(ROWS).encode()
        self.length: int | None = None
        self.pause = 0.0
        self.asked: list[tuple[dict[str, str], dict[str, list[str]]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/sparql"


class _Handler(BaseHTTPRequestHandler):
    server: Engine

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append((dict(self.headers), parse_qs(body, keep_blank_values=True)))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        if self.server.length is not None:
            self.send_header("Content-Length", str(self.server.length))
        self.end_headers()
        for at in range(0, len(self.server.content), 64):
            time.sleep(self.server.pause)
            self.wfile.write(self.server.content[at : at + 64])

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def engine() -> Iterator[Engine]:
    server = Engine()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def nobody(monkeypatch) -> None:
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.delenv(f"KG_ENDPOINT_{name}", raising=False)


def test_the_answer_is_written_as_if_it_were_our_own(kg, engine):
    answer = kg("query", "-e", TEXT, "--endpoint", engine.url)
    assert answer.out.splitlines()[2].split() == ["concept:horner_evaluation", "3"]
    assert answer.out.splitlines()[3].split() == ["mot"]


def test_the_query_is_posted_as_a_form_with_the_prefixes_it_uses(kg, engine):
    kg("query", "-e", "SELECT ?c ?n { ?c a kg:Claim ; <x:p> skos:x }", "--endpoint", engine.url)
    ((headers, form),) = engine.asked
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    (text,) = form["query"]
    assert text.startswith("PREFIX kg: <https://w3id.org/ml-equivalences/vocabulary#> PREFIX skos: ")
    assert text.endswith("SELECT ?c ?n { ?c a kg:Claim ; <x:p> skos:x }")


def test_the_graphs_of_the_project_are_always_named(kg, engine):
    kg("query", "-e", TEXT, "--endpoint", engine.url)
    graphs = engine.asked[0][1]["default-graph-uri"]
    assert "https://example.org/polynomials/source/ontology/concepts/evaluation.ttl" in graphs
    assert "https://example.org/polynomials/source/references.bib" in graphs
    assert len(graphs) == len(set(graphs))


def test_other_graphs_may_be_named_or_none(kg, engine):
    kg("query", "-e", TEXT, "--endpoint", engine.url, "--default-graph", "urn:a", "--default-graph", "urn:b")
    kg("query", "-e", TEXT, "--endpoint", engine.url, "--default-graph", "none")
    assert engine.asked[0][1]["default-graph-uri"] == ["urn:a", "urn:b"]
    assert "default-graph-uri" not in engine.asked[1][1]


def test_graphs_are_only_chosen_at_an_endpoint(kg):
    assert (
        "--default-graph chooses among the graphs of an --endpoint"
        in kg("query", "-e", TEXT, "--default-graph", "urn:a").err
    )


def test_an_empty_answer_says_which_graphs_were_asked(kg, engine):
    engine.content = b'{"head": {"vars": ["c"]}, "results": {"bindings": []}}'
    assert (
        "with --default-graph none the endpoint chooses"
        in kg("query", "-e", TEXT, "--endpoint", engine.url).err
    )


def test_a_limit_cuts_the_answer_and_says_so(kg, engine):
    answer = kg("query", "-e", TEXT, "--endpoint", engine.url, "--limit", 1)
    assert answer.err == "only the first 1: there are more\n"


def test_yes_and_no_are_understood_also_as_a_table(kg, engine):
    engine.content = b'{"head": {}, "boolean": false}'
    assert kg("query", "-e", "ASK {}", "--endpoint", engine.url).out == "no\n"
    row = {"__ASK_RETVAL": {"type": "literal", "value": "1"}}
    engine.content = json.dumps({"head": {"vars": ["__ASK_RETVAL"]}, "results": {"bindings": [row]}}).encode()
    assert kg("query", "-e", "ASK {}", "--endpoint", engine.url).out == "yes\n"


def test_a_graph_is_read_too(kg, engine):
    engine.headers["Content-Type"] = "application/n-triples"
    engine.content = b"<x:s> <x:p> <x:o> .\n"
    answer = kg("query", "-e", "CONSTRUCT WHERE { ?s ?p ?o }", "--endpoint", engine.url, "--format", "nt")
    assert answer.out == "<x:s> <x:p> <x:o> .\n"


def test_user_and_password_come_from_the_environment(kg, engine, monkeypatch):
    monkeypatch.setenv("KG_ENDPOINT_USER", "ada")
    monkeypatch.setenv("KG_ENDPOINT_PASSWORD", "secret")
    kg("query", "-e", TEXT, "--endpoint", engine.url)
    assert engine.asked[0][0]["Authorization"] == "Basic " + base64.b64encode(b"ada:secret").decode()


def test_a_token_comes_from_the_environment(kg, engine, monkeypatch):
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "abc")
    kg("query", "-e", TEXT, "--endpoint", engine.url)
    assert engine.asked[0][0]["Authorization"] == "Bearer abc"


def test_half_of_the_credentials_is_misuse(kg, engine, monkeypatch):
    monkeypatch.setenv("KG_ENDPOINT_USER", "ada")
    answer = kg("query", "-e", TEXT, "--endpoint", engine.url)
    assert (answer.status, len(engine.asked)) == (2, 0)
    assert "KG_ENDPOINT_USER is set and KG_ENDPOINT_PASSWORD is not" in answer.err


def test_a_password_never_travels_in_the_clear(kg, monkeypatch):
    monkeypatch.setenv("KG_ENDPOINT_TOKEN", "abc")
    answer = kg("query", "-e", TEXT, "--endpoint", "http://kg.invalid/sparql")
    assert answer.status == 2
    assert "a password would travel in the clear" in answer.err


def test_a_password_in_the_address_is_refused_and_not_repeated(kg):
    answer = kg("query", "-e", TEXT, "--endpoint", "https://ada:secret@kg.invalid/sparql")
    assert answer.status == 2
    assert "KG_ENDPOINT_PASSWORD" in answer.err
    assert "secret" not in answer.err


@pytest.mark.parametrize(
    ("status", "headers", "content", "words"),
    [
        (
            401,
            {"WWW-Authenticate": 'Basic realm="kg"'},
            b"",
            "it asks for a password (Basic): set KG_ENDPOINT_USER",
        ),
        (403, {}, b"not for you", "it answers 403 Forbidden: not for you"),
        (
            302,
            {"Location": "https://other.invalid/"},
            b"",
            "it has moved to https://other.invalid/: give that address",
        ),
        (400, {}, b"error at 1:8", "cannot read this query: error at 1:8"),
        (500, {}, b"", "it answers 500 Internal Server Error: it does not say why"),
        (200, {}, b"<html>hello</html>", "its answer is no SPARQL result but a web page: give the address"),
        (200, {}, b'{"a": 1}', "its answer is JSON, but no SPARQL result"),
        (200, {}, b'{"head": {"vars": ["c"]}, "results": {"bindings": [', "the answer is cut off: ask again"),
        (
            200,
            {},
            json.dumps(ROWS).encode() + b" The operation has been cancelled",
            "the answer is cut off: ask again",
        ),
    ],
)
def test_what_goes_wrong_is_said_with_what_to_do(status, headers, content, words, kg, engine):
    engine.status, engine.content = status, content
    engine.headers |= headers
    answer = kg("query", "-e", TEXT, "--endpoint", engine.url)
    assert answer.status == (2 if status == 400 else 1)
    assert answer.out == ""
    assert words in answer.err


def test_an_answer_shorter_than_announced_is_cut_off(kg, engine):
    engine.length = len(engine.content) + 100
    answer = kg("query", "-e", TEXT, "--endpoint", engine.url)
    assert (answer.status, answer.out) == (1, "")
    assert "the answer is cut off" in answer.err


def test_a_graph_that_ends_in_the_middle_is_cut_off(kg, engine):
    engine.headers["Content-Type"] = "text/turtle"
    engine.content = b"<x:s> <x:p> <x:o> ; <x:q>"
    assert "the answer is cut off" in kg("query", "-e", "DESCRIBE <x:s>", "--endpoint", engine.url).err


def test_an_endpoint_that_drips_is_given_up_when_the_time_is_over(kg, engine):
    engine.pause = 0.2
    begun = time.monotonic()
    answer = kg("query", "-e", TEXT, "--endpoint", engine.url, "--timeout", 0.5)
    assert time.monotonic() - begun < 5
    assert answer.status == 1
    assert "no whole answer within 0.5 s: give it more time with --timeout" in answer.err


def hang_up(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.close()


def test_an_endpoint_that_is_down_is_told_apart_from_one_that_hangs_up(kg):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        threading.Thread(target=hang_up, args=(listener,)).start()
        assert "it closed the connection without an answer" in kg("query", "-e", TEXT, "--endpoint", url).err
    assert "nothing listens there: start the endpoint" in kg("query", "-e", TEXT, "--endpoint", url).err


@pytest.mark.parametrize(
    "url", ["localhost:7878", "ftp://example.org/", "http://", "http://a b/", "http://x:99999/"]
)
def test_what_is_no_address_is_misuse(url: str, kg):
    answer = kg("query", "-e", TEXT, "--endpoint", url)
    assert answer.status == 2
    assert "this is no address of an endpoint" in answer.err


def test_an_update_is_sent_nowhere(kg, engine):
    answer = kg("query", "-e", "INSERT DATA { <x:s> <x:p> 1 }", "--endpoint", engine.url)
    assert (answer.status, engine.asked) == (2, [])
    assert "is an update, and a query changes nothing" in answer.err


def test_graphs_and_services_are_for_the_endpoint_to_judge(kg, engine):
    kg("query", "-e", "SELECT * FROM <x:g> { SERVICE <x:s> { ?c ?p ?n } }", "--endpoint", engine.url)
    assert len(engine.asked) == 1
