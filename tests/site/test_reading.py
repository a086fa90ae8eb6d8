"""Pictures, citations, records of the literature, what follows from claims, and parts of the graph on any page."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest

from kg.errors import KgError, SourceError
from kg.graph import load
from kg.project import Project, built_in_project, find_project
from kg.reasoning.derived import Derived, record
from kg.reasoning.families import derivable
from kg.site import build
from kg.site.knowledge import Knowledge
from kg.site.pages.claim import bibtex_text
from kg.site.pictures import declared, draw
from kg.site.plot import Panel, Plot, Series, curves, matrix, svg

Page = Callable[[str], str]

LITERATURE = """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix cito: <http://purl.org/spar/cito/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://openalex.org/W1> a kg:Record ;
    kg:recordOf "doi:10.1000/hostile" ; dcterms:title "<script>alert(1)</script>" ;
    kg:conflict [ kg:aspect "year" ; kg:stated "2020" ; kg:recorded "<b>1999</b>" ] ;
    cito:cites <https://openalex.org/W2> ;
    prov:wasDerivedFrom <https://api.openalex.org/works/W1> ;
    prov:generatedAtTime "2026-01-02T03:04:05Z"^^xsd:dateTime ; kg:payloadDigest "aa" .

<https://openalex.org/W2> a kg:Record ;
    kg:recordOf "arxiv:1606.08415" ; dcterms:title "Gaussian Error Linear Units (GELUs)" ;
    prov:wasDerivedFrom <https://api.openalex.org/works/W2> ;
    prov:generatedAtTime "2026-01-02T03:04:05Z"^^xsd:dateTime ; kg:payloadDigest "bb" .
"""

LINK = """
claim:swish_is_a_gaussian_gate a kg:Identity ;
    kg:left concept:swish ; kg:right concept:gaussian_gate ;
    kg:statement "Swish is a Gaussian gate."@en ; kg:because "It is not; the tests only need a chain."@en ;
    kg:source [ kg:cites ref:nobody2020hostile ; kg:locator "Lemma 1" ; kg:locatorStatus kg:Unconfirmed ] .
"""

OWN_PAGE = """\
Home
====

.. kg:claim:: gelu_is_gated_by_a_gaussian

.. kg:path:: gelu gaussian_gate

.. kg:query::

   SELECT ?claim WHERE { ?claim a kg:Refutation }
"""


def text_of(html: str) -> str:
    """The words of a page's article, without markup."""
    article = html[html.index("<article") : html.index("</article>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", article)).split())


def doctrees(out: Path) -> dict[str, int]:
    """When each document was last read."""
    root = out / ".doctrees"
    found = root.rglob("*.doctree")
    return {path.relative_to(root).with_suffix("").as_posix(): path.stat().st_mtime_ns for path in found}


def reread(out: Path, before: dict[str, int]) -> set[str]:
    """The documents read since."""
    return {name for name, when in doctrees(out).items() if before.get(name) != when}


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def gates_with_docs(gates: Project) -> Project:
    """The small project with an author's page that shows parts of the graph."""
    docs = gates.root / "docs"
    docs.mkdir()
    (docs / "conf.py").write_text(
        'extensions = ["kg.site"]\nkg_project = ".."\nhtml_theme = "furo"\n', "utf-8"
    )
    (docs / "index.rst").write_text(OWN_PAGE, "utf-8")
    (docs / "other.rst").write_text(
        ":orphan:\n\nOther\n=====\n\n.. kg:concept:: swish\n\n.. kg:paper:: nobody2020hostile\n", "utf-8"
    )
    edit(gates.root / "pyproject.toml", 'checks = "gates.checks"', 'checks = "gates.checks"\ndocs = "docs"')
    return find_project(gates.root)


# --- pictures -----------------------------------------------------------------------------------------------


def test_a_concept_has_the_picture_that_bears_its_name(page: Page) -> None:
    html = page("concept/swish")
    assert html.count('<svg class="kg-plot" viewBox') == 2
    assert "A curve that &lt;b&gt;rises&lt;/b&gt; &amp; a table of two signs." in html
    assert "&lt;/svg&gt;&lt;script&gt;" in html
    assert "kg-plot" not in page("concept/gelu")


def test_a_change_of_what_a_picture_draws_reads_its_page_again(gates: Project, tmp_path: Path) -> None:
    out = tmp_path / "out"
    build(gates, out, strict=True)
    before = doctrees(out)
    edit(gates.root / "gates" / "pictures" / "gating.py", "k / 5", "k / 4")
    build(gates, out, strict=True)
    assert reread(out, before) == {"concept/swish"}


def test_a_picture_that_cannot_be_drawn_is_reported_at_its_stanza(gates: Project, tmp_path: Path) -> None:
    edit(gates.root / "gates" / "pictures" / "gating.py", "k / 5", "k / 0")
    with pytest.raises(
        KgError, match=r"ontology/concepts/gating\.ttl:\d+: WARNING: picture 'swish' cannot be drawn"
    ):
        build(gates, tmp_path / "out", strict=True)


