"""Normalisation: the project's functions against those rewritten from the definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from comparison import EPS, SEEDS, assert_agree, largest, the_projects
from rewritten import normalisation as mine

NAMES = ("layer_norm", "rms_norm", "instance_norm")


def rows(seed: int, n: int = 5, d: int = 7, *, offset: float = 0.0) -> np.ndarray:
    """Random rows of random sizes, shifted if asked."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) * np.exp(rng.normal(size=(n, 1))) + offset


def cancelling(x: np.ndarray) -> float:
    """How much larger than the deviations the entries are, by rows and by columns; results are at most √size."""
    spread = min(float(np.min(np.std(x, axis=axis))) for axis in (0, 1))
    return (1 + float(np.max(np.abs(x))) / spread) * math.sqrt(max(x.shape))


@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 0.3])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_normalisation_is_as_defined(seed: int, name: str, epsilon: float) -> None:
    x = rows(seed, offset=3.0)
    theirs = the_projects("normalisation", name)(x, epsilon=epsilon)
    assert_agree(getattr(mine, name)(x, epsilon), theirs, scale=cancelling(x), size=7)
    if epsilon == 0:
        assert_agree(the_projects("normalisation", name)(x), theirs, scale=0, size=0)


@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 0.3])
@pytest.mark.parametrize("seed", SEEDS)
def test_layer_norm_is_rms_norm_of_the_centred_row(seed: int, epsilon: float) -> None:
    x = rows(seed, offset=3.0)
    if epsilon:
        x[1] = 2.0  # a constant row is allowed if something is added to its variance
    centred = x - np.mean(x, axis=1, keepdims=True)
    scale = cancelling(x) if not epsilon else largest(x) / math.sqrt(epsilon) * math.sqrt(7)
    assert_agree(mine.layer_norm(x, epsilon), mine.rms_norm(centred, epsilon), scale=scale, size=7)


@pytest.mark.parametrize(("a", "b"), [(2.5, -4.0), (1e-3, 0.1), (70.0, 1.0)])
@pytest.mark.parametrize("seed", SEEDS)
def test_layer_norm_is_invariant_to_positive_scale_and_shift(seed: int, a: float, b: float) -> None:
    x = rows(seed)
    scale = cancelling(a * x + b)
    for norm in (mine.layer_norm, the_projects("normalisation", "layer_norm")):
        assert_agree(norm(a * x + b), norm(x), scale=scale, size=7)


