"""Checks of the claims about the spectral norm as a function of the matrix."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Orthogonal, Positive, Real, check, condition


def _matrix(singular_values, left, right):
    """Σ_i s_i u_i v_iᵀ over the columns of two orthogonal matrices, as many as both have."""
    count = min(left.shape[0], right.shape[0])
    return left[:, :count] @ (singular_values[:count, None] * right[:, :count].mT)


def _spectral_norm(w):
    xp = array_namespace(w)
    return xp.max(xp.linalg.svdvals(w))


@condition
def largest_singular_value_is_simple(singular_values):
    squares = singular_values * singular_values
    return squares.shape[0] > 0 and bool(np.all(squares[0] > squares[1:]) and squares[0] > 0)


@largest_singular_value_is_simple.sampler
def _(singular_values):
    # 1 + Σx² exceeds the modulus of every x; it is a polynomial, so residues know it too.
    xp = array_namespace(singular_values)
    first = 1 + xp.sum(singular_values * singular_values)
    return {"singular_values": xp.concat([xp.stack([first]), singular_values[1:]])}


@condition
def largest_singular_value_comes_first(singular_values):
    squares = singular_values * singular_values
    return squares.shape[0] > 0 and bool(np.all(squares[0] >= squares[1:]) and squares[0] > 0)


@largest_singular_value_comes_first.sampler
def _(singular_values):
    # The second is made equal to the first, up to its sign: the sentence does not ask for a simple one.
    xp = array_namespace(singular_values)
    first = 1 + xp.sum(singular_values * singular_values)
    twice = [first, -first][: singular_values.shape[0]]
    return {"singular_values": xp.concat([xp.stack(twice), singular_values[2:]])}


@check(sizes={"d": (2, 3), "e": (2, 3)})
def gradient_of_half_the_squared_spectral_norm_is_its_first_singular_term(
    use, singular_values: Real[Array, "d"], left: Orthogonal[Array, "e e"], right: Orthogonal[Array, "d d"]
):
    w = _matrix(singular_values, left, right)
    gradient = use("half_squared_singular_value_gradient")(w, singular_values[0] ** 2)
    return gradient, use("singular_term")(w, left[:, 0], right[:, 0])


@gradient_of_half_the_squared_spectral_norm_is_its_first_singular_term.control("the second singular pair")
def _(use, singular_values, left, right):
    w = _matrix(singular_values, left, right)
    gradient = use("half_squared_singular_value_gradient")(w, singular_values[0] ** 2)
    return gradient, use("singular_term")(w, left[:, 1], right[:, 1])


@gradient_of_half_the_squared_spectral_norm_is_its_first_singular_term.control(
    "the outer product of the pair alone, which is the gradient of the norm and not of half its square"
)
def _(use, singular_values, left, right):
    w = _matrix(singular_values, left, right)
    gradient = use("half_squared_singular_value_gradient")(w, singular_values[0] ** 2)
    return gradient, left[:, 0][:, None] * right[:, 0][None, :]


@check(relation="<=", sizes={"d": (3, 4), "e": (3, 5)})
def spectral_norm_rises_at_least_by_its_slope(
    use,
    singular_values: Real[Array, "d"],
    left: Orthogonal[Array, "e e"],
    right: Orthogonal[Array, "d d"],
    change: Real[Array, "e d"],
):
    xp, w = array_namespace(change), _matrix(singular_values, left, right)
    term = use("singular_term")(w, left[:, 0], right[:, 0])
    norm = xp.abs(singular_values[0])
    return norm + xp.sum(term * change) / norm, _spectral_norm(w + change)


@spectral_norm_rises_at_least_by_its_slope.control("the singular pair next to the two largest")
def _(use, singular_values, left, right, change):
    xp, w = array_namespace(change), _matrix(singular_values, left, right)
    slope = xp.sum(use("singular_term")(w, left[:, 2], right[:, 2]) * change) / xp.abs(singular_values[2])
    return xp.abs(singular_values[0]) + slope, _spectral_norm(w + change)


@spectral_norm_rises_at_least_by_its_slope.witness
def _(singular_values, left, right):
    return {"change": _matrix(singular_values, left, right)}


@check
def spectral_norm_has_no_gradient_at_a_double_singular_value(
    use,
    singular_values: Positive[Array, "2"],
    moves: Real[Array, "2"],
    left: Orthogonal[Array, "2 2"],
    right: Orthogonal[Array, "2 2"],
):
    return _rise_and_slope(use("singular_term"), singular_values, moves, left, right)


def _rise_and_slope(term, singular_values, moves, left, right):
    """What moving the singular values adds to the spectral norm, and what its first singular pair says that it adds."""
    xp = array_namespace(moves)
    w, change = _matrix(singular_values, left, right), _matrix(moves, left, right)
    slope = xp.sum(term(w, left[:, 0], right[:, 0]) * change) / singular_values[0]
    # The singular values of W are given; finding those of a matrix that has one twice is ill-posed.
    return _spectral_norm(w + change) - xp.max(singular_values), slope


@spectral_norm_has_no_gradient_at_a_double_singular_value.counterexample
def _():
    identity = [[1, 0], [0, 1]]
    return {"singular_values": [1, 1], "moves": ["-1/8", "1/8"], "left": identity, "right": identity}


@spectral_norm_has_no_gradient_at_a_double_singular_value.control(
    "the first singular value exceeds the second by more than they are moved"
)
def _(use, singular_values, moves, left, right):
    xp = array_namespace(moves)
    first = singular_values[1] + 1 + 2 * xp.sum(moves * moves)
    return _rise_and_slope(use("singular_term"), xp.stack([first, singular_values[1]]), moves, left, right)
