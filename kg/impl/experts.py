"""Combining distributions: products, mixtures, and the restricted Boltzmann machine.

Conventions: a distribution is a row of numbers that are not negative; states of n binary units are listed in the order
of counting, the first unit being the most significant; units are 0 or 1.
"""

from __future__ import annotations

import itertools

import numpy as np

from kg.numbers import Array, Probability, Real, array_namespace, shift


def product_of_experts(p: Probability[Array, "experts n"]) -> Real[Array, "n"]:
    """The product of the rows, divided by its total.

    Source: :cite:t:`hinton2002training`.
    """
    xp = array_namespace(p)
    product = xp.prod(p, axis=0)
    return product / xp.sum(product)


def mixture_of_experts(
    p: Probability[Array, "experts n"], w: Probability[Array, "experts"]
) -> Real[Array, "n"]:
    """The mean of the rows with the weights w.

    Conventions: the weights are divided by their total; the rows are taken as they are.
    """
    xp = array_namespace(p)
    return w @ p / xp.sum(w)


def restricted_boltzmann_machine(
    w: Real[Array, "n m"], b: Real[Array, "n"], c: Real[Array, "m"]
) -> Real[Array, "states"]:
    """The law of the n visible units v: the sum of exp(b·v + c·h + vᵀ w h) over all hidden h, divided by its total.

    Conventions: the energy is minus that exponent; all 2ⁿ⁺ᵐ states are enumerated; the visible ones are listed as in
    binary counting, the first unit most significant.
    """
    xp = array_namespace(w)
    visible = list(itertools.product((0, 1), repeat=w.shape[0]))
    hidden = list(itertools.product((0, 1), repeat=w.shape[1]))
    v = xp.asarray(np.asarray(visible), dtype=w.dtype)
    h = xp.asarray(np.asarray(hidden), dtype=w.dtype)
    exponents = (v @ b)[:, None] + (h @ c)[None, :] + v @ w @ h.mT
    # One shift for all states together, as a shift of its own for each row would change the law.
    weights = xp.exp(exponents - shift(xp.reshape(exponents, (-1,))))
    return xp.sum(weights, axis=1) / xp.sum(weights)


def rbm_product_of_experts(
    w: Real[Array, "n m"], b: Real[Array, "n"], c: Real[Array, "m"]
) -> Real[Array, "states"]:
    """e^(b·v) ∏_j (1 + e^(c_j + w_j·v)) for every state v of n binary units, divided by its total.

    Conventions: w_j is column j of w; the biases b make one more expert beside the m of the hidden units; states are
    listed as in binary counting, the first unit most significant; nothing is subtracted from the exponents, so large
    ones overflow in floats.
    """
    xp = array_namespace(w)
    n, m = w.shape
    states = []
    for number in range(2**n):
        on = [i for i in range(n) if number >> (n - 1 - i) & 1]
        weight = xp.ones((), dtype=w.dtype)
        for i in on:
            weight = weight * xp.exp(b[i])
        for j in range(m):
            weight = weight * (1 + xp.exp(c[j] + sum(w[i, j] for i in on)))
        states.append(weight)
    product = xp.stack(states)
    return product / xp.sum(product)
