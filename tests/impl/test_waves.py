"""The exponential kernel on a grid against NumPy's convolution, and its continuous limit."""

import numpy as np
from numpy.testing import assert_allclose

from kg.impl.waves import (
    exponential_kernel_convolution,
    front_activity,
    front_activity_by_quadrature,
    front_speed,
    local_field_operator,
)


def test_it_is_numpys_convolution_with_a_truncated_kernel() -> None:
    f = np.random.default_rng(12).standard_normal(7)
    r = np.asarray(0.6)
    kernel = (1 - r) / (1 + r) * r ** np.abs(np.arange(-8, 9))
    assert_allclose(exponential_kernel_convolution(f, r), np.convolve(f, kernel)[7:16])


def test_one_spike_spreads_by_halves() -> None:
    assert_allclose(exponential_kernel_convolution(np.asarray([3.0]), np.asarray(0.5)), [0.5, 1.0, 0.5])


def test_the_local_operator_by_hand() -> None:
    # r = 1/2: (−½·0 + 5/4·1 − ½·½)/(1/4) = 4.
    assert_allclose(local_field_operator(np.asarray([0.0, 1.0, 0.5]), np.asarray(0.5)), [4.0])


def test_on_a_fine_grid_the_operator_is_one_minus_sigma_squared_times_the_second_derivative() -> None:
    sigma, spacing = 0.7, 0.01
    x = np.arange(-1, 1, spacing)
    r = np.exp(-np.asarray(spacing) / sigma)
    inner = np.sin(3 * x[1:-1])
    assert_allclose(local_field_operator(np.sin(3 * x), r), inner * (1 + 9 * sigma**2), atol=2e-3)


def test_speeds_of_fronts_by_hand() -> None:
    kappa = np.asarray([0.25, 0.5, 0.7])
    assert_allclose(front_speed(kappa, np.asarray(1.0)), [1.0, 0.0, -2 / 3], atol=1e-15)


def test_a_front_at_rest_has_half_of_full_activity_at_its_edge() -> None:
    for activity in (front_activity, front_activity_by_quadrature):
        assert_allclose(activity(np.asarray(0.0), np.asarray(2.0)), 0.5, rtol=2e-3)


def test_a_fast_front_finds_no_activity_and_a_fast_retreat_full_activity() -> None:
    c = np.asarray([1e6, -1e6])
    assert_allclose(front_activity(c, np.asarray(1.0)), [0, 1], atol=1e-6)
