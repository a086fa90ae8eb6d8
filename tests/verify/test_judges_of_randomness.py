"""Claims about randomness that a careless test would let pass, and the measured rates of error in a quick version."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kg.verify.run import JUDGES
from kg.verify.verdict import Verdict
from kg.verify.workshop import load, trial_for

Judge = Callable[..., Verdict]

NOTHING = """
def left(g: Normal[Array, "samples 2"]) -> Array:
    return g[:, 0]
"""


@pytest.fixture
def said(judge: Judge) -> Callable[[str, str], Verdict]:
    """The verdict on a check that needs no implementation."""
    return lambda kind, checks: judge(NOTHING, checks, kind=kind, about="left")


Said = Callable[[str, str], Verdict]


@pytest.fixture
def alone(make: Callable[..., Any]) -> Said:
    """What the judge of the kind says before anything is said about mutants."""

    def verdict(kind: str, checks: str) -> Verdict:
        tiny = make(NOTHING, checks, kind=kind, about="left")
        trial, check = trial_for(load(tiny.project), tiny.claim(), tiny.digest())
        return JUDGES[kind](trial, check, Verdict("the_claim", kind, "untested"))

    return verdict


# The largest eigenvalue of a 2×2 matrix of the Gaussian unitary ensemble, and the law of its limit's edge.
LIMIT_LAW = """
def _sum(g):
    # (Γ(8) variable − its mean)/its deviation, in place of its normal limit.
    return (np.sum(g * g, axis=-1) / 2 - 8) / math.sqrt(8)

def _normal(x):
    return np.asarray([0.5 * math.erfc(-v / math.sqrt(2)) for v in x])

@check
def the_claim(use, g: Normal[Array, "samples 16"]):
    s = _sum(g)
    return s, _normal(s)

@the_claim.control("the normal law, a twelfth of a deviation away")
def _(use, g):
    s = _sum(g)
    return s, _normal(s - 1 / 12)
"""


def test_the_limit_law_at_a_finite_size_is_not_accepted(said: Said) -> None:
    verdict = said("InLaw", LIMIT_LAW)
    assert verdict.outcome == "failed"
    assert "the laws are" in verdict.reason


FINITE_MEAN = """
@check
def the_claim(use, x: Normal[Array, "samples 16 8"]):
    S = np.swapaxes(x, 1, 2) @ x / 16
    return np.trace(S @ S, axis1=1, axis2=2) / 8, {stated}

@the_claim.control("the other of the two formulas")
def _(use, x):
    S = np.swapaxes(x, 1, 2) @ x / 16
    return np.trace(S @ S, axis1=1, axis2=2) / 8, {rival}
"""


def test_the_limit_of_a_mean_is_not_accepted_at_a_finite_size(alone: Said) -> None:
    # Each formula is judged against the other: with a control twice as far the margin would be the very difference.
    exact, limit = "1 + 8 / 16 + 1 / 16", "1 + 8 / 16"
    assert alone("InExpectation", FINITE_MEAN.format(stated=exact, rival=limit)).outcome == "passed"
    assert alone("InExpectation", FINITE_MEAN.format(stated=limit, rival=exact)).outcome == "failed"


SPECTRUM = """
def _semicircle(x):
    y = np.clip(x / 2, -1, 1)
    return 0.5 + (y * np.sqrt(1 - y * y) + np.arcsin(y)) / math.pi

def _eigenvalues(g):
    n = g.shape[-1]
    return {eigenvalues}

@check{sizes}
def the_claim(use, g: Normal[Array, "{shape}"]):
    x = _eigenvalues(g)
    return x, _semicircle(x)

@the_claim.control("a wider semicircle")
def _(use, g):
    x = _eigenvalues(g)
    return x, _semicircle(x / 1.2)
"""


@pytest.mark.parametrize(
    ("eigenvalues", "shape", "said_of_it"),
    [
        (
            "np.linalg.eigvalsh(g + np.swapaxes(g, -1, -2)).reshape(-1) / math.sqrt(2 * n)",
            "samples n n",
            "must hold one for each draw",
        ),
        (
            "np.linalg.eigvalsh(g + np.swapaxes(g, -1, -2)) / math.sqrt(2 * n)",
            "samples n n",
            "one number for each draw",
        ),
        ("np.linalg.eigvalsh(g + g.T) / math.sqrt(2 * n)", "samples samples", "not independent"),
    ],
    ids=["flattened", "as columns", "one large matrix"],
)
def test_eigenvalues_of_one_matrix_are_not_taken_for_independent(
    said: Said, eigenvalues: str, shape: str, said_of_it: str
) -> None:
    sizes = '(sizes={"n": (40, 50)})' if " n" in shape else ""
    verdict = said("InLaw", SPECTRUM.format(eigenvalues=eigenvalues, shape=shape, sizes=sizes))
    assert verdict.outcome == "cantTell"
    assert said_of_it in verdict.reason


@pytest.mark.parametrize(
    "sample",
    ["np.sort(g[:, 0])", "np.cumsum(g[:, 0])", "g[:, 0] - g[:, 0].mean()", "g[:, 0] / g[:, 0].std()"],
)
@pytest.mark.parametrize("kind", ["InExpectation", "InLaw"])
def test_samples_treated_together_are_not_taken_for_independent(said: Said, sample: str, kind: str) -> None:
    right = {"InExpectation": "0", "InLaw": "0.5 + 0 * s"}[kind]
    checks = f"""
