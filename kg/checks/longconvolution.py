"""Checks of the claims about long convolutions and the state spaces whose filters they are."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace
from kg.verify import Array, Real, check, condition


def _powers(a, b, c, length):
    """The filter cᵀ Aʲ b in floats."""
    return np.asarray([c @ np.linalg.matrix_power(a, j) @ b for j in range(length)])


@condition(generic=True)
def minimal_state_space(a, b, c):
    s = len(b)
    h = _powers(np.asarray(a), np.asarray(b), np.asarray(c), 2 * s)
    return bool(s and np.linalg.matrix_rank([h[i : i + s] for i in range(s)]) == s)


@condition(generic=True)
def invertible_hankel_matrix(h):
    h = np.reshape(np.asarray(h), -1)
    s = len(h) // 2
    return bool(s and np.linalg.matrix_rank([h[i : i + s] for i in range(s)]) == s)


# Convolutions ---------------------------------------------------------------------------------------------------


@check
def long_convolution_is_a_toeplitz_product(use, h: Real[Array, "n"], x: Real[Array, "n e"]):
    return use("long_convolution")(h, x), use("toeplitz_product")(h, 0 * h, x)


@long_convolution_is_a_toeplitz_product.control("later tokens are read too")
def _(use, h, x):
    return use("long_convolution")(h, x), use("toeplitz_product")(h, h, x)


@long_convolution_is_a_toeplitz_product.control("a correlation: the filter is not turned around")
def _(use, h, x):
    return use("long_convolution")(h, x), use("toeplitz_product")(0 * h + h[0] - h[0], h, x)


@check
def fft_long_convolution_is_long_convolution(use, h: Real[Array, "n"], x: Real[Array, "n e"]):
    return use("fft_long_convolution")(h, x), use("long_convolution")(h, x)


@fft_long_convolution_is_long_convolution.control("nothing is padded, so the end wraps around")
def _(use, h, x):
    xp = array_namespace(x)
    wrapped = xp.real(xp.fft.ifft(xp.fft.fft(h[:, None], axis=0) * xp.fft.fft(x, axis=0), axis=0))
    return wrapped, use("long_convolution")(h, x)


@fft_long_convolution_is_long_convolution.control("the filter is one place too late")
def _(use, h, x):
    late = array_namespace(h).concat([0 * h[:1], h[:-1]], axis=0)
    return use("fft_long_convolution")(late, x), use("long_convolution")(h, x)


# State spaces that do not change --------------------------------------------------------------------------------


@check
def time_invariant_state_space_is_a_long_convolution(
    use, a: Real[Array, "s s"], b: Real[Array, "s"], c: Real[Array, "s"], x: Real[Array, "n e"]
):
    h = use("impulse_response")(a, b, c, length=x.shape[0])
    return use("time_invariant_state_space_model")(a, b, c, x), use("long_convolution")(h, x)


@time_invariant_state_space_is_a_long_convolution.control("the transition differs from token to token")
def _(use, a, b, c, x):
    n, s = x.shape[0], b.shape[0]
    steps = np.arange(1, n + 1)[:, None]
    varying = a[None, :, :] * steps[:, :, None]
    left = use("time_varying_state_space_model")(varying, b + 0 * steps, c + 0 * steps, x)
    return left, use("long_convolution")(use("impulse_response")(a, b, c, length=n), x) + 0 * s


@time_invariant_state_space_is_a_long_convolution.control("the filter begins with cᵀAb: one power too many")
def _(use, a, b, c, x):
    h = use("impulse_response")(a, a @ b, c, length=x.shape[0])
    return use("time_invariant_state_space_model")(a, b, c, x), use("long_convolution")(h, x)


@check
def time_invariant_state_space_is_a_time_varying_one(
    use, a: Real[Array, "s s"], b: Real[Array, "s"], c: Real[Array, "s"], x: Real[Array, "n e"]
):
    every = 0 * x[:, :1]
    right = use("time_varying_state_space_model")(a[None, :, :] + every[:, :, None], b + every, c + every, x)
    return use("time_invariant_state_space_model")(a, b, c, x), right


@time_invariant_state_space_is_a_time_varying_one.control("the transition is transposed")
def _(use, a, b, c, x):
    every = 0 * x[:, :1]
    right = use("time_varying_state_space_model")(
        a.mT[None, :, :] + every[:, :, None], b + every, c + every, x
    )
    return use("time_invariant_state_space_model")(a, b, c, x), right


# Which filters have a finite state ------------------------------------------------------------------------------


@check
def hankel_matrix_of_a_state_space_factors_through_the_state(
    use, a: Real[Array, "s s"], b: Real[Array, "s"], c: Real[Array, "s"]
):
    xp, size = array_namespace(b), b.shape[0] + 2
    table = use("hankel_matrix")(use("impulse_response")(a, b, c, length=2 * size - 1))
    seen, reached = [c], [b]
    for _ in range(size - 1):
        seen.append(seen[-1] @ a)
        reached.append(a @ reached[-1])
    return table, xp.stack(seen) @ xp.stack(reached).mT


@hankel_matrix_of_a_state_space_factors_through_the_state.control("one entry of the state is left out")
def _(use, a, b, c):
    xp, size = array_namespace(b), b.shape[0] + 2
    table = use("hankel_matrix")(use("impulse_response")(a, b, c, length=2 * size - 1))
    less = use("impulse_response")(a[1:, 1:], b[1:], c[1:], length=2 * size - 1)
    return table, use("hankel_matrix")(less) + 0 * xp.sum(b)


@hankel_matrix_of_a_state_space_factors_through_the_state.control("a filter that stops after some tokens")
def _(use, a, b, c):
    xp, size = array_namespace(b), b.shape[0] + 2
    whole = use("impulse_response")(a, b, c, length=2 * size - 1)
    return use("hankel_matrix")(xp.concat([whole[:size], 0 * whole[size:]], axis=0)), use("hankel_matrix")(
        whole
    )


@check
def hankel_realisation_has_the_filter_it_was_read_from(use, h: Real[Array, "2*s"]):
    return use("impulse_response")(*use("hankel_realisation")(h), length=h.shape[0]), h


@hankel_realisation_has_the_filter_it_was_read_from.control("the transition is read off without the inverse")
def _(use, h):
    _, b, c = use("hankel_realisation")(h)
    return use("impulse_response")(use("hankel_matrix")(h[1:]), b, c, length=h.shape[0]), h


@hankel_realisation_has_the_filter_it_was_read_from.control("the state is one number too small")
def _(use, h):
    return use("impulse_response")(*use("hankel_realisation")(h[:-2]), length=h.shape[0]), h


@check(sizes={"s": (2, 3), "n": (5, 7)})
def long_convolution_of_finite_hankel_rank_is_a_recurrence(
    use, a: Real[Array, "s s"], b: Real[Array, "s"], c: Real[Array, "s"], x: Real[Array, "n e"]
):
    # The filter is given; that some state space has it is all that is known of it.
    h = use("impulse_response")(a, b, c, length=x.shape[0] + 2 * b.shape[0])
    found = use("hankel_realisation")(h[: 2 * b.shape[0]])
    return use("long_convolution")(h[: x.shape[0]], x), use("time_invariant_state_space_model")(*found, x)


@long_convolution_of_finite_hankel_rank_is_a_recurrence.control("the filter stops after some tokens")
def _(use, a, b, c, x):
    xp, s = array_namespace(x), b.shape[0]
    h = use("impulse_response")(a, b, c, length=x.shape[0] + 2 * s)
    found = use("hankel_realisation")(h[: 2 * s])
    cut = xp.concat([h[:4], 0 * h[4 : x.shape[0]]], axis=0)
    return use("long_convolution")(cut, x), use("time_invariant_state_space_model")(*found, x)


@long_convolution_of_finite_hankel_rank_is_a_recurrence.control("the state is one number too small")
def _(use, a, b, c, x):
    h = use("impulse_response")(a, b, c, length=x.shape[0] + 2 * b.shape[0])
    found = use("hankel_realisation")(h[: 2 * b.shape[0] - 2])
    return use("long_convolution")(h[: x.shape[0]], x), use("time_invariant_state_space_model")(*found, x)


@check
def hankel_matrix_of_a_finite_filter_has_full_rank(use, h: Real[Array, "n"]):
    xp, n = array_namespace(h), h.shape[0]
    padded = xp.concat([h, 0 * h[1:]], axis=0)
    sign = -1 if n % 4 in (2, 3) else 1
    return xp.linalg.det(use("hankel_matrix")(padded)), sign * h[n - 1] ** n


@hankel_matrix_of_a_finite_filter_has_full_rank.control("one more row and column than the filter has numbers")
def _(use, h):
    xp, n = array_namespace(h), h.shape[0]
    padded = xp.concat([h, 0 * h, 0 * h[:1]], axis=0)
    return xp.linalg.det(use("hankel_matrix")(padded)), h[n - 1] ** n


@hankel_matrix_of_a_finite_filter_has_full_rank.control("the first number of the filter instead of the last")
def _(use, h):
    xp, n = array_namespace(h), h.shape[0]
    padded = xp.concat([h, 0 * h[1:]], axis=0)
    return xp.linalg.det(use("hankel_matrix")(padded)), (-1 if n % 4 in (2, 3) else 1) * h[0] ** n


@check
def long_convolution_is_not_a_recurrence_with_a_small_state(
    use, h: Real[Array, "2 s"], last: Real[Array, "1"], x: Real[Array, "2 s e"], end: Real[Array, "1 e"]
):
    # The filter is given in two halves and one number more, and so are the tokens.
    xp = array_namespace(last)
    given = xp.concat([h[0, :], h[1, :]], axis=0)
    tokens = xp.concat([x[0, :, :], x[1, :, :], end], axis=0)
    left = use("long_convolution")(xp.concat([given, last], axis=0), tokens)
    return left, use("time_invariant_state_space_model")(*use("hankel_realisation")(given), tokens)


@long_convolution_is_not_a_recurrence_with_a_small_state.counterexample
def _():
    # The sum of the last two tokens: what a state of one number remembers never ends.
    return {"h": [[1], [1]], "last": [0], "x": [[[1]], [[0]]], "end": [[0]]}


@long_convolution_is_not_a_recurrence_with_a_small_state.control("only as many tokens as numbers were read")
def _(use, h, x):
    xp = array_namespace(h)
    given, tokens = xp.concat([h[0, :], h[1, :]], axis=0), xp.concat([x[0, :, :], x[1, :, :]], axis=0)
    found = use("hankel_realisation")(given)
    return use("long_convolution")(given, tokens), use("time_invariant_state_space_model")(*found, tokens)
