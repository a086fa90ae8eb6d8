"""Checks of the claims about operator norms and adversarial training."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Natural, Positive, Real, UnitRows, check, condition


def _jacobian(w1, b1, w2, x):
    """W₂ diag(1[W₁x + b₁ > 0]) W₁: the network's matrix on the cell of x."""
    xp = array_namespace(x)
    active = w1 @ x + b1 > 0
    return w2 @ xp.where(active[:, None], w1, 0)


def _distances_to_the_boundaries(w1, b1, x):
    """How far x is from the hyperplane on which each unit switches."""
    xp = array_namespace(x)
    return abs(w1 @ x + b1) / xp.sqrt(xp.sum(w1 * w1, axis=1))


@condition
def within_one_relu_cell(w1, b1, x, epsilon):
    return bool(np.all(_distances_to_the_boundaries(w1, b1, x) > epsilon))


@within_one_relu_cell.sampler
def _(w1, b1, x, epsilon):
    # Any positive number becomes a fraction of the radius of the largest ball inside the cell.
    radius = array_namespace(x).min(_distances_to_the_boundaries(w1, b1, x))
    return {"epsilon": radius * epsilon / (1 + epsilon)}


@condition
def start_outside_the_null_space(w1, b1, w2, x, start):
    return bool(np.any(_jacobian(w1, b1, w2, x) @ start != 0))


def _unit(v):
    xp = array_namespace(v)
    return v / xp.sqrt(xp.sum(v * v))


# Many units, so that a ball that is not inside the cell of its centre is noticed.
@check(sizes={"h": (11, 13)})
def projected_gradient_ascent_is_the_power_method(
    use,
    w1: Real[Array, "h d"],
    b1: Real[Array, "h"],
    w2: Real[Array, "e h"],
    x: Real[Array, "d"],
    epsilon: Positive[Array, ""],
    start: UnitRows[Array, "d"],
    steps: Natural[int, "1 4"],
):
    # The bias of the outputs cancels in f(x*) − f(x), so it is no input of its own: any will do.
    b2 = w2[:, 0]
    ascent = use("projected_gradient_ascent")(w1, b1, w2, b2, x, epsilon, start, steps=steps)
    return ascent, use("power_method")(_jacobian(w1, b1, w2, x), start, steps)


@projected_gradient_ascent_is_the_power_method.control("the loss is the cross-entropy of the logits")
def _(use, w1, b1, w2, x, epsilon, start):
    xp, j = array_namespace(x), _jacobian(w1, b1, w2, x)

    def probabilities(point):
        weights = xp.exp(use("relu_network")(w1, b1, w2, w2[:, 0], point))
        return weights / xp.sum(weights)

    # The gradient of the cross-entropy between the clean and the perturbed probabilities.
    gradient = j.mT @ (probabilities(x + epsilon * start) - probabilities(x))
    return _unit(gradient), use("power_method")(j, start, 1)[0, :]


@projected_gradient_ascent_is_the_power_method.control("the ball reaches beyond the cell")
def _(use, w1, b1, w2, x, start):
    # Straight at the boundary of the first unit, and far across it.
    xp = array_namespace(x)
    start = -_unit(w1[0, :]) * xp.sign(w1[0, :] @ x + b1[0])
    ascent = use("projected_gradient_ascent")(w1, b1, w2, w2[:, 0], x, constant(x, 1000), start, steps=1)
    return ascent, use("power_method")(_jacobian(w1, b1, w2, x), start, 1)


@projected_gradient_ascent_is_the_power_method.control("the step size is one")
def _(use, w1, b1, w2, x, epsilon, start):
    j = _jacobian(w1, b1, w2, x)
    network = use("relu_network")
    gradient = j.mT @ (network(w1, b1, w2, w2[:, 0], x + epsilon * start) - network(w1, b1, w2, w2[:, 0], x))
    return _unit(epsilon * start + gradient), use("power_method")(j, start, 1)[0, :]


@projected_gradient_ascent_is_the_power_method.control("the units are hyperbolic tangents")
def _(use, w1, b1, w2, x, epsilon, start):
    xp = array_namespace(x)
    at = xp.tanh(w1 @ (x + epsilon * start) + b1)
    difference = w2 @ (at - xp.tanh(w1 @ x + b1))
    gradient = w1.mT @ ((1 - at * at) * (w2.mT @ difference))
    slope = 1 - xp.tanh(w1 @ x + b1) ** 2
    return _unit(gradient), use("power_method")(w2 @ (slope[:, None] * w1), start, 1)[0, :]


@projected_gradient_ascent_is_the_power_method.control("the Jacobian leaves the rectifiers out")
def _(use, w1, b1, w2, x, epsilon, start, steps):
    ascent = use("projected_gradient_ascent")(w1, b1, w2, w2[:, 0], x, epsilon, start, steps=steps)
    return ascent, use("power_method")(w2 @ w1, start, steps)


@condition(generic=True)
def no_unit_at_its_kink(w1, b1, x):
    return bool(np.all(w1 @ x + b1 != 0))


@check
def relu_network_is_affine_on_a_cell(
    use,
    w1: Real[Array, "h d"],
    b1: Real[Array, "h"],
    w2: Real[Array, "e h"],
    b2: Real[Array, "e"],
    x: Real[Array, "d"],
    t: Real[Array, "d"],
):
    jacobian = _jacobian(w1, b1, w2, x)
    affine = jacobian @ x + w2 @ _active(w1, b1, x, b1) + b2
    return _value_and_slope(use, w1, b1, w2, b2, x, t), [affine, jacobian @ t]


def _active(w1, b1, x, b):
    """The biases of the units that are on, zero for the others."""
    return array_namespace(x).where(w1 @ x + b1 > 0, b, 0)


def _value_and_slope(use, w1, b1, w2, b2, x, t):
    network = use("relu_network")
    return [network(w1, b1, w2, b2, x), jvp(lambda point: network(w1, b1, w2, b2, point), x, t)]


@relu_network_is_affine_on_a_cell.control("the Jacobian applied to the input, without the biases")
def _(use, w1, b1, w2, b2, x):
    return use("relu_network")(w1, b1, w2, b2, x), _jacobian(w1, b1, w2, x) @ x


@relu_network_is_affine_on_a_cell.control("the biases of all units, on or off")
def _(use, w1, b1, w2, b2, x):
    affine = _jacobian(w1, b1, w2, x) @ x + w2 @ b1 + b2
    return use("relu_network")(w1, b1, w2, b2, x), affine
