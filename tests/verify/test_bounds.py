"""Bounds: searched for violations, shown sharp at a witness, enclosed over a region where one is declared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kg.errors import CheckError
from kg.verify import bound
from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]

CAUCHY = """
def left(x: Real[Array, "n"], y: Real[Array, "n"]) -> Array:
    return {scale} * (x @ y) ** 2

def right(x: Real[Array, "n"], y: Real[Array, "n"]) -> Array:
    return (x @ x) * (y @ y)
"""

CHECK = """
@check(relation="<=")
def the_claim(use, x: Real[Array, "n"], y: Real[Array, "n"]):
    return use("left")(x, y), 1 * use("right")(x, y)

@the_claim.control("the bound is halved")
def _(use, x, y):
    return use("left")(x, y), use("right")(x, y) / 2
"""

WITNESS = """
@the_claim.witness
def _(use, x):
    return {"y": 3 * x}
"""


def test_a_true_bound_passes_and_its_slack_is_said(judge: Judge) -> None:
    loose = CHECK.replace("1 * use(", "2 * use(").replace("(x, y) / 2", "(x, y) / 3")
    verdict = judge(CAUCHY.format(scale=1), loose, kind="Bound")
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength == "Sampled"
    assert "not sharp: no input came closer than 0.5 of the bound" in verdict.method
    assert verdict.controls == (1, 1)


def test_a_bound_that_the_search_nearly_attains_is_not_called_loose(judge: Judge) -> None:
    verdict = judge(CAUCHY.format(scale=1), CHECK, kind="Bound")
    assert verdict.outcome == "passed", verdict.reason
    assert "no input is named at which it is attained, but the search came within a tenth" in verdict.method


def test_a_bound_that_is_attained_at_its_witness_is_sharp(judge: Judge) -> None:
    verdict = judge(CAUCHY.format(scale=1), CHECK + WITNESS, kind="Bound")
    assert verdict.outcome == "passed", verdict.reason
    assert "attained at the witness" in verdict.method


def test_a_witness_that_does_not_attain_the_bound_is_refused(judge: Judge) -> None:
    verdict = judge(CAUCHY.format(scale="constant(x, 999) / 1000"), CHECK + WITNESS, kind="Bound")
    assert verdict.outcome == "cantTell"
    assert verdict.reason == "the witness does not attain the bound"
    assert verdict.strength is None


@pytest.mark.parametrize("scale", ["2", "constant(x, 1000001) / 1000000"])
def test_a_false_bound_fails(judge: Judge, scale: str) -> None:
    verdict = judge(CAUCHY.format(scale=scale), CHECK + WITNESS, kind="Bound")
    assert verdict.outcome in ("failed", "cantTell")
    assert verdict.strength is None


def test_a_bound_that_is_violated_by_random_inputs_fails_by_how_much_it_says(judge: Judge) -> None:
    verdict = judge(CAUCHY.format(scale=9), CHECK, kind="Bound")
    assert verdict.outcome == "failed"
    assert "left exceeds right (ratio" in verdict.reason


def test_a_control_that_is_no_violation_makes_the_bound_undecided(judge: Judge) -> None:
    verdict = judge(CAUCHY.format(scale=1), CHECK.replace("/ 2", "* 2"), kind="Bound")
    assert verdict.outcome == "cantTell"
    assert verdict.reason == "the control was not rejected: the bound is halved"


def test_a_bound_between_complex_numbers_is_refused(judge: Judge) -> None:
    verdict = judge(
        """
        def left(x: Complex[Array, "n"]) -> Array:
            return x * x

        def right(x: Complex[Array, "n"]) -> Array:
            return x * x + 1
        """,
        """
        @check(relation="<=")
        def the_claim(use, x: Complex[Array, "n"]):
            return use("left")(x), use("right")(x)

        @the_claim.control("less")
        def _(use, x):
            return use("left")(x), use("right")(x) - 2
        """,
        kind="Bound",
    )
    assert verdict.outcome == "cantTell"
    assert "a bound compares real numbers" in verdict.reason
    with pytest.raises(CheckError):
        bound.ratio([np.ones(2, complex)], [np.ones(2)])


@pytest.mark.parametrize(
    ("domain", "left", "right"),
    [
        ('PositiveDefinite[Array, "n n"]', "1 + 0 * x[0, 0]", "xp.linalg.trace(x) / x.shape[0]"),
        ('Positive[Array, "n"]', "constant(x, 1) / 100", "xp.min(x)"),
        ('Probability[Array, "n"]', "constant(x, 1) / 5", "xp.min(x)"),
        ('Real[Array, "n"]', "xp.max(x)", "constant(x, 2)"),
        ('Symmetric[Array, "n n"]', "0 * x[0, 0]", "xp.linalg.trace(x)"),
    ],
)
def test_the_search_leaves_the_corner_of_the_domain_where_draws_begin(
    judge: Judge, domain: str, left: str, right: str
) -> None:
    # Every one of these sentences is false somewhere in the domain that is named, if not where draws usually fall.
    text = f"""
    def left(x: {domain}) -> Array:
        xp = array_namespace(x)
        return {left}

    def right(x: {domain}) -> Array:
        xp = array_namespace(x)
        return {right}
    """
    checks = f"""
    @check(relation="<=")
    def the_claim(use, x: {domain}):
        return use("left")(x), 1 * use("right")(x)

    @the_claim.control("turned round")
    def _(use, x):
        return use("right")(x), use("left")(x)
    """
    assert judge(text, checks, kind="Bound").outcome == "failed"


def test_a_violation_beside_a_false_alarm_of_rounding_is_still_found(judge: Judge) -> None:
    # The first entry cancels in floats at every input; the second is violated for |y| > 3 only.
    verdict = judge(
        """
        def left(x: Real[Array, ""], y: Real[Array, ""]) -> Array:
            xp = array_namespace(x)
            return xp.stack([1 - 1 / (1 + xp.exp(-36 - x * x)), y * y])

        def right(x: Real[Array, ""], y: Real[Array, ""]) -> Array:
            xp = array_namespace(x)
            return xp.stack([xp.exp(-36 - x * x), constant(x, 9)])
        """,
        """
        @check(relation="<=")
        def the_claim(use, x: Real[Array, ""], y: Real[Array, ""]):
            return use("left")(x, y), 1 * use("right")(x, y)

        @the_claim.control("halved")
        def _(use, x, y):
            return use("left")(x, y), use("right")(x, y) / 2
        """,
        kind="Bound",
    )
    assert verdict.outcome == "failed"


def test_a_side_that_is_no_number_makes_the_bound_undecided(judge: Judge) -> None:
    verdict = judge(
        """
        def left(x: Real[Array, "n"]) -> Array:
            return array_namespace(x).sqrt(x)

        def right(x: Real[Array, "n"]) -> Array:
            return 1 + x * x
        """,
        """
        @check(relation="<=")
        def the_claim(use, x: Real[Array, "n"]):
            return use("left")(x), 1 * use("right")(x)

        @the_claim.control("less")
        def _(use, x):
            return use("left")(x), use("right")(x) - 9
        """,
        kind="Bound",
    )
    assert verdict.outcome == "cantTell"
    assert "not a finite number" in verdict.reason


REGION = """
def left(x: Real[Array, ""]) -> Array:
    return x * (4 - x)

