"""Dual numbers a + bε with ε² = 0 over any arithmetic: exact derivatives of the very text of an implementation.

A :class:`Dual` holds two arrays of one inner arithmetic, the value and the tangent; its namespace maps structure over
both and differentiates the rest.  Derivatives of a maximum or of |x| are taken where the inner arithmetic can decide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from kg.numbers import array_namespace, constant, erf, pi, shift
from kg.numbers.arrays import Contaminated, NotTestable


class Dual:
    """Value and tangent, two arrays of the same shape."""

    __slots__ = ("tangent", "value")
    __array_ufunc__ = None
    __kg_namespace__ = True

    def __init__(self, value: Any, tangent: Any) -> None:
        self.value = value
        self.tangent = tangent

    def __array_namespace__(self, api_version: str | None = None) -> DualNamespace:
        return DualNamespace(array_namespace(self.value))

    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)
    dtype = property(lambda self: self.value.dtype)
    device = property(lambda self: self.value.device)
    mT = property(lambda self: Dual(self.value.mT, self.tangent.mT))  # noqa: N815 - the array API's name
    T = property(lambda self: Dual(self.value.T, self.tangent.T))

    def _lift(self, other: Any) -> Dual:
        if isinstance(other, Dual):
            return other
        return Dual(other, 0 * self.value if not hasattr(other, "shape") else 0 * other)

    def __add__(self, other: Any) -> Dual:
        o = self._lift(other)
        return Dual(self.value + o.value, self.tangent + o.tangent)

    __radd__ = __add__

    def __neg__(self) -> Dual:
        return Dual(-self.value, -self.tangent)

    def __sub__(self, other: Any) -> Dual:
        return self + (-self._lift(other))

    def __rsub__(self, other: Any) -> Dual:
        return self._lift(other) + (-self)

    def __mul__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value * other, self.tangent * other)
        return Dual(self.value * other.value, self.tangent * other.value + self.value * other.tangent)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value / other, self.tangent / other)
        quotient = self.value / other.value
        return Dual(quotient, (self.tangent - quotient * other.tangent) / other.value)

    def __rtruediv__(self, other: Any) -> Dual:
        quotient = other / self.value
        return Dual(quotient, -(quotient * self.tangent) / self.value)

    def __matmul__(self, other: Any) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value @ other, self.tangent @ other)
        return Dual(self.value @ other.value, self.tangent @ other.value + self.value @ other.tangent)

    def __rmatmul__(self, other: Any) -> Dual:
        return Dual(other @ self.value, other @ self.tangent)

    def __pow__(self, power: Any) -> Dual:
        if power == 0:
            return Dual(self.value**0, 0 * self.tangent)
        return Dual(self.value**power, power * self.value ** (power - 1) * self.tangent)

    def __abs__(self) -> Dual:
        return Dual(abs(self.value), array_namespace(self.value).sign(self.value) * self.tangent)

    def __getitem__(self, key: Any) -> Dual:
        return Dual(self.value[key], self.tangent[key])

    def __lt__(self, other: Any) -> Any:
        return self.value < (other.value if isinstance(other, Dual) else other)

    def __le__(self, other: Any) -> Any:
        return self.value <= (other.value if isinstance(other, Dual) else other)

    def __gt__(self, other: Any) -> Any:
        return self.value > (other.value if isinstance(other, Dual) else other)

    def __ge__(self, other: Any) -> Any:
        return self.value >= (other.value if isinstance(other, Dual) else other)

    def __eq__(self, other: object) -> Any:
        return self.value == (other.value if isinstance(other, Dual) else other)

    def __ne__(self, other: object) -> Any:
        return self.value != (other.value if isinstance(other, Dual) else other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise NotTestable("an implementation branches on the value of a number; use where()")

    def __iter__(self) -> Any:
        raise NotTestable("iterate over indices, not over an array")

    def __setitem__(self, key: Any, value: Any) -> None:
        raise NotTestable("implementations do not assign to items; build the array with stack() or concat()")

    def __float__(self) -> float:
        raise Contaminated("an implementation casts a number to float")

    def shift(self, axis: int) -> Dual:
        """The stabilising maximum is a constant: the result does not depend on it, so neither does its derivative."""
        s = shift(self.value, axis)
        return Dual(s, 0 * s)


_RULES: dict[str, Callable[[Any, Any, Any], tuple[Any, Any]]] = {
    "exp": lambda xp, v, f: (f, f),
    "sqrt": lambda xp, v, f: (f, 1 / (2 * f)),
    "tanh": lambda xp, v, f: (f, 1 - f * f),
    "log": lambda xp, v, f: (f, 1 / v),
    "sin": lambda xp, v, f: (f, xp.cos(v)),
    "cos": lambda xp, v, f: (f, -xp.sin(v)),
}
_BOTH = [
    "reshape",
    "permute_dims",
    "moveaxis",
    "expand_dims",
    "squeeze",
    "broadcast_to",
    "flip",
    "roll",
    "tile",
    "repeat",
    "take",
    "tril",
    "triu",
    "sum",
    "mean",
    "cumulative_sum",
    "matrix_transpose",
    "conj",
    "real",
    "imag",
]


def _without_rule(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The inner arithmetic's function, for anything but duals."""

    def call(*args: Any, **kwargs: Any) -> Any:
        if any(isinstance(a, Dual) for a in (*args, *kwargs.values())):
            raise NotTestable(f"{name} has no derivative rule")
        return function(*args, **kwargs)

    return call


