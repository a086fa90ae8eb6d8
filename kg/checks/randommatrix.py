"""Checks of the claims about random matrices."""

from __future__ import annotations

from itertools import permutations
from math import prod
from typing import Any

import numpy as np

from kg.numbers import array_namespace, constant, erf
from kg.verify import Array, ComplexNormal, Normal, Real, Size, check, condition


@condition(generic=True)
def independent_standard_normal_entries(g):
    # A law cannot be read off a draw. What one draw can exclude is excluded: no standard normal number is that large.
    return bool(np.all(abs(np.asarray(g)) < 12))


# The sixth moment is divided by ten, so that its correction 10/n² weighs as much as the correction 1/n² of the fourth.
_UNITS = np.asarray([1, 10])


def _exact_means(use, g, n):
    return use("harer_zagier_moments")(constant(g, n)) / _UNITS


@check(sizes={"n": (2, 3)})
def expectation_of_gue_moments_is_harer_zagier(use, g: Normal[Array, "samples n n"], n: Size[int, "n"]):
    return use("gue_moments")(g) / _UNITS, _exact_means(use, g, n)


@expectation_of_gue_moments_is_harer_zagier.control(
    "the limit of large matrices: the Catalan numbers 2 and 5"
)
def _(use, g, n):
    return use("gue_moments")(g) / _UNITS, np.asarray([2, 5]) / _UNITS


@expectation_of_gue_moments_is_harer_zagier.control("only the fourth moment is put at its limit")
def _(use, g, n):
    return use("gue_moments")(g) / _UNITS, np.asarray([2, _exact_means(use, g, n)[1] * 10]) / _UNITS


@expectation_of_gue_moments_is_harer_zagier.control(
    "the matrix is real symmetric: imaginary parts go into the real ones"
)
def _(use, g, n):
    symmetric = np.triu(g) + np.triu(g, k=1).swapaxes(-1, -2)
    H2 = symmetric @ symmetric / n
    traces = [np.trace(P, axis1=-2, axis2=-1) / n for P in (H2 @ H2, H2 @ H2 @ H2)]
    return np.stack(traces, axis=-1) / _UNITS, _exact_means(use, g, n)


expectation_of_gue_moments_is_harer_zagier.explain_implementation(
    "gue_moments",
    "upper + xp.conj(upper).mT + diagonal → upper + xp.conj(upper).mT - diagonal",
    "the diagonal is symmetric about zero and independent of the rest, so its sign changes no law",
)


@check
def harer_zagier_moments_count_gluings_of_a_polygon(use, n: Real[Array, ""]):
    return use("harer_zagier_moments")(n), use("polygon_gluings")(n)


@harer_zagier_moments_count_gluings_of_a_polygon.control(
    "only gluings to a sphere are counted: the Catalan numbers 2 and 5"
)
def _(use, n):
    xp = array_namespace(n)
    return use("harer_zagier_moments")(n), xp.stack([constant(n, 2), constant(n, 5)])


@harer_zagier_moments_count_gluings_of_a_polygon.control(
    "surfaces that are not orientable are counted too, as for real symmetric matrices"
)
def _(use, n):
    xp = array_namespace(n)
    real = xp.stack([2 + 5 / n + 5 / n**2, 5 + 22 / n + 52 / n**2 + 41 / n**3])
    return use("harer_zagier_moments")(n), real


@check(sizes={"n": (4, 8, 16, 32, 64)})
def fourth_moment_of_large_gue_matrices_tends_to_two(use, n: Size[int, "n"]):
    return use("harer_zagier_moments")(np.asarray(float(n)))[0], 2


@fourth_moment_of_large_gue_matrices_tends_to_two.control("the value at size 64 is taken for the limit")
def _(use, n):
    moment = use("harer_zagier_moments")
    return moment(np.asarray(float(n)))[0], moment(np.asarray(64.0))[0]


@fourth_moment_of_large_gue_matrices_tends_to_two.control("the fourth moment of a standard normal number")
def _(use, n):
    return use("harer_zagier_moments")(np.asarray(float(n)))[0], 3


