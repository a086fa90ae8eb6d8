"""Retention, gated linear attention and RWKV against NumPy's einsum and values known by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.impl.retention import (
    chunked_gated_linear_attention,
    chunked_retention,
    decay_mask,
    gated_linear_attention_recurrence,
    parallel_gated_linear_attention,
    parallel_retention,
    retention_recurrence,
    score_normalised_retention,
)
from kg.impl.rwkv import attention_free_transformer, rwkv_attention, rwkv_recurrence

RNG = np.random.default_rng(6)
Q, K, V = RNG.standard_normal((7, 3)), RNG.standard_normal((7, 3)), RNG.standard_normal((7, 2))
GATES = RNG.uniform(0.2, 1, (7, 3))
GAMMA = np.asarray(0.75)
MASK = np.tril(0.75 ** np.maximum(0, np.subtract.outer(np.arange(7), np.arange(7))))

Attention = Callable[..., Any]


def test_the_mask_has_the_powers_of_the_decay() -> None:
    np.testing.assert_allclose(decay_mask(GAMMA, n=7), MASK, rtol=1e-14)


@pytest.mark.parametrize("retention", [retention_recurrence, parallel_retention, chunked_retention])
def test_each_form_of_retention_is_the_einsum_with_powers(retention: Attention) -> None:
    expected = np.einsum("ic,jc,ij,je->ie", Q, K, MASK, V)
    np.testing.assert_allclose(retention(Q, K, V, GAMMA), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 9])
def test_any_length_of_the_blocks_gives_the_same(chunk: int) -> None:
    expected = retention_recurrence(Q, K, V, GAMMA)
    np.testing.assert_allclose(
        chunked_retention(Q, K, V, GAMMA, chunk=chunk), expected, rtol=1e-12, atol=1e-13
    )
    expected = gated_linear_attention_recurrence(Q, K, V, GATES)
    found = chunked_gated_linear_attention(Q, K, V, GATES, chunk=chunk)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(
    "attention",
    [gated_linear_attention_recurrence, parallel_gated_linear_attention, chunked_gated_linear_attention],
)
def test_each_form_of_gated_linear_attention_is_the_einsum_with_quotients(attention: Attention) -> None:
    running = np.cumprod(GATES, axis=0)
    expected = np.einsum("ic,jc,ij,je->ie", Q * running, K / running, np.tril(np.ones((7, 7))), V)
    np.testing.assert_allclose(attention(Q, K, V, GATES), expected, rtol=1e-11, atol=1e-12)


def test_score_normalised_retention_of_one_token_divides_by_the_root_of_the_width_and_a_large_total() -> None:
    key, value = np.ones((1, 4)), np.array([[3.0]])
    # The score 1·4/√4 is 2, larger than 1; that of a key a quarter as long is not.
    np.testing.assert_allclose(score_normalised_retention(key, key, value, GAMMA), [[3]])
    np.testing.assert_allclose(score_normalised_retention(key / 4, key, value, GAMMA), [[1.5]])


def test_the_attention_free_transformer_is_the_einsum_of_exponentials() -> None:
    bias, keys = RNG.standard_normal((7, 7)), RNG.standard_normal((7, 2))
    weights = np.tril(np.exp(bias))
    top = np.einsum("ij,je,je->ie", weights, np.exp(keys), V)
    expected = top / np.einsum("ij,je->ie", weights, np.exp(keys))
    np.testing.assert_allclose(attention_free_transformer(keys, V, bias), expected, rtol=1e-12)


@pytest.mark.parametrize("rwkv", [rwkv_recurrence, rwkv_attention])
def test_rwkv_of_equal_keys_by_hand(rwkv: Attention) -> None:
    keys, values = np.zeros((3, 1)), np.array([[1.0], [3.0], [5.0]])
    no_decay = rwkv(keys, values, np.asarray(0.0), np.asarray(0.0))
    np.testing.assert_allclose(no_decay, [[1], [2], [3]])
    halving = rwkv(keys, values, np.log(np.asarray(2.0)), np.log(np.asarray(3.0)))
    np.testing.assert_allclose(halving, [[1], [(1 + 9) / 4], [(0.5 + 3 + 15) / 4.5]])
