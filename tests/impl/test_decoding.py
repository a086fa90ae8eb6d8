"""Decoding with a cache, and relatives of linear attention, against NumPy, SciPy and values known by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.special import softmax

from kg.impl.decoding import cached_attention_step, cached_softmax_attention, causal_softmax_attention
from kg.impl.linearattention import efficient_attention, rotary_linear_attention
from kg.impl.recurrence import cumulative_sum_gradient, elu_features, linear_attention

RNG = np.random.default_rng(8)
Q, K, V = RNG.standard_normal((5, 4)), RNG.standard_normal((5, 4)), RNG.standard_normal((5, 2))

Attention = Callable[..., Any]


@pytest.mark.parametrize("attention", [causal_softmax_attention, cached_softmax_attention])
def test_each_causal_softmax_attention_is_scipys_softmax_with_minus_infinity(attention: Attention) -> None:
    scores = np.where(np.tril(np.ones((5, 5))) > 0, Q @ K.T / 2, -np.inf)
    np.testing.assert_allclose(attention(Q, K, V), softmax(scores, axis=1) @ V, rtol=1e-12)


def test_a_step_with_the_whole_cache_is_the_last_row() -> None:
    np.testing.assert_allclose(
        cached_attention_step(Q[4], K, V), causal_softmax_attention(Q, K, V)[4], rtol=1e-12
    )


def test_efficient_attention_is_two_softmaxes_of_scipy() -> None:
    expected = softmax(Q, axis=1) @ (softmax(K, axis=0).T @ V)
    np.testing.assert_allclose(efficient_attention(Q, K, V), expected, rtol=1e-12)


def test_rotary_linear_attention_multiplies_features_as_complex_numbers() -> None:
    phi_q, phi_k, frequencies = RNG.random((5, 4)), RNG.random((5, 4)), np.array([0.3, 1.1])
    turns = np.exp(1j * np.arange(5)[:, None] * frequencies)
    query, key = ((x[:, 0::2] + 1j * x[:, 1::2]) * turns for x in (phi_q, phi_k))
    expected = np.real(query @ key.conj().T) @ V / np.sum(phi_q @ phi_k.T, axis=1, keepdims=True)
    np.testing.assert_allclose(rotary_linear_attention(phi_q, phi_k, V, frequencies), expected, rtol=1e-11)


def test_rotary_linear_attention_without_turns_is_linear_attention() -> None:
    phi_q, phi_k = RNG.random((5, 4)), RNG.random((5, 4))
    found = rotary_linear_attention(phi_q, phi_k, V, np.zeros(2))
    np.testing.assert_allclose(found, linear_attention(phi_q, phi_k, V), rtol=1e-12)


def test_elu_features_by_hand() -> None:
    np.testing.assert_allclose(elu_features(np.array([[-1.0, 0.0, 2.0]])), [[np.exp(-1), 1, 3]])


def test_cumulative_sum_gradients_are_differences_of_the_numerators() -> None:
    g, mask, step = RNG.standard_normal((5, 2)), np.tril(np.ones((5, 5))), 1e-6
    inputs = [Q, K, V]

    def total(q: Any, k: Any, v: Any) -> float:
        return float(np.sum(g * ((mask * (q @ k.T)) @ v)))

    for place, gradient in enumerate(cumulative_sum_gradient(Q, K, V, g)):
        direction = RNG.standard_normal(inputs[place].shape)
        ahead, behind = (
            [x + s * step * direction if i == place else x for i, x in enumerate(inputs)] for s in (1, -1)
        )
        slope = (total(*ahead) - total(*behind)) / (2 * step)
        np.testing.assert_allclose(np.sum(gradient * direction), slope, rtol=1e-7)
