"""Decompositions of tensors, and attention as a sum of products, against TensorLy, PyTorch and NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import tensorly
import tensorly.decomposition
import tensorly.tenalg
import torch
from torch import nn

from kg.impl.blockterm import (
    block_term_tensor,
    collaborative_attention_scores,
    query_key_tensor,
    single_block_attention,
)
from kg.impl.borderrank import hyperdeterminant
from kg.impl.decomposition import (
    cp_alternating_least_squares,
    cp_least_squares_factor,
    cp_tensor,
    khatri_rao_product,
    tucker_tensor,
)
from kg.impl.outerproduct import (
    mixed_product_layer,
    multi_head_attention,
    softmax_free_multi_head_attention,
)
from kg.impl.powermethod import tensor_deflation, tensor_power_method, whitened_components
from kg.impl.tensortrain import tensor_train_svd, tensor_train_tensor
from kg.impl.uniqueness import jennrich_terms, slice_ratio

PEERS = {
    "cp_tensor": "tensorly.cp_to_tensor",
    "khatri_rao_product": "tensorly.tenalg.khatri_rao",
    "tucker_tensor": "tensorly.tucker_to_tensor",
    "cp_least_squares_factor": "numpy.linalg.lstsq",
    "cp_alternating_least_squares": "tensorly.decomposition.parafac",
    "slice_ratio": "numpy.linalg.inv",
    "jennrich_terms": "numpy.linalg.eig",
    "hyperdeterminant": "numpy.roots",
    "tensor_train_tensor": "tensorly.tt_to_tensor",
    "tensor_train_svd": "tensorly.decomposition.tensor_train",
    "tensor_power_method": "tensorly.decomposition.parafac",
    "tensor_deflation": "tensorly.tenalg.outer",
    "whitened_components": "numpy.linalg.cholesky",
    "block_term_tensor": "numpy.einsum",
    "query_key_tensor": "numpy.einsum",
    "collaborative_attention_scores": "numpy.einsum",
    "single_block_attention": "tensorly.cp_to_tensor",
    "mixed_product_layer": "numpy.einsum",
    "softmax_free_multi_head_attention": "numpy.einsum",
    "multi_head_attention": "torch.nn.MultiheadAttention",
}


def test_a_cp_tensor_and_its_khatri_rao_product(rng, agree) -> None:
    a, b, c = rng.standard_normal((4, 3)), rng.standard_normal((2, 3)), rng.standard_normal((5, 3))
    agree(cp_tensor(a, b, c), tensorly.cp_to_tensor((None, [a, b, c])))
    agree(khatri_rao_product(b, c), tensorly.tenalg.khatri_rao([b, c]))


def test_a_tucker_tensor(rng, agree) -> None:
    core = rng.standard_normal((2, 3, 2))
    factors = [rng.standard_normal(shape) for shape in ((4, 2), (3, 3), (5, 2))]
    agree(tucker_tensor(core, *factors), tensorly.tucker_to_tensor((core, factors)))


def test_a_factor_by_least_squares(rng, agree) -> None:
    t, b, c = rng.standard_normal((4, 3, 5)), rng.standard_normal((3, 2)), rng.standard_normal((5, 2))
    theirs = np.linalg.lstsq(tensorly.tenalg.khatri_rao([b, c]), t.reshape(4, -1).T, rcond=None)[0]
    agree(cp_least_squares_factor(t, b, c), theirs.T)


@pytest.mark.parametrize("sweeps", [1, 3])
def test_sweeps_of_alternating_least_squares(rng, agree, sweeps) -> None:
    t = rng.standard_normal((4, 3, 5))
    factors = [rng.standard_normal((n, 2)) for n in t.shape]
    start = tensorly.cp_tensor.CPTensor((None, [f.copy() for f in factors]))
    theirs = tensorly.decomposition.parafac(t, 2, n_iter_max=sweeps, init=start, tol=0)
    ours = cp_alternating_least_squares(t, factors[1], factors[2], sweeps=sweeps)
    agree(cp_tensor(*ours), tensorly.cp_to_tensor(theirs))


def test_the_terms_found_by_simultaneous_diagonalisation(rng, agree) -> None:
    a, b, c = (rng.standard_normal((3, 3)) + 2 * np.eye(3) for _ in range(3))
    t, x, y = cp_tensor(a, b, c), np.asarray([1.0, 2.0, -1.0]), np.asarray([2.0, 1.0, 1.0])
    ratio = (t @ x) @ np.linalg.inv(t @ y)
    agree(slice_ratio(t, x, y), ratio)
    _, vectors = np.linalg.eig(ratio)
    dual = np.linalg.inv(vectors)
    theirs = [np.einsum("i,j,jkl->ikl", vectors[:, r], dual[r], t) for r in range(3)]
    # Both list the terms in the order of NumPy's eigenvalues of one matrix.
    agree(jennrich_terms(t, x, y), theirs)


def test_the_hyperdeterminant_is_the_discriminant_of_a_pencil(rng, agree) -> None:
    t = rng.standard_normal((2, 2, 2))
    # det(T₁ + x T₂) through its values at −1, 0 and 1.
    low, middle, high = (np.linalg.det(t[0] + x * t[1]) for x in (-1, 0, 1))
    leading = (low + high) / 2 - middle
    first, second = np.roots([leading, (high - low) / 2, middle])
    agree(hyperdeterminant(t), np.real(leading**2 * (first - second) ** 2))


def test_tensor_trains(rng, agree) -> None:
    first, middle, last = (
        rng.standard_normal((4, 2)),
        rng.standard_normal((2, 3, 3)),
        rng.standard_normal((3, 5)),
    )
    agree(
        tensor_train_tensor(first, middle, last),
        tensorly.tt_to_tensor([first[None], middle, last[:, :, None]]),
    )


@pytest.mark.parametrize("ranks", [(1, 1, 1), (2, 4, 2), (2, 3, 3)])
def test_the_decomposition_by_successive_cuts(rng, agree, ranks) -> None:
    t = rng.standard_normal((2, 3, 4, 5))
    theirs = tensorly.decomposition.tensor_train(t, rank=[1, *ranks, 1])
    agree(tensor_train_svd(t, ranks=ranks), tensorly.tt_to_tensor(theirs))


def test_the_power_method_finds_what_alternating_least_squares_finds(rng, agree) -> None:
    components = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    weights = np.asarray([3.0, 2.0, 1.0])
    t = np.einsum("r,ri,rj,rk->ijk", weights, components, components, components)
    found, vectors = tensor_power_method(t, components + 0.1, steps=10)
    # The peer starts at the components with noise of its own and is run to the end.
    start = tensorly.cp_tensor.CPTensor((None, [components.T + 0.05] * 3))
    theirs = tensorly.decomposition.parafac(t, 3, n_iter_max=200, init=start, tol=0)
    agree(found, weights)
    agree(vectors, components)
    agree(np.einsum("r,ri,rj,rk->ijk", found, vectors, vectors, vectors), tensorly.cp_to_tensor(theirs))


def test_deflation_and_whitening(rng, agree) -> None:
    t, x = rng.standard_normal((3, 3, 3)), np.asarray([0.6, 0.0, 0.8])
    cube = tensorly.tenalg.outer([x, x, x])
    agree(tensor_deflation(t, x), t - np.sum(t * cube) * cube)
    weights, components = np.asarray([1.0, 2.0, 3.0]), rng.standard_normal((3, 3)) + 2 * np.eye(3)
    factor = np.linalg.cholesky(components.T @ np.diag(weights) @ components)
    theirs = (np.linalg.inv(factor) @ components.T @ np.diag(np.sqrt(weights))).T
    agree(whitened_components(weights, components), theirs)


def test_blocks_and_heads(rng, agree) -> None:
    a, b, c = rng.standard_normal((3, 4, 2)), rng.standard_normal((3, 5, 2)), rng.standard_normal((6, 3))
    agree(block_term_tensor(a, b, c), np.einsum("ril,rjl,kr->ijk", a, b, c))
    agree(query_key_tensor(a, b), np.einsum("hil,hjl->ijh", a, b))
    x, z, w_q, w_k = (rng.standard_normal(shape) for shape in ((2, 4), (3, 5), (4, 3), (5, 3)))
    agree(
        collaborative_attention_scores(x, z, w_q, w_k, c),
        np.einsum("ni,mj,ir,jr,hr->hnm", x, z, w_q, w_k, c),
    )


def test_single_block_attention(rng, agree) -> None:
    g, q, k, v = (rng.standard_normal(shape) for shape in ((3,), (2, 3), (4, 3), (5, 3)))
    agree(single_block_attention(g, q, k, v), tensorly.cp_to_tensor((g, [q, k, v])))


def test_layers_as_sums_of_products(rng, agree) -> None:
    a, theta, x = (rng.standard_normal(shape) for shape in ((2, 4, 3), (2, 5, 6), (4, 5)))
    agree(mixed_product_layer(a, theta, x), np.einsum("kmn,mp,kpq->nq", a, x, theta))
    z, w, b = (rng.standard_normal(shape) for shape in ((3, 2), (2, 5, 2), (2, 2, 4)))
    agree(
        softmax_free_multi_head_attention(x, z, w, b),
        np.einsum("ip,hpq,jq,jr,hrs->is", x, w, z, z, b),
    )


def test_multi_head_attention(rng, agree) -> None:
    heads, width, d = 2, 3, 6
    w_q, w_k, w_v = (rng.standard_normal((heads, d, width)) for _ in range(3))
    w_o, x = rng.standard_normal((heads, width, d)), rng.standard_normal((4, d))
    layer = nn.MultiheadAttention(d, heads, bias=False, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        joined = [np.concatenate(list(w), axis=1).T for w in (w_q, w_k, w_v)]
        layer.in_proj_weight.copy_(torch.from_numpy(np.concatenate(joined)))
        layer.out_proj.weight.copy_(torch.from_numpy(np.concatenate(list(w_o)).T.copy()))
        tokens = torch.from_numpy(x)[None]
        theirs = layer(tokens, tokens, tokens, need_weights=False)[0][0]
    agree(multi_head_attention(x, w_q, w_k, w_v, w_o), theirs.numpy())
