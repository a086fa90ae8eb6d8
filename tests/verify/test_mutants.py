"""Mutants: one fixed list of edits; equivalent ones are recognised, and one that survives leaves the claim undecided."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.verify.mutants import edits, mutants
from kg.verify.verdict import Verdict

Judge = Callable[..., Verdict]
Make = Callable[..., Any]


def edited(source: str) -> dict[str, set[str]]:
    """The edits of a function with this body, by operator."""
    node = ast.parse(f"def f(x, y, xp, mask):\n    {source}").body[0]
    assert isinstance(node, ast.FunctionDef)
    found: dict[str, set[str]] = {}
    for edit in edits(node):
        found.setdefault(edit.operator, set()).add(f"{edit.before} → {edit.after}")
    return found


# One line for each operator of the list: the text, the operator, and every edit it makes of this text.
OPERATORS = [
    ("return x + y", "operand dropped", {"x + y → x", "x + y → y"}),
    ("return x / y", "operand dropped", {"x / y → x", "x / y → y"}),
    ("return x @ y", "operand dropped", {"x @ y → x", "x @ y → y"}),
    ("return x - y", "sign flipped", {"x - y → x + y"}),
    ("return -x", "sign flipped", {"-x → x"}),
    ("return x * y", "operator swapped", {"x * y → x / y"}),
    ("return x @ y", "operator swapped", {"x @ y → y @ x"}),
    ("return f(x, 3)", "constant changed", {"3 → 4", "3 → 2"}),
    ("return xp.sum(x, axis=-1)", "axis swapped", {"xp.sum(x, axis=-1) → xp.sum(x, axis=-2)"}),
    ("return xp.sum(x, axis=0)", "axis swapped", {"xp.sum(x, axis=0) → xp.sum(x, axis=1)"}),
    ("return x.mT", "transpose dropped", {"x.mT → x"}),
    (
        "return xp.tril(x)",
        "mask off by one",
        {"xp.tril(x) → xp.tril(x, k=-1)", "xp.tril(x) → xp.tril(x, k=1)"},
    ),
    ("return x < y", "comparison moved", {"x < y → x <= y", "x < y → x > y"}),
    ("return xp.exp(x)", "function dropped", {"xp.exp(x) → x"}),
    ("return xp.conj(x)", "function dropped", {"xp.conj(x) → x"}),
    ("return xp.flip(x, axis=0)", "function dropped", {"xp.flip(x, axis=0) → x"}),
    ("return xp.where(mask, x, y)", "branches exchanged", {"xp.where(mask, x, y) → xp.where(mask, y, x)"}),
]


@pytest.mark.parametrize(("source", "operator", "expected"), OPERATORS)
def test_each_operator_makes_its_edits(source: str, operator: str, expected: set[str]) -> None:
    assert edited(source)[operator] == expected


def test_the_list_of_operators_is_the_documented_one() -> None:
    import kg.verify.mutants as module

    documented = {operator for _, operator, _ in OPERATORS} | {"updates exchanged"}
    assert all(operator in str(module.__doc__) for operator in documented)


def test_neighbouring_updates_change_places() -> None:
    node = ast.parse("def f(x, y):\n    a = x + 1\n    b = a * y\n    return a - b").body[0]
    assert isinstance(node, ast.FunctionDef)
    exchanged = [e for e in edits(node) if e.operator == "updates exchanged"]
    assert [(e.before, e.after) for e in exchanged] == [("a = x + 1", "b = a * y")]
    assert ast.unparse(exchanged[0].tree).splitlines()[1].strip() == "b = a * y"


def test_assignments_that_do_not_depend_on_each_other_are_not_exchanged() -> None:
    exchanged = edited("a = x + 1\n    b = y * 2\n    a = a + b\n    return a")["updates exchanged"]
    assert exchanged == {"b = y * 2 → a = a + b"}


def test_docstrings_floats_and_strings_are_left_alone() -> None:
    assert edited('"""Two words, and 3 numbers."""') == {}
    assert "constant changed" not in edited("return x * 0.5")
    assert "constant changed" not in edited("return f('3', None, True)")


def test_every_edit_is_one_place_and_no_edit_is_the_original() -> None:
    source = "def f(x, y, xp):\n    s = x @ y.mT / 2\n    return xp.sum(xp.exp(s - 1), axis=-1) * -x"
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    texts = [ast.unparse(e.tree) for e in edits(node)]
    assert source not in texts
    assert len(texts) > 15
    assert ast.unparse(node) == source


def test_a_mutant_is_a_function_that_runs_in_the_module_of_the_original() -> None:
    namespace: dict[str, Any] = {"np": np}
    source = "def f(x):\n    return helper(x) + 1\n\ndef helper(x):\n    return x * np.asarray(2.0)"
    tree = ast.parse(source)
    exec(compile(tree, "text", "exec"), namespace)
    f, helper = tree.body
    assert isinstance(f, ast.FunctionDef)
    assert isinstance(helper, ast.FunctionDef)
    found = {str(m): float(m.function(np.asarray(3.0))) for m in mutants(f, namespace["f"], [helper])}
    assert found["line 2: sign flipped: helper(x) + 1 → helper(x) - 1"] == 5
    assert found["line 2: constant changed: 1 → 2"] == 8
    # The private helpers a function is written with are edited as well, and the original is untouched.
    assert found["line 5: operator swapped: x * np.asarray(2.0) → x / np.asarray(2.0)"] == 2.5
    assert float(namespace["f"](np.asarray(3.0))) == 7


def test_every_mutant_of_both_sides_is_caught_or_equivalent(judge: Judge) -> None:
    verdict = judge("""
    def left(q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]) -> Array:
        xp = array_namespace(q)
        return xp.tril(q @ k.mT) @ v / (1 + xp.sum(q * q, axis=-1, keepdims=True))

    def right(q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]) -> Array:
        xp = array_namespace(q)
        rows = []
        for i in range(q.shape[0]):
            total = 0 * v[0, :]
            for j in range(min(i + 1, k.shape[0])):
                total = total + xp.vecdot(q[i, :], k[j, :]) * v[j, :]
            rows.append(total / (1 + xp.vecdot(q[i, :], q[i, :])))
        return xp.stack(rows)
    """)
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.mutants is not None
    killed, total, _ = verdict.mutants
    assert killed == total > 20


SURVIVOR = """
def left(x: Real[Array, "n"], scale: Real[Array, ""]) -> Array:
    return scale * x{more}

