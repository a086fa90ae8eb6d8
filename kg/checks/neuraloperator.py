"""Checks of the claims about kernel integrals and what attention on a grid tends to."""

from __future__ import annotations

import math

import numpy as np

from kg.numbers import array_namespace, constant, pi
from kg.verify import Array, Positive, Real, Size, Uniform, check

# Attention as a quadrature --------------------------------------------------------------------------------------


def _equal_weights(v):
    """1/n at each of the n points."""
    xp = array_namespace(v)
    return xp.ones((v.shape[0],), dtype=v.dtype) / v.shape[0]


@check
def fourier_attention_is_a_discretised_kernel_integral(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    right = use("discretised_kernel_integral")(q @ k.mT, _equal_weights(v), v)
    return use("fourier_attention")(q, k, v), right


@fourier_attention_is_a_discretised_kernel_integral.control("the kernel is read with its arguments exchanged")
def _(use, q, k, v):
    right = use("discretised_kernel_integral")(k @ q.mT, _equal_weights(v), v)
    return use("fourier_attention")(q, k, v), right


@fourier_attention_is_a_discretised_kernel_integral.control("the weights are one")
def _(use, q, k, v):
    right = use("discretised_kernel_integral")(q @ k.mT, v.shape[0] * _equal_weights(v), v)
    return use("fourier_attention")(q, k, v), right


@check
def softmax_attention_is_a_normalised_kernel_integral(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    kernel = use("exponential_kernel")(q, k)
    return use("softmax_attention")(q, k, v), use("normalised_kernel_integral")(kernel, _equal_weights(v), v)


@softmax_attention_is_a_normalised_kernel_integral.control(
    "the integral is not divided by that of the kernel"
)
def _(use, q, k, v):
    kernel = use("exponential_kernel")(q, k)
    return use("softmax_attention")(q, k, v), use("discretised_kernel_integral")(kernel, _equal_weights(v), v)


@softmax_attention_is_a_normalised_kernel_integral.control("the points have weights 1, 2, 3, …")
def _(use, q, k, v):
    xp = array_namespace(v)
    weights = xp.asarray(np.arange(1, v.shape[0] + 1), dtype=v.dtype)
    kernel = use("exponential_kernel")(q, k)
    return use("softmax_attention")(q, k, v), use("normalised_kernel_integral")(kernel, weights, v)


softmax_attention_is_a_normalised_kernel_integral.explain(
    "kernel * weights[None, :] →", "the weights are equal here, and equal weights cancel"
)


@check
def normalised_kernel_integral_is_a_kernel_smoother(
    use, kernel: Positive[Array, "n m"], weights: Positive[Array, "m"], v: Real[Array, "m e"]
):
    right = use("nadaraya_watson_smoother")(kernel * weights[None, :], v)
    return use("normalised_kernel_integral")(kernel, weights, v), right


@normalised_kernel_integral_is_a_kernel_smoother.control("the weights are left out")
def _(use, kernel, weights, v):
    return use("normalised_kernel_integral")(kernel, weights, v), use("nadaraya_watson_smoother")(kernel, v)


@normalised_kernel_integral_is_a_kernel_smoother.control(
    "the weights stand at the values only, not in the normaliser"
)
def _(use, kernel, weights, v):
    left = use("normalised_kernel_integral")(kernel, weights, v)
    return left, use("nadaraya_watson_smoother")(kernel, weights[:, None] * v)


@check
def integral_transformer_layer_is_a_discretised_kernel_integral(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n d"]
):
    kernel = q @ k.mT / array_namespace(q).sqrt(constant(q, q.shape[1]))
    right = v + use("discretised_kernel_integral")(kernel, _equal_weights(v), v)
    return use("integral_transformer_layer")(q, k, v), right


@integral_transformer_layer_is_a_discretised_kernel_integral.control(
    "a softmax makes the rows of the kernel sum to one"
)
def _(use, q, k, v):
    return use("integral_transformer_layer")(q, k, v), v + use("softmax_attention")(q, k, v)


@integral_transformer_layer_is_a_discretised_kernel_integral.control("the values are not added")
def _(use, q, k, v):
    kernel = q @ k.mT / array_namespace(q).sqrt(constant(q, q.shape[1]))
    right = use("discretised_kernel_integral")(kernel, _equal_weights(v), v)
    return use("integral_transformer_layer")(q, k, v), right


# Refining the grid ----------------------------------------------------------------------------------------------

_QUERIES = np.asarray([[1.0], [2.0]])


def _attention_of_the_interval():
    """∫ e^{xy} y dy / ∫ e^{xy} dy over the unit interval, at the queries x."""
    x = _QUERIES
    return (np.exp(x) * (x - 1) + 1) / x**2 / (np.expm1(x) / x)


def _midpoints(n):
    return (np.arange(n) + 0.5)[:, None] / n


@check(sizes={"n": (8, 16, 32, 64, 128)})
def softmax_attention_on_a_uniform_grid_has_second_order(use, n: Size[int, "n"]):
    y = _midpoints(n)
    return use("softmax_attention")(_QUERIES, y, y) - _attention_of_the_interval(), -2


@softmax_attention_on_a_uniform_grid_has_second_order.control("the points lie at the left ends of the cells")
def _(use, n):
    y = np.arange(n)[:, None] / n
    return use("softmax_attention")(_QUERIES, y, y) - _attention_of_the_interval(), -2


@softmax_attention_on_a_uniform_grid_has_second_order.control("the points crowd at zero, at the squares")
def _(use, n):
    y = _midpoints(n) ** 2
    return use("softmax_attention")(_QUERIES, y, y) - _attention_of_the_interval(), -2


@check(sizes={"n": (32, 64, 128, 256, 512)})
def softmax_attention_of_random_points_converges_as_one_over_the_root(
    use, n: Size[int, "n"], points: Uniform[Array, "samples n"]
):
    y = points[:, :, None]
    return use("softmax_attention")(_QUERIES, y, y) - _attention_of_the_interval(), -0.5


@softmax_attention_of_random_points_converges_as_one_over_the_root.control("equidistant points")
def _(use, n, points):
    y = (points[:, :1] + np.arange(n)[None, :])[:, :, None] / n
    return use("softmax_attention")(_QUERIES, y, y) - _attention_of_the_interval(), -0.5


@softmax_attention_of_random_points_converges_as_one_over_the_root.control(
    "the points are squares of uniform ones"
)
def _(use, n, points):
    y = points[:, :, None] ** 2
    return use("softmax_attention")(_QUERIES, y, y) - _attention_of_the_interval(), -0.5


@check(sizes={"n": (8, 16, 32, 64, 128)})
def equal_weights_on_an_uneven_grid_integrate_against_its_density(use, n: Size[int, "n"]):
    # ∫ y² ρ(y) dy with the density ρ(y) = 1/(2√y) of the squares of equidistant points.
    y = _midpoints(n) ** 2
    return use("fourier_attention")(np.ones((n, 1)), y, y) - 1 / 5, -2


@equal_weights_on_an_uneven_grid_integrate_against_its_density.control(
    "the integral with dy, as on an even grid"
)
def _(use, n):
    y = _midpoints(n) ** 2
    return use("fourier_attention")(np.ones((n, 1)), y, y) - 1 / 3, -2


@check(sizes={"n": (8, 16, 32, 64, 128)})
def weights_of_the_cells_restore_the_integral_on_an_uneven_grid(use, n: Size[int, "n"]):
    t = _midpoints(n)
    cells = (t + 1 / (2 * n)) ** 2 - (t - 1 / (2 * n)) ** 2
    return use("discretised_kernel_integral")((t**2).T, cells[:, 0], t**2) - 1 / 3, -2


@weights_of_the_cells_restore_the_integral_on_an_uneven_grid.control("equal weights")
def _(use, n):
    y = _midpoints(n) ** 2
    return use("discretised_kernel_integral")(y.T, np.ones(n) / n, y) - 1 / 3, -2


@weights_of_the_cells_restore_the_integral_on_an_uneven_grid.control("the cell is charged to its left end")
def _(use, n):
    t = _midpoints(n)
    cells = (t + 1 / (2 * n)) ** 2 - (t - 1 / (2 * n)) ** 2
    y = (t - 1 / (2 * n)) ** 2
    return use("discretised_kernel_integral")(y.T, cells[:, 0], y) - 1 / 3, -2


def _modified_bessel_one(x):
    """I₁(1) by its power series, to far below the accuracy of a float."""
    total = 0 * x
    for m in range(20):
        total = total + constant(x, 1) / (2 * 4**m * math.factorial(m) * math.factorial(m + 1))
    return total


def _quadrature_error(use, x, grid):
    """How far the sum over a grid is from ∫ e^{cos 2π(x−y)} sin 2πy dy = I₁(1) sin 2πx."""
    xp = array_namespace(x)
    turn = 2 * pi(x)
    kernel = xp.exp(xp.cos(turn * (x - grid)))[None, :]
    wave = xp.sin(turn * grid)[:, None]
    total = use("discretised_kernel_integral")(kernel, _equal_weights(wave), wave)[0, 0]
    return abs(total - _modified_bessel_one(x) * xp.sin(turn * x))


def _even_grid(x, n):
    xp = array_namespace(x)
    return xp.asarray(np.arange(n), dtype=x.dtype) / n


@check(sizes={"n": (3, 4, 5, 6, 8)})
def periodic_kernel_integral_is_within_a_factorial_of_its_closed_form(
    use, n: Size[int, "n"], x: Real[Array, ""]
):
    bound = constant(x, 3) / (2**n * math.factorial(n - 1))
    return _quadrature_error(use, x, _even_grid(x, n)), bound


@periodic_kernel_integral_is_within_a_factorial_of_its_closed_form.control(
    "the points crowd at zero, at the squares"
)
def _(use, n, x):
    bound = constant(x, 3) / (2**n * math.factorial(n - 1))
    return _quadrature_error(use, x, _even_grid(x, n) ** 2), bound


@periodic_kernel_integral_is_within_a_factorial_of_its_closed_form.control("a bound for one point more")
def _(use, n, x):
    bound = constant(x, 3) / (2 ** (n + 1) * math.factorial(n))
    return _quadrature_error(use, x, _even_grid(x, n)), bound


# The constant of the error estimate -----------------------------------------------------------------------------


def _smallest(matrix):
    """The smallest singular value: of the Gram matrix of test and trial functions it is the inf-sup constant."""
    return np.min(np.linalg.svdvals(matrix), axis=-1)


def _powers(y):
    """The functions 1, y, y² at the points."""
    return np.concatenate([y**0, y, y**2], axis=-1)


def _continuous():
    """∫ y^a y^b dy = 1/(a+b+1): the Hilbert matrix."""
    return _smallest(np.asarray([[1, 1 / 2, 1 / 3], [1 / 2, 1 / 3, 1 / 4], [1 / 3, 1 / 4, 1 / 5]]))


@check(sizes={"n": (8, 16, 32, 64, 128)})
def inf_sup_constant_on_a_uniform_grid_has_second_order(use, n: Size[int, "n"]):
    f = _powers(_midpoints(n))
    return _smallest(use("discrete_gram_matrix")(f, f)) - _continuous(), -2


@inf_sup_constant_on_a_uniform_grid_has_second_order.control("the sum is not divided by the number of points")
def _(use, n):
    f = _powers(_midpoints(n))
    return _smallest(n * use("discrete_gram_matrix")(f, f)) - _continuous(), -2


@inf_sup_constant_on_a_uniform_grid_has_second_order.control(
    "one test function is a combination of the others"
)
def _(use, n):
    f = _powers(_midpoints(n))
    k = np.concatenate([f[:, :2], f[:, :1] + f[:, 1:2]], axis=1)
    return _smallest(use("discrete_gram_matrix")(f, k)) - _continuous(), -2


@check(sizes={"n": (64, 128, 256, 512, 1024)})
def inf_sup_constant_of_random_points_converges_as_one_over_the_root(
    use, n: Size[int, "n"], points: Uniform[Array, "samples n"]
):
    f = _powers(points[:, :, None])
    return _smallest(use("discrete_gram_matrix")(f, f)) - _continuous(), -0.5


@inf_sup_constant_of_random_points_converges_as_one_over_the_root.control("one point at random in each cell")
def _(use, n, points):
    f = _powers(((points + np.arange(n)) / n)[:, :, None])
    return _smallest(use("discrete_gram_matrix")(f, f)) - _continuous(), -0.5


@inf_sup_constant_of_random_points_converges_as_one_over_the_root.control(
    "the points are squares of uniform ones"
)
def _(use, n, points):
    f = _powers(points[:, :, None] ** 2)
    return _smallest(use("discrete_gram_matrix")(f, f)) - _continuous(), -0.5
