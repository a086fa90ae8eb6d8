"""Attention as diffusion, particles and messages against values known by hand."""

import numpy as np
import pytest

from kg.impl.dynamics import (
    attention_diffusion_step,
    dynamic_graph_attention_scores,
    graph_attention_scores,
    graph_message_passing,
    interaction_energy,
    residual_attention_step,
    unnormalised_attention_field,
)

TOKENS = np.asarray([[1.0], [0.0], [-3.0]])
EQUAL = np.ones((3, 3))


def test_a_whole_step_with_equal_weights_puts_every_token_at_the_mean() -> None:
    step = attention_diffusion_step(EQUAL, TOKENS, np.asarray(1.0))
    np.testing.assert_allclose(step, np.full((3, 1), -2 / 3), rtol=1e-15)


def test_a_step_of_length_zero_changes_nothing() -> None:
    weights = np.asarray([[1.0, 2.0, 3.0]] * 3)
    np.testing.assert_array_equal(attention_diffusion_step(weights, TOKENS, np.asarray(0.0)), TOKENS)


def test_a_residual_layer_doubles_equal_tokens() -> None:
    weights = np.asarray([[1.0, 2.0, 3.0], [4.0, 1.0, 1.0], [0.5, 0.1, 7.0]])
    np.testing.assert_allclose(residual_attention_step(weights, np.full((3, 2), 1.5)), np.full((3, 2), 3.0))


def test_the_energy_of_two_opposite_particles() -> None:
    x = np.asarray([[1.0, 0.0], [-1.0, 0.0]])
    # Two pairs with inner product one, two with minus one; over 2β = 4.
    energy = interaction_energy(x, np.asarray(2.0))
    assert energy == pytest.approx((2 * np.exp(2) + 2 * np.exp(-2)) / 4, rel=1e-14)


def test_opposite_particles_rest_and_perpendicular_ones_meet() -> None:
    opposite = unnormalised_attention_field(np.asarray([[1.0, 0.0], [-1.0, 0.0]]), np.asarray(1.0))
    np.testing.assert_allclose(opposite, np.zeros((2, 2)), atol=1e-15)
    meeting = unnormalised_attention_field(np.eye(2), np.asarray(1.0))
    np.testing.assert_allclose(meeting, [[0.0, 1.0], [1.0, 0.0]], atol=1e-15)


def test_scores_of_a_graph_attention_network_by_hand() -> None:
    h, a = np.asarray([[1.0], [-2.0]]), np.asarray([1.0])
    # Sums 2, −1, −1, −4; a fifth of those below zero.
    np.testing.assert_allclose(graph_attention_scores(h, a, a), [[2.0, -0.2], [-0.2, -0.8]], rtol=1e-15)


def test_the_hidden_layer_of_the_second_kind_makes_an_absolute_value() -> None:
    h, w = np.asarray([[1.0], [-2.0]]), np.asarray([[1.0, -1.0]])
    scores = dynamic_graph_attention_scores(h, w, w, np.ones(2))
    np.testing.assert_allclose(scores, 0.8 * np.abs([[2.0, -1.0], [-1.0, -4.0]]), rtol=1e-15)


def test_a_node_with_one_neighbour_takes_its_value_and_one_with_none_keeps_its_own() -> None:
    v = np.asarray([[1.0], [2.0], [3.0]])
    edges = np.asarray([[False, True, False], [False, False, False], [True, False, False]])
    q = np.random.default_rng(1).standard_normal((3, 2))
    np.testing.assert_array_equal(graph_message_passing(q, q, v, edges), [[2.0], [2.0], [1.0]])
