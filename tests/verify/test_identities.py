"""Identities, reductions and equalities up to a group: true ones pass at the level they deserve, false ones fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.verify import equality, floating, residue, scaling
from kg.verify.trial import Trial
from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]


def pair(left: str, right: str, domains: str = 'x: Real[Array, "n"], y: Real[Array, "n"]') -> str:
    return f"""
def left({domains}) -> Array:
    xp = array_namespace(x)
    return {left}

def right({domains}) -> Array:
    xp = array_namespace(x)
    return {right}
"""


TRUE = [
    ("rational", "(x + y) * (x - y)", "x**2 - y**2", "IdentityTested"),
    ("quotients", "1 / x + 1 / y", "(x + y) / (x * y)", "IdentityTested"),
    ("exponentials", "xp.exp(x + y)", "xp.exp(x) * xp.exp(y)", "IdentityTested"),
    ("tanh", "xp.tanh(x + y)", "(xp.tanh(x) + xp.tanh(y)) / (1 + xp.tanh(x) * xp.tanh(y))", "IdentityTested"),
    ("angles", "xp.cos(x + y)", "xp.cos(x) * xp.cos(y) - xp.sin(x) * xp.sin(y)", "IdentityTested"),
    ("odd erf", "erf(x - y)", "-erf(y - x)", "IdentityTested"),
    ("a kink", "xp.maximum(x, y)", "(x + y + abs(x - y)) / 2", "Proved"),
    ("logarithms", "xp.log(x * x) + y", "y + 2 * xp.log(abs(x))", "Scaled"),
    ("mixed functions", "xp.log(1 + xp.exp(x)) + y", "x + xp.log(1 + xp.exp(-x)) + y", "Scaled"),
]


@pytest.mark.parametrize(("left", "right", "strength"), [t[1:] for t in TRUE], ids=[t[0] for t in TRUE])
def test_a_true_identity_is_judged_by_the_strongest_arithmetic_that_applies(
    judge: Judge, left: str, right: str, strength: str
) -> None:
    verdict = judge(pair(f"{left} + 0 * x + 0 * y", right))
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.strength == strength
    assert verdict.method
    assert verdict.mutants is not None
    assert verdict.mutants[0] > 0
    assert (verdict.log2_error is not None) == (strength == "IdentityTested")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(x + y) * (x - y)", "x**2 + y**2"),
        ("xp.exp(x * y)", "xp.exp(x) * xp.exp(y)"),
        ("xp.tanh(x + y)", "xp.tanh(x) + xp.tanh(y)"),
        ("xp.cos(x + y)", "xp.cos(x) * xp.cos(y) + xp.sin(x) * xp.sin(y)"),
        ("erf(x + y)", "erf(x) + erf(y)"),
        ("xp.maximum(x, y)", "(x + y + abs(x + y)) / 2"),
        ("xp.log(abs(x) + abs(y))", "xp.log(abs(x)) + xp.log(abs(y))"),
        ("x * 3 / 7 + y", "x * 4285714285714286 / 10**16 + y"),
        ("x + y * constant(x, 1) / 2**60", "x + 0 * y"),
        ("xp.sqrt(x * x) + y", "x + y"),
    ],
)
def test_a_false_identity_fails_with_a_certificate_or_a_size(judge: Judge, left: str, right: str) -> None:
    verdict = judge(pair(left, right))
    assert verdict.outcome == "failed", verdict
    assert "differ" in verdict.reason
    assert verdict.strength is None
    assert verdict.log2_error is None


def test_a_defect_below_the_precision_of_floats_is_found(make: Callable[..., Any]) -> None:
    tiny = make(pair("xp.sin(x) + y * constant(x, 1) / 2**200", "xp.sin(x) + 0 * y"))
    assert floating.judge(tiny.trial()).accepted is True
    assert tiny.verdict().outcome == "failed"


def test_a_side_that_has_no_value_in_balls_gives_no_tolerance_that_accepts_anything(judge: Judge) -> None:
    # In balls the root is of a number that may be negative; in floats both sides are finite, and they differ.
    zero = "xp.sqrt(xp.sin(x) ** 2 - xp.sin(x) * xp.sin(x))"
    assert judge(pair(f"{zero} + xp.log(abs(y))", "xp.log(y * y)")).outcome == "failed"
    assert judge(pair(f"{zero} + 2 * xp.log(abs(y))", "xp.log(y * y) + 0 * x")).outcome != "failed"


def test_what_balls_agree_to_is_said_in_bits(judge: Judge) -> None:
    verdict = judge(pair("xp.log(x * x) + y", "2 * xp.log(abs(x)) + y"))
    assert "balls at 128 and 320 bits, 3 draws; equal to at least" in verdict.method
    assert "not testable over residues" in verdict.reason


def test_the_shapes_that_were_tested_are_told_and_pairwise_distinct(judge: Judge) -> None:
    verdict = judge(pair("(x @ y).mT", "y.mT @ x.mT", 'x: Real[Array, "n d"], y: Real[Array, "d m"]'))
    assert len(verdict.shapes) == 3
    for shape in verdict.shapes:
        sizes = dict(part.split("=") for part in shape.split())
        assert set(sizes) == {"n", "d", "m"}
        assert len(set(sizes.values())) == 3
        assert max(map(int, sizes.values())) >= 5


def test_a_claim_about_one_dimension_is_tried_at_more_than_one_size(judge: Judge) -> None:
    verdict = judge(pair("x * (x + y)", "x * x + x * y"))
    assert len(verdict.shapes) >= 3


@pytest.mark.parametrize("only", ["2", "3", "5"])
def test_a_claim_that_fails_at_one_of_the_usual_sizes_fails(judge: Judge, only: str) -> None:
    verdict = judge(pair("x * y", f"x * y * (2 if x.shape[0] == {only} else 1)"))
    assert verdict.outcome == "failed"


def test_an_identity_that_holds_exactly_but_overflows_in_floats_is_undecided(judge: Judge) -> None:
    verdict = judge(pair("xp.exp(600 * x * x) / xp.exp(600 * x * x - y)", "xp.exp(y)"))
    assert verdict.outcome == "cantTell"
    assert "equal exactly, but not in float64" in verdict.reason


def test_numbers_beyond_the_range_of_floats_are_no_error_of_the_judge(judge: Judge) -> None:
    verdict = judge(
        pair("xp.sin(x) * xp.exp(xp.exp(9 + y))", "xp.exp(xp.exp(y + 9)) * xp.sin(x)"),
    )
    assert "raised" not in verdict.reason
    assert verdict.outcome in ("passed", "cantTell")


@pytest.mark.parametrize("kind", ["Reduction", "Identity"])
def test_a_reduction_is_judged_like_an_identity(judge: Judge, kind: str) -> None:
    impl = """
    def left(x: Real[Array, "n"], scale: Real[Array, ""]) -> Array:
        return scale * x

    def right(x: Real[Array, "n"]) -> Array:
        return x + x
    """
    checks = """
    @check
    def the_claim(use, x: Real[Array, "n"]):
        return use("left")(x, constant(x, {scale})), use("right")(x)

    @the_claim.control("a scale of four")
    def _(use, x):
        return use("left")(x, constant(x, 4)), use("right")(x)
    """
    assert judge(impl, checks.format(scale=2), kind=kind).outcome == "passed"
    assert judge(impl, checks.format(scale=3), kind=kind).outcome == "failed"


GROUPS = [
    ("Scale", "x", "-3 * x", True),
    ("Scale", "x", "x * x", False),
    ("Sign", "x", "-x", True),
    ("Sign", "x", "2 * x", False),
    ("Sign", "x", "abs(x) * xp.where(np.arange(x.shape[0])[:, None] > 0, -1, 1)", False),
    ("Permutation", "x", "xp.flip(x, axis=0)", True),
    ("Permutation", "x", "xp.flip(x, axis=1)", False),
    ("Permutation", "x", "xp.concat([x[:1, :], x[:1, :], x[2:, :]], axis=0)", False),
    ("Rotation", "x", "x @ rotation(x)", True),
    ("Rotation", "x", "x @ x.mT @ x", False),
    ("Rotation", "x", "2 * x", False),
]


@pytest.mark.parametrize(("group", "left", "right", "true"), GROUPS)
def test_equality_up_to_a_group_forgives_that_group_and_nothing_else(
    make: Callable[..., Any], group: str, left: str, right: str, true: bool
) -> None:
    helper = """
