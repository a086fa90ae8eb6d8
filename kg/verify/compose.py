"""Composing equivalences: what a chain of claims says of its two ends, as one check that can be run.

A claim whose check calls a concept once, on inputs that it was given as they are, and whose side *is* what that call
returns, can be read as an equation for the concept: its other side is another way of computing it.  One claim of the
chain, the pivot, is run as it stands, with the concepts at its two sides replaced by what the claims beyond them say.
So parameters that a claim substitutes are substituted here too, and nothing new has to be written.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from kg.domains import Domain
from kg.errors import CheckError
from kg.graph import Claim
from kg.numbers.arrays import NotTestable, Redraw, SystemArray
from kg.verify import vacuity
from kg.verify.declare import Condition
from kg.verify.draws import FloatSource, Undrawable
from kg.verify.trial import Trial, flatten
from kg.verify.workshop import Workshop, trial_for

# Draws of the inputs before a claim is said not to solve for a concept.
ATTEMPTS = 20


class NotComposable(Exception):
    """The claims do not fit together as checks; the message says which does not, and why."""


@dataclass(frozen=True)
class Link:
    """A claim of a chain, walked from one of its concepts to the other."""

    claim: Claim
    start: str
    end: str


@dataclass(frozen=True)
class Equation:
    """What a claim says of a concept: the side that is the concept, and which input each of its arguments is.

    `fixed` are inputs that the concept does not take, such as the length of a chunk, each at one value.
    """

    trial: Trial
    concept: str
    side: int
    inputs: Mapping[str, str]
    fixed: Mapping[str, int]
    is_single: bool


def composed(workshop: Workshop, chain: Sequence[Link]) -> Trial:
    """The comparison of the first concept of a chain with its last.

    Raises:
        NotComposable: if no claim of the chain can carry the others, with the reason of the first that was tried.
    """
    grouped = [at for at, link in enumerate(chain) if link.claim.kind == "EqualUpTo"]
    if len(grouped) > 1:
        raise NotComposable(
            "two links hold up to a group, and what both together leave undecided is not known"
        )
    reasons = []
    for pivot in grouped or range(len(chain)):
        try:
            return _around(workshop, chain, pivot)
        except NotComposable as why:
            reasons.append(str(why))
    raise NotComposable(reasons[0])


def _around(workshop: Workshop, chain: Sequence[Link], pivot: int) -> Trial:
    """The pivot's own check, with what lies beyond its two sides put in their places."""
    trial = _trial(workshop, chain[pivot].claim)
    replaced: dict[str, Callable[..., Any]] = {}
    before, after = chain[:pivot], chain[pivot + 1 :]
    if before:
        replaced[before[-1].end] = _through(workshop, [_turned(link) for link in reversed(before)])
    if after:
        replaced[after[0].start] = _through(workshop, after)
    whole = trial.with_implementations(replaced)
    ends = chain[0].start, chain[-1].end
    whole = replace(
        whole, name=f"{ends[0]} against {ends[1]}", seed=" ".join(link.claim.name for link in chain)
    )
    _calls_both(whole, workshop, ends)
    return whole


def _through(workshop: Workshop, chain: Sequence[Link]) -> Callable[..., Any]:
    """The first concept of a chain computed by way of its last."""
    first, rest = chain[0], chain[1:]
    equation = solved(workshop, first.claim, first.start)
    trial = equation.trial
    if rest:
        trial = trial.with_implementations({first.end: _through(workshop, rest)})
    signature = inspect.signature(workshop.implementations[first.start])
    return partial(_other_side, replace(equation, trial=trial), signature)


def _other_side(equation: Equation, signature: inspect.Signature, /, *args: Any, **kwargs: Any) -> Any:
    given = signature.bind(*args, **kwargs).arguments
    inputs = {equation.inputs[name]: value for name, value in given.items() if name in equation.inputs}
    for name, value in inputs.items():
        _admit(name, equation.trial.domains[name], value, equation.trial.allowed)
    _demand(equation.trial.conditions, inputs)
    wanted = inspect.signature(equation.trial.function).parameters
    takes_all = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in wanted.values())
    inputs = {**equation.fixed, **inputs}
    chosen = inputs if takes_all else {n: v for n, v in inputs.items() if n in wanted}
    values = flatten(equation.trial.function(equation.trial.use, **chosen)[1 - equation.side])
    return values[0] if equation.is_single else tuple(values)


