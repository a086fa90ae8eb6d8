"""Checks of the claims about leverage scores, and the conditions they hold under."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
from scipy.special import betainc

from kg.numbers import array_namespace, constant
from kg.verify import Array, Normal, Positive, Real, Size, Uniform, check, condition


@condition
def more_rows_than_columns(n, d):
    return n > d


@condition(generic=True)
def full_column_rank(a):
    xp = array_namespace(a)
    return _invertible(xp.conj(a).mT @ a)


@condition(generic=True)
def distinct_frequencies(points, frequencies):
    # Independent waves on these points: then they are distinct on them, and their Gram matrix is invertible.
    xp = array_namespace(points)
    waves = xp.exp(1j * points[:, None] * frequencies[None, :])
    return _invertible(xp.conj(waves).mT @ waves)


def _invertible(gram):
    """Whether a Gram matrix is: its determinant is compared with its largest possible value, that of the diagonal."""
    xp = array_namespace(gram)
    return bool(xp.real(xp.linalg.det(gram)) * 2**30 > xp.prod(xp.real(xp.linalg.diagonal(gram))))


@condition(generic=True)
def positive_density(weights):
    return bool(np.all(weights > 0))


@check
def leverage_by_solve_is_leverage_by_gram_schmidt(use, a: Real[Array, "n d"]):
    return use("leverage_by_solve")(a), use("leverage_by_gram_schmidt")(a)


@leverage_by_solve_is_leverage_by_gram_schmidt.control(
    "Q from the full factorisation, which has as many columns as rows"
)
def _(use, a):
    # A basis of the whole space, begun with the columns of A: every score becomes one.
    xp = array_namespace(a)
    n, d = a.shape
    rest = xp.eye(n, dtype=a.dtype)[:, : n - d]
    return use("leverage_by_solve")(a), use("leverage_by_gram_schmidt")(xp.concat([a, rest], axis=1))


@leverage_by_solve_is_leverage_by_gram_schmidt.control(
    "the columns are scaled to unit length but not made orthogonal"
)
def _(use, a):
    xp = array_namespace(a)
    return use("leverage_by_solve")(a), xp.sum(a * a / xp.sum(a * a, axis=0, keepdims=True), axis=1)


@check
def leverage_scores_are_leverage_by_solve(use, a: Real[Array, "n d"]):
    return use("leverage_scores")(a), use("leverage_by_solve")(a)


@leverage_scores_are_leverage_by_solve.control("ridge leverage: the identity is added to the Gram matrix")
def _(use, a):
    xp = array_namespace(a)
    ridge = xp.linalg.solve(a.mT @ a + xp.eye(a.shape[1], dtype=a.dtype), a.mT)
    return use("leverage_scores")(a), xp.sum(a * ridge.mT, axis=1)


@check
def leverage_scores_sum_to_the_number_of_columns(
    use, a: Real[Array, "n d"], n: Size[int, "n"], d: Size[int, "d"]
):
    xp = array_namespace(a)
    # One score for each row is part of the claim: other, shorter diagonals have the same sum.
    scores = xp.reshape(use("leverage_scores")(a), (n,))
    return xp.sum(scores), constant(a, d)


@leverage_scores_sum_to_the_number_of_columns.control("one row is left out of the sum")
def _(use, a, n, d):
    xp = array_namespace(a)
    return xp.sum(use("leverage_scores")(a)[1:]), constant(a, d)


@leverage_scores_sum_to_the_number_of_columns.control(
    "ridge leverage: the identity is added to the Gram matrix"
)
def _(use, a, n, d):
    # Its sum, the effective number of degrees of freedom, stays below the number of columns.
    xp = array_namespace(a)
    ridge = xp.linalg.solve(a.mT @ a + xp.eye(d, dtype=a.dtype), a.mT)
    return xp.sum(a * ridge.mT), constant(a, d)


@check
def fourier_leverage_is_leverage_of_a_fourier_matrix(
    use, points: Real[Array, "n"], weights: Positive[Array, "n"], frequencies: Real[Array, "d"]
):
    rows = use("fourier_matrix")(points, weights, frequencies)
    return use("fourier_leverage")(points, weights, frequencies), use("leverage_scores")(rows)


@fourier_leverage_is_leverage_of_a_fourier_matrix.control(
    "the rows are not weighted by the square root of the density"
)
def _(use, points, weights, frequencies):
    xp = array_namespace(points)
    rows = use("fourier_matrix")(points, xp.ones_like(weights), frequencies)
    return use("fourier_leverage")(points, weights, frequencies), use("leverage_scores")(rows)


@fourier_leverage_is_leverage_of_a_fourier_matrix.control(
    "the Gram matrix keeps its sign while the exponent of v is flipped"
)
def _(use, points, weights, frequencies):
    xp = array_namespace(points)
    rows = use("fourier_matrix")(points, weights, frequencies)
    gram = xp.conj(rows).mT @ rows
    flipped = rows.mT
    return xp.sum(xp.conj(flipped) * xp.linalg.solve(gram, flipped), axis=0), use("leverage_scores")(rows)


@check(relation="<=")
def energy_share_of_a_fourier_sum_is_at_most_fourier_leverage(
    use,
    points: Real[Array, "n"],
    weights: Positive[Array, "n"],
    frequencies: Real[Array, "d"],
    cosines: Real[Array, "d"],
    sines: Real[Array, "d"],
):
    shares = _energy_shares(points, weights, frequencies, cosines + 1j * sines)
    return shares, use("fourier_leverage")(points, weights, frequencies)


@energy_share_of_a_fourier_sum_is_at_most_fourier_leverage.witness
def _(use, points, weights, frequencies):
    # The coefficients G⁻¹v(x) of the sum that is as concentrated as it can be at the first point.
    xp = array_namespace(points)
    rows = use("fourier_matrix")(points, weights, frequencies)
    best = xp.linalg.solve(xp.conj(rows).mT @ rows, xp.exp(-1j * frequencies * points[0]))
    return {"cosines": xp.real(best), "sines": xp.imag(best)}


@energy_share_of_a_fourier_sum_is_at_most_fourier_leverage.control("the bound for one wave fewer")
def _(use, points, weights, frequencies, cosines, sines):
    shares = _energy_shares(points, weights, frequencies, cosines + 1j * sines)
    return shares, use("fourier_leverage")(points, weights, frequencies[1:])


def _energy_shares(points, weights, frequencies, coefficients):
    """The share p(x)|f(x)|²/‖f‖² of its energy that f = Σ_j a_j e^{iλ_j x} puts at each point."""
    xp = array_namespace(points)
    values = xp.exp(1j * points[:, None] * frequencies[None, :]) @ coefficients
    energy = weights * (xp.real(values) ** 2 + xp.imag(values) ** 2)
    return energy / xp.sum(energy)


# Least squares on a sample of rows ------------------------------------------------------------------------------


@check(sizes={"n": (4, 5, 6), "d": (2, 3)})
def volume_sampled_least_squares_is_least_squares(use, a: Real[Array, "n d"], b: Real[Array, "n"]):
    return use("volume_sampled_least_squares")(a, b), use("least_squares")(a, b)


@volume_sampled_least_squares_is_least_squares.control("every set of rows is as likely as any other")
def _(use, a, b):
    xp = array_namespace(a)
    sets = list(combinations(range(a.shape[0]), a.shape[1]))
    solutions = [xp.linalg.solve(_rows(a, s), _rows(b, s)) for s in sets]
    return sum(solutions[1:], solutions[0]) / len(sets), use("least_squares")(a, b)


@volume_sampled_least_squares_is_least_squares.control("the volume itself is the weight, not its square")
def _(use, a, b):
    xp = array_namespace(a)
    sets = list(combinations(range(a.shape[0]), a.shape[1]))
    volumes = [xp.linalg.det(_rows(a, s)) for s in sets]
    solutions = [xp.linalg.solve(_rows(a, s), _rows(b, s)) for s in sets]
    total = sum((v * x for v, x in zip(volumes, solutions, strict=True)), 0)
    return total / sum(volumes, 0), use("least_squares")(a, b)


def _rows(a, chosen):
    xp = array_namespace(a)
    return xp.stack([a[i, ...] for i in chosen])


@check(sizes={"n": (3, 4), "d": (2,)})
def leverage_sampled_least_squares_is_biased(use, a: Real[Array, "n d"], b: Real[Array, "n"]):
    return _mean_over_leverage_samples(a, b, use("leverage_scores")(a)), use("least_squares")(a, b)


def _mean_over_leverage_samples(a, b, scores, draws=3):
    """The mean solution over all sequences of rows that hold enough different ones, by their probability."""
    xp = array_namespace(a)
    total, chance = 0, 0
    for rows in product(range(a.shape[0]), repeat=draws):
        if len(set(rows)) < a.shape[1]:
            continue
        chosen, values, p = _rows(a, rows), _rows(b, rows), _rows(scores, rows)
        gram = chosen.mT @ (chosen / p[:, None])
        likely = xp.prod(p)
        total = total + likely * xp.linalg.solve(gram, chosen.mT @ (values / p))
        chance = chance + likely
    return total / chance


@leverage_sampled_least_squares_is_biased.counterexample
def _():
    return {"a": [[1, 0], [1, 1], [1, 3]], "b": [0, 0, 1]}


@leverage_sampled_least_squares_is_biased.control("rows are drawn by the volume they span")
def _(use, a, b):
    return use("volume_sampled_least_squares")(a, b), use("least_squares")(a, b)


@leverage_sampled_least_squares_is_biased.control("the sampled Gram matrix, not the solution, is averaged")
def _(use, a, b):
    scores = use("leverage_scores")(a)
    # One draw: row i with probability τ_i/2, weighted by the inverse of that probability.
    outer = a[:, :, None] * a[:, None, :]
    weights = (scores / 2)[:, None, None]
    xp = array_namespace(a)
    return xp.sum(weights * (outer / weights), axis=0), a.mT @ a


# Leverage of random matrices, and sampling by it ------------------------------------------------------------------


@condition(generic=True)
def standard_normal_rows(g):
    # A law cannot be read off a draw. What one draw can exclude is excluded: no standard normal number is that large.
    return bool(np.all(abs(np.asarray(g)) < 12))


@check(sizes={"n": (5, 7), "d": (2, 3)})
def row_leverage_of_a_normal_matrix_is_beta(
    use, g: Normal[Array, "samples n d"], n: Size[int, "n"], d: Size[int, "d"]
):
    # One row of each matrix: the scores of the others are not independent of it.
    scores = use("leverage_scores")(g)[:, 0]
    return scores, betainc(d / 2, (n - d) / 2, scores)


for _edit in ("constant changed: 0 → 1", "constant changed: 0 → -1"):
    row_leverage_of_a_normal_matrix_is_beta.explain(_edit, "every row has the same law")


@row_leverage_of_a_normal_matrix_is_beta.control(
    "rows with heavy tails: each is multiplied by its own length"
)
def _(use, g, n, d):
    heavy = g * np.sum(g * g, axis=-1, keepdims=True) ** 0.5
    scores = use("leverage_scores")(heavy)[:, 0]
    return scores, betainc(d / 2, (n - d) / 2, scores)


@row_leverage_of_a_normal_matrix_is_beta.control(
    "the law for complex matrices, with parameters twice as large"
)
def _(use, g, n, d):
    scores = use("leverage_scores")(g)[:, 0]
    return scores, betainc(d, n - d, scores)


@row_leverage_of_a_normal_matrix_is_beta.control(
    "the second parameter is n/2, as if the row were not in the matrix"
)
def _(use, g, n, d):
    scores = use("leverage_scores")(g)[:, 0]
    return scores, betainc(d / 2, n / 2, scores)


# Rows of very different lengths: a sample that misses the first ones misses the column space.
_LENGTHS = np.arange(1.0, 101.0)[:, None] ** -2


def _sampling_error(a, chances, u, m):
    """UᵀSᵀSU − I for m rows of the orthonormal U drawn with these probabilities by the uniform numbers u."""
    basis = np.linalg.qr(a)[0]
    drawn = np.searchsorted(np.cumsum(chances), u)
    rows = basis[drawn] / np.sqrt(chances[drawn] * m)[..., None]
    return rows.mT @ rows - np.eye(a.shape[1])


def _distortion(a, chances, u, m):
    """The operator norm of the error."""
    return np.max(np.linalg.svdvals(_sampling_error(a, chances, u, m)), axis=-1)


@check(sizes={"n": (6, 8), "d": (3, 4), "m": (5, 7)})
def expectation_of_squared_leverage_sampling_error_is_d_times_d_minus_one_over_m(
    use, a: Real[Array, "n d"], u: Uniform[Array, "samples m"], d: Size[int, "d"], m: Size[int, "m"]
):
    error = _sampling_error(a, use("leverage_scores")(a) / d, u, m)
    return np.sum(error**2, axis=(-2, -1)), d * (d - 1) / m


@expectation_of_squared_leverage_sampling_error_is_d_times_d_minus_one_over_m.control(
    "every row is as likely as any other"
)
def _(use, a, u, d, m):
    error = _sampling_error(a, np.ones(len(a)) / len(a), u, m)
    return np.sum(error**2, axis=(-2, -1)), d * (d - 1) / m


@expectation_of_squared_leverage_sampling_error_is_d_times_d_minus_one_over_m.control(
    "the mean square of a draw is not reduced by the square of its mean"
)
def _(use, a, u, d, m):
    error = _sampling_error(a, use("leverage_scores")(a) / d, u, m)
    return np.sum(error**2, axis=(-2, -1)), d * d / m


def _bernstein(d, m, epsilon):
    """The probability that the matrix Bernstein inequality leaves for m draws from d columns."""
    return 1 - 2 * d * np.exp(-m * epsilon**2 / (2 * (d - 1) * (1 + epsilon / 3)))


@check(sizes={"n": (100,), "d": (3,), "m": (80,)})
def leverage_sampling_embeds_the_column_space(
    use, a: Real[Array, "n d"], u: Uniform[Array, "samples m"], d: Size[int, "d"], m: Size[int, "m"]
):
    uneven = np.multiply(a, _LENGTHS)
    return _distortion(uneven, use("leverage_scores")(uneven) / d, u, m) <= 0.5, _bernstein(d, m, 0.5)


@leverage_sampling_embeds_the_column_space.control("every row is as likely as any other")
def _(use, a, u, d, m):
    even = np.ones(len(a)) / len(a)
    return _distortion(np.multiply(a, _LENGTHS), even, u, m) <= 0.5, _bernstein(d, m, 0.5)


@leverage_sampling_embeds_the_column_space.control("a sixteenth of the draws")
def _(use, a, u, d, m):
    uneven = np.multiply(a, _LENGTHS)
    return _distortion(uneven, use("leverage_scores")(uneven) / d, u[:, ::16], m / 16) <= 0.5, _bernstein(
        d, m, 0.5
    )