def rotation(x: Real[Array, "n d"]) -> Array:
    xp = array_namespace(x)
    d = x.shape[1]
    skew = x[:1, :] * x[1:2, :].mT - (x[:1, :] * x[1:2, :].mT).mT
    identity = xp.eye(d, dtype=x.dtype)
    return xp.linalg.solve(identity + skew, identity - skew)
"""
    text = pair(left, right, 'x: Real[Array, "n d"]') + helper
    trial = make(text, kind="EqualUpTo", up_to=group).trial()
    assert equality.settle(trial).accepted is true


def test_a_side_that_is_zero_is_not_equal_up_to_scale(judge: Judge) -> None:
    verdict = judge(pair("x * y", "0 * x * y"), kind="EqualUpTo", up_to="Scale")
    assert verdict.outcome != "passed"


def test_an_unknown_group_is_named(judge: Judge) -> None:
    verdict = judge(pair("x * y", "2 * x * y"), kind="EqualUpTo", up_to="Gauge")
    assert verdict.outcome == "cantTell"
    assert "no rule for equality up to Gauge; choose one of Scale, Sign" in verdict.reason


def test_a_shuffled_answer_is_no_identity_without_a_group(judge: Judge) -> None:
    assert judge(pair("x + y", "xp.flip(x + y, axis=0)")).outcome == "failed"


polynomials = st.lists(st.integers(-3, 3), min_size=1, max_size=4)


def trial_of(left: Callable[..., Any], right: Callable[..., Any], seed: str) -> Trial:
    from kg.domains import Domain

    return Trial(
        name=seed,
        function=lambda use, x, y: (left(x, y), right(x, y)),
        domains={"x": Domain("Real", ("n",)), "y": Domain("Real", ("n",))},
        conditions=[],
        implementations={},
        seed=seed,
    )


def horner(coefficients: list[int], x: Any) -> Any:
    value = 0 * x
    for c in reversed(coefficients):
        value = value * x + c
    return value


def powers(coefficients: list[int], x: Any) -> Any:
    return sum((c * x**i for i, c in enumerate(coefficients)), start=0 * x)


@given(polynomials, polynomials)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_two_polynomials_are_equal_exactly_when_their_coefficients_are(a: list[int], b: list[int]) -> None:
    trial = trial_of(lambda x, y: horner(a, x) + y, lambda x, y: powers(b, x) + y, f"{a} {b}")
    length = max(len(a), len(b))
    same = a + [0] * (length - len(a)) == b + [0] * (length - len(b))
    assert residue.judge(trial).accepted is same
    assert residue.accepts(trial) is same
    assert scaling.judge(trial).accepted is same
    assert floating.judge(trial).accepted is same


@given(st.integers(1, 240))
@settings(max_examples=20, deadline=None)
def test_a_relative_defect_is_rejected_however_small(bits: int) -> None:
    trial = trial_of(lambda x, y: x * y, lambda x, y: x * y * (1 + 1 / (0 * x + 2**bits)), f"defect {bits}")
    assert residue.judge(trial).accepted is False
    assert scaling.judge(trial).accepted is False
    # Floats see a defect only above their own rounding.
    assert floating.judge(trial).accepted is (bits > 49) or 46 < bits < 54


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_a_true_but_ill_conditioned_identity_is_accepted_by_floats_as_well(number: int) -> None:
    # (x + 2^20) − 2^20 loses twenty bits; the tolerance must know.
    trial = trial_of(lambda x, y: (x + 2**20) - 2**20 + y, lambda x, y: x + y, f"conditioning {number}")
    assert floating.judge(trial).accepted is True
