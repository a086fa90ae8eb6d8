"""Two opinions on every record: the shapes, judged by pySHACL, and our own rules call the same stanzas bad."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyshacl
import pytest
from command_line import Answer
from conftest import PAYLOADS, recorded_works
from loopback import Loopback
from rdflib import Graph, Namespace, URIRef

from kg.lint import problems
from kg.literature.cache import digest
from kg.names import local_name
from kg.project import built_in_root, find_project
from kg.sources import read

Kg = Callable[..., Answer]
SH = Namespace("http://www.w3.org/ns/shacl#")
GENERATED = Path("ontology") / "generated" / "literature.ttl"
DIGEST = "sha256:" + 64 * "0"
SOUND = f"""\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix cito: <http://purl.org/spar/cito/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prism: <http://prismstandard.org/namespaces/basic/2.0/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<https://openalex.org/W1> a kg:Record ;
    kg:recordOf "doi:10.1098/rstl.1819.0023" ;
    dcterms:title "A New Method of Solving Numerical Equations of All Orders, by Continuous Approximation" ;
    kg:authorList "William George Horner" ;
    dcterms:issued "1825" ;
    prism:doi "10.1098/rstl.1819.0023" ;
    kg:recordType "article" ;
    kg:isRetracted false ;
    kg:publishedAs "doi:10.1098/rstl.1819.0023" ;
    kg:arxivVersion 2 ;
    dcterms:isVersionOf <https://openalex.org/W2> ;
    kg:correctedBy <https://openalex.org/W2> ;
    kg:conflict [ kg:aspect "year" ; kg:stated "1819" ; kg:recorded "1825" ] ;
    cito:cites <https://openalex.org/W2> , <https://openalex.org/W3> ;
    prov:wasDerivedFrom <https://api.openalex.org/works/doi:10.1098/rstl.1819.0023> ;
    prov:generatedAtTime "2026-01-31T12:00:00Z"^^xsd:dateTime ;
    dcterms:modified "2026-01-30" ;
    kg:payloadDigest "{DIGEST}" .

<https://openalex.org/W2> a kg:Record ;
    dcterms:title "Erratum" ;
    prov:wasDerivedFrom <https://api.openalex.org/works?filter=openalex_id:W2> ;
    prov:generatedAtTime "2026-01-31T12:00:00Z"^^xsd:dateTime ;
    kg:payloadDigest "{DIGEST}" .
