"""Degrees: the bound traced from a text is never below the true degree, which is found by interpolation mod p."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import flint
import numpy as np
import pytest

from kg.numbers import array_namespace, constant, unit_root
from kg.numbers.arrays import SystemArray
from kg.numbers.degrees import Degrees
from kg.numbers.residues import Residues

Text = Callable[..., Any]


def traced(text: Text, *shapes: tuple[int, ...]) -> tuple[int, int]:
    """Largest (numerator, denominator) degree of any entry."""
    system = Degrees()
    result = text(*(SystemArray(system, system.variables(shape)) for shape in shapes))
    zero = system.literal(np.zeros(result.shape, dtype=int))[0]
    return system.difference([result.parts[0]], [zero])


def measured(text: Text, *shapes: tuple[int, ...], points: int = 90) -> tuple[int, int]:
    """True degrees of the entry of largest degree, along a random line through the space of inputs."""
    field = Residues(f"{text.__name__} {shapes}")
    ends = [(SystemArray(field, field.random(s)), SystemArray(field, field.random(s))) for s in shapes]
    values = [text(*(a + t * b for a, b in ends)).parts[0].reshape(-1) for t in range(points)]
    found = [_degrees(field.p, [int(v[entry]) for v in values]) for entry in range(len(values[0]))]
    return max(n for n, _ in found), max(d for _, d in found)


def _degrees(p: int, values: Sequence[int]) -> tuple[int, int]:
    """Degrees of the simplest rational function through (0, values[0]), (1, values[1]), …"""
    points = range(len(values))
    vandermonde = flint.nmod_mat([[pow(t, k, p) for k in points] for t in points], p)
    column = vandermonde.solve(flint.nmod_mat([[v] for v in values], p))
    low = flint.nmod_poly([int(c) for c in column.entries()], p)
    high = flint.nmod_poly([1], p)
    for t in points:
        high *= flint.nmod_poly([-t, 1], p)
    cofactors = flint.nmod_poly([0], p), flint.nmod_poly([1], p)
    best = (low.degree(), 0)
    while low.degree() >= 0:
        best = min(best, (low.degree(), cofactors[1].degree()), key=sum)
        quotient = high // low
        high, low = low, high - quotient * low
        cofactors = cofactors[1], cofactors[0] - quotient * cofactors[1]
    return max(best[0], 0), best[1]


def polynomial(x: Any) -> Any:
    return x**3 - 2 * x + 1


def mean_of_squares(x: Any) -> Any:
    return array_namespace(x).mean(x * x, axis=-1)


def continued_fraction(x: Any) -> Any:
    return 1 / (x[0] + 1 / (x[1] + 1 / x[2]))


def linear_attention(q: Any, k: Any, v: Any) -> Any:
    a = q @ k.mT
    return a @ v / array_namespace(q).sum(a, axis=-1, keepdims=True)


def leverage(a: Any) -> Any:
    xp = array_namespace(a)
    return xp.sum(xp.linalg.solve(a.mT @ a, a.mT).mT * a, axis=-1)


def cayley(a: Any) -> Any:
    xp = array_namespace(a)
    skew, identity = a - a.mT, xp.eye(a.shape[0], dtype=a.dtype)
    return xp.linalg.solve(identity + skew, identity - skew)


def determinant(a: Any) -> Any:
    return array_namespace(a).linalg.det(a)


def determinant_of_fractions(a: Any, b: Any) -> Any:
    return array_namespace(a).linalg.det(a / b)


def solve_of_fractions(a: Any, b: Any) -> Any:
    return array_namespace(a).linalg.solve(a / b[0], a[:, 0] / b)


def delta_rule(k: Any, v: Any, beta: Any) -> Any:
    state = 0 * v[0][:, None] * k[0][None, :]
    for t in range(k.shape[0]):
        error = v[t] - state @ k[t]
        state = state + beta[t] * error[:, None] * k[t][None, :]
    return state


def fourier_product(x: Any, y: Any) -> Any:
    xp = array_namespace(x)
    return xp.real(xp.fft.ifft(xp.fft.fft(x) * xp.fft.fft(y)))


def rotation(x: Any) -> Any:
    return array_namespace(x).real(unit_root(x, 5) * x * x)


TEXTS = [
    (polynomial, [(2,)]),
    (mean_of_squares, [(2, 3)]),
    (continued_fraction, [(3,)]),
    (linear_attention, [(2, 3), (4, 3), (4, 2)]),
    (leverage, [(3, 2)]),
    (leverage, [(4, 3)]),
    (cayley, [(3, 3)]),
    (determinant, [(3, 3)]),
    (determinant_of_fractions, [(2, 2), (2, 2)]),
    (solve_of_fractions, [(2, 2), (2,)]),
    (delta_rule, [(3, 2), (3, 2), (3,)]),
    (fourier_product, [(4,), (4,)]),
    (rotation, [(3,)]),
]


@pytest.mark.parametrize(("text", "shapes"), TEXTS, ids=[f"{t.__name__}-{s}" for t, s in TEXTS])
def test_the_traced_degree_is_at_least_the_true_degree(text: Text, shapes: list[tuple[int, ...]]) -> None:
    bound, true = traced(text, *shapes), measured(text, *shapes)
    assert bound[0] >= true[0]
    assert bound[1] >= true[1]
    assert sum(true) > 0


def test_the_traced_degree_of_a_text_without_cancellation_is_the_true_one() -> None:
    assert traced(polynomial, (2,)) == measured(polynomial, (2,)) == (3, 0)
    assert traced(linear_attention, (2, 3), (4, 3), (4, 2)) == (3, 2)
    assert traced(fourier_product, (4,), (4,)) == (2, 0)
    assert traced(determinant, (3, 3)) == (3, 0)


def test_a_denominator_that_is_shared_is_counted_once() -> None:
    def shared(x: Any, y: Any) -> Any:
        xp = array_namespace(x)
        return xp.sum(x / xp.sum(y))

    def separate(x: Any, y: Any) -> Any:
        return array_namespace(x).sum(x / y)

    assert traced(shared, (9,), (9,)) == (1, 1)
    assert traced(separate, (9,), (9,)) == (9, 9)


def test_a_solve_has_one_denominator_for_all_of_its_entries() -> None:
    def total(a: Any, b: Any) -> Any:
        xp = array_namespace(a)
        return xp.sum(xp.linalg.solve(a, b))

    assert traced(total, (5, 5), (5, 2)) == (5, 5)


EXPONENTS: list[tuple[Text, int]] = [
    (lambda xp, x, y: xp.exp(x), 1),
    (lambda xp, x, y: xp.exp(x) ** 3, 3),
    (lambda xp, x, y: xp.exp(3 * x), 3),
    (lambda xp, x, y: xp.exp(2 * x - 5 * y), 7),
    (lambda xp, x, y: xp.exp(-4 * x), 4),
    (lambda xp, x, y: xp.exp(x + x + x), 3),
    (lambda xp, x, y: xp.exp((x + y) * 3), 6),
    (lambda xp, x, y: xp.exp(3 * x * y), 3),
    (lambda xp, x, y: xp.exp((3 * x) * y), 3),
    (lambda xp, x, y: xp.exp((3 * x) * (2 * y)), 6),
    (lambda xp, x, y: xp.exp(x / 3), 1),
    (lambda xp, x, y: xp.exp(1 + 0 * x), 1),
    (lambda xp, x, y: xp.exp(x) * xp.exp(y), 2),
]


@pytest.mark.parametrize(("text", "least"), EXPONENTS)
def test_an_exponential_counts_the_integers_in_its_exponent(text: Text, least: int) -> None:
    top, _ = traced(lambda x, y: text(array_namespace(x), x, y), (), ())
    assert top >= least


def test_an_exponential_of_zero_is_the_constant_one() -> None:
    assert traced(lambda x: array_namespace(x).exp(0 * x) * x, ()) == (1, 0)


@pytest.mark.parametrize(
    "one",
    [
        lambda x: 1 - array_namespace(x).asarray(-1, dtype=x.dtype),
        lambda x: constant(x, 2) - constant(x, 1),
        lambda x: constant(x, 1) + constant(x, 0),
        lambda x: -constant(x, -2) / 2,
        lambda x: constant(x, 3) - 1 - 1,
    ],
)
def test_arithmetic_of_constants_loses_no_term(one: Text) -> None:
    assert traced(lambda x: one(x) * x**5, ()) == (5, 0)


def test_constants_that_cancel_take_their_term_with_them() -> None:
    assert traced(lambda x: (constant(x, 2) - constant(x, 2)) * x**5, ()) == (0, 0)


def test_what_is_structure_costs_no_degree() -> None:
    def masked(x: Any) -> Any:
        xp = array_namespace(x)
        return xp.tril(x) + xp.where(np.eye(3, dtype=bool), 0, x) + xp.concat([x[:1, :], 0 * x[1:, :]])

    assert traced(masked, (3, 3)) == (1, 0)


def test_a_text_with_a_stabilising_maximum_and_a_root_has_a_bound() -> None:
    from kg.numbers import shift

    def softmax(x: Any) -> Any:
        xp = array_namespace(x)
        weights = xp.exp(x / xp.sqrt(constant(x, 3)) - shift(x))
        return weights / xp.sum(weights, axis=-1, keepdims=True)

    top, bottom = traced(softmax, (2, 4))
    assert top >= 2
    assert bottom >= 2
    assert math.log2(top) < 10
