"""Refutations: a stored counterexample refutes for certain, is one the sentence speaks of, and a sibling holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]

ROOT = """
def left(x: {domain}) -> Array:
    return array_namespace(x).sqrt(x * x)
"""


def check_of(
    example: str,
    *,
    domain: str = 'Real[Array, "n"]',
    sides: str = 'use("left")(x), x',
    sibling: str = 'use("left")(x), abs(x)',
) -> str:
    return f"""
@check
def the_claim(use, x: {domain}):
    return {sides}

@the_claim.counterexample
def _():
    return {{"x": {example}}}

@the_claim.control("the modulus instead")
def _(use, x):
    return {sibling}
"""


def refuted(judge: Judge, example: str, domain: str = 'Real[Array, "n"]', **parts: str) -> Verdict:
    checks = check_of(example, domain=domain, **parts)
    return judge(ROOT.format(domain=domain), checks, kind="Refutation", about="left")


def test_a_false_sentence_is_refuted_by_its_counterexample(judge: Judge) -> None:
    verdict = refuted(judge, "[1, -2, 3]")
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength == "Proved"
    assert verdict.controls == (1, 1)
    assert "certified by balls" in verdict.method
    assert verdict.shapes == ("x = [1, -2, 3]",)


@pytest.mark.parametrize("example", ['["1/3", "-2/3"]', "[Fraction(-1, 7)]", "(1, -1)", "[-1]"])
def test_counterexamples_are_exact_numbers_in_any_form(judge: Judge, example: str) -> None:
    assert refuted(judge, example).outcome == "passed"


@pytest.mark.parametrize("example", ["[0.1]", '["a third"]', "[None]", '[{"x": 1}]'])
def test_a_counterexample_that_is_not_exact_is_refused(judge: Judge, example: str) -> None:
    verdict = refuted(judge, example)
    assert verdict.outcome == "cantTell"
    assert "write integers, fractions or strings" in verdict.reason


@pytest.mark.parametrize("example", ["[1, 2, 3]", "[0]"])
def test_a_counterexample_that_does_not_refute_fails(judge: Judge, example: str) -> None:
    verdict = refuted(judge, example)
    assert verdict.outcome == "failed"
    assert "does not refute the sentence" in verdict.reason


def test_a_refutation_without_a_counterexample_is_undecided(judge: Judge) -> None:
    checks = check_of("[1]").split("@the_claim.counterexample")[0]
    verdict = judge(ROOT.format(domain='Real[Array, "n"]'), checks, kind="Refutation", about="left")
    assert verdict.outcome == "cantTell"
    assert "add @name.counterexample" in verdict.reason


def test_a_true_sibling_that_is_refuted_too_makes_it_undecided(judge: Judge) -> None:
    verdict = refuted(judge, "[1, -2]", sibling='use("left")(x), 2 * abs(x)')
    assert verdict.outcome == "cantTell"
    assert "the true sibling was refuted too: the modulus instead" in verdict.reason


def test_a_refuted_inequality_needs_only_one_entry(judge: Judge) -> None:
    checks = """
    @check(relation="<=")
    def the_claim(use, x: Real[Array, "n"]):
        return use("left")(x), x * x

    @the_claim.counterexample
    def _():
        return {"x": ["%s", 3]}

    @the_claim.control("with one added")
    def _(use, x):
        return use("left")(x), x * x + 1
    """
    root = ROOT.format(domain='Real[Array, "n"]')
    assert judge(root, checks % "1/2", kind="Refutation", about="left").outcome == "passed"
    assert judge(root, checks % "2", kind="Refutation", about="left").outcome == "failed"


INADMISSIBLE = [
    ('Positive[Array, "n"]', "[-1, 2]"),
    ('Positive[Array, "n"]', "[0, -1]"),
    ('Probability[Array, "n"]', '["-1/2"]'),
    ('Probability[Array, "n"]', '["3/2", "-1/3"]'),
    ('Symmetric[Array, "n n"]', "[[1, -2], [3, 4]]"),
    ('PositiveDefinite[Array, "n n"]', "[[-1, 0], [0, 1]]"),
    ('Orthogonal[Array, "n n"]', "[[1, 1], [0, -1]]"),
    ('UnitRows[Array, "n d"]', "[[-1, 1], [1, 0]]"),
    ('Real[Array, "n n"]', "[[1, -2, 3]]"),
    ('Real[Array, "n 3"]', "[[-1, 2]]"),
    ('Real[Array, "n"]', "[[-1, 2]]"),
    ('Real[Array, ""]', "[-1]"),
]


@pytest.mark.parametrize(("domain", "example"), INADMISSIBLE)
def test_a_counterexample_outside_the_domain_of_the_sentence_refutes_nothing(
    judge: Judge, domain: str, example: str
) -> None:
    verdict = refuted(judge, example, domain)
    assert verdict.outcome in ("failed", "cantTell"), verdict
    assert "the counterexample" in verdict.reason


@pytest.mark.parametrize(
    ("domain", "example"),
    [
        ('Symmetric[Array, "n n"]', "[[1, 2], [2, -4]]"),
        ('Orthogonal[Array, "n n"]', '[["3/5", "4/5"], ["4/5", "-3/5"]]'),
        ('UnitRows[Array, "n d"]', '[["-3/5", "4/5"], [1, 0]]'),
        ('Real[Array, "n 2"]', "[[-1, 2]]"),
        ('Real[Array, ""]', "-1"),
    ],
)
def test_a_counterexample_inside_a_structured_domain_counts(judge: Judge, domain: str, example: str) -> None:
    verdict = refuted(judge, example, domain)
    assert verdict.outcome == "passed", verdict.reason


CONDITION = """
@condition
def not_negative(x):
    return bool(np.all(x >= 0))

