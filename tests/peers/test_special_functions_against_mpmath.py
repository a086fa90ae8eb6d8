"""The normal distribution and its gates against mpmath at 50 digits and SciPy, far into the tails."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import scipy

from kg.impl.activation import gelu, normal_cdf, normal_cdf_gate, normal_density, normal_ramp

PEERS = {
    "normal_cdf": "scipy.special.ndtr",
    "normal_density": "mpmath.npdf",
    "normal_cdf_gate": "mpmath.ncdf",
    "normal_ramp": "mpmath.quad",
}

POINTS = [-30.0, -8.0, -3.25, -1.0, -1e-8, 0.0, 0.5, 2.0, 7.0]


def exactly(function, points) -> np.ndarray:
    """Values found with 50 digits, rounded to float64."""
    with mpmath.workdps(50):
        return np.asarray([float(function(mpmath.mpf(float(x)))) for x in points])


def test_the_distribution_function_agrees_where_nothing_cancels(agree_entrywise) -> None:
    x = np.linspace(-1, 8, 91)
    agree_entrywise(normal_cdf(x), scipy.special.ndtr(x))
    agree_entrywise(normal_cdf(x), exactly(mpmath.ncdf, x))


def test_in_the_lower_tail_the_distribution_function_keeps_only_absolute_accuracy() -> None:
    # ½(1 + erf) as written: right to half a unit in the last place of one, not of the result.
    x = np.asarray([-3.0, -5.0, -8.0])
    assert np.max(np.abs(normal_cdf(x) - exactly(mpmath.ncdf, x))) < 2.0**-52


def test_the_density(agree_entrywise) -> None:
    agree_entrywise(normal_density(np.asarray(POINTS)), exactly(mpmath.npdf, POINTS))


def test_the_gate_found_by_an_integral_keeps_its_digits_at_minus_eight(agree_entrywise) -> None:
    x = [-8.0, -5.0, -2.0]
    agree_entrywise(normal_cdf_gate(np.asarray(x)), exactly(lambda t: t * mpmath.ncdf(t), x))


@pytest.mark.parametrize("function", [gelu, normal_cdf_gate])
def test_the_two_gates_agree_with_fifty_digits_to_absolute_rounding(agree, function) -> None:
    agree(function(np.asarray(POINTS)), exactly(lambda t: t * mpmath.ncdf(t), POINTS))


def test_the_ramp_is_the_integral_of_the_distribution_function(agree) -> None:
    x = [-3.25, -1.0, 0.5, 2.0]
    agree(normal_ramp(np.asarray(x)), exactly(lambda t: mpmath.quad(mpmath.ncdf, [-mpmath.inf, -4, t]), x))
