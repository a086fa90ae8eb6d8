"""Checks of the claims about aligning features by rotations."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Mask, Normal, Orthogonal, Real, UnitRows, check, condition


@condition(generic=True)
def invertible_cross_product(a, b):
    # Compared with the largest value its determinant could have, that of a matrix with columns of the same lengths.
    xp = array_namespace(a)
    cross = b @ a.mT
    return bool(xp.linalg.det(cross) ** 2 * 2**40 > xp.prod(xp.sum(cross * cross, axis=0)))


@check(sizes={"d": (2, 3, 4), "n": (5, 7)})
def orthogonal_procrustes_is_the_nuclear_norm_formula(use, a: Real[Array, "d n"], b: Real[Array, "d n"]):
    return use("orthogonal_procrustes")(a, b), use("nuclear_norm_formula")(a, b)


@orthogonal_procrustes_is_the_nuclear_norm_formula.control(
    "the cross-product B Aᵀ itself in place of its orthogonal factor"
)
def _(use, a, b):
    xp = array_namespace(a)
    difference = b @ a.mT @ a - b
    return xp.sum(difference * difference), use("nuclear_norm_formula")(a, b)


@orthogonal_procrustes_is_the_nuclear_norm_formula.control(
    "reflections are forbidden where the best map is one"
)
def _(use, a, b):
    # The sign of the first row of b is chosen so that det(UVᵀ) = −1; without reflections the least singular value is lost.
    xp = array_namespace(a)
    sign = -xp.sign(xp.linalg.det(b @ a.mT))
    flipped = xp.concat([sign * b[:1, :], b[1:, :]], axis=0)
    values = xp.linalg.svdvals(flipped @ a.mT)
    rotations_only = xp.sum(a * a) + xp.sum(b * b) - 2 * (xp.sum(values) - 2 * values[-1])
    return use("orthogonal_procrustes")(a, flipped), rotations_only


@check(relation="<=", sizes={"d": (2, 3, 4), "n": (5, 7)})
def nuclear_norm_formula_is_at_most_the_distance_after_any_rotation(
    use,
    a: Real[Array, "d n"],
    b: Real[Array, "d n"],
    rotation: Orthogonal[Array, "d d"],
    mirrored: Mask[Array, "d"],
):
    # A Cayley transform is a rotation; with some of its rows mirrored it can be any orthogonal matrix.
    xp = array_namespace(a)
    o = rotation * xp.where(mirrored, -xp.ones_like(a[:, 0]), 1)[:, None]
    difference = o @ a - b
    return use("nuclear_norm_formula")(a, b), xp.sum(difference * difference)


@nuclear_norm_formula_is_at_most_the_distance_after_any_rotation.witness
def _(a, b, mirrored):
    # The best orthogonal matrix U Vᵀ, its first row mirrored twice.
    u, _, vt = np.linalg.svd(b @ a.T)
    first = np.arange(len(mirrored)) == 0
    return {"rotation": u @ vt * np.where(first, -1, 1)[:, None], "mirrored": first}


@nuclear_norm_formula_is_at_most_the_distance_after_any_rotation.control(
    "the least singular value is not subtracted"
)
def _(use, a, b, rotation, mirrored):
    xp = array_namespace(a)
    values = xp.linalg.svdvals(b @ a.mT)[:-1]
    o = rotation * xp.where(mirrored, -xp.ones_like(a[:, 0]), 1)[:, None]
    difference = o @ a - b
    return xp.sum(a * a) + xp.sum(b * b) - 2 * xp.sum(values), xp.sum(difference * difference)


@check(sizes={"n": (4, 5, 7)})
def features_with_equal_gram_matrices_are_rotations_of_each_other(use, a: Real[Array, "n 3"]):
    return _rotated(a, use("cholesky_features")(a @ a.mT, features=3))


@features_with_equal_gram_matrices_are_rotations_of_each_other.control(
    "lengths agree but one row is reversed"
)
def _(use, a):
    xp = array_namespace(a)
    y = use("cholesky_features")(a @ a.mT, features=3)
    return _rotated(a, xp.concat([-y[:1, :], y[1:, :]], axis=0))


@features_with_equal_gram_matrices_are_rotations_of_each_other.control(
    "an invertible map that is not orthogonal: one feature counts four times"
)
def _(use, a):
    xp = array_namespace(a)
    weights = xp.stack([constant(a, 4), constant(a, 1), constant(a, 1)])
    return _rotated(a, use("cholesky_features")(a * weights @ a.mT, features=3))


def _rotated(x, y):
    """The map that fits y to x by least squares, applied to x, and its product with its transpose, against y and I."""
    xp = array_namespace(x)
    o = xp.linalg.solve(x.mT @ x, x.mT @ y)
    return (x @ o, o.mT @ o), (y, xp.eye(x.shape[1], dtype=x.dtype))


@condition(generic=True)
def gram_matrices_invertible(a, b):
    # Compared with the largest values the determinants could have, those for perpendicular columns.
    xp = array_namespace(a)
    pairs = [(xp.linalg.det(x.mT @ x), xp.prod(xp.sum(x * x, axis=0))) for x in (a, b)]
    return all(bool(volume * 2**30 > most) for volume, most in pairs)


@check(sizes={"n": (2, 3), "d": (3, 4)})
def layer_alignment_error_is_the_root_of_the_nuclear_norm_formula(
    use, a: Real[Array, "d n"], b: Real[Array, "d n"]
):
    squared = use("nuclear_norm_formula")(a, b)
    return use("layer_alignment_error")(a.mT @ a, b.mT @ b), array_namespace(a).sqrt(squared)


@layer_alignment_error_is_the_root_of_the_nuclear_norm_formula.control(
    "no rotation: the distance as they are"
)
def _(use, a, b):
    xp = array_namespace(a)
    return use("layer_alignment_error")(a.mT @ a, b.mT @ b), xp.sqrt(xp.sum((a - b) ** 2))


@layer_alignment_error_is_the_root_of_the_nuclear_norm_formula.control(
    "points are rotated in place of features"
)
def _(use, a, b):
    xp = array_namespace(a)
    nuclear_norm = xp.sum(xp.linalg.svdvals(b.mT @ a))
    squared = xp.sum(a * a) + xp.sum(b * b) - 2 * nuclear_norm
    return use("layer_alignment_error")(a.mT @ a, b.mT @ b), xp.sqrt(squared)


@check
def monomial_features_are_tensor_square_features_up_to_rotation(use, x: Real[Array, "n d"]):
    products = use("tensor_square_features")(x)
    return _padded(use("monomial_features")(x), products.shape[1]), products


@monomial_features_are_tensor_square_features_up_to_rotation.control(
    "products of two different coordinates are counted once, without the factor √2"
)
def _(use, x):
    xp = array_namespace(x)
    products = use("tensor_square_features")(x)
    once = xp.stack([x[:, i] * x[:, j] for i in range(x.shape[1]) for j in range(i + 1)], axis=1)
    return _padded(once, products.shape[1]), products


def _padded(features, length):
    """A rotation needs as many features on either side: the shorter list gets zeros."""
    xp = array_namespace(features)
    zeros = xp.zeros((features.shape[0], length - features.shape[1]), dtype=features.dtype)
    return xp.concat([features, zeros], axis=1)


@check(sizes={"n": (16, 64, 256, 1024)})
def random_feature_kernel_tends_to_its_limit_like_one_over_root_n(
    use, g: Normal[Array, "samples n 3"], x: UnitRows[Array, "samples 3"], y: UnitRows[Array, "samples 3"]
):
    return _kernel_error(use, g, x, y), -1 / 2


@random_feature_kernel_tends_to_its_limit_like_one_over_root_n.control(
    "all neurons share one random scale: they are not independent"
)
def _(use, g, x, y):
    # The scale is taken from one entry, which the kernel of many neurons hardly depends on otherwise.
    return _kernel_error(use, g * g[:, :1, :1], x, y), -1 / 2


@random_feature_kernel_tends_to_its_limit_like_one_over_root_n.control("the rate of the squared error")
def _(use, g, x, y):
    return _kernel_error(use, g, x, y), -1


def _kernel_error(use, g, x, y):
    limits = np.diagonal(use("arc_cosine_kernel")(x, y))
    return use("random_feature_kernel")(g, x, y) - limits


@check(sizes={"n": (64, 128, 256, 512)})
def aligned_random_layers_agree_like_one_over_root_n(use, g: Normal[Array, "samples 2 n 3"]):
    first, second = _layers(g)
    return use("layer_alignment_error")(first @ first.mT, second @ second.mT), -1 / 2


@aligned_random_layers_agree_like_one_over_root_n.control("the layers are compared without alignment")
def _(use, g):
    first, second = _layers(g)
    return np.linalg.norm(first - second, axis=(-2, -1)), -1 / 2


@aligned_random_layers_agree_like_one_over_root_n.control(
    "the weights of the second layer are twice as large"
)
def _(use, g):
    first, second = _layers(g)
    return use("layer_alignment_error")(first @ first.mT, 4 * second @ second.mT), -1 / 2


aligned_random_layers_agree_like_one_over_root_n.explain(
    "_POINTS @ g.mT → g.mT",
    "the points are then the unit vectors: the rate is that of any independent points",
)
aligned_random_layers_agree_like_one_over_root_n.explain(
    "0 → 1", "the nonlinearity is then max(x, 1): the rate is that of any nonlinearity"
)
aligned_random_layers_agree_like_one_over_root_n.explain(
    "0 → -1", "the nonlinearity is then max(x, −1): the rate is that of any nonlinearity"
)

# Three points none of which is a combination of the others; nothing else about them matters.
_POINTS = np.asarray([[1, 0, 0], [1, 1, 0], [0, 1, -1]])


def _layers(g):
    """The activations of the three points in two random ReLU layers, with the factor 1/√n: points are rows."""
    features = np.maximum(_POINTS @ g.mT, 0) / np.sqrt(g.shape[-2])
    return features[:, 0], features[:, 1]


@check
def kernels_of_opposite_random_layers_rectify_products(
    use, g: Real[Array, "s n d"], x: Real[Array, "s d"], y: Real[Array, "s d"]
):
    kernel = use("random_feature_kernel")
    return kernel(g, x, y) + kernel(-g, x, y), _mean_of_rectified_products(use, g, x, y)


def _mean_of_rectified_products(use, g, x, y):
    xp = array_namespace(g)
    first, second = (g @ x[:, :, None])[:, :, 0], (g @ y[:, :, None])[:, :, 0]
    return xp.mean(use("relu")(first * second), axis=1)


@kernels_of_opposite_random_layers_rectify_products.control("one layer, counted twice")
def _(use, g, x, y):
    return 2 * use("random_feature_kernel")(g, x, y), _mean_of_rectified_products(use, g, x, y)


@kernels_of_opposite_random_layers_rectify_products.control("products are not rectified: a linear kernel")
def _(use, g, x, y):
    kernel, xp = use("random_feature_kernel"), array_namespace(g)
    products = (g @ x[:, :, None]) * (g @ y[:, :, None])
    return kernel(g, x, y) + kernel(-g, x, y), xp.mean(products[:, :, 0], axis=1)
