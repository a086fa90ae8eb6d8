"""Forms: small expressions made of implementations, whose inputs have shapes written in named dimensions.

A form is an implementation with a parameter set to a constant, transposed, or shared with another; or one
implementation fed into another.  Two forms can be compared when their inputs can be laid side by side, which is what
:func:`placed` decides: it renames inputs and dimensions to a *signature* that does not depend on how they were called.
"""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kg.domains import Domain
from kg.numbers import array_namespace

CONSTANTS = ("zero", "one", "identity")
Use = Callable[[str], Callable[..., Any]]


@dataclass(frozen=True)
class Leaf:
    """An input."""

    name: str


@dataclass(frozen=True)
class Constant:
    """An array of zeros, of ones, or an identity matrix."""

    what: str
    dims: tuple[str, ...]


@dataclass(frozen=True)
class Transposed:
    """The last two axes exchanged."""

    of: Expression


@dataclass(frozen=True)
class Apply:
    """An implementation called by the names of its parameters; `part` picks one of several outputs."""

    function: str
    arguments: tuple[tuple[str, Expression], ...]
    part: int | None = None


Expression = Leaf | Constant | Transposed | Apply


@dataclass(frozen=True)
class Form:
    """An expression and the domain of each of its inputs."""

    expression: Expression
    leaves: tuple[tuple[str, Domain], ...]

    @property
    def functions(self) -> tuple[str, ...]:
        """The implementations in it, the outermost first."""
        return tuple(functions_of(self.expression))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names of its dimensions in order of appearance."""
        return tuple(
            dict.fromkeys(name for _, domain in self.leaves for dim in domain.dims for name in names_in(dim))
        )

    def renamed(self, leaves: Mapping[str, str], dims: Mapping[str, str]) -> Form:
        """The same form with other names; inputs that get one name become one input."""
        found = {
            leaves.get(n, n): Domain(d.kind, tuple(in_dim(x, dims) for x in d.dims)) for n, d in self.leaves
        }
        return Form(_renamed(self.expression, leaves, dims), tuple(found.items()))


def functions_of(expression: Expression) -> Iterator[str]:
    """Every implementation that an expression calls, the outermost first."""
    if isinstance(expression, Apply):
        yield expression.function
        for _, value in expression.arguments:
            yield from functions_of(value)
    elif isinstance(expression, Transposed):
        yield from functions_of(expression.of)


def names_in(dim: str) -> list[str]:
    """The names in a dimension such as ``2*n-1``."""
    return re.findall(r"[A-Za-z_]\w*", dim)


def in_dim(dim: str, names: Mapping[str, str]) -> str:
    """A dimension with its names replaced."""
    return re.sub(r"[A-Za-z_]\w*", lambda found: names.get(found[0], found[0]), dim)


def _renamed(expression: Expression, leaves: Mapping[str, str], dims: Mapping[str, str]) -> Expression:
    if isinstance(expression, Leaf):
        return Leaf(leaves.get(expression.name, expression.name))
    if isinstance(expression, Constant):
        return replace(expression, dims=tuple(in_dim(d, dims) for d in expression.dims))
    if isinstance(expression, Transposed):
        return Transposed(_renamed(expression.of, leaves, dims))
    return replace(
        expression,
        arguments=tuple((name, _renamed(value, leaves, dims)) for name, value in expression.arguments),
    )


def substituted(expression: Expression, leaf: str, value: Expression) -> Expression:
    """The expression with something put in the place of an input."""
    if isinstance(expression, Leaf):
        return value if expression.name == leaf else expression
    if isinstance(expression, Transposed):
        return Transposed(substituted(expression.of, leaf, value))
    if isinstance(expression, Apply):
        return replace(
            expression, arguments=tuple((n, substituted(e, leaf, value)) for n, e in expression.arguments)
        )
    return expression


# --- signatures


def placed(form: Form) -> Iterator[tuple[str, Form]]:
    """The form under every naming that gives its inputs the least signature: one, or several if it has symmetries.

    Inputs are called a, b, c …, dimensions n0, n1 … in order of appearance; forms of one signature take the same inputs.
    """
    candidates = []
    for order in itertools.permutations(form.leaves):
        dims: dict[str, str] = {}
        for _, domain in order:
            for dim in domain.dims:
                for name in names_in(dim):
                    dims.setdefault(name, f"n{len(dims)}")
        kinds = [f"{d.kind} {' '.join(in_dim(x, dims) for x in d.dims)}".strip() for _, d in order]
        candidates.append((" | ".join(kinds), order, dims))
    least = min((signature for signature, _, _ in candidates), default="")
    for signature, order, dims in candidates:
        if signature == least:
            letters = {name: "abcdefgh"[at] for at, (name, _) in enumerate(order)}
            yield least, Form(_renamed(form.expression, letters, dims), _leaves(order, letters, dims))


def _leaves(
    order: Any, letters: Mapping[str, str], dims: Mapping[str, str]
) -> tuple[tuple[str, Domain], ...]:
    return tuple(
        (letters[name], Domain(domain.kind, tuple(in_dim(x, dims) for x in domain.dims)))
        for name, domain in order
    )


# --- running


def evaluate(expression: Expression, use: Use, inputs: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    """The value of an expression, in the arithmetic of its inputs."""
    if isinstance(expression, Leaf):
        return inputs[expression.name]
    if isinstance(expression, Constant):
        return _constant(expression, inputs, sizes)
    if isinstance(expression, Transposed):
        return evaluate(expression.of, use, inputs, sizes).mT
    arguments = {name: evaluate(value, use, inputs, sizes) for name, value in expression.arguments}
    result = use(expression.function)(**arguments)
    return result if expression.part is None else result[expression.part]


def _constant(constant: Constant, inputs: Mapping[str, Any], sizes: Mapping[str, int]) -> Any:
    from kg.verify.draws import extent

    like = next(
        x for x in inputs.values() if hasattr(x, "dtype") and getattr(x.dtype, "kind", "f") not in "bi"
    )
    xp, shape = array_namespace(like), tuple(extent(d, sizes) for d in constant.dims)
    if constant.what == "identity":
        return xp.eye(shape[0], dtype=like.dtype)
    return (xp.zeros if constant.what == "zero" else xp.ones)(shape, dtype=like.dtype)


def sizes_of(form: Form, inputs: Mapping[str, Any]) -> dict[str, int]:
    """The lengths of the dimensions that stand by themselves in the shape of an input."""
    return {
        dim: int(length)
        for name, domain in form.leaves
        for dim, length in zip(domain.dims, np.shape(inputs[name]), strict=False)
        if dim.isidentifier()
    }


# --- wording


def text(expression: Expression) -> str:
    """As a reader would write it: ``softmax_attention(q=a, k=0, v=b)``."""
    if isinstance(expression, Leaf):
        return expression.name
    if isinstance(expression, Constant):
        return {"zero": "0", "one": "1", "identity": "I"}[expression.what]
    if isinstance(expression, Transposed):
        inner = text(expression.of)
        return f"{inner}ᵀ" if isinstance(expression.of, Leaf) else f"({inner})ᵀ"
    arguments = ", ".join(f"{name}={text(value)}" for name, value in expression.arguments)
    part = "" if expression.part is None else f"[{expression.part}]"
    return f"{expression.function}({arguments}){part}"


def code(expression: Expression) -> str:
    """As the side of a check; constants are made in the arithmetic of input `a`."""
    if isinstance(expression, Leaf):
        return expression.name
    if isinstance(expression, Constant):
        shape = ", ".join(expression.dims)
        if expression.what == "identity":
            return f"xp.eye({expression.dims[0]}, dtype=a.dtype)"
        return f"xp.{'zeros' if expression.what == 'zero' else 'ones'}(({shape},), dtype=a.dtype)"
    if isinstance(expression, Transposed):
        return f"{code(expression.of)}.mT"
    arguments = ", ".join(f"{name}={code(value)}" for name, value in expression.arguments)
    part = "" if expression.part is None else f"[{expression.part}]"
    return f'use("{expression.function}")({arguments}){part}'


def parameters_of(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a function's parameters."""
    return tuple(inspect.signature(function).parameters)
