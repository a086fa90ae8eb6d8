"""From the entries of a bibliography to facts: by identifier first, by title last and only if that is wanted.

Every record is compared with its entry before it is believed. What contradicts is written down side by side; the
bibliography itself is never touched. An error ends the asking, not the run: what came before it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from kg.bibliography import OWN_WORK, Entry
from kg.errors import FetchError
from kg.literature import matching
from kg.literature.cache import Answer, digest
from kg.literature.facts import Fact, Provenance
from kg.literature.identifiers import Identifier, askable
from kg.literature.matching import Conflict
from kg.literature.openalex import (
    DOIS_A_LIST,
    LIST_PRICE,
    SEARCH_PRICE,
    WORKS_A_LIST,
    OpenAlex,
    TooDearError,
)
from kg.literature.record import Record, record
from kg.literature.transport import GarbledError, UnreachableError

_Found = TypeVar("_Found")

FAILURES_IN_A_ROW = 3
"""So many questions without an answer, each tried several times, and the network is taken to be down."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What may be asked beyond single works by identifier, which are free."""

    search: bool = False
    cited: bool = False
    notices: bool = False
    batch: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one entry: verified, contradicted, doubtful, not found, not asked, or failed."""

    key: str
    line: int
    standing: str
    found_by: str = ""
    records: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    remark: str = ""


@dataclass(slots=True)
class Report:
    """What was found, the facts that follow from it, and what ended the asking before its time."""

    findings: list[Finding] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    error: FetchError | None = None
    too_dear: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """How many questions there are and what they cost, before any is asked."""

    known: int
    free: int
    lists: int
    searches: int

    @property
    def dollars(self) -> float:
        """The price as it was last published; the server's own word is what counts afterwards."""
        return self.lists * LIST_PRICE + self.searches * SEARCH_PRICE


def questions(entry: Entry) -> tuple[str, ...]:
    """How OpenAlex is asked for an entry, the published work before the preprint."""
    pairs = [name.partition(":") for name in entry.identifiers]
    parts = [Identifier(scheme, value) for scheme, _, value in pairs]
    return tuple(asked for part in parts if (asked := askable(part)) is not None)


