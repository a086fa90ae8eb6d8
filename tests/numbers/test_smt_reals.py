"""Reals of an SMT solver: kinks become conditionals, and what the solver's logic leaves open is closed off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.numbers import array_namespace, constant, shift
from kg.numbers.arrays import Contaminated, NotTestable, SystemArray

z3 = pytest.importorskip("z3")
from kg.numbers.smt import Reals, differ  # noqa: E402 - only where the solver is installed

Text = Callable[..., Any]


def answer(left: Text, right: Text, *shapes: tuple[int, ...]) -> str:
    """``unsat`` if no real inputs tell the texts apart, ``sat`` if some do."""
    system = Reals()
    inputs = [SystemArray(system, system.variables(shape)) for shape in shapes]
    a, b = (x if isinstance(x, SystemArray) else inputs[0] * 0 + x for x in (left(*inputs), right(*inputs)))
    solver = z3.Solver()
    solver.set("rlimit", 2_000_000)
    solver.add(*system.side_conditions, differ(a.parts[0], b.parts[0]))
    return str(solver.check())


def relu(x: Any) -> Any:
    return array_namespace(x).maximum(x, 0)


TRUE: list[tuple[str, Text, Text, list[tuple[int, ...]]]] = [
    ("relu is half of x plus its modulus", relu, lambda x: (x + abs(x)) / 2, [(2,)]),
    (
        "a clip is a difference of two relus",
        lambda x: array_namespace(x).clip(x, 0, 1),
        lambda x: relu(x) - relu(x - 1),
        [(2,)],
    ),
    (
        "a maximum by relu",
        lambda x, y: array_namespace(x).maximum(x, y),
        lambda x, y: relu(x - y) + y,
        [(2,), (2,)],
    ),
    ("where by sign", lambda x: array_namespace(x).where(x >= 0, x, 0), relu, [(3,)]),
    (
        "a maximum does not depend on the order",
        lambda x: array_namespace(x).max(x, axis=-1),
        lambda x: array_namespace(x).max(array_namespace(x).flip(x), axis=-1),
        [(4,)],
    ),
    (
        "a minimum is a mirrored maximum",
        lambda x: array_namespace(x).min(x),
        lambda x: -array_namespace(x).max(-x),
        [(3,)],
    ),
    ("a square of a sum", lambda x, y: (x + y) ** 2, lambda x, y: x * x + 2 * x * y + y * y, [(), ()]),
    ("a quotient undone", lambda x, y: x / y * y, lambda x, y: x, [(), ()]),
    ("a root squared", lambda x: array_namespace(x).sqrt(x * x) ** 2, lambda x: x * x, [()]),
    ("a root of a square is the modulus", lambda x: array_namespace(x).sqrt(x * x), abs, [()]),
    ("sign times modulus", lambda x: array_namespace(x).sign(x) * abs(x), lambda x: x, [(2,)]),
    (
        "a matrix product",
        lambda a: a @ np.array([[1, 2], [3, 4]]),
        lambda a: a[:, :1] * np.array([1, 2]) + a[:, 1:] * np.array([3, 4]),
        [(2, 2)],
    ),
    ("an inner product", lambda a: a @ np.array([1, 2, 3]), lambda a: a[0] + 2 * a[1] + 3 * a[2], [(3,)]),
]

FALSE: list[tuple[str, Text, Text, list[tuple[int, ...]]]] = [
    ("relu is not the modulus", relu, abs, [()]),
    ("a root of a square is not the number", lambda x: array_namespace(x).sqrt(x * x), lambda x: x, [()]),
    (
        "soft threshold without a sign condition",
        lambda x, t: array_namespace(x).sign(x) * relu(abs(x) - t),
        lambda x, t: x - array_namespace(x).minimum(array_namespace(x).maximum(x, -t), t),
        [(), ()],
    ),
    (
        "clips in the wrong order",
        lambda x: array_namespace(x).clip(x, 0, 1),
        lambda x: relu(x) - relu(x - 2),
        [()],
    ),
    (
        "a strict comparison",
        lambda x: array_namespace(x).where(x > 0, 1 + 0 * x, 0),
        lambda x: array_namespace(x).where(x >= 0, 1 + 0 * x, 0),
        [()],
    ),
    ("a stabiliser matters", lambda x: x - shift(x), lambda x: x, [(2,)]),
]


@pytest.mark.parametrize(("left", "right", "shapes"), [r[1:] for r in TRUE], ids=[r[0] for r in TRUE])
def test_a_true_identity_has_no_counterexample(left: Text, right: Text, shapes: Any) -> None:
    assert answer(left, right, *shapes) == "unsat"


@pytest.mark.parametrize(("left", "right", "shapes"), [r[1:] for r in FALSE], ids=[r[0] for r in FALSE])
def test_a_false_identity_has_one(left: Text, right: Text, shapes: Any) -> None:
    assert answer(left, right, *shapes) == "sat"


def test_a_division_by_zero_is_no_counterexample() -> None:
    assert answer(lambda x: x / x, lambda x: 1 + 0 * x, ()) == "unsat"
    assert answer(lambda x: 1 / x * x * x, lambda x: x, ()) == "unsat"


def test_a_division_by_the_constant_zero_is_not_taken_for_any_value() -> None:
    # Over the solver's reals 1/0 is some number; two texts that divide by zero have no value to agree on.
    system = Reals()
    x = SystemArray(system, system.variables(()))
    x / constant(x, 0)
    solver = z3.Solver()
    solver.add(*system.side_conditions)
    assert str(solver.check()) == "unsat"


def test_literals_follow_the_same_rules_as_elsewhere() -> None:
    system = Reals()
    x = SystemArray(system, system.variables((2,)))
    for value in (0.1, np.float32(0.1), np.asarray([0.5, 0.25], np.float32)):
        with pytest.raises(Contaminated):
            x * value
    assert answer(lambda x: x * 0.5 + x / 2, lambda x: x, ()) == "unsat"


def test_functions_without_a_rule_say_so() -> None:
    system = Reals()
    x = SystemArray(system, system.variables((2,)))
    xp = array_namespace(x)
    for name in ("exp", "log", "sin", "tanh"):
        with pytest.raises(NotTestable, match=f"SMT reals have no rule for {name}"):
            getattr(xp, name)(x)
    with pytest.raises(NotTestable):
        xp.linalg.solve(xp.eye(2, dtype=x.dtype), x)
    with pytest.raises(NotTestable):
        _ = 1j * x


def test_a_product_of_unknowns_is_known_to_be_no_linear_problem() -> None:
    system = Reals()
    x = SystemArray(system, system.variables((2,)))
    _ = 2 * x + x / 3 - relu(x)
    assert system.linear
    _ = x * x
    assert not system.linear
