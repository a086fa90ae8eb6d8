"""Checks of the claims about attention as diffusion and about collapse."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Natural, Positive, Probability, Real, Size, check, condition


@condition
def at_least_one_token(n):
    return n >= 1


# Diffusion ------------------------------------------------------------------------------------------------------


@check
def attention_diffusion_step_mixes_in_a_kernel_smoother(
    use, weights: Positive[Array, "n n"], x: Real[Array, "n d"], tau: Real[Array, ""]
):
    smoothed = use("nadaraya_watson_smoother")(weights, x)
    return use("attention_diffusion_step")(weights, x, tau), (1 - tau) * x + tau * smoothed


attention_diffusion_step_mixes_in_a_kernel_smoother.explain(
    "constant changed: 0 →",
    "the table of weights has as many columns as rows here",
)


@attention_diffusion_step_mixes_in_a_kernel_smoother.control("the smoother is added and nothing taken away")
def _(use, weights, x, tau):
    smoothed = use("nadaraya_watson_smoother")(weights, x)
    return use("attention_diffusion_step")(weights, x, tau), x + tau * smoothed


@attention_diffusion_step_mixes_in_a_kernel_smoother.control("the weights are read by columns")
def _(use, weights, x, tau):
    smoothed = use("nadaraya_watson_smoother")(weights.mT, x)
    return use("attention_diffusion_step")(weights, x, tau), (1 - tau) * x + tau * smoothed


def _random_walk_laplacian(use, weights):
    """D⁻¹(D − W): how much a walker's present node differs from the mean of where it goes next."""
    degrees = array_namespace(weights).sum(weights, axis=1, keepdims=True)
    return use("graph_laplacian")(weights) / degrees


def _in_steps(use, weights, x, tau, steps):
    """Diffusion steps of equal length one after the other, the weights held fixed."""
    for _ in range(steps):
        x = use("attention_diffusion_step")(weights, x, tau / steps)
    return x


@check
def attention_diffusion_steps_are_euler_steps_on_a_graph(
    use,
    weights: Positive[Array, "n n"],
    x: Real[Array, "n d"],
    tau: Real[Array, ""],
    steps: Natural[int, "2 4"],
):
    euler = use("euler_diffusion")(_random_walk_laplacian(use, weights), tau, steps=steps)
    return _in_steps(use, weights, x, tau, steps), euler @ x


@attention_diffusion_steps_are_euler_steps_on_a_graph.control("one step for all of the time")
def _(use, weights, x, tau, steps):
    euler = use("euler_diffusion")(_random_walk_laplacian(use, weights), tau, steps=1)
    return _in_steps(use, weights, x, tau, steps), euler @ x


@attention_diffusion_steps_are_euler_steps_on_a_graph.control("the Laplacian is not divided by the degrees")
def _(use, weights, x, tau, steps):
    euler = use("euler_diffusion")(use("graph_laplacian")(weights), tau, steps=steps)
    return _in_steps(use, weights, x, tau, steps), euler @ x


@attention_diffusion_steps_are_euler_steps_on_a_graph.control("the standard residual layer")
def _(use, weights, x, tau, steps):
    euler = use("euler_diffusion")(_random_walk_laplacian(use, weights), tau, steps=steps)
    for _ in range(steps):
        x = use("residual_attention_step")(weights, x)
    return x, euler @ x


@check
def residual_attention_step_is_twice_half_a_diffusion_step(
    use, weights: Positive[Array, "n n"], x: Real[Array, "n d"]
):
    half = use("attention_diffusion_step")(weights, x, constant(x, 1) / 2)
    return use("residual_attention_step")(weights, x), 2 * half


@residual_attention_step_is_twice_half_a_diffusion_step.control("it is taken for a whole diffusion step")
def _(use, weights, x):
    return use("residual_attention_step")(weights, x), use("attention_diffusion_step")(
        weights, x, constant(x, 1)
    )


@residual_attention_step_is_twice_half_a_diffusion_step.control("not doubled")
def _(use, weights, x):
    return use("residual_attention_step")(weights, x), use("attention_diffusion_step")(
        weights, x, constant(x, 1) / 2
    )


def _ranges(after, before):
    """How far each entry afterwards exceeds the largest before, and how far it falls short of the smallest; and zeros."""
    xp = array_namespace(before)
    above, below = after - xp.max(before, axis=0), xp.min(before, axis=0) - after
    zeros = xp.zeros(before.shape, dtype=before.dtype)
    return [above, below], [zeros, zeros]


