"""Sines and cosines over residues: the addition theorems and nothing more, in a field with a third prime."""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
import pytest

from kg.numbers import array_namespace, cis, constant
from kg.numbers.arrays import NotTestable, SystemArray
from kg.numbers.finite_fields import LCM
from kg.numbers.residues import Residues


@pytest.fixture(scope="module", params=["angles 0", "angles 1"])
def field(request: pytest.FixtureRequest) -> Residues:
    return Residues(request.param, angles=True)


def drawn(field: Residues, *shape: int) -> SystemArray:
    return SystemArray(field, field.random(shape))


def equal(a: Any, b: Any) -> bool:
    return not np.any((a - b).parts[0]) and ((a - b).parts[1] is None or not np.any((a - b).parts[1]))


def test_the_third_prime_divides_p_plus_one_and_all_three_are_prime(field: Residues) -> None:
    assert (field.p + 1) % field.r == 0
    assert field.p == 2 * field.q + 1
    assert all(flint.fmpz(m).is_prime() for m in (field.p, field.q, field.r))
    assert field.r.bit_length() >= 59
    assert (field.p + 1) % (8 * LCM) == 0


def test_sine_and_cosine_satisfy_the_addition_theorems(field: Residues) -> None:
    x, y = drawn(field, 3), drawn(field, 3)
    xp = array_namespace(x)
    assert equal(xp.cos(x + y), xp.cos(x) * xp.cos(y) - xp.sin(x) * xp.sin(y))
    assert equal(xp.sin(x - y), xp.sin(x) * xp.cos(y) - xp.cos(x) * xp.sin(y))
    assert equal(xp.sin(x) ** 2 + xp.cos(x) ** 2, 1 + 0 * x)
    assert equal(xp.cos(-x), xp.cos(x))
    assert equal(xp.sin(-x), -xp.sin(x))
    assert equal(xp.cos(2 * x), 1 - 2 * xp.sin(x) ** 2)
    assert equal(xp.cos(0 * x), 1 + 0 * x)


def test_a_point_of_the_circle_is_a_character(field: Residues) -> None:
    x, y = drawn(field, 3), drawn(field, 3)
    xp = array_namespace(x)
    assert equal(cis(x + y), cis(x) * cis(y))
    assert equal(xp.conj(cis(x)), cis(-x))
    assert equal(cis(x / 3) ** 3, cis(x))


def test_wrong_signs_and_halves_are_told_apart(field: Residues) -> None:
    x, y = drawn(field, 3), drawn(field, 3)
    xp = array_namespace(x)
    assert not equal(xp.cos(x + y), xp.cos(x) * xp.cos(y) + xp.sin(x) * xp.sin(y))
    assert not equal(xp.cos(2 * x), 2 * xp.cos(x))
    assert not equal(xp.cos(x), xp.sin(x))
    assert not equal(xp.sin(x), x)
    assert not equal(xp.cos(x * y), xp.cos(x) * xp.cos(y))


def test_a_rotation_of_queries_and_keys_depends_on_the_distance_only(field: Residues) -> None:
    theta, q, k = drawn(field), drawn(field, 2), drawn(field, 2)
    xp = array_namespace(theta)

    def turned(x: SystemArray, position: int) -> SystemArray:
        c, s = xp.cos(position * theta), xp.sin(position * theta)
        return xp.stack([c * x[0] - s * x[1], s * x[0] + c * x[1]])

    assert equal(turned(q, 7) @ turned(k, 5), turned(q, 3) @ turned(k, 1))
    assert not equal(turned(q, 7) @ turned(k, 5), turned(q, 3) @ turned(k, 2))


def test_exponentials_and_angles_live_in_one_field(field: Residues) -> None:
    x, y = drawn(field, 3), drawn(field, 3)
    xp = array_namespace(x)
    assert equal(xp.exp(x) * xp.cos(y) / xp.exp(x - y), xp.exp(y) * xp.cos(y))
    root = xp.sqrt(constant(x, 2))
    assert equal(xp.exp(x / root) ** 2, xp.exp(x * 2 / root))


def test_an_angle_without_a_residue_has_no_rule(field: Residues) -> None:
    x = drawn(field, 2)
    xp = array_namespace(x)
    for inner in (xp.exp(x), xp.cos(x)):
        with pytest.raises(NotTestable, match="of a quantity that holds an exponential or an angle"):
            xp.sin(inner)


def test_a_field_without_angles_says_so() -> None:
    x = drawn(Residues("plain"), 2)
    with pytest.raises(NotTestable, match="no angles"):
        array_namespace(x).cos(x)
