"""The concept map and the citation view in a real browser: they are drawn, and obey pointer, keyboard and address."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kg.errors import KgError
from kg.path import rank
from kg.project import Project, find_project
from kg.site import build

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]


def inked(page: Page) -> int:
    """How many pixels of the drawing differ from its background."""
    return int(
        page.evaluate(
            """() => {
                const canvas = document.querySelector('.kg-map-canvas canvas');
                const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                let count = 0;
                for (let i = 0; i < data.length; i += 4) {
                    count += [0, 1, 2].some((part) => data[i + part] !== data[part]);
                }
                return count;
            }"""
        )
    )


NAMES = "#nodes tr:visible:not(:has([data-kg-row])) td:first-child, #nodes tr:visible:has([data-kg-row]) td:nth-child(2)"
"""Names in the rows of the concept map's table, and works in the rows of that of the citations."""


def rows(page: Page) -> list[str]:
    """The names in the visible rows of the table."""
    return [row.inner_text() for row in page.locator(NAMES).all()]


def count(page: Page) -> str:
    """What the page says it shows."""
    return page.locator(".kg-map-count").inner_text()


def test_the_map_is_drawn(visit: Visit) -> None:
    page = visit("map.html")
    page.wait_for_timeout(300)
    assert inked(page) > 20_000
    assert count(page) == "8 of 8 concepts and claims shown."


def test_searching_narrows_the_map_and_the_table_alike(visit: Visit) -> None:
    page = visit("map.html")
    page.fill("input[name=text]", "convex")
    assert page.get_attribute(".kg-map", "data-shown") == "1"
    page.click(".kg-map-twin a")
    page.wait_for_url("**/map-table.html#text=convex")
    page.wait_for_selector(".kg-map[data-ready]")
    assert rows(page) == ["GELU is convex"]
    page.click("button[type=reset]")
    expect(page.locator("#nodes tr:visible:has(td)")).to_have_count(8)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("strength", "sampled", {"Swish is gated", "swish", "activation function"}),
        ("freshness", "stale", {"Swish is gated", "swish", "activation function"}),
        ("kind", "Refutation", {"GELU is convex", "GELU"}),
        ("kind", "claim", {"GELU is convex", "GELU is gated by a Gaussian", "Swish is gated"}),
        ("paper", "nobody2020hostile", {"Swish is gated", "swish", "activation function"}),
        ("topic", "hostile", {"<img src=x onerror='document.title=1'> & </script>"}),
        ("since", "2017", {"Swish is gated", "swish", "activation function"}),
        (
            "until",
            "2017",
            {"GELU is convex", "GELU", "GELU is gated by a Gaussian", "Gaussian gate"},
        ),
    ],
)
def test_a_filter_keeps_what_matches_and_lives_in_the_address(
    visit: Visit, field: str, value: str, expected: set[str]
) -> None:
    page = visit("map-table.html")
    if field in {"since", "until"}:
        page.fill(f"input[name={field}]", value)
    else:
        page.select_option(f"select[name={field}]", value)
    # Claims bring the concepts they speak of.
    assert expected <= set(rows(page)) <= expected | {"GELU", "Gaussian gate", "swish", "activation function"}
    assert f"{field}={value}" in page.url
    assert rows(visit("map-table.html#" + page.url.split("#")[1])) == rows(page)
    drawn = visit("map.html#" + page.url.split("#")[1])
    assert drawn.get_attribute(".kg-map", "data-shown") == str(len(rows(page)))


def test_focus_shows_what_is_near(visit: Visit) -> None:
    page = visit("map-table.html")
    page.fill("input[name=text]", "Gaussian gate")
    page.press("input[name=text]", "Enter")
    assert set(rows(page)) == {"Gaussian gate", "GELU is gated by a Gaussian"}
    page.fill("input[name=depth]", "2")
    assert set(rows(page)) == {"Gaussian gate", "GELU is gated by a Gaussian", "GELU", "GELU is convex"}
    again = visit("map.html#" + page.url.split("#")[1])
    assert "at most 2 steps from “Gaussian gate”" in count(again)


def test_focus_goes_up_to_what_is_broader_and_down_to_what_is_narrower(visit: Visit) -> None:
    page = visit("map-table.html#focus=gelu&way=up&depth=9")
    assert set(rows(page)) == {"GELU", "activation function"}
    page.select_option("select[name=way]", "down")
    assert set(rows(page)) == {"GELU", "GELU is convex", "GELU is gated by a Gaussian"}
    page.click(".kg-map-unfocus")
    assert len(rows(page)) == 8


