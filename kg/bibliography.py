"""BibTeX in, attributed works out: every entry as data and as triples, every fault with its line.

bibtexparser splits the file into blocks and survives broken ones. The rest is done here, for two measured reasons:
its LaTeX decoding cuts URLs at a ``%`` and splits ``{Barnes and Noble}`` in two, because it decodes before names are
split. So names are split first, prose alone is decoded, and identifiers are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Block
    from bibtexparser.model import Entry as Block_Entry

VENUE_FIELDS = ("journal", "journaltitle", "booktitle", "school", "institution", "howpublished", "publisher")
IDENTIFIER_FIELDS = ("doi", "eprint", "url", "isbn")
OWN_WORK = "this_project"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")
_YEAR = re.compile(r"(\d{4})(?:-|\Z)")
_DOI = re.compile(r"10\.\d{4,9}/\S+\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """One work, as written in the file: ``authors`` read "Surname, Given", prose is Unicode, identifiers are raw."""

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
    bibtex: str
    line: int


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


def parse(text: str) -> Bibliography:
    """Read a BibTeX file; nothing in it stops the reading."""
    import logging

    from bibtexparser import entrypoint

    # Its warnings repeat, less clearly, the failed blocks that are reported below.
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    library = entrypoint.parse_string(text, parse_stack=[])
    entries: list[Entry] = []
    faults = [_block_fault(block, library) for block in library.failed_blocks]
    strings = _strings(library, faults)
    for block in library.entries:
        entry, wrong = _entry(block, strings)
        faults += wrong
        if entry is not None:
            entries.append(entry)
    return Bibliography(tuple(entries), tuple(sorted(faults, key=lambda fault: (fault.line, fault.problem))))


def _line(block: Block) -> int:
    # bibtexparser counts lines from 0.
    return (block.start_line or 0) + 1


def _block_fault(block: Block, library: Library) -> Fault:
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, ParsingFailedBlock

    if isinstance(block, DuplicateBlockKeyBlock):
        first = library.entries_dict.get(block.key)
        where = f" (first on line {_line(first)})" if first is not None else ""
        return Fault(
            _line(block),
            f"'{block.key}' is used twice as a key{where}",
            "keep one entry, or give the other a key of its own",
            lost=True,
        )
    if isinstance(block, DuplicateFieldKeyBlock):
        names = ", ".join(sorted(block.duplicate_keys))
        return Fault(_line(block), f"an entry has the field {names} twice", "keep one of the two", lost=True)
    reason = ""
    if isinstance(block, ParsingFailedBlock):
        reason = f" ({' '.join(str(getattr(block.error, 'abort_reason', block.error)).split())})"
    return Fault(
        _line(block),
        f"this entry cannot be read{reason}",
        "close every brace and quote, and put a comma between fields",
        lost=True,
    )


def _strings(library: Library, faults: list[Fault]) -> dict[str, str]:
    """The @string abbreviations, keys in lower case as BibTeX compares them; months are predefined."""
    strings = {month: month for month in MONTHS}
    for string in library.strings:
        value, wrong = _value(string.key, string.value, _line(string), strings)
        faults += wrong
        strings[string.key.lower()] = value
    return strings


def _value(name: str, raw: str, line: int, strings: Mapping[str, str]) -> tuple[str, list[Fault]]:
    """The text of ``{…}``, ``"…"``, numbers and abbreviations joined by ``#``, and what is wrong with them."""
    from kg.names import did_you_mean

    text, faults = "", []
    for part in _concatenated(raw):
        if _is_enclosed(part):
            text += part[1:-1]
        elif part.isdigit():
            text += part
        elif part.lower() in strings:
            text += strings[part.lower()]
        elif part[:1] in ("{", '"'):
            problem = f"something follows the closing brace or quote of '{name}'"
            faults.append(Fault(line, problem, "put a comma after it"))
        else:
            advice = did_you_mean(part, strings, f"write {{{part}}} in braces, or define it with @string")
            faults.append(Fault(line, f"'{part}' is an abbreviation that nothing defines", advice))
    return text, faults


def _concatenated(raw: str) -> Iterator[str]:
    """Split at every ``#`` outside braces and quotes."""
    start = 0
    for position, depth, quoted in _levels(raw):
        if raw[position] == "#" and depth == 0 and not quoted:
            yield raw[start:position].strip()
            start = position + 1
    yield raw[start:].strip()


def _is_enclosed(part: str) -> bool:
    """Whether the brace or quote that opens ``part`` is closed by its last character and not before."""
    if len(part) < 2 or part[0] + part[-1] not in ("{}", '""'):
        return False
    return all(depth > 0 or quoted for position, depth, quoted in _levels(part) if position < len(part) - 1)


def _levels(text: str) -> Iterator[tuple[int, int, bool]]:
    """Each position with the depth of braces and whether it is quoted, counting what opens or closes there."""
    depth, quoted = 0, False
    for position, character in enumerate(text):
        if position == 0 or text[position - 1] != "\\":
            if character == "{":
                depth += 1
            elif character == "}":
                depth -= 1
            elif character == '"' and depth == 0:
                quoted = not quoted
        yield position, depth, quoted