@check
def the_claim(use, g: Normal[Array, "samples 2"]):
    s = {sample}
    return s, {right}

@the_claim.control("shifted")
def _(use, g):
    s = {sample} - 1
    return s, {right}
"""
    verdict = said(kind, checks)
    assert verdict.outcome == "cantTell"
    assert "not independent" in verdict.reason


RATE = """
@check(sizes={{"n": {sizes}}})
def the_claim(use, {inputs}n: Size[int, "n"]):
    return {error}, {stated}

@the_claim.control("twice the exponent")
def _(use, {names}n):
    return {error}, 2 * {stated}
"""


@pytest.mark.parametrize("stated", ["-1.0", "-0.5"])
@pytest.mark.parametrize("sizes", ["(2, 4, 8, 16)", "(16, 32, 64, 128)"])
def test_sizes_before_the_power_is_in_sight_settle_no_rate(said: Said, stated: str, sizes: str) -> None:
    # n^(−1/2) is hidden under 20/n until n is several hundred: small sizes show −1.
    error = "n**-0.5 + 20 / n"
    checks = RATE.format(sizes=sizes, inputs="", names="", error=error, stated=stated)
    assert said("Convergence", checks).outcome == "cantTell"


def test_noisy_errors_over_too_narrow_a_range_settle_no_rate(said: Said) -> None:
    error = "n**-0.5 * np.exp(2 * g)"
    for stated in ("-0.5", "-1.0"):
        checks = RATE.format(
            sizes="(10, 11, 12, 13)",
            inputs='g: Normal[Array, "samples"], ',
            names="g, ",
            error=error,
            stated=stated,
        )
        verdict = said("Convergence", checks)
        assert verdict.outcome == "cantTell"
        assert "too wide to tell exponents" in verdict.reason


LIMIT = """
@check(sizes={{"n": {sizes}}})
def the_claim(use, {inputs}n: Size[int, "n"]):
    return {value}, {stated}

@the_claim.control("the nearest wrong limit")
def _(use, {names}n):
    return {value}, {rival}
"""


@pytest.mark.parametrize("stated", ["2.72", "math.e"])
def test_a_coarse_grid_accepts_no_limit(said: Said, stated: str) -> None:
    checks = LIMIT.format(
        sizes="(2, 4, 8, 16)", inputs="", names="", value="(1 + 1 / n) ** n", stated=stated, rival="2.725"
    )
    assert said("Limit", checks).outcome == "cantTell"


@pytest.mark.parametrize("seed", range(6))
def test_noise_does_not_decide_a_limit(said: Said, seed: int) -> None:
    # The values are 1 + 1/n with so much noise that 200 of them tell nothing.
    value = f"1 + 1 / n + 3 * g[:, {seed}]"
    for stated in ("1", "1.1"):
        checks = LIMIT.format(
            sizes="(8, 16, 32, 64, 128)",
            inputs='g: Normal[Array, "samples 6"], ',
            names="g, ",
            value=value,
            stated=stated,
            rival="1.2",
        )
        assert said("Limit", checks).outcome == "cantTell"


HEAVY = """
@check
def the_claim(use, g: Normal[Array, "samples 3"]):
    # E exp(σg − σ²/2) = 1, but nearly all of the mean comes from draws that never happen.
    return np.exp({sigma} * g[:, 0] - {sigma} ** 2 / 2), {stated}

@the_claim.control("half as much again")
def _(use, g):
    return np.exp({sigma} * g[:, 0] - {sigma} ** 2 / 2), {stated} * 1.5
