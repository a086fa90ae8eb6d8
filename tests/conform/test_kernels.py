"""``kg identify`` and ``kg conform`` of kernels as engineers write them."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("function", "concept"),
    [
        ("reads:delta_rule", "delta_rule_recurrence"),
        ("reads:gated_delta_rule", "gated_delta_rule_recurrence"),
        ("reads:retention", "retention_recurrence"),
    ],
)
def test_a_state_that_is_read_before_it_is_written_is_named_so(function, concept, identified) -> None:
    answer = identified(function)
    assert (answer.match, answer.exact) == (concept, False)
    assert "read before it is updated and not after" in answer.difference


def test_a_softmax_over_the_queries_is_no_step_of_a_cache(identified) -> None:
    """Of a single query it is one; it is asked for several as well."""
    answer = identified("kernels:softmax_over_queries")
    assert not answer.exact
    assert "with one more that would be softmax_attention, and it is not" in answer.difference


def test_an_axis_put_before_the_queries_alone_hides_no_mask(identified) -> None:
    """With one query to count, a window over the last two tokens would see everything."""
    answer = identified("kernels:two_tokens_back")
    assert answer.match is None


def test_a_kernel_that_wants_round_sizes_is_given_them(identified) -> None:
    answer = identified("kernels:widths_of_eight")
    assert (answer.match, answer.exact) == ("softmax_attention", False)
    assert "at sizes of 16, 32 and 64" in answer.difference
    assert "the width must be a multiple of 8" in answer.difference


def test_a_function_that_works_in_place_is_told_to_return_its_array(identified) -> None:
    answer = identified("kernels:relu_in_place")
    assert answer.match is None
    assert "wrap it in one that returns its array" in answer.difference


def test_a_gain_is_set_to_one_by_its_user(identified) -> None:
    answer = identified("kernels:norm_with_gain", "gain=1")
    assert (answer.match, answer.adapter) == ("rms_norm", "gain=1,epsilon=1e-06")


def test_tokens_before_heads_are_not_taken_for_heads_before_tokens(conformed) -> None:
    found = conformed("causal_softmax_attention", "kernels:causal_tokens_before_heads")
    outcomes = {one.outcome for one in found}
    assert "passed" in outcomes
    assert "failed" not in outcomes


def test_a_function_without_an_input_of_the_concept_is_told_what_is_missing(call) -> None:
    answer = call("conform", "swish", "chosen:quick_gelu")
    assert answer.status == 2
    assert "it takes x, and swish takes x, beta" in answer.err
    assert "--adapter beta=1" in answer.err


def test_claims_are_run_at_the_one_value_that_a_function_has(call) -> None:
    answer = call("conform", "retention_recurrence", "chosen:retention", "--adapter", "decay=0.96875")
    assert answer.status == 0
    assert "holds    parallel_retention_is_the_retention_recurrence" in answer.out
    assert "FAILS" not in answer.out


def test_a_claim_at_another_value_than_the_function_has_is_not_run(call) -> None:
    answer = call("conform", "swish", "chosen:quick_gelu", "--adapter", "beta=1.702")
    assert "holds    swish_of_scale_1702_is_within_a_forty_ninth_of_gelu" in answer.out
    assert "the claim sets beta = 1.773, and the function has beta = 1.702" in answer.out


def test_a_value_that_is_no_number_is_refused(call) -> None:
    answer = call("conform", "swish", "chosen:quick_gelu", "--adapter", "beta=two")
    assert answer.status == 2
    assert "give the number that it has for it" in answer.err


def test_a_kernel_that_goes_wrong_at_its_second_block_is_not_taken_for_right(identified) -> None:
    """A block of 16 is all there is of a small input."""
    answer = identified("kernels:forgets_to_rescale")
    assert (answer.match, answer.exact) == ("softmax_attention", False)
    assert "at sizes of 16, 32, 64 it is another: first difference" in answer.difference


def test_an_edit_has_to_explain_fresh_inputs_too(identified) -> None:
    """With blocks of 3 a few small inputs are right, and an edit of a loop over blocks of 2 explains the others."""
    answer = identified("kernels:forgets_to_rescale_small_blocks")
    assert "0 became 1" not in answer.difference
    assert not answer.exact


def test_lists_of_numbers_are_an_array(identified) -> None:
    answer = identified("kernels:as_lists")
    assert (answer.match, answer.exact, answer.adapter) == ("softmax_attention", True, "identity")


def test_a_factor_that_is_the_same_at_all_sizes_is_said_once(identified) -> None:
    assert "times 1.6765," not in (answer := identified("kernels:a_factor_of_its_own")).difference
    assert answer.difference.startswith("times 1.6765")


def test_a_module_of_pytorch_is_called_as_its_forward_is(identified) -> None:
    answer = identified("with_torch:self_gated")
    assert (answer.match, answer.adapter) == ("swish", "beta=1.702")


def test_a_kernel_that_goes_wrong_at_its_second_block_does_not_pass_the_claims_of_small_sizes(call) -> None:
    answer = call("conform", "tree_softmax_attention", "kernels:forgets_to_rescale")
    assert answer.status == 1
    assert "others at sizes of 16, 32, 64, where no claim is run" in answer.err
