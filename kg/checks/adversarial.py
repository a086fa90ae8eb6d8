"""Checks of the claims about worst-case perturbations and the norms that measure them."""

from __future__ import annotations

from itertools import product

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Natural, Orthogonal, Positive, Real, Size, UnitRows, check, condition


def _length(v):
    xp = array_namespace(v)
    return xp.sqrt(xp.sum(v * v))


# Linear models ---------------------------------------------------------------------------------------------------


@check(sizes={"d": (2, 3)})
def margin_at_the_worst_corner_is_the_margin_less_the_dual_norm(
    use, w: Real[Array, "d"], x: Real[Array, "d"], epsilon: Positive[Array, ""]
):
    return use("margin_at_the_worst_corner")(w, x, epsilon), use("margin_less_the_dual_norm")(w, x, epsilon)


@margin_at_the_worst_corner_is_the_margin_less_the_dual_norm.control(
    "the norm of the perturbation itself in place of its dual: the largest weight"
)
def _(use, w, x, epsilon):
    xp = array_namespace(w)
    return use("margin_at_the_worst_corner")(w, x, epsilon), w @ x - epsilon * xp.max(xp.abs(w))


@margin_at_the_worst_corner_is_the_margin_less_the_dual_norm.control("the perturbation helps the margin")
def _(use, w, x, epsilon):
    return use("margin_at_the_worst_corner")(w, x, epsilon), use("margin_less_the_dual_norm")(w, x, -epsilon)


# Least squares with uncertain data -------------------------------------------------------------------------------


@check(relation="<=")
def residual_of_perturbed_least_squares_is_at_most_the_lasso_penalty_more(
    use,
    a: Real[Array, "m n"],
    y: Real[Array, "m"],
    x: Real[Array, "n"],
    directions: UnitRows[Array, "n m"],
    c: Positive[Array, ""],
):
    xp = array_namespace(a)
    return _length(y - (a + c * directions.mT) @ x), _length(y - a @ x) + c * xp.sum(xp.abs(x))


@residual_of_perturbed_least_squares_is_at_most_the_lasso_penalty_more.control(
    "the penalty of ridge regression, the Euclidean length of the coefficients"
)
def _(use, a, y, x, directions, c):
    return _length(y - (a + c * directions.mT) @ x), _length(y - a @ x) + c * _length(x)


@residual_of_perturbed_least_squares_is_at_most_the_lasso_penalty_more.witness
def _(a, y, x):
    residual = y - a @ x
    return {"directions": -np.sign(x)[:, None] * (residual / np.linalg.norm(residual))[None, :]}


@check(relation="<=")
def residual_of_least_squares_perturbed_as_a_whole_is_at_most_the_ridge_penalty_more(
    use, a: Real[Array, "m n"], y: Real[Array, "m"], x: Real[Array, "n"], change: Real[Array, "m n"]
):
    return _length(y - (a + change) @ x), _length(y - a @ x) + _length(change) * _length(x)


@residual_of_least_squares_perturbed_as_a_whole_is_at_most_the_ridge_penalty_more.control(
    "the largest entry of the coefficients in place of their length"
)
def _(use, a, y, x, change):
    xp = array_namespace(a)
    return _length(y - (a + change) @ x), _length(y - a @ x) + _length(change) * xp.max(xp.abs(x))


@residual_of_least_squares_perturbed_as_a_whole_is_at_most_the_ridge_penalty_more.witness
def _(a, y, x):
    return {"change": -np.outer(y - a @ x, x)}


# Steps and directions --------------------------------------------------------------------------------------------


@condition
def start_in_the_box(x):
    return bool(np.all(abs(x) <= 1))


@start_in_the_box.sampler
def _(x):
    return {"x": x / (1 + array_namespace(x).abs(x))}


@condition
def gradient_without_zeros(gradient):
    return bool(np.all(gradient != 0))


def _lengths(gradient):
    """The shortest step that crosses the box in every coordinate, and one of half its width at most."""
    xp = array_namespace(gradient)
    return 2 / xp.min(xp.abs(gradient)), 1 / (2 * xp.max(xp.abs(gradient)))


@check
def projected_long_step_on_a_box_is_its_steepest_corner(use, x: Real[Array, "d"], gradient: Real[Array, "d"]):
    step, (long, short) = use("projected_step_on_a_box"), _lengths(gradient)
    steps = [step(x, gradient, long), step(x / 2, gradient, short)]
    return steps, [use("steepest_corner_of_a_box")(gradient), x / 2 + short * gradient]


@projected_long_step_on_a_box_is_its_steepest_corner.control("the gradient divided by its Euclidean length")
def _(use, x, gradient):
    return use("projected_step_on_a_box")(x, gradient, _lengths(gradient)[0]), gradient / _length(gradient)