"""


@pytest.mark.parametrize("sigma", [3, 4, 6, 9])
@pytest.mark.parametrize("stated", ["1", "0.001", "2"])
def test_heavy_tails_whose_pilot_lies_settle_no_mean(said: Said, sigma: int, stated: str) -> None:
    assert said("InExpectation", HEAVY.format(sigma=sigma, stated=stated)).outcome == "cantTell"


def test_light_tails_are_not_disturbed_by_that(alone: Said) -> None:
    assert alone("InExpectation", HEAVY.format(sigma=0.5, stated="1")).outcome == "passed"


PURSUIT = """
def _one_column_found(a, columns, rows):
    # One column of a Gaussian matrix, seen through `rows` measurements: is it the one best correlated with itself?
    a = a[:, :rows, :]
    products = np.abs(np.einsum("snd,sn->sd", a, a[:, :, 0]))
    return np.argmax(products[:, :columns], axis=1) == 0

@check
def the_claim(use, a: Normal[Array, "samples 40 30"]):
    return _one_column_found(a, 30, 40), {stated}

@the_claim.control("{control}")
def _(use, a):
    return {broken}, {stated}
"""


@pytest.mark.parametrize("stated", ["1 - 30 * math.exp(-1)", "0.0", "1.0", "1.3"])
def test_a_vacuous_guarantee_is_undecided(said: Said, stated: str) -> None:
    broken = "_one_column_found(a, 30, 2)"
    verdict = said("Recovery", PURSUIT.format(stated=stated, control="two measurements", broken=broken))
    assert verdict.outcome == "cantTell"
    assert "vacuous" in verdict.reason


def test_more_measurements_than_unknowns_leave_nothing_to_guarantee(said: Said) -> None:
    # With 40 measurements of 30 unknowns everything is found, and so it is by the control.
    broken = "_one_column_found(a[:, :, ::-1][:, :, ::-1], 30, 39)"
    verdict = said("Recovery", PURSUIT.format(stated="0.9", control="one fewer", broken=broken))
    assert verdict.outcome == "cantTell"
    assert "no control succeeds clearly less often" in verdict.reason


SPARSE = """
def left(x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    return xp.sum(xp.abs(x)) ** 2

@check(relation="<=", sizes={"n": (5, 7)})
def the_claim(use, x: Real[Array, "n"]):
    # Random entries keep below 0.9; aligned ones, all of the same size, do not.
    return 10 * use("left")(x), 9 * x.shape[0] * (x @ x)

@the_claim.control("two thirds of it")
def _(use, x):
    return 10 * use("left")(x), 6 * x.shape[0] * (x @ x)
"""


def test_what_holds_for_random_inputs_is_no_uniform_guarantee(judge: Judge) -> None:
    impl, checks = SPARSE.split("@check", 1)
    verdict = judge(impl, "@check" + checks, kind="Bound", about="left")
    assert verdict.outcome == "failed"


def test_sampling_is_never_reported_as_proof(alone: Said, judge: Judge) -> None:
    impl, checks = SPARSE.split("@check", 1)
    bound = judge(impl, "@check" + checks.replace("9 *", "10 *"), kind="Bound", about="left")
    assert (bound.outcome, bound.strength) == ("passed", "Sampled")
    chance = PURSUIT.format(stated="0.9", control="two", broken="_one_column_found(a, 30, 2)")
    found = alone("Recovery", chance)
    assert (found.outcome, found.strength) == ("passed", "Statistical")
    assert "draws" in found.method


LOW_POWER = {
    "InExpectation": ("g[:, 0]", "0", "1e-4"),
    "InLaw": ("(g[:, 0] ** 2 + g[:, 1] ** 2)", "1 - np.exp(-s / 2)", "1 - np.exp(-s / 2.003)"),
    "Recovery": ("g[:, 0] > 0", "0.5", "0.503"),
}


@pytest.mark.parametrize("kind", LOW_POWER)
def test_a_test_without_power_against_its_control_settles_nothing(said: Said, kind: str) -> None:
    sample, stated, rival = LOW_POWER[kind]
    checks = f"""
@check
def the_claim(use, g: Normal[Array, "samples 2"]):
    s = {sample}
    return s, {stated}

@the_claim.control("too near to tell")
def _(use, g):
    s = {sample}
    return s, {rival}
"""
    assert said(kind, checks).outcome == "cantTell"


# The benchmark, in a quick version ------------------------------------------------------------------------------


@cache
def _benchmark() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "judging_known_claims.py"
    spec = importlib.util.spec_from_file_location("judging_known_claims", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("true", [True, False], ids=["true", "false"])
@pytest.mark.parametrize("kind", ["InExpectation", "InLaw", "Recovery", "Convergence", "Limit", "Bound"])
def test_of_twenty_claims_of_known_truth_none_is_judged_wrongly(kind: str, true: bool) -> None:
    outcomes = Counter(_benchmark().judged(kind, true, number) for number in range(20))
    assert not outcomes["failed" if true else "passed"]
    assert outcomes["cantTell"] <= 10
