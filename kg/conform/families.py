"""Implementations with a number left open: families of functions that differ in one number, or in two.

==================== ==========================================================================================
what is left open    example
==================== ==========================================================================================
an input             the slope β of ``swish``; a vector input that holds one number at every place
an option            the ε of ``layer_norm``
a number of the text 0.044715 in ``gelu_tanh``, √d in ``softmax_attention``: the largest part of the text that is made
                     of constants and of sizes only
the first input      ``softmax`` of a multiple of its input: a temperature
==================== ==========================================================================================

Of these only the first two are settings of the function; the others are another function beside it.
"""

from __future__ import annotations

import ast
import copy
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.code import CodeIndex, Function, helpers_of
from kg.conform.variants import Put, further, in_words, readable
from kg.domains import Domain, domains_of
from kg.verify.mutants import Mutant, compiled

NUMBERS = ("Real", "Positive", "Probability")
MOST_NUMBERS = 2
_HOLE = "the_number_left_open"
_SHAPES_OF_CALLS = frozenset({"zeros", "ones", "full", "eye", "reshape", "arange", "range", "linspace"})


@dataclass(frozen=True)
class Open:
    """A number left open: what it is called, where it may lie, and what it is where nobody sets it."""

    words: str
    setting: str = ""
    kind: str = "Real"
    usual: float | None = None

    def admits(self, value: float) -> bool:
        return {"Positive": value > 0, "Probability": 0 < value < 1}.get(self.kind, True)


@dataclass(frozen=True)
class Family:
    """The functions that an implementation becomes; `at` gives the one with these numbers."""

    name: str
    numbers: tuple[Open, ...]
    at: Callable[..., Callable[..., Any]]

    is_filled: bool = False

    @property
    def is_setting(self) -> bool:
        """Whether each of its functions is the implementation itself, with these inputs or options."""
        return all(number.setting for number in self.numbers)


def of_inputs(
    implementations: Mapping[str, Callable[..., Any]],
) -> Iterator[tuple[dict[str, Domain], Family]]:
    """Families whose open numbers are inputs, each with the inputs that are left."""
    for name, function in implementations.items():
        try:
            domains = domains_of(function)
        except TypeError:
            continue
        scalars = [n for n, d in domains.items() if d.kind in NUMBERS and not d.dims]
        vectors = [n for n, d in domains.items() if d.kind in NUMBERS and len(d.dims) == 1]
        for count in range(1, MOST_NUMBERS + 1):
            for chosen in itertools.combinations([*scalars, *vectors], count):
                rest = {n: d for n, d in domains.items() if n not in chosen}
                lengths = {n: _length(rest, domains[n].dims[0]) for n in chosen if domains[n].dims}
                # Two vectors at once, or one whose length no other input tells, would be a search for its own sake.
                if not any(d.dims for d in rest.values()) or len(lengths) > 1 or None in lengths.values():
                    continue
                opened = tuple(_open(n, domains[n]) for n in chosen)
                yield (
                    rest,
                    Family(name, opened, _with_inputs(function, chosen, lengths), is_filled=bool(lengths)),
                )


def _open(name: str, domain: Domain) -> Open:
    return Open(f"{name} = {{}}{' everywhere' if domain.dims else ''}", f"{name}={{}}", domain.kind)


def _length(rest: Mapping[str, Domain], dim: str) -> tuple[str, int] | None:
    """Of which input, along which axis, a dimension is the length."""
    found = ((name, at) for name, d in rest.items() for at, one in enumerate(d.dims) if one == dim)
    return next((one for one in found if rest[one[0]].kind not in ("Natural", "Size", "Interval")), None)


def _with_inputs(
    function: Callable[..., Any], chosen: Sequence[str], lengths: Mapping[str, tuple[str, int] | None]
) -> Callable[..., Callable[..., Any]]:
    def at(*values: float) -> Callable[..., Any]:
        def fixed(**inputs: Any) -> Any:
            # As an array of the kind that the others are of, which may carry rounding errors.
            first = next(x for x in inputs.values() if isinstance(x, np.ndarray) and x.dtype.kind in "fc")
            one = first.real.dtype if first.dtype.kind == "c" else first.dtype
            held = {}
            for name, value in zip(chosen, values, strict=True):
                where = lengths.get(name)
                shape = () if where is None else (inputs[where[0]].shape[where[1]],)
                held[name] = np.full(shape, value, dtype=one)
            return function(**inputs, **held)

        return fixed

    return at


def of_text(index: CodeIndex, source: Function, original: Callable[..., Any]) -> Iterator[Family]:
    """Families of an implementation with all of its inputs: options, numbers of its text, a multiple of its input."""
    yield from _of_options(source.name, original)
    helpers = helpers_of(index, source)
    yield from _of_options_elsewhere(source.name, original, further(source.node, original, helpers))
    for target in (source.node, *helpers):
        for path, place in _constants(target):
            family = _with_hole(source, original, target, helpers, path, place)
            if family is not None:
                yield family
    # Where a number of the text is multiplied as the input would be, the text says it better.
    yield from _of_first_input(source.name, original)


