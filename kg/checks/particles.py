"""Checks of the claims about tokens as particles on a sphere that attract each other."""

from __future__ import annotations

from kg.numbers import array_namespace, constant, jvp
from kg.verify import Array, Positive, Real, UnitRows, check


def _tangent(x, w):
    """The part of each row of w that is orthogonal to that row of x."""
    xp = array_namespace(x)
    return w - xp.sum(w * x, axis=1, keepdims=True) * x


def _inner(a, b):
    return array_namespace(a).sum(a * b)


def _energy_slope(use, x, beta, direction):
    return jvp(lambda y: use("interaction_energy")(y, beta), x, direction)


@check
def unnormalised_attention_field_is_the_gradient_of_the_interaction_energy(
    use, x: UnitRows[Array, "n d"], beta: Positive[Array, ""], w: Real[Array, "n d"]
):
    slope = _energy_slope(use, x, beta, _tangent(x, w))
    return slope, _inner(use("unnormalised_attention_field")(x, beta), w)


@unnormalised_attention_field_is_the_gradient_of_the_interaction_energy.control(
    "the weights are normalised by a softmax"
)
def _(use, x, beta, w):
    field = _tangent(x, use("hopfield_update")(x, x, beta))
    return _energy_slope(use, x, beta, _tangent(x, w)), _inner(field, w)


@unnormalised_attention_field_is_the_gradient_of_the_interaction_energy.control(
    "the particles leave the sphere"
)
def _(use, x, beta, w):
    return _energy_slope(use, x, beta, w), _inner(use("unnormalised_attention_field")(x, beta), w)


def _totals(x, beta):
    """Σ_j exp(β x_i·x_j): what a softmax divides by."""
    xp = array_namespace(x)
    return xp.sum(xp.exp(beta * (x @ x.mT)), axis=1, keepdims=True)


@check
def softmax_attention_flow_is_a_gradient_flow_for_weighted_lengths(
    use, x: UnitRows[Array, "n d"], beta: Positive[Array, ""], w: Real[Array, "n d"]
):
    velocity = _tangent(x, use("hopfield_update")(x, x, beta))
    return _energy_slope(use, x, beta, _tangent(x, w)), _inner(_totals(x, beta) * velocity, w)


@softmax_attention_flow_is_a_gradient_flow_for_weighted_lengths.control("lengths as usual")
def _(use, x, beta, w):
    velocity = _tangent(x, use("hopfield_update")(x, x, beta))
    return _energy_slope(use, x, beta, _tangent(x, w)), _inner(velocity, w)


@softmax_attention_flow_is_a_gradient_flow_for_weighted_lengths.control(
    "one weight for all particles: their mean"
)
def _(use, x, beta, w):
    xp = array_namespace(x)
    velocity = _tangent(x, use("hopfield_update")(x, x, beta))
    return _energy_slope(use, x, beta, _tangent(x, w)), xp.mean(_totals(x, beta)) * _inner(velocity, w)


def _cross_derivatives(field, x, u, w):
    """How the field along one tangent direction changes with the other, both ways: equal for every gradient."""
    u, w = _tangent(x, u), _tangent(x, w)
    return _inner(jvp(field, x, u), w), _inner(jvp(field, x, w), u)


@check
def softmax_attention_flow_is_not_a_gradient_flow(
    use, x: UnitRows[Array, "n d"], beta: Positive[Array, ""], u: Real[Array, "n d"], w: Real[Array, "n d"]
):
    return _cross_derivatives(lambda y: use("hopfield_update")(y, y, beta), x, u, w)


@softmax_attention_flow_is_not_a_gradient_flow.counterexample
def _():
    return {
        "x": [[1, 0], [0, 1], ["3/5", "4/5"]],
        "beta": 1,
        "u": [[0, 1], [0, 0], [0, 0]],
        "w": [[0, 0], [1, 0], [0, 0]],
    }


@softmax_attention_flow_is_not_a_gradient_flow.control("the weights are not normalised")
def _(use, x, beta, u, w):
    return _cross_derivatives(lambda y: use("unnormalised_attention_field")(y, beta), x, u, w)


@check
def interaction_energy_does_not_fall_along_the_softmax_attention_flow(
    use, x: UnitRows[Array, "n d"], beta: Positive[Array, ""]
):
    velocity = _tangent(x, use("hopfield_update")(x, x, beta))
    rise, rate = _energy_slope(use, x, beta, velocity), _inner(_totals(x, beta) * velocity, velocity)
    # The rate as stated, neither more nor less, or any motion at all that climbs would pass.
    return [-rise, -rise, rise], [constant(x, 0), -rate, rate]


@interaction_energy_does_not_fall_along_the_softmax_attention_flow.control("the particles repel each other")
def _(use, x, beta):
    velocity = -_tangent(x, use("hopfield_update")(x, x, beta))
    return -_energy_slope(use, x, beta, velocity), constant(x, 0)
