"""Recurrent cells, gates and products of experts: the project's against those rewritten."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from comparison import EPS, SEEDS, assert_agree, assert_exactly_equal, fractions, largest, the_projects
from rewritten import gating as mine

S_AND_BETA = [(s, beta) for s in (-30.0, -2.0, 0.0, 0.5, 3.0, 40.0) for beta in (1e-3, 0.5, 1.0, 4.0, 50.0)]


def cell(seed: int, maps: int, *, spread: float = 1.0) -> tuple[np.ndarray, ...]:
    """An input of length 5, a state of length 3, and the weights of so many affine maps."""
    rng = np.random.default_rng(seed)
    x, h, u = rng.normal(size=5), rng.normal(size=3), rng.normal(size=(maps, 3, 3))
    return x, h, spread * u, spread * rng.normal(size=(maps, 3, 5)), rng.normal(size=(maps, 3))


def logits(x: np.ndarray, h: np.ndarray, u: np.ndarray, w: np.ndarray, b: np.ndarray) -> float:
    """The largest sum of absolute values that makes a logit: a rounding of it counts that often."""
    return 1 + float(np.max(np.abs(u) @ np.abs(h) + np.abs(w) @ np.abs(x) + np.abs(b)))


@pytest.mark.parametrize("beta", [0.0, 0.7, 1.0, 3.0])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_janet_cell_is_as_defined(seed: int, beta: float) -> None:
    args = cell(seed, 2)
    theirs = the_projects("gating", "janet_cell")(*args, beta=np.float64(beta))
    assert_agree(mine.janet_cell(*args, beta=beta), theirs, scale=logits(*args) * largest(args[1]), size=8)
    default = the_projects("gating", "janet_cell")(*args)
    assert_agree(mine.janet_cell(*args, beta=1.0), default, scale=logits(*args) * largest(args[1]), size=8)


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_gated_recurrent_unit_is_as_defined(seed: int, reset: bool) -> None:
    args = cell(seed, 3)
    theirs = the_projects("gating", "gru_cell")(*args, reset=reset)
    scale = logits(*args) ** 2 * largest(args[1])  # one logit inside another
    assert_agree(mine.gru_cell(*args, reset=reset), theirs, scale=scale, size=8)


@pytest.mark.parametrize("read", [True, False])
@pytest.mark.parametrize("squash", [True, False])
@pytest.mark.parametrize("seed", SEEDS)
def test_the_long_short_term_memory_cell_is_as_defined(seed: int, read: bool, squash: bool) -> None:
    x, h, u, w, b = cell(seed, 4)
    c = np.random.default_rng(seed + 99).normal(size=3)
    theirs = the_projects("gating", "lstm_cell")(x, h, c, u, w, b, read=read, squash=squash)
    assert len(theirs) == 2
    for one, other in zip(mine.lstm_cell(x, h, c, u, w, b, read, squash), theirs, strict=True):
        assert_agree(one, other, scale=logits(x, h, u, w, b) * largest(c), size=8)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_janet_cell_without_shift_is_a_coupled_lstm_cell_and_a_gru_cell_without_reset(seed: int) -> None:
    x, h, (u_s, u_c), (w_s, w_c), (b_s, b_c) = cell(seed, 2)
    _, _, (u_o, _), (w_o, _), (b_o, _) = cell(seed + 50, 2)  # maps that must not matter
    four = [np.array(maps) for maps in ((u_s, -u_s, u_o, u_c), (w_s, -w_s, w_o, w_c), (b_s, -b_s, b_o, b_c))]
    three = [np.array(maps) for maps in ((-u_s, u_o, u_c), (-w_s, w_o, w_c), (-b_s, b_o, b_c))]
    two = [np.array(maps) for maps in ((u_s, u_c), (w_s, w_c), (b_s, b_c))]
    scale = logits(x, h, *four) * largest(h)
    janet, gru, lstm = (the_projects("gating", f"{name}_cell") for name in ("janet", "gru", "lstm"))
    for new in (mine.janet_cell(x, h, *two, beta=0.0), janet(x, h, *two, beta=np.float64(0))):
        for output in (
            *mine.lstm_cell(x, h, h, *four, read=False, squash=False),
            *lstm(x, h, h, *four, read=False, squash=False),
            mine.gru_cell(x, h, *three, reset=False),
            gru(x, h, *three, reset=False),
        ):
            assert_agree(new, output, scale=scale, size=8)


@pytest.mark.parametrize(("s", "beta"), S_AND_BETA)
def test_the_weights_of_a_janet_cell_exceed_one_by_at_most_tanh_of_a_quarter(s: float, beta: float) -> None:
    total = mine.excess_of_the_janet_weights(s, beta)
    # The quotient of the claim, with both halves divided by e^(largest exponent) against overflow.
    top = max(abs(s - beta / 2), beta / 2)
    sinh = (math.exp(beta / 2 - top) - math.exp(-beta / 2 - top)) / 2
    cosh = (math.exp(s - beta / 2 - top) + math.exp(beta / 2 - s - top)) / 2
    other = (math.exp(beta / 2 - top) + math.exp(-beta / 2 - top)) / 2
    assert_agree(total, 1 + sinh / (cosh + other), scale=2 + top, size=4)
    assert total <= 1 + math.tanh(beta / 4) + 8 * EPS
    at_the_middle = mine.excess_of_the_janet_weights(beta / 2, beta)
    assert_agree(at_the_middle, 1 + math.tanh(beta / 4), scale=2 + beta, size=2)


def test_a_janet_cell_leaves_the_range_of_its_old_state_and_candidate() -> None:
    # Old state and candidate are both close to one; a mean of the two would be at most one.
    assert 1.2449 < mine.excess_of_the_janet_weights(0.5, 1.0) < 1.2450
    x, h = np.zeros(1), np.ones(1)
    u, w, b = np.zeros((2, 1, 1)), np.zeros((2, 1, 1)), np.array([[0.5], [20.0]])
    for cell_ in (mine.janet_cell, the_projects("gating", "janet_cell")):
        assert cell_(x, h, u, w, b)[0] > 1.24
        assert_agree(cell_(x, h, u, w, b, beta=np.float64(0)), [1.0], scale=20, size=2)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_eigenvalues_of_a_residual_block_are_shifted_by_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, w, b, v = rng.normal(size=3), rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=(3, 5))
    terms = 1 + float(np.max(np.abs(x) + np.abs(v) @ (1 + np.abs(w) @ np.abs(x) + np.abs(b))))
    for name in ("residual_block", "product_gate"):
        theirs = the_projects("gating", name)(x, w, b, v)
        assert_agree(getattr(mine, name)(x, w, b, v), theirs, scale=terms * largest(x), size=8)
    inner, h = mine.jacobian_of_hidden_layer(x, w, b, v), 1e-5
    # Central differences of the project's block: error h²/6 times a third derivative below 2 Σ|v||w|³, and ε/h.
    block = the_projects("gating", "residual_block")
    differences = np.array(
        [(block(x + h * e, w, b, v) - block(x - h * e, w, b, v)) / (2 * h) for e in np.eye(3)]
    ).T
    bound = h * h * float(np.max(np.abs(v) @ np.sum(np.abs(w), axis=1) ** 3)) + 64 * EPS * terms / h
    assert np.max(np.abs(differences - (np.eye(3) + inner))) <= bound
    for shift in (-2.0, 0.3, 1.0 + 2.0j):
        left = np.linalg.det(shift * np.eye(3) - (np.eye(3) + inner))
        right = np.linalg.det((shift - 1) * np.eye(3) - inner)
        assert_agree(left, right, scale=(abs(shift) + 1 + np.linalg.norm(inner, 2)) ** 3, size=9)
    shifted = np.poly(
        np.linalg.eigvals(inner) + 1
    )  # eigenvalues may be ill conditioned, their polynomial is not
    assert_agree(shifted, np.poly(np.eye(3) + inner), scale=(2 + np.linalg.norm(inner, 2)) ** 3, size=9)


@pytest.mark.parametrize("n", [0, 1, 3, 7])
def test_a_noisy_or_is_the_probabilistic_sum(n: int) -> None:
    p = np.random.default_rng(n).uniform(size=n)
    exact = np.array([Fraction(float(v)) for v in p], dtype=object)
    assert mine.noisy_or(exact) == mine.probabilistic_sum(exact)
    for name in ("noisy_or", "probabilistic_sum"):
        theirs = the_projects("gating", name)(p)
        assert_agree(float(getattr(mine, name)(exact)), theirs, scale=1, size=n + 1)
    ends = np.array([0.0, 1.0, 0.0])
    assert float(the_projects("gating", "noisy_or")(ends)) == float(
        the_projects("gating", "probabilistic_sum")(ends)
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_a_sum_of_logits_is_a_product_of_experts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b = 3 * rng.normal(size=7), 3 * rng.normal(size=7)
    scale = largest(a, b)
    product = mine.product_of_experts([mine.softmax(a), mine.softmax(b)])
    assert_agree(mine.logit_sum(a, b), product, scale=scale, size=14)
    assert_agree(mine.logit_sum(a, b), the_projects("gating", "logit_sum")(a, b), scale=scale, size=14)
    p = rng.dirichlet(np.ones(5), size=3)
    theirs = the_projects("experts", "product_of_experts")(p)
    assert_agree(mine.product_of_experts(p), theirs, scale=1, size=8)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_mixture_of_experts_is_the_weighted_mean(seed: int) -> None:
    rng = np.random.default_rng(seed)
    p, w = fractions(rng, 3, 5, low=0), fractions(rng, 3, low=1)
    theirs = the_projects("experts", "mixture_of_experts")(p.astype(float), w.astype(float))
    assert_agree(mine.mixture_of_experts(p, w), theirs, scale=largest(p), size=6)


@pytest.mark.parametrize("shape", [(1, 1), (3, 1), (1, 3), (3, 5), (5, 2)])
def test_a_restricted_boltzmann_machine_is_a_product_of_experts(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape[0])
    w, b, c = rng.normal(size=shape), rng.normal(size=shape[0]), rng.normal(size=shape[1])
    scale = 1 + float(np.sum(np.abs(w)) + np.sum(np.abs(b)) + np.sum(np.abs(c)))  # roundings of the exponent
    machine, product = mine.restricted_boltzmann_machine(w, b, c), mine.rbm_product_of_experts(w, b, c)
    assert_agree(machine, product, scale=scale, size=sum(shape))
    for name, expected in (("restricted_boltzmann_machine", machine), ("rbm_product_of_experts", product)):
        assert_agree(expected, the_projects("experts", name)(w, b, c), scale=scale, size=sum(shape))


def test_the_numbers_of_a_mixture_may_be_exact() -> None:
    p = np.array([[Fraction(1, 3), Fraction(2, 3)], [Fraction(1, 2), Fraction(1, 2)]], dtype=object)
    mean = mine.mixture_of_experts(p, [Fraction(1), Fraction(3)])
    assert_exactly_equal(mean, [Fraction(11, 24), Fraction(13, 24)])
