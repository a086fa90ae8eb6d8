"""Linear attention and its memories, state spaces and long convolutions against PyTorch and SciPy."""

from __future__ import annotations

import numpy as np
import torch
from scipy.linalg import hankel
from scipy.signal import dimpulse, dlsim, fftconvolve, lfilter
from scipy.special import softmax
from torch.nn.functional import elu, scaled_dot_product_attention

from kg.impl.decoding import cached_attention_step, cached_softmax_attention, causal_softmax_attention
from kg.impl.deltarule import (
    chunked_delta_rule,
    chunked_gated_delta_rule,
    delta_rule_recurrence,
    gated_delta_rule_recurrence,
    parallel_delta_rule,
)
from kg.impl.fastweights import (
    chunked_linear_attention,
    delta_rule_update,
    fast_weight_programmer,
    hebbian_update,
    householder_reflection,
    unnormalised_linear_attention,
)
from kg.impl.linearattention import efficient_attention
from kg.impl.longconvolution import (
    fft_long_convolution,
    hankel_matrix,
    hankel_realisation,
    impulse_response,
    long_convolution,
    time_invariant_state_space_model,
)
from kg.impl.recurrence import cumulative_sum_gradient, elu_features
from kg.impl.retention import (
    chunked_gated_linear_attention,
    chunked_retention,
    decay_mask,
    gated_linear_attention_recurrence,
    parallel_gated_linear_attention,
    parallel_retention,
    retention_recurrence,
)
from kg.impl.rwkv import attention_free_transformer, rwkv_attention, rwkv_recurrence
from kg.impl.statespace import (
    chunked_state_space_dual,
    cumulative_product_mask,
    diagonal_state_space_recurrence,
    selective_state_space_recurrence,
    semiseparable_matrix,
    semiseparable_product,
    structured_masked_attention,
    sum_of_masked_attentions,
    time_varying_state_space_model,
)

PEERS = {
    "unnormalised_linear_attention": "torch.einsum",
    "fast_weight_programmer": "torch.einsum",
    "chunked_linear_attention": "torch.einsum",
    "retention_recurrence": "torch.einsum",
    "parallel_retention": "torch.einsum",
    "chunked_retention": "torch.einsum",
    "decay_mask": "torch.pow",
    "gated_linear_attention_recurrence": "torch.einsum",
    "parallel_gated_linear_attention": "torch.einsum",
    "chunked_gated_linear_attention": "torch.einsum",
    "hebbian_update": "torch.autograd.grad",
    "delta_rule_update": "torch.autograd.grad",
    "cumulative_sum_gradient": "torch.autograd.grad",
    "householder_reflection": "torch.linalg.householder_product",
    "delta_rule_recurrence": "torch.linalg.solve_triangular",
    "parallel_delta_rule": "torch.linalg.solve_triangular",
    "chunked_delta_rule": "torch.linalg.solve_triangular",
    "gated_delta_rule_recurrence": "torch.linalg.solve_triangular",
    "chunked_gated_delta_rule": "torch.linalg.solve_triangular",
    "time_varying_state_space_model": "torch.linalg.multi_dot",
    "semiseparable_product": "torch.linalg.multi_dot",
    "semiseparable_matrix": "torch.linalg.multi_dot",
    "selective_state_space_recurrence": "torch.linalg.multi_dot",
    "structured_masked_attention": "torch.linalg.multi_dot",
    "chunked_state_space_dual": "torch.linalg.multi_dot",
    "diagonal_state_space_recurrence": "torch.linalg.multi_dot",
    "sum_of_masked_attentions": "torch.linalg.multi_dot",
    "cumulative_product_mask": "torch.cumprod",
    "time_invariant_state_space_model": "scipy.signal.dlsim",
    "impulse_response": "scipy.signal.dimpulse",
    "hankel_realisation": "scipy.signal.dimpulse",
    "hankel_matrix": "scipy.linalg.hankel",
    "long_convolution": "scipy.signal.lfilter",
    "fft_long_convolution": "scipy.signal.fftconvolve",
    "attention_free_transformer": "scipy.special.softmax",
    "rwkv_attention": "scipy.special.softmax",
    "rwkv_recurrence": "scipy.special.softmax",
    "efficient_attention": "scipy.special.softmax",
    "elu_features": "torch.nn.functional.elu",
    "causal_softmax_attention": "torch.nn.functional.scaled_dot_product_attention",
    "cached_softmax_attention": "torch.nn.functional.scaled_dot_product_attention",
    "cached_attention_step": "torch.nn.functional.scaled_dot_product_attention",
}

N = 6
DISTANCES = np.subtract.outer(np.arange(N), np.arange(N))


