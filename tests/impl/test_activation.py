"""Activation functions against SciPy's normal distribution, and values known by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr
from scipy.stats import norm

from kg.impl.activation import (
    gelu,
    gelu_tanh,
    normal_cdf,
    normal_cdf_gate,
    normal_density,
    normal_ramp,
    relu,
    stochastic_gate,
    swish,
)

POINTS = np.array([-9.0, -6.0, -2.5, -1.0, -0.1, 0.0, 0.3, 1.0, 2.0, 4.5, 30.0])


def test_relu_keeps_the_positive_part():
    np.testing.assert_array_equal(relu(np.array([-2.0, 0.0, 3.0])), [0.0, 0.0, 3.0])


def test_the_normal_distribution_function_is_that_of_scipy():
    np.testing.assert_allclose(normal_cdf(POINTS), ndtr(POINTS), atol=1e-15)


def test_the_normal_density_is_that_of_scipy():
    np.testing.assert_allclose(normal_density(POINTS), norm.pdf(POINTS), rtol=1e-13)


def test_gelu_of_minus_one_is_known():
    assert gelu(np.array([-1.0])) == pytest.approx([-0.15865525393145705], rel=1e-14)


def test_the_gate_by_the_lower_tail_is_accurate_far_below_zero_where_gelu_cancels():
    far = np.array([-30.0, -12.0, -9.0])
    np.testing.assert_allclose(normal_cdf_gate(far), far * ndtr(far), rtol=1e-12)
    assert gelu(np.array([-12.0])) == 0


def test_the_gate_by_the_lower_tail_is_x_times_the_distribution_function():
    np.testing.assert_allclose(normal_cdf_gate(POINTS), POINTS * ndtr(POINTS), rtol=1e-13, atol=1e-300)


@pytest.mark.parametrize("x", [-3.0, -0.5, 0.0, 1.25])
def test_the_normal_ramp_is_the_running_integral_of_the_distribution_function(x):
    area, _ = quad(ndtr, -np.inf, x, epsabs=1e-13)
    assert normal_ramp(np.array([x])) == pytest.approx([area], rel=1e-9)


def test_the_normal_ramp_is_the_mean_of_a_rectified_noisy_number():
    area, _ = quad(lambda z: max(0.7 + z, 0.0) * norm.pdf(z), -0.7, 12.0, epsabs=1e-13)
    assert normal_ramp(np.array([0.7])) == pytest.approx([area], rel=1e-10)


def test_the_normal_ramp_far_out_is_zero_or_the_number_itself():
    np.testing.assert_allclose(normal_ramp(np.array([-40.0, 40.0])), [0.0, 40.0], atol=1e-300)


def test_the_remainder_of_the_integral_is_as_small_as_the_module_says():
    from kg.numbers.balls import Balls, precision
    from kg.verify.draws import exact_balls

    with precision(600):
        x = exact_balls(Balls(), np.array([-4.0, -2.0, -0.01, 0.5, 2.0, 6.0]))
        tail = normal_cdf_gate(x) - gelu(x)
        ramp = normal_ramp(x) - normal_density(x) - gelu(x)
        for difference in (*tail.parts[0], *ramp.parts[0]):
            assert abs(difference) < 2**-340


def test_a_stochastic_gate_lets_through_what_is_not_below_the_threshold():
    x, z = np.array([-1.0, 2.0]), np.array([[-2.0, 3.0], [0.0, 2.0]])
    np.testing.assert_array_equal(stochastic_gate(x, z), [[-1.0, 0.0], [0.0, 2.0]])


def test_the_approximate_gelu_is_off_by_half_a_thousandth_where_it_is_worst():
    worst = np.array([2.69894138638])
    assert np.abs(gelu_tanh(worst) - gelu(worst)) == pytest.approx([4.7323552e-4], rel=1e-6)


def test_swish_is_half_the_number_at_scale_zero_and_lowest_at_minus_1_278():
    assert swish(np.array([3.0]), np.asarray(0.0)) == pytest.approx([1.5])
    assert swish(np.array([-1.27846454276]), np.asarray(1.0)) == pytest.approx([-0.27846454276])