@not_negative.sampler
def _(x):
    return {"x": x * x}

@condition
def at_least_three(n):
    return n >= 3
"""


@pytest.mark.parametrize(
    ("condition", "example"), [("not_negative", "[-1, 2]"), ("at_least_three", "[-1, 2]")]
)
def test_a_counterexample_that_breaks_a_condition_of_the_sentence_refutes_nothing(
    judge: Judge, condition: str, example: str
) -> None:
    verdict = judge(
        ROOT.format(domain='Real[Array, "n"]'),
        CONDITION + check_of(example),
        kind="Refutation",
        about="left",
        conditions=(condition,),
    )
    assert verdict.outcome in ("failed", "cantTell")
    assert condition in verdict.reason


def test_a_counterexample_for_an_input_that_does_not_exist_is_named(judge: Judge) -> None:
    checks = check_of("[-1, 2]").replace('{"x": [-1, 2]}', '{"x": [-1, 2], "scale": 3}')
    verdict = judge(ROOT.format(domain='Real[Array, "n"]'), checks, kind="Refutation", about="left")
    assert verdict.outcome == "cantTell"
    assert "scale" in verdict.reason


def test_an_input_without_a_counterexample_is_named(judge: Judge) -> None:
    checks = check_of("[-1, 2]").replace('{"x": [-1, 2]}', "{}")
    verdict = judge(ROOT.format(domain='Real[Array, "n"]'), checks, kind="Refutation", about="left")
    assert verdict.outcome == "cantTell"
    assert "'x'" in verdict.reason


def test_structure_may_stand_in_a_counterexample(judge: Judge) -> None:
    verdict = judge(
        """
        def left(x: Real[Array, "n"], p: Permutation[Array, "n"], k: Natural[int, "1 3"]) -> Array:
            return array_namespace(x).take(x, p) * k
        """,
        """
        @check
        def the_claim(use, x: Real[Array, "n"], p: Permutation[Array, "n"], k: Natural[int, "1 3"]):
            return use("left")(x, p, k), x * k

        @the_claim.counterexample
        def _():
            return {"x": [1, 2], "p": [1, 0], "k": 2}

        @the_claim.control("the sum instead")
        def _(use, x, p, k):
            xp = array_namespace(x)
            return xp.sum(use("left")(x, p, k)), xp.sum(x) * k
        """,
        kind="Refutation",
        about="left",
    )
    assert verdict.outcome == "passed", verdict.reason


def test_the_imaginary_part_of_a_complex_counterexample_is_not_lost(judge: Judge) -> None:
    verdict = judge(
        """
        def left(z: Complex[Array, "n"]) -> Array:
            return z * z
        """,
        """
        @check
        def the_claim(use, z: Complex[Array, "n"]):
            return use("left")(z), array_namespace(z).conj(z) * z

        @the_claim.counterexample
        def _():
            return {"z": np.asarray([1 + 2j, 3])}

        @the_claim.control("without conjugation")
        def _(use, z):
            return use("left")(z), z**2
        """,
        kind="Refutation",
        about="left",
    )
    # Either complex numbers are replayed as they are, or the judge says that it cannot take them.
    assert verdict.outcome != "failed", verdict.reason


def test_the_smallest_counterexample_found_is_told(judge: Judge) -> None:
    verdict = refuted(judge, '["17/3", "-22/7", 5, 8]')
    assert verdict.outcome == "passed"
    assert "smallest found: x = [" in verdict.method
    assert verdict.shapes == ("x = [17/3, -22/7, 5, 8]",)


def test_breaking_the_implementation_makes_the_refutation_fail(make: Callable[..., Any]) -> None:
    tiny = make(
        ROOT.format(domain='Real[Array, "n"]'), check_of("[1, -2, 3]"), kind="Refutation", about="left"
    )
    assert tiny.verdict().outcome == "passed"
    tiny.edit("impl", "array_namespace(x).sqrt(x * x)", "x")
    assert tiny.verdict().outcome == "failed"
