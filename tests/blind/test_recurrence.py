"""Linear attention and Toeplitz products: the project's against those rewritten, and what they cost."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from comparison import SEEDS, assert_agree, assert_exactly_equal, fractions, largest, the_projects
from counting import circulant_inputs, tally_of
from rewritten import recurrence as mine


def features(seed: int, n: int = 5, m: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Positive features of length three, and two columns of values, as fractions."""
    rng = np.random.default_rng(seed)
    return fractions(rng, n, 3, low=1), fractions(rng, m, 3, low=1), fractions(rng, m, 2)


def floats(*arrays: np.ndarray) -> list[np.ndarray]:
    """The same arrays in floats."""
    return [a.astype(float) for a in arrays]


@pytest.mark.parametrize("seed", SEEDS)
def test_linear_attention_is_a_kernel_smoother(seed: int) -> None:
    q, k, v = features(seed, 5, 7)
    exact = mine.linear_attention(q, k, v)
    kernel = mine.feature_kernel(q, k)
    assert_exactly_equal(exact, mine.smoothed(kernel, v))
    # All weights are positive, so that a mean cancels by no more than the size of the values.
    theirs = the_projects("recurrence", "linear_attention")(*floats(q, k, v))
    assert_agree(exact, theirs, scale=largest(v), size=20)
    theirs = the_projects("kernels", "nadaraya_watson_smoother")(*floats(kernel, v))
    assert_agree(exact, theirs, scale=largest(v), size=20)


@pytest.mark.parametrize("seed", SEEDS)
def test_causal_linear_attention_is_a_recurrence_and_a_prefix_sum(seed: int) -> None:
    q, k, v = features(seed)
    exact = mine.causal_linear_attention(q, k, v)
    assert_exactly_equal(exact, mine.linear_attention_recurrence(q, k, v))
    assert_exactly_equal(exact, mine.prefix_sum_attention(q, k, v))
    for name in ("causal_linear_attention", "linear_attention_recurrence", "prefix_sum_attention"):
        theirs = the_projects("recurrence", name)(*floats(q, k, v))
        assert_agree(exact, theirs, scale=largest(v), size=20)


@pytest.mark.parametrize("seed", SEEDS)
def test_features_of_either_sign_will_do_as_long_as_the_weights_add_up(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q, k, v = rng.normal(size=(3, 3)), rng.normal(size=(3, 3)), rng.normal(size=(3, 2))
    k[:, 0], q[:, 0] = np.abs(k[:, 0]) + 9, np.abs(q[:, 0]) + 9  # totals stay away from zero
    exact = [np.vectorize(Fraction, otypes=[object])(a) for a in (q, k, v)]
    for name in (
        "linear_attention",
        "causal_linear_attention",
        "linear_attention_recurrence",
        "prefix_sum_attention",
    ):
        theirs = the_projects("recurrence", name)(q, k, v)
        assert_agree(getattr(mine, name)(*exact), theirs, scale=4 * largest(v), size=20)


@pytest.mark.parametrize("seed", SEEDS)
def test_masked_linear_attention_is_a_sum_of_mask_products(seed: int) -> None:
    q, k, v = features(seed, 5, 7)
    mask = fractions(np.random.default_rng(seed + 100), 5, 7, low=1)
    exact = mine.masked_linear_attention(q, k, v, mask)
    assert_exactly_equal(exact, mine.mask_product_attention(q, k, v, mask))
    for name in ("masked_linear_attention", "mask_product_attention"):
        theirs = the_projects("toeplitz", name)(*floats(q, k, v, mask))
        assert_agree(exact, theirs, scale=largest(v), size=30)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_causal_mask_makes_it_a_prefix_sum(seed: int) -> None:
    q, k, v = features(seed)
    lower = np.tril(np.ones((5, 5)))
    exact = np.vectorize(Fraction, otypes=[object])(lower)
    expected = mine.prefix_sum_attention(q, k, v)
    assert_exactly_equal(expected, mine.masked_linear_attention(q, k, v, exact))
    theirs = the_projects("toeplitz", "masked_linear_attention")(*floats(q, k, v), lower)
    assert_agree(expected, theirs, scale=largest(v), size=30)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 7, 8, 9])
