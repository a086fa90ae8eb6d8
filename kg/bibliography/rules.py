"""What an entry must say, in which field, and in what form; and that no work is there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from kg.bibliography.model import ACKNOWLEDGEABLE, OWN_WORK, Draft, Entry, Fault
from kg.literature import identifiers
from kg.names import did_you_mean

IDENTIFIER_FIELDS = ("doi", "eprint", "url", "isbn")

CONTAINERS: Mapping[str, tuple[str, ...]] = {
    "article": ("journal", "journaltitle"),
    "inproceedings": ("booktitle",),
    "conference": ("booktitle",),
    "incollection": ("booktitle",),
    "phdthesis": ("school", "institution"),
    "mastersthesis": ("school", "institution"),
    "techreport": ("institution",),
    "book": ("publisher",),
}
"""Where a work of this type appeared: one of these fields is needed, and the first is the usual one."""

FOREIGN: Mapping[str, tuple[str, ...]] = {
    "article": ("booktitle", "school"),
    "inproceedings": ("journal", "journaltitle", "school"),
    "conference": ("journal", "journaltitle", "school"),
    "incollection": ("journal", "journaltitle", "school"),
    "book": ("journal", "journaltitle", "booktitle", "school"),
    "phdthesis": ("journal", "journaltitle", "booktitle"),
    "mastersthesis": ("journal", "journaltitle", "booktitle"),
}
"""Fields that say that the work is of another type."""

_TYPE_NAMES = (
    "article book booklet collection conference dataset electronic inbook incollection inproceedings manual "
    "mastersthesis misc mvbook online patent phdthesis proceedings report software standard techreport thesis "
    "unpublished www"
)
_FIELD_NAMES = (
    "abstract acknowledged address annote archiveprefix author booktitle chapter crossref date doi edition editor "
    "eid eprint eprinttype formerly howpublished institution isbn issn issue journal journaltitle key keywords "
    "language location month note number organization pages primaryclass publisher school series subtitle title "
    "translator type url urldate version volume year"
)
_TYPES, _FIELDS = frozenset(_TYPE_NAMES.split()), frozenset(_FIELD_NAMES.split())
KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")
"""A key that can be written in Turtle, as in ref:surname2020word."""

UNWRITABLE = re.compile(r"""[<>"{}|^`\\\s\x00-\x20]""")
"""What no IRI holds; a key with one of these names nothing."""

_BARE_DOI = re.compile(r"10\.\d{4,9}/\S+\Z")
_RUN = re.compile(r"[^\x00-\x7f]{2,}")


def problems(draft: Draft, entry: Entry, drafts: Mapping[str, Draft]) -> Iterator[Fault]:
    """Everything wrong with one entry on its own."""
    yield from _missing(draft, entry)
    yield from _wrong_type(draft, entry)
    yield from _wrong_identifiers(draft)
    for field, value in draft.fields.items():
        yield from _wrong_text(draft, field, value)
    yield from _wrong_parent(draft, drafts)
    for old in draft.fields.get("formerly", "").replace(",", " ").split():
        if not KEY.match(old):
            problem = f"the former key '{old}' of '{draft.key}' cannot be written in Turtle as ref:{old}"
            yield Fault(draft.line_of("formerly"), problem, "remove it; nothing can have cited it")
    for word in entry.acknowledged:
        if word not in ACKNOWLEDGEABLE:
            advice = did_you_mean(word, ACKNOWLEDGEABLE, f"the words are {', '.join(ACKNOWLEDGEABLE)}")
            problem = f"'{draft.key}' acknowledges '{word}', which nothing reports"
            yield Fault(draft.line_of("acknowledged"), problem, advice)


