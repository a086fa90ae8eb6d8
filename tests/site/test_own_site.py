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
    assert {page.name for page, size in sizes.items() if size > FIRST_LOAD} == set()


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
    pages = (
        "index",
        "claim/online_softmax_is_softmax",
        "map",
        "map-table",
        "map-tree",
        "list",
        "ask",
        "search",
    )
    for name in pages:
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


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(1400, 900), (360, 800)])
def test_what_is_near_a_concept_with_many_claims_can_be_read_on_any_screen(
    own_site: Path, browser: Browser, width: int, height: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto((own_site / "map.html").as_uri() + "#focus=softmax_attention")
    page.wait_for_selector(".kg-map[data-ready]")
    assert int(page.get_attribute(".kg-map", "data-shown") or 0) > 60
    # Twelve pixels of type at scale 1.
    assert float(page.get_attribute(".kg-map-canvas", "data-scale") or 0) >= 0.7
    page.close()


@pytest.mark.browser
def test_the_map_takes_the_shape_of_the_window(own_site: Path, browser: Browser) -> None:
    scales = {}
    page = browser.new_page()
    for width, height in ((1400, 500), (400, 1500), (1400, 501)):
        page.set_viewport_size({"width": width, "height": height})
        page.goto((own_site / "map.html").as_uri())
        page.reload()
        page.wait_for_selector(".kg-map[data-ready]")
        scales[width, height] = float(page.get_attribute(".kg-map-canvas", "data-scale") or 0)
    # Turned round without loading it again, it is as large as if it had been opened so.
    page.set_viewport_size({"width": 400, "height": 1500})
    turned = scales[400, 1500]
    page.wait_for_function(
        f"Math.abs(document.querySelector('.kg-map-canvas').dataset.scale / {turned} - 1) < 0.02"
    )
    page.close()


def test_no_file_says_where_the_site_was_built(own_site: Path) -> None:
    said = [
        path.relative_to(own_site).as_posix()
        for path in own_site.rglob("*")
        if path.suffix in {".html", ".js", ".css", ".txt", ".json", ".trig"}
        and ".doctrees" not in path.parts
        and str(own_site.parent) in path.read_text(encoding="utf-8")
    ]
    assert said == []
