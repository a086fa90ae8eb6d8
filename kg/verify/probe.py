"""Probing a claim with mutants: every edit that changes the function must change the verdict.

Equalities: each implementation the check reaches is mutated behind one side at a time: that side is computed with the
mutant and the other without, so that an invariance of a single function is probed as well.  Mutants that do not run are
not counted.  A mutant that the claim accepts is compared with the original on the implementation's own domain: if they are
the same function there it is *equivalent*, otherwise it *survived*, and unless the check explains why its statement
cannot tell (``.explain``), the claim cannot be called verified.

Costs and expectations: what the check states is mutated, its own text.  Bounds: the same, caught by a violation or by
the bound no longer being attained at its witness.  Refutations: the counterexample is mutated; a number that refutes
just as well is equivalent.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from kg.code import CodeIndex, helpers_of
from kg.domains import domains_of
from kg.errors import CheckError, KgError
from kg.numbers.arrays import Contaminated, NotTestable, Redraw
from kg.numbers.floats import singular_as_nan
from kg.verify import equality, floating, proving, residue, scaling, vacuity
from kg.verify.declare import Check, Use
from kg.verify.draws import FloatSource, Undrawable, dimension_names
from kg.verify.mutants import Mutant, mutants
from kg.verify.trial import Trial, flatten

SECONDS_PER_MUTANT = 20


class MutantHung(Exception):
    """A mutant did not finish in time."""


@dataclass
class Probe:
    """What became of the mutants of one claim: counts, and in words all of them and those that survived."""

    killed: int = 0
    equivalent: int = 0
    tried: list[str] = field(default_factory=list)
    survived: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Mutants that compute another function."""
        return self.killed + len(self.survived)

    def counts(self) -> tuple[int, int, int]:
        return self.killed, self.total, self.equivalent


def probe_equality(trial: Trial, check: Check, index: CodeIndex) -> Probe:
    """Mutate every implementation the check reaches, on one side at a time, and see the sides part."""
    probe = Probe()
    for name, sides in sorted(sides_reached(trial).items()):
        original = trial.implementations[name]
        source = index.implementations[name]
        for mutant in mutants(source.node, original, helpers_of(index, source)):
            verdict = rejected(trial, name, mutant, sides)
            _count(probe, verdict, name, mutant, partial(same_function, trial, name, mutant))
    return explained(probe, check)


def rejected(trial: Trial, name: str, mutant: Mutant, sides: Sequence[int]) -> bool | None:
    """True if the claim notices the mutant on some side, False if on none, None if it does not run."""
    changed = {**trial.implementations, name: mutant.function}
    answers = [
        _judge(trial.variant(partial(_one_sided, trial, changed, side), mutant.operator)) for side in sides
    ]
    if any(answers):
        return True
    return None if None in answers or not answers else False


def _one_sided(
    trial: Trial, changed: Mapping[str, Callable[..., Any]], side: int, use: Use, **inputs: Any
) -> Any:
    """The check with the mutant behind one of its sides only."""
    mutated, plain = trial.with_implementations(changed).run(inputs), trial.run(inputs)
    return (mutated[0], plain[1]) if side == 0 else (plain[0], mutated[1])


def informed(trial: Trial) -> Trial:
    """The trial with what is known of the claim as written: whether it withstands large inputs, whether SMT proves it."""
    settled = residue.accepts(trial) is None and proving.judge(trial).accepted is True
    return replace(trial, stable=floating.withstands_large_inputs(trial), proved=settled)


def sides_reached(trial: Trial) -> dict[str, list[int]]:
    """For each implementation whose value matters, the sides (0 left, 1 right) it matters to."""
    found: dict[str, list[int]] = {}
    for attempt, sizes in zip(range(20), trial.sizes(), strict=False):
        source = FloatSource(f"{trial.seed} sides {attempt}")
        try:
            inputs = trial.draw(sizes, source)
            base = trial.run(inputs)
        except Redraw:
            continue
        for name in sorted(vacuity.called(trial, inputs)):
            moved = _moved_sides(trial, name, inputs, base)
            if moved:
                found[name] = moved
        break
    return found


def _moved_sides(
    trial: Trial, name: str, inputs: Mapping[str, Any], base: tuple[list[Any], list[Any]]
) -> list[int]:
    function = trial.implementations[name]
    try:
        moved = trial.with_implementations({name: vacuity.perturbed(function)}).run(inputs)
    except Exception:
        # A side that cannot even be computed from another value depends on it; which one is not known.
        return [0, 1]
    return [side for side in (0, 1) if not vacuity.same(base[side], moved[side])]


def explained(probe: Probe, check: Check) -> Probe:
    """Count survivors that the check explains as equivalent for what it states.

    Raises:
        CheckError: if an explanation fits no mutant, so that it cannot outlive its text. It need not fit a survivor:
            a mutant that only some draws notice is explained for those that do not.
    """
    for edit in check.explanations:
        if not any(edit in text for text in probe.tried):
            raise CheckError(f"{check.name}: no mutant contains '{edit}'; remove that explanation")
        fitting = [text for text in probe.survived if edit in text]
        probe.equivalent += len(fitting)
        probe.survived = [text for text in probe.survived if edit not in text]
    return probe


