"""Documents that no file in the source folder holds: one line each, kept beside the build's other working files.

Sphinx reads documents from files. For the graph's pages these are made under the doctree folder, each a title-less
stub with one directive, and shown to Sphinx as if they lay in the source folder. A document of the same name that
an author has written wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sphinx.project import Project

if TYPE_CHECKING:
    from sphinx.util._pathlib import _StrPath

_WIDE = {"map", "map-table", "map-tree", "citations", "citations-table", "ask"}
"""Pages that take the place of the table of contents beside them."""

STUB = ":orphan:\n{options}\n.. kg:page:: {docname}\n"


class GraphProject(Project):
    """The documents of the source folder and those of the graph."""

    def __init__(
        self, srcdir: Path, source_suffix: Iterable[str], folder: Path, docnames: Callable[[], Iterable[str]]
    ) -> None:
        super().__init__(srcdir, source_suffix)
        self._folder = folder
        self._generated = docnames

    def doc2path(self, docname: str, absolute: bool) -> _StrPath:
        """The file of a document; one of the graph's is named as if it lay in the source folder."""
        # Sphinx shows this name to readers, who are not to be told where the site was built.
        path = super().doc2path(docname, absolute)
        return path if absolute or not path.is_absolute() else type(path)(f"{docname}.rst")

    def __getstate__(self) -> dict[str, object]:
        # The environment is pickled with its project; what is asked of the graph must be asked anew.
        return {**self.__dict__, "_generated": None}

    def discover(self, exclude_paths: Iterable[str] = (), include_paths: Iterable[str] = ("**",)) -> set[str]:
        """Find the authored documents, then add the graph's."""
        super().discover(exclude_paths, include_paths)
        for docname in self._generated():
            if docname in self.docnames:
                continue
            path = self._folder / f"{docname}.rst"
            _write_if_changed(path, _stub(docname))
            self.docnames.add(docname)
            self._docname_to_path[docname] = path
            self._path_to_docname[path] = docname
        return self.docnames


def _stub(docname: str) -> str:
    return STUB.format(docname=docname, options=":hide-toc:\n" if docname in _WIDE else "")


def _write_if_changed(path: Path, text: str) -> None:
    # A rewritten file would look changed to Sphinx, and the page would be read again for nothing.
    if path.exists() and path.read_text("utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
