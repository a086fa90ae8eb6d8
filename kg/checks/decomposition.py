"""Checks of the claims about CP and Tucker tensors and alternating least squares."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Real, check, condition


def _independent(matrix):
    """Whether the columns of a matrix are independent, with a margin: the determinant of their Gram matrix is compared
    with that of orthogonal columns of the same lengths."""
    xp = array_namespace(matrix)
    gram = matrix.mT @ matrix
    return bool(xp.linalg.det(gram) * 2**20 > xp.prod(xp.linalg.diagonal(gram)))


@condition(generic=True)
def independent_khatri_rao_columns(b, c):
    xp = array_namespace(b)
    return _independent(xp.reshape(b[:, None, :] * c[None, :, :], (-1, b.shape[1])))


def _square_distance(s, t):
    return array_namespace(s).sum((s - t) ** 2)


# Forms of one tensor --------------------------------------------------------------------------------------------


@check
def unfolding_of_a_cp_tensor_is_a_khatri_rao_product(
    use, a: Real[Array, "i r"], b: Real[Array, "j r"], c: Real[Array, "k r"]
):
    unfolding = array_namespace(a).reshape(use("cp_tensor")(a, b, c), (a.shape[0], -1))
    return unfolding, a @ use("khatri_rao_product")(b, c).mT


@unfolding_of_a_cp_tensor_is_a_khatri_rao_product.control("the two factors of the product change places")
def _(use, a, b, c):
    unfolding = array_namespace(a).reshape(use("cp_tensor")(a, b, c), (a.shape[0], -1))
    return unfolding, a @ use("khatri_rao_product")(c, b).mT


@unfolding_of_a_cp_tensor_is_a_khatri_rao_product.control("the components of one factor are reordered")
def _(use, a, b, c):
    xp = array_namespace(a)
    unfolding = xp.reshape(use("cp_tensor")(a, b, c), (a.shape[0], -1))
    return unfolding, xp.flip(a, axis=1) @ use("khatri_rao_product")(b, c).mT


@check
def gram_matrix_of_a_khatri_rao_product_is_an_entrywise_product(
    use, b: Real[Array, "j r"], c: Real[Array, "k r"]
):
    product = use("khatri_rao_product")(b, c)
    return product.mT @ product, (b.mT @ b) * (c.mT @ c)


@gram_matrix_of_a_khatri_rao_product_is_an_entrywise_product.control(
    "the Gram matrices are multiplied as matrices"
)
def _(use, b, c):
    product = use("khatri_rao_product")(b, c)
    return product.mT @ product, (b.mT @ b) @ (c.mT @ c)


@gram_matrix_of_a_khatri_rao_product_is_an_entrywise_product.control("the Gram matrices are added")
def _(use, b, c):
    product = use("khatri_rao_product")(b, c)
    return product.mT @ product, b.mT @ b + c.mT @ c


@check
def cp_tensor_is_a_tucker_tensor_with_a_diagonal_core(
    use, a: Real[Array, "i r"], b: Real[Array, "j r"], c: Real[Array, "k r"]
):
    core = array_namespace(a).asarray(_diagonal(a.shape[1]), dtype=a.dtype)
    return use("cp_tensor")(a, b, c), use("tucker_tensor")(core, a, b, c)


def _diagonal(r):
    """Ones where all three indices agree, zeros elsewhere."""
    i = np.arange(r)
    return np.asarray(
        (i[:, None, None] == i[None, :, None]) & (i[:, None, None] == i[None, None, :]), dtype=int
    )


@cp_tensor_is_a_tucker_tensor_with_a_diagonal_core.control("every entry of the core is one")
def _(use, a, b, c):
    core = array_namespace(a).ones((a.shape[1],) * 3, dtype=a.dtype)
    return use("cp_tensor")(a, b, c), use("tucker_tensor")(core, a, b, c)


@check(sizes={"p": (2, 3), "q": (2, 3), "s": (2, 4), "i": (2, 3, 4), "j": (3, 5), "k": (2, 4)})
def tucker_tensor_is_a_kronecker_product(
    use, core: Real[Array, "p q s"], u: Real[Array, "i p"], v: Real[Array, "j q"], w: Real[Array, "k s"]
):
    return use("tucker_tensor")(core, u, v, w), _by_kronecker(use, core, u, v, w)


def _by_kronecker(use, core, u, v, w):
    """((U⊗V)⊗W) vec(core), folded to a tensor."""
    xp = array_namespace(core)
    product = use("sum_of_kronecker_products")
    operator = product(product(u[None, :, :], v[None, :, :])[None, :, :], w[None, :, :])
    return xp.reshape(operator @ xp.reshape(core, (-1,)), (u.shape[0], v.shape[0], w.shape[0]))


tucker_tensor_is_a_kronecker_product.explain(
    "total + xp.concat(rows, axis=0) → ", "a single Kronecker product is taken, so there is nothing to add to"
)


@tucker_tensor_is_a_kronecker_product.control("the core is read from the last axis to the first")
def _(use, core, u, v, w):
    xp = array_namespace(core)
    turned = xp.reshape(xp.permute_dims(core, (2, 1, 0)), core.shape)
    return use("tucker_tensor")(core, u, v, w), _by_kronecker(use, turned, u, v, w)


@tucker_tensor_is_a_kronecker_product.control("the first factor is left out")
def _(use, core, u, v, w):
    xp = array_namespace(core)
    nothing = xp.eye(u.shape[0], u.shape[1], dtype=core.dtype)
    return use("tucker_tensor")(core, u, v, w), _by_kronecker(use, core, nothing, v, w)


# Alternating least squares --------------------------------------------------------------------------------------


@check(sizes={"r": (2, 3), "i": (2, 3, 4), "j": (3, 4, 5), "k": (2, 3, 4)})
def cp_least_squares_factor_is_least_squares_on_a_khatri_rao_product(
    use, t: Real[Array, "i j k"], b: Real[Array, "j r"], c: Real[Array, "k r"]
):
    return use("cp_least_squares_factor")(t, b, c), _row_by_row(use, t, use("khatri_rao_product")(b, c))


def _row_by_row(use, t, design):
    xp = array_namespace(t)
    rows = [use("least_squares")(design, xp.reshape(t[i, :, :], (-1,))) for i in range(t.shape[0])]
    return xp.stack(rows)


@cp_least_squares_factor_is_least_squares_on_a_khatri_rao_product.control(
    "the Gram matrices are added instead of multiplied entry by entry"
)
def _(use, t, b, c):
    xp = array_namespace(t)
    design = use("khatri_rao_product")(b, c)
    read = xp.reshape(t, (t.shape[0], -1)) @ design
    wrong = xp.linalg.solve(b.mT @ b + c.mT @ c, read.mT).mT
    return wrong, _row_by_row(use, t, design)


@cp_least_squares_factor_is_least_squares_on_a_khatri_rao_product.control(
    "a ridge is added to the normal equations"
)
def _(use, t, b, c):
    xp = array_namespace(t)
    design = use("khatri_rao_product")(b, c)
    read = xp.reshape(t, (t.shape[0], -1)) @ design
    ridge = design.mT @ design + xp.eye(b.shape[1], dtype=t.dtype)
    return xp.linalg.solve(ridge, read.mT).mT, _row_by_row(use, t, design)


@check(sizes={"r": (2, 3), "i": (2, 3, 4), "j": (3, 4, 5), "k": (2, 3, 4)})
def error_falls_by_the_square_of_the_change_in_a_least_squares_update(
    use, t: Real[Array, "i j k"], a: Real[Array, "i r"], b: Real[Array, "j r"], c: Real[Array, "k r"]
):
    fitted = use("cp_tensor")(use("cp_least_squares_factor")(t, b, c), b, c)
    before = use("cp_tensor")(a, b, c)
    return _square_distance(t, before), _square_distance(t, fitted) + _square_distance(fitted, before)


@error_falls_by_the_square_of_the_change_in_a_least_squares_update.control("the update goes only half way")
def _(use, t, a, b, c):
    half = (a + use("cp_least_squares_factor")(t, b, c)) / 2
    moved, before = use("cp_tensor")(half, b, c), use("cp_tensor")(a, b, c)
    return _square_distance(t, before), _square_distance(t, moved) + _square_distance(moved, before)


@error_falls_by_the_square_of_the_change_in_a_least_squares_update.control(
    "the change is that of the factor, not of the tensor"
)
def _(use, t, a, b, c):
    best = use("cp_least_squares_factor")(t, b, c)
    fitted, before = use("cp_tensor")(best, b, c), use("cp_tensor")(a, b, c)
    return _square_distance(t, before), _square_distance(t, fitted) + _square_distance(best, a)


def _three_fits(use, t, b, c):
    """One factor after the other by least squares, on the unfolding along its axis."""
    xp = array_namespace(t)
    design = use("khatri_rao_product")
    a = _row_by_row(use, t, design(b, c))
    b = _row_by_row(use, xp.permute_dims(t, (1, 0, 2)), design(a, c))
    return a, b, _row_by_row(use, xp.permute_dims(t, (2, 0, 1)), design(a, b))


@check(sizes={"r": (2, 3), "i": (3, 4), "j": (3, 4, 5), "k": (3, 4)})
def sweep_of_alternating_least_squares_is_three_least_squares_fits(
    use, t: Real[Array, "i j k"], b: Real[Array, "j r"], c: Real[Array, "k r"]
):
    _, once_b, once_c = _three_fits(use, t, b, c)
    return use("cp_alternating_least_squares")(t, b, c, sweeps=2), _three_fits(use, t, once_b, once_c)


@sweep_of_alternating_least_squares_is_three_least_squares_fits.control("a single sweep is made")
def _(use, t, b, c):
    _, once_b, once_c = _three_fits(use, t, b, c)
    return use("cp_alternating_least_squares")(t, b, c, sweeps=1), _three_fits(use, t, once_b, once_c)


@sweep_of_alternating_least_squares_is_three_least_squares_fits.control(
    "the last factor is fitted to the old value of the second"
)
def _(use, t, b, c):
    xp = array_namespace(t)
    _, old_b, old_c = _three_fits(use, t, b, c)
    design = use("khatri_rao_product")
    a, new_b, _ = _three_fits(use, t, old_b, old_c)
    stale = _row_by_row(use, xp.permute_dims(t, (2, 0, 1)), design(a, old_b))
    return use("cp_alternating_least_squares")(t, b, c, sweeps=2), (a, new_b, stale)


def _share_missed(use, t, factors):
    return _square_distance(t, use("cp_tensor")(*factors)) / array_namespace(t).sum(t * t)


@check(relation="<=", sizes={"r": (2, 3), "i": (2, 3, 4), "j": (3, 4, 5), "k": (2, 3, 4)})
def alternating_least_squares_never_increases_the_error(
    use, t: Real[Array, "i j k"], b: Real[Array, "j r"], c: Real[Array, "k r"]
):
    als = use("cp_alternating_least_squares")
    return _share_missed(use, t, als(t, b, c, sweeps=2)), _share_missed(use, t, als(t, b, c, sweeps=1))


@alternating_least_squares_never_increases_the_error.control(
    "the factors are fitted at once, each to the old values of the others"
)
def _(use, t, b, c):
    xp = array_namespace(t)
    fit = use("cp_least_squares_factor")
    a, b, c = use("cp_alternating_least_squares")(t, b, c, sweeps=1)
    across, along = xp.permute_dims(t, (1, 0, 2)), xp.permute_dims(t, (2, 0, 1))
    together = fit(t, b, c), fit(across, a, c), fit(along, a, b)
    return _share_missed(use, t, together), _share_missed(use, t, (a, b, c))


@check(relation="<=")
def alternating_least_squares_does_not_always_find_the_best(
    use,
    t: Real[Array, "2 2 2"],
    b: Real[Array, "2 1"],
    c: Real[Array, "2 1"],
    x: Real[Array, "2"],
    y: Real[Array, "2"],
    z: Real[Array, "2"],
):
    found = use("cp_tensor")(*use("cp_alternating_least_squares")(t, b, c, sweeps=4))
    rival = use("cp_tensor")(x[:, None], y[:, None], z[:, None])
    return _square_distance(t, found), _square_distance(t, rival)


@alternating_least_squares_does_not_always_find_the_best.counterexample
def _():
    # 2 e₁⊗e₁⊗e₁ + e₂⊗e₂⊗e₂, started at its smaller component, which every update returns.
    return {
        "t": [[[2, 0], [0, 0]], [[0, 0], [0, 1]]],
        "b": [[0], [1]],
        "c": [[0], [1]],
        "x": [2, 0],
        "y": [1, 0],
        "z": [1, 0],
    }


@alternating_least_squares_does_not_always_find_the_best.control(
    "the rival has the factors that the last update held fixed"
)
def _(use, t, b, c, x):
    _, b, c = use("cp_alternating_least_squares")(t, b, c, sweeps=4)
    found = use("cp_tensor")(use("cp_least_squares_factor")(t, b, c), b, c)
    return _square_distance(t, found), _square_distance(t, use("cp_tensor")(x[:, None], b, c))
