"""From a DOI, an arXiv identifier or the words of a title to a new entry; what is doubtful is refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.bibliography import Entry
from kg.errors import FetchError
from kg.literature import identifiers, matching
from kg.literature.entry import bibtex, key
from kg.literature.identifiers import Identifier
from kg.literature.openalex import OpenAlex, TooDearError
from kg.literature.record import Record, record

CLOSEST = 5
"""So many candidates are shown where none is sure."""


_LIKE_AN_IDENTIFIER = re.compile(r"(?:(?:doi|arxiv|acl|isbn)\s*:|10\.\d|\d{4}\.\d{4})\S*\Z", re.IGNORECASE)


class DoubtfulError(FetchError):
    """Nothing was found that is surely the work that was meant."""


@dataclass(frozen=True, slots=True)
class New:
    """A work that was found, as an entry to be added; ``remark`` is what a reader should know at once."""

    key: str
    bibtex: str
    record: Record
    remark: str


def present(text: str, entries: Iterable[Entry]) -> Entry | None:
    """The entry that already is this work, by its key, an identifier or its whole title."""
    entries = tuple(entries)
    by_key = next((entry for entry in entries if text.strip() in (entry.key, *entry.formerly)), None)
    if by_key is not None:
        return by_key
    found = identifiers.identifier(text)
    names = {str(one) for one in identifiers.implied(found)} if found else set()
    words = matching.folded(text)
    for entry in entries:
        if names.intersection(entry.identifiers) or (not found and matching.folded(entry.title) == words):
            return entry
    return None


def find(text: str, openalex: OpenAlex, taken: Collection[str]) -> New:
    """Look a work up.

    Raises: DoubtfulError if nothing, or nothing sure, was found; FetchError if it could not be asked for.
    """
    given = identifiers.identifier(text)
    if given is None:
        return _by_title(text, openalex, taken)
    asked = _questions(given)
    if not asked:
        advice = "give its DOI, its arXiv identifier, or the words of its title"
        raise DoubtfulError(f"{text}: OpenAlex cannot be asked for {given.scheme} identifiers: {advice}")
    for one in asked:
        answer = openalex.work(one)
        if answer is None:
            raise FetchError(f"{text}: this was never asked for, and --offline asks nothing: ask without it")
        if answer.record is not None:
            return _checked(text, given, answer.record, taken)
    advice = "check it, or write the entry by hand"
    raise DoubtfulError(f"{text}: OpenAlex has no work of this identifier: {advice}")


def _questions(given: Identifier) -> list[str]:
    if given.scheme == "acl":
        # The Anthology's DOIs have had two beginnings.
        return [f"doi:{prefix}/v1/{given.value.lower()}" for prefix in ("10.18653", "10.3115")]
    asked = identifiers.askable(given)
    return [asked] if asked else []


def _checked(text: str, given: Identifier, work: Mapping[str, Any], taken: Collection[str]) -> New:
    read = record(work)
    if read is None or not read.title or not read.authors or read.year is None:
        advice = "write the entry by hand"
        raise DoubtfulError(f"{text}: the record lacks its title, its authors or its year: {advice}")
    if given.scheme != "acl" and str(given) not in read.names:
        other = ", ".join(read.names) or "no identifier at all"
        problem = f"the record that OpenAlex gives, '{read.title}', bears {other}"
        raise DoubtfulError(f"{text}: {problem}: look which of the two is right, and write the entry by hand")
    known = [given]
    if given.scheme == "acl":
        known += [Identifier(*_split(name)) for name in read.names if name.endswith(given.value.lower())]
    return _new(read, work, known, taken)


def _split(name: str) -> tuple[str, str]:
    scheme, _, value = name.partition(":")
    return scheme, value


def _new(read: Record, work: Mapping[str, Any], known: Sequence[Identifier], taken: Collection[str]) -> New:
    name = key(read, taken)
    is_preprint = read.is_preprint or all(one.scheme == "arxiv" for one in known)
    remarks = []
    if read.is_retracted:
        remarks.append("it has been RETRACTED")
    if read.is_withdrawn:
        remarks.append("its authors have WITHDRAWN it")
    if is_preprint and read.published_as and read.published_as not in map(str, known):
        remarks.append(f"it has been published as {read.published_as}: cite that if it is what you read")
    text = bibtex(name, read, work, known, is_preprint=is_preprint)
    return New(name, text, read, "; ".join(remarks))


def _by_title(text: str, openalex: OpenAlex, taken: Collection[str]) -> New:
    if _LIKE_AN_IDENTIFIER.match(text.strip()):
        raise DoubtfulError(f"{text}: this looks like an identifier, but is none: copy it again")
    if len(matching.folded(text).split()) < 2:
        advice = "give a DOI, an arXiv identifier, or the whole title in quotes"
        raise DoubtfulError(f"{text}: this is no identifier and too short for a title: {advice}")
    try:
        answer = openalex.search(text)
    except TooDearError:
        raise FetchError(
            f"{text}: a search costs more than --max-cost allows: allow more, or give a DOI"
        ) from None
    if answer is None:
        raise FetchError(f"{text}: this was never searched for, and --offline asks nothing: ask without it")
    found = [(read, work) for work in answer.records if (read := record(work)) is not None]
    sure = [pair for pair in found if _is_meant(text, pair[0])]
    if not sure:
        raise DoubtfulError(_candidates(text, [read for read, _ in found]))
    first, work = next((pair for pair in sure if not pair[0].is_preprint), sure[0])
    if any(not matching.share_a_surname(_surnames(first), read.authors) for read, _ in sure):
        raise DoubtfulError(_candidates(text, [read for read, _ in sure]))
    known = [Identifier(*_split(name)) for name in first.names]
    if not known:
        raise DoubtfulError(f"{text}: the record {first.iri} bears no identifier: write the entry by hand")
    return _new(first, work, known, taken)


def _is_meant(text: str, read: Record) -> bool:
    same = matching.similarity(text, read.title) >= matching.SAME_TITLE
    return same and bool(read.authors) and read.year is not None


def _surnames(read: Record) -> list[str]:
    return [name.split()[-1] for name in read.authors]


def _candidates(text: str, found: Sequence[Record]) -> str:
    if not found:
        return f"{text}: no work of this title was found: give a DOI or an arXiv identifier"
    rows = []
    for read in found[:CLOSEST]:
        who = f"{read.authors[0]} et al." if len(read.authors) > 1 else "".join(read.authors)
        name = read.names[0] if read.names else read.iri
        rows.append(f"\n  {name}  {who}, {read.year}: {read.title}")
    return f"{text}: no title is surely this one: cite one of these by its identifier:{''.join(rows)}"
