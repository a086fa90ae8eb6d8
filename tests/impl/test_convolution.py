"""Convolutions at inputs whose outputs are known beforehand."""

import numpy as np
import pytest

from kg.impl.convolution import (
    circulant_matrix,
    circular_convolution,
    convolution_layer,
    fnet_mixing,
    fourier_multiplier,
    positional_attention_layer,
    shift_sum,
)


def test_a_single_one_at_place_one_shifts_around_the_circle() -> None:
    c, x = np.array([0, 1, 0], dtype=complex), np.array([5, 6, 7], dtype=complex)
    np.testing.assert_array_equal(circular_convolution(c, x), [7, 5, 6])
    np.testing.assert_array_equal(circulant_matrix(c) @ x, [7, 5, 6])


def test_keeping_the_frequency_zero_alone_leaves_the_mean() -> None:
    spectrum, x = np.array([1, 0, 0], dtype=complex), np.array([3, 6, 9], dtype=complex)
    np.testing.assert_allclose(fourier_multiplier(spectrum, x), [6, 6, 6])


def test_fnet_turns_a_single_one_at_the_origin_into_ones() -> None:
    x = np.zeros((3, 2))
    x[0, 0] = 1
    np.testing.assert_allclose(fnet_mixing(x), np.ones((3, 2)))


@pytest.mark.parametrize("layer", [convolution_layer, shift_sum])
def test_a_kernel_that_reads_the_cell_to_the_right(layer) -> None:
    kernel = np.zeros((1, 3, 1, 1))
    kernel[0, 2] = 1
    x = np.array([[[1.0], [2], [3]]])
    np.testing.assert_allclose(layer(x, kernel), [[[2], [3], [0]]])


def test_sharp_attention_by_position_reads_one_cell_and_blunt_attention_the_mean() -> None:
    kernel = np.zeros((1, 3, 1, 1))
    kernel[0, 2] = 1
    x = np.array([[[1.0], [2], [3]]])
    np.testing.assert_allclose(
        positional_attention_layer(x, kernel, np.asarray(99.0)), [[[2], [3], [0]]], atol=1e-30
    )
    np.testing.assert_allclose(
        positional_attention_layer(x, kernel, np.asarray(0.0)), [[[1.2], [1.2], [1.2]]]
    )
