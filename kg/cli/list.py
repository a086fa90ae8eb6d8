"""``kg list``: which concepts, claims and papers there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from kg.cli.verb import Choice, deliver, format_option, graph, say, verb
from kg.errors import UsageError
from kg.names import did_you_mean

if TYPE_CHECKING:
    from kg.graph import Claim, Graph

STRENGTHS = ("Proved", "IdentityTested", "Enclosed", "Scaled", "Statistical", "Sampled", "Reported")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list, and the text in which words are looked for."""

    name: str
    what: str
    topic: str
    text: str
    searched: str
    claim: Claim | None = None

    @property
    def strength(self) -> str | None:
        """How strongly the claim has passed, if it is one and has."""
        evidence = self.claim.evidence if self.claim else None
        return evidence.strength if evidence and evidence.outcome == "passed" else None

    def as_row(self, stale: frozenset[str]) -> tuple[str, str, str, str]:
        """The line of the table that people read."""
        from kg.render import standing

        if self.claim is None:
            return self.name, self.what, "", self.text
        return (
            self.name,
            self.claim.kind,
            standing(self.claim.evidence, self.name in stale),
            self.text,
        )

    def as_json(self, stale: frozenset[str]) -> dict[str, Any]:
        """The object that ``--format json`` prints."""
        own: dict[str, Any] = {
            "name": self.name,
            "what": self.what,
            "topic": self.topic or None,
            "text": self.text,
        }
        if self.claim is not None:
            outcome = self.claim.evidence.outcome if self.claim.evidence else "untested"
            own |= {"kind": self.claim.kind, "outcome": outcome, "strength": self.strength}
            own |= {"stale": self.name in stale}
        return own


@verb("list", "kg list attention", "kg list --only claims --topic attention --strength IdentityTested")
@click.argument("text", nargs=-1)
@click.option("--only", type=Choice(["concepts", "claims", "papers"]), help="One kind of thing only.")
@click.option("--kind", metavar="KIND", help="Claims of a kind, such as Identity or Refutation.")
@click.option("--strength", type=Choice(STRENGTHS), help="Claims that passed with this strength.")
@click.option("--topic", metavar="TOPIC", help="Concepts and claims of a topic.")
@format_option("text", "json")
def command(
    text: tuple[str, ...],
    only: str | None,
    kind: str | None,
    strength: str | None,
    topic: str | None,
    form: str,
) -> None:
    """List concepts, claims and papers.

    With TEXT, those in which every word of it occurs: names, labels, definitions, statements, titles and authors are searched, in capitals or not.
    --kind and --strength leave only claims, --topic leaves out papers.
    """
    found = graph()
    kind = _one_of(kind, found.kinds, "kind of claim")
    topic = _one_of(topic, found.topics, "topic")
    words = [word.casefold() for part in text for word in part.split()]
    entries = [
        entry
        for entry in _entries(found)
        if (only is None or f"{entry.what}s" == only)
        and (kind is None or (entry.claim is not None and entry.claim.kind == kind))
        and (strength is None or entry.strength == strength)
        and (topic is None or entry.topic == topic)
        and all(word in entry.searched for word in words)
    ]
    stale = found.stale_claims()
    if form == "json":
        deliver(json.dumps([entry.as_json(stale) for entry in entries], ensure_ascii=False, indent=2), None)
    elif entries:
        from kg.render import table

        rows = [entry.as_row(stale) for entry in entries]
        deliver(table(("name", "kind", "evidence", "in words"), rows), None)
    say(_counted(entries))


def _one_of(value: str | None, known: Iterable[str], what: str) -> str | None:
    if value is None:
        return None
    by_lower = {name.lower(): name for name in known}
    if value.lower() not in by_lower:
        advice = did_you_mean(value, by_lower.values(), f"known are {', '.join(by_lower.values()) or 'none'}")
        raise UsageError(f"{value}: there is no {what} of this name: {advice}")
    return by_lower[value.lower()]


def _entries(graph: Graph) -> Iterator[Entry]:
    for concept in graph.concepts.values():
        words = (concept.name, concept.label, *concept.alt_labels, concept.definition)
        also = f" ({', '.join(concept.alt_labels)})" if concept.alt_labels else ""
        yield Entry(concept.name, "concept", concept.topic, concept.label + also, _folded(words))
    for claim in graph.claims.values():
        words = (claim.name, claim.statement, *claim.concepts)
        yield Entry(claim.name, "claim", claim.topic, claim.statement, _folded(words), claim)
    for paper in graph.papers.values():
        text = f"{paper.author_list} ({paper.year or 'no year'}): {paper.title}"
        yield Entry(paper.name, "paper", "", text, _folded((paper.name, text, paper.venue or "")))


def _folded(words: Iterable[str]) -> str:
    return " ".join(words).casefold()


def _counted(entries: Iterable[Entry]) -> str:
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.what] = counts.get(entry.what, 0) + 1
    parts = [f"{count} {what}{'' if count == 1 else 's'}" for what, count in counts.items()]
    return ", ".join(parts) or "nothing matches: try fewer words, or kg list without any"
