"""Checks of the claims about memories that fade: retention and gated linear attention."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Natural, Positive, Probability, Real, check, condition


@condition(generic=True)
def nonzero_gates(gates):
    return bool(np.all(np.asarray(gates) != 0))


# Retention ------------------------------------------------------------------------------------------------------


@check
def parallel_retention_is_the_retention_recurrence(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], decay: Real[Array, ""]
):
    return use("parallel_retention")(q, k, v, decay), use("retention_recurrence")(q, k, v, decay)


@parallel_retention_is_the_retention_recurrence.control("a token's own contribution has faded already")
def _(use, q, k, v, decay):
    return decay * use("parallel_retention")(q, k, v, decay), use("retention_recurrence")(q, k, v, decay)


@parallel_retention_is_the_retention_recurrence.control("nothing fades")
def _(use, q, k, v, decay):
    return use("unnormalised_linear_attention")(q, k, v), use("retention_recurrence")(q, k, v, decay)


@check(sizes={"n": (3, 5)})
def chunked_retention_is_the_retention_recurrence(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], decay: Real[Array, ""]
):
    left = [use("chunked_retention")(q, k, v, decay, chunk=chunk) for chunk in (2, 3)]
    return left, [use("retention_recurrence")(q, k, v, decay)] * 2


@chunked_retention_is_the_retention_recurrence.control("row i of a block reads the state through γ^i")
def _(use, q, k, v, decay):
    xp, chunk = array_namespace(q), use("parallel_retention")
    inside, state = [], 0 * (k[:1, :].mT @ v[:1, :])
    for t in range(0, q.shape[0], 2):
        Q, K, V = (x[t : t + 2, :] for x in (q, k, v))
        powers = xp.stack([decay**i for i in range(Q.shape[0] + 1)])
        inside.append(chunk(Q, K, V, decay) + powers[:-1, None] * (Q @ state))
        state = powers[-1] * state + K.mT @ (xp.flip(powers[:-1], axis=0)[:, None] * V)
    return xp.concat(inside, axis=0), use("retention_recurrence")(q, k, v, decay)


@chunked_retention_is_the_retention_recurrence.control("the state does not fade from block to block")
def _(use, q, k, v, decay):
    xp = array_namespace(q)
    lost = [
        use("parallel_retention")(*(x[t : t + 2, :] for x in (q, k, v)), decay)
        for t in range(0, q.shape[0], 2)
    ]
    return xp.concat(lost, axis=0), use("retention_recurrence")(q, k, v, decay)


@check
def linear_attention_is_retention_that_does_not_fade(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"]
):
    one = 1 + 0 * v[0, 0]
    return use("unnormalised_linear_attention")(q, k, v), use("parallel_retention")(q, k, v, one)


@linear_attention_is_retention_that_does_not_fade.control("the factor is one half")
def _(use, q, k, v):
    half = 0.5 + 0 * v[0, 0]
    return use("unnormalised_linear_attention")(q, k, v), use("parallel_retention")(q, k, v, half)


@linear_attention_is_retention_that_does_not_fade.control("the factor is zero: each token reads itself only")
def _(use, q, k, v):
    return use("unnormalised_linear_attention")(q, k, v), use("parallel_retention")(q, k, v, 0 * v[0, 0])


for _edit in ("decay ** (i - j) → decay", "i - j → "):
    linear_attention_is_retention_that_does_not_fade.explain(_edit, "every power of one is one")


@check
def retention_is_gated_linear_attention_with_one_gate(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], decay: Real[Array, ""]
):
    right = use("gated_linear_attention_recurrence")(q, k, v, decay + 0 * k)
    return use("retention_recurrence")(q, k, v, decay), right


@retention_is_gated_linear_attention_with_one_gate.control("one channel does not fade")
def _(use, q, k, v, decay):
    xp = array_namespace(k)
    gates = xp.concat([1 + 0 * k[:, :1], decay + 0 * k[:, 1:]], axis=1)
    return use("retention_recurrence")(q, k, v, decay), use("gated_linear_attention_recurrence")(
        q, k, v, gates
    )


@retention_is_gated_linear_attention_with_one_gate.control("the gate closes as the tokens go on")
def _(use, q, k, v, decay):
    steps = np.arange(k.shape[0])[:, None]
    right = use("gated_linear_attention_recurrence")(q, k, v, decay + steps + 0 * k)
    return use("retention_recurrence")(q, k, v, decay), right


@check
def masked_linear_attention_with_decay_is_a_quotient_of_retentions(
    use,
    phi_q: Real[Array, "n c"],
    phi_k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    decay: Positive[Array, ""],
):
    mask = use("decay_mask")(decay, n=v.shape[0])
    retained, ones = use("retention_recurrence"), 1 + 0 * v[:, :1]
    right = retained(phi_q, phi_k, v, decay) / retained(phi_q, phi_k, ones, decay)
    return use("masked_linear_attention")(phi_q, phi_k, v, mask), right


masked_linear_attention_with_decay_is_a_quotient_of_retentions.explain(
    "decay * S + k[t, :, None] * v[t, None, :] → decay * S - k",
    "both retentions change their sign, and their quotient does not",
)


@masked_linear_attention_with_decay_is_a_quotient_of_retentions.control("the normaliser does not fade")
def _(use, phi_q, phi_k, v, decay):
    mask = use("decay_mask")(decay, n=v.shape[0])
    total = use("unnormalised_linear_attention")(phi_q, phi_k, 1 + 0 * v[:, :1])
    right = use("retention_recurrence")(phi_q, phi_k, v, decay) / total
    return use("masked_linear_attention")(phi_q, phi_k, v, mask), right


# Score normalisation --------------------------------------------------------------------------------------------


@check(sizes={"n": (2, 3), "c": (2, 3), "e": (2, 3)})
def score_normalisation_of_retention_is_undone_by_a_norm_without_epsilon(
    use,
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    decay: Probability[Array, ""],
    epsilon: Natural[int, "0 3"],
):
    q = 4 * q  # so that some totals are larger than 1 and others are not
    norm, plain = use("layer_norm"), use("parallel_retention")(q, k, v, decay)
    normalised = use("score_normalised_retention")(q, k, v, decay)
    # That what was done to a row is one positive factor is compared as well, so that the three divisions are seen.
    right = [norm(plain, epsilon=epsilon), plain / _row_factors(use, q, k, decay)]
    return [norm(normalised, epsilon=epsilon), normalised], right


def _row_factors(use, q, k, decay):
    """√c, the root of the sum of a row of the mask, and the row's total score, but at least 1."""
    xp, mask = array_namespace(q), use("decay_mask")(decay, n=q.shape[0])
    factors = xp.sqrt(k.shape[1] * xp.sum(mask, axis=1, keepdims=True))
    totals = abs(xp.sum(mask * (q @ k.mT), axis=1, keepdims=True)) / factors
    return factors * xp.where(totals > 1, totals, 1 + 0 * totals)


