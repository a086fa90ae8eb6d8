"""Checks of the claims about neural fields."""

from __future__ import annotations

from kg.numbers import array_namespace
from kg.verify import Array, Probability, Real, check, condition


@condition(generic=True)
def decay_between_zero_and_one(r):
    return bool(r > 0) and bool(r < 1)


@condition(generic=True)
def zero_outside_the_grid(f):
    # A list says nothing about other points, and both sides read that as zero; what must hold is that it is a list.
    return f.ndim == 1


@check
def exponential_kernel_convolution_is_undone_by_a_local_operator(
    use, f: Real[Array, "n"], r: Probability[Array, ""]
):
    return use("local_field_operator")(use("exponential_kernel_convolution")(f, r), r), f


@exponential_kernel_convolution_is_undone_by_a_local_operator.control(
    "a Gaussian kernel: the distance is squared"
)
def _(use, f, r):
    xp = array_namespace(f)
    n = f.shape[0]
    u = []
    for i in range(-1, n + 1):
        total = 0
        for j in range(n):
            total = total + r ** ((i - j) ** 2) * f[j]
        u.append((1 - r) / (1 + r) * total)
    return use("local_field_operator")(xp.stack(u), r), f


@exponential_kernel_convolution_is_undone_by_a_local_operator.control(
    "the convolution is cut off at the ends of the grid"
)
def _(use, f, r):
    xp = array_namespace(f)
    u = use("exponential_kernel_convolution")(f, r)
    zero = xp.zeros((1,), dtype=f.dtype)
    return use("local_field_operator")(xp.concat([zero, u[1:-1], zero]), r), f


@exponential_kernel_convolution_is_undone_by_a_local_operator.control(
    "the long-wave approximation: 1 − σ²∂² acts on f instead of being undone"
)
def _(use, f, r):
    xp = array_namespace(f)
    zero = xp.zeros((1,), dtype=f.dtype)
    g = xp.concat([zero, f, zero])
    approximation = f + r / (1 - r) ** 2 * (g[:-2] - 2 * f + g[2:])
    return use("exponential_kernel_convolution")(f, r)[1:-1], approximation
