"""Checks of the claims about random walks on graphs, which estimate kernels of the nodes."""

from __future__ import annotations

import itertools

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Natural, Positive, Probability, Real, Size, Uniform, check, condition

_RING = np.asarray([[0.0, 1, 0, 0.5], [1, 0, 2, 0], [0, 2, 0, 1], [0.5, 0, 1, 0]])


@condition
def loads_do_not_grow(weights, decay):
    return bool(decay * np.max(np.sum(np.asarray(weights), axis=1)) <= 1)


@loads_do_not_grow.sampler
def _(weights, decay):
    # Not much less than one either, or long walks would hardly count.
    xp = array_namespace(weights)
    return {"decay": (1 + decay) / 2 / xp.max(xp.sum(weights, axis=1))}


@check(sizes={"n": (4, 5), "steps": (2, 3)})
def expectation_of_random_walk_features_is_the_walk_kernel(
    use, weights: Positive[Array, "n n"], decay: Probability[Array, ""], u: Uniform[Array, "samples steps n"]
):
    features = use("random_walk_features")(weights, decay, u)
    return features, use("walk_kernel")(weights, decay, steps=u.shape[1])


@expectation_of_random_walk_features_is_the_walk_kernel.control("walks of one step more are counted")
def _(use, weights, decay, u):
    features = use("random_walk_features")(weights, decay, u)
    return features, use("walk_kernel")(weights, decay, steps=u.shape[1] + 1)


@expectation_of_random_walk_features_is_the_walk_kernel.control("the load does not grow with the degree")
def _(use, weights, decay, u):
    transitions = weights / array_namespace(weights).sum(weights, axis=1, keepdims=True)
    features = use("random_walk_features")(transitions, decay, u)
    return features, use("walk_kernel")(weights, decay, steps=u.shape[1])


@check(sizes={"n": (4, 5), "steps": (2, 3)})
def expectation_of_two_walk_sets_is_the_walk_kernel_times_its_transpose(
    use,
    weights: Positive[Array, "n n"],
    decay: Probability[Array, ""],
    u: Uniform[Array, "samples steps n"],
    w: Uniform[Array, "samples steps n"],
):
    features = use("random_walk_features")
    kernel = use("walk_kernel")(weights, decay, steps=u.shape[1])
    return features(weights, decay, u) @ features(weights, decay, w).mT, kernel @ kernel.mT


@expectation_of_two_walk_sets_is_the_walk_kernel_times_its_transpose.control(
    "one set of walks serves for both ends"
)
def _(use, weights, decay, u):
    features = use("random_walk_features")(weights, decay, u)
    kernel = use("walk_kernel")(weights, decay, steps=u.shape[1])
    return features @ features.mT, kernel @ kernel.mT


@expectation_of_two_walk_sets_is_the_walk_kernel_times_its_transpose.control(
    "walks of one step more are counted"
)
def _(use, weights, decay, u, w):
    features = use("random_walk_features")
    kernel = use("walk_kernel")(weights, decay, steps=u.shape[1] + 1)
    return features(weights, decay, u) @ features(weights, decay, w).mT, kernel @ kernel.mT


@expectation_of_two_walk_sets_is_the_walk_kernel_times_its_transpose.control(
    "the transpose is taken of the other factor"
)
def _(use, weights, decay, u, w):
    features = use("random_walk_features")
    kernel = use("walk_kernel")(weights, decay, steps=u.shape[1])
    return features(weights, decay, u) @ features(weights, decay, w).mT, kernel.mT @ kernel


@expectation_of_two_walk_sets_is_the_walk_kernel_times_its_transpose.control(
    "the square of the kernel, on a graph with one-way edges"
)
def _(use, weights, decay, u, w):
    features = use("random_walk_features")
    kernel = use("walk_kernel")(weights, decay, steps=u.shape[1])
    return features(weights, decay, u) @ features(weights, decay, w).mT, kernel @ kernel


def _triangle_walks(use, decay):
    """All walks of one step on a triangle with equal weights: two of them from each node, equally likely."""
    xp = array_namespace(decay)
    weights = xp.asarray(1 - np.eye(3, dtype=int), dtype=decay.dtype)
    # A number below one half chooses the first neighbour, one above it the second.
    chances = xp.stack([xp.broadcast_to(constant(decay, c) / 4, (1, 3)) for c in (1, 3)])
    kernel = use("walk_kernel")(weights, decay, steps=1)
    return use("random_walk_features")(weights, decay, chances), kernel @ kernel


@check
def one_set_of_walks_for_both_ends_is_biased(use, decay: Real[Array, ""]):
    walks, kernel = _triangle_walks(use, decay)
    xp = array_namespace(decay)
    means = [xp.sum(walks[:, i, :] ** 2) / walks.shape[0] for i in range(3)]
    return means, [kernel[i, i] for i in range(3)]


@one_set_of_walks_for_both_ends_is_biased.counterexample
def _():
    return {"decay": "1/4"}


