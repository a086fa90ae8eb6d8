"""``kg serve``: the SPARQL 1.1 Protocol, read-only, on loopback, asked as any client would."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox
import pytest

CLASSES = "SELECT ?c { ?c a kg:Identity } ORDER BY ?c"
GRAPH = "CONSTRUCT { ?c a kg:Claim } WHERE { ?c a kg:Identity }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"


@dataclass(frozen=True)
class Reply:
    """Status, headers in small letters, and text."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Served:
    """A running server."""

    process: subprocess.Popen[str]
    address: str

    def ask(
        self, method: str, path: str = "/sparql", body: str | bytes | None = None, **headers: str
    ) -> Reply:
        """One request; in the names of headers _ stands for -."""
        parts = urlsplit(self.address)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, sent)
        found = connection.getresponse()
        reply = Reply(found.status, {k.lower(): v for k, v in found.getheaders()}, found.read().decode())
        connection.close()
        return reply

    def get(self, text: str, accept: str = "", **parameters: str) -> Reply:
        """A query by GET."""
        return self.ask("GET", "/sparql?" + urlencode({"query": text, **parameters}), Accept=accept)

    def post(self, text: str, **headers: str) -> Reply:
        """A query in a form."""
        return self.ask("POST", body=urlencode({"query": text}), Content_Type=FORM, **headers)


@pytest.fixture(scope="module")
def start(tmp_path_factory) -> Iterator[Callable[..., Served]]:
    """Start a server on the second project with these options."""
    running = []

    def started(*options: str, project: Path | None = None) -> Served:
        folder = tmp_path_factory.mktemp("served")
        toy = project or shutil.copytree(Path(__file__).parent.parent / "projects" / "toy", folder / "toy")
        command = [sys.executable, "-m", "kg.cli", "--project", str(toy), "serve", "--port", "0", *options]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
        )
        running.append(process)
        assert process.stdout is not None
        return Served(process, process.stdout.readline().strip())

    yield started
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture(scope="module")
def served(start) -> Served:
    return start("--timeout", "20")


@pytest.mark.parametrize(
    ("accept", "kind", "form"),
    [
        ("", "application/sparql-results+json", ox.QueryResultsFormat.JSON),
        ("*/*", "application/sparql-results+json", ox.QueryResultsFormat.JSON),
        ("application/sparql-results+xml", "application/sparql-results+xml", ox.QueryResultsFormat.XML),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8", ox.QueryResultsFormat.TSV),
        ("text/html, application/xml;q=0.9, */*;q=0.1", "application/xml", ox.QueryResultsFormat.XML),
    ],
)
def test_a_table_comes_in_the_format_that_is_wanted(accept, kind, form, served):
    reply = served.get(CLASSES, accept)
    assert (reply.status, reply.headers["content-type"]) == (200, kind)
    assert len(list(ox.parse_query_results(reply.text, format=form))) == 2


def test_a_table_comes_as_csv(served):
    reply = served.get(CLASSES, "text/csv")
    assert reply.headers["content-type"] == "text/csv; charset=utf-8"
    assert reply.text.splitlines()[0] == "c"


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
    ],
)
def test_a_graph_comes_in_the_format_that_is_wanted(accept, form, served):
    assert len(list(ox.parse(served.get(GRAPH, accept).text, format=form))) == 2


def test_all_three_ways_of_asking_get_the_same_answer(served):
    direct = served.ask("POST", body=CLASSES, Content_Type=QUERY)
    assert served.get(CLASSES).text == served.post(CLASSES).text == direct.text


def test_a_request_may_choose_the_graphs(served):
    one = "https://example.org/polynomials/source/ontology/concepts/evaluation.ttl"
    count = "SELECT (COUNT(*) AS ?n) { ?c a kg:Identity }"
    assert served.get(count, "text/csv").text == "n\n2\n"
    assert served.get(count, "text/csv", **{"default-graph-uri": one}).text == "n\n0\n"
    named = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert served.get(named, "text/csv", **{"named-graph-uri": one}).text == "n\n1\n"


def test_without_a_query_the_service_describes_itself(served):
    triples = {
        (t.predicate.value, str(t.object))
        for t in ox.parse(served.ask("GET").text, format=ox.RdfFormat.TURTLE)
    }
    sd = "http://www.w3.org/ns/sparql-service-description#"
    assert (sd + "endpoint", f"<{served.address}>") in triples
    assert (sd + "supportedLanguage", f"<{sd}SPARQL11Query>") in triples
    assert not any(predicate == sd + "extensionFunction" for predicate, _ in triples)


