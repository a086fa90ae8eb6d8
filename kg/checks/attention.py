"""Checks of the claims about softmax attention itself."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, shift
from kg.verify import Array, Natural, Real, check


@check(gradients=True)
def online_softmax_is_softmax(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], block: Natural[int, "1 3"]
):
    return use("online_softmax_attention")(q, k, v, block=block), use("softmax_attention")(q, k, v)


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


# Towards hard attention ------------------------------------------------------------------------------------------


def _off_the_best(use, q, k):
    """The weight that attention gives to all keys but the best, the lead of the best score, and their number."""
    xp = array_namespace(q)
    m = k.shape[0]
    weights = use("softmax_attention")(q[None, :], k, xp.eye(m, dtype=q.dtype))[0, :]
    scores = k @ q / xp.sqrt(constant(q, k.shape[1]))
    best = int(xp.argmax(scores, axis=0))
    others = np.asarray([j for j in range(m) if j != best])
    lead = scores[best] - xp.max(xp.take(scores, others, axis=0))
    return xp.sum(xp.take(weights, others, axis=0)), lead, m - 1


@check(relation="<=", sizes={"m": (2, 3, 5), "d": (2, 3)})
def weight_off_the_best_key_is_at_most_exponentially_small_in_its_lead(
    use, q: Real[Array, "d"], k: Real[Array, "m d"]
):
    weight, lead, others = _off_the_best(use, q, k)
    return weight, others / (others + array_namespace(q).exp(lead))


@weight_off_the_best_key_is_at_most_exponentially_small_in_its_lead.witness
def _(q, k):
    return {"k": np.concatenate([q[None, :], 0 * k[1:, :]])}


@weight_off_the_best_key_is_at_most_exponentially_small_in_its_lead.control(
    "the lead is measured before the scores are divided by √d"
)
def _(use, q, k):
    xp = array_namespace(q)
    weight, lead, others = _off_the_best(use, q, k)
    return weight, others / (others + xp.exp(lead * xp.sqrt(constant(q, k.shape[1]))))


@weight_off_the_best_key_is_at_most_exponentially_small_in_its_lead.control("one competitor is left out")
def _(use, q, k):
    weight, lead, others = _off_the_best(use, q, k)
    return weight, (others - 1) / (others - 1 + array_namespace(q).exp(lead))
