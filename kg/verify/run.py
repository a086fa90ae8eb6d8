"""Judge one claim: pick the judge of its kind, run it, and turn whatever goes wrong into an outcome."""

from __future__ import annotations

import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

from kg.errors import KgError
from kg.graph import Claim
from kg.numbers.arrays import Contaminated, NotTestable, Redraw
from kg.verify import bound, cost, equality, expectation, refutation
from kg.verify.declare import Check
from kg.verify.draws import Undrawable
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict
from kg.verify.workshop import Workshop, trial_for

Judge = Callable[[Trial, Check, Verdict], Verdict]

JUDGES: dict[str, Judge] = {
    "Identity": lambda trial, check, verdict: equality.judge(trial, check.controls, verdict),
    "Reduction": lambda trial, check, verdict: equality.judge(trial, check.controls, verdict),
    "EqualUpTo": lambda trial, check, verdict: equality.judge(trial, check.controls, verdict),
    "Bound": bound.judge,
    "InExpectation": expectation.judge,
    "Cost": cost.judge,
    "Refutation": refutation.judge,
}

MUTANTS_NOTE = "mutants not yet probed"


def judge_claim(workshop: Workshop, claim: Claim, digest: str) -> Verdict:
    """The verdict on one claim; never raises for what a check does."""
    started = time.monotonic()
    blank = Verdict(claim.name, claim.kind, "untested", digest=digest)
    judge = JUDGES.get(claim.kind)
    if judge is None:
        return blank.but(reason=f"there is no judge for claims of kind {claim.kind} yet")
    try:
        with warnings.catch_warnings():
            # A float probe may divide by zero on its way to a NaN, which the judge reports itself.
            warnings.simplefilter("ignore", RuntimeWarning)
            trial, check = trial_for(workshop, claim, digest)
            verdict = judge(trial, check, blank)
    except Exception as error:
        verdict = blank.but(outcome="cantTell", reason=_reason(error))
    return _finished(verdict, claim).but(seconds=time.monotonic() - started)


def _finished(verdict: Verdict, claim: Claim) -> Verdict:
    if verdict.outcome != "passed":
        return verdict.but(strength=None, log2_error=None)
    if verdict.controls[1] == 0:
        return verdict.but(
            outcome="cantTell",
            strength=None,
            reason="no negative control: nothing shows that the check can fail",
        )
    return verdict.but(reason="; ".join([verdict.reason, MUTANTS_NOTE] if verdict.reason else [MUTANTS_NOTE]))


def _reason(error: Exception) -> str:
    if isinstance(error, KgError):
        return str(error)
    if isinstance(error, Undrawable):
        return f"the inputs can never be drawn: {error}"
    if isinstance(error, NotTestable | Redraw | Contaminated):
        return str(error)
    return f"the check raised {type(error).__name__}: {error} ({_place(error)})"


def _place(error: Exception) -> str:
    """File and line of the innermost frame that is not the judge's own."""
    frames = traceback.extract_tb(error.__traceback__)
    outside = [
        f for f in frames if "kg/verify" not in f.filename and "kg/numbers" not in f.filename
    ] or frames
    return f"{Path(outside[-1].filename).name}:{outside[-1].lineno}"
