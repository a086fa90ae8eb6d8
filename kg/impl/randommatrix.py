"""Trace moments of the Gaussian unitary ensemble.

Conventions: E|H_ij|² = 1/n; traces are divided by n; the moments are those of order four and six.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.numbers import Array, Normal, Real, array_namespace, constant


def gue_moments(g: Normal[Array, "samples n n"]) -> Array:
    """(1/n) tr H⁴ and (1/n) tr H⁶ of Hermitian matrices H made from squares of independent standard normals.

    The diagonal of g is used as it is; the numbers above and below it become real and imaginary parts.

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
