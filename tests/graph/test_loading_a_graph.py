"""A loaded graph: what it holds, what it can be asked, and that it is never out of date."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.errors import SourceError, UsageError
from kg.graph import Graph, load
from kg.names import sparql_prologue
from kg.project import find_project

Edit = Callable[[str, str, str], None]
CLAIMS = "ontology/claims/evaluation.ttl"
CONCEPTS = "ontology/concepts/evaluation.ttl"


@pytest.fixture
def graph(toy: Path) -> Graph:
    return load(find_project(toy))


def rows(graph: Graph, query: str) -> list[tuple[str, ...]]:
    answers = graph.store.query(sparql_prologue(graph.project.base) + query, use_default_graph_as_union=True)
    return sorted(tuple(str(value.value) for value in row) for row in answers)  # type: ignore[union-attr]


def test_claims_are_sorted_and_complete(graph: Graph) -> None:
    assert list(graph.claims) == [
        "horner_evaluation_is_power_evaluation",
        "power_evaluation_is_linear_in_the_coefficients",
    ]
    claim = graph.claims["horner_evaluation_is_power_evaluation"]
    assert (claim.kind, claim.left, claim.right) == ("Identity", "horner_evaluation", "power_evaluation")
    assert claim.formula == r"a_0 + x\,(a_1 + x\,(a_2 + \cdots)) = \sum_i a_i x^i"
    assert [source.paper for source in claim.sources] == ["higham2002accuracy", "horner1819new"]
    assert {source.status for source in claim.sources} == {"Unconfirmed"}
    assert claim.evidence is None
    assert (claim.topic, str(claim.place)) == ("evaluation", f"{CLAIMS}:7")


def test_a_concept_knows_its_names_conventions_and_neighbours(graph: Graph) -> None:
    concept = graph.concepts["horner_evaluation"]
    assert concept.label == "Horner's rule"
    assert concept.alt_labels == ("nested multiplication", "synthetic division")
    assert concept.conventions == (("order of coefficients", "constant term first"),)
    assert concept.related == ("power_evaluation",)
    assert graph.concepts["power_evaluation"].related == ("horner_evaluation",)


def test_a_paper_is_read_from_the_bibliography(graph: Graph) -> None:
    paper = graph.papers["higham2002accuracy"]
    assert (paper.name, paper.year, paper.doi) == (paper.key, 2002, "10.1137/1.9780898718027")
    assert paper.authors == ("Higham, Nicholas J.",)
    assert paper.bibtex.startswith("@book{higham2002accuracy,")
    assert str(paper.place) == "references.bib:11"


def test_broader_and_narrower_are_two_sides_of_one_statement(toy: Path, edit: Edit) -> None:
    edit(CONCEPTS, "skos:related concept:power_evaluation", "skos:broader concept:power_evaluation")
    graph = load(find_project(toy))
    assert graph.concepts["horner_evaluation"].broader == ("power_evaluation",)
    assert graph.concepts["power_evaluation"].narrower == ("horner_evaluation",)


def test_claims_about_a_concept_include_those_about_narrower_ones(toy: Path, edit: Edit) -> None:
    edit(CONCEPTS, "skos:related concept:power_evaluation", "skos:broader concept:power_evaluation")
    edit(CLAIMS, "kg:about concept:power_evaluation", "kg:about concept:horner_evaluation")
    edit(CLAIMS, "; kg:right concept:power_evaluation", "; kg:right concept:horner_evaluation")
    graph = load(find_project(toy))
    assert len(graph.claims_about("power_evaluation")) == 2
    assert graph.claims_about("power_evaluation", narrower=False) == ()


def test_a_condition_belongs_to_a_claim(toy: Path, edit: Edit) -> None:
    edit(
        CLAIMS,
        "kg:about",
        "kg:condition <https://w3id.org/ml-equivalences/condition/at_least_one_key> ;\n    kg:about",
    )
    graph = load(find_project(toy))
    assert graph.claims["power_evaluation_is_linear_in_the_coefficients"].conditions == ("at_least_one_key",)
    assert graph.conditions["at_least_one_key"].definition.startswith("Every query has")


EVIDENCE = """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix earl: <http://www.w3.org/ns/earl#> .
@prefix claim: <https://example.org/polynomials/claim/> .
@prefix evidence: <https://example.org/polynomials/evidence/> .

