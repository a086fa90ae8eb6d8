"""Checks of the claims about leverage scores, and the conditions they hold under."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Positive, Real, Size, check, condition


@condition
def more_rows_than_columns(n, d):
    return n > d


@condition(generic=True)
def full_column_rank(a):
    return _invertible(a.mT @ a)


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
