"""Positions, masks on grids and graphs, diffusion and convolution against NetworkX, SciPy and PyTorch."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import scipy
import torch
from torch.nn.functional import conv2d, pad, scaled_dot_product_attention

from kg.impl.convolution import (
    circulant_matrix,
    circular_convolution,
    convolution_layer,
    fnet_mixing,
    fourier_multiplier,
    positional_attention_layer,
    shift_sum,
)
from kg.impl.diffusion import (
    cartesian_product_graph,
    dirichlet_energy,
    euler_diffusion,
    graph_laplacian,
    heat_kernel,
    walk_kernel,
)
from kg.impl.graphmasks import shortest_path_mask, tree_path_mask, two_sweep_tree_product
from kg.impl.positions import (
    alibi_attention,
    biased_softmax_attention,
    complex_rotary_scores,
    half_split_rotary_embedding,
    key_bias_attention,
    masked_softmax_attention,
    relative_bias_attention,
    relative_rotary_scores,
    rotary_embedding,
    rotary_scores,
)
from kg.impl.toeplitz import (
    block_toeplitz_matrix,
    block_toeplitz_product,
    radix_2_block_toeplitz_product,
    row_wise_kronecker_product,
    toeplitz_masked_linear_attention,
    toeplitz_matrix,
)

PEERS = {
    "toeplitz_matrix": "scipy.linalg.toeplitz",
    "block_toeplitz_matrix": "scipy.signal.convolve2d",
    "block_toeplitz_product": "scipy.signal.convolve2d",
    "radix_2_block_toeplitz_product": "scipy.signal.fftconvolve",
    "row_wise_kronecker_product": "scipy.linalg.khatri_rao",
    "toeplitz_masked_linear_attention": "torch.nn.functional.scaled_dot_product_attention",
    "biased_softmax_attention": "torch.nn.functional.scaled_dot_product_attention",
    "masked_softmax_attention": "torch.nn.functional.scaled_dot_product_attention",
    "relative_bias_attention": "torch.nn.functional.scaled_dot_product_attention",
    "alibi_attention": "torch.nn.functional.scaled_dot_product_attention",
    "key_bias_attention": "torch.nn.functional.scaled_dot_product_attention",
    "rotary_embedding": "scipy.linalg.expm",
    "half_split_rotary_embedding": "scipy.linalg.expm",
    "rotary_scores": "torch.polar",
    "relative_rotary_scores": "torch.polar",
    "complex_rotary_scores": "torch.polar",
    "shortest_path_mask": "networkx.floyd_warshall_numpy",
    "tree_path_mask": "networkx.floyd_warshall_numpy",
    "two_sweep_tree_product": "networkx.floyd_warshall_numpy",
    "graph_laplacian": "networkx.laplacian_matrix",
    "dirichlet_energy": "networkx.laplacian_matrix",
    "heat_kernel": "scipy.linalg.expm",
    "euler_diffusion": "numpy.linalg.matrix_power",
    "cartesian_product_graph": "networkx.cartesian_product",
    "walk_kernel": "numpy.linalg.matrix_power",
    "circulant_matrix": "scipy.linalg.circulant",
    "circular_convolution": "scipy.linalg.circulant",
    "fourier_multiplier": "scipy.linalg.dft",
    "fnet_mixing": "scipy.fft.fft2",
    "convolution_layer": "torch.nn.functional.conv2d",
    "shift_sum": "torch.nn.functional.conv2d",
    "positional_attention_layer": "torch.nn.functional.scaled_dot_product_attention",
}


def attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """PyTorch's attention with a table added to the scores."""
    arrays = [torch.from_numpy(np.ascontiguousarray(x)) for x in (q, k, v, bias)]
    return scaled_dot_product_attention(*arrays[:3], attn_mask=arrays[3]).numpy()


def weighted_means(weights: np.ndarray, v: np.ndarray) -> np.ndarray:
    """PyTorch's attention with the given weights, each row divided by its sum."""
    n, m = weights.shape
    return attend(np.zeros((n, 1)), np.zeros((m, 1)), v, np.log(weights))


