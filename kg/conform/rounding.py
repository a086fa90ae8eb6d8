"""How far rounding alone may part two programs for one formula, in a precision that neither of them was written for.

The reference text is run in float64 over arrays that carry a rounding error as if they were held in a coarser format:
every elementwise result is off by one unit roundoff u of that format with a random sign; a sum or product of k terms by
k·u times the same sum over absolute values, which is the worst case of any order of summation; inputs by one u, which is
the backward error allowed to another algorithm.  The movement of both sides of a claim under this, at its largest over a
few runs, stands for the rounding error of *some* right program, and four times that is allowed, as in
:mod:`kg.verify.floating`.  No tolerance is written down anywhere.

The road not taken: running the reference itself in float16.  Its errors would be those of one order of summation, and
NumPy has no bfloat16.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Format:
    """A format of binary numbers: unit roundoff, half the distance between its smallest numbers, its largest number."""

    unit: float
    underflow: float
    largest: float


FORMATS = {
    "float64": Format(2.0**-53, 0.0, float(np.finfo(np.float64).max)),
    "float32": Format(2.0**-24, 2.0**-150, float(np.finfo(np.float32).max)),
    "float16": Format(2.0**-11, 2.0**-25, 65504.0),
    "bfloat16": Format(2.0**-8, 2.0**-134, float(np.finfo(np.float32).max)),
}
UNITS = {name: one.unit for name, one in FORMATS.items()} | {"complex64": FORMATS["float32"].unit}
"""The unit roundoff of a format by its name, as it is given for an array."""
EXACT = Format(0.0, 0.0, np.inf)
RUNS = 5
FACTOR = 4.0

_EXACT = frozenset(
    [
        "absolute",
        "negative",
        "positive",
        "sign",
        "maximum",
        "minimum",
        "fmax",
        "fmin",
        "conjugate",
        "copysign",
        "floor",
        "ceil",
        "rint",
        "trunc",
        "reshape",
        "concatenate",
        "stack",
        "transpose",
        "swapaxes",
        "moveaxis",
        "take",
        "take_along_axis",
        "flip",
        "roll",
        "where",
        "expand_dims",
        "squeeze",
        "broadcast_to",
        "broadcast_arrays",
        "tril",
        "triu",
        "zeros_like",
        "ones_like",
        "full_like",
        "empty_like",
        "max",
        "min",
        "amax",
        "amin",
        "sort",
        "real",
        "imag",
        "diagonal",
        "diag",
        "repeat",
        "tile",
        "ravel",
        "matrix_transpose",
        "copy",
        "atleast_1d",
        "atleast_2d",
        "permute_dims",
        "split",
        "array_split",
        "hstack",
        "vstack",
        "delete",
        "insert",
        "append",
        "pad",
        "clip",
        "nan_to_num",
        "unstack",
        "triu_indices",
    ]
)
_MULTILINEAR = frozenset(
    [
        "sum",
        "mean",
        "cumsum",
        "cumulative_sum",
        "einsum",
        "tensordot",
        "dot",
        "inner",
        "outer",
        "vdot",
        "vecdot",
        "trace",
        "kron",
        "matmul",
        "convolve",
    ]
)


class _Stream:
    """The random signs of the current run."""

    rng = np.random.default_rng(0)


class Rounded(np.ndarray):
    """A float64 array whose every result is off by the rounding error of a format."""

    format: Format = EXACT

    def __array_finalize__(self, other: Any) -> None:
        self.format = getattr(other, "format", EXACT)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        held = _coarsest(inputs)
        plain = [_bare(x) for x in inputs]
        out = kwargs.pop("out", None)
        result = getattr(ufunc, method)(*plain, **{name: _bare(x) for name, x in kwargs.items()})
        error = 0.0
        if ufunc.__name__ not in _EXACT:
            error = _error(ufunc, method, plain, kwargs, result)
        rounded = _spread(result, error, held)
        if out is not None:
            out[0][...] = rounded
            return out[0]
        return rounded

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        name = function.__name__
        held = _coarsest((args, kwargs))
        if name in _EXACT:
            return _spread(function(*_bare(args), **_bare(kwargs)), 0.0, held)
        if name in _MULTILINEAR:
            result = function(*_bare(args), **_bare(kwargs))
            with np.errstate(all="ignore"):
                bound = function(*_mapped(np.abs, _bare(args)), **_bare(kwargs))
            return _spread(result, _terms(args) * np.asarray(bound), held)
        # A decomposition or a transform: backward error in its inputs, and the same relative to its largest output.
        moved = _mapped(lambda x: _moved(x, held), _bare(args))
        return _mapped_result(function(*moved, **_bare(kwargs)), held)


def _coarsest(value: Any) -> Format:
    """The coarsest format among the arrays of a structure."""
    if isinstance(value, Rounded):
        return value.format
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return max(map(_coarsest, value), default=EXACT, key=lambda one: one.unit)
    return EXACT


def _bare(value: Any) -> Any:
    return _mapped(lambda x: x.view(np.ndarray) if isinstance(x, Rounded) else x, value)


def _mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """The same structure with every array changed."""
    if isinstance(value, np.ndarray | np.generic):
        return change(np.asarray(value) if isinstance(value, np.generic) else value)
    if isinstance(value, dict):
        return {name: _mapped(change, one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        parts = [_mapped(change, one) for one in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value


def _terms(args: Any) -> int:
    lengths = [1]

    def seen(array: Any) -> Any:
        lengths.extend(array.shape)
        return array

    _mapped(seen, args)
    return max(lengths)


def _error(ufunc: Any, method: str, plain: list[Any], kwargs: dict[str, Any], result: Any) -> Any:
    """The size of the error of a result, in units roundoff."""
    if ufunc.__name__ in ("matmul", "vecdot", "matvec", "vecmat"):
        with np.errstate(all="ignore"):
            return np.shape(plain[0])[-1] * ufunc(np.abs(plain[0]), np.abs(plain[1]))
    if method in ("reduce", "accumulate") and ufunc.__name__ == "add":
        with np.errstate(all="ignore"):
            bound = getattr(ufunc, method)(np.abs(plain[0]), *plain[1:], **kwargs)
        return max(np.shape(plain[0]), default=1) * np.asarray(bound)
    count = max(np.shape(plain[0]), default=1) if method in ("reduce", "accumulate") else 1
    return count * np.abs(result) if not isinstance(result, tuple) else 0.0


def _spread(result: Any, error: Any, held: Format) -> Any:
    if isinstance(result, list | tuple):
        return type(result)(_spread(one, 0.0, held) for one in result)
    if not (isinstance(result, np.ndarray | np.generic) and np.asarray(result).dtype.kind in "fc"):
        return result
    array = np.asarray(result)
    if np.ndim(error) or error:
        with np.errstate(all="ignore"):
            size = held.unit * np.asarray(error) + held.underflow * (array != 0)
            array = np.asarray(array + size * _Stream.rng.choice([-1.0, 1.0], size=array.shape))
            array = np.where(np.abs(array) > held.largest, np.inf, array)
    rounded = array.view(Rounded)
    rounded.format = held
    return rounded


def _moved(array: Any, held: Format) -> Any:
    if array.dtype.kind not in "fc":
        return array
    size = held.unit * np.abs(array) + held.underflow * (array != 0)
    return array + size * _Stream.rng.choice([-1.0, 1.0], size=array.shape)


def _mapped_result(result: Any, held: Format) -> Any:
    def spread(array: Any) -> Any:
        largest = float(np.max(np.abs(array), initial=0.0)) if array.dtype.kind in "fc" else 0.0
        return _spread(array, max(array.shape, default=1) * largest, held)

    return _mapped(spread, result)


def rounded(function: Callable[..., Any], held: Format) -> Callable[..., Any]:
    """The same function with the rounding errors of a format; plain arrays in and out."""

    def run(*args: Any, **kwargs: Any) -> Any:
        given = [_mapped(lambda x: _spread(_moved(x, held), 0.0, held), one) for one in (args, kwargs)]
        return _bare(function(*given[0], **given[1]))

    return run


def carrying(inputs: Mapping[str, Any], held: Format) -> dict[str, Any]:
    """Inputs whose every further use is rounded; their values stay as they are."""
    return {name: _mapped(lambda x: _spread(x, 0.0, held), value) for name, value in inputs.items()}


def seeded(number: int) -> None:
    """Begin the random signs of a run."""
    _Stream.rng = np.random.default_rng([5, number])


def bare(value: Any) -> Any:
    """Without rounding errors to come."""
    return _bare(value)


def nearest(value: Any, dtype: str) -> Any:
    """The numbers of a format that are nearest to these, as float64."""
    array = np.asarray(value, dtype=np.float64)
    if dtype == "float64":
        return array
    if dtype in ("float32", "float16"):
        return array.astype(dtype).astype(np.float64)
    bits = array.astype(np.float32).reshape(-1).view(np.uint32).astype(np.uint64)
    # To the nearest of the 16 upper bits, ties to even.
    kept = (bits + 0x7FFF + ((bits >> np.uint64(16)) & np.uint64(1))) & np.uint64(0xFFFF0000)
    return kept.astype(np.uint32).view(np.float32).astype(np.float64).reshape(array.shape)
