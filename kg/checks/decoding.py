"""Checks of the claims about generating with softmax attention: the cache, and what each step costs."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, count_operations
from kg.verify import Array, Natural, Real, check


@check
def cached_softmax_attention_is_causal_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    return use("cached_softmax_attention")(q, k, v), use("causal_softmax_attention")(q, k, v)


@cached_softmax_attention_is_causal_softmax_attention.control(
    "the cache lags: a token does not find its own key"
)
def _(use, q, k, v):
    step = use("cached_attention_step")
    late = [step(q[t, :], k[:t, :], v[:t, :]) for t in range(1, q.shape[0])]
    return array_namespace(q).stack(late), use("causal_softmax_attention")(q, k, v)[1:, :]


@cached_softmax_attention_is_causal_softmax_attention.control("keys are cached one place off their values")
def _(use, q, k, v):
    late = array_namespace(k).roll(k, 1, axis=0)
    return use("cached_softmax_attention")(q, late, v), use("causal_softmax_attention")(q, k, v)


@cached_softmax_attention_is_causal_softmax_attention.control("every query reads the whole cache of the end")
def _(use, q, k, v):
    return use("softmax_attention")(q, k, v), use("causal_softmax_attention")(q, k, v)


@check
def causal_softmax_attention_is_a_masked_kernel_smoother(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    weights = array_namespace(q).tril(use("exponential_kernel")(q, k))
    return use("causal_softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(weights, v)


causal_softmax_attention_is_a_masked_kernel_smoother.explain(
    "constant changed: 0 →", "the table of weights is square here, so it has as many rows as columns"
)


@causal_softmax_attention_is_a_masked_kernel_smoother.control("weights are normalised over the queries")
def _(use, q, k, v):
    weights = array_namespace(q).tril(use("exponential_kernel")(q, k))
    shares = weights / array_namespace(q).sum(weights, axis=0, keepdims=True)
    return use("causal_softmax_attention")(q, k, v), shares @ v


@causal_softmax_attention_is_a_masked_kernel_smoother.control("no mask")
def _(use, q, k, v):
    weights = use("exponential_kernel")(q, k)
    return use("causal_softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(weights, v)


@check
def earlier_outputs_of_causal_attention_do_not_see_a_new_token(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    attend = use("causal_softmax_attention")
    return attend(q, k, v)[:-1, :], attend(q[:-1, :], k[:-1, :], v[:-1, :])


@earlier_outputs_of_causal_attention_do_not_see_a_new_token.control("attention without a mask")
def _(use, q, k, v):
    attend = use("softmax_attention")
    return attend(q, k, v)[:-1, :], attend(q[:-1, :], k[:-1, :], v[:-1, :])


@check
def earlier_outputs_of_attention_without_a_mask_see_a_new_token(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    attend = use("softmax_attention")
    return attend(q, k, v)[:-1, :], attend(q[:-1, :], k[:-1, :], v[:-1, :])


@earlier_outputs_of_attention_without_a_mask_see_a_new_token.counterexample
def _():
    return {"q": [[0], [0]], "k": [[0], [0]], "v": [[0], [1]]}


@earlier_outputs_of_attention_without_a_mask_see_a_new_token.control("attention with a causal mask")
def _(use, q, k, v):
    attend = use("causal_softmax_attention")
    return attend(q, k, v)[:-1, :], attend(q[:-1, :], k[:-1, :], v[:-1, :])


# Costs ----------------------------------------------------------------------------------------------------------


def _total(tally):
    return sum(tally.values())


@check
def cost_of_a_cached_step_is_linear_in_length(
    use, q: Real[Array, "d"], keys: Real[Array, "m d"], values: Real[Array, "m e"]
):
    (m, d), e = keys.shape, values.shape[1]
    counted = count_operations(use("cached_attention_step"), q, keys, values)
    kinds = ["multiply", "add", "divide", "exp", "compare", "sqrt"]
    stated = [m * (d + e), m * (d - 1) + m + (m - 1) * (e + 1), m + e, m, m - 1, 1]
    return [*(counted[kind] for kind in kinds), _total(counted)], [*stated, sum(stated)]


@cost_of_a_cached_step_is_linear_in_length.control("all queries so far are answered again")
def _(use, q, keys, values):
    (m, d), e = keys.shape, values.shape[1]
    counted = count_operations(use("softmax_attention"), keys, keys, values)
    return counted["multiply"], m * (d + e)


@cost_of_a_cached_step_is_linear_in_length.control("the values are not counted")
def _(use, q, keys, values):
    counted = count_operations(use("cached_attention_step"), q, keys, values)
    return counted["multiply"], keys.shape[0] * keys.shape[1]


@check
def cost_of_a_recomputed_step_is_quadratic_in_length(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    (n, d), e = q.shape, v.shape[1]
    counted = count_operations(use("causal_softmax_attention"), q, k, v)
    kinds = ["multiply", "add", "divide", "exp", "compare", "sqrt"]
    adds = n * n * (d - 1) + n * n + n * (n - 1) + n * e * (n - 1)
    stated = [n * n * (d + e), adds, 2 * n * n, n * n, n * (n - 1), 1]
    return [*(counted[kind] for kind in kinds), _total(counted)], [*stated, sum(stated)]


@cost_of_a_recomputed_step_is_quadratic_in_length.control(
    "scores above the diagonal are not computed, only those of a key and its own or a later query"
)
def _(use, q, k, v):
    (n, d), e = q.shape, v.shape[1]
    counted = count_operations(use("causal_softmax_attention"), q, k, v)
    return counted["multiply"], n * (n + 1) // 2 * d + n * n * e


@cost_of_a_recomputed_step_is_quadratic_in_length.control(
    "the division of every score by the root of the width is forgotten"
)
def _(use, q, k, v):
    counted = count_operations(use("causal_softmax_attention"), q, k, v)
    return counted["divide"], q.shape[0] ** 2


@cost_of_a_recomputed_step_is_quadratic_in_length.control("only the last query is answered")
def _(use, q, k, v):
    (n, d), e = q.shape, v.shape[1]
    counted = count_operations(use("cached_attention_step"), q[n - 1, :], k, v)
    return counted["multiply"], n * n * (d + e)


@check
def cost_of_a_cached_step_is_not_quadratic_in_length(use, m: Natural[int, "1 9"], d: Natural[int, "1 5"]):
    def multiplications(length):
        x = np.ones((length, d))
        return count_operations(use("cached_attention_step"), x[0], x, x)["multiply"]

    # Quadratic growth: twice the length takes four times the multiplications.
    return np.asarray(multiplications(2 * m)), np.asarray(4 * multiplications(m))


@cost_of_a_cached_step_is_not_quadratic_in_length.counterexample
def _():
    return {"m": 1, "d": 1}


@cost_of_a_cached_step_is_not_quadratic_in_length.control("all queries so far are answered again")
def _(use, m, d):
    def multiplications(length):
        x = np.ones((length, d))
        return count_operations(use("causal_softmax_attention"), x, x, x)["multiply"]

    return np.asarray(multiplications(2 * m)), np.asarray(4 * multiplications(m))


@check
def polynomial_linear_attention_is_cheaper_beyond_the_square_of_the_width(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"]
):
    n, d = q.shape
    wide = np.ones((n, d * d))
    fast = count_operations(use("linear_attention"), wide, wide, q)["multiply"]
    full = count_operations(use("softmax_attention"), q, k, k)["multiply"]
    # Both sides count multiplications: what is saved is 2nd for every token beyond d² + d/2.
    return full - fast, n * d * (2 * n - 2 * d * d - d)


@polynomial_linear_attention_is_cheaper_beyond_the_square_of_the_width.control(
    "the two are even at the width itself"
)
def _(use, q, k):
    n, d = q.shape
    wide = np.ones((n, d * d))
    fast = count_operations(use("linear_attention"), wide, wide, q)["multiply"]
    full = count_operations(use("softmax_attention"), q, k, k)["multiply"]
    return full - fast, 2 * n * d * (n - d)
