"""Checks of the claims about associative memories, log-sum-exp and the derivative of the softmax."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Positive, Probability, Real, check, condition


@condition(generic=True)
def positive_inverse_temperature(beta):
    return bool(np.all(beta > 0))


@condition
def at_least_one_pattern(m):
    return m >= 1


# Memories -------------------------------------------------------------------------------------------------------


def _retrieved(use, q, k, w):
    """Recall from the keys at β = 1/√d, read out by a matrix."""
    beta = 1 / array_namespace(q).sqrt(constant(q, k.shape[1]))
    return use("hopfield_update")(q, k, beta) @ w


@condition
def at_least_one_feature(d):
    return d >= 1


@check
def softmax_attention_with_values_projected_from_keys_is_a_hopfield_update(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], w: Real[Array, "d e"]
):
    return use("softmax_attention")(q, k, k @ w), _retrieved(use, q, k, w)


@softmax_attention_with_values_projected_from_keys_is_a_hopfield_update.control(
    "one value is not the projection of its key"
)
def _(use, q, k, w):
    xp = array_namespace(k)
    values = xp.concat([2 * (k @ w)[:1, :], (k @ w)[1:, :]])
    return use("softmax_attention")(q, k, values), _retrieved(use, q, k, w)


@softmax_attention_with_values_projected_from_keys_is_a_hopfield_update.control("β is one and not 1/√d")
def _(use, q, k, w):
    return use("softmax_attention")(q, k, k @ w), use("hopfield_update")(q, k, constant(q, 1)) @ w


@softmax_attention_with_values_projected_from_keys_is_a_hopfield_update.control(
    "two steps of recall where attention takes one"
)
def _(use, q, k, w):
    beta = 1 / array_namespace(q).sqrt(constant(q, k.shape[1]))
    return use("softmax_attention")(q, k, k @ w), _retrieved(use, use("hopfield_update")(q, k, beta), k, w)


@check
def softmax_attention_is_not_a_hopfield_update(
    use, q: Real[Array, "2"], k: Real[Array, "m"], v: Real[Array, "m"]
):
    return _cross_products(use, q, k, v)


def _cross_products(use, q, k, v):
    """Scalar outputs of attention and recall at two queries: in proportion if attention is recall times a number."""
    queries, keys, values = q[:, None], k[:, None], v[:, None]
    read = use("softmax_attention")(queries, keys, values)[:, 0]
    recalled = use("hopfield_update")(queries, keys, constant(q, 1))[:, 0]
    return read[0] * recalled[1], read[1] * recalled[0]


@softmax_attention_is_not_a_hopfield_update.counterexample
def _():
    return {"q": [0, 1], "k": [0, 1], "v": [1, 0]}


@softmax_attention_is_not_a_hopfield_update.control("the values are a multiple of the keys")
def _(use, q, k):
    return _cross_products(use, q, k, 3 * k)


@check
def hopfield_update_is_a_concave_convex_step(
    use, xi: Real[Array, "n d"], patterns: Real[Array, "m d"], beta: Positive[Array, ""]
):
    return use("hopfield_update")(xi, patterns, beta), use("concave_convex_step")(xi, patterns, beta)


@hopfield_update_is_a_concave_convex_step.control("half a step")
def _(use, xi, patterns, beta):
    step = (use("hopfield_update")(xi, patterns, beta) + xi) / 2
    return step, use("concave_convex_step")(xi, patterns, beta)


@hopfield_update_is_a_concave_convex_step.control("the overlaps are not multiplied by β")
def _(use, xi, patterns, beta):
    return use("hopfield_update")(xi, patterns, 0 * beta + 1), use("concave_convex_step")(xi, patterns, beta)


def _energy_slope(use, xi, patterns, beta):
    """The gradient of the energy at each state, one direction at a time."""
    xp = array_namespace(xi)
    identity = xp.eye(xi.shape[1], dtype=xi.dtype)

    def energy(state):
        return use("hopfield_energy")(state, patterns, beta)

    return xp.stack([jvp(energy, xi, 0 * xi + identity[i, :]) for i in range(xi.shape[1])], axis=-1)


@check
def hopfield_update_is_a_gradient_step_on_its_energy(
    use, xi: Real[Array, "n d"], patterns: Real[Array, "m d"], beta: Positive[Array, ""]
):
    xp = array_namespace(xi)
    # The derivative does not see a stabilising maximum that is lost; the energy's own formula is compared as well.
    factor = xp.exp(beta * (xp.sum(xi * xi, axis=-1) / 2 - use("hopfield_energy")(xi, patterns, beta)))
    total = xp.sum(xp.exp(beta * (xi @ patterns.mT)), axis=-1)
    return (
        [use("hopfield_update")(xi, patterns, beta), factor],
        [xi - _energy_slope(use, xi, patterns, beta), total],
    )


@hopfield_update_is_a_gradient_step_on_its_energy.control("a step of length two")
def _(use, xi, patterns, beta):
    return use("hopfield_update")(xi, patterns, beta), xi - 2 * _energy_slope(use, xi, patterns, beta)


@hopfield_update_is_a_gradient_step_on_its_energy.control("uphill")
def _(use, xi, patterns, beta):
    return use("hopfield_update")(xi, patterns, beta), xi + _energy_slope(use, xi, patterns, beta)


def _energies(use, xi, patterns, beta, rate, share):
    """The energy after a step of the given length, and the energy before less a share of the squared step."""
    energy = use("hopfield_energy")
    step = rate * (use("hopfield_update")(xi, patterns, beta) - xi)
    drop = share * array_namespace(xi).sum(step * step, axis=-1)
    return energy(xi + step, patterns, beta), energy(xi, patterns, beta) - drop


@check
def hopfield_energy_falls_by_at_least_half_the_squared_step(
    use, xi: Real[Array, "n d"], patterns: Real[Array, "m d"], beta: Positive[Array, ""]
):
    energy, update = use("hopfield_energy"), use("hopfield_update")(xi, patterns, beta)
    drop = array_namespace(xi).sum((update - xi) ** 2, axis=-1) / 2
    return energy(update, patterns, beta), energy(xi, patterns, beta) - drop


@hopfield_energy_falls_by_at_least_half_the_squared_step.witness
def _(patterns):
    return {"patterns": 0 * patterns + patterns[:1, :]}


@hopfield_energy_falls_by_at_least_half_the_squared_step.control("three quarters of the squared step")
def _(use, xi, patterns, beta):
    return _energies(use, xi, patterns, beta, 1, 3 / 4)


@hopfield_energy_falls_by_at_least_half_the_squared_step.control("a step two and a half times as long")
def _(use, xi, patterns, beta):
    return _energies(use, xi, patterns, beta, 5 / 2, 0)


@check
def polynomial_attention_is_the_downhill_slope_of_a_cubic_memory(
    use, x: Real[Array, "n d"], patterns: Real[Array, "m d"]
):
    return use("polynomial_attention")(x, patterns, patterns), -_slope(use, x, patterns, 1)


def _slope(use, x, patterns, power):
    """The gradient of the energy to a power, one direction at a time."""
    xp = array_namespace(x)
    identity = xp.eye(x.shape[1], dtype=x.dtype)

    def energy(state):
        return use("cubic_memory_energy")(state, patterns) ** power

    return xp.stack([jvp(energy, x, 0 * x + identity[i, :]) for i in range(x.shape[1])], axis=-1)


@polynomial_attention_is_the_downhill_slope_of_a_cubic_memory.control("softmax attention instead")
def _(use, x, patterns):
    return use("softmax_attention")(x, patterns, patterns), -_slope(use, x, patterns, 1)


@polynomial_attention_is_the_downhill_slope_of_a_cubic_memory.control("uphill")
def _(use, x, patterns):
    return use("polynomial_attention")(x, patterns, patterns), _slope(use, x, patterns, 1)


@polynomial_attention_is_the_downhill_slope_of_a_cubic_memory.control("the square of the energy")
def _(use, x, patterns):
    return use("polynomial_attention")(x, patterns, patterns), -_slope(use, x, patterns, 2)


# Log-sum-exp and its derivatives --------------------------------------------------------------------------------


@condition
def at_least_one_score(m):
    return m >= 1


@check
def softmax_is_the_gradient_of_log_sum_exp(use, s: Real[Array, "n m"], direction: Real[Array, "n m"]):
    xp = array_namespace(s)
    slope = jvp(use("log_sum_exp"), s, direction)
    # The derivative does not see a stabilising maximum that is lost; the values are compared as well.
    logarithm = s - use("log_sum_exp")(s)[:, None]
    return [xp.sum(use("softmax")(s) * direction, axis=-1), use("softmax")(s)], [slope, xp.exp(logarithm)]


@softmax_is_the_gradient_of_log_sum_exp.control("the exponentials are not divided by their sum")
def _(use, s, direction):
    xp = array_namespace(s)
    return xp.sum(xp.exp(s) * direction, axis=-1), jvp(use("log_sum_exp"), s, direction)


@softmax_is_the_gradient_of_log_sum_exp.control("the softmax of twice the scores")
def _(use, s, direction):
    xp = array_namespace(s)
    return xp.sum(use("softmax")(2 * s) * direction, axis=-1), jvp(use("log_sum_exp"), s, direction)


@check
def derivative_of_softmax_is_a_covariance_matrix(use, s: Real[Array, "n m"], direction: Real[Array, "n m"]):
    return jvp(use("softmax"), s, direction), _row_by_row(use("softmax_jacobian"), s, direction)


def _row_by_row(table, s, direction):
    xp = array_namespace(s)
    return xp.stack([table(s[i, :]) @ direction[i, :] for i in range(s.shape[0])])


@derivative_of_softmax_is_a_covariance_matrix.control("the products of probabilities are left out")
def _(use, s, direction):
    return jvp(use("softmax"), s, direction), use("softmax")(s) * direction


@derivative_of_softmax_is_a_covariance_matrix.control("the sign of the products is wrong")
def _(use, s, direction):
    p = use("softmax")(s)
    total = array_namespace(s).sum(p * direction, axis=-1, keepdims=True)
    return jvp(use("softmax"), s, direction), p * direction + p * total


def _length(x):
    return array_namespace(x).linalg.vector_norm(x, axis=-1)


@check
def softmax_is_one_half_lipschitz(use, s: Real[Array, "m"], t: Real[Array, "m"]):
    softmax = use("softmax")
    return _length(softmax(s) - softmax(t)), _length(s - t) / 2


@softmax_is_one_half_lipschitz.witness
def _(s):
    # Two equal scores far above the others, moved apart by a little.
    rest = [0 * s[0] - 60] * (s.shape[0] - 2)
    xp, little = array_namespace(s), 2.0**-11
    return {
        "s": xp.stack([0 * s[0] + little, 0 * s[0] - little, *rest]),
        "t": xp.stack([0 * s[0] - little, 0 * s[0] + little, *rest]),
    }


@softmax_is_one_half_lipschitz.control("one quarter, the constant of the logistic function")
def _(use, s, t):
    softmax = use("softmax")
    return _length(softmax(s / 8) - softmax(t / 8)), _length(s / 8 - t / 8) / 4


@softmax_is_one_half_lipschitz.control("at twice the inverse temperature")
def _(use, s, t):
    softmax = use("softmax")
    return _length(softmax(s / 4) - softmax(t / 4)), _length(s / 8 - t / 8) / 2


@check(relation="<=")
def softmax_is_not_one_quarter_lipschitz(use, s: Real[Array, "m"], t: Real[Array, "m"]):
    softmax = use("softmax")
    return _length(softmax(s) - softmax(t)), _length(s - t) / 4


@softmax_is_not_one_quarter_lipschitz.counterexample
def _():
    return {"s": [1, 0], "t": [0, 1]}


@softmax_is_not_one_quarter_lipschitz.control("one of two probabilities as a function of its score alone")
def _(use, s, t):
    xp, softmax = array_namespace(s), use("softmax")
    move = softmax(xp.stack([s[0], 0 * s[0]])) - softmax(xp.stack([t[0], 0 * t[0]]))
    return abs(move[0]), abs(s[0] - t[0]) / 4


@condition
def probabilities(p):
    return p.shape[-1] > 0 and bool(np.all(p > 0) and np.all(abs(np.sum(p, axis=-1) - 1) <= 2.0**-30))


@probabilities.sampler
def _(p):
    return {"p": p / array_namespace(p).sum(p, axis=-1, keepdims=True)}


@check
def score_plus_entropy_is_at_most_log_sum_exp(use, s: Real[Array, "n m"], p: Probability[Array, "n m"]):
    score = array_namespace(s).sum(p * s, axis=-1)
    return score - use("negative_entropy")(p), use("log_sum_exp")(s)


@score_plus_entropy_is_at_most_log_sum_exp.witness
def _(use, s):
    return {"p": use("softmax")(s)}


@score_plus_entropy_is_at_most_log_sum_exp.control("twice the entropy")
def _(use, s, p):
    score = array_namespace(s).sum(p * s, axis=-1)
    return score - 2 * use("negative_entropy")(p), use("log_sum_exp")(s)


@score_plus_entropy_is_at_most_log_sum_exp.control("the mean of the scores in place of log-sum-exp")
def _(use, s, p):
    xp = array_namespace(s)
    return xp.sum(p * s, axis=-1) - use("negative_entropy")(p), xp.mean(s, axis=-1)


@check
def log_sum_exp_is_at_most_the_maximum_plus_the_logarithm_of_the_number(use, s: Real[Array, "n m"]):
    xp = array_namespace(s)
    largest = xp.max(s, axis=-1)
    return [largest, use("log_sum_exp")(s)], [
        use("log_sum_exp")(s),
        largest + xp.log(constant(s, s.shape[1])),
    ]


@log_sum_exp_is_at_most_the_maximum_plus_the_logarithm_of_the_number.witness
def _(s):
    return {"s": 0 * s + s[:, :1]}


@log_sum_exp_is_at_most_the_maximum_plus_the_logarithm_of_the_number.control("the maximum is not exceeded")
def _(use, s):
    return use("log_sum_exp")(s), array_namespace(s).max(s, axis=-1)


@log_sum_exp_is_at_most_the_maximum_plus_the_logarithm_of_the_number.control(
    "the mean of the scores in place of their maximum"
)
def _(use, s):
    xp = array_namespace(s)
    return use("log_sum_exp")(s), xp.mean(s, axis=-1) + xp.log(constant(s, s.shape[1]))
