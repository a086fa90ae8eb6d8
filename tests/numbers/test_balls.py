"""Balls: what they enclose is true, and what they cannot decide they do not guess."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.numbers import array_namespace, constant, erf, pi, shift, unit_root
from kg.numbers.arrays import NotTestable, Redraw, SystemArray
from kg.numbers.balls import Balls, ball, precision

BALLS = Balls()


def balls(values: Any) -> SystemArray:
    return SystemArray(BALLS, BALLS.literal(np.asarray(values)))


def entries(x: SystemArray) -> list[Any]:
    return list(x.parts[0].reshape(-1))


def contains(x: SystemArray, number: str, bits: int = 2000) -> bool:
    """Whether a single ball holds a number that is given to many digits."""
    with precision(bits):
        return bool(entries(x)[0].overlaps(flint.arb(number)))


@pytest.mark.parametrize(
    ("function", "argument", "digits"),
    [
        ("exp", 1, "2.71828182845904523536028747135266249775724709369995957496696763"),
        ("log", 2, "0.69314718055994530941723212145817656807550013436025525412068001"),
        ("sqrt", 2, "1.41421356237309504880168872420969807856967187537694807317667974"),
        ("tanh", 1, "0.76159415595576488811945828260479359041276859725793655159681050"),
        ("sin", 1, "0.84147098480789650665250232163029899962256306079837106567275171"),
        ("cos", 1, "0.54030230586813971740093660744297660373231042061792222767009725"),
        ("expm1", 1, "1.71828182845904523536028747135266249775724709369995957496696763"),
        ("log1p", 1, "0.69314718055994530941723212145817656807550013436025525412068001"),
    ],
)
def test_functions_enclose_known_values_tightly(function: str, argument: int, digits: str) -> None:
    with precision(192):
        x = balls(argument)
        value = getattr(array_namespace(x), function)(x)
        assert contains(value, digits)
        assert entries(value)[0].rad() < flint.arb(2) ** -180


def test_pi_and_the_error_function_enclose_known_values() -> None:
    with precision(192):
        x = balls(1)
        assert contains(pi(x), "3.14159265358979323846264338327950288419716939937510582097494459")
        assert contains(erf(x), "0.84270079294971486934122063508260925929606699796630290845993790")


@given(st.lists(st.fractions(min_value=-5, max_value=5, max_denominator=1000), min_size=2, max_size=2))
@settings(max_examples=40, deadline=None)
def test_a_wider_ball_holds_every_narrower_result(pair: list[Any]) -> None:
    def text(x: SystemArray, y: SystemArray) -> SystemArray:
        xp = array_namespace(x)
        return xp.exp(x) * y / (1 + x * x) - xp.sqrt(y * y + 1)

    values = []
    for bits in (53, 400):
        with precision(bits):
            values.append(
                entries(text(*(SystemArray(BALLS, BALLS.literal(np.array(f, object))) for f in pair)))[0]
            )
    assert values[0].contains(values[1])


def test_precision_is_put_back_even_after_an_error() -> None:
    before = flint.ctx.prec
    with precision(777):
        assert flint.ctx.prec == 777
    assert flint.ctx.prec == before
    with pytest.raises(KeyError), precision(777):
        raise KeyError
    assert flint.ctx.prec == before


def wide(middle: float, radius: float) -> SystemArray:
    out = np.empty((), dtype=object)
    out[()] = flint.arb(middle, radius)
    return SystemArray(BALLS, (out,))


def test_a_comparison_that_is_certain_is_made() -> None:
    x, y = wide(1, 0.25), wide(2, 0.25)
    assert bool(x < y)
    assert bool(x <= y)
    assert not bool(x > y)
    assert not bool(x >= y)
    assert bool(x != y)
    assert not bool(x == y)
    assert bool(balls(3) == 3)


@pytest.mark.parametrize(
    "compare", [lambda x, y: x < y, lambda x, y: x >= y, lambda x, y: x == y, lambda x, y: x != y]
)
def test_a_comparison_that_is_not_certain_asks_for_another_draw(compare: Any) -> None:
    with pytest.raises(Redraw, match="too close to compare"):
        compare(wide(1, 1), wide(2, 1))


def test_sign_floor_and_division_that_are_not_certain_ask_for_another_draw() -> None:
    xp = array_namespace(balls(1))
    for attempt in (
        lambda: xp.sign(wide(0, 1)),
        lambda: xp.floor(wide(1, 0.5)),
        lambda: 1 / wide(0, 1),
        lambda: 1 / (balls([1j]) - balls([1j])),
        lambda: xp.linalg.solve(balls([[1, 2], [2, 4]]), balls([1, 2])),
        lambda: xp.linalg.inv(balls([[0, 0], [0, 0]])),
    ):
        with pytest.raises(Redraw):
            attempt()


def test_sign_floor_and_absolute_value_that_are_certain_are_exact() -> None:
    x = balls([-1.5, 0, 2.5])
    xp = array_namespace(x)
    for found, expected in ((xp.sign(x), [-1, 0, 1]), (xp.floor(x), [-2, 0, 2]), (abs(x), [1.5, 0, 2.5])):
        assert all(entry == flint.arb(e) for entry, e in zip(entries(found), expected, strict=True))


def test_a_maximum_encloses_the_maximum_whichever_entry_it_is() -> None:
    x = array_namespace(balls(0)).stack([wide(1, 0.5), wide(1.25, 0.5)])
    top = entries(array_namespace(x).max(x))[0]
    assert top.contains(flint.arb(1.75))
    assert top.contains(flint.arb(0.75))
    assert not top.contains(flint.arb(0.5))


def test_the_place_of_a_maximum_is_found_for_inexact_numbers_unless_two_are_close() -> None:
    x = balls([1, 3, 2])
    xp = array_namespace(x)
    assert int(xp.argmax(xp.exp(x / 3))) == 1
    assert list(xp.argmax(xp.exp(balls([[1, 2], [4, 3]]) / 3), axis=-1)) == [1, 0]
    with pytest.raises(Redraw, match="too close to choose"):
        xp.argmax(balls([1, 2, 2]))
    with pytest.raises(Redraw):
        xp.argmax(xp.stack([wide(1, 1), wide(2, 1)]))


def test_the_stabilising_maximum_is_an_exact_element() -> None:
    x = balls([[1, 3, 2]])
    assert entries(shift(x, axis=-1)) == [flint.arb(3)]


def test_the_root_of_a_negative_number_is_not_finite_rather_than_wrong() -> None:
    x = balls(-1)
    assert not entries(array_namespace(x).sqrt(x))[0].is_finite()


def test_roots_of_unity_are_the_ones_of_the_unit_circle() -> None:
    x = balls(1)
    for n, k in ((3, 1), (5, 2), (7, 6), (17, 4)):
        found = complex(entries(unit_root(x, n, k))[0])
        assert found == pytest.approx(np.exp(2j * np.pi * k / n))


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (4, 2), (2, 5)])
def test_singular_values_enclose_those_of_numpy(shape: tuple[int, int]) -> None:
    a = np.round(np.random.default_rng(1).standard_normal(shape) * 64) / 64
    x = balls(a)
    found = array_namespace(x).linalg.svdvals(x)
    assert [float(v.mid()) for v in entries(found)] == pytest.approx(np.linalg.svdvals(a), rel=1e-13)
    assert all(v.rad() < 1e-10 for v in entries(found))


def test_singular_values_of_a_complex_matrix_enclose_those_of_numpy() -> None:
    rng = np.random.default_rng(2)
    a = np.round(rng.standard_normal((3, 2)) * 64) / 64 + 1j * np.round(rng.standard_normal((3, 2)) * 64) / 64
    found = array_namespace(balls(1)).linalg.svdvals(balls(a))
    assert [float(v.mid()) for v in entries(found)] == pytest.approx(np.linalg.svdvals(a), rel=1e-13)


def test_eigenvalues_of_a_symmetric_matrix_ascend() -> None:
    a = np.array([[2.0, 1.0, 0.5], [1.0, -3.0, 0.25], [0.5, 0.25, 1.0]])
    found = array_namespace(balls(1)).linalg.eigvalsh(balls(a))
    assert [float(v.mid()) for v in entries(found)] == pytest.approx(np.linalg.eigvalsh(a), rel=1e-13)


def test_eigenvalues_that_cannot_be_told_apart_ask_for_another_draw() -> None:
    xp = array_namespace(balls(1))
    with pytest.raises(Redraw, match="could not be isolated"):
        xp.linalg.eigvalsh(balls([[1, 0], [0, 1]]))


def test_solutions_and_determinants_enclose_those_of_numpy() -> None:
    rng = np.random.default_rng(3)
    a = np.round(rng.standard_normal((4, 4)) * 64) / 64
    b = np.round(rng.standard_normal((4, 2)) * 64) / 64
    xp = array_namespace(balls(1))
    found = [float(v.mid()) for v in entries(xp.linalg.solve(balls(a), balls(b)))]
    assert found == pytest.approx(np.linalg.solve(a, b).reshape(-1), rel=1e-12)
    assert float(entries(xp.linalg.det(balls(a)))[0].mid()) == pytest.approx(np.linalg.det(a), rel=1e-12)
    complex_found = [complex(v) for v in entries(xp.linalg.solve(balls(a + 1j * np.eye(4)), balls(b)))]
    assert complex_found == pytest.approx(np.linalg.solve(a + 1j * np.eye(4), b).reshape(-1), rel=1e-12)


@pytest.mark.parametrize(
    "call",
    [
        lambda xp, a: xp.linalg.solve(a, a[..., :1]),
        lambda xp, a: xp.linalg.det(a),
        lambda xp, a: xp.linalg.inv(a),
        lambda xp, a: xp.linalg.svdvals(a),
        lambda xp, a: xp.linalg.eigvalsh(a),
    ],
    ids=["solve", "det", "inv", "svdvals", "eigvalsh"],
)
@pytest.mark.parametrize("count", [1, 2, 4])
def test_a_stack_of_matrices_is_refused_or_right_but_never_read_as_one_matrix(
    count: int, call: Callable[..., Any]
) -> None:
    a = np.array([[[3.0, 1.0], [1.0, 2.0 + k]] for k in range(count)])
    try:
        found = call(array_namespace(balls(1)), balls(a))
    except NotTestable:
        return
    expected = call(np, a)
    assert found.shape == expected.shape
    assert [float(v.mid()) for v in entries(found)] == pytest.approx(expected.reshape(-1))


def test_a_number_of_no_known_kind_is_no_ball() -> None:
    with pytest.raises(NotTestable):
        ball("1.5")


def test_constants_keep_the_precision_of_the_moment() -> None:
    x = balls(1)
    with precision(500):
        root = array_namespace(x).sqrt(constant(x, 2))
        assert entries(root * root - 2)[0].contains(0)
        assert entries(root * root - 2)[0].rad() < flint.arb(2) ** -480
