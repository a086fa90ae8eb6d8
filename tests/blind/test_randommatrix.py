"""Moments of random matrices and gluings of polygons: the project's against those rewritten."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from comparison import assert_agree, assert_exactly_equal, the_projects
from rewritten import randommatrix as mine


@pytest.mark.parametrize("shape", [(1, 1, 1), (3, 3, 3), (2, 3, 5, 5), (4, 2, 2)])
def test_the_moments_of_one_matrix_are_as_defined(shape: tuple[int, ...]) -> None:
    g = np.random.default_rng(len(shape)).normal(size=shape)
    theirs = the_projects("randommatrix", "gue_moments")(g)
    # The sixth power of the sum of absolute values of a row bounds every sum of products that is formed.
    terms = (1 + float(np.max(np.sum(np.abs(g), axis=-1) + np.sum(np.abs(g), axis=-2)))) ** 6
    assert_agree(mine.gue_moments(g), theirs, scale=terms / shape[-1] ** 2, size=6 * shape[-1])


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 101])
def test_the_moments_of_harer_and_zagier_count_gluings_of_a_polygon(n: int) -> None:
    exact = mine.harer_zagier_moments(Fraction(n))
    assert_exactly_equal(exact, [2 + Fraction(1, n**2), 5 + Fraction(10, n**2)])
    assert_exactly_equal(exact, mine.polygon_gluings(Fraction(n)))
    for name in ("harer_zagier_moments", "polygon_gluings"):
        assert_agree(exact, the_projects("randommatrix", name)(np.float64(n)), scale=15, size=15)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_these_are_the_means_by_the_rule_of_wick(n: int) -> None:
    expected = [mine.exact_moment(n, 4), mine.exact_moment(n, 6)]
    assert_exactly_equal(mine.harer_zagier_moments(Fraction(n)), expected)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_the_mean_moments_of_many_matrices_are_those_of_harer_and_zagier(n: int) -> None:
    samples = 30_000
    moments = the_projects("randommatrix", "gue_moments")(
        np.random.default_rng(n).normal(size=(samples, n, n))
    )
    error = np.abs(np.mean(moments, axis=0) - mine.harer_zagier_moments(float(n)))
    assert np.all(error <= 6 * np.std(moments, axis=0) / np.sqrt(samples))  # six standard errors


def test_a_polygon_has_three_and_fifteen_gluings_of_which_catalan_many_are_spheres() -> None:
    counts = [[mine.vertices(2 * p, pi) for pi in mine.pairings(list(range(2 * p)))] for p in (2, 3)]
    assert [len(c) for c in counts] == [3, 15]
    assert [c.count(p + 1) for c, p in zip(counts, (2, 3), strict=True)] == [2, 5]
