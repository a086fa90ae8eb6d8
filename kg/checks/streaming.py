"""Checks of the claims about attention in pieces: the monoid of its states, rounding, and memory traffic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Natural, Positive, Real, check, condition

# The monoid ----------------------------------------------------------------------------------------------------


@check
def merge_of_softmax_states_is_associative(
    use, a: Real[Array, "n e+2"], b: Real[Array, "n e+2"], c: Real[Array, "n e+2"]
):
    merge = use("softmax_state_merge")
    return merge(merge(a, b), c), merge(a, merge(b, c))


@merge_of_softmax_states_is_associative.control("the first two are merged without being rescaled")
def _(use, a, b, c):
    xp, merge = array_namespace(a), use("softmax_state_merge")
    plain = xp.concat([xp.maximum(a[:, :1], b[:, :1]), a[:, 1:] + b[:, 1:]], axis=1)
    return merge(plain, c), merge(a, merge(b, c))


@merge_of_softmax_states_is_associative.control("one state is merged twice")
def _(use, a, b, c):
    merge = use("softmax_state_merge")
    return merge(merge(a, b), c), merge(merge(a, b), merge(b, c))


@check
def merge_of_softmax_states_is_commutative(use, a: Real[Array, "n e+2"], b: Real[Array, "n e+2"]):
    merge = use("softmax_state_merge")
    return merge(a, b), merge(b, a)


@merge_of_softmax_states_is_commutative.control("the maximum of the first is kept")
def _(use, a, b):
    xp = array_namespace(a)
    sums = [x[:, 1:] + y[:, 1:] * xp.exp(y[:, :1] - x[:, :1]) for x, y in ((a, b), (b, a))]
    return xp.concat([a[:, :1], sums[0]], axis=1), xp.concat([b[:, :1], sums[1]], axis=1)


@check
def state_of_no_keys_is_the_identity_of_the_merge(use, a: Real[Array, "n e+2"], gap: Positive[Array, "n"]):
    return _with_nothing(use, a, a[:, :1] - gap[:, None]), (a, a)


def _with_nothing(use, a, level):
    """The state merged with an empty one, from either side: its sums are zero, its maximum is at the given level."""
    merge, nothing = use("softmax_state_merge"), array_namespace(a).concat([level, 0 * a[:, 1:]], axis=1)
    return merge(a, nothing), merge(nothing, a)


_SAME = "the sums of the empty state are zero, and the other state is not rescaled as its maximum is the larger one"
state_of_no_keys_is_the_identity_of_the_merge.explain("first[:, 1:] * xp.exp(m - top) → first[:, 1:]", _SAME)
state_of_no_keys_is_the_identity_of_the_merge.explain(
    "second[:, 1:] * xp.exp(other - top) → second[:, 1:]", _SAME
)


@state_of_no_keys_is_the_identity_of_the_merge.control("the empty state has a normaliser of one")
def _(use, a, gap):
    xp = array_namespace(a)
    nothing = xp.concat([a[:, :1] - gap[:, None], 0 * a[:, 1:] + 1], axis=1)
    return use("softmax_state_merge")(a, nothing), a


@state_of_no_keys_is_the_identity_of_the_merge.control("the maximum of the empty state is higher")
def _(use, a, gap):
    return _with_nothing(use, a, a[:, :1] + gap[:, None] + 1), (a, a)


@check
def empty_state_above_only_rescales_the_other(use, a: Real[Array, "n e+2"], gap: Positive[Array, "n"]):
    level = a[:, :1] + gap[:, None]
    return _with_nothing(use, a, level), _rewritten(a, level)


def _rewritten(a, level):
    """The state relative to a higher number than its maximum, twice."""
    xp = array_namespace(a)
    state = xp.concat([level, a[:, 1:] / xp.exp(level - a[:, :1])], axis=1)
    return state, state


@empty_state_above_only_rescales_the_other.control("the sums stay as they are")
def _(use, a, gap):
    level = a[:, :1] + gap[:, None]
    kept = array_namespace(a).concat([level, a[:, 1:]], axis=1)
    return _with_nothing(use, a, level), (kept, kept)


FEW = {"n": (2,), "m": (3, 4), "d": (2,), "e": (1, 2)}
SMALL = {"n": (2, 3), "m": (2, 3, 5), "d": (2, 3), "e": (2, 3)}


@check(sizes=FEW)
def tree_softmax_attention_is_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    return use("tree_softmax_attention")(q, k, v), use("softmax_attention")(q, k, v)


@tree_softmax_attention_is_softmax_attention.control("an odd state is left behind")
def _(use, q, k, v):
    return use("tree_softmax_attention")(q, k[:-1, :], v[:-1, :]), use("softmax_attention")(q, k, v)


@check(sizes=FEW)
def tree_softmax_attention_is_online_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], block: Natural[int, "1 3"]
):
    return use("tree_softmax_attention")(q, k, v), use("online_softmax_attention")(q, k, v, block=block)


@tree_softmax_attention_is_online_softmax_attention.control("the keys of the fold are in another order")
def _(use, q, k, v):
    return use("tree_softmax_attention")(q, k, v), use("online_softmax_attention")(q, k[::-1, :], v, block=2)


@check
def merging_rounded_softmax_states_depends_on_the_order(
    use, a: Real[Array, "n c"], b: Real[Array, "n c"], c: Real[Array, "n c"]
):
    def merge(x, y):
        return use("round_to_significand")(use("softmax_state_merge")(x, y), bits=3)

    return merge(merge(a, b), c), merge(a, merge(b, c))


@merging_rounded_softmax_states_depends_on_the_order.counterexample
def _():
    # Three blocks with one maximum: only the normalisers matter, 1 and twice 3/32. To three digits 1 + 3/32 is 1.
    return {"a": [[0, 1, 0]], "b": [[0, "3/32", 0]], "c": [[0, "3/32", 0]]}


@merging_rounded_softmax_states_depends_on_the_order.control("two states, in either order")
def _(use, a, b):
    def merge(x, y):
        return use("round_to_significand")(use("softmax_state_merge")(x, y), bits=3)

    return merge(a, b), merge(b, a)


# Memory traffic ------------------------------------------------------------------------------------------------


# More queries than their dimension: a loop to the wrong one of the two must be seen.
@check(sizes={**SMALL, "n": (4, 5)})
def tiled_softmax_attention_is_softmax_attention(
    use,
    q: Real[Array, "n d"],
    k: Real[Array, "m d"],
    v: Real[Array, "m e"],
    rows: Natural[int, "1 3"],
    columns: Natural[int, "1 3"],
):
    tiled = use("tiled_softmax_attention")(q, k, v, rows=rows, columns=columns)
    return tiled, use("softmax_attention")(q, k, v)


@tiled_softmax_attention_is_softmax_attention.control("the last block of keys is not loaded")
def _(use, q, k, v):
    return use("tiled_softmax_attention")(q, k[:-1, :], v[:-1, :], columns=1), use("softmax_attention")(
        q, k, v
    )


@check
def materialised_softmax_attention_is_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    return use("materialised_softmax_attention")(q, k, v), use("softmax_attention")(q, k, v)


@materialised_softmax_attention_is_softmax_attention.control("the scores are not divided by √d")
def _(use, q, k, v):
    root = array_namespace(q).sqrt(constant(q, q.shape[1]))
    return use("materialised_softmax_attention")(q, k * root, v), use("softmax_attention")(q, k, v)


def _traffic(attend, q, k, v, **blocks):
    moved: list[int] = []
    attend(q, k, v, traffic=moved, **blocks)
    return sum(moved)


@check
def traffic_of_materialised_attention_is_quadratic_in_length(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    (n, d), (m, e) = q.shape, v.shape
    return _traffic(use("materialised_softmax_attention"), q, k, v), 4 * n * m + (n + m) * (d + e)


@traffic_of_materialised_attention_is_quadratic_in_length.control("the weights are not written out")
def _(use, q, k, v):
    (n, d), (m, e) = q.shape, v.shape
    return _traffic(use("materialised_softmax_attention"), q, k, v), 2 * n * m + (n + m) * (d + e)


@check
def traffic_of_tiled_attention_is_one_pass_of_the_queries_for_each_block_of_keys(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    # Blocks as long as the keys and the values are wide: sizes that differ from draw to draw and from each other.
    (n, d), (m, e) = q.shape, v.shape
    counted = _traffic(use("tiled_softmax_attention"), q, k, v, rows=e, columns=d)
    blocks = (m + d - 1) // d
    return counted, blocks * n * (d + 2 * e + 4) + m * (d + e)


@traffic_of_tiled_attention_is_one_pass_of_the_queries_for_each_block_of_keys.control(
    "the outputs are written once, at the end"
)
def _(use, q, k, v):
    (n, d), (m, e) = q.shape, v.shape
    counted = _traffic(use("tiled_softmax_attention"), q, k, v, rows=2, columns=2)
    return counted, (m + 1) // 2 * n * (d + e + 2) + n * (e + 2) + m * (d + e)


@condition
def between_a_sixteenth_and_sixteen(x):
    return bool(np.all((abs(x) >= 1 / 16) & (abs(x) < 16)))


@between_a_sixteenth_and_sixteen.sampler
def _(x):
    """Every exponent in turn along a row, the sign as drawn."""
    xp = array_namespace(x)
    powers = xp.asarray(2.0 ** (np.arange(x.shape[1]) % 8 - 4), dtype=x.dtype)
    size = powers * (1 + 7 * xp.tanh(x) ** 2 / 8)
    return {"x": xp.where(x >= 0, size, -size)}


def _nearest_of_a_list(x, bits):
    """The nearest of all numbers ±m·2ᵉ with m of so many binary digits, the larger one where two are as near."""
    xp = array_namespace(x)
    sizes = [
        Fraction(m) * Fraction(2) ** (e - bits) for e in range(-3, 5) for m in range(2 ** (bits - 1), 2**bits)
    ]
    listed = sorted([*sizes, 16, *(-size for size in sizes), -16])
    nearest = constant(x, listed[0]) + 0 * x
    for number in listed[1:]:
        nearest = xp.where(abs(x - number) <= abs(x - nearest), constant(x, number), nearest)
    return nearest


@check
def rounding_to_significand_takes_the_nearest_of_a_list(use, x: Real[Array, "n 8"]):
    rounded = use("round_to_significand")
    beyond = rounded(256 * x), rounded(x / 256)
    return [rounded(x, bits=3), rounded(x, bits=2), *beyond], [
        _nearest_of_a_list(x, 3),
        _nearest_of_a_list(x, 2),
        0 * x,
        0 * x,
    ]


@rounding_to_significand_takes_the_nearest_of_a_list.control("a list of numbers with one digit more")
def _(use, x):
    return use("round_to_significand")(x, bits=3), _nearest_of_a_list(x, 4)


@rounding_to_significand_takes_the_nearest_of_a_list.control("rounded down, not to the nearest")
def _(use, x):
    xp = array_namespace(x)
    rounded = use("round_to_significand")(x, bits=3)
    return rounded, xp.where(rounded > x, 2 * x - rounded, rounded)


@rounding_to_significand_takes_the_nearest_of_a_list.control("one unit for all numbers, as in fixed point")
def _(use, x):
    return use("round_to_significand")(x, bits=3), array_namespace(x).floor(4 * x + 0.5) / 4


@check(relation="<=", sizes={"d": (2, 3, 9, 13)})
def tiled_attention_does_not_always_move_less(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m d"], memory: Natural[int, "1 400"]
):
    return _both(use, q, k, v, memory // (4 * q.shape[1]))


def _both(use, q, k, v, columns):
    """Traffic of the tiled and of the materialised form, with blocks of as many keys as are stated, at least one."""
    columns = max(1, columns)
    tiled = _traffic(use("tiled_softmax_attention"), q, k, v, rows=min(columns, q.shape[1]), columns=columns)
    return constant(q, tiled), constant(q, _traffic(use("materialised_softmax_attention"), q, k, v))


@tiled_attention_does_not_always_move_less.counterexample
def _():
    # Heads of width four and a fast memory of fifteen numbers, which is less than the square of the width.
    some = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
    return {"q": some, "k": some, "v": some, "memory": 15}


@tiled_attention_does_not_always_move_less.control("a block holds more keys than the head is wide")
def _(use, q, k, v):
    width, xp = q.shape[1] + 1, array_namespace(k)
    keys = xp.concat([xp.broadcast_to(k[:1, :], (width, k.shape[1]))] * 2)
    return _both(use, q, keys, keys, width)


@tiled_attention_does_not_always_move_less.control(
    "the stored tables move no more, for every fast memory smaller than the square of the width"
)
def _(use, q, k, v, memory):
    d = q.shape[1]
    tiled, stored = _both(use, q, k, v, memory % (d * d) // (4 * d))
    return stored, tiled


@tiled_attention_does_not_always_move_less.control("the two numbers as stated, neither more nor less")
def _(use, q, k, v, memory):
    (n, d), m, xp = q.shape, k.shape[0], array_namespace(q)
    columns = max(1, memory // (4 * d))
    stated = (m + columns - 1) // columns * n * (3 * d + 4) + 2 * m * d, 4 * n * m + 2 * (n + m) * d
    counted = _both(use, q, k, v, columns)
    return xp.stack([*counted, *(constant(q, x) for x in stated)]), xp.stack(
        [*(constant(q, x) for x in stated), *counted]
    )


@check
def tiled_attention_moves_less_if_blocks_hold_more_keys_than_the_head_is_wide(
    use, q: Real[Array, "n d"], k: Real[Array, "3*d+3 d"], v: Real[Array, "3*d+3 d"]
):
    return _both(use, q, k, v, q.shape[1] + 1)


@tiled_attention_moves_less_if_blocks_hold_more_keys_than_the_head_is_wide.control("a block holds one key")
def _(use, q, k, v):
    return _both(use, q, k, v, 1)


@tiled_attention_moves_less_if_blocks_hold_more_keys_than_the_head_is_wide.control(
    "half of what the materialised form moves is enough"
)
def _(use, q, k, v):
    tiled, materialised = _both(use, q, k, v, q.shape[1] + 1)
    return 2 * tiled, materialised
