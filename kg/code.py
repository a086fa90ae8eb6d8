"""A static index of a project's code: which implementations, checks and conditions exist, and what each one says.

Everything here reads source text with :mod:`ast` and imports none of it, so that ``kg list`` or ``kg lint`` can say
"stale" or "no such check" without loading NumPy.  The join is by name only: a check function bears its claim's name,
an implementation its concept's name, a condition function its condition's name.

A digest covers the *normalised* syntax: docstrings, annotations of locals, formatting and the names of local
variables do not count; constants, operators, argument names and the text of every control do.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from kg.errors import SourceError
from kg.imports import Definition, Imports
from kg.judge import judge_digest
from kg.normal_form import normal_form

if TYPE_CHECKING:
    from kg.graph import Claim
    from kg.project import Project


@dataclass(frozen=True)
class Function:
    """One named function of the project: where it stands and its source."""

    name: str
    topic: str
    path: Path
    line: int
    source: str
    signature: str
    doc: str
    node: ast.FunctionDef = field(repr=False, compare=False)


@dataclass(frozen=True)
class CheckFunction(Function):
    """A check with its negative controls as ``(wording, source)`` and the names of its other parts (witness, …).

    `attached` holds the syntax of all of them, `remarks` what is said of the check in statements of its module
    (``name.explain(…)``). A condition with its sampler is kept in the same way.
    """

    controls: tuple[tuple[str, str], ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    attached: tuple[ast.FunctionDef, ...] = field(default=(), repr=False, compare=False)
    remarks: tuple[ast.Expr, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class CodeIndex:
    """What a project's packages define, by name; `helpers` are all top-level definitions, by file and name."""

    implementations: Mapping[str, Function]
    checks: Mapping[str, CheckFunction]
    conditions: Mapping[str, CheckFunction]
    helpers: Mapping[Definition, ast.AST] = field(repr=False)
    imports: Mapping[Path, Imports] = field(repr=False)

    def reached(self, claim: Claim) -> tuple[str, ...]:
        """Names of the implementations a claim's check can reach: by ``use("…")``, or its two sides."""
        check = self.checks.get(claim.name)
        if check is None:
            return tuple(name for name in (claim.left, claim.right) if name and name in self.implementations)
        seen: dict[Definition, str] = {}
        nodes: list[ast.AST] = [check.node, *check.attached]
        for node in tuple(nodes):
            _closure(self, check.path, node, seen)
        nodes += [self.helpers[key] for key in seen if key in self.helpers]
        return tuple(name for name in _used_names(nodes) if name in self.implementations)


def package_folder(project: Project, package: str) -> Path:
    """The folder of an importable package, found from the project's root first.

    Raises:
        SourceError: if there is no such package.
    """
    local = project.root.joinpath(*package.split("."))
    if local.is_dir():
        return local
    try:
        spec = importlib.util.find_spec(package)
    except ModuleNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(
            project.root / "pyproject.toml",
            1,
            f"there is no package '{package}'",
            "create the folder with an __init__.py, or correct its name under [tool.kg]",
        )
    return Path(next(iter(spec.submodule_search_locations)))


def index(project: Project) -> CodeIndex:
    """Read the implementations and checks of a project (kept while no file of theirs changes).

    Raises:
        SourceError: if a package is missing or a file is not valid Python.
    """
    try:
        return _index((project.implementations, project.checks), folders(project), stamps(project))
    except SourceError as error:
        raise SourceError(project.relative(error.path), error.line, error.problem, error.advice) from None


def stamps(project: Project) -> tuple[tuple[Path, int, int], ...]:
    """Path, time of change in nanoseconds and size of every file that a project's code index is read from."""
    # Asked again for every claim that a session looks at, and pathlib takes ten times as long.
    found = [
        (folder / entry.name, stat.st_mtime_ns, stat.st_size)
        for folder in folders(project)
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name)
        if entry.name.endswith(".py")
        for stat in [entry.stat()]
    ]
    return tuple(found)


