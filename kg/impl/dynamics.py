"""Layers of attention as steps in time: diffusion, particles that attract each other, messages along edges.

Conventions: tokens, particles and nodes are rows; row i of a table of weights or scores says what i reads from each j.
"""

from __future__ import annotations

from kg.numbers import Array, Mask, Positive, Real, UnitRows, array_namespace, constant, shift


def attention_diffusion_step(
    weights: Positive[Array, "n n"], x: Real[Array, "n d"], tau: Real[Array, ""]
) -> Real[Array, "n d"]:
    """x_i + τ Σ_j a_ij (x_j − x_i) with a_ij = w_ij / Σ_l w_il: every token moves towards the mean of what it reads.

    Conventions: weights need not be normalised; step τ.
    Source: :cite:t:`chamberlain2021grand`.
    """
    xp = array_namespace(x)
    shares = weights / xp.sum(weights, axis=1, keepdims=True)
    moves = x[None, :, :] - x[:, None, :]
    return x + tau * xp.sum(shares[:, :, None] * moves, axis=1)


def residual_attention_step(weights: Positive[Array, "n n"], x: Real[Array, "n d"]) -> Real[Array, "n d"]:
    """x + Ax, where A is the table of weights with each row divided by its sum: a layer with a skip connection.

    Conventions: weights need not be normalised; no projections, no normalisation of the output.
    Source: :cite:t:`vaswani2017attention`.
    """
    xp = array_namespace(x)
    rows = [x[i, :] + weights[i, :] @ x / xp.sum(weights[i, :]) for i in range(x.shape[0])]
    return xp.stack(rows)


def interaction_energy(x: UnitRows[Array, "n d"], beta: Positive[Array, ""]) -> Real[Array, ""]:
    """Σ_i Σ_j exp(β x_i·x_j) / (2β): high where particles are close to each other.

    Conventions: pairs are counted in both orders and each particle with itself.
    Source: :cite:t:`geshkovski2025mathematical`.
    """
    xp = array_namespace(x)
    return xp.sum(xp.exp(beta * (x @ x.mT))) / (2 * beta)


def unnormalised_attention_field(x: UnitRows[Array, "n d"], beta: Positive[Array, ""]) -> Real[Array, "n d"]:
    """Σ_j exp(β x_i·x_j) x_j less its part along x_i: the velocity of each particle on the sphere.

    Conventions: no softmax and no factor 1/n; queries, keys and values are the particles themselves.
    Source: :cite:t:`geshkovski2025mathematical`.
    """
    xp = array_namespace(x)
    rows = []
    for i in range(x.shape[0]):
        pull = xp.sum(xp.exp(beta * (x @ x[i, :]))[:, None] * x, axis=0)
        rows.append(pull - xp.sum(pull * x[i, :]) * x[i, :])
    return xp.stack(rows)


def _leaky_relu(x):
    """x where it is positive, a fifth of x elsewhere."""
    return array_namespace(x).where(x > 0, x, x / constant(x, 5))


def graph_attention_scores(
    h: Real[Array, "n d"], a_source: Real[Array, "d"], a_target: Real[Array, "d"]
) -> Real[Array, "n n"]:
    """LeakyReLU(a₁·h_i + a₂·h_j): what node i thinks of its neighbour j, before the softmax.

    Conventions: slope 1/5 below zero; features are projected outside; row i belongs to the node that reads.
    Source: :cite:t:`velickovic2018graph`.
    """
    return _leaky_relu((h @ a_source)[:, None] + (h @ a_target)[None, :])


def dynamic_graph_attention_scores(
    h: Real[Array, "n d"], w_source: Real[Array, "d c"], w_target: Real[Array, "d c"], a: Real[Array, "c"]
) -> Real[Array, "n n"]:
    """a·LeakyReLU(W₁h_i + W₂h_j): the same two steps, the projection to a number now last.

    Conventions: slope 1/5 below zero; row i belongs to the node that reads.
    Source: :cite:t:`brody2022attentive`.
    """
    xp = array_namespace(h)
    hidden = (h @ w_source)[:, None, :] + (h @ w_target)[None, :, :]
    return xp.maximum(hidden, hidden / 5) @ a


def graph_message_passing(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], edges: Mask[Array, "n n"]
) -> Real[Array, "n e"]:
    """Each node's mean of its neighbours' values, weighted by exp(q_i·k_j/√d) along the edges.

    Conventions: edges[i, j] says that i reads j, itself included; a node that reads none keeps its value; scale 1/√d.
    Source: :cite:t:`joshi2025transformers`.
    """
    xp = array_namespace(q)
    nodes = []
    scale = xp.sqrt(constant(q, q.shape[1]))
    for i in range(q.shape[0]):
        neighbours = [j for j in range(k.shape[0]) if edges[i, j]]
        if not neighbours:
            nodes.append(v[i, :])
            continue
        scores = xp.stack([xp.sum(q[i, :] * k[j, :]) / scale for j in neighbours])
        messages = xp.exp(scores - shift(scores))
        total = sum(messages[number] * v[j, :] for number, j in enumerate(neighbours))
        nodes.append(total / xp.sum(messages))
    return xp.stack(nodes)
