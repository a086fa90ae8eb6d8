"""Pictures of concepts and claims, drawn by the project's own functions while the site is built.

A project with implementations in ``my_package.impl`` keeps its pictures in ``my_package.pictures``, or names another
package in its ``conf.py`` (``kg_pictures``). There, a function named after a concept or a claim gives that page its
picture::

    from kg.site.pictures import picture
    from kg.site.plot import Plot, curves

    @picture("The ramp is zero up to the origin and a straight line after it.")
    def relu(use):
        x = [k / 20 for k in range(-60, 61)]
        return Plot((curves(x, {"relu": use("relu")(x)}),))

``use`` is the door to the implementations; the text says what there is to see, for those who do not see it. Such modules
are read without being imported, as checks are: they are run only when a page with their picture is written. Claims
about rates and limits get a picture without one being written, from their own check.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.code import index, package_folder, stamps
from kg.errors import SourceError

if TYPE_CHECKING:
    from kg.graph import Claim
    from kg.project import Project
    from kg.site.knowledge import Knowledge
    from kg.site.plot import Plot

Use = Callable[[str], Callable[..., Any]]


def picture(text: str) -> Callable[[Callable[[Use], Plot]], Callable[[Use], Plot]]:
    """Declare that a function draws the picture of the concept or claim it is named after; `text` says what is seen."""

    def declare(function: Callable[[Use], Plot]) -> Callable[[Use], Plot]:
        return function

    return declare


@dataclass(frozen=True)
class Picture:
    """A picture that a page shows: who draws it, what it shows in words, a digest of the code that draws it."""

    name: str
    text: str
    digest: str
    package: str = ""
    module: str = ""


def pictures_beside(project: Project) -> str:
    """The package of pictures beside that of the implementations; empty if there is none."""
    package = ".".join([*project.implementations.split(".")[:-1], "pictures"])
    folder = package_folder(project, project.implementations).parent / "pictures"
    return package if folder.is_dir() else ""


def picture_of(knowledge: Knowledge, name: str) -> Picture | None:
    """The picture of a concept or a claim; nothing if nobody drew one."""
    drawn = declared(knowledge.project, knowledge.pictures).get(name)
    if drawn is not None or name not in knowledge.graph.claims:
        return drawn
    return _of_the_check(knowledge, knowledge.graph.claims[name])


_BY_KIND: Mapping[str, str] = {
    "Convergence": (
        "The errors that the check computes against n, both on logarithmic scales, the line of the stated slope, and "
        "what a control does instead. The slope between the last two sizes stands in the key."
    ),
    "Limit": "The values that the check computes against n, the stated limit, and what a control tends to instead.",
    "InLaw": "The share of the draws of the check that is no larger than a value, and the law that is stated for it.",
}


def _of_the_check(knowledge: Knowledge, claim: Claim) -> Picture | None:
    if claim.kind not in _BY_KIND or claim.name not in knowledge.code.checks:
        return None
    return Picture(claim.name, _BY_KIND[claim.kind], knowledge.graph.digests[claim.name])


def declared(project: Project, package: str) -> Mapping[str, Picture]:
    """The pictures of a package by name, read from its source.

    Raises: SourceError if the package is missing, or a picture has no text.
    """
    if not package:
        return {}
    paths = tuple(sorted(package_folder(project, package).glob("*.py")))
    files = {name: function.path for name, function in index(project).implementations.items()}
    state = (*_stamps(paths), *stamps(project))
    return _declared(package, paths, tuple(sorted(files.items())), state)


@lru_cache(maxsize=4)
def _declared(
    package: str,
    paths: tuple[Path, ...],
    files: tuple[tuple[str, Path], ...],
    state: tuple[object, ...],
) -> Mapping[str, Picture]:
    where, found = dict(files), {}
    for path in paths:
        source = path.read_bytes()
        for node in ast.parse(source).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            calls = [
                d for d in node.decorator_list if isinstance(d, ast.Call) and ast.unparse(d.func) == "picture"
            ]
            if calls:
                text = _text(path, node, calls[0])
                digest = _digest(source, [where[name] for name in _used(node) if name in where])
                found[node.name] = Picture(node.name, text, digest, package, path.stem)
    return found


def _text(path: Path, node: ast.FunctionDef, call: ast.Call) -> str:
    value = ast.literal_eval(call.args[0]) if call.args else ""
    if not value:
        raise SourceError(
            path, node.lineno, f"the picture '{node.name}' has no text", 'say what is seen: @picture("…")'
        )
    return str(value)


def _used(node: ast.FunctionDef) -> list[str]:
    """The implementations named in a picture's own text; its module's helpers name none, by convention."""
    return sorted(
        {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    )


def _digest(source: bytes, files: list[Path]) -> str:
    state = hashlib.sha256(source)
    for path in sorted(set(files)):
        state.update(path.read_bytes())
    return state.hexdigest()[:16]


def draw(knowledge: Knowledge, shown: Picture) -> Plot:
    """Run what draws a picture."""
    if not shown.module:
        return _from_the_check(knowledge, shown)
    project, known = knowledge.project, knowledge.code.implementations
    _make_importable(
        project, (*stamps(project), *_stamps(package_folder(project, shown.package).glob("*.py")))
    )

    def use(name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(_module(project.implementations, known[name].topic), name)
        return function

    plot: Plot = getattr(_module(shown.package, shown.module), shown.name)(use)
    return plot


def _module(package: str, stem: str) -> Any:
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return importlib.import_module(f"{package}.{stem}")
    finally:
        sys.dont_write_bytecode = writes


@lru_cache(maxsize=1)
def _make_importable(project: Project, state: tuple[object, ...]) -> None:
    """Let a project's packages be imported as their files are now; in one process there may be several projects."""
    top = project.implementations.split(".")[0]
    if top == "kg" or not (project.root / top).is_dir():
        return
    root = str(project.root)
    sys.path[:] = [root, *(folder for folder in sys.path if folder != root)]
    for name in [name for name in sys.modules if name == top or name.startswith(f"{top}.")]:
        del sys.modules[name]
    importlib.invalidate_caches()


def _stamps(paths: Iterable[Path]) -> tuple[tuple[Path, int, int], ...]:
    found = sorted(paths)
    return tuple((path, stat.st_mtime_ns, stat.st_size) for path in found for stat in [path.stat()])


def _from_the_check(knowledge: Knowledge, shown: Picture) -> Plot:
    from kg.site.rates import law_plot, limit_plot, rate_plot
    from kg.verify.workshop import load, trial_for

    claim = knowledge.graph.claims[shown.name]
    trial, check = trial_for(load(knowledge.project), claim, shown.digest)
    plots = {"Convergence": rate_plot, "Limit": limit_plot, "InLaw": law_plot}
    return plots[claim.kind](trial, check)
