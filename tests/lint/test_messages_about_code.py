"""The join between statements and Python.

Each case is one edit of a sound project (file, old text, new text) and all that ``kg lint`` then says.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

Edit = Callable[[str, str, str], None]
Lint = Callable[[], list[str]]
Case = tuple[str, str, str, list[str]]

CLAIMS = "ontology/claims/evaluation.ttl"
CODE = "polynomials/impl/evaluation.py"
CHECKS = "polynomials/checks/evaluation.py"
SECOND = "power_evaluation_is_linear_in_the_coefficients"

GRID = """\
@prefix kg: <https://w3id.org/ml-equivalences/vocabulary#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix claim: <https://example.org/polynomials/claim/> .
@prefix concept: <https://example.org/polynomials/concept/> .
@prefix ref: <https://example.org/polynomials/reference/> .
@prefix cito: <http://purl.org/spar/cito/> .
claim:horner_evaluation_is_a_grid a kg:Limit ;
    kg:left concept:horner_evaluation ; kg:right concept:grid ;
    kg:statement "The values of Horner's rule tend to a grid."@en ;
    kg:source [ kg:cites ref:horner1819new ; kg:locator "the whole paper" ;
        kg:locatorStatus kg:Unconfirmed ; kg:intent cito:citesAsAuthority ] .
concept:grid a skos:Concept ; skos:prefLabel "grid"@en ;
    skos:definition "A grid of points with two directions, each with the same distance between neighbours."@en .
