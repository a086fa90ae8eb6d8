"""Building a whole site with one call, for projects with a ``docs`` folder of their own and for those without."""

from __future__ import annotations

import importlib.util
import re
import sys
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg.errors import KgError
from kg.site import assets

if TYPE_CHECKING:
    from kg.project import Project

NEEDED = {
    "sphinx": "sphinx",
    "furo": "furo",
    "myst_parser": "myst-parser",
    "pygraphviz": "pygraphviz",
    "quickjs": "quickjs-ng",
    "sphinx_copybutton": "sphinx-copybutton",
}
"""Modules the site is built with, and the packages they come in (extra ``site``)."""


def build_site(project: Project, out: Path, *, jobs: int, strict: bool) -> Path:
    """See :func:`kg.site.build`."""
    missing = [package for module, package in NEEDED.items() if importlib.util.find_spec(module) is None]
    if missing:
        raise KgError(f"kg.site: {', '.join(missing)} not installed: run `pip install 'kg[site]'`")
    assets.ensure()
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    out.mkdir(parents=True, exist_ok=True)
    own = project.docs
    doctrees = out / ".doctrees"
    if own is None:
        own = doctrees / "no-docs"
        own.mkdir(parents=True, exist_ok=True)
    confdir = own if (own / "conf.py").exists() else None
    settings = {"kg_project": str(project.root)} | ({} if confdir else defaults(project))
    warnings = StringIO()
    try:
        with patch_docutils(confdir), docutils_namespace():
            app = Sphinx(
                own,
                confdir,
                out,
                doctrees,
                "html",
                confoverrides=settings,
                status=None,
                warning=warnings,
                warningiserror=strict,
                parallel=jobs,
            )
            app.build()
    except SphinxError as error:
        raise KgError(f"site: {error}\n{_said(warnings)}".rstrip()) from None
    if app.statuscode:
        raise KgError(f"site: Sphinx found problems: correct what it names\n{_said(warnings)}".rstrip())
    sys.stderr.write(_said(warnings))
    return out / "index.html"


def _said(warnings: StringIO) -> str:
    """What Sphinx wrote, without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())


def defaults(project: Project) -> dict[str, Any]:
    """The settings of a site whose project brings none."""
    return {
        "project": project.name,
        "extensions": ["kg.site", "myst_parser"],
        "html_theme": "furo",
        "html_title": project.name,
        "nitpicky": True,
        "html_copy_source": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
    }