def _admit(name: str, domain: Domain, value: Any, allowed: Mapping[str, tuple[int, ...]]) -> None:
    """Another draw, or another arithmetic, where a value is not one that the link speaks of."""
    if domain.kind not in _UNRESTRICTED and not (domain.kind == "Real" and not _is_complex(value)):
        _look(name, domain, value)
    for dimension, size in zip(domain.dims, np.shape(value), strict=False):
        if size not in allowed.get(dimension, (size,)):
            raise Redraw(f"a link is stated for {dimension} in {allowed[dimension]} only")


def _look(name: str, domain: Domain, value: Any) -> None:
    if domain.kind == "Real":
        raise NotTestable(f"a link takes real numbers as '{name}', and here they are complex")
    if not isinstance(value, np.ndarray | np.generic):
        raise NotTestable(f"whether '{name}' of a link is {domain.kind} can be looked at in floats only")
    if domain.kind not in _MEMBERS:
        raise NotTestable(f"'{name}' of a link must be {domain.kind}, and what is put there is not drawn so")
    if not _MEMBERS[domain.kind](np.asarray(value)):
        raise Redraw(f"'{name}' of a link must be {domain.kind}")


def _is_complex(value: Any) -> bool:
    if isinstance(value, SystemArray):
        imaginary = value.parts[1] if len(value.parts) > 1 else None
        return (imaginary is not None and bool(np.any(imaginary != 0))) or any(
            getattr(x, "imag", 0) != 0 for x in value.parts[0].ravel()
        )
    return bool(np.iscomplexobj(value) and np.any(np.imag(value) != 0))


def _unitary(value: Any) -> bool:
    gram = np.conj(value).swapaxes(-1, -2) @ value
    return bool(value.ndim >= 2 and np.allclose(gram, np.eye(gram.shape[-1]), atol=1e-9))


_UNRESTRICTED = ("Complex", "Natural", "Size", "Mask", "Permutation")
_MEMBERS: Mapping[str, Callable[[Any], bool]] = {
    "Positive": lambda value: bool(np.all(value >= 0)),
    "Probability": lambda value: bool(np.all((value > 0) & (value < 1))),
    "Symmetric": lambda value: bool(np.allclose(value, value.swapaxes(-1, -2), atol=1e-12)),
    "PositiveDefinite": lambda value: bool(np.all(np.linalg.eigvalsh(value) > 0)),
    "Orthogonal": _unitary,
    "Unitary": _unitary,
    "UnitRows": lambda value: bool(np.allclose(np.sum(value * value, axis=-1), 1, atol=1e-9)),
}


def _demand(conditions: Sequence[Condition], inputs: Mapping[str, Any]) -> None:
    """Another draw where a condition of a link does not hold; one that only floats can be asked for leaves only floats."""
    for one in conditions:
        values = {name: inputs[name] for name in one.arguments if name in inputs}
        if len(values) < len(one.arguments) or one.generic:
            continue
        if not all(isinstance(value, np.ndarray | np.generic | int | float) for value in values.values()):
            raise NotTestable(f"condition {one.name} of a link can be looked at in floats only")
        if not one.predicate(**values):
            raise Redraw(f"condition {one.name} of a link does not hold")


