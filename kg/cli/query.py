"""``kg query``: a question to the graph in SPARQL."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.verb import Choice, deliver, graph, project, say, verb
from kg.errors import UsageError
from kg.names import did_you_mean

if TYPE_CHECKING:
    from kg.project import Project

FORMATS = ("table", "csv", "tsv", "json", "ttl", "xml")


@verb(
    "query",
    "kg query what_is_refuted",
    "kg query -e 'SELECT ?claim { ?claim kg:left concept:softmax_attention }'",
    "kg query question.rq --format csv",
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
def command(source: str | None, text: str | None, form: str, limit: int | None) -> None:
    """Answer a SPARQL 1.1 query.

    It comes from a file, from stdin (-), from -e TEXT, or is a stored question, called by its name. The project's prefixes need not be declared. A query changes nothing, reads no file and reaches no network.
    Without any argument the stored questions are listed.
    """
    from kg.query import select

    if source is None and text is None:
        deliver(_questions_text(project()), None)
        return
    name, words = _query(source, text)
    asked = graph()
    result = select(asked, words, limit, name=name)
    if form == "table":
        from kg.render import result_text

        deliver(result_text(result, asked.project.base), None)
    else:
        from kg.query.formats import written

        deliver(written(result, form, asked.project.base), None)
    if result.is_cut:
        say(f"only the first {limit}: there are more")


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


def _questions(project: Project) -> dict[str, Path]:
    return {path.stem: path for path in sorted((project.ontology / "questions").glob("*.rq"))}


def _question(project: Project, name: str) -> Path:
    known = _questions(project)
    if name.removesuffix(".rq") in known:
        return known[name.removesuffix(".rq")]
    looks_written = any(letter in name for letter in "{? \n")
    otherwise = "give a query itself with -e" if looks_written else "see the stored ones with: kg query"
    advice = otherwise if looks_written else did_you_mean(name, known, otherwise)
    raise UsageError(f"{name}: there is no such file and no stored question of this name: {advice}")


def _questions_text(project: Project) -> str:
    from kg.render import table

    rows = [(name, _asks(path)) for name, path in _questions(project).items()]
    if not rows:
        raise UsageError("query: give a file, - for stdin, or -e TEXT: this project has no stored questions")
    return table(("name", "question"), rows)


def _asks(path: Path) -> str:
    """The sentence a stored question opens with."""
    first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    return first.lstrip("# ").removeprefix("question:").strip()
