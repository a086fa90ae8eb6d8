"""The graph's triples in a store on disk, made again whenever the sources change, opened in milliseconds at any size.

A query needs triples and nothing else, and parsing is what it would wait for. The store is therefore kept in the
user's cache directory under the hash of all it was made from: the bytes of every source, the code that reads them,
the base IRI, the version of the engine. A store, once in its place, is never written again:

- it is built in a folder of its own and renamed when it is complete, so a kill at any moment leaves either the whole
  store or a leftover that the next build sweeps away, and of two processes that build at once the later one finds the
  work done;
- readers open it read-only, which takes no lock and writes no file;
- the sizes of its files are kept beside it, so a file that was cut or removed is noticed, and the store built again.

Hashing 100 MB at every query would cost what the cache saves. What ``stat`` says of each input is kept as well, and the
hash is taken again only if that differs, or is too young for a later change to show (as git does with its index).

Building takes three times as long as parsing, and who edits and asks in turn would always pay for it. A small project is
therefore answered from memory the first time its sources are seen, and gets its store the second time; from then on a
query starts in a fifth of the time that parsing takes.

The whole folder may be deleted at any time. Where it cannot be written, the graph is held in memory instead.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.project import Project, turtle_files

if TYPE_CHECKING:
    from pyoxigraph import Store

_LAYOUT = 1
_CODE = ("sources", "bibliography", "literature/identifiers", "names", "project")
"""The modules and packages that turn sources into triples."""
_RACY = 2_000_000_000
"""Nanoseconds within which two writes may carry the same time on a coarse file system."""
_SMALL = 2_000_000
"""Bytes of sources that are parsed while nobody notices."""
_ABANDONED = 3600.0
"""Seconds after which an unfinished build counts as killed."""
_KEPT = 2
_ATTEMPTS = 5

_Stamps = list[list[Any]]


def open_store(project: Project) -> Store:
    """The project's triples, read-only, one named graph for each source file.

    Raises: SourceError at the first source that cannot be read.
    """
    folder = folder_of(project)
    for _ in range(_ATTEMPTS):
        stamps = _stamps(project)
        digest = _known_digest(folder, stamps) or _digest(project, stamps)
        store = _opened(folder / digest) if digest else None
        if store is not None:
            _remember(folder, digest, stamps)
            return store
        is_new = digest != _last_digest(folder)
        if not digest or (is_new and _is_small(stamps)) or not _build(project, folder, digest):
            break
    if digest:
        _remember(folder, digest, stamps)
    return _in_memory(project)


def glance(project: Project) -> Store:
    """The same for a second look in one command: nothing is built, and it does not count as having been asked.

    Raises: SourceError at the first source that cannot be read.
    """
    folder = folder_of(project)
    digest = _known_digest(folder, _stamps(project))
    return (_opened(folder / digest) if digest else None) or _in_memory(project)


class KeptOpen:
    """A project's triples, kept open between questions and opened again when a source has changed."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._store: Store | None = None
        self._stamps: _Stamps = []

    @property
    def store(self) -> Store:
        """The triples as they are now.

        Raises: SourceError at the first source that cannot be read.
        """
        stamps = _stamps(self.project)
        if self._store is None or self._stamps != stamps:
            self._store = open_store(self.project)
            # What is too young to show a later change is looked at again next time.
            self._stamps = stamps if _youngest(stamps) < time.time_ns() - _RACY else []
        return self._store

    def forget(self) -> None:
        """Throw away what turned out to be damaged."""
        self._store = None
        forget(self.project)


def forget(project: Project) -> None:
    """Throw the kept stores of a project away: one of them turned out to be damaged while it was read."""
    _remove(folder_of(project))


def digest_of(project: Project) -> str:
    """The hash of all that the triples of a project are made from; empty if a source cannot be read."""
    stamps = _stamps(project)
    return _known_digest(folder_of(project), stamps) or _digest(project, stamps)


def folder_of(project: Project) -> Path:
    """Where the kept triples of a project lie, and what else is kept of its sources."""
    # Only to keep projects apart; if two of them met in one folder, their stores would still have names of their own.
    import zlib

    root = f"{project.root}\0{project.base}\0{project.ontology}\0{project.bibliography}"
    return _cache_folder() / "stores" / f"{project.root.name}-{zlib.crc32(os.fsencode(root)):08x}"


def _cache_folder() -> Path:
    if sys.platform == "linux":
        # What platformdirs answers too, without the 5 ms that importing it takes.
        return Path(os.environ.get("XDG_CACHE_HOME", "").strip() or "~/.cache").expanduser() / "kg"
    from platformdirs import user_cache_path

    return user_cache_path("kg", appauthor=False)


# --- what a store is made from


def _inputs(project: Project) -> Iterator[tuple[str, Path]]:
    """Every file a store depends on, with the name that stands for it in the hash."""
    package = Path(__file__).parent
    for name in _CODE:
        for path in (package / f"{name}.py", *sorted((package / name).glob("*.py"))):
            if path.is_file():
                yield f"code {path.relative_to(package).as_posix()}", path
    for path, folder, base in turtle_files(project):
        # Positions are part of the graph, and they are told from the root of the project.
        yield f"turtle {base} {path.relative_to(folder).as_posix()} {project.relative(path)}", path
    yield f"bibliography {project.relative(project.bibliography)}", project.bibliography


