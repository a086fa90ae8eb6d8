"""Products and mixtures of distributions, against enumeration by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from kg.impl.experts import (
    mixture_of_experts,
    product_of_experts,
    rbm_product_of_experts,
    restricted_boltzmann_machine,
)

RNG = np.random.default_rng(21)


def _law_by_loops(w, b, c):
    n, m = w.shape
    weights = []
    for v in itertools.product((0, 1), repeat=n):
        total = 0.0
        for h in itertools.product((0, 1), repeat=m):
            energy = -sum(b[i] * v[i] for i in range(n)) - sum(c[j] * h[j] for j in range(m))
            energy -= sum(v[i] * w[i, j] * h[j] for i in range(n) for j in range(m))
            total += np.exp(-energy)
        weights.append(total)
    return np.array(weights) / sum(weights)


@pytest.mark.parametrize("law", [restricted_boltzmann_machine, rbm_product_of_experts])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (3, 2), (2, 5)])
def test_the_visible_law_is_found_by_adding_up_over_all_hidden_states(law, n, m):
    w, b, c = RNG.normal(size=(n, m)), RNG.normal(size=n), RNG.normal(size=m)
    np.testing.assert_allclose(law(w, b, c), _law_by_loops(w, b, c), rtol=1e-12)


def test_a_machine_without_couplings_has_independent_units():
    b = np.array([np.log(3.0), 0.0])
    np.testing.assert_allclose(
        restricted_boltzmann_machine(np.zeros((2, 2)), b, np.array([0.4, -1.0])),
        [0.125, 0.125, 0.375, 0.375],
        rtol=1e-14,
    )


def test_a_machine_with_large_couplings_does_not_overflow():
    law = restricted_boltzmann_machine(np.full((2, 2), 900.0), np.zeros(2), np.zeros(2))
    np.testing.assert_allclose(law, [0, 0, 0, 1], atol=1e-300)


def test_an_outcome_that_one_expert_forbids_is_forbidden_by_the_product_only():
    p = np.array([[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]])
    np.testing.assert_allclose(product_of_experts(p), [0, 1, 0])
    np.testing.assert_allclose(mixture_of_experts(p, np.array([0.5, 0.5])), [0.25, 0.5, 0.25])


def test_the_weights_of_a_mixture_need_not_add_up_to_one():
    p = RNG.dirichlet(np.ones(4), size=3)
    np.testing.assert_allclose(
        mixture_of_experts(p, np.array([2.0, 1.0, 1.0])), np.average(p, axis=0, weights=[2, 1, 1]), rtol=1e-13
    )
