"""The site in a real browser: pages read well, nothing leaves the machine, nothing in the graph runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def test_a_claim_page_reads_without_faults(visit: Visit) -> None:
    page = visit("claim/gelu_is_gated_by_a_gaussian.html")
    assert page.locator(".kg-formula .katex-html").first.is_visible()
    page.locator(".kg-drawing a", has_text="Gaussian gate").click()
    page.wait_for_url("**/concept/gaussian_gate.html")


def test_a_hostile_label_runs_nothing(visit: Visit) -> None:
    page = visit("concept/hostile.html")
    assert "<img src=x" in page.locator("h1").inner_text()
    assert visit("map.html#focus=hostile").title().startswith("Concept map")


PAGES = (
    *(
        "index",
        "map",
        "map-table",
        "map-tree",
        "citations",
        "citations-table",
        "ask",
        "list",
        "claims",
        "strengths",
        "papers",
        "concept/gelu",
        "concept/swish",
        "concept/hostile",
        "paper/nobody2020hostile",
        "area/gating",
        "areas",
        "concepts",
        "conditions",
        "questions",
        "vocabulary",
        "search",
    ),
    *("claim/gelu_is_gated_by_a_gaussian", "question/which_claims_speak_of_gelu"),
)


THEME_FAULTS = {"landmark-unique"}
"""What axe finds in the theme and not in our own parts: furo names neither of its two side bars."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible(visit: Visit, development_packages: Path, name: str, scheme: str) -> None:
    assert faults_of_access(visit(f"{name}.html", scheme=scheme), development_packages) == []


def faults_of_access(page: Page, development_packages: Path) -> list[str]:
    """What axe finds on a page, but for the theme's own."""
    page.evaluate((development_packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [fault["id"] for fault in found if fault["id"] not in THEME_FAULTS]


@pytest.mark.parametrize("name", ["claim/gelu_is_gated_by_a_gaussian", "concept/swish", "map-tree"])
def test_what_scrolls_on_a_narrow_page_is_reached_with_the_keyboard(
    visit: Visit, development_packages: Path, name: str
) -> None:
    page = visit(f"{name}.html", width=360)
    assert faults_of_access(page, development_packages) == []
    wide = "[...document.querySelectorAll('article pre')].filter((box) => box.scrollWidth > box.clientWidth)"
    assert page.evaluate(f"{wide}.every((box) => box.tabIndex === 0)")
    if "map" not in name:
        assert page.evaluate(f"{wide}.length") > 0


@pytest.mark.parametrize("width", [1400, 768, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways(visit: Visit, name: str, width: int, scheme: str) -> None:
    page = visit(f"{name}.html", width=width, scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_picture_changes_its_colours_with_the_theme(visit: Visit, scheme: str) -> None:
    page = visit("concept/swish.html", scheme=scheme)
    ink = page.evaluate("getComputedStyle(document.querySelector('.kg-curve')).stroke")
    assert ink == {"light": "rgb(11, 87, 208)", "dark": "rgb(138, 180, 248)"}[scheme]


def test_code_is_copied_with_one_click(visit: Visit) -> None:
    page = visit("concept/swish.html")
    assert page.locator("#code button.copybtn").count() == 1
    assert page.locator("#code button.copybtn").get_attribute("data-clipboard-target") == "#codecell0"


def test_on_paper_nothing_is_cut_off_and_no_button_is_printed(visit: Visit) -> None:
    page = visit("concept/swish.html", width=700)
    page.emulate_media(media="print")
    assert not page.locator(".kg-onmap").is_visible()
    assert not page.locator("#code button.copybtn").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.kg-drawing')).overflowX") == "visible"
    assert page.evaluate("document.documentElement.scrollWidth") <= 700
