"""Checks of the claims about block-term decompositions and the scores of several heads as one tensor."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Real, check, condition


@condition(generic=True)
def invertible_bases_of_blocks(g):
    xp = array_namespace(g)
    blocks = [g[r, :, :] for r in range(g.shape[0])]
    return all(bool(xp.linalg.det(m) ** 2 * 2**30 > xp.prod(xp.sum(m * m, axis=1))) for m in blocks)


def _side_by_side(blocks):
    """The blocks of a factor as one matrix, next to each other."""
    xp = array_namespace(blocks)
    return xp.concat([blocks[r, :, :] for r in range(blocks.shape[0])], axis=1)


def _one_hot(blocks):
    """One row for each block, with ones at the columns that belong to it."""
    r, _, width = blocks.shape
    return array_namespace(blocks).asarray(
        np.kron(np.eye(r, dtype=int), np.ones((1, width), dtype=int)), dtype=blocks.dtype
    )


# Forms of one tensor --------------------------------------------------------------------------------------------


@check
def query_key_tensor_is_a_block_term_tensor(use, w_q: Real[Array, "h i d"], w_k: Real[Array, "h j d"]):
    heads = array_namespace(w_q).eye(w_q.shape[0], dtype=w_q.dtype)
    return use("query_key_tensor")(w_q, w_k), use("block_term_tensor")(w_q, w_k, heads)


@query_key_tensor_is_a_block_term_tensor.control("all blocks belong to all heads")
def _(use, w_q, w_k):
    heads = array_namespace(w_q).ones((w_q.shape[0],) * 2, dtype=w_q.dtype)
    return use("query_key_tensor")(w_q, w_k), use("block_term_tensor")(w_q, w_k, heads)


@query_key_tensor_is_a_block_term_tensor.control("the keys of the heads are listed in another order")
def _(use, w_q, w_k):
    xp = array_namespace(w_q)
    heads = xp.eye(w_q.shape[0], dtype=w_q.dtype)
    return use("query_key_tensor")(w_q, w_k), use("block_term_tensor")(w_q, xp.flip(w_k, axis=0), heads)


@check
def block_term_tensor_is_a_cp_tensor(
    use, a: Real[Array, "r i l"], b: Real[Array, "r j l"], c: Real[Array, "k r"]
):
    terms = use("cp_tensor")(_side_by_side(a), _side_by_side(b), c @ _one_hot(a))
    return use("block_term_tensor")(a, b, c), terms


@block_term_tensor_is_a_cp_tensor.control("only the first component of each block is kept")
def _(use, a, b, c):
    return use("block_term_tensor")(a, b, c), use("cp_tensor")(a[:, :, 0].mT, b[:, :, 0].mT, c)


@block_term_tensor_is_a_cp_tensor.control("the blocks exchange their vectors")
def _(use, a, b, c):
    turned = array_namespace(c).flip(c, axis=1)
    terms = use("cp_tensor")(_side_by_side(a), _side_by_side(b), turned @ _one_hot(a))
    return use("block_term_tensor")(a, b, c), terms


@check
def block_term_tensor_is_unchanged_by_a_change_of_basis_in_each_block(
    use, a: Real[Array, "r i l"], b: Real[Array, "r j l"], c: Real[Array, "k r"], g: Real[Array, "r l l"]
):
    xp = array_namespace(a)
    blocks = range(a.shape[0])
    changed = xp.stack([a[r, :, :] @ g[r, :, :] for r in blocks])
    dual = xp.stack([xp.linalg.solve(g[r, :, :], b[r, :, :].mT).mT for r in blocks])
    return use("block_term_tensor")(changed, dual, c), use("block_term_tensor")(a, b, c)


@block_term_tensor_is_unchanged_by_a_change_of_basis_in_each_block.control("both factors are multiplied by G")
def _(use, a, b, c, g):
    xp = array_namespace(a)
    blocks = range(a.shape[0])
    changed, same = (xp.stack([f[r, :, :] @ g[r, :, :] for r in blocks]) for f in (a, b))
    return use("block_term_tensor")(changed, same, c), use("block_term_tensor")(a, b, c)


# Collaborative heads --------------------------------------------------------------------------------------------


def _read_by(x, z, t):
    """x T[:, :, h] zᵀ for each h."""
    return array_namespace(x).stack([x @ t[:, :, h] @ z.mT for h in range(t.shape[2])])


@check(sizes={"n": (2, 3), "m": (3, 4), "i": (2, 4), "j": (3, 5), "r": (2, 3), "h": (2, 4)})
def collaborative_attention_scores_are_a_cp_tensor_read_by_the_tokens(
    use,
    x: Real[Array, "n i"],
    z: Real[Array, "m j"],
    w_q: Real[Array, "i r"],
    w_k: Real[Array, "j r"],
    mixing: Real[Array, "h r"],
):
    read = _read_by(x, z, use("cp_tensor")(w_q, w_k, mixing))
    return use("collaborative_attention_scores")(x, z, w_q, w_k, mixing), read


@collaborative_attention_scores_are_a_cp_tensor_read_by_the_tokens.control("all heads mix alike")
def _(use, x, z, w_q, w_k, mixing):
    xp = array_namespace(x)
    alike = xp.broadcast_to(mixing[:1, :], mixing.shape)
    read = _read_by(x, z, use("cp_tensor")(w_q, w_k, alike))
    return use("collaborative_attention_scores")(x, z, w_q, w_k, mixing), read


@check(sizes={"n": (2, 3), "m": (3, 4), "i": (2, 4), "j": (3, 5), "h": (2, 3), "d": (2, 4)})
def collaborative_attention_with_one_hot_mixing_has_the_scores_of_separate_heads(
    use,
    x: Real[Array, "n i"],
    z: Real[Array, "m j"],
    w_q: Real[Array, "h i d"],
    w_k: Real[Array, "h j d"],
):
    scores = use("collaborative_attention_scores")
    shared = scores(x, z, _side_by_side(w_q), _side_by_side(w_k), _one_hot(w_q))
    return _read_by(x, z, use("query_key_tensor")(w_q, w_k)), shared


@collaborative_attention_with_one_hot_mixing_has_the_scores_of_separate_heads.control(
    "every head uses all dimensions"
)
def _(use, x, z, w_q, w_k):
    scores, mixing = use("collaborative_attention_scores"), _one_hot(w_q)
    shared = scores(x, z, _side_by_side(w_q), _side_by_side(w_k), array_namespace(x).ones_like(mixing))
    return _read_by(x, z, use("query_key_tensor")(w_q, w_k)), shared


# Single-block attention -----------------------------------------------------------------------------------------


@check
def single_block_attention_is_a_cp_tensor(
    use, g: Real[Array, "r"], q: Real[Array, "n r"], k: Real[Array, "m r"], v: Real[Array, "p r"]
):
    return use("single_block_attention")(g, q, k, v), use("cp_tensor")(q * g[None, :], k, v)


@single_block_attention_is_a_cp_tensor.control("the core is left out")
def _(use, g, q, k, v):
    return use("single_block_attention")(g, q, k, v), use("cp_tensor")(q, k, v)


@single_block_attention_is_a_cp_tensor.control("the core enters with every factor")
def _(use, g, q, k, v):
    weighted = (f * g[None, :] for f in (q, k, v))
    return use("single_block_attention")(g, q, k, v), use("cp_tensor")(*weighted)


def _summed_over_keys(use, g, q, k, v):
    return array_namespace(q).sum(use("single_block_attention")(g, q, k, v), axis=1)


def _pooled(g, q, k, v):
    """Queries times values along the common index, weighted by the core and by the sum of all keys."""
    return (q * (g * array_namespace(k).sum(k, axis=0))[None, :]) @ v.mT


@check
def single_block_attention_summed_over_keys_pools_them(
    use, g: Real[Array, "r"], q: Real[Array, "n r"], k: Real[Array, "m r"], v: Real[Array, "p r"]
):
    return _summed_over_keys(use, g, q, k, v), _pooled(g, q, k, v)


@single_block_attention_summed_over_keys_pools_them.control("the mean of the keys is taken, not their sum")
def _(use, g, q, k, v):
    return _summed_over_keys(use, g, q, k, v), _pooled(g, q, k / k.shape[0], v)


@single_block_attention_summed_over_keys_pools_them.control("only the first key is read")
def _(use, g, q, k, v):
    return _summed_over_keys(use, g, q, k, v), _pooled(g, q, k[:1, :], v)


@check
def single_block_attention_summed_over_keys_is_not_softmax_attention(
    use, q: Real[Array, "n r"], k: Real[Array, "r r"], v: Real[Array, "r r"]
):
    # As many keys as the width: otherwise even the shapes of the two differ.
    ones = array_namespace(q).ones_like(q[0, :])
    return _summed_over_keys(use, ones, q, k, v), use("softmax_attention")(q, k, v)


@single_block_attention_summed_over_keys_is_not_softmax_attention.counterexample
def _():
    # Without the softmax the right side would be (0, 1): it is not only the softmax that is missing.
    return {"q": [[1, 0]], "k": [[1, 0], [0, 1]], "v": [[0, 1], [0, 0]]}


@single_block_attention_summed_over_keys_is_not_softmax_attention.control(
    "the keys are pooled on the right as well"
)
def _(use, q, k, v):
    ones = array_namespace(q).ones_like(q[0, :])
    return _summed_over_keys(use, ones, q, k, v), _pooled(ones, q, k, v)
