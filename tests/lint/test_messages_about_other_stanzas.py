"""What concepts, conditions, lines of the list and evidence must hold.

Each case is one edit of a sound project (file, old text, new text) and all that ``kg lint`` then says.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

Edit = Callable[[str, str, str], None]
Lint = Callable[[], list[str]]
Case = tuple[str, str, str, list[str]]

CONCEPTS = "ontology/concepts/evaluation.ttl"
LIST = "ontology/list.ttl"
EVIDENCE = "ontology/generated/evidence.ttl"
FIRST = "horner_evaluation_is_power_evaluation"
PREFIXES = """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix earl: <http://www.w3.org/ns/earl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix claim: <https://example.org/polynomials/claim/> .
@prefix concept: <https://example.org/polynomials/concept/> .
@prefix cond: <https://example.org/polynomials/condition/> .
@prefix item: <https://example.org/polynomials/list/> .
@prefix evidence: <https://example.org/polynomials/evidence/> .

"""
ITEM = f"""item:roots a kg:ListItem ; kg:section "Roots" ; kg:order 1 ; kg:text "Roots"@en ;
    kg:answeredBy claim:{FIRST} ; skos:related concept:horner_evaluation .
"""
OBSERVED = f"""evidence:{FIRST} a kg:Evidence ; kg:claim claim:{FIRST} ; earl:outcome earl:passed ;
    kg:strength kg:Sampled ; kg:method "floats" ; kg:controlsRejected 1 ; kg:controlsTotal 1 ; kg:digest "0011aabb" .
"""

OTHER_STANZAS: dict[str, Case] = {
    "a concept without label": (
        CONCEPTS,
        '    skos:prefLabel "Horner\'s rule"@en ;\n',
        "",
        [
            f"{CONCEPTS}:10: 'horner_evaluation' has no label in English: "
            'add skos:prefLabel "…"@en, as it is called in running text'
        ],
    ),
    "a concept without definition": (
        CONCEPTS,
        '    skos:definition "The value of a polynomial, found from the highest coefficient down: multiply by the '
        'point, add the next coefficient, repeat."@en ;\n',
        "",
        [
            f"{CONCEPTS}:10: 'horner_evaluation' has no definition in English: "
            'add skos:definition "…"@en, two or three sentences that a newcomer can follow'
        ],
    ),
    "a convention without setting": (
        CONCEPTS,
        'kg:aspect "order of coefficients" ; kg:setting "constant term first" ] .\n\nconcept:horner',
        'kg:aspect "order of coefficients" ] .\n\nconcept:horner',
        [
            f"{CONCEPTS}:8: a convention of 'power_evaluation' has no kg:setting: "
            'write kg:convention [ kg:aspect "scale" ; kg:setting "1/√d" ]'
        ],
    ),
    "a line of the list without text": (
        LIST,
        "",
        PREFIXES + ITEM.replace(' ; kg:text "Roots"@en', ""),
        [
            f'{LIST}:11: \'roots\' has no kg:text: add kg:section "…", kg:order with a number and kg:text "…"@en'
        ],
    ),
    "a line of the list without answer": (
        LIST,
        "",
        PREFIXES + ITEM.replace(f"kg:answeredBy claim:{FIRST} ; ", ""),
        [
            f"{LIST}:11: 'roots' is answered by no claim: add kg:answeredBy claim:…, or write the claim that answers it"
        ],
    ),
    "a line of the list answered by an unknown claim": (
        LIST,
        "",
        PREFIXES + ITEM.replace(FIRST, FIRST + "s"),
        [f"{LIST}:12: '{FIRST}s' is no claim: did you mean '{FIRST}'?"],
    ),
    "a line of the list without concept": (
        LIST,
        "",
        PREFIXES + ITEM.replace(" ; skos:related concept:horner_evaluation", ""),
        [f"{LIST}:11: 'roots' is related to no concept: add skos:related concept:…"],
    ),
    "two lines of the list with one place": (
        LIST,
        "",
        PREFIXES + ITEM + ITEM.replace("item:roots", "item:zeros"),
        [f"{LIST}:13: 'zeros' has the same kg:order as 'roots': number the lines of the list from one on"],
    ),
    "a number that is none": (
        LIST,
        "",
        PREFIXES + ITEM.replace("kg:order 1", 'kg:order "first"^^<http://www.w3.org/2001/XMLSchema#integer>'),
        [f"{LIST}:11: 'first' under kg:order is no integer: write a number without quotes"],
    ),
    "a condition without label": (
        "ontology/conditions.ttl",
        "",
        PREFIXES + 'cond:at_least_two_keys a kg:Condition ; skos:definition "There are two keys."@en .\n',
        [
            "ontology/conditions.ttl:11: 'at_least_two_keys' has no rdfs:label: "
            'add rdfs:label "…"@en and skos:definition "…"@en',
            "ontology/conditions.ttl:11: the condition 'at_least_two_keys' has no code: "
            "write @condition def … in polynomials/checks, or remove the condition",
        ],
    ),
    "evidence for a claim that is gone": (
        EVIDENCE,
        "",
        PREFIXES + OBSERVED.replace(f"claim:{FIRST} ", "claim:gone "),
        [
            f"{EVIDENCE}:11: there is evidence for 'gone', which is no claim: run kg verify, which writes this file anew"
        ],
    ),
    "evidence that was tampered with": (
        EVIDENCE,
        "",
        PREFIXES + OBSERVED.replace("kg:controlsRejected 1", "kg:controlsRejected 2"),
        [
            f"{EVIDENCE}:12: the evidence '{FIRST}' counts more in kg:controlsRejected than there are: "
            "run kg verify --all, which writes this file anew, instead of editing it"
        ],
    ),
    "evidence without digest": (
        EVIDENCE,
        "",
        PREFIXES + OBSERVED.replace(' ; kg:digest "0011aabb"', ""),
        [
            f"{EVIDENCE}:11: the evidence '{FIRST}' has no kg:digest: "
            "run kg verify --all, which writes this file anew, instead of editing it"
        ],
    ),
    "evidence that passed without strength": (
        EVIDENCE,
        "",
        PREFIXES + OBSERVED.replace("kg:strength kg:Sampled ; ", ""),
        [
            f"{EVIDENCE}:11: the evidence '{FIRST}' passed without kg:strength: "
            "run kg verify --all, which writes this file anew, instead of editing it"
        ],
    ),
}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"), (OTHER_STANZAS).values(), ids=list(OTHER_STANZAS)
)
def test_lint_reports_exactly(
    edit: Edit, lint: Lint, name: str, old: str, new: str, expected: list[str]
) -> None:
    edit(name, old, new)
    assert lint() == expected