evidence:horner_evaluation_is_power_evaluation a kg:Evidence ;
    kg:claim claim:horner_evaluation_is_power_evaluation ; earl:outcome earl:passed ;
    kg:strength kg:IdentityTested ; kg:method "residues" ; kg:log2ErrorProbability -122 ;
    kg:controlsRejected 1 ; kg:controlsTotal 1 ; kg:mutantsKilled 9 ; kg:mutantsTotal 9 ;
    kg:shapes "n=5 m=3", "n=7 m=2" ; kg:digest "00000000" .
"""


def test_evidence_joins_its_claim(toy: Path, edit: Edit) -> None:
    edit("ontology/generated/evidence.ttl", "", EVIDENCE)
    evidence = load(find_project(toy)).claims["horner_evaluation_is_power_evaluation"].evidence
    assert evidence is not None
    assert (evidence.outcome, evidence.strength, evidence.log2_error) == ("passed", "IdentityTested", -122)
    assert (evidence.controls, evidence.mutants) == ((1, 1), (9, 9, 0))
    assert evidence.shapes == ("n=5 m=3", "n=7 m=2")


def test_evidence_of_another_digest_is_stale(toy: Path, edit: Edit) -> None:
    edit("ontology/generated/evidence.ttl", "", EVIDENCE)
    graph = load(find_project(toy))
    assert graph.is_stale(graph.claims["horner_evaluation_is_power_evaluation"])


def test_evidence_of_the_present_digest_is_not_stale(toy: Path, edit: Edit) -> None:
    from kg.code import claim_digest

    before = load(find_project(toy))
    digest = claim_digest(before.code, before.claims["horner_evaluation_is_power_evaluation"])
    edit("ontology/generated/evidence.ttl", "", EVIDENCE.replace("00000000", digest))
    graph = load(find_project(toy))
    assert not graph.is_stale(graph.claims["horner_evaluation_is_power_evaluation"])


def test_a_claim_without_evidence_is_stale(graph: Graph) -> None:
    assert graph.is_stale(graph.claims["power_evaluation_is_linear_in_the_coefficients"])


def test_lines_of_the_list_come_in_their_order(toy: Path, edit: Edit) -> None:
    edit(
        "ontology/list.ttl",
        "",
        """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix claim: <https://example.org/polynomials/claim/> .
@prefix item: <https://example.org/polynomials/list/> .
@prefix ref: <https://example.org/polynomials/reference/> .

item:a a kg:ListItem ; kg:section "Roots" ; kg:order 2 ; kg:text "Second"@en .
item:b a kg:ListItem ; kg:section "Roots" ; kg:order 1 ; kg:text "First"@en ; kg:asks ref:horner1819new ;
    kg:answeredBy claim:horner_evaluation_is_power_evaluation .
