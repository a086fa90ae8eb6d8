"""Every claim about a concept, run with somebody's function in its place.

Equalities and bounds are compared on fresh inputs, in every number system that the function admits, within what
:mod:`kg.conform.rounding` allows; refutations at their stored counterexample.  Claims about means, laws, rates and limits go
to the judge of their kind, in the widest format.  An input counts only if the reference satisfies the claim there.
"""

from __future__ import annotations

import itertools
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kg.conform.comparing import FAILS, HOLDS, Comparison
from kg.conform.fitting import Fitting
from kg.conform.foreign import Foreign, ForeignError, ForeignLost
from kg.conform.placed import Placed
from kg.conform.smallest import admitted, dimensions, smallest
from kg.errors import KgError
from kg.graph import Claim, Graph
from kg.numbers.arrays import Contaminated, NotTestable, Redraw
from kg.verify import refutation
from kg.verify.declare import Check
from kg.verify.draws import FloatSource, Undrawable
from kg.verify.probe import MutantHung, time_limit
from kg.verify.run import EQUALITIES, JUDGES
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict, shape_text
from kg.verify.workshop import Workshop, trial_for

DRAWS = 3
LARGE = 512
SECONDS_PER_JUDGE = 60
NOT_CALLED = "its check does not call the function"
RANDOM = ("InExpectation", "InLaw", "Recovery", "Convergence", "Limit")


@dataclass
class Conformity:
    """What became of one claim: ``passed``, ``failed`` or ``untested``, in each number system and altogether."""

    claim: str
    kind: str
    outcome: str = "untested"
    systems: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    failing_input: dict[str, Any] | None = None
    sizes: str = ""
    system: str = ""
    note: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        return {
            "claim": self.claim,
            "kind": self.kind,
            "outcome": self.outcome,
            "systems": self.systems,
            "reason": self.reason,
            "failing_input": self.failing_input,
            "sizes": self.sizes,
            "system": self.system,
            "note": self.note,
            "seconds": round(self.seconds, 3),
        }


def claims_on(graph: Graph, concept: str) -> list[Claim]:
    """The claims about a concept, and those whose check uses its implementation, by name."""
    about = {claim.name for claim in graph.claims_about(concept, narrower=False)}
    reaching = {name for name, reached in graph.reached.items() if concept in reached}
    return [graph.claims[name] for name in sorted(about | reaching)]


def conform(
    graph: Graph,
    workshop: Workshop,
    concept: str,
    foreign: Foreign,
    fitting: Fitting,
    progress: Callable[[Conformity, int, int], None] | None = None,
) -> list[Conformity]:
    """What holds, fails or could not be run, claim by claim."""
    claims = claims_on(graph, concept)
    # Asked once: whether a source has changed is looked up every time.
    digests, reached = graph.digests, graph.reached
    found = []
    lost = ""
    for done, claim in enumerate(claims, start=1):
        started = time.monotonic()
        result = Conformity(claim.name, claim.kind)
        if lost:
            result.reason = f"not asked again after: {lost}"
        else:
            try:
                if concept not in reached[claim.name]:
                    result.reason = f"its check does not use {concept}"
                else:
                    _one(workshop, claim, digests[claim.name], concept, foreign, fitting, result)
            except ForeignLost as error:
                lost = str(error)
        result.seconds = time.monotonic() - started
        if result.reason != NOT_CALLED or concept in claim.concepts:
            # A check that names the concept in a control only says nothing about it.
            found.append(result)
        if progress is not None:
            progress(result, done, len(claims))
    return found


def _one(
    workshop: Workshop,
    claim: Claim,
    digest: str,
    concept: str,
    foreign: Foreign,
    fitting: Fitting,
    result: Conformity,
) -> None:
    """Run one claim and say in `result` what came of it."""
    if claim.kind == "Cost":
        result.reason = "the operations of a function from outside are not counted"
        return
    if claim.kind not in JUDGES:
        result.reason = f"there is no judge for claims of kind {claim.kind}"
        return
    try:
        trial, check = trial_for(workshop, claim, digest)
    except (KgError, Undrawable) as error:
        result.reason = str(error)
        return
    reference = workshop.implementations[concept]
    if not fitting.systems:
        result.outcome, result.system = "failed", next(iter(fitting.refused), "")
        result.reason = next(iter(fitting.refused.values()), "it could not be called")
        return
    for system in fitting.systems:
        placed = Placed(foreign, reference, fitting.adapter, system)
        if claim.kind in RANDOM:
            _by_its_judge(claim, trial, check, concept, placed, result)
            break
        relation = _relation(claim, check)
        _by_comparison(Comparison(trial, concept, placed, relation), check, claim, result)
        if result.outcome == "failed":
            break


def _relation(claim: Claim, check: Check) -> str:
    if claim.kind == "Refutation":
        return "!=" if check.relation == "=" else "not <="
    return "=" if claim.kind in EQUALITIES else "<="


def _by_comparison(comparison: Comparison, check: Check, claim: Claim, result: Conformity) -> None:
    """Compare in one number system, and say in `result` what came of it."""
    system = str(comparison.placed.system)
    try:
        with time_limit(SECONDS_PER_JUDGE), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said, reason = (
                _at_the_counterexample(comparison, check, result)
                if claim.kind == "Refutation"
                else _on_draws(comparison, result)
            )
    except ForeignLost as lost:
        result.outcome, result.reason, result.system = "failed", str(lost), system
        result.systems[system] = "failed"
        raise
    except MutantHung:
        said, reason = "untested", f"not finished within {SECONDS_PER_JUDGE} seconds"
    except (KgError, Undrawable, NotTestable, Redraw, Contaminated) as problem:
        said, reason = "untested", str(problem)
    if said != "untested" and not comparison.placed.called:
        said, reason = "untested", NOT_CALLED
    result.systems[system] = said
    if said == "failed":
        result.outcome, result.reason, result.system = said, reason, system
    elif said == "passed":
        result.outcome, result.reason = said, ""
    elif result.outcome == "untested":
        result.reason = reason


