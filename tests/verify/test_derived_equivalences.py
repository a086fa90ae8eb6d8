"""Equivalences that nobody stated are put together from stated ones, run, and recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kg.reasoning.derived import derive, derived_path
from kg.reasoning.families import derivable, families, redundant
from kg.verify import run_chain

Make = Callable[..., Any]
Turtle = Callable[..., str]

POWERS = """
def cubes(x: Real[Array, "n"]) -> Array:
    return x**3

def products(x: Real[Array, "n"]) -> Array:
    return x * x * x

def squares_times(x: Real[Array, "n"]) -> Array:
    return (x * x) * x

def scaled(x: Real[Array, "n"], factor: Real[Array, ""]) -> Array:
    return (factor * x) ** 3
"""
SUBSTITUTION = """
@check
def second(use, x: Real[Array, "n"]):
    return use("products")(x), use("scaled")(2 * x, constant(x, 1) / 2)

@second.control("the factor is left out")
def _(use, x):
    return use("products")(x), use("scaled")(2 * x, constant(x, 1))
"""


def concepts(*names: str) -> str:
    return "".join(f"concept:{name} a <http://www.w3.org/2004/02/skos/core#Concept> .\n" for name in names)


@pytest.fixture
def three(make: Make, turtle: Turtle) -> Any:
    return make(
        POWERS,
        SUBSTITUTION,
        turtle("first", left="cubes", right="products"),
        turtle("second", kind="Reduction", left="products", right="scaled"),
        concepts("cubes", "products", "scaled"),
    )


def _of(results: Any, name: str) -> Any:
    return next(one for one in results if one.what.name == name)


def test_what_follows_is_run_with_the_parameters_that_a_link_substitutes(three: Any) -> None:
    (result,) = derive(three.graph, jobs=1)
    assert (result.what.start, result.what.end) == ("cubes", "scaled")
    assert result.what.relation == "cubes is a case of scaled"
    assert (result.outcome, result.strength) == ("passed", "IdentityTested")


def test_what_was_run_is_recorded_and_not_run_again(three: Any) -> None:
    derive(three.graph, jobs=1)
    before = derived_path(three.graph).read_bytes()
    ran: list[str] = []
    results = derive(three.graph, jobs=1, progress=lambda one, *_: ran.append(one.what.name))
    assert ran == []
    assert [one.outcome for one in results] == ["passed"]
    assert derived_path(three.graph).read_bytes() == before


def test_a_link_that_changes_makes_what_follows_stale(three: Any) -> None:
    derive(three.graph, jobs=1)
    three.edit("impl", "return x**3", "return x * x**2")
    ran: list[str] = []
    derive(three.graph, jobs=1, progress=lambda one, *_: ran.append(one.what.name))
    assert ran == ["cubes__scaled"]


def test_claims_that_contradict_each_other_are_named(three: Any) -> None:
    three.edit("impl", "return x**3", "return x**3 + x")
    (result,) = derive(three.graph, jobs=1)
    assert result.outcome == "failed"
    assert result.contradiction == ("first",)


def test_an_end_that_nothing_depends_on_is_not_called_compared(make: Make, turtle: Turtle) -> None:
    ignoring = SUBSTITUTION.replace(
        'use("scaled")(2 * x, constant(x, 1) / 2)', "(x * x * x, use('scaled'))[0]"
    )
    tiny = make(
        POWERS,
        ignoring,
        turtle("first", left="cubes", right="products"),
        turtle("second", kind="Reduction", left="products", right="scaled"),
        concepts("cubes", "products", "scaled"),
    )
    run = run_chain(tiny.graph, ["first", "second"])
    assert run.end_to_end is None
    assert "what scaled returns reaches neither end" in run.why_not


def test_two_links_up_to_a_group_are_not_put_together(make: Make, turtle: Turtle) -> None:
    tiny = make(
        POWERS,
        "",
        turtle("first", kind="EqualUpTo", left="cubes", right="products", up_to="Sign"),
        turtle("second", kind="EqualUpTo", left="products", right="squares_times", up_to="Scale"),
        concepts("cubes", "products", "squares_times"),
    )
    (result,) = derive(tiny.graph, jobs=1)
    assert result.outcome == "cantTell"
    assert "two links hold up to a group" in result.reason


def test_complex_numbers_put_into_a_link_about_real_ones_are_no_contradiction(
    make: Make, turtle: Turtle
) -> None:
    lengths = """
    def energy(z: Complex[Array, "n"]) -> Array:
        xp = array_namespace(z)
        return xp.sum(xp.real(z) ** 2 + xp.imag(z) ** 2)

    def length(z: Real[Array, "n"]) -> Array:
        xp = array_namespace(z)
        return xp.sum(xp.real(xp.conj(z) * z))

    def squares(z: Real[Array, "n"]) -> Array:
        xp = array_namespace(z)
        return xp.sum(z * z)
    """
    checks = """
    @check
    def first(use, z: Complex[Array, "n"]):
        return use("energy")(z), use("length")(z)

    @first.control("twice")
    def _(use, z):
        return use("energy")(z), 2 * use("length")(z)
    """
    tiny = make(
        lengths,
        checks,
        turtle("first", left="energy", right="length"),
        turtle("second", left="length", right="squares"),
        concepts("energy", "length", "squares"),
    )
    (result,) = derive(tiny.graph, jobs=1)
    assert result.outcome == "cantTell"
    assert "takes real numbers as 'z'" in result.reason


def test_every_pair_of_a_family_and_every_cycle_is_listed_once(make: Make, turtle: Turtle) -> None:
    tiny = make(
        POWERS,
        "",
        turtle("first", left="cubes", right="products"),
        turtle("second", left="products", right="squares_times"),
        turtle("third", left="squares_times", right="cubes"),
        concepts("cubes", "products", "squares_times"),
    )
    assert families(tiny.graph) == [["cubes", "products", "squares_times"]]
    # Each pair has a claim of its own; what follows is that the way around leads back.
    assert [one.name for one in derivable(tiny.graph)] == ["cubes__by_way_of__products"]
    assert [name for name, _ in redundant(tiny.graph)] == ["first", "second", "third"]
    (around,) = derive(tiny.graph, jobs=1)
    assert around.outcome == "passed", around.reason
    assert around.what.relation == "cubes is itself"
