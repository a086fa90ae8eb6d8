"""Checks of the claims about attention without softmax."""

from __future__ import annotations

from kg.numbers import array_namespace, constant
from kg.verify import Array, Real, check


@check
def galerkin_attention_is_fourier_attention_without_layer_norm(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    return use("galerkin_attention")(q, k, v), use("fourier_attention")(q, k, v)


def _layer_norm(x):
    """Each row, that is each grid point, less its mean and divided by its standard deviation."""
    xp = array_namespace(x)
    centred = x - xp.mean(x, axis=-1, keepdims=True)
    return centred / xp.sqrt(xp.mean(centred * centred, axis=-1, keepdims=True))


@galerkin_attention_is_fourier_attention_without_layer_norm.control(
    "layer normalisation stands where each of the two layers has it: keys and values here, queries and keys there"
)
def _(use, q, k, v):
    galerkin = use("galerkin_attention")(q, _layer_norm(k), _layer_norm(v))
    return galerkin, use("fourier_attention")(_layer_norm(q), _layer_norm(k), v)


@galerkin_attention_is_fourier_attention_without_layer_norm.control(
    "the Fourier form keeps the scale 1/√d, as the authors' code does"
)
def _(use, q, k, v):
    scale = array_namespace(q).sqrt(constant(q, q.shape[1]))
    return use("galerkin_attention")(q, k, v), use("fourier_attention")(q / scale, k, v)


@galerkin_attention_is_fourier_attention_without_layer_norm.control(
    "a softmax stands between scores and values"
)
def _(use, q, k, v):
    xp = array_namespace(q)
    weights = xp.exp(q @ k.mT)
    return use("galerkin_attention")(q, k, v), weights @ v / xp.sum(weights, axis=1, keepdims=True)
