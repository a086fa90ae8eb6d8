"""Identifiers of works in one spelling each, whatever was pasted: a DOI, an address, ``arXiv:…``, a bare number.

A work keeps its identifiers when its BibTeX key changes, so facts about it hang on these and not on keys. idutils
knows DOI and ISBN, but keeps the case and the version, and knows neither ACL, OpenReview, PMLR nor NeurIPS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

SCHEMES = ("doi", "arxiv", "acl", "openreview", "pmlr", "neurips", "isbn", "ieee", "url")
"""In the order in which they are asked and preferred."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """One name of a work; ``version`` is that of the text, which two names of one work need not share."""

    scheme: str
    value: str
    version: int | None = None

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @property
    def address(self) -> str:
        """Where a reader finds the work."""
        templates = {
            "doi": "https://doi.org/{}",
            "arxiv": "https://arxiv.org/abs/{}",
            "acl": "https://aclanthology.org/{}",
            "openreview": "https://openreview.net/forum?id={}",
            "pmlr": "https://proceedings.mlr.press/{}.html",
            "isbn": "urn:isbn:{}",
            "ieee": "https://ieeexplore.ieee.org/document/{}",
        }
        if self.scheme == "neurips":
            year, _, rest = self.value.partition("/")
            return f"https://proceedings.neurips.cc/paper/{year}/hash/{rest}-Abstract.html"
        return templates.get(self.scheme, "{}").format(self.value)


# A DOI may hold nearly anything; what ends a sentence or an address is not part of one.
_DOI = re.compile(r"(10\.\d{4,9}/\S+?)[.,;]?\Z")
_ARXIV = re.compile(r"(\d{4}\.\d{4,5}|[a-z][a-z-]*(?:\.[a-z]{2})?/\d{7})(?:v([1-9]\d*))?\Z", re.IGNORECASE)
_ACL = re.compile(r"([a-z]\d{2}-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9]+\.\d+)\Z", re.IGNORECASE)
_SCHOLARLY = {
    "openreview": re.compile(r"openreview\.net/(?:forum|pdf|attachment)\?(?:.*&)?id=([\w-]+)"),
    "pmlr": re.compile(r"proceedings\.mlr\.press/(v\d+/[\w-]+?)(?:\.html|\.pdf|/|\Z)"),
    "ieee": re.compile(r"ieeexplore\.ieee\.org/(?:abstract/)?document/(\d+)"),
}
_NEURIPS = re.compile(
    r"(?:proceedings\.neurips\.cc|papers\.n(?:eur)?ips\.cc)/paper(?:_files/paper)?/(\d{4})/(?:hash|file)/([0-9a-f]{32})"
)
_HOST = re.compile(r"https?://(?:www\.|dx\.|export\.)?([^/]+)/(.*)\Z", re.IGNORECASE)
_ARXIV_DOI = "10.48550/arxiv."
_ACL_DOI = re.compile(r"10\.(?:18653|3115)/v1/(.+)\Z")


def doi(text: str) -> Identifier | None:
    """A DOI, in small letters as DOIs are compared; arXiv's own DOIs are arXiv identifiers."""
    bare = re.sub(r"\A(?:doi\s*:\s*|https?://(?:dx\.)?doi\.org/)", "", text.strip(), flags=re.IGNORECASE)
    found = _DOI.match(unquote(bare))
    if not found:
        return None
    value = found.group(1).lower()
    if value.startswith(_ARXIV_DOI):
        return arxiv(value.removeprefix(_ARXIV_DOI))
    return Identifier("doi", value)


def arxiv(text: str) -> Identifier | None:
    """An arXiv identifier without its version and without the subject class of old ones."""
    bare = re.sub(r"\Aarxiv\s*:\s*", "", text.strip(), flags=re.IGNORECASE)
    address = _HOST.match(bare)
    if address and address.group(1).lower() == "arxiv.org":
        bare = re.sub(r"\A(?:abs|pdf|html|format)/", "", address.group(2)).removesuffix(".pdf")
    found = _ARXIV.match(re.sub(r"\s*\[[\w.-]+\]\Z", "", bare))
    if not found or not _is_dated(found.group(1)):
        return None
    value = re.sub(r"\.[a-z]{2}/", "/", found.group(1).lower())
    return Identifier("arxiv", value, int(found.group(2)) if found.group(2) else None)


