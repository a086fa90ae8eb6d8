"""Floating point: NumPy, and PyTorch or JAX where installed, through array-api-compat, with our few additions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

# Whether LAPACK calls an exactly singular matrix singular or divides by a rounding error depends on its build.
_SINGULAR_AS_NAN: ContextVar[bool] = ContextVar("singular_as_nan", default=False)


@contextmanager
def singular_as_nan() -> Iterator[None]:
    """Inside the block the inverse of a singular matrix is NaN in every entry, not an error."""
    token = _SINGULAR_AS_NAN.set(True)
    try:
        yield
    finally:
        _SINGULAR_AS_NAN.reset(token)


class _Forgiving:
    """``linalg`` whose inv and solve answer NaN for a singular matrix."""

    def __init__(self, standard: Any) -> None:
        self._standard = standard

    def __getattr__(self, name: str) -> Any:
        function = getattr(self._standard, name)
        if name not in ("inv", "solve"):
            return function

        def call(*arrays: Any) -> Any:
            try:
                return function(*arrays)
            except np.linalg.LinAlgError:
                # A matrix that is not square is an error of shapes, which stays one.
                if arrays[0].shape[-1] != arrays[0].shape[-2]:
                    raise
                return np.full(arrays[-1].shape, np.nan)

        return call


class FloatNamespace:
    """An array-API namespace with ``einsum``, ``erf`` and the linear algebra that the standard leaves out."""

    def __init__(self, standard: Any, sample: Any) -> None:
        self._standard = standard
        self._sample = sample

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._standard, name)
        return _Forgiving(found) if name == "linalg" and _SINGULAR_AS_NAN.get() else found

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        xp = self._standard
        like = a if hasattr(a, "dtype") else b if hasattr(b, "dtype") else self._sample
        return xp.where(*(xp.asarray(x) if x is condition else _lift(xp, x, like) for x in (condition, a, b)))

    def einsum(self, pattern: str, *arrays: Any) -> Any:
        # Written out, because the text must mean the same here as in the systems without an einsum of their own.
        from kg.numbers.namespace import Namespace

        return Namespace.einsum(self, pattern, *arrays)  # type: ignore[arg-type]

    def erf(self, x: Any) -> Any:
        module = self._standard.__name__
        if "torch" in module:
            return self._standard.special.erf(x)
        if "jax" in module:
            from jax.scipy.special import erf

            return erf(x)
        from scipy.special import erf as scipy_erf

        return scipy_erf(x)


def _lift(xp: Any, value: Any, like: Any) -> Any:
    return value if hasattr(value, "dtype") else xp.asarray(value, dtype=like.dtype)


def float_namespace(x: Any) -> FloatNamespace:
    """The namespace of a NumPy, PyTorch or JAX array."""
    import array_api_compat

    return FloatNamespace(array_api_compat.array_namespace(x), x)


def is_float_array(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind in "fc"
