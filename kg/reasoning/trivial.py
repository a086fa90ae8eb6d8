"""Why an equality of two forms says nothing new: looked at by running changed forms on the same inputs.

An equality that still holds when a part of it is replaced by anything at all is an instance of a more general one, and
an outer function that is the identity on positive numbers tells only that what it was given is positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from kg.numbers.arrays import NotTestable
from kg.reasoning.fingerprints import World
from kg.reasoning.forms import Apply, Expression, Form, Leaf, Transposed, Use, evaluate, text
from kg.verify.trial import flatten

FOLLOWS = "it is an instance of a more general equality, with equals put for equals"
POSITIVE = "the outer implementation is the identity on positive values, and the inner one is positive"
CONSTANT = "an inner implementation gives the same whatever its input"
LINEAR = "both are linear in what they are fed, so the order of the two does not matter"
_FRESH = "fresh"
_Parts = dict[Expression, Expression]


def instance(first: Form, second: Form, use: Use, world: World) -> bool:
    """Whether the equality still holds with fresh inputs for an inner call of one side, or for equal ones of both."""
    inner = [list(_inner(form.expression)) for form in (first, second)]
    tries: list[tuple[_Parts, _Parts]] = [({part: Leaf(_FRESH)}, {}) for part in inner[0]]
    tries += [({}, {part: Leaf(_FRESH)}) for part in inner[1]]
    for one in inner[0]:
        for other in inner[1]:
            tries.append(({one: Leaf(_FRESH)}, {other: Leaf(_FRESH)}))
            tries.append(({one: Leaf(_FRESH)}, {other: Transposed(Leaf(_FRESH))}))
    return any(_still(first, second, use, world, *each) for each in tries)


def _still(
    first: Form,
    second: Form,
    use: Use,
    world: World,
    left: _Parts,
    right: _Parts,
) -> bool:
    inputs = world.draws[0]
    try:
        with np.errstate(all="ignore"):
            (part,) = (left or right).keys()
            shape = np.shape(evaluate(part, use, inputs, world.sizes))
            if left and right and not _fit(part, left, right, use, world):
                return False
            given = {**inputs, _FRESH: np.random.default_rng(11).uniform(-2, 2, shape)}
            values = [
                flatten(evaluate(_put(form.expression, parts), use, given, world.sizes))
                for form, parts in ((first, left), (second, right))
            ]
    except Exception:
        return False
    return _same(*values)


def _fit(part: Expression, left: Any, right: Any, use: Use, world: World) -> bool:
    """Whether the two parts are equal, or one the transpose of the other as the replacement says."""
    ((other, stands),) = right.items()
    one = np.asarray(evaluate(part, use, world.draws[0], world.sizes))
    two = np.asarray(evaluate(other, use, world.draws[0], world.sizes))
    return _same([one], [two.T if isinstance(stands, Transposed) else two])


def _inner(expression: Expression) -> Iterator[Expression]:
    """The calls inside the outermost call."""
    if isinstance(expression, Transposed):
        yield from _inner(expression.of)
    elif isinstance(expression, Apply):
        for _, value in expression.arguments:
            bare = value.of if isinstance(value, Transposed) else value
            if isinstance(bare, Apply):
                yield bare


def _put(expression: Expression, parts: _Parts) -> Expression:
    if expression in parts:
        return parts[expression]
    if isinstance(expression, Transposed):
        return Transposed(_put(expression.of, parts))
    if isinstance(expression, Apply):
        return replace(expression, arguments=tuple((n, _put(e, parts)) for n, e in expression.arguments))
    return expression


def _same(one: list[Any], other: list[Any]) -> bool:
    if len(one) != len(other):
        return False
    for x, y in zip(one, other, strict=True):
        x, y = np.asarray(x), np.asarray(y)
        if x.shape != y.shape or not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
            return False
        if np.max(np.abs(x - y), initial=0.0) > 1e-7 * (1e-12 + np.max(np.abs(x), initial=0.0)):
            return False
    return True


def constant_inside(first: Form, second: Form, use: Use, world: World) -> bool:
    """Whether an inner call of a side gives the same for both draws."""
    for part in (*_inner(first.expression), *_inner(second.expression)):
        one, other = (flatten(evaluate(part, use, inputs, world.sizes)) for inputs in world.draws)
        if _same(one, other):
            return True
    return False


def keeps_positive(first: Form, second: Form, use: Use, world: World) -> bool:
    """Whether one side is the other with an outermost call that is the identity on positive numbers."""
    for whole, part in ((first, second), (second, first)):
        outer = whole.expression
        for one in _inner(outer):
            if text(one) == text(part.expression) and isinstance(outer, Apply) and len(outer.arguments) == 1:
                given = {
                    **world.draws[0],
                    _FRESH: np.random.default_rng(12).uniform(0.1, 3, (5, 3)[: _rank(one, use, world)]),
                }
                try:
                    result = evaluate(_put(outer, {one: Leaf(_FRESH)}), use, given, world.sizes)
                except Exception:
                    continue
                if _same([given[_FRESH]], [result]):
                    return True
    return False


def _rank(expression: Expression, use: Use, world: World) -> int:
    return int(np.ndim(evaluate(expression, use, world.draws[0], world.sizes)))


def regrouped(first: Form, second: Form, use: Use, world: World) -> bool:
    """Whether both sides nest the same calls the other way round, each linear in what it is fed."""
    if sorted(first.functions) != sorted(second.functions):
        return False
    return all(_is_linear(form, use, world) for form in (first, second))


def _is_linear(form: Form, use: Use, world: World) -> bool:
    parts = list(_inner(form.expression))
    if len(parts) != 1:
        return False
    outer = _put(form.expression, {parts[0]: Leaf(_FRESH)})
    try:
        shape = np.shape(evaluate(parts[0], use, world.draws[0], world.sizes))
        rng = np.random.default_rng(13)
        x, y = rng.uniform(-2, 2, shape), rng.uniform(-2, 2, shape)
        results = [
            np.asarray(evaluate(outer, use, {**world.draws[0], _FRESH: v}, world.sizes))
            for v in (x, y, 2 * x + y)
        ]
    except (NotTestable, ValueError, TypeError, IndexError):
        return False
    return _same([2 * results[0] + results[1]], [results[2]])
