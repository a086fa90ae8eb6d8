"""What stands on the pages, read as a visitor's browser gets them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from kg.site import maths

Page = Callable[[str], str]


def text_of(html: str) -> str:
    """The words of a page's article, without markup."""
    article = html[html.index("<article") : html.index("</article>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", article)).split())


def test_every_concept_claim_paper_area_and_question_has_a_page(site: Path) -> None:
    for name in (
        "concept/gelu",
        "claim/gelu_is_convex",
        "paper/nobody2020hostile",
        "area/gating",
        "question/which_claims_speak_of_gelu",
        *(
            "index",
            "map",
            "list",
            "claims",
            "strengths",
            "concepts",
            "areas",
            "papers",
            "conditions",
            "vocabulary",
        ),
    ):
        assert (site / f"{name}.html").is_file(), name


def test_a_claim_page_tells_its_story_in_order(page: Page) -> None:
    text = text_of(page("claim/gelu_is_gated_by_a_gaussian"))
    story = [
        "GELU is gated by a Gaussian",
        "GELU multiplies its input by the probability",
        "Why it is true",
        "Formula",
        "Conditions",
        "every entry of x is finite",
        "Strength and freshness",
        "identity tested",
        "Both sides",
        "The check",
        "Evidence",
        "Sources",
        "Section 2 (confirmed)",
        "How to run it",
        "kg verify gelu_is_gated_by_a_gaussian",
        "Neighbours",
    ]
    place = 0
    for words in story:
        assert words in text[place:], words
        place = text.index(words, place) + len(words)


def test_evidence_is_told_in_words(page: Page) -> None:
    text = text_of(page("claim/gelu_is_gated_by_a_gaussian"))
    assert "The claim passed its check." in text
    assert "with probability at most 2⁻¹²²" in text
    assert "2 of 2 deliberately broken variants rejected." in text
    assert "Mutants have not been tried on this claim." in text
    assert "Tested shapes: d=3." in text
    assert "stale" not in text


def test_stale_evidence_is_called_stale_everywhere(page: Page) -> None:
    for name in (
        "claim/swish_is_gated",
        "claims",
        "strengths",
        "map",
        "concept/swish",
        "paper/nobody2020hostile",
    ):
        assert "stale" in text_of(page(name)), name
    assert "9 of 9 automatically altered implementations caught (1 more" in text_of(
        page("claim/swish_is_gated")
    )


def test_a_check_is_shown_with_its_controls_in_words_and_code(page: Page) -> None:
    text = text_of(page("claim/swish_is_gated"))
    assert "the gate opens on the other side" in text
    assert "@swish_is_gated.control" in text.replace(" . ", ".").replace("@ ", "@")


def test_a_refutation_quotes_the_false_sentence_and_links_the_repair(page: Page) -> None:
    html = page("claim/gelu_is_convex")
    assert "GELU is a smooth convex rectifier." in text_of(html)
    assert 'href="gelu_is_gated_by_a_gaussian.html"' in html
    assert (
        "GELU is a smooth convex rectifier."
        in text_of(page("concept/gelu")).split("Often said, and false")[1]
    )


def test_formulas_are_rendered_while_building_with_mathml_inside(page: Page) -> None:
    html = page("claim/gelu_is_gated_by_a_gaussian")
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">' in html
    assert "katex/katex.min.css" in html
    assert "katex" not in page("papers")


def test_the_drawing_of_a_neighbourhood_links_to_the_pages_it_shows(page: Page) -> None:
    drawing = re.search(r'<div class="kg-drawing".*?</svg>', page("concept/gelu"), re.DOTALL)
    assert drawing is not None
    assert 'href="../claim/gelu_is_gated_by_a_gaussian.html"' in drawing[0]
    assert 'href="activation.html"' in drawing[0]


def test_the_list_counts_its_answers(page: Page) -> None:
    text = text_of(page("list"))
    assert "2 lines, 1 answered by 2 claims: 1 identity tested, 1 not checked yet." in text
    assert "and more Not answered yet." in text


def test_a_question_is_answered_with_links(page: Page) -> None:
    html = page("question/which_claims_speak_of_gelu")
    assert 'href="../claim/gelu_is_convex.html"' in html
    assert "2 rows." in text_of(html)


@pytest.mark.parametrize(
    "name",
    [
        *("paper/nobody2020hostile", "concept/hostile", "claim/swish_is_gated", "papers"),
        *("map", "map-table", "map-tree", "citations", "ask"),
    ],
)
def test_text_of_the_graph_cannot_become_markup(page: Page, name: str) -> None:
    html = page(name)
    assert "<script>document.title" not in html
    assert "<img src=x" not in html
    assert "<b>" not in html


def test_an_address_that_is_no_web_address_is_no_link(page: Page) -> None:
    html = page("paper/nobody2020hostile")
    assert "javascript:alert(1)" in text_of(html)
    assert 'href="javascript:' not in html
    assert 'href="https://doi.org/10.1000/hostile"' in html


@pytest.mark.parametrize("tex", [r"\href{javascript:alert(1)}{x}", r"\htmlData{a=b}{x}", r"\text{<script>}"])
def test_a_formula_cannot_become_markup(tex: str) -> None:
    try:
        html = maths.render(tex, display=False)
    except maths.MathsError:
        return
    assert "<script>" not in html
    assert "href=" not in html
    assert "data-a" not in html


def test_the_table_beside_the_map_holds_every_concept_and_claim_without_script(page: Page) -> None:
    table = page("map-table")
    for words in ("Gaussian gate", "GELU is convex"):
        assert words in text_of(table)
    assert table.count("<tr><td>") == 5 + 3


def test_only_the_map_page_loads_the_map(page: Page) -> None:
    assert "kg-map.js" in page("map")
    assert "kg-twin.js" in page("map-tree")
    for name in ("map-tree", "map-table", "claim/gelu_is_convex"):
        assert "kg-map.js" not in page(name)


def test_only_a_page_with_code_loads_what_colours_and_copies_it(page: Page) -> None:
    for name in ("pygments.css", "copybutton.js", "clipboard.min.js"):
        assert name in page("claim/swish_is_gated")
        assert name not in page("claims")


def test_a_word_of_the_vocabulary_can_be_linked_to(page: Page) -> None:
    assert '<dt id="term-Refutation"' in page("vocabulary")


def test_third_party_licences_are_shipped(site: Path) -> None:
    text = (site / "_static" / "THIRD_PARTY.txt").read_text(encoding="utf-8")
    for name in ("oxigraph", "codemirror", "@dagrejs/dagre", "katex", "SIL OPEN FONT LICENSE"):
        assert name in text


def test_no_page_asks_for_anything_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert not re.search(r'<(?:script|img|iframe)[^>]*src="(?:https?:)?//', html), path
        assert not re.search(r'<link[^>]*rel="stylesheet"[^>]*href="(?:https?:)?//', html), path


def test_internal_links_lead_somewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        for address in re.findall(r'href="([^"#?]+)', html):
            if not re.match(r"[a-z]+:|//", address):
                assert (path.parent / unescape(address)).resolve().exists(), f"{path.name} → {address}"


def test_other_projects_can_link_here(site: Path) -> None:
    from sphinx.util.inventory import InventoryFile

    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    assert inventory["kg:claim"]["gelu_is_convex"].uri == "claim/gelu_is_convex.html"
    assert set(inventory["kg:concept"]) == {"activation", "gaussian_gate", "gelu", "hostile", "swish"}
