"""Checks of the claims about fast weights: Hebb's rule, the delta rule, and their forms in blocks."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, jvp
from kg.verify import Array, Natural, Real, check, condition


@condition(generic=True)
def nonzero_key(k):
    return bool(np.all(np.sum(np.asarray(k) ** 2, axis=-1) > 0))


@condition
def orthonormal_keys(keys):
    return bool(np.allclose(keys @ keys.T, np.eye(keys.shape[0]), rtol=0, atol=1e-9))


@orthonormal_keys.sampler
def _(keys):
    # Cayley's transform: an orthogonal matrix for almost every square one.
    xp = array_namespace(keys)
    skew, identity = keys - keys.mT, xp.eye(keys.shape[0], dtype=keys.dtype)
    return {"keys": xp.linalg.solve(identity + skew, identity - skew)}


def _strict(use, q, k, v):
    """The table without its diagonal."""
    xp = array_namespace(q)
    return xp.tril(q @ k.mT, k=-1) @ v


def _only_first_block(use, q, k, v):
    """Blocks of two that never hand anything over."""
    xp, full = array_namespace(q), use("unnormalised_linear_attention")
    return xp.concat(
        [full(q[i : i + 2, :], k[i : i + 2, :], v[i : i + 2, :]) for i in range(0, q.shape[0], 2)], axis=0
    )


# Hebb's rule ----------------------------------------------------------------------------------------------------


@check
def fast_weight_programmer_is_unnormalised_linear_attention(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"]
):
    return use("fast_weight_programmer")(q, k, v), use("unnormalised_linear_attention")(q, k, v)


@fast_weight_programmer_is_unnormalised_linear_attention.control("the memory is read before it is written")
def _(use, q, k, v):
    return use("fast_weight_programmer")(q, k, v), _strict(use, q, k, v)


@fast_weight_programmer_is_unnormalised_linear_attention.control(
    "each output is divided by its sum of weights"
)
def _(use, q, k, v):
    return use("fast_weight_programmer")(q, k, v), use("causal_linear_attention")(q, k, v)


@check(sizes={"n": (3, 5)})
def chunked_linear_attention_is_unnormalised_linear_attention(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"]
):
    left = [use("chunked_linear_attention")(q, k, v, chunk=chunk) for chunk in (2, 3)]
    return left, [use("unnormalised_linear_attention")(q, k, v)] * 2


@chunked_linear_attention_is_unnormalised_linear_attention.control("nothing is handed from block to block")
def _(use, q, k, v):
    return _only_first_block(use, q, k, v), use("unnormalised_linear_attention")(q, k, v)


@chunked_linear_attention_is_unnormalised_linear_attention.control(
    "the memory already holds the block when the block reads it"
)
def _(use, q, k, v):
    left = use("chunked_linear_attention")(q, k, v, chunk=2)
    xp = array_namespace(q)
    twice = [q[i : i + 2, :] @ (k[i : i + 2, :].mT @ v[i : i + 2, :]) for i in range(0, q.shape[0], 2)]
    return left + xp.concat(twice, axis=0), use("unnormalised_linear_attention")(q, k, v)


@check
def linear_attention_recurrence_is_a_quotient_of_fast_weights(
    use, phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"]
):
    ones = array_namespace(v).ones((v.shape[0], 1), dtype=v.dtype)
    fast = use("fast_weight_programmer")
    return (
        use("linear_attention_recurrence")(phi_q, phi_k, v),
        fast(phi_q, phi_k, v) / fast(phi_q, phi_k, ones),
    )


@linear_attention_recurrence_is_a_quotient_of_fast_weights.control(
    "nothing is divided: the second memory is missing"
)
def _(use, phi_q, phi_k, v):
    return (
        use("linear_attention_recurrence")(phi_q, phi_k, v),
        use("fast_weight_programmer")(phi_q, phi_k, v),
    )


linear_attention_recurrence_is_a_quotient_of_fast_weights.explain(
    "W + v[t, :, None] * k[t, None, :] → W - v",
    "both memories change their sign, and their quotient does not",
)


@check
def fast_weights_with_orthonormal_keys_recall_exactly(
    use, keys: Real[Array, "c c"], v: Real[Array, "c e"], last: Natural[int, "0 1"]
):
    # All keys are stored, or all but the first; the memory is asked for the one that it stored first.
    stored = keys[last:, :]
    asked = stored[:1, :] + 0 * stored
    return use("fast_weight_programmer")(asked, stored, v[last:, :])[-1, :], v[last, :]


@fast_weights_with_orthonormal_keys_recall_exactly.control("one more key than the space has dimensions")
def _(use, keys, v):
    xp = array_namespace(v)
    stored = xp.concat([keys, keys[:1, :] + keys[1:2, :]], axis=0)
    values = xp.concat([v, v[:1, :]], axis=0)
    return use("fast_weight_programmer")(keys[:1, :] + 0 * stored, stored, values)[-1, :], v[0, :]


@fast_weights_with_orthonormal_keys_recall_exactly.control("the keys are orthogonal, but not of length one")
def _(use, keys, v):
    return use("fast_weight_programmer")(2 * keys[:1, :] + 0 * keys, 2 * keys, v)[-1, :], v[0, :]


@check
def fast_weights_do_not_recall_every_value(use, k: Real[Array, "n c"], v: Real[Array, "n e"]):
    asked = k[:1, :] + 0 * k
    return use("fast_weight_programmer")(asked, k, v)[-1, :], v[0, :]


@fast_weights_do_not_recall_every_value.counterexample
def _():
    # Three unit keys in a plane: a third direction is not there for the third.
    return {"k": [[1, 0], [0, 1], ["3/5", "4/5"]], "v": [[1], [0], [1]]}


@fast_weights_do_not_recall_every_value.control("only one key, of unit length")
def _(use, k, v):
    xp = array_namespace(k)
    unit = k[:1, :] / xp.sqrt(xp.sum(k[0, :] * k[0, :]))
    return use("fast_weight_programmer")(unit, unit, v[:1, :])[-1, :], v[0, :]


# One step -------------------------------------------------------------------------------------------------------


def _recall_error(s, k, v):
    error = s.mT @ k - v
    return array_namespace(error).sum(error * error) / 2


def _along(change, direction):
    return array_namespace(change).sum(change * direction)


@check
def delta_rule_is_a_gradient_step_on_the_recall_error(
    use,
    s: Real[Array, "c e"],
    k: Real[Array, "c"],
    v: Real[Array, "e"],
    beta: Real[Array, ""],
    direction: Real[Array, "c e"],
):
    change = use("delta_rule_update")(s, k, v, beta) - s
    return _along(change, direction), -beta * jvp(lambda m: _recall_error(m, k, v), s, direction)


@delta_rule_is_a_gradient_step_on_the_recall_error.control(
    "the value is added whatever is stored: Hebb's rule"
)
def _(use, s, k, v, beta, direction):
    change = use("hebbian_update")(s, k, v, beta) - s
    return _along(change, direction), -beta * jvp(lambda m: _recall_error(m, k, v), s, direction)


@delta_rule_is_a_gradient_step_on_the_recall_error.control("the error is not halved")
def _(use, s, k, v, beta, direction):
    change = use("delta_rule_update")(s, k, v, beta) - s
    return _along(change, direction), -beta * jvp(lambda m: 2 * _recall_error(m, k, v), s, direction)


@check
def hebbian_update_is_a_gradient_step_on_the_match(
    use,
    s: Real[Array, "c e"],
    k: Real[Array, "c"],
    v: Real[Array, "e"],
    beta: Real[Array, ""],
    direction: Real[Array, "c e"],
):
    change = use("hebbian_update")(s, k, v, beta) - s
    return _along(change, direction), beta * jvp(lambda m: _along(m.mT @ k, v), s, direction)


@hebbian_update_is_a_gradient_step_on_the_match.control("what is stored is subtracted first: the delta rule")
def _(use, s, k, v, beta, direction):
    change = use("delta_rule_update")(s, k, v, beta) - s
    return _along(change, direction), beta * jvp(lambda m: _along(m.mT @ k, v), s, direction)


@check
def hebbian_update_is_not_a_gradient_step_on_the_recall_error(
    use,
    s: Real[Array, "c e"],
    k: Real[Array, "c"],
    v: Real[Array, "e"],
    beta: Real[Array, ""],
    direction: Real[Array, "c e"],
):
    change = use("hebbian_update")(s, k, v, beta) - s
    return _along(change, direction), -beta * jvp(lambda m: _recall_error(m, k, v), s, direction)


@hebbian_update_is_not_a_gradient_step_on_the_recall_error.counterexample
def _():
    # The memory holds the value already: the delta rule would leave it alone.
    return {"s": [[1]], "k": [1], "v": [1], "beta": 1, "direction": [[1]]}


@hebbian_update_is_not_a_gradient_step_on_the_recall_error.control(
    "the memory is empty, as at the first token"
)
def _(use, s, k, v, beta, direction):
    change = use("hebbian_update")(0 * s, k, v, beta)
    return _along(change, direction), -beta * jvp(lambda m: _recall_error(m, k, v), 0 * s, direction)


@check
def delta_rule_multiplies_the_recall_error_by_one_minus_the_step(
    use, s: Real[Array, "c e"], k: Real[Array, "c"], v: Real[Array, "e"], beta: Real[Array, ""]
):
    after = use("delta_rule_update")(s, k, v, beta).mT @ k - v
    return after, (1 - beta * array_namespace(k).sum(k * k)) * (s.mT @ k - v)


@delta_rule_multiplies_the_recall_error_by_one_minus_the_step.control("the key is taken to have length one")
def _(use, s, k, v, beta):
    return use("delta_rule_update")(s, k, v, beta).mT @ k - v, (1 - beta) * (s.mT @ k - v)


@delta_rule_multiplies_the_recall_error_by_one_minus_the_step.control("the memory learns by Hebb's rule")
def _(use, s, k, v, beta):
    after = use("hebbian_update")(s, k, v, beta).mT @ k - v
    return after, (1 - beta * array_namespace(k).sum(k * k)) * (s.mT @ k - v)


@check(relation="<=")
def delta_rule_with_full_step_is_the_smallest_correction(
    use, s: Real[Array, "c e"], k: Real[Array, "c"], rival: Real[Array, "c e"]
):
    # The value to be recalled is the one that the rival recalls.
    corrected = use("delta_rule_update")(s, k, rival.mT @ k, 1 / array_namespace(k).sum(k * k))
    return _size(corrected - s), _size(rival - s)


def _size(change):
    return array_namespace(change).linalg.vector_norm(change)


@delta_rule_with_full_step_is_the_smallest_correction.witness
def _(use, s, k, rival):
    return {"rival": use("delta_rule_update")(s, k, rival.mT @ k, 1 / array_namespace(k).sum(k * k))}


@delta_rule_with_full_step_is_the_smallest_correction.control(
    "the step is one, whatever the length of the key"
)
def _(use, s, k, rival):
    corrected = use("delta_rule_update")(s, k, rival.mT @ k, 1)
    return _size(corrected - s), _size(rival - s)


@delta_rule_with_full_step_is_the_smallest_correction.control("the rival need not recall the value")
def _(use, s, k, rival):
    corrected = use("delta_rule_update")(s, k, rival[0, :], 1 / array_namespace(k).sum(k * k))
    return _size(corrected - s), _size(rival - s)


@check
def delta_rule_with_double_step_is_a_householder_reflection(use, s: Real[Array, "c e"], k: Real[Array, "c"]):
    beta = 2 / array_namespace(k).sum(k * k)
    return use("delta_rule_update")(s, k, 0 * s[0, :], beta), use("householder_reflection")(s, k)


@delta_rule_with_double_step_is_a_householder_reflection.control("a single step, which projects")
def _(use, s, k):
    beta = 1 / array_namespace(k).sum(k * k)
    return use("delta_rule_update")(s, k, 0 * s[0, :], beta), use("householder_reflection")(s, k)


@delta_rule_with_double_step_is_a_householder_reflection.control("there is a value to be written")
def _(use, s, k):
    beta = 2 / array_namespace(k).sum(k * k)
    return use("delta_rule_update")(s, k, s[0, :], beta), use("householder_reflection")(s, k)
