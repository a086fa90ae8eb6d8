"""A slight edit: what an implementation returns, scaled by a ten-thousandth more than one.

The mutants that a check must notice change integers, operators and order, and no number by a little: a test of a mean cannot
see that, and need not. An implementation as a whole must be pinned down all the same, by one claim or another.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kg.verify.mutants import Mutant, compiled

_ABOVE, _BELOW = 10001, 10000
"""Whole numbers, which every arithmetic knows."""


def slight_edits(
    node: ast.FunctionDef, original: Callable[..., Any], helpers: Sequence[ast.FunctionDef] = ()
) -> Iterator[Mutant]:
    """The function with one of the values it returns scaled, for each place where it returns; of a tuple the first."""
    for number in range(len(_returns(node))):
        tree = copy.deepcopy(node)
        place = _returns(tree)[number]
        before = ast.unparse(place)
        place.value = _scaled_first(place.value)
        function = compiled(node.name, [*helpers, tree], original)
        if function is not None:
            yield Mutant("scaled slightly", place.lineno, f"{before} → {ast.unparse(place)}", function)


def _returns(node: ast.FunctionDef) -> list[ast.Return]:
    """Where the function itself returns a value; not where a function inside it does."""
    inner = {
        id(part)
        for found in ast.walk(node)
        if isinstance(found, ast.FunctionDef | ast.Lambda) and found is not node
        for part in ast.walk(found)
    }
    return [
        found
        for found in ast.walk(node)
        if isinstance(found, ast.Return) and found.value is not None and id(found) not in inner
    ]


def _scaled_first(value: ast.expr | None) -> ast.expr:
    if isinstance(value, ast.Tuple) and value.elts:
        return ast.Tuple([_scaled_first(value.elts[0]), *value.elts[1:]], ast.Load())
    scaled = ast.BinOp(value or ast.Constant(None), ast.Mult(), ast.Constant(_ABOVE))
    return ast.BinOp(scaled, ast.Div(), ast.Constant(_BELOW))
