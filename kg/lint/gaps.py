"""What is not wrong but could rest on more: places nobody has looked up, works without claims, concepts without works.

A gap is no problem, so ``kg lint`` names gaps only when it is asked to.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.bibliography import OWN_WORK
from kg.lint.draft import Draft, Problem


def gaps(draft: Draft) -> list[Problem]:
    """Every gap, by file and line."""
    kinds = (_unconfirmed(draft), _works(draft), _concepts(draft), _single(draft))
    found = {gap for kind in kinds for gap in kind}
    return sorted(found, key=lambda gap: (gap.path.as_posix(), gap.line, str(gap)))


def _unconfirmed(draft: Draft) -> Iterator[Problem]:
    for claim in draft.graph.claims.values():
        for source in claim.sources:
            if source.status != "Confirmed":
                problem = f"'{claim.name}' cites {source.paper}, {source.locator}, which nobody has looked up"
                yield draft.problem(
                    claim.iri, problem, "read it there and confirm it, or correct it", source.paper
                )


def _works(draft: Draft) -> Iterator[Problem]:
    used = {source.paper for claim in draft.graph.claims.values() for source in claim.sources}
    for paper in draft.graph.papers.values():
        if paper.key not in used:
            problem = f"no claim comes from '{paper.key}'"
            yield Problem(paper.place.path, paper.place.line, problem, "state what it shows")


def _concepts(draft: Draft) -> Iterator[Problem]:
    behind = {
        name
        for claim in draft.graph.claims.values()
        if any(source.paper != OWN_WORK for source in claim.sources)
        for name in claim.concepts
    }
    for concept in draft.graph.concepts.values():
        if concept.name not in behind:
            problem = f"no work of others stands behind the concept '{concept.name}'"
            yield draft.problem(concept.iri, problem, "cite who introduced it in a claim about it")


def _single(draft: Draft) -> Iterator[Problem]:
    for claim in draft.graph.claims.values():
        works = {source.paper for source in claim.sources}
        if len(works) == 1:
            problem = f"'{claim.name}' rests on {next(iter(works))} alone"
            yield draft.problem(claim.iri, problem, "look for a second source, such as a later proof")