def _stamps(project: Project) -> _Stamps:
    """What ``stat`` says of every input; a change of the content changes it, apart from two writes at one moment."""
    found: _Stamps = []
    for name, path in _inputs(project):
        try:
            status = path.stat()
        except OSError:
            found.append([name])
        else:
            found.append([name, status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino])
    return [["engine", _engine()], *found]


def _engine() -> str:
    import pyoxigraph

    return f"{_LAYOUT} {pyoxigraph.__version__} {sys.byteorder} {os.name}"


def _digest(project: Project, stamps: _Stamps) -> str:
    """The hash of all inputs; empty if one of them cannot be read, which reading it properly will explain."""
    import hashlib

    whole = hashlib.sha256(f"{_engine()}\0{project.base}".encode())
    try:
        for name, path in _inputs(project):
            content = path.read_bytes()
            whole.update(f"\0{name}\0{len(content)}\0".encode())
            whole.update(content)
    except OSError:
        return ""
    return whole.hexdigest()[:32] if _stamps(project) == stamps else ""


def _known_digest(folder: Path, stamps: _Stamps) -> str:
    """The hash last taken, if no input can have changed since."""
    try:
        kept = json.loads((folder / "current.json").read_bytes())
        is_known = kept["stamps"] == stamps and _youngest(stamps) < kept["at"] - _RACY
        return str(kept["digest"]) if is_known else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _last_digest(folder: Path) -> str:
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((folder / "current.json").read_bytes())["digest"])
    return ""


def _is_small(stamps: _Stamps) -> bool:
    return sum(int(stamp[1]) for stamp in stamps if len(stamp) > 2) < _SMALL


def _remember(folder: Path, digest: str, stamps: _Stamps) -> None:
    place = folder / "current.json"
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(place.read_bytes())
        if (kept["digest"], kept["stamps"]) == (digest, stamps) and _youngest(stamps) < kept["at"] - _RACY:
            return
    part = folder / f".current.{os.getpid()}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"digest": digest, "stamps": stamps, "at": time.time_ns()})
        part.write_text(text, encoding="utf-8")
        part.replace(place)
    with suppress(OSError):
        part.unlink()


def _youngest(stamps: _Stamps) -> int:
    """When the last of the inputs was changed, in nanoseconds."""
    return max((int(when) for stamp in stamps if len(stamp) > 3 for when in stamp[2:4]), default=0)


# --- opening and building


def _opened(place: Path) -> Store | None:
    """The store in this folder; None if there is none, or it is not whole."""
    from pyoxigraph import Store

    if not place.exists():
        return None
    with suppress(OSError, ValueError):
        if json.loads((place / "files.json").read_bytes()) == _sizes(place):
            return Store.read_only(str(place / "store"))
    _remove(place)
    return None


def _sizes(place: Path) -> dict[str, int]:
    """Name and size of every file that the engine reads; it keeps a log of its own as well."""
    entries = os.scandir(place / "store")
    return {entry.name: entry.stat().st_size for entry in entries if not entry.name.startswith("LOG")}


def _build(project: Project, folder: Path, digest: str) -> bool:
    """Build the store of these sources and put it in its place; whether that is worth another look.

    Raises: SourceError at the first source that cannot be read.
    """
    import tempfile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder, digest)
        part = Path(tempfile.mkdtemp(dir=folder, prefix=".build."))
    except OSError:
        return False
    try:
        if not _fill(project, part, digest):
            return True
        # Another process may have been quicker; a folder that is not empty is not replaced.
        part.rename(folder / digest)
    except OSError:
        return (folder / digest).exists()
    finally:
        _remove(part)
    return True


def _fill(project: Project, part: Path, digest: str) -> bool:
    """Write the store and the sizes of its files; whether the sources are still those of this hash."""
    from pyoxigraph import Store

    from kg import sources

    read = sources.read(project)
    store = Store(str(part / "store"))
    errors = [*sources.fill(store, read, on_disk=True), *sources.lost(read)]
    if errors:
        raise errors[0]
    store.flush()
    # Closes the files: there is no other way to say so.
    del store
    with open(part / "files.json", "w", encoding="utf-8") as file:
        json.dump(_sizes(part), file)
        file.flush()
        os.fsync(file.fileno())
    # A file may have been edited between the hash and the reading: then the store belongs under another name.
    return _digest(project, _stamps(project)) == digest


def _sweep(folder: Path, digest: str) -> None:
    """Remove builds that were killed, and all but the last few stores of this project."""
    entries = [entry for entry in os.scandir(folder) if entry.is_dir() and entry.name != digest]
    entries.sort(key=lambda entry: entry.stat().st_mtime, reverse=True)
    whole = [entry for entry in entries if not entry.name.startswith(".")]
    parts = [entry for entry in entries if entry.name.startswith(".")]
    killed = [entry for entry in parts if entry.stat().st_mtime < time.time() - _ABANDONED]
    for entry in [*whole[_KEPT - 1 :], *killed]:
        _remove(Path(entry.path))


def _remove(place: Path) -> None:
    import shutil

    shutil.rmtree(place, ignore_errors=True)


def _in_memory(project: Project) -> Store:
    from pyoxigraph import Store

    from kg import sources

    read = sources.read(project)
    store = Store()
    errors = [*sources.fill(store, read), *sources.lost(read)]
    if errors:
        raise errors[0]
    return store
