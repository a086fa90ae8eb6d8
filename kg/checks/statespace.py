"""Checks of the claims about linear state spaces that vary from token to token, and the tables that they are."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Real, check

# Any transition -------------------------------------------------------------------------------------------------


@check(sizes={"n": (2, 3, 4, 5), "s": (2, 3, 4, 5)})
def semiseparable_product_is_a_state_space_model(
    use,
    a: Real[Array, "n s s"],
    b: Real[Array, "n s"],
    c: Real[Array, "n s"],
    x: Real[Array, "n e"],
):
    return use("semiseparable_product")(a, b, c, x), use("time_varying_state_space_model")(a, b, c, x)


@semiseparable_product_is_a_state_space_model.control("each transition acts one token late")
def _(use, a, b, c, x):
    late = array_namespace(a).roll(a, 1, axis=0)
    return use("semiseparable_product")(late, b, c, x), use("time_varying_state_space_model")(a, b, c, x)


@semiseparable_product_is_a_state_space_model.control("the transitions are multiplied in the order of time")
def _(use, a, b, c, x):
    left = use("semiseparable_product")(a.mT, b, c, x)
    return left, use("time_varying_state_space_model")(a, b, c, x)


def _matrices(diagonal):
    """One diagonal matrix for each row."""
    xp = array_namespace(diagonal)
    return diagonal[:, :, None] * xp.eye(diagonal.shape[1], dtype=diagonal.dtype)[None, :, :]


@check
def gated_linear_attention_is_a_state_space_model(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], gates: Real[Array, "n c"]
):
    left = use("gated_linear_attention_recurrence")(q, k, v, gates)
    return left, use("time_varying_state_space_model")(_matrices(gates), k, q, v)


@gated_linear_attention_is_a_state_space_model.control("keys and queries are exchanged")
def _(use, q, k, v, gates):
    left = use("gated_linear_attention_recurrence")(q, k, v, gates)
    return left, use("time_varying_state_space_model")(_matrices(gates), q, k, v)


@gated_linear_attention_is_a_state_space_model.control("all channels share the first gate")
def _(use, q, k, v, gates):
    left = use("gated_linear_attention_recurrence")(q, k, v, gates)
    return left, use("time_varying_state_space_model")(_matrices(gates[:, :1] + 0 * gates), k, q, v)


@check
def gated_delta_rule_is_a_state_space_model(
    use,
    q: Real[Array, "n c"],
    k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    beta: Real[Array, "n"],
    decays: Real[Array, "n"],
):
    left = use("gated_delta_rule_recurrence")(q, k, v, beta, decays)
    right = use("time_varying_state_space_model")(_learning(k, beta, decays), beta[:, None] * k, q, v)
    return left, right


def _learning(k, beta, decays):
    """α (I − β k kᵀ) for each token."""
    xp = array_namespace(k)
    identity = xp.eye(k.shape[1], dtype=k.dtype)[None, :, :]
    outer = k[:, :, None] * k[:, None, :]
    return decays[:, None, None] * (identity - beta[:, None, None] * outer)


@gated_delta_rule_is_a_state_space_model.control("the input is not multiplied by the rate")
def _(use, q, k, v, beta, decays):
    left = use("gated_delta_rule_recurrence")(q, k, v, beta, decays)
    return left, use("time_varying_state_space_model")(_learning(k, beta, decays), k, q, v)


@gated_delta_rule_is_a_state_space_model.control(
    "the transition is a number: the key does not turn the state"
)
def _(use, q, k, v, beta, decays):
    left = use("gated_delta_rule_recurrence")(q, k, v, beta, decays)
    right = use("time_varying_state_space_model")(_learning(0 * k, beta, decays), beta[:, None] * k, q, v)
    return left, right


# One number as transition ---------------------------------------------------------------------------------------


@check
def structured_masked_attention_is_a_selective_state_space(
    use, a: Real[Array, "n"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
):
    left = use("structured_masked_attention")(a, b, c, x)
    return left, use("selective_state_space_recurrence")(a, b, c, x)


@structured_masked_attention_is_a_selective_state_space.control(
    "the product includes the factor of the earlier token"
)
def _(use, a, b, c, x):
    left = use("structured_masked_attention")(a, b, c, a[:, None] * x)
    return left, use("selective_state_space_recurrence")(a, b, c, x)


@structured_masked_attention_is_a_selective_state_space.control("the mask is the causal one")
def _(use, a, b, c, x):
    left = use("unnormalised_linear_attention")(c, b, x)
    return left, use("selective_state_space_recurrence")(a, b, c, x)


@check(sizes={"n": (3, 5)})
def chunked_state_space_dual_is_a_selective_state_space(
    use, a: Real[Array, "n"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
):
    left = [use("chunked_state_space_dual")(a, b, c, x, chunk=chunk) for chunk in (2, 3)]
    return left, [use("selective_state_space_recurrence")(a, b, c, x)] * 2


@chunked_state_space_dual_is_a_selective_state_space.control("a block begins with an empty state")
def _(use, a, b, c, x):
    block = use("structured_masked_attention")
    parts = [block(*(y[t : t + 2, ...] for y in (a, b, c, x))) for t in range(0, x.shape[0], 2)]
    return array_namespace(x).concat(parts, axis=0), use("selective_state_space_recurrence")(a, b, c, x)


@chunked_state_space_dual_is_a_selective_state_space.control("each factor acts one token late")
def _(use, a, b, c, x):
    left = use("chunked_state_space_dual")(array_namespace(a).roll(a, 1, axis=0), b, c, x)
    return left, use("selective_state_space_recurrence")(a, b, c, x)


@check
def retention_is_a_selective_state_space_with_one_factor(
    use, q: Real[Array, "n c"], k: Real[Array, "n c"], v: Real[Array, "n e"], decay: Real[Array, ""]
):
    right = use("selective_state_space_recurrence")(decay + 0 * v[:, 0], k, q, v)
    return use("retention_recurrence")(q, k, v, decay), right


@retention_is_a_selective_state_space_with_one_factor.control("keys and queries are exchanged")
def _(use, q, k, v, decay):
    right = use("selective_state_space_recurrence")(decay + 0 * v[:, 0], q, k, v)
    return use("retention_recurrence")(q, k, v, decay), right


@retention_is_a_selective_state_space_with_one_factor.control("the factor changes from token to token")
def _(use, q, k, v, decay):
    right = use("selective_state_space_recurrence")(decay + v[:, 0], k, q, v)
    return use("retention_recurrence")(q, k, v, decay), right


@check
def selective_state_space_is_gated_linear_attention(
    use, a: Real[Array, "n"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
):
    right = use("gated_linear_attention_recurrence")(c, b, x, a[:, None] + 0 * b)
    return use("selective_state_space_recurrence")(a, b, c, x), right


@selective_state_space_is_gated_linear_attention.control("one channel does not fade")
def _(use, a, b, c, x):
    gates = array_namespace(b).concat([1 + 0 * b[:, :1], a[:, None] + 0 * b[:, 1:]], axis=1)
    right = use("gated_linear_attention_recurrence")(c, b, x, gates)
    return use("selective_state_space_recurrence")(a, b, c, x), right


@selective_state_space_is_gated_linear_attention.control("b reads and c writes")
def _(use, a, b, c, x):
    right = use("gated_linear_attention_recurrence")(b, c, x, a[:, None] + 0 * b)
    return use("selective_state_space_recurrence")(a, b, c, x), right


# A diagonal transition ------------------------------------------------------------------------------------------


@check
def sum_of_masked_attentions_is_a_diagonal_state_space(
    use, a: Real[Array, "n s"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
):
    left = use("sum_of_masked_attentions")(a, b, c, x)
    return left, use("diagonal_state_space_recurrence")(a, b, c, x)


@sum_of_masked_attentions_is_a_diagonal_state_space.control("all entries of the state share the first mask")
def _(use, a, b, c, x):
    left = use("structured_masked_attention")(a[:, 0], b, c, x)
    return left, use("diagonal_state_space_recurrence")(a, b, c, x)


@sum_of_masked_attentions_is_a_diagonal_state_space.control("the masks are averaged before they are used")
def _(use, a, b, c, x):
    mask, xp = use("cumulative_product_mask"), array_namespace(x)
    masks = xp.stack([mask(a[:, r]) for r in range(a.shape[1])])
    left = (xp.mean(masks, axis=0) * (c @ b.mT)) @ x
    return left, use("diagonal_state_space_recurrence")(a, b, c, x)


@check
def diagonal_state_space_is_gated_linear_attention(
    use, a: Real[Array, "n s"], b: Real[Array, "n s"], c: Real[Array, "n s"], x: Real[Array, "n e"]
):
    left = use("diagonal_state_space_recurrence")(a, b, c, x)
    return left, use("gated_linear_attention_recurrence")(c, b, x, a)


@diagonal_state_space_is_gated_linear_attention.control("b reads and c writes")
def _(use, a, b, c, x):
    left = use("diagonal_state_space_recurrence")(a, b, c, x)
    return left, use("gated_linear_attention_recurrence")(b, c, x, a)


@diagonal_state_space_is_gated_linear_attention.control("what is written fades at once")
def _(use, a, b, c, x):
    left = use("diagonal_state_space_recurrence")(a, b, c, x)
    return left, use("gated_linear_attention_recurrence")(c, a * b, x, a)
