"""The text of a definition without what does not change its meaning: what a digest is made of.

Docstrings, annotations of local variables, formatting and the names of local variables do not count; constants, operators,
the names of arguments and the annotations of arguments, which are the domain of a claim, do.
"""

from __future__ import annotations

import ast
from functools import lru_cache


class _Normalise(ast.NodeTransformer):
    """Drop docstrings and decorators' positions, and number the local variables by first appearance."""

    def __init__(self, function: ast.FunctionDef) -> None:
        arguments = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
        stored = [
            n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ]
        local = [name for name in dict.fromkeys(stored) if name not in arguments]
        # No name of a program, so that a new name can never be taken for one that stands there already.
        self.names = {name: f"<{number}>" for number, name in enumerate(local)}

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        plain = None if node.value is None else ast.Assign([node.target], node.value)
        return None if plain is None else self.generic_visit(plain)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node = ast.FunctionDef(**{f: getattr(node, f) for f in node._fields if hasattr(node, f)})
        if ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        return self.generic_visit(node)


@lru_cache(maxsize=4096)
def normal_form(node: ast.AST) -> str:
    """The syntax as text; of a function without what does not change its meaning."""
    # ast nodes hash by identity, which is right here: the index keeps them alive.
    if not isinstance(node, ast.FunctionDef):
        return ast.dump(node)
    copy: ast.FunctionDef = ast.parse(ast.unparse(node)).body[0]  # type: ignore[assignment]
    return ast.dump(_Normalise(copy).visit(copy))
