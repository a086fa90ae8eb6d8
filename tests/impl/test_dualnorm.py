"""Norms and worst perturbations against NumPy's norms and against perturbations at random."""

from __future__ import annotations

import numpy as np
import pytest

from kg.impl.dualnorm import (
    margin_at_the_worst_vertex,
    margin_less_the_largest_weight,
    p_norm,
    residual_at_the_worst_columns,
    residual_at_the_worst_matrix,
    residual_plus_the_lasso_penalty,
    residual_plus_the_length_of_the_coefficients,
)

W, X = np.asarray([3.0, -4.0, 1.0]), np.asarray([1.0, 2.0, -1.0])
A = np.asarray([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]])
Y, B = np.asarray([1.0, 1.0, 0.0]), np.asarray([0.5, -2.0])


@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 3.0, 7.0])
def test_the_p_norm_is_that_of_numpy(p: float) -> None:
    assert np.isclose(p_norm(W, np.asarray(p)), np.linalg.norm(W, p), rtol=1e-14)


def test_the_worst_vertex_by_hand_spends_all_on_the_largest_weight() -> None:
    # The clean margin is 3 − 8 − 1 = −6, and the largest weight has modulus 4.
    assert margin_at_the_worst_vertex(W, X, np.asarray(0.5)) == -8
    assert margin_less_the_largest_weight(W, X, np.asarray(0.5)) == -8


def test_no_perturbation_in_the_ball_goes_below_the_worst_vertex() -> None:
    rng = np.random.default_rng(0)
    directions = rng.laplace(size=(500, 3))
    moved = X + 0.5 * directions / np.abs(directions).sum(axis=1, keepdims=True)
    assert np.min(moved @ W) >= margin_at_the_worst_vertex(W, X, np.asarray(0.5))


def test_penalties_are_norms_of_numpy() -> None:
    residual, c = np.linalg.norm(Y - A @ B), np.asarray(0.25)
    lasso, length = (np.linalg.norm(B, p) / 4 + residual for p in (1, 2))
    assert np.isclose(residual_plus_the_lasso_penalty(A, Y, B, c), lasso)
    assert np.isclose(residual_plus_the_length_of_the_coefficients(A, Y, B, c), length)


def test_no_change_at_random_leaves_a_longer_residual_than_the_worst() -> None:
    rng, c = np.random.default_rng(1), np.asarray(0.25)
    changes = rng.standard_normal((500, 3, 2))
    by_columns = changes / np.linalg.norm(changes, axis=1, keepdims=True) / 4
    as_a_whole = changes / np.linalg.norm(changes, axis=(1, 2), keepdims=True) / 4
    for moved, worst in (
        (by_columns, residual_at_the_worst_columns(A, Y, B, c)),
        (as_a_whole, residual_at_the_worst_matrix(A, Y, B, c)),
    ):
        lengths = np.linalg.norm(Y - (A + moved) @ B, axis=1)
        assert 0.9 * worst < np.max(lengths) <= worst
