"""Block terms and heads as tensors against values worked out by hand."""

import numpy as np

from kg.impl.blockterm import (
    block_term_tensor,
    collaborative_attention_scores,
    query_key_tensor,
    single_block_attention,
)

RNG = np.random.default_rng(34)


def test_a_block_stands_in_the_slices_its_vector_names():
    a, b = RNG.normal(size=(1, 3, 2)), RNG.normal(size=(1, 4, 2))
    t = block_term_tensor(a, b, np.asarray([[0.0], [2.0]]))
    np.testing.assert_array_equal(t[:, :, 0], 0)
    np.testing.assert_allclose(t[:, :, 1], 2 * a[0] @ b[0].T, rtol=1e-13)


def test_slices_of_the_query_key_tensor_are_the_products_of_the_heads():
    w_q, w_k = RNG.normal(size=(2, 3, 2)), RNG.normal(size=(2, 4, 2))
    np.testing.assert_allclose(query_key_tensor(w_q, w_k)[:, :, 1], w_q[1] @ w_k[1].T, rtol=1e-13)


def test_a_mixing_vector_of_zeros_gives_no_scores():
    x, w = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2))
    scores = collaborative_attention_scores(x, x, w, w, np.asarray([[1.0, 1.0], [0.0, 0.0]]))
    np.testing.assert_allclose(scores[0], (x @ w) @ (x @ w).T, rtol=1e-12)
    np.testing.assert_array_equal(scores[1], 0)


def test_single_block_attention_multiplies_along_the_common_index():
    t = single_block_attention(
        np.asarray([1.0, 2.0]),
        np.asarray([[3.0, 5.0]]),
        np.asarray([[7.0, 11.0]]),
        np.asarray([[13.0, 17.0]]),
    )
    assert t.tolist() == [[[3 * 7 * 13 + 2 * 5 * 11 * 17]]]
