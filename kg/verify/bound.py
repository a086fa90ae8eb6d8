"""The judge of bounds: left ≤ right, by adversarial search, with a tightness witness where the bound is sharp.

A check returns (left, right), arrays of equal shape, and the claim is left ≤ right entrywise.  The search climbs from
random inputs towards violations; a bound that is claimed sharp shows where it is attained, and there the bound shrunk
by one part in a million must break.  A bound without a witness is recorded as not sharp, with its slack.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from kg.errors import CheckError
from kg.numbers.arrays import Contaminated, NotTestable, Redraw, SystemArray
from kg.numbers.balls import Balls, precision
from kg.verify.declare import Check, Control
from kg.verify.draws import FloatSource
from kg.verify.enclosing import enclose
from kg.verify.floating import UNIT
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict, shape_text

STARTS = 12
STEPS = 60
SHRINK = 1e-6
WITNESSES = 3
NEIGHBOURS = 32
GAIN = 1e-9


def judge(trial: Trial, check: Check, verdict: Verdict) -> Verdict:
    """Search for a violation, try the witness and the shrunken bound, and see every control violated."""
    enclosed, region, trouble = _enclosed(trial)
    if trouble:
        return verdict.but(outcome="failed" if enclosed is False else "cantTell", reason=trouble)
    worst, shapes, trouble = search(trial)
    if trouble:
        return verdict.but(outcome="cantTell", reason=trouble)
    if worst > 1:
        violated = f"left exceeds right (ratio {worst:.4g})"
        if not _certifiable(trial):
            # Near-duplicate columns make a plain QR return garbage that no other float contradicts.
            return verdict.but(
                outcome="cantTell",
                reason=f"{violated} in float64, and the text does not run over balls, which could confirm it",
            )
        return verdict.but(outcome="failed", reason=f"the bound is violated: {violated}")
    rejected, unseen = _controls(trial, check.controls)
    method = region or f"adversarial search in float64, {STARTS} starts of {STEPS} steps"
    verdict = verdict.but(
        outcome="passed",
        strength="Enclosed" if enclosed else "Sampled",
        controls=(rejected, len(check.controls)),
        shapes=tuple(shapes),
    )
    if check.witness_function is None:
        return _settled(
            verdict.but(method=f"{method}; {_slack(worst)}"),
            unseen,
        )
    if not attained(trial, check):
        return verdict.but(
            outcome="cantTell", strength=None, method=method, reason="the witness does not attain the bound"
        )
    return _settled(
        verdict.but(
            method=f"{method}; attained at the witness, where the bound shrunk by one millionth breaks"
        ),
        unseen,
    )


def _enclosed(trial: Trial) -> tuple[bool | None, str, str]:
    """For a bound in one number on an interval: what enclosing it everywhere shows, the method, and what is wrong."""
    if [domain.kind for domain in trial.domains.values()] != ["Interval"]:
        return None, "", ""
    ((name, domain),) = trial.domains.items()
    low, high = (int(d) for d in domain.dims)
    pairs = len(trial.run(trial.draw({}, FloatSource(trial.seed)))[0])
    for i in range(pairs):
        found = enclose(partial(_gap_of, trial, name, i), low, high)
        if found.holds is False:
            return False, "", f"the bound fails for certain at {name} = {found.point}"
        if found.holds is None:
            return None, "", f"not decided on [{low}, {high}] with {found.boxes} boxes"
    return True, f"enclosed in balls on the whole interval [{low}, {high}]", ""


def _gap_of(trial: Trial, name: str, entry: int, x: Any) -> Any:
    left, right = trial.run({name: x})
    return right[entry] - left[entry]


def _settled(verdict: Verdict, unseen: list[str]) -> Verdict:
    if unseen:
        return verdict.but(
            outcome="cantTell", strength=None, reason=f"the control was not rejected: {unseen[0]}"
        )
    return verdict


def _slack(ratio: float) -> str:
    """How near the search came, in tenths rounded up: the sentence must not depend on the last bits of a search."""
    tenths = int(np.ceil(max(0.0, ratio) * 10))
    if tenths >= 10:
        return "no input is named at which it is attained, but the search came within a tenth of it"
    return f"not sharp: no input came closer than {tenths / 10:.1f} of the bound"


def search(trial: Trial, *, starts: int = STARTS) -> tuple[float, list[str], str]:
    """Largest left/right found (over 1 only when beyond rounding), the shapes tried, and what went wrong if anything."""
    worst = -np.inf
    shapes: list[str] = []
    for number, sizes in zip(range(starts), trial.sizes(), strict=False):
        value, trouble = _climb(trial, sizes, f"{trial.seed} bound {number}")
        if trouble:
            return worst, shapes, f"{trouble} at {shape_text(sizes)}"
        shapes.append(shape_text(sizes))
        worst = max(worst, value)
        if worst > 1:
            break
    return float(worst), sorted(set(shapes)), ""


def _climb(trial: Trial, sizes: dict[str, int], seed: str) -> tuple[float, str]:
    """Climb from one random input towards a violation; a violation counts only if it is no rounding error."""
    source, value = _start(trial, sizes, seed)
    if source is None or not np.isfinite(value):
        return value, "a side is not a finite number, or no inputs could be drawn"
    if value > 1:
        # A false alarm at the start must not end the search there.
        value = _confirmed(trial, sizes, source, value)
    if value > 1:
        return value, ""
    rng = np.random.default_rng(list(seed.encode()))
    step = 1.0
    for _ in range(STEPS if source.raw else 0):
        replay = source.again([r + step * rng.standard_normal(np.shape(r)) for r in source.raw])
        try:
            new = ratio(*trial.sides(trial.draw(sizes, replay), replay))
        except (Redraw, np.linalg.LinAlgError):
            continue
        if new > 1:
            new = _confirmed(trial, sizes, replay, new)
        # By more than rounding, or the path of the search would depend on the machine.
        if np.isfinite(new) and new > value + GAIN:
            value, source, step = new, replay, step * 1.2
            if value > 1:
                break
        else:
            step = max(step * 0.9, 1e-3)
    return value, ""


def _start(trial: Trial, sizes: dict[str, int], seed: str) -> tuple[FloatSource | None, float]:
    for attempt in range(50):
        source = FloatSource(f"{seed} {attempt}")
        try:
            return source, ratio(*trial.sides(trial.draw(sizes, source), source))
        except Redraw:
            continue
    return None, -np.inf


def _confirmed(trial: Trial, sizes: dict[str, int], source: FloatSource, value: float) -> float:
    """The excess of a violation as balls see it at the same input; floats may cancel or be ill-conditioned.

    Where the text does not run over balls the float value stands if inputs near by, from one unit in the last place to
    a billionth away, all exceed the bound as well by at least half as much; garbage of rounding changes with each.
    """
    try:
        with precision(320):
            twin = source.in_balls(Balls())
            left, right = trial.sides(trial.draw(sizes, twin), twin)
            return value if exceeds(twin.system, left, right) else 1.0
    except (NotTestable, Redraw, Contaminated, AttributeError, TypeError, ValueError):
        pass
    rng = np.random.default_rng(11)
    for number in range(NEIGHBOURS):
        step = UNIT * 2.0 ** (8 * (number % 4))
        moved = [np.asarray(r) * (1 + step * rng.choice([-1.0, 1.0], size=np.shape(r))) for r in source.raw]
        replay = source.again(moved)
        try:
            if ratio(*trial.sides(trial.draw(sizes, replay), replay)) - 1 < (value - 1) / 2:
                return 1.0
        except Redraw:
            continue
    return value


def _certifiable(trial: Trial) -> bool:
    """Whether the text runs over balls, so that a violation was confirmed by them."""
    for attempt, sizes in zip(range(20), trial.sizes(), strict=False):
        source = FloatSource(f"{trial.seed} certifiable {attempt}")
        try:
            trial.draw(sizes, source)
            with precision(320):
                twin = source.in_balls(Balls())
                trial.sides(trial.draw(sizes, twin), twin)
            return True
        except Redraw:
            continue
        except (NotTestable, Contaminated, AttributeError, TypeError, ValueError):
            return False
    return False


def exceeds(system: Balls, left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether some entry of left is larger than right for certain."""
    for a, b in zip(left, right, strict=True):
        x, y = (v.parts[0] if isinstance(v, SystemArray) else system.literal(v)[0] for v in (a, b))
        if any(bool(u > v) for u, v in zip(*(z.reshape(-1) for z in np.broadcast_arrays(x, y)), strict=True)):
            return True
    return False


