"""The search for unknown equalities: what it enters, what it drops and why, what it judges and prints."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.graph import load
from kg.numbers import Array, Positive, Real, array_namespace
from kg.project import find_project
from kg.reasoning.collisions import Collision, Known, collisions
from kg.reasoning.discovery import Judged, NearMiss, _near
from kg.reasoning.forms import Apply, Leaf, Transposed, text
from kg.reasoning.grouping import families
from kg.reasoning.stated import states
from kg.reasoning.table import Table, filled
from kg.verify.verdict import Finding


def product(q: Real[Array, "n d"], k: Real[Array, "m d"]):
    return q @ k.mT


def pairwise(x: Real[Array, "n d"], y: Real[Array, "m d"]):
    return array_namespace(x).sum(x[:, None, :] * y[None, :, :], axis=-1)


def gram(a: Real[Array, "n d"]):
    return a @ a.mT


def twice(a: Real[Array, "n d"]):
    return 2 * (a @ a.mT)


def rows(a: Real[Array, "n d"]):
    xp = array_namespace(a)
    return a / xp.sum(a, axis=-1, keepdims=True)


def scaled(a: Real[Array, "n d"], factor: Real[Array, ""]):
    return factor * a


def lifted(a: Real[Array, "n d"]):
    """Not a rational function, and equal to nothing else here."""
    return array_namespace(a).exp(a)


def root(x: Positive[Array, "n d"]):
    return array_namespace(x).sqrt(x)


class NoGraph:
    """A graph without claims, so that nothing is known."""

    claims: dict = {}  # noqa: RUF012 - read only
    concepts: dict = {}  # noqa: RUF012 - read only
    reached: dict = {}  # noqa: RUF012 - read only


def searched(*functions: Callable) -> tuple[Known, list[Collision]]:
    table = filled({f.__name__: f for f in functions})
    known = Known(NoGraph(), table)
    known.__dict__["family"] = {}
    return known, list(collisions(known))


def words(found: list[Collision]) -> set[str]:
    return {one.words for one in found if not one.dropped}


def test_two_implementations_of_one_function_collide_whatever_their_parameters_are_called() -> None:
    assert "product(q=a, k=b) = pairwise(x=a, y=b)" in words(searched(product, pairwise)[1])


def test_different_functions_do_not_collide() -> None:
    assert all(len(one.functions) == 1 for one in searched(lifted, rows)[1])


def test_two_inputs_made_the_same_are_entered() -> None:
    assert "gram(a=a) = product(q=a, k=a)" in words(searched(product, gram)[1])


def test_a_symmetry_of_one_implementation_is_dropped_with_that_reason() -> None:
    found = searched(product)[1]
    assert words(found) == set()
    assert {one.dropped for one in found} >= {"a symmetry of one implementation"}


def test_a_form_that_hands_back_its_input_is_dropped_with_that_reason() -> None:
    found = searched(scaled)[1]
    (one,) = [one for one in found if one.words == "a = scaled(a=a, factor=1)"]
    assert one.dropped == "one change only, and the result is an input as it was given"


def test_an_equality_inside_another_call_is_dropped_as_an_instance() -> None:
    found = searched(product, pairwise, lifted)[1]
    inside = [one for one in found if "lifted" in one.words]
    assert all(one.dropped for one in inside)


def test_what_becomes_of_a_scale_is_found_by_feeding_one_into_another() -> None:
    assert "rows(a=a) = rows(a=rows(a=a))" in words(searched(rows)[1])


def test_equality_up_to_a_factor_is_a_near_miss_with_the_factor() -> None:
    known, _ = searched(gram, twice)
    (miss,) = [one for one in _near(known) if isinstance(one, NearMiss)]
    assert (miss.what, miss.number) == ("a factor", "2")
    assert {text(miss.left.form.expression), text(miss.right.form.expression)} == {"gram(a=a)", "twice(a=a)"}


def test_fingerprints_are_exact_where_the_text_allows_it() -> None:
    def slightly(a: Real[Array, "n d"]):
        # Floats at six digits do not see the difference; residues do.
        return a @ a.mT + a[0, 0] / 2**30

    slightly.__name__ = "slightly"
    found = searched(gram, slightly)[1]
    apart = [one for one in found if one.functions == {"gram", "slightly"} and not one.left.form.leaves[1:]]
    assert apart
    assert all(one.dropped == "residues tell the two apart" for one in apart)


def _passed(found: list[Collision]) -> list[Judged]:
    return [Judged(one, Finding(accepted=True)) for one in found if not one.dropped]


def test_equalities_of_one_reason_are_one_entry() -> None:
    def ones(a: Real[Array, "n d"]):
        """Rows over their sums, which a change of their length leaves as they are."""
        return rows(a)

    def long(a: Real[Array, "n d"]):
        return 3 * a

    def longer(a: Real[Array, "n d"]):
        return 5 * a

    found = _passed(searched(ones, long, longer)[1])
    assert len(found) > 2
    by_reason = {one.words: one for one in families(found) if one.others}
    family = by_reason["ones gives the same whatever of these is done to its a first"]
    assert {"ones(a=a) = ones(a=long(a=a))", "ones(a=a) = ones(a=longer(a=a))"} <= {
        one.collision.words for one in family.members
    }


def test_what_a_check_calls_is_stated_whatever_its_inputs_are_called(workshop_graph) -> None:
    claim = workshop_graph.claims["transposed_state_space_model_computes_the_same"]
    names = ("a", "b", "c", "x")

    def called(function: str, **given: str) -> Apply:
        values = {n: Transposed(Leaf(v[:-1])) if v.endswith("T") else Leaf(v) for n, v in given.items()}
        return Apply(function, tuple((n, values[n]) for n in names if n in values))

    model = "time_invariant_state_space_model"
    one = called(model, a="s", b="t", c="u", x="v")
    assert states(workshop_graph, claim, one, called(model, a="sT", b="u", c="t", x="v"))
    assert not states(workshop_graph, claim, one, called(model, a="sT", b="t", c="u", x="v"))
    # It follows for the response to an impulse, which has three of the four inputs.
    response = called("impulse_response", a="s", b="t", c="u")
    assert states(workshop_graph, claim, response, called("impulse_response", a="sT", b="u", c="t"))


@pytest.fixture(scope="module")
def workshop_graph():
    return load(find_project(Path(__file__).parents[2]))


def test_positive_inputs_are_entered_as_such() -> None:
    table: Table = filled({"root": root})
    assert any("Positive" in signature for signature, _ in table.entries)


@pytest.fixture
def with_unstated(edit: Callable) -> None:
    """The second project with an implementation that equals another with a constant, which no claim says."""
    edit(
        "polynomials/impl/evaluation.py",
        "",
        '''

def sum_of_coefficients(a: Real[Array, "n"], x: Real[Array, "m"]) -> Array:
    """The sum of the coefficients, once for each point."""
    return array_namespace(a).sum(a) * (1 + 0 * x)


def midpoint_evaluation(a: Real[Array, "n"], b: Real[Array, "n"], x: Real[Array, "m"]) -> Array:
    """The mean of the values of two polynomials."""
    return (power_evaluation(a, x) + power_evaluation(b, x)) / 2
''',
    )


def test_a_find_is_judged_and_printed_as_turtle_with_its_check(kg, with_unstated, tmp_path) -> None:
    page = tmp_path / "page.md"
    answer = kg("discover", "--page", page)
    assert answer.status == 1
    assert "a kg:Identity ;" in answer.out
    assert "not stated in any source we hold" in answer.out
    assert "midpoint_evaluation(a=a, b=a, x=b)" in answer.out
    assert "smallest sizes tested" in answer.out
    assert "# @check" in answer.out
    written = page.read_text(encoding="utf-8")
    assert "forms of 4 implementations" in written
    assert "the graph states or derives it" in written


def test_a_stated_equality_is_not_found_again(kg) -> None:
    answer = kg("discover", "--plain", "--format", "json")
    found = json.loads(answer.out)
    assert answer.status == 0
    assert found["judged"] == []
    assert found["dropped"]["the graph states or derives it"] >= 1