def test_two_concepts_are_connected_by_the_chain_between_them(visit: Visit) -> None:
    page = visit("map.html")
    for field, wanted in (("from", "Gaussian gate"), ("to", "GELU")):
        page.fill(f"input[name={field}]", wanted)
        page.press(f"input[name={field}]", "Tab")
    assert page.url.endswith("#from=gaussian_gate&to=gelu")
    assert page.get_attribute(".kg-map", "data-shown") == "3"
    said = page.locator(".kg-map-chain").inner_text()
    assert "“Gaussian gate” is “GELU”:" in said
    assert "identity tested, evidence current" in said
    assert "Holds where all of these do: finite input." in said
    page.fill("input[name=to]", "swish")
    page.press("input[name=to]", "Tab")
    assert (
        "No chain of claims joins “Gaussian gate” and “swish”." in page.locator(".kg-map-chain").inner_text()
    )
    page.fill("input[name=to]", "no such thing")
    page.press("input[name=to]", "Tab")
    assert "“no such thing” is not a concept here" in page.locator(".kg-map-chain").inner_text()


def test_the_keyboard_chooses_focuses_connects_and_opens(visit: Visit) -> None:
    page = visit("map.html#focus=gelu_is_convex")
    page.focus(".kg-map-canvas")
    page.keyboard.press("Enter")
    page.wait_for_url("**/claim/gelu_is_convex.html")
    page.go_back()
    page.wait_for_selector(".kg-map[data-ready]")
    page.focus(".kg-map-canvas")
    page.keyboard.press("Escape")
    assert page.get_attribute(".kg-map", "data-shown") == "8"
    page.keyboard.press("ArrowRight")
    assert page.locator(".kg-map-card a").count() == 1
    page.goto(page.url.split("#")[0] + "#focus=gelu")
    page.wait_for_function(
        "location.hash.includes('gelu') && document.querySelector('.kg-map-card a')?.textContent === 'GELU'"
    )
    page.focus(".kg-map-canvas")
    page.keyboard.press("u")
    assert "way=up" in page.url
    page.keyboard.press("s")
    assert "from=gelu" in page.url


def test_every_control_of_the_map_is_reached_with_the_tabulator(visit: Visit) -> None:
    page = visit("map.html#focus=gelu")
    page.focus("input[name=text]")
    reached = set()
    for _ in range(25):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.name || document.activeElement.className || document.activeElement.textContent"
            )
        )
    wanted = {
        "topic",
        "kind",
        "strength",
        "freshness",
        "paper",
        "since",
        "until",
        "way",
        "depth",
        "from",
        "to",
    }
    assert wanted | {"kg-map-connect", "kg-map-canvas"} <= reached


def test_choosing_a_box_with_the_mouse_opens_its_page(visit: Visit) -> None:
    page = visit("map.html#focus=hostile")
    page.locator(".kg-map-canvas").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    page.locator(".kg-map-canvas").click()
    page.wait_for_url("**/concept/hostile.html")


def test_dragging_moves_the_drawing_and_opens_nothing(visit: Visit) -> None:
    page = visit("map.html#focus=hostile")
    canvas = page.locator(".kg-map-canvas")
    canvas.scroll_into_view_if_needed()
    before = canvas.screenshot()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 120, box["y"] + box["height"] / 2 + 40, steps=4)
    page.mouse.up()
    page.wait_for_timeout(200)
    assert canvas.screenshot() != before
    assert "map.html" in page.url


def test_what_is_searched_and_not_shown_is_fetched_when_a_reader_turns_to_the_search(visit: Visit) -> None:
    page = visit("map.html")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.fill("input[name=text]", "SiLU")
    page.wait_for_selector(".kg-map[data-shown='1']")  # an alternative label of swish, which no box shows
    assert [url for url in asked if "/_words/map.js?v=" in url] == asked
    # A link with words in it finds the same.
    assert visit("map.html#text=SiLU").get_attribute(".kg-map", "data-shown") == "1"


@pytest.mark.parametrize("width", [1400, 360])
def test_the_table_names_no_area_of_which_it_shows_nothing(visit: Visit, width: int) -> None:
    page = visit("map-table.html#topic=hostile", width=width)
    expect(page.locator("#nodes th[scope=rowgroup]:visible")).to_have_text(["Hostile"])


def items(page: Page) -> list[str]:
    """What the tree shows, from top to bottom."""
    return [
        link.inner_text()
        for link in page.locator(".kg-tree li > a:visible, .kg-tree li > strong > a:visible").all()
    ]


def test_the_tree_shows_what_the_table_shows_under_the_same_filters(visit: Visit) -> None:
    page = visit("map-tree.html")
    assert items(page) == []  # the areas are folded
    for view in ("kind=Refutation", "topic=hostile", "focus=gaussian_gate", "from=gaussian_gate&to=gelu"):
        tree, table = visit(f"map-tree.html#{view}"), visit(f"map-table.html#{view}")
        expect(tree.locator(".kg-map-count")).to_have_text(count(table))
        found = [item for item in items(tree) if item in set(rows(table))]
        assert sorted(found) == sorted(rows(table))
        tree.click("button[type=reset]")
        assert items(tree) == []


def test_the_tree_is_folded_by_area_and_complete_without_javascript(visit: Visit) -> None:
    page = visit("map-tree.html", script=False)
    page.click("summary >> text=gating")
    names = items(page)
    assert names.index("activation function") < names.index("GELU") < names.index("GELU is convex")
    inner = page.locator("li", has_text="activation function").first.locator("li", has_text="GELU is convex")
    assert inner.count() > 1  # the claim stands below GELU, and GELU below what it is a kind of
    page.click("text=GELU is convex")
    page.wait_for_url("**/claim/gelu_is_convex.html")


