"""Alignment of features by rotations: the project's functions against those rewritten."""

from __future__ import annotations

import numpy as np
import pytest
from comparison import EPS, SEEDS, assert_agree, largest, random_unitary, the_projects
from rewritten import rainbow as mine


def two_lists(seed: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Two lists of seven vectors of length d, as columns."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(d, 7)), rng.normal(size=(d, 7))


def root_condition(a: np.ndarray, b: np.ndarray) -> float:
    """Of the inverse root by Sylvester's sum: eigenvalues of MᵀM over their gaps, and over the smallest of them."""
    values = np.sort(np.linalg.svd(b @ a.T, compute_uv=False)) ** 2
    gap = float(np.min(np.diff(values), initial=values[-1]))
    return float((values[-1] / gap) ** (len(values) - 1) * values[-1] / values[0])


@pytest.mark.parametrize("d", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_procrustes_distance_is_the_nuclear_norm_formula(seed: int, d: int) -> None:
    a, b = two_lists(seed, d)
    squares = float(np.sum(a * a) + np.sum(b * b))
    at_the_rotation, formula = mine.orthogonal_procrustes(a, b), mine.nuclear_norm_formula(a, b)
    assert_agree(at_the_rotation, formula, scale=squares, size=7 * d)
    theirs = the_projects("rainbow", "orthogonal_procrustes")(a, b)
    assert_agree(at_the_rotation, theirs, scale=squares * root_condition(a, b), size=7 * d)
    # A singular value found as the root of an eigenvalue of MᵀM is uncertain by ε σ₁²/σ_d.
    values = np.linalg.svd(b @ a.T, compute_uv=False)
    theirs = the_projects("rainbow", "nuclear_norm_formula")(a, b)
    assert_agree(formula, theirs, scale=squares * values[0] / values[-1], size=7 * d)


def test_the_formula_needs_an_invertible_cross_product_and_no_more() -> None:
    a = np.diag([2.0, 2.0, 2.0])  # three equal singular values
    assert_agree(mine.orthogonal_procrustes(a, np.eye(3)), 3.0, scale=15, size=9)
    assert_agree(mine.nuclear_norm_formula(a, np.eye(3)), 3.0, scale=15, size=9)


@pytest.mark.parametrize("d", [1, 3, 5])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_rotation_or_reflection_brings_them_closer(seed: int, d: int) -> None:
    a, b = two_lists(seed, d)
    least, slack = mine.nuclear_norm_formula(a, b), 64 * EPS * 7 * d * float(np.sum(a * a) + np.sum(b * b))
    rng, best = np.random.default_rng(seed + 100), mine.best_rotation(a, b)
    for o in (np.eye(d), -np.eye(d), best, *(random_unitary(rng, d, real=True) for _ in range(30))):
        assert least <= mine.distance_after(o, a, b) + slack
    near = np.linalg.qr(best + 1e-3 * rng.normal(size=(d, d)))
    o = near[0] * np.sign(np.diag(near[1]))
    assert least <= mine.distance_after(o, a, b) + slack
    assert mine.distance_after(best, a, b) <= least + slack
    low = a.copy()
    low[0] = 0  # the bound needs no invertible cross-product
    assert (
        mine.nuclear_norm_formula(low, b) <= mine.distance_after(mine.best_rotation(low, b), low, b) + slack
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_features_from_inner_products_alone_are_the_features_rotated(seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=(7, 3))
    gram = x @ x.T
    condition = float(np.linalg.cond(x[:3])) ** 2  # of the block that is factored
    y = mine.cholesky_features(gram, 3)
    theirs = the_projects("rainbow", "cholesky_features")(gram, features=3)
    scale = condition * largest(gram) * largest(x @ np.linalg.inv(x[:3]))
    assert_agree(y, theirs, scale=scale, size=7)
    for features in (y, theirs):
        assert_agree(features @ features.T, gram, scale=scale * largest(x), size=7)
        o = mine.rotation_between(x, features)
        doubt = scale * largest(x) * float(np.linalg.cond(x)) ** 2
        assert_agree(o.T @ o, np.eye(3), scale=doubt, size=7)
        assert_agree(x @ o, features, scale=doubt, size=7)


@pytest.mark.parametrize("d", [1, 3, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_monomials_and_tensor_squares_differ_by_a_rotation_only(seed: int, d: int) -> None:
    x = np.random.default_rng(seed).normal(size=(5, d))
    monomials, squares = mine.monomial_features(x), mine.tensor_square_features(x)
    scale = largest(squares)
    assert_agree(squares, the_projects("rainbow", "tensor_square_features")(x), scale=scale, size=1)
    theirs = the_projects("rainbow", "monomial_features")(x)
    assert_agree(monomials, theirs, scale=scale, size=2)
    kernel, terms = (x @ x.T) ** 2, float(np.max(np.abs(x) @ np.abs(x).T)) ** 2
    for features in (monomials, squares, theirs):
        assert_agree(features @ features.T, kernel, scale=terms, size=d * d)
    padded = np.hstack([monomials, np.zeros((5, d * d - monomials.shape[1]))])
    o = mine.rotation_onto(padded, squares)
    assert_agree(o.T @ o, np.eye(d * d), scale=1, size=d * d)
    # The polar factor of XᵀY is found backwards stably; what the two lack of one another is a root of its rounding
    # at most, and independent features make it the rounding itself over the smallest singular value.
    small = np.linalg.svd(monomials, compute_uv=False)
    doubt = scale * (small[0] / small[min(5, monomials.shape[1]) - 1]) ** 2
    assert_agree(padded @ o, squares, scale=doubt, size=d * d)


def test_the_monomials_come_squares_first_and_then_by_the_larger_index() -> None:
    x = np.array([[2.0, 3.0, 5.0, 7.0]])
    pairs = [np.sqrt(2) * x[0, i] * x[0, j] for i in range(4) for j in range(i)]
    theirs = the_projects("rainbow", "monomial_features")(x)
    assert_agree([[4, 9, 25, 49, *pairs]], theirs, scale=70, size=2)


def test_equal_inner_products_make_a_rotation_only_of_as_many_features() -> None:
    # One more feature that is always zero keeps the Gram matrix, and OᵀO is no longer the identity.
    x = np.array([[1.0], [2.0]])
    y = np.hstack([x, np.zeros((2, 1))])
    assert np.array_equal(x @ x.T, y @ y.T)
    o = mine.rotation_between(x, y)
    assert_agree(x @ o, y, scale=5, size=2)
    assert_agree(o.T @ o, np.diag([1.0, 0.0]), scale=5, size=2)
