"""Checks of the claims about softmax attention itself."""

from __future__ import annotations

from kg.numbers import array_namespace, constant, shift
from kg.verify import Array, Real, check


@check(gradients=True)
def online_softmax_is_softmax(use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]):
    return use("online_softmax_attention")(q, k, v, block=2), use("softmax_attention")(q, k, v)


@online_softmax_is_softmax.control("the accumulators are not rescaled when the maximum moves")
def _(use, q, k, v):
    xp = array_namespace(q)
    normaliser, total = 0, 0
    for start in range(0, k.shape[0], 2):
        scores = q @ k[start : start + 2, :].mT / xp.sqrt(constant(q, k.shape[-1]))
        weights = xp.exp(scores - shift(scores, axis=-1))
        normaliser = normaliser + xp.sum(weights, axis=-1, keepdims=True)
        total = total + weights @ v[start : start + 2, :]
    return total / normaliser, use("softmax_attention")(q, k, v)


@online_softmax_is_softmax.control("the last, short block of keys is dropped")
def _(use, q, k, v):
    kept = k.shape[0] - 1
    return use("online_softmax_attention")(q, k[:kept, :], v[:kept, :], block=2), use("softmax_attention")(
        q, k, v
    )
