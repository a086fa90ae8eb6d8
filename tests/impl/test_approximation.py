"""Stand-ins for matrices against numpy and scipy, and values worked out by hand."""

import numpy as np
from scipy.special import softmax

from kg.impl.approximation import (
    cross_approximation,
    cubic_inverse_step,
    cur_decomposition,
    gaussian_sketch,
    linformer_attention,
    nystrom_approximation,
    nystromformer_attention,
)

RNG = np.random.default_rng(33)
A = RNG.normal(size=(5, 6))


def test_the_nystrom_approximation_is_the_product_of_three_blocks():
    expected = A[:, :2] @ np.linalg.pinv(A[:2, :2]) @ A[:2]
    np.testing.assert_allclose(nystrom_approximation(A, landmarks=2), expected, rtol=1e-9)


def test_crosses_and_cur_agree_with_the_matrix_in_the_chosen_rows_and_columns():
    for form in (cur_decomposition, cross_approximation):
        found = form(A, rows=(0, 3), columns=(4, 2))
        np.testing.assert_allclose(found[[0, 3]], A[[0, 3]], atol=1e-10)
        np.testing.assert_allclose(found[:, [4, 2]], A[:, [4, 2]], atol=1e-10)
        assert np.linalg.matrix_rank(found) == 2


def test_a_single_cross_of_a_two_by_two_matrix_by_hand():
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    np.testing.assert_allclose(cross_approximation(a, rows=(0,), columns=(0,)), [[1, 2], [3, 6]])


def test_nystromformer_has_three_softmax_blocks():
    q, k, v, p, r = (RNG.normal(size=(n, 2)) for n in (5, 6, 6, 2, 2))
    blocks = [softmax(a @ b.T / np.sqrt(2), axis=1) for a, b in ((q, r), (p, r), (p, k))]
    expected = blocks[0] @ np.linalg.pinv(blocks[1]) @ blocks[2] @ v
    np.testing.assert_allclose(nystromformer_attention(q, k, v, p, r), expected, rtol=1e-8)


def test_the_cubic_step_converges_to_the_inverse():
    a = np.eye(4) + 0.1 * RNG.normal(size=(4, 4))
    z = np.eye(4)
    for _ in range(6):
        z = cubic_inverse_step(a, z)
    np.testing.assert_allclose(z, np.linalg.inv(a), rtol=1e-12)


def test_linformer_attends_to_mixtures():
    q, k, v, e, f = (RNG.normal(size=s) for s in ((4, 3), (6, 3), (6, 2), (2, 6), (2, 6)))
    expected = softmax(q @ (e @ k).T / np.sqrt(3), axis=1) @ (f @ v)
    np.testing.assert_allclose(linformer_attention(q, k, v, e, f), expected, rtol=1e-12)


def test_a_sketch_by_hand():
    r = np.array([[[1.0, 2.0], [0.0, -1.0], [3.0, 0.0], [1.0, 1.0]]])
    np.testing.assert_allclose(gaussian_sketch(r, np.array([2.0, 4.0])), [[5, -2, 3, 3]])
