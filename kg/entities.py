"""What a graph is made of, as plain frozen data: a claim, a concept, a paper, what was observed.

Things refer to each other by name, never by object, so that each can be printed, compared and hashed on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: a path from the project's root, and a line."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path.as_posix()}:{self.line}"


@dataclass(frozen=True, slots=True)
class Concept:
    """A noun of the field; ``conventions`` are (aspect, setting) pairs."""

    iri: str
    name: str
    label: str
    alt_labels: tuple[str, ...]
    definition: str
    broader: tuple[str, ...]
    narrower: tuple[str, ...]
    related: tuple[str, ...]
    conventions: tuple[tuple[str, str], ...]
    exact_matches: tuple[str, ...]
    topic: str
    place: Place


@dataclass(frozen=True, slots=True)
class Source:
    """Who showed a claim, where in the work, and whether somebody has looked (``Confirmed``, ``Unconfirmed``)."""

    paper: str
    locator: str
    status: str
    intent: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a machine observed of one claim."""

    claim: str
    outcome: str
    strength: str | None
    method: str | None
    log2_error: int | None
    controls: tuple[int, int]
    mutants: tuple[int, int, int] | None
    shapes: tuple[str, ...]
    reason: str | None
    digest: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that is true or false; ``kind`` says how it is judged."""

    iri: str
    name: str
    kind: str
    left: str | None
    right: str | None
    about: tuple[str, ...]
    statement: str
    formula: str | None
    because: str | None
    conditions: tuple[str, ...]
    where: str | None
    sources: tuple[Source, ...]
    up_to: str | None
    as_usually_said: str | None
    repaired_by: str | None
    note: str | None
    topic: str
    place: Place
    evidence: Evidence | None

    @property
    def concepts(self) -> tuple[str, ...]:
        """Every concept the claim speaks of: its sides first, then what it is about."""
        sides = tuple(name for name in (self.left, self.right) if name is not None)
        return tuple(dict.fromkeys((*sides, *self.about)))


@dataclass(frozen=True, slots=True)
class Condition:
    """A named condition under which claims hold."""

    iri: str
    name: str
    label: str
    definition: str
    place: Place


@dataclass(frozen=True, slots=True)
class Paper:
    """A cited work; ``authors`` read "Surname, Given", ``bibtex`` is the entry as written."""

    iri: str
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
    bibtex: str
    place: Place

    @property
    def name(self) -> str:
        """The BibTeX key, which is what people type."""
        return self.key


@dataclass(frozen=True, slots=True)
class ListItem:
    """A line of the list this graph was made for, with the works it asks about and the claims that answer it."""

    iri: str
    name: str
    section: str
    order: int
    text: str
    asks: tuple[str, ...]
    answered_by: tuple[str, ...]
    concepts: tuple[str, ...]
    place: Place
