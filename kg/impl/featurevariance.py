"""Random features for the exponential kernel other than the positive ones, and directions that are orthogonal.

Conventions: points are rows; no factor 1/√m over m directions; the kernel that is met in the mean is e^{x·y}.
"""

from __future__ import annotations

from kg.numbers import Array, Normal, Real, array_namespace


def trigonometric_random_features(
    x: Real[Array, "n d"], w: Normal[Array, "samples d"]
) -> Real[Array, "samples n 2"]:
    """e^{|x|²/2} cos w·x and e^{|x|²/2} sin w·x, two numbers for each random direction w and point x.

    Conventions: a cosine and a sine for each direction, no random phase; features may be negative.
    Source: :cite:t:`choromanski2021rethinking`.
    """
    xp = array_namespace(x)
    angles, scale = w @ x.mT, xp.exp(xp.sum(x * x, axis=-1) / 2)
    return xp.stack([scale * xp.cos(angles), scale * xp.sin(angles)], axis=-1)


def orthogonal_random_directions(
    g: Normal[Array, "samples d d"], h: Normal[Array, "samples d d"]
) -> Real[Array, "samples d d"]:
    """d directions at right angles: the rows of g made orthonormal one after another, as long as the rows of h.

    Conventions: by Gram and Schmidt; any number of leading axes; at most as many directions as dimensions.
    Source: :cite:t:`choromanski2021rethinking`.
    """
    xp = array_namespace(g)
    axes: list[Array] = []
    for i in range(g.shape[-2]):
        rest = g[..., i, :]
        for axis in axes:
            rest = rest - xp.sum(axis * rest, axis=-1)[..., None] * axis
        axes.append(rest / xp.sqrt(xp.sum(rest * rest, axis=-1))[..., None])
    lengths = xp.sqrt(xp.sum(h * h, axis=-1))
    return lengths[..., None] * xp.stack(axes, axis=-2)
