"""Checks of the claims about relatives of linear attention: efficient attention, and rotary positions in linear attention."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Positive, Real, check, condition

# Efficient attention --------------------------------------------------------------------------------------------


def _shares(x, axis):
    """exp(x), divided by its sums along an axis."""
    xp = array_namespace(x)
    return xp.exp(x) / xp.sum(xp.exp(x), axis=axis, keepdims=True)


@check
def efficient_attention_is_linear_attention_with_normalised_keys(
    use, q: Real[Array, "n c"], k: Real[Array, "m c"], v: Real[Array, "m e"]
):
    return use("efficient_attention")(q, k, v), use("linear_attention")(_shares(q, 1), _shares(k, 0), v)


@efficient_attention_is_linear_attention_with_normalised_keys.control(
    "exponentials of keys that are not normalised"
)
def _(use, q, k, v):
    xp = array_namespace(k)
    return use("efficient_attention")(q, k, v), use("linear_attention")(_shares(q, 1), xp.exp(k), v)


@efficient_attention_is_linear_attention_with_normalised_keys.control("keys normalised over their entries")
def _(use, q, k, v):
    return use("efficient_attention")(q, k, v), use("linear_attention")(_shares(q, 1), _shares(k, 1), v)


efficient_attention_is_linear_attention_with_normalised_keys.explain(
    "phi_q @ summary / (phi_q @ total[:, None]) →",
    "the denominator is one here, which is the point of the claim",
)


@check
def efficient_attention_is_not_linear_attention_with_exponential_keys(
    use, q: Real[Array, "n c"], k: Real[Array, "m c"], v: Real[Array, "m e"]
):
    xp = array_namespace(k)
    return use("efficient_attention")(q, k, v), use("linear_attention")(_shares(q, 1), xp.exp(k), v)


@efficient_attention_is_not_linear_attention_with_exponential_keys.counterexample
def _():
    # The columns of exponentials have the sums 2 and 1 + e.
    return {"q": [[0, 0]], "k": [[0, 0], [0, 1]], "v": [[0], [1]]}


@efficient_attention_is_not_linear_attention_with_exponential_keys.control(
    "every column of exponentials has the same sum: all channels hold the same keys"
)
def _(use, q, k, v):
    same = k[:, :1] + 0 * k
    return use("efficient_attention")(q, same, v), use("linear_attention")(
        _shares(q, 1), array_namespace(k).exp(same), v
    )


# Rotary positions -----------------------------------------------------------------------------------------------


@condition(generic=True)
def turned_and_unturned_weights_not_summing_to_zero(phi_q, phi_k, frequencies):
    # Two neighbouring features are one complex number, and its turn is a product.
    places = np.arange(phi_k.shape[0])[:, None]
    turns = np.exp(1j * places * np.asarray(frequencies)[None, :])
    queries, keys = (np.asarray(x)[:, 0::2] + 1j * np.asarray(x)[:, 1::2] for x in (phi_q, phi_k))
    sums = (
        np.sum(a * np.conj(np.sum(b, axis=0)), axis=1).real
        for a, b in ((queries, keys), (queries * turns, keys * turns))
    )
    return all(bool(np.all(row != 0)) for row in sums)


@check(sizes={"n": (2, 3), "h": (2,), "e": (2, 3)})
def rotary_linear_attention_is_rescaled_linear_attention_of_turned_features(
    use,
    phi_q: Real[Array, "n 2*h"],
    phi_k: Real[Array, "n 2*h"],
    v: Real[Array, "n e"],
    frequencies: Real[Array, "h"],
):
    xp, places = array_namespace(v), 0 * v[:, 0] + np.arange(v.shape[0])
    turned_q = use("rotary_embedding")(phi_q, places, frequencies)
    turned_k = use("rotary_embedding")(phi_k, places, frequencies)
    ratio = xp.sum(turned_q @ turned_k.mT, axis=1) / xp.sum(phi_q @ phi_k.mT, axis=1)
    right = ratio[:, None] * use("linear_attention")(turned_q, turned_k, v)
    return use("rotary_linear_attention")(phi_q, phi_k, v, frequencies), right


rotary_linear_attention_is_rescaled_linear_attention_of_turned_features.explain(
    "constant changed: 2 → 1",
    "the features are then stored in another order, the same for queries and keys: inner products do not see it",
)


@rotary_linear_attention_is_rescaled_linear_attention_of_turned_features.control(
    "the denominator is turned as well"
)
def _(use, phi_q, phi_k, v, frequencies):
    places = 0 * v[:, 0] + np.arange(v.shape[0])
    turned_q = use("rotary_embedding")(phi_q, places, frequencies)
    turned_k = use("rotary_embedding")(phi_k, places, frequencies)
    right = use("linear_attention")(turned_q, turned_k, v)
    return use("rotary_linear_attention")(phi_q, phi_k, v, frequencies), right


@rotary_linear_attention_is_rescaled_linear_attention_of_turned_features.control("nothing is turned")
def _(use, phi_q, phi_k, v, frequencies):
    right = use("linear_attention")(phi_q, phi_k, v)
    return use("rotary_linear_attention")(phi_q, phi_k, v, frequencies), right


@check(relation="<=")
def rotary_linear_attention_is_not_an_average_of_the_values(
    use,
    phi_q: Positive[Array, "n 2*h"],
    phi_k: Positive[Array, "n 2*h"],
    v: Real[Array, "n e"],
    frequencies: Real[Array, "h"],
):
    # An average is not larger than the largest value.
    xp = array_namespace(v)
    averages = use("rotary_linear_attention")(phi_q, phi_k, v, frequencies)
    return averages, xp.max(v, axis=0, keepdims=True) + 0 * averages


@rotary_linear_attention_is_not_an_average_of_the_values.counterexample
def _():
    # A turn by three, nearly half a circle: the weight of the other token is negative.
    return {"phi_q": [[1, 1], [1, 1]], "phi_k": [[1, 1], [1, 1]], "v": [[-1], [-1]], "frequencies": [3]}


@rotary_linear_attention_is_not_an_average_of_the_values.control(
    "nothing is turned: all frequencies are zero"
)
def _(use, phi_q, phi_k, v, frequencies):
    xp = array_namespace(v)
    averages = use("rotary_linear_attention")(phi_q, phi_k, v, 0 * frequencies)
    return averages, xp.max(v, axis=0, keepdims=True) + 0 * averages
