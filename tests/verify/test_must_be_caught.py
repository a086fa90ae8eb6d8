"""Errors that fool a test with a tolerance: each is written from its description and must not be called verified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]
Tiny = Any
Make = Callable[..., Tiny]

GATED_DELTA = """
def left(k: Real[Array, "t d"], v: Real[Array, "t e"], a: Probability[Array, "t"], beta: Real[Array, "t"]) -> Array:
    xp = array_namespace(k)
    state = xp.zeros((v.shape[1], k.shape[1]), dtype=k.dtype)
    for i in range(k.shape[0]):
        state = a[i] * state
        state = state + beta[i] * (v[i, :] - state @ k[i, :])[:, None] * k[i, None, :]
    return state

def right(k: Real[Array, "t d"], v: Real[Array, "t e"], a: Probability[Array, "t"], beta: Real[Array, "t"]) -> Array:
    xp = array_namespace(k)
    identity = xp.eye(k.shape[1], dtype=k.dtype)
    state = xp.zeros((v.shape[1], k.shape[1]), dtype=k.dtype)
    for i in range(k.shape[0]):
        erase = identity - beta[i] * k[i, :, None] * k[i, None, :]
        state = {update} + beta[i] * v[i, :, None] * k[i, None, :]
    return state
"""


def test_the_two_orders_of_decay_in_a_gated_delta_rule_are_two_operators(judge: Judge) -> None:
    # Decaying before the error is read is not the same as decaying what was written.
    assert judge(GATED_DELTA.format(update="a[i] * (state @ erase)")).outcome == "passed"
    wrong = judge(
        GATED_DELTA.format(update="state @ (a[i] * identity - beta[i] * k[i, :, None] * k[i, None, :])")
    )
    assert wrong.outcome == "failed"


def test_a_write_that_is_decayed_as_well_is_another_operator(judge: Judge) -> None:
    assert (
        judge(GATED_DELTA.format(update="a[i] * (state @ erase) + (a[i] - 1) * state * 0")).outcome
        == "passed"
    )
    late = GATED_DELTA.format(update="a[i] * (state @ erase)").replace(
        "+ beta[i] * v[i, :, None]", "+ a[i] * beta[i] * v[i, :, None]"
    )
    assert judge(late).outcome == "failed"


SCALED = """
def left(q: Real[Array, "n d"], k: Real[Array, "m d"], scale: Positive[Array, ""]) -> Array:
    xp = array_namespace(q)
    weights = xp.exp(q @ k.mT{left})
    return weights / xp.sum(weights, axis=-1, keepdims=True)

def right(q: Real[Array, "n d"], k: Real[Array, "m d"], scale: Positive[Array, ""]) -> Array:
    xp = array_namespace(q)
    rows = []
    for i in range(q.shape[0]):
        weights = xp.stack([xp.exp(q[i, :] @ k[j, :]{right}) for j in range(k.shape[0])])
        rows.append(weights / xp.sum(weights))
    return xp.stack(rows)
"""


def test_a_scale_that_one_side_ignores_is_a_difference(judge: Judge) -> None:
    assert judge(SCALED.format(left=" * scale", right=" * scale")).outcome == "passed"
    assert judge(SCALED.format(left=" * scale", right="")).outcome == "failed"


def test_a_scale_that_both_sides_ignore_makes_the_check_empty(judge: Judge) -> None:
    verdict = judge(SCALED.format(left="", right=""))
    assert verdict.outcome == "cantTell"
    assert "neither side depends on the input 'scale'" in verdict.reason


def test_a_layout_of_batch_and_head_and_time_may_not_be_read_in_another_order(judge: Judge) -> None:
    text = """
    def left(x: Real[Array, "b h t"]) -> Array:
        # A causal sum over time, the last axis.
        return array_namespace(x).cumulative_sum(x, axis=2)

    def right(x: Real[Array, "b h t"]) -> Array:
        xp = array_namespace(x)
        steps = [xp.sum(x[{index}], axis={axis}) for i in range(x.shape[{axis}])]
        return xp.stack(steps, axis={axis})
    """
    assert judge(text.format(index=":, :, : i + 1", axis=2)).outcome == "passed"
    assert judge(text.format(index=":, : i + 1, :", axis=1)).outcome == "failed"


def test_a_layout_that_is_read_through_a_reshape_is_seen_too(judge: Judge) -> None:
    verdict = judge("""
    def left(x: Real[Array, "b h t"]) -> Array:
        xp = array_namespace(x)
        return xp.permute_dims(x, (0, 2, 1))

    def right(x: Real[Array, "b h t"]) -> Array:
        # The right shape from the wrong axes.
        return array_namespace(x).reshape(x, (x.shape[0], x.shape[2], x.shape[1]))
    """)
    assert verdict.outcome == "failed"


SQUARES = """
def left(x: Real[Array, "n"]) -> Array:
    return (x + 1) * (x - 1)