def _entry(block: Block_Entry, strings: Mapping[str, str]) -> tuple[Entry | None, list[Fault]]:
    fields: dict[str, str] = {}
    faults: list[Fault] = []
    for field in block.fields:
        value, wrong = _value(field.key, field.value, field.start_line + 1, strings)
        faults += wrong
        fields[field.key.lower()] = " ".join(value.split())
    key, line = block.key.strip(), _line(block)
    if not key:
        advice = "write one after the opening brace, such as surname2020word"
        return None, [*faults, Fault(line, "this entry has no key", advice, lost=True)]
    authors, wrong = _authors(key, fields.get("author") or fields.get("editor") or "", line)
    faults += wrong
    year = _YEAR.match(fields.get("year") or fields.get("date") or "")
    entry = Entry(
        key=key,
        entry_type=block.entry_type.lower(),
        title=unicode_of(fields.get("title", "")),
        authors=tuple(last for last, _ in authors),
        author_list=" and ".join(first for _, first in authors),
        year=int(year.group(1)) if year else None,
        venue=next((unicode_of(fields[name]) for name in VENUE_FIELDS if fields.get(name)), None),
        doi=fields.get("doi") or None,
        eprint=fields.get("eprint") or None,
        url=fields.get("url") or None,
        isbn=fields.get("isbn") or None,
        formerly=tuple(fields.get("formerly", "").replace(",", " ").split()),
        bibtex=(block.raw or "").strip(),
        line=line,
    )
    return entry, [*faults, *_missing(entry, fields)]


def _missing(entry: Entry, fields: Mapping[str, str]) -> Iterator[Fault]:
    if not _KEY.match(entry.key):
        yield Fault(
            entry.line,
            f"the key '{entry.key}' cannot be written in Turtle as ref:{entry.key}",
            "use only letters, digits, _ and -",
        )
    if not entry.title:
        yield Fault(entry.line, f"'{entry.key}' has no title", "add title = {…}")
    if not fields.get("author") and not fields.get("editor"):
        yield Fault(
            entry.line, f"'{entry.key}' has no author", "add author = {Surname, Given and Surname, Given}"
        )
    if entry.year is None:
        yield Fault(entry.line, f"'{entry.key}' has no year", "add year = {2020}, four digits")
    # What was worked out in a project is found where the project is.
    if entry.key != OWN_WORK and not any(fields.get(name) for name in IDENTIFIER_FIELDS):
        yield Fault(
            entry.line,
            f"'{entry.key}' has no identifier, so a reader cannot find it",
            f"add one of {', '.join(IDENTIFIER_FIELDS)}",
        )
    if entry.doi and not _DOI.match(entry.doi):
        yield Fault(entry.line, f"'{entry.doi}' is not a DOI", "write it bare, as in doi = {10.1000/182}")


def _authors(key: str, raw: str, line: int) -> tuple[list[tuple[str, str]], list[Fault]]:
    """Every author as ("Surname, Given", "Given Surname"), and what could not be split."""
    from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

    authors: list[tuple[str, str]] = []
    faults: list[Fault] = []
    for name in _people(raw):
        try:
            parts = parse_single_name_into_parts(name)
        except InvalidNameError as error:
            advice = "write it as Surname, Given and join people by ' and '"
            faults.append(
                Fault(line, f"'{key}' has an author '{name}' that is no name ({error.reason})", advice)
            )
            continue
        authors.append((unicode_of(parts.merge_last_name_first), unicode_of(parts.merge_first_name_first)))
    return authors, faults


def _people(raw: str) -> list[str]:
    """Split at every `` and `` outside braces, and drop the "others" of an abridged list.

    bibtexparser's own splitting loses a command that begins a name: ``\\v{S}mid`` comes back as ``{S}mid``.
    """
    depths = [depth for _, depth, _ in _levels(raw)]
    ends = [found.span() for found in re.finditer(r"\s+and\s+", raw) if depths[found.start()] == 0]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(raw)]
    names = [raw[start:stop].strip() for start, stop in zip(starts, stops, strict=True)]
    return [name for name in names if name and name != "others"]


@lru_cache(maxsize=4096)
def unicode_of(text: str) -> str:
    """Prose written in LaTeX as plain Unicode; formulas become text as well as they can."""
    if "\\" in text or "$" in text:
        text = _decoder().latex_to_text(text)
    for source, target in (("---", "—"), ("--", "–"), ("~", "\u00a0"), ("``", "“"), ("''", "”")):
        text = text.replace(source, target)
    return " ".join(text.replace("{", "").replace("}", "").replace("\u00a0", " ").split())


@lru_cache(maxsize=1)
def _decoder() -> Any:
    # Importing and building its tables costs more than reading a whole file of plain entries.
    from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

    return LatexNodes2Text(math_mode="text", strict_latex_spaces=True, keep_comments=True)


def ntriples(entry: Entry, base: str) -> str:
    """The triples of one work, one per line."""
    from pyoxigraph import Literal, NamedNode, Triple

    from kg.names import STANDARD_PREFIXES, VOCABULARY

    work = NamedNode(f"{base}reference/{entry.key}")
    dcterms, prism = STANDARD_PREFIXES["dcterms"], STANDARD_PREFIXES["prism"]
    pairs: list[tuple[str, str | None]] = [
        (dcterms + "title", entry.title or None),
        *((dcterms + "creator", author) for author in entry.authors),
        (VOCABULARY + "authorList", entry.author_list or None),
        (dcterms + "issued", str(entry.year) if entry.year is not None else None),
        (VOCABULARY + "venue", entry.venue),
        (prism + "doi", entry.doi),
        (VOCABULARY + "eprint", entry.eprint),
        (STANDARD_PREFIXES["schema"] + "url", entry.url),
        (prism + "isbn", entry.isbn),
        (VOCABULARY + "entryType", entry.entry_type),
        *((VOCABULARY + "formerly", name) for name in entry.formerly),
    ]
    triples = [Triple(work, NamedNode(STANDARD_PREFIXES["rdf"] + "type"), NamedNode(_EXPRESSION))]
    triples += [Triple(work, NamedNode(name), Literal(value)) for name, value in pairs if value is not None]
    return "".join(f"{triple} .\n" for triple in triples)


_EXPRESSION = "http://purl.org/spar/fabio/Expression"
