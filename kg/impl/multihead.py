"""Several heads of attention, and the ways in which they share keys and values.

Conventions: the first axis of queries counts heads; rows are positions; scores are divided by the square root of the
width of one head; no mask; the output of each head is kept apart unless an output projection is given.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace, constant, shift


def attention_heads(
    q: Real[Array, "h n d"], k: Real[Array, "h m d"], v: Real[Array, "h m e"]
) -> Real[Array, "h n e"]:
    """Every head has queries, keys and values of its own, and all heads are computed at once.

    Conventions: scale 1/√d; no mask; at least one key.
    Source: :cite:t:`vaswani2017attention`.
    """
    xp = array_namespace(q)
    scores = xp.sum(q[:, :, None, :] * k[:, None, :, :], axis=-1) / xp.sqrt(constant(q, q.shape[2]))
    weights = xp.exp(scores - shift(scores, axis=-1))
    shares = weights / xp.sum(weights, axis=-1, keepdims=True)
    return xp.sum(shares[:, :, :, None] * v[:, None, :, :], axis=2)


def grouped_query_attention(
    q: Real[Array, "2*g n d"], k: Real[Array, "g m d"], v: Real[Array, "g m e"]
) -> Real[Array, "2*g n e"]:
    """Neighbouring heads form groups; the heads of one group read the same keys and the same values.

    Conventions: the number of heads is a multiple of the number of groups; scale 1/√d; no mask.
    Source: :cite:t:`ainslie2023gqa`.
    """
    xp = array_namespace(q)
    heads_per_group = q.shape[0] // k.shape[0]
    outputs = []
    for head in range(q.shape[0]):
        group = head // heads_per_group
        scores = q[head, :, :] @ k[group, :, :].mT / xp.sqrt(constant(q, q.shape[-1]))
        weights = xp.exp(scores - shift(scores, axis=-1))
        outputs.append(weights @ v[group, :, :] / xp.sum(weights, axis=-1, keepdims=True))
    return xp.stack(outputs)


def multi_query_attention(
    q: Real[Array, "h n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
) -> Real[Array, "h n e"]:
    """One set of keys and values for all heads: the heads are so many more queries to it.

    Conventions: scale 1/√d; no mask.
    Source: :cite:t:`shazeer2019fast`.
    """
    xp = array_namespace(q)
    h, n, d = q.shape
    queries = xp.reshape(q, (h * n, d))
    scores = queries @ k.mT / xp.sqrt(constant(q, d))
    likeness = xp.exp(scores - shift(scores, axis=-1))
    totals = xp.sum(likeness, axis=1)
    return xp.reshape((likeness @ v) / totals[:, None], (h, n, v.shape[1]))


def multi_head_layer(
    x: Real[Array, "n c"],
    w_q: Real[Array, "h c d"],
    w_k: Real[Array, "h c d"],
    w_v: Real[Array, "h c e"],
    w_o: Real[Array, "h*e o"],
) -> Real[Array, "n o"]:
    """Project to queries, keys and values of each head, attend, put the heads side by side, project back.

    Conventions: row vectors times matrices; no biases; scale 1/√d; no mask.
    Source: :cite:t:`vaswani2017attention`.
    """
    xp = array_namespace(x)
    heads = []
    for head in range(w_q.shape[0]):
        q, k, v = x @ w_q[head, :, :], x @ w_k[head, :, :], x @ w_v[head, :, :]
        scores = q @ k.mT / xp.sqrt(constant(x, q.shape[-1]))
        weights = xp.exp(scores - shift(scores, axis=-1))
        heads.append((weights / xp.sum(weights, axis=-1, keepdims=True)) @ v)
    return xp.concat(heads, axis=-1) @ w_o


def latent_attention(
    q: Real[Array, "h n d"],
    latent: Real[Array, "m r"],
    w_uk: Real[Array, "h r d"],
    w_uv: Real[Array, "h r e"],
) -> Real[Array, "h n e"]:
    """Keys and values of every head are made from one short latent vector per position, and then attended to.

    Conventions: row vectors times matrices, so that keys are latent·W; scale 1/√d with d the width of a head; no
    rotation of queries and keys; no mask.
    Source: :cite:t:`deepseek2024strong`.
    """
    xp = array_namespace(q)
    outputs = []
    for head in range(q.shape[0]):
        keys, values = latent @ w_uk[head, :, :], latent @ w_uv[head, :, :]
        scores = q[head, :, :] @ keys.mT / xp.sqrt(constant(q, q.shape[-1]))
        weights = xp.exp(scores - shift(scores, axis=-1))
        outputs.append(weights @ values / xp.sum(weights, axis=-1, keepdims=True))
    return xp.stack(outputs)


def absorbed_latent_attention(
    q: Real[Array, "h n d"],
    latent: Real[Array, "m r"],
    w_uk: Real[Array, "h r d"],
    w_uv: Real[Array, "h r e"],
) -> Real[Array, "h n e"]:
    """The queries take in the key projection, latents are averaged as they are, and the mean is projected to a value.

    Conventions: as :func:`latent_attention`; keys and values are never formed.
    Source: :cite:t:`deepseek2024strong`.
    """
    xp = array_namespace(q)
    moved = xp.sum(q[:, :, None, :] * w_uk[:, None, :, :], axis=-1)
    scores = xp.sum(moved[:, :, None, :] * latent[None, None, :, :], axis=-1)
    weights = xp.exp((scores - shift(scores, axis=-1)) / xp.sqrt(constant(q, q.shape[2])))
    mean = xp.sum(weights[:, :, :, None] * latent[None, None, :, :], axis=2)
    mean = mean / xp.sum(weights, axis=2)[:, :, None]
    return xp.sum(mean[:, :, :, None] * w_uv[:, None, :, :], axis=2)