def tokens(rng: np.random.Generator, n: int = 7, m: int = 7) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return rng.standard_normal((n, 4)), rng.standard_normal((m, 4)), rng.standard_normal((m, 3))


# Toeplitz -------------------------------------------------------------------------------------------------------


def test_a_toeplitz_matrix_is_that_of_scipy(rng, agree) -> None:
    column, row = rng.standard_normal(5), rng.standard_normal(5)
    agree(toeplitz_matrix(column, row), scipy.linalg.toeplitz(column, row))


@pytest.mark.parametrize("shape", [(2, 5), (4, 3), (1, 4), (8, 8)])
def test_block_toeplitz_products_are_convolutions_of_pictures(rng, agree, shape) -> None:
    a, b = shape
    offsets, x = rng.standard_normal((2 * a - 1, 2 * b - 1)), rng.standard_normal(shape)
    middle = slice(a - 1, 2 * a - 1), slice(b - 1, 2 * b - 1)
    agree(block_toeplitz_product(offsets, x), scipy.signal.convolve2d(x, offsets)[middle])
    agree(radix_2_block_toeplitz_product(offsets, x), scipy.signal.fftconvolve(x, offsets)[middle])
    flat = block_toeplitz_matrix(offsets) @ x.reshape(-1)
    agree(flat.reshape(shape), scipy.signal.convolve2d(x, offsets)[middle])


def test_the_row_wise_kronecker_product_is_the_khatri_rao_product_of_transposes(rng, agree) -> None:
    g, h = rng.standard_normal((5, 2)), rng.standard_normal((5, 3))
    agree(row_wise_kronecker_product(g, h), scipy.linalg.khatri_rao(g.T, h.T).T)


def test_toeplitz_masked_linear_attention_is_attention_with_log_weights(rng, agree) -> None:
    q, k, v = rng.uniform(0.1, 2, (7, 3)), rng.uniform(0.1, 2, (7, 3)), rng.standard_normal((7, 2))
    column, row = rng.uniform(0.1, 2, 7), rng.uniform(0.1, 2, 7)
    theirs = weighted_means(scipy.linalg.toeplitz(column, row) * (q @ k.T), v)
    agree(toeplitz_masked_linear_attention(q, k, v, column, row), theirs)


# Biases and masks -----------------------------------------------------------------------------------------------


def test_a_bias_is_the_additive_mask_of_pytorch_and_a_mask_its_exponential(rng, agree) -> None:
    (q, k, v), bias = tokens(rng, 5, 7), rng.standard_normal((5, 7))
    agree(biased_softmax_attention(q, k, v, bias), attend(q, k, v, bias))
    agree(masked_softmax_attention(q, k, v, np.exp(bias)), attend(q, k, v, bias))


def test_a_zero_of_a_mask_is_a_bias_of_minus_infinity(rng, agree) -> None:
    (q, k, v), mask = tokens(rng), np.tril(np.ones((7, 7)))
    agree(masked_softmax_attention(q, k, v, mask), attend(q, k, v, np.where(mask > 0, 0, -np.inf)))


def test_relative_biases_are_a_toeplitz_matrix_added_to_the_scores(rng, agree) -> None:
    (q, k, v), column, row = tokens(rng), rng.standard_normal(7), rng.standard_normal(7)
    theirs = attend(q, k, v, scipy.linalg.toeplitz(column, row))
    agree(relative_bias_attention(q, k, v, column, row), theirs)


def test_alibi_and_biases_per_key_are_causal_attention_with_a_table_of_biases(rng, agree) -> None:
    (q, k, v), places = tokens(rng), np.arange(7)
    later = np.where(places[:, None] >= places[None, :], 0, -np.inf)
    penalty = -0.25 * (places[:, None] - places[None, :])
    agree(alibi_attention(q, k, v, np.asarray(0.25)), attend(q, k, v, penalty + later))
    biases = rng.standard_normal(7)
    agree(key_bias_attention(q, k, v, biases), attend(q, k, v, biases[None, :] + later))


