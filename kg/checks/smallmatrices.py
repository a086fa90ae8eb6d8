"""Checks of the claims about random matrices that hold for every draw or are summed over all of finitely many."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from kg.numbers import array_namespace, constant, pi
from kg.verify import Array, Complex, Real, Size, check

# Moments of the Gaussian unitary ensemble ------------------------------------------------------------------------


@check(sizes={"n": (1, 2)})
def four_point_quadrature_gives_the_harer_zagier_moments_exactly(
    use, n: Size[int, "n"], scale: Real[Array, ""]
):
    return _mean_over_nodes(use, n, scale, *_hermite(scale)), _scaled_moments(use, n, scale)


def _hermite(x):
    """The nodes and weights of four-point quadrature for a standard normal number, which is exact to degree seven."""
    xp = array_namespace(x)
    six = xp.sqrt(constant(x, 6))
    inner = xp.sqrt(3 - six)
    # The root of 3 + √6, written with the roots that are there already: the product of the two is √3.
    outer = six / xp.sqrt(constant(x, 2)) / inner
    light, heavy = (3 - six) / 12, (3 + six) / 12
    return xp.stack([outer, inner, -inner, -outer]), xp.stack([light, heavy, heavy, light])


def _mean_over_nodes(use, n, scale, nodes, weights):
    """The weighted mean of the moments over all n×n tables of nodes."""
    xp = array_namespace(scale)
    which = np.asarray(list(product(range(nodes.shape[0]), repeat=n * n)))
    moments = use("gue_moments")(scale * xp.reshape(nodes[which], (-1, n, n)))
    return xp.sum(xp.prod(weights[which], axis=1)[:, None] * moments, axis=0)


def _scaled_moments(use, n, scale):
    xp = array_namespace(scale)
    return use("harer_zagier_moments")(constant(scale, n)) * xp.stack([scale**4, scale**6])


@four_point_quadrature_gives_the_harer_zagier_moments_exactly.control(
    "three nodes, which are exact to degree five only"
)
def _(use, n, scale):
    xp = array_namespace(scale)
    three, sixth = xp.sqrt(constant(scale, 3)), constant(scale, 1) / 6
    nodes, weights = xp.stack([three, 0 * three, -three]), xp.stack([sixth, 4 * sixth, sixth])
    return _mean_over_nodes(use, n, scale, nodes, weights), _scaled_moments(use, n, scale)


@four_point_quadrature_gives_the_harer_zagier_moments_exactly.control("all four nodes weigh the same")
def _(use, n, scale):
    nodes, weights = _hermite(scale)
    return _mean_over_nodes(use, n, scale, nodes, 0 * weights + constant(scale, 1) / 4), _scaled_moments(
        use, n, scale
    )


@check
def moments_of_two_levels_follow_from_their_mean_and_spacing(use, g: Real[Array, "2 2 2"]):
    return use("gue_moments")(g), _moments(
        g, 2 * use("two_level_spacing")(g) / array_namespace(g).sqrt(pi(g))
    )


def _moments(g, half_distance):
    """½ Σ λ⁴ and ½ Σ λ⁶ of two levels, whose squared mean and squared half distance are halved by the size of two."""
    mean = (g[:, 0, 0] + g[:, 1, 1]) / 2
    a, b = mean**2 / 2, half_distance**2 / 2
    fourth, sixth = a**2 + 6 * a * b + b**2, a**3 + 15 * a * b * (a + b) + b**3
    return array_namespace(g).stack([fourth, sixth], axis=-1)


moments_of_two_levels_follow_from_their_mean_and_spacing.explain(
    "upper + xp.conj(upper).mT + diagonal → upper + xp.conj(upper).mT - diagonal",
    "of two levels this changes the signs and no more, which even powers do not see",
)
moments_of_two_levels_follow_from_their_mean_and_spacing.explain(
    "constant changed: 1 → 0",
    "the two matrices are two by two, so that the first length is the last one too",
)


@moments_of_two_levels_follow_from_their_mean_and_spacing.control("the mean level is taken to be zero")
def _(use, g):
    xp = array_namespace(g)
    return use("gue_moments")(g), _moments(0 * g, 2 * use("two_level_spacing")(g) / xp.sqrt(pi(g)))


@moments_of_two_levels_follow_from_their_mean_and_spacing.control("the spacing is not multiplied by its mean")
def _(use, g):
    return use("gue_moments")(g), _moments(g, use("two_level_spacing")(g) / 2)


# Sample covariances ----------------------------------------------------------------------------------------------


@check
def wishart_second_moment_is_squared_power_less_twice_the_squared_minors(use, g: Complex[Array, "p n"]):
    power, minors = _power_and_minors(g)
    return use("wishart_second_moment")(g), (power**2 - 2 * minors) / (g.shape[0] * g.shape[1] ** 2)


def _square(z):
    xp = array_namespace(z)
    return xp.real(z) ** 2 + xp.imag(z) ** 2


def _power_and_minors(g):
    """The sum of the squared entries, and of the squared determinants of two rows and two columns."""
    p, n = g.shape
    minors = 0
    for i, j in combinations(range(p), 2):
        for k, m in combinations(range(n), 2):
            minors = minors + _square(g[i, k] * g[j, m] - g[i, m] * g[j, k])
    return array_namespace(g).sum(_square(g)), minors


wishart_second_moment_is_squared_power_less_twice_the_squared_minors.explain(
    "g @ xp.conj(g).mT → xp.conj(g).mT @ g",
    "the two products have the same eigenvalues but for zeros, so their squares have the same trace",
)
wishart_second_moment_is_squared_power_less_twice_the_squared_minors.explain(
    "xp.real(xp.conj(S) * S) → xp.conj(S) * S",
    "a number times its conjugate is real already",
)


@wishart_second_moment_is_squared_power_less_twice_the_squared_minors.control("the minors count once")
def _(use, g):
    power, minors = _power_and_minors(g)
    return use("wishart_second_moment")(g), (power**2 - minors) / (g.shape[0] * g.shape[1] ** 2)


@wishart_second_moment_is_squared_power_less_twice_the_squared_minors.control(
    "permanents in place of determinants"
)
def _(use, g):
    power, minors = _power_and_minors(g)
    for i, j in combinations(range(g.shape[0]), 2):
        for k, m in combinations(range(g.shape[1]), 2):
            minors = minors + _square(g[i, k] * g[j, m] + g[i, m] * g[j, k])
            minors = minors - _square(g[i, k] * g[j, m] - g[i, m] * g[j, k])
    return use("wishart_second_moment")(g), (power**2 - 2 * minors) / (g.shape[0] * g.shape[1] ** 2)


@check
def least_eigenvalue_of_a_2_by_2_wishart_matrix_is_the_smaller_root_of_a_quadratic(
    use, g: Complex[Array, "2 2"]
):
    power, minors = _power_and_minors(g)
    return use("least_wishart_eigenvalue")(g), power - array_namespace(g).sqrt(power**2 - 4 * minors)


@least_eigenvalue_of_a_2_by_2_wishart_matrix_is_the_smaller_root_of_a_quadratic.control("the larger root")
def _(use, g):
    power, minors = _power_and_minors(g)
    return use("least_wishart_eigenvalue")(g), power + array_namespace(g).sqrt(power**2 - 4 * minors)


@least_eigenvalue_of_a_2_by_2_wishart_matrix_is_the_smaller_root_of_a_quadratic.control(
    "the size of the matrix is left out"
)
def _(use, g):
    power, minors = _power_and_minors(g)
    return use("least_wishart_eigenvalue")(g), (power - array_namespace(g).sqrt(power**2 - 4 * minors)) / 2