def plan(entries: Sequence[Entry], openalex: OpenAlex, wishes: Wishes) -> Plan:
    """What a run would ask; what follows from answers that are not there yet cannot be counted."""
    asked = [one for entry in entries for one in questions(entry)]
    missing = [one for one in asked if openalex.known(one) is None]
    unnamed = [entry for entry in entries if not questions(entry) and entry.key != OWN_WORK]
    lists = -(-len(missing) // DOIS_A_LIST) if wishes.batch else 0
    lists += -(-len(entries) // WORKS_A_LIST) if wishes.notices else 0
    searches = sum(openalex.known(_title(entry)) is None for entry in unnamed) if wishes.search else 0
    return Plan(len(asked) - len(missing), 0 if wishes.batch else len(missing), lists, searches)


def _title(entry: Entry) -> str:
    return f"title:{entry.title}"


def enrich(
    entries: Sequence[Entry],
    openalex: OpenAlex,
    wishes: Wishes,
    old: Iterable[Fact] = (),
    others: Sequence[Entry] = (),
    progress: Callable[[Sequence[Entry]], Iterable[Entry]] = lambda entries: entries,
) -> Report:
    """Ask for every entry, compare, and put the facts together.

    ``old`` facts stay where nothing new is known, and those about ``others``, which are not asked for, stay too.
    """
    run = _Run(openalex, wishes)
    works = [entry for entry in entries if entry.key != OWN_WORK]
    if wishes.batch:
        run.attempt(lambda: list(openalex.works([one for entry in works for one in questions(entry)])))
    for entry in progress(works):
        run.report.findings.append(run.finding(entry))
    if wishes.notices:
        run.notices()
    run.keep(old, [*works, *others])
    if wishes.cited:
        run.cited()
    run.report.facts = list(run.facts.values())
    return run.report


class _Run:
    """One run over a bibliography: the facts so far, and the failures in a row."""

    def __init__(self, openalex: OpenAlex, wishes: Wishes) -> None:
        self.openalex = openalex
        self.wishes = wishes
        self.report = Report()
        self.facts: dict[str, Fact] = {}
        self._answered: set[str] = set()
        self._failures = 0

    def attempt(self, ask: Callable[[], _Found]) -> tuple[_Found | None, str]:
        """Ask; what goes wrong is remembered, and told in a few words. The cache is asked on after the end."""
        try:
            found = ask()
        except TooDearError:
            self.report.too_dear += 1
            return None, "would cost more than --max-cost allows"
        except FetchError as error:
            self._failures += 1
            is_passing = isinstance(error, UnreachableError | GarbledError)
            if not is_passing or self._failures >= FAILURES_IN_A_ROW:
                self.openalex.is_stopped = True
            self.report.error = error
            return None, str(error)
        self._failures = 0
        return found, ""

    def finding(self, entry: Entry) -> Finding:
        """Ask for one entry by each of its identifiers, then, if that is wanted, by its title."""
        answers: list[Answer] = []
        remarks: list[str] = []
        asked = questions(entry)
        for one in asked:
            answer, remark = self.attempt(lambda one=one: self.openalex.work(one))  # type: ignore[misc]
            if answer is not None:
                answers.append(answer)
            elif remark:
                remarks.append(remark)
        found = [answer for answer in answers if answer.record is not None]
        if found:
            if len(answers) == len(asked):
                self._answered.update(entry.identifiers)
            return self._compared(entry, found)
        if remarks:
            return Finding(entry.key, entry.line, "failed", remark=remarks[-1])
        if self.wishes.search:
            return self._on_arxiv(entry) or self._searched(entry)
        if len(answers) < len(asked) or not asked:
            why = "it has no identifier that OpenAlex knows" if not asked else "never asked, and offline now"
            return Finding(entry.key, entry.line, "not asked", remark=why)
        return Finding(entry.key, entry.line, "not found", ", ".join(asked))

    def _compared(self, entry: Entry, answers: Sequence[Answer]) -> Finding:
        pairs = [(answer, read) for answer in answers if (read := record(answer.record or {})) is not None]
        pairs = [pair for at, pair in enumerate(pairs) if pair[1].id not in {r.id for _, r in pairs[:at]}]
        if not pairs:
            return Finding(entry.key, entry.line, "failed", remark="the record has no identifier of its own")
        judged = [(answer, read, matching.conflicts(entry, read)) for answer, read in pairs]
        published = next((read.id for _, read, wrong in judged if not read.is_preprint and not wrong), "")
        for answer, read, wrong in judged:
            version_of = published if read.is_preprint and published != read.id else ""
            self._note(fact(entry.identifiers, read, answer, wrong, version_of))
        wrong = tuple(dict.fromkeys(one for _, _, found in judged for one in found))
        standing = "contradicted" if wrong else "verified"
        ids = tuple(read.id for _, read, _ in judged)
        by = ", ".join(answer.asked for answer, _, _ in judged)
        return Finding(entry.key, entry.line, standing, by, ids, wrong)

    def _note(self, new: Fact) -> None:
        """Two entries may lead to one record: then it is a record of both, with what contradicts either."""
        before = self.facts.get(new.record)
        if before is not None and before.is_ours:
            of = tuple(sorted({*before.of, *new.of}))
            new = replace(new, of=of, conflicts=tuple(dict.fromkeys((*before.conflicts, *new.conflicts))))
        self.facts[new.record] = _believed(new)

    def _on_arxiv(self, entry: Entry) -> Finding | None:
        """By the address of the preprint: there are works that their DOI on arXiv does not find."""
        number = next(
            (name.removeprefix("arxiv:") for name in entry.identifiers if name.startswith("arxiv:")), None
        )
        answer, _ = self.attempt(lambda: self.openalex.preprints(number)) if number else (None, "")
        for one in answer.records if answer is not None else ():
            read = record(one)
            if answer is not None and read is not None and f"arxiv:{number}" in read.names:
                return self._compared(entry, [_only(answer, read)])
        return None

    def _searched(self, entry: Entry) -> Finding:
        answer, remark = self.attempt(lambda: self.openalex.search(entry.title))
        if answer is None:
            standing = "failed" if remark else "not asked"
            return Finding(entry.key, entry.line, standing, remark=remark or "never asked, and offline now")
        found = [read for one in answer.records if (read := record(one)) is not None]
        sure = [read for read in found if matching.is_surely(entry, read)]
        if sure:
            # Several records of one work (a preprint and its publication) all agree with the entry.
            kept = next((read for read in sure if not read.is_preprint), sure[0])
            self._note(fact(entry.identifiers, kept, _only(answer, kept), (), ""))
            return Finding(entry.key, entry.line, "verified", "title", (kept.id,))
        near = [read for read in found if matching.similarity(entry.title, read.title) >= matching.SAME_TITLE]
        if near:
            wrong = matching.conflicts(entry, near[0])
            remark = "a record has this title, but is not surely this work: add its DOI if it is"
            return Finding(entry.key, entry.line, "doubtful", "title", (near[0].id,), wrong, remark)
        return Finding(entry.key, entry.line, "not found", "title")

    def notices(self) -> None:
        """Ask for errata and notices of retraction that cite our works and name one in their title."""
        ours = [fact for fact in self.facts.values() if not _is_another(fact)]
        for start in range(0, len(ours), WORKS_A_LIST):
            batch = ours[start : start + WORKS_A_LIST]
            answer, _ = self.attempt(lambda batch=batch: self.openalex.notices([f.record for f in batch]))  # type: ignore[misc]
            if answer is not None:
                self._noticed(answer, batch)

    def _noticed(self, answer: Answer, works: Sequence[Fact]) -> None:
        for notice in (read for one in answer.records if (read := record(one)) is not None):
            for about in works:
                # Whoever corrects one work may cite others as well, so that the title has to say which.
                if about.record in notice.cited and _names_it(notice.title, about.title):
                    known = self.facts[about.record]
                    by = tuple(sorted({*known.corrected_by, notice.id}))
                    self.facts[about.record] = replace(known, corrected_by=by)
                    self.facts.setdefault(notice.id, fact((), notice, _only(answer, notice), (), ""))

    def cited(self) -> None:
        """Ask for the works that ours cite, a list at a time, so that they have titles."""
        wanted = {id_ for fact in self.facts.values() if fact.is_ours for id_ in fact.cited}
        missing = sorted(wanted - self.facts.keys())

        def ask() -> None:
            for answer in self.openalex.works(missing, thoroughly=False):
                read = record(answer.record or {})
                if read is not None:
                    self.facts.setdefault(read.id, fact((), read, answer, (), ""))

        self.attempt(ask)

    def keep(self, old: Iterable[Fact], works: Sequence[Entry]) -> None:
        """Old facts about works that are still here, unless all there is to ask was answered anew; and what they cite."""
        before = {one.record: one for one in old}
        present = {name for entry in works for name in entry.identifiers}
        for one in before.values():
            new = self.facts.get(one.record)
            if new is not None:
                # Notices are only found by a question of their own, which is not put every time.
                by = tuple(sorted({*new.corrected_by, *one.corrected_by}))
                self.facts[one.record] = replace(new, corrected_by=by)
            elif present.intersection(one.of) and not self._answered.intersection(one.of):
                self.facts[one.record] = one
        reached = {id_ for one in self.facts.values() for id_ in (*one.cited, *one.corrected_by)}
        for one in before.values():
            if not one.is_ours and one.record in reached:
                self.facts.setdefault(one.record, one)


def fact(
    of: Sequence[str], read: Record, answer: Answer, conflicts: tuple[Conflict, ...], version_of: str
) -> Fact:
    """A record as a fact. Of a record that is about another work, only what contradicts is kept."""
    payload = next((one for one in answer.records if (r := record(one)) is not None and r.id == read.id), {})
    found = Fact(
        record=read.id,
        of=tuple(sorted(of)),
        title=read.title,
        authors=" and ".join(read.authors),
        year=str(read.year) if read.year is not None else "",
        doi=next((name.removeprefix("doi:") for name in read.names if name.startswith("doi:")), ""),
        kind=read.type,
        is_retracted=read.is_retracted,
        is_withdrawn=read.is_withdrawn,
        published_as=read.published_as or "",
        arxiv_version=read.arxiv_version,
        version_of=version_of,
        corrected_by=(),
        cited=read.cited,
        conflicts=conflicts,
        provenance=Provenance(answer.source, answer.retrieved, digest(payload), read.updated),
    )
    return _believed(found)


def _believed(one: Fact) -> Fact:
    """The fact as it may be written down: what a record of another work says of that work is left out."""
    if not _is_another(one):
        return one
    bare = replace(one, is_retracted=None, is_withdrawn=False, published_as="", arxiv_version=None)
    return replace(bare, version_of="", cited=())


def _only(answer: Answer, kept: Record) -> Answer:
    """The part of an answer to a search that is one record."""
    records = [one for one in answer.records if (read := record(one)) is not None and read.id == kept.id]
    return replace(answer, records=tuple(records))


def _is_another(one: Fact) -> bool:
    return any(conflict.tells_apart for conflict in one.conflicts)


def _names_it(notice: str, title: str) -> bool:
    """Whether the title of a notice holds the title of the work: "Erratum to: …"."""
    words = matching.folded(title)
    return len(words) > 10 and words in matching.folded(notice)


def counted(findings: Iterable[Finding]) -> Iterator[tuple[str, int]]:
    """How many entries there are of each standing, the good news first."""
    standings = [finding.standing for finding in findings]
    for standing in ("verified", "contradicted", "doubtful", "not found", "not asked", "failed"):
        if standing in standings:
            yield standing, standings.count(standing)
