"""Tensors and sums of Kronecker products: the project's functions against those rewritten."""

from __future__ import annotations

import numpy as np
import pytest
from comparison import EPS, SEEDS, assert_agree, assert_exactly_equal, fractions, the_projects
from rewritten import tensor as mine
from rewritten.leverage import solve

RANKS = [(1, 1, 1), (2, 3, 1), (2, 2, 4), (3, 5, 7)]


@pytest.mark.parametrize("seed", SEEDS)
def test_tensor_power_iteration_is_polynomial_attention(seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, components, x = fractions(rng, 5), fractions(rng, 5, 3), fractions(rng, 3)
    values = weights[:, None] * components
    attended = mine.polynomial_attention(x[None], components, values)
    assert_exactly_equal(mine.contracted(weights, components, x), attended[0])
    lam, a, y = weights.astype(float), components.astype(float), x.astype(float)
    direction = (attended[0].astype(float)) / np.linalg.norm(attended[0].astype(float))
    # Terms are added up that may cancel: their absolute values over the length of the result.
    terms = float(np.sum((np.abs(a) @ np.abs(y)) ** 2 * np.abs(lam) * np.max(np.abs(a), axis=1)))
    scale = terms / float(np.linalg.norm(attended[0].astype(float)))
    theirs = the_projects("tensor", "tensor_power_iteration")(lam, a, y)
    assert_agree(direction, theirs, scale=scale, size=45)
    assert_agree(mine.tensor_power_iteration(lam, a, y), theirs, scale=scale, size=45)
    theirs = the_projects("tensor", "polynomial_attention")(y[None], a, lam[:, None] * a)
    assert_agree(attended, theirs, scale=terms, size=15)


@pytest.mark.parametrize("seed", SEEDS)
def test_polynomial_attention_is_as_defined(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q, k, v = rng.normal(size=(3, 5)), rng.normal(size=(7, 5)), rng.normal(size=(7, 2))
    terms = float(np.max((np.abs(q) @ np.abs(k).T) ** 2 @ np.abs(v)))
    theirs = the_projects("tensor", "polynomial_attention")(q, k, v)
    assert_agree(mine.polynomial_attention(q, k, v), theirs, scale=terms, size=17)


def gap_condition(t: np.ndarray, ranks: tuple[int, ...]) -> float:
    """A space of singular vectors is uncertain by ε σ₁² over the gap of squares below the last one kept."""
    worst = 1.0
    for axis, rank in enumerate(ranks):
        squares = np.linalg.svd(mine.unfolding(t, axis), compute_uv=False) ** 2
        if rank < len(squares):
            worst = max(worst, float(squares[0] / (squares[rank - 1] - squares[rank])))
    return worst


@pytest.mark.parametrize("ranks", RANKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_hosvd_is_as_defined(seed: int, ranks: tuple[int, ...]) -> None:
    t = np.random.default_rng(seed).normal(size=(3, 5, 7))
    theirs = the_projects("tensor", "hosvd")(t, ranks=ranks)
    scale = gap_condition(t, ranks) * float(np.linalg.norm(t))
    assert_agree(mine.hosvd(t, ranks), theirs, scale=scale, size=35)


def test_hosvd_takes_any_number_of_axes_and_one_rank_for_each() -> None:
    rng, hosvd = np.random.default_rng(7), the_projects("tensor", "hosvd")
    for shape, ranks in (((3, 5), (2, 1)), ((3, 2, 5, 3), (2, 1, 3, 2))):
        t = rng.normal(size=shape)
        scale = gap_condition(t, ranks) * float(np.linalg.norm(t))
        assert_agree(mine.hosvd(t, ranks), hosvd(t, ranks=ranks), scale=scale, size=30)
    with pytest.raises(ValueError, match="rank"):
        hosvd(rng.normal(size=(3, 5, 7)), ranks=(1, 2))


@pytest.mark.parametrize("ranks", RANKS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_error_of_a_hosvd_is_at_most_the_tails_and_three_times_the_best(
    seed: int, ranks: tuple[int, ...]
) -> None:
    rng, shape = np.random.default_rng(seed), (3, 5, 7)
    near = mine.of_multilinear_rank(rng, shape, ranks)
    for t in (rng.normal(size=shape), near + 1e-3 * rng.normal(size=shape), near):
        slack = 64 * EPS * 105 * float(np.sum(t * t))
        for approximate in (mine.hosvd(t, ranks), the_projects("tensor", "hosvd")(t, ranks=ranks)):
            error = float(np.sum((t - approximate) ** 2))
            assert error <= sum(mine.tail(mine.unfolding(t, n), r) for n, r in enumerate(ranks)) + slack
            others = [mine.of_multilinear_rank(rng, shape, ranks) for _ in range(5)]
            for s in (*others, near, 0 * t, mine.better_of_multilinear_rank(t, ranks)):
                assert error <= 3 * float(np.sum((t - s) ** 2)) + slack


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_rearrangement_of_a_sum_of_kronecker_products_is_a_sum_of_outer_products(
    seed: int, k: int
) -> None:
    rng = np.random.default_rng(seed)
    a, b = fractions(rng, k, 3, 2), fractions(rng, k, 5, 7)
    operator = mine.sum_of_kronecker_products(a, b)
    rearranged = mine.kronecker_rearrangement(operator, 3, 2)
    assert_exactly_equal(rearranged, mine.sum_of_outer_products(a, b))
    fa, fb = a.astype(float), b.astype(float)
    terms = float(np.max(mine.sum_of_outer_products(np.abs(fa), np.abs(fb))))
    assert_agree(operator, the_projects("tensor", "sum_of_kronecker_products")(fa, fb), scale=terms, size=k)
    assert_agree(rearranged, the_projects("tensor", "sum_of_outer_products")(fa, fb), scale=terms, size=k)
    theirs = the_projects("tensor", "kronecker_rearrangement")(operator.astype(float), 3, 2)
    assert_agree(rearranged, theirs, scale=terms, size=k)
    # It sends vec(X) to vec(Σ A X Bᵀ).
    x = rng.normal(size=(2, 7))
    image = sum(p @ x @ q.T for p, q in zip(fa, fb, strict=True))
    assert_agree(
        operator.astype(float) @ x.ravel(), image.ravel(), scale=terms * float(np.sum(np.abs(x))), size=14 * k
    )


def test_a_matrix_that_cannot_be_cut_into_equal_blocks_is_refused() -> None:
    with pytest.raises(ValueError, match="block"):
        the_projects("tensor", "kronecker_rearrangement")(np.ones((7, 4)), 3, 2)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_factors_of_a_sum_of_kronecker_products_can_be_read_off(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = fractions(rng, k, 3, 2, low=1), fractions(rng, k, 3, 5, low=1)
    operator = mine.sum_of_kronecker_products(a, b)
    rearranged = mine.kronecker_rearrangement(operator, 3, 2)
    read_a, read_b = mine.factors_read_off(rearranged, k, (3, 2), (3, 5), solve)
    assert_exactly_equal(mine.sum_of_kronecker_products(read_a, read_b), operator)


@pytest.mark.parametrize("k", [0, 1, 3, 6])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_sum_of_kronecker_products_comes_closer_than_the_tail(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    operator = rng.normal(size=(9, 10))
    rearranged = the_projects("tensor", "kronecker_rearrangement")(operator, 3, 2)
    least, slack = mine.tail(rearranged, k), 64 * EPS * 90 * float(np.sum(operator**2))
    a, b = mine.nearest_sum(operator, 3, 2, k)
    closest = mine.sum_of_kronecker_products(a, b) if k else 0
    assert abs(float(np.sum((operator - closest) ** 2)) - least) <= slack
    for _ in range(10):
        for spread in (1e-3, 1.0):
            p, q = a + spread * rng.normal(size=a.shape), b + spread * rng.normal(size=b.shape)
            product = mine.sum_of_kronecker_products(p, q) if k else 0
            assert least <= float(np.sum((operator - product) ** 2)) + slack