""",
    )
    items = load(find_project(toy)).items
    assert list(items) == ["b", "a"]
    assert (items["b"].text, items["b"].asks) == ("First", ("horner1819new",))
    assert items["b"].answered_by == ("horner_evaluation_is_power_evaluation",)


def test_topics_and_kinds_are_known(graph: Graph) -> None:
    assert graph.topics == ("evaluation",)
    assert {"Identity", "Refutation", "Report"} <= set(graph.kinds)


@pytest.mark.parametrize(
    "typed",
    [
        "horner_evaluation",
        "concept:horner_evaluation",
        "https://example.org/polynomials/concept/horner_evaluation",
    ],
)
def test_a_thing_is_found_by_its_name_with_or_without_prefix(graph: Graph, typed: str) -> None:
    assert graph.find(typed) is graph.concepts["horner_evaluation"]


def test_an_unknown_name_is_answered_with_a_guess(graph: Graph) -> None:
    with pytest.raises(UsageError) as caught:
        graph.find("horner_evalution")
    assert str(caught.value) == (
        "horner_evalution: there is no concept, claim or paper of this name: did you mean 'horner_evaluation'?"
    )


def test_a_name_like_no_other_is_answered_with_advice(graph: Graph) -> None:
    with pytest.raises(UsageError, match=r"zzz: there is no .* of this name: search with: kg list zzz"):
        graph.find("zzz")


def test_a_renamed_thing_is_found_by_its_former_name(toy: Path, edit: Edit) -> None:
    edit(CONCEPTS, "concept:horner_evaluation a", 'concept:horner_evaluation kg:formerly "horner" ; a')
    edit("references.bib", "  doi     = {10.1098", "  formerly = {horner19},\n  doi     = {10.1098")
    graph = load(find_project(toy))
    assert graph.find("horner").name == "horner_evaluation"
    assert graph.find("horner19").name == "horner1819new"


def test_every_file_has_a_graph_of_its_own(graph: Graph) -> None:
    files = rows(graph, "SELECT DISTINCT ?g { GRAPH ?g { ?s a ?t } }")
    base = graph.project.base
    assert (f"{base}source/{CLAIMS}",) in files
    assert (f"{base}source/references.bib",) in files


def test_the_store_knows_where_each_subject_stands(graph: Graph) -> None:
    query = "SELECT ?t ?f ?l { claim:horner_evaluation_is_power_evaluation kg:topic ?t ; kg:sourceFile ?f ; kg:sourceLine ?l }"
    assert rows(graph, query) == [("evaluation", CLAIMS, "7")]


def test_another_project_shares_the_vocabulary_but_not_our_folders(graph: Graph) -> None:
    assert rows(graph, "SELECT ?r { kg:Proved kg:rank ?r }") == [("7",)]
    places = {place for (place,) in rows(graph, "SELECT ?f { ?s kg:sourceFile ?f }")}
    assert all(not Path(place).is_absolute() for place in places)


def test_text_at_the_margin_of_a_long_string_is_no_stanza(toy: Path, edit: Edit) -> None:
    edit(CLAIMS, "What is left", "\nclaim:what_is_left a claim. It")
    graph = load(find_project(toy))
    assert rows(graph, "SELECT ?l { claim:what_is_left kg:sourceLine ?l }") == []
    assert graph.claims["power_evaluation_is_linear_in_the_coefficients"].place.line == 17


def test_broken_turtle_is_reported_at_its_line(toy: Path, edit: Edit) -> None:
    edit(CLAIMS, "\\\\cdots", "\\cdots")
    with pytest.raises(SourceError) as caught:
        load(find_project(toy))
    assert str(caught.value) == (
        f"{CLAIMS}:10: not valid Turtle (Unexpected escape character '\\c'): "
        "double the backslash at column 45, as in \\\\sum"
    )


def test_a_broken_bibtex_entry_is_reported_at_its_line(toy: Path, edit: Edit) -> None:
    edit("references.bib", "{Horner, William George}", "{Horner, William George")
    with pytest.raises(SourceError, match=r"^references.bib:1: this entry cannot be read"):
        load(find_project(toy))


def test_a_bibliography_that_is_not_utf8_is_reported_at_its_line(toy: Path) -> None:
    path = toy / "references.bib"
    path.write_bytes(path.read_bytes().replace(b"William", b"Will\xefam"))
    with pytest.raises(
        SourceError, match=r"^references.bib:2: this line is not UTF-8: save the file as UTF-8"
    ):
        load(find_project(toy))


def test_the_cache_is_filled_and_used(toy: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load(find_project(toy)).papers
    assert [path.suffix for path in cache.iterdir()] == [".json"]
    monkeypatch.setattr("kg.bibliography.parse", lambda _text: pytest.fail("the cache was not used"))
    assert load(find_project(toy)).papers == first


def test_a_changed_bibliography_is_read_anew(toy: Path, edit: Edit) -> None:
    load(find_project(toy))
    edit("references.bib", "A New Method", "The New Method")
    assert load(find_project(toy)).papers["horner1819new"].title.startswith("The New Method")


@pytest.mark.parametrize("rubbish", ["", "{}", "[]", '{"key": 1}', "\x00"])
def test_a_damaged_cache_is_made_again(toy: Path, cache: Path, rubbish: str) -> None:
    first = load(find_project(toy)).papers
    for path in cache.iterdir():
        path.write_text(rubbish)
    assert load(find_project(toy)).papers == first


def test_a_cache_that_cannot_be_written_is_no_error(toy: Path, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert len(load(find_project(toy)).papers) == 2


def test_loading_imports_nothing_heavy(toy: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from kg.project import find_project; from kg.graph import load; "
        f"load(find_project(Path({str(toy)!r}))).claims; "
        "print(sorted({'numpy', 'scipy', 'networkx', 'rdflib', 'sphinx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