def _on_draws(comparison: Comparison, result: Conformity) -> tuple[str, str]:
    held, reason = 0, "no admissible input could be drawn"
    for sizes, source in _inputs(comparison):
        try:
            outcome = comparison.at(sizes, source)
        except ForeignLost:
            inputs = comparison.trial.draw(sizes, source.again(source.raw))
            result.failing_input = _plain(comparison.held(inputs))
            result.sizes = shape_text(sizes)
            raise
        if outcome.said == FAILS:
            fewer, inputs, least = smallest(comparison, sizes, source)
            result.failing_input, result.sizes = _plain(comparison.held(inputs)), shape_text(fewer)
            return "failed", least.reason if least.said == FAILS else outcome.reason
        held += outcome.said == HOLDS
        reason = outcome.reason or reason
    if not held:
        return "untested", reason
    result.note = result.note or _unstable(comparison)
    return "passed", ""


def _inputs(comparison: Comparison) -> Iterator[tuple[dict[str, int], FloatSource]]:
    """Usual draws; then one token, one key, one feature at a time; then ties and zeros."""
    usual = list(itertools.islice(comparison.trial.sizes(), DRAWS))
    singles = [{**usual[0], name: 1} for name in dimensions(comparison)]
    for number, sizes in enumerate([*usual, *(one for one in singles if admitted(comparison, one))]):
        try:
            source = comparison.drawn(sizes, f"draw {number}")
        except Exception:
            # At size one a sampler may have nothing to draw from.
            continue
        if source is not None:
            yield sizes, source
            if number == 0:
                yield sizes, source.again([np.full_like(np.asarray(r), 0.5) for r in source.raw])
                yield sizes, source.again([np.zeros_like(np.asarray(r)) for r in source.raw])


def _unstable(comparison: Comparison) -> str:
    """A remark if the function overflows on large inputs where the reference does not; it is no failure of the claim."""
    if comparison.placed.system.dtype != "float64" or comparison.relation != "=":
        return ""
    sizes = next(iter(comparison.trial.sizes()))
    source = FloatSource(f"{comparison.trial.seed} large", scale=LARGE)
    try:
        comparison.trial.draw(sizes, source)
        outcome = comparison.at(sizes, source)
    except (Redraw, NotTestable, Undrawable):
        return ""
    if outcome.said == FAILS and outcome.reason.startswith("it has no finite value"):
        return f"it has no finite value on inputs {LARGE} times as large, where the reference has one"
    return ""


def _at_the_counterexample(comparison: Comparison, check: Check, result: Conformity) -> tuple[str, str]:
    stored = refutation.counterexample(check)
    inputs = {name: _floats(value, comparison.trial, name) for name, value in stored.items()}
    outcome = comparison.with_inputs(inputs)
    if outcome.said == HOLDS:
        return "passed", ""
    if outcome.said == FAILS:
        result.failing_input, result.sizes = _plain(comparison.held(inputs)), "the stored counterexample"
        return "failed", outcome.reason
    return "untested", outcome.reason


def _floats(value: Any, trial: Trial, name: str) -> Any:
    domain = trial.domains.get(name)
    if domain is not None and domain.kind in ("Natural", "Size"):
        return int(value)
    array = np.asarray(value)
    if domain is not None and domain.kind in ("Mask", "Permutation"):
        return array.astype(int)
    return array if array.dtype.kind == "c" else array.astype(float)


def _by_its_judge(
    claim: Claim, trial: Trial, check: Check, concept: str, placed: Placed, result: Conformity
) -> None:
    """Means, laws, rates and limits: the judge of the kind, with the function behind ``use``."""
    system = str(placed.system)
    if placed.system.dtype != "float64":
        result.reason = "claims of this kind are judged in float64, which the function does not admit"
        return
    changed = trial.with_implementations({concept: placed})
    blank = Verdict(claim.name, claim.kind, "untested")
    try:
        with time_limit(SECONDS_PER_JUDGE), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            verdict = JUDGES[claim.kind](changed, check, blank)
    except MutantHung:
        result.reason = f"not finished within {SECONDS_PER_JUDGE} seconds"
        return
    except ForeignError as error:
        result.outcome, result.reason, result.system = "failed", str(error), system
        result.systems[system] = "failed"
        if isinstance(error, ForeignLost):
            raise
        return
    except Exception as error:
        result.reason = str(error) or type(error).__name__
        return
    if not placed.called:
        result.reason = NOT_CALLED
        return
    said = verdict.outcome if verdict.outcome in ("passed", "failed") else "untested"
    result.outcome, result.reason, result.systems[system] = (
        said,
        "" if said == "passed" else verdict.reason,
        said,
    )
    result.system = system if said == "failed" else ""


def _plain(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as nested lists of numbers, complex ones as text."""
    return {name: _listed(value) for name, value in inputs.items()}


def _listed(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        return (
            np.vectorize(str, otypes=[object])(array).tolist() if array.dtype.kind == "c" else array.tolist()
        )
    return value