def _wrong_parent(draft: Draft, drafts: Mapping[str, Draft]) -> Iterator[Fault]:
    parent, line = draft.fields.get("crossref"), draft.line_of("crossref")
    if not parent:
        return
    found = drafts.get(parent)
    if found is None:
        advice = did_you_mean(parent, drafts, "add that entry, or remove the field")
        yield Fault(line, f"'{draft.key}' refers to '{parent}', which is no entry", advice)
    elif found is draft:
        yield Fault(line, f"'{draft.key}' refers to itself", "name the entry that it is a part of")
    elif found.key != parent:
        # We find it by its former key; BibTeX would not.
        problem = f"'{draft.key}' refers to '{parent}', which is now '{found.key}'"
        yield Fault(line, problem, f"write crossref = {{{found.key}}}")


def _missing(draft: Draft, entry: Entry) -> Iterator[Fault]:
    key, line = entry.key, entry.line
    if not KEY.match(key):
        advice = "use only letters, digits, _ and -"
        yield Fault(line, f"the key '{key}' cannot be written in Turtle as ref:{key}", advice)
    if not entry.title:
        yield Fault(line, f"'{key}' has no title", "add title = {…}")
    fields = dict(entry.fields)
    if not fields.get("author") and not fields.get("editor") and draft.entry_type != "proceedings":
        yield Fault(line, f"'{key}' has no author", "add author = {Surname, Given and Surname, Given}")
    if entry.year is None:
        yield Fault(line, f"'{key}' has no year", "add year = {2020}, four digits")
    # What was worked out in a project is found where the project is.
    if key != OWN_WORK and not any(fields.get(name) for name in IDENTIFIER_FIELDS):
        problem = f"'{key}' has no identifier, so a reader cannot find it"
        yield Fault(line, problem, f"add one of {', '.join(IDENTIFIER_FIELDS)}")


def _wrong_type(draft: Draft, entry: Entry) -> Iterator[Fault]:
    key, type_ = draft.key, draft.entry_type
    if type_ not in _TYPES:
        advice = did_you_mean(type_, _TYPES, "use article, inproceedings, book, phdthesis or misc")
        yield Fault(draft.line, f"'{key}' is of the type @{type_}, which does not exist", advice)
    needed = CONTAINERS.get(type_, ())
    if needed and not any(entry.field(name) for name in needed):
        yield Fault(draft.line, f"'{key}' is an @{type_} without {needed[0]}", f"add {needed[0]} = {{…}}")
    for field in FOREIGN.get(type_, ()):
        if field in draft.fields:
            fits = next(other for other, fields in CONTAINERS.items() if field in fields)
            advice = f"make it an @{fits}, or write {needed[0]} = {{…}}"
            yield Fault(draft.line_of(field), f"'{key}' is an @{type_} with the field {field}", advice)
    for field in draft.fields.keys() - _FIELDS:
        guess = get_close_matches(field, _FIELDS, n=1, cutoff=0.8)
        if guess:
            problem = f"'{key}' has a field '{field}' that nothing reads"
            yield Fault(draft.line_of(field), problem, f"did you mean '{guess[0]}'?")


def _wrong_identifiers(draft: Draft) -> Iterator[Fault]:
    fields, line = draft.fields, draft.line_of
    written = fields.get("doi", "")
    if written and ("\\" in written or not _BARE_DOI.match(written)):
        yield Fault(line("doi"), f"'{written}' is not a DOI", "write it bare, as in doi = {10.1000/182}")
    eprint, prefix = fields.get("eprint", ""), fields.get("archiveprefix", "arXiv")
    if eprint and prefix.lower() == "arxiv" and identifiers.arxiv(eprint) is None:
        advice = "write it bare, as in eprint = {2006.16236} or {math/0309136v2}"
        yield Fault(line("eprint"), f"'{eprint}' is not an arXiv identifier", advice)
    for number in filter(None, re.split(r"[,;]", fields.get("isbn", ""))):
        if identifiers.isbn(number) is None:
            problem = f"'{number.strip()}' is not an ISBN: its length or its check digit is wrong"
            yield Fault(line("isbn"), problem, "copy it again from the book")
    address = fields.get("url", "")
    if address and ("\\" in address or identifiers.url(address) is None):
        advice = "write the bare address, as in url = {https://example.org/a_b}, without LaTeX"
        yield Fault(line("url"), f"'{address}' is not an address", advice)
    yield from _contradictory(draft)


