"""What the stanza of a claim must hold.

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
SECOND = "power_evaluation_is_linear_in_the_coefficients"
REFUTATION = (
    "a kg:Identity ;\n    kg:about",
    'a kg:Refutation ; kg:asUsuallySaid "It never is."@en ;\n    kg:about',
)

CLAIM_STANZAS: dict[str, Case] = {
    "no type": (
        CONCEPTS,
        "",
        '\nconcept:grid skos:prefLabel "grid"@en .\n',
        [
            f"{CONCEPTS}:17: 'grid' does not say what it is: begin with 'a' and a class, such as kg:Identity or skos:Concept"
        ],
    ),
    "two kinds": (
        CLAIMS,
        "a kg:Identity ;\n    kg:about",
        "a kg:Identity , kg:Limit ;\n    kg:about",
        [
            f"{CLAIMS}:16: '{SECOND}' has 2 kinds of claim: write 'a' with one kind, such as kg:Identity; "
            "kg:Claim alone does not say how to judge it"
        ],
    ),
    "no statement": (
        CLAIMS,
        '    kg:statement "The value of a sum of two polynomials is the sum of their values."@en ;\n',
        "",
        [f"{CLAIMS}:16: '{SECOND}' has no statement: add kg:statement \"…\"@en, one sentence in plain words"],
    ),
    "two statements": (
        CLAIMS,
        '    kg:statement "The',
        '    kg:statement "Sums of polynomials add."@en ; kg:statement "The',
        [f"{CLAIMS}:18: '{SECOND}' has kg:statement 2 times: keep one of them"],
    ),
    "a statement over two lines": (
        CLAIMS,
        '"The value of a sum of two polynomials is the sum of their values."',
        '"""The value of a sum of two polynomials\n      is the sum of their values."""',
        [
            f"{CLAIMS}:18: the statement of '{SECOND}' goes over several lines: write it as one sentence on one line; "
            "what explains it belongs in kg:because"
        ],
    ),
    "a statement of one word": (
        CLAIMS,
        "The value of a sum of two polynomials is the sum of their values.",
        "Linearity.",
        [
            f"{CLAIMS}:18: kg:statement of '{SECOND}' is too short to tell a reader anything: "
            "write at least 20 characters"
        ],
    ),
    "a text without a language": (
        CLAIMS,
        'is the sum of their values."@en',
        'is the sum of their values."',
        [
            f"{CLAIMS}:18: kg:statement of '{SECOND}' does not say which language it is in: "
            "put @en after the closing quote"
        ],
    ),
    "no reason": (
        CLAIMS,
        '    kg:because """For a fixed point the powers are fixed numbers, and the value is their inner product\n'
        '        with the coefficients; an inner product distributes over a sum."""@en ;\n',
        "",
        [
            f'{CLAIMS}:16: \'{SECOND}\' does not say why it is true: add kg:because """…"""@en, '
            "two to eight lines that let a reader see it"
        ],
    ),
    "no source": (
        CLAIMS,
        'sum."""@en ;\n    kg:source [ kg:cites ref:higham2002accuracy ; kg:locator "Chapter 5" ; '
        "kg:locatorStatus kg:Unconfirmed ; kg:intent cito:citesAsAuthority ] .",
        'sum."""@en .',
        [
            f"{CLAIMS}:16: '{SECOND}' has no source: add kg:source [ kg:cites ref:… ; kg:locator \"Theorem 1\" ; "
            "kg:locatorStatus kg:Unconfirmed ]"
        ],
    ),
    "a source that cites nothing": (
        CLAIMS,
        'kg:cites ref:higham2002accuracy ; kg:locator "Chapter 5"',
        'kg:locator "Chapter 5"',
        [
            f"{CLAIMS}:22: a source of '{SECOND}' cites 0 works: write kg:cites with one key of the bibliography, "
            "and another kg:source for another work"
        ],
    ),
    "a source without locator": (
        CLAIMS,
        'kg:locator "Chapter 5" ; ',
        "",
        [
            f"{CLAIMS}:22: a source of '{SECOND}' does not say where in higham2002accuracy: "
            'add kg:locator "Theorem 1", or the section, equation or page'
        ],
    ),
    "a source that does not say whether it was looked up": (
        CLAIMS,
        '"Chapter 5" ; kg:locatorStatus kg:Unconfirmed ; ',
        '"Chapter 5" ; ',
        [
            f"{CLAIMS}:22: a source of '{SECOND}' does not say whether its place in higham2002accuracy has been looked "
            "up: add kg:locatorStatus kg:Unconfirmed, or kg:Confirmed if you have read it there"
        ],
    ),
    "a source that does not say why it is cited": (
        CLAIMS,
        '"Chapter 5" ; kg:locatorStatus kg:Unconfirmed ; kg:intent cito:citesAsAuthority ]',
        '"Chapter 5" ; kg:locatorStatus kg:Unconfirmed ]',
        [
            f"{CLAIMS}:22: a source of '{SECOND}' does not say why higham2002accuracy is cited: add kg:intent with a "
            "property of CiTO, such as cito:usesMethodIn or cito:citesAsAuthority"
        ],
    ),
    "neither sides nor subject": (
        CLAIMS,
        "    kg:about concept:power_evaluation ;\n",
        "",
        [
            f"{CLAIMS}:16: '{SECOND}' has neither two sides nor a concept it is about: "
            "add kg:left concept:… and kg:right concept:…, or kg:about concept:…"
        ],
    ),
    "one side without the other": (
        CLAIMS,
        "kg:about concept:power_evaluation",
        "kg:about concept:power_evaluation ; kg:left concept:power_evaluation",
        [
            f"{CLAIMS}:17: '{SECOND}' has kg:left but no kg:right: "
            "add the other side, or use kg:about for a claim about one concept"
        ],
    ),
    "a formula that is not marked as LaTeX": (
        CLAIMS,
        '\\\\sum_i b_i x^i"^^kg:LaTeX',
        '\\\\sum_i b_i x^i"',
        [
            f"{CLAIMS}:19: the formula of '{SECOND}' is not marked as LaTeX: put ^^kg:LaTeX after its closing quote"
        ],
    ),
    "a refutation that quotes nothing": (
        CLAIMS,
        "a kg:Identity ;\n    kg:about",
        f"a kg:Refutation ; kg:repairedBy claim:{FIRST} ;\n    kg:about",
        [f"{CLAIMS}:16: '{SECOND}' does not quote the sentence it refutes: add kg:asUsuallySaid \"…\"@en"],
    ),
    "a refutation without repair": (
        CLAIMS,
        *REFUTATION,
        [
            f"{CLAIMS}:16: '{SECOND}' does not say what is true instead: "
            "add kg:repairedBy claim:…, the nearest claim that holds"
        ],
    ),
    "an equality up to nothing": (
        CLAIMS,
        "a kg:Identity ;\n    kg:about",
        "a kg:EqualUpTo ;\n    kg:about",
        [
            f"{CLAIMS}:16: '{SECOND}' does not say up to what its sides are equal: "
            "add kg:upTo kg:Scale, kg:Sign, kg:Permutation or kg:Rotation"
        ],
    ),
    "a group where none belongs": (
        CLAIMS,
        "a kg:Identity ;\n    kg:about",
        "a kg:Identity ; kg:upTo kg:Sign ;\n    kg:about",
        [
            f"{CLAIMS}:16: '{SECOND}' has kg:upTo, but is no kg:EqualUpTo: make it a kg:EqualUpTo, or take kg:upTo away"
        ],
    ),
}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"), (CLAIM_STANZAS).values(), ids=list(CLAIM_STANZAS)
)
def test_lint_reports_exactly(
    edit: Edit, lint: Lint, name: str, old: str, new: str, expected: list[str]
) -> None:
    edit(name, old, new)
    assert lint() == expected