@projected_long_step_on_a_box_is_its_steepest_corner.control("the step is not long enough")
def _(use, x, gradient):
    step, (_, short) = use("projected_step_on_a_box"), _lengths(gradient)
    return step(x / 2, gradient, short), use("steepest_corner_of_a_box")(gradient)


@check(sizes={"n": (16, 32, 64, 128, 256)})
def direction_of_a_long_step_approaches_the_gradient_like_one_over_its_length(
    use, x: UnitRows[Array, "3"], gradient: UnitRows[Array, "3"], n: Size[int, "n"]
):
    point = x + n * gradient
    return _length(point / _length(point) - gradient), -1


@direction_of_a_long_step_approaches_the_gradient_like_one_over_its_length.control(
    "the length of the step is the square root of n"
)
def _(use, x, gradient, n):
    point = x + n**0.5 * gradient
    return _length(point / _length(point) - gradient), -1


# Power methods ---------------------------------------------------------------------------------------------------


@condition
def nonnegative_entries(a):
    return bool(np.all(a >= 0))


@nonnegative_entries.sampler
def _(a):
    return {"a": abs(a)}


@condition
def no_row_or_column_of_zeros(a):
    return bool(np.all(np.any(a != 0, axis=0)) and np.all(np.any(a != 0, axis=1)))


@condition
def start_seen_by_the_matrix(singular_values, axes, start):
    xp = array_namespace(start)
    return bool(np.all(xp.sum((singular_values * (axes.mT @ start)) ** 2) != 0))


@check(sizes={"d": (2, 3, 4)})
def infinity_to_one_norm_of_a_nonnegative_matrix_is_found_by_the_sign_power_method(
    use, a: Real[Array, "e d"], steps: Natural[int, "1 4"]
):
    return use("infinity_to_one_norm")(a), use("sign_power_method")(a, 1 + 0 * a[0, :], steps)


@infinity_to_one_norm_of_a_nonnegative_matrix_is_found_by_the_sign_power_method.control(
    "the largest sum of a row, which is the norm from the largest entry to the largest entry"
)
def _(use, a, steps):
    xp = array_namespace(a)
    return use("infinity_to_one_norm")(a), xp.max(xp.sum(xp.abs(a), axis=1))


@infinity_to_one_norm_of_a_nonnegative_matrix_is_found_by_the_sign_power_method.control(
    "the first entry is negative"
)
def _(use, a, steps):
    xp = array_namespace(a)
    flipped = xp.where((np.arange(a.shape[0]) == 0)[:, None] & (np.arange(a.shape[1]) == 0), -a, a)
    return use("infinity_to_one_norm")(flipped), xp.sum(xp.abs(a))


for _edit, _reason in (
    ("xp.abs(a @ s) → a @ s", "nothing is negative here, so the modulus changes nothing"),
    ("a @ s → a", "the product with a vector of ones sums to what the entries sum to"),
    ("xp.sign(a @ s) → a @ s", "nothing is negative here, so the signs are those of the sums themselves"),
):
    infinity_to_one_norm_of_a_nonnegative_matrix_is_found_by_the_sign_power_method.explain(_edit, _reason)


@check(relation="<=", sizes={"d": (2, 3, 4)})
def sign_power_method_does_not_fall_below_its_start(
    use, a: Real[Array, "e d"], x: Real[Array, "d"], steps: Natural[int, "1 3"]
):
    xp = array_namespace(a)
    return xp.sum(xp.abs(a @ x)), use("sign_power_method")(a, x, steps)


@sign_power_method_does_not_fall_below_its_start.witness
def _(a, x):
    # Nothing cancels at a vector of ones if no entry is positive, and the method stays there.
    return {"a": -np.abs(a), "x": 1 + 0 * x}


@sign_power_method_does_not_fall_below_its_start.control("the start lies outside the box")
def _(use, a, x, steps):
    xp = array_namespace(a)
    return xp.sum(xp.abs(a @ (2 * x))), use("sign_power_method")(a, 2 * x, steps)


@check
def sign_power_method_does_not_always_find_the_infinity_to_one_norm(use, a: Real[Array, "e d"]):
    return use("sign_power_method")(a, 1 + 0 * a[0, :], 4), use("infinity_to_one_norm")(a)


@sign_power_method_does_not_always_find_the_infinity_to_one_norm.counterexample
def _():
    # A method without the inner signs, with the signs of AᵀAs, would leave the start and find the norm here.
    return {"a": [[6, -3], [-1, 2], [-1, 2]]}


@sign_power_method_does_not_always_find_the_infinity_to_one_norm.control("the moduli of the entries")
def _(use, a):
    a = abs(a)
    return use("sign_power_method")(a, 1 + 0 * a[0, :], 4), use("infinity_to_one_norm")(a)


