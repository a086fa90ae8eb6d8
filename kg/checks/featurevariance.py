"""Checks of the claims about how far random features stray from the exponential kernel."""

from __future__ import annotations

import numpy as np
from scipy import special

from kg.numbers import array_namespace, constant
from kg.verify import Array, Natural, Normal, Real, UnitRows, check, condition


def _half_a_right_angle(x, y, length):
    """Two points of a given length: the first along x, the second half way from it to what is left of y across it."""
    first = x / (x @ x) ** 0.5
    across = y - (y @ first) * first
    between = first + across / (across @ across) ** 0.5
    return {"x": length * first, "y": length * between / 2**0.5}


@condition
def points_of_length_one_half(x, y):
    return bool(np.allclose([x @ x, y @ y, x @ y], [1 / 4, 1 / 4, 1 / 32**0.5]))


@points_of_length_one_half.sampler
def _(x, y):
    return _half_a_right_angle(x, y, 1 / 2)


@condition
def points_of_length_one_third(x, y):
    return bool(np.allclose([x @ x, y @ y, x @ y], [1 / 9, 1 / 9, 1 / 162**0.5]))


@points_of_length_one_third.sampler
def _(x, y):
    return _half_a_right_angle(x, y, 1 / 3)


# Trigonometric features ------------------------------------------------------------------------------------------


def _products(features, x, y, w):
    """For each direction what it makes of the kernel of two points: the product of their features, summed."""
    products = np.prod(features(np.stack([x, y]), w), axis=1)
    return products if products.ndim == 1 else np.sum(products, axis=1)


def _kernel(use, x, y):
    """e^{x·y}, which is the exponential kernel of the points times the fourth root of their width."""
    q, k = (np.stack([point]) * x.shape[0] ** 0.25 for point in (x, y))
    return use("exponential_kernel")(q, k)[0, 0]


@check(sizes={"d": (2, 3)})
def expectation_of_trigonometric_random_features_is_the_exponential_kernel(
    use, x: Real[Array, "d"], y: Real[Array, "d"], w: Normal[Array, "samples d"]
):
    return _products(use("trigonometric_random_features"), x, y, w), _kernel(use, x, y)


@expectation_of_trigonometric_random_features_is_the_exponential_kernel.control(
    "the factor exp(|x|²/2) is left out, so that the mean is a Gaussian kernel"
)
def _(use, x, y, w):
    return np.cos(w @ (x - y)), _kernel(use, x, y)


@expectation_of_trigonometric_random_features_is_the_exponential_kernel.control("directions of variance 2")
def _(use, x, y, w):
    return _products(use("trigonometric_random_features"), x, y, 2**0.5 * w), _kernel(use, x, y)


@check
def trigonometric_random_features_are_positive_ones_of_imaginary_points(
    use, x: Real[Array, "n d"], w: Real[Array, "m d"]
):
    return use("trigonometric_random_features")(x, w), _real_and_imaginary(
        use("positive_random_features")(1j * x, w)
    )


def _real_and_imaginary(z):
    xp = array_namespace(z)
    return xp.stack([xp.real(z), xp.imag(z)], axis=-1)


@trigonometric_random_features_are_positive_ones_of_imaginary_points.control("the points stay real")
def _(use, x, w):
    found = _real_and_imaginary(use("positive_random_features")(x + 0j * x, w))
    return use("trigonometric_random_features")(x, w), found


@trigonometric_random_features_are_positive_ones_of_imaginary_points.control(
    "the length of the point counts as positive: the square of its modulus"
)
def _(use, x, w):
    xp = array_namespace(x)
    shrunk = xp.exp(-xp.sum(x * x, axis=-1))[:, None]
    found = _real_and_imaginary(use("positive_random_features")(1j * x, w))
    return use("trigonometric_random_features")(x, w), found * shrunk


# Squared errors --------------------------------------------------------------------------------------------------


def _squared_errors(features, x, y, w):
    """(κ̂ − κ)² for each draw of several directions, where κ̂ is the mean over them."""
    return (_estimates(features, x, y, w) - np.exp(x @ y)) ** 2


def _estimates(features, x, y, w):
    return sum(_products(features, x, y, w[:, i]) for i in range(w.shape[1])) / w.shape[1]


def _square(x):
    return x @ x


@check(sizes={"d": (2, 3), "m": (2, 3)})
def squared_error_of_positive_features_vanishes_as_points_become_opposite(
    use, x: Real[Array, "d"], y: Real[Array, "d"], w: Normal[Array, "samples m d"]
):
    found = _squared_errors(use("positive_random_features"), x, y, w)
    return found, np.exp(2 * x @ y) * (np.exp(_square(x + y)) - 1) / w.shape[1]