def right(x: Real[Array, "n"]) -> Array:
    return x * x - 1

def oracle(x: Real[Array, "n"]) -> Array:
    return x**2 - 1
"""

CONTROL = """
@the_claim.control("one side is twice as large")
def _(use, x):
    return 2 * use("left")(x), use("right")(x)
"""


def check_returning(text: str) -> str:
    return f"""
@check
def the_claim(use, x: Real[Array, "n"]):
    {text}
{CONTROL}"""


def test_the_same_check_written_honestly_passes(judge: Judge) -> None:
    verdict = judge(SQUARES, check_returning('return use("left")(x), use("right")(x)'))
    assert verdict.outcome == "passed"
    assert verdict.strength == "IdentityTested"
    assert verdict.log2_error is not None
    assert verdict.log2_error < -60


@pytest.mark.parametrize(
    "text",
    [
        'known = use("oracle")(x); return use("left")(x), use("right")(x)',
        'known = use("oracle")(x); return use("left")(x) + 0 * known, use("right")(x)',
        'known = use("oracle")(x); return use("left")(x), use("right")(x) + known - known',
    ],
)
def test_an_oracle_that_is_computed_and_never_compared_is_found(judge: Judge, text: str) -> None:
    verdict = judge(SQUARES, check_returning(text))
    assert verdict.outcome == "cantTell"
    # Either its value is seen to reach neither side, or none of its mutants makes a difference.
    assert "'oracle' is computed but its value reaches neither side" in verdict.reason or (
        "a mutant was not noticed: oracle" in verdict.reason
    )


@pytest.mark.parametrize(
    "text",
    [
        'return use("left")(x), use("left")(x)',
        'return use("left")(x), use("left")(x) + 0',
        'return use("left")(x) * 2 / 2, use("left")(x)',
        'a = use("left")(x); return a, a',
        'return use("left")(x[::-1])[::-1], use("left")(x)[::-1][::-1]',
        'return 1 - use("left")(x), 1 - use("left")(x)',
        'return use("left")(x) + use("right")(x), use("right")(x) + use("left")(x)',
        'return [use("left")(x), use("right")(x)], [use("left")(x), use("right")(x)]',
        "return (x + 1) * (x - 1), x * x - 1",
        'return use("left")(x), x * x - 1',
    ],
)
def test_sides_that_both_come_from_the_same_function_are_found(judge: Judge, text: str) -> None:
    verdict = judge(SQUARES, check_returning(text))
    assert verdict.outcome == "cantTell", verdict
    assert verdict.reason


def test_one_side_that_calls_the_other_is_found(judge: Judge) -> None:
    verdict = judge("""
    def left(x: Real[Array, "n"]) -> Array:
        return x * x

    def right(x: Real[Array, "n"]) -> Array:
        return left(x) * 2 / 2
    """)
    assert verdict.outcome == "cantTell"
    assert "one of them calls the other" in verdict.reason


@pytest.mark.parametrize(
    "helper",
    [
        "def _square(x):\n    return x * x",
        "_square = lambda x: x * x",
        "def _square(x):\n    return _inner(x)\n\ndef _inner(x):\n    return x * x",
    ],
)
def test_a_private_helper_that_does_the_work_of_both_sides_is_found(judge: Judge, helper: str) -> None:
    verdict = judge(f"""
{helper}

def left(x: Real[Array, "n"]) -> Array:
    return _square(x) - 1

def right(x: Real[Array, "n"]) -> Array:
    return -1 + _square(x)
""")
    assert verdict.outcome == "cantTell"
    assert "both sides are computed by '_" in verdict.reason


def test_a_shared_helper_in_another_module_is_found(make: Make) -> None:
    tiny = make("")
    tiny.write("impl", "def _square(x):\n    return x * x\n", stem="_work")
    for how, call in (
        (f"from {tiny.package}.impl._work import _square", "_square"),
        (f"from {tiny.package}.impl._work import _square as _helped", "_helped"),
        (f"import {tiny.package}.impl._work as work", "work._square"),
        (f"from {tiny.package}.impl import _work", "_work._square"),
        ("from ._work import _square", "_square"),
    ):
        tiny.write(
            "impl",
            f"""
{how}

def left(x: Real[Array, "n"]) -> Array:
    return {call}(x) - 1

def right(x: Real[Array, "n"]) -> Array:
    return -1 + {call}(x)
