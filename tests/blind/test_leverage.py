"""Leverage scores and matching pursuit: the project's against those rewritten from the definitions."""

from __future__ import annotations

import numpy as np
import pytest
from comparison import EPS, SEEDS, assert_agree, assert_exactly_equal, fractions, the_projects
from rewritten import leverage as mine

FORMS = ("leverage_scores", "leverage_by_solve", "leverage_by_gram_schmidt")


def condition(a: np.ndarray) -> float:
    """Of the normal equations: the square of that of the matrix."""
    return float(np.linalg.cond(a)) ** 2


@pytest.mark.parametrize(("n", "d"), [(2, 1), (5, 3), (7, 3), (9, 5)])
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_three_ways_to_leverage_scores_agree(seed: int, n: int, d: int) -> None:
    a = fractions(np.random.default_rng(seed), n, d)
    scores = mine.leverage_scores(a)
    assert_exactly_equal(scores, mine.leverage_by_solve(a))
    assert_exactly_equal(scores, mine.leverage_by_gram_schmidt(a))
    assert sum(scores) == d
    assert all(0 <= s <= 1 for s in scores)
    floats = a.astype(float)
    for name in FORMS:
        theirs = the_projects("leverage", name)(floats)
        assert_agree(scores, theirs, scale=condition(floats), size=n * d)
        assert abs(float(np.sum(theirs)) - d) <= 64 * EPS * condition(floats) * n * d


@pytest.mark.parametrize("seed", SEEDS)
def test_leverage_scores_of_a_complex_matrix_are_as_defined(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a = rng.normal(size=(7, 3)) + 1j * rng.normal(size=(7, 3))
    scores = mine.leverage_scores(a)
    theirs = the_projects("leverage", "leverage_scores")(a)
    assert np.iscomplexobj(theirs)
    assert_agree(scores, theirs, scale=condition(a), size=42)
    assert_agree(np.sum(scores), 3.0 + 0j, scale=condition(a), size=42)
    assert_agree(np.imag(theirs), np.zeros(7), scale=condition(a), size=42)


def waves(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Nine weighted points, three frequencies, and a scale for rounding: angles times condition."""
    rng = np.random.default_rng(seed)
    points, weights = rng.uniform(-3, 3, size=9), rng.uniform(0.1, 2.0, size=9)
    frequencies = np.array([-1.3, 0.4, 2.1]) + 0.3 * rng.normal(size=3)
    a = mine.fourier_matrix(points, weights, frequencies)
    return points, weights, frequencies, condition(a) * (1 + 3 * float(np.max(np.abs(frequencies))))


@pytest.mark.parametrize("seed", SEEDS)
def test_fourier_leverage_is_leverage_of_a_fourier_matrix(seed: int) -> None:
    points, weights, frequencies, scale = waves(seed)
    a = mine.fourier_matrix(points, weights, frequencies)
    theirs = the_projects("leverage", "fourier_matrix")(points, weights, frequencies)
    assert_agree(a, theirs, scale=scale, size=1)
    leverage = mine.fourier_leverage(points, weights, frequencies)
    assert_agree(leverage, mine.leverage_scores(a), scale=scale, size=27)
    theirs = the_projects("leverage", "fourier_leverage")(points, weights, frequencies)
    assert_agree(leverage, np.asarray(theirs) + 0j, scale=scale, size=27)
    of_theirs = the_projects("leverage", "leverage_scores")(a)
    assert_agree(leverage, np.asarray(of_theirs), scale=scale, size=27)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_sum_of_waves_puts_a_larger_share_of_its_energy_at_a_point(seed: int) -> None:
    points, weights, frequencies, scale = waves(seed)
    leverage = np.real(the_projects("leverage", "fourier_leverage")(points, weights, frequencies))
    assert np.all(np.abs(leverage - np.real(mine.fourier_leverage(points, weights, frequencies))) < 1e-9)
    rng = np.random.default_rng(seed + 100)
    for _ in range(50):
        c = rng.normal(size=3) + 1j * rng.normal(size=3)
        share = mine.energy_share(points, weights, frequencies, c)
        assert np.all(share <= leverage + 64 * EPS * scale * 27)
    for t in range(9):
        c = mine.most_concentrated(points, weights, frequencies, t)
        share = mine.energy_share(points, weights, frequencies, c)
        assert_agree(share[t], leverage[t], scale=scale, size=27)


@pytest.mark.parametrize("sparsity", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_matching_pursuit_by_qr_is_matching_pursuit(seed: int, sparsity: int) -> None:
    rng = np.random.default_rng(seed)
    a, y = rng.normal(size=(7, 5)), rng.normal(size=7)
    a = a / np.linalg.norm(a, axis=0)
    by_fit = mine.orthogonal_matching_pursuit(a, y, sparsity)
    chosen = a[:, by_fit != 0]
    scale = condition(chosen) * float(np.linalg.norm(y)) * float(np.linalg.norm(np.linalg.pinv(chosen), 2))
    assert_agree(by_fit, mine.orthogonal_matching_pursuit_by_qr(a, y, sparsity), scale=scale, size=7)
    for name in ("orthogonal_matching_pursuit", "orthogonal_matching_pursuit_by_qr"):
        theirs = the_projects("sparse", name)(a, y, sparsity=sparsity)
        assert_agree(by_fit, theirs, scale=scale, size=7)
    expected = np.linalg.lstsq(chosen, y, rcond=None)[0]
    assert_agree(by_fit[by_fit != 0], expected, scale=scale, size=7)


def test_matching_pursuit_takes_two_columns_unless_told_otherwise() -> None:
    rng = np.random.default_rng(8)
    a, y = np.linalg.qr(rng.normal(size=(7, 5)))[0], rng.normal(size=7)
    for name in ("orthogonal_matching_pursuit", "orthogonal_matching_pursuit_by_qr"):
        assert np.count_nonzero(the_projects("sparse", name)(a, y)) == 2