def right(x: Real[Array, ""]) -> Array:
    return 4 + 0 * x
"""

REGION_CHECK = """
@check(relation="<=")
def the_claim(use, x: Interval[Array, "0 4"]):
    return use("left")(x), {factor} * use("right")(x)

@the_claim.control("a smaller bound")
def _(use, x):
    return use("left")(x), use("right")(x) / 2
"""


def test_a_bound_over_an_interval_is_enclosed(judge: Judge) -> None:
    verdict = judge(REGION, REGION_CHECK.format(factor="constant(x, 1025) / 1024"), kind="Bound")
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength == "Enclosed"


def test_a_bound_that_fails_in_a_narrow_part_of_the_interval_is_refuted(judge: Judge) -> None:
    verdict = judge(REGION, REGION_CHECK.format(factor="constant(x, 1048575) / 1048576"), kind="Bound")
    assert verdict.outcome == "failed"


def test_the_ratio_is_one_plus_the_relative_excess() -> None:
    one = np.array([1.0, 2.0])
    assert bound.ratio([one], [one]) == 1
    assert bound.ratio([one * (1 + 2.0**-51)], [one]) == 1
    assert bound.ratio([one * 1.25], [one]) == pytest.approx(1.2)
    assert bound.ratio([one], [one * 2]) == pytest.approx(0.5)
    assert np.isnan(bound.ratio([one * np.nan], [one]))
    assert bound.ratio([np.array(0.5)], [np.array([1.0, 0.25])]) > 1
