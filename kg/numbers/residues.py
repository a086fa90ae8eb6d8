"""Residues modulo two random primes: identity testing in the sense of Schwartz and Zippel, with no tolerance.

A field is a pair of primes p = 2q + 1 with q ≡ −1 (mod 4L), L = lcm(1..16).  A *real* number is carried as its residue
mod p together with its residue mod q; exp(x) is ωˣ mod p with ω of order q, so that exp(x + y) = exp(x) exp(y) holds
and nothing else about exp is assumed.  After exp the residue mod q is gone: an exponential of an exponential is
treated as an uninterpreted function of which only exp(−x) exp(x) = 1 is known, which can only make the test stricter.

Complex numbers are F_p(i).  As p ≡ 3 (mod 4), conjugation is the Frobenius map, roots of unity of every order dividing
8L lie on the unit circle, and squares behave as the positive numbers do: every square has exactly one square root
that is itself a square.  A draw counts only if every argument of a square root is a square; others are drawn again.

Order is not a notion here: max, comparisons, sign and floor raise :class:`NotTestable`.  A maximum that only stabilises
is asked for with ``shift`` and is a fresh random element, so agreement shows independence of the shift.

Method: Mirage (arXiv 2405.05751); what is rigorous and what is heuristic about exponentials is said in `kg.verify.residue`.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from kg.numbers.arrays import Contaminated, NotTestable, Objects, Parts, Redraw, System, each, exact, objects

LCM = 720_720  # lcm(1 … 16)
BITS = 62

# Marks a residue mod q that does not exist in this draw though another draw may have it.
_ABSENT = "absent in this draw"


def safe_prime_pair(rng: random.Random) -> tuple[int, int]:
    """A random pair (p, q) of primes with p = 2q + 1 of 62 bits and q ≡ −1 (mod 4·lcm(1..16))."""
    import flint

    step = 4 * LCM
    while True:
        q = rng.randrange(2 ** (BITS - 2), 2 ** (BITS - 1)) // step * step - 1
        pair = (flint.fmpz(q), flint.fmpz(2 * q + 1))
        # Proven primes, as the error bound is divided by the size of a field; the quick test first.
        if all(x.is_probable_prime() for x in pair) and all(x.is_prime() for x in pair):
            return 2 * q + 1, q


class Residues(System):
    """One random field with its own stream of randomness for shifts and uninterpreted functions.

    Parts are ``(re, im, ex)``: residues mod p of the real and imaginary part (None if real), and the residue mod q.
    """

    name = "residues"

    def __init__(self, seed: str) -> None:
        rng = random.Random(seed)
        self.p, self.q = safe_prime_pair(rng)
        # A square other than 1 has order q, as the group of squares has the prime order q.
        self.omega = pow(rng.randrange(2, self.p - 1), 2, self.p)
        self.key = rng.getrandbits(128).to_bytes(16, "big")
        self.stream = random.Random(rng.getrandbits(128))
        self._root_arguments: set[int] = set()
        self.exponentials = 0
        self.uninterpreted: set[str] = set()
        # The roots of small integers are fixed elements, not choices of this draw.
        self._literal_roots = frozenset(range(17))
        self._unit: tuple[int, int] | None = None

    @property
    def distinct_roots(self) -> int:
        """How many different numbers a square root was taken of, small integers apart."""
        return len(self._root_arguments)

    # Literals -------------------------------------------------------------------------------------------------
    def literal(self, number: Any) -> Parts:
        values = np.asarray(number)
        if values.dtype.kind == "c":
            re, im = self.literal(values.real), self.literal(values.imag)
            return (re[0], im[0] if np.any(values.imag) else None, None if np.any(values.imag) else re[2])
        if isinstance(number, complex):
            return self.literal(np.asarray(number))
        if values.dtype.kind == "f" and values.dtype.itemsize < 8:
            raise Contaminated("a float32 array stands inside an exact computation")
        return self.rationals(values)

    def rationals(self, values: Any) -> Parts:
        """Exact rational numbers (integers, dyadic floats, fractions) as residues."""

        def modulo(m: int) -> Objects:
            def one(v: Any) -> int:
                f = exact(v)
                return int(f) % m if isinstance(f, int) else f.numerator * pow(f.denominator, -1, m) % m

            return each(one, values)

        return modulo(self.p), None, modulo(self.q)

    def random(self, shape: tuple[int, ...]) -> Parts:
        """Independent uniform residues."""

        def modulo(m: int) -> Objects:
            out = np.empty(shape, dtype=object)
            out.reshape(-1)[...] = [self.stream.randrange(m) for _ in range(out.size)]
            return out

        return modulo(self.p), None, modulo(self.q)

    def align(self, many: Sequence[Parts]) -> list[Parts]:
        complex_ = any(parts[1] is not None for parts in many)
        exponents = self._exponents(*many)
        return [
            (
                re,
                np.zeros(re.shape, dtype=int).astype(object) if complex_ and im is None else im,
                ex if exponents is True else exponents,
            )
            for re, im, ex in many
        ]

    @staticmethod
    def _exponents(*many: Parts) -> Any:
        """True if all carry a residue mod q, else None (never had) or absent (another draw may have it)."""
        if any(parts[2] is None or parts[1] is not None for parts in many):
            return None
        return _ABSENT if any(isinstance(parts[2], str) for parts in many) else True

    # Field operations -----------------------------------------------------------------------------------------
    def _bilinear(self, a: Parts, b: Parts, f: Any) -> Parts:
        p = self.p
        exponents = self._exponents(a, b)
        ex = objects(f(a[2], b[2]) % self.q) if exponents is True else exponents
        re = f(a[0], b[0])
        if a[1] is not None and b[1] is not None:
            re = re - f(a[1], b[1])
        im = None
        if a[1] is not None:
            im = f(a[1], b[0])
        if b[1] is not None:
            im = f(a[0], b[1]) + (0 if im is None else im)
        return objects(re % p), None if im is None else objects(im % p), ex

    def _linear(self, a: Parts, b: Parts, f: Any) -> Parts:
        exponents = self._exponents(a, b)
        ex = objects(f(a[2], b[2]) % self.q) if exponents is True else exponents
        im = None
        if a[1] is not None or b[1] is not None:
            im = f(a[1] if a[1] is not None else 0 * a[0], b[1] if b[1] is not None else 0 * b[0])
        return objects(f(a[0], b[0]) % self.p), None if im is None else objects(im % self.p), ex

    def add(self, a: Parts, b: Parts) -> Parts:
        return self._linear(a, b, lambda x, y: x + y)

    def subtract(self, a: Parts, b: Parts) -> Parts:
        return self._linear(a, b, lambda x, y: x - y)

    def negative(self, a: Parts) -> Parts:
        return self._linear((0 * a[0], None, 0 * a[0]), a, lambda x, y: x - y)

    def multiply(self, a: Parts, b: Parts) -> Parts:
        return self._bilinear(a, b, lambda x, y: x * y)

    def matmul(self, a: Parts, b: Parts) -> Parts:
        return self._bilinear(a, b, lambda x, y: x @ y)

    def sum(self, a: Parts, axis: int) -> Parts:
        def add(part: Any, m: int) -> Objects:
            return objects(np.add.reduce(part, axis=axis, keepdims=True) % m)

        ex = add(a[2], self.q) if isinstance(a[2], np.ndarray) else a[2]
        return add(a[0], self.p), None if a[1] is None else add(a[1], self.p), ex

    def _inverse(self, values: Objects, m: int) -> Objects:
        if np.any(values == 0):
            raise Redraw("a divisor is zero in this draw")
        return each(lambda v: pow(v, -1, m), values)

    def divide(self, a: Parts, b: Parts) -> Parts:
        if b[1] is not None:
            norm = self._inverse(objects((b[0] * b[0] + b[1] * b[1]) % self.p), self.p)
            return self.multiply(a, (objects(b[0] * norm % self.p), objects(-b[1] * norm % self.p), None))
        ex: Any = b[2]
        if isinstance(ex, np.ndarray):
            ex = self._inverse(ex, self.q) if self._exponents(a, b) is True else None
        return self.multiply(a, (self._inverse(b[0], self.p), None, ex))

    # Functions ------------------------------------------------------------------------------------------------
    def elementwise(self, operation: str, a: Parts) -> Parts:
        if operation == "real":
            return (a[0], None, a[2])
        if operation == "imag":
            return (a[1], None, None) if a[1] is not None else (0 * a[0], None, 0 * a[0])
        if operation == "conj":
            return a if a[1] is None else (a[0], objects(-a[1] % self.p), a[2])
        if a[1] is not None:
            raise self.unsupported(f"{operation} of a complex number")
        if operation == "exp":
            return self._exp(a)
        if operation == "sqrt":
            return self._sqrt(a)
        if operation == "tanh":
            e = self._exp(self.add(a, a))
            one = self.literal(1)
            return self.divide(self.subtract(e, one), self.add(e, one))
        if operation == "erf":
            return self._odd_function("erf", a)
        raise self.unsupported(operation)

    def _exp(self, a: Parts) -> Parts:
        self.exponentials += 1
        if isinstance(a[2], str):
            raise Redraw("an exponent is the root of a non-square in this draw")
        if a[2] is None:
            return self._nested_exp(a)
        return each(lambda e: pow(self.omega, e, self.p), a[2]), None, None

    def _function(self, name: str, a: Parts) -> Parts:
        """An uninterpreted function: a random value for every argument, the same one each time."""
        self.uninterpreted.add(name)

        def value(x: int) -> int:
            digest = hashlib.blake2b(f"{name} {x}".encode(), key=self.key, digest_size=16).digest()
            return int.from_bytes(digest, "big") % self.p

        return each(value, a[0]), None, None

    def _nested_exp(self, a: Parts) -> Parts:
        """An exponential of what has no residue mod q: of it only exp(−x) exp(x) = 1 is assumed."""
        return self.divide(self._function("exp", a), self._function("exp", self.negative(a)))

    def _odd_function(self, name: str, a: Parts) -> Parts:
        plus, minus = self._function(name, a), self._function(name, self.negative(a))
        return self.subtract(plus, minus)

    def _sqrt(self, a: Parts) -> Parts:
        def root(x: int, m: int) -> int | None:
            r = pow(x, (m + 1) // 4, m)
            return r if r * r % m == x else None

        self._root_arguments.update(int(x) for x in a[0].reshape(-1) if x not in self._literal_roots)
        re = each(lambda x: root(x, self.p), a[0])
        if any(r is None for r in re.reshape(-1)):
            raise Redraw("a square root of a non-square")
        ex: Any = a[2]
        if isinstance(ex, np.ndarray):
            found = each(lambda x: root(x, self.q), ex)
            ex = _ABSENT if any(r is None for r in found.reshape(-1)) else found
        return objects(re), None, ex

    def shift(self, a: Parts, axis: int) -> Parts:
        """A fresh random element for each line: the result may not depend on it."""
        shape = tuple(1 if i == axis % a[0].ndim else s for i, s in enumerate(a[0].shape))
        return self.random(shape)

    def pi(self) -> Parts:
        """π as an indeterminate: one random element per field."""
        value = int.from_bytes(hashlib.blake2b(b"pi", key=self.key, digest_size=16).digest(), "big")
        return objects(value % self.p), None, objects(value % self.q)

    def unit_root(self, order: int, power: int) -> Parts:
        """exp(2πi·power/order) as an element of the unit circle of F_p(i); order must divide 8·lcm(1..16)."""
        if (8 * LCM) % order:
            raise NotTestable(f"no root of unity of order {order}; use a length that divides 8·lcm(1..16)")
        re, im = self._power(self._generator(), (8 * LCM // order) * power)
        return objects(re), objects(im), None

    def _times(self, a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
        return (a[0] * b[0] - a[1] * b[1]) % self.p, (a[0] * b[1] + a[1] * b[0]) % self.p

    def _power(self, base: tuple[int, int], exponent: int) -> tuple[int, int]:
        result = (1, 0)
        while exponent:
            if exponent & 1:
                result = self._times(result, base)
            base, exponent = self._times(base, base), exponent >> 1
        return result

    def _generator(self) -> tuple[int, int]:
        """An element of order exactly 8L on the circle; found once per field."""
        rng = random.Random(int.from_bytes(self.key, "big"))
        while self._unit is None:
            z = (rng.randrange(1, self.p), rng.randrange(1, self.p))
            norm = pow(z[0] * z[0] + z[1] * z[1], -1, self.p)
            square = self._times(z, z)
            circle = (square[0] * norm % self.p, square[1] * norm % self.p)  # z / conj(z) has norm one
            g = self._power(circle, (self.p + 1) // (8 * LCM))
            if all(self._power(g, 8 * LCM // f) != (1, 0) for f in (2, 3, 5, 7, 11, 13)):
                self._unit = g
        return self._unit

    # Linear algebra -------------------------------------------------------------------------------------------
    def solve(self, a: Parts, b: Parts) -> Parts:
        if a[0].ndim != 2 or b[0].ndim != 2:
            return self._stacked(a, b)
        if a[1] is not None or b[1] is not None:
            return self._complex_solve(a, b)
        ex: Any = self._exponents(a, b)
        if ex is True:
            ex = self._field_solve(a[2], b[2], self.q)
        return self._field_solve(a[0], b[0], self.p), None, ex

    def _stacked(self, a: Parts, b: Parts) -> Parts:
        raise self.unsupported("solve of stacked matrices")

    def _complex_solve(self, a: Parts, b: Parts) -> Parts:
        """(A + iB)(X + iY) = C + iD as the real system of twice the size."""
        a, b = self.align([a, b])
        block = np.block([[a[0], -a[1] % self.p], [a[1], a[0]]])
        x = self._field_solve(objects(block), objects(np.concatenate([b[0], b[1]])), self.p)
        return x[: a[0].shape[0]], x[a[0].shape[0] :], None

    def _field_solve(self, a: Objects, b: Objects, m: int) -> Objects:
        import flint

        try:
            x = flint.nmod_mat(a.shape[0], a.shape[1], list(a.reshape(-1)), m).solve(
                flint.nmod_mat(b.shape[0], b.shape[1], list(b.reshape(-1)), m)
            )
        except ZeroDivisionError:
            raise Redraw("a matrix is singular in this draw") from None
        return objects(np.array([int(v) for v in x.entries()], dtype=object).reshape(a.shape[1], b.shape[1]))

    def determinant(self, a: Parts) -> Parts:
        import flint

        def det(part: Objects, m: int) -> Objects:
            return objects(int(flint.nmod_mat(part.shape[0], part.shape[1], list(part.reshape(-1)), m).det()))

        if a[0].ndim != 2 or a[1] is not None:
            raise self.unsupported("det of stacked or complex matrices")
        return det(a[0], self.p), None, det(a[2], self.q) if isinstance(a[2], np.ndarray) else a[2]

    # Comparing ------------------------------------------------------------------------------------------------
    def equal(self, a: Parts, b: Parts) -> Any:
        """Entrywise equality of the values mod p."""
        zero = 0
        im = (a[1] if a[1] is not None else zero) - (b[1] if b[1] is not None else zero)
        return ((a[0] - b[0]) % self.p == 0) & (np.asarray(im) % self.p == 0)
