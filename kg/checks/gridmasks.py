"""Checks of the claims about masks on grids, which are block-Toeplitz, and about masks that are kernels."""

from __future__ import annotations

from kg.numbers import array_namespace, count_operations
from kg.verify import Array, Positive, PositiveDefinite, Real, Symmetric, check, condition

# Two levels: masks on a grid -------------------------------------------------------------------------------------


@check
def toeplitz_product_is_a_product_with_a_toeplitz_matrix(
    use, column: Real[Array, "n"], row: Real[Array, "n"], x: Real[Array, "n e"]
):
    return use("toeplitz_product")(column, row, x), use("toeplitz_matrix")(column, row) @ x


@toeplitz_product_is_a_product_with_a_toeplitz_matrix.control("the matrix is transposed")
def _(use, column, row, x):
    return use("toeplitz_product")(column, row, x), use("toeplitz_matrix")(column, row).mT @ x


@check
def block_toeplitz_product_is_a_product_with_a_block_toeplitz_matrix(
    use, offsets: Real[Array, "2*a-1 2*b-1"], x: Real[Array, "a b"]
):
    xp = array_namespace(x)
    flat = use("block_toeplitz_matrix")(offsets) @ xp.reshape(x, (-1,))
    return use("block_toeplitz_product")(offsets, x), xp.reshape(flat, x.shape)


@block_toeplitz_product_is_a_product_with_a_block_toeplitz_matrix.control("cells are listed column by column")
def _(use, offsets, x):
    xp = array_namespace(x)
    flat = use("block_toeplitz_matrix")(offsets) @ xp.reshape(x.mT, (-1,))
    return use("block_toeplitz_product")(offsets, x), xp.reshape(flat, x.mT.shape).mT


@block_toeplitz_product_is_a_product_with_a_block_toeplitz_matrix.control("the offsets point the other way")
def _(use, offsets, x):
    xp = array_namespace(x)
    flat = use("block_toeplitz_matrix")(xp.flip(offsets, axis=(0, 1))) @ xp.reshape(x, (-1,))
    return use("block_toeplitz_product")(offsets, x), xp.reshape(flat, x.shape)


@check
def radix_2_block_toeplitz_product_is_block_toeplitz_product(
    use, offsets: Real[Array, "2*a-1 2*b-1"], x: Real[Array, "a b"]
):
    return use("radix_2_block_toeplitz_product")(offsets, x), use("block_toeplitz_product")(offsets, x)


@radix_2_block_toeplitz_product_is_block_toeplitz_product.control("the grid is taken for a torus")
def _(use, offsets, x):
    xp = array_namespace(x)
    a, b = x.shape
    # Offsets from zero upwards, then the negative ones, which a torus of a×b cells has no room for.
    wrapped = xp.concat([offsets[a - 1 :, :], offsets[: a - 1, :]], axis=0)
    wrapped = xp.concat([wrapped[:, b - 1 :], wrapped[:, : b - 1]], axis=1)[:a, :b]
    spectrum = xp.fft.fft(xp.fft.fft(wrapped, axis=0), axis=1) * xp.fft.fft(xp.fft.fft(x, axis=0), axis=1)
    left = xp.real(xp.fft.ifft(xp.fft.ifft(spectrum, axis=0), axis=1))
    return left, use("block_toeplitz_product")(offsets, x)


