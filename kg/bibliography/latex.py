"""LaTeX prose as Unicode, once, and the names of people.

Names are split before they are decoded: bibtexparser decodes first and splits ``{Barnes and Noble}`` in two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from kg.bibliography.model import Fault


def levels(text: str) -> Iterator[tuple[int, int, bool]]:
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


def authors(key: str, raw: str, line: int) -> tuple[list[tuple[str, str]], list[Fault]]:
    """Every author as ("Surname, Given", "Given Surname"), and what could not be split."""
    from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

    found: list[tuple[str, str]] = []
    faults: list[Fault] = []
    for name in people(raw):
        try:
            parts = parse_single_name_into_parts(name)
        except InvalidNameError as error:
            advice = "write it as Surname, Given and join people by ' and '"
            faults.append(
                Fault(line, f"'{key}' has an author '{name}' that is no name ({error.reason})", advice)
            )
            continue
        found.append((unicode_of(parts.merge_last_name_first), unicode_of(parts.merge_first_name_first)))
    return found, faults


def people(raw: str) -> list[str]:
    """Split at every `` and `` outside braces, and drop the "others" of an abridged list.

    bibtexparser's own splitting loses a command that begins a name: ``\\v{S}mid`` comes back as ``{S}mid``.
    """
    depths = [depth for _, depth, _ in levels(raw)]
    ends = [found.span() for found in re.finditer(r"\s+and\s+", raw) if depths[found.start()] == 0]
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(raw)]
    names = [raw[start:stop].strip() for start, stop in zip(starts, stops, strict=True)]
    return [name for name in names if name and name != "others"]


_PRINTED = {"{": "\ue000", "}": "\ue001"}


@lru_cache(maxsize=4096)
def unicode_of(text: str) -> str:
    """Prose written in LaTeX as plain Unicode; formulas become text as well as they can."""
    # A tie is a space; the accent \~n and the sign \textasciitilde, which is decoded to one, are none.
    text = re.sub(r"(?<!\\)~", "\u00a0", text)
    # A brace that is printed, unlike one that groups, stays; meanwhile it is a sign that no text holds.
    text = re.sub(r"(?<!\\)\\([{}])", lambda found: _PRINTED[found.group(1)], text)
    if "\\" in text or "$" in text:
        text = _decoder().latex_to_text(text).replace("\u02c6", "^")
    for source, target in (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”")):
        text = text.replace(source, target)
    text = " ".join(text.replace("{", "").replace("}", "").replace("\u00a0", " ").split())
    for brace, sign in _PRINTED.items():
        text = text.replace(sign, brace)
    return text


@lru_cache(maxsize=1)
def _decoder() -> Any:
    # Importing and building its tables costs more than reading a whole file of plain entries.
    from pylatexenc.latex2text import LatexNodes2Text  # type: ignore[import-untyped]

    return LatexNodes2Text(math_mode="text", strict_latex_spaces=True, keep_comments=True)
