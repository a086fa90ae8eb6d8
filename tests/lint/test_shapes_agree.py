"""Two opinions on every stanza: the shapes, judged by pySHACL, and our own rules call the same subjects bad."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, Namespace, URIRef

from kg.lint import problems
from kg.names import local_name
from kg.project import built_in_root, find_project
from kg.sources import read

Edit = Callable[[str, str, str], None]

SH = Namespace("http://www.w3.org/ns/shacl#")
CLAIMS = "ontology/claims/evaluation.ttl"
CONCEPTS = "ontology/concepts/evaluation.ttl"
FIRST = "horner_evaluation_is_power_evaluation"
SECOND = "power_evaluation_is_linear_in_the_coefficients"
KIND = "a kg:Identity ;\n    kg:about"
ITEM = f"""\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix claim: <https://example.org/polynomials/claim/> .
@prefix concept: <https://example.org/polynomials/concept/> .
@prefix item: <https://example.org/polynomials/list/> .
item:roots a kg:ListItem ; kg:section "Roots" ; kg:order 1 ; kg:text "Roots"@en ;
    kg:answeredBy claim:{FIRST} ; skos:related concept:horner_evaluation .
"""

CASES: dict[str, tuple[str, str, str, str]] = {
    "no statement": (CLAIMS, "kg:statement", "kg:note", FIRST),
    "a statement of one word": (
        CLAIMS,
        "The value of a sum of two polynomials is the sum of their values.",
        "Linearity.",
        SECOND,
    ),
    "a statement without language": (CLAIMS, 'their values."@en', 'their values."', SECOND),
    "no reason": (CLAIMS, "kg:because", "kg:note", FIRST),
    "a reason of a few words": (
        CLAIMS,
        "Every term of the sum but the first holds a factor x, which can be taken out of all of them at once.\n"
        "        What is left in the brackets is a polynomial of one degree less, and the same step applies to it.",
        "It is obvious.",
        FIRST,
    ),
    "no source": (
        CLAIMS,
        'kg:source [ kg:cites ref:higham2002accuracy ; kg:locator "Chapter 5"',
        'kg:convention [ kg:aspect "a" ; kg:setting "b"',
        SECOND,
    ),
    "a source that cites nothing": (CLAIMS, "kg:cites ref:horner1819new ;", "", FIRST),
    "a source without locator": (CLAIMS, 'kg:locator "Chapter 5" ;', "", SECOND),
    "a source without status": (
        CLAIMS,
        '"Chapter 5" ; kg:locatorStatus kg:Unconfirmed',
        '"Chapter 5"',
        SECOND,
    ),
    "a source without intent": (CLAIMS, " ; kg:intent cito:obtainsBackgroundFrom", "", FIRST),
    "an unknown status": (CLAIMS, "kg:Unconfirmed", "kg:Unconfirmde", FIRST),
    "an unknown left side": (CLAIMS, "kg:left concept:horner_evaluation", "kg:left concept:horner", FIRST),
    "an unknown condition": (CLAIMS, "kg:about", "kg:condition concept:none ; kg:about", SECOND),
    "neither sides nor subject": (CLAIMS, "kg:about concept:power_evaluation ;", "", SECOND),
    "a formula that is not LaTeX": (CLAIMS, "^^kg:LaTeX", "", FIRST),
    "two kinds": (CLAIMS, KIND, "a kg:Identity , kg:Limit ;\n    kg:about", SECOND),
    "no kind": (CLAIMS, KIND, "a kg:Claim ;\n    kg:about", SECOND),
    "an equality up to nothing": (CLAIMS, KIND, "a kg:EqualUpTo ;\n    kg:about", SECOND),
    "a group where none belongs": (CLAIMS, KIND, "a kg:Identity ; kg:upTo kg:Sign ;\n    kg:about", SECOND),
    "a refutation that quotes nothing": (
        CLAIMS,
        KIND,
        f"a kg:Refutation ; kg:repairedBy claim:{FIRST} ;\n    kg:about",
        SECOND,
    ),
    "a refutation without repair": (
        CLAIMS,
        KIND,
        'a kg:Refutation ; kg:asUsuallySaid "Never."@en ;\n    kg:about',
        SECOND,
    ),
    "a concept without label": (CONCEPTS, "skos:prefLabel", "skos:altLabel", "power_evaluation"),
    "a concept without definition": (CONCEPTS, "skos:definition", "skos:scopeNote", "power_evaluation"),
    "a related concept that does not exist": (
        CONCEPTS,
        "skos:related concept:power_evaluation",
        "skos:related concept:powers",
        "horner_evaluation",
    ),
    "a convention without setting": (CONCEPTS, ' ; kg:setting "constant term first"', "", "power_evaluation"),
    "a line of the list without answer": (
        "ontology/list.ttl",
        "",
        ITEM.replace(f"kg:answeredBy claim:{FIRST} ;", ""),
        "roots",
    ),
    "a line of the list without order": ("ontology/list.ttl", "", ITEM.replace("kg:order 1 ;", ""), "roots"),
    "a line of the list without concept": (
        "ontology/list.ttl",
        "",
        ITEM.replace(" ; skos:related concept:horner_evaluation", ""),
        "roots",
    ),
}


def bad_by_shapes(project: Path) -> set[str]:
    """Local names of the subjects that violate a shape."""
    root = built_in_root()
    assert root is not None
    data = Graph()
    for file in read(find_project(project)).turtle:
        data.parse(data=file.text, format="turtle")
    shapes = Graph().parse(root / "ontology" / "shapes.ttl")
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(report, Graph)
    focus = report.objects(None, SH.focusNode)
    return {local_name(str(node)) for node in focus if isinstance(node, URIRef)}


def bad_by_rules(project: Path) -> set[str]:
    """Local names of the subjects that ``kg lint`` complains about."""
    found = find_project(project)
    files = {file.place: file for file in read(found).turtle}
    return {
        local_name(head.iri)
        for problem in problems(found)
        if problem.path in files
        for head in files[problem.path].heads
        if head.line <= problem.line <= head.last_line
    }


def test_both_find_nothing_in_a_sound_project(toy: Path) -> None:
    assert bad_by_shapes(toy) == bad_by_rules(toy) == set()


@pytest.mark.parametrize(("name", "old", "new", "subject"), CASES.values(), ids=list(CASES))
def test_both_call_the_same_stanza_bad(
    toy: Path, edit: Edit, name: str, old: str, new: str, subject: str
) -> None:
    edit(name, old, new)
    assert bad_by_rules(toy) == {subject}
    assert bad_by_shapes(toy) == {subject}
