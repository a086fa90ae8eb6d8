"""The shapes accept the graph as it is, and reject each way a stanza can be broken, with advice."""

from pathlib import Path

import pyshacl
import pytest
import rdflib

ONTOLOGY = Path(__file__).parents[2] / "ontology"
BASE = "https://w3id.org/ml-equivalences/"
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
PREFIXES = f"""
@prefix kg: <{BASE}vocabulary#> .
@prefix claim: <{BASE}claim/> .
@prefix concept: <{BASE}concept/> .
@prefix cond: <{BASE}condition/> .
@prefix evidence: <{BASE}evidence/> .
@prefix item: <{BASE}list/> .
@prefix ref: <{BASE}reference/> .
@prefix cito: <http://purl.org/spar/cito/> .
@prefix earl: <http://www.w3.org/ns/earl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
SOURCE = """kg:source [ kg:cites ref:this_project ; kg:locator "derivation on this page" ;
        kg:locatorStatus kg:Confirmed ; kg:intent cito:citesAsAuthority ]"""
SOUND = f"""
concept:tea a skos:Concept ; skos:prefLabel "tea"@en ;
    skos:definition "A drink made by pouring hot water over leaves and waiting for a few minutes."@en ;
    kg:convention [ kg:aspect "milk" ; kg:setting "none" ] .
concept:infusion a skos:Concept ; skos:prefLabel "infusion"@en ;
    skos:definition "A drink made by leaving parts of a plant in hot water for a few minutes."@en .
cond:hot a kg:Condition ; rdfs:label "hot"@en ; skos:definition "The water has boiled."@en .
claim:tea_is_an_infusion a kg:Identity ;
    kg:left concept:tea ; kg:right concept:infusion ;
    kg:statement "Tea is an infusion of leaves in hot water."@en ;
    kg:formula "\\\\mathrm{{tea}} = \\\\mathrm{{infusion}}"^^kg:LaTeX ;
    kg:because "Leaves are parts of a plant, and an infusion is what one gets by leaving those in hot water."@en ;
    kg:condition cond:hot ;
    {SOURCE} .
claim:tea_is_soup a kg:Refutation ;
    kg:about concept:tea ;
    kg:asUsuallySaid "Tea is a soup."@en ;
    kg:statement "Tea is not a soup, since nothing in it is eaten."@en ;
    kg:because "A soup is eaten with what floats in it, and the leaves of tea are taken out or left behind."@en ;
    kg:repairedBy claim:tea_is_an_infusion ;
    {SOURCE} .
item:tea a kg:ListItem ; kg:section "Drinks" ; kg:order 1 ; kg:text "on tea"@en ;
    kg:answeredBy claim:tea_is_an_infusion ; skos:related concept:tea .
evidence:tea a kg:Evidence ; kg:claim claim:tea_is_an_infusion ; earl:outcome earl:passed ;
    kg:strength kg:Sampled ; kg:method "tasted" ; kg:controlsRejected 1 ; kg:controlsTotal 1 ; kg:digest "0123456789abcdef" .
