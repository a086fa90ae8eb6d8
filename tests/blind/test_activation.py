"""Activation functions and converters: the project's against those rewritten from the definitions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from comparison import SEEDS, assert_agree, assert_exactly_equal, fractions, largest, the_projects
from rewritten import activation as mine
from scipy import special

EXTREMES = np.array([-8.0, -5.0, -1.0, -1e-9, 0.0, 1e-9, 0.5, 3.0, 7.0])


def points(seed: int) -> np.ndarray:
    """Random and extreme points, as many as an odd number."""
    return np.concatenate([np.random.default_rng(seed).normal(size=6, scale=3.0), EXTREMES])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    "name", ["relu", "normal_density", "normal_cdf", "gelu", "normal_cdf_gate", "normal_ramp"]
)
def test_the_function_of_one_number_is_as_defined(name: str, seed: int) -> None:
    # The argument of exp is x²/2, up to 64 here: a rounding of it is 64 ε; values are at most |x|.
    x = points(seed)
    assert_agree(getattr(mine, name)(x), the_projects("activation", name)(x), scale=largest(x), size=64)


def test_the_project_keeps_small_tails_accurate() -> None:
    # Relative to the result; a rounding of x²/2 counts x²/2 times.
    for x in (-6.0, -11.0, -17.0, -30.0):
        for name in ("normal_cdf_gate", "normal_ramp"):
            theirs = float(the_projects("activation", name)(np.array([x]))[0])
            expected = float(mine.normal_cdf_gate([x])[0]) if name == "normal_cdf_gate" else mine.far_ramp(x)
            assert_agree(theirs / expected, 1.0, scale=x * x / 2, size=3)


@pytest.mark.parametrize("a", [0.01, 0.3, 1.0, 2.5, 9.0])
def test_the_tail_of_the_normal_law_is_the_integral_in_the_claim(a: float) -> None:
    # Relative; a rounding of a²/2 counts a²/2 times; all terms are positive.
    assert_agree(mine.tail_integral(a) / special.ndtr(-a), 1.0, scale=1 + a * a / 2, size=20)


@pytest.mark.parametrize("seed", SEEDS)
def test_gelu_is_the_normal_cdf_gate(seed: int) -> None:
    x = points(seed)
    assert_agree(mine.gelu(x), mine.normal_cdf_gate(x), scale=largest(x), size=9)


@pytest.mark.parametrize("seed", SEEDS)
def test_gelu_is_the_normal_ramp_minus_the_normal_density(seed: int) -> None:
    x = points(seed)
    assert_agree(mine.gelu(x), mine.normal_ramp(x) - mine.normal_density(x), scale=largest(x), size=64)
    assert_agree(mine.normal_ramp(x), mine.running_integral_of_the_cdf(x), scale=largest(x), size=64)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_stochastic_gate_lets_through_what_is_at_least_its_threshold(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, z = rng.normal(size=5), rng.normal(size=(7, 5))
    z[0] = x  # a tie is let through
    assert_exactly_equal(mine.stochastic_gate(x, z), the_projects("activation", "stochastic_gate")(x, z))


def test_the_mean_of_the_stochastic_gate_is_gelu() -> None:
    # Six standard errors of 40 000 samples, of a number whose variance is at most x²/4.
    x = np.array([-2.0, -0.7, 0.0, 0.4, 1.9])
    z = np.random.default_rng(5).normal(size=(40_000, 5))
    for gate in (mine.stochastic_gate, the_projects("activation", "stochastic_gate")):
        error = np.abs(np.mean(gate(x, z), axis=0) - mine.gelu(x))
        assert np.all(error <= 6 * (np.abs(x) / 2) / math.sqrt(len(z)))


def test_the_mean_of_a_switched_relu_is_not_gelu_but_the_switched_identity_is() -> None:
    x = np.array([-1.0, 1.0])
    switches = np.random.default_rng(6).uniform(size=(40_000, 2))
    mean = mine.mean_of_the_gated_relu(x, switches)
    assert mean[0] == 0.0
    assert mine.gelu(x)[0] < -0.15
    assert abs(mean[1] - mine.gelu(x)[1]) <= 6 * 0.5 / 200
    identity = mine.stochastic_gate(x, special.ndtri(switches))  # the switch is on where Φ⁻¹(uniform) ≤ x
    assert np.all(np.abs(np.mean(identity, axis=0) - mine.gelu(x)) <= 6 * 0.5 / 200)


def test_the_slope_of_gelu_leaves_zero_to_one_and_the_slope_of_the_ramp_does_not() -> None:
    root = math.sqrt(2)
    low, high = mine.slope_of_gelu([-root, root])
    assert -0.12891 < low < -0.128904
    assert 1.128904 < high < 1.12891
    grid = np.linspace(-9, 9, 181)
    slopes = mine.slope_of_gelu(grid)
    assert np.all((low <= slopes) & (slopes <= high))
    # Central differences: error h²/6 times a third derivative below one, and ε/h from rounding.
    h = 1e-4
    ramp, gelu = (the_projects("activation", name) for name in ("normal_ramp", "gelu"))
    of_the_ramp = (ramp(grid + h) - ramp(grid - h)) / (2 * h)
    assert np.max(np.abs(of_the_ramp - special.ndtr(grid))) <= h * h + 1e-10
    of_gelu = (gelu(grid + h) - gelu(grid - h)) / (2 * h)
    assert np.max(np.abs(of_gelu - slopes)) <= h * h + 1e-10


@pytest.mark.parametrize("seed", SEEDS)
def test_relu_and_absolute_value_make_each_other_up(seed: int) -> None:
    x = fractions(np.random.default_rng(seed), 9)
    x[0] = Fraction(0)
    assert_exactly_equal(mine.absolute_value(x), mine.absolute_value_from_relus(x))
    assert_exactly_equal(
        mine.relu(x), [Fraction(1, 2) * (v + w) for v, w in zip(x, mine.absolute_value(x), strict=True)]
    )
    floats = x.astype(float)
    for name in ("absolute_value", "absolute_value_from_relus"):
        assert_exactly_equal(getattr(mine, name)(floats), the_projects("converters", name)(floats))
    half = (floats + the_projects("converters", "absolute_value")(floats)) / 2
    assert_exactly_equal(half, the_projects("activation", "relu")(floats))


@pytest.mark.parametrize("bits", [1, 3, 5, 8, 11])
def test_a_folding_converter_gives_the_gray_code(bits: int) -> None:
    # Multiples of 2⁻²⁰ between multiples of 2⁻ⁿ: every stage is exact in floats, and no comparison is a tie.
    rng = np.random.default_rng(bits)
    steps = rng.integers(0, 2**bits, size=15) * 2 ** (20 - bits) + rng.integers(1, 2 ** (20 - bits), size=15)
    u = steps / 2.0**20
    exact = [Fraction(int(s), 2**20) for s in steps]
    assert_exactly_equal(mine.folding_adc(exact, bits), mine.gray_code(exact, bits))
    assert_exactly_equal(mine.folding_adc(u, bits), the_projects("converters", "folding_adc")(u, bits=bits))
    assert_exactly_equal(mine.gray_code(u, bits), the_projects("converters", "gray_code")(u, bits=bits))


def test_the_converters_agree_with_the_definitions_on_ties_too() -> None:
    u = np.arange(8) / 8
    assert_exactly_equal(mine.folding_adc(u, 3), the_projects("converters", "folding_adc")(u, bits=3))
    assert_exactly_equal(mine.gray_code(u, 3), the_projects("converters", "gray_code")(u, bits=3))
    assert not np.array_equal(mine.folding_adc(u, 3), mine.gray_code(u, 3))  # the condition is needed
