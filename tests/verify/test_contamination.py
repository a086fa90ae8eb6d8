"""A float inside a text that should be exact is diagnosed as contamination: neither verified nor called false."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]

TEXT = """
def left(x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    return {left}

def right(x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    return {right}
"""


def test_the_same_text_with_exact_constants_passes(judge: Judge) -> None:
    verdict = judge(TEXT.format(left="x / xp.sqrt(constant(x, 2)) * 2", right="x * xp.sqrt(constant(x, 2))"))
    assert verdict.outcome == "passed"


@pytest.mark.parametrize(
    "literal",
    [
        "x * 1.4142135623730951",
        "x * math.sqrt(2)",
        "x * 2**0.5",
        "x * np.sqrt(2)",
        "x * np.asarray([1.4142135623730951])",
        "2 * x / np.sqrt(np.asarray(2.0))",
        "x * (xp.sqrt(constant(x, 2)) + 2.0**-52)",
        "x * (xp.sqrt(constant(x, 2)) + np.finfo(np.float64).eps)",
    ],
)
def test_a_float64_constant_is_named(judge: Judge, literal: str) -> None:
    verdict = judge(TEXT.format(left=literal, right="x * xp.sqrt(constant(x, 2))"))
    assert verdict.outcome == "cantTell"
    assert "is not exact; write p/q, sqrt(constant(x, 2)) or pi(x)" in verdict.reason


@pytest.mark.parametrize(
    "cast",
    [
        "xp.asarray(x, dtype=xp.float32) + x",
        "(x * np.float32(0.5)) * 4",
        "x * np.asarray([2.0], dtype=np.float32)",
        "x * np.asarray([2.0], dtype=np.float16)",
    ],
)
def test_a_cast_to_single_precision_is_named(judge: Judge, cast: str) -> None:
    verdict = judge(TEXT.format(left=cast, right="x + x"))
    assert verdict.outcome == "cantTell"
    assert "float32" in verdict.reason


@pytest.mark.parametrize("call", ["x / (x * x + xp.finfo(x.dtype).eps)", "x * xp.finfo(xp.float64).eps"])
def test_the_epsilon_of_the_machine_is_named(judge: Judge, call: str) -> None:
    # Such an ε shrinks with the precision of the arithmetic, so that no comparison of precisions can see it.
    verdict = judge(TEXT.format(left=call, right="1 / x"))
    assert verdict.outcome == "cantTell"
    assert "depend on the machine's floating point" in verdict.reason


@pytest.mark.parametrize(
    "cast",
    [
        "x * float(x[0])",
        "x * math.exp(x[0])",
        "xp.stack([x[0] * float(f'{float(x[1]):.17g}')] * x.shape[0])",
    ],
)
def test_a_number_that_is_cast_to_a_float_is_named(judge: Judge, cast: str) -> None:
    verdict = judge(TEXT.format(left=cast, right="x * x[0]"))
    assert verdict.outcome == "cantTell"
    assert "an implementation casts a number to float" in verdict.reason


def test_a_buffer_of_floats_is_named(judge: Judge) -> None:
    verdict = judge("""
    def left(x: Real[Array, "n"]) -> Array:
        buffer = np.zeros(x.shape[0])
        for i in range(x.shape[0]):
            buffer[i] = x[i] * 2
        return buffer

    def right(x: Real[Array, "n"]) -> Array:
        return x + x
    """)
    assert verdict.outcome == "cantTell"
    assert "an implementation casts a number to float" in verdict.reason


def test_a_float_that_only_balls_see_is_not_called_a_false_claim(judge: Judge) -> None:
    # The text compares numbers, so it never gets to residues; the constant is right to 53 bits.
    verdict = judge(
        TEXT.format(
            left="xp.maximum(x, 0) * 0.7978845608028654", right="xp.maximum(x, 0) * xp.sqrt(2 / pi(x))"
        )
    )
    assert verdict.outcome == "cantTell"
    assert "0.7978845608028654" in verdict.reason


def test_a_constant_that_is_wrong_in_its_sixth_digit_is_called_false(judge: Judge) -> None:
    right = "x * xp.sqrt(2 / pi(x))"
    assert judge(TEXT.format(left="x * constant(x, 797884) / 10**6", right=right)).outcome == "failed"
    assert judge(TEXT.format(left="x * 0.7978515625", right=right)).outcome == "failed"


def test_a_constant_that_is_right_to_fifty_digits_is_still_not_exact(judge: Judge) -> None:
    digits = "x * constant(x, 141421356237309504880168872420969807856967187537694) / 10**50"
    verdict = judge(TEXT.format(left=digits, right="x * xp.sqrt(constant(x, 2))"))
    assert verdict.outcome == "failed"
    assert "differ for certain" in verdict.reason


def test_a_constant_that_is_right_to_sixteen_digits_is_diagnosed_as_such(judge: Judge) -> None:
    digits = "xp.sin(x) * constant(x, 14142135623730951) / 10**16"
    verdict = judge(TEXT.format(left=digits, right="xp.sin(x) * xp.sqrt(constant(x, 2))"))
    assert verdict.outcome in ("failed", "cantTell")
    assert "about one part in 2^53" in verdict.reason


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("xp.exp(x) / 0.5", "2 * xp.exp(x)"),
        ("x * Fraction(1, 3)", "x / 3"),
        ("x * 1e3", "x * 1000"),
        ("x * True", "x + 0 * x"),
    ],
)
def test_numbers_that_are_exact_are_no_contamination(judge: Judge, left: str, right: str) -> None:
    assert "not exact" not in judge(TEXT.format(left=left, right=right)).reason
