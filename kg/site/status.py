"""How a claim fares, in words: its strength, whether the evidence is current, and what the evidence says.

Nothing here decides anything. Strength and outcome were observed by the verifier; this module only says them so
that a reader who has never seen the project understands them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.wording import controls_sentence, error_sentence, mutants_sentence, shapes_sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.graph import Claim, Evidence
    from kg.site.knowledge import Knowledge

STRENGTHS = ("Proved", "IdentityTested", "Enclosed", "Scaled", "Statistical", "Sampled", "Reported")
"""Strongest first; the vocabulary explains each."""

_SIGNS = {
    "proved": "■",
    "identitytested": "◆",
    "enclosed": "▣",
    "scaled": "▲",
    "statistical": "◐",
    "sampled": "○",
    "reported": "❝",
    "failed": "✗",
    "canttell": "?",
    "none": "–",
}

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Status:
    """``level`` names the style (a strength, or ``failed``, ``canttell``, ``none``); the rest are words."""

    level: str
    sign: str
    strength: str
    freshness: str
    freshness_in_words: str

    @property
    def summary(self) -> str:
        """Both in one breath: “identity tested, evidence current”."""
        return f"{self.strength}, {self.freshness_in_words}"


def status_of(knowledge: Knowledge, claim: Claim) -> Status:
    """The status of one claim."""
    evidence = claim.evidence
    if evidence is None or evidence.outcome == "untested":
        return Status("none", _SIGNS["none"], "not checked yet", "none", "no evidence recorded")
    freshness, words = ("current", "evidence current")
    if claim.name in knowledge.stale:
        freshness, words = ("stale", "evidence stale: something it rests on has changed since")
    level, strength = _level(knowledge, evidence)
    return Status(level, _SIGNS[level], strength, freshness, words)


def _level(knowledge: Knowledge, evidence: Evidence) -> tuple[str, str]:
    if evidence.outcome == "failed":
        return "failed", "failed its check"
    if evidence.outcome == "passed" and evidence.strength:
        return evidence.strength.lower(), knowledge.word(evidence.strength)
    if evidence.outcome == "inapplicable":
        return "none", "cannot be checked here"
    return "canttell", "undecided"


def power_of_two(exponent: int) -> str:
    """``-122`` as 2⁻¹²²."""
    return "2" + str(exponent).translate(_SUPERSCRIPTS)


def evidence_in_words(knowledge: Knowledge, claim: Claim) -> list[str]:
    """What the evidence says, one sentence each; the reader needs no other page to follow them."""
    evidence = claim.evidence
    if evidence is None or evidence.outcome == "untested":
        return ["No evidence has been recorded for this claim yet."]
    sentences = [_outcome(evidence)]
    if evidence.strength:
        word = knowledge.word(evidence.strength)
        meaning = knowledge.explanation(evidence.strength)
        if claim.kind == "Refutation" and evidence.strength == "Proved":
            meaning = "The counterexample is certified: at it the sentence fails beyond any rounding."
        sentences.append(f"Strength: {word}. {meaning}".strip())
    if evidence.method:
        sentences.append(f"Method: {_sentence(evidence.method)}")
    power = power_of_two(evidence.log2_error or 0)
    sentences.append(error_sentence(evidence.strength, evidence.method, evidence.log2_error, power))
    if evidence.outcome != "inapplicable":
        sentences += [
            controls_sentence(claim.kind, evidence.controls),
            mutants_sentence(claim.kind, evidence.mutants),
            shapes_sentence(claim.kind, evidence.shapes),
        ]
    if evidence.reason:
        leads = {"passed": "Why it is not stronger", "inapplicable": "Why"}
        lead = leads.get(evidence.outcome, "What is missing")
        sentences.append(f"{lead}: {_sentence(evidence.reason)}")
    if claim.name in knowledge.stale:
        sentences.append(
            "This evidence is stale: the statement, the check or an implementation has changed since. "
            "It counts again once the claim is verified anew."
        )
    return [sentence for sentence in sentences if sentence]


def _outcome(evidence: Evidence) -> str:
    return {
        "passed": "The claim passed its check.",
        "failed": "The claim failed its check.",
        "cantTell": "The check could not decide the claim.",
        "inapplicable": "Nothing here can check the claim.",
    }.get(evidence.outcome, f"Outcome: {evidence.outcome}.")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def tally(knowledge: Knowledge, claims: Sequence[Claim]) -> str:
    """Claims counted by how they fare: “3 identity tested, 1 proved (1 stale)”."""
    statuses = [status_of(knowledge, claim) for claim in claims]
    counts: dict[str, int] = {}
    for status in statuses:
        counts[status.strength] = counts.get(status.strength, 0) + 1
    order = {sign: place for place, sign in enumerate(_SIGNS)}
    place_of = {status.strength: order[status.level] for status in statuses}
    said = ", ".join(f"{counts[word]} {word}" for word in sorted(counts, key=place_of.__getitem__))
    stale = sum(status.freshness == "stale" for status in statuses)
    return f"{said} ({stale} stale)" if stale else said