def _is_dated(value: str) -> bool:
    """Whether the year and month in an arXiv identifier can be; since 2015 five digits follow them."""
    date = value.rpartition("/")[2][:4]
    number = value.partition(".")[2]
    is_month = 1 <= int(date[2:]) <= 12
    return is_month and ("/" in value or len(number) == (5 if int(date) >= 1501 else 4))


def acl(text: str) -> Identifier | None:
    """An identifier of the ACL Anthology; the letter of an old one is a capital."""
    bare = re.sub(r"\Aacl\s*:\s*", "", text.strip(), flags=re.IGNORECASE)
    address = _HOST.match(bare)
    if address and address.group(1).lower() in ("aclanthology.org", "aclweb.org"):
        bare = re.sub(r"\Aanthology/", "", address.group(2)).rstrip("/").removesuffix(".pdf")
    found = _ACL.match(bare)
    if not found:
        return None
    value = found.group(1)
    return Identifier("acl", value.upper() if value[0].isalpha() else value.lower())


def isbn(text: str) -> Identifier | None:
    """An ISBN with thirteen digits, if its check digit is right."""
    digits = re.sub(r"\Aisbn(?:-1[03])?\s*:?|[\s‐-]", "", text.strip(), flags=re.IGNORECASE).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits):
        weighted = sum((10 - at) * (10 if d == "X" else int(d)) for at, d in enumerate(digits))
        if weighted % 11:
            return None
        digits = f"978{digits[:9]}"
        digits += str(-_weight(digits) % 10)
    if not re.fullmatch(r"97[89]\d{10}", digits) or _weight(digits) % 10:
        return None
    return Identifier("isbn", digits)


def _weight(digits: str) -> int:
    return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))


def url(text: str) -> Identifier | None:
    """The identifier that an address holds, or the address itself without what does not tell pages apart."""
    text = text.strip()
    if not re.match(r"https?://\S+\Z", text, re.IGNORECASE):
        return None
    if re.match(r"https?://(?:dx\.)?doi\.org/", text, re.IGNORECASE):
        return doi(text)
    found = arxiv(text) or acl(text)
    if found is not None:
        return found
    for scheme, pattern in _SCHOLARLY.items():
        matched = pattern.search(text)
        if matched:
            return Identifier(scheme, matched.group(1))
    neurips = _NEURIPS.search(text)
    if neurips:
        return Identifier("neurips", f"{neurips.group(1)}/{neurips.group(2)}")
    return Identifier("url", text.partition("#")[0].rstrip("/"))


_READERS: tuple[Callable[[str], Identifier | None], ...] = (doi, arxiv, acl, url, isbn)


def identifier(text: str) -> Identifier | None:
    """Whatever people paste: a DOI, an address, ``arXiv:…``, ``ISBN …``; nothing if it is none of these."""
    return next((found for reader in _READERS if (found := reader(text)) is not None), None)


def implied(found: Identifier) -> Iterator[Identifier]:
    """An identifier and the others that it holds: a DOI of the ACL ends in the Anthology's number."""
    yield found
    inside = _ACL_DOI.match(found.value) if found.scheme == "doi" else None
    anthology = acl(inside.group(1)) if inside else None
    if anthology is not None:
        yield anthology


def of_fields(fields: Mapping[str, str]) -> tuple[Identifier, ...]:
    """Every identifier of a BibTeX entry, in the order of `SCHEMES`, each once."""
    prefix = fields.get("archiveprefix", fields.get("eprinttype", "arxiv")).lower()
    read = [
        doi(fields.get("doi", "")),
        arxiv(fields.get("eprint", "")) if prefix == "arxiv" else None,
        *(isbn(part) for part in fields.get("isbn", "").replace(",", " ; ").split(" ; ")),
        url(fields.get("url", "")),
    ]
    found = {str(one): one for first in read if first is not None for one in reversed([*implied(first)])}
    return tuple(sorted(found.values(), key=lambda one: (SCHEMES.index(one.scheme), one.value)))


def askable(found: Identifier) -> str | None:
    """How OpenAlex is asked for it, free of charge; nothing if OpenAlex does not know such identifiers."""
    if found.scheme == "doi":
        return f"doi:{found.value}"
    return f"doi:{_ARXIV_DOI}{found.value}" if found.scheme == "arxiv" else None