@check
def attention_diffusion_step_obeys_the_maximum_principle(
    use, weights: Positive[Array, "n n"], x: Real[Array, "n d"], tau: Probability[Array, ""]
):
    return _ranges(use("attention_diffusion_step")(weights, x, tau), x)


@attention_diffusion_step_obeys_the_maximum_principle.witness
def _(x):
    return {"x": 0 * x + x[:1, :]}


@attention_diffusion_step_obeys_the_maximum_principle.control("a step of more than one")
def _(use, weights, x, tau):
    return _ranges(use("attention_diffusion_step")(weights, x, 2 + tau), x)


@attention_diffusion_step_obeys_the_maximum_principle.control("the standard residual layer")
def _(use, weights, x, tau):
    return _ranges(use("residual_attention_step")(weights, x), x)


@check(relation="<=")
def residual_attention_step_does_not_obey_the_maximum_principle(
    use, weights: Positive[Array, "n n"], x: Real[Array, "n d"]
):
    return _ranges(use("residual_attention_step")(weights, x), x)


@residual_attention_step_does_not_obey_the_maximum_principle.counterexample
def _():
    return {"weights": [[1, 1], [1, 1]], "x": [[1], [0]]}


@residual_attention_step_does_not_obey_the_maximum_principle.control("the output is halved")
def _(use, weights, x):
    return _ranges(use("residual_attention_step")(weights, x) / 2, x)


@check
def residual_attention_step_at_most_doubles_the_largest_entry(
    use, weights: Positive[Array, "n n"], x: Real[Array, "n d"]
):
    xp = array_namespace(x)
    return xp.max(abs(use("residual_attention_step")(weights, x))), 2 * xp.max(abs(x))


@residual_attention_step_at_most_doubles_the_largest_entry.witness
def _(x):
    # All tokens equal and no entry positive.
    return {"x": 0 * x - abs(x[:1, :])}


@residual_attention_step_at_most_doubles_the_largest_entry.control("the largest entry does not grow")
def _(use, weights, x):
    xp = array_namespace(x)
    return xp.max(abs(use("residual_attention_step")(weights, x))), xp.max(abs(x))


# Self-adjointness -----------------------------------------------------------------------------------------------


def _both_products(use, keys, x, u, v, masses):
    """⟨u, Av⟩ and ⟨Au, v⟩, where A is attention with queries x, and token i counts with its mass."""
    xp = array_namespace(x)
    attend = use("softmax_attention")
    return xp.sum(masses * u * attend(x, keys, v)), xp.sum(masses * attend(x, keys, u) * v)


def _row_sums(use, x):
    return array_namespace(x).sum(use("exponential_kernel")(x, x), axis=1, keepdims=True)


@check
def softmax_attention_with_tied_queries_is_self_adjoint_with_row_sums_as_masses(
    use, x: Real[Array, "n d"], u: Real[Array, "n e"], v: Real[Array, "n e"]
):
    return _both_products(use, x, x, u, v, _row_sums(use, x))


@softmax_attention_with_tied_queries_is_self_adjoint_with_row_sums_as_masses.control(
    "every token has mass one"
)
def _(use, x, u, v):
    return _both_products(use, x, x, u, v, 1)


@softmax_attention_with_tied_queries_is_self_adjoint_with_row_sums_as_masses.control(
    "the keys are not the queries"
)
def _(use, x, u, v):
    keys = array_namespace(x).flip(x, axis=0) * 2
    return _both_products(use, keys, x, u, v, _row_sums(use, x))


@check
def softmax_attention_with_tied_queries_is_not_symmetric(
    use, x: Real[Array, "n d"], u: Real[Array, "n e"], v: Real[Array, "n e"]
):
    return _both_products(use, x, x, u, v, 1)


@softmax_attention_with_tied_queries_is_not_symmetric.counterexample
def _():
    return {"x": [[0], [1]], "u": [[1], [0]], "v": [[0], [1]]}


@softmax_attention_with_tied_queries_is_not_symmetric.control("token i counts with the sum of its row")
def _(use, x, u, v):
    return _both_products(use, x, x, u, v, _row_sums(use, x))


# Collapse -------------------------------------------------------------------------------------------------------


def _squared_diameter(x):
    """The largest squared distance between two rows."""
    xp = array_namespace(x)
    gaps = x[:, None, :] - x[None, :, :]
    return xp.max(xp.sum(gaps * gaps, axis=-1))