# Rotations ------------------------------------------------------------------------------------------------------


def generator(frequencies: np.ndarray, pairs: list[tuple[int, int]]) -> np.ndarray:
    """The skew matrix whose exponential turns each pair of features by its frequency."""
    skew = np.zeros((2 * len(frequencies), 2 * len(frequencies)))
    for frequency, (a, b) in zip(frequencies, pairs, strict=True):
        skew[b, a], skew[a, b] = frequency, -frequency
    return skew


def test_rotary_embeddings_are_exponentials_of_skew_matrices(rng, agree) -> None:
    x, positions, frequencies = rng.standard_normal((5, 6)), rng.standard_normal(5), rng.standard_normal(3)
    for embed, pairs in [
        (rotary_embedding, [(0, 1), (2, 3), (4, 5)]),
        (half_split_rotary_embedding, [(0, 3), (1, 4), (2, 5)]),
    ]:
        turns = [scipy.linalg.expm(p * generator(frequencies, pairs)) for p in positions]
        agree(embed(x, positions, frequencies), np.stack([t @ row for t, row in zip(turns, x, strict=True)]))


def test_rotary_scores_are_products_of_complex_tensors(rng, agree) -> None:
    q, k, frequencies = rng.standard_normal((4, 6)), rng.standard_normal((5, 6)), rng.standard_normal(3)
    places = rng.standard_normal(4), rng.standard_normal(5)

    def turned(x: np.ndarray, positions: np.ndarray) -> torch.Tensor:
        z = torch.view_as_complex(torch.from_numpy(x).reshape(len(x), -1, 2))
        angles = torch.from_numpy(np.outer(positions, frequencies))
        return z * torch.polar(torch.ones_like(angles), angles)

    theirs = (turned(q, places[0]) @ turned(k, places[1]).conj().T).real.numpy()
    for scores in (rotary_scores, relative_rotary_scores, complex_rotary_scores):
        agree(scores(q, k, *places, frequencies), theirs)


# Graphs ---------------------------------------------------------------------------------------------------------


def test_a_mask_of_distances_uses_the_distances_of_networkx(rng, agree) -> None:
    graph = nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 4), ordering="sorted")
    values = rng.standard_normal(12)
    distances = nx.floyd_warshall_numpy(graph, nodelist=range(12)).astype(int)
    joined = nx.to_numpy_array(graph, nodelist=range(12)) > 0
    agree(shortest_path_mask(values, joined), values[distances])


def test_a_path_mask_is_the_exponential_of_distances_along_edges(rng, agree) -> None:
    parents = (0, 0, 1, 1, 0, 4, 2)
    weights = rng.uniform(0.2, 2, 7)
    tree = nx.Graph()
    tree.add_nodes_from(range(7))
    # Lengths are logarithms of weights, moved up so that none is negative, and moved back by the number of edges.
    for node in range(1, 7):
        tree.add_edge(node, parents[node], length=1 - np.log(weights[node]))
    lengths = nx.floyd_warshall_numpy(tree, nodelist=range(7), weight="length")
    mask = np.exp(nx.floyd_warshall_numpy(tree, nodelist=range(7), weight=None) - lengths)
    agree(tree_path_mask(weights, parents), mask)
    x = rng.standard_normal((7, 2))
    agree(two_sweep_tree_product(weights, parents, x), mask @ x)


def undirected(rng: np.random.Generator, n: int) -> np.ndarray:
    weights = np.triu(rng.uniform(0.1, 2, (n, n)), 1)
    return weights + weights.T


def test_laplacians_and_their_forms_are_those_of_networkx(rng, agree) -> None:
    weights, x = undirected(rng, 6), rng.standard_normal(6)
    theirs = nx.laplacian_matrix(nx.from_numpy_array(weights)).toarray()
    agree(graph_laplacian(weights), theirs)
    agree(dirichlet_energy(weights, x), x @ theirs @ x)


