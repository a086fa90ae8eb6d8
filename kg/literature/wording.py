"""Records in sentences, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterable

from kg.literature.facts import Fact


def sentences(facts: Iterable[Fact]) -> list[str]:
    """What is recorded of one work, one record a line; nothing if no record was fetched."""
    return [_sentence(fact) for fact in facts]


def _sentence(fact: Fact) -> str:
    parts = [f"{fact.record}: {fact.kind or 'a work'}" + (f" of {fact.year}" if fact.year else "")]
    if fact.is_retracted:
        parts.append("RETRACTED")
    if fact.is_withdrawn:
        parts.append("WITHDRAWN by its authors")
    if fact.corrected_by:
        parts.append(f"corrected by {', '.join(fact.corrected_by)}")
    if fact.version_of:
        parts.append(f"a version of {fact.version_of}")
    if fact.published_as:
        parts.append(f"published as {fact.published_as}")
    # An empty list says that the references are not known, not that there are none.
    number = len(fact.cited)
    listed = f"{number} reference{'' if number == 1 else 's'} listed" if fact.cited else "references unknown"
    parts.append(listed)
    parts += [
        f"{conflict.aspect} contradicts: '{conflict.stated}' here, '{conflict.recorded}' there"
        for conflict in fact.conflicts
    ]
    retrieved = fact.provenance.retrieved[:10]
    return f"{'; '.join(parts)} (fetched {retrieved})"
