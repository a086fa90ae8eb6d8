"""Attention without softmax against integrals known by hand and least squares of NumPy."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.impl.galerkin import (
    causal_fourier_attention,
    causal_galerkin_attention,
    discrete_gram_matrix,
    fourier_attention,
    galerkin_attention,
    petrov_galerkin_projection,
)

BOTH = [galerkin_attention, fourier_attention]
GRID = np.arange(16) / 16
# Orthonormal on the uniform grid: the mean of each product is one or zero.
WAVES = np.sqrt(2) * np.stack([np.sin(2 * np.pi * GRID), np.cos(2 * np.pi * GRID)], axis=1)

Attention = Callable[[Any, Any, Any], Any]


@pytest.mark.parametrize("attention", BOTH)
def test_with_orthonormal_columns_it_is_the_least_squares_projection(attention: Attention) -> None:
    v = np.random.default_rng(4).standard_normal((16, 3))
    projection = WAVES @ np.linalg.lstsq(WAVES, v, rcond=None)[0]
    np.testing.assert_allclose(attention(WAVES, WAVES, v), projection, rtol=0, atol=1e-13)


@pytest.mark.parametrize("attention", BOTH)
def test_it_is_the_trapezoidal_integral_of_the_kernel(attention: Attention) -> None:
    # ∫ 2(sin x sin y + cos x cos y) cos y dy over a period is cos x.
    result = attention(WAVES, WAVES, np.cos(2 * np.pi * GRID)[:, None])
    np.testing.assert_allclose(result[:, 0], np.cos(2 * np.pi * GRID), rtol=0, atol=1e-14)


@pytest.mark.parametrize("attention", BOTH)
def test_of_ones_it_is_the_width_of_the_keys(attention: Attention) -> None:
    np.testing.assert_array_equal(
        attention(np.ones((5, 3)), np.ones((5, 3)), np.ones((5, 2))), np.full((5, 2), 3.0)
    )


@pytest.mark.parametrize("attention", BOTH)
def test_multiplying_all_inputs_multiplies_the_output_by_the_cube(attention: Attention) -> None:
    q, k, v = np.random.default_rng(5).standard_normal((3, 7, 2))
    np.testing.assert_allclose(attention(2 * q, 2 * k, 2 * v), 8 * attention(q, k, v), rtol=1e-13)


def test_an_oblique_projection_by_hand() -> None:
    # Onto the first axis along the direction (1, −1): what the sum of both entries sees.
    q, k = np.asarray([[1.0], [0.0]]), np.asarray([[1.0], [1.0]])
    np.testing.assert_allclose(petrov_galerkin_projection(q, k, np.asarray([[2.0], [3.0]])), [[5.0], [0.0]])


def test_the_projection_leaves_what_it_projects_onto() -> None:
    q, k = np.random.default_rng(6).standard_normal((2, 8, 3))
    np.testing.assert_allclose(petrov_galerkin_projection(q, k, q), q, rtol=1e-11)


def test_the_gram_matrix_of_orthonormal_waves_is_the_identity() -> None:
    np.testing.assert_allclose(discrete_gram_matrix(WAVES, WAVES), np.eye(2), rtol=0, atol=1e-14)


@pytest.mark.parametrize("attention", [causal_fourier_attention, causal_galerkin_attention])
def test_of_ones_the_causal_forms_count_what_has_been_read(attention: Attention) -> None:
    ones = np.ones((4, 1))
    np.testing.assert_allclose(attention(ones, ones, ones)[:, 0], [0.25, 0.5, 0.75, 1.0])
