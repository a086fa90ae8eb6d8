"""``kg identify``: functions of PyTorch, scikit-learn, SciPy and tensorly, and others with one mistake in each."""

from __future__ import annotations

import json

import pytest

# function, what it is, the adapter; all of them exactly.
RIGHT = [
    ("right:flash", "softmax_attention", "identity"),
    ("with_torch:torch_attention", "softmax_attention", "identity"),
    ("with_torch:four_axes", "softmax_attention", "batch-heads"),
    ("with_torch:time_first", "softmax_attention", "time-first"),
    ("right:features_first", "softmax_attention", "transposed"),
    ("right:other_order", "softmax_attention", "identity"),
    ("with_torch:torch_causal", "causal_softmax_attention", "identity"),
    ("with_torch:torch_softmax", "softmax", "identity"),
    ("with_torch:torch_layer_norm", "layer_norm", "identity"),
    ("with_torch:torch_layer_norm_as_it_comes", "layer_norm", "epsilon=1e-05"),
    ("with_torch:torch_rms_norm", "rms_norm", "identity"),
    ("with_torch:torch_gelu", "gelu", "identity"),
    ("with_torch:torch_gelu_tanh", "gelu_tanh", "identity"),
    ("with_torch:torch_lstm", "lstm_cell", "identity"),
    ("right:gru", "gru_cell", "identity"),
    ("right:retention", "retention_recurrence", "identity"),
    ("right:delta_rule", "delta_rule_recurrence", "identity"),
    ("with_sklearn:sklearn_gaussian", "gaussian_kernel", "identity"),
    ("with_sklearn:sklearn_pursuit", "orthogonal_matching_pursuit", "identity"),
    ("right:leverage_by_qr", "leverage_scores", "identity"),
    ("with_tensorly:tensorly_khatri_rao", "khatri_rao_product", "identity"),
    ("with_tensorly:tensorly_khatri_rao_of_a_list", "khatri_rao_product", "list"),
    ("with_tensorly:tensorly_cp", "cp_tensor", "identity"),
    ("with_tensorly:tensorly_tucker", "tucker_tensor", "identity"),
    ("with_tensorly:tensorly_train", "tensor_train_tensor", "identity"),
    ("right:scipy_toeplitz", "toeplitz_product", "identity"),
    ("torch.nn.functional:silu", "swish", "beta=1"),
    ("wrong:gelu_by_tanh", "gelu_tanh", "identity"),
    ("with_torch:mean_not_taken_off", "rms_norm", "identity"),
    ("with_torch:layer_norm_with_epsilon", "layer_norm", "epsilon=0.001"),
    ("wrong:no_reset", "gru_cell", "reset=False"),
]

# function, what it nearly is, what the difference speaks of.
NEARLY = [
    ("wrong:scale_missing", "softmax_attention", "the scale 1/(sqrt(k.shape[-1])) is missing"),
    ("with_torch:torch_scale_missing", "softmax_attention", "the scale 1/(sqrt(k.shape[-1])) is missing"),
    ("wrong:sees_no_self", "causal_softmax_attention", "off by one"),
    ("wrong:sees_one_ahead", "causal_softmax_attention", "off by one"),
    ("wrong:softmax_along_the_rows", "softmax", "axes"),
    ("wrong:unbiased_variance", "layer_norm", "a divisor one less"),
    ("wrong:root_missing", "layer_norm", "a function missing"),
    ("with_torch:gelu_without_half", "gelu", "0.5"),
    ("wrong:decay_after_the_update", "retention_recurrence", "the factor decay after the update"),
    ("wrong:gated_delta_decay_after_the_update", "gated_delta_rule_recurrence", "after the update"),
    ("with_tensorly:khatri_rao_the_other_way", "khatri_rao_product", "order c, b"),
    ("wrong:cp_with_a_factor_twice", "cp_tensor", "times 2"),
]


@pytest.mark.parametrize(("function", "concept", "adapter"), RIGHT)
def test_a_function_is_called_by_its_name(function, concept, adapter, identified) -> None:
    answer = identified(function)
    assert (answer.match, answer.exact, answer.adapter) == (concept, True, adapter), answer.difference
    assert bool(answer.difference) == (adapter != "identity")


