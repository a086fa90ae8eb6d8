"""The two sides of the claims about evaluating polynomials."""

from __future__ import annotations

from kg.numbers import Array, Real
from kg.verify import check


@check
def horner_evaluation_is_power_evaluation(use, a: Real[Array, "n"], x: Real[Array, "m"]):
    return use("horner_evaluation")(a, x), use("power_evaluation")(a, x)


@horner_evaluation_is_power_evaluation.control("the coefficients are read from the other end")
def _(use, a, x):
    return use("horner_evaluation")(a[::-1], x), use("power_evaluation")(a, x)


@check
def power_evaluation_is_linear_in_the_coefficients(
    use, a: Real[Array, "n"], b: Real[Array, "n"], x: Real[Array, "m"]
):
    evaluate = use("power_evaluation")
    return evaluate(a + b, x), evaluate(a, x) + evaluate(b, x)


@power_evaluation_is_linear_in_the_coefficients.control("the point is added instead of the coefficients")
def _(use, a, b, x):
    evaluate = use("power_evaluation")
    return evaluate(a, x + x), evaluate(a, x) + evaluate(b, x)
