"""Checks of the claims about when the rank-one terms of a tensor are unique, and how linear algebra finds them."""

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
def distinct_ratios_of_components(a, b, c, x, y):
    # The two factors are invertible, and the quotients of the third factor's readings are finite and distinct.
    xp = array_namespace(c)
    above, below = x @ c, y @ c
    cross = abs(above[:, None] * below[None, :] - above[None, :] * below[:, None])
    apart = cross + xp.eye(c.shape[1]) > 2**-7 * xp.sqrt(xp.sum(x * x) * xp.sum(y * y))
    return bool(np.all(abs(below) > 2**-5)) and bool(np.all(apart)) and _independent(a) and _independent(b)


# Simultaneous diagonalisation -----------------------------------------------------------------------------------


@check(sizes={"d": (2, 3, 4), "k": (2, 3, 5)})
def components_are_eigenvectors_of_a_slice_ratio(
    use,
    a: Real[Array, "d d"],
    b: Real[Array, "d d"],
    c: Real[Array, "k d"],
    x: Real[Array, "k"],
    y: Real[Array, "k"],
):
    # Transposed slices have the components of the second factor for eigenvectors.
    xp = array_namespace(a)
    t, values = use("cp_tensor")(a, b, c), ((x @ c) / (y @ c))[None, :]
    ratio, transposed = use("slice_ratio")(t, x, y), use("slice_ratio")(xp.permute_dims(t, (1, 0, 2)), x, y)
    return (ratio @ a, transposed @ b), (a * values, b * values)


components_are_eigenvectors_of_a_slice_ratio.explain(
    "constant changed: 1 → 0", "the factors are square, so rows and columns are equally many"
)


@components_are_eigenvectors_of_a_slice_ratio.control("the components of the second factor are taken")
def _(use, a, b, c, x, y):
    ratio = use("slice_ratio")(use("cp_tensor")(a, b, c), x, y)
    return ratio @ b, b * ((x @ c) / (y @ c))[None, :]


@components_are_eigenvectors_of_a_slice_ratio.control("the eigenvalues are those of the inverse quotient")
def _(use, a, b, c, x, y):
    ratio = use("slice_ratio")(use("cp_tensor")(a, b, c), x, y)
    return ratio @ a, a * ((y @ c) / (x @ c))[None, :]


def _terms(a, b, c):
    """The rank-one terms a_r∘b_r∘c_r, listed along the first axis."""
    xp = array_namespace(a)
    return xp.stack(
        [a[:, r, None, None] * b[None, :, r, None] * c[None, None, :, r] for r in range(a.shape[1])]
    )


@check(sizes={"d": (2, 3), "k": (2, 3, 4)})
def jennrich_terms_are_the_terms_of_a_cp_tensor(
    use,
    a: Real[Array, "d d"],
    b: Real[Array, "d d"],
    c: Real[Array, "k d"],
    x: Real[Array, "k"],
    y: Real[Array, "k"],
):
    return use("jennrich_terms")(use("cp_tensor")(a, b, c), x, y), _terms(a, b, c)


jennrich_terms_are_the_terms_of_a_cp_tensor.explain(
    "constant changed: 1 → 0", "the factors are square, so rows and columns are equally many"
)


@jennrich_terms_are_the_terms_of_a_cp_tensor.control("there is one term more than the slices have rows")
def _(use, a, b, c, x, y):
    xp = array_namespace(c)
    more = [xp.concat([f, xp.sum(f, axis=1, keepdims=True)], axis=1) for f in (a, b, c)]
    return use("jennrich_terms")(use("cp_tensor")(*more), x, y), _terms(a, b, c)


@jennrich_terms_are_the_terms_of_a_cp_tensor.control("a little is added to one entry of the tensor")
def _(use, a, b, c, x, y):
    xp = array_namespace(c)
    entry = xp.asarray(np.arange(c.shape[0] * a.shape[0] ** 2).reshape(a.shape[0], a.shape[0], -1) == 0)
    t = use("cp_tensor")(a, b, c)
    return use("jennrich_terms")(t + xp.where(entry, x[0], 0), x, y), _terms(a, b, c)


@check
def cp_decomposition_is_not_always_unique(
    use, a: Real[Array, "i 2"], b: Real[Array, "j 2"], c: Real[Array, "k"], g: Real[Array, "2 2"]
):
    # Both decompositions have c for all their third components, and are those of one tensor.
    xp = array_namespace(a)
    other = a @ g, xp.linalg.solve(g, b.mT).mT
    shared = xp.stack([c, c], axis=1)
    first, second = _terms(a, b, shared), _terms(*other, shared)
    tensors = use("cp_tensor")(a, b, shared), use("cp_tensor")(*other, shared)
    # The sum of the squares of the terms does not depend on their order.
    return (tensors[0], xp.sum(first * first, axis=0)), (tensors[1], xp.sum(second * second, axis=0))


@cp_decomposition_is_not_always_unique.counterexample
def _():
    return {"a": [[1, 0], [0, 1]], "b": [[1, 0], [0, 1]], "c": [1, 1], "g": [[1, 1], [0, 1]]}


@cp_decomposition_is_not_always_unique.control("the tensor is the same for both decompositions")
def _(use, a, b, c, g):
    xp = array_namespace(a)
    shared = xp.stack([c, c], axis=1)
    return (
        use("cp_tensor")(a, b, shared),
        use("cp_tensor")(a @ g, xp.linalg.solve(g, b.mT).mT, shared),
    )


@cp_decomposition_is_not_always_unique.control("the components are only rescaled and exchanged")
def _(use, a, b, c, g):
    xp = array_namespace(a)
    scale = xp.stack([g[0, 0], g[1, 1]])[None, :]
    shared = xp.stack([c, c], axis=1)
    first = _terms(a, b, shared)
    second = _terms(xp.flip(a * scale, axis=1), xp.flip(b / scale, axis=1), shared)
    return xp.sum(first * first, axis=0), xp.sum(second * second, axis=0)
