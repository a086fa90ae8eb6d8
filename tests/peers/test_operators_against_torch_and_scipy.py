"""Operators between functions, boundary value problems, diffusion, particles and graphs against PyTorch and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.linalg import lstsq, solve_banded
from scipy.special import eval_chebyt
from torch.nn.functional import cosine_similarity, leaky_relu, scaled_dot_product_attention

from kg.impl.dynamics import (
    attention_diffusion_step,
    dynamic_graph_attention_scores,
    graph_attention_scores,
    graph_message_passing,
    interaction_energy,
    residual_attention_step,
    unnormalised_attention_field,
)
from kg.impl.galerkin import (
    causal_fourier_attention,
    causal_galerkin_attention,
    discrete_gram_matrix,
    petrov_galerkin_projection,
)
from kg.impl.inverse import (
    dipole_potential,
    direct_sampling_index,
    finite_volume_disk,
    harmonic_extension_disk,
)
from kg.impl.neuraloperator import (
    discretised_kernel_integral,
    integral_transformer_layer,
    normalised_kernel_integral,
)

PEERS = {
    "petrov_galerkin_projection": "scipy.linalg.lstsq",
    "discrete_gram_matrix": "torch.einsum",
    "causal_fourier_attention": "torch.tril",
    "causal_galerkin_attention": "torch.tril",
    "discretised_kernel_integral": "torch.einsum",
    "normalised_kernel_integral": "torch.nn.functional.scaled_dot_product_attention",
    "integral_transformer_layer": "torch.addmm",
    "attention_diffusion_step": "torch.lerp",
    "residual_attention_step": "torch.nn.functional.scaled_dot_product_attention",
    "interaction_energy": "torch.logsumexp",
    "unnormalised_attention_field": "torch.func.grad",
    "graph_attention_scores": "torch.nn.functional.leaky_relu",
    "dynamic_graph_attention_scores": "torch.nn.functional.leaky_relu",
    "graph_message_passing": "torch.nn.functional.scaled_dot_product_attention",
    "finite_volume_disk": "scipy.linalg.solve_banded",
    "harmonic_extension_disk": "scipy.special.eval_chebyt",
    "dipole_potential": "torch.func.grad",
    "direct_sampling_index": "torch.nn.functional.cosine_similarity",
}

tensor = torch.from_numpy


def weighted_means(weights: np.ndarray, v: np.ndarray) -> np.ndarray:
    """PyTorch's attention with the logarithms of the weights as its additive mask."""
    n, m = weights.shape
    q, k = torch.zeros((n, 1), dtype=torch.float64), torch.zeros((m, 1), dtype=torch.float64)
    return scaled_dot_product_attention(q, k, tensor(v), attn_mask=tensor(np.log(weights))).numpy()


def test_the_projection_solves_for_what_the_test_functions_see(rng, agree) -> None:
    q, k = rng.standard_normal((2, 9, 3))
    v = rng.standard_normal((9, 2))
    agree(petrov_galerkin_projection(q, k, v), q @ lstsq(k.T @ q, k.T @ v)[0])
    agree(petrov_galerkin_projection(q, q, v), q @ lstsq(q, v)[0])


def test_the_gram_matrix_has_test_functions_as_rows(rng, agree) -> None:
    q, k = rng.standard_normal((7, 3)), rng.standard_normal((7, 2))
    agree(discrete_gram_matrix(q, k), torch.einsum("ia,ib->ab", tensor(k), tensor(q)) / 7)


@pytest.mark.parametrize("attention", [causal_fourier_attention, causal_galerkin_attention])
def test_causal_attention_without_softmax_is_that_of_a_lower_triangle(attention, rng, agree) -> None:
    q, k = rng.standard_normal((2, 6, 3))
    v = rng.standard_normal((6, 2))
    agree(attention(q, k, v), torch.tril(tensor(q @ k.T)) @ tensor(v) / 6)


def test_kernel_integrals_with_and_without_their_normaliser(rng, agree) -> None:
    kernel, weights = rng.uniform(0.1, 2, (4, 6)), rng.uniform(0.1, 1, 6)
    v = rng.standard_normal((6, 3))
    theirs = torch.einsum("ij,j,je->ie", tensor(kernel), tensor(weights), tensor(v))
    agree(discretised_kernel_integral(kernel, weights, v), theirs)
    agree(normalised_kernel_integral(kernel, weights, v), weighted_means(kernel * weights, v))


def test_the_integral_transformer_layer_is_one_fused_product(rng, agree) -> None:
    q, k, v = rng.standard_normal((3, 5, 4))
    theirs = torch.addmm(tensor(v), tensor(q @ k.T), tensor(v), alpha=1 / (2 * 5))
    agree(integral_transformer_layer(q, k, v), theirs)


