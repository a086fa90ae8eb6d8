"""The Toeplitz products against SciPy, and masked linear attention against NumPy and its own special cases."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.linalg import matmul_toeplitz, toeplitz

from kg.impl.recurrence import linear_attention
from kg.impl.toeplitz import (
    block_toeplitz_matrix,
    block_toeplitz_product,
    fft_toeplitz_product,
    mask_product_attention,
    masked_linear_attention,
    radix_2_block_toeplitz_product,
    radix_2_toeplitz_product,
    row_wise_kronecker_product,
    toeplitz_masked_linear_attention,
    toeplitz_matrix,
    toeplitz_product,
)
from kg.numbers import count_operations

RNG = np.random.default_rng(3)
SIZES = [1, 2, 3, 7, 16]

Product = Callable[[Any, Any, Any], Any]


def matrix_and_vectors(n: int) -> tuple[Any, Any, Any]:
    return RNG.standard_normal(n), RNG.standard_normal(n), RNG.standard_normal((n, 3))


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("product", [toeplitz_product, fft_toeplitz_product, radix_2_toeplitz_product])
def test_each_product_is_that_of_the_matrix_of_scipy(product: Product, n: int) -> None:
    column, row, x = matrix_and_vectors(n)
    np.testing.assert_allclose(product(column, row, x), toeplitz(column, row) @ x, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", SIZES)
def test_the_fast_product_is_the_fast_product_of_scipy(n: int) -> None:
    column, row, x = matrix_and_vectors(n)
    np.testing.assert_allclose(
        fft_toeplitz_product(column, row, x), matmul_toeplitz((column, row), x), rtol=0, atol=1e-12
    )


def test_the_operations_of_the_written_out_transform_are_complex_but_for_the_last_division() -> None:
    tally = count_operations(radix_2_toeplitz_product, *matrix_and_vectors(4))
    assert set(tally) == {"complex multiply", "complex add", "divide"}


@pytest.mark.parametrize("product", [toeplitz_product, fft_toeplitz_product, radix_2_toeplitz_product])
def test_the_entry_below_the_diagonal_carries_the_offset_one(product: Product) -> None:
    shift_down = product(np.array([0.0, 1, 0]), np.zeros(3), np.array([[5.0], [6], [7]]))
    np.testing.assert_allclose(shift_down, [[0], [5], [6]], atol=1e-15)


@pytest.mark.parametrize("attention", [masked_linear_attention, mask_product_attention])
def test_masked_attention_is_the_normalised_masked_einsum(attention: Callable[..., Any]) -> None:
    phi_q, phi_k, v, mask = RNG.random((4, 3)), RNG.random((5, 3)), RNG.random((5, 2)), RNG.random((4, 5))
    weights = np.einsum("ij,ic,jc->ij", mask, phi_q, phi_k)
    expected = [np.average(v, axis=0, weights=row) for row in weights]
    np.testing.assert_allclose(attention(phi_q, phi_k, v, mask), expected, rtol=1e-12)


@pytest.mark.parametrize("attention", [masked_linear_attention, mask_product_attention])
def test_a_mask_of_ones_masks_nothing(attention: Callable[..., Any]) -> None:
    phi_q, phi_k, v = RNG.random((4, 3)), RNG.random((5, 3)), RNG.random((5, 2))
    np.testing.assert_allclose(
        attention(phi_q, phi_k, v, np.ones((4, 5))), linear_attention(phi_q, phi_k, v), rtol=1e-12
    )


@pytest.mark.parametrize("attention", [masked_linear_attention, mask_product_attention])
def test_a_mask_of_one_key_reads_that_key_alone(attention: Callable[..., Any]) -> None:
    v = np.array([[1.0], [2], [4]])
    read = attention(np.ones((3, 2)), np.ones((3, 2)), v, np.eye(3)[[2, 0, 1]])
    np.testing.assert_allclose(read, [[4], [1], [2]])


@pytest.mark.parametrize("product", [block_toeplitz_product, radix_2_block_toeplitz_product])
def test_a_picture_spreads_from_the_cell_that_gives_to_the_cell_that_receives(product: Product) -> None:
    offsets, x = np.zeros((3, 5)), np.zeros((2, 3))
    offsets[1 + 1, 2 - 1] = 7  # one row further down and one column to the left
    x[0, 1] = 1
    np.testing.assert_allclose(product(offsets, x), [[0, 0, 0], [7, 0, 0]], atol=1e-14)


def test_a_block_toeplitz_matrix_has_toeplitz_blocks() -> None:
    offsets = np.arange(9.0).reshape(3, 3)
    expected = [[4, 3, 1, 0], [5, 4, 2, 1], [7, 6, 4, 3], [8, 7, 5, 4]]
    np.testing.assert_array_equal(block_toeplitz_matrix(offsets), expected)


def test_a_toeplitz_mask_of_a_lower_triangle_is_causal() -> None:
    ones, zeros = np.ones(4), np.zeros(4)
    read = toeplitz_masked_linear_attention(ones[:, None], ones[:, None], np.eye(4), ones, zeros)
    np.testing.assert_allclose(read, np.tril(np.ones((4, 4))) / np.arange(1, 5)[:, None], atol=1e-14)
    np.testing.assert_array_equal(toeplitz_matrix(ones, zeros), np.tril(np.ones((4, 4))))


def test_every_feature_meets_every_feature() -> None:
    joined = row_wise_kronecker_product(np.array([[2.0, 3]]), np.array([[5.0, 7, 11]]))
    np.testing.assert_array_equal(joined, [[10, 14, 22, 15, 21, 33]])