@radix_2_block_toeplitz_product_is_block_toeplitz_product.control("the rows of the picture are one long row")
def _(use, offsets, x):
    xp = array_namespace(x)
    middle = offsets[offsets.shape[0] // 2, :]
    line = xp.concat([middle[x.shape[1] - 1 :], xp.zeros((x.size - x.shape[1],), dtype=x.dtype)])
    flat = use("toeplitz_product")(line, line, xp.reshape(x, (-1, 1)))
    return xp.reshape(flat, x.shape), use("block_toeplitz_product")(offsets, x)


@condition
def powers_of_two_above_one(a, b):
    return a >= 2 and b >= 2 and a & (a - 1) == 0 and b & (b - 1) == 0


@check(sizes={"a": (2, 4, 8), "b": (2, 4, 8)})
def cost_of_radix_2_block_toeplitz_product_is_n_log_n(
    use, offsets: Real[Array, "2*a-1 2*b-1"], x: Real[Array, "a b"]
):
    a, b = x.shape
    tally = count_operations(use("radix_2_block_toeplitz_product"), offsets, x)
    cells, levels = a * b, a.bit_length() + b.bit_length()  # log₂ of the 4ab cells of the torus
    by_kind = [6 * cells * levels + 4 * cells, 12 * cells * levels, cells]
    kinds = ("complex multiply", "complex add", "divide")
    return [*(tally[kind] for kind in kinds), sum(tally.values())], [*by_kind, sum(by_kind)]


@cost_of_radix_2_block_toeplitz_product_is_n_log_n.control("the sum over all pairs of cells")
def _(use, offsets, x):
    tally = count_operations(use("block_toeplitz_product"), offsets, x)
    stated = cost_of_radix_2_block_toeplitz_product_is_n_log_n(use, offsets=offsets, x=x)[1]
    return [tally["multiply"], tally["add"], 0, sum(tally.values())], stated


@cost_of_radix_2_block_toeplitz_product_is_n_log_n.control("a torus with the sides of the grid")
def _(use, offsets, x):
    counted = cost_of_radix_2_block_toeplitz_product_is_n_log_n(use, offsets=offsets, x=x)[0]
    cells, levels = x.size, x.size.bit_length() - 1
    by_kind = [3 * cells * levels // 2 + cells, 3 * cells * levels, cells]
    return counted, [*by_kind, sum(by_kind)]


# Positive semidefinite masks -------------------------------------------------------------------------------------


@check
def product_of_gram_matrices_is_a_gram_matrix(use, g: Real[Array, "n c"], h: Real[Array, "n d"]):
    features = use("row_wise_kronecker_product")(g, h)
    return (g @ g.mT) * (h @ h.mT), features @ features.mT


@product_of_gram_matrices_is_a_gram_matrix.control("features are placed side by side, which adds the kernels")
def _(use, g, h):
    features = array_namespace(g).concat([g, h], axis=1)
    return (g @ g.mT) * (h @ h.mT), features @ features.mT


@product_of_gram_matrices_is_a_gram_matrix.control("the ordinary product of the two matrices")
def _(use, g, h):
    features = use("row_wise_kronecker_product")(g, h)
    return (g @ g.mT) @ (h @ h.mT), features @ features.mT


@check
def row_wise_kronecker_product_is_a_transposed_khatri_rao_product(
    use, g: Real[Array, "n c"], h: Real[Array, "n d"]
):
    return use("row_wise_kronecker_product")(g, h), use("khatri_rao_product")(g.mT, h.mT).mT


@row_wise_kronecker_product_is_a_transposed_khatri_rao_product.control("the factors change places")
def _(use, g, h):
    return use("row_wise_kronecker_product")(g, h), use("khatri_rao_product")(h.mT, g.mT).mT


@check(sizes={"c": (2, 3), "d": (2, 3)})
def masked_linear_attention_under_a_kernel_is_linear_attention_with_joined_features(
    use,
    phi_q: Real[Array, "n c"],
    phi_k: Real[Array, "m c"],
    v: Real[Array, "m e"],
    g: Positive[Array, "n d"],
    h: Positive[Array, "m d"],
):
    join = use("row_wise_kronecker_product")
    left = use("masked_linear_attention")(phi_q, phi_k, v, g @ h.mT)
    return left, use("linear_attention")(join(phi_q, g), join(phi_k, h), v)


@masked_linear_attention_under_a_kernel_is_linear_attention_with_joined_features.control(
    "features are placed side by side, which adds the kernels"
)
def _(use, phi_q, phi_k, v, g, h):
    xp = array_namespace(v)
    left = use("masked_linear_attention")(phi_q, phi_k, v, g @ h.mT)
    queries, keys = xp.concat([phi_q, g], axis=1), xp.concat([phi_k, h], axis=1)
    return left, use("linear_attention")(queries, keys, v)


@masked_linear_attention_under_a_kernel_is_linear_attention_with_joined_features.control(
    "the mask acts after normalisation"
)
def _(use, phi_q, phi_k, v, g, h):
    join = use("row_wise_kronecker_product")
    shares = use("linear_attention")(phi_q, phi_k, array_namespace(v).eye(v.shape[0], dtype=v.dtype))
    return ((g @ h.mT) * shares) @ v, use("linear_attention")(join(phi_q, g), join(phi_k, h), v)


def _least(matrix):
    return array_namespace(matrix).linalg.eigvalsh(matrix)[0]


@check
def least_eigenvalue_of_a_masked_kernel_has_the_schur_bound(
    use, kernel: PositiveDefinite[Array, "n n"], mask: PositiveDefinite[Array, "n n"]
):
    xp = array_namespace(kernel)
    return _least(kernel) * xp.min(xp.linalg.diagonal(mask)), _least(kernel * mask)


@least_eigenvalue_of_a_masked_kernel_has_the_schur_bound.witness
def _(kernel):
    return {"kernel": array_namespace(kernel).eye(kernel.shape[0], dtype=kernel.dtype)}


@least_eigenvalue_of_a_masked_kernel_has_the_schur_bound.control("the largest entry of the diagonal")
def _(use, kernel, mask):
    xp = array_namespace(kernel)
    return _least(kernel) * xp.max(xp.linalg.diagonal(mask)), _least(kernel * mask)


@least_eigenvalue_of_a_masked_kernel_has_the_schur_bound.control("a mask that is not positive semidefinite")
def _(use, kernel, mask):
    xp = array_namespace(kernel)
    ones = xp.ones(mask.shape, dtype=mask.dtype)
    # Entries two away from the diagonal on, and one on it: positive numbers, but no kernel.
    return _least(kernel), _least(kernel * (2 * ones - xp.eye(mask.shape[0], dtype=mask.dtype)))


@check(relation="<=")
def masked_kernel_is_not_always_positive_semidefinite(
    use, features: Real[Array, "n d"], mask: Symmetric[Array, "n n"], x: Real[Array, "n"]
):
    kernel = features @ features.mT
    return -(x @ ((kernel * mask) @ x)), 0 * x[0]


@masked_kernel_is_not_always_positive_semidefinite.counterexample
def _():
    return {"features": [[1], [1]], "mask": [[1, 2], [2, 1]], "x": [1, -1]}


@masked_kernel_is_not_always_positive_semidefinite.control("a mask that is a Gram matrix itself")
def _(use, features, mask, x):
    kernel = features @ features.mT
    return -(x @ ((kernel * (mask @ mask.mT)) @ x)), 0 * x[0]
