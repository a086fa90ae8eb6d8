"""Random walks that return to where they began: personalised PageRank, in scipy.sparse behind a networkx face."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

ALPHA = 0.85
"""The chance of going on; what remains is the chance of returning to a seed."""


def personalised_pagerank(
    graph: nx.Graph[Any], seeds: Mapping[Hashable, float], *, alpha: float = ALPHA
) -> dict[Any, float]:
    """The share of time a walk along the edges spends at each node, if it returns to the seeds now and then.

    Agrees with ``networkx.pagerank`` given the same personalisation, edge weights included. A node without neighbours
    sends the walk back. Raises: ValueError if no seed with a positive weight is a node.
    """
    import networkx as nx
    import numpy as np

    nodes = list(graph)
    start = np.array([float(seeds.get(node, 0.0)) for node in nodes])
    if not start.sum() > 0:
        raise ValueError("no seed is a node of the graph")
    shares = walk(
        nx.to_scipy_sparse_array(graph, nodelist=nodes, dtype=np.dtype(float), format="csr"),
        start,
        alpha=alpha,
    )
    return dict(zip(nodes, shares.tolist(), strict=True))


def walk(
    weights: Any,
    start: NDArray[np.float64],
    *,
    alpha: float = ALPHA,
    tolerance: float = 1e-10,
    rounds: int = 500,
) -> NDArray[np.float64]:
    """The same on a sparse symmetric matrix of weights (n × n) and weights of the seeds (n)."""
    import numpy as np

    degrees = np.asarray(weights.sum(axis=1)).ravel()
    inverse = np.divide(1.0, degrees, out=np.zeros_like(degrees), where=degrees > 0)
    lonely = degrees == 0
    start = start / start.sum()
    shares: NDArray[np.float64] = start
    for _ in range(rounds):
        new: NDArray[np.float64] = (
            alpha * (weights.T @ (shares * inverse) + shares[lonely].sum() * start) + (1 - alpha) * start
        )
        if np.abs(new - shares).sum() < tolerance:
            return new
        shares = new
    return shares


def without(weights: Any, removed: Sequence[int]) -> Any:
    """A copy of the matrix in which these nodes have no edges."""
    import numpy as np
    from scipy.sparse import diags_array

    keep = np.ones(weights.shape[0])
    keep[list(removed)] = 0.0
    mask = diags_array(keep)
    return (mask @ weights @ mask).tocsr()
