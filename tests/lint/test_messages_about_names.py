"""What is referred to: unknown, misspelt, renamed, or defined twice.

Each case is one edit of a sound project (file, old text, new text) and all that ``kg lint`` then says.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

Edit = Callable[[str, str, str], None]
Lint = Callable[[], list[str]]
Case = tuple[str, str, str, list[str]]

CLAIMS = "ontology/claims/evaluation.ttl"
CONCEPTS = "ontology/concepts/evaluation.ttl"
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

NAMES: dict[str, Case] = {
    "an unknown concept": (
        CLAIMS,
        "kg:left concept:horner_evaluation",
        "kg:left concept:horner_evalution",
        [f"{CLAIMS}:8: 'horner_evalution' is no concept: did you mean 'horner_evaluation'?"],
    ),
    "a known name under the prefix of something else": (
        CLAIMS,
        "kg:left concept:horner_evaluation",
        "kg:left claim:horner_evaluation",
        [
            f"{CLAIMS}:8: claim:horner_evaluation is nothing, though there is a concept of that name: "
            "write concept:horner_evaluation"
        ],
    ),
    "an unknown condition": (
        CLAIMS,
        "kg:about",
        "kg:condition concept:at_least_one_kye ;\n    kg:about",
        [f"{CLAIMS}:17: 'at_least_one_kye' is no condition: did you mean 'at_least_one_key'?"],
    ),
    "an unknown work": (
        CLAIMS,
        "ref:horner1819new",
        "ref:horner1819",
        [
            f"{CLAIMS}:13: 'horner1819' is not in references.bib: did you mean 'horner1819new'?",
        ],
    ),
    "an unknown work that resembles none": (
        CLAIMS,
        "kg:cites ref:horner1819new",
        "kg:cites ref:zzz",
        [f"{CLAIMS}:13: 'zzz' is not in references.bib: define it, or name another work"],
    ),
    "an unknown group": (
        CLAIMS,
        "a kg:Identity ;\n    kg:about",
        "a kg:EqualUpTo ; kg:upTo concept:scal ;\n    kg:about",
        [f"{CLAIMS}:16: 'scal' is no group: did you mean 'Scale'?"],
    ),
    "an unknown status of a locator": (
        CLAIMS,
        '"Section 5.1" ; kg:locatorStatus kg:Unconfirmed',
        '"Section 5.1" ; kg:locatorStatus concept:checked',
        [f"{CLAIMS}:14: 'checked' is no status of a locator: define it, or name another status of a locator"],
    ),
    "an unknown kind": (
        CLAIMS,
        "a kg:Identity ;\n    kg:about",
        "a kg:Identty ;\n    kg:about",
        [f"{CLAIMS}:16: kg:Identty is not in the vocabulary: did you mean 'Identity'?"],
    ),
    "an unknown property": (
        CLAIMS,
        "kg:about",
        'kg:wehre "everywhere"@en ; kg:about',
        [f"{CLAIMS}:17: kg:wehre is not in the vocabulary: did you mean 'where'?"],
    ),
    "an unknown property of a standard vocabulary": (
        CONCEPTS,
        "skos:altLabel",
        "skos:altlabel",
        [f"{CONCEPTS}:12: skos:altlabel does not exist: did you mean 'altLabel'?"],
    ),
    "a claim where a concept is wanted": (
        CLAIMS,
        "kg:about concept:power_evaluation",
        f"kg:about claim:{FIRST}",
        [
            f"{CLAIMS}:17: '{FIRST}' is a claim, and kg:about wants a concept: did you mean 'horner_evaluation'?"
        ],
    ),
    "a name that has been changed": (
        CONCEPTS,
        "skos:related concept:power_evaluation",
        'kg:formerly "nested" ; skos:related concept:nested',
        [f"{CONCEPTS}:14: 'nested' has been renamed: write 'horner_evaluation'"],
    ),
    "a former name that is still in use": (
        CONCEPTS,
        "skos:related concept:power_evaluation",
        'kg:formerly "power_evaluation" ; skos:related concept:power_evaluation',
        [
            f"{CONCEPTS}:14: 'horner_evaluation' was formerly 'power_evaluation', but there is still something "
            "of that name: remove kg:formerly, or rename the other",
        ],
    ),
    "one subject with two stanzas": (
        "ontology/more.ttl",
        "",
        PREFIXES + 'concept:horner_evaluation skos:scopeNote "more"@en .\n',
        [
            f"ontology/more.ttl:11: 'horner_evaluation' is already defined at {CONCEPTS}:10: "
            "merge the two, or give one another name"
        ],
    ),
    "a work with the name of a concept": (
        "references.bib",
        "",
        "@misc{power_evaluation, title={T}, author={A, B}, year=2020, url={https://example.org}}\n",
        [
            f"{CONCEPTS}:5: 'power_evaluation' is already defined at references.bib:19: "
            "merge the two, or give one another name",
        ],
    ),
    "a name that no function can have": (
        CONCEPTS,
        "",
        '\nconcept:2d-grid a skos:Concept ; skos:prefLabel "grid"@en ;\n'
        '    skos:definition "A grid of points with two directions, each with the same distance between neighbours."@en .\n',
        [
            f"{CONCEPTS}:17: '2d-grid' cannot be the name of a function: "
            "use small letters from a to z, digits and _, beginning with a letter"
        ],
    ),
    "a stanza of another project": (
        CONCEPTS,
        "",
        '\n<https://elsewhere.org/concept/grid> a skos:Concept ; skos:prefLabel "grid"@en ;\n'
        '    skos:definition "A grid of points with two directions, each with the same distance between neighbours."@en .\n',
        [
            f"{CONCEPTS}:17: 'grid' is stated here, but its IRI <https://elsewhere.org/concept/grid> belongs to another "
            "project: declare the prefix of this stanza with an IRI that begins with https://example.org/polynomials/"
        ],
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "expected"), (NAMES).values(), ids=list(NAMES))
def test_lint_reports_exactly(
    edit: Edit, lint: Lint, name: str, old: str, new: str, expected: list[str]
) -> None:
    edit(name, old, new)
    assert lint() == expected
