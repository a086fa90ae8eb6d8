"""The files of a project as text: what each one holds, where its stanzas begin, and the store they fill.

No RDF parser keeps positions, so they are recovered from a convention: a stanza begins in column 0 with its own
name and its further lines are indented. The scanner below therefore knows strings, comments, IRIs and the full
stop, and nothing else of Turtle; it reads 250 kB in 4 ms, so positions are never stored and never stale.

Only the bibliography is slow to read (bibtexparser, LaTeX). Its entries are kept in the user's cache directory
together with the hash of all they depend on. The cache may be deleted at any time; an unwritable one is no error.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import bibliography
from kg.bibliography import Bibliography, Entry, Fault
from kg.errors import SourceError
from kg.literature import identifiers
from kg.names import STANDARD_PREFIXES, VOCABULARY, prefixes, turtle_literal
from kg.project import SHARED_FILES as SHARED_FILES  # noqa: PLC0414 - known under this name to others
from kg.project import Project, turtle_files, turtle_graph

if TYPE_CHECKING:
    from pyoxigraph import Store


_LARGE = 1_000_000
"""Bytes from which on it pays to load a file into a store on disk without a transaction."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a stanza: its subject, and where it stands (line and column counted from one)."""

    iri: str
    line: int
    column: int
    last_line: int


