"""Tensors as sums of rank-one terms and as Tucker tensors, and the terms by alternating least squares.

Conventions: three axes; the columns of a factor matrix are its components; unfoldings read row by row (the last index
runs fastest).
"""

from __future__ import annotations

from typing import Any

from kg.numbers import Array, Real, array_namespace


def cp_tensor(a: Real[Array, "i r"], b: Real[Array, "j r"], c: Real[Array, "k r"]) -> Real[Array, "i j k"]:
    """Σ_r a_r∘b_r∘c_r, the sum of the outer products of the columns of three factor matrices.

    Conventions: no separate weights; they are part of the factors.
    Source: :cite:t:`kolda2009tensor`.
    """
    xp = array_namespace(a)
    terms = [a[:, r, None, None] * b[None, :, r, None] * c[None, None, :, r] for r in range(a.shape[1])]
    return xp.sum(xp.stack(terms), axis=0)


def khatri_rao_product(b: Real[Array, "j r"], c: Real[Array, "k r"]) -> Real[Array, "j*k r"]:
    """The matrix whose column r is the Kronecker product of column r of B and column r of C.

    Conventions: row j·K + k holds b_jr c_kr.
    Source: :cite:t:`kolda2009tensor`.
    """
    xp = array_namespace(b)
    return xp.reshape(b[:, None, :] * c[None, :, :], (b.shape[0] * c.shape[0], b.shape[1]))


def tucker_tensor(
    core: Real[Array, "p q s"], u: Real[Array, "i p"], v: Real[Array, "j q"], w: Real[Array, "k s"]
) -> Real[Array, "i j k"]:
    """Σ_pqs g_pqs u_p∘v_q∘w_s: a core tensor multiplied by a matrix along each of its axes.

    Conventions: the factors need not be orthogonal.
    Source: :cite:t:`kolda2009tensor`.
    """
    xp = array_namespace(core)
    return xp.einsum("pqs,ip,jq,ks->ijk", core, u, v, w)


def cp_least_squares_factor(
    t: Real[Array, "i j k"], b: Real[Array, "j r"], c: Real[Array, "k r"]
) -> Real[Array, "i r"]:
    """The first factor that fits a tensor best when the other two are held fixed: one update of alternating least squares.

    It solves A (BᵀB * CᵀC) = M with m_ir = Σ_jk t_ijk b_jr c_kr, where * multiplies entry by entry.
    Conventions: the Khatri–Rao product of B and C has independent columns; it is never formed.
    Source: :cite:t:`kolda2009tensor`.
    """
    xp = array_namespace(t)
    gram = (b.mT @ b) * (c.mT @ c)
    read = xp.stack(
        [
            xp.sum(xp.sum(t * b[None, :, r, None] * c[None, None, :, r], axis=2), axis=1)
            for r in range(b.shape[1])
        ]
    )
    return xp.linalg.solve(gram, read).mT


def cp_alternating_least_squares(
    t: Real[Array, "i j k"], b: Real[Array, "j r"], c: Real[Array, "k r"], *, sweeps: int = 1
) -> tuple[Any, Any, Any]:
    """Fit the three factors of a CP decomposition in turn, each by least squares with the other two held fixed.

    Conventions: starts from the second and third factor; no normalisation of columns; returns the three factors.
    Source: :cite:t:`kolda2009tensor`.
    """
    xp = array_namespace(t)
    a: Any = None
    for _ in range(sweeps):
        a = cp_least_squares_factor(t, b, c)
        b = cp_least_squares_factor(xp.permute_dims(t, (1, 0, 2)), a, c)
        c = cp_least_squares_factor(xp.permute_dims(t, (2, 0, 1)), a, b)
    return a, b, c
