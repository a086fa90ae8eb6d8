"""Acronyms that a text explains itself: "electron microscopy (EM)".

The rule is that of Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical
text" (2003): read backwards, every letter of the short form is found in the words before the bracket, and the first
letter begins a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from kg.linking.words import TOKEN, lemma

_SHORT_FORM = re.compile(r"\(([A-Z][A-Za-z0-9-]{1,9}?)s?[,;)]")


def definitions(text: str) -> Mapping[str, tuple[int, int]]:
    """Short form → where its long form stands, for every acronym that the text explains in brackets."""
    found: dict[str, tuple[int, int]] = {}
    for match in _SHORT_FORM.finditer(text):
        short = match.group(1)
        start = _long_form(short, text[: match.start()])
        if start is not None and short not in found:
            found[short] = (start, match.start())
    return found


def _long_form(short: str, before: str) -> int | None:
    words = list(re.finditer(r"\S+", before))
    window = words[-min(len(short) + 5, 2 * len(short)) :]
    if not window:
        return None
    lowest, at = window[0].start(), len(before) - 1
    for index in range(len(short) - 1, -1, -1):
        letter = short[index].lower()
        if not letter.isalnum():
            continue
        while at >= lowest and (
            before[at].lower() != letter or (index == 0 and at > 0 and before[at - 1].isalnum())
        ):
            at -= 1
        if at < lowest:
            return None
        at -= 1
    return at + 1


def agrees(long_form: str, labels: Iterable[str]) -> bool:
    """Whether a long form is one of these labels, or half of its words are words of one of them."""
    words = {lemma(token) for token in TOKEN.findall(long_form) if len(token) > 2}
    for label in labels:
        own = {lemma(token) for token in TOKEN.findall(label) if len(token) > 2}
        if len(own) > 1 and words and 2 * len(words & own) >= len(words):
            return True
    return False
