"""Attention in pieces against scipy, and counts and roundings worked out by hand."""

import math

import numpy as np
from scipy.special import logsumexp, softmax

from kg.impl.streaming import (
    materialised_softmax_attention,
    round_to_significand,
    softmax_state_merge,
    tiled_softmax_attention,
    tree_softmax_attention,
)

RNG = np.random.default_rng(34)
Q, K, V = RNG.normal(size=(4, 3)), RNG.normal(size=(7, 3)), RNG.normal(size=(7, 2))
EXPECTED = softmax(Q @ K.T / np.sqrt(3), axis=1) @ V


def test_the_three_forms_are_softmax_attention():
    np.testing.assert_allclose(tree_softmax_attention(Q, K, V), EXPECTED, rtol=1e-12)
    np.testing.assert_allclose(materialised_softmax_attention(Q, K, V), EXPECTED, rtol=1e-12)
    np.testing.assert_allclose(tiled_softmax_attention(Q, K, V, rows=3, columns=2), EXPECTED, rtol=1e-12)


def test_merged_states_carry_the_log_of_the_sum_of_exponentials():
    s = np.array([1.0, -2.0, 0.5])
    states = [np.array([[x, 1.0, 0.0]]) for x in s]
    merged = softmax_state_merge(softmax_state_merge(states[0], states[1]), states[2])
    assert math.isclose(merged[0, 0] + math.log(merged[0, 1]), logsumexp(s))


def test_large_scores_do_not_overflow():
    assert np.all(np.isfinite(tree_softmax_attention(1000 * Q, K, V)))
    assert np.all(np.isfinite(tiled_softmax_attention(1000 * Q, K, V)))


def test_traffic_of_one_query_and_one_key_by_hand():
    one = np.ones((1, 1))
    moved: list[int] = []
    # Query and key, score out and in, weight out, weight and value in, output out.
    materialised_softmax_attention(one, one, one, traffic=moved)
    assert moved == [2, 1, 1, 1, 2, 1]
    moved = []
    # Key and value; query, output, maximum, normaliser; the last three back.
    tiled_softmax_attention(one, one, one, traffic=moved)
    assert moved == [2, 4, 3]


def test_rounding_agrees_with_frexp():
    x = RNG.uniform(0.07, 15, size=(20, 3)) * RNG.choice([-1, 1], size=(20, 3))
    mantissa, exponent = np.frexp(x)
    expected = np.floor(mantissa * 2**5 + 0.5) / 2**5 * 2.0**exponent
    np.testing.assert_array_equal(round_to_significand(x, bits=5), expected)