def folders(project: Project) -> tuple[Path, Path]:
    """Where the implementations lie, and where the checks."""
    return package_folder(project, project.implementations), package_folder(project, project.checks)


@lru_cache(maxsize=8)
def _index(
    packages: tuple[str, str], folders: tuple[Path, Path], stamps: tuple[tuple[Path, int, int], ...]
) -> CodeIndex:
    implementations: dict[str, Function] = {}
    checks: dict[str, CheckFunction] = {}
    conditions: dict[str, CheckFunction] = {}
    helpers: dict[Definition, ast.AST] = {}
    imports: dict[Path, Imports] = {}
    modules = {_dotted(packages, folders, path): path for path, _, _ in stamps}
    for path, _, _ in stamps:
        data = path.read_bytes()
        tree = _parse(path, data)
        text = data.decode("utf-8")
        for name, node in _module_definitions(tree):
            helpers[path, name] = node
        imports[path] = Imports(tree, _dotted(packages, folders, path), modules)
        if path.parent == folders[0]:
            for node in _functions(tree):
                if not node.name.startswith("_"):
                    implementations[node.name] = _function(path, text, node)
        if path.parent == folders[1]:
            checks |= {check.name: check for check in _declared("check", path, text, tree)}
            conditions |= {one.name: one for one in _declared("condition", path, text, tree)}
    frozen = MappingProxyType
    return CodeIndex(
        frozen(implementations), frozen(checks), frozen(conditions), frozen(helpers), frozen(imports)
    )


def _dotted(packages: tuple[str, str], folders: tuple[Path, Path], path: Path) -> str:
    package = packages[folders.index(path.parent)]
    return package if path.stem == "__init__" else f"{package}.{path.stem}"


def _parse(path: Path, text: bytes) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise SourceError(
            path,
            getattr(error, "lineno", None) or 1,
            f"not valid Python ({getattr(error, 'msg', error)})",
            "correct the syntax",
        ) from None


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (node for node in tree.body if isinstance(node, ast.FunctionDef))


def _module_definitions(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, node
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    yield target.id, node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node


def _function(path: Path, text: str, node: ast.FunctionDef) -> Function:
    return Function(
        name=node.name,
        topic=path.stem,
        path=path,
        line=node.lineno,
        source=_source(text, node),
        signature=f"{node.name}({ast.unparse(node.args)})",
        doc=ast.get_docstring(node) or "",
        node=node,
    )


def _source(text: str, node: ast.FunctionDef) -> str:
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])


def _decorator_names(node: ast.FunctionDef) -> set[str]:
    """``check`` for ``@check``, ``name.control`` for ``@name.control("…")``."""
    return {ast.unparse(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list}


def _declared(decorator: str, path: Path, text: str, tree: ast.Module) -> Iterator[CheckFunction]:
    """The functions declared with ``@check`` or ``@condition``, each with what is attached to it."""
    functions = list(_functions(tree))
    for node in functions:
        if decorator not in _decorator_names(node):
            continue
        controls: list[tuple[str, str]] = []
        parts: list[tuple[str, str]] = []
        attached: list[ast.FunctionDef] = []
        for other in functions:
            for mark in other.decorator_list:
                owner, part, wording = _attachment(mark)
                if owner != node.name:
                    continue
                attached.append(other)
                if part == "control":
                    controls.append((wording, _source(text, other)))
                else:
                    parts.append((part, _source(text, other)))
        base = _function(path, text, node)
        yield CheckFunction(
            **{name: getattr(base, name) for name in base.__dataclass_fields__},
            controls=tuple(controls),
            parts=tuple(parts),
            attached=tuple(attached),
            remarks=tuple(_remarks(tree, node.name)),
        )


def _remarks(tree: ast.Module, name: str) -> Iterator[ast.Expr]:
    """Statements such as ``name.explain(…)``."""
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            target = node.value.func
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) == name:
                yield node


