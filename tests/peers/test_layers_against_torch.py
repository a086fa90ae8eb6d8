"""Activations, normalisations, gated cells and small networks against PyTorch, weights mapped to its order."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import poisson_binom
from torch.nn import functional

from kg.impl.activation import gelu, gelu_tanh, relu, swish
from kg.impl.converters import absolute_value, absolute_value_from_relus
from kg.impl.gating import (
    gru_cell,
    logit_sum,
    lstm_cell,
    noisy_or,
    probabilistic_sum,
    product_gate,
    residual_block,
)
from kg.impl.normalisation import instance_norm, layer_norm, layer_norm_jacobian, rms_norm, scaled_projection
from kg.impl.operatornorm import projected_gradient_ascent, relu_network
from kg.impl.sigmoids import elu, logistic, softplus

PEERS = {
    "relu": "torch.nn.functional.relu",
    "absolute_value": "torch.abs",
    "absolute_value_from_relus": "torch.abs",
    "gelu": "torch.nn.functional.gelu",
    "gelu_tanh": "torch.nn.functional.gelu",
    "swish": "torch.nn.functional.silu",
    "logistic": "torch.sigmoid",
    "softplus": "torch.nn.functional.softplus",
    "elu": "torch.nn.functional.elu",
    "layer_norm": "torch.nn.functional.layer_norm",
    "rms_norm": "torch.nn.functional.rms_norm",
    "instance_norm": "torch.nn.functional.instance_norm",
    "layer_norm_jacobian": "torch.func.jacrev",
    "scaled_projection": "torch.func.jacrev",
    "gru_cell": "torch.nn.GRUCell",
    "lstm_cell": "torch.nn.LSTMCell",
    "residual_block": "torch.nn.Linear",
    "product_gate": "torch.nn.Linear",
    "logit_sum": "scipy.special.softmax",
    "noisy_or": "scipy.stats.poisson_binom",
    "probabilistic_sum": "scipy.stats.poisson_binom",
    "relu_network": "torch.nn.Linear",
    "projected_gradient_ascent": "torch.func.grad",
}

tensor = torch.from_numpy


def test_relu_and_the_two_absolute_values(rng) -> None:
    x = np.append(rng.standard_normal(7), 0.0)
    np.testing.assert_array_equal(relu(x), functional.relu(tensor(x)))
    np.testing.assert_array_equal(absolute_value(x), torch.abs(tensor(x)))
    np.testing.assert_array_equal(absolute_value_from_relus(x), torch.abs(tensor(x)))


def test_gelu_agrees_entry_by_entry_where_nothing_cancels(agree_entrywise) -> None:
    # Below −1 both texts subtract nearly equal numbers; tests against mpmath take over there.
    x = np.linspace(-1, 8, 91)
    agree_entrywise(gelu(x), functional.gelu(tensor(x)))


def test_the_approximate_gelu_is_pytorchs_with_a_hyperbolic_tangent(agree) -> None:
    x = np.linspace(-8, 8, 91)
    agree(gelu_tanh(x), functional.gelu(tensor(x), approximate="tanh"))


def test_swish_of_scale_one_is_pytorchs_silu_and_other_scales_shrink_it(agree) -> None:
    x = np.linspace(-8, 8, 91)
    agree(swish(x, np.asarray(1.0)), functional.silu(tensor(x)))
    agree(swish(x, np.asarray(2.5)), functional.silu(tensor(2.5 * x)) / 2.5)


def test_the_logistic_function_softplus_and_elu(rng, agree) -> None:
    x = np.append(3 * rng.standard_normal(9), 0.0)
    agree(logistic(x), torch.sigmoid(tensor(x)))
    agree(softplus(x), functional.softplus(tensor(x)))
    agree(elu(x, np.asarray(1.0)), functional.elu(tensor(x)))
    agree(elu(x, np.asarray(0.7)), functional.elu(tensor(x), alpha=0.7))


def test_pytorchs_gelu_is_off_by_more_than_a_hundredth_at_minus_eight() -> None:
    # Φ(−8) = 6.22096057427178e−16: a defect of the peer, by cancellation in 1 + erf, in float64.
    right = -8 * 6.22096057427178e-16
    theirs = float(functional.gelu(torch.tensor(-8.0, dtype=torch.float64)))
    assert 0.01 < abs(theirs / right - 1) < 0.2


@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 0.5])
def test_normalisations_of_rows_and_columns(rng, agree, epsilon) -> None:
    x = 3 * rng.standard_normal((5, 7)) + 1
    agree(layer_norm(x, epsilon=epsilon), functional.layer_norm(tensor(x), (7,), eps=epsilon))
    agree(rms_norm(x, epsilon=epsilon), functional.rms_norm(tensor(x), (7,), eps=epsilon))
    # PyTorch calls for at least one batch axis and normalises the last axis of every channel.
    theirs = functional.instance_norm(tensor(x.T.copy())[None], eps=epsilon)[0].T
    agree(instance_norm(x, epsilon=epsilon), theirs)


@pytest.mark.parametrize("epsilon", [0.0, 0.25])
def test_the_jacobian_of_layer_normalisation_is_pytorchs(rng, agree, epsilon) -> None:
    x = rng.standard_normal(7)
    theirs = torch.func.jacrev(lambda row: functional.layer_norm(row, (7,), eps=epsilon))(tensor(x))
    agree(layer_norm_jacobian(x, epsilon=epsilon), theirs)
    if epsilon == 0:
        agree(scaled_projection(x), theirs)


def _cell(cell: torch.nn.RNNCellBase, w: np.ndarray, u: np.ndarray, b: np.ndarray) -> torch.nn.RNNCellBase:
    """A cell of PyTorch with these stacked maps; its second bias, which adds nothing new, is zero."""
    with torch.no_grad():
        cell.weight_ih.copy_(tensor(np.concatenate(w)))
        cell.weight_hh.copy_(tensor(np.concatenate(u)))
        cell.bias_ih.copy_(tensor(np.concatenate(b)))
        cell.bias_hh.zero_()
    return cell


def test_the_lstm_cell_with_gates_in_pytorchs_order(rng, agree) -> None:
    m, n = 3, 5
    w, u, b = (rng.standard_normal(s) for s in ((4, n, m), (4, n, n), (4, n)))
    x, h, c = (rng.standard_normal(s) for s in (m, n, n))
    # Ours are forget, input, output, candidate; PyTorch's are input, forget, candidate, output.
    order = [1, 0, 3, 2]
    cell = _cell(torch.nn.LSTMCell(m, n, dtype=torch.float64), w[order], u[order], b[order])
    with torch.no_grad():
        output, memory = cell(tensor(x), (tensor(h), tensor(c)))
    ours = lstm_cell(x, h, c, u, w, b)
    agree(ours[0], output)
    agree(ours[1], memory)


def _gru(x, h, u, w, b):
    """PyTorch's cell with our maps: reset, update, candidate, the update gate turned round as there it weighs h."""
    order, sign = [1, 0, 2], np.asarray([1.0, -1.0, 1.0])
    m, n = len(x), len(h)
    maps = (
        w[order] * sign[:, None, None],
        u[order] * sign[:, None, None],
        b[order] * sign[:, None],
    )
    with torch.no_grad():
        return _cell(torch.nn.GRUCell(m, n, dtype=torch.float64), *maps)(tensor(x), tensor(h)).numpy()


