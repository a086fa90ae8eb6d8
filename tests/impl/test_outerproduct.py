"""Layers as sums of outer products against values worked out by hand."""

import numpy as np

from kg.impl.attention import softmax_attention
from kg.impl.outerproduct import (
    mixed_product_layer,
    multi_head_attention,
    softmax_free_multi_head_attention,
)

RNG = np.random.default_rng(31)


def test_a_shift_of_positions_is_a_convolution_with_one_weight():
    shift = np.eye(4, k=1)[None]
    x = np.arange(4.0)[:, None]
    # Position s receives three times what stood one place before it.
    np.testing.assert_array_equal(mixed_product_layer(shift, np.asarray([[[3.0]]]), x)[:, 0], [0, 0, 3, 6])


def test_one_head_with_identities_for_weights_is_softmax_attention():
    x, identity = RNG.normal(size=(5, 3)), np.eye(3)[None]
    ours = multi_head_attention(x, identity, identity, identity, identity)
    np.testing.assert_allclose(ours, softmax_attention(x, x, x), rtol=1e-13)


def test_heads_are_added_up():
    x, w = RNG.normal(size=(5, 3)), RNG.normal(size=(4, 2, 3, 3))
    apart = sum(multi_head_attention(x, *(m[h : h + 1] for m in w)) for h in range(2))
    np.testing.assert_allclose(multi_head_attention(x, *w), apart, rtol=1e-12)


def test_scores_without_softmax_multiply_the_values():
    # One token (1, 2) attending to (3, 4): the score is 11, the value (3, 4).
    y = softmax_free_multi_head_attention(
        np.asarray([[1.0, 2.0]]), np.asarray([[3.0, 4.0]]), np.eye(2)[None], np.eye(2)[None]
    )
    np.testing.assert_array_equal(y, [[33, 44]])
