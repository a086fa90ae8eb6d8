"""The judge of Identity, Reduction and EqualUpTo: the strongest arithmetic that applies, and floats beside it.

Residues decide where they can; balls where they cannot; floats alone as a last resort.  Whatever decided, the sides
must also agree in float64 within a derived tolerance, so that a text that is right in the field but overflows or
cancels in practice is not called verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.verify import floating, proving, residue, scaling
from kg.verify.declare import Check, Control
from kg.verify.gradients import derivative_of
from kg.verify.trial import Trial
from kg.verify.verdict import Finding, Verdict

MANY = 32


def judge(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Settle an equality, its derivatives where they are claimed, and its controls."""
    controls = check.controls
    trial = replace(trial, stable=floating.withstands_large_inputs(trial))
    finding = settle(trial)
    if finding.accepted is not True:
        outcome = "failed" if finding.accepted is False else "cantTell"
        return verdict.but(outcome=outcome, reason=finding.reason, method=finding.method)
    if check.gradients:
        slopes = settle(derivative_of(trial))
        if slopes.accepted is not True:
            return verdict.but(
                outcome="failed" if slopes.accepted is False else "cantTell",
                reason=f"derivatives: {slopes.reason}",
            )
        finding.method += "; the derivatives of both sides agree as well"
    rejected, unseen = reject_controls(trial, controls)
    verdict = verdict.but(
        outcome="passed",
        strength=finding.strength,
        method=finding.method,
        log2_error=finding.log2_error,
        controls=(rejected, len(controls)),
        shapes=tuple(finding.shapes),
        reason=finding.reason,
    )
    if unseen:
        return verdict.but(
            outcome="cantTell", strength=None, reason=f"the control was not rejected: {unseen[0]}"
        )
    return verdict


def settle(trial: Trial) -> Finding:
    """Accept or reject by the strongest arithmetic that applies; the reason says why stronger ones did not."""
    exact = residue.judge(trial)
    reasons = [exact.reason] if exact.accepted is None else []
    for judge_next in (proving.judge, scaling.judge):
        if exact.accepted is None:
            exact = judge_next(trial)
            reasons += [exact.reason] if exact.accepted is None else []
    floats = floating.judge(trial)
    if exact.accepted is None:
        floats.reason = "; ".join([*reasons, floats.reason] if floats.reason else reasons)
        return floats
    if exact.accepted and floats.accepted is not True:
        return Finding(accepted=None, reason=f"equal exactly, but not in float64: {floats.reason}")
    if not exact.accepted and floats.accepted:
        return _disagreement(trial, exact)
    exact.reason = "; ".join([*reasons, exact.reason] if exact.reason else reasons)
    return exact


def _disagreement(trial: Trial, exact: Finding) -> Finding:
    """An exact arithmetic rejects what floats accept: balls have the last word, as they know every function."""
    balls = scaling.judge(trial)
    if balls.accepted is False:
        return balls
    why = (
        # The solver looks everywhere, at ties and kinks too; it does not know conditions that only hold almost always.
        "state the condition that excludes them"
        if exact.strength == "Proved" and "solver" in exact.reason
        else "the text uses a notion that residues do not share"
    )
    return Finding(accepted=None, reason=f"{exact.reason}, yet float64 and balls agree: {why}")


def reject_controls(trial: Trial, controls: Sequence[Control]) -> tuple[int, list[str]]:
    """How many controls were rejected, and the wording of those that were not."""
    unseen = [
        control.wording
        for control in controls
        if not rejects(trial.variant(control.function, control.wording))
    ]
    return len(controls) - len(unseen), unseen


def noticed(trial: Trial) -> bool:
    """Whether the claim would no longer pass with this variant: it is rejected, or nothing can settle it any more."""
    exact = residue.accepts(trial)
    if exact is None and trial.proved:
        exact = proving.judge(trial).accepted
    if exact is None:
        exact = scaling.judge(trial).accepted
        if exact:
            # A text with kinks may differ on a part of its domain only: a few balls can miss it, many floats do not.
            exact = not floating.clearly_differs(trial, draws=MANY)
    if exact is None:
        return floating.judge(trial).accepted is not True
    return not exact or (trial.stable and not floating.withstands_large_inputs(trial))


def rejects(trial: Trial) -> bool:
    """Whether a broken variant is rejected by an arithmetic that has the power to tell."""
    exact = residue.accepts(trial)
    if exact is None and trial.proved:
        # Before any sampling: a kink moved by a little differs on a thin slice that draws may miss.
        exact = proving.judge(trial).accepted
    if exact is None:
        exact = scaling.judge(trial).accepted
    if exact is None:
        return floating.clearly_differs(trial)
    # Exact arithmetic knows no overflow: a text that is right but unstable fails on large inputs.
    return not exact or (trial.stable and not floating.withstands_large_inputs(trial))
