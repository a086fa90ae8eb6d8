"""Neural fields: the convolution with an exponential kernel, the local operator that undoes it, and the speed of fronts.

Conventions: regular grid of spacing one; a function is zero at the points that are not listed; r = e^{−1/σ}.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Probability, Real, array_namespace, constant


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


def front_speed(kappa: Probability[Array, ""], sigma: Positive[Array, ""]) -> Real[Array, ""]:
    """The speed of a front of a neural field: σ(1 − 2κ)/(2κ) for κ < ½ and σ(1 − 2κ)/(2(1 − κ)) above.

    Conventions: kernel e^{−|x|/σ}/(2σ), firing where activity exceeds κ, time in units of the decay; a positive speed
    means that activity invades rest.
    Source: :cite:t:`bressloff2014waves`.
    """
    xp = array_namespace(kappa)
    slow = xp.where(2 * kappa < 1, kappa, 1 - kappa)
    return sigma * (1 - 2 * kappa) / (2 * slow)


def front_activity(c: Real[Array, ""], sigma: Positive[Array, ""]) -> Real[Array, ""]:
    """∫_0^∞ e^{−s} W(cs) ds, the activity that a point has gathered when a front of speed c arrives there.

    W is the share of the kernel that firing covers: W(ξ) = ½ e^{−ξ/σ} ahead of the front, 1 − ½ e^{ξ/σ} behind it. For
    ξ = cs both integrals are rates of decay: ∫ e^{−s(1 + |c|/σ)} ds = 1/(1 + |c|/σ).

    Conventions: kernel e^{−|x|/σ}/(2σ), time in units of the decay.
    Source: :cite:t:`bressloff2014waves`.
    """
    xp = array_namespace(c)
    half = 1 / (1 + abs(c) / sigma) / 2
    return xp.where(c > 0, half, 1 - half)


def front_activity_by_quadrature(
    c: Real[Array, ""], sigma: Positive[Array, ""], *, steps: int = 8
) -> Real[Array, ""]:
    """The same integral over the past of a point by the trapezoidal rule, with so many steps to the unit of time.

    Conventions: the past is cut off at 40 units, where e^{−s} is below 10⁻¹⁷; W as in the threshold condition.
    Source: :cite:t:`this_project`.
    """
    xp = array_namespace(c)
    total = 0
    for i in range(40 * steps):
        s = constant(c, i) / steps
        tail = xp.exp(-abs(c * s) / sigma) / 2
        covered = xp.where(c > 0, tail, 1 - tail)
        weight = 1 if i > 0 else constant(c, 1) / 2
        total = total + weight * xp.exp(-s) * covered
    return total / steps
