"""Orthogonal matching pursuit, with least squares afresh at each step and with one new orthonormal direction a step.

Conventions: columns are the atoms; the column with the largest absolute inner product with the residual is chosen; the
pursuit stops after a given number of columns and returns the coefficients of all columns, zero where not chosen.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def orthogonal_matching_pursuit(
    a: Real[Array, "n d"], y: Real[Array, "n"], *, sparsity: int = 2
) -> Real[Array, "d"]:
    """Coefficients of y on `sparsity` columns of A: choose a column, fit all chosen ones again, subtract, repeat.

    Conventions: selection by largest |aⱼᵀr|; the fit is by the normal equations of the chosen columns.
    Source: :cite:t:`tropp2007signal`.
    """
    xp = array_namespace(a)
    residual, chosen = y, []
    for _ in range(sparsity):
        correlation = xp.abs(a.mT @ residual)
        chosen.append(int(xp.argmax(correlation, axis=0)))
        support = xp.stack([a[:, j] for j in chosen], axis=1)
        coefficients = xp.linalg.solve(support.mT @ support, support.mT @ y)
        residual = y - support @ coefficients
    places = xp.eye(a.shape[1], dtype=a.dtype)
    return xp.stack([places[:, j] for j in chosen], axis=1) @ coefficients


def orthogonal_matching_pursuit_by_qr(
    a: Real[Array, "n d"], y: Real[Array, "n"], *, sparsity: int = 2
) -> Real[Array, "d"]:
    """The same pursuit with an orthonormal basis of the chosen columns, each new one subtracting its own share only.

    With A_S = Q R the coefficients solve R x = Qᵀy by back substitution, once, at the end.

    Conventions: selection by largest |aⱼᵀr|.
    Source: :cite:t:`pati1993orthogonal`.
    """
    xp = array_namespace(a)
    residual = y
    order: list[int] = []
    Q: list[Array] = []
    R: list[list[Array]] = []
    for _ in range(sparsity):
        j = int(xp.argmax(xp.abs(xp.sum(a * residual[:, None], axis=0)), axis=0))
        q, shares = a[:, j], []
        for direction in Q:
            share = xp.sum(direction * q)
            shares.append(share)
            q = q - share * direction
        length = xp.sqrt(xp.sum(q * q))
        order.append(j)
        Q.append(q / length)
        R.append([*shares, length])
        residual = residual - xp.sum(Q[-1] * residual) * Q[-1]
    x: dict[int, Array] = {}
    for k in reversed(range(sparsity)):
        remainder = xp.sum(Q[k] * y)
        for later in range(k + 1, sparsity):
            remainder = remainder - R[later][k] * x[order[later]]
        x[order[k]] = remainder / R[k][k]
    zero = 0 * y[0]
    return xp.stack([x.get(j, zero) for j in range(a.shape[1])])
