"""Rank-one terms of a tensor by linear algebra: simultaneous diagonalisation of combinations of its slices.

Conventions: three axes; slices are taken along the third; the columns of a factor matrix are its components.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace


def slice_ratio(t: Real[Array, "d d k"], x: Real[Array, "k"], y: Real[Array, "k"]) -> Real[Array, "d d"]:
    """T(·,·,x) T(·,·,y)⁻¹: the quotient of two combinations of the slices of a tensor along its third axis.

    Conventions: square slices; the second combination is invertible.
    Source: :cite:t:`leurgans1993decomposition`.
    """
    xp = array_namespace(t)
    above, below = t @ x, t @ y
    return xp.linalg.solve(below.mT, above.mT).mT


def jennrich_terms(
    t: Real[Array, "d d k"], x: Real[Array, "k"], y: Real[Array, "k"]
) -> Real[Array, "d d d k"]:
    """The rank-one terms of a tensor, from the spectral projections of the quotient of two combinations of its slices.

    With M = T(·,·,x) T(·,·,y)⁻¹ and its eigenvalues μ_r, the projection ∏_{s≠r} (M − μ_s)/(μ_r − μ_s) keeps term r
    when it multiplies T along the first axis, so no eigenvectors are needed.
    Conventions: as many terms as the slices have rows, which makes the eigenvalues real; the terms are listed along the
    first axis, in the order of the eigenvalues, and each holds its factors multiplied together, so that no scale is
    left to choose.
    Source: :cite:t:`leurgans1993decomposition`.
    """
    xp = array_namespace(t)
    d, _, k = t.shape
    M = slice_ratio(t, x, y)
    identity = xp.eye(d, dtype=t.dtype)
    mu = xp.linalg.eigvals(M)
    terms = []
    for r in range(d):
        projection = identity
        for s in range(d):
            if s != r:
                projection = projection @ (M - mu[s] * identity) / (mu[r] - mu[s])
        terms.append(xp.reshape(projection @ xp.reshape(t, (d, d * k)), t.shape))
    return xp.stack(terms)
