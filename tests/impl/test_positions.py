"""Biases, masks and rotations of attention at inputs whose outputs are known beforehand."""

import numpy as np
import pytest

from kg.impl.attention import softmax_attention
from kg.impl.positions import (
    alibi_attention,
    biased_softmax_attention,
    complex_rotary_scores,
    half_split_rotary_embedding,
    key_bias_attention,
    masked_softmax_attention,
    relative_bias_attention,
    relative_rotary_scores,
    rotary_decay_bound,
    rotary_embedding,
    rotary_scores,
)

RNG = np.random.default_rng(7)
Q, K, V = RNG.standard_normal((5, 4)), RNG.standard_normal((5, 4)), RNG.standard_normal((5, 2))


def test_no_bias_and_a_mask_of_ones_leave_softmax_attention_as_it_is() -> None:
    plain = softmax_attention(Q, K, V)
    np.testing.assert_allclose(biased_softmax_attention(Q, K, V, np.zeros((5, 5))), plain, rtol=1e-12)
    np.testing.assert_allclose(masked_softmax_attention(Q, K, V, np.ones((5, 5))), plain, rtol=1e-12)
    np.testing.assert_allclose(relative_bias_attention(Q, K, V, np.zeros(5), np.zeros(5)), plain, rtol=1e-12)


def test_the_bias_is_not_scaled_with_the_scores() -> None:
    zeros = np.zeros((1, 4))
    read = biased_softmax_attention(zeros, np.zeros((2, 4)), np.eye(2), np.log([[1.0, 3.0]]))
    np.testing.assert_allclose(read, [[0.25, 0.75]])


def test_a_relative_bias_at_the_offset_one_favours_the_token_before() -> None:
    column, row = np.array([0.0, 50, 0]), np.zeros(3)
    read = relative_bias_attention(np.zeros((3, 4)), np.zeros((3, 4)), np.eye(3), column, row)
    np.testing.assert_allclose(read[1:], [[1, 0, 0], [0, 1, 0]], atol=1e-12)


def test_alibi_halves_with_each_step_back_and_never_looks_ahead() -> None:
    blank = np.zeros((3, 4))
    read = alibi_attention(blank, blank, np.eye(3), np.log(np.asarray(2.0)))
    np.testing.assert_allclose(read, [[1, 0, 0], [1 / 3, 2 / 3, 0], [1 / 7, 2 / 7, 4 / 7]], rtol=1e-12)
    by_key = key_bias_attention(blank, blank, np.eye(3), np.log(np.array([1.0, 2, 4])))
    np.testing.assert_allclose(by_key, read, rtol=1e-12)


def test_a_quarter_turn_sends_the_first_feature_of_a_pair_to_the_second() -> None:
    quarter = np.array([np.pi / 2])
    x = np.array([[1.0, 0, 5, 7]])
    np.testing.assert_allclose(rotary_embedding(x, quarter, np.array([1.0, 0])), [[0, 1, 5, 7]], atol=1e-15)
    np.testing.assert_allclose(
        half_split_rotary_embedding(x, quarter, np.array([1.0, 0])), [[-5, 0, 1, 7]], atol=1e-15
    )


@pytest.mark.parametrize("scores", [rotary_scores, relative_rotary_scores, complex_rotary_scores])
def test_rotary_scores_do_not_change_when_all_positions_move(scores) -> None:
    places, frequencies = np.arange(5.0), np.array([1.0, 0.1])
    here = scores(Q, K, places, places, frequencies)
    np.testing.assert_allclose(scores(Q, K, places + 9, places + 9, frequencies), here, atol=1e-13)
    np.testing.assert_allclose(np.diag(here), np.sum(Q * K, axis=1), atol=1e-13)


def test_the_decay_bound_by_hand() -> None:
    # Products 3 + 4i and 1, steps −2 − 4i and −1; turns 1 and −1 at distance π, sums 1 and 0.
    q, k = np.array([3.0, 4, 1, 0]), np.array([1.0, 0, 1, 0])
    step, sums = rotary_decay_bound(q, k, np.asarray(np.pi), np.array([0.0, 1]))
    np.testing.assert_allclose([step, sums], [np.sqrt(20), 1], rtol=1e-12)


def test_the_partial_sums_of_the_decay_bound_run_from_the_first_frequency() -> None:
    # Products 3, 2, 1 fall by one; turns 1, −1, −1 have the partial sums 1, 0, −1.
    q, k = np.array([3.0, 0, 2, 0, 1, 0]), np.array([1.0, 0, 1, 0, 1, 0])
    step, sums = rotary_decay_bound(q, k, np.asarray(np.pi), np.array([0.0, 1, 1]))
    np.testing.assert_allclose([step, sums], [1, 2], rtol=1e-12)
