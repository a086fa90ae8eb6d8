"""Attention, and everything that is a weighted mean of values, against PyTorch's scaled_dot_product_attention.

Attention with weights w that are not a softmax of scores is had from PyTorch with queries and keys of zeros and log w as
its additive mask: the softmax of log w is w over its sum.
"""

from __future__ import annotations

import numpy as np
import torch
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel
from torch.nn.functional import scaled_dot_product_attention

from kg.impl.attention import online_softmax_attention, softmax_attention
from kg.impl.galerkin import fourier_attention, galerkin_attention
from kg.impl.kernels import exponential_kernel, nadaraya_watson_smoother
from kg.impl.recurrence import (
    causal_linear_attention,
    linear_attention,
    linear_attention_recurrence,
    prefix_sum_attention,
)
from kg.impl.tensor import polynomial_attention
from kg.impl.toeplitz import mask_product_attention, masked_linear_attention

PEERS = {
    "softmax_attention": "torch.nn.functional.scaled_dot_product_attention",
    "online_softmax_attention": "torch.nn.functional.scaled_dot_product_attention",
    "linear_attention": "torch.nn.functional.scaled_dot_product_attention",
    "causal_linear_attention": "torch.nn.functional.scaled_dot_product_attention",
    "linear_attention_recurrence": "torch.nn.functional.scaled_dot_product_attention",
    "prefix_sum_attention": "torch.nn.functional.scaled_dot_product_attention",
    "masked_linear_attention": "torch.nn.functional.scaled_dot_product_attention",
    "mask_product_attention": "torch.nn.functional.scaled_dot_product_attention",
    "nadaraya_watson_smoother": "torch.nn.functional.scaled_dot_product_attention",
    "galerkin_attention": "torch.linalg.multi_dot",
    "fourier_attention": "torch.linalg.multi_dot",
    "polynomial_attention": "sklearn.metrics.pairwise.polynomial_kernel",
    "exponential_kernel": "sklearn.metrics.pairwise.rbf_kernel",
}


def weighted_means(weights: np.ndarray, v: np.ndarray) -> np.ndarray:
    """PyTorch's attention with the given weights, each row divided by its sum."""
    n, m = weights.shape
    q, k = torch.zeros((n, 1), dtype=torch.float64), torch.zeros((m, 1), dtype=torch.float64)
    with np.errstate(divide="ignore"):  # a weight of zero is a mask of −∞
        mask = torch.from_numpy(np.log(weights))
    return scaled_dot_product_attention(q, k, torch.from_numpy(v), attn_mask=mask).numpy()


def positive(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.uniform(0.1, 2, shape)


def test_softmax_attention_is_scaled_dot_product_attention(rng, agree) -> None:
    q, k, v = rng.standard_normal((3, 5)), rng.standard_normal((7, 5)), rng.standard_normal((7, 2))
    theirs = scaled_dot_product_attention(*map(torch.from_numpy, (q, k, v)))
    agree(softmax_attention(q, k, v), theirs)
    for block in (1, 2, 3, 7, 16):
        agree(online_softmax_attention(q, k, v, block=block), theirs)


def test_softmax_attention_agrees_where_unshifted_exponentials_overflow(rng, agree) -> None:
    q, k, v = 60 * rng.standard_normal((3, 5)), 60 * rng.standard_normal((7, 5)), rng.standard_normal((7, 2))
    theirs = scaled_dot_product_attention(*map(torch.from_numpy, (q, k, v)))
    agree(softmax_attention(q, k, v), theirs)
    agree(online_softmax_attention(q, k, v), theirs)


def test_linear_attention_is_attention_with_log_weights_as_mask(rng, agree) -> None:
    q, k, v = positive(rng, 3, 5), positive(rng, 7, 5), rng.standard_normal((7, 2))
    agree(linear_attention(q, k, v), weighted_means(q @ k.T, v))


def test_causal_linear_attention_in_three_forms_is_attention_with_a_causal_mask(rng, agree) -> None:
    q, k, v = positive(rng, 7, 3), positive(rng, 7, 3), rng.standard_normal((7, 2))
    theirs = weighted_means(np.tril(q @ k.T), v)
    for ours in (causal_linear_attention, linear_attention_recurrence, prefix_sum_attention):
        agree(ours(q, k, v), theirs)


def test_masked_linear_attention_in_two_forms_is_attention_with_the_log_of_the_mask_added(rng, agree) -> None:
    q, k, v, mask = positive(rng, 3, 2), positive(rng, 7, 2), rng.standard_normal((7, 4)), positive(rng, 3, 7)
    theirs = weighted_means(mask * (q @ k.T), v)
    agree(masked_linear_attention(q, k, v, mask), theirs)
    agree(mask_product_attention(q, k, v, mask), theirs)


def test_the_nadaraya_watson_smoother_is_attention_with_the_log_of_its_kernel_as_mask(rng, agree) -> None:
    weights, v = positive(rng, 3, 7), rng.standard_normal((7, 2))
    agree(nadaraya_watson_smoother(weights, v), weighted_means(weights, v))


def test_galerkin_and_fourier_attention_are_a_product_of_three_matrices(rng, agree) -> None:
    q, k, v = rng.standard_normal((7, 3)), rng.standard_normal((7, 3)), rng.standard_normal((7, 2))
    theirs = torch.linalg.multi_dot([torch.from_numpy(x) for x in (q, k.T.copy(), v)]) / 7
    agree(galerkin_attention(q, k, v), theirs)
    agree(fourier_attention(q, k, v), theirs)


def test_polynomial_attention_uses_the_homogeneous_polynomial_kernel(rng, agree) -> None:
    q, k, v = rng.standard_normal((3, 5)), rng.standard_normal((7, 5)), rng.standard_normal((7, 2))
    agree(polynomial_attention(q, k, v), polynomial_kernel(q, k, degree=2, gamma=1, coef0=0) @ v)


def test_the_exponential_kernel_is_the_gaussian_kernel_times_two_factors(rng, agree_entrywise) -> None:
    q, k = rng.standard_normal((3, 4)), rng.standard_normal((7, 4))
    factors = [np.exp(np.sum(x * x, axis=1) / 4) for x in (q, k)]
    theirs = rbf_kernel(q, k, gamma=1 / 4) * np.outer(*factors)
    agree_entrywise(exponential_kernel(q, k), theirs)
