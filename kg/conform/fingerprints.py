"""Fingerprints: the values of a function on fixed probes, with how far rounding may move each of them.

Implementations with inputs of the same names and kinds of shape share their probes, so that a function from outside is
run once for all of them.  Fingerprints of implementations and of their variants are kept in the user's cache under the
digest of the implementation and of the code that makes them.
"""

from __future__ import annotations

import hashlib
import inspect
import itertools
import json
import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

import numpy as np

from kg.code import CodeIndex, function_digest
from kg.conform import rounding
from kg.conform.variants import Variant, variants
from kg.domains import Domain, domains_of
from kg.judge import cache_folder, judge_digest
from kg.numbers.arrays import Redraw
from kg.verify.draws import FloatSource, Undrawable, draw, sizes_for
from kg.verify.probe import MutantHung, time_limit
from kg.verify.trial import flatten

PROBES = 4
SECONDS = 2
BLUNT = 2.0**-10

# Shared over float64: the noise of a run is linear in the unit roundoff.
_UNIT = rounding.FORMATS["float64"]


@dataclass(frozen=True)
class Print:
    """Values on each probe (None where there are none) and the movement of each array under rounding in float64."""

    values: tuple[tuple[Any, ...] | None, ...]
    moved: tuple[tuple[float, ...], ...]

    @property
    def is_empty(self) -> bool:
        return all(value is None for value in self.values)


@dataclass(frozen=True)
class Group:
    """Implementations with the same inputs, and the probes they share."""

    inputs: tuple[str, ...]
    names: tuple[str, ...]
    sizes: tuple[dict[str, int], ...]
    probes: tuple[dict[str, Any], ...]
    domains: tuple[tuple[str, Domain], ...]
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
            group = _group(merged, self.names, f"{first} and {second}")
            if group is not None:
                found.append(group)
        return found


def _group(domains: tuple[tuple[str, Domain], ...], names: tuple[str, ...], equal: str = "") -> Group | None:
    made = _probes(dict(domains))
    if not made:
        return None
    sizes, probes = zip(*made, strict=True)
    return Group(tuple(name for name, _ in domains), names, sizes, probes, domains, equal)


def groups(implementations: Mapping[str, Callable[..., Any]]) -> list[Group]:
    """All implementations whose inputs can be drawn, by their inputs."""
    members: dict[tuple[tuple[str, Domain], ...], list[str]] = {}
    for name in sorted(implementations):
        try:
            domains = domains_of(implementations[name])
        except TypeError:
            continue
        if domains:
            members.setdefault(tuple(_canonical(domains).items()), []).append(name)
    made = [_group(domains, tuple(names)) for domains, names in members.items()]
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


def _canonical(domains: Mapping[str, Domain]) -> dict[str, Domain]:
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


def _probes(domains: Mapping[str, Domain]) -> list[tuple[dict[str, int], dict[str, Any]]]:
    seed = "fingerprint " + " ".join(f"{d.kind}:{'|'.join(d.dims)}" for d in domains.values())
    found = []
    try:
        for number, sizes in enumerate(itertools.islice(sizes_for(domains, (), seed), 3 * PROBES)):
            try:
                found.append((sizes, draw(domains, sizes, (), FloatSource(f"{seed} {number}"))))
            except Redraw:
                continue
            if len(found) == PROBES:
                break
    except (Undrawable, ValueError):
        return []
    return found


def taken(function: Callable[..., Any], probes: Sequence[Mapping[str, Any]], runs: int) -> Print:
    """The fingerprint of one of our own functions."""
    values: list[tuple[Any, ...] | None] = []
    moved: list[tuple[float, ...]] = []
    for inputs in probes:
        value, movement = _one(function, inputs, runs)
        values.append(value)
        moved.append(movement)
    return Print(tuple(values), tuple(moved))


def _one(
    function: Callable[..., Any], inputs: Mapping[str, Any], runs: int
) -> tuple[tuple[Any, ...] | None, tuple[float, ...]]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            with time_limit(SECONDS):
                plain = [np.asarray(x) for x in flatten(function(**inputs))]
                if any(x.dtype.kind not in "biufc" or _half_empty(x) for x in plain):
                    return None, ()
                movement = [0.0] * len(plain)
                for number in range(runs):
                    rounding.seeded(number)
                    noisy = flatten(rounding.rounded(function, _UNIT)(**inputs))
                    movement = [max(m, _gap(a, b)) for m, a, b in zip(movement, plain, noisy, strict=True)]
        except (MutantHung, MemoryError):
            return None, ()
        except Exception:
            # An edit that breaks a shape or a name, a size the text has no room for: no value there.
            return None, ()
    sharp = all(m <= BLUNT * max(_size(a), 2.0**-1000) for m, a in zip(movement, plain, strict=True))
    return (tuple(plain), tuple(movement)) if sharp else (None, ())


def _half_empty(a: Any) -> bool:
    """Whether more than half of the entries are no numbers. A row that a mask has emptied is none, the others count."""
    return bool(np.sum(~np.isfinite(a)) > a.size / 2)


def _gap(a: Any, b: Any) -> float:
    """The largest difference where `a` has numbers; infinite for another shape, or where `b` has no number there."""
    b = np.asarray(b)
    if a.shape != b.shape:
        return np.inf
    here = np.isfinite(a)
    gap = float(np.max(np.abs(a[here] - b[here]), initial=0.0))
    return gap if np.isfinite(gap) else np.inf