@check(sizes={"p": (2, 3), "n": (2, 4)})
def expectation_of_wishart_second_moment_is_one_plus_p_plus_one_over_n(
    use, g: Normal[Array, "samples p n"], p: Size[int, "p"], n: Size[int, "n"]
):
    return use("wishart_second_moment")(g), 1 + (p + 1) / n


@expectation_of_wishart_second_moment_is_one_plus_p_plus_one_over_n.control(
    "the formula for complex matrices, which is also the limit of large real ones"
)
def _(use, g, p, n):
    return use("wishart_second_moment")(g), 1 + p / n


expectation_of_wishart_second_moment_is_one_plus_p_plus_one_over_n.explain_implementation(
    "wishart_second_moment",
    "g @ xp.conj(g).mT → xp.conj(g).mT @ g",
    "the two products have the same eigenvalues but for zeros, so their squares have the same trace",
)
expectation_of_wishart_second_moment_is_one_plus_p_plus_one_over_n.explain_implementation(
    "wishart_second_moment",
    "xp.real(xp.conj(S) * S) → xp.conj(S) * S",
    "a number times its conjugate is real already",
)


@expectation_of_wishart_second_moment_is_one_plus_p_plus_one_over_n.control("the mean is subtracted first")
def _(use, g, p, n):
    return use("wishart_second_moment")(g - g.mean(axis=-1, keepdims=True)), 1 + (p + 1) / n


@check(sizes={"p": (2, 3), "n": (2, 4)})
def expectation_of_complex_wishart_second_moment_is_one_plus_p_over_n(
    use, g: ComplexNormal[Array, "samples p n"], p: Size[int, "p"], n: Size[int, "n"]
):
    return use("wishart_second_moment")(g), 1 + p / n


@expectation_of_complex_wishart_second_moment_is_one_plus_p_over_n.control("the formula for real matrices")
def _(use, g, p, n):
    return use("wishart_second_moment")(g), 1 + (p + 1) / n


@expectation_of_complex_wishart_second_moment_is_one_plus_p_over_n.control(
    "transposed without conjugation: the matrix is not Hermitian"
)
def _(use, g, p, n):
    s = g @ g.mT / n
    return np.trace(abs(s) @ abs(s).mT, axis1=-2, axis2=-1) / p, 1 + p / n


@check(sizes={"n": (2, 3, 5)})
def law_of_the_least_eigenvalue_of_a_square_complex_wishart_matrix_is_exponential(
    use, g: ComplexNormal[Array, "samples n n"]
):
    x = use("least_wishart_eigenvalue")(g)
    return x, 1 - np.exp(-x)


@law_of_the_least_eigenvalue_of_a_square_complex_wishart_matrix_is_exponential.control(
    "the matrix is real, with the same variance"
)
def _(use, g):
    x = use("least_wishart_eigenvalue")(g.real * np.sqrt(2))
    return x, 1 - np.exp(-x)


@law_of_the_least_eigenvalue_of_a_square_complex_wishart_matrix_is_exponential.control(
    "the limit law for large real matrices"
)
def _(use, g):
    x = use("least_wishart_eigenvalue")(g)
    return x, 1 - np.exp(-x / 2 - np.sqrt(x))


@check
def law_of_the_spacing_of_two_levels_is_the_wigner_surmise(use, g: Normal[Array, "samples 2 2"]):
    s = use("two_level_spacing")(g)
    return s, erf(2 * s / np.sqrt(np.pi)) - 4 * s / np.pi * np.exp(-4 * s**2 / np.pi)


law_of_the_spacing_of_two_levels_is_the_wigner_surmise.explain_implementation(
    "two_level_spacing",
    "g[..., 0, 0] - g[..., 1, 1] → g[..., 0, 0] + g[..., 1, 1]",
    "an entry is symmetric about zero and independent of the others, so its sign changes no law",
)


@law_of_the_spacing_of_two_levels_is_the_wigner_surmise.control(
    "the surmise for real symmetric matrices, with linear repulsion"
)
def _(use, g):
    s = use("two_level_spacing")(g)
    return s, 1 - np.exp(-np.pi * s**2 / 4)


