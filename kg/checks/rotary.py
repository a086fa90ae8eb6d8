"""Checks of the claims about rotary embeddings: what their scores depend on, and what they do not do."""

from __future__ import annotations

import itertools

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Real, check


@check
def rotary_scores_depend_on_relative_positions(
    use,
    q: Real[Array, "n 2*h"],
    k: Real[Array, "m 2*h"],
    query_positions: Real[Array, "n"],
    key_positions: Real[Array, "m"],
    frequencies: Real[Array, "h"],
):
    inputs = (q, k, query_positions, key_positions, frequencies)
    return use("rotary_scores")(*inputs), use("relative_rotary_scores")(*inputs)


@rotary_scores_depend_on_relative_positions.control("a sinusoidal embedding is added instead")
def _(use, q, k, query_positions, key_positions, frequencies):
    def added(x, positions):
        xp = array_namespace(x)
        angles = positions[:, None] * frequencies[None, :]
        waves = xp.stack([xp.sin(angles), xp.cos(angles)], axis=2)
        return x + xp.reshape(waves, x.shape)

    left = added(q, query_positions) @ added(k, key_positions).mT
    return left, use("relative_rotary_scores")(q, k, query_positions, key_positions, frequencies)


@rotary_scores_depend_on_relative_positions.control("the key is turned backwards")
def _(use, q, k, query_positions, key_positions, frequencies):
    left = use("rotary_scores")(q, k, query_positions, -key_positions, frequencies)
    return left, use("relative_rotary_scores")(q, k, query_positions, key_positions, frequencies)


@rotary_scores_depend_on_relative_positions.control("the query pairs neighbours and the key its two halves")
def _(use, q, k, query_positions, key_positions, frequencies):
    turned = use("half_split_rotary_embedding")(k, key_positions, frequencies)
    left = use("rotary_embedding")(q, query_positions, frequencies) @ turned.mT
    return left, use("relative_rotary_scores")(q, k, query_positions, key_positions, frequencies)


@check
def rotary_scores_are_products_of_complex_numbers(
    use,
    q: Real[Array, "n 2*h"],
    k: Real[Array, "m 2*h"],
    query_positions: Real[Array, "n"],
    key_positions: Real[Array, "m"],
    frequencies: Real[Array, "h"],
):
    inputs = (q, k, query_positions, key_positions, frequencies)
    return use("complex_rotary_scores")(*inputs), use("rotary_scores")(*inputs)


@rotary_scores_are_products_of_complex_numbers.control("the key is not conjugated")
def _(use, q, k, query_positions, key_positions, frequencies):
    xp = array_namespace(k)
    mirrored = xp.reshape(xp.stack([k[:, 0::2], -k[:, 1::2]], axis=2), k.shape)
    inputs = (query_positions, key_positions, frequencies)
    return use("complex_rotary_scores")(q, mirrored, *inputs), use("rotary_scores")(q, k, *inputs)


@rotary_scores_are_products_of_complex_numbers.control("the turn is by key minus query")
def _(use, q, k, query_positions, key_positions, frequencies):
    left = use("complex_rotary_scores")(q, k, -query_positions, -key_positions, frequencies)
    return left, use("rotary_scores")(q, k, query_positions, key_positions, frequencies)


@check
def half_split_rotary_embedding_is_a_rotary_embedding_of_reordered_features(
    use, x: Real[Array, "n 2*h"], positions: Real[Array, "n"], frequencies: Real[Array, "h"]
):
    xp = array_namespace(x)
    h = x.shape[1] // 2
    shuffled = np.arange(2 * h).reshape(2, h).T.reshape(-1)  # 0, h, 1, h + 1, …
    turned = use("rotary_embedding")(xp.take(x, shuffled, axis=1), positions, frequencies)
    left = use("half_split_rotary_embedding")(x, positions, frequencies)
    return left, xp.take(turned, np.argsort(shuffled), axis=1)


@half_split_rotary_embedding_is_a_rotary_embedding_of_reordered_features.control("nothing is reordered")
def _(use, x, positions, frequencies):
    inputs = (x, positions, frequencies)
    return use("half_split_rotary_embedding")(*inputs), use("rotary_embedding")(*inputs)


