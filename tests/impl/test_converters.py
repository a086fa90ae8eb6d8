"""Converters and rectifiers, against integer arithmetic and NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from kg.impl.converters import (
    absolute_value,
    absolute_value_from_relus,
    dithered_rounding,
    folding_adc,
    gray_code,
    sigma_delta,
    stochastic_rounding,
    tent_square,
)


def _gray_bits(number: int, bits: int) -> list[int]:
    code = number ^ number >> 1
    return [code >> place & 1 for place in reversed(range(bits))]


@pytest.mark.parametrize("convert", [folding_adc, gray_code])
@pytest.mark.parametrize("bits", [1, 2, 5, 8])
def test_every_code_is_the_gray_code_of_its_number(convert, bits):
    midpoints = (2 * np.arange(2**bits) + 1) / 2 ** (bits + 1)
    np.testing.assert_array_equal(
        convert(midpoints, bits=bits), [_gray_bits(k, bits) for k in range(2**bits)]
    )


def test_the_three_bit_codes_are_in_the_order_of_the_patent():
    codes = folding_adc((2 * np.arange(8) + 1) / 16, bits=3).astype(int)
    written = ["".join(map(str, code)) for code in codes]
    assert written == ["000", "001", "011", "010", "110", "111", "101", "100"]


def test_neighbouring_codes_differ_in_one_bit():
    codes = gray_code((2 * np.arange(64) + 1) / 128, bits=6)
    np.testing.assert_array_equal(np.sum(np.abs(np.diff(codes, axis=0)), axis=1), np.ones(63))


def test_a_tie_inside_the_converter_is_why_breakpoints_are_excluded():
    assert not np.array_equal(folding_adc(np.array([0.75]), bits=3), gray_code(np.array([0.75]), bits=3))


@pytest.mark.parametrize("absolute", [absolute_value, absolute_value_from_relus])
def test_the_absolute_value_is_that_of_numpy(absolute):
    x = np.array([-2.5, -0.0, 0.0, 1e-300, 7.0])
    np.testing.assert_array_equal(absolute(x), np.abs(x))


@pytest.mark.parametrize("tents", [1, 2, 4])
def test_the_square_from_tents_is_the_chord_of_the_square_between_dyadic_points(tents):
    nodes = np.arange(2**tents + 1) / 2**tents
    x = np.linspace(0, 1, 101)
    np.testing.assert_allclose(tent_square(x, tents=tents), np.interp(x, nodes, nodes**2), atol=1e-15)


def test_stochastic_rounding_goes_up_when_the_random_number_is_below_the_fraction():
    x, u = np.asarray([2.3, 2.3, -1.25, 4.0]), np.asarray([[0.29, 0.31, 0.7, 0.0]])
    np.testing.assert_array_equal(stochastic_rounding(x, u), [[3.0, 2.0, -1.0, 4.0]])


def test_noise_is_centred_before_it_is_added():
    x, u = np.asarray([0.3]), np.asarray([[[0.75], [0.75]], [[0.5], [0.5]], [[0.0], [0.125]]])
    np.testing.assert_array_equal(dithered_rounding(x, u), [[1.0], [0.0], [-1.0]])


def test_a_level_of_one_third_is_two_ones_and_a_minus_one_in_turn():
    bits = sigma_delta(np.full(9, 1 / 3), np.asarray(0.0))
    np.testing.assert_array_equal(bits, [1, -1, 1] * 3)


def test_silence_is_an_alternation_of_ones_and_minus_ones():
    np.testing.assert_array_equal(sigma_delta(np.full(6, -0.0), np.asarray(0.0)), [1, -1, 1, -1, 1, -1])
