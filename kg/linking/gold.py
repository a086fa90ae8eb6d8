"""How well a linker does on texts whose mentions people have marked: precision, recall, F1 and how sure they are.

Two forms of gold text: lines in which a mention reads ``[its words](name of the concept)``, and JSON lines with
``title``, ``text``, ``about`` and ``mentions``, the last two lists of names. A unit is a concept in a text; counting
places would let one frequent word decide. The interval is a bootstrap over texts, because mentions of one text are
right and wrong together.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceError, UsageError
from kg.linking.linker import Linker
from kg.names import did_you_mean, local_name

_MARK = re.compile(r"\[([^\[\]]+)\]\(([A-Za-z0-9_-]+)\)")
_ROUNDS = 2000


@dataclass(frozen=True, slots=True)
class Gold:
    """A text with the IRIs that it mentions, and those it is about if that was marked."""

    line: int
    text: str
    title: str | None
    mentions: frozenset[str]
    about: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Miss:
    """A text on which the linker and people disagree."""

    line: int
    wrong: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 over ``texts``, with a 95 % interval for F1."""

    texts: int
    units: int
    precision: float
    recall: float
    f1: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Result:
    """The score for mentions, the one for what texts are about (if marked), and every disagreement on mentions."""

    mentions: Score
    about: Score | None
    misses: tuple[Miss, ...]


def read(path: Path, iris: Iterable[str]) -> tuple[Gold, ...]:
    """The marked texts of a file.

    Raises: SourceError at a line that cannot be read or names a concept that there is not; UsageError without texts.
    """
    by_name = {local_name(iri): iri for iri in iris}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({error}): name a file of marked texts") from None
    form = _of_json if path.suffix == ".jsonl" else _of_marks
    found = [
        form(path, at, line, by_name)
        for at, line in enumerate(lines, 1)
        if line.strip() and not line.startswith("#")
    ]
    if not found:
        raise UsageError(
            f"{path}: there is no text in it: write one a line, its mentions as [words](concept)"
        )
    return tuple(found)


def _of_marks(path: Path, at: int, line: str, by_name: Mapping[str, str]) -> Gold:
    names = [name for _, name in _MARK.findall(line)]
    return Gold(at, _MARK.sub(r"\1", line), None, _iris(path, at, names, by_name), None)


def _of_json(path: Path, at: int, line: str, by_name: Mapping[str, str]) -> Gold:
    try:
        read_ = json.loads(line)
        title, text, about, mentions = (read_[name] for name in ("title", "text", "about", "mentions"))
    except (ValueError, TypeError, KeyError):
        advice = "write an object with title, text, about and mentions on every line"
        raise SourceError(path, at, "this is no marked text", advice) from None
    named = _iris(path, at, about, by_name)
    return Gold(at, text, title, named | _iris(path, at, mentions, by_name), named)


def _iris(path: Path, at: int, names: Iterable[str], by_name: Mapping[str, str]) -> frozenset[str]:
    for name in names:
        if name not in by_name:
            advice = did_you_mean(name, by_name, "name a concept of the ontology")
            raise SourceError(path, at, f"there is no concept '{name}'", advice)
    return frozenset(by_name[name] for name in names)


def evaluate(linker: Linker, texts: Sequence[Gold]) -> Result:
    """Link every text and compare with what people marked."""
    found = [linker.link(one.text, one.title) for one in texts]
    pairs = [(links.concepts, one.mentions) for links, one in zip(found, texts, strict=True)]
    about = [
        (frozenset(links.about), one.about)
        for links, one in zip(found, texts, strict=True)
        if one.about is not None
    ]
    misses = tuple(
        Miss(one.line, _names(mine - theirs), _names(theirs - mine))
        for one, (mine, theirs) in zip(texts, pairs, strict=True)
        if mine != theirs
    )
    return Result(_score(pairs), _score(about) if about else None, misses)


def _names(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(local_name(iri) for iri in iris))


def _score(pairs: Sequence[tuple[frozenset[str], frozenset[str]]]) -> Score:
    counts = [(len(mine & theirs), len(mine), len(theirs)) for mine, theirs in pairs]
    draw = random.Random(len(counts))
    rounds = sorted(_f1(draw.choices(counts, k=len(counts))) for _ in range(_ROUNDS))
    right, said, marked = (sum(column) for column in zip(*counts, strict=True))
    return Score(
        texts=len(counts),
        units=marked,
        precision=right / said if said else 1.0,
        recall=right / marked if marked else 1.0,
        f1=_f1(counts),
        low=rounds[int(0.025 * _ROUNDS)],
        high=rounds[int(0.975 * _ROUNDS) - 1],
    )


def _f1(counts: Sequence[tuple[int, int, int]]) -> float:
    right, said, marked = (sum(column) for column in zip(*counts, strict=True))
    return 2 * right / (said + marked) if said + marked else 1.0
