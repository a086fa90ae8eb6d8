"""A record as a BibTeX entry: its type, its fields, and a key as the other keys are made."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from kg.literature.identifiers import Identifier
from kg.literature.matching import folded
from kg.literature.record import Record

_SILENT_WORDS = frozenset(
    (
        "a",
        "an",
        "the",
        "on",
        "of",
        "for",
        "and",
        "to",
        "in",
        "with",
        "is",
        "are",
        "by",
        "from",
        "via",
        "how",
        "what",
    )
)
_SUFFIX = re.compile(r"(.+?),? (Jr\.?|Sr\.?|II|III|IV)\Z")
_TYPES = {
    "book": "book",
    "book-chapter": "incollection",
    "dissertation": "phdthesis",
    "report": "techreport",
    "dataset": "dataset",
}


def key(read: Record, taken: Collection[str]) -> str:
    """Surname, year, and the first telling word of the title; the next word where that key is taken."""
    surname = "".join(folded(_surname(read.authors[0])).split())
    words = [word for word in folded(read.title).split() if word not in _SILENT_WORDS and not word.isdigit()]
    letters = [re.sub(r"[^a-z]", "", word) for word in words]
    stem = re.sub(r"[^a-z]", "", surname) + str(read.year)
    used = {one.lower() for one in taken}
    choices = [stem + word for word in letters if len(word) > 2] or [stem]
    choices += [choices[0] + letter for letter in "bcdefghijklmnopqrstuvwxyz"]
    return next(choice for choice in choices if choice not in used)


def bibtex(
    name: str, read: Record, work: Mapping[str, Any], known: Sequence[Identifier], *, is_preprint: bool
) -> str:
    """The entry, fields aligned. Only the identifiers in ``known`` are taken over: a record may bear wrong ones."""
    kind = "misc" if is_preprint else _kind(read)
    fields = [(label, value) for label, value in _fields(kind, read, work, known) if value]
    width = max(len(label) for label, _ in fields)
    rows = ",\n".join(f"  {label:{width}} = {{{value}}}" for label, value in fields)
    return f"@{kind}{{{name},\n{rows}\n}}\n"


def _kind(read: Record) -> str:
    if read.type in _TYPES:
        return _TYPES[read.type]
    by_venue = {"journal": "article", "conference": "inproceedings"}
    return by_venue.get(read.venue_type, "misc") if read.venue else "misc"


def _fields(
    kind: str, read: Record, work: Mapping[str, Any], known: Sequence[Identifier]
) -> Iterator[tuple[str, str]]:
    # The first of each kind is the one that was asked for, or that the record itself puts first.
    names = {found.scheme: found for found in reversed(known)}
    yield "author", " and ".join(escaped(_surname_first(author)) for author in read.authors)
    yield "title", titled(read.title)
    container = {
        "article": "journal",
        "inproceedings": "booktitle",
        "incollection": "booktitle",
        "book": "publisher",
        "phdthesis": "school",
        "techreport": "institution",
    }.get(kind)
    if container:
        yield container, escaped(read.venue)
    printed = work.get("biblio")
    if kind in ("article", "inproceedings", "incollection") and isinstance(printed, Mapping):
        yield "volume", _plain(printed.get("volume"))
        yield "number", _plain(printed.get("issue"))
        first, last = _plain(printed.get("first_page")), _plain(printed.get("last_page"))
        yield "pages", f"{first}--{last}" if first and last and first != last else first
    yield "year", str(read.year)
    if "doi" in names:
        # A brace in a DOI would end the field; this is how an address writes one, and it is read back as one.
        yield "doi", names["doi"].value.replace("{", "%7B").replace("}", "%7D")
    if "arxiv" in names:
        found = names["arxiv"]
        yield "eprint", found.value + (f"v{found.version}" if found.version else "")
        yield "archiveprefix", "arXiv"
    if "acl" in names:
        yield "url", names["acl"].address


def _plain(value: object) -> str:
    return escaped(value.strip()) if isinstance(value, str) else ""


def _surname_first(name: str) -> str:
    """ "van Beethoven, Ludwig" for "Ludwig van Beethoven"; a name of one word stays as it is."""
    from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

    suffix = _SUFFIX.match(name)
    try:
        parts = parse_single_name_into_parts(suffix.group(1) if suffix else name)
    except InvalidNameError:
        return f"{{{name}}}"
    if suffix:
        parts.jr = [suffix.group(2)]
    return str(parts.merge_last_name_first)


def _surname(name: str) -> str:
    return _surname_first(name).partition(",")[0]


def titled(title: str) -> str:
    """A title for BibTeX: what is special is escaped, and words with a capital inside keep their capitals."""
    words = [f"{{{word}}}" if re.search(r"\w[A-Z]", word) else word for word in escaped(title).split(" ")]
    return " ".join(words)


def escaped(text: str) -> str:
    """Prose for BibTeX; letters stay Unicode."""
    special = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    special |= {character: f"\\{character}" for character in "&%$#_{}"}
    return "".join(special.get(character, character) for character in " ".join(text.split()))
