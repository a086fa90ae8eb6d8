"""Mutants: one fixed list of small edits, applied to the text of an implementation or of what a check states.

The list is fixed so that nobody can choose the mutants a check happens to catch.  Each edit changes one place:

=================== ==========================================================================
operator            edit
=================== ==========================================================================
operand dropped     ``a + b`` → ``a`` and → ``b``; the same for ``-``, ``*``, ``/`` (a scale dropped), ``@``
sign flipped        ``a + b`` ↔ ``a - b``, ``-a`` → ``a``
operator swapped    ``*`` ↔ ``/``, ``a @ b`` → ``b @ a``
constant changed    an integer c → c + 1 and → c − 1; a float or string never
axis swapped        ``axis=-1`` ↔ ``axis=-2``, ``axis=0`` ↔ ``axis=1``
transpose dropped   ``a.mT`` → ``a``
mask off by one     ``tril(a)`` → ``tril(a, k=-1)`` and ``k=1``; the same for ``triu``
comparison moved    ``<`` ↔ ``<=``, ``>`` ↔ ``>=``; ``<`` → ``>``
function dropped    ``f(a)`` → ``a`` for exp, sqrt, conj, abs, tanh, flip, cumulative_sum and the like
branches exchanged  ``where(m, a, b)`` → ``where(m, b, a)``
updates exchanged   two neighbouring assignments, one of which depends on the other, change places
=================== ==========================================================================
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FunctionType
from typing import Any

_DROPPED = frozenset(
    [
        "exp",
        "sqrt",
        "conj",
        "abs",
        "tanh",
        "log",
        "erf",
        "flip",
        "cumulative_sum",
        "square",
        "sin",
        "cos",
        "sign",
        "floor",
        "real",
    ]
)
_SWAPS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
}
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
}
_AXES = {-1: -2, -2: -1, 0: 1, 1: 0}


@dataclass(frozen=True)
class Mutant:
    """One edited function: the operator, the line of its source, the edit in words, and the function itself."""

    operator: str
    line: int
    edit: str
    function: Callable[..., Any]

    def __str__(self) -> str:
        return f"line {self.line}: {self.operator}: {self.edit}"


@dataclass(frozen=True)
class Edit:
    """A replacement for one node of a function's tree."""

    operator: str
    line: int
    before: str
    after: str
    tree: ast.FunctionDef


def mutants(
    node: ast.FunctionDef, original: Callable[..., Any], helpers: Sequence[ast.FunctionDef] = ()
) -> Iterator[Mutant]:
    """Every mutant of a function and of the private helpers it is written with, compiled in the original's module."""
    seen = {ast.unparse(definition) for definition in (node, *helpers)}
    for target in (node, *helpers):
        for edit in edits(target):
            text = ast.unparse(edit.tree)
            if text in seen:
                continue
            seen.add(text)
            others = [other for other in (node, *helpers) if other is not target]
            function = compiled(node.name, [*others, edit.tree], original)
            if function is not None:
                yield Mutant(edit.operator, edit.line, f"{edit.before} → {edit.after}", function)


def compiled(
    name: str, definitions: Sequence[ast.FunctionDef], original: Callable[..., Any]
) -> Callable[..., Any] | None:
    """The function `name` from these definitions, with the original's globals; None if they do not compile."""
    body: list[ast.stmt] = [_bare(definition) for definition in definitions]
    module = ast.fix_missing_locations(ast.Module(body, []))
    namespace = dict(getattr(original, "__globals__", {}))
    try:
        exec(compile(module, f"<mutant of {name}>", "exec", dont_inherit=True), namespace)
    except (SyntaxError, NameError, TypeError, ValueError):
        return None
    function = namespace[name]
    return function if isinstance(function, FunctionType) else None


