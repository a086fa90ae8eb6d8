"""Checks of the claims about Laplacians of graphs and the diffusion that they drive."""

from __future__ import annotations

import numpy as np

from kg.numbers import array_namespace, constant, jvp
from kg.verify import (
    Array,
    Natural,
    Orthogonal,
    Positive,
    Real,
    Size,
    Symmetric,
    check,
    condition,
)


@condition
def undirected_graph(weights):
    return bool(np.all(np.asarray(weights) == np.asarray(weights).T))


@undirected_graph.sampler
def _(weights):
    return {"weights": weights + weights.mT}


# The Laplacian ---------------------------------------------------------------------------------------------------


@check
def quadratic_form_of_the_graph_laplacian_is_the_dirichlet_energy(
    use, weights: Symmetric[Array, "n n"], x: Real[Array, "n"]
):
    return use("dirichlet_energy")(weights, x), x @ (use("graph_laplacian")(weights) @ x)


@quadratic_form_of_the_graph_laplacian_is_the_dirichlet_energy.control("every edge is counted from both ends")
def _(use, weights, x):
    return 2 * use("dirichlet_energy")(weights, x), x @ (use("graph_laplacian")(weights) @ x)


@quadratic_form_of_the_graph_laplacian_is_the_dirichlet_energy.control(
    "the sign of the weights is turned: D + W"
)
def _(use, weights, x):
    xp = array_namespace(x)
    degrees = xp.sum(weights, axis=1)
    return use("dirichlet_energy")(weights, x), xp.sum(degrees * x * x) + x @ (weights @ x)


def _kronecker(first, second):
    """The matrix of the blocks first[i, k] · second."""
    xp = array_namespace(first)
    blocks = first[:, None, :, None] * second[None, :, None, :]
    return xp.reshape(blocks, (first.shape[0] * second.shape[0], first.shape[1] * second.shape[1]))


def _kronecker_sum(first, second):
    """A⊗I + I⊗B."""
    xp = array_namespace(first)
    eyes = [xp.eye(m.shape[0], dtype=m.dtype) for m in (first, second)]
    return _kronecker(first, eyes[1]) + _kronecker(eyes[0], second)


@check
def graph_laplacian_of_a_cartesian_product_is_a_kronecker_sum(
    use, first: Symmetric[Array, "n n"], second: Symmetric[Array, "m m"]
):
    laplacian = use("graph_laplacian")
    left = laplacian(use("cartesian_product_graph")(first, second))
    return left, _kronecker_sum(laplacian(first), laplacian(second))


@graph_laplacian_of_a_cartesian_product_is_a_kronecker_sum.control(
    "both nodes may move at once: the king graph"
)
def _(use, first, second):
    laplacian = use("graph_laplacian")
    both = use("cartesian_product_graph")(first, second) + _kronecker(first, second)
    return laplacian(both), _kronecker_sum(laplacian(first), laplacian(second))


@graph_laplacian_of_a_cartesian_product_is_a_kronecker_sum.control("the two graphs change places")
def _(use, first, second):
    laplacian = use("graph_laplacian")
    left = laplacian(use("cartesian_product_graph")(second, first))
    return left, _kronecker_sum(laplacian(first), laplacian(second))


# The heat kernel -------------------------------------------------------------------------------------------------


def _matrix(vectors, eigenvalues):
    """The symmetric matrix with these eigenvectors and eigenvalues."""
    return (vectors * eigenvalues[None, :]) @ vectors.mT


@check
def heat_kernel_solves_the_heat_equation(
    use,
    vectors: Orthogonal[Array, "n n"],
    eigenvalues: Real[Array, "n"],
    time: Real[Array, ""],
    start: Real[Array, "n"],
):
    def temperature(t):
        return use("heat_kernel")(vectors, eigenvalues, t) @ start

    change = jvp(temperature, time, constant(time, 1))
    flow = -(_matrix(vectors, eigenvalues) @ temperature(time))
    return [change, temperature(0 * time)], [flow, start]


@heat_kernel_solves_the_heat_equation.control("heat flows uphill")
def _(use, vectors, eigenvalues, time, start):
    def temperature(t):
        return use("heat_kernel")(vectors, eigenvalues, -t) @ start

    change = jvp(temperature, time, constant(time, 1))
    flow = -(_matrix(vectors, eigenvalues) @ temperature(time))
    return [change, temperature(0 * time)], [flow, start]


