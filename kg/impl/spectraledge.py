"""The mean of the largest eigenvalue of Gaussian unitary matrices, for every size and in the limit.

Conventions: E|H_ij|² = 1/2, so that the edge of the spectrum is at √(2n) and the spacing there n^(−1/6)/√2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

# Where the laws below have all but 10⁻¹² of their mass.
_FROM, _TO = -10.0, 6.0


def tracy_widom_mean() -> float:
    """∫ s dF(s) of the law F(s) = det(1 − K) on [s, ∞) with the Airy kernel K(x, y) = ∫₀^∞ Ai(x+t) Ai(y+t) dt.

    Conventions: the law for complex Hermitian matrices (β = 2).
    Source: :cite:t:`tracy1994level`.
    """
    return _mean_with_the_airy_kernel()


def largest_gue_eigenvalue_mean(n: int) -> float:
    """E λ_max of an n×n Gaussian unitary matrix with E|H_ij|² = 1/2, by the kernel Σ φ_k(x) φ_k(y) of Hermite functions.

    Conventions: the chance that no eigenvalue exceeds t is det(1 − K) on [t, ∞), exactly, for every n.
    Source: :cite:t:`bornemann2010numerical`.
    """

    scale = np.sqrt(2) * n ** (1 / 6)

    def kernel(s: Any) -> Any:
        x = np.sqrt(2 * n) + s / scale
        before, here = np.zeros_like(x), np.pi**-0.25 * np.exp(-(x**2) / 2)
        functions = []
        for k in range(n):
            functions.append(here)
            before, here = here, np.sqrt(2 / (k + 1)) * x * here - np.sqrt(k / (k + 1)) * before
        table = np.stack(functions, axis=1)
        return table @ table.T / scale

    return float(np.sqrt(2 * n) + _mean(kernel) / scale)


@cache
def _mean_with_the_airy_kernel() -> float:
    from scipy.special import airy

    t, w = _gauss_legendre(0, 20, 60)

    def kernel(s: Any) -> Any:
        values = airy(s[:, None] + t[None, :])[0]
        return (values * w) @ values.T

    return _mean(kernel)


def _gauss_legendre(low: float, high: float, count: int) -> tuple[Any, Any]:
    points, weights = np.polynomial.legendre.leggauss(count)
    return low + (high - low) * (points + 1) / 2, weights * (high - low) / 2


def _mean(kernel: Callable[[Any], Any]) -> float:
    """The mean of the law whose distribution function is the Fredholm determinant, by Gauss–Legendre quadrature."""
    places, shares = _gauss_legendre(_FROM, _TO, 40)
    law = []
    for s in places:
        x, w = _gauss_legendre(s, s + 16, 30)
        root = np.sqrt(w)
        law.append(np.linalg.det(np.eye(len(x)) - root[:, None] * kernel(x) * root[None, :]))
    return float(_TO - np.sum(shares * np.asarray(law)))