def _attachment(decorator: ast.expr) -> tuple[str, str, str]:
    """Owner, part and wording of ``@owner.part("wording")`` or ``@owner.part``; empty strings for anything else."""
    call = decorator if isinstance(decorator, ast.Call) else None
    target = call.func if call else decorator
    if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)):
        return "", "", ""
    wording = ""
    if call and call.args and isinstance(call.args[0], ast.Constant):
        wording = str(call.args[0].value)
    return target.value.id, target.attr, wording


def _used_names(nodes: list[ast.AST]) -> list[str]:
    """Every text in the syntax: the argument of ``use``, or a name that reaches it through a variable or a loop."""
    found = {
        part.value
        for node in nodes
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    return sorted(found)


def _closure(index: CodeIndex, path: Path, node: ast.AST, seen: dict[Definition, str]) -> None:
    """Collect the normal forms of every definition of the project that a piece of syntax reaches, by file and name."""
    own = ((path, name) for name in {n.id for n in ast.walk(node) if isinstance(n, ast.Name)})
    for key in sorted({*own, *index.imports[path].references(node)}):
        other = index.helpers.get(key)
        if other is not None and key not in seen and other is not node:
            seen[key] = normal_form(other)
            _closure(index, key[0], other, seen)


def reached_definitions(index: CodeIndex, function: Function) -> frozenset[str]:
    """Names of the project's definitions that a function reaches by plain reference, through any number of steps."""
    seen: dict[Definition, str] = {}
    _closure(index, function.path, function.node, seen)
    return frozenset(name for _, name in seen)


def helpers_of(index: CodeIndex, function: Function) -> tuple[ast.FunctionDef, ...]:
    """The other functions of its module that a function reaches by plain reference."""
    nodes = (
        index.helpers.get((function.path, name)) for name in sorted(reached_definitions(index, function))
    )
    return tuple(node for node in nodes if isinstance(node, ast.FunctionDef) and node is not function.node)


def function_digest(index: CodeIndex, function: Function) -> str:
    """Digest of one function with everything of the project's code that it reaches by plain reference."""
    seen: dict[Definition, str] = {}
    _closure(index, function.path, function.node, seen)
    text = [
        normal_form(function.node),
        *sorted(seen.values()),
        *(f"mutated {helper.name}" for helper in helpers_of(index, function)),
    ]
    return hashlib.sha256("\n".join(text).encode()).hexdigest()


def _condition_digest(index: CodeIndex, one: CheckFunction) -> str:
    """Digest of a predicate with its sampler, which decides what is drawn."""
    seen: dict[Definition, str] = {}
    for node in (one.node, *one.attached):
        _closure(index, one.path, node, seen)
    text = [normal_form(node) for node in (one.node, *one.attached)]
    return hashlib.sha256("\n".join([*text, *sorted(seen.values())]).encode()).hexdigest()


def claim_digest(index: CodeIndex, claim: Claim) -> str:
    """Digest of a claim: its statement, its check with all controls, and every implementation and condition reached.

    Evidence that carries another digest is stale. Seeds and primes are derived from it.
    """
    pieces = [
        judge_digest(),
        claim.kind,
        claim.statement,
        claim.formula or "",
        claim.left or "",
        claim.right or "",
        claim.up_to or "",
    ]
    check = index.checks.get(claim.name)
    if check is not None:
        seen: dict[Definition, str] = {}
        for node in (check.node, *check.attached):
            pieces.append(normal_form(node))
            _closure(index, check.path, node, seen)
        pieces += sorted(seen.values())
        pieces += [ast.dump(remark) for remark in check.remarks]
        # Mutants are made of helpers in the same module: one that moves to another is text that is not tried any more.
        pieces += [f"mutated {helper.name}" for helper in helpers_of(index, check)]
    for name in index.reached(claim):
        pieces.append(f"{name} {function_digest(index, index.implementations[name])}")
    for name in claim.conditions:
        if name in index.conditions:
            pieces.append(f"{name} {_condition_digest(index, index.conditions[name])}")
    return hashlib.sha256("\x00".join(pieces).encode()).hexdigest()[:32]
