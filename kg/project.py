"""Which graph is meant: the project in the working directory, the one named, or the one that came with ``kg``.

A project is a folder whose ``pyproject.toml`` has a table ``[tool.kg]``. The built-in one is such a folder too;
it is only found last, so that somebody else's project never has to say that it is not ours.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import UsageError
from kg.names import BASE, did_you_mean

KEYS = ("name", "base", "ontology", "bibliography", "implementations", "checks", "docs")

SHARED_FILES = ("vocabulary.ttl", "conditions.ttl")
"""What the software brings to every project: its terms, and the conditions it knows how to draw inputs for."""

EXAMPLE = """\
[tool.kg]
name = "my-equivalences"
base = "https://example.org/my-equivalences/"
ontology = "ontology"
bibliography = "references.bib"
implementations = "my_package.impl"
checks = "my_package.checks"
"""


@dataclass(frozen=True, slots=True)
class Project:
    """Where one graph's parts live; every path is absolute, packages are dotted names."""

    root: Path
    name: str
    base: str
    ontology: Path
    bibliography: Path
    implementations: str
    checks: str
    docs: Path | None

    def relative(self, path: Path) -> Path:
        """``path`` as people should read it: from the project's root, or whole if it lies outside."""
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path


_PACKAGE = Path(__file__).resolve().parent


def find_project(directory: Path | None = None) -> Project:
    """The project in ``directory``; or else the nearest one upwards from here; or else the built-in one.

    Raises: UsageError if ``directory`` is no project, or a ``[tool.kg]`` table cannot be used.
    """
    if directory is not None:
        return _named(Path(directory))
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "pyproject.toml").is_file():
            settings = _settings(folder / "pyproject.toml")
            if "kg" in settings.get("tool", {}):
                return _project(folder, settings)
    return built_in_project()


def built_in_project() -> Project:
    """The graph that ``kg`` comes with: the repository above the package, or the data packed into the wheel."""
    root = built_in_root()
    if root is None:
        raise UsageError(
            "no pyproject.toml with [tool.kg] in this folder or above, and this installation of kg holds no graph "
            "of its own: change to a project's folder, name one with --project DIR, or install kg again"
        )
    if (root / "pyproject.toml").is_file():
        return _project(root, _settings(root / "pyproject.toml"))
    docs = root / "docs"
    return Project(
        root=root,
        name="ml-equivalences",
        base=BASE,
        ontology=root / "ontology",
        bibliography=root / "references.bib",
        implementations="kg.impl",
        checks="kg.checks",
        docs=docs if docs.is_dir() else None,
    )


def built_in_root() -> Path | None:
    """The folder that holds the built-in graph, and with it the vocabulary that every project shares."""
    repository, packed = _PACKAGE.parent, _PACKAGE / "_data"
    for root in (repository, packed):
        if (root / "ontology" / "vocabulary.ttl").is_file():
            return root
    return None


def turtle_files(project: Project) -> Iterator[tuple[Path, Path, str]]:
    """Path, folder it is seen from, and base IRI of every Turtle file, the shared ones first."""
    root = built_in_root()
    if root is not None and root != project.root:
        for name in SHARED_FILES:
            if (root / "ontology" / name).is_file():
                yield root / "ontology" / name, root / "ontology", BASE
    for path in sorted(project.ontology.rglob("*.ttl")):
        yield path, project.ontology, project.base


def turtle_graph(path: Path, folder: Path, base: str) -> str:
    """The IRI of the named graph that holds a Turtle file."""
    return f"{base}source/ontology/{path.relative_to(folder).as_posix()}"


def source_graphs(project: Project) -> list[str]:
    """The named graphs of a project, each once: one for each of its files, and one for what positions say."""
    turtle = dict.fromkeys(turtle_graph(*found) for found in turtle_files(project))
    return [*turtle, f"{project.base}source/{project.bibliography.name}", f"{project.base}source/positions"]


def _named(directory: Path) -> Project:
    if not directory.is_dir():
        raise UsageError(
            f"{directory}: there is no such folder: give --project a folder with a pyproject.toml"
        )
    path = directory / "pyproject.toml"
    if not path.is_file():
        raise UsageError(f"{directory}: there is no pyproject.toml here: add one that holds\n\n{EXAMPLE}")
    settings = _settings(path)
    if "kg" not in settings.get("tool", {}):
        raise UsageError(f"{path}: there is no table [tool.kg]: add one such as\n\n{EXAMPLE}")
    return _project(directory.resolve(), settings)


def _settings(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"{path}:{line.group(1)}" if line else str(path)
        raise UsageError(f"{place}: this is not TOML ({error}): correct it") from None


def _project(root: Path, settings: Mapping[str, Any]) -> Project:
    path, table = root / "pyproject.toml", settings["tool"]["kg"]
    if not isinstance(table, dict):
        raise UsageError(f"{path}: tool.kg is not a table: write it as\n\n{EXAMPLE}")
    _check_keys(path, table)
    name = table.get("name") or settings.get("project", {}).get("name") or root.name
    docs = root / table["docs"] if "docs" in table else None
    project = Project(
        root=root,
        name=name,
        base=table["base"],
        ontology=root / table.get("ontology", "ontology"),
        bibliography=root / table.get("bibliography", "references.bib"),
        implementations=table["implementations"],
        checks=table["checks"],
        docs=docs,
    )
    _check_places(path, project)
    return project


def _check_keys(path: Path, table: Mapping[str, Any]) -> None:
    for key, value in table.items():
        if key not in KEYS:
            advice = did_you_mean(key, KEYS, f"the keys are {', '.join(KEYS)}")
            raise UsageError(f"{path}: [tool.kg] has an unknown key '{key}': {advice}")
        if not isinstance(value, str) or not value:
            raise UsageError(f'{path}: [tool.kg] {key} is not a text: write it as {key} = "…"')
    for key in ("base", "implementations", "checks"):
        if key not in table:
            raise UsageError(f"{path}: [tool.kg] has no {key}: a complete table looks like\n\n{EXAMPLE}")
    if not re.match(r"[a-z][a-z0-9+.-]*:[^\s<>\"]*[/#]\Z", table["base"]):
        raise UsageError(
            f"{path}: [tool.kg] base '{table['base']}' is not an absolute IRI that ends in / or #: "
            'write it as base = "https://example.org/my-equivalences/"'
        )


def _check_places(path: Path, project: Project) -> None:
    if not project.ontology.is_dir():
        raise UsageError(
            f"{path}: the ontology folder '{project.relative(project.ontology).as_posix()}' does not exist: "
            "create it, or correct [tool.kg] ontology"
        )
    if not project.bibliography.is_file():
        raise UsageError(
            f"{path}: the bibliography '{project.relative(project.bibliography).as_posix()}' does not exist: "
            "create it, or correct [tool.kg] bibliography"
        )
    if project.docs is not None and not project.docs.is_dir():
        raise UsageError(
            f"{path}: the docs folder '{project.relative(project.docs).as_posix()}' does not exist: "
            "create it, or correct [tool.kg] docs"
        )
