"""Laws, probabilities, rates and limits: true statements pass against their controls, near misses do not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]

LAW = """
def left(g: Normal[Array, "samples 2"]) -> Array:
    # The squared length of a standard normal vector in the plane is exponential with mean 2.
    return array_namespace(g).sum(g * g, axis=-1)
"""


def law(claimed: str, control: str = "1 - np.exp(-s / 3)") -> str:
    return f"""
@check
def the_claim(use, g: Normal[Array, "samples 2"]):
    s = use("left")(g)
    return s, {claimed}

@the_claim.control("an exponential law of mean 3")
def _(use, g):
    s = use("left")(g)
    return s, {control}
"""


def test_a_true_law_passes_with_its_size(judge: Judge) -> None:
    verdict = judge(LAW, law("1 - np.exp(-s / 2)"), kind="InLaw", about="left")
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength == "Statistical"
    assert verdict.log2_error == -19
    assert "size and power" in verdict.method


@pytest.mark.parametrize("claimed", ["1 - np.exp(-s / 3)", "1 - np.exp(-s)", "s / (2 + s)", "0 * s"])
def test_a_wrong_law_does_not_pass(judge: Judge, claimed: str) -> None:
    verdict = judge(LAW, law(claimed, "1 - np.exp(-s / 2.5)"), kind="InLaw", about="left")
    assert verdict.outcome in ("failed", "cantTell")
    assert verdict.strength is None


def test_a_law_with_the_claim_itself_as_control_is_undecided(judge: Judge) -> None:
    verdict = judge(LAW, law("1 - np.exp(-s / 2)", "1 - np.exp(-s / 2)"), kind="InLaw", about="left")
    assert verdict.outcome == "cantTell"
    assert "the control has the same law" in verdict.reason


def test_a_law_without_a_control_is_undecided(judge: Judge) -> None:
    checks = law("1 - np.exp(-s / 2)").split("@the_claim.control")[0]
    assert "needs a control" in judge(LAW, checks, kind="InLaw", about="left").reason


def test_complex_samples_have_no_distribution_function(judge: Judge) -> None:
    checks = law("1 - np.exp(-s / 2)").replace("return s,", "return s + 0j,")
    verdict = judge(LAW, checks, kind="InLaw", about="left")
    assert verdict.outcome == "cantTell"
    assert "omplex" in verdict.reason


CHANCE = """
def left(u: Uniform[Array, "samples 3"]) -> Array:
    # The largest of three uniform numbers exceeds one half with probability 7/8.
    return array_namespace(u).max(u, axis=-1) > 0.5
"""


def chance(stated: str, control: str = "u[:, 0] > 0.5") -> str:
    return f"""
@check
def the_claim(use, u: Uniform[Array, "samples 3"]):
    return use("left")(u), {stated}

@the_claim.control("one number only")
def _(use, u):
    return {control}, {stated}
"""


def test_an_event_that_is_frequent_enough_passes(judge: Judge) -> None:
    verdict = judge(CHANCE, chance("4 / 5"), kind="Recovery", about="left")
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength == "Statistical"
    assert "exact binomial test" in verdict.method


@pytest.mark.parametrize("stated", ["0.95", "0.99", "19 / 20"])
def test_an_event_that_is_too_rare_does_not_pass(judge: Judge, stated: str) -> None:
    checks = chance(stated, "u[:, 0] > 0.13")
    assert judge(CHANCE, checks, kind="Recovery", about="left").outcome == "failed"


@pytest.mark.parametrize("stated", ["0.0", "1.0", "-1", "2"])
def test_a_probability_that_says_nothing_is_undecided(judge: Judge, stated: str) -> None:
    verdict = judge(CHANCE, chance(stated), kind="Recovery", about="left")
    assert verdict.outcome == "cantTell"
    assert "the bound is vacuous" in verdict.reason


def test_a_control_that_succeeds_as_often_makes_it_undecided(judge: Judge) -> None:
    verdict = judge(CHANCE, chance("4 / 5", 'use("left")(u)'), kind="Recovery", about="left")
    assert verdict.outcome == "cantTell"
    assert "control" in verdict.reason


MEAN_ERROR = """
def left(g: Normal[Array, "samples n"]) -> Array:
    return array_namespace(g).mean(g, axis=-1)
"""


def rate(exponent: str, sizes: str = "(16, 32, 64, 128, 256)") -> str:
    return f"""
@check(sizes={{"n": {sizes}}})
def the_claim(use, g: Normal[Array, "samples n"]):
    return use("left")(g), {exponent}

@the_claim.control("without averaging")
def _(use, g):
    return g[:, 0], {exponent}
"""


def test_a_true_rate_passes(judge: Judge) -> None:
    verdict = judge(MEAN_ERROR, rate("-1 / 2"), kind="Convergence", about="left")
    assert verdict.outcome == "passed", verdict.reason
    assert "excludes -1 and 0" in verdict.method


@pytest.mark.parametrize("exponent", ["-1", "0", "-2 / 3", "1 / 2"])
def test_a_wrong_rate_fails(judge: Judge, exponent: str) -> None:
    verdict = judge(MEAN_ERROR, rate(exponent), kind="Convergence", about="left")
    assert verdict.outcome == "failed"
    assert "the error falls as n^-0." in verdict.reason


def test_a_rate_needs_several_sizes(judge: Judge) -> None:
    verdict = judge(MEAN_ERROR, rate("-1 / 2", "(16, 32)"), kind="Convergence", about="left")
    assert verdict.outcome == "cantTell"
    assert "at least four sizes" in verdict.reason


EULER = """
def left(x: Real[Array, ""], n: Size[int, "n"]) -> Array:
    return (1 + constant(x, 1) / n) ** n + 0 * x
"""


def limit(stated: str, control: str, sizes: str = "(64, 128, 256, 512, 1024)") -> str:
    return f"""
@check(sizes={{"n": {sizes}}})
def the_claim(use, x: Real[Array, ""], n: Size[int, "n"]):
    return use("left")(x, n), {stated}

@the_claim.control("the nearest wrong number")
def _(use, x, n):
    return use("left")(x, n), {control}
"""


def test_a_true_limit_passes(judge: Judge) -> None:
    verdict = judge(EULER, limit("2 * math.e / 2", "2.7"), kind="Limit", about="left")
    assert verdict.outcome == "passed", verdict.reason


@pytest.mark.parametrize("stated", ["2.72", "2.7", "3"])
def test_a_wrong_limit_fails(judge: Judge, stated: str) -> None:
    verdict = judge(EULER, limit(stated, "2.71"), kind="Limit", about="left")
    assert verdict.outcome == "failed"
    assert "the values tend to 2.718" in verdict.reason


def test_a_grid_too_coarse_for_its_control_is_undecided(judge: Judge) -> None:
    verdict = judge(EULER, limit("math.e", "2.72", "(2, 4, 8, 16)"), kind="Limit", about="left")
    assert verdict.outcome == "cantTell"
    assert "larger sizes are needed" in verdict.reason


def test_a_report_without_a_check_is_reported_and_never_verified(judge: Judge) -> None:
    verdict = judge(EULER, "", kind="Report", about="left")
    assert verdict.outcome == "inapplicable"
    assert verdict.strength != "Proved"