@score_normalisation_of_retention_is_undone_by_a_norm_without_epsilon.control("one is added to the variance")
def _(use, q, k, v, decay):
    norm = use("layer_norm")
    left = norm(use("score_normalised_retention")(q, k, v, decay), epsilon=1)
    return left, norm(use("parallel_retention")(q, k, v, decay), epsilon=1)


@score_normalisation_of_retention_is_undone_by_a_norm_without_epsilon.control("the norm is over tokens")
def _(use, q, k, v, decay):
    norm = use("instance_norm")
    left = norm(use("score_normalised_retention")(q, k, v, decay))
    return left, norm(use("parallel_retention")(q, k, v, decay))


@check
def score_normalisation_of_retention_is_not_harmless_with_epsilon(
    use,
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    decay: Probability[Array, ""],
    epsilon: Positive[Array, ""],
):
    norm = use("layer_norm")
    left = norm(use("score_normalised_retention")(q, k, v, decay), epsilon=epsilon)
    return left, norm(use("parallel_retention")(q, k, v, decay), epsilon=epsilon)


@score_normalisation_of_retention_is_not_harmless_with_epsilon.counterexample
def _():
    # Small scores, two channels of keys, and the usual ε: the division by √2 shows.
    return {
        "q": [["1/100", 0]],
        "k": [[1, 0]],
        "v": [[1, -1]],
        "decay": "1/2",
        "epsilon": "1/100000",
    }


@score_normalisation_of_retention_is_not_harmless_with_epsilon.control(
    "each row divided by a number of its own"
)
def _(use, q, k, v, decay):
    q = 4 * q  # so that some totals are larger than 1 and others are not
    plain = use("parallel_retention")(q, k, v, decay)
    return use("score_normalised_retention")(q, k, v, decay), plain / _row_factors(use, q, k, decay)


@score_normalisation_of_retention_is_not_harmless_with_epsilon.control("ε is zero")
def _(use, q, k, v, decay):
    norm = use("layer_norm")
    left = norm(use("score_normalised_retention")(q, k, v, decay))
    return left, norm(use("parallel_retention")(q, k, v, decay))


# Gated linear attention -----------------------------------------------------------------------------------------


