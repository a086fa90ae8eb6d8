"""Checks of the claims about layers as sums of outer products, and about the freedom in the weights of attention."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Real, check, condition


def _determinant_is_safe(matrix):
    """Whether a matrix is invertible with a margin: its determinant against that of orthogonal rows of these lengths."""
    xp = array_namespace(matrix)
    return bool(xp.linalg.det(matrix) ** 2 * 2**30 > xp.prod(xp.sum(matrix * matrix, axis=-1)))


@condition(generic=True)
def invertible_change_of_basis(g, f):
    return all(_determinant_is_safe(m[h, :, :]) for m in (g, f) for h in range(m.shape[0]))


@condition(generic=True)
def invertible_mixing_of_terms(g):
    return _determinant_is_safe(g)


# Mixed products -------------------------------------------------------------------------------------------------


@check
def mixed_product_layer_is_a_sum_of_kronecker_products(
    use, a: Real[Array, "k m n"], theta: Real[Array, "k p q"], x: Real[Array, "m p"]
):
    return use("mixed_product_layer")(a, theta, x), _kronecker_layer(use, a.mT, theta.mT, x, theta.shape[2])


def _kronecker_layer(use, left, right, x, width):
    """The sum of the Kronecker products of two lists of matrices, applied to x read row by row."""
    xp = array_namespace(x)
    image = use("sum_of_kronecker_products")(left, right) @ xp.reshape(x, (-1,))
    return xp.reshape(image, (-1, width))


@mixed_product_layer_is_a_sum_of_kronecker_products.control("the two factors change places")
def _(use, a, theta, x):
    return use("mixed_product_layer")(a, theta, x), _kronecker_layer(use, theta.mT, a.mT, x, theta.shape[2])


@mixed_product_layer_is_a_sum_of_kronecker_products.control("the image is read column by column")
def _(use, a, theta, x):
    image = _kronecker_layer(use, a.mT, theta.mT, x, a.shape[2])
    return use("mixed_product_layer")(a, theta, x), image.mT


@check
def sum_of_kronecker_products_is_unchanged_by_mixing_its_terms(
    use, g: Real[Array, "k k"], a: Real[Array, "k m p"], b: Real[Array, "k n q"]
):
    xp = array_namespace(g)
    contragredient = xp.linalg.solve(g.mT, xp.eye(g.shape[0], dtype=g.dtype))
    mixed = use("sum_of_kronecker_products")(_mixed(g, a), _mixed(contragredient, b))
    return mixed, use("sum_of_kronecker_products")(a, b)


def _mixed(g, terms):
    """Σ_l G_kl A_l for each k."""
    xp = array_namespace(g)
    flat = xp.reshape(terms, (terms.shape[0], terms.shape[1] * terms.shape[2]))
    return xp.reshape(g @ flat, (g.shape[0], *terms.shape[1:]))


@sum_of_kronecker_products_is_unchanged_by_mixing_its_terms.control("both factors are mixed by G itself")
def _(use, g, a, b):
    return use("sum_of_kronecker_products")(_mixed(g, a), _mixed(g, b)), use("sum_of_kronecker_products")(
        a, b
    )


@sum_of_kronecker_products_is_unchanged_by_mixing_its_terms.control("the inverse of G is not transposed")
def _(use, g, a, b):
    xp = array_namespace(g)
    inverse = xp.linalg.solve(g, xp.eye(g.shape[0], dtype=g.dtype))
    mixed = use("sum_of_kronecker_products")(_mixed(g, a), _mixed(inverse, b))
    return mixed, use("sum_of_kronecker_products")(a, b)


# Multi-head attention as a mixed product ------------------------------------------------------------------------


def _patterns(use, x, w_q, w_k):
    """The weights of each head: what softmax attention makes of the unit vectors as values."""
    xp = array_namespace(x)
    units = xp.eye(x.shape[0], dtype=x.dtype)
    attend = use("softmax_attention")
    return xp.stack([attend(x @ w_q[h, :, :], x @ w_k[h, :, :], units) for h in range(w_q.shape[0])], axis=0)


def _all_equal(x, n):
    return array_namespace(x).broadcast_to(x[None, :], (n, x.shape[0]))


def _products(w_v, w_o):
    return array_namespace(w_v).stack([w_v[h, :, :] @ w_o[h, :, :] for h in range(w_v.shape[0])])


@check(sizes={"h": (2, 3), "n": (3, 4), "d": (3, 5), "c": (2, 3), "e": (2, 4), "o": (3, 4)})
def multi_head_attention_is_a_mixed_product(
    use,
    x: Real[Array, "n d"],
    w_q: Real[Array, "h d c"],
    w_k: Real[Array, "h d c"],
    w_v: Real[Array, "h d e"],
    w_o: Real[Array, "h e o"],
):
    basis = _patterns(use, x, w_q, w_k).mT
    layer = use("mixed_product_layer")(basis, _products(w_v, w_o), x)
    return use("multi_head_attention")(x, w_q, w_k, w_v, w_o), layer


multi_head_attention_is_a_mixed_product.explain(
    "weights @ v → ", "the values are the unit vectors, and the product with them is the pattern itself"
)


@multi_head_attention_is_a_mixed_product.control("the patterns are not transposed")
def _(use, x, w_q, w_k, w_v, w_o):
    layer = use("mixed_product_layer")(_patterns(use, x, w_q, w_k), _products(w_v, w_o), x)
    return use("multi_head_attention")(x, w_q, w_k, w_v, w_o), layer


@multi_head_attention_is_a_mixed_product.control("all heads share the pattern of the first")
def _(use, x, w_q, w_k, w_v, w_o):
    xp = array_namespace(x)
    basis = _patterns(use, x, w_q, w_k).mT
    shared = xp.broadcast_to(basis[:1, :, :], basis.shape)
    return (
        use("multi_head_attention")(x, w_q, w_k, w_v, w_o),
        use("mixed_product_layer")(shared, _products(w_v, w_o), x),
    )


@check
def multi_head_attention_does_not_realise_every_mixed_product(
    use, a: Real[Array, "k m m"], theta: Real[Array, "k p q"], x: Real[Array, "p"]
):
    # What every pattern of attention does: tokens that are equal stay equal.
    image = use("mixed_product_layer")(a, theta, _all_equal(x, a.shape[1]))
    return image, _all_equal(image[0, :], a.shape[1])


@multi_head_attention_does_not_realise_every_mixed_product.counterexample
def _():
    # One term, one feature: the second of two positions is doubled.
    return {"a": [[[1, 0], [0, 2]]], "theta": [[[1]]], "x": [1]}


@multi_head_attention_does_not_realise_every_mixed_product.control("attention itself, with any weights")
def _(use, a, theta, x):
    # The feature factors serve as all its weights.
    tokens = _all_equal(x, a.shape[1])
    image = use("multi_head_attention")(tokens, theta, 2 * theta, theta, theta.mT)
    return image, _all_equal(image[0, :], a.shape[1])


@multi_head_attention_does_not_realise_every_mixed_product.control(
    "the columns of the position factors sum to one, as patterns of attention do"
)
def _(use, a, theta, x):
    xp = array_namespace(a)
    stochastic = a / xp.sum(a, axis=1, keepdims=True)
    image = use("mixed_product_layer")(stochastic, theta, _all_equal(x, a.shape[1]))
    return image, _all_equal(image[0, :], a.shape[1])


@check
def key_bias_cancels_in_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], bias: Real[Array, "d"]
):
    return use("softmax_attention")(q, k + bias[None, :], v), use("softmax_attention")(q, k, v)


@key_bias_cancels_in_softmax_attention.control("the bias is added to the queries instead")
def _(use, q, k, v, bias):
    return use("softmax_attention")(q + bias[None, :], k, v), use("softmax_attention")(q, k, v)


@key_bias_cancels_in_softmax_attention.control("the bias is added to one key only")
def _(use, q, k, v, bias):
    xp = array_namespace(k)
    first = xp.concat([k[:1, :] + bias[None, :], k[1:, :]], axis=0)
    return use("softmax_attention")(q, first, v), use("softmax_attention")(q, k, v)


@key_bias_cancels_in_softmax_attention.control("the weights are the plain scores, without a softmax")
def _(use, q, k, v, bias):
    return q @ (k + bias[None, :]).mT @ v, q @ k.mT @ v


@check
def value_bias_is_added_to_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], bias: Real[Array, "e"]
):
    biased = use("softmax_attention")(q, k, v + bias[None, :])
    return biased, use("softmax_attention")(q, k, v) + bias[None, :]


@value_bias_is_added_to_softmax_attention.control("the bias cancels as that of the keys does")
def _(use, q, k, v, bias):
    return use("softmax_attention")(q, k, v + bias[None, :]), use("softmax_attention")(q, k, v)


@value_bias_is_added_to_softmax_attention.control("the bias is counted once for each key")
def _(use, q, k, v, bias):
    biased = use("softmax_attention")(q, k, v + bias[None, :])
    return biased, use("softmax_attention")(q, k, v) + k.shape[0] * bias[None, :]


@check
def biases_do_not_all_cancel_in_softmax_attention(
    use, q: Real[Array, "n d"], k: Real[Array, "m d"], v: Real[Array, "m e"], bias: Real[Array, "e"]
):
    return use("softmax_attention")(q, k, v + bias[None, :]), use("softmax_attention")(q, k, v)


@biases_do_not_all_cancel_in_softmax_attention.counterexample
def _():
    return {"q": [[1]], "k": [[1]], "v": [[0]], "bias": [1]}


@biases_do_not_all_cancel_in_softmax_attention.control("the bias is that of the keys")
def _(use, q, k, v):
    return use("softmax_attention")(q, k + q[:1, :], v), use("softmax_attention")(q, k, v)


# The freedom in the weights -------------------------------------------------------------------------------------


def _per_head(change, *matrices):
    """The same change made in every head: matrices are listed along the first axis."""
    xp = array_namespace(matrices[0])
    return xp.stack([change(*(m[h, :, :] for m in matrices)) for h in range(matrices[0].shape[0])])


def _times_inverse_transpose(w, g):
    return array_namespace(w).linalg.solve(g, w.mT).mT


def _inverse_times(w, g):
    return array_namespace(w).linalg.solve(g, w)


def _times(w, g):
    return w @ g


@check(sizes={"h": (2, 3), "n": (3, 4), "d": (3, 5), "c": (2, 3), "e": (2, 4), "o": (3, 4)})
def multi_head_attention_is_unchanged_by_a_change_of_basis_in_each_head(
    use,
    x: Real[Array, "n d"],
    w_q: Real[Array, "h d c"],
    w_k: Real[Array, "h d c"],
    w_v: Real[Array, "h d e"],
    w_o: Real[Array, "h e o"],
    g: Real[Array, "h c c"],
    f: Real[Array, "h e e"],
):
    queries, keys = _per_head(_times, w_q, g), _per_head(_times_inverse_transpose, w_k, g)
    values, outputs = _per_head(_times, w_v, f), _per_head(_inverse_times, w_o, f)
    attend = use("multi_head_attention")
    return attend(x, queries, keys, values, outputs), attend(x, w_q, w_k, w_v, w_o)


@multi_head_attention_is_unchanged_by_a_change_of_basis_in_each_head.control(
    "queries and keys are both multiplied by G"
)
def _(use, x, w_q, w_k, w_v, w_o, g):
    attend = use("multi_head_attention")
    changed = attend(x, _per_head(_times, w_q, g), _per_head(_times, w_k, g), w_v, w_o)
    return changed, attend(x, w_q, w_k, w_v, w_o)


@multi_head_attention_is_unchanged_by_a_change_of_basis_in_each_head.control(
    "the heads exchange their changes of basis between queries and keys"
)
def _(use, x, w_q, w_k, w_v, w_o, g):
    xp = array_namespace(x)
    attend = use("multi_head_attention")
    keys = _per_head(_times_inverse_transpose, w_k, xp.flip(g, axis=0))
    return attend(x, _per_head(_times, w_q, g), keys, w_v, w_o), attend(x, w_q, w_k, w_v, w_o)


def _rotary_scores_in_another_basis(use, q, k, positions, frequency, g):
    """The scores of one pair of features when queries are multiplied by G and keys by its inverse transpose."""
    changed = q @ g, array_namespace(k).linalg.solve(g, k.mT).mT
    return use("rotary_scores")(*changed, positions[0], positions[1], frequency)


@check
def change_of_basis_is_not_free_under_a_rotary_embedding(
    use,
    q: Real[Array, "n 2"],
    k: Real[Array, "n 2"],
    positions: Real[Array, "2 n"],
    frequency: Real[Array, "1"],
    g: Real[Array, "2 2"],
):
    scores = use("rotary_scores")(q, k, positions[0], positions[1], frequency)
    return _rotary_scores_in_another_basis(use, q, k, positions, frequency, g), scores


@change_of_basis_is_not_free_under_a_rotary_embedding.counterexample
def _():
    return {
        "q": [[1, 1]],
        "k": [[1, 1]],
        "positions": [[0], [1]],
        "frequency": [1],
        "g": [[2, 0], [0, 1]],
    }


@change_of_basis_is_not_free_under_a_rotary_embedding.control(
    "the change of basis turns and stretches, and so commutes with the rotations"
)
def _(use, q, k, positions, frequency, g):
    xp = array_namespace(q)
    turning = xp.stack([xp.stack([g[0, 0], g[0, 1]]), xp.stack([-g[0, 1], g[0, 0]])])
    scores = use("rotary_scores")(q, k, positions[0], positions[1], frequency)
    return _rotary_scores_in_another_basis(use, q, k, positions, frequency, turning), scores


@change_of_basis_is_not_free_under_a_rotary_embedding.control(
    "all stand at one place, so that nothing is turned between them"
)
def _(use, q, k, positions, frequency, g):
    place = 0 * positions + positions[:1, :1]
    return _rotary_scores_in_another_basis(use, q, k, place, frequency, g), q @ k.mT


@check(sizes={"h": (2, 3), "n": (3, 4), "d": (3, 5), "c": (2, 3), "e": (2, 4), "o": (3, 4)})
def multi_head_attention_is_unchanged_by_reordering_its_heads(
    use,
    x: Real[Array, "n d"],
    w_q: Real[Array, "h d c"],
    w_k: Real[Array, "h d c"],
    w_v: Real[Array, "h d e"],
    w_o: Real[Array, "h e o"],
):
    # A turn of all heads by one place, and an exchange of the first two: together they make every order.
    attend, weights = use("multi_head_attention"), (w_q, w_k, w_v, w_o)
    heads = list(range(w_q.shape[0]))
    turned, exchanged = heads[1:] + heads[:1], [1, 0, *heads[2:]]
    moved = [attend(x, *(_listed(w, order) for w in weights)) for order in (turned, exchanged)]
    return moved, [attend(x, *weights)] * 2


def _listed(matrices, order):
    return array_namespace(matrices).stack([matrices[h, :, :] for h in order])


@multi_head_attention_is_unchanged_by_reordering_its_heads.control(
    "the blocks of the output matrix are not moved along"
)
def _(use, x, w_q, w_k, w_v, w_o):
    turned = [_listed(w, [*range(1, w.shape[0]), 0]) for w in (w_q, w_k, w_v)]
    return use("multi_head_attention")(x, *turned, w_o), use("multi_head_attention")(x, w_q, w_k, w_v, w_o)


def _read(x, operator, gram, width):
    """Σ_pq x_ip (operator vec(gram))_pq: the image of the Gram matrix of the features, read by each token."""
    xp = array_namespace(x)
    return x @ xp.reshape(operator @ xp.reshape(gram, (-1,)), (x.shape[1], width))


@check(sizes={"n": (2, 3), "m": (2, 3, 4), "h": (2, 3), "d": (2, 3, 4), "f": (2, 3, 5), "e": (3, 4)})
def softmax_free_multi_head_attention_is_a_sum_of_kronecker_products(
    use, x: Real[Array, "n d"], z: Real[Array, "m f"], a: Real[Array, "h d f"], b: Real[Array, "h f e"]
):
    operator = use("sum_of_kronecker_products")(a, b.mT)
    image = _read(x, operator, z.mT @ z, b.shape[2])
    return use("softmax_free_multi_head_attention")(x, z, a, b), image


@softmax_free_multi_head_attention_is_a_sum_of_kronecker_products.control(
    "the values of one head meet the scores of another"
)
def _(use, x, z, a, b):
    xp = array_namespace(x)
    operator = use("sum_of_kronecker_products")(a, xp.flip(b.mT, axis=0))
    image = _read(x, operator, z.mT @ z, b.shape[2])
    return use("softmax_free_multi_head_attention")(x, z, a, b), image


@softmax_free_multi_head_attention_is_a_sum_of_kronecker_products.control(
    "the softmax is not left out: the scores are exponentials"
)
def _(use, x, z, a, b):
    xp = array_namespace(x)
    heads = [xp.exp(x @ a[h, :, :] @ z.mT) @ z @ b[h, :, :] for h in range(a.shape[0])]
    operator = use("sum_of_kronecker_products")(a, b.mT)
    return xp.sum(xp.stack(heads), axis=0), _read(x, operator, z.mT @ z, b.shape[2])
