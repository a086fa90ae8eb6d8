"""Recurrent cells, gates and products of experts, from their definitions."""

from __future__ import annotations

import itertools
import math

import numpy as np


def logistic(s):
    """1/(1 + e^{−s}) of one number, without overflow."""
    return 1 / (1 + math.exp(-s)) if s >= 0 else math.exp(s) / (1 + math.exp(s))


def affine(u, h, w, x, b):
    """u h + w x + b, entry by entry."""
    return [
        sum(p * q for p, q in zip(row, h, strict=True)) + sum(p * q for p, q in zip(line, x, strict=True)) + c
        for row, line, c in zip(u, w, b, strict=True)
    ]


def janet_cell(x, h, u, w, b, beta=1.0):
    """σ(s) h + (1 − σ(s − β)) h̃; the maps are those of the gate and of the candidate."""
    gate, candidate = (affine(u[i], h, w[i], x, b[i]) for i in range(2))
    return np.array(
        [
            logistic(s) * old + (1 - logistic(s - beta)) * math.tanh(c)
            for s, c, old in zip(gate, candidate, h, strict=True)
        ]
    )


def gru_cell(x, h, u, w, b, reset=True):
    """(1 − z) h + z h̃; the maps are those of the update gate, the reset gate and the candidate."""
    z = [logistic(s) for s in affine(u[0], h, w[0], x, b[0])]
    r = [logistic(s) if reset else 1.0 for s in affine(u[1], h, w[1], x, b[1])]
    seen = [p * q for p, q in zip(r, h, strict=True)]
    candidate = [math.tanh(s) for s in affine(u[2], seen, w[2], x, b[2])]
    return np.array([(1 - g) * old + g * new for g, old, new in zip(z, h, candidate, strict=True)])


def lstm_cell(x, h, c, u, w, b, read=True, squash=True):
    """The output o tanh(c′) and the memory c′ = f c + i c̃; the maps are those of f, i, o and c̃."""
    f, i, o, new = (affine(u[k], h, w[k], x, b[k]) for k in range(4))
    memory = [
        logistic(p) * old + logistic(q) * math.tanh(s) for p, q, s, old in zip(f, i, new, c, strict=True)
    ]
    output = [
        (logistic(p) if read else 1.0) * (math.tanh(m) if squash else m)
        for p, m in zip(o, memory, strict=True)
    ]
    return np.array(output), np.array(memory)


def excess_of_the_janet_weights(s, beta):
    """σ(s) + 1 − σ(s − β), the sum of the two weights."""
    return logistic(s) + 1 - logistic(s - beta)


def hidden_layer(x, w, b, v):
    """v tanh(w x + b)."""
    inner = [
        math.tanh(sum(p * q for p, q in zip(row, x, strict=True)) + c) for row, c in zip(w, b, strict=True)
    ]
    return np.array([sum(p * q for p, q in zip(row, inner, strict=True)) for row in v])


def residual_block(x, w, b, v):
    """x plus a function of it."""
    return x + hidden_layer(x, w, b, v)


def product_gate(x, w, b, v):
    """x times a function of it, entry by entry."""
    return x * hidden_layer(x, w, b, v)


def jacobian_of_hidden_layer(x, w, b, v):
    """v diag(1 − tanh²) w."""
    slope = 1 - np.tanh(w @ x + b) ** 2
    return np.array(
        [
            [sum(v[i, k] * slope[k] * w[k, j] for k in range(len(b))) for j in range(len(x))]
            for i in range(len(v))
        ]
    )


def noisy_or(p):
    """One minus the product of the probabilities that each event does not happen."""
    product = 1
    for value in p:
        product = product * (1 - value)
    return 1 - product


def probabilistic_sum(p):
    """Joined from left to right by x + y − xy, beginning with 0."""
    total = 0
    for value in p:
        total = total + value - total * value
    return total


def softmax(a):
    """Exponentials divided by their total."""
    powers = [math.exp(v - max(a)) for v in a]
    return np.array([v / sum(powers) for v in powers])


def logit_sum(a, b):
    """The softmax of the sum of two lists of scores."""
    return softmax([p + q for p, q in zip(a, b, strict=True)])


def product_of_experts(p):
    """The product of the rows, divided by its total."""
    product = [math.prod(column) for column in np.transpose(p)]
    return np.array([v / sum(product) for v in product])


def mixture_of_experts(p, w):
    """The mean of the rows, with weights that are divided by their total."""
    return np.array(
        [sum(a * b for a, b in zip(w, column, strict=True)) / sum(w) for column in np.transpose(p)]
    )


def visible_states(n):
    """All states of n binary units, counted up with the first unit as the most significant digit."""
    return list(itertools.product((0, 1), repeat=n))


def restricted_boltzmann_machine(w, b, c):
    """The law of the visible units: the sum over all hidden states of e^{b·v + c·h + vᵀwh}, divided by its total."""
    n, m = w.shape
    masses = []
    for v in visible_states(n):
        mass = 0.0
        for h in visible_states(m):
            exponent = sum(b[i] * v[i] for i in range(n)) + sum(c[j] * h[j] for j in range(m))
            exponent += sum(v[i] * w[i, j] * h[j] for i in range(n) for j in range(m))
            mass += math.exp(exponent)
        masses.append(mass)
    return np.array([mass / sum(masses) for mass in masses])


def rbm_product_of_experts(w, b, c):
    """e^{b·v} ∏_j (1 + e^{c_j + w_j·v}), with w_j column j of w, divided by its total."""
    n, m = w.shape
    masses = []
    for v in visible_states(n):
        mass = math.exp(sum(b[i] * v[i] for i in range(n)))
        for j in range(m):
            mass *= 1 + math.exp(c[j] + sum(w[i, j] * v[i] for i in range(n)))
        masses.append(mass)
    return np.array([mass / sum(masses) for mass in masses])