def _bare(definition: ast.FunctionDef) -> ast.FunctionDef:
    """Without decorators and annotations, which would be evaluated when the mutant is compiled."""
    tree = copy.deepcopy(definition)
    tree.decorator_list, tree.returns = [], None
    for argument in ast.walk(tree.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return tree


def edits(node: ast.FunctionDef) -> Iterator[Edit]:
    """Every edit of the fixed list, one place at a time, in the order of the source."""
    body = [statement for statement in node.body if not _is_docstring(statement)]
    count = sum(1 for statement in body for _ in ast.walk(statement))
    for place in range(count):
        for variant in range(8):
            edit = _edit_at(node, place, variant)
            if edit is None:
                break
            yield edit
    yield from _exchanges(node)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _edit_at(node: ast.FunctionDef, place: int, variant: int) -> Edit | None:
    tree = copy.deepcopy(node)
    places = [n for statement in tree.body if not _is_docstring(statement) for n in ast.walk(statement)]
    target = places[place]
    options = list(_replacements(target))
    if variant >= len(options):
        return None
    operator, replacement = options[variant]
    before = ast.unparse(target)
    if replacement is target:
        return None
    _Replace(target, replacement).visit(tree)
    return Edit(operator, getattr(target, "lineno", node.lineno), before, ast.unparse(replacement), tree)


class _Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, replacement: ast.AST) -> None:
        self.target, self.replacement = target, replacement

    def visit(self, node: ast.AST) -> Any:
        return self.replacement if node is self.target else self.generic_visit(node)


def _replacements(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.BinOp):
        yield from _binary(node)
    elif (
        isinstance(node, ast.UnaryOp)
        and isinstance(node.op, ast.USub)
        and not isinstance(node.operand, ast.Constant)
    ):
        yield "sign flipped", node.operand
    elif isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
        yield "constant changed", ast.Constant(node.value + 1)
        yield "constant changed", ast.Constant(node.value - 1)
    elif isinstance(node, ast.Attribute) and node.attr in ("mT", "T"):
        yield "transpose dropped", node.value
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _COMPARISONS.get(type(node.ops[0]), ()):
            yield "comparison moved", ast.Compare(node.left, [other()], node.comparators)
    elif isinstance(node, ast.Call):
        yield from _call(node)


def _binary(node: ast.BinOp) -> Iterator[tuple[str, ast.expr]]:
    yield "operand dropped", node.left
    yield "operand dropped", node.right
    swapped = _SWAPS.get(type(node.op))
    if swapped is not None:
        name = "sign flipped" if isinstance(node.op, ast.Add | ast.Sub) else "operator swapped"
        yield name, ast.BinOp(node.left, swapped(), node.right)
    if isinstance(node.op, ast.MatMult):
        yield "operator swapped", ast.BinOp(node.right, ast.MatMult(), node.left)


def _call(node: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in _DROPPED and len(node.args) >= 1:
        yield "function dropped", node.args[0]
    if name == "where" and len(node.args) == 3:
        yield (
            "branches exchanged",
            ast.Call(node.func, [node.args[0], node.args[2], node.args[1]], node.keywords),
        )
    if name in ("tril", "triu") and not any(k.arg == "k" for k in node.keywords):
        for offset in (-1, 1):
            moved = [*node.keywords, ast.keyword("k", ast.Constant(offset))]
            yield "mask off by one", ast.Call(node.func, node.args, moved)
    for position, keyword in enumerate(node.keywords):
        axis = _axis_value(keyword)
        if axis in _AXES:
            other = ast.keyword("axis", ast.Constant(_AXES[axis]))
            changed = [other if i == position else k for i, k in enumerate(node.keywords)]
            yield "axis swapped", ast.Call(node.func, node.args, changed)


def _axis_value(keyword: ast.keyword) -> int | None:
    if keyword.arg != "axis":
        return None
    try:
        value = ast.literal_eval(keyword.value)
    except ValueError:
        return None
    return value if isinstance(value, int) else None


def _exchanges(node: ast.FunctionDef) -> Iterator[Edit]:
    """Neighbouring assignments in any block change places, where one depends on the other."""
    blocks = [n for n in ast.walk(node) if isinstance(n, ast.FunctionDef | ast.For | ast.While | ast.If)]
    for number, block in enumerate(blocks):
        for i in range(len(block.body) - 1):
            first, second = block.body[i], block.body[i + 1]
            if _is_update(first) and _is_update(second) and not _independent(first, second):
                tree = copy.deepcopy(node)
                same = [
                    n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.For | ast.While | ast.If)
                ][number]
                same.body[i], same.body[i + 1] = same.body[i + 1], same.body[i]
                yield Edit("updates exchanged", first.lineno, ast.unparse(first), ast.unparse(second), tree)


def _is_update(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign | ast.AugAssign)


def _independent(first: ast.stmt, second: ast.stmt) -> bool:
    """Whether neither assigns what the other mentions: texts without side effects are then the same either way."""

    def mentioned(node: ast.stmt) -> set[str]:
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}

    def assigned(node: ast.stmt) -> set[str]:
        return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}

    return not (assigned(first) & mentioned(second) or assigned(second) & mentioned(first))
