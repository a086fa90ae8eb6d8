"""Expectations: accepted by a test of stated size and power against the claim's own control, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.verify import expectation
from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]

SQUARES = """
def left(g: Normal[Array, "samples n"]) -> Array:
    return array_namespace(g).sum(g * g, axis=-1)
"""


def claimed(value: str, control: str = "g.shape[1] - 1", samples: str = 'use("left")(g)') -> str:
    return f"""
@check
def the_claim(use, g: Normal[Array, "samples n"]):
    return {samples}, {value}

@the_claim.control("one degree of freedom too few")
def _(use, g):
    return use("left")(g), {control}
"""


def expected(judge: Judge, *args: str) -> Verdict:
    return judge(SQUARES, claimed(*args), kind="InExpectation", about="left")


def test_a_true_mean_passes_with_its_size(judge: Judge) -> None:
    verdict = expected(judge, "g.shape[1]")
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength == "Statistical"
    assert verdict.log2_error is not None
    assert -20 <= verdict.log2_error <= -19
    assert "size 1e-6 and power" in verdict.method
    assert verdict.controls == (1, 1)


@pytest.mark.parametrize("value", ["g.shape[1] + 2", "g.shape[1] - 2", "2 * g.shape[1]", "0"])
def test_a_wrong_mean_fails(judge: Judge, value: str) -> None:
    verdict = expected(judge, value)
    assert verdict.outcome == "failed"
    assert "from the claimed value, beyond the margin" in verdict.reason


def test_a_control_that_is_far_away_does_not_let_a_wrong_mean_pass(judge: Judge) -> None:
    # The margin is half the gap to the control, so a distant control is a wide tolerance; the mutants notice.
    verdict = expected(judge, "g.shape[1] + 1 / 4", "g.shape[1] + 40")
    assert verdict.outcome != "passed", verdict


def test_a_mean_without_a_control_has_no_margin(judge: Judge) -> None:
    checks = claimed("g.shape[1]").split("@the_claim.control")[0]
    verdict = judge(SQUARES, checks, kind="InExpectation", about="left")
    assert verdict.outcome == "cantTell"
    assert "an expectation needs a control" in verdict.reason


def test_a_control_that_states_the_same_mean_gives_no_margin(judge: Judge) -> None:
    verdict = expected(judge, "g.shape[1]", "g.shape[1]")
    assert verdict.outcome == "cantTell"
    assert "no control differs from the claim" in verdict.reason


def test_a_control_too_close_to_be_told_apart_is_undecided(judge: Judge) -> None:
    verdict = expected(judge, "g.shape[1]", "g.shape[1] + 2.0**-20")
    assert verdict.outcome == "cantTell"
    assert "needs" in verdict.reason
    assert "samples" in verdict.reason


def test_a_broken_sampler_is_a_control_too(judge: Judge) -> None:
    checks = claimed("g.shape[1]").replace(
        'return use("left")(g), g.shape[1] - 1', 'return use("left")(g / 2), g.shape[1]'
    )
    verdict = judge(SQUARES, checks, kind="InExpectation", about="left")
    assert verdict.outcome == "passed", verdict.reason


COMPLEX = """
def left(z: ComplexNormal[Array, "samples n"]) -> Array:
    return z + {offset}
"""

COMPLEX_CHECK = """
@check
def the_claim(use, z: ComplexNormal[Array, "samples n"]):
    return use("left")(z), 0

@the_claim.control("shifted by one half")
def _(use, z):
    return use("left")(z) - 0.5, 0
"""


@pytest.mark.parametrize(
    ("offset", "outcome"), [("0", "passed"), ("3j", "failed"), ("3", "failed"), ("1j", "failed")]
)
def test_the_imaginary_part_of_a_mean_counts(judge: Judge, offset: str, outcome: str) -> None:
    verdict = judge(COMPLEX.format(offset=offset), COMPLEX_CHECK, kind="InExpectation", about="left")
    assert verdict.outcome == outcome or (outcome == "passed" and "mutant" in verdict.reason), verdict


def test_the_modulus_of_a_complex_normal_number_has_mean_square_one(judge: Judge) -> None:
    verdict = judge(
        """
        def left(z: ComplexNormal[Array, "samples n"]) -> Array:
            xp = array_namespace(z)
            return xp.real(xp.conj(z) * z)
        """,
        """
        @check
        def the_claim(use, z: ComplexNormal[Array, "samples n"]):
            return use("left")(z), 1

        @the_claim.control("as for two real parts of variance one each")
        def _(use, z):
            return use("left")(z), 2
        """,
        kind="InExpectation",
        about="left",
    )
    assert verdict.outcome == "passed", verdict.reason


def test_uniform_numbers_have_mean_one_half(judge: Judge) -> None:
    text = """
    def left(u: Uniform[Array, "samples n"]) -> Array:
        return u
    """
    checks = """
    @check
    def the_claim(use, u: Uniform[Array, "samples n"]):
        return use("left")(u), constant(u, 1) / {}

    @the_claim.control("the mean of the smaller of two")
    def _(use, u):
        return use("left")(u), constant(u, 1) / 3
    """
    assert judge(text, checks.format(2), kind="InExpectation", about="left").outcome == "passed"
    assert judge(text, checks.format(9), kind="InExpectation", about="left").outcome == "failed"


def test_fixed_inputs_stay_the_same_between_pilot_and_sample(judge: Judge) -> None:
    verdict = judge(
        """
        def left(x: Real[Array, "n"], g: Normal[Array, "samples n"]) -> Array:
            return (g @ x) ** 2
        """,
        """
        @check
        def the_claim(use, x: Real[Array, "n"], g: Normal[Array, "samples n"]):
            return use("left")(x, g), array_namespace(x).sum(x**2)

        @the_claim.control("the norm instead of its square")
        def _(use, x, g):
            return use("left")(x, g), array_namespace(x).sqrt(x @ x)
        """,
        kind="InExpectation",
        about="left",
    )
    assert verdict.outcome == "passed", verdict.reason


def test_the_same_claim_is_judged_on_the_same_numbers_every_time(make: Callable[..., Any]) -> None:
    tiny = make(SQUARES, claimed("g.shape[1]"), kind="InExpectation", about="left")
    first, second = tiny.verdict(), tiny.verdict()
    assert first.but(seconds=0) == second.but(seconds=0)


def test_a_sample_knows_its_worst_entry_in_both_parts() -> None:
    found = expectation.Sample(np.array([[1 + 2j], [1 + 4j]]), np.array([1.0]))
    assert found.distance == pytest.approx(3)
    assert expectation.Sample(np.array([[1.0], [3.0]]), 2).distance == 0
