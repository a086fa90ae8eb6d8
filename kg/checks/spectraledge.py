"""The largest eigenvalue of a large Gaussian unitary matrix. Nothing is drawn: both means are computed by quadrature."""

from __future__ import annotations

import numpy as np

from kg.verify import Size, check


def _scaled(use, n):
    """How far the largest eigenvalue lies beyond the edge on average, in units of the spacing there."""
    return np.sqrt(2) * n ** (1 / 6) * (use("largest_gue_eigenvalue_mean")(n) - np.sqrt(2 * n))


@check(sizes={"n": (4, 8, 16, 32, 64, 128)})
def mean_of_the_largest_gue_eigenvalue_tends_to_that_of_tracy_widom(use, n: Size[int, "n"]):
    return _scaled(use, n), use("tracy_widom_mean")()


@mean_of_the_largest_gue_eigenvalue_tends_to_that_of_tracy_widom.control(
    "the mean for real symmetric matrices, −1.2065"
)
def _(use, n):
    return _scaled(use, n), -1.2065335745820


@mean_of_the_largest_gue_eigenvalue_tends_to_that_of_tracy_widom.control(
    "deviations are not multiplied by the root of two"
)
def _(use, n):
    return _scaled(use, n) / np.sqrt(2), use("tracy_widom_mean")()


@check(sizes={"n": (8, 16, 32, 64, 128)})
def mean_of_the_largest_gue_eigenvalue_approaches_tracy_widom_like_n_to_the_minus_two_thirds(
    use, n: Size[int, "n"]
):
    return _scaled(use, n) - use("tracy_widom_mean")(), -2 / 3


@mean_of_the_largest_gue_eigenvalue_approaches_tracy_widom_like_n_to_the_minus_two_thirds.control(
    "the edge is centred half a level off, at the root of 2n + 1"
)
def _(use, n):
    shift = (np.sqrt(2 * n + 1) - np.sqrt(2 * n)) * np.sqrt(2) * n ** (1 / 6)
    return _scaled(use, n) - shift - use("tracy_widom_mean")(), -2 / 3


@mean_of_the_largest_gue_eigenvalue_approaches_tracy_widom_like_n_to_the_minus_two_thirds.control(
    "the rate of a central limit theorem"
)
def _(use, n):
    return _scaled(use, n) - use("tracy_widom_mean")(), -1 / 2