@heat_kernel_solves_the_heat_equation.control("the resolvent (I + tL)⁻¹ in place of the exponential")
def _(use, vectors, eigenvalues, time, start):
    def temperature(t):
        return _matrix(vectors, 1 / (1 + t * eigenvalues)) @ start

    change = jvp(temperature, time, constant(time, 1))
    flow = -(_matrix(vectors, eigenvalues) @ temperature(time))
    return [change, temperature(0 * time)], [flow, start]


def _with_constant_vector(rest):
    """An orthogonal matrix whose first column is constant: a reflection of e₁ into it, after turning the others."""
    xp = array_namespace(rest)
    n = rest.shape[0] + 1
    corner, zero = xp.ones((1, 1), dtype=rest.dtype), xp.zeros((1, n - 1), dtype=rest.dtype)
    turned = xp.concat([xp.concat([corner, zero], axis=1), xp.concat([zero.mT, rest], axis=1)], axis=0)
    normal = xp.eye(n, dtype=rest.dtype)[:, 0] - 1 / xp.sqrt(constant(rest, n))
    reflection = xp.eye(n, dtype=rest.dtype) - 2 * normal[:, None] * normal[None, :] / xp.sum(normal * normal)
    return reflection @ turned


@check
def heat_kernel_of_a_laplacian_has_rows_that_sum_to_one(
    use, rest: Orthogonal[Array, "n-1 n-1"], others: Real[Array, "n-1"], time: Real[Array, ""]
):
    xp = array_namespace(rest)
    vectors, eigenvalues = _with_constant_vector(rest), xp.concat([0 * others[:1], others])
    ones = xp.ones((vectors.shape[0],), dtype=rest.dtype)
    sums = [use("heat_kernel")(vectors, eigenvalues, time) @ ones, _matrix(vectors, eigenvalues) @ ones]
    return sums, [ones, 0 * ones]


heat_kernel_of_a_laplacian_has_rows_that_sum_to_one.explain(
    "[None, :] * vectors → vectors", "the identity is a heat kernel too, that of time zero"
)
heat_kernel_of_a_laplacian_has_rows_that_sum_to_one.explain(
    "-time → time", "rows of the kernel sum to one backwards in time as well"
)
heat_kernel_of_a_laplacian_has_rows_that_sum_to_one.explain(
    "-time * eigenvalues → eigenvalues", "whatever the time is, and minus one is a time"
)


@heat_kernel_of_a_laplacian_has_rows_that_sum_to_one.control("the constant functions are not at rest")
def _(use, rest, others, time):
    xp = array_namespace(rest)
    vectors, eigenvalues = _with_constant_vector(rest), xp.concat([others[:1], others])
    ones = xp.ones((vectors.shape[0],), dtype=rest.dtype)
    return use("heat_kernel")(vectors, eigenvalues, time) @ ones, ones


@heat_kernel_of_a_laplacian_has_rows_that_sum_to_one.control("what is at rest is not constant")
def _(use, rest, others, time):
    xp = array_namespace(rest)
    vectors, eigenvalues = _with_constant_vector(rest).mT, xp.concat([0 * others[:1], others])
    ones = xp.ones((vectors.shape[0],), dtype=rest.dtype)
    return use("heat_kernel")(vectors, eigenvalues, time) @ ones, ones


def _normalised_path(a, b):
    """The eigenvectors and eigenvalues of I − D^(−1/2) W D^(−1/2) for three nodes in a row, and the degrees."""
    xp = array_namespace(a)
    degrees = xp.stack([a, a + b, b])
    roots = xp.sqrt(degrees)
    signs = xp.asarray(np.asarray([1, -1, 1]), dtype=a.dtype)
    middle = xp.stack([roots[2], 0 * a, -roots[0]]) / roots[1]
    length = xp.sqrt(2 * (a + b))
    vectors = xp.stack([roots / length, middle, signs * roots / length], axis=1)
    return vectors, xp.stack([0 * a, 0 * a + 1, 0 * a + 2]), roots


