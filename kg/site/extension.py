"""How the extension plugs into Sphinx: events, assets, figures and the maths renderer."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.errors import ExtensionError

from kg.errors import KgError
from kg.project import find_project
from kg.site import assets, graphfile, interactive, maths, pages
from kg.site.domain import KgDomain
from kg.site.figures import HTML_VISITORS, skip
from kg.site.illustration import kg_picture, write_html
from kg.site.knowledge import Knowledge
from kg.site.pictures import pictures_beside
from kg.site.sources import GraphProject

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

OWN_STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register everything with Sphinx."""
    app.setup_extension("sphinx_copybutton")
    app.add_domain(KgDomain)
    for node, visit in {**HTML_VISITORS, **interactive.HTML_VISITORS, kg_picture: write_html}.items():
        plain = (skip, None)
        app.add_node(node, html=(visit, None), latex=plain, text=plain, man=plain, texinfo=plain)
    app.add_html_math_renderer("kg", (maths.visit_inline, None), (maths.visit_block, None))
    app.add_config_value("kg_project", "", "env", str)
    app.add_config_value("kg_pictures", "", "env", str)
    app.add_config_value("kg_site_version", "", "env", str)
    app.connect("config-inited", _version)
    app.connect("builder-inited", _open)
    app.connect("env-get-outdated", _outdated)
    app.connect("html-page-context", _scripts)
    app.connect("build-finished", _graph_file)
    return {"version": "1", "env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}


def _version(app: Sphinx, config: Config) -> None:
    """Tie the build to the extension's own code and assets: another version of it reads every page again."""
    state = hashlib.sha256()
    for path in sorted(OWN_STATIC.parent.rglob("*.py")):
        state.update(path.read_bytes())
    config.kg_site_version = state.hexdigest()
    # Behind a project's own, so that a project can still bring another page for searching.
    config.templates_path = [*config.templates_path, str(TEMPLATES)]


def _open(app: Sphinx) -> None:
    """Find the graph, and let its pages be documents."""
    try:
        project = find_project(Path(app.confdir, app.config.kg_project) if app.config.kg_project else None)
        assets.require()
        knowledge = Knowledge(project, app.config.kg_pictures or pictures_beside(project))
        KgDomain.of(app.env).knowledge = knowledge
        sources = GraphProject(
            app.srcdir,
            app.config.source_suffix,
            Path(app.doctreedir, "kg"),
            lambda: pages.docnames(knowledge),
        )
        sources.restore(app.project)
        app.project = app.env.project = sources
        _ = knowledge.graph
    except KgError as error:
        raise ExtensionError(str(error)) from None
    app.config.html_static_path.extend([str(OWN_STATIC), str(assets.STATIC)])
    if app.builder.format == "html":
        app.add_css_file("kg.css")
        app.add_css_file("kg-interactive.css")
        app.add_css_file("kg-figures.css")


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    if app.builder.format == "html":
        for docname in removed:
            # Sphinx leaves the page of a document that is gone, and readers would go on finding it.
            Path(app.outdir, app.builder.get_target_uri(docname)).unlink(missing_ok=True)
    return KgDomain.of(env).outdated()


def _scripts(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page the styles and scripts that something on it needs, and no page any other."""
    # Furo's page for searching is blank until something is searched; other themes bring a field of their own.
    context["kg_search_form"] = app.config.html_theme == "furo"
    if doctree is None:
        return
    if any(doctree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block))):
        app.add_css_file("katex/katex.min.css")
    if any(doctree.findall(lambda node: isinstance(node, (*_CODE, nodes.math_block)))):
        app.add_js_file("kg-scroll.js", loading_method="defer")
    if not any(doctree.findall(lambda node: isinstance(node, _CODE))):
        _without_code(context)
    for node, script in interactive.SCRIPTS.items():
        if any(doctree.findall(node)):
            app.add_js_file(script, loading_method="defer")


_CODE = (nodes.literal_block, nodes.doctest_block, nodes.raw)
"""What is coloured and copied; a page without any needs neither the styles nor the scripts for it."""

_FOR_CODE = ("pygments.css", "copybutton.css", "copybutton.js", "clipboard.min.js")


def _without_code(context: dict[str, Any]) -> None:
    for kind in ("css_files", "script_files"):
        # In place: Sphinx adds to these very lists, and sets them back before the next page.
        context[kind][:] = [file for file in context[kind] if _file_name(file) not in _FOR_CODE]


def _file_name(file: object) -> str:
    return str(getattr(file, "filename", file)).partition("?")[0].rpartition("/")[2]


def _graph_file(app: Sphinx, exception: Exception | None) -> None:
    """Put the graph itself beside the pages, where the page that asks it finds it."""
    if exception is None and app.builder.format == "html":
        stamp = Path(app.doctreedir, "kg", "graph-file.txt")
        graphfile.write(KgDomain.of(app.env).knowledge, Path(app.outdir), stamp)
