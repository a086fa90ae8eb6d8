"""Random matrices of finite size: trace moments, Haar measure, smallest singular values, spacings, walks that never meet.

Conventions: for moments of the Gaussian unitary ensemble E|H_ij|² = 1/n and traces are divided by n; elsewhere each
function says its scale.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np

from kg.numbers import Array, ComplexNormal, Normal, Real, array_namespace, constant, pi


def gue_moments(g: Normal[Array, "samples n n"]) -> Array:
    """(1/n) tr H⁴ and (1/n) tr H⁶ of Hermitian matrices H made from n×n tables of independent standard normal numbers.

    The diagonal of g is used as it is; the numbers above and below it become real and imaginary parts, divided by √2.
    The whole is divided by √n.

    Conventions: E|H_ij|² = 1/n; any number of leading axes; the two moments are stacked on the last axis.
    Source: :cite:t:`harer1986euler`.
    """
    xp = array_namespace(g)
    n = g.shape[-1]
    upper = (xp.triu(g, k=1) + 1j * xp.tril(g, k=-1).mT) / xp.sqrt(constant(g, 2))
    diagonal = xp.triu(xp.tril(g))
    H = (upper + xp.conj(upper).mT + diagonal) / xp.sqrt(constant(g, n))
    H2 = H @ H
    H4 = H2 @ H2
    H6 = H4 @ H2
    trace = [xp.sum(xp.stack([P[..., i, i] for i in range(n)]), axis=0) for P in (H4, H6)]
    return xp.real(xp.stack(trace, axis=-1)) / n


def harer_zagier_moments(n: Real[Array, ""]) -> Real[Array, "2"]:
    """E (1/n) tr H⁴ and E (1/n) tr H⁶ by the three-term recursion of Harer and Zagier.

    With b_p = E tr H^{2p} for entries of variance one: (p+2) b_{p+1} = (4p+2) n b_p + p(4p²−1) b_{p−1}.

    Conventions: E|H_ij|² = 1/n, so that b_p is divided by n^{p+1}.
    Source: :cite:t:`harer1986euler`.
    """
    xp = array_namespace(n)
    b = [n, n**2]
    for p in (1, 2):
        b.append(((4 * p + 2) * n * b[p] + p * (4 * p**2 - 1) * b[p - 1]) / (p + 2))
    return xp.stack([b[2] / n**3, b[3] / n**4])


def polygon_gluings(n: Real[Array, ""]) -> Real[Array, "2"]:
    """Σ n^{V−p−1} over all ways of gluing the 2p sides of a polygon in pairs, V vertices remaining, for p = 2 and 3.

    Conventions: sides are glued so that the surface is orientable; V − p − 1 is zero for a sphere, −2 for a torus.
    Source: :cite:t:`harer1986euler`.
    """
    xp = array_namespace(n)
    sums = []
    for p in (2, 3):
        total = 0
        for pairing in _pairings(tuple(range(2 * p))):
            total = total + n ** (_vertices(pairing, 2 * p) - p - 1)
        sums.append(total)
    return xp.stack(sums)


def _pairings(sides: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], ...]]:
    if not sides:
        yield ()
        return
    first, rest = sides[0], sides[1:]
    for i, partner in enumerate(rest):
        for others in _pairings(rest[:i] + rest[i + 1 :]):
            yield ((first, partner), *others)


def _vertices(pairing: tuple[tuple[int, int], ...], sides: int) -> int:
    """Corners that are identified when side a is glued to side b in the opposite sense: orbits of i → partner(i) + 1."""
    partner = dict(pairing) | {b: a for a, b in pairing}
    unseen, count = set(range(sides)), 0
    while unseen:
        count += 1
        corner = min(unseen)
        while corner in unseen:
            unseen.remove(corner)
            corner = (partner[corner] + 1) % sides
    return count


def haar_unitary(g: ComplexNormal[Array, "samples n n"]) -> Array:
    """The unitary factor of a complex matrix whose triangular factor has a positive diagonal, by Gram–Schmidt.

    Conventions: columns are taken from left to right; any number of leading axes.
    Source: :cite:t:`mezzadri2007generate`.
    """
    xp = array_namespace(g)
    columns: list[Array] = []
    for j in range(g.shape[-1]):
        v = g[..., :, j]
        for q in columns:
            v = v - q * xp.sum(xp.conj(q) * v, axis=-1)[..., None]
        length = xp.sqrt(xp.sum(xp.real(xp.conj(v) * v), axis=-1))
        columns.append(v / length[..., None])
    return xp.stack(columns, axis=-1)


def householder_unitary(g: ComplexNormal[Array, "samples n n"]) -> Array:
    """The unitary factor that Householder reflections leave, as in LAPACK: no phase is put right afterwards.

    Each step sends a column x to −sign(Re x_1)‖x‖ times the first unit vector, which avoids cancellation.

    Conventions: the triangular factor has a real diagonal of either sign; any number of leading axes.
    Source: :cite:t:`mezzadri2007generate`.
    """
    xp = array_namespace(g)
    n = g.shape[-1]
    Q = xp.eye(n, dtype=g.dtype)
    for j in range(n):
        x = xp.where(np.arange(n) >= j, g[..., :, j], 0)
        alpha = x[..., j]
        beta = -xp.sign(xp.real(alpha)) * xp.sqrt(xp.sum(xp.real(xp.conj(x) * x), axis=-1))
        y = x - beta[..., None] * xp.eye(n, dtype=g.dtype)[j, :]
        outer = y[..., :, None] * xp.conj(y)[..., None, :]
        g = g + outer @ g / (beta * (alpha - beta))[..., None, None]
        Q = Q + Q @ outer / (beta * xp.conj(alpha - beta))[..., None, None]
    return Q


def wishart_second_moment(g: Array) -> Array:
    """(1/p) tr S² of the sample covariance S = X X*/n of p variables in n observations, real or complex.

    Conventions: variables are rows, observations columns; nothing is centred; any number of leading axes.
    Source: :cite:t:`muirhead1982aspects`.
    """
    xp = array_namespace(g)
    p, n = g.shape[-2:]
    S = g @ xp.conj(g).mT / n
    return xp.sum(xp.real(xp.conj(S) * S), axis=(-2, -1)) / p


def least_wishart_eigenvalue(g: Array) -> Array:
    """n λ_min(X X*), the squared smallest singular value of a square matrix times its size.

    Conventions: entries with E|x|² = 1; any number of leading axes.
    Source: :cite:t:`edelman1988eigenvalues`.
    """
    xp = array_namespace(g)
    return g.shape[-1] * xp.linalg.svdvals(g)[..., -1] ** 2


def two_level_spacing(g: Normal[Array, "samples 2 2"]) -> Array:
    """The distance of the two eigenvalues of a 2×2 matrix of the Gaussian unitary ensemble, over its mean 4/√π.

    With entries of variance one the distance is √((g_11 − g_22)² + 2 g_12² + 2 g_21²), √2 times the length of a vector
    of three standard normal numbers.

    Conventions: off the diagonal H_12 = (g_12 + i g_21)/√2.
    Source: :cite:t:`atas2013distribution`.
    """
    xp = array_namespace(g)
    difference = g[..., 0, 0] - g[..., 1, 1]
    distance = xp.sqrt(difference**2 + 2 * g[..., 0, 1] ** 2 + 2 * g[..., 1, 0] ** 2)
    return distance * xp.sqrt(pi(g)) / 4


def three_level_gap_ratio(g: Normal[Array, "samples 3 3"]) -> Array:
    """The smaller over the larger of the two gaps between the eigenvalues of a 3×3 Gaussian unitary matrix.

    Conventions: the diagonal of g is used as it is, the rest becomes real and imaginary parts; scale drops out.
    Source: :cite:t:`atas2013distribution`.
    """
    xp = array_namespace(g)
    upper = (xp.triu(g, k=1) + 1j * xp.tril(g, k=-1).mT) / xp.sqrt(constant(g, 2))
    levels = xp.linalg.eigvalsh(upper + xp.conj(upper).mT + xp.triu(xp.tril(g)))
    low, high = levels[..., 1] - levels[..., 0], levels[..., 2] - levels[..., 1]
    return xp.where(low < high, low, high) / xp.where(low < high, high, low)


def has_real_eigenvalues(g: Normal[Array, "samples 2 2"]) -> Array:
    """One where both eigenvalues of a real 2×2 matrix are real, zero where they are not, by the discriminant.

    Conventions: the sign of (a − d)² + 4bc decides, not the imaginary parts that an eigenvalue routine returns.
    Source: :cite:t:`edelman1997probability`.
    """
    xp = array_namespace(g)
    discriminant = (g[..., 0, 0] - g[..., 1, 1]) ** 2 + 4 * g[..., 0, 1] * g[..., 1, 0]
    return xp.where(discriminant >= 0, xp.ones_like(discriminant), 0)


def noncolliding_walks(up: Real[Array, "t 2*t+5"], down: Real[Array, "t 2*t+5"]) -> Real[Array, "t+1"]:
    """Total weight of the ways in which three walkers take t steps up or down and are never at one place together.

    They start two places apart and end two places apart, having moved t, t − 2, …, −t places: one entry for each. A step
    at time s from place x weighs up[s, x] or down[s, x], and a family of walks the product of its steps.

    Conventions: places are numbered from zero; the walkers start at t, t + 2 and t + 4.
    Source: :cite:t:`karlin1959coincidence`.
    """
    xp = array_namespace(up)
    steps = up.shape[0]
    total: dict[tuple[int, ...], Any] = {(steps, steps + 2, steps + 4): constant(up, 1)}
    for s in range(steps):
        reached: dict[tuple[int, ...], Array] = {}
        for places, weight in total.items():
            for moves in product((1, -1), repeat=3):
                there = tuple(x + move for x, move in zip(places, moves, strict=True))
                if there[0] < there[1] < there[2]:
                    w = weight
                    for x, move in zip(places, moves, strict=True):
                        w = w * (up[s, x] if move > 0 else down[s, x])
                    reached[there] = reached[there] + w if there in reached else w
        total = reached
    return xp.stack([total[2 * k, 2 * k + 2, 2 * k + 4] for k in range(steps, -1, -1)])


def karlin_mcgregor_determinant(
    up: Real[Array, "t 2*t+5"], down: Real[Array, "t 2*t+5"]
) -> Real[Array, "t+1"]:
    """The determinant of the total weights of single walks from the start of each of three walkers to each end.

    Conventions: places are numbered from zero; starts t, t + 2, t + 4; ends moved by t, t − 2, …, −t places.
    Source: :cite:t:`karlin1959coincidence`.
    """
    xp = array_namespace(up)
    steps, places = up.shape
    zero = xp.zeros((3, 1), dtype=up.dtype)
    starts = np.asarray([steps, steps + 2, steps + 4])
    weight = xp.asarray(np.asarray(starts[:, None] == np.arange(places), dtype=int), dtype=up.dtype)
    for s in range(steps):
        rising, falling = weight * up[s, :], weight * down[s, :]
        weight = xp.concat([zero, rising[:, :-1]], axis=1) + xp.concat([falling[:, 1:], zero], axis=1)
    squares = [weight[:, 2 * k : 2 * k + 5 : 2] for k in range(steps, -1, -1)]
    return xp.stack([xp.linalg.det(square) for square in squares])
