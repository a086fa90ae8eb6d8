"""Laplacians, heat kernels and random walks on graphs where they are known in closed form."""

import numpy as np
import pytest

from kg.impl.diffusion import (
    cartesian_product_graph,
    dirichlet_energy,
    euler_diffusion,
    graph_laplacian,
    heat_kernel,
    random_walk_features,
    walk_kernel,
)

EDGE = np.array([[0.0, 1], [1, 0]])


def test_the_laplacian_and_the_energy_of_one_edge() -> None:
    np.testing.assert_array_equal(graph_laplacian(3 * EDGE), [[3, -3], [-3, 3]])
    assert dirichlet_energy(3 * EDGE, np.array([1.0, 5])) == 48


def test_heat_on_one_edge_levels_out_at_twice_the_weight() -> None:
    vectors, eigenvalues = np.array([[1.0, 1], [1, -1]]) / np.sqrt(2), np.array([0.0, 2])
    stays = (1 + np.exp(-2.0)) / 2
    kernel = heat_kernel(vectors, eigenvalues, np.asarray(1.0))
    np.testing.assert_allclose(kernel, [[stays, 1 - stays], [1 - stays, stays]])


def test_two_euler_steps_on_one_edge() -> None:
    np.testing.assert_allclose(
        euler_diffusion(graph_laplacian(EDGE), np.asarray(0.5), steps=2), [[0.625, 0.375], [0.375, 0.625]]
    )


def test_the_product_of_two_edges_is_a_square() -> None:
    square = cartesian_product_graph(EDGE, 2 * EDGE)
    np.testing.assert_array_equal(square, [[0, 2, 1, 0], [2, 0, 0, 1], [1, 0, 0, 2], [0, 1, 2, 0]])


def test_walks_on_one_edge_alternate() -> None:
    np.testing.assert_allclose(walk_kernel(EDGE, np.asarray(0.5), steps=3), [[1.25, 0.625], [0.625, 1.25]])


@pytest.mark.parametrize(("chance", "neighbour"), [(0.0, 1), (0.24, 1), (0.26, 2), (0.99, 2)])
def test_a_walker_goes_to_a_neighbour_in_proportion_to_its_weight(chance: float, neighbour: int) -> None:
    weights = np.array([[0.0, 1, 3], [1, 0, 0], [3, 0, 0]])
    row = random_walk_features(weights, np.asarray(0.5), np.full((1, 1, 3), chance))[0, 0]
    np.testing.assert_allclose(row, np.eye(3)[0] + 2 * np.eye(3)[neighbour])


def test_on_one_edge_the_walk_is_not_random_at_all() -> None:
    u = np.random.default_rng(1).random((4, 3, 2))
    for features in random_walk_features(EDGE, np.asarray(0.5), u):
        np.testing.assert_allclose(features, walk_kernel(EDGE, np.asarray(0.5), steps=3))
