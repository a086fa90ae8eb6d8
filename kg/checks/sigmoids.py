"""Checks of the claims about the logistic function, softplus and the exponential linear unit."""

from __future__ import annotations

from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Positive, Real, check


@check
def swish_is_softmax_attention_between_the_input_and_nothing(use, x: Real[Array, "n"], beta: Real[Array, ""]):
    return use("swish")(x, beta)[:, None], _attended(use, x, beta)


def _attended(use, x, beta, other=0):
    """For each entry, attention to a token of width four that holds the entry, and to `other` times that token."""
    xp = array_namespace(x)
    zero = 0 * beta
    # Twice the slope, as scores are divided by the root of the width.
    query = xp.stack([xp.stack([2 * beta, zero, zero, zero])])
    seen = []
    for i in range(x.shape[0]):
        key = xp.stack([x[i], zero, zero, zero])
        values = xp.stack([xp.stack([x[i]]), xp.stack([other * x[i]])])
        seen.append(use("softmax_attention")(query, xp.stack([key, other * key]), values))
    return xp.concat(seen) if seen else 0 * x[:, None]


@swish_is_softmax_attention_between_the_input_and_nothing.control(
    "the second token is the opposite of the input"
)
def _(use, x, beta):
    return use("swish")(x, beta)[:, None], _attended(use, x, beta, -1)


@check
def logistic_of_a_difference_is_a_softmax_of_two(use, a: Real[Array, "n"], b: Real[Array, "n"]):
    xp = array_namespace(a)
    both = xp.stack([a, b], axis=1)
    return use("logistic")(a - b), use("softmax")(both)[:, 0]


@logistic_of_a_difference_is_a_softmax_of_two.control("the other of the two")
def _(use, a, b):
    xp = array_namespace(a)
    return use("logistic")(a - b), use("softmax")(xp.stack([a, b], axis=1))[:, 1]


@check
def softplus_is_log_sum_exp_with_zero(use, x: Real[Array, "n"]):
    return use("softplus")(x), use("log_sum_exp")(array_namespace(x).stack([x, 0 * x], axis=1))


@softplus_is_log_sum_exp_with_zero.control("log-sum-exp with one")
def _(use, x):
    return use("softplus")(x), use("log_sum_exp")(array_namespace(x).stack([x, 0 * x + 1], axis=1))


@check
def slope_of_softplus_is_the_logistic_function(use, x: Real[Array, "n"]):
    return jvp(use("softplus"), x, array_namespace(x).ones(x.shape, dtype=x.dtype)), use("logistic")(x)


@slope_of_softplus_is_the_logistic_function.control("the logistic function of the opposite number")
def _(use, x):
    return jvp(use("softplus"), x, array_namespace(x).ones(x.shape, dtype=x.dtype)), use("logistic")(-x)


@check
def swish_is_softplus_less_the_entropy_of_its_gate(use, x: Real[Array, "n"]):
    one = constant(x, 1)
    return use("swish")(x, one), use("softplus")(x) + use("negative_entropy")(_gate_and_rest(use, x))


def _gate_and_rest(use, x):
    """The probabilities σ(x) and 1 − σ(x), a pair in each row."""
    gate = use("logistic")(x)
    return array_namespace(x).stack([gate, 1 - gate], axis=1)


@swish_is_softplus_less_the_entropy_of_its_gate.control("the entropy in bits")
def _(use, x):
    entropy = use("negative_entropy")(_gate_and_rest(use, x)) / array_namespace(x).log(constant(x, 2))
    return use("swish")(x, constant(x, 1)), use("softplus")(x) + entropy


@swish_is_softplus_less_the_entropy_of_its_gate.control("softplus alone")
def _(use, x):
    return use("swish")(x, constant(x, 1)), use("softplus")(x)


swish_is_softplus_less_the_entropy_of_its_gate.explain(
    "sign flipped: -x → x", "the entropy of two probabilities does not know which of them is which"
)


@check
def leak_held_for_a_softplus_of_time_is_a_logistic_gate(
    use, a: Real[Array, "n"], state: Real[Array, "n"], target: Real[Array, "n"]
):
    xp = array_namespace(a)
    decay = xp.exp(-use("softplus")(a))
    return decay * state + (1 - decay) * target, _gated(use, a, state, target)


def _gated(use, a, state, target):
    """A step of a gated cell, with the gate σ(a) for the target."""
    gate = use("logistic")(a)
    return state + gate * (target - state)


@leak_held_for_a_softplus_of_time_is_a_logistic_gate.control(
    "a step of Euler's rule in place of the exact one"
)
def _(use, a, state, target):
    step = use("softplus")(a)
    return state + step * (target - state), _gated(use, a, state, target)


@check
def elu_joins_the_identity_to_an_exponential(use, x: Positive[Array, "n"], alpha: Positive[Array, ""]):
    xp = array_namespace(x)
    above, below = use("elu")(x, alpha), use("elu")(-x, alpha)
    # The exponential of −x as one over that of x, which no line of the unit computes.
    return [above, (below + alpha) * xp.exp(x)], [x, alpha * xp.ones(x.shape, dtype=x.dtype)]


@elu_joins_the_identity_to_an_exponential.control("the multiple is left out below zero")
def _(use, x, alpha):
    xp = array_namespace(x)
    above, below = use("elu")(x, constant(x, 1)), use("elu")(-x, constant(x, 1))
    return [above, (below + alpha) * xp.exp(x)], [x, alpha * xp.ones(x.shape, dtype=x.dtype)]
