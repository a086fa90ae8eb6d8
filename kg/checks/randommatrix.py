"""Checks of the claims about random matrices."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Normal, Real, Size, check, condition


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
