"""Functions next to an implementation: its edits by the fixed list of operators, and its options set otherwise.

To the operators of :mod:`kg.verify.mutants` a few are added which a claim need not notice but a reader wants named:

===================== =============================================================================
operator              edit
===================== =============================================================================
applied after         ``a * b + c`` → ``a * (b + c)``: a factor meets the sum instead of one term
taken outside         ``sqrt(a + b)`` → ``sqrt(a) + b``: a term leaves a function
divisor less one      ``mean(a)`` → ``sum(a) / (count − 1)``; the same for ``/ n`` of a sum
mask shifted          ``a >= b`` → ``a + 1 >= b`` and ``a >= b + 1``; the same for ``<=``, ``>``, ``<``
moved after update    in a loop that carries S, ``p * S`` → ``S``, and ``S = p * S`` after S is updated
read before update    in a loop that carries S, what is put out from S stands before S is updated
read after update     the reverse
===================== =============================================================================
"""

from __future__ import annotations

import ast
import contextlib
import copy
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from kg.code import CodeIndex, Function, helpers_of
from kg.verify.mutants import Mutant, compiled, mutants

SMALL = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 2.0**-23, 1e-8, 1e-9, 1e-10, 1e-12)
COUNTS = (1, 2, 3, 4, 5, 6)
FRACTIONS = (0.01, 0.1, 0.5)


@dataclass(frozen=True)
class Variant:
    """A function near an implementation: in words, whether it is a setting of its options, and the function."""

    words: str
    setting: str
    function: Callable[..., Any]


def variants(index: CodeIndex, source: Function, original: Callable[..., Any]) -> Iterator[Variant]:
    """Settings of the options first, then every edit of the text."""
    yield from settings(original)
    helpers = helpers_of(index, source)
    added = (
        *_moved_after(source.node, original, helpers),
        *_read_elsewhere(source.node, original, helpers),
        *further(source.node, original, helpers),
    )
    for mutant in (*mutants(source.node, original, helpers), *added):
        yield Variant(in_words(mutant), "", mutant.function)


def settings(original: Callable[..., Any]) -> Iterator[Variant]:
    """The implementation with one of its options at another value."""
    for name, parameter in inspect.signature(original).parameters.items():
        default = parameter.default
        if isinstance(default, bool):
            values: Sequence[Any] = (not default,)
        elif isinstance(default, int | float):
            values = SMALL if default == 0 else (*COUNTS, *FRACTIONS)
        else:
            continue
        for value in values:
            if value != default:
                words = (
                    f"with {name} = {value:g}" if not isinstance(value, bool) else f"with {name} = {value}"
                )
                yield Variant(words, f"{name}={value!r}", partial(original, **{name: value}))


def in_words(mutant: Mutant) -> str:
    """An edit as the end of the sentence "this is X …"."""
    before, after = (readable(text) for text in mutant.edit.split(" → ", 1))
    quoted = f"{before} became {after}"
    match mutant.operator:
        case "operand dropped":
            return f"but {_missing(mutant.edit)} is missing: {quoted}"
        case "updates exchanged":
            return f"with “{before}” after “{after}”"
        case "moved after update":
            factor, _, state = mutant.edit.partition(" → ")
            return f"with the factor {readable(factor)} after the update of {readable(state)} and not before"
        case "read before update":
            return f"with the state {after} read before it is updated and not after: {before} comes first"
        case "read after update":
            return f"with the state {after} read after it is updated and not before: {before} comes last"
        case "applied after":
            return f"with the factor {_factor(mutant.edit)} after the update and not before: {quoted}"
        case "mask shifted":
            return f"with the mask off by one: {quoted}"
        case "axis swapped":
            return f"but along another axis: {quoted}"
        case operator:
            return f"but with {_ARTICLE.get(operator, operator)}: {quoted}"


_ARTICLE = {
    "sign flipped": "a sign flipped",
    "operator swapped": "an operator swapped",
    "constant changed": "a constant changed",
    "transpose dropped": "a transpose missing",
    "mask off by one": "the mask off by one",
    "comparison moved": "a comparison moved, so that a mask is off by one",
    "function dropped": "a function missing",
    "branches exchanged": "two branches exchanged",
    "taken outside": "a term outside of a function",
    "divisor less one": "a divisor one less, as in an unbiased variance",
}


def _factor(edit: str) -> str:
    node = ast.parse(edit.split(" → ", 1)[1], mode="eval").body
    return readable(ast.unparse(node.left)) if isinstance(node, ast.BinOp) else "of one term"