"""

CODE_CASES: dict[str, Case] = {
    "a check that names no claim": (
        CHECKS,
        "",
        "\n\n@check\ndef power_evaluation_is_linear_in_the_coeficients(use):\n    return 1, 1\n\n\n"
        '@power_evaluation_is_linear_in_the_coeficients.control("x")\ndef _(use):\n    return 1, 2\n',
        [
            f"{CHECKS}:34: the check 'power_evaluation_is_linear_in_the_coeficients' names no claim: "
            f"did you mean '{SECOND}'?"
        ],
    ),
    "a check without control": (
        CHECKS,
        '@power_evaluation_is_linear_in_the_coefficients.control("the point is added instead of the coefficients")',
        "@str",
        [
            f"{CHECKS}:20: the check '{SECOND}' has no negative control: "
            f'add one: @{SECOND}.control("what is broken, in words")'
        ],
    ),
    "a control that says nothing": (
        CHECKS,
        '.control("the point is added instead of the coefficients")',
        '.control("")',
        [f"{CHECKS}:20: a control of '{SECOND}' does not say what it breaks: name what is broken, in words"],
    ),
    "a claim that nothing can run": (
        CHECKS,
        "def power_evaluation_is_linear",
        "def _power_evaluation_is_linear",
        [
            f"{CLAIMS}:16: '{SECOND}' has no check: write one in polynomials/checks/evaluation.py",
            f"{CHECKS}:20: the check '_{SECOND}' has no negative control: "
            f'add one: @_{SECOND}.control("what is broken, in words")',
            f"{CHECKS}:20: the check '_{SECOND}' names no claim: did you mean '{SECOND}'?",
            f"{CHECKS}:27: there is no check '{SECOND}' in this file: did you mean '_{SECOND}'?",
        ],
    ),
    "a claim without check whose two sides are implemented": (
        CHECKS,
        "@check\ndef horner_evaluation_is_power_evaluation(",
        "def _horner_evaluation_is_power_evaluation(",
        [
            f"{CHECKS}:13: there is no check 'horner_evaluation_is_power_evaluation' in this file: "
            "write @check and def horner_evaluation_is_power_evaluation(…) above"
        ],
    ),
    "a claim without check of which one side is not implemented": (
        "ontology/claims/grids.ttl",
        "",
        GRID,
        [
            "ontology/claims/grids.ttl:7: 'horner_evaluation_is_a_grid' has no check: "
            "write one in polynomials/checks/grids.py, or implement grid in polynomials/impl",
        ],
    ),
    "an implementation that names no concept": (
        CODE,
        "",
        "\n\ndef horner_evalution(a):\n    return a\n",
        [
            f"{CODE}:34: the implementation 'horner_evalution' names no concept: did you mean 'horner_evaluation'?"
        ],
    ),
    "a helper that looks like an implementation": (
        CODE,
        "",
        "\n\ndef zzz(a):\n    return a\n",
        [
            f"{CODE}:34: the implementation 'zzz' names no concept: "
            "define the concept, or begin the name of a helper with _"
        ],
    ),
    "a private helper": (CODE, "", "\n\ndef _zzz(a):\n    return a\n", []),
    "a check that uses an unknown implementation": (
        CHECKS,
        'evaluate = use("power_evaluation")',
        'evaluate = use("power_evalation")',
        [f"{CHECKS}:23: 'power_evalation' is no implementation: did you mean 'power_evaluation'?"],
    ),
    "a check that is written twice": (
        CHECKS,
        "",
        f"\n\n@check(\n    gradients=True\n)\ndef {SECOND}(use, a, b, x):\n    return a, b\n",
        [
            f"{CHECKS}:36: '{SECOND}' is written a second time, and only one of them is run: "
            f"keep one; the first is at {CHECKS}:20"
        ],
    ),
    "an implementation that is written twice": (
        "polynomials/impl/other.py",
        "",
        "def horner_evaluation(a, x):\n    return a[0] + x\n",
        [
            "polynomials/impl/other.py:1: 'horner_evaluation' is written a second time, and only one of them is run: "
            f"keep one; the first is at {CODE}:22"
        ],
    ),
    "a control of a misspelt check": (
        CHECKS,
        "@power_evaluation_is_linear_in_the_coefficients.control",
        "@power_evaluation_is_linear_in_the_coeficients.control",
        [
            f"{CHECKS}:20: the check '{SECOND}' has no negative control: "
            f'add one: @{SECOND}.control("what is broken, in words")',
            f"{CHECKS}:27: there is no check 'power_evaluation_is_linear_in_the_coeficients' in this file: "
            f"did you mean '{SECOND}'?",
        ],
    ),
    "a function with a control that was never declared a check": (
        CHECKS,
        "@check\ndef horner_evaluation_is_power_evaluation(",
        "def horner_evaluation_is_power_evaluation(",
        [
            f"{CHECKS}:13: 'horner_evaluation_is_power_evaluation' is a function and no check: write @check above it"
        ],
    ),
    "a control that takes what its check does not": (
        CHECKS,
        "def _(use, a, b, x):",
        "def _(use, a, c, x):",
        [
            f"{CHECKS}:28: a control of '{SECOND}' takes 'c', which its check does not: "
            "write def _(use, a, b, x), or fewer of them"
        ],
    ),
    "a control that leaves an input out": (CHECKS, "def _(use, a, b, x):", "def _(use, a, x):", []),
    "a control without use": (
        CHECKS,
        "def _(use, a, b, x):",
        "def _(a, b, x):",
        [
            f"{CHECKS}:28: the first parameter of a control of '{SECOND}' is not use: "
            "write def _(use, a, b, x), or fewer of them"
        ],
    ),
    "a check without use": (
        CHECKS,
        "def horner_evaluation_is_power_evaluation(use, ",
        "def horner_evaluation_is_power_evaluation(",
        [
            f"{CHECKS}:10: the first parameter of the check 'horner_evaluation_is_power_evaluation' is not use: "
            "write def horner_evaluation_is_power_evaluation(use, …), and reach implementations by it"
        ],
    ),
    "a condition in code that is not stated": (
        CHECKS,
        "",
        "\n\n@condition\ndef distinct_points(x):\n    return True\n",
        [f"{CHECKS}:34: 'distinct_points' is no condition that is stated: did you mean 'short_points'?"],
    ),
    "Python that cannot be parsed": (
        CHECKS,
        "    return evaluate(a + b, x),",
        "    return evaluate(a + b, x,",
        [f"{CHECKS}:24: not valid Python ('(' was never closed): correct the syntax"],
    ),
    "a citation in a docstring that the bibliography lacks": (
        CODE,
        ":cite:t:`horner1819new`",
        ":cite:t:`horner1819ne`",
        [f"{CODE}:25: 'horner1819ne' is not in references.bib: did you mean 'horner1819new'?"],
    ),
    "a package that does not exist": (
        "pyproject.toml",
        '"polynomials.checks"',
        '"polynomials.chekcs"',
        [
            "pyproject.toml:1: there is no package 'polynomials.chekcs': "
            "create the folder with an __init__.py, or correct its name under [tool.kg]"
        ],
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "expected"), (CODE_CASES).values(), ids=list(CODE_CASES))
def test_lint_reports_exactly(
    edit: Edit, lint: Lint, name: str, old: str, new: str, expected: list[str]
) -> None:
    edit(name, old, new)
    assert lint() == expected
