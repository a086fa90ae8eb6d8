"""Checks of the claims about Gaussian kernels, and about which kernels of attention are Mercer kernels."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, pi
from kg.verify import Array, Positive, Real, UnitRows, check, condition

# Gaussian kernels -----------------------------------------------------------------------------------------------


@condition
def keys_of_equal_length(k):
    lengths = np.sum(np.asarray(k) ** 2, axis=-1)
    return bool(np.all(abs(lengths - lengths[:1]) <= 2.0**-30 * np.max(lengths, initial=0)))


@keys_of_equal_length.sampler
def _(k):
    # Every key is the first one with its entries moved round.
    xp = array_namespace(k)
    d = k.shape[1]
    turned = [xp.take(k[0, :], xp.asarray((np.arange(d) + j) % d), axis=0) for j in range(k.shape[0])]
    return {"k": xp.stack(turned) if turned else k}


@check
def softmax_attention_is_a_gaussian_smoother_for_keys_of_equal_length(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    weights = use("gaussian_kernel")(q, k)
    return use("softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(weights, v)


@softmax_attention_is_a_gaussian_smoother_for_keys_of_equal_length.control("one key is twice as long")
def _(use, q, k, v):
    xp = array_namespace(k)
    k = xp.concat([2 * k[:1, :], k[1:, :]])
    return use("softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(use("gaussian_kernel")(q, k), v)


@softmax_attention_is_a_gaussian_smoother_for_keys_of_equal_length.control(
    "the bandwidth is √d and not the root of √d"
)
def _(use, q, k, v):
    scale = array_namespace(q).sqrt(constant(q, q.shape[1]))
    weights = use("gaussian_kernel")(q / scale, k / scale)
    return use("softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(weights * weights, v)


@check
def softmax_attention_is_not_a_gaussian_smoother(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"]
):
    weights = use("gaussian_kernel")(q, k)
    return use("softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(weights, v)


@softmax_attention_is_not_a_gaussian_smoother.counterexample
def _():
    return {"q": [[0]], "k": [[0], [1]], "v": [[0], [1]]}


@softmax_attention_is_not_a_gaussian_smoother.control("each key is the first one or its negative")
def _(use, q, k, v):
    xp = array_namespace(k)
    signs = xp.asarray((-1) ** np.arange(k.shape[0]), dtype=k.dtype)
    k = signs[:, None] * k[:1, :]
    return use("softmax_attention")(q, k, v), use("nadaraya_watson_smoother")(use("gaussian_kernel")(q, k), v)


@check
def gaussian_kernel_on_a_sphere_is_the_exponential_kernel(
    use, q: UnitRows[Array, "n d"], k: UnitRows[Array, "m d"], radius: Real[Array, ""]
):
    return use("gaussian_kernel")(radius * q, radius * k), use("exponential_kernel")(radius * q, radius * k)


@gaussian_kernel_on_a_sphere_is_the_exponential_kernel.control(
    "the keys lie on another sphere and its centre"
)
def _(use, q, k, radius):
    xp = array_namespace(q)
    k = xp.concat([0 * k[:1, :], k[1:, :]])
    return use("gaussian_kernel")(radius * q, radius * k), use("exponential_kernel")(radius * q, radius * k)


@gaussian_kernel_on_a_sphere_is_the_exponential_kernel.control("the exponential kernel is squared")
def _(use, q, k, radius):
    table = use("exponential_kernel")(radius * q, radius * k)
    return use("gaussian_kernel")(radius * q, radius * k), table * table


@condition(generic=True)
def positive_concentration(r):
    return bool(np.all(r > 0))


@check
def von_mises_fisher_density_is_the_gaussian_kernel_normalised_on_the_sphere(
    use, x: UnitRows[Array, "n 3"], mu: UnitRows[Array, "m 3"], r: Positive[Array, ""]
):
    kappa = _concentration(r)
    table = use("gaussian_kernel")(r * x, r * mu)
    return use("von_mises_fisher_density")(x, mu, kappa), table / _area(kappa)


def _concentration(r):
    """r²/√3: what the Gaussian kernel makes of the inner product of two points of the sphere of radius r."""
    return r * r / array_namespace(r).sqrt(constant(r, 3))


def _area(kappa):
    """∫ exp(−κ(1 − x·μ)) over the unit sphere: 2π ∫ exp(−κ(1 − t)) dt for the height t from −1 to 1."""
    return 2 * pi(kappa) * (1 - array_namespace(kappa).exp(-2 * kappa)) / kappa


@von_mises_fisher_density_is_the_gaussian_kernel_normalised_on_the_sphere.control(
    "normalised over the plane that touches the sphere"
)
def _(use, x, mu, r):
    kappa = _concentration(r)
    table = use("gaussian_kernel")(r * x, r * mu)
    return use("von_mises_fisher_density")(x, mu, kappa), table * kappa / (2 * pi(kappa))


@von_mises_fisher_density_is_the_gaussian_kernel_normalised_on_the_sphere.control(
    "the concentration is twice as large"
)
def _(use, x, mu, r):
    kappa = _concentration(r)
    table = use("gaussian_kernel")(r * x, r * mu)
    return use("von_mises_fisher_density")(x, mu, 2 * kappa), table / _area(2 * kappa)


# Positive semidefinite or not -----------------------------------------------------------------------------------


def _form(use, x, w_q, w_k, c):
    """Σ_ij c_i c_j κ(W_Qᵀx_i, W_Kᵀx_j), which no Mercer kernel makes negative."""
    return c @ use("exponential_kernel")(x @ w_q, x @ w_k) @ c


@check(relation="<=")
def attention_kernel_is_not_a_mercer_kernel(
    use, x: Real[Array, "n d"], w_q: Real[Array, "d e"], w_k: Real[Array, "d e"], c: Real[Array, "n"]
):
    return 0, _form(use, x, w_q, w_k, c)


@attention_kernel_is_not_a_mercer_kernel.counterexample
def _():
    return {"x": [[0], [1]], "w_q": [[1]], "w_k": [[-1]], "c": [1, -1]}


@attention_kernel_is_not_a_mercer_kernel.control("queries and keys share their projection")
def _(use, x, w_q, c):
    return 0, _form(use, x, w_q, w_q, c)


@check
def attention_kernel_is_not_symmetric(
    use, x: Real[Array, "n d"], w_q: Real[Array, "d e"], w_k: Real[Array, "d e"]
):
    table = use("exponential_kernel")(x @ w_q, x @ w_k)
    return table, table.mT


@attention_kernel_is_not_symmetric.counterexample
def _():
    return {"x": [[1, 0], [0, 1]], "w_q": [[1], [0]], "w_k": [[0], [1]]}


@attention_kernel_is_not_symmetric.control("queries and keys share their projection")
def _(use, x, w_q):
    table = use("exponential_kernel")(x @ w_q, x @ w_q)
    return table, table.mT


@check(sizes={"n": (2, 3, 5)})
def attention_kernel_with_tied_projections_is_a_mercer_kernel(
    use, x: Real[Array, "n d"], w: Real[Array, "d e"], c: Real[Array, "n"]
):
    return 0, _form(use, x, w, w, c)


@attention_kernel_with_tied_projections_is_a_mercer_kernel.witness
def _(x, c):
    # All points are one and the coefficients cancel.
    xp = array_namespace(c)
    return {"x": 0 * x + x[:1, :], "c": xp.concat([c[:1], -c[:1], 0 * c[2:]])}


@attention_kernel_with_tied_projections_is_a_mercer_kernel.control("the keys are projected to the negative")
def _(use, x, w, c):
    return 0, _form(use, x, w, -w, c)


@attention_kernel_with_tied_projections_is_a_mercer_kernel.control(
    "the entries of the projected keys change places"
)
def _(use, x, w, c):
    return 0, _form(use, x, w, array_namespace(w).flip(w, axis=0), c)
