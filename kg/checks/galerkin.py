"""Checks of the claims about attention without softmax."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, unit_root
from kg.verify import Array, Complex, Natural, Positive, Real, Size, check, condition


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


# Causal masks ---------------------------------------------------------------------------------------------------


@check
def causal_galerkin_attention_is_causal_fourier_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    return use("causal_galerkin_attention")(q, k, v), use("causal_fourier_attention")(q, k, v)


@causal_galerkin_attention_is_causal_fourier_attention.control("one table of inner products serves all rows")
def _(use, q, k, v):
    return use("galerkin_attention")(q, k, v), use("causal_fourier_attention")(q, k, v)


@causal_galerkin_attention_is_causal_fourier_attention.control("a position does not read itself")
def _(use, q, k, v):
    itself = array_namespace(q).sum(q * k, axis=1, keepdims=True) * v / q.shape[0]
    return use("causal_galerkin_attention")(q, k, v), use("causal_fourier_attention")(q, k, v) - itself


def _of_one_query(attend, query, k, v):
    """What the first and the last position read with the same query."""
    q = array_namespace(k).broadcast_to(query[None, :], k.shape)
    z = attend(q, k, v)
    return z[0, :], z[-1, :]


@check
def causal_galerkin_attention_has_no_table_for_all_queries(
    use, query: Real[Array, "d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    return _of_one_query(use("causal_galerkin_attention"), query, k, v)


@causal_galerkin_attention_has_no_table_for_all_queries.counterexample
def _():
    return {"query": [1], "k": [[1], [1]], "v": [[1], [1]]}


@causal_galerkin_attention_has_no_table_for_all_queries.control("without a mask")
def _(use, query, k, v):
    return _of_one_query(use("galerkin_attention"), query, k, v)


# Scale ----------------------------------------------------------------------------------------------------------


@check
def galerkin_attention_is_homogeneous_of_degree_three(
    use, scale: Real[Array, ""], q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n e"]
):
    attend = use("galerkin_attention")
    return attend(scale * q, scale * k, scale * v), scale**3 * attend(q, k, v)


@galerkin_attention_is_homogeneous_of_degree_three.control("the output grows as the inputs do")
def _(use, scale, q, k, v):
    attend = use("galerkin_attention")
    return attend(scale * q, scale * k, scale * v), scale * attend(q, k, v)


def _normed_before(use, x, epsilon):
    """Galerkin attention as the paper has it: keys and values are normalised, queries are not."""
    q, k, v = (x[i, :, :] for i in range(3))
    norm = use("layer_norm")
    return use("galerkin_attention")(q, norm(k, epsilon=epsilon), norm(v, epsilon=epsilon))


@check
def galerkin_attention_of_normed_keys_and_values_is_homogeneous_of_degree_one(
    use, scale: Positive[Array, ""], x: Real[Array, "3 3 d"], epsilon: Natural[int, "0 3"]
):
    # x holds queries, keys and values.
    return _normed_before(use, scale * x, epsilon), scale * _normed_before(use, x, epsilon)


@galerkin_attention_of_normed_keys_and_values_is_homogeneous_of_degree_one.control(
    "one is added to the variances"
)
def _(use, scale, x):
    return _normed_before(use, scale * x, 1), scale * _normed_before(use, x, 1)


@galerkin_attention_of_normed_keys_and_values_is_homogeneous_of_degree_one.control(
    "the queries are normalised as well"
)
def _(use, scale, x):
    normed = [use("layer_norm")(x[i, :, :]) for i in range(3)]
    again = [use("layer_norm")(scale * x[i, :, :]) for i in range(3)]
    return use("galerkin_attention")(*again), scale * use("galerkin_attention")(*normed)


@galerkin_attention_of_normed_keys_and_values_is_homogeneous_of_degree_one.control(
    "only the keys are normalised"
)
def _(use, scale, x):
    def attend(x):
        return use("galerkin_attention")(x[0, :, :], use("layer_norm")(x[1, :, :]), x[2, :, :])

    return attend(scale * x), scale * attend(x)


def _normed_after(use, x, epsilon):
    return use("layer_norm")(use("galerkin_attention")(*(x[i, :, :] for i in range(3))), epsilon=epsilon)


@condition(generic=True)
def output_rows_not_constant(x):
    q, k, v = (x[i, :, :] for i in range(3))
    z = q @ (k.mT @ v)
    xp = array_namespace(x)
    spread = xp.sum((z - xp.mean(z, axis=1, keepdims=True)) ** 2, axis=1)
    return bool(np.all(2**30 * spread > xp.sum(z * z, axis=1)))


# With two features layer normalisation leaves only the sign of their difference.
@check(sizes={"d": (3, 4)})
def layer_normed_galerkin_attention_is_homogeneous_of_degree_zero(
    use, scale: Positive[Array, ""], x: Real[Array, "3 3 d"], epsilon: Natural[int, "0 3"]
):
    # x holds queries, keys and values.
    return _normed_after(use, scale * x, epsilon), _normed_after(use, x, epsilon)


@layer_normed_galerkin_attention_is_homogeneous_of_degree_zero.control(
    "a hundred-thousandth is added to the variances, as software does"
)
def _(use, scale, x):
    epsilon = constant(x, 1) / 100000
    return _normed_after(use, scale * x, epsilon), _normed_after(use, x, epsilon)


@layer_normed_galerkin_attention_is_homogeneous_of_degree_zero.control(
    "the number is negative, so that its cube turns every sign"
)
def _(use, scale, x):
    return _normed_after(use, -scale * x, 0), _normed_after(use, x, 0)


@layer_normed_galerkin_attention_is_homogeneous_of_degree_zero.control(
    "the output is centred, but not divided by its standard deviation"
)
def _(use, scale, x):
    def centred(y):
        z = use("galerkin_attention")(*(y[i, :, :] for i in range(3)))
        return z - array_namespace(z).mean(z, axis=1, keepdims=True)

    return centred(scale * x), centred(x)


layer_normed_galerkin_attention_is_homogeneous_of_degree_zero.explain(
    "k.mT @ v / k.shape[0] →", "any other positive scale of the output is forgotten as well"
)

layer_normed_galerkin_attention_is_homogeneous_of_degree_zero.explain(
    "constant changed: 0 →",
    "the sum is divided by another number: again a positive scale, which is forgotten",
)


# Grids ----------------------------------------------------------------------------------------------------------


@condition
def at_least_as_many_points_as_waves(n, c):
    return n >= c


def _waves(a, n):
    """The trigonometric polynomials with the rows of a as coefficients, at n equidistant points."""
    xp = array_namespace(a)
    grid = xp.stack([xp.stack([unit_root(a, n, j * m) for m in range(a.shape[0])]) for j in range(n)])
    return grid @ a


@check
def gram_matrix_of_trigonometric_polynomials_is_that_of_their_coefficients(
    use, n: Size[int, "n"], a: Complex[Array, "c d"], b: Complex[Array, "c e"]
):
    # The frequencies are 0 … c − 1; a common shift of all frequencies would cancel.
    conj = array_namespace(a).conj
    return use("discrete_gram_matrix")(_waves(a, n), conj(_waves(b, n))), conj(b).mT @ a


@gram_matrix_of_trigonometric_polynomials_is_that_of_their_coefficients.control(
    "the sum is not divided by the number of points"
)
def _(use, n, a, b):
    conj = array_namespace(a).conj
    return n * use("discrete_gram_matrix")(_waves(a, n), conj(_waves(b, n))), conj(b).mT @ a


@gram_matrix_of_trigonometric_polynomials_is_that_of_their_coefficients.control(
    "one point too few: the highest wave is taken for the lowest"
)
def _(use, n, a, b):
    conj, points = array_namespace(a).conj, a.shape[0] - 1
    return use("discrete_gram_matrix")(_waves(a, points), conj(_waves(b, points))), conj(b).mT @ a


@gram_matrix_of_trigonometric_polynomials_is_that_of_their_coefficients.control("nothing is conjugated")
def _(use, n, a, b):
    return use("discrete_gram_matrix")(_waves(a, n), _waves(b, n)), b.mT @ a
