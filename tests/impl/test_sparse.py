"""Orthogonal matching pursuit against NumPy's least squares, and on signals it must recover."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from kg.impl.sparse import orthogonal_matching_pursuit, orthogonal_matching_pursuit_by_qr

METHODS = [orthogonal_matching_pursuit, orthogonal_matching_pursuit_by_qr]


@pytest.fixture
def dictionary() -> np.ndarray:
    a = np.random.default_rng(4).standard_normal((20, 40))
    return a / np.linalg.norm(a, axis=0)


def pursue(a: np.ndarray, y: np.ndarray, sparsity: int) -> np.ndarray:
    """The textbook loop, with NumPy's least squares."""
    chosen: list[int] = []
    residual = y
    for _ in range(sparsity):
        chosen.append(int(np.argmax(np.abs(a.T @ residual))))
        fit = np.linalg.lstsq(a[:, chosen], y, rcond=None)[0]
        residual = y - a[:, chosen] @ fit
    x = np.zeros(a.shape[1])
    x[chosen] = fit
    return x


@pytest.mark.parametrize("method", METHODS)
def test_it_is_the_textbook_loop(method, dictionary) -> None:
    y = np.random.default_rng(5).standard_normal(20)
    assert_allclose(method(dictionary, y, sparsity=6), pursue(dictionary, y, 6), atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_a_sparse_signal_is_recovered_from_random_measurements(method, dictionary) -> None:
    x = np.zeros(40)
    x[[3, 17, 30]] = 1.0, -2.0, 1.5
    assert_allclose(method(dictionary, dictionary @ x, sparsity=3), x, atol=1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_with_orthonormal_columns_it_keeps_the_largest_inner_products(method) -> None:
    y = np.asarray([3.0, -5.0, 1.0, 2.0])
    assert_allclose(method(np.eye(4), y, sparsity=2), [3.0, -5.0, 0.0, 0.0])


@pytest.mark.parametrize("method", METHODS)
def test_what_is_left_over_is_orthogonal_to_every_chosen_column(method, dictionary) -> None:
    y = np.random.default_rng(6).standard_normal(20)
    x = method(dictionary, y, sparsity=5)
    assert np.count_nonzero(x) == 5
    assert_allclose(dictionary[:, x != 0].T @ (y - dictionary @ x), 0, atol=1e-13)