def _contradictory(draft: Draft) -> Iterator[Fault]:
    """Two fields that name the same archive, but not the same work in it."""
    fields = draft.fields
    address = identifiers.url(fields.get("url", ""))
    for field, reader in (("doi", identifiers.doi), ("eprint", identifiers.arxiv)):
        found = reader(fields.get(field, ""))
        if found and address and found.scheme == address.scheme and found.value != address.value:
            problem = f"the url of '{draft.key}' leads to {address}, its {field} says {found}"
            yield Fault(draft.line_of("url"), problem, "keep the right one of the two")


def _wrong_text(draft: Draft, field: str, value: str) -> Iterator[Fault]:
    line, name = draft.line_of(field), f"the {field} of '{draft.key}'"
    # A brace behind a backslash is text for LaTeX, but bibtexparser and BibTeX disagree on whether it counts.
    if re.sub(r"\\[{}]", "", value).count("{") != re.sub(r"\\[{}]", "", value).count("}"):
        yield Fault(line, f"{name} has braces that do not match", "close every brace that is opened")
    if "\ufffd" in value:
        advice = "write it again; it was lost when the text was copied"
        yield Fault(line, f"{name} holds a character that is only a question mark in a box", advice)
    for found in _RUN.finditer(value):
        meant = mended(found.group())
        if meant is not None:
            problem = f"{name} holds '{found.group()}', UTF-8 that was read as Windows-1252"
            yield Fault(line, problem, f"write '{meant}'")


def mended(run: str) -> str | None:
    """What a run of characters was before it was read in the wrong encoding; nothing if it was not."""
    try:
        raw = b"".join(_byte(character) for character in run)
        return raw.decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def _byte(character: str) -> bytes:
    # Windows leaves five bytes undefined; what reads them keeps their number.
    return character.encode("latin-1") if "\x80" <= character <= "\x9f" else character.encode("cp1252")


def duplicates(entries: Sequence[Entry]) -> Iterator[Fault]:
    """Keys that BibTeX takes for one, and works that are there under two keys."""
    keys: dict[str, Entry] = {}
    works: dict[str, Entry] = {}
    former: dict[str, Entry] = {}
    for entry in entries:
        for old in entry.formerly:
            other = former.setdefault(old, entry)
            if other is not entry:
                problem = (
                    f"'{old}' is a former key of both '{other.key}' (line {other.line}) and '{entry.key}'"
                )
                yield Fault(entry.line, problem, "keep it with the one that it was")
        same = keys.setdefault(entry.key.lower(), entry)
        if same.key != entry.key:
            problem = f"'{entry.key}' and '{same.key}' (line {same.line}) are one key for BibTeX"
            yield Fault(entry.line, problem, "let them differ in more than capitals")
        first = next((works[mark] for mark in _marks(entry) if mark in works), None)
        if first is not None:
            problem = f"'{entry.key}' is the same work as '{first.key}' (line {first.line})"
            advice = f"keep one, and give it formerly = {{{entry.key}}} if both keys are cited"
            yield Fault(entry.line, problem, advice)
        for mark in _marks(entry):
            works.setdefault(mark, entry)


def _marks(entry: Entry) -> Iterator[str]:
    """What two entries have in common only if they are the same work. Chapters share an address and an ISBN."""
    yield from (found for found in entry.identifiers if not found.startswith(("isbn:", "url:")))
    letters = re.sub(r"\W+", "", entry.title).casefold()
    if len(letters) > 10 and entry.authors and entry.entry_type != "proceedings":
        yield f"{letters} {entry.authors[0].partition(',')[0].casefold()} {entry.entry_type == 'book'}"
