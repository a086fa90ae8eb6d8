"""Is there anything to check? What makes agreement empty, found before anybody believes it.

* an input the two sides do not depend on (an argument silently ignored);
* an implementation that is asked for but whose value reaches neither side (an oracle never compared);
* a side of the claim that the check never asks for;
* both sides the same implementation on the same inputs, or one implementation that is written with the other;
* sides that agree whatever the implementations compute;
* sizes restricted so far that every tested shape is trivial.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kg.code import CodeIndex
from kg.code import reached_definitions as _reached
from kg.graph import Claim
from kg.numbers.arrays import NotTestable, Redraw
from kg.numbers.dual import Dual
from kg.verify.draws import FloatSource, dimension_names
from kg.verify.trial import Trial, flatten

STRUCTURE = ("Natural", "Size")
AGAIN = 12


def emptiness(trial: Trial, claim: Claim, index: CodeIndex) -> str:
    """What makes the claim's check empty, in words; an empty string if nothing does."""
    try:
        return (
            _trivial_sizes(trial)
            or _shared_code(trial, claim, index)
            or _absent_side(trial, claim)
            or _same_computation(trial)
            or _any_function_will_do(trial)
            or _unused_input(trial)
            or _unused_oracle(trial)
        )
    except (Redraw, NotTestable):
        # No floats to look with: the mutants have to say it.
        return ""


def _trivial_sizes(trial: Trial) -> str:
    for name in dimension_names(trial.domains):
        if max(trial.allowed.get(name, (5,))) < 2:
            return f"it is tested only at {name} = {max(trial.allowed[name])}, where most statements are trivially true"
    for argument, domain in trial.domains.items():
        if domain.kind not in STRUCTURE and "1" in domain.dims:
            return f"a dimension of '{argument}' is always 1, where most statements are trivially true"
    return ""


def _shared_code(trial: Trial, claim: Claim, index: CodeIndex) -> str:
    """The two sides may meet only in the array namespace and in what the claim is not about."""
    left, right = (index.implementations.get(str(side)) for side in (claim.left, claim.right))
    if left is None or right is None or left.name == right.name:
        return ""
    mine, other = _reached(index, left), _reached(index, right)
    if right.name in mine or left.name in other:
        return f"'{left.name}' and '{right.name}' are one computation: one of them calls the other"
    shared = sorted(name for name in mine & other if name in index.implementations or name.startswith("_"))
    return f"both sides are computed by '{shared[0]}'" if shared else ""


def _inputs(trial: Trial, number: int) -> tuple[dict[str, Any], dict[str, int]]:
    problem: Exception = Redraw("no draw")
    for attempt, sizes in zip(range(20), trial.sizes(), strict=False):
        try:
            source = FloatSource(f"{trial.seed} vacuity {number} {attempt}")
            return trial.draw({**sizes, "samples": 16}, source), sizes
        except Redraw as again:
            problem = again
    raise problem


def _values(sides: tuple[list[Any], list[Any]]) -> list[Any]:
    return [np.asarray(x) for side in sides for x in side]


def same(a: list[Any], b: list[Any]) -> bool:
    """Whether two flat sides hold the same numbers to the last bit, NaN equal to NaN.

    An input that drops out of both sides (a shift of what is normalised) still leaves its rounding behind; one that is
    never used does not.
    """
    pairs = [(np.asarray(x), np.asarray(y)) for x, y in zip(a, b, strict=False)]
    return len(a) == len(b) and all(np.array_equal(x, y, equal_nan=x.dtype.kind in "fc") for x, y in pairs)


def _near(a: list[Any], b: list[Any]) -> bool:
    """Whether two flat sides differ by no more than what a value leaves behind that is added and taken away."""
    return all(
        x.shape == y.shape
        and np.allclose(x, y, rtol=0.0, atol=2.0**-40 * np.max(np.abs(x), initial=0.0), equal_nan=True)
        for x, y in zip(a, b, strict=True)
    )


def _unused_input(trial: Trial) -> str:
    """Draw one input afresh, all others held: if nothing moves, neither a side nor what it is made of, it is not used.

    A side may be the same number for every input and still be a statement (all diagonal entries are 1; a shift changes
    nothing), so what the implementations are given counts as well, unless they ignore it.
    """
    unmoved = {name for name, domain in trial.domains.items() if domain.kind not in STRUCTURE}
    # Often, for a permutation or a mask drawn twice may well be the same one.
    for number in range(AGAIN):
        if not unmoved:
            break
        first, sizes = _inputs(trial, number)
        source = FloatSource(f"{trial.seed} vacuity again {number}")
        try:
            second = trial.draw({**sizes, "samples": 16}, source)
        except Redraw:
            continue
        base = _everything(trial, first)
        unmoved = {n for n in unmoved if _stays(trial, base, {**first, n: second[n]})}
    return f"neither side depends on the input '{min(unmoved)}'" if unmoved else ""


def _stays(trial: Trial, base: list[Any], inputs: Mapping[str, Any]) -> bool:
    try:
        return same(base, _everything(trial, inputs))
    except Redraw:
        # What was drawn apart need not satisfy a condition together: whether it does depends on the input as well.
        return False


def _everything(trial: Trial, inputs: Mapping[str, Any]) -> list[Any]:
    """Both sides, and every array given to an implementation on the way that it does not ignore."""
    given: list[Any] = []

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            places: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
            for place, value in places:
                if isinstance(value, np.ndarray | np.generic) and not _ignored(
                    function, args, kwargs, place, result
                ):
                    given.append(value)
            return result

        return call

    sides = trial.with_implementations({n: watched(f) for n, f in trial.implementations.items()}).run(inputs)
    return [*_values(sides), *given]


