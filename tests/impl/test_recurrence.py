"""The forms of linear attention against NumPy's einsum and values known by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.impl.recurrence import (
    causal_linear_attention,
    linear_attention,
    linear_attention_recurrence,
    prefix_sum_attention,
)
from kg.numbers import count_operations

RNG = np.random.default_rng(2)
PHI_Q, PHI_K, V = RNG.random((7, 3)), RNG.random((7, 3)), RNG.standard_normal((7, 2))
CAUSAL = [causal_linear_attention, linear_attention_recurrence, prefix_sum_attention]

Attention = Callable[[Any, Any, Any], Any]


def by_einsum(mask: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    top = np.einsum("ic,jc,ij,je->ie", PHI_Q, PHI_K, mask, V)
    return np.asarray(top / np.einsum("ic,jc,ij->i", PHI_Q, PHI_K, mask)[:, None])


@pytest.mark.parametrize("attention", CAUSAL)
def test_each_causal_form_is_the_masked_einsum(attention: Attention) -> None:
    np.testing.assert_allclose(attention(PHI_Q, PHI_K, V), by_einsum(np.tril(np.ones((7, 7)))), rtol=1e-12)


@pytest.mark.parametrize("attention", CAUSAL)
def test_with_constant_features_each_causal_form_is_the_running_mean(attention: Attention) -> None:
    one = np.ones((3, 1))
    np.testing.assert_allclose(attention(one, one, np.array([[1.0], [3], [8]])), [[1], [2], [4]])


@pytest.mark.parametrize("attention", CAUSAL)
def test_the_first_token_reads_itself(attention: Attention) -> None:
    np.testing.assert_allclose(attention(PHI_Q, PHI_K, V)[0], V[0], rtol=1e-14)


def test_linear_attention_is_the_einsum_without_a_mask() -> None:
    np.testing.assert_allclose(linear_attention(PHI_Q, PHI_K, V), by_einsum(np.ones((7, 7))), rtol=1e-12)


def test_linear_attention_reads_any_number_of_keys() -> None:
    assert linear_attention(PHI_Q[:2], PHI_K, V).shape == (2, 2)


def test_four_more_tokens_cost_the_same_wherever_they_are_added() -> None:
    counts = []
    for n in (4, 8, 12):
        tally = count_operations(linear_attention, np.ones((n, 3)), np.ones((n, 3)), np.ones((n, 2)))
        counts.append(sum(tally.values()))
    assert counts[2] - counts[1] == counts[1] - counts[0]