def _gru_inputs(rng):
    m, n = 3, 5
    return tuple(rng.standard_normal(s) for s in (m, n, (3, n, n), (3, n, m), (3, n)))


def test_the_gru_cell_without_reset_is_pytorchs_with_its_reset_gate_open(rng, agree) -> None:
    x, h, u, w, b = _gru_inputs(rng)
    b[1] = 1e3  # its logistic function is 1 in float64
    agree(gru_cell(x, h, u, w, b, reset=False), _gru(x, h, u, w, b))


def test_the_gru_cell_is_pytorchs_where_the_reset_gate_commutes_with_its_map(rng, agree) -> None:
    # PyTorch, as cuDNN, resets after the matrix product; Cho et al. before. A diagonal matrix cannot tell.
    x, h, u, w, b = _gru_inputs(rng)
    u[2] = np.diag(np.diag(u[2]))
    agree(gru_cell(x, h, u, w, b), _gru(x, h, u, w, b))


def test_with_a_full_matrix_pytorchs_gru_is_another_cell(rng) -> None:
    x, h, u, w, b = _gru_inputs(rng)
    assert np.max(np.abs(gru_cell(x, h, u, w, b) - _gru(x, h, u, w, b))) > 0.01


def _linear(weight: np.ndarray, bias: np.ndarray | None = None) -> torch.nn.Linear:
    layer = torch.nn.Linear(*weight.shape[::-1], bias=bias is not None, dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(tensor(weight))
        if bias is not None:
            layer.bias.copy_(tensor(bias))
    return layer.requires_grad_(False)


def test_residual_and_product_blocks_around_a_hidden_layer(rng, agree) -> None:
    x, w, b, v = (rng.standard_normal(s) for s in (5, (7, 5), 7, (5, 7)))
    hidden = torch.nn.Sequential(_linear(w, b), torch.nn.Tanh(), _linear(v))
    agree(residual_block(x, w, b, v), tensor(x) + hidden(tensor(x)))
    agree(product_gate(x, w, b, v), tensor(x) * hidden(tensor(x)))


def test_a_relu_network_and_the_ascent_on_it_by_pytorchs_gradients(rng, agree) -> None:
    w1, b1, w2, b2, x = (rng.standard_normal(s) for s in ((7, 3), 7, (2, 7), 2, 3))
    network = torch.nn.Sequential(_linear(w1, b1), torch.nn.ReLU(), _linear(w2, b2))
    clean = network(tensor(x))
    agree(relu_network(w1, b1, w2, b2, x), clean)
    start, radius, steps = np.asarray([0.6, 0.0, 0.8]), 0.5, 3
    slope = torch.func.grad(lambda point: torch.sum((network(point) - clean) ** 2) / 2)
    v, theirs = tensor(start), []
    for _ in range(steps):
        v = functional.normalize(slope(tensor(x) + radius * v), dim=0)
        theirs.append(v)
    ours = projected_gradient_ascent(w1, b1, w2, b2, x, np.asarray(radius), start, steps=steps)
    agree(ours, torch.stack(theirs))


def test_the_softmax_of_a_sum_of_logits(rng, agree_entrywise) -> None:
    a, b = rng.standard_normal((2, 7))
    agree_entrywise(logit_sum(a, b), softmax(a + b))


def test_noisy_or_is_the_chance_that_a_sum_of_bernoullis_is_not_zero(rng, agree) -> None:
    p = rng.uniform(0.05, 0.9, 6)
    theirs = 1 - poisson_binom.pmf(0, p)
    agree(noisy_or(p), theirs)
    agree(probabilistic_sum(p), theirs)
