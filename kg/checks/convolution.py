"""Checks of the claims about convolutions, the Fourier transform, and attention by position."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Array, Complex, Positive, Real, Size, check

# Around a circle -------------------------------------------------------------------------------------------------


def _spectrum(use, c):
    """The Fourier transform without a scale, from the unitary one."""
    xp = array_namespace(c)
    return use("discrete_fourier_transform")(c) * xp.sqrt(constant(xp.real(c), c.shape[0]))


@check
def circular_convolution_is_a_product_with_a_circulant_matrix(
    use, c: Complex[Array, "n"], x: Complex[Array, "n"]
):
    return use("circular_convolution")(c, x), use("circulant_matrix")(c) @ x


@circular_convolution_is_a_product_with_a_circulant_matrix.control("c is the first row")
def _(use, c, x):
    return use("circular_convolution")(c, x), use("circulant_matrix")(c).mT @ x


@check
def circular_convolution_is_a_fourier_multiplier(use, c: Complex[Array, "n"], x: Complex[Array, "n"]):
    return use("circular_convolution")(c, x), use("fourier_multiplier")(_spectrum(use, c), x)


@circular_convolution_is_a_fourier_multiplier.control("the ends do not wrap: a Toeplitz matrix")
def _(use, c, x):
    xp = array_namespace(c)
    left = use("toeplitz_matrix")(c, xp.zeros(c.shape, dtype=c.dtype)) @ x
    return left, use("fourier_multiplier")(_spectrum(use, c), x)


@circular_convolution_is_a_fourier_multiplier.control("correlation: the spectrum is conjugated")
def _(use, c, x):
    spectrum = array_namespace(c).conj(_spectrum(use, c))
    return use("circular_convolution")(c, x), use("fourier_multiplier")(spectrum, x)


@check
def fourier_multiplier_is_a_circular_convolution(use, spectrum: Complex[Array, "n"], x: Complex[Array, "n"]):
    filtered = array_namespace(x).fft.ifft(spectrum, axis=0)
    return use("fourier_multiplier")(spectrum, x), use("circular_convolution")(filtered, x)


@fourier_multiplier_is_a_circular_convolution.control("the filter is the transform and not its inverse")
def _(use, spectrum, x):
    filtered = array_namespace(x).fft.fft(spectrum, axis=0) / x.shape[0]
    return use("fourier_multiplier")(spectrum, x), use("circular_convolution")(filtered, x)


@fourier_multiplier_is_a_circular_convolution.control(
    "every frequency is multiplied by the number of the next"
)
def _(use, spectrum, x):
    xp = array_namespace(x)
    filtered = xp.fft.ifft(xp.roll(spectrum, 1, axis=0), axis=0)
    return use("fourier_multiplier")(spectrum, x), use("circular_convolution")(filtered, x)


@check
def toeplitz_product_is_a_circular_convolution_of_twice_the_length(
    use, column: Real[Array, "n"], row: Real[Array, "n"], x: Real[Array, "n"]
):
    xp, n = array_namespace(x), x.shape[0]
    around = xp.concat([column, 0 * column[:1], xp.flip(row[1:], axis=0)])
    padded = xp.concat([x, xp.zeros_like(x)])
    return use("toeplitz_product")(column, row, x), use("circular_convolution")(around, padded)[:n]


@toeplitz_product_is_a_circular_convolution_of_twice_the_length.control("a circle as long as the sequence")
def _(use, column, row, x):
    return use("toeplitz_product")(column, row, x), use("circular_convolution")(column, x)


@toeplitz_product_is_a_circular_convolution_of_twice_the_length.control("the first row is not reversed")
def _(use, column, row, x):
    xp, n = array_namespace(x), x.shape[0]
    around = xp.concat([column, 0 * column[:1], row[1:]])
    padded = xp.concat([x, xp.zeros_like(x)])
    return use("toeplitz_product")(column, row, x), use("circular_convolution")(around, padded)[:n]


# FNet ------------------------------------------------------------------------------------------------------------


@check
def fnet_mixing_is_a_unitary_transform_followed_by_the_real_part(use, x: Real[Array, "n d"]):
    xp = array_namespace(x)
    transform = use("discrete_fourier_transform")
    unitary = transform(transform(x).mT).mT
    return use("fnet_mixing")(x), xp.real(unitary) * xp.sqrt(constant(x, x.shape[0] * x.shape[1]))


fnet_mixing_is_a_unitary_transform_followed_by_the_real_part.explain(
    "-k → k", "turning the sign in both exponents conjugates the transform of a real table"
)


@fnet_mixing_is_a_unitary_transform_followed_by_the_real_part.control(
    "the real part is taken after each axis"
)
def _(use, x):
    xp = array_namespace(x)
    transform = use("discrete_fourier_transform")
    mixed = xp.real(transform(xp.real(transform(x)).mT).mT)
    return use("fnet_mixing")(x), mixed * xp.sqrt(constant(x, x.shape[0] * x.shape[1]))


@check
def fnet_mixing_is_not_a_convolution(use, x: Real[Array, "n d"]):
    xp = array_namespace(x)
    mix = use("fnet_mixing")
    # What a convolution of the tokens would do: shifting its input shifts its output.
    return mix(xp.roll(x, 1, axis=0)), xp.roll(mix(x), 1, axis=0)


@fnet_mixing_is_not_a_convolution.counterexample
def _():
    return {"x": [[1], [0]]}


@fnet_mixing_is_not_a_convolution.control("a circular convolution of the tokens")
def _(use, x):
    xp = array_namespace(x)

    def convolve(tokens):
        columns = [use("circular_convolution")(x[:, 0], tokens[:, r]) for r in range(x.shape[1])]
        return xp.stack(columns, axis=1)

    return convolve(xp.roll(x, 1, axis=0)), xp.roll(convolve(x), 1, axis=0)


@check
def fnet_mixing_is_not_unitary(use, x: Real[Array, "n d"]):
    xp = array_namespace(x)
    return xp.sum(use("fnet_mixing")(x) ** 2), x.shape[0] * x.shape[1] * xp.sum(x * x)


@fnet_mixing_is_not_unitary.counterexample
def _():
    return {"x": [[0], [1], [0], [-1]]}


@fnet_mixing_is_not_unitary.control("the transform with its imaginary part")
def _(use, x):
    xp = array_namespace(x)
    whole = xp.fft.fft(xp.fft.fft(x, axis=1), axis=0)
    energy = xp.sum(xp.real(whole) ** 2 + xp.imag(whole) ** 2)
    return energy, x.shape[0] * x.shape[1] * xp.sum(x * x)


# A layer of a network --------------------------------------------------------------------------------------------


@check(sizes={"a": (3, 5), "b": (1, 5), "h": (2, 3), "w": (2, 4), "p": (2,), "q": (3,)})
def convolution_layer_is_a_sum_over_shifts(use, x: Real[Array, "h w p"], kernel: Real[Array, "a b p q"]):
    return use("convolution_layer")(x, kernel), use("shift_sum")(x, kernel)


@convolution_layer_is_a_sum_over_shifts.control("the kernel is flipped, as in a convolution proper")
def _(use, x, kernel):
    flipped = array_namespace(x).flip(kernel, axis=(0, 1))
    return use("convolution_layer")(x, flipped), use("shift_sum")(x, kernel)


@convolution_layer_is_a_sum_over_shifts.control("the picture is wrapped around a torus")
def _(use, x, kernel):
    xp = array_namespace(x)
    a, b = kernel.shape[:2]
    total = 0
    for k in range(a):
        for m in range(b):
            total = total + xp.roll(x, (a // 2 - k, b // 2 - m), axis=(0, 1)) @ kernel[k, m, :, :]
    return use("convolution_layer")(x, kernel), total


def _shifts(kernel, h, w):
    """The shift matrices of the offsets of a kernel as numbers, one after another."""
    a, b = kernel.shape[:2]
    offsets = [(k - a // 2, m - b // 2) for k in range(a) for m in range(b)]
    tables = [np.kron(np.eye(h, k=k, dtype=int), np.eye(w, k=m, dtype=int)) for k, m in offsets]
    return array_namespace(kernel).asarray(np.stack(tables), dtype=kernel.dtype)


def _framed(x, kernel):
    """The cells of a picture and of a frame of zeros half a kernel wide, in one long row."""
    xp = array_namespace(x)
    (h, w, p), top, left = x.shape, kernel.shape[0] // 2, kernel.shape[1] // 2
    sides = xp.zeros((h, left, p), dtype=x.dtype)
    ends = xp.zeros((top, w + 2 * left, p), dtype=x.dtype)
    return xp.reshape(xp.concat([ends, xp.concat([sides, x, sides], axis=1), ends], axis=0), (-1,))


def _windows(kernel, h, w):
    """For each offset of a kernel the table of which cell of the framed picture each cell reads."""
    a, b = kernel.shape[:2]
    height, width = h + a // 2 * 2, w + b // 2 * 2
    places = [(k, m) for k in range(a) for m in range(b)]
    tables = [np.kron(np.eye(h, height, k=k, dtype=int), np.eye(w, width, k=m, dtype=int)) for k, m in places]
    return array_namespace(kernel).asarray(np.stack(tables), dtype=kernel.dtype)


def _taps(kernel):
    """The weights of each offset, outputs by inputs."""
    xp = array_namespace(kernel)
    return xp.permute_dims(xp.reshape(kernel, (-1, *kernel.shape[2:])), (0, 2, 1))


@check(sizes={"a": (3,), "b": (1, 3), "h": (2,), "w": (2, 3), "p": (2, 3), "q": (2, 3)})
def convolution_layer_is_a_sum_of_kronecker_products(
    use, x: Real[Array, "h w p"], kernel: Real[Array, "a b p q"]
):
    h, w, _ = x.shape
    operator = use("sum_of_kronecker_products")(_windows(kernel, h, w), _taps(kernel))
    read = array_namespace(x).reshape(operator @ _framed(x, kernel), (h, w, -1))
    return use("convolution_layer")(x, kernel), read


@convolution_layer_is_a_sum_of_kronecker_products.control("the factors change places")
def _(use, x, kernel):
    h, w, _ = x.shape
    operator = use("sum_of_kronecker_products")(_taps(kernel), _windows(kernel, h, w))
    read = array_namespace(x).reshape(operator @ _framed(x, kernel), (h, w, -1))
    return use("convolution_layer")(x, kernel), read


@convolution_layer_is_a_sum_of_kronecker_products.control("the shifts go the other way")
def _(use, x, kernel):
    h, w, _ = x.shape
    xp = array_namespace(x)
    operator = use("sum_of_kronecker_products")(xp.flip(_windows(kernel, h, w), axis=0), _taps(kernel))
    read = xp.reshape(operator @ _framed(x, kernel), (h, w, -1))
    return use("convolution_layer")(x, kernel), read


def _rearranged_line(use, taps):
    """The rearranged operator of a convolution on three cells in a row, by a kernel of three offsets."""
    xp = array_namespace(taps)
    weights = xp.reshape(taps, (3, 1, 3))
    shifts = xp.asarray(np.stack([np.eye(3, k=k, dtype=int) for k in (-1, 0, 1)]), dtype=taps.dtype)
    return use("kronecker_rearrangement")(use("sum_of_kronecker_products")(shifts, weights), 3, 3)


@check
def convolution_is_not_a_sum_of_fewer_kronecker_products_than_offsets(use, scales: Positive[Array, "3"]):
    xp = array_namespace(scales)
    # A kernel of one row and three offsets, each of which reads a channel of its own.
    rearranged = _rearranged_line(use, xp.eye(3, dtype=scales.dtype) * scales[:, None])
    # Of rank below three, as the sentence has it, there would be no volume.
    return xp.linalg.det(rearranged.mT @ rearranged), 0 * scales[0]


@convolution_is_not_a_sum_of_fewer_kronecker_products_than_offsets.counterexample
def _():
    return {"scales": [1, 2, 3]}


@convolution_is_not_a_sum_of_fewer_kronecker_products_than_offsets.control(
    "weights of one offset that are a mixture of those of the others"
)
def _(use, scales):
    xp = array_namespace(scales)
    taps = xp.eye(3, dtype=scales.dtype) * scales[:, None]
    rearranged = _rearranged_line(use, xp.stack([taps[0, :], taps[1, :], 2 * taps[0, :] - taps[1, :]]))
    return xp.linalg.det(rearranged.mT @ rearranged), 0 * scales[0]


# Attention by position -------------------------------------------------------------------------------------------


def _head(x, sharpness, offset, sides):
    """Queries and keys of one head: −α|s − t|² is 2α t·s − α|s|², up to what the softmax does not notice."""
    xp = array_namespace(x)
    (h, w), (top, left) = x.shape[:2], sides
    t = np.stack(np.meshgrid(range(h), range(w), indexing="ij"), axis=-1).reshape(-1, 2) + np.asarray(offset)
    s = np.stack(np.meshgrid(range(h + 2 * top), range(w + 2 * left), indexing="ij"), axis=-1).reshape(-1, 2)
    queries = np.concatenate([2 * t, np.full((len(t), 1), -1)], axis=1)
    keys = np.concatenate([s, np.sum(s * s, axis=1, keepdims=True)], axis=1)
    scale = sharpness * xp.sqrt(constant(x, 3))
    return scale * xp.asarray(queries, dtype=x.dtype), xp.asarray(keys, dtype=x.dtype)


def _sum_of_heads(use, x, kernel, sharpness, turned=1):
    xp = array_namespace(x)
    h, w, p = x.shape
    (a, b), values = kernel.shape[:2], xp.reshape(_framed(x, kernel), (-1, p))
    total = 0
    for k in range(a):
        for m in range(b):
            queries, keys = _head(x, sharpness, (k, m)[::turned], (a // 2, b // 2))
            total = total + use("softmax_attention")(queries, keys, values) @ kernel[k, m, :, :]
    return xp.reshape(total, (h, w, -1))


@check(sizes={"h": (1, 2), "w": (1, 2), "p": (2,), "q": (2,), "a": (1, 5), "b": (1, 3)})
def positional_attention_layer_is_softmax_attention_to_three_features(
    use, x: Real[Array, "h w p"], kernel: Real[Array, "a b p q"], sharpness: Real[Array, ""]
):
    return use("positional_attention_layer")(x, kernel, sharpness), _sum_of_heads(use, x, kernel, sharpness)


@positional_attention_layer_is_softmax_attention_to_three_features.control(
    "rows and columns of offsets change places"
)
def _(use, x, kernel, sharpness):
    right = _sum_of_heads(use, x, kernel, sharpness, turned=-1)
    return use("positional_attention_layer")(x, kernel, sharpness), right


@positional_attention_layer_is_softmax_attention_to_three_features.control("the scores are twice as sharp")
def _(use, x, kernel, sharpness):
    right = _sum_of_heads(use, x, kernel, 2 * sharpness)
    return use("positional_attention_layer")(x, kernel, sharpness), right


_RNG = np.random.default_rng(20)
_PICTURE, _KERNEL = _RNG.standard_normal((4, 5, 2)), _RNG.standard_normal((3, 5, 2, 3))


def _distance(use, n, heads=15):
    """How far attention of sharpness log n, with so many heads, is from the convolution it imitates."""
    kernel = np.where(np.arange(15).reshape(3, 5, 1, 1) < heads, _KERNEL, 0)
    attended = use("positional_attention_layer")(_PICTURE, kernel, np.log(np.asarray(float(n))))
    return float(np.linalg.norm(attended - use("convolution_layer")(_PICTURE, _KERNEL)))


@check(sizes={"n": (64, 256, 1024, 4096, 16384)})
def positional_attention_tends_to_a_convolution_like_e_to_minus_its_sharpness(use, n: Size[int, "n"]):
    return _distance(use, n), -1


@positional_attention_tends_to_a_convolution_like_e_to_minus_its_sharpness.control(
    "one head fewer than the kernel has offsets"
)
def _(use, n):
    return _distance(use, n, heads=14), -1


@positional_attention_tends_to_a_convolution_like_e_to_minus_its_sharpness.control("half the sharpness")
def _(use, n):
    return _distance(use, np.sqrt(n)), -1


@check(sizes={"a": (3,), "b": (3,)})
def positional_attention_is_not_exactly_a_convolution(
    use, x: Real[Array, "h w p"], kernel: Real[Array, "a b p q"], sharpness: Positive[Array, ""]
):
    return use("positional_attention_layer")(x, kernel, sharpness), use("convolution_layer")(x, kernel)


@positional_attention_is_not_exactly_a_convolution.counterexample
def _():
    kernel = [[[[0]], [[0]], [[0]]], [[[0]], [[1]], [[0]]], [[[0]], [[0]], [[0]]]]
    return {"x": [[[1]]], "kernel": kernel, "sharpness": 10}


@positional_attention_is_not_exactly_a_convolution.control("heads that read one cell each, with weight one")
def _(use, x, kernel):
    return use("shift_sum")(x, kernel), use("convolution_layer")(x, kernel)


def _weights_on_the_middle(use, sharpness, h, w):
    """The weight that the head of the offset zero gives to the middle cell of a picture when it stands there."""
    xp = array_namespace(sharpness)
    spike = np.zeros((2 * h + 1, 2 * w + 1, 1), dtype=int)
    spike[h, w, 0] = 1
    kernel = np.ones((1, 1, 1, 1), dtype=int)
    numbers = [xp.asarray(table, dtype=sharpness.dtype) for table in (spike, kernel)]
    return use("positional_attention_layer")(*numbers, sharpness)[h, w, 0]


@check
def weight_of_a_positional_head_on_its_target_is_at_least_a_squared_tangent(
    use, sharpness: Positive[Array, ""], h: Size[int, "h"], w: Size[int, "w"]
):
    xp = array_namespace(sharpness)
    return xp.tanh(sharpness / 2) ** 2, _weights_on_the_middle(use, sharpness, h, w)


@weight_of_a_positional_head_on_its_target_is_at_least_a_squared_tangent.control("the tangent is not squared")
def _(use, sharpness, h, w):
    return array_namespace(sharpness).tanh(sharpness / 2), _weights_on_the_middle(use, sharpness, h, w)


@weight_of_a_positional_head_on_its_target_is_at_least_a_squared_tangent.control("the whole sharpness")
def _(use, sharpness, h, w):
    return array_namespace(sharpness).tanh(sharpness) ** 2, _weights_on_the_middle(use, sharpness, h, w)
