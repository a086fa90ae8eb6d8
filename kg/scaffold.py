"""New claims and concepts to fill in: a stanza, and the function that goes with it.

Everything that has to be filled in reads ``TODO``, which ``kg lint`` counts as missing. Both files are checked
before either is written, and written whole, so that a refused name or a crash leaves the project as it was. Of two
processes that add to one project the second waits, reads what the first has written, and adds to that.
"""

from __future__ import annotations

import ast
import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.beginnings import beginning, imports_of
from kg.errors import UsageError
from kg.files import alone_in, write_whole
from kg.names import did_you_mean, prefixes

if TYPE_CHECKING:
    from kg.graph import Claim, Concept, Condition, Graph, ListItem, Paper
    from kg.project import Project

_ABOUT_ONE = ("Recovery", "Cost", "Refutation", "Report")


@dataclass(frozen=True, slots=True)
class Written:
    """A file and the line on which the new text begins."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path.as_posix()}:{self.line}"


def new_claim(
    graph: Graph, name: str, topic: str, kind: str, *, with_check: bool = True
) -> tuple[Written, ...]:
    """Append a claim to its topic, and a check with one control to the checks.

    Raises: UsageError if the name is taken or not in the form of a name, or the kind or topic is unknown.
    """
    _refuse_name(graph, name)
    _refuse_topic(topic)
    if kind not in graph.kinds:
        advice = did_you_mean(kind, graph.kinds, f"the kinds are {', '.join(graph.kinds)}")
        raise UsageError(f"--kind {kind}: there is no such kind of claim: {advice}")
    stanza = _stanza(f"claim:{name}", [f"a kg:{kind}", *_claim_rows(kind)])
    with alone_in(graph.project.ontology):
        files = [_turtle_file(graph.project, "claims", topic, stanza)]
        if with_check and kind != "Report":
            text = beginning(name, kind)
            files.append(
                _python_file(graph.project, graph.project.checks, topic, text, imports_of(text, kind))
            )
        return _write(graph.project, files)


def new_concept(graph: Graph, name: str, topic: str, *, with_function: bool = True) -> tuple[Written, ...]:
    """Append a concept to its topic, and a function to the implementations.

    Raises: UsageError if the name is taken or not in the form of a name, or the topic is not.
    """
    _refuse_name(graph, name)
    _refuse_topic(topic)
    rows = ["a skos:Concept", 'skos:prefLabel "TODO"@en', 'skos:definition "TODO"@en']
    with alone_in(graph.project.ontology):
        files = [_turtle_file(graph.project, "concepts", topic, _stanza(f"concept:{name}", rows))]
        if with_function:
            imports = ("from kg.numbers import Array, Real",)
            function = f'def {name}(x: Real[Array, "n d"]) -> Array:\n    """TODO"""\n    raise NotImplementedError("TODO")\n'
            files.append(_python_file(graph.project, graph.project.implementations, topic, function, imports))
        return _write(graph.project, files)


# --- what is refused


def _refuse_name(graph: Graph, name: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        snake = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
        fits = re.fullmatch(r"[a-z]\w*", snake) and not keyword.iskeyword(snake)
        advice = (
            f"write {snake}" if fits else "write a concept as a noun, a claim as a sentence, in snake_case"
        )
        raise UsageError(f"{name}: a name is small letters, digits and single underscores: {advice}")
    kept: dict[str, Concept | Claim | Paper | Condition | ListItem] = {
        **graph.conditions,
        **graph.items,
        **graph.papers,
        **graph.concepts,
        **graph.claims,
    }
    if name in kept:
        raise UsageError(
            f"{name}: this name is taken ({kept[name].place}): choose another, or see kg show {name}"
        )
    if name in graph.aliases:
        raise UsageError(f"{name}: this was a name of {graph.aliases[name]}: choose another")
    taken = {**graph.code.checks, **graph.code.implementations, **graph.code.conditions}
    if name in taken:
        place = f"{graph.project.relative(taken[name].path).as_posix()}:{taken[name].line}"
        raise UsageError(f"{name}: there is a function of this name already ({place}): choose another")


def _refuse_topic(topic: str) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", topic) or keyword.iskeyword(topic):
        raise UsageError(
            f"--topic {topic}: a topic is a word in small letters, such as attention: choose another"
        )


# --- the stanza


def _claim_rows(kind: str) -> list[str]:
    sides = "kg:about concept:TODO" if kind in _ABOUT_ONE else "kg:left concept:TODO ; kg:right concept:TODO"
    rows = [sides, 'kg:statement "TODO"@en']
    if kind == "Refutation":
        rows += ['kg:asUsuallySaid "TODO"@en', "kg:repairedBy claim:TODO"]
    if kind == "EqualUpTo":
        rows.append("kg:upTo kg:TODO")
    rows += ['kg:formula "TODO"^^kg:LaTeX', 'kg:because "TODO"@en']
    source = 'kg:cites ref:TODO ; kg:locator "TODO" ; kg:locatorStatus kg:Unconfirmed ; kg:intent cito:TODO'
    return [*rows, f"kg:source [ {source} ]"]


def _stanza(subject: str, rows: list[str]) -> str:
    return f"{subject}\n    " + " ;\n    ".join(rows) + " .\n"


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    text: str
    line: int


def _turtle_file(project: Project, folder: str, topic: str, stanza: str) -> _File:
    path = project.ontology / folder / f"{topic}.ttl"
    found = set(re.findall(r"(?<![\w\"])([a-z]+):(?=\w)", stanza))
    used = [prefix for prefix in prefixes(project.base) if prefix in found]
    before = _with_prefixes(project, path, path.read_text(encoding="utf-8") if path.exists() else "", used)
    text = f"{before.rstrip()}\n\n{stanza}"
    _check_turtle(path, text)
    return _File(path, text, text.count("\n") - stanza.count("\n") + 1)


def _with_prefixes(project: Project, path: Path, text: str, used: list[str]) -> str:
    """The file with every prefix that the new stanza uses declared on top."""
    known = prefixes(project.base)
    pattern = re.compile(r"^@?prefix\s+(\w*):\s*<([^>]*)>.*$", re.IGNORECASE | re.MULTILINE)
    declared = {found[1]: found[2] for found in pattern.finditer(text)}
    for prefix in used:
        if declared.get(prefix, known[prefix]) != known[prefix]:
            place = f"{project.relative(path).as_posix()}"
            raise UsageError(
                f"{place}: the prefix {prefix}: stands for another IRI there: choose another topic"
            )
    missing = "".join(f"@prefix {prefix}: <{known[prefix]}> .\n" for prefix in used if prefix not in declared)
    last = max((found.end() for found in pattern.finditer(text)), default=0)
    if last == 0:
        return missing + ("\n" + text if text else "")
    return f"{text[:last]}\n{missing.rstrip()}{text[last:]}" if missing else text


def _check_turtle(path: Path, text: str) -> None:
    import pyoxigraph as ox

    try:
        for _ in ox.parse(text, format=ox.RdfFormat.TURTLE):
            pass
    except SyntaxError as error:
        raise UsageError(
            f"{path.name}: nothing can be added while the file is not Turtle ({error}): mend it"
        ) from None


# --- the function


def _python_file(
    project: Project, package: str, topic: str, function: str, imports: tuple[str, ...]
) -> _File:
    from kg.code import package_folder

    folder = package_folder(project, package)
    path = folder / f"{topic}.py"
    if path.exists():
        before = _with_imports(path, path.read_text(encoding="utf-8"), imports)
    else:
        what = "Checks of the claims" if package == project.checks else "Implementations of the concepts"
        lines = [f'"""{what} about {topic}."""', "", "from __future__ import annotations", "", *imports]
        before = "\n".join(lines)
    text = f"{before.rstrip()}\n\n\n{function}"
    return _File(path, text, text.count("\n") - function.count("\n") + 1)


def _with_imports(path: Path, text: str, imports: tuple[str, ...]) -> str:
    """The module with every name that the new function needs imported."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise UsageError(
            f"{path.name}:{error.lineno}: nothing can be added while this is not Python: mend it"
        ) from None
    existing = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    bound = {alias.asname or alias.name for node in existing for alias in node.names}
    lines = text.splitlines()
    # After the last import, or else after the docstring.
    opening = tree.body[:1] if tree.body and ast.get_docstring(tree) else []
    at = max((node.end_lineno or 0 for node in [*existing, *opening]), default=0)
    for line in imports:
        module, _, names = line.partition(" import ")
        lacking = [name for name in names.split(", ") if name not in bound]
        if lacking:
            lines.insert(at, f"{module} import {', '.join(lacking)}")
    return "\n".join(lines)


def _write(project: Project, files: list[_File]) -> tuple[Written, ...]:
    if not (project.root / "pyproject.toml").is_file():
        raise UsageError(
            "this graph came with the installed package and is nobody's project: name one with --project DIR"
        )
    done: list[tuple[Path, str | None]] = []
    try:
        for file in files:
            old = file.path.read_text(encoding="utf-8") if file.path.exists() else None
            file.path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(file.path, file.text)
            done.append((file.path, old))
    except (UsageError, OSError):
        for path, old in done:
            if old is None:
                path.unlink()
            else:
                write_whole(path, old)
        raise
    return tuple(Written(project.relative(file.path), file.line) for file in files)