def test_without_javascript_the_table_holds_everything(visit: Visit) -> None:
    page = visit("map.html", script=False)
    assert not page.locator(".kg-map form").is_visible()
    page.click("text=The same as a table")
    page.wait_for_url("**/map-table.html")
    assert len(rows(page)) == 8
    assert not page.locator(".kg-map form").is_visible()
    row = page.locator("#nodes tr", has_text="GELU is gated by a Gaussian").first
    assert "about GELU" in page.locator("#nodes tr", has_text="GELU is convex").first.inner_text()
    assert "left side GELU" in row.inner_text() or "repaired by" in row.inner_text()
    page.click("#nodes >> text=GELU is convex")
    page.wait_for_url("**/claim/gelu_is_convex.html")
    assert page.title().startswith("GELU is convex")


CITING = """
@prefix cito: <http://purl.org/spar/cito/> .
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://openalex.org/W1> a kg:Record ; kg:recordOf "arxiv:1606.08415" ; dcterms:title "One" .
<https://openalex.org/W2> a kg:Record ; kg:recordOf "doi:10.1000/hostile" ; dcterms:title "Two" ;
    cito:cites <https://openalex.org/W1> .
"""


def test_the_citation_view_says_that_nothing_is_known_before_records_are_fetched(visit: Visit) -> None:
    page = visit("citations.html")
    assert (
        "No record of who cites whom has been fetched yet" in page.locator("section#citations").inner_text()
    )
    assert count(page) == "2 of 2 works shown."
    page.fill("input[name=until]", "2017")
    assert count(page) == "1 of 2 works shown."


def test_the_citation_view_draws_who_cites_whom(gates: Project, tmp_path: Path, browser: Browser) -> None:
    (gates.root / "ontology" / "generated" / "literature.ttl").write_text(CITING, "utf-8")
    out = build(gates, tmp_path / "out", strict=True).parent
    page = browser.new_page()
    page.goto((out / "citations-table.html").as_uri() + "#focus=nobody2020hostile&way=up")
    page.wait_for_selector(".kg-map[data-ready]")
    assert "1 citations" in page.locator("section#citations-table").inner_text()
    assert len(rows(page)) == 2
    page.select_option("select[name=way]", "down")
    assert len(rows(page)) == 1
    page.close()


def test_strengths_rank_in_the_page_as_they_do_in_the_command(page: Callable[[str], str]) -> None:
    html = page("map")
    data = json.loads(html.split('id="kg-map-data">')[1].split("</script>")[0])
    ranks = data["columns"]["rank"]
    assert rank("IdentityTested") in (ranks if isinstance(ranks, list) else ranks["of"])


def test_an_author_s_page_shows_the_map_of_one_topic(
    gates: Project, tmp_path: Path, browser: Browser
) -> None:
    docs = gates.root / "docs"
    docs.mkdir()
    (docs / "index.rst").write_text("Home\n====\n\n.. kg:map:: gating\n", "utf-8")
    manifest = gates.root / "pyproject.toml"
    manifest.write_text(
        manifest.read_text("utf-8").replace(
            'checks = "gates.checks"', 'checks = "gates.checks"\ndocs = "docs"'
        ),
        "utf-8",
    )
    home = build(find_project(gates.root), tmp_path / "out", strict=True)
    page = browser.new_page()
    page.goto(home.as_uri())
    page.wait_for_selector(".kg-map[data-ready]")
    assert count(page) == "7 of 7 concepts and claims shown."
    page.close()
    (docs / "index.rst").write_text("Home\n====\n\n.. kg:map:: gatng\n", "utf-8")
    with pytest.raises(KgError, match=r"index\.rst:4.*there is no topic of this name: did you mean 'gating'"):
        build(find_project(gates.root), tmp_path / "out", strict=True)


def test_on_a_telephone_the_filters_open_at_a_touch(visit: Visit) -> None:
    page = visit("map.html", width=360)
    strength, more = page.locator("select[name=strength]"), page.locator(".kg-map-more")
    expect(strength).not_to_be_visible()
    more.click()
    expect(strength).to_be_visible()
    expect(more).to_have_attribute("aria-expanded", "true")
    more.click()
    expect(strength).not_to_be_visible()


def test_a_link_to_a_narrowed_map_shows_on_a_telephone_by_what_it_is_narrowed(visit: Visit) -> None:
    page = visit("map.html#kind=claim", width=360)
    expect(page.locator("select[name=kind]")).to_be_visible()
    expect(page.locator("select[name=kind]")).to_have_value("claim")


def test_on_a_wide_screen_every_filter_is_in_view(visit: Visit) -> None:
    page = visit("map.html")
    expect(page.locator("select[name=strength]")).to_be_visible()
    expect(page.locator(".kg-map-more")).not_to_be_visible()
