"""Checks of the claims about biases and masks that tell attention about positions."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Real, check

# Biases and masks ------------------------------------------------------------------------------------------------


@check
def biased_softmax_attention_is_attention_under_a_mask(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], bias: Real[Array, "n m"]
):
    mask = array_namespace(bias).exp(bias)
    return use("biased_softmax_attention")(q, k, v, bias), use("masked_softmax_attention")(q, k, v, mask)


@biased_softmax_attention_is_attention_under_a_mask.control("the mask acts after normalisation")
def _(use, q, k, v, bias):
    xp = array_namespace(bias)
    shares = use("softmax_attention")(q, k, xp.eye(k.shape[0], dtype=k.dtype))
    return use("biased_softmax_attention")(q, k, v, bias), (xp.exp(bias) * shares) @ v


@biased_softmax_attention_is_attention_under_a_mask.control("the bias itself is taken for the mask")
def _(use, q, k, v, bias):
    return use("biased_softmax_attention")(q, k, v, bias), use("masked_softmax_attention")(q, k, v, bias)


@check
def biased_softmax_attention_does_not_notice_a_bias_per_query(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], bias: Real[Array, "n"]
):
    table = array_namespace(q).broadcast_to(bias[:, None], (q.shape[0], k.shape[0]))
    return use("biased_softmax_attention")(q, k, v, table), use("softmax_attention")(q, k, v)


biased_softmax_attention_does_not_notice_a_bias_per_query.explain(
    "+ bias → q @ k.mT / xp.sqrt(constant(q, k.shape[-1]))",
    "that a bias per query has no effect is the claim",
)


@biased_softmax_attention_does_not_notice_a_bias_per_query.control("a bias per key")
def _(use, q, k, v, bias):
    xp = array_namespace(q)
    table = xp.broadcast_to(xp.sum(k, axis=1)[None, :], (q.shape[0], k.shape[0]))
    return use("biased_softmax_attention")(q, k, v, table), use("softmax_attention")(q, k, v)


@biased_softmax_attention_does_not_notice_a_bias_per_query.control("a factor per query in place of a bias")
def _(use, q, k, v, bias):
    return use("softmax_attention")(bias[:, None] * q, k, v), use("softmax_attention")(q, k, v)


@check
def masked_softmax_attention_is_a_kernel_smoother(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], mask: Real[Array, "n m"]
):
    mask = mask * mask
    weights = mask * use("exponential_kernel")(q, k)
    return use("masked_softmax_attention")(q, k, v, mask), use("nadaraya_watson_smoother")(weights, v)


@masked_softmax_attention_is_a_kernel_smoother.control("the mask is left out of the normaliser")
def _(use, q, k, v, mask):
    xp = array_namespace(q)
    kernel = use("exponential_kernel")(q, k)
    right = (mask * mask * kernel) @ v / xp.sum(kernel, axis=1, keepdims=True)
    return use("masked_softmax_attention")(q, k, v, mask * mask), right


@check
def relative_bias_attention_is_attention_under_a_toeplitz_mask(
    use,
    q: Real[Array, "n d"],
    k: Real[Array, "n d"],
    v: Real[Array, "n e"],
    column: Real[Array, "n"],
    row: Real[Array, "n"],
):
    xp = array_namespace(q)
    mask = use("toeplitz_matrix")(xp.exp(column), xp.exp(row))
    left = use("relative_bias_attention")(q, k, v, column, row)
    return left, use("masked_softmax_attention")(q, k, v, mask)


@relative_bias_attention_is_attention_under_a_toeplitz_mask.control("offsets are key minus query")
def _(use, q, k, v, column, row):
    xp = array_namespace(q)
    mask = use("toeplitz_matrix")(xp.exp(column), xp.exp(row)).mT
    left = use("relative_bias_attention")(q, k, v, column, row)
    return left, use("masked_softmax_attention")(q, k, v, mask)


@relative_bias_attention_is_attention_under_a_toeplitz_mask.control("offsets wrap around: a circulant mask")
def _(use, q, k, v, column, row):
    xp = array_namespace(q)
    wrapped = xp.exp(xp.concat([row[:1], xp.flip(column[1:], axis=0)]))
    mask = use("toeplitz_matrix")(xp.exp(column), wrapped)
    left = use("relative_bias_attention")(q, k, v, column, row)
    return left, use("masked_softmax_attention")(q, k, v, mask)


@check
def relative_bias_of_a_grid_is_a_block_toeplitz_mask(
    use,
    q: Real[Array, "a b d"],
    k: Real[Array, "a b d"],
    v: Real[Array, "a b e"],
    bias: Real[Array, "2*a-1 2*b-1"],
):
    xp = array_namespace(q)
    queries, keys, values = (xp.reshape(x, (-1, x.shape[-1])) for x in (q, k, v))
    left = use("biased_softmax_attention")(queries, keys, values, _grid_bias(bias, q.shape[0], q.shape[1]))
    mask = use("block_toeplitz_matrix")(xp.exp(bias))
    return left, use("masked_softmax_attention")(queries, keys, values, mask)


def _grid_bias(bias, a, b):
    """The table of the biases between all cells of an a×b grid, looked up by offset as a layer would."""
    xp = array_namespace(bias)
    i, j = np.divmod(np.arange(a * b), b)
    places = (i[:, None] - i[None, :] + a - 1) * (2 * b - 1) + j[:, None] - j[None, :] + b - 1
    return xp.reshape(xp.take(xp.reshape(bias, (-1,)), places.reshape(-1), axis=0), (a * b, a * b))


@relative_bias_of_a_grid_is_a_block_toeplitz_mask.control("the cells in one long row: a mask of one level")
def _(use, q, k, v, bias):
    xp = array_namespace(q)
    a, b = q.shape[:2]
    queries, keys, values = (xp.reshape(x, (-1, x.shape[-1])) for x in (q, k, v))
    left = use("biased_softmax_attention")(queries, keys, values, _grid_bias(bias, a, b))
    flat = xp.reshape(xp.exp(bias), (-1,))
    middle = flat.shape[0] // 2
    line = flat[middle : middle + a * b]
    return left, use("masked_softmax_attention")(
        queries, keys, values, use("toeplitz_matrix")(line, xp.flip(flat[: middle + 1], axis=0)[: a * b])
    )


@relative_bias_of_a_grid_is_a_block_toeplitz_mask.control("the bias is looked up for the offset reversed")
def _(use, q, k, v, bias):
    xp = array_namespace(q)
    queries, keys, values = (xp.reshape(x, (-1, x.shape[-1])) for x in (q, k, v))
    left = use("biased_softmax_attention")(queries, keys, values, _grid_bias(bias, *q.shape[:2]).mT)
    mask = use("block_toeplitz_matrix")(xp.exp(bias))
    return left, use("masked_softmax_attention")(queries, keys, values, mask)


# ALiBi -----------------------------------------------------------------------------------------------------------


def _places(x):
    """The positions 0, 1, … of the rows of x as numbers."""
    return array_namespace(x).asarray(np.arange(x.shape[0]), dtype=x.dtype)


@check
def alibi_attention_is_causal_attention_with_a_bias_per_key(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], slope: Real[Array, ""]
):
    return use("alibi_attention")(q, k, v, slope), use("key_bias_attention")(q, k, v, slope * _places(k))


@alibi_attention_is_causal_attention_with_a_bias_per_key.control("no mask: attention looks both ways")
def _(use, q, k, v, slope):
    xp = array_namespace(q)
    places = np.arange(q.shape[0])
    apart = xp.asarray(abs(places[:, None] - places[None, :]), dtype=q.dtype)
    left = use("biased_softmax_attention")(q, k, v, -slope * apart)
    return left, use("key_bias_attention")(q, k, v, slope * _places(k))


@alibi_attention_is_causal_attention_with_a_bias_per_key.control(
    "the bias falls with the position of the key"
)
def _(use, q, k, v, slope):
    return use("alibi_attention")(q, k, v, slope), use("key_bias_attention")(q, k, v, -slope * _places(k))


@check
def alibi_attention_is_attention_under_a_mask_that_decays(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], slope: Real[Array, ""]
):
    mask = use("decay_mask")(array_namespace(q).exp(-slope), n=q.shape[0])
    return use("alibi_attention")(q, k, v, slope), use("masked_softmax_attention")(q, k, v, mask)


@alibi_attention_is_attention_under_a_mask_that_decays.control("the mask acts after normalisation")
def _(use, q, k, v, slope):
    xp = array_namespace(q)
    shares = use("softmax_attention")(q, k, xp.eye(k.shape[0], dtype=k.dtype))
    right = (use("decay_mask")(xp.exp(-slope), n=q.shape[0]) * shares) @ v
    return use("alibi_attention")(q, k, v, slope), right


@alibi_attention_is_attention_under_a_mask_that_decays.control("a key is forbidden to read itself")
def _(use, q, k, v, slope):
    xp = array_namespace(q)
    mask = use("decay_mask")(xp.exp(-slope), n=q.shape[0]) - xp.eye(q.shape[0], dtype=q.dtype)
    # The first query would read nothing, so the outputs are compared from the second one on.
    right = use("masked_softmax_attention")(q[1:, :], k, v, mask[1:, :])
    return use("alibi_attention")(q, k, v, slope)[1:, :], right


@check
def key_bias_attention_is_causal_attention_with_one_more_feature(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], bias: Real[Array, "n"]
):
    queries, keys = _with_one_more_feature(q, k, bias)
    return use("key_bias_attention")(q, k, v, bias), use("causal_softmax_attention")(queries, keys, v)


def _with_one_more_feature(q, k, bias):
    """Queries that end in a one and keys that end in their bias, and the scale 1/√(d + 1) made up for."""
    xp, d = array_namespace(q), q.shape[1]
    scale, old = xp.sqrt(constant(q, d + 1)), xp.sqrt(constant(q, d))
    one = xp.ones((q.shape[0], 1), dtype=q.dtype)
    return xp.concat([q * scale / old, one * scale], axis=1), xp.concat([k, bias[:, None]], axis=1)


@key_bias_attention_is_causal_attention_with_one_more_feature.control(
    "the scale of the wider keys is overlooked"
)
def _(use, q, k, v, bias):
    xp = array_namespace(q)
    one = xp.ones((q.shape[0], 1), dtype=q.dtype)
    queries, keys = xp.concat([q, one], axis=1), xp.concat([k, bias[:, None]], axis=1)
    return use("key_bias_attention")(q, k, v, bias), use("causal_softmax_attention")(queries, keys, v)


@key_bias_attention_is_causal_attention_with_one_more_feature.control("the bias is a feature of the queries")
def _(use, q, k, v, bias):
    xp = array_namespace(q)
    queries, keys = _with_one_more_feature(q, k, bias)
    swapped = xp.concat([queries[:, :-1], keys[:, -1:]], axis=1), xp.concat([k, queries[:, -1:]], axis=1)
    return use("key_bias_attention")(q, k, v, bias), use("causal_softmax_attention")(*swapped, v)


@check
def two_sided_alibi_is_not_a_bias_per_key(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], slope: Real[Array, ""]
):
    # Equal queries get equal answers under any bias that only knows the key, as one of the controls says.
    xp = array_namespace(q)
    places = np.arange(q.shape[0])
    apart = xp.asarray(abs(places[:, None] - places[None, :]), dtype=q.dtype)
    equal = xp.broadcast_to(q[:1, :], q.shape)
    answers = use("biased_softmax_attention")(equal, k, v, -slope * apart)
    return answers[1:, :], answers[:-1, :]


@two_sided_alibi_is_not_a_bias_per_key.counterexample
def _():
    return {"q": [[0], [0]], "k": [[0], [0]], "v": [[0], [1]], "slope": 1}


@two_sided_alibi_is_not_a_bias_per_key.control("a bias that only knows the key, whatever it is")
def _(use, q, k, v, slope):
    # The first column of the values stands for the biases.
    xp, n = array_namespace(q), q.shape[0]
    per_key = xp.broadcast_to(slope * v[None, :, 0], (n, n))
    answers = use("biased_softmax_attention")(xp.broadcast_to(q[:1, :], q.shape), k, v, per_key)
    return answers[1:, :], answers[:-1, :]


@two_sided_alibi_is_not_a_bias_per_key.control("the last query, which has no key after it")
def _(use, q, k, v, slope):
    xp, places = array_namespace(q), np.arange(q.shape[0])
    apart = xp.asarray(abs(places[:, None] - places[None, :]), dtype=q.dtype)
    per_key = xp.broadcast_to(slope * _places(k)[None, :], apart.shape)
    tables = (-slope * apart, per_key)
    causal = use("alibi_attention")(q, k, v, slope), use("key_bias_attention")(q, k, v, slope * _places(k))
    return [use("biased_softmax_attention")(q, k, v, table)[-1, :] for table in tables], [
        y[-1, :] for y in causal
    ]


@two_sided_alibi_is_not_a_bias_per_key.control("under a causal mask")
def _(use, q, k, v, slope):
    return use("alibi_attention")(q, k, v, slope), use("key_bias_attention")(q, k, v, slope * _places(k))


def _along_diagonals(table):
    """Each entry of a table but those at its edges, and its neighbour down the diagonal: equal in a Toeplitz matrix."""
    return table[1:, 1:], table[:-1, :-1]


@check
def alibi_does_not_need_a_toeplitz_bias(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"], slope: Real[Array, ""]
):
    # A table with the same row for every query, and the attention that it gives, beside that of ALiBi.
    biases = slope * _places(k)
    lower, upper = _along_diagonals(array_namespace(k).broadcast_to(biases[None, :], (k.shape[0],) * 2))
    return (lower, use("key_bias_attention")(q, k, v, biases)), (
        upper,
        use("alibi_attention")(q, k, v, slope),
    )


@alibi_does_not_need_a_toeplitz_bias.counterexample
def _():
    return {"q": [[0], [0]], "k": [[0], [0]], "v": [[0], [1]], "slope": 1}


@alibi_does_not_need_a_toeplitz_bias.control("the attention alone, which the table does give")
def _(use, q, k, v, slope):
    return use("key_bias_attention")(q, k, v, slope * _places(k)), use("alibi_attention")(q, k, v, slope)


@alibi_does_not_need_a_toeplitz_bias.control("each row less its own last admitted entry: the table of ALiBi")
def _(use, q, k, v, slope):
    # Later keys have been struck out of this table already, by a bias that leaves nothing of them.
    lower, upper = _along_diagonals(slope * _places(k)[None, :] - slope * _places(k)[:, None])
    return (lower, use("key_bias_attention")(q, k, v, slope * _places(k))), (
        upper,
        use("alibi_attention")(q, k, v, slope),
    )