@one_set_of_walks_for_both_ends_is_biased.control("two independent sets of walks")
def _(use, decay):
    walks, kernel = _triangle_walks(use, decay)
    xp = array_namespace(decay)
    pairs = list(itertools.product(range(2), repeat=2))
    means = [sum(xp.sum(walks[a, i, :] * walks[b, i, :]) for a, b in pairs) / len(pairs) for i in range(3)]
    return means, [kernel[i, i] for i in range(3)]


@check(sizes={"n": (2, 4, 8, 16, 32)})
def random_walk_features_average_like_one_over_root_n(
    use, n: Size[int, "n"], u: Uniform[Array, "samples n 3 4"]
):
    return _error_of_the_mean(use, u, 3), -0.5


@random_walk_features_average_like_one_over_root_n.control(
    "the mean of the kernel without its last step is sought"
)
def _(use, u):
    return _error_of_the_mean(use, u, 2), -0.5


def _error_of_the_mean(use, u, steps):
    """How far the mean over n walks from the first node of a ring is from the row of the walk kernel."""
    decay = np.asarray(0.25)
    features = use("random_walk_features")(_RING, decay, np.reshape(u, (-1, 3, 4)))
    means = np.mean(np.reshape(features[:, 0, 1], u.shape[:2]), axis=1)
    return means - use("walk_kernel")(_RING, decay, steps=steps)[0, 1]


# Sums of finitely many walks -----------------------------------------------------------------------------------


@check
def walk_kernel_times_one_less_a_step_is_one_less_a_longer_walk(
    use, weights: Real[Array, "n n"], decay: Real[Array, ""], steps: Natural[int, "1 6"]
):
    kernels = (
        use("walk_kernel")(weights, decay),
        use("walk_kernel")(weights, decay, steps=steps),
    )
    return _telescoped(weights, decay, kernels), [
        _one_less_a_power(weights, decay, length) for length in (5, steps + 1)
    ]


def _telescoped(weights, decay, kernels):
    identity = array_namespace(weights).eye(weights.shape[0], dtype=weights.dtype)
    return [kernel @ (identity - decay * weights) for kernel in kernels]


def _one_less_a_power(weights, decay, length):
    identity = array_namespace(weights).eye(weights.shape[0], dtype=weights.dtype)
    power = identity
    for _ in range(length):
        power = power @ weights
    return identity - decay**length * power


@walk_kernel_times_one_less_a_step_is_one_less_a_longer_walk.control(
    "walks of any length: the whole geometric series"
)
def _(use, weights, decay, steps):
    kernel = use("walk_kernel")(weights, decay, steps=steps)
    identity = array_namespace(weights).eye(weights.shape[0], dtype=weights.dtype)
    return _telescoped(weights, decay, [kernel]), [identity]


@walk_kernel_times_one_less_a_step_is_one_less_a_longer_walk.control("the power of the longest walk counted")
def _(use, weights, decay, steps):
    kernel = use("walk_kernel")(weights, decay, steps=steps)
    return _telescoped(weights, decay, [kernel]), [_one_less_a_power(weights, decay, steps)]


# Six nodes in a ring of one-way streets, with some others, whose weights make two or four equal parts at each node.
_STREETS = np.asarray(
    [
        [0, 1, 0, 3, 0, 0],
        [0, 0, 1, 0, 1, 0],
        [2, 0, 0, 1, 0, 1],
        [0, 0, 1, 1, 2, 0],
        [1, 0, 0, 0, 0, 1],
        [1, 1, 0, 1, 1, 0],
    ]
)


@check
def average_over_all_random_walks_is_the_walk_kernel(
    use, lengths: Positive[Array, "6"], decay: Real[Array, ""]
):
    weights = _streets(lengths)
    return _average_over_walks(use, weights, decay, 4), use("walk_kernel")(weights, decay, steps=2)


def _streets(lengths):
    return lengths[:, None] * array_namespace(lengths).asarray(_STREETS, dtype=lengths.dtype)


def _average_over_walks(use, weights, decay, parts):
    """The mean of the features of walks of two steps over so many midpoints for either, the same ones for all nodes."""
    xp = array_namespace(decay)
    choices = 2 * np.asarray(list(itertools.product(range(parts), repeat=2))) + 1
    chances = xp.asarray(choices, dtype=decay.dtype) / (2 * parts)
    u = xp.broadcast_to(chances[:, :, None], (*choices.shape, weights.shape[0]))
    return xp.mean(use("random_walk_features")(weights, decay, u), axis=0)


@average_over_all_random_walks_is_the_walk_kernel.control(
    "three numbers, which choose some neighbours too often"
)
def _(use, lengths, decay):
    weights = _streets(lengths)
    return _average_over_walks(use, weights, decay, 3), use("walk_kernel")(weights, decay, steps=2)


@average_over_all_random_walks_is_the_walk_kernel.control("the streets the other way round")
def _(use, lengths, decay):
    weights = _streets(lengths)
    return _average_over_walks(use, weights, decay, 4), use("walk_kernel")(weights.mT, decay, steps=2)