def _missing(edit: str) -> str:
    """``the scale 1/…`` for a dropped divisor, ``the factor …`` or ``the term …`` for others."""
    before, after = edit.split(" → ", 1)
    node = ast.parse(before, mode="eval").body
    if not isinstance(node, ast.BinOp):
        return "an operand"
    left, right = ast.unparse(node.left), ast.unparse(node.right)
    gone = right if after == left else left
    kind = {ast.Div: "scale", ast.Mult: "scale", ast.Add: "term", ast.Sub: "term", ast.Pow: "power"}
    if isinstance(node.op, ast.Div) and gone == right:
        return f"the scale 1/({readable(gone)})"
    return f"the {kind.get(type(node.op), 'factor')} {readable(gone)}"


def readable(text: str) -> str:
    """Code as a reader would write it: without the namespace, and with plain constants."""
    with contextlib.suppress(SyntaxError):
        text = ast.unparse(_Plain().visit(ast.parse(text)))
    return " ".join(text.split())


class _Plain(ast.NodeTransformer):
    def visit_Attribute(self, node: ast.Attribute) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        return (
            ast.Name(node.attr, ast.Load())
            if isinstance(node.value, ast.Name) and node.value.id == "xp"
            else node
        )

    def visit_Call(self, node: ast.Call) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        match node:
            case ast.Call(func=ast.Name(id="constant"), args=[_, number]):
                return number
            case ast.Call(func=ast.Name(id="pi"), args=[_]):
                return ast.Name("pi", ast.Load())
        return node

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        node = self.generic_visit(node)  # type: ignore[assignment]
        match node:
            case ast.BinOp(
                left=ast.Constant(value=int() as a), op=ast.Div(), right=ast.Constant(value=int() as b)
            ) if b and b % 10 == 0:
                # A decimal, which the number systems are given as a fraction.
                return ast.Constant(a / b)
        return node


def further(
    node: ast.FunctionDef, original: Callable[..., Any], helpers: Sequence[ast.FunctionDef]
) -> Iterator[Mutant]:
    for target in (node, *helpers):
        places = list(ast.walk(target))
        for number, place in enumerate(places):
            for operator, replacement in _replacements(place):
                tree = copy.deepcopy(target)
                Put(list(ast.walk(tree))[number], replacement).visit(tree)
                others = [other for other in (node, *helpers) if other is not target]
                function = compiled(node.name, [*others, tree], original)
                if function is not None:
                    edit = f"{ast.unparse(place)} → {ast.unparse(replacement)}"
                    yield Mutant(operator, getattr(place, "lineno", 0), edit, function)


def _moved_after(
    node: ast.FunctionDef, original: Callable[..., Any], helpers: Sequence[ast.FunctionDef]
) -> Iterator[Mutant]:
    """A factor of the state that a loop carries is taken off where it stands, and applied once the state is updated."""
    for number, loop in enumerate(ast.walk(node)):
        if not isinstance(loop, ast.For):
            continue
        states = {
            t.id for s in loop.body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)
        }
        for inner, place in enumerate(ast.walk(loop)):
            split = _factor_of_a_state(place, states)
            if split is None:
                continue
            factor, state = split
            tree = copy.deepcopy(node)
            same = list(ast.walk(tree))[number]
            assert isinstance(same, ast.For)
            Put(list(ast.walk(same))[inner], ast.Name(state, ast.Load())).visit(same)
            if not _put_after_the_last(same, state, factor):
                continue
            function = compiled(node.name, [*helpers, tree], original)
            if function is not None:
                edit = f"{ast.unparse(factor)} → {state}"
                yield Mutant("moved after update", getattr(place, "lineno", 0), edit, function)


def _factor_of_a_state(place: ast.AST, states: set[str]) -> tuple[ast.expr, str] | None:
    match place:
        case ast.BinOp(left=factor, op=ast.Mult(), right=ast.Name(id=state)) if state in states:
            return factor, state
        case ast.BinOp(left=ast.Name(id=state), op=ast.Mult(), right=factor) if state in states:
            return factor, state
    return None


def _put_after_the_last(loop: ast.For, state: str, factor: ast.expr) -> bool:
    at = [
        i
        for i, s in enumerate(loop.body)
        if isinstance(s, ast.Assign) and any(isinstance(t, ast.Name) and t.id == state for t in s.targets)
    ]
    if not at:
        return False
    product = ast.BinOp(copy.deepcopy(factor), ast.Mult(), ast.Name(state, ast.Load()))
    loop.body.insert(at[-1] + 1, ast.Assign([ast.Name(state, ast.Store())], product, lineno=0))
    return True


