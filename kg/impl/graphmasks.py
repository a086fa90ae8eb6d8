"""Masks that come from graphs: functions of distance, and products along the paths of a tree.

Conventions: a graph is a table of zeros and ones that says which nodes are joined; a tree is the list of the parents
of its nodes, each before its children, with the root first and its own parent; a mask has one row and one column for
each node.
"""

from __future__ import annotations

import numpy as np

from kg.numbers import Array, Mask, Real, array_namespace


def shortest_path_mask(values: Real[Array, "n"], joined: Mask[Array, "n n"]) -> Real[Array, "n n"]:
    """M_ij = f(number of edges on a shortest path from i to j), f given by its values f(0), f(1), ….

    Conventions: edges lead from rows to columns; nodes without a path have the entry zero.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(values)
    n = joined.shape[0]
    # n stands for "not reached yet", as no distance is longer than n − 1.
    distance = np.where(np.eye(n, dtype=bool), 0, n)
    for step in range(n):
        next_to_reached = (distance == step).astype(int) @ joined.astype(int) > 0
        distance = np.where(next_to_reached & (distance == n), step + 1, distance)
    padded = xp.concat([values, xp.zeros_like(values)])
    return xp.reshape(xp.take(padded, distance.reshape(-1), axis=0), (n, n))


def tree_path_mask(weights: Real[Array, "n"], parents: tuple[int, ...]) -> Real[Array, "n n"]:
    """M_ij = the product of the weights of the edges on the path from i to j in a tree.

    Conventions: weight number i is that of the edge from node i to its parent; that of the root is not read.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(weights)
    n = len(parents)
    rows, to_the_root = [], [frozenset[int]()]
    for i in range(1, n):
        to_the_root.append(to_the_root[parents[i]] | {i})
    for i in range(n):
        row = []
        for j in range(n):
            product = xp.ones((), dtype=weights.dtype)
            for edge in sorted(to_the_root[i] ^ to_the_root[j]):
                product = product * weights[edge]
            row.append(product)
        rows.append(xp.stack(row))
    return xp.stack(rows)


def two_sweep_tree_product(
    weights: Real[Array, "n"], parents: tuple[int, ...], x: Real[Array, "n e"]
) -> Real[Array, "n e"]:
    """Σ_j M_ij x_j for the products M along paths, by one sweep up the tree and one down.

    Conventions: as for the mask itself; each edge is used twice.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(weights)
    n = len(parents)
    below = [x[i, :] for i in range(n)]
    sent = list(below)
    for i in range(n - 1, 0, -1):
        sent[i] = weights[i] * below[i]
        below[parents[i]] = below[parents[i]] + sent[i]
    total = list(below)
    for i in range(1, n):
        # What the parent knows from everywhere but node i, and what node i knows from below.
        total[i] = below[i] + weights[i] * (total[parents[i]] - sent[i])
    return xp.stack(total)
