"""Gates, residual blocks and soft logic, compared with independent routes and with values known by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import expit, logsumexp

from kg.impl.gating import (
    gru_cell,
    janet_cell,
    logit_sum,
    lstm_cell,
    noisy_or,
    probabilistic_sum,
    product_gate,
    residual_block,
)

RNG = np.random.default_rng(20)


def _maps(count: int, n: int, m: int):
    return RNG.normal(size=(count, n, n)), RNG.normal(size=(count, n, m)), RNG.normal(size=(count, n))


def test_a_janet_cell_with_no_weights_keeps_half_and_lets_in_the_shifted_rest():
    zeros, bias = np.zeros((2, 1, 1)), np.array([[0.0], [1.0]])
    state = janet_cell(np.zeros(1), np.array([2.0]), zeros, zeros, bias)
    assert state == pytest.approx(0.5 * 2 + expit(1.0) * np.tanh(1.0), rel=1e-14)


def test_a_janet_cell_follows_the_equations_of_its_authors():
    u, w, b = _maps(2, 5, 3)
    x, h = RNG.normal(size=3), RNG.normal(size=5)
    s = u[0] @ h + w[0] @ x + b[0]
    candidate = np.tanh(u[1] @ h + w[1] @ x + b[1])
    wanted = expit(s) * h + (1 - expit(s - 1)) * candidate
    np.testing.assert_allclose(janet_cell(x, h, u, w, b, beta=1), wanted, rtol=1e-12)


def test_the_weights_of_a_janet_cell_keep_their_accuracy_far_out():
    zeros, bias = np.zeros((2, 1, 1)), np.array([[30.0], [1.0]])
    state = janet_cell(np.zeros(1), np.zeros(1), zeros, zeros, bias, beta=1)
    assert state == pytest.approx(np.exp(-29) / (1 + np.exp(-29)) * np.tanh(1.0), rel=1e-14)


def test_a_gru_cell_follows_the_usual_equations():
    u, w, b = _maps(3, 5, 3)
    x, h = RNG.normal(size=3), RNG.normal(size=5)
    z, r = (expit(u[i] @ h + w[i] @ x + b[i]) for i in (0, 1))
    wanted = (1 - z) * h + z * np.tanh(u[2] @ (r * h) + w[2] @ x + b[2])
    np.testing.assert_allclose(gru_cell(x, h, u, w, b), wanted, rtol=1e-12)


def test_a_gru_cell_without_reset_is_one_whose_reset_gate_is_wide_open():
    u, w, b = _maps(3, 4, 2)
    u[1], w[1], b[1] = 0, 0, 800
    x, h = RNG.normal(size=2), RNG.normal(size=4)
    np.testing.assert_allclose(gru_cell(x, h, u, w, b, reset=False), gru_cell(x, h, u, w, b), rtol=1e-14)


def test_an_lstm_cell_follows_the_usual_equations():
    u, w, b = _maps(4, 5, 3)
    x, h, c = RNG.normal(size=3), RNG.normal(size=5), RNG.normal(size=5)
    f, i, o = (expit(u[g] @ h + w[g] @ x + b[g]) for g in range(3))
    memory = f * c + i * np.tanh(u[3] @ h + w[3] @ x + b[3])
    output, kept = lstm_cell(x, h, c, u, w, b)
    np.testing.assert_allclose(kept, memory, rtol=1e-12)
    np.testing.assert_allclose(output, o * np.tanh(memory), rtol=1e-12)


def test_a_shut_lstm_cell_forgets_nothing_and_writes_nothing():
    zeros, bias = np.zeros((4, 1, 1)), np.array([[700.0], [-700.0], [700.0], [1.0]])
    output, memory = lstm_cell(np.zeros(1), np.zeros(1), np.array([0.25]), zeros, zeros, bias)
    assert memory == pytest.approx(0.25, rel=1e-14)
    assert output == pytest.approx(np.tanh(0.25), rel=1e-14)


def test_the_jacobian_of_a_residual_block_exceeds_that_of_its_function_by_the_identity():
    w, b, v = RNG.normal(size=(4, 3)), RNG.normal(size=4), RNG.normal(size=(3, 4))
    x = RNG.normal(size=3)
    block = approx_fprime(x, lambda y: residual_block(y, w, b, v))
    inner = v @ np.diag(1 - np.tanh(w @ x + b) ** 2) @ w
    np.testing.assert_allclose(block, np.eye(3) + inner, atol=1e-5)


def test_a_product_gate_vanishes_where_its_function_does():
    w, b, v = RNG.normal(size=(4, 3)), np.zeros(4), RNG.normal(size=(3, 4))
    assert not np.any(product_gate(np.zeros(3), w, b, v))
    x = RNG.normal(size=3)
    np.testing.assert_allclose(
        product_gate(x, w, b, v), x * (residual_block(x, w, b, v) - x), rtol=1e-12, atol=1e-14
    )


def test_noisy_or_is_the_chance_of_at_least_one_event():
    p = np.array([0.1, 0.5, 0.75])
    chance = sum(
        np.prod([q if on else 1 - q for q, on in zip(p, happened, strict=True)])
        for happened in itertools.product((0, 1), repeat=3)
        if any(happened)
    )
    assert noisy_or(p) == pytest.approx(chance, rel=1e-14)
    assert noisy_or(p) == pytest.approx(0.8875, rel=1e-14)


def test_the_probabilistic_sum_of_nothing_is_impossible_and_with_a_certainty_certain():
    assert probabilistic_sum(np.zeros(0)) == 0
    assert probabilistic_sum(np.array([0.3, 1.0, 0.2])) == 1
    assert probabilistic_sum(np.array([0.5, 0.5])) == 0.75


def test_a_logit_sum_is_the_softmax_of_the_sum():
    a, b = RNG.normal(size=6), RNG.normal(size=6)
    np.testing.assert_allclose(logit_sum(a, b), np.exp(a + b - logsumexp(a + b)), rtol=1e-12)


def test_a_logit_sum_does_not_overflow():
    np.testing.assert_allclose(logit_sum(np.array([1e4, 0.0]), np.array([0.0, 1e4])), [0.5, 0.5])