@dataclass(frozen=True, slots=True)
class TurtleFile:
    """One Turtle file, and what its layout says: the heads of its stanzas, the lines that should be indented."""

    path: Path
    place: Path
    graph: str
    content: bytes
    heads: tuple[Head, ...]
    unindented: tuple[int, ...]

    @property
    def topic(self) -> str:
        """The stem of the file, which is the topic of every stanza in it."""
        return self.path.stem

    @property
    def is_generated(self) -> bool:
        """Whether machines write this file."""
        return "generated" in self.place.parts

    @property
    def text(self) -> str:
        """The file as text; bytes that are not UTF-8 show as replacement characters."""
        return self.content.decode("utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a project has written down, read but not yet understood."""

    project: Project
    turtle: tuple[TurtleFile, ...]
    bibliography: Bibliography
    bibliography_place: Path
    works: str
    """The bibliography as N-Triples."""


def read(project: Project) -> Sources:
    """Read every file of a project.

    Raises: SourceError if a file cannot be read at all.
    """
    turtle = tuple(_turtle_file(project, path, folder, base) for path, folder, base in turtle_files(project))
    content = _content(project, project.bibliography)
    works, triples = _works(project, content)
    return Sources(project, turtle, works, project.relative(project.bibliography), triples)


def read_bibliography(project: Project) -> Bibliography:
    """The bibliography alone, with what is wrong with it.

    Raises: SourceError if the file cannot be read at all.
    """
    return _works(project, _content(project, project.bibliography))[0]


def fill(store: Store, sources: Sources, *, on_disk: bool = False) -> list[SourceError]:
    """Put every file into a named graph of its own, and what follows from positions into another.

    Returns the files that are not Turtle, as errors; the others are loaded all the same. ``on_disk`` loads a large file
    without a transaction, in a third of the time; a store with errors must then be thrown away.
    """
    from pyoxigraph import NamedNode, RdfFormat

    def load(content: bytes | str, form: RdfFormat, graph: str) -> None:
        is_large = on_disk and len(content) > _LARGE
        put = store.bulk_load if is_large else store.load
        put(input=content, format=form, to_graph=NamedNode(graph), lenient=form is RdfFormat.N_TRIPLES)

    errors: list[SourceError] = []
    derived: list[str] = []
    for file in sources.turtle:
        try:
            load(file.content, RdfFormat.TURTLE, file.graph)
        except SyntaxError as error:
            errors.append(_syntax_error(file, error))
        else:
            derived += _positions(file)
    base, place = sources.project.base, sources.bibliography_place
    derived += [
        _position(f"{base}reference/{entry.key}", place, entry.line) for entry in sources.bibliography.entries
    ]
    for triples, name in ((sources.works, place.name), ("".join(derived), "positions")):
        if triples:
            load(triples, RdfFormat.N_TRIPLES, f"{base}source/{name}")
    return errors


def lost(sources: Sources) -> list[SourceError]:
    """The entries of the bibliography that cannot be read, as errors."""
    place, faults = sources.bibliography_place, sources.bibliography.faults
    return [SourceError(place, fault.line, fault.problem, fault.advice) for fault in faults if fault.lost]


def _turtle_file(project: Project, path: Path, folder: Path, base: str) -> TurtleFile:
    content = _content(project, path)
    heads, unindented = _scan(content.decode("utf-8", errors="replace"))
    graph = turtle_graph(path, folder, base)
    return TurtleFile(path, project.relative(path), graph, content, heads, unindented)


def _content(project: Project, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        place = project.relative(path)
        raise SourceError(
            place, 1, f"this file cannot be read ({error.strerror})", "check its permissions"
        ) from None


# --- the layout of a Turtle file

# Without possessive quantifiers: they are broken in Python 3.11.0 to 3.11.4, which Debian 12 ships.
_BETWEEN = re.compile(r"(?:\s+|#[^\n]*(?:\n|\Z))*")
_LONG_STRING = r'"""(?:[^\\]|\\.)*?"""' + r"|'''(?:[^\\]|\\.)*?'''"
_SKIPPED = _LONG_STRING + r'|"(?:[^"\\\n]|\\.)*"|' + r"'(?:[^'\\\n]|\\.)*'|<[^<>\s]*>|#[^\n]*"
# A full stop inside a number or a name is followed by more of it; the last one ends the statement.
_STOP = re.compile(rf"(?:{_SKIPPED})|(?P<stop>\.(?![^\s#]))", re.DOTALL)
_DIRECTIVE = re.compile(r"@?(?:prefix|base)\b\s*(?:([^\s:]*):)?\s*<([^>]*)>\s*\.?", re.IGNORECASE)
_SUBJECT = re.compile(r"<([^<>\s]*)>|([^\s:;,\[\]()\"'#<>]*):((?:\\.|[^\s;,\[\]()\"'#<>\\])*)")
_AT_MARGIN = re.compile(r"\n(?=[^\s#.;,\])])")
_SKIPPED_TEXT = re.compile(_SKIPPED, re.DOTALL)


def _scan(text: str) -> tuple[tuple[Head, ...], tuple[int, ...]]:
    """Where the stanzas begin, and which lines inside one begin at the margin although they should not."""
    heads: list[Head] = []
    unindented: list[int] = []
    namespaces: dict[str, str] = {}
    position, line = 0, 1
    while True:
        start = _BETWEEN.match(text, position).end()  # type: ignore[union-attr]  # it matches nothing too
        line += text.count("\n", position, start)
        if start == len(text):
            return tuple(heads), tuple(unindented)
        directive = _DIRECTIVE.match(text, start)
        if directive:
            namespaces[directive.group(1) or ""] = directive.group(2)
            position = directive.end()
        else:
            position = _end_of_statement(text, start)
            statement = text[start:position]
            iri = _subject(statement, namespaces)
            if iri is not None:
                column = start - text.rfind("\n", 0, start)
                heads.append(Head(iri, line, column, line + statement.count("\n")))
            if _AT_MARGIN.search(statement):
                unindented += _lines_at_margin(statement, line)
        line += text.count("\n", start, position)


def _end_of_statement(text: str, start: int) -> int:
    return next((found.end() for found in _STOP.finditer(text, start) if found["stop"]), len(text))


def _subject(statement: str, namespaces: dict[str, str]) -> str | None:
    found = _SUBJECT.match(statement)
    if not found:
        return None
    if found.group(1) is not None:
        return found.group(1)
    namespace = namespaces.get(found.group(2))
    return None if namespace is None else namespace + re.sub(r"\\(.)", r"\1", found.group(3))


def _lines_at_margin(statement: str, line: int) -> Iterator[int]:
    blanked = _SKIPPED_TEXT.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), statement)
    for found in _AT_MARGIN.finditer(blanked):
        yield line + blanked.count("\n", 0, found.start()) + 1


def string_literals(text: str) -> Iterator[tuple[int, str]]:
    """Every quoted string of a Turtle file, as written, with the line it begins on."""
    line, position = 1, 0
    for found in _SKIPPED_TEXT.finditer(text):
        if found.group()[0] in "\"'":
            line += text.count("\n", position, found.start())
            position = found.start()
            yield line, found.group()


# --- what positions say

_TOPIC, _FILE, _LINE = (f"<{VOCABULARY}{name}>" for name in ("topic", "sourceFile", "sourceLine"))
_INTEGER = f"<{STANDARD_PREFIXES['xsd']}integer>"


def _positions(file: TurtleFile) -> Iterator[str]:
    # A shared file lies outside the project; where it lies on this machine is nobody's business.
    place = Path(file.graph.split("source/", 1)[1]) if file.place.is_absolute() else file.place
    for head in file.heads:
        yield f"<{head.iri}> {_TOPIC} {turtle_literal(file.topic)} .\n"
        yield _position(head.iri, place, head.line)