def solved(workshop: Workshop, claim: Claim, concept: str) -> Equation:
    """The claim read as an equation for one of its concepts.

    Raises:
        NotComposable: if its check does something else with the concept than to call it once on the inputs as they are.
    """
    trial = _trial(workshop, claim)
    if concept not in trial.implementations:
        raise NotComposable(f"{concept} has no implementation")
    original = trial.implementations[concept]
    calls: list[tuple[Mapping[str, Any], Any]] = []

    def watched(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        calls.append((inspect.signature(original).bind(*args, **kwargs).arguments, result))
        return result

    inputs = _drawn(trial)
    left, right = trial.with_implementations({concept: watched}).run(inputs)
    if len(calls) != 1:
        raise NotComposable(f"{claim.name} calls {concept} {len(calls)} times, so it is no equation for it")
    arguments, result = calls[0]
    side = next((i for i, values in enumerate((left, right)) if _is(values, flatten(result))), None)
    if side is None:
        raise NotComposable(f"no side of {claim.name} is what {concept} returns, only something made of it")
    names = {parameter: _input_of(parameter, value, inputs) for parameter, value in arguments.items()}
    made = [parameter for parameter, name in names.items() if name is None]
    if made:
        raise NotComposable(
            f"{claim.name} gives {concept} a '{made[0]}' of its own making, so it says nothing of others"
        )
    if len(set(names.values())) < len(names):
        raise NotComposable(
            f"{claim.name} gives {concept} one input in two places, so it speaks of a case of it"
        )
    missing = {name for name in trial.domains if name not in names.values()}
    fixed = {name: inputs[name] for name in sorted(missing) if trial.domains[name].kind == "Natural"}
    if missing - set(fixed):
        other = min(missing - set(fixed))
        raise NotComposable(f"{claim.name} needs the input '{other}', which {concept} does not take")
    is_single = not isinstance(result, tuple | list | Mapping)
    return Equation(trial, concept, side, {p: str(n) for p, n in names.items()}, fixed, is_single)


def _is(values: Sequence[Any], others: Sequence[Any]) -> bool:
    return len(values) == len(others) and all(a is b for a, b in zip(values, others, strict=True))


def _input_of(parameter: str, value: Any, inputs: Mapping[str, Any]) -> str | None:
    """The input that an argument is: the very object, or for plain numbers the input of the same name and value."""
    if isinstance(value, int | float | bool):
        return parameter if parameter in inputs and inputs[parameter] == value else None
    return next((name for name, one in inputs.items() if one is value), None)


def _trial(workshop: Workshop, claim: Claim) -> Trial:
    try:
        return trial_for(workshop, claim, f"composed {claim.name}")[0]
    except CheckError as error:
        raise NotComposable(str(error)) from None


def _drawn(trial: Trial) -> dict[str, Any]:
    for attempt, sizes in zip(range(ATTEMPTS), trial.sizes(), strict=False):
        try:
            return trial.draw(sizes, FloatSource(f"{trial.seed} {attempt}"))
        except (Redraw, Undrawable):
            continue
    raise NotComposable(f"no inputs of {trial.name} could be drawn")


def _calls_both(trial: Trial, workshop: Workshop, ends: tuple[str, str]) -> None:
    """See that both ends are computed, and that the sides part when either is changed: else nothing is compared."""
    for attempt, sizes in zip(range(ATTEMPTS), trial.sizes(), strict=False):
        try:
            inputs = trial.draw(sizes, FloatSource(f"{trial.seed} ends {attempt}"))
            base = trial.run(inputs)
        except (Redraw, Undrawable):
            continue
        return _parts(trial, workshop, ends, inputs, base)
    raise NotComposable("no inputs could be drawn that meet the conditions of all links")


def _parts(
    trial: Trial, workshop: Workshop, ends: tuple[str, str], inputs: Mapping[str, Any], base: Any
) -> None:
    for name in dict.fromkeys(ends):
        changed = _everywhere(trial, name, vacuity.perturbed(workshop.implementations[name]))
        try:
            moved = changed.run(inputs)
        except Exception:
            continue
        if all(vacuity.same(base[side], moved[side]) for side in (0, 1)):
            raise NotComposable(f"what {name} returns reaches neither end of the chain")


def _everywhere(trial: Trial, name: str, function: Callable[..., Any]) -> Trial:
    """The trial with an implementation replaced in the pivot and in every link that was put into it."""
    implementations = {}
    for key, one in trial.implementations.items():
        if isinstance(one, partial) and one.func is _other_side:
            equation, signature = one.args
            inner = _everywhere(equation.trial, name, function)
            one = partial(_other_side, replace(equation, trial=inner), signature)
        elif key == name:
            one = function
        implementations[key] = one
    return replace(trial, implementations=implementations)


def _turned(link: Link) -> Link:
    return Link(link.claim, link.end, link.start)