def _ignored(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], place: int | str, result: Any
) -> bool:
    """Whether an implementation returns the same when one of its arguments, and nothing else, is changed."""
    if isinstance(place, int):
        args = (*args[:place], _shifted(args[place]), *args[place + 1 :])
    else:
        kwargs = {**kwargs, place: _shifted(kwargs[place])}
    try:
        return same(flatten(result), flatten(function(*args, **kwargs)))
    except Exception:
        # It cannot be computed from another value, so it depends on it.
        return False


def _unused_oracle(trial: Trial) -> str:
    """Perturb what each implementation returns: if neither side moves, its value is never compared."""
    inputs, _ = _inputs(trial, 0)
    base = _values(trial.run(inputs))
    for name in sorted(called(trial, inputs)):
        changed = perturbed(trial.implementations[name])
        try:
            moved = _values(trial.with_implementations({name: changed}).run(inputs))
        except Exception:
            continue
        if _near(base, moved):
            return f"'{name}' is computed but its value reaches neither side"
    return ""


def called(trial: Trial, inputs: Mapping[str, Any]) -> set[str]:
    """The implementations a check calls on these inputs."""
    names: set[str] = set()

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            names.add(name)
            return function(*args, **kwargs)

        return call

    trial.with_implementations({n: watched(n, f) for n, f in trial.implementations.items()}).run(inputs)
    return names


def _absent_side(trial: Trial, claim: Claim) -> str:
    """A concept the claim equates that has an implementation, which the check does not call."""
    inputs, _ = _inputs(trial, 0)
    for side in (claim.left, claim.right):
        if side in trial.implementations and side not in called(trial, inputs):
            return f"the check never calls '{side}', which the claim is about"
    return ""


def _any_function_will_do(trial: Trial) -> str:
    """Put an arbitrary function of the same arguments behind each implementation: the sides should part."""
    inputs, _ = _inputs(trial, 0)
    names = sorted(called(trial, inputs))
    others = {name: _arbitrary(name, trial.implementations[name]) for name in names}
    try:
        left, right = trial.with_implementations(others).run(inputs)
        agree = _close(left, right)
    except Exception:
        # A side that cannot be computed from arbitrary values depends on them.
        return ""
    return f"the sides agree whatever {_quoted(names)} may compute" if names and agree else ""


def _quoted(names: list[str]) -> str:
    return " and ".join(f"'{name}'" for name in names)


def _close(left: list[Any], right: list[Any]) -> bool:
    pairs = [(np.asarray(a), np.asarray(b)) for a, b in zip(left, right, strict=True)]
    return all(np.allclose(a, b, rtol=1e-9, atol=1e-9) for a, b in pairs)


def _arbitrary(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of the same arguments and shapes whose values are random, the same for the same arguments."""

    def call(*args: Any, **kwargs: Any) -> Any:
        arguments = [*args, *(part for key in sorted(kwargs) for part in (key, kwargs[key]))]
        seed = hashlib.sha256(b"|".join([name.encode(), *map(_content, arguments)])).digest()
        return _randomised(function(*args, **kwargs), np.random.default_rng(list(seed)))

    return call


def _content(value: Any) -> bytes:
    """What an argument holds, to single precision, so that rounding does not make it another."""
    if isinstance(value, Dual):
        return _content(value.value) + _content(value.tangent)
    if isinstance(value, tuple | list):
        return b",".join(map(_content, value))
    array = np.asarray(value)
    rounded = array.astype(np.complex64) if array.dtype.kind in "fc" else array
    return f"{array.shape} {rounded.tolist()}".encode()


def _randomised(value: Any, rng: np.random.Generator) -> Any:
    if isinstance(value, Mapping):
        return {key: _randomised(one, rng) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_randomised(one, rng) for one in value)
    if isinstance(value, Dual):
        return Dual(_randomised(value.value, rng), _randomised(value.tangent, rng))
    array = np.asarray(value)
    if array.dtype.kind == "b":
        return rng.random(array.shape) < 0.5
    noise = rng.standard_normal(array.shape) if array.dtype.kind in "fc" else rng.integers(1, 9, array.shape)
    return array + noise


def perturbed(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with every number it returns changed by another amount."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return _shifted(function(*args, **kwargs))

    return call


def _shifted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _shifted(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_shifted(one) for one in value)
    if isinstance(value, Dual):
        # Where only the derivative is compared, only a change of the tangent can be seen.
        return Dual(_shifted(value.value), _shifted(value.tangent))
    array = np.asarray(value)
    if array.dtype.kind == "b":
        return ~array
    # Different at every entry, so that no symmetric function of the value can hide the change.
    ramp = (np.arange(array.size).reshape(array.shape) + 1) / 7
    return array + (ramp if array.dtype.kind in "fc" else np.ones_like(array))


def _same_computation(trial: Trial) -> str:
    """Both sides from one implementation called with the very same inputs."""
    inputs, _ = _inputs(trial, 0)
    calls: list[tuple[str, tuple[int, ...], int]] = []
    kept: list[Any] = []

    def watched(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            result = function(*args, **kwargs)
            kept.extend([args, kwargs, result])
            calls.append((name, tuple(id(a) for a in (*args, *kwargs.values())), id(result)))
            return result

        return call

    left, right = trial.with_implementations(
        {n: watched(n, f) for n, f in trial.implementations.items()}
    ).run(inputs)
    results = {result: (name, args) for name, args, result in calls}
    origins = [{results[id(x)] for x in side if id(x) in results} for side in (left, right)]
    both = origins[0] & origins[1]
    if both and len(origins[0]) == len(left):
        return f"both sides are '{min(name for name, _ in both)}' of the same inputs"
    if any(a is b for a in left for b in right):
        return "both sides are the same object"
    return ""
