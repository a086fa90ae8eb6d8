"""Trying the mutants of one implementation on every claim that reaches it, the exact ones first."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain

from kg.code import helpers_of
from kg.coverage import Coverage
from kg.coverage.slight import slight_edits
from kg.graph import Claim, Graph
from kg.verify import bound, cost, expectation, law, probe, rate, recovery, refutation
from kg.verify.declare import Check
from kg.verify.mutants import Mutant, mutants
from kg.verify.run import EQUALITIES
from kg.verify.trial import Trial
from kg.verify.workshop import Workshop, trial_for

Notices = Callable[[Mutant], bool | None]


def survey(graph: Graph, workshop: Workshop, name: str) -> Coverage:
    """Try every mutant of one implementation against the claims that reach it."""
    index = graph.code
    source, original = index.implementations[name], workshop.implementations[name]
    watchers = _Watchers(graph, workshop, name)
    result = Coverage(name)
    # An edited text divides by zero and overflows as it likes; only what the claims make of it counts.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        helpers = helpers_of(index, source)
        edited = chain(mutants(source.node, original, helpers), slight_edits(source.node, original, helpers))
        for mutant in edited:
            _try(mutant, watchers, result)
    return result


def _try(mutant: Mutant, watchers: _Watchers, result: Coverage) -> None:
    """Ask the claims one after another until one notices; where no claim can tell, nothing does.

    An edit is equivalent if it is the same function wherever a claim that does not notice it looks; one that is the same
    without any condition is asked of no further claim.
    """
    same = []
    for trial, notices in watchers:
        # An edit that breaks the run is noticed as well, if in a weaker way.
        if notices(mutant) is not False:
            result.caught += 1
            result.by.add(trial.name)
            return
        same.append(probe.same_function(trial, result.implementation, mutant))
        if same[-1] and not trial.conditions and not trial.allowed:
            same = [True]
            break
    if (same and all(same)) or any(part in str(mutant) for part in watchers.explanations):
        result.equivalent += 1
    else:
        result.unnoticed.append(str(mutant))


class _Watchers:
    """The claims that reach an implementation and can tell its mutants, each prepared when it is first asked."""

    def __init__(self, graph: Graph, workshop: Workshop, name: str) -> None:
        self._graph, self._workshop, self._name = graph, workshop, name
        self._claims = _claims(graph, name)
        self._ready: list[tuple[Trial, Notices] | None] = []
        self.explanations = _explanations(graph, workshop, name)

    def __iter__(self) -> Iterator[tuple[Trial, Notices]]:
        for at, claim in enumerate(self._claims):
            if at == len(self._ready):
                self._ready.append(_watcher(self._graph, self._workshop, claim, self._name))
            watcher = self._ready[at]
            if watcher is not None:
                yield watcher


def _explanations(graph: Graph, workshop: Workshop, name: str) -> set[str]:
    """Edits of an implementation that a check explains as making no difference to anything stated of it."""
    checks = [workshop.checks[c.name] for c in _claims(graph, name) if c.name in workshop.checks]
    return {edit for check in checks for implementation, edit in check.harmless if implementation == name}


def _claims(graph: Graph, name: str) -> list[Claim]:
    reaching = [graph.claims[claim] for claim, reached in graph.reached.items() if name in reached]
    return sorted(
        reaching, key=lambda claim: (claim.kind not in EQUALITIES, claim.kind == "InExpectation", claim.name)
    )


def _watcher(graph: Graph, workshop: Workshop, claim: Claim, name: str) -> tuple[Trial, Notices] | None:
    trial, check = trial_for(workshop, claim, graph.digests[claim.name])
    if claim.kind in EQUALITIES:
        trial = probe.informed(trial)
        sides = probe.sides_reached(trial).get(name)
        return None if sides is None else (trial, partial(_by_equality, trial, name, sides))
    rule = _RULES.get(claim.kind)
    return None if rule is None else (trial, partial(_by_statement, trial, check, name, rule))


def _by_equality(trial: Trial, name: str, sides: list[int], mutant: Mutant) -> bool | None:
    return probe.rejected(trial, name, mutant, sides)


def _by_statement(
    trial: Trial, check: Check, name: str, rule: Callable[[Trial, Trial, Check], bool | None], mutant: Mutant
) -> bool | None:
    changed = trial.with_implementations({name: mutant.function})
    try:
        with probe.time_limit(probe.SECONDS_PER_MUTANT):
            return rule(trial, changed, check)
    except Exception:
        # The edit broke the text rather than its value: it is no rival to the implementation.
        return None


def _by_refutation(trial: Trial, changed: Trial, check: Check) -> bool:
    return not refutation.replay(changed, check)[0] or not all(
        refutation.sibling_holds(changed.variant(c.function, c.wording), check.relation)
        for c in check.controls
    )


def _by_bound(trial: Trial, changed: Trial, check: Check) -> bool | None:
    # Merely weaker than needed is not noticed.
    return bool(bound.caught(changed, check))


_RULES: dict[str, Callable[[Trial, Trial, Check], bool | None]] = {
    "Bound": _by_bound,
    "Cost": lambda trial, changed, check: cost.misses(changed),
    "InExpectation": expectation.caught,
    "InLaw": law.caught,
    "Recovery": recovery.caught,
    "Convergence": rate.convergence_caught,
    "Limit": rate.limit_caught,
    "Refutation": _by_refutation,
}
