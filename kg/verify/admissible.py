"""Is a counterexample one that the sentence speaks of? Decided on exact rational numbers.

A number that breaks the domain or a condition of a sentence says nothing about the sentence, however clearly its two
sides differ there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kg.domains import Domain
from kg.verify.draws import Undrawable, extent
from kg.verify.trial import Trial

NUMBERS = ("Natural", "Size", "Interval")


def inadmissible(trial: Trial, stored: Mapping[str, Any]) -> str:
    """Why these inputs, by name, are none of the trial's; an empty string if they are."""
    unknown = [name for name in stored if name not in trial.domains]
    missing = [name for name in trial.domains if name not in stored]
    if unknown or missing:
        return f"'{unknown[0]}' is no input" if unknown else f"there is no value for the input '{missing[0]}'"
    arrays = {name: np.asarray(value, dtype=object) for name, value in stored.items()}
    try:
        sizes = _sizes(trial.domains, arrays)
        for name, domain in trial.domains.items():
            wrong = _outside(domain, arrays[name], sizes)
            if wrong:
                return f"'{name}' {wrong}"
    except (Undrawable, ValueError) as problem:
        return str(problem)
    return _unmet(trial, {**sizes, **{name: _plain(trial.domains[name], a) for name, a in arrays.items()}})


def _sizes(domains: Mapping[str, Domain], arrays: Mapping[str, Any]) -> dict[str, int]:
    """What each named dimension is, read from the shapes.

    Raises:
        ValueError: if an array has another number of dimensions than its domain, or two shapes disagree.
    """
    sizes: dict[str, int] = {}
    shaped = {name: domain for name, domain in domains.items() if domain.kind not in NUMBERS}
    for name, domain in shaped.items():
        if arrays[name].ndim != len(domain.dims):
            raise ValueError(f"'{name}' has {arrays[name].ndim} dimensions, not {len(domain.dims)}")
        named = zip(domain.dims, arrays[name].shape, strict=True)
        sizes |= {d: length for d, length in named if d.isidentifier() and d not in sizes}
    for name, domain in shaped.items():
        wanted = tuple(extent(d, sizes) for d in domain.dims)
        if arrays[name].shape != wanted:
            raise ValueError(f"'{name}' has the shape {arrays[name].shape}, not {wanted}")
    return sizes


def _outside(domain: Domain, a: Any, sizes: Mapping[str, int]) -> str:
    """What keeps an array out of its domain, in words."""
    if domain.kind in ("Natural", "Interval"):
        low, high = (int(d) for d in domain.dims)
        inside = a.ndim == 0 and low <= a[()] <= high and (domain.kind == "Interval" or a[()] == int(a[()]))
        return "" if inside else f"is not in {low} … {high}"
    if domain.kind == "Size":
        return "" if a[()] == extent(domain.dims[0], sizes) else f"is not the size {domain.dims[0]}"
    test, wrong = _TESTS.get(domain.kind, (lambda x: True, ""))
    return "" if test(a) else wrong


def _is_symmetric(a: Any) -> bool:
    return bool(np.all(a == a.T))


def _is_definite(a: Any) -> bool:
    """By the pivots of elimination, exactly."""
    if not _is_symmetric(a):
        return False
    rest = a.copy()
    while rest.size:
        if rest[0, 0] <= 0:
            return False
        rest = rest[1:, 1:] - rest[1:, :1] * rest[:1, 1:] / rest[0, 0]
    return True


def _is_identity(a: Any) -> bool:
    return bool(np.all(a == np.eye(a.shape[0], dtype=int)))


_TESTS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "Positive": (lambda a: bool(np.all(a > 0)), "is not positive"),
    "Probability": (lambda a: bool(np.all((a > 0) & (a < 1))), "is not strictly between 0 and 1"),
    "Uniform": (lambda a: bool(np.all((a >= 0) & (a < 1))), "is not in [0, 1)"),
    "Symmetric": (_is_symmetric, "is not symmetric"),
    "PositiveDefinite": (_is_definite, "is not positive definite"),
    "Orthogonal": (lambda a: _is_identity(a @ a.T), "is not orthogonal"),
    "Unitary": (lambda a: _is_identity(a @ np.conj(a).T), "is not unitary"),
    "UnitRows": (lambda a: bool(np.all(np.sum(a * a, axis=-1) == 1)), "has a row that is no unit vector"),
    "Permutation": (lambda a: sorted(a.tolist()) == list(range(len(a))), "is no permutation of 0 … n−1"),
    "Mask": (lambda a: bool(np.all((a == 0) | (a == 1))), "is no mask of zeros and ones"),
}


def _plain(domain: Domain, a: Any) -> Any:
    """As a predicate expects it: floats, or integers where the domain has them."""
    if domain.kind in ("Natural", "Size", "Permutation"):
        return int(a[()]) if a.ndim == 0 else a.astype(int)
    if domain.kind == "Mask":
        return a.astype(bool)
    return a.astype(complex if any(isinstance(v, complex) for v in a.reshape(-1)) else float)


def _unmet(trial: Trial, known: Mapping[str, Any]) -> str:
    for one in trial.conditions:
        if set(one.arguments) <= set(known) and not one.predicate(**{a: known[a] for a in one.arguments}):
            return f"the condition {one.name} does not hold"
    return ""