@law_of_the_spacing_of_two_levels_is_the_wigner_surmise.control(
    "the matrix is real symmetric, its mean spacing put to one"
)
def _(use, g):
    # The distance √((g_11 − g_22)² + 2 g_12²) is √2 times the length of a normal vector in the plane: mean √π.
    s = np.sqrt((g[:, 0, 0] - g[:, 1, 1]) ** 2 + 2 * g[:, 0, 1] ** 2) / np.sqrt(np.pi)
    return s, erf(2 * s / np.sqrt(np.pi)) - 4 * s / np.pi * np.exp(-4 * s**2 / np.pi)


@law_of_the_spacing_of_two_levels_is_the_wigner_surmise.control("independent levels: exponential spacings")
def _(use, g):
    s = use("two_level_spacing")(g)
    return s, 1 - np.exp(-s)


@check
def expectation_of_the_gap_ratio_of_three_gue_levels_is_exact(use, g: Normal[Array, "samples 3 3"]):
    return use("three_level_gap_ratio")(g), 2 * np.sqrt(3) / np.pi - 1 / 2


@expectation_of_the_gap_ratio_of_three_gue_levels_is_exact.control(
    "the value for three levels of a real symmetric matrix"
)
def _(use, g):
    return use("three_level_gap_ratio")(g), 4 - 2 * np.sqrt(3)


@expectation_of_the_gap_ratio_of_three_gue_levels_is_exact.control("the matrix is real symmetric")
def _(use, g):
    levels = np.linalg.eigvalsh((g + g.mT) / 2)
    gaps = np.diff(levels, axis=-1)
    return gaps.min(axis=-1) / gaps.max(axis=-1), 2 * np.sqrt(3) / np.pi - 1 / 2


@expectation_of_the_gap_ratio_of_three_gue_levels_is_exact.control("three independent levels")
def _(use, g):
    gaps = np.diff(np.sort(g[:, 0, :], axis=-1), axis=-1)
    return gaps.min(axis=-1) / gaps.max(axis=-1), 2 * np.sqrt(3) / np.pi - 1 / 2


def _trace_and_determinant(g):
    """½ tr B² and det B of a 3×3 Hermitian matrix with its mean level taken away, written out in real numbers."""
    xp = array_namespace(g)
    mean = (g[0, 0] + g[1, 1] + g[2, 2]) / 3
    a, b, c = (g[i, i] - mean for i in range(3))
    root = xp.sqrt(constant(g, 2))
    # The entries above the diagonal are x + i y.
    (x1, y1), (x2, y2), (x3, y3) = ((g[i, j] / root, g[j, i] / root) for i, j in ((0, 1), (0, 2), (1, 2)))
    n1, n2, n3 = (x * x + y * y for x, y in ((x1, y1), (x2, y2), (x3, y3)))
    cycle = (x1 * x3 - y1 * y3) * x2 + (x1 * y3 + y1 * x3) * y2
    determinant = a * b * c + 2 * cycle - a * n3 - b * n2 - c * n1
    return (a * a + b * b + c * c) / 2 + n1 + n2 + n3, determinant


def _from_the_ratio(r):
    """27 det² and (½ tr)³ of the levels −(2 + r)/3, (1 − r)/3, (1 + 2r)/3, whose gaps are 1 and r."""
    return ((2 + r) * (1 - r) * (1 + 2 * r)) ** 2 / 27, ((1 + r + r * r) / 3) ** 3


@check
def gap_ratio_of_three_levels_is_told_by_trace_and_determinant(use, g: Real[Array, "3 3"]):
    half_trace, determinant = _trace_and_determinant(g)
    ratio = use("three_level_gap_ratio")(g)
    squared, cubed = _from_the_ratio(ratio)
    return squared * half_trace**3, 27 * determinant**2 * cubed


@gap_ratio_of_three_levels_is_told_by_trace_and_determinant.control("the imaginary parts are left out")
def _(use, g):
    half_trace, determinant = _trace_and_determinant(array_namespace(g).triu(g))
    squared, cubed = _from_the_ratio(use("three_level_gap_ratio")(g))
    return squared * half_trace**3, 27 * determinant**2 * cubed


@gap_ratio_of_three_levels_is_told_by_trace_and_determinant.control(
    "entries beside the diagonal are not divided by the root of two"
)
def _(use, g):
    xp = array_namespace(g)
    root = xp.sqrt(constant(g, 2))
    wide = xp.where(np.eye(3, dtype=bool), g, root * g)
    half_trace, determinant = _trace_and_determinant(wide)
    squared, cubed = _from_the_ratio(use("three_level_gap_ratio")(g))
    return squared * half_trace**3, 27 * determinant**2 * cubed


