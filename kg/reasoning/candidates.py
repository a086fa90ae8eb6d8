"""Which forms the search looks at: every implementation, every small change of it, and one fed into another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kg.domains import Domain, domains_of
from kg.reasoning.forms import (
    Apply,
    Constant,
    Expression,
    Form,
    Leaf,
    Transposed,
    names_in,
    substituted,
)

# Kinds that are random by themselves, or sizes: claims about them are judged in other ways.
LEFT_OUT = ("Normal", "ComplexNormal", "Uniform", "Size")
MOST_INPUTS = 4
NUMBERS = ("Real", "Positive", "Complex")


def base_forms(implementations: Mapping[str, Callable[..., Any]]) -> tuple[dict[str, Form], dict[str, str]]:
    """The plain form of every implementation, and for those left out the reason."""
    found, left_out = {}, {}
    for name, function in sorted(implementations.items()):
        try:
            domains = domains_of(function)
        except TypeError:
            left_out[name] = "an input has no domain"
            continue
        kinds = {domain.kind for domain in domains.values()}
        if not domains:
            left_out[name] = "it has no inputs"
        elif kinds & set(LEFT_OUT):
            left_out[name] = "its inputs are random, or sizes"
        elif len(domains) > 6:
            left_out[name] = "it has more than six inputs"
        elif any("..." in domain.dims for domain in domains.values()):
            left_out[name] = "an input has any number of axes"
        else:
            arguments = tuple((parameter, Leaf(parameter)) for parameter in domains)
            found[name] = Form(Apply(name, arguments), tuple(domains.items()))
    return found, left_out


def adapted(form: Form) -> Iterator[tuple[str, Form]]:
    """One change at a time: an input constant, transposed, or shared with another; the result transposed."""
    if len(form.leaves) > MOST_INPUTS:
        return
    for name, domain in form.leaves:
        for what in _constants(domain):
            yield "a parameter set to 0, 1 or the identity", with_constant(form, name, what)
        if domain.kind == "Real" and len(domain.dims) == 2:
            yield "an input transposed", _transposed_input(form, name)
    for (first, one), (second, other) in itertools.combinations(form.leaves, 2):
        if one.kind == other.kind and len(one.dims) == len(other.dims):
            shared = _shared(form, first, second)
            if shared is not None:
                yield "two inputs the same", shared
    yield "the result transposed", Form(Transposed(form.expression), form.leaves)


def _constants(domain: Domain) -> Iterator[str]:
    if domain.kind not in NUMBERS:
        return
    yield from ("one",) if domain.kind == "Positive" else ("zero", "one")
    if len(domain.dims) == 2 and domain.kind == "Real":
        yield "identity"


def with_constant(form: Form, name: str, what: str) -> Form:
    """The form with one input a constant; dimensions that no other input has are 2."""
    dims = dict(form.leaves)[name].dims
    rest = tuple((n, d) for n, d in form.leaves if n != name)
    if what == "identity" and dims[0] != dims[1] and dims[0].isidentifier() and dims[1].isidentifier():
        form = form.renamed({}, {dims[1]: dims[0]})
        dims, rest = (dims[0], dims[0]), tuple((n, d) for n, d in form.leaves if n != name)
    known = {dim for _, d in rest for dim in d.dims if dim.isidentifier()}
    missing = {n: "2" for dim in dims for n in names_in(dim) if n not in known}
    whole = form.renamed({}, missing)
    constant = Constant(what, tuple(dict(whole.leaves)[name].dims))
    rest = tuple((n, d) for n, d in whole.leaves if n != name)
    return Form(substituted(whole.expression, name, constant), rest)


def _transposed_input(form: Form, name: str) -> Form:
    leaves = tuple((n, Domain(d.kind, d.dims[::-1]) if n == name else d) for n, d in form.leaves)
    return Form(substituted(form.expression, name, Transposed(Leaf(name))), leaves)


def _shared(form: Form, first: str, second: str) -> Form | None:
    """Two inputs of a form made one, with their dimensions."""
    domains = dict(form.leaves)
    dims = unified(domains[first].dims, domains[second].dims)
    return None if dims is None else form.renamed({second: first}, dims)


def unified(one: Iterable[str], other: Iterable[str]) -> dict[str, str] | None:
    """Which dimensions must get the same name so that two shapes agree; None if they cannot."""
    names: dict[str, str] = {}

    def root(name: str) -> str:
        while name in names:
            name = names[name]
        return name

    for a, b in zip(one, other, strict=True):
        x, y = root(a), root(b)
        if x == y:
            continue
        if y.isidentifier():
            names[y] = x
        elif x.isidentifier():
            names[x] = y
        else:
            return None
    resolved = {name: root(name) for name in names}
    return None if any(set(names_in(to)) & {name} for name, to in resolved.items()) else resolved


def merged(form: Form, *, thoroughly: bool) -> Iterator[Form]:
    """The form, and the same with some dimensions equal: every way of it, or any two of them, or all."""
    dims = form.dimensions
    yield form
    if thoroughly and len(dims) <= 4:
        for partition in _partitions(list(dims)):
            if len(partition) < len(dims):
                yield form.renamed({}, {name: group[0] for group in partition for name in group})
        return
    for one, other in itertools.combinations(dims, 2):
        yield form.renamed({}, {other: one})
    if len(dims) > 2:
        yield form.renamed({}, dict.fromkeys(dims, dims[0]))


def _partitions(names: list[str]) -> Iterator[list[list[str]]]:
    if not names:
        yield []
        return
    first, rest = names[0], names[1:]
    for partition in _partitions(rest):
        yield [[first], *partition]
        for at, group in enumerate(partition):
            yield [*partition[:at], [first, *group], *partition[at + 1 :]]


def fed(outer: Form, parameter: str, inner: Form, dims: tuple[str, ...]) -> Form | None:
    """`inner`, whose result has these dimensions, put into a parameter of `outer`; None if the shapes do not fit."""
    inside = inner.renamed({n: f"{n}_in" for n, _ in inner.leaves}, {d: f"{d}_in" for d in inner.dimensions})
    result = tuple(f"{d}_in" if d.isidentifier() else d for d in dims)
    names = unified(result, dict(outer.leaves)[parameter].dims)
    if names is None:
        return None
    expression: Expression = substituted(outer.expression, parameter, inside.expression)
    leaves = (*(x for x in outer.leaves if x[0] != parameter), *inside.leaves)
    return Form(expression, leaves).renamed({}, names)
