"""A record of OpenAlex, as far as it is used here. Any field may be missing, null, or of another kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.literature import identifiers

_WITHDRAWN = re.compile(
    r"\b(?:paper|submission|article|manuscript) (?:has been|is|was) withdrawn\b", re.IGNORECASE
)
_TITLE_MARK = re.compile(r"\A\W*(retracted|withdrawn)(?: article| paper)?\W*[:\]—-]\s*", re.IGNORECASE)
_MARKUP = re.compile(r"</?(?:[a-z]{1,6}|(?:mml|jats):[\w-]+)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ID = re.compile(r"(?:https?://(?:api\.)?openalex\.org/(?:works/)?)?(W\d+)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Record:
    """What OpenAlex says of one work; ``None`` and empty mean that it does not say.

    ``cited`` are identifiers of records. A missing one is unknown: about half of the references of preprints are.
    """

    id: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    type: str
    names: tuple[str, ...]
    venue: str
    venue_type: str
    is_preprint: bool
    is_retracted: bool | None
    is_withdrawn: bool
    published_as: str | None
    arxiv_version: int | None
    cited: tuple[str, ...]
    updated: str | None

    @property
    def iri(self) -> str:
        """The identifier of the record as an IRI."""
        return f"https://openalex.org/{self.id}"


def work_id(value: object) -> str | None:
    """``W123``, from however OpenAlex writes it."""
    found = _ID.match(value) if isinstance(value, str) else None
    return found.group(1).upper() if found else None


def record(work: Mapping[str, Any]) -> Record | None:
    """Read a record; nothing if it does not even say which one it is."""
    id_ = work_id(work.get("id"))
    if id_ is None:
        return None
    written = _text(work.get("title")) or _text(work.get("display_name"))
    # Titles hold markup, such as <i>b</i>, and a mark that says what has become of the work.
    plain = " ".join(_MARKUP.sub("", written).split())
    mark = _TITLE_MARK.match(plain)
    places = list(_places(work))
    primary = _mapping(work.get("primary_location"))
    source = _mapping(primary.get("source"))
    names = tuple(dict.fromkeys(_names(work, places)))
    kind = _text(work.get("type"))
    is_preprint = kind == "preprint" or _text(source.get("type")) == "repository"
    return Record(
        id=id_,
        title=plain[mark.end() :] if mark else plain,
        authors=tuple(_authors(work)),
        year=_year(work.get("publication_year")),
        type=kind,
        names=names,
        venue=_text(source.get("display_name")) or _text(primary.get("raw_source_name")),
        venue_type=_text(source.get("type")),
        is_preprint=is_preprint,
        is_retracted=_retracted(work, mark),
        is_withdrawn=bool(mark and mark.group(1).lower() == "withdrawn") or _says_withdrawn(work),
        published_as=_published(work, places),
        arxiv_version=max((version for place in places if (version := _version(place))), default=None),
        cited=tuple(sorted({id_ for one in _list(work.get("referenced_works")) if (id_ := work_id(one))})),
        updated=_day(work.get("updated_date")),
    )


def _places(work: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for place in (work.get("primary_location"), *_list(work.get("locations"))):
        yield _mapping(place)


def _names(work: Mapping[str, Any], places: list[Mapping[str, Any]]) -> Iterator[str]:
    """Every identifier that the record or one of its places bears, as `kg.literature.identifiers` writes them."""
    written = [work.get("doi"), _mapping(work.get("ids")).get("doi")]
    for place in places:
        written += [place.get("landing_page_url"), place.get("pdf_url")]
        origin = _text(place.get("id"))
        if origin.startswith("pmh:oai:arXiv.org:"):
            written.append(f"arXiv:{origin.rpartition(':')[2]}")
        elif origin.startswith("doi:"):
            written.append(origin)
    for one in written:
        found = identifiers.identifier(one) if isinstance(one, str) else None
        if found is not None and found.scheme != "url":
            yield str(found)


def _authors(work: Mapping[str, Any]) -> Iterator[str]:
    for authorship in _list(work.get("authorships")):
        author = _mapping(authorship)
        name = _text(_mapping(author.get("author")).get("display_name")) or _text(
            author.get("raw_author_name")
        )
        if name:
            yield name


def _retracted(work: Mapping[str, Any], mark: re.Match[str] | None) -> bool | None:
    said = work.get("is_retracted")
    if mark and mark.group(1).lower() == "retracted":
        return True
    return said if isinstance(said, bool) else None


def _says_withdrawn(work: Mapping[str, Any]) -> bool:
    """Whether the abstract is the one sentence that arXiv leaves of a withdrawn preprint."""
    text = abstract(work)
    return len(text) < 400 and bool(_WITHDRAWN.search(text))


def abstract(work: Mapping[str, Any]) -> str:
    """The abstract, rebuilt from its inverted index; for the cache only, it is not ours to publish."""
    places = [
        (position, word)
        for word, positions in _mapping(work.get("abstract_inverted_index")).items()
        for position in _list(positions)
        if isinstance(position, int)
    ]
    return " ".join(word for _, word in sorted(places))


def _published(work: Mapping[str, Any], places: list[Mapping[str, Any]]) -> str | None:
    """The DOI under which a journal or a conference has published it."""
    for place in places:
        kind = _text(_mapping(place.get("source")).get("type"))
        address = place.get("landing_page_url")
        found = identifiers.doi(address) if isinstance(address, str) else None
        if place.get("is_published") is True and kind in ("journal", "conference") and found:
            return str(found) if found.scheme == "doi" else None
    return None


def _version(place: Mapping[str, Any]) -> int | None:
    found = [place.get(name) for name in ("landing_page_url", "pdf_url")]
    read = [identifiers.arxiv(one) for one in found if isinstance(one, str)]
    return next((one.version for one in read if one is not None and one.version), None)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _day(value: object) -> str | None:
    found = re.match(r"\d{4}-\d{2}-\d{2}", _text(value), re.ASCII)
    return found.group() if found else None


def _year(value: object) -> int | None:
    is_year = isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 2999
    return value if is_year and isinstance(value, int) else None