@squared_error_of_positive_features_vanishes_as_points_become_opposite.control(
    "the squared lengths of the points in place of that of their sum"
)
def _(use, x, y, w):
    found = _squared_errors(use("positive_random_features"), x, y, w)
    return found, np.exp(2 * x @ y) * (np.exp(_square(x) + _square(y)) - 1) / w.shape[1]


@squared_error_of_positive_features_vanishes_as_points_become_opposite.control("the kernel is not squared")
def _(use, x, y, w):
    found = _squared_errors(use("positive_random_features"), x, y, w)
    return found, np.exp(x @ y) * (np.exp(_square(x + y)) - 1) / w.shape[1]


@squared_error_of_positive_features_vanishes_as_points_become_opposite.control(
    "the error of a single direction, not divided by their number"
)
def _(use, x, y, w):
    found = _squared_errors(use("positive_random_features"), x, y, w)
    return found, np.exp(2 * x @ y) * (np.exp(_square(x + y)) - 1)


@check(sizes={"d": (2, 3), "m": (2, 3)})
def squared_error_of_trigonometric_features_vanishes_as_points_become_equal(
    use, x: Real[Array, "d"], y: Real[Array, "d"], w: Normal[Array, "samples m d"]
):
    found = _squared_errors(use("trigonometric_random_features"), x, y, w)
    return found, _trigonometric_error(x, y, np.exp(-2 * x @ y)) / w.shape[1]


def _trigonometric_error(x, y, inverse):
    return np.exp(_square(x + y)) * inverse * (1 - np.exp(-_square(x - y))) ** 2 / 2


@squared_error_of_trigonometric_features_vanishes_as_points_become_equal.control(
    "divided by the kernel once, not by its square"
)
def _(use, x, y, w):
    found = _squared_errors(use("trigonometric_random_features"), x, y, w)
    return found, _trigonometric_error(x, y, np.exp(-x @ y)) / w.shape[1]


@squared_error_of_trigonometric_features_vanishes_as_points_become_equal.control(
    "the error of positive features"
)
def _(use, x, y, w):
    found = _squared_errors(use("trigonometric_random_features"), x, y, w)
    return found, np.exp(2 * x @ y) * (np.exp(_square(x + y)) - 1) / w.shape[1]


# Likelihood ratios -----------------------------------------------------------------------------------------------


# The Gaussian kernel has the squared width √d; at these sizes the fourth root that takes it to one is a whole number.
@check(sizes={"d": (1, 16)})
def positive_random_feature_is_a_ratio_of_gaussian_kernels(use, x: Real[Array, "n d"], w: Real[Array, "m d"]):
    return _times_the_origin(use, x, w, use("positive_random_features")(x, w)), _gaussians(use, w, x)


def _gaussians(use, w, x):
    """exp(−|w − x|²/2) for all directions and points."""
    scale = round(x.shape[1] ** 0.25)
    return use("gaussian_kernel")(scale * w, scale * x)


def _times_the_origin(use, x, w, features):
    xp = array_namespace(x)
    return features * _gaussians(use, w, xp.zeros((1, x.shape[1]), dtype=x.dtype))


@positive_random_feature_is_a_ratio_of_gaussian_kernels.control("the length of the point is left out")
def _(use, x, w):
    return _times_the_origin(use, x, w, array_namespace(x).exp(w @ x.mT)), _gaussians(use, w, x)


@positive_random_feature_is_a_ratio_of_gaussian_kernels.control("the ratio the other way round")
def _(use, x, w):
    return _times_the_origin(use, x, w, 1 / use("positive_random_features")(x, w)), _gaussians(use, w, x)


# Orthogonal directions -------------------------------------------------------------------------------------------


@check(sizes={"d": (2, 3)})
def expectation_of_positive_features_of_orthogonal_directions_is_the_exponential_kernel(
    use,
    x: Real[Array, "d"],
    y: Real[Array, "d"],
    g: Normal[Array, "samples d d"],
    h: Normal[Array, "samples d d"],
):
    w = use("orthogonal_random_directions")(g, h)
    return _estimates(use("positive_random_features"), x, y, w), _kernel(use, x, y)


@expectation_of_positive_features_of_orthogonal_directions_is_the_exponential_kernel.control(
    "the directions all have the length √d"
)
def _(use, x, y, g, h):
    w = use("orthogonal_random_directions")(g, np.ones_like(h))
    return _estimates(use("positive_random_features"), x, y, w), _kernel(use, x, y)


@check(sizes={"d": (2, 3)})
def components_of_orthogonal_random_directions_are_standard_normal(
    use,
    u: UnitRows[Array, "d"],
    i: Natural[int, "0 1"],
    g: Normal[Array, "samples d d"],
    h: Normal[Array, "samples d d"],
):
    components = use("orthogonal_random_directions")(g, h)[:, i] @ u
    return components, (1 + special.erf(components / 2**0.5)) / 2


