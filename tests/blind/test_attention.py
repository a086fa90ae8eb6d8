"""Softmax attention and its kin: the project's against those rewritten from the definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from comparison import SEEDS, assert_agree, assert_exactly_equal, fractions, largest, the_projects
from rewritten import attention as mine


def inputs(seed: int, *, spread: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Five queries and seven keys of length three, with two columns of values."""
    rng = np.random.default_rng(seed)
    return spread * rng.normal(size=(5, 3)), spread * rng.normal(size=(7, 3)), rng.normal(size=(7, 2))


def scale(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> float:
    """A rounding of a score counts as often as the score is large, twice: in the weight and in the total."""
    return 2 * (1 + float(np.max(np.abs(q) @ np.abs(k).T)) / math.sqrt(q.shape[1])) * largest(v)


@pytest.mark.parametrize("spread", [1.0, 40.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_attention_is_as_defined(seed: int, spread: float) -> None:
    q, k, v = inputs(seed, spread=spread)
    theirs = the_projects("attention", "softmax_attention")(q, k, v)
    assert_agree(mine.softmax_attention(q, k, v), theirs, scale=scale(q, k, v), size=7)


@pytest.mark.parametrize("block", [1, 2, 3, 7, 9])
@pytest.mark.parametrize("spread", [1.0, 40.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_online_softmax_is_softmax(seed: int, spread: float, block: int) -> None:
    q, k, v = inputs(seed, spread=spread)
    online = mine.online_softmax_attention(q, k, v, block)
    theirs = the_projects("attention", "online_softmax_attention")(q, k, v, block=block)
    assert_agree(online, theirs, scale=scale(q, k, v), size=7)
    assert_agree(online, mine.softmax_attention(q, k, v), scale=scale(q, k, v), size=7)


def test_online_softmax_folds_two_keys_at_a_time_unless_told_otherwise_and_needs_one_key() -> None:
    q, k, v = inputs(1)
    theirs = the_projects("attention", "online_softmax_attention")
    assert_agree(theirs(q, k, v), theirs(q, k, v, block=2), scale=0, size=0)
    with pytest.raises(ValueError, match="key"):
        theirs(q, k[:0], v[:0])
    one = the_projects("attention", "softmax_attention")(q, k[:1], v[:1])
    assert_agree(one, np.repeat(v[:1], 5, axis=0), scale=largest(v), size=1)


@pytest.mark.parametrize("seed", SEEDS)
def test_softmax_attention_is_a_kernel_smoother(seed: int) -> None:
    q, k, v = inputs(seed)
    kernel = mine.exponential_kernel(q, k)
    theirs = the_projects("kernels", "exponential_kernel")(q, k)
    assert_agree(kernel / theirs, np.ones_like(kernel), scale=scale(q, k, v), size=3)
    smooth = mine.nadaraya_watson_smoother(kernel, v)
    assert_agree(mine.softmax_attention(q, k, v), smooth, scale=scale(q, k, v), size=7)
    theirs = the_projects("kernels", "nadaraya_watson_smoother")(kernel, v)
    assert_agree(smooth, theirs, scale=largest(v), size=7)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_smoother_takes_any_positive_weights(seed: int) -> None:
    weights, v = np.exp(9 * np.random.default_rng(seed).normal(size=(3, 5))), inputs(seed)[2][:5]
    theirs = the_projects("kernels", "nadaraya_watson_smoother")(weights, v)
    assert_agree(mine.nadaraya_watson_smoother(weights, v), theirs, scale=largest(v), size=5)


@pytest.mark.parametrize("seed", SEEDS)
def test_self_attention_commutes_with_every_reordering(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, (w_q, w_k, w_v) = rng.normal(size=(5, 3)), rng.normal(size=(3, 3, 3))
    order = rng.permutation(5)
    size = scale(x @ w_q, x @ w_k, x @ w_v) * 9  # three more products of length three
    moved = mine.self_attention(x[order], w_q, w_k, w_v)
    assert_agree(moved, mine.self_attention(x, w_q, w_k, w_v)[order], scale=size, size=5)
    theirs = the_projects("attention", "softmax_attention")
    moved = theirs(x[order] @ w_q, x[order] @ w_k, x[order] @ w_v)
    assert_agree(moved, theirs(x @ w_q, x @ w_k, x @ w_v)[order], scale=size, size=5)


def test_a_causal_mask_sees_the_order() -> None:
    x, one, e = np.array([[0.0], [1.0]]), np.eye(1), math.e
    straight = mine.self_attention(x, one, one, one, causal=True)
    turned = mine.self_attention(x[::-1], one, one, one, causal=True)
    assert_agree(turned[:, 0], [1.0, 0.5], scale=1, size=2)
    assert_agree(straight[::-1, 0], [e / (1 + e), 0.0], scale=1, size=2)
    # Another counterexample, and the repaired sentence on the same tokens.
    x = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    order, eye = [2, 0, 1], np.eye(2)
    masked = mine.self_attention(x[order], eye, eye, eye, causal=True)
    assert np.max(np.abs(masked - mine.self_attention(x, eye, eye, eye, causal=True)[order])) > 0.1
    free = mine.self_attention(x[order], eye, eye, eye)
    assert_agree(free, mine.self_attention(x, eye, eye, eye)[order], scale=8, size=3)


@pytest.mark.parametrize("seed", SEEDS)
def test_galerkin_attention_is_fourier_attention(seed: int) -> None:
    rng = np.random.default_rng(seed)
    q, k, v = fractions(rng, 5, 3), fractions(rng, 5, 3), fractions(rng, 5, 7)
    assert_exactly_equal(mine.galerkin_attention(q, k, v), mine.fourier_attention(q, k, v))
    floats = [a.astype(float) for a in (q, k, v)]
    terms = float(np.max(np.abs(floats[0]) @ np.abs(floats[1]).T @ np.abs(floats[2])))
    for name in ("galerkin_attention", "fourier_attention"):
        theirs = the_projects("galerkin", name)(*floats)
        assert_agree(getattr(mine, name)(q, k, v), theirs, scale=terms, size=8)