@pytest.mark.parametrize(("function", "concept", "words"), NEARLY)
def test_what_differs_by_one_edit_is_said_with_the_edit(function, concept, words, identified) -> None:
    answer = identified(function)
    assert (answer.match, answer.nearest, answer.exact) == (concept, concept, False)
    assert words in answer.difference


def test_what_is_nothing_we_know_has_a_nearest_concept_and_a_first_difference(identified) -> None:
    answer = identified("wrong:something_else")
    assert answer.match is None
    assert answer.nearest is not None
    assert "first difference at entry [0, 0]" in answer.difference


def test_a_function_that_does_nothing_is_no_function_of_ours_with_all_taken_out(identified) -> None:
    answer = identified("wrong:gives_it_back")
    assert (answer.match, answer.difference) == (None, "it gives back one of its inputs as it is")


def test_what_agrees_to_half_of_the_digits_is_said_to(identified) -> None:
    answer = identified("wrong:narrow_inside")
    assert (answer.match, answer.exact) == ("softmax_attention", False)
    assert "to the precision of float32" in answer.difference


def test_what_takes_only_inputs_of_equal_sizes_is_recognised_there(identified) -> None:
    answer = identified("wrong:one_width_only")
    assert (answer.match, answer.exact) == ("softmax_attention", False)
    assert "where axis 1 of q and axis 1 of v are of one length" in answer.difference


def test_the_gru_of_pytorch_is_another_cell(identified) -> None:
    """It resets U h where the paper resets h: two edits of our text, and so no near miss."""
    answer = identified("with_torch:torch_gru")
    assert (answer.match, answer.nearest) == (None, "gru_cell")


def test_a_function_that_gives_other_numbers_each_time_is_no_function(identified) -> None:
    answer = identified("wrong:never_the_same")
    assert answer.match is None
    assert "two calls" in answer.difference


def test_of_several_implementations_the_head_is_named_and_the_others_with_it(identified) -> None:
    answer = identified("right:flash")
    assert answer.match == "softmax_attention"
    assert {"online_softmax_attention", "tiled_softmax_attention"} <= set(answer.also)


def test_a_declared_adapter_is_used_and_repeated(identified) -> None:
    answer = identified("with_torch:torch_causal", "causal=false")
    assert (answer.match, answer.adapter) == ("softmax_attention", "causal=false")
    assert "causal=False" in answer.difference


def test_a_declared_scale_explains_a_missing_one(identified) -> None:
    answer = identified("wrong:scale_missing", "scale=1/sqrt(d)")
    assert (answer.match, answer.exact) == ("softmax_attention", True)


def test_the_command_prints_the_promised_object(call) -> None:
    answer = call("identify", "wrong:scale_missing", "--format", "json")
    assert answer.status == 1
    found = json.loads(answer.out)
    assert list(found) == ["match", "exact", "also", "nearest", "difference", "adapter"]
    assert (found["match"], found["exact"], found["adapter"]) == ("softmax_attention", False, "identity")


def test_the_command_answers_in_a_sentence(call) -> None:
    answer = call("identify", "right:retention")
    assert answer.status == 0
    assert answer.out.startswith("right:retention is retention_recurrence\n")


def test_a_function_that_hangs_is_given_up(call) -> None:
    answer = call("identify", "wrong:never_returns", "--seconds", "1", "--format", "json")
    assert answer.status == 1
    assert json.loads(answer.out)["difference"] == "no answer within 1 seconds"


def test_what_a_function_prints_or_reads_disturbs_nobody(identified) -> None:
    assert identified("wrong:chatters").match == "softmax_attention"


def test_fingerprints_are_kept(identified, library, monkeypatch) -> None:
    from kg.conform import fingerprints

    identified("wrong:scale_missing")
    monkeypatch.setattr(fingerprints, "taken", lambda *_: pytest.fail("a fingerprint was made again"))
    again = fingerprints.Library(library.index, library.implementations)
    group = next(one for one in again.groups if "softmax_attention" in one.names)
    assert not again.of("softmax_attention", group).is_empty
    assert again.variants("softmax_attention", group)