@components_of_orthogonal_random_directions_are_standard_normal.control(
    "the directions all have the length √d"
)
def _(use, u, i, g, h):
    components = use("orthogonal_random_directions")(g, np.ones_like(h))[:, i] @ u
    return components, (1 + special.erf(components / 2**0.5)) / 2


@check(sizes={"d": (2, 3)})
def orthogonal_random_directions_are_a_triangular_change_of_independent_ones(
    use, a: Real[Array, "2 d d"], h: Real[Array, "2 d d"]
):
    return _angles(a, use("orthogonal_random_directions")(a, h)), _right_angles(a, _squared_lengths(h))


def _angles(a, w):
    """The products of the directions with each other, and above the diagonal those of the rows of a with them."""
    xp = array_namespace(a)
    return xp.concat([w @ w.mT, xp.triu(a @ w.mT, k=1)])


def _right_angles(a, squared_lengths):
    xp = array_namespace(a)
    return xp.concat([squared_lengths * xp.eye(a.shape[-1], dtype=a.dtype), 0 * a])


def _squared_lengths(h):
    return array_namespace(h).sum(h * h, axis=-1)[..., None]


@orthogonal_random_directions_are_a_triangular_change_of_independent_ones.control(
    "all directions are as long as the first"
)
def _(use, a, h):
    w = use("orthogonal_random_directions")(a, h)
    return _angles(a, w), _right_angles(a, _squared_lengths(h)[:, :1, :])


@orthogonal_random_directions_are_a_triangular_change_of_independent_ones.control(
    "the columns of the matrix are made orthonormal, not its rows"
)
def _(use, a, h):
    w = use("orthogonal_random_directions")(a.mT, h)
    return _angles(a, w), _right_angles(a, _squared_lengths(h))


@check(sizes={"d": (2, 3)})
def positive_features_of_orthogonal_directions_are_negatively_correlated(
    use,
    x: Real[Array, "d"],
    y: Real[Array, "d"],
    g: Normal[Array, "samples d d"],
    h: Normal[Array, "samples d d"],
):
    w = use("orthogonal_random_directions")(g, h)
    return _mean_of_two(use, x, y, w), np.exp(2 * x @ y) * _factor(x.shape[0], _square(x + y))


def _mean_of_two(use, x, y, w):
    features = use("positive_random_features")
    return _products(features, x, y, w[:, 0]) * _products(features, x, y, w[:, 1])


def _factor(d, s):
    """e^{−s} ₁F₁(d; d/2; s/2): below one, as each term of the series is at most that of e^s."""
    return np.exp(-s) * special.hyp1f1(d, d / 2, s / 2)


@positive_features_of_orthogonal_directions_are_negatively_correlated.control(
    "no correlation: the squared kernel"
)
def _(use, x, y, g, h):
    return _mean_of_two(use, x, y, use("orthogonal_random_directions")(g, h)), np.exp(2 * x @ y)


@positive_features_of_orthogonal_directions_are_negatively_correlated.control("independent directions")
def _(use, x, y, g, h):
    return _mean_of_two(use, x, y, h), np.exp(2 * x @ y) * _factor(x.shape[0], _square(x + y))


# Attention, which is a ratio --------------------------------------------------------------------------------------


@check
def attention_with_random_features_is_not_unbiased(
    use, k: Real[Array, "d"], v: Real[Array, "2 e"], w: Real[Array, "d"]
):
    return _mean_of_opposite_directions(use, k, k, v, w), _softmax_of(use, k, k, v)


def _mean_of_opposite_directions(use, q, k, v, w):
    """Linear attention of q to the keys k and −k with the direction w and with −w, averaged; one is as likely as the other."""
    xp = array_namespace(k)
    keys, features = xp.stack([k, -k]), use("positive_random_features")
    outputs = []
    for direction in (w, -w):
        query = features(xp.stack([q]), xp.stack([direction]))
        outputs.append(use("linear_attention")(query, features(keys, xp.stack([direction])).mT, v))
    return (outputs[0] + outputs[1]) / 2


def _softmax_of(use, q, k, v):
    """Softmax attention with the kernel e^{q·k}, whose usual scale is put back."""
    xp = array_namespace(k)
    root = xp.sqrt(constant(k, k.shape[0]))
    return use("softmax_attention")(xp.stack([q]) * root, xp.stack([k, -k]), v)


@attention_with_random_features_is_not_unbiased.counterexample
def _():
    return {"k": [1], "v": [[1], [0]], "w": [1]}


@attention_with_random_features_is_not_unbiased.control("the query is zero")
def _(use, k, v, w):
    return _mean_of_opposite_directions(use, 0 * k, k, v, w), _softmax_of(use, 0 * k, k, v)
