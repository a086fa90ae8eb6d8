"""Pictures of masks and structured matrices: which query sees which key, and how strongly."""

from __future__ import annotations

from typing import Any

from kg.site.pictures import Use, picture
from kg.site.plot import Plot, curves, matrix

SIZE = 16


def _decaying(count: int) -> Any:
    import numpy as np

    return np.exp(-np.arange(count) / 4)


@picture(
    "Every diagonal of the table has one shade: the entry depends on row minus column only, here falling slowly below the "
    "diagonal and fast above it."
)
def toeplitz_matrix(use: Use) -> Plot:
    """A Toeplitz matrix with two rates of decay."""
    column = _decaying(SIZE)
    return Plot((matrix(use("toeplitz_matrix")(column, column**3), x_label="column j", y_label="row i"),))


@picture(
    "The table for a grid of four by four cells is made of sixteen square blocks; the blocks repeat along their "
    "diagonals, and inside each block the entries repeat along its own."
)
def block_toeplitz_matrix(use: Use) -> Plot:
    """A block Toeplitz matrix with Toeplitz blocks."""
    import numpy as np

    offsets = np.arange(-3, 4)
    kernel = np.exp(-(offsets[:, None] ** 2 + offsets[None, :] ** 2) / 3.0)
    table = use("block_toeplitz_matrix")(kernel)
    return Plot((matrix(table, x_label="cell (k, l)", y_label="cell (i, j)"),))


@picture(
    "Nothing above the diagonal; below it the shades fade with the distance from the diagonal, by the factor γ at each "
    "step: for γ = 0.95 the whole past is still there, for γ = 0.6 only a few tokens."
)
def decay_mask(use: Use) -> Plot:
    """Two decay masks."""
    import numpy as np

    tables = (use("decay_mask")(np.asarray(gamma), n=SIZE) for gamma in (0.95, 0.6))
    return Plot(tuple(matrix(table) for table in tables))


@picture(
    "Weights of causal attention with equal scores and a penalty for every step back: with slope 0.1 a query spreads over "
    "its past, with slope 0.5 it looks at the last few keys. Each row sums to one."
)
def alibi_attention(use: Use) -> Plot:
    """The weights that the bias alone makes, read off by unit values."""
    import numpy as np

    scores, units = np.zeros((SIZE, 2)), np.eye(SIZE)
    tables = (use("alibi_attention")(scores, scores, units, np.asarray(s)) for s in (0.1, 0.5))
    return Plot(tuple(matrix(table) for table in tables))


@picture(
    "A mask on a ring of sixteen nodes: the shade depends on the number of edges between two nodes, so the table is dark "
    "along the diagonal and dark again in the two corners where the ring closes."
)
def shortest_path_mask(use: Use) -> Plot:
    """Distances along a ring."""
    import numpy as np

    shift = np.roll(np.eye(SIZE, dtype=bool), 1, axis=1)
    table = use("shortest_path_mask")(_decaying(SIZE), shift | shift.T)
    return Plot((matrix(table, x_label="node j", y_label="node i"),))


@picture(
    "Products of edge weights along the paths of a binary tree with fifteen nodes: brothers share their shades, and two "
    "leaves in different halves of the tree see little of each other."
)
def tree_path_mask(use: Use) -> Plot:
    """A binary tree, all of whose edges have one weight."""
    import numpy as np

    parents = (0, *((i - 1) // 2 for i in range(1, 15)))
    table = use("tree_path_mask")(np.full(15, 0.7), parents)
    return Plot((matrix(table, x_label="node j", y_label="node i"),))


@picture(
    "The sum that bounds a rotary score, divided by the number of pairs, against the distance of two tokens: it falls "
    "quickly at first, then slowly and with small swings."
)
def rotary_decay_bound(use: Use) -> Plot:
    """The bound for 64 frequencies of the usual choice; queries and keys do not enter the sum."""
    import numpy as np

    frequencies, ones = 10000.0 ** (-np.arange(64) / 64), np.ones(128)
    distances = np.arange(0, 257, 2)
    bound = use("rotary_decay_bound")
    sums = [bound(ones, ones, np.asarray(float(d)), frequencies)[1] / 64 for d in distances]
    return Plot((curves(distances, {"bound": sums}, x_label="distance", y_label="sum over 64 pairs"),))
