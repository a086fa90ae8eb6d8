"""What a small change of a matrix does to a singular value.

Conventions: matrices act from the left; a singular pair is a unit vector u of outputs and v of inputs.
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Positive, Real, UnitRows, array_namespace, constant, jvp


def singular_term(
    w: Real[Array, "e d"], u: UnitRows[Array, "e"], v: UnitRows[Array, "d"]
) -> Real[Array, "e d"]:
    """(u·Wv) u vᵀ: for a singular pair, the term σuvᵀ that it contributes to the matrix.

    Conventions: the singular value is read off as u·Wv, so that the signs of u and v cancel.
    Source: :cite:t:`roth2020adversarial`.
    """
    return (u @ (w @ v)) * (u[:, None] * v[None, :])


def half_squared_singular_value_gradient(
    w: Real[Array, "e d"], square: Positive[Array, ""]
) -> Real[Array, "e d"]:
    """Half of −(∂p/∂W)/(∂p/∂λ) at λ = σ², p(W, λ) = det(λI − WᵀW): how half a squared singular value moves with W.

    Conventions: by implicit differentiation, so no singular vector is needed; λ must be a simple root.
    """
    xp = array_namespace(w)
    e, d = w.shape
    rows, columns = xp.eye(e, dtype=w.dtype), xp.eye(d, dtype=w.dtype)
    slope = jvp(lambda root: _characteristic_polynomial(w, root), square, constant(square, 1))
    moved = [
        jvp(lambda m: _characteristic_polynomial(m, square), w, rows[:, i][:, None] * columns[j, :][None, :])
        for i in range(e)
        for j in range(d)
    ]
    return -xp.reshape(xp.stack(moved), (e, d)) / (2 * slope)


def _characteristic_polynomial(w: Any, root: Any) -> Any:
    """det(λI − WᵀW) by traces of powers (Faddeev and LeVerrier)."""
    xp = array_namespace(w)
    gram, identity = w.mT @ w, xp.eye(w.shape[1], dtype=w.dtype)
    value, power = constant(w, 1), identity
    for k in range(gram.shape[0]):
        product = gram @ power
        coefficient = -xp.sum(product * identity) / (k + 1)
        value, power = value * root + coefficient, product + coefficient * identity
    return value
