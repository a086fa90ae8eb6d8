"""Hyperdeterminants and the neighbours of the W tensor against values worked out by hand."""

import numpy as np
import pytest

from kg.impl.borderrank import hyperdeterminant, w_tensor_neighbour

W = np.asarray([[[0.0, 1], [1, 0]], [[1, 0], [0, 0]]])


def test_the_sign_of_the_hyperdeterminant_tells_the_three_kinds_apart():
    two_terms = np.zeros((2, 2, 2))
    two_terms[0, 0, 0] = two_terms[1, 1, 1] = 1
    # The multiplication table of the complex numbers, which has rank three over the real ones.
    complex_product = np.asarray([[[1.0, 0], [0, -1]], [[0, 1], [1, 0]]])
    assert hyperdeterminant(two_terms) == 1
    assert hyperdeterminant(complex_product) == -4
    assert hyperdeterminant(W) == 0


@pytest.mark.parametrize("epsilon", [0.5, 0.125])
def test_a_neighbour_of_the_w_tensor_differs_in_four_entries(epsilon):
    difference = w_tensor_neighbour(np.asarray(epsilon)) - W
    assert sorted(difference.reshape(-1)) == [0, 0, 0, 0, epsilon**2, epsilon, epsilon, epsilon]
