"""Checks of the claims about RWKV and the attention free transformer."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Real, check


@check(sizes={"n": (3, 4, 5)})
def rwkv_recurrence_is_rwkv_attention(
    use, k: Real[Array, "n e"], v: Real[Array, "n e"], decay: Real[Array, ""], bonus: Real[Array, ""]
):
    return use("rwkv_recurrence")(k, v, decay, bonus), use("rwkv_attention")(k, v, decay, bonus)


@rwkv_recurrence_is_rwkv_attention.control("what is written fades before the next token reads it")
def _(use, k, v, decay, bonus):
    return use("rwkv_recurrence")(k, v, decay, bonus), use("rwkv_attention")(k, v, decay, bonus + decay)


@rwkv_recurrence_is_rwkv_attention.control("the own key gets no bonus")
def _(use, k, v, decay, bonus):
    return use("rwkv_recurrence")(k, v, decay, 0 * bonus), use("rwkv_attention")(k, v, decay, bonus)


@check(sizes={"n": (3, 4, 5)})
def rwkv_attention_is_an_attention_free_transformer(
    use, k: Real[Array, "n e"], v: Real[Array, "n e"], decay: Real[Array, ""], bonus: Real[Array, ""]
):
    right = use("attention_free_transformer")(k, v, _bias(k.shape[0], decay, bonus))
    return use("rwkv_attention")(k, v, decay, bonus), right


def _bias(n, decay, bonus):
    """(1 + j − i) w off the diagonal and u on it."""
    xp = array_namespace(decay)
    rows = [[bonus if i == j else (1 + j - i) * decay for j in range(n)] for i in range(n)]
    return xp.stack([xp.stack(row) for row in rows])


@rwkv_attention_is_an_attention_free_transformer.control("the bias grows with the distance")
def _(use, k, v, decay, bonus):
    right = use("attention_free_transformer")(k, v, _bias(k.shape[0], -decay, bonus))
    return use("rwkv_attention")(k, v, decay, bonus), right


@rwkv_attention_is_an_attention_free_transformer.control(
    "the bias is of the key's position, not of the distance"
)
def _(use, k, v, decay, bonus):
    bias = _bias(k.shape[0], decay, bonus)
    right = use("attention_free_transformer")(k, v, bias[-1:, :] + 0 * bias)
    return use("rwkv_attention")(k, v, decay, bonus), right


@check
def attention_free_transformer_is_a_kernel_smoother_in_each_channel(
    use, k: Real[Array, "n e"], v: Real[Array, "n e"], bias: Real[Array, "n n"]
):
    xp, smooth = array_namespace(k), use("nadaraya_watson_smoother")
    columns = [
        smooth(xp.tril(xp.exp(bias) * xp.exp(k[None, :, r])), v[:, r, None]) for r in range(k.shape[1])
    ]
    return use("attention_free_transformer")(k, v, bias), xp.concat(columns, axis=1)


@attention_free_transformer_is_a_kernel_smoother_in_each_channel.control("all channels share their weights")
def _(use, k, v, bias):
    xp = array_namespace(k)
    weights = xp.tril(xp.exp(bias) * xp.exp(k[None, :, 0]))
    return use("attention_free_transformer")(k, v, bias), use("nadaraya_watson_smoother")(weights, v)


@attention_free_transformer_is_a_kernel_smoother_in_each_channel.control("later tokens are read too")
def _(use, k, v, bias):
    xp, smooth = array_namespace(k), use("nadaraya_watson_smoother")
    columns = [smooth(xp.exp(bias) * xp.exp(k[None, :, r]), v[:, r, None]) for r in range(k.shape[1])]
    return use("attention_free_transformer")(k, v, bias), xp.concat(columns, axis=1)


attention_free_transformer_is_a_kernel_smoother_in_each_channel.explain(
    "constant changed: 0 →", "the table of weights is square here, so it has as many rows as columns"
)


@check
def rwkv_with_equal_bonus_and_decay_is_a_quotient_of_retentions(
    use, k: Real[Array, "n"], v: Real[Array, "n"], decay: Real[Array, ""]
):
    xp, retained = array_namespace(k), use("retention_recurrence")
    keys, ones, factor = xp.exp(k)[:, None], 1 + 0 * k[:, None], xp.exp(-decay)
    left = use("rwkv_recurrence")(k[:, None], v[:, None], decay, decay)
    return left, retained(ones, keys, v[:, None], factor) / retained(ones, keys, ones, factor)


@rwkv_with_equal_bonus_and_decay_is_a_quotient_of_retentions.control("the bonus is zero")
def _(use, k, v, decay):
    xp, retained = array_namespace(k), use("retention_recurrence")
    keys, ones, factor = xp.exp(k)[:, None], 1 + 0 * k[:, None], xp.exp(-decay)
    left = use("rwkv_recurrence")(k[:, None], v[:, None], decay, 0 * decay)
    return left, retained(ones, keys, v[:, None], factor) / retained(ones, keys, ones, factor)


rwkv_with_equal_bonus_and_decay_is_a_quotient_of_retentions.explain(
    "decay * S + k[t, :, None] * v[t, None, :] → decay * S - k",
    "both retentions change their sign, and their quotient does not",
)
rwkv_with_equal_bonus_and_decay_is_a_quotient_of_retentions.explain(
    "q[t, :] @ S → S @ q[t, :]", "queries and values have one entry each here, so the order does not matter"
)
