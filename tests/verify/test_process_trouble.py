"""Whatever a check does to its process becomes an outcome of that claim, and of no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg.errors import UsageError
from kg.verify import verify
from kg.verify.verdict import Verdict

Make = Callable[..., Any]
Turtle = Callable[..., str]

IMPL = """
import os
import signal
import sys
import time

def good(x: Real[Array, "n"]) -> Array:
    return x * x

def also_good(x: Real[Array, "n"]) -> Array:
    return x**2

def without_domain(x) -> Array:
    return x * x
"""

# The claim's name, the body of its check, and what the reason must say.
TROUBLE: dict[str, tuple[str, str]] = {
    "raises": (
        "raise RuntimeError('the sky is falling')",
        "the check raised RuntimeError: the sky is falling (text.py:",
    ),
    "returns_one_side": (
        "return use('good')(x)",
        "a check must return its two sides as a pair, got one ndarray",
    ),
    "returns_three_sides": ("return x, x, x", "a check must return its two sides as a pair, got 3 values"),
    "returns_nothing": ("use('good')(x)", "a check must return its two sides as a pair, got nothing"),
    "returns_empty_sides": ("return [], []", "the sides hold 0 and 0 arrays; both must hold the same number"),
    "returns_unequal_sides": (
        "return [x, x], [x]",
        "the sides hold 2 and 1 arrays; both must hold the same number",
    ),
    "returns_other_shapes": ("return x, x[:1]", "the sides have shapes (5,) and (1,); make them equal"),
    "returns_text": ("return 'left', 'right'", ""),
    "is_nan_on_both_sides": (
        "zero = x - x\n    return use('good')(x) / zero, use('also_good')(x) / zero",
        "NaN",
    ),
    "is_infinite_on_both_sides": (
        "xp = array_namespace(x)\n    return xp.log(0 * use('good')(x)), xp.log(0 * use('also_good')(x))",
        "",
    ),
    "hangs": ("while True: pass", "stopped after 3 seconds"),
    "sleeps": ("__import__('time').sleep(600)", "stopped after 3 seconds"),
    "exits_at_once": ("__import__('os')._exit(7)", "its process died (exit code 7)"),
    "is_killed": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "its process died (exit code -9)",
    ),
    "calls_sys_exit": ("raise SystemExit(3)", "SystemExit"),
    "recurses": ("def again(): return again()\n    return again()", "RecursionError"),
    "misspells_a_name": (
        "return use('goood')(x), use('good')(x)",
        "no implementation is called 'goood'; did you mean 'good'?",
    ),
    "asks_for_nothing_known": ("return use('zzzz')(x), x", "no implementation is called 'zzzz'"),
    "asserts": ("assert False, 'this check asserts'", "AssertionError: this check asserts"),
    "raises_an_odd_error": (
        "class Odd(Exception):\n        def __init__(self, a, b): super().__init__()\n    raise Odd(1, 2)",
        "Odd",
    ),
    "asks_for_too_much_memory": ("np.ones((200_000, 200_000)); return x, x", "emory"),
    "warns": ("import warnings; warnings.warn('beware')\n    return use('good')(x), use('also_good')(x)", ""),
    "prints": ("print('noise' * 1000)\n    return use('good')(x), use('also_good')(x)", ""),
}


def written(name: str, body: str, domain: str = 'Real[Array, "n"]') -> str:
    return f"""
@check(sizes={{"n": (5,)}})
def {name}(use, x: {domain}):
    {body}

@{name}.control("one side is doubled")
def _(use, x):
    return 2 * use("good")(x), use("also_good")(x)
"""


EXTRA = (
    written("has_no_domain", "return use('good')(x), use('also_good')(x)").replace(
        ': Real[Array, "n"]', "", 1
    )
    + written("has_an_unknown_domain", "return use('good')(x), use('also_good')(x)", 'Unreal[Array, "n"]')
    + written("can_never_be_drawn", "return use('good')(x), use('also_good')(x)")
    + written("has_an_impossible_size", "return use('good')(x), use('also_good')(x)")
    + written("has_no_condition_code", "return use('good')(x), use('also_good')(x)")
    + written("is_fine", "return use('good')(x), use('also_good')(x)")
    + """
@condition
def never(x):
    return False

@condition
def too_large(n):
    return n > 1000
