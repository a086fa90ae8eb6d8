"""How much a layer can stretch a difference of inputs.

Conventions: images have one channel and are periodic; tokens are rows.
"""

from __future__ import annotations

from kg.numbers import Array, Real, array_namespace, jvp


def periodic_image_filter(kernel: Real[Array, "3 3"], image: Real[Array, "n m"]) -> Real[Array, "n m"]:
    """Σ_ab K[a, b] X[i + a − 1, j + b − 1] with indices modulo the size: a convolutional layer with one channel.

    Conventions: cross-correlation, as in deep learning; the image wraps around.
    Source: :cite:t:`sedghi2019singular`.
    """
    xp = array_namespace(image)
    total = 0 * image
    for a in range(3):
        for b in range(3):
            total = total + kernel[a, b] * xp.roll(xp.roll(image, 1 - a, axis=0), 1 - b, axis=1)
    return total


def self_attention_slope(tokens: Real[Array, "n"]) -> Real[Array, ""]:
    """∂f₁/∂x₁ of self-attention f_i(x) = Σ_j softmax_j(x_i x_j) x_j over tokens that are numbers.

    Conventions: one head, all weights one, no scale, no residual; by dual numbers.
    Source: :cite:t:`kim2021lipschitz`.
    """
    xp = array_namespace(tokens)
    first = xp.eye(tokens.shape[0], dtype=tokens.dtype)[0, :]

    def output(x: Array) -> Array:
        space = array_namespace(x)
        weights = space.exp(x[0] * x)
        return space.sum(weights * x) / space.sum(weights)

    return jvp(output, tokens, first)
