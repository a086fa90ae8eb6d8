"""Integrals with a kernel, replaced by sums over the points of a grid: attention as a layer between functions.

Conventions: a function is the list of its values on the grid, one row per point; quadrature weights stand at the points
that are summed over; the kernel has one row per point of the result.
"""

from __future__ import annotations

from kg.numbers import Array, Positive, Real, array_namespace, constant


def discretised_kernel_integral(
    kernel: Real[Array, "n m"], weights: Real[Array, "m"], v: Real[Array, "m e"]
) -> Real[Array, "n e"]:
    """Rows Σ_j κ(x_i, ξ_j) w_j v(ξ_j): the integral of a kernel against a function, by quadrature.

    Conventions: the weights are those of the quadrature rule, 1/m on a uniform grid of the unit interval.
    Source: :cite:t:`kovachki2023neural`.
    """
    xp = array_namespace(kernel)
    return xp.sum(kernel[:, :, None] * weights[None, :, None] * v[None, :, :], axis=1)


def normalised_kernel_integral(
    kernel: Positive[Array, "n m"], weights: Positive[Array, "m"], v: Real[Array, "m e"]
) -> Real[Array, "n e"]:
    """Rows Σ_j κ_ij w_j v_j / Σ_j κ_ij w_j: both integrals of a weighted mean by the same quadrature rule.

    Conventions: only the ratios of the weights matter.
    Source: :cite:t:`kovachki2023neural`.
    """
    xp = array_namespace(kernel)
    masses = kernel * weights[None, :]
    return (masses @ v) / xp.sum(masses, axis=1, keepdims=True)


def integral_transformer_layer(
    q: Real[Array, "n d"], k: Real[Array, "n d"], v: Real[Array, "n d"]
) -> Real[Array, "n d"]:
    """v + (qkᵀ/√d) v / n: values plus their integral against the kernel q(x)·k(y)/√d.

    Conventions: scale 1/√d; weight 1/n; no softmax; queries and keys are normalised outside.
    Source: :cite:t:`guo2023boundary`.
    """
    xp = array_namespace(q)
    scores = q @ k.mT / xp.sqrt(constant(q, q.shape[1]))
    return v + scores @ v / v.shape[0]
