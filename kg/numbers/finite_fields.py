"""The fields that residues live in: random primes, prime fields with linear algebra, and F_p(i) for complex numbers.

With p ≡ 3 (mod 4) the polynomial x² + 1 has no root modulo p, so that F_p(i) is a field with p² elements whose
conjugation is z ↦ zᵖ, and whose unit circle (the elements with z conj(z) = 1) is a cyclic group of p + 1 elements.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from kg.numbers.arrays import Objects, Redraw, objects

LCM = 720_720  # lcm(1 … 16)

Gaussian = tuple[int, int]
"""x + iy as the pair (x, y) of residues."""


def safe_prime_pair(rng: random.Random, bits: int, multiple: int = 4 * LCM) -> tuple[int, int]:
    """A random pair (p, q) of primes with p = 2q + 1 of about `bits` bits and q ≡ −1 modulo `multiple`."""
    import flint

    while True:
        q = rng.randrange(2 ** (bits - 2), 2 ** (bits - 1)) // multiple * multiple - 1
        pair = (flint.fmpz(q), flint.fmpz(2 * q + 1))
        # Proven primes, as the error bound is divided by the size of a field; the quick test first.
        if all(x.is_probable_prime() for x in pair) and all(x.is_prime() for x in pair):
            return 2 * q + 1, q


def random_prime(rng: random.Random, bits: int) -> int:
    """A random proven prime of `bits` bits."""
    import flint

    while True:
        r = rng.randrange(2 ** (bits - 1), 2**bits) | 1
        if flint.fmpz(r).is_probable_prime() and flint.fmpz(r).is_prime():
            return r


def determinant(a: Objects, m: int) -> int:
    """The determinant of a square matrix modulo the prime m."""
    return int(_matrix(a, m).det())


def solve(a: Objects, b: Objects, m: int) -> Objects:
    """The solution x of a x = b modulo the prime m.

    Raises:
        Redraw: if a is singular modulo m.
    """
    try:
        x = _matrix(a, m).solve(_matrix(b, m))
    except ZeroDivisionError:
        raise Redraw("a matrix is singular in this draw") from None
    return objects(np.array([int(v) for v in x.entries()], dtype=object).reshape(a.shape[1], b.shape[1]))


def _matrix(values: Objects, m: int) -> Any:
    """A matrix of the library that fits the modulus: one machine word, or any size."""
    import flint

    entries = [int(v) for v in values.reshape(-1)]
    if m < 2**63:
        return flint.nmod_mat(values.shape[0], values.shape[1], entries, m)
    return flint.fmpz_mod_mat(values.shape[0], values.shape[1], entries, flint.fmpz_mod_ctx(m))


class GaussianField:
    """F_p(i) for a prime p ≡ 3 (mod 4); `factors` are the primes that the order of its roots of unity may have."""

    def __init__(self, p: int, seed: int, factors: Sequence[int]) -> None:
        self.p = p
        self._seed = seed
        self._factors = factors
        self._unit: Gaussian | None = None

    def times(self, a: Gaussian, b: Gaussian) -> Gaussian:
        return (a[0] * b[0] - a[1] * b[1]) % self.p, (a[0] * b[1] + a[1] * b[0]) % self.p

    def power(self, base: Gaussian, exponent: int) -> Gaussian:
        result = (1, 0)
        while exponent:
            if exponent & 1:
                result = self.times(result, base)
            base, exponent = self.times(base, base), exponent >> 1
        return result

    def reciprocal(self, z: Gaussian) -> Gaussian:
        norm = pow(z[0] * z[0] + z[1] * z[1], -1, self.p)
        return z[0] * norm % self.p, -z[1] * norm % self.p

    def root_of_unity(self, order: int, power: int) -> Gaussian:
        """The `power`-th power of one fixed element of the unit circle of this order, which divides p + 1."""
        return self.power(self._generator(), power % order * ((self.p + 1) // order))

    def _generator(self) -> Gaussian:
        """An element of the unit circle whose order holds all powers of the factors that p + 1 holds; kept."""
        rng = random.Random(self._seed)
        while self._unit is None:
            z = (rng.randrange(1, self.p), rng.randrange(1, self.p))
            norm = pow(z[0] * z[0] + z[1] * z[1], -1, self.p)
            square = self.times(z, z)
            circle = (square[0] * norm % self.p, square[1] * norm % self.p)  # z / conj(z) has norm one
            if all(self.power(circle, (self.p + 1) // f) != (1, 0) for f in self._factors):
                self._unit = circle
        return self._unit

    def determinant(self, re: Objects, im: Objects) -> Gaussian:
        """By elimination, as the library's matrices are over prime fields only."""
        rows = [[(int(x), int(y)) for x, y in zip(*pair, strict=True)] for pair in zip(re, im, strict=True)]
        size, result = len(rows), (1, 0)
        for k in range(size):
            pivot = next((i for i in range(k, size) if rows[i][k] != (0, 0)), None)
            if pivot is None:
                return 0, 0
            if pivot != k:
                rows[k], rows[pivot] = rows[pivot], rows[k]
                result = (-result[0], -result[1])
            result = self.times(result, rows[k][k])
            inverse = self.reciprocal(rows[k][k])
            for i in range(k + 1, size):
                factor = self.times(rows[i][k], inverse)
                terms = [self.times(factor, x) for x in rows[k]]
                rows[i] = [
                    ((x - t) % self.p, (y - u) % self.p)
                    for (x, y), (t, u) in zip(rows[i], terms, strict=True)
                ]
        return result[0] % self.p, result[1] % self.p