@half_split_rotary_embedding_is_a_rotary_embedding_of_reordered_features.control("the order is not undone")
def _(use, x, positions, frequencies):
    xp = array_namespace(x)
    shuffled = np.arange(x.shape[1]).reshape(2, -1).T.reshape(-1)
    turned = use("rotary_embedding")(xp.take(x, shuffled, axis=1), positions, frequencies)
    return use("half_split_rotary_embedding")(x, positions, frequencies), turned


def _score(use, q, k, distance, frequencies):
    """The score of a query that is ahead of a key by a distance."""
    positions = (distance[None], array_namespace(distance).zeros_like(distance[None]))
    return use("rotary_scores")(q[None, :], k[None, :], *positions, frequencies)[0, 0]


@check(relation="<=")
def rotary_scores_need_not_decay_with_distance(
    use,
    q: Real[Array, "2*h"],
    k: Real[Array, "2*h"],
    distance: Real[Array, ""],
    frequencies: Real[Array, "h"],
):
    xp = array_namespace(q)
    near = _score(use, q, k, 0 * distance, frequencies)
    return xp.abs(_score(use, q, k, distance, frequencies)), xp.abs(near)


@rotary_scores_need_not_decay_with_distance.counterexample
def _():
    return {"q": [0, 1], "k": [1, 0], "distance": 1, "frequencies": [1]}


@rotary_scores_need_not_decay_with_distance.control("query and key are the same vector")
def _(use, q, distance, frequencies):
    xp = array_namespace(q)
    near = _score(use, q, q, 0 * distance, frequencies)
    return xp.abs(_score(use, q, q, distance, frequencies)), xp.abs(near)


@check(sizes={"h": (1, 2, 3, 4)})
def rotary_score_is_at_most_its_decay_bound(
    use,
    q: Real[Array, "2*h"],
    k: Real[Array, "2*h"],
    distance: Real[Array, ""],
    frequencies: Real[Array, "h"],
):
    largest_step, partial_sums = use("rotary_decay_bound")(q, k, distance, frequencies)
    return _score(use, q, k, distance, frequencies), largest_step * partial_sums


@rotary_score_is_at_most_its_decay_bound.witness
def _(q, distance):
    # Products of query and key that fall by one from pair to pair, at distance zero, where all turns are one.
    h = q.shape[0] // 2
    falling = np.stack([np.arange(h, 0, -1.0), np.zeros(h)], axis=1).reshape(-1)
    ones = np.stack([np.ones(h), np.zeros(h)], axis=1).reshape(-1)
    return {"q": falling, "k": ones, "distance": 0 * distance}


@rotary_score_is_at_most_its_decay_bound.control("the last step, down to zero, is left out")
def _(use, q, k, distance, frequencies):
    xp = array_namespace(q)
    ends = [xp.concat([x, x[-2:]]) for x in (q, k)]
    more = xp.concat([frequencies, 0 * frequencies[:1]])
    h = (ends[0][0::2] + 1j * ends[0][1::2]) * xp.conj(ends[1][0::2] + 1j * ends[1][1::2])
    turns = xp.cumulative_sum(xp.cos(distance * more) + 1j * xp.sin(distance * more))[:-1]
    bound = xp.max(xp.abs(h[1:] - h[:-1])) * xp.sum(xp.abs(turns))
    return _score(use, q, k, distance, frequencies), bound


@rotary_score_is_at_most_its_decay_bound.control("only the sum of all turns is used, not those on the way")
def _(use, q, k, distance, frequencies):
    xp = array_namespace(q)
    h = (q[0::2] + 1j * q[1::2]) * xp.conj(k[0::2] + 1j * k[1::2])
    steps = xp.concat([h[1:], 0 * h[:1]]) - h
    angles = distance * frequencies
    whole = xp.abs(xp.sum(xp.cos(angles) + 1j * xp.sin(angles)))
    return _score(use, q, k, distance, frequencies), xp.max(xp.abs(steps)) * whole


@check
def rotary_decay_bound_is_the_same_after_a_common_turn(
    use,
    q: Real[Array, "2*h"],
    k: Real[Array, "2*h"],
    position: Real[Array, ""],
    distance: Real[Array, ""],
    frequencies: Real[Array, "h"],
):
    bound = use("rotary_decay_bound")
    turned = [_turned(use, v, position, frequencies) for v in (q, k)]
    return bound(q, k, distance, frequencies), bound(*turned, distance, frequencies)


def _turned(use, v, position, frequencies):
    return use("rotary_embedding")(v[None, :], position[None], frequencies)[0, :]