def triple(rng: np.random.Generator, c: int = 3, e: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return rng.standard_normal((N, c)), rng.standard_normal((N, c)), rng.standard_normal((N, e))


def einsum(expression: str, *arrays: np.ndarray) -> np.ndarray:
    return torch.einsum(expression, *map(torch.from_numpy, arrays)).numpy()


def between(factors: np.ndarray) -> np.ndarray:
    """The products of the factors after j up to i, by PyTorch, along the first axis."""
    table = np.zeros((N, N, *factors.shape[1:]))
    for j in range(N):
        later = torch.from_numpy(np.concatenate([np.ones((1, *factors.shape[1:])), factors[j + 1 :]]))
        table[j:, j] = torch.cumprod(later, 0).numpy()
    return table


def test_linear_attention_without_a_normaliser(rng, agree) -> None:
    q, k, v = triple(rng)
    theirs = einsum("ic,jc,ij,je->ie", q, k, np.tril(np.ones((N, N))), v)
    for ours in (unnormalised_linear_attention, fast_weight_programmer, chunked_linear_attention):
        agree(ours(q, k, v), theirs)


def test_retention_and_its_mask(rng, agree) -> None:
    q, k, v = triple(rng)
    decay = np.asarray(0.8)
    powers = (
        torch.pow(torch.tensor(0.8, dtype=torch.float64), torch.from_numpy(np.abs(DISTANCES))).tril().numpy()
    )
    agree(decay_mask(decay, n=N), powers)
    for ours in (retention_recurrence, parallel_retention, chunked_retention):
        agree(ours(q, k, v, decay), einsum("ic,jc,ij,je->ie", q, k, powers, v))


def test_gated_linear_attention(rng, agree) -> None:
    q, k, v = triple(rng)
    gates = rng.uniform(0.3, 1, (N, 3))
    theirs = einsum("ic,jc,ijc,je->ie", q, k, between(gates), v)
    for ours in (
        gated_linear_attention_recurrence,
        parallel_gated_linear_attention,
        chunked_gated_linear_attention,
    ):
        agree(ours(q, k, v, gates), theirs)


def test_both_updates_of_a_memory_are_gradient_steps(rng, agree) -> None:
    s, k, v = rng.standard_normal((3, 2)), rng.standard_normal(3), rng.standard_normal(2)
    memory = torch.tensor(s, requires_grad=True)
    read = memory.T @ torch.from_numpy(k)
    (match,) = torch.autograd.grad(read @ torch.from_numpy(v), memory, retain_graph=True)
    (error,) = torch.autograd.grad(((read - torch.from_numpy(v)) ** 2).sum() / 2, memory)
    agree(hebbian_update(s, k, v, 0.3), s + 0.3 * match.numpy())
    agree(delta_rule_update(s, k, v, 0.3), s - 0.3 * error.numpy())


def test_the_gradients_of_the_numerators(rng, agree) -> None:
    q, k, v = (torch.tensor(x, requires_grad=True) for x in triple(rng))
    g = rng.standard_normal((N, 2))
    theirs = torch.autograd.grad((torch.from_numpy(g) * ((q @ k.T).tril() @ v)).sum(), (q, k, v))
    ours = cumulative_sum_gradient(*(x.detach().numpy() for x in (q, k, v)), g)
    for mine, other in zip(ours, theirs, strict=True):
        agree(mine, other)


def test_a_reflection_is_one_factor_of_a_qr_decomposition(rng, agree) -> None:
    x, rest = rng.standard_normal((4, 2)), rng.standard_normal(3)
    k = np.concatenate([[1.0], rest])
    tau = torch.tensor([2 / (k @ k)], dtype=torch.float64)
    mirror = torch.linalg.householder_product(torch.from_numpy(k[:, None]), tau)
    # It returns as many columns as were given: the first. The others follow from the mirror images of the unit vectors.
    agree(householder_reflection(np.eye(4), k)[:, :1], mirror)
    agree(householder_reflection(householder_reflection(x, k), k), x)


def corrected(k: np.ndarray, v: np.ndarray, beta: np.ndarray, decays: np.ndarray) -> np.ndarray:
    """The values that solve the triangular system of the delta rule."""
    system = np.eye(N) + np.tril(beta[:, None] * between(decays) * (k @ k.T), -1)
    right = torch.from_numpy(beta[:, None] * v)
    return torch.linalg.solve_triangular(torch.from_numpy(system), right, upper=False).numpy()


def test_the_delta_rule_with_and_without_a_gate(rng, agree) -> None:
    q, k, v = triple(rng)
    beta, decays = rng.random(N), rng.uniform(0.3, 1, N)
    theirs = np.tril(q @ k.T) @ corrected(k, v, beta, np.ones(N))
    for ours in (delta_rule_recurrence, parallel_delta_rule, chunked_delta_rule):
        agree(ours(q, k, v, beta), theirs)
    theirs = (between(decays) * (q @ k.T)) @ corrected(k, v, beta, decays)
    for gated in (gated_delta_rule_recurrence, chunked_gated_delta_rule):
        agree(gated(q, k, v, beta, decays), theirs)


def table(transitions: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    m = np.zeros((N, N))
    for i in range(N):
        for j in range(i + 1):
            factors = [c[i][None, :], *(transitions[t] for t in range(i, j, -1)), b[j][:, None]]
            m[i, j] = torch.linalg.multi_dot([torch.from_numpy(f) for f in factors]).item()
    return m


def test_state_spaces_of_every_kind_of_transition(rng, agree) -> None:
    b, c, x = triple(rng)
    full, diagonal = 0.5 * rng.standard_normal((N, 3, 3)), rng.uniform(0.3, 1, (N, 3))
    one = diagonal[:, 0]
    agree(semiseparable_matrix(full, b, c), table(full, b, c))
    for ours in (time_varying_state_space_model, semiseparable_product):
        agree(ours(full, b, c, x), table(full, b, c) @ x)
    for ours in (selective_state_space_recurrence, structured_masked_attention, chunked_state_space_dual):
        agree(ours(one, b, c, x), table(one[:, None, None] * np.eye(3), b, c) @ x)
    for ours in (diagonal_state_space_recurrence, sum_of_masked_attentions):
        agree(ours(diagonal, b, c, x), table(diagonal[:, :, None] * np.eye(3), b, c) @ x)
    agree(cumulative_product_mask(one), between(one))
    assert torch.cumprod(torch.from_numpy(one), 0)[-1] == torch.tensor(np.prod(one))


def test_time_invariant_state_spaces_and_their_filters(rng, agree) -> None:
    a, b, c, x = (
        0.4 * rng.standard_normal((3, 3)),
        rng.standard_normal(3),
        rng.standard_normal(3),
        triple(rng)[2],
    )
    # SciPy reads the state before the input arrives, so the reading is moved once and the input passed through.
    system = (a, b[:, None], (c @ a)[None, :], np.array([[c @ b]]), 1)
    agree(time_invariant_state_space_model(a, b, c, x[:, :1]), dlsim(system, x[:, :1])[1])
    response = dimpulse(system, n=N)[1][0][:, 0]
    agree(impulse_response(a, b, c, length=N), response)
    found, start, reading = hankel_realisation(response[:4])
    realised = (found, start[:, None], (reading @ found)[None, :], np.array([[reading @ start]]), 1)
    agree(dimpulse(realised, n=4)[1][0][:, 0], response[:4])
    agree(hankel_matrix(response[:5]), hankel(response[:3], response[2:5]))


def test_long_convolutions(rng, agree) -> None:
    h, x = rng.standard_normal(N), triple(rng)[2]
    agree(long_convolution(h, x), lfilter(h, 1, x, axis=0))
    agree(fft_long_convolution(h, x), fftconvolve(h[:, None], x, axes=0)[:N])


def test_averages_with_weights_from_keys_alone(rng, agree) -> None:
    k, v, bias = rng.standard_normal((N, 2)), rng.standard_normal((N, 2)), rng.standard_normal((N, N))

    def theirs(biases: np.ndarray) -> np.ndarray:
        logits = np.where(DISTANCES[:, :, None] >= 0, k[None] + biases[:, :, None], -np.inf)
        return np.einsum("ije,je->ie", softmax(logits, axis=1), v)

    agree(attention_free_transformer(k, v, bias), theirs(bias))
    fixed = np.where(DISTANCES == 0, 0.7, -(DISTANCES - 1) * 0.4)
    for ours in (rwkv_attention, rwkv_recurrence):
        agree(ours(k, v, np.asarray(0.4), np.asarray(0.7)), theirs(fixed))


def test_efficient_attention_and_elu_features(rng, agree) -> None:
    q, k, v = triple(rng)
    agree(efficient_attention(q, k, v), softmax(q, axis=1) @ (softmax(k, axis=0).T @ v))
    agree(elu_features(q), elu(torch.from_numpy(q)) + 1)


def test_causal_attention_at_once_and_with_a_cache(rng, agree) -> None:
    q, k, v = triple(rng)
    theirs = scaled_dot_product_attention(*map(torch.from_numpy, (q, k, v)), is_causal=True).numpy()
    agree(causal_softmax_attention(q, k, v), theirs)
    agree(cached_softmax_attention(q, k, v), theirs)
    agree(cached_attention_step(q[-1], k, v), theirs[-1])
