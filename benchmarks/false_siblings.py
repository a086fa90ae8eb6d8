"""For each of the ten identities a statement that is false by a little: a defect of one part in 2^34.

Each is a mistake of a kind that happens (a rounded constant, a state that leaks, a regulariser), made so small that
numpy.allclose, with its tolerances of 1e-5 relative and 1e-8 absolute, does not see it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.numbers import array_namespace, constant
from kg.verify import Use

Sides = tuple[Any, Any]


@dataclass(frozen=True)
class Identity:
    """A claim of the graph, the smallest sizes at which it says something, and a false sibling."""

    claim: str
    smallest: dict[str, int]
    defect: str
    sibling: Callable[..., Sides]


def _tiny(x: Any) -> Any:
    return constant(x, 1) / 2**34


def _rounded_scale(use: Use, q: Any, k: Any, v: Any) -> Sides:
    return use("online_softmax_attention")(q, k * (1 + _tiny(k)), v), use("softmax_attention")(q, k, v)


def _leaking_state(use: Use, phi_q: Any, phi_k: Any, v: Any) -> Sides:
    xp = array_namespace(v)
    state, total, rows = 0, 0, []
    for i in range(v.shape[0]):
        keep = 1 - _tiny(v)
        state = keep * state + phi_k[i, :, None] * v[i, None, :]
        total = total + phi_k[i, :]
        rows.append((phi_q[i, :] @ state) / (phi_q[i, :] @ total))
    return xp.stack(rows), use("causal_linear_attention")(phi_q, phi_k, v)


def _ridge_on_the_diagonal(use: Use, column: Any, row: Any, x: Any) -> Sides:
    return use("fft_toeplitz_product")(column, row, x) + _tiny(x) * x, use("toeplitz_product")(column, row, x)


def _values_rounded(use: Use, phi_q: Any, phi_k: Any, v: Any) -> Sides:
    xp = array_namespace(v)
    n = v.shape[0]
    mask = xp.asarray(np.tril(np.ones((n, n), dtype=np.int64)), dtype=v.dtype)
    left = use("masked_linear_attention")(phi_q, phi_k, v * (1 + _tiny(v)), mask)
    return left, use("prefix_sum_attention")(phi_q, phi_k, v)


def _shrunk_leverage(use: Use, a: Any) -> Sides:
    xp = array_namespace(a)
    gram = (a.mT @ a) * (1 + _tiny(a))
    left = xp.sum(a * xp.linalg.solve(gram, a.mT).mT, axis=1)
    return left, use("leverage_by_gram_schmidt")(a)


def _one_factor_too_long(use: Use, a: Any, b: Any) -> Sides:
    operator = use("sum_of_kronecker_products")(a * (1 + _tiny(a)), b)
    rearranged = use("kronecker_rearrangement")(operator, a.shape[1], a.shape[2])
    return rearranged, use("sum_of_outer_products")(a, b)


def _deviation_rounded(use: Use, x: Any) -> Sides:
    return use("layer_norm_jacobian")(x), use("scaled_projection")(x) * (1 + _tiny(x))


def _biases_rounded(use: Use, w: Any, b: Any, c: Any) -> Sides:
    left = use("restricted_boltzmann_machine")(w, b * (1 + _tiny(b)), c)
    return left, use("rbm_product_of_experts")(w, b, c)


def _square_of_i_rounded(use: Use, a: Any, b: Any) -> Sides:
    xp = array_namespace(a)
    as_real = use("complex_matrix_as_real")
    excess = _tiny(xp.real(a)) * (xp.imag(a) @ xp.imag(b))
    return as_real(a) @ as_real(b), as_real(a @ b + excess)


def _conductivity_rounded(use: Use, m: int, rho: Any, sigma: Any) -> Sides:
    left = use("neumann_to_dirichlet_disk")(m, rho, sigma * (1 + _tiny(sigma)))
    return left, use("disk_transmission_problem")(m, rho, sigma)


IDENTITIES = [
    Identity(
        "online_softmax_is_softmax",
        {"n": 1, "d": 1, "m": 3, "e": 1},
        "the scale of the scores is too large by 2^-34 of itself",
        _rounded_scale,
    ),
    Identity(
        "linear_attention_is_a_recurrence",
        {"n": 2, "c": 2, "e": 1},
        "the state leaks 2^-34 of itself at each token",
        _leaking_state,
    ),
    Identity(
        "fft_toeplitz_product_is_toeplitz_product",
        {"n": 2, "e": 1},
        "2^-34 is added to the diagonal",
        _ridge_on_the_diagonal,
    ),
    Identity(
        "masked_linear_attention_with_causal_mask_is_a_prefix_sum",
        {"n": 2, "c": 2, "e": 1},
        "the values are too large by 2^-34 of themselves",
        _values_rounded,
    ),
    Identity(
        "leverage_by_solve_is_leverage_by_gram_schmidt",
        {"n": 3, "d": 2},
        "the Gram matrix is too large by 2^-34 of itself",
        _shrunk_leverage,
    ),
    Identity(
        "rearranged_sum_of_kronecker_products_is_a_sum_of_outer_products",
        {"k": 2, "m": 2, "p": 2, "n": 2, "q": 2},
        "one factor is too long by 2^-34 of itself",
        _one_factor_too_long,
    ),
    Identity(
        "layer_norm_jacobian_is_a_scaled_projection",
        {"d": 3},
        "the deviation is too small by 2^-34 of itself",
        _deviation_rounded,
    ),
    Identity(
        "restricted_boltzmann_machine_is_a_product_of_experts",
        {"n": 2, "m": 2},
        "the visible biases are too large by 2^-34 of themselves",
        _biases_rounded,
    ),
    Identity(
        "complex_matrix_as_real_of_a_product_is_a_product",
        {"m": 2, "n": 2, "p": 2},
        "i² is −1 + 2^-34 on one side",
        _square_of_i_rounded,
    ),
    Identity(
        "neumann_to_dirichlet_disk_is_the_disk_transmission_solution",
        {},
        "the conductivity is too large by 2^-34 of itself",
        _conductivity_rounded,
    ),
]
