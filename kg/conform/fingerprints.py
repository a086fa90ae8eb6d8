"""Fingerprints: the values of a function on fixed probes, with how far rounding may move each of them.

Implementations with inputs of the same names and kinds of shape share their probes, so that a function from outside is
run once for all of them.  Fingerprints of implementations and of their variants are kept in the user's cache under the
digest of the implementation and of the code that makes them.
"""

from __future__ import annotations

import hashlib
import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from kg.code import CodeIndex, function_digest
from kg.conform import kept, rounding
from kg.conform.families import Family, of_inputs
from kg.conform.prints import Print, missed, taken, values_of
from kg.conform.variants import Variant, variants
from kg.domains import Domain, domains_of
from kg.judge import cache_folder, judge_digest
from kg.numbers.arrays import Redraw
from kg.verify.draws import FloatSource, Undrawable, dimension_names, draw, sizes_for

PROBES = 4
# Sizes that every program for graphics cards takes; of implementations with so many dimensions, no larger arrays.
LARGE = (16, 32, 64)
MOST_LARGE = 4

# Shared over float64: the noise of a run is linear in the unit roundoff.
_UNIT = rounding.FORMATS["float64"]


Domains = tuple[tuple[str, Domain], ...]


@dataclass(frozen=True)
class Group:
    """Implementations with the same inputs, and the probes they share."""

    inputs: tuple[str, ...]
    names: tuple[str, ...]
    sizes: tuple[dict[str, int], ...]
    probes: tuple[dict[str, Any], ...]
    domains: Domains
    equal: str = ""

    @property
    def narrower(self) -> list[Group]:
        """The same with two of its dimensions made equal, in words: for functions that take no others."""
        axes: dict[str, str] = {}
        for name, domain in self.domains:
            for at, dim in enumerate(domain.dims):
                axes.setdefault(dim, f"axis {at} of {name}")
        found = []
        for (one, first), (other, second) in itertools.combinations(axes.items(), 2):
            merged = tuple(
                (name, Domain(d.kind, tuple(one if dim == other else dim for dim in d.dims)))
                for name, d in self.domains
            )
            group = group_of(merged, self.names, f"{first} and {second}")
            if group is not None:
                found.append(group)
        return found

    @property
    def larger(self) -> Group | None:
        """The same at sizes that are powers of two, as programs for graphics cards want them."""
        dims = dimension_names(dict(self.domains))
        if len(dims) > MOST_LARGE:
            return None
        words = f"sizes of {', '.join(map(str, LARGE))}"
        return group_of(self.domains, self.names, words, count=2, allowed=dict.fromkeys(dims, LARGE))


def group_of(
    domains: tuple[tuple[str, Domain], ...],
    names: tuple[str, ...],
    equal: str = "",
    *,
    seed: str = "fingerprint",
    count: int = PROBES,
    allowed: Mapping[str, tuple[int, ...]] | None = None,
) -> Group | None:
    """Inputs of these kinds drawn for these implementations; None where they cannot be drawn."""
    made = _probes(dict(domains), seed, count, allowed)
    if not made:
        return None
    sizes, probes = zip(*made, strict=True)
    return Group(tuple(name for name, _ in domains), names, sizes, probes, domains, equal)


def groups(implementations: Mapping[str, Callable[..., Any]]) -> list[Group]:
    """All implementations whose inputs can be drawn, by their inputs."""
    members: dict[Domains, list[str]] = {}
    for name in sorted(implementations):
        try:
            domains = domains_of(implementations[name])
        except TypeError:
            continue
        if domains:
            members.setdefault(tuple(canonical(domains).items()), []).append(name)
    made = [group_of(domains, tuple(names)) for domains, names in members.items()]
    return [group for group in made if group is not None]


