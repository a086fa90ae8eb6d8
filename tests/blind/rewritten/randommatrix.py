"""Trace moments of the Gaussian unitary ensemble, from its definition, and gluings of polygons."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np


def gue_moments(g):
    """(1/n) tr H⁴ and (1/n) tr H⁶ for every square table g of standard normal numbers."""
    n = g.shape[-1]
    tables = g.reshape(-1, n, n)
    moments = []
    for table in tables:
        h = np.zeros((n, n), dtype=complex)
        for i in range(n):
            h[i, i] = table[i, i]
            for j in range(i + 1, n):
                h[i, j] = (table[i, j] + 1j * table[j, i]) / np.sqrt(2)
                h[j, i] = np.conj(h[i, j])
        h = h / np.sqrt(n)
        square = h @ h
        moments.append([np.trace(square @ square).real / n, np.trace(square @ square @ square).real / n])
    return np.array(moments).reshape(*g.shape[:-2], 2)


def harer_zagier_moments(n):
    """(p+2) b_{p+1} = (4p+2) n b_p + p(4p²−1) b_{p−1} from b_0 = n, b_1 = n²; b_p is divided by n^{p+1}."""
    b = [n, n * n]
    for p in (1, 2):
        b.append(((4 * p + 2) * n * b[p] + p * (4 * p * p - 1) * b[p - 1]) / (p + 2))
    return np.array([b[2] / n**3, b[3] / n**4])


def pairings(items):
    """All ways of joining the items in pairs."""
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    return [[(first, other), *more] for other in rest for more in pairings([i for i in rest if i != other])]


def vertices(sides, pairing):
    """How many corners of the polygon remain different when its sides are glued with opposite directions.

    Side s runs from corner s to corner s + 1; gluing s to t joins the start of each to the end of the other.
    """
    classes = [{corner} for corner in range(sides)]
    for s, t in pairing:
        for one, other in ((s, (t + 1) % sides), ((s + 1) % sides, t)):
            joined = [c for c in classes if one in c or other in c]
            classes = [c for c in classes if c not in joined] + [set().union(*joined)]
    return len(classes)


def polygon_gluings(n):
    """Σ n^{V−p−1} over all pairings of the 2p sides, for the square and the hexagon."""
    return np.array(
        [sum(n ** (vertices(2 * p, pi) - p - 1) for pi in pairings(list(range(2 * p)))) for p in (2, 3)]
    )


def exact_moment(n, power):
    """E (1/n) tr H^power by Wick's rule, summing over all indices: E H_ab H_cd = [a = d][b = c]/n."""
    count = 0
    for path in itertools.product(range(n), repeat=power):
        steps = [(path[i], path[(i + 1) % power]) for i in range(power)]
        count += sum(
            all(steps[i] == steps[j][::-1] for i, j in pairing) for pairing in pairings(list(range(power)))
        )
    return Fraction(count, n ** (power // 2) * n)
