"""Checks of the claims about learning inside a prompt and about training seen as attention."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Natural, Positive, Real, check, condition


@condition
def no_weight_decay(decay):
    return decay == 0


@no_weight_decay.sampler
def _(decay):
    return {"decay": 0}


@condition(generic=True)
def invertible_bases_of_the_layer(basis, mixing):
    return all(np.linalg.matrix_rank(np.asarray(m)) == m.shape[0] for m in (basis, mixing))


# Gradient descent as attention ---------------------------------------------------------------------------------


def _construction(w, rate, n, bases=None):
    """W_Q, W_K, W_V and P for tokens (x, y): compare the inputs, write the errors of the model W, scale by η/n.

    `bases` are a basis of keys and queries and one of values and outputs; the output does not depend on them.
    """
    xp = array_namespace(w)
    e, d = w.shape
    whole = xp.eye(d + e, dtype=w.dtype)
    basis, mixing = (whole[:d, :d], whole) if bases is None else bases
    none = xp.zeros((e, d + e), dtype=w.dtype)
    ask = xp.concat([basis @ whole[:d, :], none], axis=0)
    answer = xp.concat([xp.linalg.inv(basis).mT @ whole[:d, :], none], axis=0)
    errors = xp.concat([w, -whole[d:, d:]], axis=1)
    write = mixing @ xp.concat([xp.zeros((d, d + e), dtype=w.dtype), errors], axis=0)
    return ask, answer, write, rate / n * xp.linalg.inv(mixing)


def _tokens(x, y, w, x_test):
    xp = array_namespace(x)
    return xp.concat([x, y], axis=1), xp.concat([x_test, -(w @ x_test)])


def _prediction(use, x, y, w, x_test, rate, seen=None, bases=None):
    """Minus the target part of the test token after one layer that sees the context, or the tokens `seen`."""
    context, token = _tokens(x, y, w, x_test)
    matrices = _construction(w, rate, x.shape[0], bases)
    after = use("linear_self_attention")(context if seen is None else seen, token, *matrices)
    return -after[x.shape[1] :]


@check
def linear_self_attention_is_a_step_of_gradient_descent(
    use,
    x: Real[Array, "n d"],
    y: Real[Array, "n e"],
    w: Real[Array, "e d"],
    x_test: Real[Array, "d"],
    rate: Positive[Array, ""],
    basis: Real[Array, "d d"],
    mixing: Real[Array, "d+e d+e"],
):
    predicted = _prediction(use, x, y, w, x_test, rate, bases=(basis, mixing))
    return predicted, use("gradient_step_prediction")(x, y, w, x_test, rate)


@linear_self_attention_is_a_step_of_gradient_descent.control(
    "the sum over the context is not divided by its length"
)
def _(use, x, y, w, x_test, rate):
    step = use("gradient_step_prediction")(x, y, w, x_test, rate)
    return _prediction(use, x, y, w, x_test, rate * x.shape[0]), step


@linear_self_attention_is_a_step_of_gradient_descent.control("the prediction is read with the wrong sign")
def _(use, x, y, w, x_test, rate):
    step = use("gradient_step_prediction")(x, y, w, x_test, rate)
    return -_prediction(use, x, y, w, x_test, rate), step


@linear_self_attention_is_a_step_of_gradient_descent.control("the test token attends to itself as well")
def _(use, x, y, w, x_test, rate):
    context, token = _tokens(x, y, w, x_test)
    seen = array_namespace(x).concat([context, token[None, :]])
    step = use("gradient_step_prediction")(x, y, w, x_test, rate)
    return _prediction(use, x, y, w, x_test, rate, seen), step


@check
def self_attention_over_all_tokens_is_not_a_step_of_gradient_descent(
    use,
    x: Real[Array, "n d"],
    y: Real[Array, "n e"],
    w: Real[Array, "e d"],
    x_test: Real[Array, "d"],
    rate: Positive[Array, ""],
):
    context, token = _tokens(x, y, w, x_test)
    seen = array_namespace(x).concat([context, token[None, :]])
    step = use("gradient_step_prediction")(x, y, w, x_test, rate)
    return _prediction(use, x, y, w, x_test, rate, seen), step


@self_attention_over_all_tokens_is_not_a_step_of_gradient_descent.counterexample
def _():
    return {"x": [[1]], "y": [[1]], "w": [[1]], "x_test": [1], "rate": 1}


@self_attention_over_all_tokens_is_not_a_step_of_gradient_descent.control("the model starts at zero")
def _(use, x, y, w, x_test, rate):
    nothing = 0 * w
    context, token = _tokens(x, y, nothing, x_test)
    seen = array_namespace(x).concat([context, token[None, :]])
    step = use("gradient_step_prediction")(x, y, nothing, x_test, rate)
    return _prediction(use, x, y, nothing, x_test, rate, seen), step


@check
def softmax_self_attention_is_not_a_step_of_gradient_descent(
    use,
    x: Real[Array, "n d"],
    y: Real[Array, "n e"],
    x_test: Real[Array, "d"],
    rate: Positive[Array, ""],
):
    xp = array_namespace(x)
    nothing = xp.zeros((y.shape[1], x.shape[1]), dtype=x.dtype)
    read = rate * use("softmax_attention")(x_test[None, :], x, y)[0, :]
    return read, use("gradient_step_prediction")(x, y, nothing, x_test, rate)


@softmax_self_attention_is_not_a_step_of_gradient_descent.counterexample
def _():
    # The test input is zero: a linear model predicts zero there, and softmax averages the targets.
    return {"x": [[1], [2]], "y": [[1], [1]], "x_test": [0], "rate": 1}


@softmax_self_attention_is_not_a_step_of_gradient_descent.control(
    "the weights are the inner products themselves, divided by the length of the context"
)
def _(use, x, y, x_test, rate):
    xp = array_namespace(x)
    nothing = xp.zeros((y.shape[1], x.shape[1]), dtype=x.dtype)
    read = rate * use("fourier_attention")(x_test[None, :], x, y)[0, :]
    return read, use("gradient_step_prediction")(x, y, nothing, x_test, rate)


@check
def stacked_linear_self_attention_is_gradient_descent(
    use,
    x: Real[Array, "n d"],
    y: Real[Array, "n e"],
    x_test: Real[Array, "d"],
    rate: Positive[Array, ""],
    steps: Natural[int, "1 4"],
    basis: Real[Array, "d d"],
    mixing: Real[Array, "d+e d+e"],
):
    stacked = _stacked(use, x, y, x_test, rate, steps, bases=(basis, mixing))
    return stacked, use("gradient_descent_prediction")(x, y, x_test, rate=rate, steps=steps)


def _stacked(use, x, y, x_test, rate, steps, refresh=True, bases=None):
    """All tokens pass through equal layers; the context holds (x_i, y_i − W x_i) and the test token (x, −W x)."""
    xp, attend = array_namespace(x), use("linear_self_attention")
    start = xp.zeros((y.shape[1], x.shape[1]), dtype=x.dtype)
    context, token = _tokens(x, y, start, x_test)
    matrices = _construction(start, rate, x.shape[0], bases)
    for _ in range(steps):
        moved = xp.stack([attend(context, context[i, :], *matrices) for i in range(x.shape[0])])
        token = attend(context, token, *matrices)
        context = moved if refresh else context
    return -token[x.shape[1] :]


@stacked_linear_self_attention_is_gradient_descent.control(
    "only the test token is updated from layer to layer"
)
def _(use, x, y, x_test, rate):
    stacked = _stacked(use, x, y, x_test, rate, 2, refresh=False)
    return stacked, use("gradient_descent_prediction")(x, y, x_test, rate=rate, steps=2)


@stacked_linear_self_attention_is_gradient_descent.control("one layer too many")
def _(use, x, y, x_test, rate):
    stacked = _stacked(use, x, y, x_test, rate, 3)
    return stacked, use("gradient_descent_prediction")(x, y, x_test, rate=rate, steps=2)


# Training as attention -----------------------------------------------------------------------------------------


@check
def trained_linear_layer_is_attention_to_its_training_inputs(
    use,
    w: Real[Array, "e d"],
    x: Real[Array, "t d"],
    y: Real[Array, "t e"],
    x_test: Real[Array, "n d"],
    rate: Positive[Array, ""],
    decay: Natural[int, "0 2"],
):
    trained = use("trained_linear_layer")(w, x, y, x_test, rate, decay=decay)
    return trained, use("attention_to_training_inputs")(w, x, y, x_test, rate)


@trained_linear_layer_is_attention_to_its_training_inputs.control("the weights decay while they are trained")
def _(use, w, x, y, x_test, rate):
    trained = use("trained_linear_layer")(w, x, y, x_test, rate, decay=constant(x, 1) / 3)
    return trained, use("attention_to_training_inputs")(w, x, y, x_test, rate)


@trained_linear_layer_is_attention_to_its_training_inputs.control("training has momentum")
def _(use, w, x, y, x_test, rate):
    velocity, weights = 0, w
    for t in range(x.shape[0]):
        error = weights @ x[t, :] - y[t, :]
        velocity = velocity / 2 - rate * error[:, None] * x[t, None, :]
        weights = weights + velocity
    return x_test @ weights.mT, use("attention_to_training_inputs")(w, x, y, x_test, rate)


@trained_linear_layer_is_attention_to_its_training_inputs.control("the examples come in the reverse order")
def _(use, w, x, y, x_test, rate):
    flip = array_namespace(x).flip
    trained = use("trained_linear_layer")(w, flip(x, axis=0), flip(y, axis=0), x_test, rate)
    return trained, use("attention_to_training_inputs")(w, x, y, x_test, rate)


@check
def decayed_linear_layer_is_attention_with_decayed_values(
    use,
    w: Real[Array, "e d"],
    x: Real[Array, "t d"],
    y: Real[Array, "t e"],
    x_test: Real[Array, "n d"],
    rate: Positive[Array, ""],
    decay: Real[Array, ""],
):
    trained = use("trained_linear_layer")(w, x, y, x_test, rate, decay=decay)
    return trained, use("attention_to_training_inputs")(w, x, y, x_test, rate, decay=decay)


@decayed_linear_layer_is_attention_with_decayed_values.control("the values do not decay")
def _(use, w, x, y, x_test, rate, decay):
    trained = use("trained_linear_layer")(w, x, y, x_test, rate, decay=decay)
    return trained, use("attention_to_training_inputs")(w, x, y, x_test, rate)


@check
def weight_decay_breaks_the_dual_form_with_errors_as_values(
    use,
    w: Real[Array, "e d"],
    x: Real[Array, "t d"],
    y: Real[Array, "t e"],
    x_test: Real[Array, "n d"],
    rate: Positive[Array, ""],
    decay: Positive[Array, ""],
):
    trained = use("trained_linear_layer")(w, x, y, x_test, rate, decay=decay)
    return trained, use("attention_to_training_inputs")(w, x, y, x_test, rate)


@weight_decay_breaks_the_dual_form_with_errors_as_values.counterexample
def _():
    return {"w": [[1]], "x": [[1]], "y": [[2]], "x_test": [[1]], "rate": 1, "decay": "1/2"}


@weight_decay_breaks_the_dual_form_with_errors_as_values.control("there is no decay")
def _(use, w, x, y, x_test, rate):
    trained = use("trained_linear_layer")(w, x, y, x_test, rate)
    return trained, use("attention_to_training_inputs")(w, x, y, x_test, rate)


@check
def momentum_keeps_the_dual_form_with_growing_values(
    use,
    w: Real[Array, "e d"],
    x: Real[Array, "t d"],
    errors: Real[Array, "t e"],
    x_test: Real[Array, "n d"],
    momentum: Real[Array, ""],
):
    return _with_momentum(w, x, errors, x_test, momentum), _by_attention(use, w, x, errors, x_test, momentum)


def _with_momentum(w, x, errors, x_test, momentum):
    """A layer whose velocity gathers the gradients −e_t x_tᵀ, and whose weights gather the velocity."""
    velocity, weights = 0 * w, w
    for t in range(x.shape[0]):
        velocity = momentum * velocity - errors[t, :, None] * x[t, None, :]
        weights = weights + velocity
    return x_test @ weights.mT


def _by_attention(use, w, x, errors, x_test, momentum):
    """The value of example t has grown to 1 + μ + … + μ^(T−1−t) times the step it asked for."""
    xp, count = array_namespace(x), x.shape[0]
    grown = []
    for t in range(count):
        share = constant(x, 0)
        for _ in range(count - t):
            share = 1 + momentum * share
        grown.append(-share * errors[t, :])
    return x_test @ w.mT + count * use("fourier_attention")(x_test, x, xp.stack(grown))


@momentum_keeps_the_dual_form_with_growing_values.control("the values are the errors, as without momentum")
def _(use, w, x, errors, x_test, momentum):
    plain = _by_attention(use, w, x, errors, x_test, 0 * momentum)
    return _with_momentum(w, x, errors, x_test, momentum), plain


@momentum_keeps_the_dual_form_with_growing_values.control("the values have grown by one step too many")
def _(use, w, x, errors, x_test, momentum):
    xp = array_namespace(x)
    longer = xp.concat([x, 0 * x[:1, :]]), xp.concat([errors, 0 * errors[:1, :]])
    return _with_momentum(w, x, errors, x_test, momentum), _by_attention(use, w, *longer, x_test, momentum)
