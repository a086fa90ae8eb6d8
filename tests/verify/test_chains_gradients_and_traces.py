"""Chains run end to end, derivatives compared where they are claimed, and traces of what a text does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kg.numbers import array_namespace, shift
from kg.numbers.tracing import trace
from kg.verify import run_chain
from kg.verify.verdict import Verdict

Make = Callable[..., Any]
Turtle = Callable[..., str]
Judge = Callable[..., Verdict]

THREE = """
def cubes(x: Real[Array, "n"]) -> Array:
    return x**3

def products(x: Real[Array, "n"]) -> Array:
    return x * x * x

def exponentials(x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    return x * x * x * xp.exp(x) / xp.exp(x)

def otherwise(y: Real[Array, "n"]) -> Array:
    return y * y * y
"""


@pytest.fixture
def chain(make: Make, turtle: Turtle) -> Any:
    return make(
        THREE,
        "",
        turtle("first", left="cubes", right="products"),
        turtle("second", left="exponentials", right="products"),
    )


def test_a_chain_is_as_strong_as_its_weakest_link_and_its_ends_agree(chain: Any) -> None:
    run = run_chain(chain.graph, ["first", "second"])
    assert [link.outcome for link in run.links] == ["passed", "passed"]
    assert run.strength == "IdentityTested"
    assert run.end_to_end is True
    assert run.method


def test_a_broken_link_is_seen_in_the_chain(chain: Any) -> None:
    chain.edit("impl", "x * x * x * xp.exp(x)", "x * x * xp.exp(x)")
    run = run_chain(chain.graph, ["first", "second"])
    assert [link.outcome for link in run.links] == ["passed", "failed"]
    assert run.strength is None
    assert run.end_to_end is False


def test_ends_are_compared_through_what_a_link_substitutes(make: Make, turtle: Turtle) -> None:
    checks = """
    @check
    def second(use, x: Real[Array, "n"]):
        return use("products")(x), use("otherwise")(x)

    @second.control("doubled")
    def _(use, x):
        return 2 * use("products")(x), use("otherwise")(x)
    """
    tiny = make(
        THREE,
        checks,
        turtle("first", left="cubes", right="products"),
        turtle("second", left="products", right="otherwise"),
    )
    run = run_chain(tiny.graph, ["first", "second"])
    assert run.end_to_end is True


GRADIENTS = """
def left(x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    return {left}

def right(x: Real[Array, "n"]) -> Array:
    xp = array_namespace(x)
    return x * x
"""

GRADIENTS_CHECK = """
@check(gradients=True)
def the_claim(use, x: Real[Array, "n"]):
    return use("left")(x), use("right")(x)

@the_claim.control("a cube")
def _(use, x):
    return use("left")(x) * x, use("right")(x)
"""


def test_derivatives_that_agree_are_said_to(judge: Judge) -> None:
    verdict = judge(GRADIENTS.format(left="x**3 / x"), GRADIENTS_CHECK + CONDITION, conditions=("nonzero",))
    assert verdict.outcome == "passed", verdict.reason
    assert "the derivatives of both sides agree as well" in verdict.method


CONDITION = """
@condition(generic=True)
def nonzero(x):
    return bool(np.all(x != 0))
"""


def test_a_value_that_hides_a_wrong_derivative_is_found(judge: Judge) -> None:
    # shift(x) − shift(x) is zero, but a text that takes the shift for a constant loses a term of the derivative.
    left = "x * x + (xp.max(x) - shift(x, axis=0)) * 0 + (x - shift(x, axis=0)) * 0"
    assert judge(GRADIENTS.format(left=left), GRADIENTS_CHECK).outcome in ("passed", "cantTell")
    wrong = "shift(x[:, None], axis=1)[:, 0] * x"
    verdict = judge(GRADIENTS.format(left=wrong), GRADIENTS_CHECK)
    assert verdict.outcome in ("failed", "cantTell")


def test_a_trace_holds_every_operation_in_order() -> None:
    found = trace(lambda x, y: x * y + array_namespace(x).exp(x), x=np.ones(3), y=np.ones(3))
    assert [n.operation for n in found.nodes] == ["input", "input", "multiply", "exp", "add"]
    assert [n.label for n in found.nodes[:2]] == ["x", "y"]
    assert found.nodes[2].operands == (0, 1)
    assert found.nodes[4].operands == (2, 3)
    assert found.results == (4,)
    assert all(n.shape == (3,) for n in found.nodes)


def test_moving_data_leaves_no_trace_and_keeps_where_it_came_from() -> None:
    def text(x: Any) -> Any:
        xp = array_namespace(x)
        moved = xp.flip(xp.reshape(xp.concat([x[:2], x[2:]]), (2, 2)).mT, axis=0)
        return xp.stack([moved[0, 0], moved[1, 1]]) * 2

    found = trace(text, x=np.arange(4.0))
    assert [n.operation for n in found.nodes] == ["input", "constant", "multiply"]
    assert found.nodes[2].operands == (0, 1)


def test_a_branch_of_where_is_traced_to_both_of_its_sides() -> None:
    def text(x: Any) -> Any:
        xp = array_namespace(x)
        return xp.where(np.array([True, False]), x * x, x + x) - shift(x)

    found = trace(text, x=np.ones(2))
    last = found.nodes[-1]
    assert last.operation == "subtract"
    assert {found.nodes[i].operation for i in last.operands} == {"multiply", "add", "shift"}


def test_arguments_that_are_no_numbers_pass_unchanged() -> None:
    found = trace(
        lambda x, n, mask: array_namespace(x).where(mask, x, 0) * n,
        x=np.ones(2),
        n=3,
        mask=np.array([True, False]),
    )
    assert [n.operation for n in found.nodes] == ["input", "constant", "constant", "multiply"]


def test_tracing_changes_no_value() -> None:
    kept: list[Any] = []

    def text(x: Any) -> Any:
        xp = array_namespace(x)
        weights = xp.exp(x - shift(x))
        kept.append(weights / xp.sum(weights))
        return kept[0]

    x = np.linspace(-1, 1, 5)
    trace(text, x=x)
    np.testing.assert_array_equal(kept[0].parts[0], np.exp(x - 1) / np.sum(np.exp(x - 1)))
