"""One input of a claim, run with the reference and with somebody's function: do both say that the claim holds?"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kg.conform import rounding
from kg.conform.foreign import ForeignError, ForeignLost
from kg.conform.placed import Placed
from kg.errors import KgError
from kg.numbers.arrays import Contaminated, NotTestable, Redraw
from kg.verify.draws import FloatSource
from kg.verify.trial import Trial

# A tolerance above this share of the sides compares nothing.
BLUNT = 0.25
# Sides that vanish exactly are compared with something.
TINY = 2.0**-1022
HOLDS, FAILS, OUTSIDE, BLUNTED = "holds", "fails", "outside", "blunted"


@dataclass(frozen=True)
class Outcome:
    """What one input showed; OUTSIDE: it is none of the claim's, the reference does not satisfy it there."""

    said: str
    reason: str = ""
    missed: float = 0.0


@dataclass
class Comparison:
    """A claim's trial with a function in the place of `concept`; `relation` is ``=``, ``<=`` or ``!=``."""

    trial: Trial
    concept: str
    placed: Placed
    relation: str = "="
    evaluations: int = 0
    _theirs: Trial = field(init=False)

    def __post_init__(self) -> None:
        self._theirs = self.trial.with_implementations({self.concept: self.placed})

    def drawn(self, sizes: Mapping[str, int], seed: str) -> FloatSource | None:
        """A source that holds one admissible draw, its numbers rounded to the format; None if there is none."""
        for attempt in range(20):
            source = FloatSource(f"{self.trial.seed} {seed} {attempt}")
            try:
                self.trial.draw(sizes, source)
            except Redraw:
                continue
            return source.again([rounding.nearest(r, self.placed.system.dtype) for r in source.raw])
        return None

    def at(self, sizes: Mapping[str, int], source: FloatSource) -> Outcome:
        """Compare at the numbers that a source holds."""
        replay = source.again(source.raw)
        try:
            inputs = self.trial.draw(sizes, replay)
        except (Redraw, NotTestable, Contaminated, ArithmeticError, np.linalg.LinAlgError) as problem:
            return Outcome(OUTSIDE, str(problem))
        return self.with_inputs(inputs)

    def held(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The inputs with the values that the function has of its own; whether the claim admits them, its reference says."""
        own = self.placed.adapter.held
        return {
            name: np.full_like(value, own[name]) if name in own and isinstance(value, np.ndarray) else value
            for name, value in inputs.items()
        }

    def with_inputs(self, inputs: Mapping[str, Any]) -> Outcome:
        """Compare at these inputs, those that the function has one value for being set to it.

        Raises:
            ForeignLost: if the function does not answer any more.
        """
        self.evaluations += 1
        inputs = self.held(inputs)
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            reference = _attempt(lambda: self._run(self.trial, inputs))
            if isinstance(reference, str):
                return Outcome(OUTSIDE, reference)
            try:
                theirs = self._run(self._theirs, inputs)
            except ForeignLost:
                raise
            except ForeignError as error:
                return Outcome(FAILS, str(error), np.inf)
            except NotTestable as problem:
                return Outcome(OUTSIDE, str(problem))
            except Exception as error:
                # What the function returned does not fit where the implementation's value does.
                return Outcome(FAILS, f"what it returns does not fit: {_brief(error)}", np.inf)
            return self._judged(inputs, reference, theirs)

    def _run(self, trial: Trial, inputs: Mapping[str, Any]) -> Any:
        # What a group's invariants draw must be the same each time.
        left, right = trial.sides(inputs, FloatSource(f"{self.trial.seed} group"))
        return [np.asarray(x) for x in left], [np.asarray(x) for x in right]

    def _judged(self, inputs: Mapping[str, Any], reference: Any, theirs: Any) -> Outcome:
        shapes = [[x.shape for x in side] for side in (*reference, *theirs)]
        if shapes[:2] != shapes[2:]:
            return Outcome(
                FAILS, f"the sides have shapes {shapes[2]} and {shapes[3]}, not {shapes[0]}", np.inf
            )
        if not _finite(reference):
            return Outcome(OUTSIDE, "the reference has no finite value there")
        allowed = self._allowed(inputs, reference)
        if allowed is None:
            return Outcome(OUTSIDE, "the claim cannot be run in floating point")
        scales = [_scale(a, b) for a, b in zip(*reference, strict=True)]
        if not all(t <= BLUNT * max(s, 8 * TINY) for t, s in zip(allowed, scales, strict=True)):
            return Outcome(BLUNTED, f"rounding alone may hide any difference in {self.placed.system.dtype}")
        own = _missed(self.relation, reference, allowed)
        if own > 1:
            return Outcome(OUTSIDE, "the reference does not satisfy it there")
        if not _finite(theirs):
            return Outcome(FAILS, "it has no finite value where the reference has one", np.inf)
        missed = _missed(self.relation, theirs, allowed)
        if missed <= 1:
            return Outcome(HOLDS, missed=missed)
        return Outcome(FAILS, _sentence(self.relation, missed, *theirs), missed)

    def _allowed(self, inputs: Mapping[str, Any], reference: Any) -> list[float] | None:
        """For each pair of arrays, how far rounding may move both sides together."""
        dtype = self.placed.system.dtype
        own = rounding.FORMATS["float64"]
        coarse = rounding.rounded(self.trial.implementations[self.concept], rounding.FORMATS[dtype])
        trial = self.trial.with_implementations({self.concept: coarse})
        moved = [0.0] * len(reference[0])
        for number in range(rounding.RUNS):
            rounding.seeded(number)
            sides = _attempt(lambda: self._run(trial, rounding.carrying(inputs, own)))
            if isinstance(sides, str):
                return None
            sides = rounding.bare(sides)
            for i, (a, b, x, y) in enumerate(zip(*reference, *sides, strict=True)):
                if a.shape != x.shape or b.shape != y.shape:
                    return None
                moved[i] = max(moved[i], _gap(a, x) + _gap(b, y))
        return [
            rounding.FACTOR * (gap + own.unit * _scale(a, b) + TINY)
            for gap, a, b in zip(moved, *reference, strict=True)
        ]


def _attempt(run: Callable[[], Any]) -> Any:
    try:
        return run()
    except (KgError, NotTestable, Contaminated, Redraw) as problem:
        return str(problem) or type(problem).__name__
    except Exception as error:
        return _brief(error)


def _brief(error: BaseException) -> str:
    if isinstance(error, KgError):
        return str(error)
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _finite(sides: Any) -> bool:
    return all(bool(np.all(np.isfinite(x))) for side in sides for x in side)


def _scale(a: Any, b: Any) -> float:
    return max(float(np.max(np.abs(x), initial=0.0)) for x in (a, b))


def _gap(a: Any, b: Any) -> float:
    return float(np.max(np.abs(a - b), initial=0.0))


def _missed(relation: str, sides: Any, allowed: list[float]) -> float:
    """By what factor the tolerance is missed; for a sentence that is to be false, by what factor it is met."""
    left, right = sides
    if relation == "<=":
        excess = [
            float(np.max(np.real(a) - np.real(b), initial=-np.inf)) for a, b in zip(left, right, strict=True)
        ]
        return max((e / t for e, t in zip(excess, allowed, strict=True)), default=0.0)
    if relation == "not <=":
        return _inverse(_missed("<=", sides, allowed))
    worst = max((_gap(a, b) / t for a, b, t in zip(left, right, allowed, strict=True)), default=0.0)
    return _inverse(worst) if relation == "!=" else worst


def _inverse(factor: float) -> float:
    return 1 / factor if factor > 0 else np.inf


def _sentence(relation: str, missed: float, left: list[Any], right: list[Any]) -> str:
    if relation in ("!=", "not <="):
        return "the sentence is true of it at the counterexample"
    a, b, place = _worst_entry(left, right)
    at = f" at {list(place)}" if place else ""
    verb = "is not at most" if relation == "<=" else "is not"
    factor = f"{missed:.2g} times what rounding may do"
    # As many digits as it takes to see the difference.
    texts = next(
        (
            pair
            for digits in (6, 9, 12, 17)
            if len(set(pair := (_number(a, digits), _number(b, digits)))) == 2
        ),
        (_number(a), _number(b)),
    )
    return f"{texts[0]} {verb} {texts[1]}{at}, {factor}"


def _worst_entry(left: list[Any], right: list[Any]) -> tuple[Any, Any, tuple[int, ...]]:
    pairs = [(a, b) for a, b in zip(left, right, strict=True) if a.size]
    a, b = max(pairs, key=lambda pair: _gap(*pair))
    place = np.unravel_index(int(np.argmax(np.abs(a - b))), a.shape)
    return a[place], b[place], tuple(int(i) for i in place)


def _number(value: Any, digits: int = 6) -> str:
    value = complex(value)
    return f"{value.real:.{digits}g}" if value.imag == 0 else f"{value:.{digits}g}"
