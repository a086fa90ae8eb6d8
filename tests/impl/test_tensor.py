"""Implementations of tensors and Kronecker products against NumPy's own and values worked out by hand."""

import numpy as np
import pytest

from kg.impl.tensor import (
    hosvd,
    kronecker_rearrangement,
    polynomial_attention,
    sum_of_kronecker_products,
    sum_of_outer_products,
    tensor_power_iteration,
)

RNG = np.random.default_rng(20)


def test_a_power_step_on_orthogonal_components_squares_the_coordinates():
    # T = 2 e1⊗e1⊗e1 + e2⊗e2⊗e2 at x = (3, 4): (2·9, 16), of length √580.
    step = tensor_power_iteration(np.array([2.0, 1.0]), np.eye(2), np.array([3.0, 4.0]))
    np.testing.assert_allclose(step, np.array([18, 16]) / np.sqrt(580), rtol=1e-14)


def test_power_iteration_finds_an_orthogonal_component_and_stays_there():
    a = np.linalg.qr(RNG.normal(size=(4, 4)))[0]
    weights = np.array([3.0, 2.0, 1.5, 1.0])
    x = a[0] + 0.1 * a[1]
    for _ in range(8):
        x = tensor_power_iteration(weights, a, x)
    np.testing.assert_allclose(x, a[0], atol=1e-14)


def test_polynomial_attention_is_a_sum_over_keys():
    q, k, v = RNG.normal(size=(2, 3)), RNG.normal(size=(4, 3)), RNG.normal(size=(4, 5))
    by_hand = [sum((q[i] @ k[j]) ** 2 * v[j] for j in range(4)) for i in range(2)]
    np.testing.assert_allclose(polynomial_attention(q, k, v), by_hand, rtol=1e-13)


def test_hosvd_of_a_matrix_is_its_truncated_svd():
    t = RNG.normal(size=(4, 6))
    u, s, vt = np.linalg.svd(t, full_matrices=False)
    np.testing.assert_allclose(hosvd(t, ranks=(2, 2)), (u[:, :2] * s[:2]) @ vt[:2], atol=1e-13)


def test_hosvd_keeps_a_tensor_of_the_multilinear_rank_asked_for():
    core = RNG.normal(size=(2, 3, 2))
    factors = [RNG.normal(size=(n, r)) for n, r in ((4, 2), (5, 3), (6, 2))]
    t = np.einsum("abc,ia,jb,kc->ijk", core, *factors)
    np.testing.assert_allclose(hosvd(t, ranks=(2, 3, 2)), t, atol=1e-12)


def test_hosvd_with_too_few_ranks_says_how_many_are_needed():
    with pytest.raises(ValueError, match="one rank for each of the 3 axes, got 2"):
        hosvd(np.zeros((2, 3, 4)), ranks=(1, 1))


def test_a_sum_of_kronecker_products_is_numpys():
    a, b = RNG.normal(size=(3, 2, 4)), RNG.normal(size=(3, 5, 3))
    np.testing.assert_allclose(
        sum_of_kronecker_products(a, b), sum(np.kron(x, y) for x, y in zip(a, b, strict=True)), rtol=1e-13
    )


def test_a_kronecker_product_acts_on_rows_and_columns_apart():
    a, b, x = RNG.normal(size=(1, 2, 4)), RNG.normal(size=(1, 5, 3)), RNG.normal(size=(4, 3))
    image = sum_of_kronecker_products(a, b) @ x.reshape(-1)
    np.testing.assert_allclose(image.reshape(2, 5), a[0] @ x @ b[0].T, rtol=1e-12)


def test_the_rearrangement_lists_blocks_as_rows():
    matrix = np.arange(16.0).reshape(4, 4)
    rows = [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 12, 13], [10, 11, 14, 15]]
    np.testing.assert_array_equal(kronecker_rearrangement(matrix, 2, 2), rows)


def test_a_rearranged_kronecker_product_has_rank_one():
    product = np.kron(RNG.normal(size=(2, 3)), RNG.normal(size=(4, 5)))
    assert np.linalg.matrix_rank(kronecker_rearrangement(product, 2, 3)) == 1
    assert np.linalg.matrix_rank(product) == 2 * 4


def test_a_matrix_that_cannot_be_cut_into_the_blocks_is_refused():
    with pytest.raises(ValueError, match="no 2 by 2 equal blocks"):
        kronecker_rearrangement(np.zeros((3, 4)), 2, 2)


def test_a_sum_of_outer_products_is_numpys():
    a, b = RNG.normal(size=(3, 2, 4)), RNG.normal(size=(3, 5, 3))
    expected = sum(np.outer(x, y) for x, y in zip(a, b, strict=True))
    np.testing.assert_allclose(sum_of_outer_products(a, b), expected, rtol=1e-13)
