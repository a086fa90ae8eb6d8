"""One array class for every number system that is not floating point, and the array-API face over it.

An implementation calls ``xp = array_namespace(q)`` and sees the functions of the Python array API.  Underneath, a
:class:`SystemArray` carries NumPy object arrays (its *parts*) and a *system* that knows how to add and multiply them.
Reshaping and indexing are the same for every system and live here; arithmetic lives with the system.

Rules that keep one text honest in every arithmetic are errors with advice, not conventions: no item assignment, no
branch on a value, no float literal that is not exactly a short dyadic number, no operation a system cannot decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Parts = tuple[Any, ...]
Objects = npt.NDArray[Any]


class NotTestable(Exception):
    """The system has no rule for an operation; the judge falls back to another system and says why."""


class Redraw(Exception):
    """This draw hit a zero divisor or a non-square: inputs must be drawn again."""


class Contaminated(Exception):
    """A floating-point constant or cast stands inside an implementation that should be exact."""


def objects(value: Any) -> Objects:
    """An object array; NumPy collapses 0-d object arrays to their element, so every result passes through here."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return value
    out = np.empty(np.shape(value), dtype=object)
    out[...] = value
    return out


def _like(part: Objects, result: Any) -> Objects:
    """What a structural function made of a part; counted numbers stay floats, real or complex."""
    return np.asarray(result) if part.dtype.kind in "fc" else objects(result)


def each(function: Callable[..., Any], *arrays: Any) -> Objects:
    """Apply a function of scalars entrywise, with broadcasting."""
    ufunc: Any = np.frompyfunc(function, len(arrays), 1)
    return objects(ufunc(*arrays))


def exact(number: Any) -> Fraction | int:
    """A Python or NumPy scalar as an exact rational.

    Raises:
        Contaminated: for a float that is not a dyadic number with a denominator of at most 2^20.
    """
    if isinstance(number, bool | int | np.integer | np.bool_):
        return int(number)
    if isinstance(number, Fraction):
        return number
    if isinstance(number, float | np.floating):
        if not math.isfinite(number):
            raise NotTestable(f"{number} is not a number of this system; mask with where() instead of -inf")
        fraction = Fraction(float(number))
        if fraction.denominator > 2**20:
            raise Contaminated(
                f"the float {float(number)!r} is not exact; write p/q, sqrt(constant(x, 2)) or pi(x)"
            )
        return fraction
    raise NotTestable(f"{type(number).__name__} is not an exact number")