def _of_options(name: str, original: Callable[..., Any]) -> Iterator[Family]:
    for option, parameter in inspect.signature(original).parameters.items():
        default = parameter.default
        # A count has whole values only, and those are tried as settings.
        if (
            isinstance(default, bool)
            or not isinstance(default, int | float)
            or "int" in str(parameter.annotation)
        ):
            continue

        def at(value: float, option: str = option) -> Callable[..., Any]:
            return lambda **inputs: original(**inputs, **{option: value})

        yield Family(name, (Open(f"{option} = {{}}", f"{option}={{}}", "Real", float(default)),), at)


def _of_options_elsewhere(
    name: str, original: Callable[..., Any], edits: Iterator[Mutant]
) -> Iterator[Family]:
    """An option that is added outside of a root and not inside: the usual slip with an ε."""
    options = [family.numbers[0].setting.partition("=")[0] for family in _of_options(name, original)]
    for edit in edits if options else ():
        for option in options if edit.operator == "taken outside" else ():

            def at(value: float, edit: Mutant = edit, option: str = option) -> Callable[..., Any]:
                return lambda **inputs: edit.function(**inputs, **{option: value})

            yield Family(name, (Open(f"{option} = {{}}, {in_words(edit)}"),), at)


def with_factor(family: Family) -> Family:
    """The same with every value multiplied by a number that is open, too."""

    def at(*values: float) -> Callable[..., Any]:
        function = family.at(*values[:-1])

        def multiplied(**inputs: Any) -> Any:
            result = function(**inputs)
            return tuple(values[-1] * x for x in result) if isinstance(result, tuple) else values[-1] * result

        return multiplied

    return Family(family.name, (*family.numbers, Open("every value multiplied by {}")), at)


def _of_first_input(name: str, original: Callable[..., Any]) -> Iterator[Family]:
    first = next(iter(inspect.signature(original).parameters), None)
    if first is None:
        return

    def at(value: float) -> Callable[..., Any]:
        return lambda **inputs: original(**{**inputs, first: inputs[first] * value})

    yield Family(name, (Open(f"{first} multiplied by {{}}", "", "Real", 1.0),), at)


def _constants(target: ast.FunctionDef) -> Iterator[tuple[int, ast.expr]]:
    """The largest parts of a text that are made of constants and sizes only, with their places."""
    inside: set[ast.AST] = set()
    for place, node in enumerate(ast.walk(target)):
        if node in inside:
            continue
        if isinstance(node, ast.Subscript):
            inside |= set(ast.walk(node.slice))
        elif isinstance(node, ast.keyword | ast.arguments) or _is_docstring(node) or _makes_shapes(node):
            inside |= set(ast.walk(node))
        elif isinstance(node, ast.expr) and _is_constant(node):
            inside |= set(ast.walk(node))
            yield place, node


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _makes_shapes(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _SHAPES_OF_CALLS
    return False


def _is_constant(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float()):
            return True
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return True
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _is_constant(operand)
        case ast.BinOp(left=left, right=right):
            return _is_constant(left) and _is_constant(right)
        case ast.Call(func=ast.Name(id="pi"), args=[_]):
            return True
        case ast.Call(func=ast.Name(id="constant"), args=[_, value]):
            return _is_constant(value)
        case ast.Call(func=ast.Attribute(attr="sqrt" | "exp" | "log"), args=[value], keywords=[]):
            return _is_constant(value)
    return False


def _with_hole(
    source: Function,
    original: Callable[..., Any],
    target: ast.FunctionDef,
    helpers: Sequence[ast.FunctionDef],
    place: int,
    constant: ast.expr,
) -> Family | None:
    tree = copy.deepcopy(target)
    Put(list(ast.walk(tree))[place], ast.Name(_HOLE, ast.Load())).visit(tree)
    others = [other for other in (source.node, *helpers) if other is not target]
    function = compiled(source.name, [*others, tree], original)
    if function is None:
        return None
    names: dict[str, Any] = function.__globals__

    def at(value: float) -> Callable[..., Any]:
        def fixed(**inputs: Any) -> Any:
            names[_HOLE] = value
            return function(**inputs)

        return fixed

    text = readable(ast.unparse(constant))
    around = _around(target, constant)
    words = f"{{}} in the place of {text}{f' in {around}' if around else ''}"
    value = constant.value if isinstance(constant, ast.Constant) else None
    usual = float(value) if isinstance(value, int | float) else None
    return Family(source.name, (Open(words, "", "Real", usual),), at)


def _around(target: ast.FunctionDef, constant: ast.expr) -> str:
    """The text in which a number stands, if that says more than the number does."""
    for node in ast.walk(target):
        if isinstance(node, ast.BinOp | ast.Compare | ast.Call) and constant in ast.iter_child_nodes(node):
            return readable(ast.unparse(node))
    return ""
