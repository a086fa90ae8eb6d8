"""The judge of refutations: a stored counterexample is replayed first and certified.

The check of a refutation returns the two sides of the sentence *as usually said*, and `relation` says whether the
sentence claims ``=`` or ``<=``.  At the counterexample the sentence must fail for certain: balls exclude it, or
residues do.  Its control is the nearest true sibling, which the same judges must fail to refute.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from kg.errors import CheckError
from kg.numbers.arrays import Contaminated, NotTestable, Redraw, SystemArray
from kg.numbers.balls import Balls, ball, precision
from kg.verify import bound, equality, scaling
from kg.verify.admissible import inadmissible
from kg.verify.declare import Check
from kg.verify.draws import exact_balls
from kg.verify.probe import Probe
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict

BITS = 256


def judge(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Replay the counterexample, then try and fail to refute each true sibling."""
    if check.counterexample_function is None:
        return verdict.but(outcome="cantTell", reason="no counterexample is stored; add @name.counterexample")
    outside = inadmissible(trial, counterexample(check))
    if outside:
        return verdict.but(
            outcome="cantTell",
            reason=f"the counterexample is not one the sentence speaks of: {outside}",
        )
    try:
        refuted, text = replay(trial, check)
    except (NotTestable, Redraw, Contaminated) as problem:
        return verdict.but(outcome="cantTell", reason=f"the counterexample could not be certified: {problem}")
    if not refuted:
        return verdict.but(outcome="failed", reason="the stored counterexample does not refute the sentence")
    held = [
        c.wording
        for c in check.controls
        if sibling_holds(trial.variant(c.function, c.wording), check.relation)
    ]
    verdict = verdict.but(
        controls=(len(held), len(check.controls)),
        method=f"counterexample certified by balls at {BITS} bits",
        shapes=(text,),
    )
    if len(held) < len(check.controls):
        missing = next(c.wording for c in check.controls if c.wording not in held)
        return verdict.but(outcome="cantTell", reason=f"the true sibling was refuted too: {missing}")
    return verdict.but(outcome="passed", strength="Proved")


def in_words(stored: Mapping[str, Any]) -> str:
    """``x = [1, -1/2], scale = 2``."""
    return ", ".join(f"{name} = {_text(value)}" for name, value in sorted(stored.items()))


def counterexample(check: Check) -> dict[str, Any]:
    """The stored counterexample as nested lists of exact rationals.

    Raises:
        CheckError: if none is stored or a number is not exact.
    """
    if check.counterexample_function is None:
        raise CheckError(f"{check.name}: no counterexample is stored")
    stored: Mapping[str, Any] = check.counterexample_function()
    return {name: _rationals(check.name, value) for name, value in stored.items()}


def _rationals(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_rationals(name, one) for one in value]
    try:
        return Fraction(value) if isinstance(value, int | str | Fraction) else _rationals_of_float(value)
    except (ValueError, TypeError):
        raise CheckError(
            f"{name}: the counterexample holds {value!r}; write integers, fractions or strings"
        ) from None


def _rationals_of_float(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value
    raise TypeError(value)


def replay(trial: Trial, check: Check) -> tuple[bool, str]:
    """Whether the sentence fails for certain at the stored counterexample, and the counterexample in words."""
    stored = counterexample(check)
    with precision(BITS):
        system = Balls()
        inputs = {name: _balls(system, value, trial, name) for name, value in stored.items()}
        left, right = trial.sides(inputs)
        refuted = (
            _differs(system, left, right) if check.relation == "=" else bound.exceeds(system, left, right)
        )
    return refuted, in_words(stored)


def probe(trial: Trial, check: Check) -> Probe:
    """Change the counterexample, number by number: one that no longer refutes is killed, another that does is equivalent."""
    result = Probe()
    stored = counterexample(check)
    for name, path, value in _numbers(stored):
        for other in {Fraction(0), -value, value + 1, value / 2} - {value}:
            changed = _with(stored, name, path, other)
            try:
                refuted = replay(
                    trial, Check(check.function, check.relation, counterexample_function=lambda c=changed: c)
                )[0]
            except Exception:
                # A permutation that is none any more, a shape that does not fit: no rival to the counterexample.
                continue
            result.killed, result.equivalent = result.killed + (not refuted), result.equivalent + refuted
    return result


def _numbers(stored: Mapping[str, Any]) -> Iterator[tuple[str, tuple[int, ...], Fraction]]:
    for name, value in stored.items():
        yield from ((name, path, number) for path, number in leaves(value))


def leaves(value: Any, path: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Fraction]]:
    """Every number of a nested list with its path."""
    if isinstance(value, list):
        for i, one in enumerate(value):
            yield from leaves(one, (*path, i))
    elif isinstance(value, Fraction):
        yield path, value


def _with(stored: Mapping[str, Any], name: str, path: tuple[int, ...], number: Fraction) -> dict[str, Any]:
    changed = copy.deepcopy(dict(stored))
    if not path:
        changed[name] = number
        return changed
    place = changed[name]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = number
    return changed


def _balls(system: Balls, value: Any, trial: Trial, name: str) -> Any:
    domain = trial.domains.get(name)
    if domain is not None and domain.kind in ("Mask", "Permutation"):
        return np.asarray([int(v) for v in np.reshape(np.asarray(value, dtype=object), -1)]).reshape(
            np.shape(value)
        )
    if domain is not None and domain.kind in ("Natural", "Size"):
        return int(value)
    if isinstance(value, np.ndarray):
        return exact_balls(system, value)
    out = np.empty(np.shape(np.asarray(value, dtype=object)), dtype=object)
    out[...] = np.frompyfunc(ball, 1, 1)(np.asarray(value, dtype=object))
    return SystemArray(system, (out,))


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_text(v) for v in value) + "]"
    return str(value)


def _differs(system: Balls, left: list[Any], right: list[Any]) -> bool:
    outcome, _, _ = scaling.compare(system, left, right)
    return outcome is False


def sibling_holds(trial: Trial, relation: str) -> bool:
    """Whether the ordinary judges accept a sentence of this relation."""
    if relation == "=":
        return equality.settle(trial).accepted is True
    worst, _, trouble = bound.search(trial)
    return not trouble and worst <= 1
