"""Projected steps against SciPy's minimiser and by hand."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize

from kg.impl.convexsteps import projected_step_on_a_cross_polytope, steepest_vertex_of_a_cross_polytope


def test_the_projected_step_is_the_nearest_point_of_the_set() -> None:
    x, g, length = np.asarray([0.2, -0.3, 0.1]), np.asarray([1.0, 0.5, -2.0]), 0.6
    target = x + length * g
    # A point of the set is the difference of two vectors without negative entries that sum to at most one.
    found = minimize(
        lambda s: np.sum((s[:3] - s[3:] - target) ** 2),
        np.full(6, 0.1),
        bounds=[(0, None)] * 6,
        constraints={"type": "ineq", "fun": lambda s: 1 - np.sum(s)},
        options={"ftol": 1e-14},
    ).x
    reached = projected_step_on_a_cross_polytope(x, g, np.asarray(length))
    assert np.allclose(reached, found[:3] - found[3:], atol=1e-6)


def test_equal_entries_end_in_the_middle_of_a_face() -> None:
    reached = projected_step_on_a_cross_polytope(np.zeros(4), np.asarray([1.0, 1, -1, 1]), np.asarray(3.0))
    assert np.allclose(reached, [0.25, 0.25, -0.25, 0.25])


def test_a_step_that_stays_inside_is_left_as_it_is() -> None:
    reached = projected_step_on_a_cross_polytope(np.asarray([0.1, -0.2]), np.ones(2), np.asarray(0.25))
    assert np.allclose(reached, [0.35, 0.05])


def test_the_steepest_vertex_has_the_sign_of_the_largest_entry() -> None:
    assert np.array_equal(steepest_vertex_of_a_cross_polytope(np.asarray([1.0, -3.0, 2.0])), [0, -1, 0])


def test_two_entries_tied_for_the_largest_have_no_steepest_vertex() -> None:
    assert not np.any(steepest_vertex_of_a_cross_polytope(np.asarray([2.0, -2.0, 1.0])))