@check
def parallel_gated_linear_attention_is_its_recurrence(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], gates: Real[Array, "n c"]
):
    left = use("parallel_gated_linear_attention")(q, k, v, gates)
    return left, use("gated_linear_attention_recurrence")(q, k, v, gates)


@parallel_gated_linear_attention_is_its_recurrence.control("the keys are multiplied by the gates as well")
def _(use, q, k, v, gates):
    left = use("parallel_gated_linear_attention")(q, gates * k, v, gates)
    return left, use("gated_linear_attention_recurrence")(q, k, v, gates)


@parallel_gated_linear_attention_is_its_recurrence.control("each gate acts one token late")
def _(use, q, k, v, gates):
    left = use("parallel_gated_linear_attention")(q, k, v, array_namespace(k).roll(gates, 1, axis=0))
    return left, use("gated_linear_attention_recurrence")(q, k, v, gates)


@check(sizes={"n": (3, 5)})
def chunked_gated_linear_attention_is_its_recurrence(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], gates: Real[Array, "n c"]
):
    left = [use("chunked_gated_linear_attention")(q, k, v, gates, chunk=chunk) for chunk in (2, 3)]
    return left, [use("gated_linear_attention_recurrence")(q, k, v, gates)] * 2


@chunked_gated_linear_attention_is_its_recurrence.control("each gate acts one token late")
def _(use, q, k, v, gates):
    left = use("chunked_gated_linear_attention")(q, k, v, array_namespace(k).roll(gates, 1, axis=0))
    return left, use("gated_linear_attention_recurrence")(q, k, v, gates)


@chunked_gated_linear_attention_is_its_recurrence.control("a block begins with an empty state")
def _(use, q, k, v, gates):
    gla = use("chunked_gated_linear_attention")
    parts = [gla(*(x[t : t + 2, :] for x in (q, k, v, gates))) for t in range(0, q.shape[0], 2)]
    return array_namespace(q).concat(parts, axis=0), use("gated_linear_attention_recurrence")(q, k, v, gates)


@check
def gated_linear_attention_is_linear_attention_of_rescaled_queries_and_keys(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], gates: Real[Array, "n c"]
):
    left = use("gated_linear_attention_recurrence")(q, k, v, gates)
    gamma = _running_products(gates)
    return left, use("unnormalised_linear_attention")(q * gamma, k / gamma, v)


def _running_products(gates):
    xp = array_namespace(gates)
    return xp.stack([xp.prod(gates[: t + 1, :], axis=0) for t in range(gates.shape[0])])


@gated_linear_attention_is_linear_attention_of_rescaled_queries_and_keys.control(
    "only the queries are rescaled"
)
def _(use, q, k, v, gates):
    left = use("gated_linear_attention_recurrence")(q, k, v, gates)
    return left, use("unnormalised_linear_attention")(q * _running_products(gates), k, v)


@gated_linear_attention_is_linear_attention_of_rescaled_queries_and_keys.control(
    "the gates themselves, not their running products"
)
def _(use, q, k, v, gates):
    left = use("gated_linear_attention_recurrence")(q, k, v, gates)
    return left, use("unnormalised_linear_attention")(q * gates, k / gates, v)


# Attention with a linear bias -----------------------------------------------------------------------------------


@check
def alibi_attention_is_a_kernel_smoother_under_the_mask_of_retention(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], slope: Real[Array, ""]
):
    mask = use("decay_mask")(array_namespace(q).exp(-slope), n=q.shape[0])
    weights = mask * use("exponential_kernel")(q, k)
    return use("alibi_attention")(q, k, v, slope), use("nadaraya_watson_smoother")(weights, v)


alibi_attention_is_a_kernel_smoother_under_the_mask_of_retention.explain(
    "constant changed: 0 →", "the table of weights is square here, so it has as many rows as columns"
)


@alibi_attention_is_a_kernel_smoother_under_the_mask_of_retention.control(
    "the mask multiplies after normalisation"
)
def _(use, q, k, v, slope):
    xp = array_namespace(q)
    mask = use("decay_mask")(xp.exp(-slope), n=q.shape[0])
    weights = xp.tril(use("exponential_kernel")(q, k))
    shares = weights / xp.sum(weights, axis=1, keepdims=True)
    return use("alibi_attention")(q, k, v, slope), (mask * shares) @ v


@alibi_attention_is_a_kernel_smoother_under_the_mask_of_retention.control("the decay is e to the plus slope")
def _(use, q, k, v, slope):
    mask = use("decay_mask")(array_namespace(q).exp(slope), n=q.shape[0])
    weights = mask * use("exponential_kernel")(q, k)
    return use("alibi_attention")(q, k, v, slope), use("nadaraya_watson_smoother")(weights, v)