class DualNamespace:
    """The array API over duals, on top of the inner arithmetic's."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.linalg = DualLinearAlgebra(inner)
        self.fft = DualFourier(inner)

    def __getattr__(self, name: str) -> Any:
        if name in _RULES:
            return lambda x: self._function(name, x)
        if name in _BOTH:
            return lambda x, *a, **k: self._both(name, x, *a, **k)
        inner = getattr(self._inner, name)
        return inner if isinstance(inner, type) or not callable(inner) else _without_rule(f"xp.{name}", inner)

    def _function(self, name: str, x: Any) -> Any:
        function = getattr(self._inner, name)
        if not isinstance(x, Dual):
            return function(x)
        value, slope = _RULES[name](self._inner, x.value, function(x.value))
        return Dual(value, slope * x.tangent)

    def erf(self, x: Dual) -> Dual:
        xp = self._inner
        slope = 2 * xp.exp(-x.value * x.value) / xp.sqrt(pi(x.value))
        return Dual(erf(x.value), slope * x.tangent)

    def _both(self, name: str, x: Any, *args: Any, **kwargs: Any) -> Any:
        function = getattr(self._inner, name)
        if not isinstance(x, Dual):
            return function(x, *args, **kwargs)
        return Dual(function(x.value, *args, **kwargs), function(x.tangent, *args, **kwargs))

    def _lifted(self, arrays: Sequence[Any]) -> list[Dual]:
        sample = next(a for a in arrays if isinstance(a, Dual))
        return [a if isinstance(a, Dual) else sample._lift(a) for a in arrays]

    def _gather(self, name: str, arrays: Sequence[Any], axis: Any) -> Any:
        function = getattr(self._inner, name)
        if not any(isinstance(a, Dual) for a in arrays):
            return function(arrays, axis=axis)
        lifted = self._lifted(arrays)
        return Dual(
            function([a.value for a in lifted], axis=axis), function([a.tangent for a in lifted], axis=axis)
        )

    def stack(self, arrays: Sequence[Any], axis: int = 0) -> Any:
        return self._gather("stack", arrays, axis)

    def concat(self, arrays: Sequence[Any], axis: int | None = 0) -> Any:
        return self._gather("concat", arrays, axis)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        if not isinstance(a, Dual) and not isinstance(b, Dual):
            return self._inner.where(condition, a, b)
        a, b = self._lifted([a, b])
        return Dual(
            self._inner.where(condition, a.value, b.value), self._inner.where(condition, a.tangent, b.tangent)
        )

    def maximum(self, a: Any, b: Any) -> Any:
        left = a.value if isinstance(a, Dual) else a
        right = b.value if isinstance(b, Dual) else b
        return self.where(left > right, a, b)

    def square(self, x: Any) -> Any:
        return x * x

    def abs(self, x: Any) -> Any:
        return abs(x)

    def matmul(self, a: Any, b: Any) -> Any:
        return a @ b

    def vecdot(self, a: Any, b: Any, axis: int = -1) -> Any:
        return self.sum(self.conj(a) * b, axis=axis)

    def var(self, x: Any, axis: Any = None, correction: int = 0, keepdims: bool = False) -> Any:
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        count = math.prod(x.shape[a] for a in axes) - correction
        centred = x - self.mean(x, axis=axis, keepdims=True)
        return self.sum(centred * centred, axis=axis, keepdims=keepdims) / count


class DualFourier:
    """Fourier transforms are linear: those of the value and of the tangent."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def fft(self, x: Any, n: int | None = None, axis: int = -1) -> Any:
        return self._both("fft", x, n, axis)

    def ifft(self, x: Any, n: int | None = None, axis: int = -1) -> Any:
        return self._both("ifft", x, n, axis)

    def _both(self, name: str, x: Any, n: int | None, axis: int) -> Any:
        transform = getattr(self._inner.fft, name)
        if not isinstance(x, Dual):
            return transform(x, n=n, axis=axis)
        return Dual(transform(x.value, n=n, axis=axis), transform(x.tangent, n=n, axis=axis))


class DualLinearAlgebra:
    """Solves and traces over duals."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def solve(self, a: Any, b: Any) -> Any:
        solve = self._inner.linalg.solve
        a_value, b_value = getattr(a, "value", a), getattr(b, "value", b)
        x = solve(a_value, b_value)
        right = (b.tangent if isinstance(b, Dual) else 0 * b_value) - (
            a.tangent @ x if isinstance(a, Dual) else 0 * x
        )
        return Dual(x, solve(a_value, right))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotTestable(f"xp.linalg.{name} has no derivative rule")


def derivative(function: Callable[[Any], Any], x: Any, direction: Any) -> Any:
    """Tangent of ``function(x + ε·direction)``.

    Raises:
        NotTestable: if the function uses an operation without a derivative rule.
    """
    result = function(Dual(x, direction))
    if isinstance(result, Dual):
        return result.tangent
    return 0 * constant(x, 1) * result
