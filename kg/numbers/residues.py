"""Residues modulo two random primes: identity testing in the sense of Schwartz and Zippel, with no tolerance.

A field is a pair of primes p = 2q + 1 with q ≡ −1 (mod 4L), L = lcm(1..16).  A *real* number is carried as its residue
mod p together with its residue mod q; exp(x) is ωˣ mod p with ω of order q, so that exp(x + y) = exp(x) exp(y) holds
and nothing else about exp is assumed.  After exp the residue mod q is gone: an exponential of an exponential is
treated as an uninterpreted function of which only exp(−x) exp(x) = 1 is known, which can only make the test stricter.

Complex numbers are F_p(i).  As p ≡ 3 (mod 4), conjugation is the Frobenius map, roots of unity of every order dividing
8L lie on the unit circle, and squares behave as the positive numbers do: every square has exactly one square root
that is itself a square.  A draw counts only if every argument of a square root is a square; others are drawn again.

Sines and cosines need a field with a third prime r dividing p + 1 (p then has about 97 bits): see :class:`Residues`.

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

from kg.numbers.arrays import (
    NotTestable,
    Objects,
    Parts,
    Redraw,
    System,
    each,
    exact,
    objects,
    refuse_single_precision,
)
from kg.numbers.finite_fields import LCM, GaussianField, determinant, random_prime, safe_prime_pair, solve

BITS = 62
ANGLE_BITS = 60

# Marks a residue mod q that does not exist in this draw though another draw may have it.
_ABSENT = "absent in this draw"


class NeedsAngles(NotTestable):
    """The text takes a sine or cosine: draw again in a field that has angles."""


class Residues(System):
    """One random field with its own stream of randomness for shifts and uninterpreted functions.

    Parts are ``(re, im, *tracks)``: residues mod p of the real and imaginary part (None if real), then the residue mod q
    (for exponents) and, in a field with `angles`, mod a third prime r that divides p + 1: cos and sin of x are the parts
    of uˣ, where u of order r lies on the unit circle.
    """

    name = "residues"

    def __init__(self, seed: str, *, angles: bool = False, lenient: bool = False) -> None:
        rng = random.Random(seed)
        # Lenient fields go on past the root of a non-square; only the arguments of roots may be read off such a run.
        self.lenient = lenient
        if angles:
            self.r = random_prime(rng, ANGLE_BITS)
            self.p, self.q = safe_prime_pair(rng, BITS + 35, 4 * LCM * self.r)
            self.moduli: tuple[int, ...] = (self.q, self.r)
        else:
            self.p, self.q = safe_prime_pair(rng, BITS)
            self.moduli = (self.q,)
        # A square other than 1 has order q, as the group of squares has the prime order q.
        self.omega = pow(rng.randrange(2, self.p - 1), 2, self.p)
        self.key = rng.getrandbits(128).to_bytes(16, "big")
        self.stream = random.Random(rng.getrandbits(128))
        self.root_arguments: list[int] = []
        self._known_roots: dict[tuple[int, int], int] = {}
        self.exponentials = 0
        self.uninterpreted: set[str] = set()
        # The roots of small integers are fixed elements, not choices of this draw.
        self._literal_roots = frozenset(range(17))
        # Elements of the unit circle of order divisible by 8L, and by r where there are angles.
        self.gaussian = GaussianField(
            self.p, int.from_bytes(self.key, "big"), (2, 3, 5, 7, 11, 13, *self.moduli[1:])
        )

    @property
    def distinct_roots(self) -> int:
        """How many different numbers a square root was taken of, small integers apart."""
        return len(set(self.root_arguments))

    @property
    def no_tracks(self) -> tuple[None, ...]:
        return (None,) * len(self.moduli)

    # Literals -------------------------------------------------------------------------------------------------
    def literal(self, number: Any) -> Parts:
        values = np.asarray(number)
        if values.dtype.kind == "c":
            re, im = self.literal(values.real), self.literal(values.imag)
            return (re[0], im[0], *self.no_tracks) if np.any(values.imag) else re
        refuse_single_precision(values)
        return self.rationals(values)

    def rationals(self, values: Any) -> Parts:
        """Exact rational numbers (integers, dyadic floats, fractions) as residues."""

        def modulo(m: int) -> Objects:
            def one(v: Any) -> int:
                f = exact(v)
                return int(f) % m if isinstance(f, int) else f.numerator * pow(f.denominator, -1, m) % m

            return each(one, values)

        return (modulo(self.p), None, *(modulo(m) for m in self.moduli))

    def random(self, shape: tuple[int, ...]) -> Parts:
        """Independent uniform residues."""

        def modulo(m: int) -> Objects:
            out = np.empty(shape, dtype=object)
            out.reshape(-1)[...] = [self.stream.randrange(m) for _ in range(out.size)]
            return out

        return (modulo(self.p), None, *(modulo(m) for m in self.moduli))

    def align(self, many: Sequence[Parts]) -> list[Parts]:
        complex_ = any(parts[1] is not None for parts in many)
        kept = self._tracked(*many)
        return [
            (
                parts[0],
                np.zeros(parts[0].shape, dtype=int).astype(object)
                if complex_ and parts[1] is None
                else parts[1],
                *(track if keep is True else keep for track, keep in zip(parts[2:], kept, strict=True)),
            )
            for parts in many
        ]

    def _tracked(self, *many: Parts) -> list[Any]:
        """For each track: True if all carry it, else None (never had) or absent (another draw may have it)."""
        if any(parts[1] is not None for parts in many):
            return list(self.no_tracks)
        columns = zip(*(parts[2:] for parts in many), strict=True)
        return [
            None
            if any(t is None for t in column)
            else _ABSENT
            if any(isinstance(t, str) for t in column)
            else True
            for column in columns
        ]

    def _tracks(self, a: Parts, b: Parts, f: Any) -> tuple[Any, ...]:
        """A ring operation on every track that both operands have."""
        return tuple(
            objects(f(x, y) % m) if keep is True else keep
            for x, y, keep, m in zip(a[2:], b[2:], self._tracked(a, b), self.moduli, strict=True)
        )

    # Field operations -----------------------------------------------------------------------------------------
    def _bilinear(self, a: Parts, b: Parts, f: Any) -> Parts:
        re = f(a[0], b[0])
        if a[1] is not None and b[1] is not None:
            re = re - f(a[1], b[1])
        im = None
        if a[1] is not None:
            im = f(a[1], b[0])
        if b[1] is not None:
            im = f(a[0], b[1]) + (0 if im is None else im)
        return objects(re % self.p), None if im is None else objects(im % self.p), *self._tracks(a, b, f)

    def _linear(self, a: Parts, b: Parts, f: Any) -> Parts:
        im = None
        if a[1] is not None or b[1] is not None:
            im = f(a[1] if a[1] is not None else 0 * a[0], b[1] if b[1] is not None else 0 * b[0])
        re = objects(f(a[0], b[0]) % self.p)
        return re, None if im is None else objects(im % self.p), *self._tracks(a, b, f)

    def add(self, a: Parts, b: Parts) -> Parts:
        return self._linear(a, b, lambda x, y: x + y)

    def subtract(self, a: Parts, b: Parts) -> Parts:
        return self._linear(a, b, lambda x, y: x - y)

    def negative(self, a: Parts) -> Parts:
        tracks = (
            objects(-t % m) if isinstance(t, np.ndarray) else t
            for t, m in zip(a[2:], self.moduli, strict=True)
        )
        return objects(-a[0] % self.p), None if a[1] is None else objects(-a[1] % self.p), *tracks

    def multiply(self, a: Parts, b: Parts) -> Parts:
        return self._bilinear(a, b, lambda x, y: x * y)

    def matmul(self, a: Parts, b: Parts) -> Parts:
        return self._bilinear(a, b, lambda x, y: x @ y)

    def sum(self, a: Parts, axis: int) -> Parts:
        def add(part: Any, m: int) -> Any:
            if not isinstance(part, np.ndarray):
                return part
            return objects(np.add.reduce(part, axis=axis, keepdims=True) % m)

        return tuple(add(part, m) for part, m in zip(a, (self.p, self.p, *self.moduli), strict=True))

    def _inverse(self, values: Objects, m: int) -> Objects:
        if np.any(values == 0):
            raise Redraw("a divisor is zero in this draw")
        return each(lambda v: pow(v, -1, m), values)

    def divide(self, a: Parts, b: Parts) -> Parts:
        if b[1] is not None:
            norm = self._inverse(objects((b[0] * b[0] + b[1] * b[1]) % self.p), self.p)
            inverse = (objects(b[0] * norm % self.p), objects(-b[1] * norm % self.p))
            return self.multiply(a, (*inverse, *self.no_tracks))
        tracks = (
            self._inverse(t, m)
            if isinstance(t, np.ndarray) and keep is True
            else (t if isinstance(t, str) else None)
            for t, m, keep in zip(b[2:], self.moduli, self._tracked(a, b), strict=True)
        )
        return self.multiply(a, (self._inverse(b[0], self.p), None, *tracks))

    # Functions ------------------------------------------------------------------------------------------------
    def elementwise(self, operation: str, a: Parts) -> Parts:
        if operation == "real":
            return (a[0], None, *a[2:])
        if operation == "imag":
            return (
                self.literal(np.zeros(a[0].shape, dtype=int))
                if a[1] is None
                else (a[1], None, *self.no_tracks)
            )
        if operation == "conj":
            return a if a[1] is None else (a[0], objects(-a[1] % self.p), *a[2:])
        if a[1] is not None:
            raise self.unsupported(f"{operation} of a complex number")
        if operation == "exp":
            return self._exp(a)
        if operation == "sqrt":
            return self._sqrt(a)
        if operation in ("cos", "sin"):
            return self._circle(a, operation)
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
        return each(lambda e: pow(self.omega, e, self.p), a[2]), None, *self.no_tracks

    def _circle(self, a: Parts, operation: str) -> Parts:
        """cos or sin as a part of u^x on the unit circle; sin² + cos² = 1 and the addition theorems hold, no more."""
        if len(self.moduli) < 2:
            raise NeedsAngles("this field has no angles")
        self.exponentials += 1
        if isinstance(a[3], str):
            raise Redraw("an angle is the root of a non-square in this draw")
        if a[3] is None:
            raise self.unsupported(
                f"{operation} of a quantity that holds an exponential or an angle's cosine"
            )
        u = self.gaussian.root_of_unity(self.r, 1)
        which = 0 if operation == "cos" else 1
        return each(lambda x: self.gaussian.power(u, x)[which], a[3]), None, *self.no_tracks

    def _function(self, name: str, a: Parts) -> Parts:
        """An uninterpreted function: a random value for every argument, the same one each time."""
        self.uninterpreted.add(name)

        def value(x: int) -> int:
            digest = hashlib.blake2b(f"{name} {x}".encode(), key=self.key, digest_size=16).digest()
            return int.from_bytes(digest, "big") % self.p

        return each(value, a[0]), None, *self.no_tracks

    def _nested_exp(self, a: Parts) -> Parts:
        """An exponential of what has no residue mod q: of it only exp(−x) exp(x) = 1 is assumed."""
        return self.divide(self._function("exp", a), self._function("exp", self.negative(a)))

    def _odd_function(self, name: str, a: Parts) -> Parts:
        plus, minus = self._function(name, a), self._function(name, self.negative(a))
        return self.subtract(plus, minus)

    def positive(self, shape: tuple[int, ...]) -> Parts:
        """Squares of squares, which stand for positive reals: their root, itself a square, is known and no choice."""
        root = self.random(shape)
        root = self.multiply(root, root)
        value = self.multiply(root, root)
        for part, known, m in ((value[0], root[0], self.p), (value[2], root[2], self.q)):
            self._known_roots |= {
                (int(x), m): int(r) for x, r in zip(part.reshape(-1), known.reshape(-1), strict=True)
            }
        return value

    def _root(self, x: int, m: int) -> int | None:
        """The square root that is itself a square, or None; in a lenient field of the square among x and −x."""
        if (x, m) in self._known_roots:
            return self._known_roots[x, m]
        r = pow(x, (m + 1) // 4, m)
        return r if self.lenient or r * r % m == x else None

    def _sqrt(self, a: Parts) -> Parts:
        self.root_arguments += [
            int(x)
            for x in a[0].reshape(-1)
            if x not in self._literal_roots and (int(x), self.p) not in self._known_roots
        ]
        re = each(lambda x: self._root(int(x), self.p), a[0])
        if any(r is None for r in re.reshape(-1)):
            raise Redraw("a square root of a non-square")
        exponent: Any = a[2]
        if isinstance(exponent, np.ndarray):
            found = each(lambda x: self._root(int(x), self.q), exponent)
            exponent = _ABSENT if any(r is None for r in found.reshape(-1)) else found
        # The third prime is 1 or 3 modulo 4 as it comes: roots have no principal choice there.
        return re, None, exponent, *self.no_tracks[1:]

    def shift(self, a: Parts, axis: int) -> Parts:
        """A fresh random element for each line: the result may not depend on it."""
        shape = tuple(1 if i == axis % a[0].ndim else s for i, s in enumerate(a[0].shape))
        return self.random(shape)

    def pi(self) -> Parts:
        """π as an indeterminate: one random element per field."""
        value = int.from_bytes(hashlib.blake2b(b"pi", key=self.key, digest_size=32).digest(), "big")
        return (objects(value % self.p), None, *(objects(value % m) for m in self.moduli))

    def unit_root(self, order: int, power: int) -> Parts:
        """exp(2πi·power/order) as an element of the unit circle of F_p(i); order must divide 8·lcm(1..16)."""
        if (8 * LCM) % order:
            raise NotTestable(f"no root of unity of order {order}; use a length that divides 8·lcm(1..16)")
        re, im = self.gaussian.root_of_unity(order, power)
        return objects(re), objects(im), *self.no_tracks

    # Linear algebra -------------------------------------------------------------------------------------------
    def solve(self, a: Parts, b: Parts) -> Parts:
        if a[0].ndim != 2 or b[0].ndim != 2:
            raise self.unsupported("solve of stacked matrices")
        if a[1] is not None or b[1] is not None:
            return self._complex_solve(a, b)
        tracks = (
            solve(x, y, m) if keep is True else keep
            for x, y, keep, m in zip(a[2:], b[2:], self._tracked(a, b), self.moduli, strict=True)
        )
        return solve(a[0], b[0], self.p), None, *tracks

    def _complex_solve(self, a: Parts, b: Parts) -> Parts:
        """(A + iB)(X + iY) = C + iD as the real system of twice the size."""
        a, b = self.align([a, b])
        block = np.block([[a[0], -a[1] % self.p], [a[1], a[0]]])
        x = solve(objects(block), objects(np.concatenate([b[0], b[1]])), self.p)
        return x[: a[0].shape[0]], x[a[0].shape[0] :], *self.no_tracks

    def determinant(self, a: Parts) -> Parts:
        if a[0].ndim != 2:
            raise self.unsupported("det of stacked matrices")
        if a[1] is not None:
            re, im = self.gaussian.determinant(a[0], a[1])
            return objects(re), objects(im), *self.no_tracks
        tracks = (
            objects(determinant(t, m)) if isinstance(t, np.ndarray) else t
            for t, m in zip(a[2:], self.moduli, strict=True)
        )
        return objects(determinant(a[0], self.p)), None, *tracks

    # Comparing ------------------------------------------------------------------------------------------------
    def equal(self, a: Parts, b: Parts) -> Any:
        """Entrywise equality of the values mod p."""
        difference = self.subtract((*a[:2], *self.no_tracks), (*b[:2], *self.no_tracks))
        same = difference[0] == 0
        return same if difference[1] is None else same & (difference[1] == 0)
