"""``kg conform``: every claim about a concept with somebody's function in its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kg.conform.adapters import Adapter
from kg.conform.fitting import fit
from kg.conform.foreign import Foreign

FUNCTIONS = Path(__file__).parent / "functions"

# The concept, the function, the adapters its user declares.
RIGHT = [
    ("layer_norm", "with_torch:torch_layer_norm", ()),
    ("layer_norm", "with_torch:torch_layer_norm", ("eps=0",)),
    ("rms_norm", "with_torch:torch_rms_norm", ()),
    ("gelu", "with_torch:torch_gelu", ()),
    ("gru_cell", "right:gru", ()),
    ("retention_recurrence", "right:retention", ()),
    ("delta_rule_recurrence", "right:delta_rule", ()),
    ("gaussian_kernel", "with_sklearn:sklearn_gaussian", ()),
    ("khatri_rao_product", "with_tensorly:tensorly_khatri_rao", ()),
    ("khatri_rao_product", "with_tensorly:tensorly_khatri_rao_of_a_list", ("list",)),
    ("orthogonal_matching_pursuit", "with_sklearn:sklearn_pursuit", ()),
    ("toeplitz_product", "right:scipy_toeplitz", ()),
    ("softmax", "with_torch:torch_softmax", ()),
]
WRONG = [
    ("layer_norm", "wrong:unbiased_variance"),
    ("layer_norm", "with_torch:layer_norm_with_epsilon"),
    ("layer_norm", "with_torch:mean_not_taken_off"),
    ("gelu", "wrong:gelu_by_tanh"),
    ("gelu", "with_torch:gelu_without_half"),
    ("softmax", "wrong:softmax_along_the_rows"),
    ("retention_recurrence", "wrong:decay_after_the_update"),
    ("gated_delta_rule_recurrence", "wrong:gated_delta_decay_after_the_update"),
    ("gru_cell", "wrong:gate_turned_round"),
    ("khatri_rao_product", "with_tensorly:khatri_rao_the_other_way"),
    ("causal_softmax_attention", "wrong:sees_no_self"),
    ("causal_softmax_attention", "wrong:sees_one_ahead"),
]


@pytest.mark.parametrize(("concept", "function", "adapters"), RIGHT)
def test_a_right_function_has_every_property_that_could_be_run(
    concept, function, adapters, conformed
) -> None:
    found = conformed(concept, function, *adapters)
    assert [one for one in found if one.outcome == "failed"] == []
    assert any(one.outcome == "passed" for one in found)


@pytest.mark.parametrize(("concept", "function"), WRONG)
def test_a_wrong_function_fails_with_an_input_that_shows_it(concept, function, conformed) -> None:
    failed = [one for one in conformed(concept, function) if one.outcome == "failed"]
    assert failed
    assert all(one.reason and one.system for one in failed)
    assert any(one.failing_input for one in failed)


def test_attention_of_pytorch_has_every_property_in_four_formats(conformed) -> None:
    found = conformed("softmax_attention", "with_torch:torch_attention")
    assert [one for one in found if one.outcome == "failed"] == []
    online = next(one for one in found if one.claim == "online_softmax_is_softmax")
    assert online.systems == dict.fromkeys(
        ("torch float64", "torch float32", "torch bfloat16", "torch float16"), "passed"
    )


def test_a_function_that_answers_in_float32_is_judged_in_float32(workshop) -> None:
    with Foreign("right:softmax_in_float32", FUNCTIONS) as foreign:
        found = fit(foreign, workshop.implementations["softmax"], Adapter(), None)
    assert "numpy float64" not in map(str, found.systems)
    assert "numpy float32" in map(str, found.systems)
    assert found.refused["numpy float64"] == "given float64 it computes in float32, and is judged there"


def test_a_layout_with_further_axes_is_found(call) -> None:
    answer = call("conform", "causal_softmax_attention", "with_torch:four_axes", "--format", "json")
    rows = json.loads(answer.out)
    assert {row["adapter"] for row in rows} == {"batch-heads"}
    # It has no mask.
    assert answer.status == 1


def test_no_adapter_that_is_searched_makes_a_wrong_function_right(conformed) -> None:
    # Transposed it would be right, but it runs as it is, and is wrong there.
    found = conformed("softmax", "wrong:softmax_along_the_rows")
    assert any(one.outcome == "failed" for one in found)
    declared = conformed("softmax", "wrong:softmax_along_the_rows", "transposed")
    assert not any(one.outcome == "failed" for one in declared)


def test_the_failing_input_is_as_small_as_it_gets(conformed) -> None:
    found = {one.claim: one for one in conformed("softmax_attention", "wrong:scale_missing")}
    # One key has all the weight and one feature has scale one: it takes two of each.
    online = found["online_softmax_is_softmax"]
    assert online.outcome == "failed"
    assert online.sizes == "d=2 e=1 m=2 n=1"
    assert online.failing_input["k"] == [[0.0, 0.0], [0.0, 1.0]]
    # What does not speak of the scale holds.
    assert found["softmax_attention_is_permutation_equivariant"].outcome == "passed"


def test_an_exception_at_an_admissible_shape_is_a_failure(conformed) -> None:
    found = {one.claim: one for one in conformed("causal_softmax_attention", "wrong:fails_at_one_token")}
    one = found["cached_softmax_attention_is_causal_softmax_attention"]
    assert one.outcome == "failed"


def test_claims_that_cannot_be_run_say_why(conformed) -> None:
    found = {one.claim: one for one in conformed("layer_norm", "with_torch:torch_layer_norm", "eps=0")}
    untested = [one for one in found.values() if one.outcome == "untested"]
    assert untested
    assert all(one.reason for one in untested)


def test_the_command_prints_one_object_for_each_claim(call) -> None:
    answer = call("conform", "gelu", "wrong:gelu_by_tanh", "--format", "json")
    assert answer.status == 1
    rows = json.loads(answer.out)
    assert len({row["claim"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {
            *("claim", "kind", "outcome", "systems", "reason", "failing_input", "sizes", "system"),
            *("note", "seconds", "adapter"),
        }
        assert row["outcome"] in ("passed", "failed", "untested")


def test_the_command_says_what_holds_what_fails_and_what_was_not_run(call) -> None:
    answer = call("conform", "gelu", "wrong:gelu_by_tanh")
    assert answer.status == 1
    assert "FAILS    gelu_is_the_normal_cdf_gate: " in answer.out
    assert "at n=1: x = [1]" in answer.out
    assert "holds    gelu_is_within_seventeen_hundredths_of_relu" in answer.out
    assert "not run  " in answer.out
    assert "runs over numpy float64, numpy float32, numpy float16" in answer.err


def test_a_right_function_leaves_with_status_zero(call) -> None:
    answer = call("conform", "khatri_rao_product", "with_tensorly:tensorly_khatri_rao")
    assert answer.status == 0
    assert " fail" not in answer.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("softmax_atention", "right:flash"), "did you mean 'softmax_attention'?"),
        (("softmax_attention", "right:flahs"), "did you mean 'flash'?"),
        (("softmax_attention", "rigth:flash"), "did you mean 'right'?"),
        (("softmax_attention", "right"), "write e.g. mypkg:flash"),
        (("softmax_attention", "right:np"), "cannot be called"),
        (("softmax_attention", "right:flash", "--adapter", "bach"), "did you mean 'batch'?"),
        (("softmax_attention", "right:flash", "--adapter", "order=k,x"), "no input 'x'"),
        (("softmax_attention", "right:flash", "--adapter", "scale=e"), "is no scale"),
        (("softmax_attention", "right:flash", "--adapter", "causal=true"), "takes no 'causal'"),
    ],
)
def test_misuse_is_answered_with_what_to_do(arguments, words, call) -> None:
    answer = call("conform", *arguments)
    assert answer.status == 2
    assert words in answer.err


def test_a_function_that_hangs_fails_once_and_is_not_asked_again(conformed) -> None:
    found = conformed("rms_norm", "trouble:hangs_when_asked_often", seconds=1.0)
    failed = [one for one in found if one.outcome == "failed"]
    assert [one.reason for one in failed] == ["no answer within 1 seconds"]
    assert all("not asked again" in one.reason for one in found[found.index(failed[0]) + 1 :])


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ("wrong:never_returns", "no answer within 1 seconds"),
        ("wrong:dies", "exit code 3"),
        ("wrong:eats_memory", "MemoryError"),
    ],
)
def test_a_function_that_does_harm_costs_only_itself(function, words, call) -> None:
    answer = call("conform", "softmax_attention", function, "--seconds", "1")
    assert answer.status == 1
    assert words in answer.out
