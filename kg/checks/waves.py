"""Checks of the claims about neural fields."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Natural, Positive, Probability, Real, Size, check, condition


@condition(generic=True)
def decay_between_zero_and_one(r):
    return bool(r > 0) and bool(r < 1)


@condition(generic=True)
def zero_outside_the_grid(f):
    # A list says nothing about other points, and both sides read that as zero; what must hold is that it is a list.
    return f.ndim == 1


@check
def exponential_kernel_convolution_is_undone_by_a_local_operator(
    use, f: Real[Array, "n"], r: Probability[Array, ""]
):
    return use("local_field_operator")(use("exponential_kernel_convolution")(f, r), r), f


@exponential_kernel_convolution_is_undone_by_a_local_operator.control(
    "a Gaussian kernel: the distance is squared"
)
def _(use, f, r):
    xp = array_namespace(f)
    n = f.shape[0]
    u = []
    for i in range(-1, n + 1):
        total = 0
        for j in range(n):
            total = total + r ** ((i - j) ** 2) * f[j]
        u.append((1 - r) / (1 + r) * total)
    return use("local_field_operator")(xp.stack(u), r), f


@exponential_kernel_convolution_is_undone_by_a_local_operator.control(
    "the convolution is cut off at the ends of the grid"
)
def _(use, f, r):
    xp = array_namespace(f)
    u = use("exponential_kernel_convolution")(f, r)
    zero = xp.zeros((1,), dtype=f.dtype)
    return use("local_field_operator")(xp.concat([zero, u[1:-1], zero]), r), f


@exponential_kernel_convolution_is_undone_by_a_local_operator.control(
    "the long-wave approximation: 1 − σ²∂² acts on f instead of being undone"
)
def _(use, f, r):
    xp = array_namespace(f)
    zero = xp.zeros((1,), dtype=f.dtype)
    g = xp.concat([zero, f, zero])
    approximation = f + r / (1 - r) ** 2 * (g[:-2] - 2 * f + g[2:])
    return use("exponential_kernel_convolution")(f, r)[1:-1], approximation


@condition(generic=True)
def positive_width(sigma):
    return bool(sigma > 0)


@check
def front_speed_meets_the_threshold(use, kappa: Probability[Array, ""], sigma: Positive[Array, ""]):
    return use("front_activity")(use("front_speed")(kappa, sigma), sigma), kappa


@front_speed_meets_the_threshold.control("full firing is taken to cause twice as much")
def _(use, kappa, sigma):
    return use("front_activity")(use("front_speed")(kappa / 2, sigma), sigma), kappa


@front_speed_meets_the_threshold.control("the formula for low thresholds is used for high ones")
def _(use, kappa, sigma):
    high = (1 + kappa) / 2
    return use("front_activity")(sigma * (1 - 2 * high) / (2 * high), sigma), high


@check
def front_speed_has_no_single_formula(use, kappa: Probability[Array, ""], sigma: Positive[Array, ""]):
    return use("front_activity")(sigma * (1 - 2 * kappa) / (2 * kappa), sigma), kappa


@front_speed_has_no_single_formula.counterexample
def _():
    return {"kappa": "7/10", "sigma": 1}


@front_speed_has_no_single_formula.control("thresholds below one half")
def _(use, kappa, sigma):
    return use("front_activity")(sigma * (1 - kappa) / kappa, sigma), kappa / 2


# Fast fronts and slow ones, of activity and of rest.
_THRESHOLDS = (0.25, 0.45, 0.55, 0.7)


@check(sizes={"n": (4, 8, 16, 32, 64)})
def front_activity_summed_over_the_past_has_second_order(use, n: Size[int, "n"]):
    return [_excess(use, use("front_speed"), kappa, n) for kappa in _THRESHOLDS], -2


@front_activity_summed_over_the_past_has_second_order.control(
    "the formula for low thresholds is used for high ones"
)
def _(use, n):
    return [_excess(use, _one_formula, kappa, n) for kappa in _THRESHOLDS], -2


@front_activity_summed_over_the_past_has_second_order.control("the speed is wrong by one part in a hundred")
def _(use, n):
    return [_excess(use, _faster(use), kappa, n) for kappa in _THRESHOLDS], -2


def _one_formula(kappa, sigma):
    return sigma * (1 - 2 * kappa) / (2 * kappa)


def _faster(use):
    return lambda kappa, sigma: use("front_speed")(kappa, sigma) * 1.01


def _excess(use, speed, kappa, n):
    """How far the activity gathered by a front of this speed is from the threshold that it should just reach."""
    kappa, sigma = np.asarray(kappa), np.asarray(2.0)
    return use("front_activity_by_quadrature")(speed(kappa, sigma), sigma, steps=n) - kappa


for _edit in ("constant changed: 40 → 41", "constant changed: 40 → 39"):
    front_activity_summed_over_the_past_has_second_order.explain_implementation(
        "front_activity_by_quadrature", _edit, "all that comes so late adds less than 10⁻¹⁶"
    )


@check
def front_activity_by_quadrature_is_a_geometric_sum(
    use, c: Real[Array, ""], sigma: Positive[Array, ""], steps: Natural[int, "1 2"]
):
    return use("front_activity_by_quadrature")(c, sigma, steps=steps), _geometric(c, sigma, steps, 40 * steps)


def _geometric(c, sigma, steps, terms):
    """The trapezoidal sums of two decaying exponentials, with so many steps to the unit of time, in closed form."""
    xp = array_namespace(c)
    ahead = _halved_first(xp.exp(-(1 + abs(c) / sigma) / steps), terms) / 2
    behind = _halved_first(xp.exp(-constant(c, 1) / steps), terms) - ahead
    return xp.where(c > 0, ahead, behind) / steps


def _halved_first(q, terms):
    """½ + q + q² + … with so many terms."""
    return (1 + q) / (1 - q) / 2 - q**terms / (1 - q)


@front_activity_by_quadrature_is_a_geometric_sum.control("the first moment counts in full")
def _(use, c, sigma, steps):
    found = _geometric(c, sigma, steps, 40 * steps)
    # Half of the kernel's weight lies on either side, whichever way the front moves.
    return use("front_activity_by_quadrature")(c, sigma, steps=steps), found + constant(c, 1) / (4 * steps)


@front_activity_by_quadrature_is_a_geometric_sum.control("one term more")
def _(use, c, sigma, steps):
    found = _geometric(c, sigma, steps, 40 * steps + 1)
    return use("front_activity_by_quadrature")(c, sigma, steps=steps), found