@pytest.mark.parametrize("a", [0.1, 3.0, -2.0, -1.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_with_something_added_to_the_variance_it_is_not(seed: int, a: float) -> None:
    x, epsilon = rows(seed), 1e-2
    for norm in (mine.layer_norm, the_projects("normalisation", "layer_norm")):
        scaled = norm(a * x, epsilon=epsilon)
        # A negative factor also turns the sign: the equation of the claim holds for positive ones.
        sign = 1 if a > 0 else -1
        assert_agree(scaled, sign * norm(x, epsilon=epsilon / a**2), scale=cancelling(x), size=7)
        assert np.max(np.abs(scaled - norm(x, epsilon=epsilon))) > 1e-5


@pytest.mark.parametrize("a", [3.0, 0.5])
def test_scaling_a_row_is_scaling_what_is_added_for_every_positive_factor(a: float) -> None:
    x = np.array([[1.0, 2.0, 4.0]])
    assert_agree(mine.layer_norm(a * x, 0.1), mine.layer_norm(x, 0.1 / a**2), scale=8, size=3)


@pytest.mark.parametrize("a", [3.0, 0.5, -2.0])
def test_a_constant_row_is_zero_at_every_scale_if_something_is_added(a: float) -> None:
    x = np.full((1, 3), 2.0)
    for norm in (mine.layer_norm, the_projects("normalisation", "layer_norm")):
        assert_agree(norm(a * x, epsilon=0.1), np.zeros((1, 3)), scale=8, size=3)


@pytest.mark.parametrize("d", [2, 3, 7])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_jacobian_of_layer_norm_is_a_scaled_projection(seed: int, d: int) -> None:
    x = rows(seed, 1, d)[0] + 1.0
    sigma = mine.deviation(x)
    # Orthogonal to the constants and to x: the smaller of the two angles counts, and variances may cancel twice.
    scale = (largest(x) / sigma) ** 2 * (1 + 1 / sigma)
    jacobian, projection = mine.layer_norm_jacobian(x), mine.scaled_projection(x)
    assert_agree(jacobian, projection, scale=scale, size=d)
    for name, expected in (("layer_norm_jacobian", jacobian), ("scaled_projection", projection)):
        assert_agree(expected, the_projects("normalisation", name)(x), scale=scale, size=d)
    values = np.linalg.svd(projection, compute_uv=False)
    assert_agree(values, [1 / sigma] * (d - 2) + [0.0, 0.0], scale=scale, size=d)


@pytest.mark.parametrize("epsilon", [1e-5, 0.3])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_jacobian_with_something_added_is_as_defined(seed: int, epsilon: float) -> None:
    x = rows(seed, 1, 5)[0]
    theirs = the_projects("normalisation", "layer_norm_jacobian")(x, epsilon=epsilon)
    scale = largest(x / mine.deviation(x)) ** 2 * (1 + 1 / mine.deviation(x))
    assert_agree(mine.layer_norm_jacobian(x, epsilon), theirs, scale=scale, size=5)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_derivative_of_layer_norm_along_a_direction_is_that_projection_applied(seed: int) -> None:
    x = rows(seed, 1, 5)[0]
    sigma, h = mine.deviation(x), 2e-3 * mine.deviation(x)
    w = np.random.default_rng(seed + 100).normal(size=5)
    w = w / np.linalg.norm(w)
    slope = mine.derivative_along(x, w, h)
    # The fifth derivative is at most 5!·√d·(2/σ)⁵: the function is analytic to a distance σ/2; and ε/h from rounding.
    bound = 4 * h**4 * math.sqrt(5) * (2 / sigma) ** 5 + 64 * EPS * largest(x) / sigma / h
    assert np.max(np.abs(slope - mine.scaled_projection(x) @ w)) <= bound


@pytest.mark.parametrize("seed", SEEDS)
def test_layer_norm_stretches_by_at_most_one_over_the_deviation(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for d in (2, 3, 7):
        x = rows(seed, 1, d)[0]
        jacobian, sigma = the_projects("normalisation", "layer_norm_jacobian")(x), mine.deviation(x)
        rounding = 64 * EPS * d * (largest(x) / sigma) ** 2 * (1 + 1 / sigma)
        for w in (*rng.normal(size=(20, d)), x, np.ones(d), 1e9 * x):
            size = float(np.linalg.norm(w))
            assert np.linalg.norm(jacobian @ w) <= size / sigma + rounding * size
        if d >= 3:
            w = np.linalg.svd(np.vstack([np.ones(d), x]))[2][-1]  # orthogonal to both
            assert_agree(np.linalg.norm(jacobian @ w), 1 / sigma, scale=rounding / 64 / EPS, size=1)


@pytest.mark.parametrize("seed", SEEDS)
def test_instance_norm_gives_basis_functions_of_unit_norm_and_layer_norm_does_not(seed: int) -> None:
    x = rows(seed)
    for columns in (mine.instance_norm(x), the_projects("normalisation", "instance_norm")(x)):
        assert_agree(
            mine.diagonal_of_the_basis(columns), np.ones(7), scale=cancelling(x) * math.sqrt(7), size=7
        )
    for by_rows in (mine.layer_norm(x), the_projects("normalisation", "layer_norm")(x)):
        norms = mine.diagonal_of_the_basis(by_rows)
        assert np.max(np.abs(norms - 1)) > 0.1
        assert_agree(np.sum(norms), 7.0, scale=7 * cancelling(x), size=7)


def test_a_small_counterexample_to_unit_norm_by_layer_norm() -> None:
    x = np.array([[2.0, -1.0, -1.0], [2.0, -1.0, -1.0]])
    assert_agree(mine.diagonal_of_the_basis(mine.layer_norm(x)), [2.0, 0.5, 0.5], scale=2, size=3)


@pytest.mark.parametrize(("n", "d"), [(1, 3), (5, 3), (3, 7), (101, 2)])
@pytest.mark.parametrize("offset", [0.0, 1e3])
@pytest.mark.parametrize("seed", SEEDS[:2])
def test_a_layer_normed_galerkin_operator_is_at_most_the_width(
    seed: int, offset: float, n: int, d: int
) -> None:
    k, v = 1e4 * rows(seed, n, d) + offset, rows(seed + 1, n, d)
    for norm in (mine.layer_norm, the_projects("normalisation", "layer_norm")):
        for keys, values in ((norm(k), norm(v)), (norm(k), norm(k))):
            operator = keys.T @ values / n
            spectral, frobenius = np.linalg.norm(operator, 2), np.linalg.norm(operator)
            assert spectral <= frobenius * (1 + 64 * EPS * d)
            assert frobenius <= d * (1 + 64 * EPS * (n + d))
    same = np.repeat(k[:1], n, axis=0)  # one row throughout attains the bound
    operator = mine.layer_norm(same).T @ mine.layer_norm(same) / n
    scale = d * (1 + float(np.max(np.abs(same))) / mine.deviation(same[0])) * math.sqrt(d)
    assert_agree(np.linalg.norm(operator, 2), float(d), scale=scale, size=n)