def _read_elsewhere(
    node: ast.FunctionDef, original: Callable[..., Any], helpers: Sequence[ast.FunctionDef]
) -> Iterator[Mutant]:
    """In a loop that carries a state, an output read from it stands on the other side of the update."""
    for number, loop in enumerate(ast.walk(node)):
        if not isinstance(loop, ast.For):
            continue
        for at, statement in enumerate(loop.body):
            if not _puts_out(statement):
                continue
            # A state is what the loop reads and writes: W = … W …, over one or more statements.
            for state in sorted(_mentioned(statement) & _carried(loop)):
                updates = [i for i, one in enumerate(loop.body) if state in _assigned(one)]
                first, last = updates[0], updates[-1]
                if first < at < last:
                    continue
                tree = copy.deepcopy(node)
                same = list(ast.walk(tree))[number]
                assert isinstance(same, ast.For)
                moved = same.body.pop(at)
                same.body.insert(first if at > last else last, moved)
                function = compiled(node.name, [*helpers, tree], original)
                if function is not None:
                    operator = "read before update" if at > last else "read after update"
                    edit = f"{ast.unparse(_put_out(statement))} → {state}"
                    yield Mutant(operator, statement.lineno, edit, function)


def _puts_out(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[_])):
            return True
    return False


def _put_out(statement: ast.stmt) -> ast.expr:
    assert isinstance(statement, ast.Expr)
    assert isinstance(statement.value, ast.Call)
    return statement.value.args[0]


def _assigned(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _mentioned(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _carried(loop: ast.For) -> set[str]:
    """Names that the loop assigns after it has used their value from the round before."""
    found: set[str] = set()
    written: set[str] = set(_assigned(loop.target))
    for statement in loop.body:
        found |= _mentioned(statement) - written
        written |= _assigned(statement)
    return found & written


class Put(ast.NodeTransformer):
    """Puts a replacement in the place of one node."""

    def __init__(self, target: ast.AST, replacement: ast.AST) -> None:
        self.target, self.replacement = target, replacement

    def visit(self, node: ast.AST) -> Any:
        return self.replacement if node is self.target else self.generic_visit(node)


def _replacements(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=a, op=ast.Mult(), right=b), op=ast.Add() | ast.Sub() as plus, right=c
        ):
            yield "applied after", ast.BinOp(a, ast.Mult(), ast.BinOp(b, plus, c))
        case ast.BinOp(left=c, op=ast.Add() as plus, right=ast.BinOp(left=a, op=ast.Mult(), right=b)):
            yield "applied after", ast.BinOp(a, ast.Mult(), ast.BinOp(c, plus, b))
    match node:
        case ast.Compare(ops=[ast.GtE() | ast.LtE() | ast.Gt() | ast.Lt()]):
            assert isinstance(node, ast.Compare)
            yield from _shifted(node)
        case ast.Call(
            func=ast.Attribute(attr="sqrt" | "exp" | "log"), args=[ast.BinOp(left=a, op=ast.Add(), right=b)]
        ):
            assert isinstance(node, ast.Call)
            yield "taken outside", ast.BinOp(ast.Call(node.func, [a], node.keywords), ast.Add(), b)
        case ast.Call(func=ast.Attribute(attr="mean", value=xp), args=[a], keywords=keywords):
            yield "divisor less one", _unbiased(xp, a, keywords)
        case ast.Call(func=ast.Attribute(attr="var"), args=[a], keywords=keywords):
            assert isinstance(node, ast.Call)
            yield (
                "divisor less one",
                ast.Call(node.func, [a], [*keywords, ast.keyword("correction", ast.Constant(1))]),
            )
        case ast.BinOp(left=ast.Call(func=ast.Attribute(attr="sum")) as total, op=ast.Div(), right=count):
            yield (
                "divisor less one",
                ast.BinOp(total, ast.Div(), ast.BinOp(count, ast.Sub(), ast.Constant(1))),
            )


def _shifted(node: ast.Compare) -> Iterator[tuple[str, ast.expr]]:
    one = ast.Constant(1)
    right = node.comparators[0]
    yield "mask shifted", ast.Compare(ast.BinOp(node.left, ast.Add(), one), node.ops, [right])
    yield "mask shifted", ast.Compare(node.left, node.ops, [ast.BinOp(right, ast.Add(), one)])


def _unbiased(xp: ast.expr, a: ast.expr, keywords: list[ast.keyword]) -> ast.expr:
    axis = next((k.value for k in keywords if k.arg == "axis"), None)
    count: ast.expr = (
        ast.Attribute(a, "size", ast.Load())
        if axis is None
        else ast.Subscript(ast.Attribute(a, "shape", ast.Load()), axis, ast.Load())
    )
    total = ast.Call(ast.Attribute(xp, "sum", ast.Load()), [a], keywords)
    return ast.BinOp(total, ast.Div(), ast.BinOp(count, ast.Sub(), ast.Constant(1)))