def test_products_by_fourier_transforms_are_the_toeplitz_product(n: int) -> None:
    rng = np.random.default_rng(n)
    column, row, x = fractions(rng, n), fractions(rng, n), fractions(rng, n, 3)
    exact = mine.toeplitz_product(column, row, x)
    matrix = floats(column, row, x)
    terms = float(np.sum(np.abs(matrix[0])) + np.sum(np.abs(matrix[1]))) * float(
        np.max(np.sum(np.abs(matrix[2]), axis=0))
    )
    for name in ("toeplitz_product", "fft_toeplitz_product", "radix_2_toeplitz_product"):
        theirs = the_projects("toeplitz", name)(*matrix)
        assert_agree(np.real(theirs), exact, scale=terms, size=n)
        assert np.max(np.abs(np.imag(theirs))) <= 1e-12 * terms
        rewritten = getattr(mine, name)(*matrix)
        assert_agree(np.real(rewritten), exact, scale=terms, size=n)


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_the_product_with_a_vector_is_that_with_the_matrix_of_one_column(n: int) -> None:
    column, row, x = circulant_inputs(n, 1)
    exact = mine.toeplitz_product(column, row, x)[:, 0]
    terms = float(np.sum(np.abs(column)) + np.sum(np.abs(row))) * float(np.sum(np.abs(x)))
    for name in ("toeplitz_product", "fft_toeplitz_product", "radix_2_toeplitz_product"):
        theirs = the_projects("toeplitz", name)(column, row, x[:, 0])
        assert_agree(exact, theirs, scale=terms, size=n)


def test_the_first_entry_of_the_row_is_not_read() -> None:
    column, x = np.array([1.0, 2.0, 3.0]), np.eye(3)
    for name in ("toeplitz_product", "fft_toeplitz_product", "radix_2_toeplitz_product"):
        product = the_projects("toeplitz", name)
        assert_agree(
            product(column, np.array([7.0, 4.0, 5.0]), x),
            product(column, np.array([1.0, 4.0, 5.0]), x),
            scale=9,
            size=3,
        )


@pytest.mark.parametrize(("n", "c", "e"), [(1, 1, 1), (2, 3, 1), (5, 3, 2), (9, 1, 4), (10, 3, 2)])
def test_linear_attention_costs_what_the_claim_says(n: int, c: int, e: int) -> None:
    rng = np.random.default_rng(n)
    arrays = (rng.uniform(1, 2, (n, c)), rng.uniform(1, 2, (n, c)), rng.normal(size=(n, e)))
    expected = {"×": n * c * (2 * e + 1), "+": (e + 1) * (2 * n * c - n - c), "÷": n * e}
    assert tally_of(mine.linear_attention, *arrays) == expected
    assert tally_of(the_projects("recurrence", "linear_attention"), *arrays) == expected


@pytest.mark.parametrize(("n", "e"), [(2, 1), (4, 1), (4, 3), (8, 2), (16, 1)])
def test_a_radix_2_product_costs_what_the_claim_says_from_two_rows_on(n: int, e: int) -> None:
    log = round(math.log2(2 * n))
    expected = {"×": (2 * e + 1) * n * log + 2 * n * e, "+": (2 * e + 1) * 2 * n * log, "÷": n * e}
    arrays = circulant_inputs(n, e)
    assert tally_of(mine.radix_2_toeplitz_product, *arrays, counted_zero=True) == expected
    # The formula counts products with the zeros of the padding; where these are plain numbers they do not count.
    without = tally_of(mine.radix_2_toeplitz_product, *arrays)
    assert without["×"] < expected["×"]
    assert tally_of(the_projects("toeplitz", "radix_2_toeplitz_product"), *arrays) == without


def test_one_row_is_padded_to_one_and_costs_one_multiplication_a_column() -> None:
    cost = tally_of(mine.radix_2_toeplitz_product, *circulant_inputs(1, 3), counted_zero=True)
    assert cost == {"×": 3, "+": 0, "÷": 3}
