"""Judge one claim: pick the judge of its kind, run it, and turn whatever goes wrong into an outcome."""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from kg.code import CodeIndex
from kg.errors import KgError
from kg.graph import Claim
from kg.numbers.arrays import Contaminated, NotTestable, Redraw
from kg.verify import (
    bound,
    cost,
    degenerate,
    equality,
    expectation,
    law,
    rate,
    recovery,
    refutation,
    vacuity,
)
from kg.verify.declare import Check
from kg.verify.draws import Undrawable
from kg.verify.probe import Probe, informed, probe_equality, probe_statement
from kg.verify.shrink import shrunk
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict
from kg.verify.workshop import Workshop, trial_for

EQUALITIES = ("Identity", "Reduction", "EqualUpTo")

Judge = Callable[[Trial, Check, Verdict], Verdict]


JUDGES: dict[str, Judge] = {
    **dict.fromkeys(EQUALITIES, equality.judge),
    "Bound": bound.judge,
    "InExpectation": expectation.judge,
    "InLaw": law.judge,
    "Recovery": recovery.judge,
    "Convergence": rate.judge_convergence,
    "Limit": rate.judge_limit,
    "Cost": cost.judge,
    "Refutation": refutation.judge,
}


def judge_claim(workshop: Workshop, claim: Claim, digest: str, index: CodeIndex, reseed: str = "") -> Verdict:
    """The verdict on one claim; never raises for what a check does.

    Seeds and primes come from the digest; `reseed` is added to them for a run with other draws.
    """
    started = time.monotonic()
    blank = Verdict(claim.name, claim.kind, "untested", digest=digest)
    judge = JUDGES.get(claim.kind)
    if claim.kind == "Report" and claim.name not in workshop.checks:
        reason = "passed on from its source: nothing here can run it; the reason stands with the claim"
        return blank.but(outcome="inapplicable", strength="Reported", reason=reason)
    if judge is None:
        return blank.but(reason=f"there is no judge for claims of kind {claim.kind} yet")
    try:
        with warnings.catch_warnings():
            # A float probe may divide by zero on its way to a NaN, which the judge reports itself; and no verdict may
            # depend on what the calling program does with warnings.
            warnings.simplefilter("ignore")
            # A judge that compares real numbers must not drop imaginary parts in silence.
            warnings.simplefilter("error", np.exceptions.ComplexWarning)
            trial, check = trial_for(workshop, claim, digest + reseed)
            verdict = judge(trial, check, blank)
            if verdict.outcome == "passed":
                verdict = scrutinise(trial, check, claim, index, verdict)
    except (Exception, SystemExit) as error:
        # A check that leaves the program is an outcome as well; a keyboard interrupt is not ours to keep.
        verdict = blank.but(outcome="cantTell", reason=_reason(error))
    if verdict.outcome != "passed":
        verdict = verdict.but(strength=None, log2_error=None)
    return verdict.but(seconds=time.monotonic() - started)


def scrutinise(trial: Trial, check: Check, claim: Claim, index: CodeIndex, verdict: Verdict) -> Verdict:
    """Check the check: is it empty, does it hold where it is degenerate, does it notice every mutant?"""
    if claim.name in index.checks and not check.controls:
        return verdict.but(outcome="cantTell", reason="there is no negative control; add @name.control")
    empty = vacuity.emptiness(trial, claim, index) if claim.kind in EQUALITIES else ""
    if empty:
        return verdict.but(outcome="cantTell", reason=f"the check is empty: {empty}")
    parted = degenerate.trouble(trial) if claim.kind in EQUALITIES else ""
    if parted:
        return verdict.but(outcome="cantTell", reason=parted)
    if claim.kind == "Refutation":
        smallest = refutation.in_words(shrunk(trial, check))
        verdict = verdict.but(method=f"{verdict.method}; smallest found: {smallest}")
    probe = _probe(trial, check, claim, index)
    verdict = verdict.but(mutants=probe.counts())
    if probe.survived:
        more = f" (and {len(probe.survived) - 1} more)" if len(probe.survived) > 1 else ""
        return verdict.but(outcome="cantTell", reason=f"a mutant was not noticed: {probe.survived[0]}{more}")
    # What a refutation's check can fail to refute is shown by its true siblings; the conditions may leave no other number.
    if probe.killed == 0 and not (claim.kind == "Refutation" and check.controls):
        return verdict.but(
            outcome="cantTell", reason="no mutant was caught: nothing shows that the check can fail"
        )
    return verdict


def _probe(trial: Trial, check: Check, claim: Claim, index: CodeIndex) -> Probe:
    if claim.kind in EQUALITIES:
        return probe_equality(informed(trial), check, index)
    if claim.kind == "Refutation":
        return refutation.probe(trial, check)
    caught = {
        "Bound": lambda changed: bound.caught(changed, check),
        "Cost": cost.misses,
        "InExpectation": lambda changed: expectation.caught(trial, changed, check),
        "InLaw": lambda changed: law.caught(trial, changed, check),
        "Recovery": lambda changed: recovery.caught(trial, changed, check),
        "Convergence": lambda changed: rate.convergence_caught(trial, changed, check),
        "Limit": lambda changed: rate.limit_caught(trial, changed, check),
    }[claim.kind]
    return probe_statement(trial, check, index, caught)


def _reason(error: BaseException) -> str:
    if isinstance(error.__cause__, NotTestable | Contaminated):
        # NumPy puts an error of its own in front of ours where a number is stored in an array of floats.
        return _reason(error.__cause__)
    if isinstance(error, KgError):
        return str(error)
    if isinstance(error, Undrawable):
        return f"the inputs can never be drawn: {error}"
    if isinstance(error, NotTestable | Redraw | Contaminated):
        return str(error)
    return f"the check raised {type(error).__name__}: {error} ({_place(error)})"


def _place(error: BaseException) -> str:
    """File and line of the innermost frame that is not the judge's own."""
    frames = traceback.extract_tb(error.__traceback__)
    outside = [
        f for f in frames if "kg/verify" not in f.filename and "kg/numbers" not in f.filename
    ] or frames
    return f"{Path(outside[-1].filename).name}:{outside[-1].lineno}"
