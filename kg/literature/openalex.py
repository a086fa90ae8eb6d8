"""The questions that are put to OpenAlex: a work, many works, a title, notices of correction. Cached, priced, paced.

A single work by its identifier is free; a list costs, a search costs ten times as much. The prices below are those
of August 2026; they have changed before, so what the server reports is what is counted, and these only plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyalex import Works

from kg.literature.cache import Answer, Answers
from kg.literature.identifiers import doi
from kg.literature.transport import HOST, GarbledError, NotFoundError, Transport

LIST_PRICE, SEARCH_PRICE = 0.0001, 0.001
WORKS_A_LIST, DOIS_A_LIST, PAGE = 100, 50, 100
"""A hundred identifiers are allowed; a hundred DOIs would make an address longer than the server takes."""

CORRECTIONS = ("erratum", "retraction")


class TooDearError(Exception):
    """The question would cost more than may be spent."""


@dataclass(slots=True)
class OpenAlex:
    """OpenAlex as seen through the cache; without a ``transport`` the cache is all there is."""

    answers: Answers
    transport: Transport | None = None
    refresh: bool = False
    max_cost: float = 0.0

    is_stopped: bool = False

    @property
    def asks(self) -> bool:
        """Whether it goes beyond the cache: not offline, and nothing has ended the asking."""
        return self.transport is not None and not self.is_stopped

    def known(self, asked: str) -> Answer | None:
        """The answer that is at hand, unless everything is to be asked anew."""
        return None if self.refresh and self.asks else self.answers.get(asked)

    def work(self, asked: str) -> Answer | None:
        """The work with an identifier (``doi:10.…``, ``W123``): free. Nothing if offline and never asked.

        Raises: FetchError, except that a work which does not exist is an answer without records.
        """
        known = self.known(asked)
        if known is not None or not self.asks:
            return known
        query = Works(asked)
        assert self.transport is not None
        try:
            records = [dict(self.transport.ask(query))]
        except NotFoundError:
            records = []
        return self.answers.keep(asked, _address(query), records)

    def works(self, asked: Sequence[str], *, thoroughly: bool = True) -> Iterator[Answer]:
        """Many works, a list at a time; ``thoroughly`` asks singly, which is free, for what a list leaves out."""
        missing = []
        for one in asked:
            known = self.known(one)
            if known is not None:
                yield known
            else:
                missing.append(one)
        for name, batch in _batches(missing) if self.asks else ():
            yield from self._batch(name, batch, thoroughly)

    def _batch(self, name: str, batch: Sequence[str], thoroughly: bool) -> Iterator[Answer]:
        wanted = {one.removeprefix("doi:"): one for one in batch}
        if name:
            query = Works({"per-page": PAGE}).filter_or(**{name: list(wanted)})
            for record in self._list(query):
                for mark in _marks(record):
                    one = wanted.pop(mark, None)
                    if one is not None:
                        yield self.answers.keep(one, f"https://{HOST}/works/{one}", [record])
        for one in wanted.values():
            answer = (
                self.work(one) if thoroughly else self.answers.keep(one, f"https://{HOST}/works/{one}", [])
            )
            if answer is not None:
                yield answer

    def search(self, title: str) -> Answer | None:
        """The works whose titles are nearest to these words; costs.

        Raises: TooDearError before it would cost too much.
        """
        asked = f"title:{' '.join(title.split())}"
        known = self.known(asked)
        if known is not None or not self.asks:
            return known
        # What the server takes for operators and separators is not part of the words of a title.
        words = "".join(character if character.isalnum() else " " for character in title)
        query = Works({"per-page": 10}).search_filter(title=" ".join(words.split()))
        found = self._one_page(query, SEARCH_PRICE)
        return self.answers.keep(asked, _address(query), [dict(record) for record in found])

    def preprints(self, number: str) -> Answer | None:
        """The works that have a place on arXiv under this number, for what its DOI does not find; costs."""
        asked = f"arxiv:{number}"
        known = self.known(asked)
        if known is not None or not self.asks:
            return known
        addresses = [f"{scheme}://arxiv.org/abs/{number}" for scheme in ("http", "https")]
        query = Works({"per-page": 10}).filter_or(**{"locations.landing_page_url": addresses})
        found = self._one_page(query, LIST_PRICE)
        return self.answers.keep(asked, _address(query), [dict(record) for record in found])

    def notices(self, ids: Sequence[str]) -> Answer | None:
        """Errata and notices of retraction that cite any of these works (at most a hundred); costs."""
        asked = f"notices:{'|'.join(sorted(ids))}"
        known = self.known(asked)
        if known is not None or not self.asks:
            return known
        # filter_or has to come first: the other way round pyalex joins the identifiers by AND.
        query = Works({"per-page": PAGE}).filter_or(cites=sorted(ids)).filter(type="|".join(CORRECTIONS))
        return self.answers.keep(asked, _address(query), list(self._list(query)))

    def _list(self, query: Any) -> Iterator[dict[str, Any]]:
        """Every record of a list, page after page, each once."""
        address, cursor, cursors = _address(query), "*", set[str]()
        seen: set[str] = set()
        while True:
            query.params["cursor"] = cursor
            page = self._one_page(query, LIST_PRICE)
            for record in page:
                mark = str(record.get("id"))
                if mark not in seen:
                    seen.add(mark)
                    yield dict(record)
            if len(page) < PAGE:
                return
            cursors.add(cursor)
            following = (page.meta or {}).get("next_cursor")
            if not isinstance(following, str) or following in cursors:
                raise GarbledError(f"{HOST}: the pages of {address} do not go on: try again later")
            cursor = following

    def _one_page(self, query: Any, price: float) -> Any:
        assert self.transport is not None
        if self.transport.spent + price > self.max_cost + 1e-12:
            raise TooDearError
        found = self.transport.ask(query, price)
        if not isinstance(found, list) or not all(isinstance(record, Mapping) for record in found):
            raise GarbledError(f"{HOST}: a list was asked for, and something else came: try again later")
        return found


def _address(query: Any) -> str:
    return str(query.url).replace("%3A", ":").replace("%2F", "/")


def _batches(asked: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Split into lists that one address can hold; what a filter would misread goes alone, under no name."""
    works = [one for one in asked if not one.startswith("doi:")]
    dois = [one for one in asked if one.startswith("doi:") and not set(one) & set("|,;+ ")]
    for name, ones, size in (("openalex_id", works, WORKS_A_LIST), ("doi", dois, DOIS_A_LIST)):
        for start in range(0, len(ones), size):
            yield name, ones[start : start + size]
    alone = [one for one in asked if one.startswith("doi:") and set(one) & set("|,;+ ")]
    if alone:
        yield "", alone


def _marks(record: Mapping[str, Any]) -> Iterator[str]:
    """How a record of a list is recognised as the answer to one of the questions."""
    yield str(record.get("id") or "").rpartition("/")[2]
    written = str(record.get("doi") or "")
    found = doi(written)
    if found is not None:
        yield found.value if found.scheme == "doi" else f"10.48550/arxiv.{found.value}"
