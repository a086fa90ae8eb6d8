"""What a bibliography is made of once it is read: entries, faults, and both in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OWN_WORK = "this_project"
"""The key of what was worked out in a project: it is found where the project is."""

ACKNOWLEDGEABLE = ("retraction", "withdrawal", "correction", "version", "conflict")
"""What `kg lint` may find out about a work from the literature, and what an entry may say it knows of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One work, as written in the file: ``authors`` read "Surname, Given", prose is Unicode, identifiers are raw.

    ``fields`` are all of them with abbreviations, concatenations and ``crossref`` resolved, but not decoded;
    ``identifiers`` are normalised, and do not change when the key does.
    """

    key: str
    entry_type: str
    title: str
    authors: tuple[str, ...]
    author_list: str
    year: int | None
    venue: str | None
    doi: str | None
    eprint: str | None
    url: str | None
    isbn: str | None
    formerly: tuple[str, ...]
    acknowledged: tuple[str, ...]
    identifiers: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    bibtex: str
    line: int

    def field(self, name: str) -> str:
        """A field by its name in small letters; empty if it is not there."""
        return dict(self.fields).get(name, "")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at one line; ``lost`` if a whole entry could not be read because of it."""

    line: int
    problem: str
    advice: str
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Bibliography:
    """The entries that could be read, in the order of the file, and everything that is wrong with it."""

    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry on its way: its fields with abbreviations resolved, and the line of each."""

    key: str
    entry_type: str
    line: int
    bibtex: str
    fields: Mapping[str, str]
    lines: Mapping[str, int]

    def line_of(self, field: str) -> int:
        """The line of a field, or of the entry if it is not there."""
        return self.lines.get(field, self.line)