def test_the_heat_kernel_is_the_matrix_exponential_and_euler_steps_are_a_power(rng, agree) -> None:
    laplacian = graph_laplacian(undirected(rng, 5))
    eigenvalues, vectors = np.linalg.eigh(laplacian)
    agree(heat_kernel(vectors, eigenvalues, np.asarray(0.3)), scipy.linalg.expm(-0.3 * laplacian))
    theirs = np.linalg.matrix_power(np.eye(5) - 0.3 / 4 * laplacian, 4)
    agree(euler_diffusion(laplacian, np.asarray(0.3), steps=4), theirs)


def test_products_of_graphs_are_those_of_networkx(rng, agree) -> None:
    first, second = undirected(rng, 3), undirected(rng, 4)
    product = nx.cartesian_product(nx.from_numpy_array(first), nx.from_numpy_array(second))
    pairs = [(i, j) for i in range(3) for j in range(4)]
    agree(cartesian_product_graph(first, second), nx.to_numpy_array(product, nodelist=pairs))


def test_the_walk_kernel_is_a_sum_of_powers(rng, agree) -> None:
    weights = undirected(rng, 5)
    theirs = sum(np.linalg.matrix_power(0.2 * weights, power) for power in range(4))
    agree(walk_kernel(weights, np.asarray(0.2), steps=3), theirs)


# Convolution ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_circulant_matrices_and_multipliers_are_those_of_scipy(rng, agree, n) -> None:
    c, x = (rng.standard_normal(n) + 1j * rng.standard_normal(n) for _ in range(2))
    agree(circulant_matrix(c), scipy.linalg.circulant(c))
    agree(circular_convolution(c, x), scipy.linalg.circulant(c) @ x)
    waves = scipy.linalg.dft(n)
    agree(fourier_multiplier(c, x), np.linalg.inv(waves) @ (c * (waves @ x)))


def test_fnet_mixing_is_the_real_part_of_a_two_dimensional_transform(rng, agree) -> None:
    x = rng.standard_normal((6, 4))
    agree(fnet_mixing(x), scipy.fft.fft2(x).real)


@pytest.mark.parametrize("sides", [(1, 1), (3, 3), (3, 5)])
def test_a_convolutional_layer_is_conv2d_with_padding(rng, agree, sides) -> None:
    x, kernel = rng.standard_normal((4, 5, 2)), rng.standard_normal((*sides, 2, 3))
    picture = torch.from_numpy(x).permute(2, 0, 1)[None]
    weights = torch.from_numpy(kernel).permute(3, 2, 0, 1)
    theirs = conv2d(picture, weights, padding=(sides[0] // 2, sides[1] // 2))[0].permute(1, 2, 0).numpy()
    agree(convolution_layer(x, kernel), theirs)
    agree(shift_sum(x, kernel), theirs)


def test_attention_by_position_is_attention_with_squared_distances_as_bias(rng, agree) -> None:
    x, kernel, sharpness = rng.standard_normal((3, 4, 2)), rng.standard_normal((3, 3, 2, 5)), 0.7
    framed = pad(torch.from_numpy(x), (0, 0, 1, 1, 1, 1)).numpy()
    cells = np.stack(np.meshgrid(range(3), range(4), indexing="ij"), axis=-1).reshape(-1, 2)
    places = np.stack(np.meshgrid(range(-1, 4), range(-1, 5), indexing="ij"), axis=-1).reshape(-1, 2)
    theirs = 0
    for k in range(3):
        for m in range(3):
            target = cells + np.asarray([k - 1, m - 1])
            bias = -sharpness * np.sum((target[:, None, :] - places[None, :, :]) ** 2, axis=-1)
            blank = np.zeros((12, 1)), np.zeros((30, 1))
            theirs = theirs + attend(*blank, framed.reshape(-1, 2), bias) @ kernel[k, m]
    agree(positional_attention_layer(x, kernel, np.asarray(sharpness)), theirs.reshape(3, 4, 5))
