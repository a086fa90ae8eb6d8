"""Residues: the laws of a field, and the few things assumed of exp, √, i, π and roots of unity, on fresh primes."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.numbers import array_namespace, constant, erf, pi, shift, unit_root
from kg.numbers.arrays import Redraw, SystemArray
from kg.numbers.finite_fields import LCM
from kg.numbers.residues import Residues

SEEDS = [f"field {number}" for number in range(4)]


def drawn(field: Residues, *shape: int) -> SystemArray:
    return SystemArray(field, field.random(shape))


def complex_drawn(field: Residues, *shape: int) -> SystemArray:
    return drawn(field, *shape) + 1j * drawn(field, *shape)


def equal(a: Any, b: Any) -> bool:
    """Whether two arrays hold the same residues everywhere; one may be plain numbers."""
    system = next(x.system for x in (a, b) if isinstance(x, SystemArray))
    parts = [x.parts if isinstance(x, SystemArray) else system.literal(x) for x in (a, b)]
    return bool(np.all(system.equal(*parts)))


def differ_everywhere(a: SystemArray, b: SystemArray) -> bool:
    return not np.any(a.system.equal(a.parts, b.parts))


@pytest.fixture(params=SEEDS)
def field(request: pytest.FixtureRequest) -> Residues:
    return Residues(request.param)


def test_the_primes_are_a_safe_pair_with_all_the_roots_of_unity(field: Residues) -> None:
    assert field.p == 2 * field.q + 1
    assert flint.fmpz(field.p).is_prime()
    assert flint.fmpz(field.q).is_prime()
    assert field.q % (4 * LCM) == 4 * LCM - 1
    assert field.p.bit_length() == 62
    assert pow(field.omega, field.q, field.p) == 1 != field.omega


def test_the_same_seed_gives_the_same_field_and_another_seed_another() -> None:
    one, again, other = Residues("a"), Residues("a"), Residues("b")
    assert (one.p, one.omega) == (again.p, again.omega)
    assert equal(drawn(one, 3), SystemArray(one, again.random((3,))))
    assert other.p != one.p


@given(st.lists(st.integers(-(10**30), 10**30), min_size=3, max_size=3))
@settings(max_examples=30, deadline=None)
def test_integers_of_any_size_obey_the_laws_of_a_field(numbers: list[int]) -> None:
    field = Residues("laws")
    a, b, c = (SystemArray(field, field.literal(np.array(n, dtype=object))) for n in numbers)
    assert equal((a + b) + c, a + (b + c))
    assert equal((a * b) * c, a * (b * c))
    assert equal(a * (b + c), a * b + a * c)
    assert equal(a + b, b + a)
    assert equal(a - a, 0 * a)
    assert equal(-a, 0 - a)
    assert equal(a + b, SystemArray(field, field.literal(np.array(numbers[0] + numbers[1], dtype=object))))


def test_division_undoes_multiplication_for_real_and_complex_numbers(field: Residues) -> None:
    for make in (drawn, complex_drawn):
        a, b = make(field, 3, 2), make(field, 3, 2)
        assert equal(a / b * b, a)
        assert equal(1 / b, b ** (-1))
        assert equal(a * b / b, a)
    assert equal(complex_drawn(field, 4) / drawn(field, 4) * 0, np.zeros(4, dtype=int))


def test_halves_and_fractions_are_exact(field: Residues) -> None:
    x = drawn(field, 5)
    assert equal(0.5 * x + x / 2, x)
    assert equal(x / 3 + x / 6, 0.5 * x)
    assert equal(constant(x, 44715) / 1000000 * 1000000, constant(x, 44715))


def test_an_exponential_turns_sums_into_products(field: Residues) -> None:
    xp = array_namespace(drawn(field, 1))
    x, y = drawn(field, 4), drawn(field, 4)
    assert equal(xp.exp(x + y), xp.exp(x) * xp.exp(y))
    assert equal(xp.exp(x - y), xp.exp(x) / xp.exp(y))
    assert equal(xp.exp(0 * x), 1 + 0 * x)
    assert equal(xp.exp(x / 2) ** 2, xp.exp(x))
    assert equal(xp.tanh(-x), -xp.tanh(x))
    assert differ_everywhere(xp.exp(x * y), xp.exp(x) * xp.exp(y))
    assert differ_everywhere(xp.exp(x), 1 + x)


def test_a_root_of_a_square_is_the_square_among_the_two_roots(field: Residues) -> None:
    xp = array_namespace(drawn(field, 1))
    x, y = drawn(field, 4), drawn(field, 4)
    assert equal(xp.sqrt(x * x) ** 2, x * x)
    assert equal(xp.sqrt(x**4), x**2)
    assert equal(xp.sqrt(x**4 * y**4), xp.sqrt(x**4) * xp.sqrt(y**4))
    assert equal(xp.sqrt(xp.exp(x)), xp.exp(x / 2))
    assert equal((x**4) ** 0.5, x**2)


def test_the_root_of_a_square_is_the_number_itself_in_only_half_of_the_draws() -> None:
    field = Residues("sign")
    x = drawn(field, 400)
    same = field.equal(array_namespace(x).sqrt(x * x).parts, x.parts)
    assert 140 < np.count_nonzero(same) < 260


def test_the_roots_of_small_integers_exist_and_may_stand_in_an_exponent(field: Residues) -> None:
    x = drawn(field, 3)
    xp = array_namespace(x)
    for d in range(2, 17):
        root = xp.sqrt(constant(x, d))
        assert equal(root * root, constant(x, d))
        assert equal(xp.exp(x / root) ** 2, xp.exp(x * 2 / root))
    assert field.distinct_roots == 0


def test_a_root_of_a_non_square_asks_for_another_draw(field: Residues) -> None:
    x = drawn(field, 40)
    with pytest.raises(Redraw, match="non-square"):
        array_namespace(x).sqrt(x)


def test_conjugation_is_an_automorphism_that_fixes_the_reals(field: Residues) -> None:
    x, a, b = drawn(field, 3), complex_drawn(field, 3), complex_drawn(field, 3)
    xp = array_namespace(x)
    assert equal(xp.conj(x), x)
    assert equal(xp.conj(xp.conj(a)), a)
    assert equal(xp.conj(a * b), xp.conj(a) * xp.conj(b))
    assert equal(xp.conj(a + b), xp.conj(a) + xp.conj(b))
    assert equal(xp.real(a) + 1j * xp.imag(a), a)
    assert equal(xp.imag(xp.conj(a) * a), 0 * x)
    assert equal((1j * x) ** 2, -(x * x))


def test_conjugation_is_the_frobenius_map(field: Residues) -> None:
    a = complex_drawn(field, 1)
    assert equal(a**field.p, array_namespace(a).conj(a))


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 15, 16, 32, 64, 128])
def test_roots_of_unity_have_their_order_and_lie_on_the_unit_circle(order: int) -> None:
    x = drawn(Residues("roots"), 1)
    xp = array_namespace(x)
    w = unit_root(x, order)
    assert equal(w**order, 1 + 0 * w)
    assert all(not equal(w**k, 1 + 0 * w) for k in range(1, order))
    assert equal(xp.conj(w) * w, 1 + 0 * w)
    assert equal(xp.conj(w), unit_root(x, order, -1))
    assert equal(unit_root(x, order, 3), w**3)


def test_real_and_complex_numbers_may_stand_in_one_array_in_any_order(field: Residues) -> None:
    one, turn = constant(drawn(field), 1), unit_root(drawn(field), 3)
    xp = array_namespace(turn)
    for pair in ((one, turn), (turn, one)):
        found = xp.stack(pair)
        assert equal(found[0], pair[0])
        assert equal(found[1], pair[1])
    assert equal(xp.where(False, one, turn), turn)
    assert equal(xp.where(np.array([True, False]), one, turn)[1], turn)
    assert equal(xp.concat([drawn(field, 1), turn[None]])[1], turn)


def test_the_quarter_turn_is_i_up_to_its_sign_and_the_half_turn_is_minus_one(field: Residues) -> None:
    x = drawn(field, 1)
    quarter = unit_root(x, 4)
    assert equal(quarter, 1j) or equal(quarter, -1j)
    assert equal(unit_root(x, 2), -1 + 0 * x)
    assert equal(unit_root(x, 8) ** 2, quarter)


@pytest.mark.parametrize("n", [2, 3, 5, 8, 12])
def test_the_fourier_transform_goes_back_and_keeps_energy(n: int) -> None:
    field = Residues(f"fourier {n}")
    x, y = complex_drawn(field, n), complex_drawn(field, n)
    xp = array_namespace(x)
    fx, fy = xp.fft.fft(x), xp.fft.fft(y)
    assert equal(xp.fft.ifft(fx), x)
    assert equal(xp.vecdot(fx, fy) / n, xp.vecdot(x, y))
    assert not equal(xp.vecdot(fx, fy), xp.vecdot(x, y))
    circular = xp.stack([xp.sum(xp.stack([x[j] * y[(k - j) % n] for j in range(n)])) for k in range(n)])
    assert equal(xp.fft.ifft(fx * fy), circular)


def test_the_transform_of_a_real_signal_is_hermitian(field: Residues) -> None:
    x = drawn(field, 5)
    xp = array_namespace(x)
    f = xp.fft.fft(x)
    assert equal(xp.flip(f[1:], axis=0), xp.conj(f[1:]))
    assert not equal(xp.flip(xp.fft.fft(1j * x)[1:], axis=0), xp.conj(xp.fft.fft(1j * x)[1:]))


def test_solving_real_and_complex_systems_satisfies_the_equations(field: Residues) -> None:
    for make in (drawn, complex_drawn):
        a, b, v = make(field, 4, 4), make(field, 4, 2), make(field, 4)
        xp = array_namespace(a)
        assert equal(a @ xp.linalg.solve(a, b), b)
        assert equal(a @ xp.linalg.solve(a, v), v)
        assert equal(xp.linalg.inv(a) @ a, xp.eye(4, dtype=a.dtype))
    mixed = array_namespace(v).linalg.solve(drawn(field, 3, 3), complex_drawn(field, 3, 1))
    assert mixed.shape == (3, 1)


def test_determinants_multiply_and_change_sign_with_a_swap(field: Residues) -> None:
    a, b = drawn(field, 3, 3), drawn(field, 3, 3)
    xp = array_namespace(a)
    assert equal(xp.linalg.det(a @ b), xp.linalg.det(a) * xp.linalg.det(b))
    assert equal(xp.linalg.det(xp.take(a, np.array([1, 0, 2]), axis=0)), -xp.linalg.det(a))
    known = SystemArray(field, field.literal(np.array([[2, 7], [1, 5]])))
    assert equal(xp.linalg.det(known), 3)


def test_a_solve_may_stand_in_an_exponent(field: Residues) -> None:
    a, b = drawn(field, 3, 3), drawn(field, 3)
    xp = array_namespace(a)
    x = xp.linalg.solve(a, b)
    assert equal(xp.exp(a @ x), xp.exp(b))
    assert equal(xp.exp(xp.linalg.det(a) / xp.linalg.det(a)), xp.exp(constant(a, 1)))


def test_a_zero_divisor_and_a_singular_matrix_ask_for_another_draw(field: Residues) -> None:
    x = drawn(field, 3)
    xp = array_namespace(x)
    singular = x[:, None] * x[None, :]
    for attempt in (
        lambda: 1 / (x - x),
        lambda: (1j * x) / (x - x + 0j),
        lambda: xp.linalg.solve(singular, x),
        lambda: xp.linalg.inv(1j * singular),
        lambda: (x - x) ** (-2),
    ):
        with pytest.raises(Redraw):
            attempt()


def test_a_stabilising_maximum_is_another_random_element_every_time(field: Residues) -> None:
    x = drawn(field, 2, 3)
    xp = array_namespace(x)
    first, second = shift(x, axis=-1), shift(x, axis=-1)
    assert first.shape == (2, 1)
    assert differ_everywhere(first, second)

    def softmax(top: SystemArray) -> SystemArray:
        weights = xp.exp(x - top)
        return weights / xp.sum(weights, axis=-1, keepdims=True)

    assert equal(softmax(first), softmax(second))


def test_pi_is_one_unknown_of_each_draw(field: Residues) -> None:
    x = drawn(field, 2)
    assert equal(pi(x), pi(x))
    assert not equal(pi(x), 3)
    assert not equal(pi(x) * 7, 22)
    assert Residues("another").pi()[0] != field.pi()[0]


def test_the_error_function_is_odd_and_otherwise_unknown(field: Residues) -> None:
    x = drawn(field, 3)
    assert equal(erf(-x), -erf(x))
    assert equal(erf(x), erf(x + 0))
    assert differ_everywhere(erf(2 * x), 2 * erf(x))
    assert equal(erf(0 * x), 0 * x)
    assert field.uninterpreted == {"erf"}


def test_an_exponential_of_an_exponential_is_a_function_of_its_argument_only(field: Residues) -> None:
    x, y = drawn(field, 3), drawn(field, 3)
    xp = array_namespace(x)
    inner = xp.exp(x)
    assert equal(xp.exp(inner), xp.exp(xp.exp(x + y) / xp.exp(y)))
    assert equal(xp.exp(inner) * xp.exp(-inner), 1 + 0 * x)
    assert "exp" in field.uninterpreted
