"""Where in a work: "Theorem 1", "Equations 5 to 8", "Section 3.2, after the definition of the scores".

A locator is read into parts, each a kind of place with its number or numbers. Places that no number names ("the
section on restricted Boltzmann machines") are allowed: a number that was guessed would be worse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kg.entities import Claim

KINDS = (
    "Abstract Algorithm Appendix Assumption Chapter Claim Conclusion Conjecture Corollary Definition Equation Example "
    "Exercise Figure Footnote Introduction Lemma Line Page Part Problem Proposition Remark Section Table Theorem"
)
"""The kinds of place, each a word that may stand before a number."""

_ABBREVIATIONS = {
    "Algorithm": "alg algo",
    "Appendix": "app",
    "Chapter": "ch chap",
    "Corollary": "cor coroll",
    "Definition": "def defn",
    "Equation": "eq eqn eqs eqns",
    "Example": "ex",
    "Figure": "fig figs",
    "Lemma": "lem",
    "Page": "p pp pg",
    "Proposition": "prop",
    "Remark": "rem",
    "Section": "sec sect secs § §§",
    "Table": "tab tbl",
    "Theorem": "th thm thms",
}
_KINDS = {kind.lower(): kind for kind in KINDS.split()}
_PLURALS = {f"{word}s": kind for word, kind in _KINDS.items()} | {
    "appendices": "Appendix",
    "lemmata": "Lemma",
}
_SHORT = {short: kind for kind, shorts in _ABBREVIATIONS.items() for short in shorts.split()}
_NUMBER = r"(?:[A-Z]?\.?\d+(?:\.\d+)*[a-z]?|[IVXL]+|[A-Z](?:\.\d+)*)(?![A-Za-z\d])"
_PART = re.compile(
    rf"(?P<kind>§+|[A-Za-z]+)\.?\s*(?P<numbers>\(?{_NUMBER}\)?(?:(?:\s*[-–—]+\s*|,? (?:to|and) )\(?{_NUMBER}\)?)*)?"
)
_LIST = re.compile(rf"(?<=\d),\s+(?=\(?{_NUMBER}\)?(?:,|\Z))")
_BARE = re.compile(rf"\(?{_NUMBER}\)?\Z")


@dataclass(frozen=True, slots=True)
class Part:
    """One place: its kind, the first and last of its numbers as written, and whether they are one run."""

    kind: str
    numbers: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([self.kind, *self.numbers])


def parts(locator: str) -> tuple[Part, ...]:
    """The places that a locator names by kind; none if it only describes one."""
    return tuple(part for part, _ in _read(locator))


def _read(locator: str) -> Iterator[tuple[Part, re.Match[str]]]:
    for piece in re.split(r",\s+|;\s*|\s+of\s+", locator):
        found = _PART.match(piece)
        if not found:
            continue
        word = found["kind"].lower()
        kind = _KINDS.get(word) or _PLURALS.get(word) or _SHORT.get(word)
        numbers = tuple(re.findall(_NUMBER, found["numbers"] or ""))
        # Without a number it is a place only if nothing else is said; else it is a word of a description.
        if kind and (numbers or found.end() == len(locator)):
            yield Part(kind, numbers), found


def misspelling(locator: str) -> str | None:
    """What a locator should read instead; nothing if it is well formed."""
    if _BARE.match(locator.strip()):
        return (
            f"Section {locator.strip().strip('()')}, or Theorem, Equation, Page: say what it is the number of"
        )
    # "Theorem 1, 2" leaves open what the 2 is the number of.
    mended = _LIST.sub(" and ", locator)
    for part, found in _read(mended):
        written = found.group().strip()
        proper = _proper(part, found)
        if written != proper:
            mended = mended.replace(written, proper, 1)
    mended = mended.strip().rstrip(".,;:")
    return mended if mended != locator else None


def _proper(part: Part, found: re.Match[str]) -> str:
    if not part.numbers:
        return found.group().strip()
    if len(part.numbers) == 1:
        return f"{part.kind} {part.numbers[0]}"
    joined = re.sub(r"\s*[-–—]+\s*", " to ", found["numbers"]).replace("(", "").replace(")", "")
    plural = next(word for word, kind in reversed(_PLURALS.items()) if kind == part.kind)
    return f"{plural.capitalize()} {joined}"


def needs_number(locator: str) -> str | None:
    """The kind of a place that has a number in every work, and none here."""
    unnumbered = ("Abstract", "Introduction", "Conclusion", "Appendix")
    return next(
        (part.kind for part in parts(locator) if not part.numbers and part.kind not in unnumbered), None
    )


def same(first: str, second: str) -> bool:
    """Whether two locators are one place, however they are spelt."""
    one, other = parts(first), parts(second)
    if one and other:
        return one == other and _words(first) == _words(second)
    return _words(first) == _words(second)


def _words(locator: str) -> str:
    mended = misspelling(locator) or locator
    return " ".join(re.sub(r"[\W_]+", " ", mended.casefold()).split())


def counts(claims: Iterable[Claim]) -> tuple[int, int]:
    """How many sources have been looked up at their place, and how many have not."""
    statuses = [source.status for claim in claims for source in claim.sources]
    return statuses.count("Confirmed"), len(statuses) - statuses.count("Confirmed")
