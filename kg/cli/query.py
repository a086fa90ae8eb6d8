"""``kg query``: a question to the graph in SPARQL."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli import FINE, FOUND
from kg.cli.verb import Choice, deliver, project, say, verb
from kg.errors import UsageError
from kg.names import did_you_mean
from kg.project import source_graphs

if TYPE_CHECKING:
    from kg.project import Project
    from kg.query.process import Answer, Question
    from kg.query.stored import Change

_ENDPOINT_SECONDS = 60.0
_SHOWN_ROWS = 10
_NEARLY_EMPTY = 300
"""Letters of an answer below which it is asked whether a name in the query is misspelt."""
# Superclasses are not inferred, so this pattern matches nothing; it is what people try first.
_BARE_CLAIM = re.compile(r"\b(?:a|rdf:type)\s+kg:Claim\b")
FORMATS = ("table", "csv", "tsv", "json", "ttl", "nt", "xml")


@verb(
    "query",
    "kg query what_is_refuted",
    "kg query -e 'SELECT ?claim { ?claim kg:left concept:softmax_attention }'",
    "kg query question.rq --format csv --timeout 10",
    "kg query -e 'SELECT ?c (kg:verify(?c) AS ?outcome) { ?c a kg:Refutation } LIMIT 3'",
    "kg query what_is_refuted --endpoint http://localhost:7878/query",
    "kg query --check",
)
@click.argument("source", required=False, metavar="[FILE|-|NAME]")
@click.option("-e", "text", metavar="TEXT", help="The query itself.")
@click.option(
    "--format",
    "form",
    type=Choice(FORMATS),
    default="table",
    show_default=True,
    help="How to write the answer.",
)
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most N rows or triples.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Stop a query that takes longer; 60 with --endpoint if not said.",
)
@click.option(
    "--runs",
    type=click.IntRange(min=0),
    default=10,
    show_default=True,
    metavar="N",
    help="At most N claims are run for kg:verify and kg:counterexample.",
)
@click.option(
    "--endpoint", metavar="URL", help="Ask this SPARQL 1.1 endpoint instead of the project's files."
)
@click.option(
    "--default-graph",
    "default_graphs",
    metavar="IRI",
    multiple=True,
    help="With --endpoint: a graph to ask; may be repeated. If not said, the graphs of this project; none leaves it to the endpoint.",
)
@click.option(
    "--check", is_flag=True, help="Say which stored questions have another answer than the stored one."
)
@click.option("--record", is_flag=True, help="The same, and store the answers of today.")
def command(
    source: str | None,
    text: str | None,
    form: str,
    limit: int | None,
    timeout: float | None,
    runs: int,
    endpoint: str | None,
    default_graphs: tuple[str, ...],
    check: bool,
    record: bool,
) -> int:
    """Answer a SPARQL 1.1 query.

    It comes from a file, from stdin (-), from -e TEXT, or is a stored question, called by its name. The project's prefixes need not be declared. A query changes nothing, reads no file and reaches no network.
    Without any argument the stored questions are listed.

    It may call kg:verify(?claim), which is earl:passed, earl:failed or another outcome, kg:counterexample(?refutation), and kg:path(?a, ?b), which says why one concept is another.

    --check asks every stored question, or the one named, and compares its answer with the one in ontology/questions/answers. Exit status 1 if one differs; look at it, then store it with --record.

    --endpoint sends the same query to another machine. Who asks is taken from the environment: KG_ENDPOINT_USER and KG_ENDPOINT_PASSWORD, or KG_ENDPOINT_TOKEN for a bearer token.
    """
    if check or record:
        return _compare(source, text, endpoint, runs, timeout, keep=record)
    if source is None and text is None:
        deliver(_questions_text(project()), None)
        return FINE
    name, words = _query(source, text)
    if endpoint is None and default_graphs:
        raise UsageError(
            "--default-graph chooses among the graphs of an --endpoint: ask for one of this project's files with GRAPH"
        )
    from kg.query.process import Question, answer_within

    question = Question(project(), words, name, form, limit, runs)
    if endpoint is None:
        answer = answer_within(question, timeout)
    else:
        answer = _remote(question, endpoint, timeout or _ENDPOINT_SECONDS, default_graphs)
    deliver(answer.text, None)
    if answer.is_cut:
        say(f"only the first {limit}: there are more")
    if endpoint is None and len(answer.text) < _NEARLY_EMPTY:
        _say_unknown_names(words)
    if _BARE_CLAIM.search(words):
        say(
            "nothing is a kg:Claim itself, but of a kind of claim: write a/rdfs:subClassOf kg:Claim for all kinds"
        )
    return FINE


def _say_unknown_names(words: str) -> None:
    from kg.cache import glance
    from kg.query.spelling import unknown_names

    here = project()
    for sentence in unknown_names(glance(here), words, here.base):
        say(sentence)


def _compare(
    source: str | None,
    text: str | None,
    endpoint: str | None,
    runs: int,
    seconds: float | None,
    *,
    keep: bool,
) -> int:
    """Compare the answers of today with the stored ones, and store them if they are to be kept."""
    from kg.query.stored import changes, questions, record

    if text is not None or endpoint is not None:
        option = "-e" if text is not None else "--endpoint"
        raise UsageError(f"{option}: only stored questions of this project have stored answers: leave it out")
    names = questions(project()) if source is None else [_question(project(), source).stem]
    found = list(changes(project(), names, runs=runs, seconds=seconds))
    deliver("".join(_change_text(change) for change in found), None)
    if keep:
        record(found)
        say(f"changed in the folder of answers: {len(found)}")
        return FINE
    if not found:
        say(f"questions with the answer that is stored: all {len(names)}")
        return FINE
    say(f"{len(found)} of {len(names)} questions have another answer: look at it, then kg query --record")
    return FOUND


def _change_text(change: Change) -> str:
    """A question with what has changed, as much of it as is read."""
    lines = [f"{change.name}: {change.problem}"]
    for sign, rows in (("-", change.gone), ("+", change.new)):
        lines += [f"{sign} {', '.join(row)}" for row in rows[:_SHOWN_ROWS]]
        if len(rows) > _SHOWN_ROWS:
            lines.append(f"{sign} and {len(rows) - _SHOWN_ROWS} more")
    return "\n".join(lines) + "\n"


def _remote(question: Question, url: str, seconds: float, default_graphs: tuple[str, ...]) -> Answer:
    """The answer of an endpoint, written as if it were our own."""
    from kg.query.endpoint import Endpoint, credentials
    from kg.query.process import Answer, text_of

    base = question.project.base
    graphs = () if default_graphs == ("none",) else default_graphs or tuple(source_graphs(question.project))
    endpoint = Endpoint(url, graphs, seconds, credentials(os.environ))
    result = endpoint.select(question.text, base, question.limit, name=question.name)
    if graphs and not default_graphs and not result.rows and not result.triples and not result.boolean:
        say(
            f"{url}: nothing found in the {len(graphs)} graphs of this project: "
            "with --default-graph none the endpoint chooses which graphs are asked"
        )
    return Answer(text_of(result, question.form, base), result.is_cut)


def _query(source: str | None, text: str | None) -> tuple[str, str]:
    """How the query is called in messages, and its text."""
    if text is not None:
        if source is not None:
            raise UsageError(f"{source}: there is a query in -e already: give one of the two")
        return "-e", text
    assert source is not None
    if source == "-":
        return "stdin", _decoded(sys.stdin.buffer.read(), "stdin")
    path = Path(source)
    if not path.is_file():
        path = _question(project(), source)
    try:
        return source, _decoded(path.read_bytes(), source)
    except OSError as error:
        raise UsageError(f"{source}: cannot be read ({error.strerror}): choose another file") from None


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{name}:{line}: this line is not UTF-8: save the query as UTF-8") from None


def _question(project: Project, name: str) -> Path:
    from kg.query.stored import questions

    known = questions(project)
    if name.removesuffix(".rq") in known:
        return known[name.removesuffix(".rq")]
    looks_written = any(letter in name for letter in "{? \n")
    otherwise = "give a query itself with -e" if looks_written else "see the stored ones with: kg query"
    advice = otherwise if looks_written else did_you_mean(name, known, otherwise)
    raise UsageError(f"{name}: there is no such file and no stored question of this name: {advice}")


def _questions_text(project: Project) -> str:
    from kg.query.stored import questions
    from kg.render import table

    rows = [(name, _asks(path)) for name, path in questions(project).items()]
    if not rows:
        raise UsageError("query: give a file, - for stdin, or -e TEXT: this project has no stored questions")
    return table(("name", "question"), rows)


def _asks(path: Path) -> str:
    """The sentence a stored question opens with."""
    first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    return first.lstrip("# ").removeprefix("question:").strip()