def test_a_picture_without_words_is_refused(gates: Project) -> None:
    path = gates.root / "gates" / "pictures" / "gating.py"
    path.write_text('@picture("")\ndef swish(use):\n    pass\n', "utf-8")
    with pytest.raises(SourceError, match="the picture 'swish' has no text: say what is seen"):
        declared(gates, "gates.pictures")


def test_numbers_that_are_no_numbers_leave_gaps_in_a_curve() -> None:
    line = svg(Plot((Panel(series=(Series("a", [0, 1, 2, 3], [0.0, float("nan"), 1.0, 2.0]),)),)))
    path = re.search(r'kg-curve[^>]*d="([^"]*)"', line)
    assert path is not None
    assert path[1].count("M") == 2
    assert "nan" not in line


def test_logarithmic_axes_are_labelled_with_powers() -> None:
    drawn = svg(Plot((Panel(series=(Series("a", [1, 10, 1000], [1, 0.01, 1e-6], "points"),), log=True),)))
    assert ">10⁻⁶<" in drawn
    assert drawn.count("kg-mark") == 3


def test_a_table_of_numbers_shows_signs_in_two_colours_and_leaves_zero_blank() -> None:
    drawn = svg(Plot((matrix([[1.0, -1.0], [0.0, 0.0]]),)))
    assert drawn.count("kg-cell") == 2
    assert "kg-plus-7" in drawn
    assert "kg-minus-7" in drawn


def test_a_flat_line_is_drawn() -> None:
    assert "nan" not in svg(Plot((curves([0.0, 1.0], {"flat": [0.0, 0.0]}),)))


def test_every_picture_that_comes_with_kg_has_a_page_and_can_be_drawn() -> None:
    knowledge = Knowledge(built_in_project(), "kg.pictures")
    for name, shown in declared(knowledge.project, "kg.pictures").items():
        assert name in knowledge.graph.concepts or name in knowledge.graph.claims, name
        drawn = svg(draw(knowledge, shown))
        assert drawn.count('<svg class="kg-plot" viewBox') >= 1
        assert "nan" not in drawn, name


# --- pages --------------------------------------------------------------------------------------------------


def test_a_concept_page_says_at_once_what_it_is_joined_to(page: Page) -> None:
    assert "Identities with: Gaussian gate ." in text_of(page("concept/gelu"))


def test_a_concept_page_names_the_places_in_the_papers(page: Page) -> None:
    papers = text_of(page("concept/gelu")).split("Papers")[1]
    assert "Section 2 (confirmed); Section 4 (unconfirmed)" in papers or (
        "Section 4 (unconfirmed); Section 2 (confirmed)" in papers
    )


def test_a_claim_page_cites_itself_and_its_sources(page: Page) -> None:
    text = text_of(page("claim/gelu_is_gated_by_a_gaussian")).split("How to cite it")[1]
    assert "gelu_is_gated_by_a_gaussian" in text
    assert "https://example.org/gates/claim/gelu_is_gated_by_a_gaussian" in text.replace(" ", "")
    assert "hendrycks2016gaussian" in text


def test_text_in_a_citation_is_no_latex() -> None:
    assert bibtex_text("{\\input{x}} 100% & $y_1$") == r"inputx 100\% \& \$y\_1\$"


def test_a_condition_is_linked_to_where_it_is_explained(page: Page) -> None:
    assert 'href="../conditions.html#condition-finite_input"' in page("claim/gelu_is_gated_by_a_gaussian")


def test_an_area_opens_with_its_own_line(page: Page) -> None:
    text = text_of(page("area/gating"))
    assert "Gates, and what is made of them." in text
    assert "claims: " in text


def test_records_of_the_literature_are_shown_as_text(gates: Project, tmp_path: Path) -> None:
    (gates.ontology / "generated" / "literature.ttl").write_text(LITERATURE, "utf-8")
    out = build(gates, tmp_path / "out", strict=True).parent
    html = (out / "paper" / "nobody2020hostile.html").read_text("utf-8")
    text = text_of(html)
    assert "Cites: Hendrycks and Gimpel 2016" in text
    assert "year 2020 <b>1999</b>" in text
    assert "<b>1999" not in html
    assert "retrieved 2026-01-02" in text
    other = text_of((out / "paper" / "hendrycks2016gaussian.html").read_text("utf-8"))
    assert "Is cited by:" in other
    assert "It agrees with the bibliography." in other


def test_what_follows_from_claims_is_on_the_pages_of_both_ends(gates: Project, tmp_path: Path) -> None:
    claims = gates.ontology / "claims" / "gating.ttl"
    claims.write_text(claims.read_text("utf-8") + LINK, "utf-8")
    graph = load(gates)
    (follows,) = [one for one in derivable(graph) if {one.start, one.end} == {"gelu", "swish"}]
    record(graph, [Derived(follows, "passed", "IdentityTested", "2 draws", "")])
    out = build(gates, tmp_path / "out", strict=True).parent
    for name, other in (("swish", "gelu"), ("gelu", "swish")):
        part = (out / "concept" / f"{name}.html").read_text("utf-8").split('id="derived"')[1]
        assert f'href="{other}.html"' in part
        assert "../claim/gelu_is_gated_by_a_gaussian.html" in part
        assert "identity tested" in part


