"""Checks of the claims about several heads: sharing keys and values, and moving projections across the scores."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Real, check

# Which is a special case of which ------------------------------------------------------------------------------


@check
def one_attention_head_is_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    one = use("attention_heads")(q[None, :, :], k[None, :, :], v[None, :, :])
    return one[0, :, :], use("softmax_attention")(q, k, v)


@one_attention_head_is_softmax_attention.control("the scores are divided by d instead of √d")
def _(use, q, k, v):
    root = array_namespace(q).sqrt(constant(q, q.shape[1]))
    one = use("attention_heads")(q[None, :, :] / root, k[None, :, :], v[None, :, :])
    return one[0, :, :], use("softmax_attention")(q, k, v)


@check
def grouped_query_attention_is_attention_heads_with_repeated_keys(
    use, q: Real[Array, "2*g n d"], k: Real[Array, "g m d"], v: Real[Array, "g m e"]
):
    xp = array_namespace(q)
    owner = np.arange(q.shape[0]) // 2
    repeated = xp.take(k, owner, axis=0), xp.take(v, owner, axis=0)
    return use("grouped_query_attention")(q, k, v), use("attention_heads")(q, *repeated)


@grouped_query_attention_is_attention_heads_with_repeated_keys.control(
    "the groups are dealt out in turn instead of in blocks"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    owner = np.arange(q.shape[0]) % k.shape[0]
    repeated = xp.take(k, owner, axis=0), xp.take(v, owner, axis=0)
    return use("grouped_query_attention")(q, k, v), use("attention_heads")(q, *repeated)


@grouped_query_attention_is_attention_heads_with_repeated_keys.control(
    "the keys are repeated and the values of all groups are averaged"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    owner = np.arange(q.shape[0]) // 2
    mean = xp.broadcast_to(xp.mean(v, axis=0, keepdims=True), (q.shape[0], *v.shape[1:]))
    return use("grouped_query_attention")(q, k, v), use("attention_heads")(q, xp.take(k, owner, axis=0), mean)


@check
def attention_heads_are_grouped_query_attention_with_a_group_for_each_head(
    use, q: Real[Array, "h n d"], k: Real[Array, "h m d"], v: Real[Array, "h m e"]
):
    return use("attention_heads")(q, k, v), use("grouped_query_attention")(q, k, v)


@attention_heads_are_grouped_query_attention_with_a_group_for_each_head.control(
    "all heads read the keys and values of the first"
)
def _(use, q, k, v):
    return use("attention_heads")(q, k, v), use("grouped_query_attention")(q, k[:1, :, :], v[:1, :, :])


attention_heads_are_grouped_query_attention_with_a_group_for_each_head.explain(
    "head // heads_per_group → head", "each group has one head, and a number divided by one is itself"
)


@check
def multi_query_attention_is_grouped_query_attention_with_one_group(
    use, q: Real[Array, "h n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    return use("multi_query_attention")(q, k, v), use("grouped_query_attention")(
        q, k[None, :, :], v[None, :, :]
    )


@multi_query_attention_is_grouped_query_attention_with_one_group.control(
    "the heads and the positions of the queries change places"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    turned = xp.reshape(xp.permute_dims(q, (1, 0, 2)), q.shape)
    return use("multi_query_attention")(turned, k, v), use("grouped_query_attention")(
        q, k[None, :, :], v[None, :, :]
    )


@multi_query_attention_is_grouped_query_attention_with_one_group.control(
    "the widths of all heads together set the scale"
)
def _(use, q, k, v):
    root = array_namespace(q).sqrt(constant(q, 2))
    return use("multi_query_attention")(q / root, k, v), use("grouped_query_attention")(
        q, k[None, :, :], v[None, :, :]
    )


multi_query_attention_is_grouped_query_attention_with_one_group.explain(
    "q.shape[0] // k.shape[0] → q.shape[0]", "there is one group, and a number divided by one is itself"
)


@check
def sharing_the_mean_of_the_keys_does_not_keep_attention_heads(
    use, q: Real[Array, "h n d"], k: Real[Array, "h m d"], v: Real[Array, "h m e"]
):
    xp = array_namespace(q)
    shared = use("multi_query_attention")(q, xp.mean(k, axis=0), xp.mean(v, axis=0))
    return use("attention_heads")(q, k, v), shared


@sharing_the_mean_of_the_keys_does_not_keep_attention_heads.counterexample
def _():
    return {"q": [[[1]], [[1]]], "k": [[[0], [2]], [[0], [-2]]], "v": [[[0], [1]], [[0], [1]]]}


@sharing_the_mean_of_the_keys_does_not_keep_attention_heads.control(
    "all heads have the same keys and values already"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    same = xp.broadcast_to(k[:1, :, :], k.shape), xp.broadcast_to(v[:1, :, :], v.shape)
    return use("attention_heads")(q, *same), use("multi_query_attention")(q, k[0, :, :], v[0, :, :])


# Heads put together --------------------------------------------------------------------------------------------


def _by_circuits(use, x, w_q, w_k, w_v, w_o):
    """Σ_h softmax(x A_h xᵀ/√d) x B_h with A_h = W_Q W_Kᵀ and B_h = W_V W_O: each head reads x itself as its keys."""
    h, e = w_q.shape[0], w_v.shape[2]
    xp = array_namespace(x)
    # softmax_attention divides by the root of the width of x, a head by the root of its own width.
    scale = xp.sqrt(constant(x, x.shape[1])) / xp.sqrt(constant(x, w_q.shape[2]))
    total = 0
    for head in range(h):
        reading = w_q[head, :, :] @ w_k[head, :, :].mT * scale
        writing = w_v[head, :, :] @ w_o[head * e : (head + 1) * e, :]
        total = total + use("softmax_attention")(x @ reading, x, x) @ writing
    return total


@check
def multi_head_layer_is_a_sum_of_heads(
    use,
    x: Real[Array, "n 4"],
    w_q: Real[Array, "2 4 d"],
    w_k: Real[Array, "2 4 d"],
    w_v: Real[Array, "2 4 3"],
    w_o: Real[Array, "6 4"],
):
    return use("multi_head_layer")(x, w_q, w_k, w_v, w_o), _by_circuits(use, x, w_q, w_k, w_v, w_o)


@multi_head_layer_is_a_sum_of_heads.control("the blocks of the output projection are exchanged")
def _(use, x, w_q, w_k, w_v, w_o):
    swapped = array_namespace(x).concat([w_o[3:, :], w_o[:3, :]])
    return use("multi_head_layer")(x, w_q, w_k, w_v, w_o), _by_circuits(use, x, w_q, w_k, w_v, swapped)


@multi_head_layer_is_a_sum_of_heads.control("query and key projections are exchanged")
def _(use, x, w_q, w_k, w_v, w_o):
    return use("multi_head_layer")(x, w_q, w_k, w_v, w_o), _by_circuits(use, x, w_k, w_q, w_v, w_o)


@multi_head_layer_is_a_sum_of_heads.control("the heads are averaged instead of added")
def _(use, x, w_q, w_k, w_v, w_o):
    return use("multi_head_layer")(x, w_q, w_k, w_v, w_o), _by_circuits(use, x, w_q, w_k, w_v, w_o / 2)


@check
def multi_head_layer_is_multi_head_attention(
    use,
    x: Real[Array, "n c"],
    w_q: Real[Array, "2 c d"],
    w_k: Real[Array, "2 c d"],
    w_v: Real[Array, "2 c 3"],
    w_o: Real[Array, "2 3 o"],
):
    stacked = array_namespace(x).reshape(w_o, (6, w_o.shape[2]))
    return use("multi_head_layer")(x, w_q, w_k, w_v, stacked), use("multi_head_attention")(
        x, w_q, w_k, w_v, w_o
    )


@multi_head_layer_is_multi_head_attention.control("rows of the output matrix are dealt to the heads in turn")
def _(use, x, w_q, w_k, w_v, w_o):
    xp = array_namespace(x)
    stacked = xp.reshape(xp.permute_dims(w_o, (1, 0, 2)), (6, w_o.shape[2]))
    return use("multi_head_layer")(x, w_q, w_k, w_v, stacked), use("multi_head_attention")(
        x, w_q, w_k, w_v, w_o
    )


# Latent attention ----------------------------------------------------------------------------------------------


SMALL = {"h": (2, 3), "n": (2, 3), "m": (3, 4), "r": (2, 5), "d": (2, 4), "e": (1, 2)}


@check(sizes=SMALL)
def absorbed_latent_attention_is_latent_attention(
    use,
    q: Real[Array, "h n d"],
    latent: Real[Array, "m r"],
    w_uk: Real[Array, "h r d"],
    w_uv: Real[Array, "h r e"],
):
    return (
        use("absorbed_latent_attention")(q, latent, w_uk, w_uv),
        use("latent_attention")(q, latent, w_uk, w_uv),
    )


@absorbed_latent_attention_is_latent_attention.control("each head takes in the key projection of another")
def _(use, q, latent, w_uk, w_uv):
    other = array_namespace(q).flip(w_uk, axis=0)
    return (
        use("absorbed_latent_attention")(q, latent, other, w_uv),
        use("latent_attention")(q, latent, w_uk, w_uv),
    )


@absorbed_latent_attention_is_latent_attention.control("the scale is that of a head wider by one")
def _(use, q, latent, w_uk, w_uv):
    xp = array_namespace(q)
    scale = xp.sqrt(constant(q, q.shape[2])) / xp.sqrt(constant(q, q.shape[2] + 1))
    return (
        use("absorbed_latent_attention")(q * scale, latent, w_uk, w_uv),
        use("latent_attention")(q, latent, w_uk, w_uv),
    )


@check(sizes=SMALL)
def latent_attention_is_multi_query_attention_on_the_latents(
    use,
    q: Real[Array, "h n d"],
    latent: Real[Array, "m r"],
    w_uk: Real[Array, "h r d"],
    w_uv: Real[Array, "h r e"],
):
    return use("latent_attention")(q, latent, w_uk, w_uv), _on_latents(use, q, latent, w_uk, w_uv)


def _on_latents(use, q, latent, w_uk, w_uv):
    xp = array_namespace(q)
    scale = xp.sqrt(constant(q, latent.shape[1])) / xp.sqrt(constant(q, q.shape[2]))
    queries = xp.stack([q[i, :, :] @ w_uk[i, :, :].mT * scale for i in range(q.shape[0])])
    means = use("multi_query_attention")(queries, latent, latent)
    return xp.stack([means[i, :, :] @ w_uv[i, :, :] for i in range(q.shape[0])])


@latent_attention_is_multi_query_attention_on_the_latents.control(
    "every head takes in the key projection of the first"
)
def _(use, q, latent, w_uk, w_uv):
    first = array_namespace(q).broadcast_to(w_uk[:1, :, :], w_uk.shape)
    return use("latent_attention")(q, latent, w_uk, w_uv), _on_latents(use, q, latent, first, w_uv)


@latent_attention_is_multi_query_attention_on_the_latents.control("the averages are not projected to values")
def _(use, q, latent, w_uk):
    return (
        use("latent_attention")(q, latent, w_uk, w_uk),
        _on_latents(use, q, latent, w_uk, 0 * w_uk + 1),
    )


@check(sizes=SMALL)
def latent_attention_is_attention_heads_with_keys_of_low_rank(
    use,
    q: Real[Array, "h n d"],
    latent: Real[Array, "m r"],
    w_uk: Real[Array, "h r d"],
    w_uv: Real[Array, "h r e"],
):
    xp = array_namespace(q)
    keys = xp.stack([latent @ w_uk[i, :, :] for i in range(q.shape[0])])
    values = xp.stack([latent @ w_uv[i, :, :] for i in range(q.shape[0])])
    return use("latent_attention")(q, latent, w_uk, w_uv), use("attention_heads")(q, keys, values)


@latent_attention_is_attention_heads_with_keys_of_low_rank.control(
    "keys and values are made with each other's projections"
)
def _(use, q, latent, w_uk):
    xp = array_namespace(q)
    other = w_uk + 1
    keys = xp.stack([latent @ other[i, :, :] for i in range(q.shape[0])])
    values = xp.stack([latent @ w_uk[i, :, :] for i in range(q.shape[0])])
    return use("latent_attention")(q, latent, w_uk, other), use("attention_heads")(q, keys, values)


# Rotary positions in between -----------------------------------------------------------------------------------


def _quarter_turns(x, first=0):
    """Row i of pairs of numbers, turned by i quarters of a circle: the rotation of a rotary encoding, in integers."""
    xp = array_namespace(x)
    turned = []
    for i in range(x.shape[0]):
        a, b = x[i, 0], x[i, 1]
        for _ in range((first + i) % 4):
            a, b = -b, a
        turned.append(xp.stack([a, b]))
    return xp.stack(turned)


@check
def latent_attention_with_rotated_keys_cannot_absorb_the_key_projection(
    use, q: Real[Array, "n 2"], latent: Real[Array, "n 2"], w_uk: Real[Array, "2 2"]
):
    # The rotation belongs between the projection and the score. Absorbing first means rotating latents instead.
    attend = use("softmax_attention")
    expanded = attend(_quarter_turns(q), _quarter_turns(latent @ w_uk), latent)
    return expanded, attend(_quarter_turns(q @ w_uk.mT), _quarter_turns(latent), latent)


@latent_attention_with_rotated_keys_cannot_absorb_the_key_projection.counterexample
def _():
    return {"q": [[1, 0], [1, 0]], "latent": [[1, 0], [0, 1]], "w_uk": [[1, 0], [0, 2]]}


@latent_attention_with_rotated_keys_cannot_absorb_the_key_projection.control(
    "the projection is a rotation and a scale, which commutes with rotations"
)
def _(use, q, latent, w_uk):
    xp = array_namespace(q)
    a, b = w_uk[0, 0], w_uk[0, 1]
    turn = xp.stack([xp.stack([a, b]), xp.stack([-b, a])])
    attend = use("softmax_attention")
    expanded = attend(_quarter_turns(q), _quarter_turns(latent @ turn), latent)
    return expanded, attend(_quarter_turns(q @ turn.mT), _quarter_turns(latent), latent)


@check
def latent_attention_absorbs_the_key_projection_if_the_rotated_part_is_apart(
    use,
    q: Real[Array, "n d"],
    q_rotary: Real[Array, "n 2"],
    latent: Real[Array, "n d"],
    k_rotary: Real[Array, "n 2"],
    w_uk: Real[Array, "d d"],
):
    return _apart(use, q, q_rotary, latent, k_rotary, w_uk)


def _apart(use, q, q_rotary, latent, k_rotary, w_uk):
    xp, attend = array_namespace(q), use("softmax_attention")
    queries, keys = _quarter_turns(q_rotary), _quarter_turns(k_rotary)
    expanded = attend(xp.concat([q, queries], axis=-1), xp.concat([latent @ w_uk, keys], axis=-1), latent)
    absorbed = attend(xp.concat([q @ w_uk.mT, queries], axis=-1), xp.concat([latent, keys], axis=-1), latent)
    return expanded, absorbed


@latent_attention_absorbs_the_key_projection_if_the_rotated_part_is_apart.control(
    "the rotated part of the keys is projected as well"
)
def _(use, q, q_rotary, latent, k_rotary, w_uk):
    expanded, _ = _apart(use, q, q_rotary, latent, 2 * k_rotary, w_uk)
    return expanded, _apart(use, q, q_rotary, latent, k_rotary, w_uk)[1]


@latent_attention_absorbs_the_key_projection_if_the_rotated_part_is_apart.control(
    "the queries of the absorbed form are one position late"
)
def _(use, q, q_rotary, latent, k_rotary, w_uk):
    xp, attend = array_namespace(q), use("softmax_attention")
    expanded, _ = _apart(use, q, q_rotary, latent, k_rotary, w_uk)
    queries, keys = _quarter_turns(q_rotary, first=1), _quarter_turns(k_rotary)
    absorbed = attend(xp.concat([q @ w_uk.mT, queries], axis=-1), xp.concat([latent, keys], axis=-1), latent)
    return expanded, absorbed
