"""Checks of the claims about activation functions."""

from __future__ import annotations

from kg.numbers import array_namespace, constant, jvp, pi
from kg.verify import Array, Normal, Real, check, condition


@condition
def standard_normal_threshold(z):
    # Whether the sample can be one of standard normals: its sum and its sum of squares lie where they do but for a chance
    # below 10⁻¹¹ (a normal tail, and the tail bounds of Laurent and Massart for chi-square with exponent 27).
    n, total, squares = z.size, float(abs(z.sum())), float((z * z).sum())
    return total < 7 * n**0.5 and n - 2 * (27 * n) ** 0.5 <= squares <= n + 2 * (27 * n) ** 0.5 + 54


@check
def gelu_is_the_normal_cdf_gate(use, x: Real[Array, "n"]):
    return use("gelu")(x), use("normal_cdf_gate")(x)


@gelu_is_the_normal_cdf_gate.control("the approximation of GELU with a hyperbolic tangent")
def _(use, x):
    xp = array_namespace(x)
    inner = xp.sqrt(2 / pi(x)) * (x + constant(x, 44715) / 1000000 * x**3)
    return 0.5 * x * (1 + xp.tanh(inner)), use("normal_cdf_gate")(x)


@gelu_is_the_normal_cdf_gate.control("the upper tail in place of the lower")
def _(use, x):
    return use("gelu")(x), x - use("normal_cdf_gate")(x)


@check
def expectation_of_a_stochastic_gate_is_gelu(use, x: Real[Array, "4 n"], z: Normal[Array, "samples 4 n"]):
    return use("stochastic_gate")(x, z) - use("gelu")(x), 0


@expectation_of_a_stochastic_gate_is_gelu.control("the rectifier is switched, not the identity")
def _(use, x, z):
    return use("stochastic_gate")(use("relu")(x), z) - use("gelu")(x), 0


@expectation_of_a_stochastic_gate_is_gelu.control("a threshold of standard deviation 11/10")
def _(use, x, z):
    return use("stochastic_gate")(x, z * 11 / 10) - use("gelu")(x), 0


@expectation_of_a_stochastic_gate_is_gelu.control("the mean for a logistic threshold, x σ(x)")
def _(use, x, z):
    return use("stochastic_gate")(x, z) - x / (1 + array_namespace(x).exp(-x)), 0


@check
def gelu_is_not_a_stochastic_gate_of_relu(use, x: Real[Array, "n"]):
    return use("gelu")(x), use("relu")(x) * use("normal_cdf")(x)


@gelu_is_not_a_stochastic_gate_of_relu.counterexample
def _():
    return {"x": ["-1"]}


@gelu_is_not_a_stochastic_gate_of_relu.control("the identity is switched, not the rectifier")
def _(use, x):
    return use("normal_cdf_gate")(x), x * use("normal_cdf")(x)


@gelu_is_not_a_stochastic_gate_of_relu.control("the input is positive")
def _(use, x):
    return use("gelu")(x * x), use("relu")(x * x) * use("normal_cdf")(x * x)


@check(relation="<=")
def gelu_is_not_an_antiderivative_of_a_cdf(use, x: Real[Array, "n"]):
    return _distance_of_slope_from_half(use("gelu"), x)


def _distance_of_slope_from_half(function, x):
    """Twice the distance of the slope from ½, and 1: a slope is a distribution function's value only if it is in [0, 1]."""
    xp = array_namespace(x)
    ones = xp.ones(x.shape, dtype=x.dtype)
    return abs(2 * jvp(function, x, ones) - 1), ones


@gelu_is_not_an_antiderivative_of_a_cdf.counterexample
def _():
    return {"x": ["-7/5"]}


@gelu_is_not_an_antiderivative_of_a_cdf.control(
    "the normal ramp, the antiderivative of the normal distribution function"
)
def _(use, x):
    return _distance_of_slope_from_half(use("normal_ramp"), x)


@gelu_is_not_an_antiderivative_of_a_cdf.control(
    "softplus, the antiderivative of the logistic distribution function"
)
def _(use, x):
    def softplus(point):
        xp = array_namespace(point)
        return xp.log(1 + xp.exp(point))

    return _distance_of_slope_from_half(softplus, x)


@check
def gelu_is_the_normal_ramp_minus_the_normal_density(use, x: Real[Array, "n"]):
    return use("gelu")(x), use("normal_ramp")(x) - use("normal_density")(x)


@gelu_is_the_normal_ramp_minus_the_normal_density.control("the ramp alone")
def _(use, x):
    return use("gelu")(x), use("normal_ramp")(x)


@gelu_is_the_normal_ramp_minus_the_normal_density.control("the density without its factor 1/√(2π)")
def _(use, x):
    return use("gelu")(x), use("normal_ramp")(x) - array_namespace(x).exp(-x * x / 2)


@check
def relu_is_half_of_x_plus_its_absolute_value(use, x: Real[Array, "n"]):
    return use("relu")(x), (x + use("absolute_value")(x)) / 2


@relu_is_half_of_x_plus_its_absolute_value.control(
    "the absolute value is subtracted, which gives the negative part"
)
def _(use, x):
    return use("relu")(x), (x - use("absolute_value")(x)) / 2


@relu_is_half_of_x_plus_its_absolute_value.control("a leaky rectifier keeps a hundredth of the negative part")
def _(use, x):
    return use("relu")(x) - use("relu")(-x) / 100, (x + use("absolute_value")(x)) / 2
