"""Checks of the claims that join the delta rule, online gradient descent and in-context learning."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Positive, Real, check


def _memory(k, v):
    return array_namespace(k).zeros((k.shape[1], v.shape[1]), dtype=v.dtype)


def _outputs_of_updates(update, q, k, v, beta):
    """Each query reads the memory after the token's own update."""
    memory, outputs = _memory(k, v), []
    for t in range(q.shape[0]):
        memory = update(memory, k[t, :], v[t, :], beta[t])
        outputs.append(q[t, :] @ memory)
    return array_namespace(q).stack(outputs)


@check(sizes={"n": (2, 3)})
def delta_rule_network_is_a_sequence_of_delta_rule_updates(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], beta: Real[Array, "n"]
):
    outputs = _outputs_of_updates(use("delta_rule_update"), q, k, v, beta)
    return use("delta_rule_recurrence")(q, k, v, beta), outputs


@delta_rule_network_is_a_sequence_of_delta_rule_updates.control("a token reads before it writes")
def _(use, q, k, v, beta):
    update, memory, outputs = use("delta_rule_update"), _memory(k, v), []
    for t in range(q.shape[0]):
        outputs.append(q[t, :] @ memory)
        memory = update(memory, k[t, :], v[t, :], beta[t])
    return use("delta_rule_recurrence")(q, k, v, beta), array_namespace(q).stack(outputs)


@delta_rule_network_is_a_sequence_of_delta_rule_updates.control("what is stored already is not subtracted")
def _(use, q, k, v, beta):
    def add(memory, key, value, rate):
        return memory + rate * key[:, None] * value[None, :]

    return use("delta_rule_recurrence")(q, k, v, beta), _outputs_of_updates(add, q, k, v, beta)


@check
def gradient_step_on_one_example_is_a_delta_rule_update(
    use,
    s: Real[Array, "c e"],
    k: Real[Array, "c"],
    v: Real[Array, "e"],
    beta: Real[Array, ""],
    q: Real[Array, "c"],
):
    # Listing the example twice changes nothing, as the loss is a mean.
    xp, predict = array_namespace(s), use("gradient_step_prediction")
    once = predict(k[None, :], v[None, :], s.mT, q, rate=beta)
    again = predict(xp.stack([k, k]), xp.stack([v, v]), s.mT, q, rate=beta)
    written = q @ use("delta_rule_update")(s, k, v, beta)
    return [once, again], [written, written]


@gradient_step_on_one_example_is_a_delta_rule_update.control("the loss lacks the factor one half")
def _(use, s, k, v, beta, q):
    predicted = use("gradient_step_prediction")(k[None, :], v[None, :], s.mT, q, rate=2 * beta)
    return predicted, q @ use("delta_rule_update")(s, k, v, beta)


@gradient_step_on_one_example_is_a_delta_rule_update.control("two updates at half the rate")
def _(use, s, k, v, beta, q):
    xp = array_namespace(s)
    twice = use("delta_rule_update")(use("delta_rule_update")(s, k, v, beta / 2), k, v, beta / 2)
    predicted = use("gradient_step_prediction")(xp.stack([k, k]), xp.stack([v, v]), s.mT, q, rate=beta)
    return predicted, q @ twice


@check(sizes={"t": (2, 3)})
def linear_layer_trained_by_examples_is_a_sequence_of_delta_rule_updates(
    use,
    w: Real[Array, "e d"],
    x: Real[Array, "t d"],
    y: Real[Array, "t e"],
    x_test: Real[Array, "n d"],
    rate: Positive[Array, ""],
):
    memory = w.mT
    for i in range(x.shape[0]):
        memory = use("delta_rule_update")(memory, x[i, :], y[i, :], rate)
    return use("trained_linear_layer")(w, x, y, x_test, rate), x_test @ memory


@linear_layer_trained_by_examples_is_a_sequence_of_delta_rule_updates.control(
    "one gradient step on the sum over all examples"
)
def _(use, w, x, y, x_test, rate):
    batch = w - rate * (x @ w.mT - y).mT @ x
    return use("trained_linear_layer")(w, x, y, x_test, rate), x_test @ batch.mT


@linear_layer_trained_by_examples_is_a_sequence_of_delta_rule_updates.control("the memory starts empty")
def _(use, w, x, y, x_test, rate):
    memory = 0 * w.mT
    for i in range(x.shape[0]):
        memory = use("delta_rule_update")(memory, x[i, :], y[i, :], rate)
    return use("trained_linear_layer")(w, x, y, x_test, rate), x_test @ memory