def _diameter(x):
    return array_namespace(x).sqrt(_squared_diameter(x))


@check(sizes={"n": (2, 4, 6)})
def softmax_attention_shrinks_the_diameter_by_a_hyperbolic_tangent(
    use, x: Real[Array, "n d"], w: Real[Array, "d d"]
):
    xp = array_namespace(x)
    spread = xp.linalg.svdvals(w)[0] * _squared_diameter(x) / xp.sqrt(constant(x, x.shape[1]))
    return _diameter(use("softmax_attention")(x @ w, x, x)), xp.tanh(spread / 4) * _diameter(x)


@softmax_attention_shrinks_the_diameter_by_a_hyperbolic_tangent.witness
def _(x, w):
    # Half of the tokens on one side of the last axis, half on the other; scores see the first axis only.
    xp = array_namespace(x)
    n, d = x.shape
    signs = xp.asarray(np.where(np.arange(n) < n // 2, 1.0, -1.0))
    unit = xp.eye(d, dtype=x.dtype)
    first, last = unit[0, :], unit[-1, :]
    return {"x": signs[:, None] * first[None, :] + last[None, :], "w": -2 * first[:, None] * first[None, :]}


@softmax_attention_shrinks_the_diameter_by_a_hyperbolic_tangent.control("a skip connection")
def _(use, x, w):
    xp = array_namespace(x)
    spread = xp.linalg.svdvals(w)[0] * _squared_diameter(x) / xp.sqrt(constant(x, x.shape[1]))
    return _diameter(x + use("softmax_attention")(x @ w, x, x)), xp.tanh(spread / 4) * _diameter(x)


@softmax_attention_shrinks_the_diameter_by_a_hyperbolic_tangent.control("values of twice the size")
def _(use, x, w):
    xp = array_namespace(x)
    spread = xp.linalg.svdvals(w)[0] * _squared_diameter(x) / xp.sqrt(constant(x, x.shape[1]))
    return _diameter(use("softmax_attention")(x @ w, x, 2 * x)), xp.tanh(spread / 4) * _diameter(x)


_CENTRE = np.asarray([0.7, -0.4])
_DIRECTIONS = np.asarray([[1.0, 0.5], [-0.3, 0.8], [0.2, -1.1]])
_SCORES = np.asarray([[0.9, -0.6], [0.4, 1.3]])


def _residual(x):
    """What is left of the rows when their mean is subtracted."""
    return x - np.mean(x, axis=0, keepdims=True)


@check(sizes={"n": (8, 16, 32, 64, 128)})
def residual_after_softmax_attention_is_cubic_in_the_residual_before(use, n: Size[int, "n"]):
    x = _CENTRE + _DIRECTIONS / n
    return _residual(use("softmax_attention")(x @ _SCORES, x, x)), -3


residual_after_softmax_attention_is_cubic_in_the_residual_before.explain(
    "_CENTRE + _DIRECTIONS / n →", "the order is the same about another centre and in the opposite directions"
)
residual_after_softmax_attention_is_cubic_in_the_residual_before.explain(
    "x @ _SCORES → x", "the order is the same for every matrix of the scores"
)


@residual_after_softmax_attention_is_cubic_in_the_residual_before.control("a skip connection")
def _(use, n):
    x = _CENTRE + _DIRECTIONS / n
    return _residual(x + use("softmax_attention")(x @ _SCORES, x, x)), -3


@residual_after_softmax_attention_is_cubic_in_the_residual_before.control("attention without softmax")
def _(use, n):
    x = _CENTRE + _DIRECTIONS / n
    return _residual(use("fourier_attention")(x @ _SCORES, x, x)), -3


@check(relation="<=")
def softmax_attention_with_large_values_does_not_collapse(
    use, x: Real[Array, "n d"], w: Real[Array, "d d"], w_v: Real[Array, "d d"]
):
    z = use("softmax_attention")(x @ w, x, x @ w_v)
    return _squared_diameter(z), _squared_diameter(x)


@softmax_attention_with_large_values_does_not_collapse.counterexample
def _():
    return {"x": [[1], [-1]], "w": [[1]], "w_v": [[2]]}


@softmax_attention_with_large_values_does_not_collapse.control("the values are the tokens")
def _(use, x, w, w_v):
    z = use("softmax_attention")(x @ w @ w_v, x, x)
    return _squared_diameter(z), _squared_diameter(x)