@check
def heat_kernel_of_the_normalised_laplacian_has_no_rows_that_sum_to_one(
    use, a: Positive[Array, ""], b: Positive[Array, ""], time: Positive[Array, ""]
):
    vectors, eigenvalues, _ = _normalised_path(a, b)
    sums = array_namespace(a).sum(use("heat_kernel")(vectors, eigenvalues, time), axis=1)
    return sums, 0 * sums + 1


@heat_kernel_of_the_normalised_laplacian_has_no_rows_that_sum_to_one.counterexample
def _():
    return {"a": 1, "b": 1, "time": 1}


@heat_kernel_of_the_normalised_laplacian_has_no_rows_that_sum_to_one.control(
    "the Laplacian of the random walk, I − D⁻¹W"
)
def _(use, a, b, time):
    vectors, eigenvalues, roots = _normalised_path(a, b)
    kernel = use("heat_kernel")(vectors, eigenvalues, time)
    sums = array_namespace(a).sum(kernel * roots[None, :] / roots[:, None], axis=1)
    return sums, 0 * sums + 1


def _of_graph(use, weights, time):
    """The heat kernel of a graph, with the eigenvectors of its Laplacian."""
    eigenvalues, vectors = array_namespace(weights).linalg.eigh(use("graph_laplacian")(weights))
    return use("heat_kernel")(vectors, eigenvalues, time)


@check
def heat_kernel_of_a_graph_has_no_negative_entries(
    use, weights: Positive[Array, "n n"], time: Positive[Array, ""]
):
    kernel = _of_graph(use, weights, time)
    return -kernel, array_namespace(weights).zeros_like(kernel)


@heat_kernel_of_a_graph_has_no_negative_entries.control("weights of either sign")
def _(use, weights, time):
    kernel = _of_graph(use, weights - 1, time)
    return -kernel, array_namespace(weights).zeros_like(kernel)


@heat_kernel_of_a_graph_has_no_negative_entries.control("one step of the Euler method")
def _(use, weights, time):
    kernel = use("euler_diffusion")(use("graph_laplacian")(weights), time, steps=1)
    return -kernel, array_namespace(weights).zeros_like(kernel)


_RING = np.asarray([[0.0, 1, 0, 0.5], [1, 0, 2, 0], [0, 2, 0, 1], [0.5, 0, 1, 0]])


def _gap(use, other, n):
    """How far n steps are from the heat kernel of a ring of four nodes with different weights, at time one half."""
    laplacian, time = use("graph_laplacian")(_RING), np.asarray(0.5)
    eigenvalues, vectors = np.linalg.eigh(laplacian)
    exact = use("heat_kernel")(vectors, eigenvalues, time)
    return float(np.linalg.norm(other(laplacian, time, n) - exact))


@check(sizes={"n": (8, 16, 32, 64, 128)})
def euler_diffusion_tends_to_the_heat_kernel_with_first_order(use, n: Size[int, "n"]):
    return _gap(use, lambda m, t, k: use("euler_diffusion")(m, t, steps=k), n), -1


@euler_diffusion_tends_to_the_heat_kernel_with_first_order.control(
    "the trapezoidal rule, which has order two"
)
def _(use, n):
    def trapezoidal(laplacian, time, k):
        half = time / (2 * k) * laplacian
        step = np.linalg.solve(np.eye(4) + half, np.eye(4) - half)
        return np.linalg.matrix_power(step, k)

    return _gap(use, trapezoidal, n), -1


@euler_diffusion_tends_to_the_heat_kernel_with_first_order.control("heat spreads for twice the time")
def _(use, n):
    return _gap(use, lambda m, t, k: use("euler_diffusion")(m, 2 * t, steps=k), n), -1


@check
def euler_diffusion_multiplies_each_mode_by_a_power(
    use,
    vectors: Orthogonal[Array, "n n"],
    eigenvalues: Real[Array, "n"],
    time: Real[Array, ""],
    steps: Natural[int, "1 4"],
):
    diffused = use("euler_diffusion")(_matrix(vectors, eigenvalues), time, steps=steps)
    return diffused, _matrix(vectors, (1 - time * eigenvalues / steps) ** steps)


