"""``kg identify`` of functions with a number that their author chose: it is found, and confirmed on fresh inputs."""

from __future__ import annotations

import re

import pytest

# function, what it is, the setting: these are our functions, with a value for an input or an option.
SETTINGS = [
    ("chosen:quick_gelu", "swish", "beta=1.702"),
    ("chosen:quick_gelu_in_single", "swish", "beta=1.702"),
    ("chosen:learned_swish", "swish", "beta=0.8371640238359"),
    ("chosen:cube_norm", "p_norm", "p=3"),
    ("chosen:ridge", "ridge_regression", "penalty=0.3"),
    ("chosen:hopfield", "hopfield_update", "beta=one over the root of the size of axis 1 of xi"),
    ("chosen:norm_with_epsilon", "layer_norm", "epsilon=0.0003"),
    ("chosen:retention", "retention_recurrence", "decay=0.96875"),
    ("chosen:delta_rule_of_one_rate", "delta_rule_recurrence", "beta=0.5"),
    ("chosen:rwkv", "rwkv_attention", "decay=0.9,bonus=0.5"),
]

# function, what it nearly is, what the difference says: these have another number in their text.
OTHER_NUMBERS = [
    ("chosen:leaky_relu", "relu", "with 0.2 in the place of 0 in 0 * x"),
    ("chosen:gelu_with_a_digit_less", "gelu_tanh", "with 0.0447 in the place of 0.044715"),
    ("chosen:scale_of_width_64", "softmax_attention", "with 8 in the place of sqrt(k.shape[-1])"),
    ("chosen:scale_one_over_width", "softmax_attention", "sqrt(k.shape[-1]) became k.shape[-1]"),
    ("chosen:warm_attention", "softmax_attention", "with 1.5 times the root of the size of axis 1 of q"),
    ("chosen:warm_softmax", "softmax", "with s multiplied by 1/0.7"),
    ("chosen:norm_with_epsilon_outside", "layer_norm", "with epsilon = 0.001, but with a term outside"),
    (
        "chosen:scaled_retention",
        "retention_recurrence",
        "decay = 0.9 and every value multiplied by one over the root of the size of axis 1 of q",
    ),
]

# What only looks like a member of a family.
NONE = [
    "chosen:quick_gelu_and_a_sine",
    "chosen:quick_gelu_and_a_trace_of_a_sine",
    "chosen:slope_from_the_data",
    "chosen:hard_swish",
    "chosen:argmax_of_patterns",
    "chosen:decay_that_changes",
]


@pytest.mark.parametrize(("function", "concept", "setting"), SETTINGS)
def test_a_number_that_is_an_input_of_ours_is_found(function, concept, setting, identified) -> None:
    answer = identified(function)
    assert (answer.match, answer.exact, answer.adapter) == (concept, True, setting), answer.difference


@pytest.mark.parametrize(("function", "concept", "words"), OTHER_NUMBERS)
def test_another_number_in_the_text_is_found_and_is_a_difference(
    function, concept, words, identified
) -> None:
    answer = identified(function)
    assert (answer.match, answer.exact) == (concept, False)
    assert words in answer.difference


@pytest.mark.parametrize("function", NONE)
def test_what_a_number_explains_only_where_it_was_fitted_stays_unknown(function, identified) -> None:
    answer = identified(function)
    assert answer.match is None
    assert answer.nearest is not None


def test_an_exact_gelu_is_no_swish(identified) -> None:
    assert identified("with_torch:torch_gelu").match == "gelu"


def test_a_number_is_confirmed_on_more_inputs_than_it_was_fitted_on(identified) -> None:
    words = identified("chosen:quick_gelu").difference
    fitted, confirmed = map(
        int, re.findall(r"fitted on (\d+) inputs, confirmed on (\d+) fresh ones", words)[0]
    )
    assert fitted < confirmed
    assert words.startswith("with beta = 1.702 (")


def test_all_implementations_with_the_same_number_are_named(identified) -> None:
    assert identified("chosen:retention").also == ["chunked_retention", "parallel_retention"]


def test_a_number_in_a_function_of_single_precision_is_found_to_that_precision(identified) -> None:
    answer = identified("chosen:norm_in_single")
    assert (answer.match, answer.exact, answer.adapter) == ("rms_norm", False, "epsilon=1e-06")
    assert "to the precision of float32" in answer.difference
