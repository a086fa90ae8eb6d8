"""Is every reference implementation pinned down? Each of its mutants must be caught by some claim of the graph.

A claim probes the implementations its own sides reach; a bound or an expectation may still let a wrong constant through,
and a claim may explain that its statement cannot tell.  Here the question is asked for each implementation over all the
claims that reach it: which edits does nobody notice?
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from kg.code import CodeIndex, claim_digest, helpers_of
from kg.graph import Claim, Graph
from kg.verify import bound, cost, expectation, law, probe, rate, recovery, refutation
from kg.verify.declare import Check
from kg.verify.mutants import Mutant, mutants
from kg.verify.run import EQUALITIES
from kg.verify.trial import Trial
from kg.verify.workshop import Workshop, trial_for

ENOUGH = 8


@dataclass
class Coverage:
    """What the claims of the graph notice of one implementation's mutants."""

    implementation: str
    caught: int = 0
    equivalent: int = 0
    by: set[str] = field(default_factory=set)
    unnoticed: list[str] = field(default_factory=list)

    @property
    def generated(self) -> int:
        """Mutants that run."""
        return self.caught + self.equivalent + len(self.unnoticed)


def coverage(graph: Graph, workshop: Workshop, name: str) -> Coverage:
    """Try every mutant of one implementation against the claims that reach it, the exact ones first."""
    index = graph.code
    source, original = index.implementations[name], workshop.implementations[name]
    watchers = [
        w for c in _claims(graph, index, name) if (w := _watcher(graph, workshop, c, name)) is not None
    ]
    result = Coverage(name)
    explanations = _explanations(graph, workshop, name)
    for mutant in mutants(source.node, original, helpers_of(index, source)):
        answers = []
        for trial, notices in watchers:
            # An edit that breaks the run is noticed as well, if in a weaker way.
            answers.append(notices(mutant) is not False)
            if answers[-1]:
                result.caught += 1
                result.by.add(trial.name)
                break
        if any(answers) or not answers:
            continue
        if any(part in str(mutant) for part in explanations) or any(
            probe.same_function(trial, name, mutant) for trial, _ in watchers
        ):
            result.equivalent += 1
        else:
            result.unnoticed.append(str(mutant))
    return result


def _explanations(graph: Graph, workshop: Workshop, name: str) -> set[str]:
    """Edits of an implementation that a check explains as making no difference to anything stated of it."""
    checks = [workshop.checks[c.name] for c in _claims(graph, graph.code, name) if c.name in workshop.checks]
    return {edit for check in checks for implementation, edit in check.harmless if implementation == name}


Notices = Callable[[Mutant], bool | None]


def _claims(graph: Graph, index: CodeIndex, name: str) -> list[Claim]:
    reaching = [claim for claim in graph.claims.values() if name in index.reached(claim)]
    return sorted(
        reaching, key=lambda claim: (claim.kind not in EQUALITIES, claim.kind == "InExpectation", claim.name)
    )


def _watcher(graph: Graph, workshop: Workshop, claim: Claim, name: str) -> tuple[Trial, Notices] | None:
    trial, check = trial_for(workshop, claim, claim_digest(graph.code, claim))
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