"""

BROKEN = [
    ("kg:left concept:tea ;", "kg:left concept:coffee ;", "kg:left must name one concept"),
    ("kg:left concept:tea ; kg:right concept:infusion ;", "", "Say what the claim is about"),
    ('kg:statement "Tea is an infusion of leaves in hot water."@en ;', "", "A claim needs its statement"),
    ('infusion}"^^kg:LaTeX', 'infusion}\\n"^^kg:LaTeX', "one line of LaTeX"),
    ('"\\\\mathrm{tea}', '"\\mathrm{tea} \\beta'.replace("\\m", "\\\\m"), "one line of LaTeX"),
    ('infusion}"^^kg:LaTeX', 'infusion}"', "one line of LaTeX"),
    ("infusion of leaves in", "infusion of leaves\\nin", "A claim needs its statement"),
    ("kg:condition cond:hot ;", "kg:condition cond:cold ;", "kg:condition must name a condition"),
    ("claim:tea_is_an_infusion a kg:Identity", "claim:tea_is_an_infusion a kg:Claim", "exactly one kind"),
    (
        "claim:tea_is_an_infusion a kg:Identity",
        "claim:tea_is_an_infusion a kg:Identity, kg:Bound",
        "exactly one kind",
    ),
    ("claim:tea_is_an_infusion a kg:Identity", "claim:tea_is_an_infusion a kg:EqualUpTo", "Name the group"),
    (
        "claim:tea_is_an_infusion a kg:Identity ;",
        "claim:tea_is_an_infusion a kg:EqualUpTo ; kg:upTo kg:Scale , kg:Sign ;",
        "Name the group",
    ),
    ("kg:condition cond:hot ;", "kg:upTo kg:Scale ;", "Only an equality up to a group"),
    ('kg:asUsuallySaid "Tea is a soup."@en ;', "", "quotes what it refutes"),
    ("kg:repairedBy claim:tea_is_an_infusion ;", "", "says what is true instead"),
    ('kg:locator "derivation on this page" ;', "", "A claim needs a source"),
    ("kg:locatorStatus kg:Confirmed ;", "kg:locatorStatus kg:Perhaps ;", "A claim needs a source"),
    ("; kg:intent cito:citesAsAuthority", "", "A claim needs a source"),
    ("kg:cites ref:this_project", "kg:cites ref:this_project , ref:another", "A claim needs a source"),
    ('skos:prefLabel "tea"@en ;', "", "one label per language"),
    ('skos:prefLabel "tea"@en ;', 'skos:prefLabel "tea"@en, "chai"@en ;', "one label per language"),
    (
        "A drink made by pouring hot water over leaves and waiting for a few minutes.",
        "A drink.",
        "a newcomer",
    ),
    ('kg:aspect "milk" ;', "", "A convention is a pair"),
    ('skos:definition "The water has boiled."@en', 'skos:altLabel "boiled"@en', "say in skos:definition"),
    ("kg:answeredBy claim:tea_is_an_infusion ;", "", "is owed an answer"),
    ("kg:answeredBy claim:tea_is_an_infusion ;", "kg:answeredBy claim:tea_is_soap ;", "is owed an answer"),
    ("kg:order 1 ;", 'kg:order "first" ;', "has a place"),
    ("earl:outcome earl:passed ;", "earl:outcome earl:perfect ;", "five outcomes"),
    ("kg:strength kg:Sampled ;", "", "with some strength"),
    ("kg:controlsRejected 1 ;", "kg:controlsRejected 2 ;", "No more controls"),
]


def graph_of(*texts: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    for text in texts:
        graph.parse(data=text, format="turtle")
    return graph


@pytest.fixture(scope="module")
def shapes() -> rdflib.Graph:
    return graph_of((ONTOLOGY / "shapes.ttl").read_text("utf-8"))


@pytest.fixture(scope="module")
def vocabulary() -> str:
    return (ONTOLOGY / "vocabulary.ttl").read_text("utf-8")


def messages(data: rdflib.Graph, shapes: rdflib.Graph) -> list[str]:
    """What the shapes have to say about ``data``, without what they say about its parts."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(report, rdflib.Graph)
    return sorted(str(message) for message in report.objects(None, SH.resultMessage))


def test_the_graph_conforms(shapes: rdflib.Graph) -> None:
    paths = sorted(ONTOLOGY.rglob("*.ttl"))
    assert messages(graph_of(*(path.read_text("utf-8") for path in paths)), shapes) == []


def test_a_sound_claim_conforms(shapes: rdflib.Graph, vocabulary: str) -> None:
    assert messages(graph_of(vocabulary, PREFIXES + SOUND), shapes) == []


@pytest.mark.parametrize(("sound", "broken", "advice"), BROKEN)
def test_a_broken_stanza_is_reported_with_advice(
    sound: str, broken: str, advice: str, shapes: rdflib.Graph, vocabulary: str
) -> None:
    assert sound in SOUND, "the part to be broken must be there"
    found = messages(graph_of(vocabulary, PREFIXES + SOUND.replace(sound, broken, 1)), shapes)
    assert any(advice in message for message in found), found


@pytest.mark.parametrize("kind", ["Identity", "Reduction", "Bound"])
def test_a_claim_that_must_give_its_reason_is_reported_without_one(
    kind: str, shapes: rdflib.Graph, vocabulary: str
) -> None:
    reason = SOUND[SOUND.index("kg:because") : SOUND.index("kg:condition cond:hot")]
    text = SOUND.replace(reason, "", 1).replace("a kg:Identity", f"a kg:{kind}", 1)
    assert any(
        "needs its reason" in message for message in messages(graph_of(vocabulary, PREFIXES + text), shapes)
    )


def test_a_cost_needs_no_reason(shapes: rdflib.Graph, vocabulary: str) -> None:
    reason = SOUND[SOUND.index("kg:because") : SOUND.index("kg:condition cond:hot")]
    text = SOUND.replace(reason, "", 1).replace("a kg:Identity", "a kg:Cost", 1)
    assert messages(graph_of(vocabulary, PREFIXES + text), shapes) == []


def test_every_shape_says_what_to_do(shapes: rdflib.Graph) -> None:
    silent = [path for shape, path in shapes.subject_objects(SH.path) if shape_is_silent(shapes, shape)]
    assert silent == []


def shape_is_silent(shapes: rdflib.Graph, shape: rdflib.term.Node) -> bool:
    """Whether a property shape has neither a message nor a shape around it that speaks for it."""
    if (shape, SH.message, None) in shapes:
        return False
    # Inside sh:or the message stands on the node shape, two lists further out.
    return not any((outer, SH["or"], None) in shapes for outer in shapes.subjects(SH.message))
