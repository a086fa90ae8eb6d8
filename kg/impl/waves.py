"""Neural fields on a grid: the convolution with an exponential kernel, and the local operator that undoes it.

Conventions: regular grid of spacing one; a function is zero at the points that are not listed; r = e^{−1/σ}.
"""

from __future__ import annotations

from kg.numbers import Array, Probability, Real, array_namespace


def exponential_kernel_convolution(f: Real[Array, "n"], r: Probability[Array, ""]) -> Real[Array, "n+2"]:
    """u_i = (1−r)/(1+r) Σ_j r^{|i−j|} f_j for i from one step before the first point to one step after the last.

    Conventions: total weight one on the whole line; f is zero outside the grid; the result is longer by two.
    Source: :cite:t:`bressloff2014waves`.
    """
    xp = array_namespace(f)
    n = f.shape[0]
    u = []
    for i in range(-1, n + 1):
        total = 0
        for j in range(n):
            total = total + r ** abs(i - j) * f[j]
        u.append((1 - r) / (1 + r) * total)
    return xp.stack(u)


def local_field_operator(u: Real[Array, "n+2"], r: Probability[Array, ""]) -> Real[Array, "n"]:
    """(−r u_{i−1} + (1+r²) u_i − r u_{i+1})/(1−r)², the grid form of (1 − σ²∂²)u, at all points but the two ends.

    Conventions: u is given one step beyond either end of the grid.
    Source: :cite:t:`bressloff2014waves`.
    """
    before, here, after = u[:-2], u[1:-1], u[2:]
    return (-r * before + (1 + r**2) * here - r * after) / (1 - r) ** 2
