"""The Python array API over a number system.

Arguments that are plain NumPy arrays or Python integers are *structure* (indices, masks, sizes) and stay NumPy; they
become numbers of the system only where they meet one, or where ``dtype=x.dtype`` asks for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from kg.numbers.arrays import Contaminated, NotTestable, System, SystemArray

Axis = int | tuple[int, ...] | None

_ELEMENTWISE = [
    "exp",
    "log",
    "sqrt",
    "tanh",
    "sin",
    "cos",
    "sign",
    "floor",
    "conj",
    "real",
    "imag",
    "expm1",
    "log1p",
]
# What ties a text to floating point: dtypes of a fixed precision, casts, and the size of the last bit.
_MACHINE = ["float16", "float32", "float64", "complex64", "complex128", "astype", "finfo", "nextafter"]
_STRUCTURE = [
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
    "tril",
    "triu",
]
_NUMPY_NAMES = {"permute_dims": "transpose"}


class Namespace:
    """What ``array_namespace(x)`` gives for an array of `system`: the functions of the array API we have rules for."""

    pi = property(lambda self: SystemArray(self.system, self.system.pi()))
    newaxis = None

    def __init__(self, system: System) -> None:
        self.system = system
        self.linalg = LinearAlgebra(self)
        self.fft = Fourier(self)

    def __getattr__(self, name: str) -> Any:
        if name in _ELEMENTWISE:
            return lambda x: self._elementwise(name, x)
        if name in _STRUCTURE:
            return self._structural(name)
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _MACHINE:
            raise Contaminated(
                f"the text uses xp.{name}: its result would depend on the machine's floating point"
            )
        raise NotTestable(f"xp.{name} has no rule over {self.system.name}")

    def _elementwise(self, operation: str, x: Any) -> Any:
        if not isinstance(x, SystemArray):
            x = self.asarray(x, dtype=self.system)
        return x.wrap(self.system.elementwise(operation, x.parts))

    def _structural(self, name: str) -> Callable[..., Any]:
        function = getattr(np, _NUMPY_NAMES.get(name, name))
        renamed = {"k": "k", "offset": "k"}

        def call(x: Any, *args: Any, **kwargs: Any) -> Any:
            kwargs = {renamed.get(key, key): value for key, value in kwargs.items()}
            if not isinstance(x, SystemArray):
                return function(x, *args, **kwargs)
            if name in ("tril", "triu"):
                mask = function(np.ones(x.shape[-2:], dtype=bool), *args, **kwargs)
                return self.where(np.broadcast_to(mask, x.shape), x, 0)
            return x.map(lambda part: function(part, *args, **kwargs))

        return call

    # Creation. Without dtype the result is structure, with the dtype of a number it is a number.
    def asarray(self, value: Any, dtype: Any = None, device: Any = None, copy: Any = None) -> Any:
        if isinstance(value, SystemArray):
            return value
        if dtype is None and not isinstance(value, float | complex):
            return np.asarray(value)
        return SystemArray(self.system, self.system.literal(value))

    def _filled(self, value: int, shape: Any, dtype: Any) -> Any:
        return self.asarray(np.full(shape, value, dtype=int), dtype=dtype)

    def zeros(self, shape: Any, dtype: Any = None, device: Any = None) -> Any:
        return self._filled(0, shape, dtype)

    def ones(self, shape: Any, dtype: Any = None, device: Any = None) -> Any:
        return self._filled(1, shape, dtype)

    def full(self, shape: Any, value: Any, dtype: Any = None, device: Any = None) -> Any:
        if isinstance(value, SystemArray):
            return self.broadcast_to(value, shape)
        return self.asarray(np.full(shape, value), dtype=dtype)

    def zeros_like(self, x: Any) -> Any:
        return self.zeros(x.shape, dtype=x.dtype) if isinstance(x, SystemArray) else np.zeros_like(x)

    def ones_like(self, x: Any) -> Any:
        return self.ones(x.shape, dtype=x.dtype) if isinstance(x, SystemArray) else np.ones_like(x)

    def eye(self, n: int, m: int | None = None, k: int = 0, dtype: Any = None, device: Any = None) -> Any:
        return self.asarray(np.eye(n, m, k=k, dtype=int), dtype=dtype)

    def arange(
        self, start: int, stop: int | None = None, step: int = 1, dtype: Any = None, device: Any = None
    ) -> Any:
        values = np.arange(start) if stop is None else np.arange(start, stop, step)
        return self.asarray(values, dtype=dtype)

    # Combining.
    def common(self, values: Sequence[Any]) -> list[SystemArray] | None:
        """All values as numbers with the same parts; None if all of them are structure."""
        if not any(isinstance(v, SystemArray) for v in values):
            return None
        arrays = [
            v if isinstance(v, SystemArray) else SystemArray(self.system, self.system.literal(v))
            for v in values
        ]
        return [SystemArray(self.system, parts) for parts in self.system.align([a.parts for a in arrays])]

    def _gather(self, values: Sequence[Any], function: Callable[[list[Any]], Any]) -> Any:
        arrays = self.common(values)
        if arrays is None:
            return function(list(values))
        columns = zip(*(a.parts for a in arrays), strict=True)
        parts = tuple(function(list(c)) if isinstance(c[0], np.ndarray) else c[0] for c in columns)
        return SystemArray(self.system, parts)

    def stack(self, arrays: Sequence[Any], axis: int = 0) -> Any:
        return self._gather(arrays, lambda parts: np.stack(parts, axis=axis))

    def concat(self, arrays: Sequence[Any], axis: int | None = 0) -> Any:
        return self._gather(arrays, lambda parts: np.concatenate(parts, axis=axis))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        if isinstance(condition, SystemArray):
            raise NotTestable("the condition of where() must be a mask, not numbers")
        arrays = self.common([a, b])
        if arrays is None:
            return np.where(condition, a, b)
        return SystemArray(self.system, self.system.choose(condition, arrays[0].parts, arrays[1].parts))

    def take(self, x: Any, indices: Any, axis: int = 0) -> Any:
        if not isinstance(x, SystemArray):
            return np.take(x, indices, axis=axis)
        return x.map(lambda part: np.take(part, indices, axis=axis))

    def matrix_transpose(self, x: Any) -> Any:
        return x.mT if isinstance(x, SystemArray) else np.swapaxes(x, -1, -2)

    # Arithmetic.
    def matmul(self, a: Any, b: Any) -> Any:
        return a @ b

    def vecdot(self, a: Any, b: Any, axis: int = -1) -> Any:
        return self.sum(self.conj(a) * b, axis=axis)

    def outer(self, a: Any, b: Any) -> Any:
        return a[:, None] * b[None, :]

    def square(self, x: Any) -> Any:
        return x * x

    def pow(self, x: Any, power: Any) -> Any:
        return x**power

    def abs(self, x: Any) -> Any:
        return abs(x)

    def _axes(self, x: Any, axis: Axis) -> list[int]:
        axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
        return sorted((a % x.ndim for a in axes), reverse=True)

    def _reduce(self, x: Any, axis: Axis, keepdims: bool, reduce: Callable[[Any, int], Any]) -> Any:
        """`reduce` keeps the axis it works on; axes are dropped at the end."""
        axes = self._axes(x, axis)
        for a in axes:
            x = x.wrap(reduce(x.parts, a))
        return (
            x
            if keepdims
            else x.map(lambda part: part.reshape([s for i, s in enumerate(part.shape) if i not in axes]))
        )

    def sum(self, x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Any:
        if not isinstance(x, SystemArray):
            return np.sum(x, axis=axis, keepdims=keepdims)
        return self._reduce(x, axis, keepdims, self.system.sum)

    def mean(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        count = math.prod(x.shape[a] for a in self._axes(x, axis))
        return self.sum(x, axis=axis, keepdims=keepdims) / count

    def var(self, x: Any, axis: Axis = None, correction: int = 0, keepdims: bool = False) -> Any:
        count = math.prod(x.shape[a] for a in self._axes(x, axis)) - correction
        centred = x - self.mean(x, axis=axis, keepdims=True)
        return self.sum(centred * centred, axis=axis, keepdims=keepdims) / count

    def prod(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        axes = self._axes(x, axis)
        for a in axes:
            factors = [self._slice(x, i, a) for i in range(x.shape[a])]
            x = self._product(factors, x.shape, a)
        return (
            x
            if keepdims
            else x.map(lambda part: part.reshape([s for i, s in enumerate(part.shape) if i not in axes]))
        )

    @staticmethod
    def _slice(x: Any, index: int, axis: int) -> Any:
        return x.map(lambda part: np.take(part, [index], axis=axis))

    def _product(self, factors: list[Any], shape: tuple[int, ...], axis: int) -> Any:
        if not factors:
            return self.ones([1 if i == axis else s for i, s in enumerate(shape)], dtype=self.system)
        result = factors[0]
        for factor in factors[1:]:
            result = result * factor
        return result

    def cumulative_sum(self, x: Any, axis: int = 0, include_initial: bool = False) -> Any:
        if not isinstance(x, SystemArray):
            return np.cumulative_sum(x, axis=axis, include_initial=include_initial)
        zero = self.zeros([1 if i == axis % x.ndim else s for i, s in enumerate(x.shape)], dtype=x.dtype)
        sums: list[Any] = []
        for i in range(x.shape[axis]):
            one = self._slice(x, i, axis)
            sums.append(sums[-1] + one if sums else one)
        if include_initial:
            sums.insert(0, zero)
        return self.concat(sums, axis=axis) if sums else x

    def max(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self._reduce(x, axis, keepdims, lambda parts, a: self.system.extremum("max", parts, a))

    def min(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self._reduce(x, axis, keepdims, lambda parts, a: self.system.extremum("min", parts, a))

    def argmax(self, x: Any, axis: int | None = None) -> Any:
        if axis is None:
            x, axis = self.reshape(x, (-1,)), 0
        return self.system.argextremum("max", x.parts, axis)

    def maximum(self, a: Any, b: Any) -> Any:
        pair = self.stack(list(self._broadcast(a, b)), axis=0)
        return self.max(pair, axis=0)

    def minimum(self, a: Any, b: Any) -> Any:
        pair = self.stack(list(self._broadcast(a, b)), axis=0)
        return self.min(pair, axis=0)

    def clip(self, x: Any, min: Any = None, max: Any = None) -> Any:  # noqa: A002 - the array API's names
        x = x if min is None else self.maximum(x, min)
        return x if max is None else self.minimum(x, max)

    def _broadcast(self, a: Any, b: Any) -> tuple[Any, Any]:
        a, b = self.asarray(a, dtype=self.system), self.asarray(b, dtype=self.system)
        shape = np.broadcast_shapes(a.shape, b.shape)
        return self.broadcast_to(a, shape), self.broadcast_to(b, shape)

    def einsum(self, pattern: str, *arrays: Any) -> Any:
        """``einsum`` by broadcasting products and sums; not in the standard, ours."""
        inputs, output = pattern.replace(" ", "").split("->")
        letters = sorted(set(inputs) - {","})
        product: Any = None
        for term, x in zip(inputs.split(","), arrays, strict=True):
            order = [term.index(letter) for letter in letters if letter in term]
            x = self.permute_dims(x, order)
            x = self.reshape(x, [x.shape[sorted(term).index(c)] if c in term else 1 for c in letters])
            product = x if product is None else product * x
        summed = tuple(i for i, letter in enumerate(letters) if letter not in output)
        result = self.sum(product, axis=summed) if summed else product
        kept = [letter for letter in letters if letter in output]
        return self.permute_dims(result, [kept.index(letter) for letter in output])


class LinearAlgebra:
    """``xp.linalg`` over a system; decompositions exist only where the system can bound their error."""

    def __init__(self, xp: Namespace) -> None:
        self.xp = xp

    def _single(self, operation: str, *matrices: Any) -> None:
        if any(m.ndim > 2 for m in matrices):
            name = self.xp.system.name
            raise NotTestable(
                f"linalg.{operation} over {name} takes one matrix at a time; stack() the results"
            )

    def solve(self, a: Any, b: Any) -> Any:
        a, b = self.xp.common([a, b]) or (a, b)
        self._single("solve", a, b)
        vector = b.ndim == 1
        columns = b[:, None] if vector else b
        x = a.wrap(self.xp.system.solve(a.parts, columns.parts))
        return x[:, 0] if vector else x

    def inv(self, a: Any) -> Any:
        self._single("inv", a)
        return self.solve(a, self.xp.eye(a.shape[-1], dtype=a.dtype))

    def det(self, a: Any) -> Any:
        self._single("det", a)
        return a.wrap(self.xp.system.determinant(a.parts))

    def trace(self, a: Any) -> Any:
        return a.map(lambda part: np.trace(part, axis1=-2, axis2=-1)) if a.shape[-1] < 2 else self._trace(a)

    def _trace(self, a: Any) -> Any:
        diagonal = a.map(lambda part: np.diagonal(part, axis1=-2, axis2=-1).copy())
        return self.xp.sum(diagonal, axis=-1)

    def diagonal(self, a: Any) -> Any:
        return a.map(lambda part: np.diagonal(part, axis1=-2, axis2=-1).copy())

    def matrix_transpose(self, a: Any) -> Any:
        return a.mT

    def vecdot(self, a: Any, b: Any, axis: int = -1) -> Any:
        return self.xp.vecdot(a, b, axis=axis)

    def matmul(self, a: Any, b: Any) -> Any:
        return a @ b

    def outer(self, a: Any, b: Any) -> Any:
        return self.xp.outer(a, b)

    def vector_norm(self, x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
        return self.xp.sqrt(self.xp.sum(self.xp.real(self.xp.conj(x) * x), axis=axis, keepdims=keepdims))

    def svdvals(self, a: Any) -> Any:
        self._single("svdvals", a)
        return a.wrap(self.xp.system.decomposition("svdvals", a.parts)[0])

    def eigvalsh(self, a: Any) -> Any:
        self._single("eigvalsh", a)
        return a.wrap(self.xp.system.decomposition("eigvalsh", a.parts)[0])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotTestable(f"xp.linalg.{name} has no rule over {self.xp.system.name}")


class Fourier:
    """``xp.fft`` over any system with roots of unity, as the plain matrix product."""

    def __init__(self, xp: Namespace) -> None:
        self.xp = xp

    def _matrix(self, n: int, sign: int) -> Any:
        system = self.xp.system
        roots = [SystemArray(system, system.unit_root(n, (sign * k) % n)) for k in range(n)]
        column = self.xp.stack(roots)
        powers = np.outer(np.arange(n), np.arange(n)) % n
        return self.xp.take(column, powers.reshape(-1)).map(lambda part: part.reshape(n, n))

    def _apply(self, x: Any, n: int | None, axis: int, sign: int) -> Any:
        length = x.shape[axis] if n is None else n
        x = self.xp.moveaxis(x, axis, 0)
        if x.shape[0] < length:
            x = self.xp.concat([x, self.xp.zeros((length - x.shape[0], *x.shape[1:]), dtype=x.dtype)])
        x = x[:length, ...]
        flat = self._matrix(length, sign) @ self.xp.reshape(x, (length, -1))
        return self.xp.moveaxis(self.xp.reshape(flat, (length, *x.shape[1:])), 0, axis)

    def fft(self, x: Any, n: int | None = None, axis: int = -1) -> Any:
        return self._apply(x, n, axis, -1)

    def ifft(self, x: Any, n: int | None = None, axis: int = -1) -> Any:
        return self._apply(x, n, axis, 1) / (x.shape[axis] if n is None else n)
