"""A boundary-value problem on a disk and a neural field on a grid, from their definitions."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from scipy import integrate


def neumann_to_dirichlet_disk(m, rho, sigma):
    """(1/m)(1 − μρ^{2m})/(1 + μρ^{2m}) with μ = (σ − 1)/(σ + 1)."""
    contrast = (sigma - 1) / (sigma + 1)
    return (1 - contrast * rho ** (2 * m)) / (1 + contrast * rho ** (2 * m)) / m


def transmission_system(m, rho, sigma):
    """The three conditions on (a, b, c) for u = a r^m inside and u = b r^m + c r^{−m} outside."""
    matrix = [
        [rho**m, -(rho**m), -(1 / rho**m)],  # the voltage matches at ρ
        [sigma * m * rho**m / rho, -m * rho**m / rho, m / rho**m / rho],  # the flux matches at ρ
        [0 * rho, m + 0 * rho, -m + 0 * rho],  # the flux is one at the boundary
    ]
    return matrix, [0 * rho, 0 * rho, 1 + 0 * rho]


def disk_transmission_problem(m, rho, sigma):
    """The boundary value b + c of the solution, by Cramer's rule in exact fractions."""
    matrix, right = transmission_system(m, Fraction(float(rho)), Fraction(float(sigma)))
    whole = _determinant(matrix)
    b, c = (
        _determinant([[right[i] if j == column else matrix[i][j] for j in range(3)] for i in range(3)])
        / whole
        for column in (1, 2)
    )
    return b + c


def eigenvalue_by_integration(m, rho, sigma):
    """The same from the differential equation alone.

    For u = R(r) e^{imθ} the quotient y = r R′/R obeys r y′ = m² − y² where the conductivity is constant; it is m
    in the inclusion, σ m just outside, and 1/y at the boundary is voltage over flux.
    """
    span = (math.log(rho), 0.0)
    solution = integrate.solve_ivp(
        lambda _, y: m * m - y * y, span, [sigma * m], method="DOP853", rtol=1e-12, atol=1e-13
    )
    return 1 / solution.y[0, -1]


def exponential_kernel_convolution(f, r):
    """(1−r)/(1+r) Σ_j r^{|i−j|} f_j for i from one step before the grid to one step after it."""
    factor = (1 - r) / (1 + r)
    n = len(f)
    return np.array([factor * sum(r ** abs(i - j) * f[j] for j in range(n)) for i in range(-1, n + 1)])


def local_field_operator(u, r):
    """(−r u_{i−1} + (1 + r²) u_i − r u_{i+1})/(1 − r)² at all points but the two ends."""
    return np.array(
        [(-r * u[i - 1] + (1 + r * r) * u[i] - r * u[i + 1]) / (1 - r) ** 2 for i in range(1, len(u) - 1)]
    )


def _determinant(a):
    return sum(
        a[0][i] * (a[1][(i + 1) % 3] * a[2][(i + 2) % 3] - a[1][(i + 2) % 3] * a[2][(i + 1) % 3])
        for i in range(3)
    )