def test_without_generated_facts_a_page_says_nothing_of_them(page: Page) -> None:
    assert "OpenAlex" not in text_of(page("paper/nobody2020hostile"))
    assert "What follows" not in text_of(page("concept/swish"))


def test_stems_of_two_words_are_set_apart(gates: Project) -> None:
    knowledge = Knowledge(gates)
    assert knowledge.topic_title("gaussiangate") == "Gaussian gate"
    assert knowledge.topic_title("convexgate") == "Convex gate"
    assert knowledge.topic_title("gating") == "Gating"


def test_a_name_is_said_with_the_accents_capitals_and_hyphens_of_the_texts(gates: Project) -> None:
    edit(
        gates.root / "ontology" / "concepts" / "gating.ttl",
        '"SiLU"@en',
        '"SiLU"@en, "Nyström map"@en, "Petrov–Galerkin swish"@en, "half-open gate"@en, "gate of low-rank form"@en, '
        '"low rank"@en',
    )
    knowledge = Knowledge(gates)
    assert (
        knowledge.title("nystrom_error_is_a_petrov_galerkin_one") == "Nyström error is a Petrov–Galerkin one"
    )
    assert knowledge.title("gelu_is_not_a_half_open_switch") == "GELU is not a half-open switch"
    # Texts that write two words apart too do not say that they belong together.
    assert knowledge.title("gate_of_low_rank") == "Gate of low rank"


# --- parts of the graph on an author's page -------------------------------------------------------------------


def test_directives_show_parts_of_the_graph(gates_with_docs: Project, tmp_path: Path) -> None:
    home = build(gates_with_docs, tmp_path / "out", strict=True)
    text = text_of(home.read_text("utf-8"))
    assert "GELU multiplies its input by the probability" in text
    assert "GELU is Gaussian gate" in text
    assert "GELU is convex" in text
    other = (home.parent / "other.html").read_text("utf-8")
    assert "The input multiplied by its logistic sigmoid." in text_of(other)
    assert 'href="claim/swish_is_gated.html"' in other


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("concepts/gating.ttl", "its logistic sigmoid", "a sigmoid", {"other"}),
        ("claims/gating.ttl", "a Gaussian switch is open", "a switch is open", {"index"}),
        ("claims/gating.ttl", "a kg:Refutation", "a kg:Report", {"index"}),
    ],
    ids=["concept", "claim and path", "query"],
)
def test_a_change_reads_the_pages_again_that_show_it_by_a_directive(
    gates_with_docs: Project, tmp_path: Path, file: str, old: str, new: str, expected: set[str]
) -> None:
    out = tmp_path / "out"
    build(gates_with_docs, out, strict=True)
    before = doctrees(out)
    edit(gates_with_docs.ontology / file, old, new)
    build(gates_with_docs, out)
    assert {name for name in reread(out, before) if name in {"index", "other"}} == expected


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (".. kg:claim:: gelu_is_konvex", "there is no claim of this name: did you mean 'gelu_is_convex'"),
        (".. kg:path:: gelu gelu", "both ends of the path are this concept"),
        (".. kg:query:: SELECT nothing", "query"),
    ],
    ids=["claim", "path", "query"],
)
def test_a_part_that_does_not_exist_is_reported_at_its_line(
    gates_with_docs: Project, tmp_path: Path, written: str, said: str
) -> None:
    (gates_with_docs.root / "docs" / "index.rst").write_text(f"Home\n====\n\n{written}\n", "utf-8")
    with pytest.raises(KgError) as caught:
        build(gates_with_docs, tmp_path / "out", strict=True)
    assert "index.rst:4" in str(caught.value)
    assert said in str(caught.value)


# --- the site as a whole --------------------------------------------------------------------------------------


def test_links_into_pages_lead_to_something_there(site: Path) -> None:
    ids: dict[Path, set[str]] = {}
    for path in site.rglob("*.html"):
        ids[path.resolve()] = set(re.findall(r'id="([^"]+)"', path.read_text("utf-8")))
    for path in site.rglob("*.html"):
        for address, anchor in re.findall(r'href="([^"#?:]*)#([^"]+)"', path.read_text("utf-8")):
            target = (path.parent / unescape(address)).resolve() if address else path.resolve()
            # Pages that a script fills keep its state in the address.
            if target in ids and not target.name.startswith(("map", "ask", "citations")):
                assert anchor in ids[target], f"{path.name} → {address}#{anchor}"


def test_the_licence_of_the_copy_buttons_is_shipped(site: Path) -> None:
    text = (site / "_static" / "copybutton-licence.txt").read_text("utf-8")
    assert "Permission is hereby granted" in text
    assert "Zeno Rocha" in text


def test_every_condition_can_be_linked_to_from_elsewhere(site: Path) -> None:
    from sphinx.util.inventory import InventoryFile

    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    assert inventory["kg:condition"]["finite_input"].uri == "conditions.html#condition-finite_input"
