"""Changes to the text of a BibTeX file: what was asked for, and not one byte more.

No writer of BibTeX leaves a file as it was (bibtexparser's sorts, aligns and drops comments), so the text is cut at
the places that bibtexparser reports and put together again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from kg.bibliography import parse
from kg.errors import UsageError

if TYPE_CHECKING:
    from bibtexparser.model import Entry as Block


def appended(text: str, entry: str) -> str:
    """The file with an entry at its end, in the file's own line endings, after one blank line."""
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text else end if text.endswith(("\n", "\r")) else end * 2
    return text + gap + entry.strip().replace("\r\n", "\n").replace("\n", end) + end


def renamed(text: str, old: str, new: str) -> str:
    """The file with a key replaced, and the old one kept under ``formerly``.

    Raises: UsageError if there is no entry of this key, or already one of the new.
    """
    block = _block(text, old)
    if any(found.key.strip().lower() == new.lower() for found in _blocks(text)):
        raise UsageError(f"{new}: there is already an entry of this key: choose another")
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_-]*", new):
        raise UsageError(f"{new}: this cannot be a key: use only letters, digits, _ and -")
    raw = block.raw or ""
    head = re.match(r"@\s*\w+\s*[{(]\s*", raw)
    assert head is not None
    replaced = raw[: head.end()] + new + raw[head.end() + len(old) :]
    whole = _with_block(text, block, replaced)
    before = next((entry.formerly for entry in parse(text).entries if entry.key == old), ())
    return with_field(whole, new, "formerly", ", ".join((*before, old)))


def with_field(text: str, key: str, name: str, value: str) -> str:
    """The file with one field of one entry set: replaced in its place, or added as the first.

    Raises: UsageError if there is no entry of this key.
    """
    block = _block(text, key)
    raw = block.raw or ""
    for field in block.fields:
        if field.key.lower() == name:
            found = re.search(rf"\b{re.escape(field.key)}(\s*=\s*){re.escape(field.value)}", raw)
            assert found is not None
            changed = f"{field.key}{found.group(1)}{{{value}}}"
            return _with_block(text, block, raw[: found.start()] + changed + raw[found.end() :])
    if "," not in raw:
        # An entry that is a key and nothing else.
        end = len(raw.rstrip()) - 1
        return _with_block(text, block, f"{raw[:end].rstrip()}, {name} = {{{value}}}{raw[end:]}")
    comma = raw.index(",")
    gap = re.match(r"\s*", raw[comma + 1 :])
    before = (gap.group() if gap else "") or " "
    return _with_block(text, block, f"{raw[: comma + 1]}{before}{name} = {{{value}}},{raw[comma + 1 :]}")


def _blocks(text: str) -> list[Block]:
    import logging

    from bibtexparser import entrypoint

    logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
    return list(entrypoint.parse_string(text, parse_stack=[]).entries)


def _block(text: str, key: str) -> Block:
    from kg.names import did_you_mean

    blocks = _blocks(text)
    for block in blocks:
        if block.key.strip() == key:
            return block
    advice = did_you_mean(key, [block.key.strip() for block in blocks], "add it with kg cite")
    raise UsageError(f"{key}: there is no such entry in the bibliography: {advice}")


def _with_block(text: str, block: Block, replacement: str) -> str:
    """The text with one block replaced, found by its line because the same words may stand elsewhere."""
    raw, start = block.raw or "", 0
    for _ in range(block.start_line or 0):
        start = text.index("\n", start) + 1
    at = text.index(raw, start)
    return text[:at] + replacement + text[at + len(raw) :]