@pytest.mark.parametrize(
    ("method", "body", "headers", "status", "words"),
    [
        ("POST", "update=INSERT+DATA+{}", {"Content_Type": FORM}, 403, "this endpoint is read-only"),
        (
            "POST",
            "INSERT DATA {}",
            {"Content_Type": "application/sparql-update"},
            403,
            "this endpoint is read-only",
        ),
        ("POST", "INSERT DATA {}", {"Content_Type": QUERY}, 403, "INSERT is an update"),
        ("POST", "LOAD <http://127.0.0.1:9/>", {"Content_Type": QUERY}, 403, "LOAD is an update"),
        (
            "POST",
            "SELECT * { SERVICE <x:y> { ?s ?p ?o } }",
            {"Content_Type": QUERY},
            403,
            "SERVICE would send",
        ),
        (
            "POST",
            "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
            {"Content_Type": QUERY},
            403,
            "FROM is not",
        ),
        (
            "POST",
            "SELECT (kg:verify(?c) AS ?o) { ?c a kg:Claim }",
            {"Content_Type": QUERY},
            403,
            "--allow-functions",
        ),
        ("POST", "SELECT * { ?s ?p", {"Content_Type": QUERY}, 400, "query:1:"),
        ("POST", "query=ASK+{}&query=ASK+{}", {"Content_Type": FORM}, 400, "send exactly one"),
        ("POST", "", {"Content_Type": FORM}, 400, "send exactly one"),
        ("POST", "ASK {}", {"Content_Type": "text/plain"}, 415, "a query is posted as"),
        ("POST", b"ASK { ?s ?p '\xe9' }", {"Content_Type": QUERY}, 400, "not UTF-8"),
        (
            "POST",
            "query=ASK+{}&default-graph-uri=relative",
            {"Content_Type": FORM},
            400,
            "give an absolute IRI",
        ),
        ("POST", "ASK {}", {"Content_Type": QUERY, "Accept": "text/csv"}, 406, "accept one of them"),
        ("POST", "x" * 1_100_000, {"Content_Type": QUERY}, 413, "send a shorter query"),
        ("PUT", "x", {}, 405, "this endpoint is read-only"),
        ("DELETE", None, {}, 405, "this endpoint is read-only"),
        ("GET", None, {"Host": "evil.example"}, 421, "this server is not evil.example"),
        ("GET", None, {"Origin": "https://evil.example"}, 403, "allow it with kg serve --cors"),
    ],
)
def test_what_is_refused_is_refused_with_the_right_status(method, body, headers, status, words, served):
    reply = served.ask(method, body=body, **headers)
    assert reply.status == status
    assert words in reply.text


def test_a_body_whose_length_is_not_said_is_refused(served):
    assert served.ask("POST", body=iter([b"ASK {}"]), Content_Type=QUERY).status == 411


def test_no_other_site_may_read_unless_it_is_allowed(served, start):
    assert "access-control-allow-origin" not in served.get("ASK {}").headers
    open_to_one = start("--cors", "https://friend.example")
    reply = open_to_one.post("ASK {}", Origin="https://friend.example")
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, "https://friend.example")
    assert open_to_one.post("ASK {}", Origin="https://evil.example").status == 403


def test_a_query_that_takes_too_long_is_stopped_and_the_next_is_answered(start):
    served = start("--timeout", "1", "--jobs", "1")
    served.get("ASK {}")
    reply = served.get(ENDLESS)
    assert (reply.status, reply.headers["retry-after"]) == (503, "5")
    assert "stopped after 1 s" in reply.text
    while (reply := served.get("ASK {}")).status == 503:
        time.sleep(0.1)
    assert json.loads(reply.text)["boolean"] is True


def test_an_answer_with_too_many_rows_is_refused_and_never_cut(start):
    served = start("--limit", "1")
    assert "more than 1 rows: add LIMIT" in served.get(CLASSES).text
    assert served.get(CLASSES + " LIMIT 1").status == 200


def test_functions_run_where_they_are_allowed(start):
    served = start("--allow-functions")
    claim = "claim:horner_evaluation_is_power_evaluation"
    reply = served.get(f"SELECT (kg:verify({claim}) AS ?o) {{}}", "text/csv")
    assert reply.text == "o\nhttp://www.w3.org/ns/earl#passed\n"
    assert "#extensionFunction" in served.ask("GET", Accept="application/n-triples").text


def test_an_edit_is_answered_at_once(start, toy):
    served = start(project=toy)
    label = "SELECT ?l { concept:horner_evaluation skos:prefLabel ?l }"
    assert "Horner's rule" in served.get(label, "text/csv").text
    path = toy / "ontology" / "concepts" / "evaluation.ttl"
    path.write_text(path.read_text().replace("Horner's rule", "Horner's scheme"))
    assert "Horner's scheme" in served.get(label, "text/csv").text
    path.write_text("broken")
    reply = served.get(label)
    assert reply.status == 500
    assert "ontology/concepts/evaluation.ttl:1: " in reply.text


def test_the_site_is_served_beside_the_endpoint(start, tmp_path, served):
    (tmp_path / "site" / "empty").mkdir(parents=True)
    (tmp_path / "site" / "index.html").write_text("<title>the site</title>")
    (tmp_path / "secret").write_text("secret")
    with_site = start("--site", str(tmp_path / "site"))
    assert "the site" in with_site.ask("GET", "/").text
    assert with_site.ask("GET", "/empty/").status == 404
    assert "secret" not in with_site.ask("GET", "/../secret").text
    assert with_site.ask("POST", "/", "x").status == 404
    assert "build one with kg map" in served.ask("GET", "/").text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_the_server_and_all_it_started(number, start):
    served = start()
    served.get("ASK {}")
    workers = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
    served.process.send_signal(number)
    _, err = served.process.communicate(timeout=20)
    assert (served.process.returncode, err.splitlines()[-1]) == (0, "stopped")
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    parts = urlsplit(served.address)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((parts.hostname, parts.port))


def test_a_port_that_is_taken_is_misuse(kg, served):
    answer = kg("serve", "--port", urlsplit(served.address).port)
    assert answer.status == 2
    assert "choose another with --port" in answer.err


def test_a_site_that_is_none_is_misuse(kg, tmp_path):
    assert "build the site with kg map --out" in kg("serve", "--site", tmp_path).err