@check(sizes={"e": (2, 3), "d": (2, 3)})
def infinity_to_one_norm_is_that_of_the_transposed_matrix(use, a: Real[Array, "e d"]):
    norm = use("infinity_to_one_norm")
    return [norm(a), norm(a.mT)], [_largest_form(a), _largest_form(a)]


def _largest_form(a, values=(-1, 1)):
    """The largest Σ_ij t_i A_ij s_j over vectors s and t of such numbers."""
    xp = array_namespace(a)
    left, right = (xp.asarray(np.asarray(list(product(values, repeat=n))), dtype=a.dtype) for n in a.shape)
    return xp.max(left @ a @ right.mT)


@infinity_to_one_norm_is_that_of_the_transposed_matrix.control("subsets in place of signs: the cut norm")
def _(use, a):
    return use("infinity_to_one_norm")(a), _largest_form(a, (0, 1))


@infinity_to_one_norm_is_that_of_the_transposed_matrix.control("the sum of all moduli")
def _(use, a):
    # The moduli are never reached where signs of rows and columns cannot undo those of the entries.
    xp = array_namespace(a)
    odd = (np.arange(a.shape[0]) == 0)[:, None] & (np.arange(a.shape[1]) == 0)
    a = xp.where(odd, -abs(a), abs(a))
    return use("infinity_to_one_norm")(a), xp.sum(abs(a))


@check
def stretch_after_power_steps_is_a_ratio_of_power_sums(
    use,
    singular_values: Real[Array, "d"],
    axes: Orthogonal[Array, "d d"],
    start: Real[Array, "d"],
    steps: Natural[int, "1 2"],
):
    xp = array_namespace(start)
    j = singular_values[:, None] * axes.mT
    image = j @ use("power_method")(j, start, steps)[steps - 1, :]
    shares = (axes.mT @ start) ** 2
    power = singular_values ** (4 * steps)
    return xp.sum(image * image), xp.sum(shares * power * singular_values**2) / xp.sum(shares * power)


@stretch_after_power_steps_is_a_ratio_of_power_sums.control(
    "powers of the singular values themselves, half as high"
)
def _(use, singular_values, axes, start, steps):
    xp = array_namespace(start)
    j = singular_values[:, None] * axes.mT
    image = j @ use("power_method")(j, start, steps)[steps - 1, :]
    shares = (axes.mT @ start) ** 2
    power = singular_values ** (2 * steps)
    return xp.sum(image * image), xp.sum(shares * power * singular_values**2) / xp.sum(shares * power)


@stretch_after_power_steps_is_a_ratio_of_power_sums.control("the largest singular value, squared")
def _(use, singular_values, axes, start, steps):
    xp = array_namespace(start)
    j = singular_values[:, None] * axes.mT
    image = j @ use("power_method")(j, start, steps)[steps - 1, :]
    return xp.sum(image * image), singular_values[0] ** 2


# Networks --------------------------------------------------------------------------------------------------------


@check(relation="<=")
def relu_network_stretches_by_at_most_the_product_of_spectral_norms(
    use,
    w1: Real[Array, "h d"],
    b1: Real[Array, "h"],
    w2: Real[Array, "e h"],
    b2: Real[Array, "e"],
    x: Real[Array, "d"],
    y: Real[Array, "d"],
):
    xp, network = array_namespace(x), use("relu_network")
    apart = network(w1, b1, w2, b2, x) - network(w1, b1, w2, b2, y)
    return _length(apart), xp.max(xp.linalg.svdvals(w1)) * xp.max(xp.linalg.svdvals(w2)) * _length(x - y)


@relu_network_stretches_by_at_most_the_product_of_spectral_norms.control(
    "the rectifiers have slope −1 below zero and 2 above"
)
def _(use, w1, b1, w2, b2, x, y):
    xp = array_namespace(x)

    def unit(z):
        return xp.maximum(2 * z, -z)

    apart = w2 @ (unit(w1 @ x + b1) - unit(w1 @ y + b1))
    return _length(apart), xp.max(xp.linalg.svdvals(w1)) * xp.max(xp.linalg.svdvals(w2)) * _length(x - y)


@relu_network_stretches_by_at_most_the_product_of_spectral_norms.witness
def _(w1, b1, w2, x, y):
    # Every unit is on, and the direction is stretched most by both layers.
    e, h, d = len(w2), len(b1), len(x)
    first, second = np.eye(h, d), np.eye(e, h)
    direction = np.eye(d)[0]
    return {"w1": first, "w2": second, "b1": 0 * b1 + 2, "x": 0 * x, "y": direction}