def with_ones(implementations: Mapping[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Implementations of which a number is a parameter, with that number 1: ``swish(beta=1)``."""
    found: dict[str, Callable[..., Any]] = {}
    for name, function in implementations.items():
        try:
            domains = domains_of(function)
        except TypeError:
            continue
        numbers = [n for n, d in domains.items() if d.kind in ("Real", "Positive") and not d.dims]
        if len(domains) > 1:
            found |= {f"{name}({number}=1)": _with_one(function, number, domains) for number in numbers}
    return found


def _with_one(function: Callable[..., Any], number: str, domains: Mapping[str, Domain]) -> Callable[..., Any]:
    def fixed(**inputs: Any) -> Any:
        first = next(x for x in inputs.values() if isinstance(x, np.ndarray))
        return function(**inputs, **{number: np.ones((), dtype=first.dtype)})

    rest = {name: Annotated[Any, domain] for name, domain in domains.items() if name != number}
    fixed.__annotations__ = rest
    fixed.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint)
            for name, hint in rest.items()
        ]
    )
    return fixed


def base(name: str) -> str:
    """``swish`` for ``swish(beta=1)``."""
    return name.partition("(")[0]


def canonical(domains: Mapping[str, Domain]) -> dict[str, Domain]:
    """The same domains with dimensions called a, b, c … in order of appearance."""
    known: dict[str, str] = {}

    def renamed(match: re.Match[str]) -> str:
        return known.setdefault(match.group(), f"s{len(known) + 1}")

    free = ("Natural", "Interval")
    return {
        name: domain
        if domain.kind in free
        else Domain(domain.kind, tuple(re.sub(r"[A-Za-z_]\w*", renamed, d) for d in domain.dims))
        for name, domain in domains.items()
    }


def _probes(
    domains: Mapping[str, Domain], purpose: str, count: int, allowed: Mapping[str, tuple[int, ...]] | None
) -> list[tuple[dict[str, int], dict[str, Any]]]:
    seed = f"{purpose} " + " ".join(f"{d.kind}:{'|'.join(d.dims)}" for d in domains.values())
    found = []
    try:
        for number, sizes in enumerate(itertools.islice(sizes_for(domains, (), seed, allowed), 3 * count)):
            try:
                found.append((sizes, draw(domains, sizes, (), FloatSource(f"{seed} {number}"))))
            except Redraw:
                continue
            if len(found) == count:
                break
    except (Undrawable, ValueError):
        return []
    return found


class Library:
    """The fingerprints of a project's implementations and of their variants, from the cache where they are known."""

    def __init__(self, index: CodeIndex, implementations: Mapping[str, Callable[..., Any]]) -> None:
        self.index = index
        self.implementations = {**implementations, **with_ones(implementations)}
        self.groups = groups(self.implementations)
        self._texts = implementations
        self._kept: dict[tuple[str, str], Print] = {}

    @cached_property
    def families(self) -> dict[Domains, list[Family]]:
        """Families of implementations with a number for one of their inputs, by the inputs that are left."""
        members: dict[Domains, list[Family]] = {}
        for domains, family in of_inputs(self._texts):
            members.setdefault(tuple(canonical(domains).items()), []).append(family)
        return members

    def of(self, name: str, group: Group) -> Print:
        """The fingerprint of an implementation."""
        key = name, group.equal
        if key not in self._kept:
            path = self._path(name, group, "itself")
            rows = kept.read(path)
            if rows is None:
                made = taken(self.implementations[name], group.probes, rounding.RUNS)
                rows = [("", "", made)]
                kept.write(path, rows)
            self._kept[key] = rows[0][2]
        return self._kept[key]

    def variants(self, name: str, group: Group) -> list[tuple[str, str, Print]]:
        """Words, setting and fingerprint of every variant that computes another function."""
        path = self._path(name, group, "variants")
        rows = kept.read(path)
        if rows is None:
            rows = list(self._made(name, group))
            kept.write(path, rows)
        return rows

    def described(self, name: str, words: str) -> Iterator[Callable[..., Any]]:
        """The variants that are described so, as functions; an edit may be made at several places."""
        made = variants(self.index, self.index.implementations[name], self.implementations[name])
        return (one.function for one in made if one.words == words)

    def _made(self, name: str, group: Group) -> Iterator[tuple[str, str, Print]]:
        original = self.of(name, group)
        if name != base(name):
            return
        for one in variants(self.index, self.index.implementations[name], self.implementations[name]):
            made = _of_variant(one, group, original)
            if made is not None:
                yield one.words, one.setting, made

    def _path(self, name: str, group: Group, what: str) -> Path:
        function = self.index.implementations[base(name)]
        text = "\0".join(
            [
                _makers(),
                function_digest(self.index, function),
                function.signature,
                name,
                what,
                repr(group.domains),
                group.equal,
            ]
        )
        return cache_folder() / "fingerprints" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"


def _of_variant(one: Variant, group: Group, original: Print) -> Print | None:
    """Its fingerprint, or None if it has none or is the original again."""
    first, _ = values_of(one.function, group.probes[0], 0)
    second, _ = (
        values_of(one.function, group.probes[1], 0)
        if first is None and len(group.probes) > 1
        else (first, ())
    )
    if first is None and second is None:
        return None
    made = taken(one.function, group.probes, 2)
    if made.is_empty or missed(original, made.values, _UNIT.unit) <= 1:
        return None
    return made


@lru_cache(maxsize=1)
def _makers() -> str:
    """Digest of everything else that a fingerprint depends on."""
    own = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    return hashlib.sha256(own).hexdigest() + judge_digest()
