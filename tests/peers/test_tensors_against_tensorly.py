"""Tensors and sums of Kronecker products against TensorLy and PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
import tensorly
import tensorly.decomposition
import tensorly.tenalg
import torch
from torch.nn import functional

from kg.impl.tensor import (
    hosvd,
    kronecker_rearrangement,
    sum_of_kronecker_products,
    sum_of_outer_products,
    tensor_power_iteration,
)

PEERS = {
    "tensor_power_iteration": "tensorly.tenalg.multi_mode_dot",
    "hosvd": "tensorly.decomposition.tucker",
    "sum_of_kronecker_products": "tensorly.tenalg.kronecker",
    "kronecker_rearrangement": "torch.nn.functional.unfold",
    "sum_of_outer_products": "tensorly.cp_to_tensor",
}


def test_a_step_of_the_tensor_power_iteration(rng, agree) -> None:
    weights, components, x = rng.standard_normal(4), rng.standard_normal((4, 3)), rng.standard_normal(3)
    tensor = tensorly.cp_to_tensor((weights, [components.T] * 3))
    contracted = tensorly.tenalg.multi_mode_dot(tensor, [x, x], modes=[1, 2])
    agree(tensor_power_iteration(weights, components, x), contracted / np.linalg.norm(contracted))


@pytest.mark.parametrize("ranks", [(1, 1, 1), (2, 3, 2), (3, 4, 5)])
def test_the_truncated_higher_order_svd(rng, agree, ranks) -> None:
    t = rng.standard_normal((3, 4, 5))
    # Without iterations the peer's Tucker decomposition is the truncation it starts from.
    theirs = tensorly.decomposition.tucker(t, rank=list(ranks), n_iter_max=0, init="svd")
    agree(hosvd(t, ranks=ranks), tensorly.tucker_to_tensor(theirs))


def test_sums_of_kronecker_and_of_outer_products(rng, agree) -> None:
    a, b = rng.standard_normal((3, 2, 5)), rng.standard_normal((3, 4, 2))
    kronecker = sum(tensorly.tenalg.kronecker([x, y]) for x, y in zip(a, b, strict=True))
    agree(sum_of_kronecker_products(a, b), kronecker)
    factors = [x.reshape(3, -1).T for x in (a, b)]
    agree(sum_of_outer_products(a, b), tensorly.cp_to_tensor((None, factors)))


def test_the_rearrangement_lists_blocks_as_unfolding_with_strides_does(rng) -> None:
    matrix = rng.standard_normal((6, 20))
    blocks = functional.unfold(torch.from_numpy(matrix)[None, None], kernel_size=(3, 4), stride=(3, 4))
    np.testing.assert_array_equal(kronecker_rearrangement(matrix, 2, 5), blocks[0].T)
