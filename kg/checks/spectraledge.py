"""The largest eigenvalue of a large Gaussian unitary matrix. Nothing is drawn: both means are computed by quadrature."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import airy

from kg.verify import Size, check


def _scaled(use, n):
    """How far the largest eigenvalue lies beyond the edge on average, in units of the spacing there."""
    return np.sqrt(2) * n ** (1 / 6) * (use("largest_gue_eigenvalue_mean")(n) - np.sqrt(2 * n))


def _miss(use, exact):
    """How far the quadrature is from these numbers, in units of 2⁻⁴⁰, for one, two and three levels."""
    found = np.stack([use("largest_gue_eigenvalue_mean")(n) for n in (1, 2, 3)])
    return abs(found - exact) * 2.0**40


@check(relation="<=")
def quadrature_gives_the_mean_of_the_largest_of_up_to_three_gue_levels(use):
    return _miss(use, np.sqrt(2 / np.pi) * np.asarray([0, 1, 27 / 16])), np.ones(3)


for _edit, _reason in (
    (
        "constant changed: 6 → ",
        "the unit of length of the variable of integration, which drops out of the mean",
    ),
    ("constant changed: 40 → ", "with one point more or less the mean agrees to 2⁻⁴⁰"),
    ("constant changed: 30 → ", "with one point more or less the determinant agrees to 2⁻⁴⁰"),
    ("constant changed: 16 → 15", "beyond fifteen units the kernel holds less than 2⁻⁴⁰"),
):
    quadrature_gives_the_mean_of_the_largest_of_up_to_three_gue_levels.explain_implementation(
        "largest_gue_eigenvalue_mean", _edit, _reason
    )


@quadrature_gives_the_mean_of_the_largest_of_up_to_three_gue_levels.control(
    "the third level is as far from the middle one as two levels are from each other"
)
def _(use):
    return _miss(use, np.sqrt(2 / np.pi) * np.asarray([0, 1, 2])), np.ones(3)


@quadrature_gives_the_mean_of_the_largest_of_up_to_three_gue_levels.control(
    "independent normal numbers in place of levels"
)
def _(use):
    return _miss(use, np.asarray([0, 1, 3 / 2]) / np.sqrt(2 * np.pi)), np.ones(3)


@check(sizes={"n": (4, 8, 16, 32, 64, 128)})
def mean_of_the_largest_gue_eigenvalue_tends_to_that_of_tracy_widom(use, n: Size[int, "n"]):
    return _scaled(use, n), use("tracy_widom_mean")()


_DIGITS = "the mean agrees to eleven digits, which is all that is said of it"
for _edit, _reason in (
    ("constant changed: 40 → ", _DIGITS),
    ("constant changed: 30 → ", _DIGITS),
    ("constant changed: 60 → ", _DIGITS),
    ("constant changed: 20 → ", "beyond nineteen units the Airy function holds nothing"),
    ("constant changed: 16 → ", "beyond fifteen units the kernel holds nothing"),
    ("s + 16 → 16", "beyond the largest place the kernel holds nothing, wherever it is cut off"),
):
    mean_of_the_largest_gue_eigenvalue_tends_to_that_of_tracy_widom.explain_implementation(
        "tracy_widom_mean", _edit, _reason
    )


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


# The second Painlevé equation -------------------------------------------------------------------------------------


def _mean_by_painleve(cubic, share):
    """The mean of the law exp(−share·∫ₛ^∞ (x − s) q(x)² dx), where q″ = s q + cubic·q³ falls like the Airy function."""

    def slopes(s, state):
        q, slope, total, logarithm, _ = state
        return slope, s * q + cubic * q**3, -share * q**2, total, np.exp(logarithm)

    # Where it starts, q is the Airy function to all digits and the law is one; where it ends, the law is below 10⁻¹².
    # There q is small, and its own digits count: an absolute tolerance would give most of them away.
    start, end = 8, -7
    state = (*airy(start)[:2], 0, 0, 0)
    found = solve_ivp(slopes, (start, end), state, method="DOP853", rtol=1e-13, atol=1e-22)
    return start + found.y[-1, -1]


def _miss_of_painleve(use, cubic=2, share=1):
    """How far the two means are apart, in units of 2⁻³⁶."""
    return abs(use("tracy_widom_mean")() - _mean_by_painleve(cubic, share)) * 2.0**36


@check(relation="<=")
def tracy_widom_mean_follows_from_the_second_painleve_equation(use):
    return _miss_of_painleve(use), 1


@tracy_widom_mean_follows_from_the_second_painleve_equation.control(
    "the equation without its cubic term, which is Airy's"
)
def _(use):
    return _miss_of_painleve(use, cubic=0), 1


@tracy_widom_mean_follows_from_the_second_painleve_equation.control("the root of the law")
def _(use):
    return _miss_of_painleve(use, share=1 / 2), 1
