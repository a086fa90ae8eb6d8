"""Costs: counted and stated integers must agree at every size tried."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]

OUTER = """
def left(a: Real[Array, "n"], b: Real[Array, "n"]) -> Array:
    return a[:, None] * b[None, :]
"""


def stated(formula: str, control: str = "n") -> str:
    return f"""
@check
def the_claim(use, a: Real[Array, "n"], b: Real[Array, "n"]):
    n = a.shape[0]
    return count_operations(use("left"), a, b)["multiply"], {formula}

@the_claim.control("too little work")
def _(use, a, b):
    n = a.shape[0]
    return count_operations(use("left"), a, b)["multiply"], {control}
"""


def cost(judge: Judge, *args: str) -> Verdict:
    return judge(OUTER, stated(*args), kind="Cost", about="left")


def test_a_true_count_is_proved_at_the_sizes_tried(judge: Judge) -> None:
    verdict = cost(judge, "n * n")
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength == "Proved"
    assert len(verdict.shapes) >= 3
    assert f"{len(verdict.shapes)} sizes, equal as integers" in verdict.method


@pytest.mark.parametrize(
    "formula", ["5 * n", "n * n + 1", "2 * n * n", "n**3 // 5", "(n + 5) * n // 2", "25"]
)
def test_a_formula_that_agrees_at_no_more_than_one_size_fails(judge: Judge, formula: str) -> None:
    verdict = cost(judge, formula)
    assert verdict.outcome == "failed"
    assert "counted" in verdict.reason


def test_a_control_that_counts_right_makes_it_undecided(judge: Judge) -> None:
    verdict = cost(judge, "n * n", "n**2")
    assert verdict.outcome == "cantTell"
    assert verdict.reason == "the control was not rejected: too little work"


def test_a_cost_that_is_no_integer_is_refused(judge: Judge) -> None:
    verdict = cost(judge, "n * n + 0.5")
    assert verdict.outcome == "cantTell"
    assert "a cost must be a whole number of operations" in verdict.reason


def test_several_counts_are_compared_one_by_one(judge: Judge) -> None:
    checks = """
    @check
    def the_claim(use, a: Real[Array, "n"], b: Real[Array, "n"]):
        n = a.shape[0]
        counted = count_operations(lambda x, y: use("left")(x, y) + 1, a, b)
        return [counted["multiply"], counted["add"]], [n * n, {adds}]

    @the_claim.control("no additions")
    def _(use, a, b):
        return [a.shape[0] ** 2, a.shape[0] ** 2], [a.shape[0] ** 2, 0]
    """
    assert judge(OUTER, checks.format(adds="n * n"), kind="Cost", about="left").outcome == "passed"
    assert judge(OUTER, checks.format(adds="n"), kind="Cost", about="left").outcome == "failed"
