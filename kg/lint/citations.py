"""Rules about how a claim cites: the form of a locator, that no place is there twice, and an intent that CiTO has."""

from __future__ import annotations

from collections.abc import Iterator

from kg import locator
from kg.graph import Claim, Source
from kg.lint.draft import Draft, Problem
from kg.names import STANDARD_PREFIXES, VOCABULARY, did_you_mean, local_name

_INTENTS = (
    "agreesWith cites citesAsAuthority citesAsDataSource citesAsEvidence citesAsMetadataDocument "
    "citesAsPotentialSolution citesAsRecommendedReading citesAsRelated citesAsSourceDocument citesForInformation "
    "compiles confirms containsAssertionFrom corrects credits critiques derides describes disagreesWith discusses "
    "disputes documents extends givesBackgroundTo givesSupportTo includesExcerptFrom includesQuotationFrom likes "
    "linksTo obtainsBackgroundFrom obtainsSupportFrom parodies plagiarizes providesAssertionFor "
    "providesConclusionsFor providesDataFor providesExcerptFor providesMethodFor providesQuotationFor qualifies "
    "refutes repliesTo retracts reviews ridicules speculatesOn supports updates usesConclusionsFrom usesDataFrom "
    "usesMethodIn"
)
INTENTS = frozenset(_INTENTS.split())
"""Why a work may be cited: the properties of CiTO 2.8 that lead from what cites to what is cited."""


def malformed_locators(draft: Draft) -> Iterator[Problem]:
    """Locators that are abbreviated, lack a number, or are a number alone."""
    for claim, source in _sources(draft):
        better = locator.misspelling(source.locator)
        missing = locator.needs_number(source.locator)
        if better is not None:
            problem = f"'{source.locator}' of {source.paper} is not how a place is written"
            yield draft.problem(claim.iri, problem, f"write '{better}'", source.paper)
        elif missing is not None:
            problem = f"'{source.locator}' of {source.paper} is a {missing.lower()} without a number"
            yield draft.problem(
                claim.iri, problem, "give the number, or say in words which one", source.paper
            )


def repeated_places(draft: Draft) -> Iterator[Problem]:
    """One place of one work cited twice by one claim."""
    for claim in draft.graph.claims.values():
        for at, source in enumerate(claim.sources):
            for earlier in claim.sources[:at]:
                if source.paper == earlier.paper and locator.same(source.locator, earlier.locator):
                    problem = f"'{claim.name}' cites {source.paper}, {source.locator} twice"
                    yield draft.problem(claim.iri, problem, "keep one of the two", source.paper)


def unknown_intents(draft: Draft) -> Iterator[Problem]:
    """Reasons to cite that look like CiTO's and are none of them."""
    cito = STANDARD_PREFIXES["cito"]
    for file, subject, quad in draft.quads():
        value = getattr(quad.object, "value", "")
        if quad.predicate.value == VOCABULARY + "intent" and value.startswith(cito):
            name = local_name(value)
            if name not in INTENTS and name != "TODO":
                advice = did_you_mean(
                    name, INTENTS, "use cito:citesAsAuthority, cito:usesMethodIn or cito:disputes"
                )
                yield draft.in_file(file, subject, f"CiTO has no property '{name}'", advice, name)


def _sources(draft: Draft) -> Iterator[tuple[Claim, Source]]:
    for claim in draft.graph.claims.values():
        for source in claim.sources:
            if source.locator:
                yield claim, source
