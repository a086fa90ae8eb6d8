"""The tensor power method: deflation, whitening, and the whole algorithm for orthonormal components.

Conventions: symmetric tensors of order three; components are listed along the first axis.
"""

from __future__ import annotations

from kg.impl.rainbow import cholesky_features
from kg.numbers import Array, Positive, Real, array_namespace


def tensor_deflation(t: Real[Array, "d d d"], x: Real[Array, "d"]) -> Real[Array, "d d d"]:
    """T − T(x, x, x) x∘x∘x: take away the rank-one term in a direction, with the weight that the tensor shows there.

    Conventions: the direction has Euclidean length one.
    Source: :cite:t:`anandkumar2014tensor`.
    """
    xp = array_namespace(t)
    cube = x[:, None, None] * x[None, :, None] * x[None, None, :]
    return t - xp.sum(t * cube) * cube


def tensor_power_method(
    t: Real[Array, "d d d"], starts: Real[Array, "r d"], *, steps: int = 8
) -> tuple[Array, Array]:
    """Weights and components: power iteration from each start in turn, each followed by deflation.

    Conventions: a fixed number of steps for every component; returns the weights and the components as rows.
    Source: :cite:t:`anandkumar2014tensor`.
    """
    xp = array_namespace(t)
    weights, components = [], []
    for r in range(starts.shape[0]):
        x = starts[r, :]
        for _ in range(steps):
            x = (t @ x) @ x
            x = x / xp.sqrt(xp.sum(x * x))
        weights.append(xp.sum(((t @ x) @ x) * x))
        components.append(x)
        t = tensor_deflation(t, x)
    return xp.stack(weights), xp.stack(components)


def whitened_components(weights: Positive[Array, "d"], components: Real[Array, "d d"]) -> Real[Array, "d d"]:
    """√λ_r L⁻¹a_r as rows, where L is the Cholesky factor of the second moment Σ_r λ_r a_r a_rᵀ.

    Conventions: as many components as dimensions, linearly independent; positive weights.
    Source: :cite:t:`anandkumar2014tensor`.
    """
    xp = array_namespace(components)
    moment = (components * weights[:, None]).mT @ components
    factor = cholesky_features(moment, features=components.shape[0])
    return xp.linalg.solve(factor, (components * xp.sqrt(weights)[:, None]).mT).mT
