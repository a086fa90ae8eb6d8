"""Pursuits, Boltzmann machines, mixtures and codes against scikit-learn, PyTorch's distributions and SymPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from sklearn.linear_model import orthogonal_mp
from sklearn.neural_network import BernoulliRBM
from sympy.combinatorics.graycode import bin_to_gray
from torch.distributions import Categorical, MixtureSameFamily

from kg.impl.converters import folding_adc, gray_code
from kg.impl.experts import (
    mixture_of_experts,
    product_of_experts,
    rbm_product_of_experts,
    restricted_boltzmann_machine,
)
from kg.impl.sparse import orthogonal_matching_pursuit, orthogonal_matching_pursuit_by_qr

PEERS = {
    "orthogonal_matching_pursuit": "sklearn.linear_model.orthogonal_mp",
    "orthogonal_matching_pursuit_by_qr": "sklearn.linear_model.orthogonal_mp",
    "restricted_boltzmann_machine": "sklearn.neural_network.BernoulliRBM",
    "rbm_product_of_experts": "sklearn.neural_network.BernoulliRBM",
    "product_of_experts": "torch.distributions.Categorical",
    "mixture_of_experts": "torch.distributions.MixtureSameFamily",
    "folding_adc": "sympy.combinatorics.graycode.bin_to_gray",
    "gray_code": "sympy.combinatorics.graycode.bin_to_gray",
}


@pytest.mark.parametrize("sparsity", [1, 2, 4])
def test_orthogonal_matching_pursuit_in_both_forms(rng, agree, sparsity) -> None:
    # The peer is right only for columns of length one; ours do not ask for it.
    a = rng.standard_normal((12, 20))
    a = a / np.linalg.norm(a, axis=0)
    y = a[:, [3, 7, 11, 17]] @ np.asarray([2.0, -1.5, 1.0, 0.7]) + 0.01 * rng.standard_normal(12)
    theirs = orthogonal_mp(a, y, n_nonzero_coefs=sparsity)
    for ours in (orthogonal_matching_pursuit, orthogonal_matching_pursuit_by_qr):
        agree(ours(a, y, sparsity=sparsity), theirs)


def test_the_law_of_a_boltzmann_machine_is_that_of_the_free_energy(rng, agree_entrywise) -> None:
    w, b, c = rng.standard_normal((4, 3)), rng.standard_normal(4), rng.standard_normal(3)
    machine = BernoulliRBM(n_components=3)
    machine.components_, machine.intercept_visible_, machine.intercept_hidden_ = w.T, b, c
    states = np.asarray(list(itertools.product((0, 1), repeat=4)))
    # The free energy has no public name; the public score is a random estimate made from it.
    weights = np.exp(-machine._free_energy(states))
    for ours in (restricted_boltzmann_machine, rbm_product_of_experts):
        agree_entrywise(ours(w, b, c), weights / np.sum(weights))


def test_products_and_mixtures_of_distributions(rng, agree_entrywise) -> None:
    p, w = rng.dirichlet(np.ones(5), 3), rng.uniform(0.1, 1, 3)
    rows = torch.from_numpy(p)
    product = Categorical(logits=torch.sum(torch.log(rows), dim=0)).probs
    agree_entrywise(product_of_experts(p), product)
    mixture = MixtureSameFamily(Categorical(torch.from_numpy(w)), Categorical(rows))
    agree_entrywise(mixture_of_experts(p, w), torch.exp(mixture.log_prob(torch.arange(5))))


@pytest.mark.parametrize("bits", [1, 3, 8])
def test_both_converters_write_gray_codes(bits) -> None:
    numbers = np.arange(2**bits)
    codes = [[int(bit) for bit in bin_to_gray(format(k, f"0{bits}b"))] for k in numbers]
    # The middle of each step, as far from the breakpoints as can be.
    inputs = (numbers + 0.5) / 2**bits
    np.testing.assert_array_equal(folding_adc(inputs, bits=bits), codes)
    np.testing.assert_array_equal(gray_code(inputs, bits=bits), codes)
