"""The site of the graph that comes with kg: it builds without a warning, and the browser draws all of it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser

from kg.graph import Graph, load
from kg.project import built_in_project
from kg.site import build

# myst-parser still asks Sphinx 9 for what Sphinx 11 will drop; that is between the two of them.
pytestmark = pytest.mark.filterwarnings("ignore:'myst_parser:PendingDeprecationWarning")


@pytest.fixture(scope="module")
def graph() -> Graph:
    """The graph that comes with kg."""
    return load(built_in_project())


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its site."""
    return build(built_in_project(), tmp_path_factory.mktemp("own") / "out", strict=True).parent


def test_everything_in_the_graph_has_a_page(own_site: Path, graph: Graph) -> None:
    for family, names in (("concept", graph.concepts), ("claim", graph.claims), ("paper", graph.papers)):
        assert {path.stem for path in (own_site / family).glob("*.html")} == set(names)


def test_every_line_of_the_list_is_on_its_page(own_site: Path, graph: Graph) -> None:
    html = (own_site / "list.html").read_text(encoding="utf-8")
    assert html.count('class="kg-asked"') == len(graph.items)


FIRST_LOAD = 600_000
"""Bytes, not compressed, that a reader's first page may take."""


def test_no_page_is_heavy_with_its_scripts_and_styles(own_site: Path) -> None:
    sizes: dict[Path, int] = {}
    for page in own_site.rglob("*.html"):
        html = page.read_text(encoding="utf-8")
        loaded = re.findall(r'<script[^>]* src="([^"?]+)', html)
        loaded += re.findall(r'<link rel="stylesheet"[^>]* href="([^"?]+)', html)
        files = [page, *((page.parent / unescape(address)).resolve() for address in loaded)]
        sizes[page.relative_to(own_site)] = sum(file.stat().st_size for file in files)
    # The search brings the index of all words of the site: whoever opens it has asked for that.
    assert {page.name for page, size in sizes.items() if size > FIRST_LOAD} <= {"search.html"}


def loaded_with(browser: Browser, address: str) -> set[str]:
    """The page and all that it asks for before a reader does anything."""
    page = browser.new_page()
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(request.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.close()
    return loaded


@pytest.mark.browser
def test_the_first_load_is_light_in_the_browser(own_site: Path, browser: Browser) -> None:
    """With fonts and whatever a script fetches of its own accord."""
    for name in ("index", "claim/online_softmax_is_softmax", "map", "map-table", "map-tree", "list", "ask"):
        loaded = loaded_with(browser, (own_site / f"{name}.html").as_uri())
        files = [Path(unquote(urlsplit(address).path)) for address in loaded]
        assert len(files) > 5
        assert sum(file.stat().st_size for file in files) < FIRST_LOAD, name


@pytest.mark.browser
def test_the_whole_map_is_drawn_from_a_file(own_site: Path, graph: Graph, browser: Browser) -> None:
    """Opened without any server, as a reader who was sent the folder would."""
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto((own_site / "map.html").as_uri())
    page.wait_for_selector(".kg-map[data-ready]")
    assert page.get_attribute(".kg-map", "data-shown") == str(len(graph.concepts) + len(graph.claims))
    page.goto((own_site / "claim" / "linear_attention_is_a_recurrence.html").as_uri())
    assert page.locator("h1").inner_text().startswith("Linear attention is a recurrence")
    page.close()
    assert faults == []
