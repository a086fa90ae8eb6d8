"""Checks of the claims about masks that come from graphs: functions of distance, and trees."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, count_operations
from kg.verify import Array, Permutation, Real, Size, check, condition

# Functions of distance -------------------------------------------------------------------------------------------


def _path_graph(n, closed=False):
    """Which of n nodes in a row are neighbours; if closed, the ends are too."""
    i = np.arange(n)
    apart = abs(i[:, None] - i[None, :])
    return (apart == 1) | (apart == n - 1) if closed else apart == 1


def _grid_graph(a, b, closed=False):
    """Which cells of an a×b grid share an edge: one step in one of the two directions."""
    rows, columns = _path_graph(a, closed), _path_graph(b, closed)
    return (np.kron(rows, np.eye(b)) + np.kron(np.eye(a), columns)) > 0


@check
def shortest_path_mask_of_a_line_is_a_toeplitz_matrix(use, values: Real[Array, "n"]):
    mask = use("shortest_path_mask")(values, _path_graph(values.shape[0]))
    # The first entry of the row is not read.
    row = array_namespace(values).concat([0 * values[:1], values[1:]])
    return mask, use("toeplitz_matrix")(values, row)


@shortest_path_mask_of_a_line_is_a_toeplitz_matrix.control("a tree with a fork in place of a line")
def _(use, values):
    n = values.shape[0]
    # Every node from the third on hangs on the second.
    parents = (0, 0, *(1 for _ in range(n - 2)))
    return use("shortest_path_mask")(values, _tree_graph(parents)), use("toeplitz_matrix")(values, values)


@shortest_path_mask_of_a_line_is_a_toeplitz_matrix.control("a matrix that is not symmetric")
def _(use, values):
    xp = array_namespace(values)
    mask = use("shortest_path_mask")(values, _path_graph(values.shape[0]))
    return mask, use("toeplitz_matrix")(values, xp.flip(values, axis=0))


@condition
def ring_of_three_or_more(n):
    return n >= 3


@check(sizes={"n": (3, 4, 5, 6, 7)})
def shortest_path_mask_of_a_ring_is_a_circulant_matrix(use, values: Real[Array, "n"]):
    n = values.shape[0]
    mask = use("shortest_path_mask")(values, _path_graph(n, closed=True))
    return mask, use("circulant_matrix")(
        array_namespace(values).stack([values[min(k, n - k)] for k in range(n)])
    )


shortest_path_mask_of_a_ring_is_a_circulant_matrix.explain(
    "range(c.shape[0])], axis=0)", "the way there is as long as the way back, so the matrix is symmetric"
)


@shortest_path_mask_of_a_ring_is_a_circulant_matrix.control("the ring is cut open")
def _(use, values):
    n = values.shape[0]
    mask = use("shortest_path_mask")(values, _path_graph(n))
    return mask, use("circulant_matrix")(
        array_namespace(values).stack([values[min(k, n - k)] for k in range(n)])
    )


@shortest_path_mask_of_a_ring_is_a_circulant_matrix.control("only one way round")
def _(use, values):
    return use("shortest_path_mask")(values, _path_graph(values.shape[0], closed=True)), use(
        "circulant_matrix"
    )(values)


def _tree_graph(parents):
    """Which nodes of a tree are joined."""
    joined = np.zeros((len(parents), len(parents)), dtype=bool)
    for node, parent in enumerate(parents):
        joined[node, parent] = joined[parent, node] = node != parent
    return joined


def _offsets_by_distance(values, a, b):
    """f(|k| + |l|) over the offsets of an a×b grid."""
    xp = array_namespace(values)
    k, m = abs(np.arange(1 - a, a)), abs(np.arange(1 - b, b))
    return xp.reshape(xp.take(values, (k[:, None] + m[None, :]).reshape(-1), axis=0), (2 * a - 1, 2 * b - 1))


@check(sizes={"a": (2, 3, 4), "b": (2, 3, 4)})
def shortest_path_mask_of_a_grid_is_block_toeplitz(
    use, values: Real[Array, "a*b"], a: Size[int, "a"], b: Size[int, "b"]
):
    mask = use("shortest_path_mask")(values, _grid_graph(a, b))
    return mask, use("block_toeplitz_matrix")(_offsets_by_distance(values, a, b))


@shortest_path_mask_of_a_grid_is_block_toeplitz.control("a torus, on which opposite edges are neighbours")
def _(use, values, a, b):
    mask = use("shortest_path_mask")(values, _grid_graph(a, b, closed=True))
    return mask, use("block_toeplitz_matrix")(_offsets_by_distance(values, a, b))


@shortest_path_mask_of_a_grid_is_block_toeplitz.control("kings: a step to a cell that touches at a corner")
def _(use, values, a, b):
    near = (_path_graph(a) | np.eye(a, dtype=bool), _path_graph(b) | np.eye(b, dtype=bool))
    mask = use("shortest_path_mask")(values, np.kron(*near) & ~np.eye(a * b, dtype=bool))
    return mask, use("block_toeplitz_matrix")(_offsets_by_distance(values, a, b))


@check
def mask_of_distances_on_a_grid_is_not_toeplitz(use, values: Real[Array, "4"]):
    mask = use("shortest_path_mask")(values, _grid_graph(2, 2))
    return mask[1:, 1:], mask[:-1, :-1]


@mask_of_distances_on_a_grid_is_not_toeplitz.counterexample
def _():
    return {"values": [1, 1, 0, 0]}


@mask_of_distances_on_a_grid_is_not_toeplitz.control("all cells in one row")
def _(use, values):
    mask = use("shortest_path_mask")(values, _grid_graph(1, 4))
    return mask[1:, 1:], mask[:-1, :-1]


@mask_of_distances_on_a_grid_is_not_toeplitz.control("the function has the same value at one step and at two")
def _(use, values):
    xp = array_namespace(values)
    level = xp.concat([values[:2], values[1:3]])
    mask = use("shortest_path_mask")(level, _grid_graph(2, 2))
    return mask[1:, 1:], mask[:-1, :-1]


@mask_of_distances_on_a_grid_is_not_toeplitz.control(
    "each entry is the value at the distance of its two cells"
)
def _(use, values):
    mask = use("shortest_path_mask")(values, _grid_graph(2, 2))
    same, near, across = values[0], values[1], values[2]
    rows = [
        [same, near, near, across],
        [near, same, across, near],
        [near, across, same, near],
        [across, near, near, same],
    ]
    xp = array_namespace(values)
    return mask, xp.stack([xp.stack(row) for row in rows])


# Trees -----------------------------------------------------------------------------------------------------------


def _parents(order):
    """A tree of any shape from a permutation: each node hangs on one that came before it."""
    return (0, *(int(order[i]) % i for i in range(1, len(order))))


@check(sizes={"n": (5, 6, 7)})
def two_sweep_tree_product_is_a_product_with_the_path_mask(
    use, weights: Real[Array, "n"], order: Permutation[Array, "n"], x: Real[Array, "n e"]
):
    parents = _parents(order)
    return use("two_sweep_tree_product")(weights, parents, x), use("tree_path_mask")(weights, parents) @ x


@two_sweep_tree_product_is_a_product_with_the_path_mask.control(
    "only the sweep up: no node hears of its parent"
)
def _(use, weights, order, x):
    xp, parents = array_namespace(x), _parents(order)
    below = [x[i, :] for i in range(len(parents))]
    for i in range(len(parents) - 1, 0, -1):
        below[parents[i]] = below[parents[i]] + weights[i] * below[i]
    return xp.stack(below), use("tree_path_mask")(weights, parents) @ x


@two_sweep_tree_product_is_a_product_with_the_path_mask.control("what a node sent up comes back down to it")
def _(use, weights, order, x):
    xp, parents = array_namespace(x), _parents(order)
    total = [x[i, :] for i in range(len(parents))]
    for i in range(len(parents) - 1, 0, -1):
        total[parents[i]] = total[parents[i]] + weights[i] * total[i]
    for i in range(1, len(parents)):
        total[i] = total[i] + weights[i] * total[parents[i]]
    return xp.stack(total), use("tree_path_mask")(weights, parents) @ x


@check(sizes={"n": (5, 6, 7)})
def shortest_path_mask_of_a_tree_is_a_path_mask_for_powers(
    use, gamma: Real[Array, ""], order: Permutation[Array, "n"]
):
    xp, parents = array_namespace(gamma), _parents(order)
    powers = xp.stack([gamma**distance for distance in range(len(parents))])
    mask = use("shortest_path_mask")(powers, _tree_graph(parents))
    return mask, use("tree_path_mask")(xp.broadcast_to(gamma, (len(parents),)), parents)


@shortest_path_mask_of_a_tree_is_a_path_mask_for_powers.control("the distance is squared in the exponent")
def _(use, gamma, order):
    xp, parents = array_namespace(gamma), _parents(order)
    powers = xp.stack([gamma ** (distance**2) for distance in range(len(parents))])
    mask = use("shortest_path_mask")(powers, _tree_graph(parents))
    return mask, use("tree_path_mask")(xp.broadcast_to(gamma, (len(parents),)), parents)


@shortest_path_mask_of_a_tree_is_a_path_mask_for_powers.control("every distance is taken one too long")
def _(use, gamma, order):
    xp, parents = array_namespace(gamma), _parents(order)
    powers = xp.stack([gamma ** (distance + 1) for distance in range(len(parents))])
    mask = use("shortest_path_mask")(powers, _tree_graph(parents))
    return mask, use("tree_path_mask")(xp.broadcast_to(gamma, (len(parents),)), parents)


@check
def two_sweeps_do_not_multiply_by_any_function_of_tree_distance(
    use, gamma: Real[Array, ""], order: Permutation[Array, "n"], x: Real[Array, "n e"]
):
    xp, parents = array_namespace(gamma), _parents(order)
    gaussian = xp.stack([gamma ** (distance**2) for distance in range(len(parents))])
    mask = use("shortest_path_mask")(gaussian, _tree_graph(parents))
    weights = xp.broadcast_to(gamma, (len(parents),))
    return use("two_sweep_tree_product")(weights, parents, x), mask @ x


@two_sweeps_do_not_multiply_by_any_function_of_tree_distance.counterexample
def _():
    return {"gamma": "1/2", "order": [0, 2, 1], "x": [[1], [0], [0]]}


@two_sweeps_do_not_multiply_by_any_function_of_tree_distance.control("a power of the distance")
def _(use, gamma, order, x):
    xp, parents = array_namespace(gamma), _parents(order)
    powers = xp.stack([gamma**distance for distance in range(len(parents))])
    mask = use("shortest_path_mask")(powers, _tree_graph(parents))
    weights = xp.broadcast_to(gamma, (len(parents),))
    return use("two_sweep_tree_product")(weights, parents, x), mask @ x


@check(sizes={"n": (5, 6, 7)})
def cost_of_two_sweep_tree_product_is_five_operations_per_edge(
    use, weights: Real[Array, "n"], order: Permutation[Array, "n"], x: Real[Array, "n e"]
):
    (n, e), parents = x.shape, _parents(order)
    tally = count_operations(lambda w, y: use("two_sweep_tree_product")(w, parents, y), weights, x)
    by_kind = [2 * (n - 1) * e, 3 * (n - 1) * e]
    return [tally["multiply"], tally["add"], sum(tally.values())], [*by_kind, sum(by_kind)]


@cost_of_two_sweep_tree_product_is_five_operations_per_edge.control("the mask multiplied in full")
def _(use, weights, order, x):
    parents = _parents(order)
    tally = count_operations(lambda m, y: m @ y, use("tree_path_mask")(weights, parents), x)
    stated = cost_of_two_sweep_tree_product_is_five_operations_per_edge(
        use, weights=weights, order=order, x=x
    )[1]
    return [tally["multiply"], tally["add"], sum(tally.values())], stated


@cost_of_two_sweep_tree_product_is_five_operations_per_edge.control(
    "the root has an edge to a parent as well"
)
def _(use, weights, order, x):
    counted = cost_of_two_sweep_tree_product_is_five_operations_per_edge(
        use, weights=weights, order=order, x=x
    )[0]
    return counted, [2 * x.size, 3 * x.size, 5 * x.size]
