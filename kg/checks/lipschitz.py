"""Checks of the claims about how much a layer can stretch."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Real, check


def _squares(x):
    xp = array_namespace(x)
    return xp.sum(x * x)


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
    use, spread: Real[Array, ""]
):
    xp = array_namespace(spread)
    tokens = xp.stack([0 * spread, spread, -spread])
    return use("self_attention_slope")(tokens), (1 + 2 * spread * spread) / 3


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
