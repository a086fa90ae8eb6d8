"""``kg link``: which concepts a text mentions, and which it is about."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.cli import FINE, FOUND
from kg.cli.literature import Finite
from kg.cli.verb import deliver, format_option, project, say, verb
from kg.errors import SourceError, UsageError

if TYPE_CHECKING:
    from kg.linking.gold import Result, Score
    from kg.linking.labels import Named
    from kg.linking.linker import Linker, Links

_GOLD = Path("tests") / "linking" / "development.txt"


@verb(
    "link",
    "kg link abstract.txt",
    "kg link 10.1162/089976602760128018",
    "echo 'Linear attention is an RNN.' | kg link - --format json",
    "kg link abstract.txt --concepts thesaurus.ttl",
    "kg link --evaluate tests/linking/development.txt",
)
@click.argument("source", required=False, metavar="FILE|DOI|-")
@click.option(
    "--concepts",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Look for the concepts of this SKOS file instead of the project's.",
)
@click.option("--evaluate", is_flag=True, help="FILE holds marked texts: report precision, recall and F1.")
@click.option(
    "--at-least",
    type=Finite(0, 1),
    metavar="F1",
    help="With --evaluate: exit with 1 if the F1 of mentions is lower.",
)
@format_option("text", "json")
def command(
    source: str | None, concepts: Path | None, evaluate: bool, at_least: float | None, form: str
) -> int:
    """Mark the concepts that a text mentions, and say which it is about.

    Labels are compared by lemma, acronyms in their own case; the longest label wins, homonyms are left out, and a label that could mean two things is set aside with the reason. A text is about what its title names, what it names twice, and what it names once in a telling place. A DOI, an arXiv identifier or a key of the bibliography stands for a title with the abstract that kg enrich has brought; nothing is fetched here.
    With --evaluate, FILE has a text on each line with its mentions as [words](concept), or JSON lines.
    """
    if find_spec("simplemma") is None:
        raise UsageError("simplemma is not installed: install it with pip install 'kg[literature]'")
    if at_least is not None and not evaluate:
        raise UsageError("--at-least needs --evaluate: give both, or neither")
    linker = _linker(concepts)
    if evaluate:
        return _evaluate(linker, source, at_least, form)
    if source is None:
        raise UsageError("what to read is missing: name a file, a DOI, or - for standard input")
    title, text = _read(source)
    links = linker.link(text, title)
    if form == "json":
        deliver(json.dumps(_as_json(links), ensure_ascii=False, indent=2), None)
    else:
        deliver(_as_text(linker.concepts, links), None)
        found, about = len(links.mentions), len(links.concepts)
        say(f"{_counted(found, 'mention')} of {_counted(about, 'concept')}, {len(links.unsure)} set aside")
    return FINE


def _linker(concepts: Path | None) -> Linker:
    from kg.linking.labels import read, read_file
    from kg.linking.linker import Linker

    if concepts is not None:
        return Linker(read_file(concepts))
    from kg.graph import load

    return Linker(read(load(project()).store))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _read(source: str) -> tuple[str | None, str]:
    """The title, if it is known apart, and the text."""
    if source == "-":
        return None, _decoded(sys.stdin.buffer.read(), "standard input")
    if not source.strip():
        raise UsageError("the name of the text is empty: name a text file, a work, or - for standard input")
    path = Path(source)
    if path.is_dir():
        raise UsageError(f"{source}: this is a folder: name a text file in it")
    # Not only what is_file() says: a shell hands over what another program writes as a pipe.
    if path.exists():
        try:
            return None, _decoded(path.read_bytes(), source)
        except OSError as error:
            raise UsageError(f"{source}: cannot be read ({error.strerror}): name a text file") from None
    from kg.linking.works import titled_abstract

    found = titled_abstract(project(), source)
    if found is None:
        advice = "name a text file, a DOI, an arXiv identifier, a key of the bibliography, or -"
        raise UsageError(f"{source}: there is no such file and no such work: {advice}")
    title, abstract = found
    if not abstract:
        say(f"{source}: no abstract is at hand, so only the title is read: kg enrich may bring one")
    return title, abstract


def _decoded(data: bytes, place: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(Path(place), line, "this is not UTF-8", "save the text as UTF-8") from None


def _as_json(links: Links) -> dict[str, Any]:
    return {
        "about": list(links.about),
        "mentions": [asdict(mention) for mention in links.mentions],
        "unsure": [asdict(one) for one in links.unsure],
    }


def _as_text(concepts: tuple[Named, ...], links: Links) -> str:
    from kg import render
    from kg.names import local_name

    labels = {concept.iri: concept.preferred for concept in concepts}
    about = [f"{local_name(iri)}: {labels[iri]}" for iri in links.about]
    rows = [(f"{m.start}-{m.end}", m.text, local_name(m.concept), m.reason) for m in links.mentions]
    aside = [(f"{u.start}-{u.end}", u.text, "set aside", u.reason) for u in links.unsure]
    parts = ["About\n" + "".join(f"  {line}\n" for line in about) + "\n" if about else ""]
    if rows or aside:
        parts.append(render.table(("place", "text", "concept", "why"), [*rows, *aside]))
    return "".join(parts)


def _evaluate(linker: Linker, source: str | None, at_least: float | None, form: str) -> int:
    from kg.linking import gold

    path = Path(source) if source is not None else project().root / _GOLD
    result = gold.evaluate(linker, gold.read(path, (concept.iri for concept in linker.concepts)))
    if form == "json":
        deliver(json.dumps(asdict(result), ensure_ascii=False, indent=2), None)
    else:
        deliver(_scores(result), None)
        for miss in result.misses:
            extra = f" not marked by people: {', '.join(miss.wrong)};" if miss.wrong else ""
            missing = f" not found: {', '.join(miss.missing)};" if miss.missing else ""
            say(f"line {miss.line}:{extra}{missing}".rstrip(";"))
    if at_least is not None and result.mentions.f1 < at_least:
        say(f"F1 of mentions is {result.mentions.f1:.3f}, less than {at_least}")
        return FOUND
    return FINE


def _scores(result: Result) -> str:
    from kg import render

    kinds: list[tuple[str, Score | None]] = [("mentions", result.mentions), ("about", result.about)]
    rows = [
        (
            name,
            str(score.texts),
            str(score.units),
            f"{score.precision:.3f}",
            f"{score.recall:.3f}",
            f"{score.f1:.3f}",
            f"{score.low:.3f}-{score.high:.3f}",
        )
        for name, score in kinds
        if score is not None
    ]
    return render.table(("what", "texts", "marked", "precision", "recall", "F1", "95 % interval"), rows)