rotary_decay_bound_is_the_same_after_a_common_turn.explain(
    "positions[:, None] * frequencies[None, :] →", "a common turn by any other angle changes nothing either"
)


@rotary_decay_bound_is_the_same_after_a_common_turn.control("only the query is turned")
def _(use, q, k, position, distance, frequencies):
    bound = use("rotary_decay_bound")
    turned = _turned(use, q, position, frequencies)
    return bound(q, k, distance, frequencies), bound(turned, k, distance, frequencies)


@rotary_decay_bound_is_the_same_after_a_common_turn.control("the key is turned the other way")
def _(use, q, k, position, distance, frequencies):
    bound = use("rotary_decay_bound")
    turned = _turned(use, q, position, frequencies), _turned(use, k, -position, frequencies)
    return bound(q, k, distance, frequencies), bound(*turned, distance, frequencies)


@check
def rotary_score_needs_the_query_weights_transposed(
    use,
    x: Real[Array, "2*h"],
    y: Real[Array, "2*h"],
    query_weights: Real[Array, "2*h 2*h"],
    key_weights: Real[Array, "2*h 2*h"],
    distance: Real[Array, ""],
    frequencies: Real[Array, "h"],
):
    left = _score(use, query_weights @ x, key_weights @ y, distance, frequencies)
    turned = use("rotary_embedding")((key_weights @ y)[None, :], -distance[None], frequencies)[0, :]
    return left, x @ query_weights @ turned


@rotary_score_needs_the_query_weights_transposed.counterexample
def _():
    return {
        "x": [1, 0],
        "y": [0, 1],
        "query_weights": [[0, 1], [0, 0]],
        "key_weights": [[1, 0], [0, 1]],
        "distance": 0,
        "frequencies": [1],
    }


@rotary_score_needs_the_query_weights_transposed.control("with the transpose")
def _(use, x, y, query_weights, key_weights, distance, frequencies):
    left = _score(use, query_weights @ x, key_weights @ y, distance, frequencies)
    turned = use("rotary_embedding")((key_weights @ y)[None, :], -distance[None], frequencies)[0, :]
    return left, x @ query_weights.mT @ turned


def _mean_of_squared_scores(use, queries, k, query_position, key_position, frequencies):
    xp = array_namespace(k)
    q = xp.asarray(queries, dtype=k.dtype)
    there = xp.broadcast_to(query_position, q.shape[:1])
    scores = use("rotary_scores")(q, k[None, :], there, key_position[None], frequencies)
    return xp.mean(scores[:, 0] ** 2, axis=0)


def _signs(width):
    """All vectors of ones and minus ones: products of two entries have the means that normal ones have."""
    return np.asarray(list(itertools.product((1, -1), repeat=width)))


@check(sizes={"h": (1, 2, 3)})
def expectation_of_squared_rotary_score_is_the_same_at_every_distance(
    use,
    k: Real[Array, "2*h"],
    query_position: Real[Array, ""],
    key_position: Real[Array, ""],
    frequencies: Real[Array, "h"],
):
    places = query_position, key_position, frequencies
    return _mean_of_squared_scores(use, _signs(k.shape[0]), k, *places), k @ k


expectation_of_squared_rotary_score_is_the_same_at_every_distance.explain(
    "positions[:, None] * frequencies[None, :] →", "a turn by any angle keeps the length of the key"
)


@expectation_of_squared_rotary_score_is_the_same_at_every_distance.control("it falls with the distance")
def _(use, k, query_position, key_position, frequencies):
    places = query_position, key_position, frequencies
    fall = 1 + (query_position - key_position) ** 2
    return _mean_of_squared_scores(use, _signs(k.shape[0]), k, *places), k @ k / fall


@expectation_of_squared_rotary_score_is_the_same_at_every_distance.control(
    "the two entries of a pair are equal, and not independent"
)
def _(use, k, query_position, key_position, frequencies):
    places = query_position, key_position, frequencies
    pairs = np.repeat(_signs(k.shape[0] // 2), 2, axis=1)
    return _mean_of_squared_scores(use, pairs, k, *places), k @ k


@expectation_of_squared_rotary_score_is_the_same_at_every_distance.control("the scores are divided by √d")
def _(use, k, query_position, key_position, frequencies):
    places = query_position, key_position, frequencies
    return _mean_of_squared_scores(use, _signs(k.shape[0]), k, *places) / k.shape[0], k @ k
