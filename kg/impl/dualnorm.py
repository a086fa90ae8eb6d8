"""Worst perturbations in balls of several norms: of the input of a linear model, and of a least-squares problem.

Conventions: vectors are one-dimensional; the label is in the weights already; residuals are measured by their length.
"""

from __future__ import annotations

from itertools import product

from kg.numbers import Array, Positive, Real, array_namespace


def p_norm(x: Real[Array, "d"], p: Positive[Array, ""]) -> Real[Array, ""]:
    """(Σ|x_i|^p)^(1/p), by logarithms.

    Conventions: p is any number of at least one, not the limit ∞; no entry is zero.
    """
    xp = array_namespace(x)
    powers = xp.exp(p * xp.log(xp.abs(x)))
    return xp.exp(xp.log(xp.sum(powers)) / p)


def margin_at_the_worst_vertex(
    w: Real[Array, "d"], x: Real[Array, "d"], epsilon: Positive[Array, ""]
) -> Real[Array, ""]:
    """min of w·(x + δ) over the 2d vertices δ = ±ε e_i: the margin after the worst perturbation of one input.

    Conventions: a linear function on the ball ‖δ‖₁ ≤ ε is least at a vertex.
    """
    xp = array_namespace(w)
    axes = xp.eye(w.shape[0], dtype=w.dtype)
    vertices = [sign * axes[i, :] for sign in (-1, 1) for i in range(w.shape[0])]
    return xp.min(xp.stack([w @ (x + epsilon * vertex) for vertex in vertices]))


def margin_less_the_largest_weight(
    w: Real[Array, "d"], x: Real[Array, "d"], epsilon: Positive[Array, ""]
) -> Real[Array, ""]:
    """w·x − ε‖w‖_∞.

    Conventions: the norm is dual to the one that measures the perturbation, here the sum of moduli.
    """
    xp = array_namespace(w)
    return w @ x - epsilon * xp.max(xp.abs(w))


def residual_at_the_worst_columns(
    a: Real[Array, "m n"], y: Real[Array, "m"], x: Real[Array, "n"], c: Positive[Array, ""]
) -> Real[Array, ""]:
    """max ‖y − (A + Δ)x‖ over the 2^n matrices Δ whose columns are ±c r/‖r‖, r = y − Ax.

    Conventions: each column is moved by the length c along the residual, forwards or backwards.
    Source: :cite:t:`xu2010robust`.
    """
    xp = array_namespace(a)
    r = y - a @ x
    unit = r / xp.sqrt(xp.sum(r * r))
    lengths = []
    for signs in product((-1, 1), repeat=a.shape[1]):
        moved = xp.stack([a[:, j] + sign * c * unit for j, sign in enumerate(signs)], axis=1)
        changed = y - moved @ x
        lengths.append(xp.sqrt(xp.sum(changed * changed)))
    return xp.max(xp.stack(lengths))


def residual_plus_the_lasso_penalty(
    a: Real[Array, "m n"], y: Real[Array, "m"], x: Real[Array, "n"], c: Positive[Array, ""]
) -> Real[Array, ""]:
    """‖y − Ax‖ + c‖x‖₁.

    Conventions: the length of the residual is not squared.
    Source: :cite:t:`xu2010robust`.
    """
    xp = array_namespace(a)
    r = y - xp.sum(a * x, axis=1)
    return xp.sqrt(r @ r) + c * xp.sum(xp.abs(x))


def residual_at_the_worst_matrix(
    a: Real[Array, "m n"], y: Real[Array, "m"], x: Real[Array, "n"], c: Positive[Array, ""]
) -> Real[Array, ""]:
    """‖y − (A + Δ)x‖ for Δ = −c r xᵀ/(‖r‖‖x‖), r = y − Ax: the change of Frobenius norm c that points against r.

    Conventions: the change has rank one; no other of its Frobenius norm does more.
    Source: :cite:t:`elghaoui1997robust`.
    """
    xp = array_namespace(a)
    r = y - a @ x
    change = -c * r[:, None] * x[None, :] / (xp.sqrt(xp.sum(r * r)) * xp.sqrt(xp.sum(x * x)))
    changed = y - (a + change) @ x
    return xp.sqrt(xp.sum(changed * changed))


def residual_plus_the_length_of_the_coefficients(
    a: Real[Array, "m n"], y: Real[Array, "m"], x: Real[Array, "n"], c: Positive[Array, ""]
) -> Real[Array, ""]:
    """‖y − Ax‖ + c‖x‖₂.

    Conventions: neither the residual nor the penalty is squared.
    Source: :cite:t:`elghaoui1997robust`.
    """
    xp = array_namespace(a)
    r = y - xp.sum(a * x, axis=1)
    return xp.sqrt(r @ r) + c * xp.sqrt(x @ x)
