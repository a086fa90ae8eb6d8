"""Masks of distances and of products along paths at graphs small enough to see the answer."""

import numpy as np

from kg.impl.graphmasks import shortest_path_mask, tree_path_mask, two_sweep_tree_product


def test_a_ring_has_two_ways_round_and_the_shorter_counts() -> None:
    joined = np.roll(np.eye(5, dtype=bool), 1, axis=1) | np.roll(np.eye(5, dtype=bool), -1, axis=1)
    mask = shortest_path_mask(np.array([10.0, 11, 12, 13, 14]), joined)
    np.testing.assert_array_equal(mask[0], [10, 11, 12, 12, 11])


def test_one_way_edges_lead_from_rows_to_columns_and_no_way_is_zero() -> None:
    joined = np.eye(3, k=1, dtype=bool)
    mask = shortest_path_mask(np.array([5.0, 6, 7]), joined)
    np.testing.assert_array_equal(mask, [[5, 6, 7], [0, 5, 6], [0, 0, 5]])


def test_the_path_between_two_leaves_of_a_star_has_two_edges() -> None:
    mask = tree_path_mask(np.array([99.0, 2, 3, 5]), (0, 0, 0, 0))
    np.testing.assert_array_equal(mask, [[1, 2, 3, 5], [2, 1, 6, 10], [3, 6, 1, 15], [5, 10, 15, 1]])


def test_two_sweeps_on_a_line_are_two_geometric_scans() -> None:
    parents = (0, 0, 1, 2)
    x = np.array([[1.0], [0], [0], [8]])
    swept = two_sweep_tree_product(np.full(4, 0.5), parents, x)
    np.testing.assert_allclose(swept, [[2], [2.5], [4.25], [8.125]])