""",
        )
        verdict = tiny.verdict()
        assert verdict.outcome == "cantTell", how
        assert "both sides are computed by '_square'" in verdict.reason


def test_a_control_that_passes_makes_the_claim_undecided(judge: Judge) -> None:
    wide = """
    @check
    def the_claim(use, x: Real[Array, "n"]):
        return use("left")(x), use("right")(x)

    @the_claim.control("nothing is broken here")
    def _(use, x):
        return use("left")(x) + 1 - 1, use("right")(x)
    """
    verdict = judge(SQUARES, wide)
    assert verdict.outcome == "cantTell"
    assert verdict.reason == "the control was not rejected: nothing is broken here"
    assert verdict.strength is None
    assert verdict.controls == (0, 1)


def test_one_control_among_several_that_passes_is_named(judge: Judge) -> None:
    checks = (
        check_returning('return use("left")(x), use("right")(x)')
        + """
@the_claim.control("x is read backwards, on both sides")
def _(use, x):
    return use("left")(x[::-1]), use("right")(x[::-1])
"""
    )
    verdict = judge(SQUARES, checks)
    assert verdict.outcome == "cantTell"
    assert "x is read backwards" in verdict.reason
    assert verdict.controls == (1, 2)


def test_a_check_without_a_control_is_undecided(judge: Judge) -> None:
    checks = """
    @check
    def the_claim(use, x: Real[Array, "n"]):
        return use("left")(x), use("right")(x)
    """
    verdict = judge(SQUARES, checks)
    assert verdict.outcome == "cantTell"
    assert "control" in verdict.reason


ONLY_FOR_ONE = """
def left(k: Real[Array, "n d"]) -> Array:
    return array_namespace(k).sum(k * k, axis=0)

def right(k: Real[Array, "n d"]) -> Array:
    return array_namespace(k).sum(k, axis=0) ** 2
"""


def test_a_claim_that_is_true_only_for_one_row_fails(judge: Judge) -> None:
    assert judge(ONLY_FOR_ONE).outcome == "failed"


def test_sizes_restricted_to_one_do_not_make_it_true(judge: Judge) -> None:
    checks = """
    @check(sizes={"n": (1,)})
    def the_claim(use, k: Real[Array, "n d"]):
        return use("left")(k), use("right")(k)

    @the_claim.control("a factor of two")
    def _(use, k):
        return 2 * use("left")(k), use("right")(k)
    """
    verdict = judge(ONLY_FOR_ONE, checks)
    assert verdict.outcome == "cantTell"
    assert "only at n = 1" in verdict.reason


def test_a_dimension_written_as_one_does_not_make_it_true(judge: Judge) -> None:
    verdict = judge(ONLY_FOR_ONE.replace('"n d"', '"1 d"'))
    assert verdict.outcome == "cantTell"
    assert "1" in verdict.reason


def test_a_condition_that_leaves_only_one_row_does_not_make_it_true(judge: Judge) -> None:
    checks = """
    @condition
    def single_row(n):
        return n < 2
    """
    verdict = judge(ONLY_FOR_ONE, checks, conditions=("single_row",))
    assert verdict.outcome == "cantTell"
    assert "no sizes of n, d satisfy single_row" in verdict.reason


@pytest.mark.parametrize("zero", ["k[:1, :] + 0 * k", "k * 0 + 1", "0 * k + k[0, 0]"])
def test_rows_made_equal_or_constant_inside_the_check_do_not_make_it_true(judge: Judge, zero: str) -> None:
    text = """
    def left(k: Real[Array, "n d"]) -> Array:
        return array_namespace(k).mean(k, axis=0)

    def right(k: Real[Array, "n d"]) -> Array:
        return k[-1, :] * 1
    """
    checks = f"""
    @check
    def the_claim(use, k: Real[Array, "n d"]):
        k = {zero}
        return use("left")(k), use("right")(k)

    @the_claim.control("a factor of two")
    def _(use, k):
        return 2 * use("left")(k), use("right")(k)
    """
    assert judge(text).outcome == "failed"
    assert judge(text, checks).outcome == "cantTell"


def test_a_claim_that_is_true_only_for_equal_keys_fails(judge: Judge) -> None:
    verdict = judge("""
    def left(q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]) -> Array:
        xp = array_namespace(q)
        weights = xp.exp(q @ k.mT)
        return weights @ v / xp.sum(weights, axis=-1, keepdims=True)

    def right(q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]) -> Array:
        xp = array_namespace(q)
        return xp.zeros((q.shape[0], 1), dtype=q.dtype) + xp.mean(v, axis=0, keepdims=True) + 0 * (q @ k.mT)[:, :1]
    """)
    assert verdict.outcome == "failed"


def test_a_claim_that_is_true_only_for_an_odd_length_fails(judge: Judge) -> None:
    verdict = judge("""
    def left(x: Real[Array, "n"]) -> Array:
        return x[x.shape[0] // 2] + x[0]

    def right(x: Real[Array, "n"]) -> Array:
        return x[(x.shape[0] - 1) // 2] + x[0]
    """)
    assert verdict.outcome == "failed"
