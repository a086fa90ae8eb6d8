"""Checks of the claims about Toeplitz products and masked linear attention."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, count_operations
from kg.verify import Array, Positive, Real, check, condition

# Toeplitz products ----------------------------------------------------------------------------------------------


@check
def fft_toeplitz_product_is_toeplitz_product(
    use, column: Real[Array, "n"], row: Real[Array, "n"], x: Real[Array, "n e"]
):
    return use("fft_toeplitz_product")(column, row, x), use("toeplitz_product")(column, row, x)


def _cyclic(circulant, x):
    """The circular convolution of a column with the columns of x, cut to the rows of x."""
    xp = array_namespace(x)
    padding = xp.zeros((circulant.shape[0] - x.shape[0], x.shape[1]), dtype=x.dtype)
    spectrum = xp.fft.fft(circulant[:, None], axis=0) * xp.fft.fft(xp.concat([x, padding], axis=0), axis=0)
    return xp.real(xp.fft.ifft(spectrum, axis=0))[: x.shape[0], :]


@fft_toeplitz_product_is_toeplitz_product.control("nothing is padded, so the far end wraps around")
def _(use, column, row, x):
    return _cyclic(column, x), use("toeplitz_product")(column, row, x)


@fft_toeplitz_product_is_toeplitz_product.control(
    "the circulant has 2n − 2 rows, one too few for all offsets"
)
def _(use, column, row, x):
    xp = array_namespace(x)
    short = xp.concat([column, xp.flip(row[1:-1], axis=0)])
    return _cyclic(short, x), use("toeplitz_product")(column, row, x)


@fft_toeplitz_product_is_toeplitz_product.control("the offset is taken as column minus row")
def _(use, column, row, x):
    return use("fft_toeplitz_product")(row, column, x), use("toeplitz_product")(column, row, x)


@check
def radix_2_toeplitz_product_is_toeplitz_product(
    use, column: Real[Array, "n"], row: Real[Array, "n"], x: Real[Array, "n e"]
):
    return use("radix_2_toeplitz_product")(column, row, x), use("toeplitz_product")(column, row, x)


@radix_2_toeplitz_product_is_toeplitz_product.control("the offset is taken as column minus row")
def _(use, column, row, x):
    return use("radix_2_toeplitz_product")(row, column, x), use("toeplitz_product")(column, row, x)


@radix_2_toeplitz_product_is_toeplitz_product.control("the coefficients are one place too late")
def _(use, column, row, x):
    xp = array_namespace(column)
    left = use("radix_2_toeplitz_product")(xp.roll(column, 1, axis=0), xp.roll(row, 1, axis=0), x)
    return left, use("toeplitz_product")(column, row, x)


# The cost of the fast product -----------------------------------------------------------------------------------


@condition
def power_of_two_above_one(n):
    return n >= 2 and n & (n - 1) == 0


def _by_kind(tally):
    """Complex multiplications, complex additions, real divisions and the total of all kinds."""
    return [tally["complex multiply"], tally["complex add"], tally["divide"], sum(tally.values())]


@check(sizes={"n": (2, 4, 8, 16)})
def cost_of_radix_2_toeplitz_product_is_n_log_n(
    use, column: Real[Array, "n"], row: Real[Array, "n"], x: Real[Array, "n e"]
):
    (n, e), levels = x.shape, x.shape[0].bit_length()  # log₂ 2n, as n is a power of two
    counted = count_operations(use("radix_2_toeplitz_product"), column, row, x)
    by_kind = [(2 * e + 1) * n * levels + 2 * n * e, (2 * e + 1) * 2 * n * levels, n * e]
    return _by_kind(counted), [*by_kind, sum(by_kind)]


def _stated(use, column, row, x):
    return cost_of_radix_2_toeplitz_product_is_n_log_n(use, column=column, row=row, x=x)


@cost_of_radix_2_toeplitz_product_is_n_log_n.control("the dense product, which is quadratic in n")
def _(use, column, row, x):
    counted = count_operations(use("toeplitz_product"), column, row, x)
    return [counted["multiply"], counted["add"], 0, sum(counted.values())], _stated(use, column, row, x)[1]


@cost_of_radix_2_toeplitz_product_is_n_log_n.control(
    "transforms of length n in place of 2n: one level too few"
)
def _(use, column, row, x):
    counted, (multiplications, additions, divisions, total) = _stated(use, column, row, x)
    level = (2 * x.shape[1] + 1) * x.shape[0]
    return counted, [multiplications - level, additions - 2 * level, divisions, total - 3 * level]


# Masks ----------------------------------------------------------------------------------------------------------


def _lower_triangle(x, diagonal=0):
    """The n×n table of ones on and below a diagonal, as numbers of the arithmetic of x."""
    n = x.shape[0]
    return array_namespace(x).asarray(np.tril(np.ones((n, n), dtype=np.int64), diagonal), dtype=x.dtype)


@check
def masked_linear_attention_with_causal_mask_is_a_prefix_sum(
    use, phi_q: Real[Array, "n c"], phi_k: Real[Array, "n c"], v: Real[Array, "n e"]
):
    mask = _lower_triangle(v)
    return use("masked_linear_attention")(phi_q, phi_k, v, mask), use("prefix_sum_attention")(phi_q, phi_k, v)


@masked_linear_attention_with_causal_mask_is_a_prefix_sum.control("the mask leaves out the diagonal")
def _(use, phi_q, phi_k, v):
    # The first query would read nothing at all, so the outputs are compared from the second one on.
    mask = _lower_triangle(v, -1)[1:, :]
    left = use("masked_linear_attention")(phi_q[1:, :], phi_k, v, mask)
    return left, use("prefix_sum_attention")(phi_q, phi_k, v)[1:, :]


@masked_linear_attention_with_causal_mask_is_a_prefix_sum.control(
    "the mask is the upper triangle: suffix sums"
)
def _(use, phi_q, phi_k, v):
    left = use("masked_linear_attention")(phi_q, phi_k, v, _lower_triangle(v).mT)
    return left, use("prefix_sum_attention")(phi_q, phi_k, v)


@masked_linear_attention_with_causal_mask_is_a_prefix_sum.control("the mask is applied after normalisation")
def _(use, phi_q, phi_k, v):
    weights = phi_q @ phi_k.mT
    shares = weights / array_namespace(v).sum(weights, axis=1, keepdims=True)
    return (_lower_triangle(v) * shares) @ v, use("prefix_sum_attention")(phi_q, phi_k, v)


@check
def masked_linear_attention_is_a_sum_of_mask_products(
    use,
    phi_q: Real[Array, "n c"],
    phi_k: Real[Array, "m c"],
    v: Real[Array, "m e"],
    mask: Positive[Array, "n m"],
):
    return (
        use("masked_linear_attention")(phi_q, phi_k, v, mask),
        use("mask_product_attention")(phi_q, phi_k, v, mask),
    )


@masked_linear_attention_is_a_sum_of_mask_products.control("the mask meets the values before the features do")
def _(use, phi_q, phi_k, v, mask):
    weights = phi_q @ phi_k.mT
    xp = array_namespace(v)
    left = (weights @ (mask.mT @ (mask @ v))) / (weights @ xp.sum(mask.mT @ mask, axis=1, keepdims=True))
    return left, use("mask_product_attention")(phi_q, phi_k, v, mask)


@masked_linear_attention_is_a_sum_of_mask_products.control("the normaliser is left unmasked")
def _(use, phi_q, phi_k, v, mask):
    weights = phi_q @ phi_k.mT
    left = ((mask * weights) @ v) / array_namespace(v).sum(weights, axis=1, keepdims=True)
    return left, use("mask_product_attention")(phi_q, phi_k, v, mask)


@masked_linear_attention_is_a_sum_of_mask_products.control("the last feature is left out of the sum")
def _(use, phi_q, phi_k, v, mask):
    right = use("mask_product_attention")(phi_q[:, :-1], phi_k[:, :-1], v, mask)
    return use("masked_linear_attention")(phi_q, phi_k, v, mask), right


@check
def toeplitz_masked_linear_attention_is_masked_linear_attention(
    use,
    phi_q: Real[Array, "n c"],
    phi_k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    column: Positive[Array, "n"],
    row: Positive[Array, "n"],
):
    mask = use("toeplitz_matrix")(column, row)
    left = use("toeplitz_masked_linear_attention")(phi_q, phi_k, v, column, row)
    return left, use("masked_linear_attention")(phi_q, phi_k, v, mask)


@toeplitz_masked_linear_attention_is_masked_linear_attention.control("the mask wraps around at the ends")
def _(use, phi_q, phi_k, v, column, row):
    xp = array_namespace(v)
    cyclic = xp.concat([row[:1], xp.flip(column[1:], axis=0)])
    mask = use("toeplitz_matrix")(column, cyclic)
    left = use("toeplitz_masked_linear_attention")(phi_q, phi_k, v, column, row)
    return left, use("masked_linear_attention")(phi_q, phi_k, v, mask)


@toeplitz_masked_linear_attention_is_masked_linear_attention.control("the normaliser is left unmasked")
def _(use, phi_q, phi_k, v, column, row):
    weights = phi_q @ phi_k.mT
    left = (use("toeplitz_matrix")(column, row) * weights) @ v
    left = left / array_namespace(v).sum(weights, axis=1, keepdims=True)
    return left, use("toeplitz_masked_linear_attention")(phi_q, phi_k, v, column, row)


# What a mask costs -----------------------------------------------------------------------------------------------


@check
def cost_of_mask_product_attention_is_one_mask_product_per_feature_and_column(
    use,
    phi_q: Real[Array, "n c"],
    phi_k: Real[Array, "m c"],
    v: Real[Array, "m e"],
    mask: Real[Array, "n m"],
):
    (n, c), (m, e) = phi_q.shape, v.shape
    tally = count_operations(use("mask_product_attention"), phi_q, phi_k, v, mask)
    products = c * (e + 1)
    by_kind = [products * (m * n + m + n), products * m * n, n * e]
    return [tally["multiply"], tally["add"], tally["divide"], sum(tally.values())], [*by_kind, sum(by_kind)]


@cost_of_mask_product_attention_is_one_mask_product_per_feature_and_column.control(
    "the table of weights is formed: one product with the mask's entries, but a product of matrices twice"
)
def _(use, phi_q, phi_k, v, mask):
    tally = count_operations(use("masked_linear_attention"), phi_q, phi_k, v, mask)
    stated = cost_of_mask_product_attention_is_one_mask_product_per_feature_and_column(
        use, phi_q=phi_q, phi_k=phi_k, v=v, mask=mask
    )[1]
    return [tally["multiply"], tally["add"], tally["divide"], sum(tally.values())], stated


@cost_of_mask_product_attention_is_one_mask_product_per_feature_and_column.control(
    "the column of the normaliser is left out"
)
def _(use, phi_q, phi_k, v, mask):
    (n, c), (m, e) = phi_q.shape, v.shape
    counted = cost_of_mask_product_attention_is_one_mask_product_per_feature_and_column(
        use, phi_q=phi_q, phi_k=phi_k, v=v, mask=mask
    )[0]
    by_kind = [c * e * (m * n + m + n), c * e * m * n, n * e]
    return counted, [*by_kind, sum(by_kind)]


@check(sizes={"n": (2, 4, 8, 16)})
def cost_of_toeplitz_masked_linear_attention_is_n_log_n(
    use,
    phi_q: Real[Array, "n c"],
    phi_k: Real[Array, "n c"],
    v: Real[Array, "n e"],
    column: Real[Array, "n"],
    row: Real[Array, "n"],
):
    (n, c), columns = phi_q.shape, v.shape[1] + 1
    tally = count_operations(use("toeplitz_masked_linear_attention"), phi_q, phi_k, v, column, row)
    transforms, levels = 2 * c * columns + 1, n.bit_length()  # log₂ 2n, as n is a power of two
    stated = [
        transforms * n * levels + 2 * n * c * columns,
        2 * transforms * n * levels,
        2 * n * c * columns,
        n * (c - 1) * columns,
        n * c * columns + n * (columns - 1),
    ]
    kinds = ("complex multiply", "complex add", "multiply", "add", "divide")
    return [*(tally[kind] for kind in kinds), sum(tally.values())], [*stated, sum(stated)]


@cost_of_toeplitz_masked_linear_attention_is_n_log_n.control("the mask is multiplied in full")
def _(use, phi_q, phi_k, v, column, row):
    def dense(a, b, x, f, g):
        return use("mask_product_attention")(a, b, x, use("toeplitz_matrix")(f, g))

    tally = count_operations(dense, phi_q, phi_k, v, column, row)
    stated = cost_of_toeplitz_masked_linear_attention_is_n_log_n(
        use, phi_q=phi_q, phi_k=phi_k, v=v, column=column, row=row
    )[1]
    kinds = ("complex multiply", "complex add", "multiply", "add", "divide")
    return [*(tally[kind] for kind in kinds), sum(tally.values())], stated


@cost_of_toeplitz_masked_linear_attention_is_n_log_n.control("one transform is forgotten: that of the mask")
def _(use, phi_q, phi_k, v, column, row):
    counted, stated = cost_of_toeplitz_masked_linear_attention_is_n_log_n(
        use, phi_q=phi_q, phi_k=phi_k, v=v, column=column, row=row
    )
    n = phi_q.shape[0]
    level = n * n.bit_length()
    return counted, [stated[0] - level, stated[1] - 2 * level, *stated[2:5], stated[5] - 3 * level]
