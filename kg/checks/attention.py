"""Checks of the claims about softmax attention itself."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, jvp, shift
from kg.verify import Array, Natural, Real, Size, check


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


# The two ends of temperature ------------------------------------------------------------------------------------


@check
def softmax_attention_near_a_zero_query_is_the_mean_plus_a_covariance(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    def attention(queries):
        return use("softmax_attention")(queries, k, v)

    covariance = _covariance(use, q, k, v) / array_namespace(q).sqrt(constant(q, k.shape[1]))
    mean = use("mean_pooling")(v)[None, :] + 0 * covariance
    return [attention(0 * q), jvp(attention, 0 * q, q)], [mean, covariance]


def _covariance(use, q, k, v):
    """The covariance, over the keys, of the scores of each query with each column of the values."""
    mean, scores = use("mean_pooling"), q @ k.mT
    products = array_namespace(q).stack([mean(scores[i, :, None] * v) for i in range(q.shape[0])])
    return products - mean(scores.mT)[:, None] * mean(v)[None, :]


@softmax_attention_near_a_zero_query_is_the_mean_plus_a_covariance.control("the mean is not subtracted")
def _(use, q, k, v):
    xp = array_namespace(q)
    slope = jvp(lambda queries: use("softmax_attention")(queries, k, v), 0 * q, q)
    scores = q @ k.mT
    products = xp.stack([use("mean_pooling")(scores[i, :, None] * v) for i in range(q.shape[0])])
    return slope, products / xp.sqrt(constant(q, k.shape[1]))


@softmax_attention_near_a_zero_query_is_the_mean_plus_a_covariance.control("the slope at the query itself")
def _(use, q, k, v):
    slope = jvp(lambda queries: use("softmax_attention")(queries, k, v), q, q)
    return slope, _covariance(use, q, k, v) / array_namespace(q).sqrt(constant(q, k.shape[1]))


_SCORES = np.asarray([[3.0], [1.0], [3.0]])
_VALUES = np.asarray([[1.0], [5.0], [2.0]])


def _read(use, factor):
    """What is read of the values 1, 5, 2 whose scores are 3, 1, 3, all times a factor."""
    return use("softmax_attention")(np.asarray([[factor]]), _SCORES, _VALUES)[0, 0]


@check(sizes={"n": (16, 32, 64, 128, 256)})
def softmax_attention_tends_to_the_mean_as_fast_as_its_scores_to_zero(use, n: Size[int, "n"]):
    # np.reciprocal(n) for 1/n: another constant than the one leaves the rate as it is.
    return _read(use, np.reciprocal(float(n))) - use("mean_pooling")(_VALUES)[0], -1


@softmax_attention_tends_to_the_mean_as_fast_as_its_scores_to_zero.control("the root of the factor")
def _(use, n):
    return _read(use, 1 / n) - use("mean_pooling")(_VALUES)[0], -1 / 2


@softmax_attention_tends_to_the_mean_as_fast_as_its_scores_to_zero.control("the value of a best key")
def _(use, n):
    return _read(use, 1 / n) - _VALUES[0, 0], -1


@check(sizes={"n": (1, 2, 4, 8, 16, 32, 64)})
def limit_of_softmax_attention_at_large_scores_is_the_mean_of_the_best(use, n: Size[int, "n"]):
    return _read(use, float(n)), (_VALUES[0, 0] + _VALUES[2, 0]) / 2


@limit_of_softmax_attention_at_large_scores_is_the_mean_of_the_best.control("the value of the first best key")
def _(use, n):
    return _read(use, float(n)), _VALUES[0, 0]


@limit_of_softmax_attention_at_large_scores_is_the_mean_of_the_best.control("the mean of all values")
def _(use, n):
    return _read(use, float(n)), use("mean_pooling")(_VALUES)[0]


@limit_of_softmax_attention_at_large_scores_is_the_mean_of_the_best.control(
    "the scores shrink and do not grow"
)
def _(use, n):
    return _read(use, 1 / n), (_VALUES[0, 0] + _VALUES[2, 0]) / 2


# By way of the softmax ------------------------------------------------------------------------------------------


@check(gradients=True)
def softmax_attention_averages_values_by_the_softmax_of_scores(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    scores = q @ k.mT / array_namespace(q).sqrt(constant(q, k.shape[1]))
    return use("softmax_attention")(q, k, v), use("softmax")(scores) @ v


@softmax_attention_averages_values_by_the_softmax_of_scores.control("the scores are not divided by √d")
def _(use, q, k, v):
    return use("softmax_attention")(q, k, v), use("softmax")(q @ k.mT) @ v


@softmax_attention_averages_values_by_the_softmax_of_scores.control("the softmax runs over the queries")
def _(use, q, k, v):
    scores = k @ q.mT / array_namespace(q).sqrt(constant(q, k.shape[1]))
    return use("softmax_attention")(q, k, v), use("softmax")(scores).mT @ v


# A null key -----------------------------------------------------------------------------------------------------


def _with_sink(k, v, value):
    """Keys and values with a further key of zero."""
    xp = array_namespace(k)
    return xp.concat([k, 0 * k[:1, :]]), xp.concat([v, value])


@check(gradients=True)
def softmax_one_attention_is_softmax_attention_with_a_null_key(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    keys, values = _with_sink(k, v, 0 * v[:1, :])
    return use("softmax_one_attention")(q, k, v), use("softmax_attention")(q, keys, values)


@softmax_one_attention_is_softmax_attention_with_a_null_key.control("the null key has a value")
def _(use, q, k, v):
    keys, values = _with_sink(k, v, v[:1, :])
    return use("softmax_one_attention")(q, k, v), use("softmax_attention")(q, keys, values)


@softmax_one_attention_is_softmax_attention_with_a_null_key.control("there is no null key")
def _(use, q, k, v):
    return use("softmax_one_attention")(q, k, v), use("softmax_attention")(q, k, v)


@check
def attention_sink_is_not_softmax_one(
    use,
    q: Real[Array, "n d"],
    k: Real[Array, "m d"],
    v: Real[Array, "m e"],
    sink_key: Real[Array, "d"],
    sink_value: Real[Array, "e"],
):
    xp = array_namespace(q)
    keys, values = xp.concat([k, sink_key[None, :]]), xp.concat([v, sink_value[None, :]])
    return use("softmax_attention")(q, keys, values), use("softmax_one_attention")(q, k, v)


@attention_sink_is_not_softmax_one.counterexample
def _():
    return {"q": [[0]], "k": [[0]], "v": [[0]], "sink_key": [0], "sink_value": [1]}


@attention_sink_is_not_softmax_one.control("key and value of the sink are zero")
def _(use, q, k, v):
    keys, values = _with_sink(k, v, 0 * v[:1, :])
    return use("softmax_attention")(q, keys, values), use("softmax_one_attention")(q, k, v)


# Attention to parameters ----------------------------------------------------------------------------------------


@check
def feed_forward_layer_is_a_key_value_memory(
    use, x: Real[Array, "n d"], w1: Real[Array, "h d"], w2: Real[Array, "e h"]
):
    return use("feed_forward_layer")(x, w1, w2), use("key_value_memory")(x, w1, w2.mT)


@feed_forward_layer_is_a_key_value_memory.control("softmax attention, with its weights divided by their sum")
def _(use, x, w1, w2):
    return use("feed_forward_layer")(x, w1, w2), use("softmax_attention")(x, w1, w2.mT)


@feed_forward_layer_is_a_key_value_memory.control("each memory has the next one's value")
def _(use, x, w1, w2):
    xp = array_namespace(x)
    turned = xp.concat([w2[:, 1:], w2[:, :1]], axis=1)
    return use("feed_forward_layer")(x, w1, w2), use("key_value_memory")(x, w1, turned.mT)
