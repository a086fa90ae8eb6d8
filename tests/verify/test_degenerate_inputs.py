"""Degenerate inputs: where a sentence quietly needs a condition, the condition is asked for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]


def pair(left: str, right: str, domains: str = 'x: Real[Array, "n d"]') -> str:
    return f"""
def left({domains}) -> Array:
    xp = array_namespace(x)
    return {left}

def right({domains}) -> Array:
    xp = array_namespace(x)
    return {right}
"""


def test_a_side_without_a_value_at_zero_asks_for_a_condition(judge: Judge) -> None:
    verdict = judge(pair("x * x / x", "x + 0"))
    assert verdict.outcome == "cantTell"
    assert "has a value and the other has none for all entries zero" in verdict.reason
    assert "state the condition that excludes it" in verdict.reason


def test_a_side_without_a_value_for_one_column_asks_for_a_condition(judge: Judge) -> None:
    verdict = judge(pair("x * ((x.shape[1] - 1) / (constant(x, x.shape[1]) - 1))", "x + 0"))
    assert verdict.outcome == "cantTell"
    assert "d = 1" in verdict.reason


def test_a_side_without_a_value_for_equal_rows_asks_for_a_condition(judge: Judge) -> None:
    gap = "(x[:1, :] - x[1:2, :])"
    verdict = judge(pair(f"x * {gap} / {gap}", "x + 0"))
    assert verdict.outcome == "cantTell"
    assert "equal" in verdict.reason or "zero" in verdict.reason


CONDITION = """
@condition(generic=True)
def no_entry_is_zero(x):
    return bool(np.all(x != 0))
"""


def test_the_condition_that_excludes_it_settles_the_matter(judge: Judge) -> None:
    verdict = judge(pair("x * x / x", "x + 0"), CONDITION, conditions=("no_entry_is_zero",))
    assert verdict.outcome == "passed", verdict.reason


def test_a_condition_on_a_size_excludes_that_size(judge: Judge) -> None:
    checks = """
    @condition
    def at_least_two_columns(d):
        return d >= 2
    """
    text = pair("x * ((x.shape[1] - 1) / (constant(x, x.shape[1]) - 1))", "x + 0")
    verdict = judge(text, checks, conditions=("at_least_two_columns",))
    assert verdict.outcome == "passed", verdict.reason


def test_both_sides_without_a_value_are_alike(judge: Judge) -> None:
    assert judge(pair("x * x / x", "(x + 0 * x) ** 2 / x")).outcome == "passed"


def test_an_error_on_an_empty_array_is_no_wrong_answer(judge: Judge) -> None:
    verdict = judge(pair("x - xp.max(x) + x[0, 0] * 0", "x + 0 * x[0, 0] - xp.max(xp.flip(x))"))
    assert verdict.outcome == "passed", verdict.reason


@pytest.mark.parametrize("size", ["0", "1"])
def test_a_wrong_value_at_a_degenerate_size_is_found(judge: Judge, size: str) -> None:
    verdict = judge(pair(f"xp.sum(x, axis=1) + (1 if x.shape[1] == {size} else 0)", "xp.sum(x + 0, axis=1)"))
    assert verdict.outcome == "cantTell"
    assert f"d = {size}" in verdict.reason


def test_ties_are_tried(judge: Judge) -> None:
    # The largest entry of each row by comparing all pairs: with ties it is counted twice.
    verdict = judge(
        pair(
            "xp.max(x, axis=1)",
            "xp.sum(xp.where(x >= xp.max(x, axis=1, keepdims=True), x, 0), axis=1)",
        )
    )
    # The solver finds the tie where one is installed, and the degenerate inputs have one in any case.
    assert verdict.outcome == "cantTell"
    assert (
        "all entries equal" in verdict.reason
        or "solver found inputs where the sides differ" in verdict.reason
    )
    assert "state the condition that excludes" in verdict.reason
