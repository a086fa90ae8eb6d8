"""Equalities of an implementation with itself that a claim states, seen by watching what the claim's check calls.

That a claim names a concept does not tell which symmetry of it the claim is about; that its check calls the implementation
with a matrix, and then with its transpose and two vectors exchanged, does.
"""

from __future__ import annotations

import inspect
import itertools
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.reasoning.forms import Apply, Expression, Leaf, Transposed

if TYPE_CHECKING:
    from kg.graph import Claim, Graph

_Labels = dict[str, str]
_ATTEMPTS = 5


def states(graph: Graph, claim: Claim, first: Expression, second: Expression) -> bool:
    """Whether the check of a claim makes two calls with these arguments, whatever the inputs are called.

    The claim may speak of a function with further parameters, of which this one has some.
    """
    one, other = _labels(first), _labels(second)
    if one is None or other is None or one.keys() != other.keys():
        return False
    wanted = {_pattern(one, other), _pattern(other, one)}
    for a, b in itertools.combinations(_calls(graph, claim), 2):
        if one.keys() <= a.keys() & b.keys() and _pattern(_only(a, one), _only(b, one)) in wanted:
            return True
    return False


def _only(labels: _Labels, wanted: Mapping[str, str]) -> _Labels:
    return {name: labels[name] for name in wanted}


def _labels(expression: Expression) -> _Labels | None:
    """Which input each parameter is given; None for what is no call of inputs alone."""
    if not isinstance(expression, Apply):
        return None
    found = {}
    for name, value in expression.arguments:
        bare = value.of if isinstance(value, Transposed) else value
        if not isinstance(bare, Leaf):
            return None
        found[name] = bare.name + ("ᵀ" if isinstance(value, Transposed) else "")
    return found


def _pattern(one: _Labels, other: _Labels) -> tuple[tuple[str, str, str], ...]:
    """Two calls with their inputs numbered in the order of the parameters, the same for other names."""
    known: dict[str, str] = {}

    def numbered(label: str) -> str:
        name = label.removesuffix("ᵀ")
        return known.setdefault(name, str(len(known))) + label[len(name) :]

    return tuple((name, numbered(one[name]), numbered(other[name])) for name in sorted(one))


def _calls(graph: Graph, claim: Claim) -> list[_Labels]:
    """What the check of a claim gives to implementations, call by call; nothing if it cannot be run on floats."""
    from kg.numbers.arrays import Redraw
    from kg.verify.draws import FloatSource
    from kg.verify.workshop import load, trial_for

    seen: list[_Labels] = []
    try:
        trial, _ = trial_for(load(graph.project), claim, graph.digests[claim.name])
        inputs: dict[str, Any] = {}

        def watched(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            given = inspect.signature(function).bind(*args, **kwargs).arguments
            seen.append({name: _label(value, inputs) for name, value in given.items()})
            return function(*args, **kwargs)

        spies = {name: partial(watched, trial.implementations[name]) for name in graph.reached[claim.name]}
        for attempt, sizes in zip(range(_ATTEMPTS), trial.sizes(), strict=False):
            source = FloatSource(f"calls of {claim.name} {attempt}")
            try:
                inputs.update(trial.draw(sizes, source))
            except Redraw:
                continue
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                trial.with_implementations(spies).sides(inputs, source)
            break
    except Exception:
        # A check that does not run on these inputs shows nothing, and what it states is listed once more.
        return seen
    return seen


def _label(value: Any, inputs: Mapping[str, Any]) -> str:
    return next(_named(value, inputs), "?")


def _named(value: Any, inputs: Mapping[str, Any]) -> Iterator[str]:
    array = np.asarray(value)
    for name, known in inputs.items():
        if np.array_equal(array, known):
            yield name
    for name, known in inputs.items():
        if array.ndim == 2 and np.array_equal(array.T, known):
            yield f"{name}ᵀ"
