"""Heads of attention against numpy, one head and one position at a time, and values worked out by hand."""

import numpy as np
from scipy.special import softmax

from kg.impl.multihead import (
    absorbed_latent_attention,
    attention_heads,
    grouped_query_attention,
    latent_attention,
    multi_head_layer,
    multi_query_attention,
)

RNG = np.random.default_rng(31)
Q = RNG.normal(size=(4, 3, 2))
K = RNG.normal(size=(4, 5, 2))
V = RNG.normal(size=(4, 5, 6))


def one_head(q, k, v):
    return softmax(np.einsum("nd,md->nm", q, k) / np.sqrt(q.shape[1]), axis=1) @ v


def test_every_head_attends_by_itself():
    expected = [one_head(Q[i], K[i], V[i]) for i in range(4)]
    np.testing.assert_allclose(attention_heads(Q, K, V), expected, rtol=1e-12)


def test_heads_of_a_group_read_the_same_keys():
    expected = [one_head(Q[i], K[i // 2], V[i // 2]) for i in range(4)]
    np.testing.assert_allclose(grouped_query_attention(Q, K[:2], V[:2]), expected, rtol=1e-12)


def test_all_heads_of_multi_query_attention_read_the_same_keys():
    expected = [one_head(Q[i], K[0], V[0]) for i in range(4)]
    np.testing.assert_allclose(multi_query_attention(Q, K[0], V[0]), expected, rtol=1e-12)


def test_a_query_of_zero_reads_the_mean_of_the_values():
    np.testing.assert_allclose(multi_query_attention(0 * Q, K[0], V[0])[1, 2], V[0].mean(axis=0))


def test_the_layer_projects_attends_and_projects_back():
    x, w_o = RNG.normal(size=(5, 3)), RNG.normal(size=(8, 3))
    w_q, w_k, w_v = (RNG.normal(size=(2, 3, 4)) for _ in range(3))
    heads = [one_head(x @ w_q[i], x @ w_k[i], x @ w_v[i]) for i in range(2)]
    np.testing.assert_allclose(multi_head_layer(x, w_q, w_k, w_v, w_o), np.hstack(heads) @ w_o, rtol=1e-12)


def test_latent_attention_makes_keys_and_values_from_latents():
    latent, w_uk, w_uv = RNG.normal(size=(5, 3)), RNG.normal(size=(4, 3, 2)), RNG.normal(size=(4, 3, 6))
    expected = [one_head(Q[i], latent @ w_uk[i], latent @ w_uv[i]) for i in range(4)]
    np.testing.assert_allclose(latent_attention(Q, latent, w_uk, w_uv), expected, rtol=1e-12)
    np.testing.assert_allclose(absorbed_latent_attention(Q, latent, w_uk, w_uv), expected, rtol=1e-12)