def refuse_single_precision(number: Any) -> None:
    """Half and single precision numbers have been through a cast, whatever their value.

    Raises:
        Contaminated: for a NumPy number or array of fewer than 64 bits per real.
    """
    dtype = getattr(number, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "fc" and np.finfo(dtype).bits < 64:
        raise Contaminated("a float32 array stands inside an exact computation")


class System:
    """What a number system must supply; `parts` are tuples of equally shaped object arrays (or None)."""

    name = "system"

    def literal(self, number: Any) -> Parts:
        raise NotImplementedError

    def align(self, many: Sequence[Parts]) -> list[Parts]:
        """Give several values the same parts, so that they can be stacked or chosen from."""
        return list(many)

    def primary(self, parts: Parts) -> Objects:
        return parts[0]  # type: ignore[no-any-return]

    def unsupported(self, operation: str) -> NotTestable:
        return NotTestable(f"{self.name} have no rule for {operation}")

    def add(self, a: Parts, b: Parts) -> Parts:
        raise self.unsupported("addition")

    def multiply(self, a: Parts, b: Parts) -> Parts:
        raise self.unsupported("multiplication")

    def divide(self, a: Parts, b: Parts) -> Parts:
        raise self.unsupported("division")

    def negative(self, a: Parts) -> Parts:
        raise self.unsupported("negation")

    def subtract(self, a: Parts, b: Parts) -> Parts:
        return self.add(a, self.negative(b))

    def matmul(self, a: Parts, b: Parts) -> Parts:
        raise self.unsupported("matrix products")

    def sum(self, a: Parts, axis: int) -> Parts:
        raise self.unsupported("sums")

    def elementwise(self, operation: str, a: Parts) -> Parts:
        """exp, log, sqrt, erf, tanh, sin, cos, abs, conj, real, imag, sign, floor …"""
        raise self.unsupported(operation)

    def compare(self, operation: str, a: Parts, b: Parts) -> npt.NDArray[np.bool_]:
        raise self.unsupported("comparisons (order is not a notion here)")

    def choose(self, condition: Any, a: Parts, b: Parts) -> Parts:
        """Entries of a where the mask holds, else of b; both have the same parts."""
        return tuple(
            objects(np.where(condition, x, y)) if isinstance(x, np.ndarray) else x
            for x, y in zip(a, b, strict=True)
        )

    def extremum(self, operation: str, a: Parts, axis: int) -> Parts:
        """max, min: along one axis, which is kept."""
        raise self.unsupported(operation)

    def shift(self, a: Parts, axis: int) -> Parts:
        """A maximum used only for stability, along one axis, which is kept."""
        return self.extremum("max", a, axis)

    def argextremum(self, operation: str, a: Parts, axis: int) -> npt.NDArray[np.intp]:
        raise self.unsupported(operation)

    def solve(self, a: Parts, b: Parts) -> Parts:
        raise self.unsupported("solve")

    def determinant(self, a: Parts) -> Parts:
        raise self.unsupported("det")

    def decomposition(self, operation: str, a: Parts) -> tuple[Parts, ...]:
        raise self.unsupported(f"linalg.{operation}")

    def pi(self) -> Parts:
        raise self.unsupported("pi")

    def unit_root(self, order: int, power: int) -> Parts:
        raise self.unsupported("roots of unity")


class SystemArray:
    """An array over a number system. Supports the operators and indexing of the array API."""

    __slots__ = ("parts", "system")
    # NumPy arrays on the left must hand over to our reflected operators instead of looping over us.
    __array_ufunc__ = None

    def __init__(self, system: System, parts: Parts) -> None:
        self.system = system
        self.parts = parts

    def __array_namespace__(self, api_version: str | None = None) -> Any:
        from kg.numbers.namespace import Namespace

        return Namespace(self.system)

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.system.primary(self.parts).shape)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def dtype(self) -> System:
        return self.system

    @property
    def device(self) -> str:
        return "cpu"

    def map(self, f: Callable[[Objects], Any]) -> SystemArray:
        """Apply a structural function (reshape, index, …) to every part."""
        parts = tuple(_like(p, f(p)) if isinstance(p, np.ndarray) else p for p in self.parts)
        return SystemArray(self.system, parts)

    def wrap(self, parts: Parts) -> SystemArray:
        return SystemArray(self.system, parts)

    def _other(self, other: Any) -> Parts | None:
        if isinstance(other, SystemArray):
            if other.system is not self.system:
                raise Contaminated("arrays of two number systems meet in one expression")
            return other.parts
        if isinstance(other, bool | int | float | complex | Fraction | np.ndarray | np.generic):
            return self.system.literal(other)
        return None

    def _binary(self, other: Any, operation: Callable[[Parts, Parts], Parts], *, swap: bool = False) -> Any:
        parts = self._other(other)
        if parts is None:
            return NotImplemented
        return self.wrap(operation(parts, self.parts) if swap else operation(self.parts, parts))

    def __add__(self, other: Any) -> Any:
        return self._binary(other, self.system.add)

    def __radd__(self, other: Any) -> Any:
        return self._binary(other, self.system.add, swap=True)

    def __sub__(self, other: Any) -> Any:
        return self._binary(other, self.system.subtract)

    def __rsub__(self, other: Any) -> Any:
        return self._binary(other, self.system.subtract, swap=True)

    def __mul__(self, other: Any) -> Any:
        return self._binary(other, self.system.multiply)

    def __rmul__(self, other: Any) -> Any:
        return self._binary(other, self.system.multiply, swap=True)

    def __truediv__(self, other: Any) -> Any:
        return self._binary(other, self.system.divide)

    def __rtruediv__(self, other: Any) -> Any:
        return self._binary(other, self.system.divide, swap=True)

    def __matmul__(self, other: Any) -> Any:
        return self._binary(other, self.system.matmul)

    def __rmatmul__(self, other: Any) -> Any:
        return self._binary(other, self.system.matmul, swap=True)

    def __neg__(self) -> SystemArray:
        return self.wrap(self.system.negative(self.parts))

    def __pos__(self) -> SystemArray:
        return self

    def __abs__(self) -> SystemArray:
        return self.wrap(self.system.elementwise("abs", self.parts))

    def __pow__(self, power: Any) -> SystemArray:
        if isinstance(power, SystemArray):
            raise self.system.unsupported("powers with a variable exponent; write exp(b * log(a))")
        exponent = exact(power)
        if exponent == Fraction(1, 2):
            return self.wrap(self.system.elementwise("sqrt", self.parts))
        if exponent != int(exponent):
            raise self.system.unsupported(f"the power {exponent}")
        return self._integer_power(int(exponent))

    def _integer_power(self, exponent: int) -> SystemArray:
        if exponent < 0:
            return 1 / self._integer_power(-exponent)  # type: ignore[no-any-return]
        if exponent == 0:
            return self.wrap(self.system.literal(np.ones(self.shape, dtype=int)))
        result: Any = None
        base: Any = self
        while exponent:
            if exponent & 1:
                # Not begun from one: operations are counted as they are made.
                result = base if result is None else result * base
            exponent >>= 1
            if exponent:
                base = base * base
        return result  # type: ignore[no-any-return]

    def _compare(self, other: Any, operation: str) -> Any:
        parts = self._other(other)
        return NotImplemented if parts is None else self.system.compare(operation, self.parts, parts)

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, "<")

    def __le__(self, other: Any) -> Any:
        return self._compare(other, "<=")

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, ">")

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, ">=")

    def __eq__(self, other: object) -> Any:
        return self._compare(other, "==")

    def __ne__(self, other: object) -> Any:
        return self._compare(other, "!=")

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise NotTestable("an implementation branches on the value of a number; use where()")

    def __float__(self) -> float:
        raise Contaminated("an implementation casts a number to float")

    def __int__(self) -> int:
        raise NotTestable("an implementation turns a number into an integer")

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Any:
        raise NotTestable("iterate over indices, not over an array")

    def __getitem__(self, key: Any) -> SystemArray:
        return self.map(lambda part: part[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        raise NotTestable("implementations do not assign to items; build the array with stack() or concat()")

    @property
    def mT(self) -> SystemArray:  # noqa: N802 - the array API's name
        return self.map(lambda part: np.swapaxes(part, -1, -2))

    @property
    def T(self) -> SystemArray:  # noqa: N802 - the array API's name
        return self.map(np.transpose)

    def __repr__(self) -> str:
        return f"<{self.system.name} array of shape {self.shape}>"
