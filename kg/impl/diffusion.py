"""Diffusion and random walks on graphs, whose kernels are masks of attention.

Conventions: a graph is a symmetric table of weights; a kernel has one row and one column for each node.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Real, Symmetric, Uniform, array_namespace


def graph_laplacian(weights: Symmetric[Array, "n n"]) -> Symmetric[Array, "n n"]:
    """L = D − W: the sums of the rows on the diagonal, less the weights.

    Conventions: not normalised; the weight of an edge from a node to itself drops out.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(weights)
    degrees = xp.sum(weights, axis=1)
    return degrees[:, None] * xp.eye(weights.shape[0], dtype=weights.dtype) - weights


def dirichlet_energy(weights: Symmetric[Array, "n n"], x: Real[Array, "n"]) -> Real[Array, ""]:
    """½ Σ_ij W_ij (x_i − x_j)²: how much a function on the nodes changes along the edges.

    Conventions: every edge once, as the pair is met in both orders and halved.
    """
    xp = array_namespace(weights)
    return xp.sum(weights * (x[:, None] - x[None, :]) ** 2) / 2


def heat_kernel(
    vectors: Real[Array, "n n"], eigenvalues: Real[Array, "n"], time: Real[Array, ""]
) -> Real[Array, "n n"]:
    """e^{−tL} = Σ_k e^{−tλ_k} u_k u_kᵀ from the eigenvalues λ_k and eigenvectors u_k of a Laplacian L.

    Conventions: eigenvectors are the columns of an orthogonal matrix.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(time)
    return (xp.exp(-time * eigenvalues)[None, :] * vectors) @ vectors.mT


def euler_diffusion(
    laplacian: Real[Array, "n n"], time: Real[Array, ""], *, steps: int = 4
) -> Real[Array, "n n"]:
    """(I − tL/k)^k: k steps of length t/k of the explicit Euler method for the heat equation.

    Conventions: at least one step.
    """
    xp = array_namespace(laplacian)
    state = xp.eye(laplacian.shape[0], dtype=laplacian.dtype)
    for _ in range(steps):
        state = state - (time / steps) * (laplacian @ state)
    return state


def cartesian_product_graph(
    first: Symmetric[Array, "n n"], second: Symmetric[Array, "m m"]
) -> Symmetric[Array, "n*m n*m"]:
    """The graph of pairs of nodes in which one of the two moves along an edge of its own graph.

    Conventions: pair (i, j) is node i·m + j; edges keep their weights.
    Source: :cite:t:`choromanski2022masked`.
    """
    xp = array_namespace(first)
    n, m = first.shape[0], second.shape[0]
    rows = []
    for i in range(n):
        diagonal = xp.eye(m, dtype=second.dtype)
        blocks = [first[i, k] * diagonal + (second if i == k else 0 * second) for k in range(n)]
        rows.append(xp.concat(blocks, axis=1))
    return xp.concat(rows, axis=0)


def walk_kernel(
    weights: Symmetric[Array, "n n"], decay: Real[Array, ""], *, steps: int = 4
) -> Real[Array, "n n"]:
    """Σ_{l ≤ steps} (γW)^l: all walks of at most so many steps, each counted with the product of its weights.

    Conventions: the empty walk counts one; a walk of l steps carries γ^l.
    Source: :cite:t:`reid2025linear`.
    """
    xp = array_namespace(weights)
    identity = xp.eye(weights.shape[0], dtype=weights.dtype)
    total = identity
    for _ in range(steps):
        total = identity + decay * (weights @ total)
    return total


def random_walk_features(
    weights: Positive[Array, "n n"], decay: Real[Array, ""], u: Uniform[Array, "samples steps n"]
) -> Real[Array, "samples n n"]:
    """Walk from every node to random neighbours, and leave a load at each node on the way: graph random features.

    Conventions: a neighbour is chosen with a probability in proportion to the weight of its edge, by one uniform number
    for each step; the load starts at one and is multiplied by γ and the sum of the weights of the node that is left.
    Source: :cite:t:`reid2025linear`.
    """
    xp = array_namespace(weights)
    n = weights.shape[0]
    degrees = xp.sum(weights, axis=1)
    upper = xp.cumulative_sum(weights / degrees[:, None], axis=1)
    lower = xp.concat([xp.zeros((n, 1), dtype=weights.dtype), upper[:, :-1]], axis=1)
    place = xp.broadcast_to(xp.eye(n, dtype=weights.dtype), (u.shape[0], n, n))
    load, total = 1, place
    for step in range(u.shape[1]):
        load = load * decay * (place @ degrees)
        chance = u[:, step, :, None]
        chosen = (place @ lower <= chance) & (chance < place @ upper)
        place = xp.where(chosen, xp.ones(chosen.shape, dtype=weights.dtype), 0)
        total = total + load[:, :, None] * place
    return total
