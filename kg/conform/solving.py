"""The number that makes one function of a family out of it: fitted on a few inputs, confirmed on fresh ones.

Numbers are fitted to each probe by itself.  If all probes give the same number, or numbers that are one formula in the
sizes, it is given its shortest name (1.702, √(2/π)) and the function of the family with that number is held against the
function on inputs drawn anew, by the judge of :func:`kg.conform.fingerprints.missed`, to rounding.  What agrees only
where it was fitted, or with another number on each probe, is no match; nor is it one if the fresh inputs would not have
noticed another number.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from kg.conform.calling import Caller
from kg.conform.families import Family
from kg.conform.fingerprints import Group, group_of
from kg.conform.prints import Print, missed, taken
from kg.conform.rounding import FACTOR, FORMATS, RUNS
from kg.conform.scales import FORMS, Run
from kg.verify.trial import flatten

FRESH = 12
LEAST_NOTICED = 6
# Of a number that is known to fewer digits than this, the probe says nothing.
KNOWN_TO = 1e-2
# Residuals above this share of the output are no fit; the judge of what is left is rounding, on fresh inputs.
FITS = 1e-6
ROUGHLY = 1e-2
LARGEST = 1e6
STARTS = (1.0, 0.5, 2.0, 0.1, -1.0, 0.9, 4.0, 10.0, 0.01, -0.5, -3.0, 0.0, 1e-4, 100.0)
NAMED = {
    "√2": math.sqrt(2),
    "1/√2": math.sqrt(0.5),
    "√(2/π)": math.sqrt(2 / math.pi),
    "√(π/2)": math.sqrt(math.pi / 2),
    "√(π/8)": math.sqrt(math.pi / 8),
    "√(8/π)": math.sqrt(8 / math.pi),
    "π": math.pi,
    "2π": 2 * math.pi,
    "1/π": 1 / math.pi,
    "1/√(2π)": 1 / math.sqrt(2 * math.pi),
    "e": math.e,
    "1/e": 1 / math.e,
    "ln 2": math.log(2),
    "1/ln 2": 1 / math.log(2),
    "1/3": 1 / 3,
    "2/3": 2 / 3,
    "1/6": 1 / 6,
    "π/√3": math.pi / math.sqrt(3),
}
Values = tuple[float, ...]


@dataclass(frozen=True)
class Fit:
    """A member of a family that is the function: in words, and as a setting where it is one."""

    family: Family
    run: Run
    words: str
    setting: str


@dataclass(frozen=True)
class _Solution:
    """The numbers on one probe, and how far the rounding of its outputs may have moved each."""

    at: int
    values: Values
    errors: Values


@dataclass
class Solver:
    """Fits families to runs; inputs drawn anew are shared between the families that have the same inputs."""

    caller: Caller
    _fresh: dict[Any, Run | None] = field(default_factory=dict)
    _tried: set[Any] = field(default_factory=set)

    def fit(self, family: Family, run: Run) -> Fit | None:
        """The function of the family that `run` was made by, or None; None, too, if that was asked before."""
        # Most functions give the same with axes of length one put in.
        asked = family.name, family.numbers, run.group.domains, run.unit, _digest(run)
        if asked in self._tried:
            return None
        self._tried.add(asked)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            solutions = _solutions(family, run)
            if len(solutions) < 2:
                return None
            for choices in _named(family, run, solutions):
                noticed = self._noticed(family, run, choices)
                if noticed >= LEAST_NOTICED:
                    tested = f"fitted on {len(solutions)} inputs, confirmed on {noticed} fresh ones"
                    named = list(zip(family.numbers, choices, strict=True))
                    words = " and ".join(number.words.format(choice.text) for number, choice in named)
                    typed = [number.setting.format(choice.as_typed) for number, choice in named]
                    return Fit(family, run, f"{words} ({tested})", ",".join(typed) if all(typed) else "")
        return None

    def confirms(self, run: Run, functions: Iterable[Callable[..., Any]]) -> bool:
        """Whether one of our functions does on fresh inputs, where there are any, what the function does."""
        fresh = self._run_on_fresh(run)
        if fresh is None:
            return True
        unit = max(fresh.unit, run.unit)
        known = (taken(function, fresh.group.probes, 2) for function in functions)
        return any(not one.is_empty and missed(one, fresh.outputs, unit) <= 1 for one in known)

    def _noticed(self, family: Family, run: Run, choices: Sequence[_Choice]) -> int:
        """On how many fresh inputs it is the function where another number would not be; 0 if it is not on one."""

        def numbers(inputs: Mapping[str, Any]) -> Values:
            return tuple(choice.of(inputs) for choice in choices)

        fresh = self._run_on_fresh(run)
        if fresh is None:
            return 0
        known = taken(_member(family, numbers), fresh.group.probes, RUNS)
        slack = [choice.slack for choice in choices]
        apart = _print_of(family, lambda i: _off(numbers(i), slack), fresh.group)
        # A number with no name is known up to the rounding of the outputs it was fitted to.
        share = FACTOR * max(fresh.unit, run.unit) / FORMATS["float64"].unit
        moved = (_wider(*three, share) for three in zip(known.moved, known.values, apart, strict=True))
        known = Print(known.values, tuple(moved))
        unit = max(fresh.unit, run.unit)
        if missed(known, fresh.outputs, unit) > 1:
            return 0
        other = _print_of(family, lambda i: tuple(1.001 * n + 1e-9 for n in numbers(i)), fresh.group)
        return sum(
            value is not None
            and found is not None
            and (theirs is None or missed(Print((value,), (moved,)), [theirs], unit) > 1)
            for value, moved, found, theirs in zip(
                known.values, known.moved, fresh.outputs, other, strict=True
            )
        )

    def _run_on_fresh(self, run: Run) -> Run | None:
        key = run.group.domains, run.adapter.name
        if key not in self._fresh:
            group = group_of(run.group.domains, run.group.names, seed="fresh", count=FRESH)
            self._fresh[key] = None if group is None else self.caller.run(group, run.adapter)
        found = self._fresh[key]
        chosen = run.adapter.output
        if found is None or chosen is None:
            return found
        return replace(
            found, outputs=[None if o is None or len(o) <= chosen else [o[chosen]] for o in found.outputs]
        )


def _digest(run: Run) -> str:
    made = hashlib.sha256()
    for found in run.outputs:
        for one in found or ():
            made.update(repr(np.shape(one)).encode() + np.asarray(one, order="C").tobytes())
    return made.hexdigest()


def _member(family: Family, numbers: Callable[[Mapping[str, Any]], Values]) -> Callable[..., Any]:
    return lambda **inputs: family.at(*numbers(inputs))(**inputs)


def _off(numbers: Values, slack: Sequence[float]) -> Values:
    return tuple(n + s for n, s in zip(numbers, slack, strict=True))


def _print_of(
    family: Family, numbers: Callable[[Mapping[str, Any]], Values], group: Group
) -> list[tuple[Any, ...] | None]:
    return [_value(family, numbers(probe), probe) for probe in group.probes]


def _wider(
    moved: tuple[float, ...], value: tuple[Any, ...] | None, apart: tuple[Any, ...] | None, share: float
) -> tuple[float, ...]:
    """Movements that allow for the gap to other values as well, `share` being what of a movement is allowed."""
    if value is None or apart is None:
        return moved
    here = [np.isfinite(a) & np.isfinite(b) for a, b in zip(value, apart, strict=True)]
    gaps = [
        float(np.max(np.abs(a[ok] - b[ok]), initial=0.0)) for a, b, ok in zip(value, apart, here, strict=True)
    ]
    return tuple(m + gap / share for m, gap in zip(moved, gaps, strict=True))


def _value(family: Family, numbers: Values, inputs: Mapping[str, Any]) -> tuple[Any, ...] | None:
    try:
        plain = tuple(np.asarray(x) for x in flatten(family.at(*numbers)(**inputs)))
    except Exception:
        # A number that the text has no room for: no value there.
        return None
    return plain if all(x.dtype.kind in "biufc" for x in plain) else None


def _solutions(family: Family, run: Run) -> list[_Solution]:
    """The numbers on each probe that says something; nothing if one has no numbers that fit."""
    given = [
        at
        for at, found in enumerate(run.outputs)
        if found is not None and _entries(found) >= len(family.numbers)
    ]
    # Probes with many entries first: there a number that fits is seldom a chance.
    given.sort(key=lambda at: -_entries(run.outputs[at] or ()))
    found: list[_Solution] = []
    for at in given:
        solved = _solved(family, run, at, [one.values for one in found[:1]])
        if solved is None:
            return []
        if _is_known(solved):
            found.append(solved)
    return found


def _entries(found: Sequence[Any]) -> int:
    return sum(np.size(x) for x in found)


def _is_known(one: _Solution) -> bool:
    return all(e <= max(KNOWN_TO * abs(v), 1e-9) for v, e in zip(one.values, one.errors, strict=True))


def _solved(family: Family, run: Run, at: int, before: Sequence[Values]) -> _Solution | None:
    residual = _residual(family, run, at)
    if residual is None:
        return None
    starts = sorted(((_size(residual(s)), s) for s in _starts(family)), key=lambda one: one[0])[:3]
    for start in [*before, *(s for size, s in starts if size < np.inf)]:
        try:
            # A minimum that is not zero is left early: most families are none.
            rough = least_squares(residual, start, method="lm", xtol=1e-3, ftol=1e-2, gtol=1e-15, max_nfev=24)
            if _size(rough.fun) > ROUGHLY:
                continue
            made = least_squares(
                residual, rough.x, method="lm", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=60
            )
        except ValueError:
            # Fewer entries than numbers, or no number of the outputs there.
            continue
        numbers = tuple(float(x) for x in made.x)
        fits = _size(made.fun) <= max(FITS, 64 * run.unit) and max(map(abs, numbers)) <= LARGEST
        if fits and all(n.admits(x) for n, x in zip(family.numbers, numbers, strict=True)):
            return _Solution(at, numbers, _errors(family, run, at, numbers, made.jac))
    return None


def _starts(family: Family) -> Iterator[Values]:
    usual = family.numbers[0].usual
    one = [*STARTS, *([] if usual is None else [1.1 * usual, 0.5 * usual, 2 * usual])]
    admitted = [[x for x in one if number.admits(x)] for number in family.numbers]
    if len(admitted) == 1:
        yield from ((x,) for x in admitted[0])
    else:
        yield from ((x, y) for x in admitted[0][:6] for y in admitted[1][:6])


def _size(residual: Any) -> float:
    size = float(np.max(np.abs(residual), initial=0.0))
    return size if np.isfinite(size) and size < 1e6 else np.inf


def _residual(family: Family, run: Run, at: int) -> Callable[[Any], Any] | None:
    """Differences as shares of the largest entry of each output; None where there is nothing to compare."""
    wanted = [np.asarray(x) for x in run.outputs[at] or ()]
    masks = [np.isfinite(x) for x in wanted]
    scales = [float(np.max(np.abs(x[ok]), initial=0.0)) for x, ok in zip(wanted, masks, strict=True)]
    if not any(scales):
        return None

    def residual(numbers: Any) -> Any:
        values = _value(family, tuple(float(n) for n in numbers), run.group.probes[at])
        if values is None or [v.shape for v in values] != [w.shape for w in wanted]:
            return np.full(sum(int(ok.sum()) for ok in masks), 1e9)
        gaps = []
        for a, b, ok, scale in zip(values, wanted, masks, scales, strict=True):
            gap = (a[ok] - b[ok]) / (scale or 1.0)
            gaps += [gap.real, gap.imag] if gap.dtype.kind == "c" else [gap]
        return np.nan_to_num(np.concatenate(gaps), nan=1e9, posinf=1e9, neginf=-1e9)

    return residual


def _errors(family: Family, run: Run, at: int, numbers: Values, jacobian: Any) -> Values:
    """How far rounding may have moved the numbers: by as much as it may move outputs, divided by the slope."""
    known = taken(family.at(*numbers), [run.group.probes[at]], 2)
    worst = 0.0
    for value, moved in zip(known.values, known.moved, strict=True):
        if value is None:
            return (np.inf,) * len(numbers)
        for a, m in zip(value, moved, strict=True):
            largest = float(np.max(np.abs(a[np.isfinite(a)]), initial=0.0)) or 1.0
            worst = max(worst, FACTOR * run.unit * (1 + m / FORMATS["float64"].unit / largest))
    if np.linalg.matrix_rank(jacobian) < len(numbers):
        return (np.inf,) * len(numbers)
    rows = np.linalg.norm(np.linalg.pinv(jacobian), axis=1)
    return tuple(float(r) * worst * math.sqrt(len(jacobian)) for r in rows)


@dataclass(frozen=True)
class _Choice:
    """What a number may be: its name, its value on given inputs, how far it is known if it has no name."""

    text: str
    of: Callable[[Mapping[str, Any]], float]
    slack: float = 0.0
    value: float | None = None

    @property
    def as_typed(self) -> str:
        if self.value is None or self.slack:
            return self.text
        return f"{self.value:g}" if float(f"{self.value:g}") == self.value else repr(self.value)


def _named(family: Family, run: Run, solutions: Sequence[_Solution]) -> Iterator[tuple[_Choice, ...]]:
    """What the numbers may be, each the same everywhere or a formula in the sizes of the inputs."""
    columns = []
    for i in range(len(family.numbers)):
        column = [(one.values[i], one.errors[i]) for one in solutions]
        agreed = _agreed(column)
        probes = [run.group.probes[one.at] for one in solutions]
        columns.append([_constant(*agreed)] if agreed else list(_formulas(probes, column)))
    for choices in itertools.product(*columns):
        if any(c.value is None or c.value != n.usual for c, n in zip(choices, family.numbers, strict=True)):
            yield choices


def _constant(text: str, value: float, slack: float) -> _Choice:
    return _Choice(text, lambda _: value, slack, value)


def _formulas(
    probes: Sequence[Mapping[str, Any]], column: Sequence[tuple[float, float]]
) -> Iterator[_Choice]:
    """A plain number times a form of one size; three probes at least, as two fit many."""
    for name, array in probes[0].items() if len(probes) >= 3 else ():
        for axis in range(np.ndim(array)):
            sizes = [probe[name].shape[axis] for probe in probes]
            for words, form in FORMS.items() if len(set(sizes)) > 1 else ():
                forms = [form(n) for n in sizes]
                if not all(map(math.isfinite, forms)) or not all(forms):
                    continue
                agreed = _agreed([(v / f, abs(e / f)) for (v, e), f in zip(column, forms, strict=True)])
                # A factor without a name and a formula chosen among many would fit by chance.
                if agreed is None or agreed[2]:
                    continue
                text, factor, _ = agreed
                formula = words.format(f"the size of axis {axis} of {name}")
                yield _Choice(
                    formula if factor == 1 else f"{text} times {formula}", _in_size(name, axis, factor, form)
                )


def _in_size(
    name: str, axis: int, factor: float, form: Callable[[int], float]
) -> Callable[[Mapping[str, Any]], float]:
    return lambda inputs: factor * form(np.shape(inputs[name])[axis])


def _agreed(column: Sequence[tuple[float, float]]) -> tuple[str, float, float] | None:
    """The number that independent fits agree on: its name, itself, and how far it is known if it has no name."""
    value, error = min(column, key=lambda one: one[1])
    if any(abs(value - other) > error + further for other, further in column):
        return None
    for digits in range(1, 16):
        short = float(f"{value:.{digits}g}")
        # A decimal says something as long as few others of its length lie as near.
        if abs(short - value) <= error <= 1e-3 * 10.0**-digits * abs(short):
            return f"{short:.{digits}g}", short, 0.0
    if abs(value) <= error:
        return "0", 0.0, 0.0
    for digits in range(1, 5):
        short = float(f"{1 / value:.{digits}g}")
        if abs(1 / short - value) <= error <= 1e-3 * 10.0**-digits * abs(value):
            return f"1/{short:.{digits}g}", 1 / short, 0.0
    for name, known in NAMED.items():
        for sign in (1, -1):
            if abs(sign * known - value) <= error:
                return (
                    f"{'-' if sign < 0 else ''}{known:.6g} = {'-' if sign < 0 else ''}{name}",
                    sign * known,
                    0.0,
                )
    digits = max(3, min(17, math.ceil(-math.log10(max(error / abs(value), 1e-17)))))
    return f"{value:.{digits}g}", value, error