def _size(a: Any) -> float:
    return float(np.max(np.abs(a[np.isfinite(a)]), initial=0.0))


def missed(known: Print, outputs: Sequence[Sequence[Any] | None], unit: float) -> float:
    """By what factor of the rounding error outputs miss a fingerprint; infinite for other shapes, or too few probes."""
    worst, seen = 0.0, 0
    for value, movement, found in zip(known.values, known.moved, outputs, strict=True):
        if value is None:
            continue
        if found is None or [np.shape(x) for x in found] != [x.shape for x in value]:
            return np.inf
        seen += 1
        for a, m, b in zip(value, movement, found, strict=True):
            allowed = rounding.FACTOR * (unit / _UNIT.unit * m + unit * _size(a)) + 2.0**-1000
            worst = max(worst, _gap(a, np.asarray(b)) / allowed)
    return worst if seen >= min(2, len(known.values)) else np.inf


def distance(known: Print, outputs: Sequence[Sequence[Any] | None]) -> float:
    """How far outputs are from a fingerprint, from 0 to 1, for ranking; infinite for other shapes.

    One minus the modulus of the cosine between corresponding rows, averaged: a wrong scale or sign is one edit away.
    """
    total, rows = 0.0, 0
    for value, found in zip(known.values, outputs, strict=True):
        if value is None:
            continue
        if found is None or [np.shape(x) for x in found] != [x.shape for x in value]:
            return np.inf
        for a, b in zip(value, found, strict=True):
            apart = _angles(a, np.asarray(b))
            total, rows = total + float(np.sum(apart)), rows + apart.size
    return total / rows if rows else np.inf


def _angles(a: Any, b: Any) -> Any:
    if a.ndim == 0 or a.shape[-1] == 1:
        # A row of one number has every direction in common with another.
        a, b = (np.reshape(z, -1) for z in (a, b))
    if a.size == 1:
        apart, sizes = np.abs(a - b), np.abs(a) + np.abs(b)
        return np.where(sizes > 0, np.nan_to_num(apart / np.where(sizes > 0, sizes, 1), nan=1.0), 0.0)
    x, y = (z.reshape(-1, z.shape[-1]) for z in (a, b))
    here = np.isfinite(x)
    x, y = np.where(here, x, 0), np.where(here, y, 0)
    with np.errstate(all="ignore"):
        norms = np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
        cosine = np.abs(np.sum(np.conj(x) * y, axis=1)) / norms
    # Rows of zeros are alike, a row without numbers is like none.
    alike = (norms == 0) & np.all(x == y, axis=1)
    return np.where(alike, 0.0, 1 - np.where(np.isfinite(cosine), np.minimum(cosine, 1.0), 0.0))


class Library:
    """The fingerprints of a project's implementations and of their variants, from the cache where they are known."""

    def __init__(self, index: CodeIndex, implementations: Mapping[str, Callable[..., Any]]) -> None:
        self.index = index
        self.implementations = {**implementations, **with_ones(implementations)}
        self.groups = groups(self.implementations)
        self._kept: dict[tuple[str, str], Print] = {}

    def of(self, name: str, group: Group) -> Print:
        """The fingerprint of an implementation."""
        key = name, group.equal
        if key not in self._kept:
            path = self._path(name, group, "itself")
            rows = _read(path)
            if rows is None:
                made = taken(self.implementations[name], group.probes, rounding.RUNS)
                rows = [("", "", made)]
                _write(path, rows)
            self._kept[key] = rows[0][2]
        return self._kept[key]

    def variants(self, name: str, group: Group) -> list[tuple[str, str, Print]]:
        """Words, setting and fingerprint of every variant that computes another function."""
        path = self._path(name, group, "variants")
        rows = _read(path)
        if rows is None:
            rows = list(self._made(name, group))
            _write(path, rows)
        return rows

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
            ]
        )
        return cache_folder() / "fingerprints" / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.npz"


def _of_variant(one: Variant, group: Group, original: Print) -> Print | None:
    """Its fingerprint, or None if it has none or is the original again."""
    first, _ = _one(one.function, group.probes[0], 0)
    second, _ = (
        _one(one.function, group.probes[1], 0) if first is None and len(group.probes) > 1 else (first, ())
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


def _write(path: Path, rows: Sequence[tuple[str, str, Print]]) -> None:
    arrays: dict[str, Any] = {}
    described = []
    for i, (words, setting, made) in enumerate(rows):
        shape = [None if value is None else len(value) for value in made.values]
        described.append([words, setting, shape, [list(m) for m in made.moved]])
        for p, value in enumerate(made.values):
            arrays |= {f"{i}_{p}_{k}": x for k, x in enumerate(value or ())}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{id(rows)}.part.npz")
        np.savez(part, described=np.asarray(json.dumps(described)), **arrays)
        part.replace(path)
    except OSError:
        # A cache that cannot be written only costs time.
        pass


def _read(path: Path) -> list[tuple[str, str, Print]] | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            rows = []
            for i, (words, setting, shape, moved) in enumerate(json.loads(str(stored["described"]))):
                values = tuple(
                    None if count is None else tuple(stored[f"{i}_{p}_{k}"] for k in range(count))
                    for p, count in enumerate(shape)
                )
                rows.append((words, setting, Print(values, tuple(tuple(m) for m in moved))))
            return rows
    except Exception:
        # Half written or of another version: made again.
        return None
