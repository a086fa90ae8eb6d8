"""Tensor trains against values worked out by hand."""

import numpy as np
import pytest

from kg.impl.tensortrain import tensor_train_svd, tensor_train_tensor

RNG = np.random.default_rng(33)


def test_an_entry_of_a_train_is_a_product_of_matrices():
    first, middle, last = RNG.normal(size=(2, 3)), RNG.normal(size=(3, 4, 2)), RNG.normal(size=(2, 5))
    t = tensor_train_tensor(first, middle, last)
    np.testing.assert_allclose(t[1, 2, 3], first[1] @ middle[:, 2] @ last[:, 3], rtol=1e-13)


def test_a_train_of_the_ranks_asked_for_is_kept():
    t = tensor_train_tensor(RNG.normal(size=(4, 2)), RNG.normal(size=(2, 5, 3)), RNG.normal(size=(3, 4)))
    np.testing.assert_allclose(tensor_train_svd(t, ranks=(2, 3)), t, atol=1e-13)


def test_one_cut_of_a_matrix_is_its_truncated_svd():
    t = RNG.normal(size=(4, 6))
    u, s, vt = np.linalg.svd(t, full_matrices=False)
    np.testing.assert_allclose(tensor_train_svd(t, ranks=(2,)), (u[:, :2] * s[:2]) @ vt[:2], atol=1e-13)


def test_too_few_ranks_say_how_many_are_needed():
    with pytest.raises(ValueError, match="one rank for each of the 2 cuts, got 3"):
        tensor_train_svd(np.zeros((2, 3, 4)), ranks=(1, 1, 1))
