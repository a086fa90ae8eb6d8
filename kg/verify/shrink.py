"""Making a counterexample small: fewer and simpler numbers that still refute for certain."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from kg.numbers.arrays import Contaminated, NotTestable, Redraw
from kg.verify.admissible import inadmissible
from kg.verify.declare import Check
from kg.verify.refutation import counterexample, leaves, replay
from kg.verify.trial import Trial

# Tried in this order in place of any number; a number is never replaced by one that is less simple.
_SIMPLE = (Fraction(0), Fraction(1), Fraction(-1), Fraction(2), Fraction(1, 2), Fraction(-2), Fraction(-1, 2))


def shrunk(trial: Trial, check: Check) -> dict[str, Any]:
    """A counterexample no larger than the stored one: lists cut and numbers replaced while it refutes for certain."""
    current = counterexample(check)
    improved = True
    while improved:
        improved = False
        for candidate in _smaller(current):
            if _refutes(trial, check, candidate):
                current, improved = candidate, True
                break
    return current


def _refutes(trial: Trial, check: Check, candidate: dict[str, Any]) -> bool:
    if inadmissible(trial, candidate):
        return False
    changed = Check(check.function, check.relation, counterexample_function=lambda: candidate)
    try:
        return replay(trial, changed)[0]
    except (NotTestable, Redraw, Contaminated):
        return False
    except Exception:
        # A shape that the sentence cannot be said of is no counterexample to it.
        return False


def _smaller(stored: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, value in stored.items():
        for shorter in _cuts(value):
            yield {**stored, name: shorter}
    for name, value in stored.items():
        for path, number in leaves(value):
            for simple in _SIMPLE[: _rank(number)]:
                yield _replaced(stored, name, path, simple)


def _rank(number: Fraction) -> int:
    return _SIMPLE.index(number) if number in _SIMPLE else len(_SIMPLE)


def _cuts(value: Any) -> Iterator[Any]:
    """The list without its last row, or every row without its last entry."""
    if isinstance(value, list) and len(value) > 1:
        yield value[:-1]
    if isinstance(value, list) and value and all(isinstance(row, list) and len(row) > 1 for row in value):
        yield [row[:-1] for row in value]


def _replaced(stored: dict[str, Any], name: str, path: tuple[int, ...], number: Fraction) -> dict[str, Any]:
    changed = copy.deepcopy(stored)
    if not path:
        return {**changed, name: number}
    place = changed[name]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = number
    return changed
