"""What an implementation may not do is an error with advice in every arithmetic, never a silent float."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from kg.numbers import array_namespace
from kg.numbers.arrays import Contaminated, NotTestable, System, SystemArray, exact
from kg.numbers.balls import Balls
from kg.numbers.counting import Counts
from kg.numbers.degrees import Degrees
from kg.numbers.residues import Residues

Make = Callable[[System, Any], SystemArray]


def test_a_branch_on_a_value_is_refused(system: System, number: Make) -> None:
    x = number(system, 3)
    with pytest.raises(NotTestable, match="use where"):
        bool(x)
    with pytest.raises(NotTestable, match="use where"):
        _ = 1 if x else 2


@pytest.mark.parametrize("cast", [float, math.sqrt, math.exp, lambda x: f"{float(x):.3f}"])
def test_a_cast_to_a_float_is_called_contamination(system: System, number: Make, cast: Any) -> None:
    with pytest.raises(Contaminated):
        cast(number(system, 3))


def test_a_float_buffer_cannot_swallow_a_number(system: System, number: Make) -> None:
    buffer = np.zeros(2)
    for attempt in (lambda: buffer.__setitem__(0, number(system, 3)), lambda: np.float64(number(system, 3))):
        # NumPy puts an error of its own in front of ours.
        with pytest.raises(ValueError, match="setting an array element") as caught:
            attempt()
        assert isinstance(caught.value.__cause__, Contaminated)


def test_a_number_is_no_integer(system: System, number: Make) -> None:
    with pytest.raises((NotTestable, Contaminated)):
        int(number(system, 3))
    with pytest.raises((NotTestable, TypeError)):
        range(number(system, 3))  # type: ignore[call-overload]


def test_iteration_and_unpacking_are_refused(system: System, number: Make) -> None:
    x = number(system, [1, 2])
    for attempt in (list, sum, set, tuple, lambda x: [*x], lambda x: 1 in x, np.asarray):
        with pytest.raises(NotTestable, match="iterate over indices"):
            attempt(x)


def test_assignment_to_items_is_refused(system: System, number: Make) -> None:
    with pytest.raises(NotTestable, match=r"stack\(\) or concat\(\)"):
        number(system, [1, 2])[0] = 3


def test_numpy_functions_do_not_take_numbers_of_a_system(system: System, number: Make) -> None:
    x = number(system, [1, 2])
    for function in (np.exp, np.sqrt, np.abs, np.sign, lambda x: np.add(x, 1), lambda x: np.matmul(x, x)):
        with pytest.raises((TypeError, NotTestable)):
            function(x)


def test_two_arrays_of_two_systems_do_not_mix(number: Make) -> None:
    x, y = number(Residues("one"), [1, 2]), number(Residues("two"), [1, 2])
    for attempt in (lambda: x + y, lambda: x @ y, lambda: x < y):
        with pytest.raises(Contaminated, match="two number systems"):
            attempt()


@pytest.mark.parametrize("value", [0.1, 1 / 3, math.pi, 0.7978845608028654, 1e-9, 2.0**-52])
def test_a_float_that_is_not_short_and_dyadic_is_called_contamination(number: Make, value: float) -> None:
    for system in (Residues("literals"), Balls(), Degrees()):
        x = number(system, [1, 2])
        for attempt in (operator.mul, operator.add, operator.truediv, operator.matmul):
            with pytest.raises(Contaminated, match="is not exact; write p/q"):
                attempt(x, np.asarray([value, 1.0]))
        with pytest.raises(Contaminated, match="is not exact; write p/q"):
            value - x


@pytest.mark.parametrize(
    "value", [0.5, -0.25, 3.0, 2.0**-20, 1e15, 7, True, Fraction(1, 3), np.int8(5), 0.5 + 2j]
)
def test_integers_fractions_and_short_dyadic_floats_are_exact(number: Make, value: Any) -> None:
    for system in (Residues("literals"), Balls(), Degrees()):
        x = number(system, [1, 2])
        assert (x * value).shape == (value + x).shape == (2,)


def test_the_machine_epsilon_is_called_contamination(number: Make) -> None:
    for system in (Residues("literals"), Balls()):
        x = number(system, [1, 2])
        xp = array_namespace(x)
        with pytest.raises(Contaminated):
            x / (x + np.finfo(np.float64).eps)
        for name in ("finfo", "float32", "float64", "complex64", "astype", "nextafter"):
            with pytest.raises(Contaminated, match=f"xp.{name}: its result would depend"):
                getattr(xp, name)


@pytest.mark.parametrize("system", [Residues("literals"), Balls()], ids=lambda s: s.name)
def test_single_precision_is_called_contamination_even_where_its_value_is_dyadic(
    number: Make, system: System
) -> None:
    x = number(system, [1, 2])
    for value in (np.float32(0.1), np.asarray([0.5, 0.25], np.float32), np.asarray([0.5, 1j], np.complex64)):
        with pytest.raises(Contaminated, match="float32"):
            x * value


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_infinity_and_nan_are_no_numbers_and_the_advice_is_where(number: Make, value: float) -> None:
    for system in (Residues("literals"), Balls(), Degrees()):
        with pytest.raises(NotTestable, match=r"where\(\) instead of -inf"):
            number(system, [1, 2]) + value


@pytest.mark.parametrize("value", ["1", None, [1], object()])
def test_what_is_no_number_is_not_taken_for_one(value: Any) -> None:
    with pytest.raises(NotTestable, match="is not an exact number"):
        exact(value)


ORDER = [
    ("max", lambda xp, x: xp.max(x)),
    ("min", lambda xp, x: xp.min(x, axis=0)),
    ("argmax", lambda xp, x: xp.argmax(x)),
    ("maximum", lambda xp, x: xp.maximum(x, 0)),
    ("clip", lambda xp, x: xp.clip(x, 0, 1)),
    ("sign", lambda xp, x: xp.sign(x)),
    ("floor", lambda xp, x: xp.floor(x)),
    ("<", lambda xp, x: x < 0),
    ("<=", lambda xp, x: x <= 0),
    (">", lambda xp, x: x > 0),
    (">=", lambda xp, x: x >= 1),
    ("==", lambda xp, x: x == 0),
    ("!=", lambda xp, x: x != 0),
    ("abs", lambda xp, x: abs(x)),
]


@pytest.mark.parametrize("call", [c for _, c in ORDER], ids=[n for n, _ in ORDER])
def test_order_is_not_a_notion_of_residues_or_degrees(number: Make, call: Any) -> None:
    for system in (Residues("order"), Degrees()):
        x = number(system, [1, 2])
        with pytest.raises(NotTestable, match=f"^{system.name} have no rule for"):
            call(array_namespace(x), x)


@pytest.mark.parametrize("name", ["log", "expm1", "log1p"])
def test_functions_without_a_rule_over_residues_say_so(number: Make, name: str) -> None:
    for system in (Residues("functions"), Degrees()):
        x = number(system, [1, 2])
        with pytest.raises(NotTestable, match=f"^{system.name} have no rule for {name}$"):
            getattr(array_namespace(x), name)(x)


def test_functions_of_complex_residues_say_so(number: Make) -> None:
    x = number(Residues("complex"), [1 + 1j, 2])
    for name in ("exp", "sqrt", "tanh"):
        with pytest.raises(NotTestable, match=f"{name} of a complex number"):
            getattr(array_namespace(x), name)(x)


@pytest.mark.parametrize("name", ["sort", "unique_values", "qr", "cumulative_prod", "nan", "inf", "random"])
def test_a_function_the_namespace_does_not_have_is_named(system: System, number: Make, name: str) -> None:
    x = number(system, [1, 2])
    with pytest.raises(NotTestable, match=rf"xp\.{name} has no rule over {system.name}"):
        getattr(array_namespace(x), name)


@pytest.mark.parametrize("name", ["qr", "svd", "eigh", "cholesky", "pinv", "matrix_rank"])
def test_a_decomposition_nobody_can_bound_is_named(system: System, number: Make, name: str) -> None:
    x = number(system, [[1, 2], [3, 4]])
    with pytest.raises(NotTestable, match=rf"xp\.linalg\.{name} has no rule over {system.name}"):
        getattr(array_namespace(x).linalg, name)


def test_decompositions_without_residues_say_so(number: Make) -> None:
    x = number(Residues("decompositions"), [[1, 2], [3, 4]])
    for name in ("svdvals", "eigvalsh"):
        with pytest.raises(NotTestable, match=f"residues have no rule for linalg.{name}"):
            getattr(array_namespace(x).linalg, name)(x)


def test_a_root_of_unity_of_a_foreign_order_is_refused_with_advice() -> None:
    field = Residues("order 17")
    with pytest.raises(NotTestable, match="use a length that divides"):
        field.unit_root(17, 1)


def test_powers_are_integers_or_one_half(system: System, number: Make) -> None:
    x = number(system, [4, 9])
    assert (x**0.5).shape == (x**3).shape == (x**0).shape == (2,)
    with pytest.raises(NotTestable, match="1/4"):
        x**0.25
    with pytest.raises(NotTestable, match="variable exponent"):
        x**x


def test_a_mask_is_structure_and_numbers_are_no_mask(number: Make) -> None:
    for system in (Residues("masks"), Balls()):
        x = number(system, [1, 2])
        xp = array_namespace(x)
        assert xp.where(np.array([True, False]), x, 0).shape == (2,)
        with pytest.raises(NotTestable, match="must be a mask"):
            xp.where(x, x, 0)
        with pytest.raises(NotTestable, match="iterate over indices"):
            x[x]


def test_indices_and_sizes_stay_plain_numpy(system: System, number: Make) -> None:
    xp = array_namespace(number(system, [1, 2]))
    assert isinstance(xp.arange(4), np.ndarray)
    assert isinstance(xp.zeros((2, 2)), np.ndarray)
    assert isinstance(xp.asarray([1, 2]), np.ndarray)
    for made in (xp.zeros(3, dtype=system), xp.ones(3, dtype=system), xp.eye(2, dtype=system)):
        assert isinstance(made, SystemArray)


def test_counting_refuses_nothing_numerical_as_it_decides_nothing(number: Make) -> None:
    x = number(Counts(), [0.1, 0.2])
    assert (x * 0.3).shape == (2,)