@check
def probability_of_real_eigenvalues_of_a_real_2_by_2_matrix_is_exact(use, g: Normal[Array, "samples 2 2"]):
    return use("has_real_eigenvalues")(g), np.sqrt(1 / 2)


@probability_of_real_eigenvalues_of_a_real_2_by_2_matrix_is_exact.control(
    "entries uniform on an interval about zero, with probability 49/72"
)
def _(use, g):
    return use("has_real_eigenvalues")(erf(g / np.sqrt(2))), np.sqrt(1 / 2)


@probability_of_real_eigenvalues_of_a_real_2_by_2_matrix_is_exact.control("two thirds")
def _(use, g):
    return use("has_real_eigenvalues")(g), 2 / 3


@check(sizes={"t": (2, 3)})
def karlin_mcgregor_determinant_is_the_weight_of_noncolliding_walks(
    use, up: Real[Array, "t 2*t+5"], down: Real[Array, "t 2*t+5"]
):
    return use("noncolliding_walks")(up, down), use("karlin_mcgregor_determinant")(up, down)


@karlin_mcgregor_determinant_is_the_weight_of_noncolliding_walks.control(
    "walkers may meet: the product of the three weights"
)
def _(use, up, down):
    return use("noncolliding_walks")(up, down), _sums(up, down, [(0, 1, 2)])


@karlin_mcgregor_determinant_is_the_weight_of_noncolliding_walks.control(
    "all orders of the ends count as positive: the permanent"
)
def _(use, up, down):
    return use("noncolliding_walks")(up, down), _sums(up, down, list(permutations(range(3))))


def _sums(up, down, orders):
    """Over these orders of the ends, the sum of the products of the three walkers' weights; for each distance moved."""
    walkers = [_places(up, down, start) for start in range(3)]
    moved = range(up.shape[0], -1, -1)
    return array_namespace(up).stack(
        [sum(prod(walkers[i][2 * (k + order[i])] for i in range(3)) for order in orders) for k in moved]
    )


def _places(up, down, walker):
    """Total weights of one walker's walks to each place, step by step."""
    steps, count = up.shape
    weight = {steps + 2 * walker: constant(up, 1)}
    for s in range(steps):
        reached: dict[Any, Any] = {}
        for x, w in weight.items():
            for there, factor in ((x + 1, up[s, x]), (x - 1, down[s, x])):
                reached[there] = reached.get(there, 0) + w * factor
        weight = reached
    return {x: weight.get(x, 0) for x in range(count)}


# Many matrices, so that some are near the boundary.
@check(sizes={"n": (31, 37)})
def real_2_by_2_matrix_has_real_eigenvalues_where_its_trace_is_large(use, g: Real[Array, "n 2 2"]):
    return use("has_real_eigenvalues")(g), _trace_at_least(g, 4)


def _trace_at_least(g, multiple):
    """One where the squared trace is at least so many determinants, zero elsewhere."""
    xp = array_namespace(g)
    pairs = [
        (xp.linalg.trace(a) ** 2, multiple * xp.linalg.det(a))
        for a in (g[i, :, :] for i in range(g.shape[0]))
    ]
    return xp.stack([xp.where(square >= least, 1, 0 * square) for square, least in pairs])


@real_2_by_2_matrix_has_real_eigenvalues_where_its_trace_is_large.control("three determinants")
def _(use, g):
    # A rotation by an angle whose cosine is nine tenths: its squared trace is 3.24, its determinant one.
    xp = array_namespace(g)
    turn = xp.asarray(np.asarray([[[9, -4], [4, 9]]]), dtype=g.dtype)
    return use("has_real_eigenvalues")(turn), _trace_at_least(turn, 3)


@real_2_by_2_matrix_has_real_eigenvalues_where_its_trace_is_large.control("those of the symmetric part")
def _(use, g):
    turn = array_namespace(g).asarray(np.asarray([[[1, -1], [1, 1]]]), dtype=g.dtype)
    return use("has_real_eigenvalues")(turn), _trace_at_least(turn + turn.mT, 4)
