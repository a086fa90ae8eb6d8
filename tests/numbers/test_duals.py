"""Dual numbers: derivatives of a text against known derivatives, finite differences and exact residues."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.numbers import array_namespace, constant, erf, jvp, pi, shift
from kg.numbers.arrays import Contaminated, NotTestable, SystemArray
from kg.numbers.balls import Balls, precision
from kg.numbers.dual import Dual
from kg.numbers.residues import Residues

Text = Callable[[Any], Any]
RNG = np.random.default_rng(5)


def xp(x: Any) -> Any:
    return array_namespace(x)


def softmax(x: Any) -> Any:
    weights = xp(x).exp(x - shift(x))
    return weights / xp(x).sum(weights, axis=-1, keepdims=True)


def layer_norm(x: Any) -> Any:
    centred = x - xp(x).mean(x, axis=-1, keepdims=True)
    return centred / xp(x).sqrt(xp(x).mean(centred * centred, axis=-1, keepdims=True))


M = RNG.standard_normal((4, 4))

TEXTS: dict[str, Text] = {
    "polynomial": lambda x: x**3 - 2 * x + 1,
    "negative power": lambda x: (x + 8) ** -2,
    "quotient": lambda x: (2 * x - 1) / (x * x + 1),
    "number over": lambda x: 3 / (x + 8),
    "reflected": lambda x: 1 - x - (2 - x) + 0.5 * x,
    "array over": lambda x: np.ones(4) / (x + 8) + np.ones(4) - x,
    "exp": lambda x: xp(x).exp(-x * x),
    "log": lambda x: xp(x).log(x + 8),
    "sqrt": lambda x: xp(x).sqrt(x + 8),
    "tanh": lambda x: xp(x).tanh(x),
    "sin and cos": lambda x: xp(x).sin(x) * xp(x).cos(2 * x),
    "erf": lambda x: x * (1 + erf(x / xp(x).sqrt(constant(x, 2)))) / 2,
    "abs": lambda x: abs(x) * x,
    "pi": lambda x: x * x * pi(x),
    "square": lambda x: xp(x).square(x),
    "softmax": softmax,
    "layer norm": layer_norm,
    "variance": lambda x: xp(x).var(x, axis=-1, correction=1, keepdims=True) * x,
    "matrix product": lambda x: M @ x,
    "product with a matrix": lambda x: x @ M,
    "outer product": lambda x: (x[:, None] * x[None, :]) @ x,
    "structure": lambda x: xp(x).flip(xp(x).roll(x, 1), axis=0) * xp(x).take(x, np.array([3, 2, 1, 0])),
    "stack": lambda x: xp(x).stack([x, 2 * x, 0 * x])[1],
    "concat with numbers": lambda x: xp(x).concat([x[:2], np.ones(1), x[3:]]),
    "where": lambda x: xp(x).where(np.array([True, False, True, False]), x * x, 3),
    "where of numbers": lambda x: xp(x).where(x > 0, x * x, -x),
    "maximum": lambda x: xp(x).maximum(x, 0),
    "maximum of two": lambda x: xp(x).maximum(x, x * x),
    "running sum": lambda x: xp(x).cumulative_sum(x * x, axis=0),
    "lower triangle": lambda x: xp(x).sum(xp(x).tril(x[:, None] * x[None, :]), axis=0),
    "solve": lambda x: xp(x).linalg.solve(x[:, None] * x[None, :] + 9 * np.eye(4), x * x),
    "solve of a constant": lambda x: xp(x).linalg.solve(x[:, None] * x[None, :] + 9 * np.eye(4), np.ones(4)),
    "constant": lambda x: xp(x).zeros((4,), dtype=x.dtype),
    "reshape": lambda x: xp(x).reshape(xp(x).permute_dims(xp(x).reshape(x, (2, 2)), (1, 0)), (4,)) * x,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_derivative_is_the_limit_of_difference_quotients(text: Text) -> None:
    x, v, step = RNG.standard_normal(4), RNG.standard_normal(4), 1e-5
    quotient = (text(x + step * v) - text(x - step * v)) / (2 * step)
    np.testing.assert_allclose(jvp(text, x, v), quotient, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_value_carried_along_is_the_value(text: Text) -> None:
    x = RNG.standard_normal(4)
    result = text(Dual(x, np.ones(4)))
    np.testing.assert_allclose(getattr(result, "value", result), text(x), rtol=1e-15)


def test_a_derivative_is_linear_in_its_direction() -> None:
    x, u, v = (RNG.standard_normal(4) for _ in range(3))
    for text in (softmax, layer_norm):
        np.testing.assert_allclose(jvp(text, x, 2 * u - v), 2 * jvp(text, x, u) - jvp(text, x, v), atol=1e-13)


def test_the_derivative_of_softmax_is_diag_minus_outer_product_exactly() -> None:
    field = Residues("softmax derivative")
    x, v = SystemArray(field, field.random((5,))), SystemArray(field, field.random((5,)))
    s = softmax(x)
    found, known = jvp(softmax, x, v), s * (v - s @ v)
    assert np.all(field.equal(found.parts, known.parts))
    assert not np.any(field.equal(found.parts, (s * v).parts))


def test_the_derivative_of_a_determinant_by_cofactors_is_exact_over_residues() -> None:
    field = Residues("determinant derivative")
    a, v = SystemArray(field, field.random((2, 2))), SystemArray(field, field.random((2, 2)))
    found = jvp(lambda a: a[0, 0] * a[1, 1] - a[0, 1] * a[1, 0], a, v)
    ns = array_namespace(a)
    known = ns.linalg.det(a) * ns.linalg.trace(ns.linalg.solve(a, v))
    assert np.all(field.equal(found.parts, known.parts))


def test_a_derivative_of_a_solve_is_exact_over_residues() -> None:
    field = Residues("solve derivative")
    a, v = SystemArray(field, field.random((3, 3))), SystemArray(field, field.random((3, 3)))
    b = SystemArray(field, field.random((3,)))
    ns = array_namespace(a)
    found = jvp(lambda a: array_namespace(a).linalg.solve(a, b), a, v)
    known = -ns.linalg.solve(a, v @ ns.linalg.solve(a, b))
    assert np.all(field.equal(found.parts, known.parts))


def test_derivatives_over_balls_enclose_the_true_ones() -> None:
    system = Balls()
    with precision(200):
        x = SystemArray(system, system.literal(np.asarray(0.5)))
        found = jvp(lambda x: erf(x) * array_namespace(x).exp(x), x, constant(x, 1))
        ns = array_namespace(x)
        known = ns.exp(x) * erf(x) + 2 * ns.exp(x - x * x) / ns.sqrt(pi(x))
        assert (found - known).parts[0][()].contains(0)
        assert (found - known).parts[0][()].rad() < 1e-50


@pytest.mark.parametrize("power", [0, 1, 2, 3])
def test_a_power_may_be_taken_at_zero(power: int) -> None:
    found = jvp(lambda x: x**power, np.zeros(3), np.ones(3))
    assert np.array_equal(found, np.full(3, 1.0 if power == 1 else 0.0))


def test_second_derivatives_are_duals_of_duals() -> None:
    x, v = RNG.standard_normal(3), RNG.standard_normal(3)
    found = jvp(lambda x: jvp(lambda y: y**3, x, v), x, v)
    np.testing.assert_allclose(found, 6 * x * v * v, rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "true"),
    [
        (lambda x: xp(x).minimum(x, 0), lambda x, v: np.where(x < 0, v, 0)),
        (lambda x: xp(x).clip(x, -0.5, 0.5), lambda x, v: np.where(abs(x) < 0.5, v, 0)),
        (lambda x: xp(x).max(x), lambda x, v: v[np.argmax(x)]),
        (lambda x: xp(x).prod(x), lambda x, v: np.prod(x) * np.sum(v / x)),
        (lambda x: xp(x).vecdot(x, x), lambda x, v: 2 * x @ v),
        (lambda x: xp(x).einsum("i,j->ij", x, x), lambda x, v: np.outer(v, x) + np.outer(x, v)),
        (lambda x: xp(x).linalg.det(xp(x).reshape(x, (2, 2))), None),
        (lambda x: xp(x).linalg.inv(xp(x).reshape(x, (2, 2))), None),
        (lambda x: xp(x).linalg.trace(xp(x).reshape(x, (2, 2))), lambda x, v: v[0] + v[3]),
        (lambda x: xp(x).linalg.vector_norm(x), lambda x, v: x @ v / np.linalg.norm(x)),
        (lambda x: xp(x).expm1(x), lambda x, v: np.exp(x) * v),
        (lambda x: xp(x).fft.fft(x), lambda x, v: np.fft.fft(v)),
    ],
    ids=["minimum", "clip", "max", "prod", "vecdot", "einsum", "det", "inv", "trace", "norm", "expm1", "fft"],
)
def test_what_has_no_rule_is_refused_by_name_and_never_wrong(text: Text, true: Any) -> None:
    x, v = RNG.standard_normal(4), RNG.standard_normal(4)
    try:
        found = jvp(text, x, v)
    except NotTestable:
        return
    np.testing.assert_allclose(found, true(x, v), rtol=1e-10)


def test_the_rules_of_the_text_hold_for_duals_too() -> None:
    x = Dual(np.ones(2), np.ones(2))
    for attempt in (
        lambda: bool(x),
        lambda: list(x),
        lambda: float(x),
        lambda: x.__setitem__(0, 1),
    ):
        with pytest.raises((NotTestable, Contaminated, TypeError)):
            attempt()


def test_comparisons_of_duals_compare_their_values() -> None:
    x = Dual(np.asarray([0.0, 1.0]), np.ones(2))
    y = Dual(np.asarray([0.0, 2.0]), np.zeros(2))
    for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
        assert np.array_equal(compare(x, y), compare(x.value, y.value))
        assert np.array_equal(compare(x, 1), compare(x.value, 1))