def _count(probe: Probe, verdict: bool | None, name: str, mutant: Mutant, same: Callable[[], bool]) -> None:
    probe.tried.append(f"{name}, {mutant}")
    if verdict is None:
        return
    if verdict:
        probe.killed += 1
    elif same():
        probe.equivalent += 1
    else:
        probe.survived.append(f"{name}, {mutant}")


def _judge(trial: Trial) -> bool | None:
    """True if rejected, False if accepted, None if the mutant does not run."""
    try:
        with time_limit(SECONDS_PER_MUTANT), singular_as_nan():
            return _has_no_value(trial) or equality.noticed(trial)
    except MutantHung:
        return None
    except (NotTestable, Redraw, Contaminated, Undrawable, KgError):
        return None
    except Exception:
        # An edit that breaks a shape or a name computes nothing: it is no rival to the claim.
        return None


def _has_no_value(trial: Trial) -> bool:
    """Whether a side is NaN or infinite in floats: the judge of equalities refuses that, so the edit is noticed."""
    for number, sizes in zip(range(floating.DRAWS), trial.sizes(), strict=False):
        source = FloatSource(f"{trial.seed} no value {number}")
        try:
            with np.errstate(all="ignore"):
                sides = trial.sides(trial.draw(sizes, source), source)
        except Redraw:
            continue
        if not all(np.all(np.isfinite(np.asarray(x))) for side in sides for x in side):
            return True
    return False


def same_function(trial: Trial, name: str, mutant: Mutant) -> bool:
    """Whether a mutant is the original: decided exactly on the implementation's own domain where that can be drawn.

    An implementation with an input that has no domain (a tuple of ranks) is compared on the inputs the claim gives it.
    """
    original = trial.implementations[name]
    try:
        domains = domains_of(original)
    except TypeError:
        return _same_on_given_inputs(trial, name, mutant)
    conditions = [c for c in trial.conditions if set(c.arguments) <= set(_names(domains))]
    comparison = Trial(
        name=f"mutant of {original.__name__}",
        function=lambda use, **inputs: (original(**inputs), mutant.function(**inputs)),
        domains=domains,
        conditions=conditions,
        implementations=trial.implementations,
        seed=f"{trial.seed} same",
        allowed={n: s for n, s in trial.allowed.items() if n in _names(domains)},
    )
    try:
        with time_limit(SECONDS_PER_MUTANT):
            return _agree(comparison)
    except Exception:
        return False


def _same_on_given_inputs(trial: Trial, name: str, mutant: Mutant) -> bool:
    """Whether a mutant returns, to the last bit, what the original does on every call the claim makes."""
    original = trial.implementations[name]
    agreed: list[bool] = []

    def both(*args: Any, **kwargs: Any) -> Any:
        value = original(*args, **kwargs)
        agreed.append(vacuity.same(flatten(value), flatten(mutant.function(*args, **kwargs))))
        return value

    try:
        for number, sizes in zip(range(6), trial.sizes(), strict=False):
            source = FloatSource(f"{trial.seed} given {number}")
            trial.with_implementations({name: both}).run(trial.draw(sizes, source))
    except Exception:
        return False
    return bool(agreed) and all(agreed)


def _names(domains: Mapping[str, Any]) -> set[str]:
    return set(domains) | set(dimension_names(domains))


def _agree(comparison: Trial) -> bool:
    exact = residue.judge(comparison, shapes=2)
    if exact.accepted is None:
        exact = scaling.judge(comparison, draws=3)
    if exact.accepted is None:
        exact = floating.judge(comparison)
    return exact.accepted is True


@contextmanager
def time_limit(seconds: int) -> Iterator[None]:
    """Raise MutantHung after `seconds`; without effect outside a main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signum: int, frame: Any) -> None:
        raise MutantHung(f"no answer after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def probe_statement(
    trial: Trial, check: Check, index: CodeIndex, caught: Callable[[Trial], bool | None]
) -> Probe:
    """Mutate the text of the check itself; `caught` says whether a changed statement is rejected."""
    probe = Probe()
    source = index.checks[check.name]
    for mutant in mutants(source.node, check.function, helpers_of(index, source)):
        changed = trial.variant(mutant.function, mutant.operator)
        try:
            with time_limit(SECONDS_PER_MUTANT):
                verdict = caught(changed)
        except Exception:
            continue
        _count(probe, verdict, check.name, mutant, partial(_same_statement, trial, changed))
    return explained(probe, check)


def _same_statement(trial: Trial, changed: Trial) -> bool:
    """Whether two check texts return the same numbers on the same draws."""
    for number, sizes in zip(range(3), trial.sizes(), strict=False):
        results = []
        for one in (trial, changed):
            source = FloatSource(f"{trial.seed} same statement {number}")
            inputs = one.draw({**sizes, "samples": 64}, source)
            results.append([np.asarray(x, dtype=complex) for side in one.run(inputs) for x in side])
        # Not to the last bit: how another order of the same operations rounds depends on the machine.
        if any(a.shape != b.shape or not _close(a, b) for a, b in zip(*results, strict=True)):
            return False
    return True


def _close(a: Any, b: Any) -> bool:
    return bool(
        np.allclose(a, b, rtol=0.0, atol=2.0**-26 * float(np.max(np.abs(a), initial=0.0)), equal_nan=True)
    )
