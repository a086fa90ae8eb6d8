"""Checks of the claims about the delta rule over a sequence, with and without a gate."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Real, check, condition


@condition(generic=True)
def nonzero_decays(decays):
    return bool(np.all(np.asarray(decays) != 0))


# The delta rule over a sequence ---------------------------------------------------------------------------------


@check
def parallel_delta_rule_is_the_delta_rule_recurrence(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], beta: Real[Array, "n"]
):
    return use("parallel_delta_rule")(q, k, v, beta), use("delta_rule_recurrence")(q, k, v, beta)


@parallel_delta_rule_is_the_delta_rule_recurrence.control("tokens do not correct each other")
def _(use, q, k, v, beta):
    left = use("unnormalised_linear_attention")(q, k, beta[:, None] * v)
    return left, use("delta_rule_recurrence")(q, k, v, beta)


@parallel_delta_rule_is_the_delta_rule_recurrence.control(
    "the rate of the written token, not of the writing one"
)
def _(use, q, k, v, beta):
    left = use("parallel_delta_rule")(q, beta[:, None] * k, v, 1 + 0 * beta)
    return left, use("delta_rule_recurrence")(q, k, v, beta)


@check(sizes={"n": (3, 5)})
def chunked_delta_rule_is_the_delta_rule_recurrence(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], beta: Real[Array, "n"]
):
    left = [use("chunked_delta_rule")(q, k, v, beta, chunk=chunk) for chunk in (2, 3)]
    return left, [use("delta_rule_recurrence")(q, k, v, beta)] * 2


@chunked_delta_rule_is_the_delta_rule_recurrence.control("T is diag(β): nothing is solved inside a block")
def _(use, q, k, v, beta):
    xp = array_namespace(q)
    memory, blocks = 0 * (v[:1, :].mT @ k[:1, :]), []
    for start in range(0, q.shape[0], 2):
        Q, K, V = (x[start : start + 2, :] for x in (q, k, v))
        corrected = beta[start : start + 2, None] * (V - K @ memory.mT)
        blocks.append(Q @ memory.mT + xp.tril(Q @ K.mT) @ corrected)
        memory = memory + corrected.mT @ K
    return xp.concat(blocks, axis=0), use("delta_rule_recurrence")(q, k, v, beta)


@chunked_delta_rule_is_the_delta_rule_recurrence.control(
    "a block does not correct what earlier blocks stored"
)
def _(use, q, k, v, beta):
    xp, start = array_namespace(q), 2
    first = use("chunked_delta_rule")(q[:start, :], k[:start, :], v[:start, :], beta[:start])
    rest = use("chunked_delta_rule")(q[start:, :], k[start:, :], v[start:, :], beta[start:])
    return xp.concat([first, rest], axis=0), use("delta_rule_recurrence")(q, k, v, beta)


@check
def delta_rule_with_orthonormal_keys_is_a_fast_weight_programmer(
    use,
    q: Real[Array, "c c"],
    keys: Real[Array, "c c"],
    v: Real[Array, "2 c e"],
    beta: Real[Array, "2 c"],
):
    # All keys but the first, once, and then again with other values and rates.
    xp = array_namespace(q)
    q, keys, v, beta = q[1:, :], keys[1:, :], v[:, 1:, :], beta[:, 1:, None]
    delta, fast = use("delta_rule_recurrence"), use("fast_weight_programmer")
    twice = [
        xp.concat([x, y], axis=0)
        for x, y in ((q, q), (keys, keys), (v[0, :, :], v[1, :, :]), (beta[0, :, :], beta[1, :, :]))
    ]
    moved = (1 - beta[1, :, :]) * beta[0, :, :] * v[0, :, :] + beta[1, :, :] * v[1, :, :]
    left = [delta(q, keys, v[0, :, :], beta[0, :, 0]), delta(*twice[:3], twice[3][:, 0])[-1, :]]
    return left, [fast(q, keys, beta[0, :, :] * v[0, :, :]), fast(q, keys, moved)[-1, :]]


@delta_rule_with_orthonormal_keys_is_a_fast_weight_programmer.control("the keys are not orthogonal")
def _(use, q, v, beta):
    left = use("delta_rule_recurrence")(q, q, v[0, :, :], beta[0, :])
    return left, use("fast_weight_programmer")(q, q, beta[0, :, None] * v[0, :, :])


@delta_rule_with_orthonormal_keys_is_a_fast_weight_programmer.control(
    "a key that comes again adds its values"
)
def _(use, q, keys, v, beta):
    again = array_namespace(q).concat([keys[:1, :], keys[:-1, :]], axis=0)
    left = use("delta_rule_recurrence")(q, again, v[0, :, :], beta[0, :])
    return left, use("fast_weight_programmer")(q, again, beta[0, :, None] * v[0, :, :])


# With a gate ----------------------------------------------------------------------------------------------------


@check
def delta_rule_is_a_gated_delta_rule_that_does_not_fade(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], beta: Real[Array, "n"]
):
    return (
        use("delta_rule_recurrence")(q, k, v, beta),
        use("gated_delta_rule_recurrence")(q, k, v, beta, 1 + 0 * beta),
    )


@delta_rule_is_a_gated_delta_rule_that_does_not_fade.control("every token halves what is stored")
def _(use, q, k, v, beta):
    return (
        use("delta_rule_recurrence")(q, k, v, beta),
        use("gated_delta_rule_recurrence")(q, k, v, beta, 0 * beta + 0.5),
    )


delta_rule_is_a_gated_delta_rule_that_does_not_fade.explain(
    "decays[t] * W → W", "the factor is one here; the claims in which it is not notice that it is gone"
)


@check
def gated_delta_rule_is_a_delta_rule_with_rescaled_values(
    use,
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    beta: Real[Array, "n"],
    decays: Real[Array, "n"],
):
    left = use("gated_delta_rule_recurrence")(q, k, v, beta, decays)
    faded = _running_products(decays)[:, None]
    return left, faded * use("delta_rule_recurrence")(q, k, v / faded, beta)


def _running_products(decays):
    products = [decays[0]]
    for t in range(1, decays.shape[0]):
        products.append(products[-1] * decays[t])
    return array_namespace(decays).stack(products)


@gated_delta_rule_is_a_delta_rule_with_rescaled_values.control("the keys are divided as well")
def _(use, q, k, v, beta, decays):
    left = use("gated_delta_rule_recurrence")(q, k, v, beta, decays)
    faded = _running_products(decays)[:, None]
    return left, faded * use("delta_rule_recurrence")(q, k / faded, v / faded, beta)


@gated_delta_rule_is_a_delta_rule_with_rescaled_values.control("the outputs are not multiplied back")
def _(use, q, k, v, beta, decays):
    left = use("gated_delta_rule_recurrence")(q, k, v, beta, decays)
    faded = _running_products(decays)[:, None]
    return left, use("delta_rule_recurrence")(q, k, v / faded, beta)


@check(sizes={"n": (5,), "c": (2, 3), "e": (2, 3)})
def chunked_gated_delta_rule_is_the_gated_delta_rule_recurrence(
    use,
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    beta: Real[Array, "n"],
    decays: Real[Array, "n"],
):
    # Two blocks of two and a short one.
    left = use("chunked_gated_delta_rule")(q, k, v, beta, decays, chunk=2)
    return left, use("gated_delta_rule_recurrence")(q, k, v, beta, decays)


@chunked_gated_delta_rule_is_the_gated_delta_rule_recurrence.control("nothing fades")
def _(use, q, k, v, beta, decays):
    return (
        use("chunked_gated_delta_rule")(q, k, v, beta, 1 + 0 * decays),
        use("gated_delta_rule_recurrence")(q, k, v, beta, decays),
    )


@chunked_gated_delta_rule_is_the_gated_delta_rule_recurrence.control("each factor acts one token late")
def _(use, q, k, v, beta, decays):
    late = array_namespace(decays).roll(decays, 1, axis=0)
    return (
        use("chunked_gated_delta_rule")(q, k, v, beta, late),
        use("gated_delta_rule_recurrence")(q, k, v, beta, decays),
    )
