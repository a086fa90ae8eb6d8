"""Checks of the claims that the search for unknown equalities found."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Real, check


@check
def gradients_of_causal_linear_attention_are_causal_linear_attention(
    use, phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"], g: Real[Array, "n e"]
):
    attend = use("unnormalised_linear_attention")
    later_q, later_k, later_v, later_g = (_reversed(x) for x in (phi_q, phi_k, v, g))
    by_key = _reversed(attend(later_v, later_g, later_q))
    by_value = _reversed(attend(later_k, later_q, later_g))
    return use("cumulative_sum_gradient")(phi_q, phi_k, v, g), (attend(g, v, phi_k), by_key, by_value)


def _reversed(x):
    return array_namespace(x).flip(x, axis=0)


@gradients_of_causal_linear_attention_are_causal_linear_attention.control("time runs forwards for all three")
def _(use, phi_q, phi_k, v, g):
    attend = use("unnormalised_linear_attention")
    three = attend(g, v, phi_k), attend(v, g, phi_q), attend(phi_k, phi_q, g)
    return use("cumulative_sum_gradient")(phi_q, phi_k, v, g), three


@check
def transposed_state_space_model_computes_the_same(
    use, a: Real[Array, "s s"], b: Real[Array, "s"], c: Real[Array, "s"], x: Real[Array, "n e"]
):
    model = use("time_invariant_state_space_model")
    return model(a, b, c, x), model(a.mT, c, b, x)


@transposed_state_space_model_computes_the_same.control("the vectors change places, the matrix stays")
def _(use, a, b, c, x):
    model = use("time_invariant_state_space_model")
    return model(a, b, c, x), model(a, c, b, x)
