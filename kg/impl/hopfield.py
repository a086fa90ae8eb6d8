"""Associative memories: energies, the updates that lower them, and the functions they are made of.

Conventions: states and stored patterns are rows; β is an inverse temperature; logarithms are natural; sums over
scores run along the last axis.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Probability, Real, array_namespace, jvp, shift


def log_sum_exp(s: Real[Array, "n m"]) -> Real[Array, "n"]:
    """log Σ_j exp(s_j) along the last axis: a smooth maximum.

    Conventions: temperature one; at least one score.
    Source: :cite:t:`boyd2004convex`.
    """
    xp = array_namespace(s)
    largest = shift(s, axis=-1)
    return (largest + xp.log(xp.sum(xp.exp(s - largest), axis=-1, keepdims=True)))[..., 0]


def negative_entropy(p: Probability[Array, "n m"]) -> Real[Array, "n"]:
    """Σ_j p_j log p_j along the last axis.

    Conventions: in nats; entries are positive.
    Source: :cite:t:`boyd2004convex`.
    """
    xp = array_namespace(p)
    return xp.sum(p * xp.log(p), axis=-1)


def softmax_jacobian(s: Real[Array, "m"]) -> Real[Array, "m m"]:
    """diag(p) − p pᵀ for p = softmax(s): the covariance matrix of one draw from p, written as a unit vector.

    Conventions: temperature one.
    """
    xp = array_namespace(s)
    weights = xp.exp(s - shift(s, axis=-1))
    total = xp.sum(weights)
    identity = xp.eye(s.shape[0], dtype=s.dtype)
    return identity * weights[:, None] / total - weights[:, None] * weights[None, :] / (total * total)


def hopfield_update(
    xi: Real[Array, "n d"], patterns: Real[Array, "m d"], beta: Positive[Array, ""]
) -> Real[Array, "n d"]:
    """ξ ← Σ_j softmax(β X ξ)_j x_j: each state becomes a weighted mean of the stored patterns.

    Conventions: inverse temperature β; one step; no scale 1/√d.
    Source: :cite:t:`ramsauer2021hopfield`.
    """
    xp = array_namespace(xi)
    overlaps = beta * (xi @ patterns.mT)
    weights = xp.exp(overlaps - shift(overlaps, axis=-1))
    return weights @ patterns / xp.sum(weights, axis=-1, keepdims=True)


def hopfield_energy(
    xi: Real[Array, "n d"], patterns: Real[Array, "m d"], beta: Positive[Array, ""]
) -> Real[Array, "n"]:
    """−β⁻¹ log Σ_j exp(β x_j·ξ) + ½|ξ|²: the energy of each state.

    Conventions: the constants β⁻¹ log m + ½ max|x_j|² that make it positive are left out.
    Source: :cite:t:`ramsauer2021hopfield`.
    """
    xp = array_namespace(xi)
    return xp.sum(xi * xi, axis=-1) / 2 - log_sum_exp(beta * (xi @ patterns.mT)) / beta


def concave_convex_step(
    xi: Real[Array, "n d"], patterns: Real[Array, "m d"], beta: Positive[Array, ""]
) -> Real[Array, "n d"]:
    """The minimiser of the convex part ½|ξ|² of the energy plus the tangent of its concave part −β⁻¹ lse(βXξ).

    Conventions: ½|ξ|² has the gradient ξ, so the minimiser is minus the gradient of the concave part; that gradient is
    found by dual numbers, one direction at a time.
    Source: :cite:t:`yuille2003concave`.
    """
    xp = array_namespace(xi)
    identity = xp.eye(xi.shape[1], dtype=xi.dtype)

    def concave(state):
        return -log_sum_exp(beta * (state @ patterns.mT)) / beta

    slopes = [jvp(concave, xi, 0 * xi + identity[i, :]) for i in range(xi.shape[1])]
    return -xp.stack(slopes, axis=-1)


def cubic_memory_energy(x: Real[Array, "n d"], patterns: Real[Array, "m d"]) -> Real[Array, "n"]:
    """−⅓ Σ_j (a_j·x)³: the energy of a dense associative memory of degree three.

    Conventions: states are real and not confined to signs; the factor ⅓ makes its slope attention with squared scores.
    Source: :cite:t:`krotov2016dense`.
    """
    xp = array_namespace(x)
    return -xp.sum((x @ patterns.mT) ** 3, axis=-1) / 3