def right(x: Real[Array, "n"], scale: Real[Array, ""]) -> Array:
    return x * scale
"""

NO_SCALE = """
@check
def the_claim(use, x: Real[Array, "n"], scale: Real[Array, ""]):
    # The scale is always 1 here, so that dropping it makes no difference.
    return use("left")(x, constant(x, 1)) + scale, use("right")(x, constant(x, 1)) + scale

@the_claim.control("doubled")
def _(use, x, scale):
    return 2 * use("left")(x, scale), use("right")(x, scale)
"""


def test_a_mutant_that_the_check_cannot_see_leaves_the_claim_undecided(judge: Judge) -> None:
    assert judge(SURVIVOR.format(more="")).outcome == "passed"
    verdict = judge(SURVIVOR.format(more=""), NO_SCALE)
    assert verdict.outcome == "cantTell"
    assert verdict.reason.startswith("a mutant was not noticed: left, line ")
    assert "operand dropped: scale * x → x" in verdict.reason
    assert verdict.mutants is not None
    assert verdict.mutants[0] < verdict.mutants[1]


def test_a_survivor_may_be_explained_in_place_and_an_idle_explanation_is_an_error(judge: Judge) -> None:
    explained = (
        NO_SCALE
        + """
the_claim.explain("operand dropped: scale * x → x", "the scale is one in this sentence")
the_claim.explain("operator swapped: scale + x", "no")
"""
    )
    verdict = judge(SURVIVOR.format(more=""), explained)
    assert verdict.outcome == "cantTell"
    assert "no mutant contains 'operator swapped: scale + x'; remove that explanation" in verdict.reason


EQUIVALENT = [
    (
        "a commuted sum",
        "y + x",
        'def right(x: Real[Array, "n"], y: Real[Array, "n"]) -> Array:\n    return x + y + 0',
    ),
    (
        "a neutral factor",
        "(x + y) * 1",
        'def right(x: Real[Array, "n"], y: Real[Array, "n"]) -> Array:\n    return x + y',
    ),
    (
        "a double negation",
        "-(-x) + y",
        'def right(x: Real[Array, "n"], y: Real[Array, "n"]) -> Array:\n    return x + y',
    ),
]


@pytest.mark.parametrize(("text", "right"), [e[1:] for e in EQUIVALENT], ids=[e[0] for e in EQUIVALENT])
def test_a_mutant_that_is_the_same_function_is_counted_as_equivalent(
    judge: Judge, text: str, right: str
) -> None:
    verdict = judge(
        f'def left(x: Real[Array, "n"], y: Real[Array, "n"]) -> Array:\n    return {text}\n\n{right}'
    )
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.mutants is not None
    assert verdict.mutants[0] == verdict.mutants[1] > 0


def test_equivalent_mutants_are_told_apart_from_killed_ones(judge: Judge) -> None:
    verdict = judge("""
    def left(x: Real[Array, "n"]) -> Array:
        return x * 1 + x / 1

    def right(x: Real[Array, "n"]) -> Array:
        return x + x
    """)
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.mutants is not None
    assert verdict.mutants[2] >= 4


def test_the_sign_of_a_stabilising_shift_is_caught_by_large_inputs(judge: Judge) -> None:
    text = """
    def left(x: Real[Array, "n d"]) -> Array:
        xp = array_namespace(x)
        weights = xp.exp(x - shift(x))
        return weights / xp.sum(weights, axis=-1, keepdims=True)

    def right(x: Real[Array, "n d"]) -> Array:
        xp = array_namespace(x)
        rows = []
        for i in range(x.shape[0]):
            weights = xp.exp(x[i, :] - shift(x[i, :]))
            rows.append(weights / xp.sum(weights))
        return xp.stack(rows)
    """
    verdict = judge(text)
    # Exactly equal, but not where exponentials overflow: "x + shift(x)" must be among those caught.
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.mutants is not None
    assert verdict.mutants[0] == verdict.mutants[1] > 8


def test_what_a_private_helper_does_is_probed_as_well(judge: Judge) -> None:
    verdict = judge("""
    def _work(x):
        return x * x * x - 3 * x

    def left(x: Real[Array, "n"]) -> Array:
        return _work(x)

    def right(x: Real[Array, "n"]) -> Array:
        return x * (x**2 - 3)
    """)
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.mutants is not None
    assert verdict.mutants[0] >= 12


def test_an_invariance_is_probed_on_one_side_at_a_time(judge: Judge) -> None:
    verdict = judge(
        """
        def left(x: Real[Array, "n"]) -> Array:
            xp = array_namespace(x)
            return x - xp.mean(x)
        """,
        """
        @check
        def the_claim(use, x: Real[Array, "n"], c: Real[Array, ""]):
            return use("left")(x + c), use("left")(x)

        @the_claim.control("scaled instead of shifted")
        def _(use, x, c):
            return use("left")(c * x), use("left")(x)
        """,
        about="left",
        left=None,
        right=None,
    )
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.mutants is not None
    assert verdict.mutants[0] >= 2


def test_a_claim_in_which_no_mutant_runs_shows_nothing(judge: Judge) -> None:
    verdict = judge("""
    def left(x: Real[Array, "n"]) -> Array:
        return x

    def right(x: Real[Array, "n"]) -> Array:
        return +x
    """)
    assert verdict.outcome == "cantTell"
    assert verdict.reason


def test_a_mutant_that_never_ends_costs_seconds_and_is_not_counted(
    judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.verify.probe.SECONDS_PER_MUTANT", 1)
    verdict = judge("""
    def left(x: Real[Array, "n"]) -> Array:
        i, total = 0, 0 * x
        while i < 3:
            total = total + x
            i = i + 1
        return total

    def right(x: Real[Array, "n"]) -> Array:
        return x + x + x
    """)
    assert verdict.outcome == "passed", verdict.reason
    assert verdict.seconds < 20


def test_bounds_costs_and_expectations_mutate_what_is_stated(judge: Judge) -> None:
    bound = judge(
        """
        def left(x: Real[Array, "n"]) -> Array:
            return array_namespace(x).sum(x, axis=0) ** 2

        def right(x: Real[Array, "n"]) -> Array:
            return array_namespace(x).sum(x * x, axis=0)
        """,
        """
        @check(relation="<=")
        def the_claim(use, x: Real[Array, "n"]):
            return use("left")(x), x.shape[0] * use("right")(x)

        @the_claim.witness
        def _(x):
            return {"x": 0 * x + x[:1]}

        @the_claim.control("one less than the dimension")
        def _(use, x):
            return use("left")(x), (x.shape[0] - 1) * use("right")(x)
        """,
        kind="Bound",
    )
    assert bound.outcome == "passed", bound.reason
    assert bound.mutants is not None
    assert bound.mutants[0] >= 2
    assert "attained at the witness" in bound.method
