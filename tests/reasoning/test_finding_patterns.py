"""``kg find``: which implementations compute a pattern, and what is said of patterns that are none."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from kg.errors import UsageError
from kg.reasoning.patterns import compiled

OPERATIONS = ("input", "constant", "add", "multiply", "exp", "sum")


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Traces are made once for all tests of this file."""
    return str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(autouse=True)
def cache(traced: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", traced)
    monkeypatch.delenv("KG_DEBUG", raising=False)


@pytest.fixture
def found(call: Callable) -> Callable[[str], set[str]]:
    def names(pattern: str) -> set[str]:
        return {row["name"] for row in json.loads(call("find", pattern, "--format", "json").out)}

    return names


def test_gates_multiply_a_value_with_something_computed_from_it(found) -> None:
    names = found("x * f(x)")
    assert {"gelu", "swish", "normal_cdf_gate"} <= names
    assert not names & {"mean_pooling", "discrete_gram_matrix", "fourier_attention"}


def test_a_small_letter_works_entry_by_entry_and_a_capital_may_do_anything(found) -> None:
    gates, products = found("x * f(x)"), found("x * F(x)")
    assert gates < products
    # A row over its own length is a product with something computed from it, but from all its entries.
    assert {"rms_norm", "layer_norm"} <= products - gates
    assert "residual_block" in found("x + F(x)") - found("x + f(x)")


def test_dataflow_can_be_asked_in_sparql(call) -> None:
    answer = call(
        "find", 'SELECT ?concept { ?o kg:operation "erf" ; kg:within ?concept }', "--format", "json"
    )
    assert answer.status == 0
    assert '"https://w3id.org/ml-equivalences/concept/gelu"' in answer.out
    answer = call("find", "SELECT ?c { ?c kg:within concept:gelu")
    assert answer.status == 2
    assert "find:1:38: " in answer.err


def test_a_search_that_takes_too_long_is_stopped(call) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    answer = call("find", endless, "--timeout", 1)
    assert answer.status == 2
    assert "find: stopped after 1 s: make the query narrower" in answer.err


def test_an_exponential_over_a_sum_is_a_softmax_divided_before_it_is_used(found) -> None:
    names = found("exp(_) / sum(_)")
    assert "softmax" in names
    assert "softmax_attention" not in names, "it divides after the product with the values"
    assert "softmax_attention" in found("exp(_) @ v / sum(_)")


def test_products_of_matrices_do_not_match_in_the_other_order(found) -> None:
    assert "galerkin_attention" in found("a @ (b @ c)")
    assert "galerkin_attention" not in found("(a @ b) @ c")
    assert "causal_fourier_attention" in found("a @ b @ c")


def test_sums_match_in_either_order_and_numbers_are_constants(found) -> None:
    assert found("1 + erf(_)") == found("erf(_) + 1") != set()
    assert "gelu" in found("1 + erf(_)")


def test_a_name_stands_for_the_same_value_each_time(found) -> None:
    assert "rms_norm" in found("sum(x * x)")
    assert "discrete_gram_matrix" not in found("x * x")


def test_places_are_given_with_file_and_line(call) -> None:
    rows = json.loads(call("find", "1 + erf(_)", "--format", "json").out)
    assert {"name": "gelu"}.items() <= rows[1].items() or any(row["name"] == "gelu" for row in rows)
    assert all(
        row["place"].startswith("kg/impl/") and row["place"].rpartition(":")[2].isdigit() for row in rows
    )


def test_nothing_found_is_said_and_exits_with_one(kg) -> None:
    answer = kg("find", "x @ y")
    assert answer.status == 1
    assert "0 of 2 implementations contain it" in answer.err


def test_a_recurrence_shows_its_update_on_another_project(kg) -> None:
    answer = kg("find", "(_ * x + _) * x + _")
    assert answer.status == 0
    assert "horner_evaluation" in answer.out
    assert "power_evaluation" not in answer.out


def test_the_query_can_be_looked_at(kg) -> None:
    answer = kg("find", "x * y", "--sparql")
    assert answer.out.startswith("PREFIX kg:")
    assert 'kg:operation "multiply"' in answer.out
    assert "UNION" in answer.out


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("exp(x", "no expression"),
        ("expp(x)", "did you mean 'exp'?"),
        ("x[0]", "not understood"),
        ("_", "fits every value"),
        ("f(x, y)", "calls of one argument"),
        ("'x'", "not understood"),
    ],
)
def test_what_is_no_pattern_is_refused_with_advice(pattern: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        compiled(pattern, OPERATIONS)
    assert said in str(refused.value)
