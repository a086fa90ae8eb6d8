"""Checks of the claims about products of experts."""

from __future__ import annotations

import itertools

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Real, check


@check
def restricted_boltzmann_machine_is_a_product_of_experts(
    use, w: Real[Array, "n m"], b: Real[Array, "n"], c: Real[Array, "m"]
):
    return use("restricted_boltzmann_machine")(w, b, c), use("rbm_product_of_experts")(w, b, c)


@restricted_boltzmann_machine_is_a_product_of_experts.control("the expert of the visible biases is left out")
def _(use, w, b, c):
    return use("restricted_boltzmann_machine")(w, b, c), use("rbm_product_of_experts")(w, 0 * b, c)


@restricted_boltzmann_machine_is_a_product_of_experts.control("the hidden experts are added, not multiplied")
def _(use, w, b, c):
    xp = array_namespace(w)
    states = np.asarray(list(itertools.product((0, 1), repeat=w.shape[0])))
    v = xp.asarray(states, dtype=w.dtype)
    weights = xp.exp(v @ b) * xp.sum(1 + xp.exp(v @ w + c), axis=1)
    return use("restricted_boltzmann_machine")(w, b, c), weights / xp.sum(weights)
