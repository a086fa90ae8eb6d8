"""Checks of the claims about converters: rectifiers, rounding with noise, and bits that carry their error over."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Probability, Real, Size, Uniform, check, condition

_DEPTHS = (3, 8)


@condition
def off_breakpoints(u):
    xp = array_namespace(u)
    # A multiple of 2⁻ⁿ for any n up to 8 is one of 2⁻⁸.
    return bool((u * 256 != xp.floor(u * 256)).all())


@off_breakpoints.sampler
def _(u):
    """Steps of one code, once round the interval from a random start, so that the converter meets each of its codes."""
    xp = array_namespace(u)
    count = u.shape[0]
    points = u[:1] + xp.asarray(np.arange(count), dtype=u.dtype) / count
    return {"u": points - xp.floor(points)}


@check
def folding_adc_is_gray_code(use, u: Real[Array, "256"]):
    return [use("folding_adc")(u, bits=n) for n in _DEPTHS], [use("gray_code")(u, bits=n) for n in _DEPTHS]


@folding_adc_is_gray_code.control("a stage without a rectifier, y ← 2y ∓ 1, which gives the binary digits")
def _(use, u):
    return [_by_stages(u, n, _residue_stage) for n in _DEPTHS], [use("gray_code")(u, bits=n) for n in _DEPTHS]


@folding_adc_is_gray_code.control("a stage with the rectifier the other way round, y ← 2|y| − 1")
def _(use, u):
    return [_by_stages(u, n, lambda y: 2 * abs(y) - 1) for n in _DEPTHS], [
        use("gray_code")(u, bits=n) for n in _DEPTHS
    ]


@folding_adc_is_gray_code.control("the binary digits of the number in place of its Gray code")
def _(use, u):
    xp = array_namespace(u)
    digits = [xp.floor(u * 2**k) - 2 * xp.floor(u * 2 ** (k - 1)) for k in range(1, 9)]
    return [use("folding_adc")(u, bits=n) for n in _DEPTHS], [xp.stack(digits[:n], axis=-1) for n in _DEPTHS]


def _by_stages(u, bits, stage):
    xp = array_namespace(u)
    y, found = 2 * u - 1, []
    for _ in range(bits):
        found.append(xp.where(y >= 0, 1, 0 * y))
        y = stage(y)
    return xp.stack(found, axis=-1)


def _residue_stage(y):
    return array_namespace(y).where(y >= 0, 2 * y - 1, 2 * y + 1)


@check
def absolute_value_is_a_sum_of_two_relus(use, x: Real[Array, "n"]):
    return use("absolute_value")(x), use("absolute_value_from_relus")(x)


@absolute_value_is_a_sum_of_two_relus.control("half-wave rectification only")
def _(use, x):
    # The half-waves of −x² vanish, so that this control differs whatever signs are drawn.
    return use("absolute_value")(-x * x), use("relu")(-x * x)


@absolute_value_is_a_sum_of_two_relus.control(
    "the two half-waves are subtracted, which gives the number back"
)
def _(use, x):
    return use("absolute_value")(-x * x), use("relu")(-x * x) - use("relu")(x * x)


# Squares from tents ---------------------------------------------------------------------------------------------


@check(relation="<=", sizes={"m": (1, 2, 3, 5)})
def tent_square_is_within_a_quarter_to_the_tents_of_the_square(
    use, x: Probability[Array, "n"], m: Size[int, "m"]
):
    return abs(use("tent_square")(x, tents=m) - x * x), constant(x, 1) / 4 ** (m + 1) + 0 * x


@tent_square_is_within_a_quarter_to_the_tents_of_the_square.witness
def _(x, m):
    # Halfway between neighbouring multiples of 2⁻ᵐ, exact in binary.
    return {"x": (2 * (np.arange(x.shape[0]) % 2**m) + 1) / 2 ** (m + 1)}


@tent_square_is_within_a_quarter_to_the_tents_of_the_square.control("the tent has the slope 1.9, not 2")
def _(use, x, m):
    tooth, total = x, x
    for s in range(1, m + 1):
        tooth = 0.95 * (1 - abs(2 * tooth - 1))
        total = total - tooth / 4**s
    return abs(total - x * x), constant(x, 1) / 4 ** (m + 1) + 0 * x


@tent_square_is_within_a_quarter_to_the_tents_of_the_square.control("one tent fewer than the bound counts")
def _(use, x, m):
    return abs(use("tent_square")(x, tents=m - 1) - x * x), constant(x, 1) / 4 ** (m + 1) + 0 * x


@check
def tent_square_joins_the_squares_of_dyadic_fractions_by_chords(use, t: Probability[Array, "n"]):
    return _on_all_intervals(use, t, (1, 3)), [_chords(t, 2), _chords(t, 8)]


def _on_all_intervals(use, t, depths):
    """The values the share t of the way along each of the 2ᵐ intervals."""
    xp = array_namespace(t)
    return [xp.stack([use("tent_square")((k + t) / 2**m, tents=m) for k in range(2**m)]) for m in depths]


def _chords(t, intervals):
    rows = [((1 - t) * k**2 + t * (k + 1) ** 2) / intervals**2 for k in range(intervals)]
    return array_namespace(t).stack(rows)


@tent_square_joins_the_squares_of_dyadic_fractions_by_chords.control("one tent fewer than the intervals need")
def _(use, t):
    xp = array_namespace(t)
    fewer = [xp.stack([use("tent_square")((k + t) / 8, tents=2) for k in range(8)])]
    return fewer, [_chords(t, 8)]


@tent_square_joins_the_squares_of_dyadic_fractions_by_chords.control(
    "the square itself between the fractions"
)
def _(use, t):
    parabolas = [array_namespace(t).stack([((k + t) / n) ** 2 for k in range(n)]) for n in (2, 8)]
    return _on_all_intervals(use, t, (1, 3)), parabolas


# Rounding with noise --------------------------------------------------------------------------------------------


@condition
def uniform_noise(u):
    # A law cannot be read off a draw; by Hoeffding's inequality the mean of n draws leaves this band with a chance below 10⁻¹¹.
    return bool(np.all((u >= 0) & (u < 1))) and float(abs(np.mean(u) - 0.5)) <= (13 / u.size) ** 0.5


@check
def expectation_of_stochastic_rounding_is_the_number(
    use, x: Real[Array, "4 n"], u: Uniform[Array, "samples 4 n"]
):
    return use("stochastic_rounding")(x, u) - x, 0


@expectation_of_stochastic_rounding_is_the_number.control("rounding to the nearest")
def _(use, x, u):
    return use("stochastic_rounding")(x, 0 * u + 0.5) - x, 0


@expectation_of_stochastic_rounding_is_the_number.control("the noise ends at nine tenths")
def _(use, x, u):
    return use("stochastic_rounding")(x, 0.9 * u) - x, 0


@expectation_of_stochastic_rounding_is_the_number.control("up with the probability that belongs to down")
def _(use, x, u):
    xp = array_namespace(x)
    below = xp.floor(x)
    return below + xp.where(u < 1 - (x - below), 1, 0 * u) - x, 0


@check
def stochastic_rounding_is_rounding_with_uniform_dither(use, x: Real[Array, "n"], u: Uniform[Array, "k n"]):
    return use("stochastic_rounding")(x, u), -use("dithered_rounding")(-x, u[:, None, :])


@stochastic_rounding_is_rounding_with_uniform_dither.control(
    "the number itself is rounded, which agrees in law but not for the same uniform number"
)
def _(use, x, u):
    return use("stochastic_rounding")(x, u), use("dithered_rounding")(x, u[:, None, :])


@stochastic_rounding_is_rounding_with_uniform_dither.control("the noise is added twice")
def _(use, x, u):
    twice = array_namespace(u).stack([u, u], axis=1)
    return use("stochastic_rounding")(x, u), -use("dithered_rounding")(-x, twice)


@condition
def away_from_halfway(x):
    xp = array_namespace(x)
    return bool(np.all(abs(x - xp.floor(x + 0.5)) <= 0.3))


@away_from_halfway.sampler
def _(x):
    xp = array_namespace(x)
    nearest = xp.floor(x + 0.5)
    return {"x": nearest + 0.6 * (x - nearest)}


@check
def triangular_dither_makes_the_error_power_a_quarter(
    use, x: Real[Array, "n"], u: Uniform[Array, "samples 2 n"]
):
    error = use("dithered_rounding")(x, u) - x
    return error * error, 0.25


@triangular_dither_makes_the_error_power_a_quarter.control("one uniform number is added, not two")
def _(use, x, u):
    error = use("dithered_rounding")(x, u[:, :1, :]) - x
    return error * error, 0.25


@triangular_dither_makes_the_error_power_a_quarter.control("no noise at all is added")
def _(use, x, u):
    error = use("dithered_rounding")(x, 0 * u + 0.5) - x
    return error * error, 0.25


@triangular_dither_makes_the_error_power_a_quarter.control(
    "the power of subtractive dither, one twelfth of a squared step, and that of one dither"
)
def _(use, x, u):
    error = use("dithered_rounding")(x, u) - x
    return error * error, 2 / 12


# Bits that carry their error over -------------------------------------------------------------------------------


@condition
def within_full_scale(x, start):
    return bool(np.all(abs(x) <= 1) and np.all(abs(start) <= 1))


@within_full_scale.sampler
def _(x, start):
    xp = array_namespace(x)
    return {"x": xp.tanh(x), "start": xp.tanh(start)}


@check(relation="<=")
def sigma_delta_mean_is_within_two_over_n(
    use, x: Real[Array, "n"], start: Real[Array, ""], n: Size[int, "n"]
):
    xp = array_namespace(x)
    return abs(xp.sum(x - use("sigma_delta")(x, start)) / n), constant(x, 2) / n


@sigma_delta_mean_is_within_two_over_n.witness
def _(x, n):
    # From the top of what can be owed to the bottom: the level −1 first, then the level 1 at every step.
    return {"x": np.asarray([-1.0, *[1.0] * (n - 1)]), "start": np.asarray(1.0)}


@sigma_delta_mean_is_within_two_over_n.control(
    "each bit is the sign of its own level, nothing is carried over"
)
def _(use, x, start, n):
    xp = array_namespace(x)
    return abs(xp.sum(x - xp.where(x >= 0, 1, -1)) / n), constant(x, 2) / n


@sigma_delta_mean_is_within_two_over_n.control("levels up to three times full scale")
def _(use, x, start, n):
    xp = array_namespace(x)
    return abs(xp.sum(3 * x - use("sigma_delta")(3 * x, start)) / n), constant(x, 2) / n


@condition(generic=True)
def start_below_full_scale(start):
    return bool(np.all(start < 1))


def _steps_of_a_rounded_sum(x, start, place):
    """2⌊(s_t + t + 1)/2⌋ − 2⌊(s_{t−1} + t)/2⌋ − 1 for the running sums s of the input; `place` is what is added first."""
    xp = array_namespace(x)
    total, before, bits = start, xp.floor((start + place) / 2), []
    for t in range(x.shape[-1]):
        total = total + x[..., t]
        ones = xp.floor((total + t + 1 + place) / 2)
        bits.append(2 * (ones - before) - 1)
        before = ones
    return xp.stack(bits, axis=-1)


# So many steps that a small error of what is carried over adds up to a different bit.
@check(sizes={"n": (7, 16, 33)})
def sigma_delta_bits_are_steps_of_a_rounded_running_sum(use, x: Real[Array, "k n"], start: Real[Array, "k"]):
    return use("sigma_delta")(x, start), _steps_of_a_rounded_sum(x, start, 1)


_NOTHING = "zero times a number, and zero over one that is negative, are zero"
sigma_delta_bits_are_steps_of_a_rounded_running_sum.explain("0 * v → 0", _NOTHING)
sigma_delta_bits_are_steps_of_a_rounded_running_sum.explain_implementation(
    "sigma_delta", "0 * v → 0", _NOTHING
)


@sigma_delta_bits_are_steps_of_a_rounded_running_sum.control("the sum is rounded half a step lower")
def _(use, x, start):
    return use("sigma_delta")(x, start), _steps_of_a_rounded_sum(x, start, 0)


@sigma_delta_bits_are_steps_of_a_rounded_running_sum.control("each bit is the sign of its own level")
def _(use, x, start):
    xp = array_namespace(x)
    return use("sigma_delta")(x, start), xp.where(x >= 0, 1 + 0 * x, 0 * x - 1)


@check(sizes={"n": (16, 32, 64, 128, 256)})
def sigma_delta_error_falls_as_one_over_n(use, u: Uniform[Array, "samples n"]):
    # Of the random numbers of a row the first is the level, the second the state at the start.
    level = u[:, :1]
    bits = use("sigma_delta")(np.broadcast_to(level, u.shape), u[:, 1])
    return np.mean(bits, axis=1, keepdims=True) - level, -1


for _edit in ("constant changed: 1 → 2", "constant changed: 1 → 0"):
    sigma_delta_error_falls_as_one_over_n.explain(
        _edit, "the state may start anywhere, so another random number does as well"
    )


@sigma_delta_error_falls_as_one_over_n.control("random bits of the same mean, which err as n^(−1/2)")
def _(use, u):
    level = u[:, :1]
    # The first number is used up by the level; the others decide the bits.
    bits = np.where(2 * u[:, 1:] - 1 < level, 1, -1)
    return np.mean(bits, axis=1, keepdims=True) - level, -1


@sigma_delta_error_falls_as_one_over_n.control("bits that carry nothing over, which do not approach at all")
def _(use, u):
    level = u[:, :1]
    return np.mean(np.where(u + level >= level, 1, -1), axis=1, keepdims=True) - level, -1


@sigma_delta_error_falls_as_one_over_n.control("the exponent −1/2 of independent errors")
def _(use, u):
    level = u[:, :1]
    bits = use("sigma_delta")(np.broadcast_to(level, u.shape), u[:, 1])
    return np.mean(bits, axis=1, keepdims=True) - level, -0.5