def _position(iri: str, place: Path, line: int) -> str:
    return f'<{iri}> {_FILE} {turtle_literal(place.as_posix())} .\n<{iri}> {_LINE} "{line}"^^{_INTEGER} .\n'


# --- syntax errors


_MADE_BY = {
    "evidence": "kg verify",
    "coverage": "kg verify --implementations",
    "derived": "kg derive",
    "literature": "kg enrich",
}


def _syntax_error(file: TurtleFile, error: SyntaxError) -> SourceError:
    line, column = error.lineno or 1, error.offset or 1
    reason = re.sub(r"^Parser error at .*?: ", "", error.msg)
    advice = _syntax_advice(reason, column, file.graph)
    if file.is_generated:
        made = _MADE_BY.get(file.topic, "the command that made it")
        advice = f"machines write this file: delete it and run {made}, or take back the version you had"
    return SourceError(file.place, line, f"not valid Turtle ({reason})", advice)


def _syntax_advice(reason: str, column: int, graph: str) -> str:
    if "UTF-8" in reason:
        return "save the file as UTF-8"
    if reason.startswith("\ufeff"):
        return "save the file without a byte order mark"
    if "escape" in reason:
        return f"double the backslash at column {column}, as in \\\\sum"
    undeclared = re.search(r"[Tt]he prefix (\S*): has not been declared", reason)
    if undeclared:
        known = prefixes(graph.partition("source/")[0])
        prefix = undeclared.group(1)
        if prefix in known:
            return f"add '@prefix {prefix}: <{known[prefix]}> .' at the top of the file"
        from kg.names import did_you_mean

        return did_you_mean(prefix, known, "declare it with @prefix at the top of the file")
    if "No scheme" in reason:
        return f"write the whole IRI at column {column}, or a name with a prefix"
    if "Line jumps" in reason:
        return 'close the string on its own line, or put it between """ and """'
    if "dot" in reason:
        return "end the stanza above with ' .', or separate its lines with ';'"
    return f"correct the text at column {column}, or what stands just before it"


# --- the bibliography and its cache


def _works(project: Project, content: bytes) -> tuple[Bibliography, str]:
    place = project.relative(project.bibliography)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fault = Fault(line, "this line is not UTF-8", "save the file as UTF-8", lost=True)
        return Bibliography((), (fault,)), ""
    key = _cache_key(project, content)
    cache = _cache_file(project.bibliography, place)
    kept = _kept(cache, key)
    if kept is not None:
        return kept
    works = bibliography.parse(text)
    triples = "".join(bibliography.ntriples(entry, project.base) for entry in works.entries)
    _keep(cache, {"key": key, "works": asdict(works), "triples": triples})
    return works, triples


def _cache_key(project: Project, content: bytes) -> str:
    """Hash of all that the entries depend on: the bytes, the base IRI, the reading code and its two libraries."""
    digest = hashlib.sha256(content)
    digest.update(project.base.encode())
    for module in (*sorted(Path(bibliography.__file__).parent.glob("*.py")), Path(identifiers.__file__)):
        digest.update(module.read_bytes())
    for library in ("bibtexparser", "pylatexenc"):
        spec = find_spec(library)
        if spec is not None and spec.origin is not None:
            status = Path(spec.origin).stat()
            digest.update(f"{spec.origin} {status.st_mtime_ns} {status.st_size}".encode())
    return digest.hexdigest()


def _cache_file(path: Path, place: Path) -> Path:
    from platformdirs import user_cache_path

    name = hashlib.sha256(str(path).encode()).hexdigest()[:16]
    return user_cache_path("kg", appauthor=False) / f"{place.stem}-{name}.json"


def _kept(cache: Path, key: str) -> tuple[Bibliography, str] | None:
    try:
        kept = json.loads(cache.read_text(encoding="utf-8"))
        if kept["key"] != key:
            return None
        entries = tuple(Entry(**_with_tuples(entry)) for entry in kept["works"]["entries"])
        faults = tuple(Fault(**fault) for fault in kept["works"]["faults"])
        return Bibliography(entries, faults), str(kept["triples"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _with_tuples(entry: dict[str, Any]) -> dict[str, Any]:
    found = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
    return {**found, "fields": tuple((name, value) for name, value in entry["fields"])}


def _keep(cache: Path, kept: dict[str, Any]) -> None:
    temporary = cache.with_name(f"{cache.name}.{os.getpid()}")
    with suppress(OSError):
        cache.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        temporary.replace(cache)
    with suppress(OSError):
        # Gone already if all went well; on a full disk an empty one is left.
        temporary.unlink()
