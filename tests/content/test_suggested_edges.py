"""The connections a reader looks for can be walked: by equivalences where there are any, else by what supports them."""

from __future__ import annotations

import pytest

from kg.graph import load
from kg.path import shortest_chain, supporting_chain
from kg.project import find_project

EQUIVALENT = [
    ("linear_attention", "selective_state_space_recurrence"),
    ("selective_state_space_recurrence", "semiseparable_product"),
    ("toeplitz_product", "fft_toeplitz_product"),
    ("fast_weight_programmer", "delta_rule_recurrence"),
    ("delta_rule_recurrence", "delta_rule_update"),
    ("delta_rule_update", "linear_self_attention"),
    ("delta_rule_update", "attention_to_training_inputs"),
    ("mixed_product_layer", "sum_of_kronecker_products"),
    ("sum_of_kronecker_products", "block_term_tensor"),
    ("hopfield_update", "concave_convex_step"),
    ("softmax", "sinkhorn"),
    ("euler_diffusion", "attention_diffusion_step"),
    ("projected_gradient_ascent", "power_method"),
    ("multi_head_attention", "mixed_product_layer"),
    ("galerkin_attention", "fourier_attention"),
]
SUPPORTED = [
    ("fourier_attention", "direct_sampling_index"),
    ("nadaraya_watson_smoother", "layer_norm"),
    ("recurrent_neural_network", "state_space_model"),
    ("state_space_model", "semiseparable_matrix"),
    ("semiseparable_product", "toeplitz_product"),
    ("fft_toeplitz_product", "masked_linear_attention"),
    ("masked_linear_attention", "alibi_attention"),
    ("alibi_attention", "retention_recurrence"),
    ("fast_weight_programmer", "attention_to_training_inputs"),
    ("tensor_power_iteration", "hopfield_update"),
    ("concave_convex_step", "log_sum_exp"),
    ("log_sum_exp", "softmax"),
    ("softmax_attention", "discretised_kernel_integral"),
    ("layer_norm", "layer_norm_jacobian"),
    ("layer_norm_jacobian", "lipschitz_constant"),
    ("lipschitz_constant", "operator_norm"),
    ("self_attention_slope", "spectral_norm"),
    ("spectral_norm", "adversarial_training"),
]


@pytest.fixture(scope="module")
def graph():
    return load(find_project(None))


@pytest.mark.parametrize(("start", "end"), EQUIVALENT)
def test_a_chain_of_equivalences_joins_the_two(graph, start: str, end: str) -> None:
    assert shortest_chain(graph, start, end)


@pytest.mark.parametrize(("start", "end"), SUPPORTED)
def test_claims_that_hold_support_the_connection(graph, start: str, end: str) -> None:
    chain = shortest_chain(graph, start, end) or supporting_chain(graph, start, end)
    assert chain
    assert all(graph.claims[step.claim].kind != "Refutation" for step in chain)