"""
)

EXPECTED = {
    **{name: reason for name, (_, reason) in TROUBLE.items()},
    "has_no_domain": "parameter 'x' of has_no_domain has no domain; write e.g. x: Real[Array,",
    "has_an_unknown_domain": "Unreal",
    "can_never_be_drawn": "condition never does not hold for this draw",
    "has_an_impossible_size": "the inputs can never be drawn: no sizes of n satisfy too_large",
    "has_no_condition_code": "condition 'unwritten' has no @condition function",
    "has_no_check": "has no check: write a function of that name with @check",
    "is_fin": "is_fin has no check: did you mean 'is_fine'?",
}
PASSING = {"is_fine", "warns", "prints"}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> dict[str, Verdict]:
    """All the trouble at once, in two processes."""
    make = request.getfixturevalue("make_project")
    turtle = request.getfixturevalue("turtle")
    conditions = {"can_never_be_drawn": ("never",), "has_an_impossible_size": ("too_large",)}
    conditions["has_no_condition_code"] = ("unwritten",)
    names = [*EXPECTED, "is_fine"]
    stanzas = [turtle(n, left="good", right="also_good", conditions=conditions.get(n, ())) for n in names]
    stanzas[names.index("has_no_check")] = turtle("has_no_check", about="good")
    stanzas[names.index("is_fin")] = turtle("is_fin", about="good")
    checks = "".join(written(name, body) for name, (body, _) in TROUBLE.items()) + EXTRA
    tiny = make(tmp_path_factory.mktemp("trouble"), IMPL, checks, *stanzas)
    return {v.claim: v for v in verify(tiny.graph, everything=True, jobs=2, seconds_per_claim=3)}


def test_every_claim_has_an_outcome(verdicts: dict[str, Verdict]) -> None:
    assert set(verdicts) == {*EXPECTED, "is_fine"}
    assert list(verdicts) == sorted(verdicts)
    assert all(v.outcome in ("passed", "cantTell") for v in verdicts.values())
    assert all(v.digest for v in verdicts.values())


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - PASSING))
def test_trouble_is_an_outcome_with_a_reason(verdicts: dict[str, Verdict], name: str) -> None:
    verdict = verdicts[name]
    assert verdict.outcome == "cantTell", verdict
    assert verdict.strength is None
    assert verdict.reason
    assert EXPECTED[name] in verdict.reason
    assert "Traceback" not in verdict.reason
    assert "\n" not in verdict.reason.strip()


@pytest.mark.parametrize("name", sorted(PASSING))
def test_a_healthy_claim_among_them_is_judged_as_ever(verdicts: dict[str, Verdict], name: str) -> None:
    assert verdicts[name].outcome == "passed", verdicts[name].reason


def test_no_reason_names_a_folder_of_this_machine(
    verdicts: dict[str, Verdict], tmp_path_factory: Any
) -> None:
    root = str(tmp_path_factory.getbasetemp())
    assert not any(root in v.reason or "/kg/" in v.reason for v in verdicts.values())


PAIR = """
def left(x: Real[Array, "n"]) -> Array:
    return x * x

def right(x: Real[Array, "n"]) -> Array:
    return x**2

def third(x: Real[Array, "n"]) -> Array:
    return x * x * x

def fourth(x: Real[Array, "n"]) -> Array:
    return x**3
"""


@pytest.fixture
def two(make: Make, turtle: Turtle) -> Any:
    return make(PAIR, "", turtle("one_claim"), turtle("two_claim", left="third", right="fourth"))


def test_a_name_that_is_no_claim_is_answered_with_a_guess(two: Any) -> None:
    for name, guess in (("one_clam", "'one_claim'"), ("claim:two_clai", "'two_claim'"), ("zzz", "kg list")):
        with pytest.raises(UsageError, match="there is no claim of this name") as caught:
            verify(two.graph, [name])
        assert guess in str(caught.value)


def test_only_the_named_claims_run_once_each_in_order(two: Any) -> None:
    seen: list[tuple[str, int, int]] = []
    found = verify(
        two.graph,
        ["two_claim", "claim:one_claim", "two_claim"],
        jobs=1,
        progress=lambda verdict, done, total: seen.append((verdict.claim, done, total)),
    )
    assert [v.claim for v in found] == ["one_claim", "two_claim"]
    assert [row[1:] for row in seen] == [(1, 2), (2, 2)]


def test_one_process_and_two_give_the_same_verdicts(two: Any) -> None:
    one, more = (verify(two.graph, jobs=jobs) for jobs in (1, 2))
    assert [v.but(seconds=0.0) for v in one] == [v.but(seconds=0.0) for v in more]


def test_the_first_failure_may_end_the_run(two: Any) -> None:
    two.edit("impl", "return x**2", "return x**4")
    two.edit("impl", "return x**3", "return x**5")
    found = verify(two.graph, jobs=1, fail_fast=True)
    assert [v.outcome for v in found] == ["failed"]


def test_a_module_that_cannot_be_imported_is_an_outcome_of_every_claim(two: Any) -> None:
    two.edit("impl", "import math", "import no_such_module_anywhere")
    for verdict in verify(two.graph, jobs=1):
        assert verdict.outcome == "cantTell"
        assert "could not be imported: ModuleNotFoundError" in verdict.reason


def test_an_edit_is_seen_by_a_session_that_has_verified_before(two: Any) -> None:
    assert two.verdict("one_claim").outcome == "passed"
    assert {v.outcome for v in verify(two.graph, jobs=1)} == {"passed"}
    two.edit("impl", "return x**2", "return x**4")
    assert two.verdict("one_claim").outcome == "failed"
    outcomes = {v.claim: v.outcome for v in verify(two.graph, jobs=1)}
    assert outcomes == {"one_claim": "failed", "two_claim": "passed"}


def test_two_projects_with_packages_of_one_name_do_not_share_code(make: Make, tmp_path: Any) -> None:
    import shutil

    first = make(PAIR)
    second = type(first)(tmp_path / "copy", first.package)
    shutil.copytree(first.root, second.root)
    second.edit("impl", "return x**2", "return x**4")
    assert [first.verdict().outcome, second.verdict().outcome, first.verdict().outcome] == [
        "passed",
        "failed",
        "passed",
    ]
    first.edit("impl", "return x * x\n", "return 3 * x * x\n")
    assert first.verdict().outcome == "failed"
    second.edit("impl", "return x**4", "return x * x * 1")
    assert second.verdict().outcome == "passed"
