"""From the text of a BibTeX file to entries: blocks, abbreviations, concatenation, inheritance.

bibtexparser splits the file into blocks and survives broken ones; what it sets aside in silence (text between two
entries that was meant to be part of one, keys that differ in case alone) is reported here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from kg.bibliography import rules
from kg.bibliography.latex import authors, levels, unicode_of
from kg.bibliography.model import Bibliography, Draft, Entry, Fault
from kg.literature import identifiers

if TYPE_CHECKING:
    from bibtexparser.library import Library
    from bibtexparser.model import Block
    from bibtexparser.model import Entry as Block_Entry

VENUE_FIELDS = ("journal", "journaltitle", "booktitle", "school", "institution", "howpublished", "publisher")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
INHERITED = (
    "booktitle",
    "year",
    "date",
    "editor",
    "publisher",
    "series",
    "volume",
    "address",
    "organization",
)
"""What an entry takes from the one its ``crossref`` names, if it does not say it itself."""

_YEAR = re.compile(r"(\d{4})(?:-|\Z)")
_UNBEGUN = re.compile(r"^\s*@?\s*[a-z]+\s*[{(]\s*[^\s,={}]+\s*,", re.IGNORECASE)
_LEFT_OVER = re.compile(r"""^\s*[,}]|\b[a-z]+\s*=\s*["{\d]|\}\s*,?\s*$""", re.IGNORECASE)


def parse(text: str) -> Bibliography:
    """Read a BibTeX file; nothing in it stops the reading."""
    import logging

    from bibtexparser import entrypoint

    # Its warnings repeat, less clearly, the failed blocks that are reported below.
    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    library = entrypoint.parse_string(text, parse_stack=[])
    faults = [_block_fault(block, library) for block in library.failed_blocks]
    faults += _outside(library)
    strings = _strings(library, faults)
    drafts: list[Draft] = []
    for block in library.entries:
        draft, wrong = _draft(block, strings)
        faults += wrong
        if draft is not None:
            drafts.append(draft)
    formerly = {old: draft for draft in reversed(drafts) for old in _words(draft.fields.get("formerly", ""))}
    by_key = formerly | {draft.key: draft for draft in reversed(drafts)}
    entries: list[Entry] = []
    for draft in drafts:
        entry, wrong = _entry(draft, by_key)
        faults += wrong
        entries.append(entry)
    faults += rules.duplicates(entries)
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


def _outside(library: Library) -> Iterator[Fault]:
    """Text between entries that was meant to be inside one: BibTeX ignores it, and the fields in it are gone."""
    from bibtexparser.model import ImplicitComment, ParsingFailedBlock

    is_told = False
    for block in library.blocks:
        if isinstance(block, ImplicitComment) and not is_told:
            for number, line in enumerate((block.raw or "").split("\n"), start=_line(block)):
                if line.lstrip().startswith("%"):
                    continue
                if _UNBEGUN.match(line):
                    advice = "begin it with @, the type, and an opening brace: @article{key,"
                    yield Fault(number, "an entry does not begin with @ and a type", advice, lost=True)
                    break
                if _LEFT_OVER.search(line):
                    problem = "a part of an entry stands outside of it, so the braces above are not balanced"
                    yield Fault(number, problem, "remove the closing brace that is one too many, or add '%'")
                    break
        # What follows a broken entry is a part of it, and the break has been reported.
        is_told = isinstance(block, ParsingFailedBlock)


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
    for position, depth, quoted in levels(raw):
        if raw[position] == "#" and depth == 0 and not quoted:
            yield raw[start:position].strip()
            start = position + 1
    yield raw[start:].strip()


def _is_enclosed(part: str) -> bool:
    """Whether the brace or quote that opens ``part`` is closed by its last character and not before."""
    if len(part) < 2 or part[0] + part[-1] not in ("{}", '""'):
        return False
    return all(depth > 0 or quoted for position, depth, quoted in levels(part) if position < len(part) - 1)


def _draft(block: Block_Entry, strings: Mapping[str, str]) -> tuple[Draft | None, list[Fault]]:
    fields: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults: list[Fault] = []
    for field in block.fields:
        line = field.start_line + 1
        if field.key.startswith("%"):
            advice = "remove the line, or put it above the entry"
            faults.append(Fault(line, "a % begins no comment inside an entry", advice))
            continue
        value, wrong = _value(field.key, field.value, line, strings)
        faults += wrong
        fields[field.key.lower()] = " ".join(value.split())
        lines[field.key.lower()] = line
    key, line = block.key.strip(), _line(block)
    if not key:
        advice = "write one after the opening brace, such as surname2020word"
        return None, [*faults, Fault(line, "this entry has no key", advice, lost=True)]
    if rules.UNWRITABLE.search(key):
        advice = "use only letters, digits, _ and -"
        return None, [*faults, Fault(line, f"the key '{key}' cannot be part of an IRI", advice, lost=True)]
    return Draft(key, block.entry_type.lower(), line, (block.raw or "").strip(), fields, lines), faults


def _entry(draft: Draft, drafts: Mapping[str, Draft]) -> tuple[Entry, list[Fault]]:
    fields = _inherited(draft, drafts)
    line = draft.line_of("author" if "author" in draft.fields else "editor")
    people, faults = authors(draft.key, fields.get("author") or fields.get("editor") or "", line)
    year = _YEAR.match(fields.get("year") or fields.get("date") or "")
    entry = Entry(
        key=draft.key,
        entry_type=draft.entry_type,
        title=unicode_of(fields.get("title", "")),
        authors=tuple(last for last, _ in people),
        author_list=" and ".join(first for _, first in people),
        year=int(year.group(1)) if year else None,
        venue=next((unicode_of(fields[name]) for name in VENUE_FIELDS if fields.get(name)), None),
        doi=fields.get("doi") or None,
        eprint=fields.get("eprint") or None,
        url=fields.get("url") or None,
        isbn=fields.get("isbn") or None,
        formerly=tuple(old for old in _words(fields.get("formerly", "")) if rules.KEY.match(old)),
        acknowledged=_words(fields.get("acknowledged", "")),
        identifiers=tuple(str(found) for found in identifiers.of_fields(fields)),
        fields=tuple(fields.items()),
        bibtex=draft.bibtex,
        line=draft.line,
    )
    return entry, [*faults, *rules.problems(draft, entry, drafts)]


def _inherited(draft: Draft, drafts: Mapping[str, Draft]) -> dict[str, str]:
    parent = drafts.get(draft.fields.get("crossref", ""))
    if parent is None or parent is draft:
        return dict(draft.fields)
    given = {"booktitle": parent.fields.get("title", ""), **parent.fields}
    taken = {name: given[name] for name in INHERITED if given.get(name)}
    return {**taken, **draft.fields}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())
