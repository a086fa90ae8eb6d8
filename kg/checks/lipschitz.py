"""Checks of the claims about how much a layer can stretch."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, unit_root
from kg.verify import Array, Real, check


def _squares(x):
    xp = array_namespace(x)
    return xp.sum(x * x)


@check
def periodic_image_filter_multiplies_each_wave_by_a_number(
    use, kernel: Real[Array, "3 3"], image: Real[Array, "n m"]
):
    factors = _factors(kernel, image.shape)
    return _waves(use, use("periodic_image_filter")(kernel, image)), factors * _waves(use, image)


def _waves(use, image):
    """The Fourier transform along both axes."""
    transform = use("discrete_fourier_transform")
    return transform(transform(image).mT).mT


def _factors(kernel, shape):
    """What the filter multiplies each wave of an image by: Σ_ab K[a, b] exp(2πi((a − 1)u/n + (b − 1)v/m))."""
    return _phases(kernel, shape[0]) @ kernel @ _phases(kernel, shape[1]).mT


def _phases(kernel, n):
    xp = array_namespace(kernel)
    return xp.stack([xp.stack([unit_root(kernel, n, (a - 1) * u) for a in range(3)]) for u in range(n)])


@periodic_image_filter_multiplies_each_wave_by_a_number.control("the kernel is flipped")
def _(use, kernel, image):
    factors = _factors(array_namespace(kernel).flip(kernel, axis=(0, 1)), image.shape)
    return _waves(use, use("periodic_image_filter")(kernel, image)), factors * _waves(use, image)


@periodic_image_filter_multiplies_each_wave_by_a_number.control("rows and columns change places")
def _(use, kernel, image):
    factors = _factors(kernel.mT, image.shape)
    return _waves(use, use("periodic_image_filter")(kernel, image)), factors * _waves(use, image)


@check(relation="<=", sizes={"n": (3, 4, 5)})
def periodic_image_filter_stretches_by_at_most_three_times_the_length_of_its_kernel(
    use, kernel: Real[Array, "3 3"], image: Real[Array, "n n"]
):
    return _squares(use("periodic_image_filter")(kernel, image)), 9 * _squares(kernel) * _squares(image)


@periodic_image_filter_stretches_by_at_most_three_times_the_length_of_its_kernel.control(
    "the norm of the reshaped kernel, as spectral normalisation is implemented"
)
def _(use, kernel, image):
    return _squares(use("periodic_image_filter")(kernel, image)), _squares(kernel) * _squares(image)


@periodic_image_filter_stretches_by_at_most_three_times_the_length_of_its_kernel.witness
def _(kernel, image):
    return {"kernel": 0 * kernel + 1, "image": 0 * image + 1}


@check(relation="<=")
def normalising_the_reshaped_kernel_does_not_make_a_filter_nonexpansive(
    use, kernel: Real[Array, "3 3"], image: Real[Array, "n n"]
):
    return _squares(use("periodic_image_filter")(kernel, image)), _squares(kernel) * _squares(image)


@normalising_the_reshaped_kernel_does_not_make_a_filter_nonexpansive.counterexample
def _():
    return {"kernel": [[1, 1, 1], [1, 1, 1], [1, 1, 1]], "image": [[1, 1, 1], [1, 1, 1], [1, 1, 1]]}


@normalising_the_reshaped_kernel_does_not_make_a_filter_nonexpansive.control(
    "a kernel with a single weight, which only moves and scales"
)
def _(use, kernel, image):
    xp = array_namespace(kernel)
    corner = (np.arange(3)[:, None] == 0) & (np.arange(3)[None, :] == 0)
    single = xp.where(corner, kernel, 0)
    return _squares(use("periodic_image_filter")(single, image)), _squares(single) * _squares(image)


@check
def slope_of_self_attention_at_spread_tokens_grows_with_the_square_of_their_spread(
    use, spread: Real[Array, ""], tokens: Real[Array, "n"]
):
    xp, slope = array_namespace(spread), use("self_attention_slope")
    shares = xp.exp(tokens[0] * tokens) / xp.sum(xp.exp(tokens[0] * tokens))
    mean = xp.sum(shares * tokens)
    variance = xp.sum(shares * (tokens - mean) ** 2)
    anywhere = variance + shares[0] * (1 + tokens[0] * (tokens[0] - mean))
    spread_out = xp.stack([0 * spread, spread, -spread])
    return [slope(tokens), slope(spread_out)], [anywhere, (1 + 2 * spread * spread) / 3]


@slope_of_self_attention_at_spread_tokens_grows_with_the_square_of_their_spread.control(
    "the slope of the mean, as if the weights did not depend on the token"
)
def _(use, spread):
    xp = array_namespace(spread)
    tokens = xp.stack([0 * spread, spread, -spread])
    return use("self_attention_slope")(tokens), (1 + 0 * spread) / 3


@slope_of_self_attention_at_spread_tokens_grows_with_the_square_of_their_spread.control(
    "the first token is one, not zero"
)
def _(use, spread):
    xp = array_namespace(spread)
    tokens = xp.stack([1 + 0 * spread, spread, -spread])
    return use("self_attention_slope")(tokens), (1 + 2 * spread * spread) / 3


@check(relation="<=")
def self_attention_is_not_lipschitz_with_the_product_of_its_weight_norms(use, tokens: Real[Array, "n"]):
    return use("self_attention_slope")(tokens), 1


@self_attention_is_not_lipschitz_with_the_product_of_its_weight_norms.counterexample
def _():
    return {"tokens": [0, 2, -2]}


@self_attention_is_not_lipschitz_with_the_product_of_its_weight_norms.control("tokens that are all alike")
def _(use, tokens):
    return use("self_attention_slope")(tokens * 0), 1


@check(relation="<=")
def slope_of_self_attention_between_tokens_of_bounded_size_is_bounded(use, tokens: Real[Array, "n"]):
    xp = array_namespace(tokens)
    largest = xp.max(xp.abs(tokens))
    return xp.abs(use("self_attention_slope")(tokens)), 1 + 3 * largest * largest / 2


@slope_of_self_attention_between_tokens_of_bounded_size_is_bounded.control(
    "three quarters of the square, which forgets the weight of the token itself"
)
def _(use, tokens):
    xp = array_namespace(tokens)
    largest = xp.max(xp.abs(tokens))
    return xp.abs(use("self_attention_slope")(tokens)), 3 * largest * largest / 4


@slope_of_self_attention_between_tokens_of_bounded_size_is_bounded.control(
    "one, as if the weights did not depend on the token"
)
def _(use, tokens):
    return array_namespace(tokens).abs(use("self_attention_slope")(tokens)), 1
