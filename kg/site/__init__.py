"""The site: a Sphinx extension that turns a graph into pages, and :func:`build`, which builds a whole site with it.

Any Sphinx project can use it: ``extensions = ["kg.site"]``, and ``kg_project`` in ``conf.py`` where the graph's
``pyproject.toml`` is not found from the working directory.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from kg.project import Project


def build(project: Project, out: Path | None = None, *, jobs: int = 1, strict: bool = False) -> Path:
    """Build the site of a project into ``out`` (by default ``build/site`` here) and return its front page.

    Raises: KgError if a piece is missing (it says which and how to get it) or Sphinx fails; under ``strict`` also if
    Sphinx warns.
    """
    from kg.site.builder import build_site

    folder = (out or Path("build", "site")).resolve()
    return build_site(project, folder, jobs=jobs, strict=strict)


def setup(app: Sphinx) -> ExtensionMetadata:
    """What Sphinx calls."""
    from kg.site.extension import setup as register

    return register(app)