@euler_diffusion_multiplies_each_mode_by_a_power.control("implicit steps")
def _(use, vectors, eigenvalues, time, steps):
    diffused = use("euler_diffusion")(_matrix(vectors, eigenvalues), time, steps=steps)
    return diffused, _matrix(vectors, 1 / (1 + time * eigenvalues / steps) ** steps)


@euler_diffusion_multiplies_each_mode_by_a_power.control("the exponential, which is the limit")
def _(use, vectors, eigenvalues, time, steps):
    diffused = use("euler_diffusion")(_matrix(vectors, eigenvalues), time, steps=steps)
    return diffused, use("heat_kernel")(vectors, eigenvalues, time)


# Products of graphs ----------------------------------------------------------------------------------------------


@check(sizes={"n": (2, 3), "m": (2, 4)})
def heat_kernel_of_a_cartesian_product_is_a_kronecker_product(
    use,
    u: Orthogonal[Array, "n n"],
    a: Real[Array, "n"],
    v: Orthogonal[Array, "m m"],
    b: Real[Array, "m"],
    time: Real[Array, ""],
):
    xp = array_namespace(u)
    vectors, eigenvalues = _kronecker(u, v), xp.reshape(a[:, None] + b[None, :], (-1,))
    kernel = use("heat_kernel")
    left = [kernel(vectors, eigenvalues, time), _matrix(vectors, eigenvalues)]
    right = _kronecker(kernel(u, a, time), kernel(v, b, time))
    return left, [right, _kronecker_sum(_matrix(u, a), _matrix(v, b))]


@heat_kernel_of_a_cartesian_product_is_a_kronecker_product.control("eigenvalues are multiplied, not added")
def _(use, u, a, v, b, time):
    xp = array_namespace(u)
    vectors, eigenvalues = _kronecker(u, v), xp.reshape(a[:, None] * b[None, :], (-1,))
    kernel = use("heat_kernel")
    return kernel(vectors, eigenvalues, time), _kronecker(kernel(u, a, time), kernel(v, b, time))


@heat_kernel_of_a_cartesian_product_is_a_kronecker_product.control(
    "heat spreads for half the time in each graph"
)
def _(use, u, a, v, b, time):
    xp = array_namespace(u)
    vectors, eigenvalues = _kronecker(u, v), xp.reshape(a[:, None] + b[None, :], (-1,))
    kernel = use("heat_kernel")
    halves = _kronecker(kernel(u, a, time / 2), kernel(v, b, time / 2))
    return kernel(vectors, eigenvalues, time), halves


def _two_edges(use, a, b, diagonal):
    """The heat kernels of two graphs of one edge and of a product of them, on the signs that diagonalise all three.

    `diagonal` is the weight with which both ends move at once.
    """
    xp = array_namespace(a)
    signs = xp.asarray(np.asarray([[1, 1], [1, -1]]), dtype=a.dtype)
    off = xp.asarray(np.asarray([[0, 1], [1, 0]]), dtype=a.dtype)
    product = use("cartesian_product_graph")(a * off, b * off) + diagonal * _kronecker(off, off)
    kernels = []
    for weights, vectors in ((a * off, signs), (b * off, signs), (product, _kronecker(signs, signs))):
        vectors = vectors / xp.sqrt(constant(a, vectors.shape[0]))
        values = xp.sum(vectors * (use("graph_laplacian")(weights) @ vectors), axis=0)
        kernels.append((vectors, values))
    return kernels


@check
def heat_kernel_of_a_king_graph_is_not_a_kronecker_product(
    use, a: Positive[Array, ""], b: Positive[Array, ""], time: Positive[Array, ""]
):
    first, second, product = _two_edges(use, a, b, a * b)
    kernel = use("heat_kernel")
    return kernel(*product, time), _kronecker(kernel(*first, time), kernel(*second, time))


@heat_kernel_of_a_king_graph_is_not_a_kronecker_product.counterexample
def _():
    return {"a": 1, "b": 1, "time": 1}


@heat_kernel_of_a_king_graph_is_not_a_kronecker_product.control("steps along one axis at a time")
def _(use, a, b, time):
    first, second, product = _two_edges(use, a, b, 0 * a)
    kernel = use("heat_kernel")
    return kernel(*product, time), _kronecker(kernel(*first, time), kernel(*second, time))
