"""Checks of the claims about direct sampling: probing boundary data with dipoles inside a disk."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, pi
from kg.verify import Array, Probability, Real, Size, UnitRows, check, condition


@condition(generic=True)
def nonzero_probes_and_data(probes, data):
    xp = array_namespace(data)
    return bool(np.all(xp.sum(probes * probes, axis=1) > 0)) and bool(xp.sum(data * data) > 0)


def _normed(xp, x):
    return x / xp.sqrt(xp.mean(x * x, axis=-1, keepdims=True))


@check
def direct_sampling_index_is_a_discretised_kernel_integral(
    use, probes: Real[Array, "2 m"], data: Real[Array, "m"]
):
    xp = array_namespace(probes)
    weights = xp.ones(data.shape, dtype=data.dtype) / data.shape[0]
    right = use("discretised_kernel_integral")(_normed(xp, probes), weights, _normed(xp, data)[:, None])
    return use("direct_sampling_index")(probes, data), right[:, 0]


@direct_sampling_index_is_a_discretised_kernel_integral.control("the probing functions are not normalised")
def _(use, probes, data):
    xp = array_namespace(probes)
    weights = xp.ones(data.shape, dtype=data.dtype) / data.shape[0]
    right = use("discretised_kernel_integral")(probes, weights, _normed(xp, data)[:, None])
    return use("direct_sampling_index")(probes, data), right[:, 0]


@direct_sampling_index_is_a_discretised_kernel_integral.control("a softmax over the boundary points")
def _(use, probes, data):
    xp = array_namespace(probes)
    weights = xp.ones(data.shape, dtype=data.dtype)
    right = use("normalised_kernel_integral")(
        xp.exp(_normed(xp, probes)), weights, _normed(xp, data)[:, None]
    )
    return use("direct_sampling_index")(probes, data), right[:, 0]


def _boundary(x, n):
    """n equidistant points of the unit circle, in the arithmetic of x."""
    xp = array_namespace(x)
    angles = 2 * pi(x) * xp.asarray(np.arange(n), dtype=x.dtype) / n
    return xp.stack([xp.cos(angles), xp.sin(angles)], axis=1)


def _first(boundary):
    """cos θ: what an inclusion about the centre adds to the voltage of the current cos θ, up to a factor."""
    return boundary[:, 0]


def _second(boundary):
    """cos 2θ, the same for the current cos 2θ."""
    return boundary[:, 0] ** 2 - boundary[:, 1] ** 2


def _index_at(use, points, n, wave):
    """The index at points, for boundary data given as a function of n boundary points."""
    boundary = _boundary(points, n)
    return use("direct_sampling_index")(use("dipole_potential")(points, boundary), wave(boundary))


@check(sizes={"n": (6, 7, 8, 9, 12, 15)})
def index_of_the_first_current_is_near_the_root_of_one_minus_the_squared_radius(
    use, n: Size[int, "n"], r: Probability[Array, ""], u: UnitRows[Array, "3 2"]
):
    index = _index_at(use, r * u, n, _first)
    return abs(index**2 - (1 - r**2)), (n + 1) * r ** (n - 2) + 0 * index


@index_of_the_first_current_is_near_the_root_of_one_minus_the_squared_radius.control(
    "the current of second order, whose index grows from zero"
)
def _(use, n, r, u):
    index = _index_at(use, r * u, n, _second)
    return abs(index**2 - (1 - r**2)), (n + 1) * r ** (n - 2) + 0 * index


@index_of_the_first_current_is_near_the_root_of_one_minus_the_squared_radius.control(
    "the probing functions are not normalised"
)
def _(use, n, r, u):
    boundary = _boundary(r, n)
    index = use("dipole_potential")(r * u, boundary) @ _first(boundary) * 2 / n
    return abs(index**2 - (1 - r**2)), (n + 1) * r ** (n - 2) + 0 * index


@index_of_the_first_current_is_near_the_root_of_one_minus_the_squared_radius.control(
    "the bound is that of two boundary points more"
)
def _(use, n, r, u):
    index = _index_at(use, r * u, n, _first)
    return abs(index**2 - (1 - r**2)), (n + 3) * r**n + 0 * index


def _along_the_axis(use, r, wave):
    """The index at a point of the first axis and at the centre, with 16 boundary points."""
    xp = array_namespace(r)
    points = xp.stack([xp.stack([r, 0 * r]), xp.stack([0 * r, 0 * r])])
    index = _index_at(use, points, 16, wave)
    return index[0], index[1]


@check(relation="<=")
def index_of_direct_sampling_is_not_largest_inside(use, r: Probability[Array, ""]):
    return _along_the_axis(use, r, _second)


@index_of_direct_sampling_is_not_largest_inside.counterexample
def _():
    return {"r": "1/2"}


@index_of_direct_sampling_is_not_largest_inside.control("the current of first order")
def _(use, r):
    return _along_the_axis(use, r, _first)
