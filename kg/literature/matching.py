"""Whether a record is about the work of an entry: title, a surname, the year. Contradictions are shown, not mended.

Identifiers in OpenAlex have been seen on the wrong works (August 2026: the one of "Attention Is All You Need" on a
paper about tutoring systems), so that finding a record by its identifier is not enough to believe it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.bibliography import Entry
from kg.literature.record import Record

SAME_TITLE = 95.0
"""Of 100 by sorted words. "Attention is *not* all you need" scores 93 against the title without *not*."""

PUBLISHED_TYPES = ("article", "inproceedings", "conference", "incollection", "book", "inbook")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One aspect in which the bibliography and the record contradict each other."""

    aspect: str
    stated: str
    recorded: str

    @property
    def tells_apart(self) -> bool:
        """Whether the two are about different works, rather than of different opinions on one."""
        return self.aspect != "year"


def conflicts(entry: Entry, record: Record) -> tuple[Conflict, ...]:
    """Where the entry and the record that was found by its identifier contradict each other."""
    return tuple(_conflicts(entry, record))


def _conflicts(entry: Entry, record: Record) -> Iterator[Conflict]:
    if similarity(entry.title, record.title) < SAME_TITLE:
        yield Conflict("title", entry.title, record.title or "no title")
    if record.authors and entry.authors and not share_a_surname(entry.authors, record.authors):
        yield Conflict("authors", " and ".join(entry.authors), " and ".join(record.authors))
    if entry.year is not None and record.year is not None and not _years_agree(entry, record):
        yield Conflict("year", str(entry.year), str(record.year))


def _years_agree(entry: Entry, record: Record) -> bool:
    assert entry.year is not None
    assert record.year is not None
    if record.is_preprint and entry.entry_type in PUBLISHED_TYPES:
        # A preprint is older than what became of it, by however much.
        return record.year <= entry.year + 1
    return abs(entry.year - record.year) <= 1


def is_surely(entry: Entry, record: Record) -> bool:
    """Whether a record found by its title alone is the work: nothing contradicts, and nothing is left unsaid."""
    return bool(record.authors) and record.year is not None and not conflicts(entry, record)


def similarity(first: str, second: str) -> float:
    """How near two titles are, from 0 to 100, whatever the order of their words, accents and punctuation."""
    from rapidfuzz import fuzz

    one, other = folded(first), folded(second)
    return fuzz.token_sort_ratio(one, other) if one and other else 0.0


def folded(text: str) -> str:
    """Small letters and digits, words apart by one space; accents and punctuation gone."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(re.sub(r"[\W_]+", " ", plain.casefold()).split())


def share_a_surname(authors: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a surname of the first ("Surname, Given") is a word in one of the other names, in either order."""
    words = {word for name in others for word in folded(name).split()}
    surnames = [folded(name.partition(",")[0]).split() for name in authors]
    return any(surname and surname[-1] in words for surname in surnames)
