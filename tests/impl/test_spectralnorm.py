"""Singular terms and gradients against the singular value decomposition of NumPy."""

from __future__ import annotations

import numpy as np

from kg.impl.spectralnorm import half_squared_singular_value_gradient, singular_term

W = np.asarray([[3.0, -1.0, 0.5], [0.25, 2.0, -2.0]])
U, S, VT = np.linalg.svd(W)


def test_the_singular_terms_of_a_matrix_add_up_to_it() -> None:
    terms = [singular_term(W, U[:, i], VT[i, :]) for i in range(2)]
    assert np.allclose(sum(terms), W, atol=1e-14)


def test_a_singular_term_does_not_depend_on_the_sign_of_a_vector() -> None:
    assert np.allclose(singular_term(W, -U[:, 0], VT[0, :]), S[0] * np.outer(U[:, 0], VT[0, :]))


def test_the_gradient_at_each_singular_value_is_its_term() -> None:
    for i in range(2):
        gradient = half_squared_singular_value_gradient(W, np.asarray(S[i] ** 2))
        assert np.allclose(gradient, S[i] * np.outer(U[:, i], VT[i, :]), atol=1e-12)


def test_the_gradient_is_the_limit_of_difference_quotients() -> None:
    step = 1e-6
    gradient = half_squared_singular_value_gradient(W, np.asarray(S[0] ** 2))
    for i, j in ((0, 0), (0, 2), (1, 1)):
        nudge = np.zeros_like(W)
        nudge[i, j] = step
        above, below = (np.linalg.norm(W + sign * nudge, 2) ** 2 / 2 for sign in (1, -1))
        assert np.isclose((above - below) / (2 * step), gradient[i, j], atol=1e-8)


def test_the_gradient_of_a_diagonal_matrix_by_hand() -> None:
    gradient = half_squared_singular_value_gradient(np.diag([5.0, 2.0]), np.asarray(25.0))
    assert np.allclose(gradient, [[5, 0], [0, 0]])
