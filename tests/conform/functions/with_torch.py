"""Functions made of PyTorch's; the right ones first, then others with one mistake each."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F  # noqa: N812 - the name that everybody uses


def torch_attention(q, k, v):
    return F.scaled_dot_product_attention(q, k, v)


def four_axes(q, k, v):
    """Only takes batch × heads × tokens × features."""
    _, _, _, _ = q.shape
    return F.scaled_dot_product_attention(q, k, v)


def time_first(q, k, v):
    """Only takes tokens × batch × features."""
    _, _, _ = q.shape
    q, k, v = (x.transpose(0, 1) for x in (q, k, v))
    return F.scaled_dot_product_attention(q, k, v).transpose(0, 1)


def torch_causal(q, k, v, *, causal=True):
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal)


def torch_softmax(s):
    return torch.softmax(s, dim=-1)


def torch_layer_norm(x, *, eps=0.0):
    return F.layer_norm(x, x.shape[-1:], eps=eps)


def torch_layer_norm_as_it_comes(x):
    return F.layer_norm(x, x.shape[-1:])


def torch_rms_norm(x):
    return F.rms_norm(x, x.shape[-1:], eps=0.0)


def torch_gelu(x):
    return F.gelu(x)


def torch_gelu_tanh(x):
    return F.gelu(x, approximate="tanh")


def torch_lstm(x, h, c, u, w, b):
    """PyTorch's order is input, forget, candidate, output."""
    order = [1, 0, 3, 2]
    maps = [part[order].reshape(4 * len(h), -1) for part in (w, u)]
    bias = b[order].reshape(-1)
    output, memory = torch.lstm_cell(x[None], [h[None], c[None]], *maps, bias, torch.zeros_like(bias))
    return output[0], memory[0]


def torch_gru(x, h, u, w, b):
    """PyTorch's order is reset, update, candidate, its update gate weighs the old state, and it resets U h, not h."""
    order, sign = [1, 0, 2], torch.tensor([1.0, -1.0, 1.0], dtype=x.dtype)
    w, u, b = w[order] * sign[:, None, None], u[order] * sign[:, None, None], b[order] * sign[:, None]
    maps = [part.reshape(3 * len(h), -1) for part in (w, u)]
    bias = b.reshape(-1)
    return torch.gru_cell(x[None], h[None], *maps, bias, torch.zeros_like(bias))[0]


def torch_scale_missing(q, k, v):
    return F.scaled_dot_product_attention(q, k, v, scale=1.0)


def layer_norm_with_epsilon(x):
    return F.layer_norm(x, x.shape[-1:], eps=1e-3)


def mean_not_taken_off(x):
    """Called a layer norm by its author; it is another norm."""
    return F.rms_norm(x, x.shape[-1:], eps=0.0)


def gelu_without_half(x):
    return x * (1 + torch.erf(x / math.sqrt(2)))


class SelfGated(torch.nn.Module):
    """A layer with a slope of its own."""

    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


self_gated = SelfGated()
