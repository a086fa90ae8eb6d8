"""Checks of the claims about gradient steps that are projected back on a convex set."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Permutation, Positive, Real, UnitRows, check, condition


@condition
def start_in_the_cross_polytope(x):
    xp = array_namespace(x)
    return bool(xp.sum(xp.abs(x)) <= 1)


@start_in_the_cross_polytope.sampler
def _(x):
    xp = array_namespace(x)
    return {"x": x / (1 + xp.sum(xp.abs(x)))}


@condition
def first_entry_of_the_gradient_is_largest(gradient):
    sizes = abs(gradient)
    return sizes.shape[0] > 0 and bool(sizes[0] > 0 and np.all(sizes[0] > sizes[1:]))


@first_entry_of_the_gradient_is_largest.sampler
def _(gradient):
    xp = array_namespace(gradient)
    size = 1 + xp.sum(xp.abs(gradient))
    first = xp.where(gradient[0] < 0, -size, size)
    return {"gradient": xp.concat([xp.stack([first]), gradient[1:]])}


def _reordered(v, order):
    xp = array_namespace(v)
    return xp.take(v, xp.asarray(order), axis=0)


def _long_enough(gradient):
    """The shortest step that is sure to end in a vertex: two over the lead of the first entry."""
    xp = array_namespace(gradient)
    sizes = xp.abs(gradient)
    others = [sizes[j] for j in range(1, gradient.shape[0])]
    return 2 / (sizes[0] - xp.max(xp.stack([*others, 0 * sizes[0]])))


# The entries are put in any order, so that the largest may stand anywhere.
@check(sizes={"d": (4,)})
def projected_long_step_on_a_cross_polytope_is_its_steepest_vertex(
    use, x: Real[Array, "d"], gradient: Real[Array, "d"], order: Permutation[Array, "d"]
):
    g, start = _reordered(gradient, order), _reordered(x, order)
    step, vertex = use("projected_step_on_a_cross_polytope"), use("steepest_vertex_of_a_cross_polytope")
    # A step of a tenth of the way out stays inside, and is left as it is.
    xp = array_namespace(x)
    short = (1 - xp.sum(xp.abs(x))) / (10 * xp.sum(xp.abs(gradient)))
    # From the centre along equal entries, all of them are shortened alike.
    steps = [step(start, g, _long_enough(gradient)), step(start, g, short), step(0 * x, 1 + 0 * g, 1 + short)]
    return steps, [vertex(g), start + short * g, (1 + 0 * g) / x.shape[0]]


@projected_long_step_on_a_cross_polytope_is_its_steepest_vertex.control("the steepest corner of the box")
def _(use, x, gradient, order):
    g, start = _reordered(gradient, order), _reordered(x, order)
    step = use("projected_step_on_a_cross_polytope")
    return step(start, g, _long_enough(gradient)), use("steepest_corner_of_a_box")(g)


@projected_long_step_on_a_cross_polytope_is_its_steepest_vertex.control("a step of a quarter of the length")
def _(use, x, gradient, order):
    g, start = _reordered(gradient, order), _reordered(x, order)
    step, vertex = use("projected_step_on_a_cross_polytope"), use("steepest_vertex_of_a_cross_polytope")
    return step(start, g, _long_enough(gradient) / 4), vertex(g)


@check(relation="<=", sizes={"d": (1, 2, 3)})
def projected_step_misses_the_steepest_vertex_by_at_most_one_over_its_length(
    use, x: Real[Array, "d"], gradient: Real[Array, "d"], length: Positive[Array, ""]
):
    return _shortfall(use, x, gradient, length), 1 / length


def _shortfall(use, x, gradient, length):
    """How much higher the linear function is at its best point than where the step ends."""
    xp = array_namespace(x)
    reached = use("projected_step_on_a_cross_polytope")(x, gradient, length)
    return xp.max(xp.abs(gradient)) - gradient @ reached


@projected_step_misses_the_steepest_vertex_by_at_most_one_over_its_length.control(
    "half as much, as if the step began in the middle"
)
def _(use, x, gradient, length):
    return _shortfall(use, x, gradient, length), 1 / (2 * length)


@projected_step_misses_the_steepest_vertex_by_at_most_one_over_its_length.witness
def _(x, length):
    first = np.eye(len(x))[0]
    return {"x": first, "gradient": -first / length}


@check
def projected_gradient_ascent_beyond_one_cell_is_not_the_power_method(
    use,
    w1: Real[Array, "h d"],
    b1: Real[Array, "h"],
    w2: Real[Array, "e h"],
    x: Real[Array, "d"],
    epsilon: Positive[Array, ""],
    start: UnitRows[Array, "d"],
):
    return _one_step_of_each(use, w1, b1, w2, x, epsilon, start)


def _one_step_of_each(use, w1, b1, w2, x, epsilon, start):
    """The direction after one step of ascent, and after one of the power method for the matrix of the clean input."""
    xp = array_namespace(x)
    matrix = w2 @ xp.where((w1 @ x + b1 > 0)[:, None], w1, 0)
    ascent = use("projected_gradient_ascent")(w1, b1, w2, w2[:, 0], x, epsilon, start, steps=1)
    return ascent, use("power_method")(matrix, start, 1)


@projected_gradient_ascent_beyond_one_cell_is_not_the_power_method.counterexample
def _():
    identity = [[1, 0], [0, 1]]
    return {
        "w1": identity,
        "b1": [0, 0],
        "w2": identity,
        "x": [1, 1],
        "epsilon": 3,
        "start": ["-3/5", "4/5"],
    }


@projected_gradient_ascent_beyond_one_cell_is_not_the_power_method.control("the ball lies inside one cell")
def _(use, w1, b1, w2, x, epsilon, start):
    xp = array_namespace(x)
    distances = xp.abs(w1 @ x + b1) / xp.sqrt(xp.sum(w1 * w1, axis=1))
    inside = xp.min(distances) * epsilon / (1 + epsilon)
    return _one_step_of_each(use, w1, b1, w2, x, inside, start)