"""
FIRST_DIGEST = f'kg:payloadDigest "{DIGEST}" .\n\n'

BROKEN: dict[str, tuple[str, str]] = {
    "a name that is none": ("<https://openalex.org/W1> a", "<https://example.org/W1> a"),
    "no source": ("prov:wasDerivedFrom", "prov:hadPrimarySource"),
    "a source that is a text": (
        "<https://api.openalex.org/works/doi:10.1098/rstl.1819.0023>",
        '"https://api.openalex.org/works/doi:10.1098/rstl.1819.0023"',
    ),
    "no time": ("prov:generatedAtTime", "prov:invalidatedAtTime"),
    "a time that is none": ("2026-01-31T12:00:00Z", "yesterday"),
    "a day for a time": ('"2026-01-31T12:00:00Z"^^xsd:dateTime', '"2026-01-31"^^xsd:date'),
    "two times": (
        "prov:generatedAtTime",
        'prov:generatedAtTime "2026-01-30T12:00:00Z"^^xsd:dateTime ; prov:generatedAtTime',
    ),
    "no digest": (FIRST_DIGEST, "kg:isWithdrawn false .\n\n"),
    "a digest of another kind": ("sha256:", "md5:"),
    "a digest cut short": (f'{DIGEST[-8:]}" .\n\n', '" .\n\n'),
    "a key for an identifier": ('kg:recordOf "doi:10.1098/rstl.1819.0023"', 'kg:recordOf "horner1819new"'),
    "two titles": ("dcterms:title", 'dcterms:title "Another" ; dcterms:title'),
    "two lists of authors": ("kg:authorList", 'kg:authorList "Another" ; kg:authorList'),
    "two types": ('"article"', '"article" , "erratum"'),
    "a year in words": ('dcterms:issued "1825"', 'dcterms:issued "about 1825"'),
    "a year as a number": ('dcterms:issued "1825"', "dcterms:issued 1825"),
    "an address for a DOI": ('prism:doi "', 'prism:doi "https://doi.org/'),
    "a retraction that is perhaps": ("kg:isRetracted false", 'kg:isRetracted "perhaps"'),
    "a retraction that is and is not": ("kg:isRetracted false", "kg:isRetracted false , true"),
    "a withdrawal in words": ("kg:isRetracted false", 'kg:isWithdrawn "yes"'),
    "a version in words": ("kg:arxivVersion 2", 'kg:arxivVersion "two"'),
    "a version that is none": ("kg:arxivVersion 2", 'kg:arxivVersion "two"^^xsd:integer'),
    "a version before the first": ("kg:arxivVersion 2", "kg:arxivVersion 0"),
    "a publication without scheme": ('kg:publishedAs "doi:', 'kg:publishedAs "'),
    "a version of two records": ("dcterms:isVersionOf", "dcterms:isVersionOf <https://openalex.org/W3> ,"),
    "a version of a key": ("dcterms:isVersionOf <https://openalex.org/W2>", 'dcterms:isVersionOf "W2"'),
    "a correction without record": ("kg:correctedBy <https://openalex.org/W2>", 'kg:correctedBy "W2"'),
    "a citation of no record": ("<https://openalex.org/W3>", "<https://doi.org/10.1000/3>"),
    "a citation of a node without a name": ("<https://openalex.org/W3>", "[]"),
    "a last change in words": ("2026-01-30", "in January"),
    "a conflict about something else": ('kg:aspect "year"', 'kg:aspect "colour"'),
    "a conflict about nothing": ('kg:aspect "year" ;', ""),
    "a conflict of one opinion": ('; kg:recorded "1825"', ""),
    "a conflict of three opinions": ('kg:recorded "1825"', 'kg:recorded "1825" , "1826"'),
    "what another work says, believed": (
        'kg:aspect "year" ; kg:stated "1819" ; kg:recorded "1825"',
        'kg:aspect "authors" ; kg:stated "Horner, William George" ; kg:recorded "Paolo Ruffini"',
    ),
}


def bad_by_shapes(project: Path) -> set[str]:
    """Local names of the subjects that violate a shape."""
    root = built_in_root()
    assert root is not None
    data = Graph()
    for file in read(find_project(project)).turtle:
        if file.place == GENERATED or file.place.name == "vocabulary.ttl":
            data.parse(data=file.text, format="turtle")
    _, report, _ = pyshacl.validate(data, shacl_graph=Graph().parse(root / "ontology" / "shapes.ttl"))
    assert isinstance(report, Graph)
    return {local_name(str(node)) for node in report.objects(None, SH.focusNode) if isinstance(node, URIRef)}


def bad_by_rules(project: Path) -> set[str]:
    """Local names of the records that ``kg lint`` complains about, at a line of their stanza."""
    found = find_project(project)
    [file] = [one for one in read(found).turtle if one.place == GENERATED]
    return {
        local_name(head.iri)
        for problem in problems(found)
        if problem.path == GENERATED
        for head in file.heads
        if head.line <= problem.line <= head.last_line
    }


def record(project: Path, text: str) -> None:
    path = project / GENERATED
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_both_find_nothing_in_a_sound_record(toy: Path) -> None:
    record(toy, SOUND)
    assert bad_by_shapes(toy) == bad_by_rules(toy) == set()


@pytest.mark.filterwarnings(
    "ignore:.*"
)  # rdflib warns of a literal that is not of its type, which is the point
@pytest.mark.parametrize(("sound", "broken"), BROKEN.values(), ids=list(BROKEN))
def test_both_call_the_same_record_bad(toy: Path, sound: str, broken: str) -> None:
    assert sound in SOUND, "the part to be broken must be there"
    record(toy, SOUND.replace(sound, broken, 1))
    assert bad_by_rules(toy) == {"W1"}
    assert bad_by_shapes(toy) == {"W1"}


def test_a_record_that_was_changed_by_hand_is_told_with_line_and_advice(toy_kg: Kg, toy: Path) -> None:
    record(toy, SOUND.replace("kg:isRetracted false", 'kg:isRetracted "perhaps"'))
    answer = toy_kg("lint")
    assert answer.status == 1
    assert (
        "ontology/generated/literature.ttl:15: kg:isRetracted of the record 'W1' is 'perhaps', which is not of the form "
        "that is written there: delete this stanza and run kg enrich, which writes it anew" in answer.out
    )


def test_a_record_of_a_work_that_is_not_in_the_bibliography_is_told(toy_kg: Kg, toy: Path) -> None:
    record(toy, SOUND.replace('kg:recordOf "doi:10.1098/rstl.1819.0023"', 'kg:recordOf "doi:10.1000/gone"'))
    assert (
        "ontology/generated/literature.ttl:9: the record 'W1' is of doi:10.1000/gone, which is not in the bibliography: "
        "run kg enrich, which leaves it out; --offline asks nothing" in toy_kg("lint").out
    )


def test_a_record_compared_with_what_the_entry_used_to_say_is_told(toy_kg: Kg, toy: Path) -> None:
    record(toy, SOUND)
    assert "the year of 'horner1819new' is '1819' here, and '1825' in" in toy_kg("lint").out
    path = toy / "references.bib"
    path.write_text(path.read_text(encoding="utf-8").replace("= {1819}", "= {1820}"), encoding="utf-8")
    told = toy_kg("lint").out
    assert "is '1819' here" not in told
    assert (
        "ontology/generated/literature.ttl:20: the record 'W1' contradicts the year '1819', which the bibliography no "
        "longer states: run kg enrich, which compares them again; --offline asks nothing" in told
    )


def test_whatever_enrich_writes_is_well_formed(kg: Kg, server: Loopback, library: Path) -> None:
    for work in recorded_works().values():
        # Nothing that a payload says can make a record that the shapes refuse.
        server.add({**work, "updated_date": "last week", "publication_year": 12, "type": 7})
    kg("enrich", "--cited", "--notices", "--search")
    assert (library / GENERATED).read_text(encoding="utf-8").count("a kg:Record") > 5
    assert bad_by_shapes(library) == bad_by_rules(library) == set()


def test_a_record_that_two_entries_lead_to_is_told_of_the_one_it_contradicts(
    kg: Kg, server: Loopback, library: Path
) -> None:
    with (library / "references.bib").open("a", encoding="utf-8") as file:
        file.write(
            "@article{other2000, author = {Other, A.}, title = {Something else}, journal = {J}, year = {2000},\n"
            "  doi = {10.1000/other}}\n"
        )
    server.add(recorded_works()["W2162348455"], "10.1000/other")
    kg("enrich")
    assert bad_by_shapes(library) == bad_by_rules(library) == set()
    text = (library / GENERATED).read_text(encoding="utf-8")
    assert "cito:cites" not in text.split("<https://openalex.org/W2162348455> a")[1].split(" .\n")[0]
    told = [line for line in kg("lint").out.splitlines() if "W2162348455" in line]
    assert [line.split(" here")[0].split(": ")[1] for line in told] == [
        "the authors of 'other2000' is 'Other, A.'",
        "the title of 'other2000' is 'Something else'",
    ]


def test_nothing_synthetic_is_among_the_facts_of_this_project() -> None:
    root = built_in_root()
    assert root is not None
    made_up = [
        json.loads(path.read_text(encoding="utf-8")) for path in (PAYLOADS / "synthetic").glob("*.json")
    ]
    assert len(made_up) >= 4
    written = "".join(
        path.read_text(encoding="utf-8") for path in (root / "ontology" / "generated").glob("*.ttl")
    )
    for one in made_up:
        assert digest(one["body"]) not in written
        assert f"{one['body']['id']}>" not in written
