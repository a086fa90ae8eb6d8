"""Leverage scores of the rows of a matrix, of the points of a density under Fourier frequencies; least squares on samples.

Conventions: observations, or points, are rows; no regularisation; the sign of the exponent in a wave e^{iλx} is plus;
a density is a list of positive weights on finitely many points.
"""

from __future__ import annotations

from itertools import combinations

from kg.numbers import Array, Complex, Positive, Real, array_namespace, cis


def leverage_scores(a: Real[Array, "n d"]) -> Real[Array, "n"]:
    """Diagonal of the orthogonal projection A (A*A)⁻¹ A* onto the column space of a matrix A, real or complex.

    Conventions: observations are rows; no regularisation; A has full column rank. The diagonal of a complex projection
    is returned as complex numbers whose imaginary parts are zero.
    Source: :cite:t:`mahoney2011randomized`.
    """
    xp = array_namespace(a)
    adjoint = xp.conj(a).mT
    projection = a @ xp.linalg.inv(adjoint @ a) @ adjoint
    return xp.linalg.diagonal(projection)


def leverage_by_solve(a: Real[Array, "n d"]) -> Real[Array, "n"]:
    """For each row a_i the inner product a_iᵀ y_i with the solution of (AᵀA) y_i = a_i.

    Conventions: observations are rows; no regularisation; A has full column rank; no projection matrix is formed.
    Source: :cite:t:`mahoney2011randomized`.
    """
    xp = array_namespace(a)
    gram = xp.matmul(xp.permute_dims(a, (1, 0)), a)
    scores = []
    for i in range(a.shape[0]):
        y = xp.linalg.solve(gram, a[i, :])
        scores.append(xp.sum(a[i, :] * y))
    return xp.stack(scores)


def leverage_by_gram_schmidt(a: Real[Array, "n d"]) -> Real[Array, "n"]:
    """Squared lengths of the rows of Q, whose orthonormal columns come from A by the Gram–Schmidt process.

    The columns u_j are made orthogonal but not unit: q_ij² = u_ij²/‖u_j‖² needs no square root.

    Conventions: observations are rows; Q is thin, with as many columns as A; A has full column rank.
    Source: :cite:t:`drineas2012fast`.
    """
    xp = array_namespace(a)
    orthogonal: list[Array] = []
    scores = 0
    for j in range(a.shape[1]):
        u = a[:, j]
        for w in orthogonal:
            u = u - w * xp.sum(w * u) / xp.sum(w * w)
        orthogonal.append(u)
        scores = scores + u * u / xp.sum(u * u)
    return scores


def fourier_leverage(
    points: Real[Array, "n"], weights: Positive[Array, "n"], frequencies: Real[Array, "d"]
) -> Real[Array, "n"]:
    """The largest share of its energy that a sum of the waves e^{iλ_j x} can put at each point: p(x) v(x)* G⁻¹ v(x).

    G_jk = Σ_t p_t e^{i(λ_k−λ_j)x_t} is the Gram matrix of the waves and v(x)_j = e^{−iλ_j x}.

    Conventions: frequencies fixed and distinct; the density is weights p_t on points x_t. Gram matrix and vector must
    use opposite signs as written; flipping one of them alone gives the leverage of the mirrored point.
    Source: :cite:t:`erdelyi2020fourier`, Equation (1), where the frequencies are free.
    """
    xp = array_namespace(points)
    differences = frequencies[None, :] - frequencies[:, None]
    gram = 0
    for t in range(points.shape[0]):
        gram = gram + weights[t] * cis(differences * points[t])
    shares = []
    for t in range(points.shape[0]):
        v = cis(-frequencies * points[t])
        shares.append(weights[t] * xp.real(xp.sum(xp.conj(v) * xp.linalg.solve(gram, v))))
    return xp.stack(shares)


def fourier_matrix(
    points: Real[Array, "n"], weights: Positive[Array, "n"], frequencies: Real[Array, "d"]
) -> Complex[Array, "n d"]:
    """The matrix of Fourier features of weighted points: √p_t e^{iλ_j x_t} in row t and column j.

    Conventions: sign of the exponent plus; points are rows, frequencies columns.
    Source: :cite:t:`erdelyi2020fourier`.
    """
    xp = array_namespace(points)
    waves = cis(points[:, None] * frequencies[None, :])
    return waves * xp.sqrt(weights)[:, None]


def least_squares(a: Real[Array, "n d"], b: Real[Array, "n"]) -> Real[Array, "d"]:
    """The solution x of the normal equations (AᵀA) x = Aᵀb.

    Conventions: A has full column rank; in floats the condition number is squared.
    """
    xp = array_namespace(a)
    return xp.linalg.solve(a.mT @ a, a.mT @ b)


def volume_sampled_least_squares(a: Real[Array, "n d"], b: Real[Array, "n"]) -> Real[Array, "d"]:
    """The mean of the solutions of A_S x = b_S over all sets S of d rows, each drawn with probability ∝ det(A_S)².

    The solutions come from Cramer's rule, so that a set of dependent rows has weight zero and no solution is asked for.

    Conventions: A has full column rank; every set is visited, there is no random number.
    Source: :cite:t:`derezinski2017unbiased`.
    """
    xp = array_namespace(a)
    total, weight = 0, 0
    for rows in combinations(range(a.shape[0]), a.shape[1]):
        square = xp.stack([a[i, :] for i in rows])
        values = xp.stack([b[i] for i in rows])
        volume = xp.linalg.det(square)
        replaced = [
            xp.stack([values if j == k else square[:, k] for k in range(a.shape[1])], axis=1)
            for j in range(a.shape[1])
        ]
        total = total + volume * xp.stack([xp.linalg.det(one) for one in replaced])
        weight = weight + volume * volume
    return total / weight
