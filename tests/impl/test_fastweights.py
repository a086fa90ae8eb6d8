"""Fast weights and the delta rule against NumPy's einsum, and against values known by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.impl.deltarule import (
    chunked_delta_rule,
    chunked_gated_delta_rule,
    delta_rule_recurrence,
    gated_delta_rule_recurrence,
    parallel_delta_rule,
)
from kg.impl.fastweights import (
    chunked_linear_attention,
    delta_rule_update,
    fast_weight_programmer,
    hebbian_update,
    householder_reflection,
    unnormalised_linear_attention,
)

RNG = np.random.default_rng(5)
Q, K, V = RNG.standard_normal((7, 3)), RNG.standard_normal((7, 3)), RNG.standard_normal((7, 2))
BETA, DECAYS = RNG.random(7), RNG.random(7)

Attention = Callable[..., Any]


@pytest.mark.parametrize(
    "attention", [unnormalised_linear_attention, fast_weight_programmer, chunked_linear_attention]
)
def test_each_form_of_linear_attention_is_the_masked_einsum(attention: Attention) -> None:
    expected = np.einsum("ic,jc,ij,je->ie", Q, K, np.tril(np.ones((7, 7))), V)
    np.testing.assert_allclose(attention(Q, K, V), expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 9])
def test_any_length_of_the_blocks_gives_the_same(chunk: int) -> None:
    expected = fast_weight_programmer(Q, K, V)
    np.testing.assert_allclose(
        chunked_linear_attention(Q, K, V, chunk=chunk), expected, rtol=1e-12, atol=1e-13
    )
    expected = gated_delta_rule_recurrence(Q, K, V, BETA, DECAYS)
    found = chunked_gated_delta_rule(Q, K, V, BETA, DECAYS, chunk=chunk)
    np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-12)


def by_products_of_transitions() -> np.ndarray[Any, Any]:
    """Σ_j q_iᵀ (∏ (I − βkkᵀ)) β_j k_j v_jᵀ, with the products written out."""
    rows = []
    for i in range(7):
        total = np.zeros(2)
        for j in range(i + 1):
            vector = BETA[j] * K[j]
            for t in range(j + 1, i + 1):
                vector = vector - BETA[t] * K[t] * (K[t] @ vector)
            total += (Q[i] @ vector) * V[j]
        rows.append(total)
    return np.stack(rows)


@pytest.mark.parametrize("rule", [delta_rule_recurrence, parallel_delta_rule, chunked_delta_rule])
def test_each_form_of_the_delta_rule_is_a_sum_over_products_of_transitions(rule: Attention) -> None:
    np.testing.assert_allclose(rule(Q, K, V, BETA), by_products_of_transitions(), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("rule", [delta_rule_recurrence, parallel_delta_rule, chunked_delta_rule])
def test_the_delta_rule_replaces_what_is_stored_under_a_key(rule: Attention) -> None:
    ones = np.ones((2, 1))
    np.testing.assert_allclose(rule(ones, ones, np.array([[3.0], [5.0]]), np.ones(2)), [[3], [5]])
    np.testing.assert_allclose(fast_weight_programmer(ones, ones, np.array([[3.0], [5.0]])), [[3], [8]])


def test_a_gate_of_one_half_halves_what_is_stored_before_it_is_corrected() -> None:
    ones, values, rates = np.ones((2, 1)), np.array([[4.0], [0.0]]), np.array([1.0, 0.0])
    halves = np.array([0.5, 0.5])
    np.testing.assert_allclose(gated_delta_rule_recurrence(ones, ones, values, rates, halves), [[4], [2]])


def test_one_step_of_each_rule_by_hand() -> None:
    memory, key, value = np.array([[1.0], [0.0]]), np.array([1.0, 2.0]), np.array([3.0])
    np.testing.assert_allclose(hebbian_update(memory, key, value, 1), [[4], [6]])
    np.testing.assert_allclose(delta_rule_update(memory, key, value, 1), [[3], [4]])


def test_a_reflection_is_its_own_inverse_and_keeps_lengths() -> None:
    x, k = RNG.standard_normal((3, 2)), RNG.standard_normal(3)
    mirrored = householder_reflection(x, k)
    np.testing.assert_allclose(np.linalg.norm(mirrored, axis=0), np.linalg.norm(x, axis=0), rtol=1e-12)
    np.testing.assert_allclose(householder_reflection(mirrored, k), x, rtol=1e-12)
