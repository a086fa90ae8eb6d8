"""Which definitions of a project the names in a module stand for, where they come from another module of it.

Read from the syntax alone: ``from kg.impl.attention import _scores as s``, ``from .attention import _scores``,
``import kg.impl.attention as a`` with ``a._scores``, and the same inside functions.  What comes from outside the project
is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

Definition = tuple[Path, str]


class Imports:
    """The names that a module binds by importing from the modules of its project."""

    def __init__(self, tree: ast.Module, own: str, modules: Mapping[str, Path]) -> None:
        """`own` is the module's dotted name, `modules` maps the dotted names of the project to files."""
        self._modules = modules
        self._definitions: dict[str, Definition] = {}
        self._aliases: dict[str, str] = {}
        for node in _statements(tree):
            if isinstance(node, ast.Import):
                self._aliases |= {a.asname: a.name for a in node.names if a.asname and a.name in modules}
            elif isinstance(node, ast.ImportFrom):
                self._read(node, _absolute(node, own))

    def _read(self, node: ast.ImportFrom, module: str) -> None:
        for one in node.names:
            bound = one.asname or one.name
            if f"{module}.{one.name}" in self._modules:
                self._aliases[bound] = f"{module}.{one.name}"
            elif module in self._modules:
                self._definitions[bound] = self._modules[module], one.name

    def references(self, node: ast.AST) -> Iterator[Definition]:
        """Every definition of another module that a piece of syntax names."""
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in self._definitions:
                yield self._definitions[part.id]
            elif isinstance(part, ast.Attribute):
                written = ast.unparse(part.value)
                module = self._aliases.get(written, written)
                if module in self._modules:
                    yield self._modules[module], part.attr


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Every statement inside, at any depth; most of a tree are expressions, which import nothing."""
    for block in ("body", "orelse", "finalbody", "handlers", "cases"):
        inner = getattr(node, block, ())
        for statement in inner if isinstance(inner, list) else ():
            yield statement
            yield from _statements(statement)


def _absolute(node: ast.ImportFrom, own: str) -> str:
    """The dotted name that a possibly relative import reads from."""
    if node.level == 0:
        return node.module or ""
    package = own.split(".")[: -node.level]
    return ".".join([*package, node.module] if node.module else package)
