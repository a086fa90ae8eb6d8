"""What a query may not do. Nothing here asks the network: the only sockets are on the loopback interface."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pyoxigraph as ox
import pytest


class Trap:
    """A server that counts who connects to it."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}/sparql"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            connection.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    trap = Trap()
    yield trap
    trap.socket.close()


CALLS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { service silent <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE<URL>{ ?s ?p ?o } }",
    "PREFIX e: <URL> SELECT * { SERVICE e: { ?s ?p ?o } }",
    # pyoxigraph needs no blank after the keyword, nor before it.
    "PREFIX e: <URL> SELECT * { SERVICEe:{ ?s ?p ?o } }",
    "PREFIX : <URL> SELECT * { SERVICE: { ?s ?p ?o } }",
    "PREFIX : <URL> PREFIX SERVICE: <x:y> SELECT * { SERVICE: { ?s ?p ?o } }",
    "PREFIX e: <URL> SELECT * { SERVICESILENTe:{ ?s ?p ?o } }",
    "SELECT * { ?s ?p ?o FILTER(1<2)SERVICE<URL>{ ?s ?p ?o } }",
    # Hidden below something that looks like a string or a comment.
    'SELECT * { ?s ?p ?o . # "\nSERVICE <URL> { ?s ?p ?o } # "\n }',
    "SELECT * { ?s ?p ?o . # comment\rSERVICE <URL> { ?s ?p ?o } }",
    'SELECT * { VALUES ?x {"""x" } SERVICE <URL> { ?s ?p ?o } #"\n }',
    "ASK { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } } } }",
]


@pytest.mark.parametrize("text", CALLS)
def test_a_query_that_would_call_another_machine_is_refused_and_calls_nobody(text: str, kg, trap: Trap):
    answer = kg("query", "-e", text.replace("URL", trap.url))
    assert (answer.status, answer.out) == (2, "")
    assert "SERVICE would send part of the query to another machine" in answer.err
    assert trap.connections == 0


@pytest.mark.parametrize("text", CALLS)
def test_the_same_query_would_call_it_without_the_refusal(text: str, trap: Trap):
    # Shows that the test above can fail; whether the engine then reports the failed call does not matter.
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), ox.Literal("x")))
    try:
        answer = store.query(text.replace("URL", trap.url))
        _ = answer if isinstance(answer, ox.QueryBoolean) else list(answer)
    except OSError:
        pass
    assert trap.connections > 0


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service { ?service a kg:Identity }",
        'SELECT * { ?claim kg:statement ?s FILTER(CONTAINS(?s, "SERVICE <http://x> { LOAD FROM")) }',
        "SELECT * { ?claim kg:statement 'service' } # SERVICE <http://x> {}",
        "SELECT * { ?claim <http://example.org/SERVICE> ?load . ?load a concept:service }",
        "SELECT * { ?claim ?load ?from . _:service a ?insert } LIMIT 3",
        "PREFIX service: <http://example.org/> SELECT * { ?s a service:thing }",
        "SELECT * { ?s ?p 'x'@en-service }",
    ],
)
def test_the_words_of_a_refusal_are_free_in_names_strings_and_comments(text: str, kg):
    assert kg("query", "-e", text).status == 0


@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED", "from"])
@pytest.mark.parametrize("source", ["<FILE>", "<URL>", "concept:file"])
def test_a_query_that_names_a_document_to_load_is_refused(clause: str, source: str, kg, trap: Trap, tmp_path):
    secret = tmp_path / "secret.ttl"
    secret.write_text("<x:s> <x:p> 'secret' .")
    source = source.replace("FILE", secret.as_uri()).replace("URL", trap.url)
    answer = kg("query", "-e", f"SELECT * {clause} {source} {{ ?s ?p ?o }}")
    assert (answer.status, answer.out) == (2, "")
    assert "FROM is not allowed" in answer.err
    assert trap.connections == 0


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <FILE>",
        "LOAD <URL>",
        "INSERT DATA { <x:s> <x:p> 1 }",
        "DELETE WHERE { ?s ?p ?o }",
        "PREFIX a: <x:y> # comment\nBASE <x:z> INSERT { ?s a ?o } WHERE { ?s ?p ?o }",
        "CLEAR ALL",
        "drop default",
        "WITH <x:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "CREATE GRAPH <x:g>",
        "COPY DEFAULT TO <x:g>",
    ],
)
def test_an_update_is_refused_and_changes_nothing(text: str, kg, trap: Trap, tmp_path):
    secret = tmp_path / "secret.ttl"
    secret.write_text("<x:s> <x:p> 'secret' .")
    before = kg("query", "-e", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").out
    answer = kg("query", "-e", text.replace("FILE", secret.as_uri()).replace("URL", trap.url))
    assert (answer.status, answer.out) == (2, "")
    assert "is an update, and a query changes nothing" in answer.err
    assert trap.connections == 0
    assert kg("query", "-e", "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").out == before


def test_a_refusal_names_the_line_and_column(kg):
    answer = kg("query", "-e", "SELECT *\nWHERE {\n  SERVICE <http://x> { ?s ?p ?o }\n}")
    assert answer.err.startswith("kg: -e:3:3: SERVICE would send")


def test_brackets_nested_too_deep_are_refused_at_once(kg):
    answer = kg("query", "-e", "SELECT * { ?s ?p " + "[ ?p " * 300 + "1" + "]" * 300 + "}")
    assert answer.status == 2
    assert "nested more than 64 deep" in answer.err
