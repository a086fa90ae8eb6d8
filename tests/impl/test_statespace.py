"""State spaces and long convolutions against NumPy and SciPy, and against values known by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.linalg import hankel
from scipy.signal import dimpulse, dlsim, lfilter

from kg.impl.longconvolution import (
    fft_long_convolution,
    hankel_matrix,
    hankel_realisation,
    impulse_response,
    long_convolution,
    time_invariant_state_space_model,
)
from kg.impl.statespace import (
    chunked_state_space_dual,
    cumulative_product_mask,
    diagonal_state_space_recurrence,
    selective_state_space_recurrence,
    semiseparable_matrix,
    semiseparable_product,
    structured_masked_attention,
    sum_of_masked_attentions,
    time_varying_state_space_model,
)

RNG = np.random.default_rng(7)
B, C, X = RNG.standard_normal((6, 3)), RNG.standard_normal((6, 3)), RNG.standard_normal((6, 2))
A, DIAGONALS, MATRICES = RNG.random(6), RNG.random((6, 3)), RNG.standard_normal((6, 3, 3))

Model = Callable[..., Any]


def table(transitions: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """c_iᵀ A_i … A_{j+1} b_j by NumPy's product of many matrices."""
    n = len(B)
    m = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            between = [transitions[t] for t in range(i, j, -1)]
            m[i, j] = C[i] @ np.linalg.multi_dot([*between, np.eye(3), np.eye(3)]) @ B[j]
    return m


@pytest.mark.parametrize("model", [time_varying_state_space_model, semiseparable_product])
def test_each_form_with_any_transition_is_the_table_of_products(model: Model) -> None:
    np.testing.assert_allclose(model(MATRICES, B, C, X), table(MATRICES) @ X, rtol=1e-10, atol=1e-11)


def test_the_semiseparable_matrix_is_the_table_of_products() -> None:
    np.testing.assert_allclose(semiseparable_matrix(MATRICES, B, C), table(MATRICES), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    "model", [selective_state_space_recurrence, structured_masked_attention, chunked_state_space_dual]
)
def test_each_form_with_one_factor_is_the_table_of_products(model: Model) -> None:
    expected = table(A[:, None, None] * np.eye(3)) @ X
    np.testing.assert_allclose(model(A, B, C, X), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("model", [diagonal_state_space_recurrence, sum_of_masked_attentions])
def test_each_form_with_a_diagonal_transition_is_the_table_of_products(model: Model) -> None:
    expected = table(DIAGONALS[:, :, None] * np.eye(3)) @ X
    np.testing.assert_allclose(model(DIAGONALS, B, C, X), expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("chunk", [1, 2, 3, 6, 8])
def test_any_length_of_the_blocks_gives_the_same(chunk: int) -> None:
    expected = selective_state_space_recurrence(A, B, C, X)
    np.testing.assert_allclose(
        chunked_state_space_dual(A, B, C, X, chunk=chunk), expected, rtol=1e-12, atol=1e-13
    )


def test_the_mask_of_cumulative_products_by_hand() -> None:
    expected = [[1, 0, 0], [3, 1, 0], [15, 5, 1]]
    np.testing.assert_allclose(cumulative_product_mask(np.array([2.0, 3.0, 5.0])), expected)


def test_a_time_invariant_model_is_scipys_simulation() -> None:
    a, b, c = 0.3 * RNG.standard_normal((3, 3)), RNG.standard_normal(3), RNG.standard_normal(3)
    # SciPy reads the state before the input arrives: y_t = C z_t + D x_t, z_{t+1} = A z_t + B x_t.
    system = (a, b[:, None], (c @ a)[None, :], np.array([[c @ b]]), 1)
    _, expected, _ = dlsim(system, X[:, :1])
    np.testing.assert_allclose(
        time_invariant_state_space_model(a, b, c, X[:, :1]), expected, rtol=1e-11, atol=1e-12
    )
    _, (response,) = dimpulse(system, n=6)
    np.testing.assert_allclose(impulse_response(a, b, c, length=6), response[:, 0], rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("convolution", [long_convolution, fft_long_convolution])
def test_each_long_convolution_is_scipys_filter(convolution: Model) -> None:
    h = RNG.standard_normal(6)
    np.testing.assert_allclose(convolution(h, X), lfilter(h, 1, X, axis=0), rtol=1e-11, atol=1e-12)


def test_the_hankel_matrix_is_scipys() -> None:
    h = RNG.standard_normal(7)
    np.testing.assert_array_equal(hankel_matrix(h), hankel(h[:4], h[3:]))


def test_a_geometric_filter_is_realised_by_its_ratio() -> None:
    a, b, c = hankel_realisation(np.array([3.0, 6.0]))
    assert (a[0, 0], b[0], c[0]) == (2.0, 1.0, 3.0)


def test_the_fibonacci_numbers_are_continued_from_the_first_four() -> None:
    realised = hankel_realisation(np.array([1.0, 1, 2, 3]))
    np.testing.assert_allclose(
        impulse_response(*realised, length=9), [1, 1, 2, 3, 5, 8, 13, 21, 34], rtol=1e-12
    )
