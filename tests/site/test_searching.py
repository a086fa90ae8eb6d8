"""The search of the site: what a page is found by, and what the browser fetches for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def found(visit: Visit, words: str) -> set[str]:
    """The pages that the search lists for some words."""
    page = visit(f"search.html?q={words}")
    page.wait_for_selector(".search-summary:has-text('finished'), .search-summary:has-text('did not match')")
    links = page.locator("#search-results li a")
    return {str(link.get_attribute("href")).partition("?")[0].partition("#")[0] for link in links.all()}


def test_nothing_is_fetched_before_a_reader_searches(visit: Visit) -> None:
    page = visit("search.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert asked
    assert not [url for url in asked if "searchindex" in url]


def test_the_page_for_searching_has_a_field_that_searches(visit: Visit) -> None:
    page = visit("search.html")
    page.locator("main input[name=q], article input[name=q]").first.fill("rectifier")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=rectifier")
    expect(page.locator("#search-results li")).not_to_have_count(0)


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("SiLU", "concept/swish.html"),  # another name of it
        ("gaussian_gate", "concept/gaussian_gate.html"),  # the name that is typed
        ("gelu_is_convex", "claim/gelu_is_convex.html"),
        ("multiplies probability switch", "claim/gelu_is_gated_by_a_gaussian.html"),  # its sentence
        ("hendrycks", "paper/hendrycks2016gaussian.html"),
    ],
)
def test_a_page_is_found_by_what_it_is_about(visit: Visit, words: str, page: str) -> None:
    assert page in found(visit, words)


@pytest.mark.parametrize(
    "words", ["verify", "array_namespace", "bibtex", "unconfirmed", "neighbours", "operatorname"]
)
def test_no_page_is_found_by_what_stands_on_all_of_them(visit: Visit, words: str) -> None:
    family = ("claim/", "concept/", "paper/")
    assert [page for page in found(visit, words) if page.startswith(family)] == []


def test_a_work_is_found_by_its_author_and_not_with_everything_that_cites_it(visit: Visit) -> None:
    assert {page for page in found(visit, "hendrycks") if "/" in page} == {"paper/hendrycks2016gaussian.html"}