@pytest.mark.parametrize("tau", [0.0, 0.3, 1.0, 1.7])
def test_a_diffusion_step_interpolates_linearly(tau, rng, agree) -> None:
    weights, x = rng.uniform(0.1, 2, (5, 5)), rng.standard_normal((5, 3))
    theirs = torch.lerp(tensor(x), tensor(weighted_means(weights, x)), tau)
    agree(attention_diffusion_step(weights, x, np.asarray(tau)), theirs)


def test_a_residual_layer_adds_the_means(rng, agree) -> None:
    weights, x = rng.uniform(0.1, 2, (5, 5)), rng.standard_normal((5, 3))
    agree(residual_attention_step(weights, x), x + weighted_means(weights, x))


def test_the_energy_of_particles_and_its_gradient_on_the_sphere(rng, agree) -> None:
    x, beta = rng.standard_normal((5, 3)), 1.3
    x = x / np.linalg.norm(x, axis=1, keepdims=True)

    def energy(y: torch.Tensor) -> torch.Tensor:
        # Independent of the length of the rows, so that its gradient is tangential.
        y = y / torch.linalg.vector_norm(y, dim=1, keepdim=True)
        return torch.exp(torch.logsumexp(beta * (y @ y.T).reshape(-1), 0)) / (2 * beta)

    agree(interaction_energy(x, np.asarray(beta)), energy(tensor(x)))
    agree(unnormalised_attention_field(x, np.asarray(beta)), torch.func.grad(energy)(tensor(x)))


def test_scores_of_graph_attention_networks(rng, agree) -> None:
    h, a, b = rng.standard_normal((5, 3)), rng.standard_normal(3), rng.standard_normal(3)
    theirs = leaky_relu(tensor((h @ a)[:, None] + (h @ b)[None, :]), 0.2)
    agree(graph_attention_scores(h, a, b), theirs)
    w, u, c = rng.standard_normal((3, 4)), rng.standard_normal((3, 4)), rng.standard_normal(4)
    hidden = leaky_relu(tensor((h @ w)[:, None, :] + (h @ u)[None, :, :]), 0.2)
    agree(dynamic_graph_attention_scores(h, w, u, c), hidden @ tensor(c))


def test_messages_along_edges_are_attention_with_the_graph_as_mask(rng, agree) -> None:
    q, k = rng.standard_normal((2, 6, 3))
    v = rng.standard_normal((6, 2))
    edges = rng.uniform(size=(6, 6)) < 0.5
    edges[:, 2] = True
    theirs = scaled_dot_product_attention(*map(tensor, (q, k, v)), attn_mask=tensor(edges))
    agree(graph_message_passing(q, k, v, edges), theirs)


@pytest.mark.parametrize("m", [1, 2, 5])
def test_finite_volumes_solve_the_tridiagonal_system(m, rng, agree) -> None:
    n = 12
    sigma = rng.uniform(0.5, 3, n)
    half = 1 / (2 * n * sigma)
    through = np.concatenate([[0], np.arange(1, n) / n / (half[1:] + half[:-1]), [0]])
    diagonal = m**2 * sigma / (np.arange(n) + 0.5) + through[1:] + through[:-1]
    bands = np.array([-through[:-1], diagonal, -through[1:]])
    u = solve_banded((1, 1), bands, np.eye(n)[-1])
    agree(finite_volume_disk(m, sigma), np.append(u, u[-1] + half[-1]))


@pytest.mark.parametrize("m", [1, 2, 3, 6])
def test_the_harmonic_extension_is_a_chebyshev_wave_times_a_power(m, rng, agree) -> None:
    r, angle = rng.uniform(0, 1, 8), rng.uniform(0, 2 * np.pi, 8)
    points = r[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    agree(harmonic_extension_disk(m, points), r**m * eval_chebyt(m, np.cos(angle)) / m)


def test_the_dipole_is_the_derivative_of_a_logarithm(rng, agree) -> None:
    sources, angle = rng.uniform(-0.6, 0.6, (4, 2)), rng.uniform(0, 2 * np.pi, 5)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    theirs = [
        [
            torch.func.grad(lambda z, p=p: -torch.log(torch.linalg.vector_norm(tensor(p) - z)))(tensor(s))[0]
            for p in points
        ]
        for s in sources
    ]
    agree(dipole_potential(sources, points), np.asarray(theirs))


def test_the_index_is_a_cosine_similarity(rng, agree) -> None:
    probes, data = rng.standard_normal((4, 9)), rng.standard_normal(9)
    agree(
        direct_sampling_index(probes, data), cosine_similarity(tensor(probes), tensor(data)[None, :], dim=1)
    )