def ratio(left: Sequence[Any], right: Sequence[Any]) -> float:
    """max left/right over entries, as 1 + excess/scale; within rounding of the scale it never exceeds 1."""
    best = -np.inf
    for a, b in zip(left, right, strict=True):
        if np.iscomplexobj(a) or np.iscomplexobj(b):
            raise CheckError(
                "a bound compares real numbers; take the modulus or the real part of complex ones"
            )
        a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
        if not (np.all(np.isfinite(a)) and np.all(np.isfinite(b))):
            return float("nan")
        scale = np.maximum(np.abs(a), np.abs(b)) + UNIT
        # Two sides each computed with a relative error of a few hundred units in the last place.
        margin = 1024 * UNIT * (1 + np.log2(1 + a.size))
        excess = (a - b) / scale
        best = max(
            best,
            float(
                np.max(np.where(excess > margin, 1 + excess, np.minimum(1.0, 1 + excess)), initial=-np.inf)
            ),
        )
    return best


def attained(trial: Trial, check: Check) -> bool:
    """Whether the statement of `trial` holds with equality, to half the shrinkage, at the check's witness."""
    gaps = [_witness_gap(trial, check, number) for number in range(WITNESSES)]
    return all(gap is not None and gap <= SHRINK / 2 for gap in gaps)


def caught(trial: Trial, check: Check) -> bool | None:
    """Whether a changed statement is violated, or is no longer attained; None if it is merely weaker than needed."""
    worst, _, trouble = search(trial, starts=3)
    if trouble or worst > 1:
        return True
    return None if check.witness_function is None else not attained(trial, check)


def _witness_gap(trial: Trial, check: Check, number: int) -> float | None:
    """Smallest relative gap (right − left)/right at the witness, or None where the bound is exceeded or undefined."""
    source = FloatSource(f"{trial.seed} witness {number}")
    sizes = next(itertools.islice(trial.sizes(), number, None))
    inputs = trial.draw(sizes, source)
    wanted = inspect.signature(check.witness_function).parameters  # type: ignore[arg-type]
    known = {"use": trial.use, **inputs}
    inputs.update(check.witness_function(**{name: known[name] for name in wanted}))  # type: ignore[misc]
    left, right = trial.sides(inputs, source)
    gaps = []
    for a, b in zip(left, right, strict=True):
        a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
        scale = np.maximum(np.abs(a), np.abs(b)) + UNIT
        gaps.append(float(np.min((b - a) / scale, initial=np.inf)))
    if any(not np.isfinite(g) or g < -1e-9 for g in gaps):
        return None
    return max(0.0, min(gaps))


def _controls(trial: Trial, controls: Sequence[Control]) -> tuple[int, list[str]]:
    unseen = []
    for control in controls:
        worst, _, trouble = search(trial.variant(control.function, control.wording))
        if trouble or worst <= 1:
            unseen.append(control.wording)
    return len(controls) - len(unseen), unseen
